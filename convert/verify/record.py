"""Holds what programs read of an article against it: its JSON, and the texts that a row of a dataset has."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

from convert.verify.difference import Difference, short
from convert.verify.plain import plain_text
from convert.verify.reading import reads_back
from convert.verify.residue import left_over
from convert.verify.view import View


def json_file(text: str, view: View) -> list[Difference]:
    """Read a JSON file, and compare each value with the article: texts as those of files, the others as they are."""
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        return [Difference("json", view.path, "JSON", str(error))]
    if not isinstance(record, dict):
        return [Difference("json", view.path, "an object", short(text))]
    found = [
        Difference("json", view.path, f"{key}: {short(repr(wanted))}", short(repr(record.get(key))))
        for key, wanted in _values(view)
        if record.get(key) != wanted
    ]
    return found + texts_of_record(record.get("markdown"), record.get("text"), view)


def _values(view: View) -> Iterator[tuple[str, Any]]:
    """What a record says besides its texts."""
    article = view.article
    meta = {
        key: value.isoformat() if isinstance(value, datetime.date) else value for key, value in article.meta.items()
    }
    yield "path", _written(article.path)
    yield "aliases", [_written(one) for one in article.source.aliases]
    yield "digest", article.source.digest
    yield "profile", article.profile.name
    yield "metadata", meta
    yield "origin", {key: value for key, value in article.origin.items() if key in meta}
    yield "notes", [{**one._asdict(), "path": _written(one.path)} for one in sorted(article.notes)]
    yield "html", view.html


def _written(name: str) -> str:
    """The name of a file as JSON has it: bytes that are no Unicode are written as escapes."""
    return name.encode("utf-8", "backslashreplace").decode()


def texts_of_record(markdown: object, text: object, view: View) -> list[Difference]:
    """Hold Markdown and text of a record against the article, as if they lay in files; None is an empty one."""
    meta = view.article.meta
    by_line = "  ".join(part for part in (str(meta.date or ""), "、".join(meta.authors)) if part)
    head = "\n".join(part for part in (meta.title, by_line) if part)
    whole = "\n\n".join(part for part in (head, str(text or ""), meta.source) if part)
    written = f"{markdown or ''}\n"
    return [
        *reads_back(written, view, title=False, front=False)[0],
        *left_over(view.path, written, view.article.profile.trackers),
        *plain_text(f"{whole}\n", view),
    ]
