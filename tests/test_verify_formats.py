"""What verify says of formats for programs and of pandoc's: it finds what a file does not say as the article does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convert import Source, convert
from convert.article import Article
from convert.config import Config, build_context, build_outputs
from convert.emit import EMITTERS, EmitOptions, pandoc
from convert.verify import View, foreign_file, json_file

PATH = "pages/ncid282/n99000012.md"
PAGE = (Path(__file__).parents[1] / "seeds" / PATH).read_text(encoding="utf-8")


def converted(page: str) -> Article:
    """What becomes of a page."""
    return convert(Source(PATH, page.encode()), build_context(Config()))


@pytest.fixture(scope="module")
def article() -> Article:
    """An article with pictures, links and a byline."""
    return converted(PAGE)


def record(article: Article, change: Callable[[dict[str, Any]], object]) -> str:
    """The article's JSON after somebody changed it."""
    written = json.loads(EMITTERS["json"].write(article, EmitOptions()))
    change(written)
    return json.dumps(written)


def test_the_json_of_an_article_is_as_it_says(article: Article) -> None:
    """Every value."""
    assert json_file(record(article, lambda one: None), View(article)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["metadata"].update(title="另一个"),
        lambda one: one["metadata"].pop("date"),
        lambda one: one["notes"].pop(),
        lambda one: one.update(html=one["html"].replace("。", "！", 1)),
        lambda one: one.update(markdown=one["markdown"].replace("。", "！", 1)),
        lambda one: one.update(text=one["text"].replace("。", "", 1)),
        lambda one: one.update(digest="0" * 64),
        lambda one: one.pop("origin"),
        lambda one: one.update(markdown=None),
    ],
)
def test_a_value_that_was_changed_is_found(article: Article, change: Callable[[dict[str, Any]], object]) -> None:
    """Metadata, notes, the three texts, what tells of the source."""
    assert json_file(record(article, change), View(article))


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_what_is_no_record_is_told(article: Article, text: str) -> None:
    """It is no error of the program."""
    assert len(json_file(text, View(article))) == 1


@pytest.mark.parametrize("to", ["rst", "latex", "docx", "rtf", "opml", "native", "man", "ansi"])
def test_a_word_that_pandoc_left_out_is_found(article: Article, to: str) -> None:
    """Whatever the format writes it with."""
    data = pandoc.write_as(article, to)
    view = View(article)
    assert foreign_file(data, view, to) == []
    more = View(converted(PAGE.replace("教师康爷爷", "教师添一句康爷爷", 1)))
    (found,) = foreign_file(data, more, to)
    assert "添一句" in found.expected


def test_a_file_that_is_no_such_format_is_told(article: Article) -> None:
    """It is no error of the program."""
    assert len(foreign_file(b"PK\x03\x04 damaged", View(article), "docx")) == 1
    assert len(foreign_file(b"\xff\xfe", View(article), "rst")) == 1


def test_a_text_that_begins_like_a_zip_is_read_as_text() -> None:
    """By all four bytes that a zip begins with."""
    one = converted(PAGE.replace("### 阳台菜园五月记", "### PK赛：阳台菜园五月记", 1))
    assert foreign_file(pandoc.write_as(one, "plain"), View(one), "plain") == []
    assert foreign_file(b"PK: " + pandoc.write_as(one, "plain"), View(one), "plain") == []


def test_outputs_know_which_pandoc_writes() -> None:
    """By what writes them."""
    outputs = build_outputs(Config.model_validate({"emit": {"markdown": None, "json": None, "docx": None}}))
    assert [one.name for one in outputs if one.by_pandoc] == ["docx"]
