"""JSON: everything that is known of an article, for programs."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from convert.emit import EMITTERS, EmitOptions, text
from convert.tree import fragment
from tests.case import Case


def record(topic: str) -> dict[str, Any]:
    """What the JSON of a case says."""
    found: dict[str, Any] = json.loads(EMITTERS["json"].write(Case.read(topic).article(), EmitOptions()))
    return found


def test_the_metadata_is_the_front_matter_and_tells_where_it_was_read() -> None:
    """Each key carries its origin; a date is a string of ISO 8601."""
    article = Case.read("byline-reporter-translator").article()
    told = record("byline-reporter-translator")
    assert list(told["metadata"]) == [key for key, _ in article.meta.items()]
    assert told["metadata"]["date"] == "2022-05-18"
    assert set(told["origin"]) == set(told["metadata"])
    assert (told["origin"]["date"], told["origin"]["authors"]) == ("dateline", "byline")


def test_the_source_can_be_told_by_its_digest() -> None:
    """A program that reads the object can find the file again, and see whether it is another by now."""
    case = Case.read("plain-article")
    told = record("plain-article")
    assert (told["path"], told["digest"]) == (case.source.path, hashlib.sha256(case.source.data).hexdigest())


def test_the_body_is_the_same_in_every_form() -> None:
    """HTML, Markdown and text are those of the emitters of these names, without front matter and head."""
    article = Case.read("plain-article").article()
    told = record("plain-article")
    markdown = EMITTERS["markdown"].write(article, EmitOptions(front_matter="none")).decode()
    assert told["markdown"] + "\n" == markdown
    assert fragment(told["html"]).text == article.body.text
    assert told["text"] == "\n\n".join(text.blocks(article.body.children))
    assert f"\n\n{told['text']}\n\n" in EMITTERS["text"].write(article, EmitOptions()).decode()
    assert len(told["text"]) > 20


def test_every_note_is_there() -> None:
    """What was removed, moved or changed can be read from the object alone."""
    article = Case.read("boilerplate-dropped").article()
    assert [tuple(note.values()) for note in record("boilerplate-dropped")["notes"]] == sorted(article.notes)
