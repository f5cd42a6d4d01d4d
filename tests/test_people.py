"""Names of people in bylines and credits: what is one, what stands between them, what is taken off them."""

from __future__ import annotations

import pytest

from convert.enrich.people import is_name, read_names
from convert.profiles import load_profiles
from tests.test_steps import step

NAMES = next(profile for profile in load_profiles() if profile.name == "epoch").names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("林禾", True),
        ("欧阳远山", True),
        ("林", False),
        ("欧阳远山人", False),
        ("\u3400\u9fff", True),
        ("\uf900\ufaff", True),
        ("\U00020000\U0003ffff", True),
        ("约翰·林", True),
        ("约翰‧林•禾・罗", True),
        ("约翰·林·禾·罗·砚", False),
        ("约翰．林", True),
        ("约翰.林", True),
        ("约" * 8 + "·林", True),
        ("约" * 9 + "·林", False),
        ("约翰·" + "林" * 8, True),
        ("约翰·" + "林" * 9, False),
        ("John Lin", True),
        ("Émile O’Hara-Lin Jr.", True),
        ("Jo", True),
        ("J", False),
        ("john Lin", False),
        ("John of the Old Stone Bridge", True),
        ("John of the Old Stone Bridge Too", False),
        ("John  Lin", False),
        ("John Lin ", False),
        ("林 禾", False),
        ("林禾1", False),
        ("", False),
    ],
)
def test_the_form_of_a_name(text: str, name: bool) -> None:
    """Two to four Han characters, a foreign name in up to four parts, or up to six Latin words, the first one large."""
    assert is_name(text) is name


@pytest.mark.parametrize("between", ["、", " ／ ", "/", "，", ",", "﹑", "；", ";", "&", " 和 ", " 与 ", " and ", " "])
def test_what_stands_between_two_names(between: str) -> None:
    """Marks, words with a space on both sides, and a space between Han characters."""
    assert read_names(f"林禾{between}罗砚", NAMES) == ("林禾", "罗砚")


@pytest.mark.parametrize("between", [" and ", "和", "与", "、"])
def test_what_stands_between_two_latin_names(between: str) -> None:
    """The Chinese words need no space there; a space alone is part of a name."""
    assert read_names(f"John Lin{between}Ann Luo", NAMES) == ("John Lin", "Ann Luo")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("林禾、林禾、罗砚", ("林禾", "罗砚")),
        ("⽊禾、罗砚", ("木禾", "罗砚")),
        ("记者林禾", ("林禾",)),
        ("林禾报导", ("林禾",)),
        ("林禾：", ("林禾",)),
        ("林禾综合报导", ("林禾",)),
        ("林禾台湾台北报导", ("林禾",)),
        ("", ()),
        ("报导", ()),
        ("台北", ()),
        ("台湾台北报导", ()),
        ("这是一句不像名字的话", None),
        ("林禾、这是一句不像名字的话", None),
    ],
)
def test_verbs_and_places_are_taken_off(text: str, names: tuple[str, ...] | None) -> None:
    """However many; what is left is a name, nothing at all, or was not understood."""
    assert read_names(text, NAMES) == names


LINE = "<p>桥。</p>"


@pytest.mark.parametrize(
    ("html", "authors"),
    [
        ("<p>（大纪元记者林禾报导）桥。</p>", ["林禾"]),
        ("<p>(大纪元记者林禾报导)桥。</p>", ["林禾"]),
        ("<p> （大纪元记者林禾报导）桥。</p>", ["林禾"]),
        (LINE * 3 + "<p>（大纪元记者林禾报导）桥。</p>", ["林禾"]),
        (LINE * 4 + "<p>（大纪元记者林禾报导）桥。</p>", []),
        ("<h2>题</h2>" * 9 + "<p>（大纪元记者林禾报导）桥。</p>", ["林禾"]),
        ("<p>桥（大纪元记者林禾报导）桥。</p>", []),
        ("<p>（桥是旧的）桥。</p><p>（大纪元记者林禾报导）</p>", ["林禾"]),
        ("<p>【大纪元记者林禾报导】桥。</p>", ["林禾"]),
    ],
)
def test_where_a_byline_stands(html: str, authors: list[str]) -> None:
    """At the start of one of the first four paragraphs, in any bracket; it goes, and its origin is told."""
    article = step("byline", html)
    assert article.meta.authors == authors
    assert ("林禾" in article.body.text) is not bool(authors)
    assert article.origin == ({"authors": "byline", "byline": "after the dateline"} if authors else {})
    assert [note.kind for note in article.notes] == (["moved"] if authors else [])


def test_a_byline_that_was_not_understood_stays_with_a_note() -> None:
    """What it says is kept where it is, and is told as wrong."""
    html = "<p>（大纪元记者这是一句不像名字的话报导）桥。</p>"
    article = step("byline", html)
    assert (article.meta.authors, article.body.inner_html) == ([], html)
    assert [(note.kind, note.to) for note in article.notes] == [("wrong", "authors")]


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("责任编辑：林禾", "editors", ["林禾"]),
        ("责任编辑:林禾", "editors", ["林禾"]),
        ("责任编辑 林禾", "editors", ["林禾"]),
        ("（责任编辑：林禾）", "editors", ["林禾"]),
        ("(责任编辑：林禾)", "editors", ["林禾"]),
        ("责任编辑：林禾#", "editors", ["林禾"]),
        ("责任编辑：林禾、罗砚", "editors", ["林禾", "罗砚"]),
        ("责任编辑：林禾、林禾", "editors", ["林禾"]),
        ("责任编辑：林禾（示例报）", "editors", ["林禾"]),
        ("责任编辑：约翰（John Lin）", "editors", ["约翰"]),
    ],
)
def test_a_line_of_credit(line: str, field: str, value: list[str]) -> None:
    """With any sign behind its label, in brackets or not; a person's name at home is left out."""
    article = step("credits", f"<p>桥。</p><p>{line}</p>")
    assert getattr(article.meta, field) == value
    assert article.origin[field] == "credits"


def test_a_line_of_credit_that_was_not_understood_stays_with_a_note() -> None:
    """The note has the line, and the field that it would have filled."""
    html = f"{LINE}<p>责任编辑：说桥要修三年又三个月零三天</p>"
    article = step("credits", html)
    assert (article.meta.editors, article.body.inner_html) == ([], html)
    told = [(note.rule, note.kind, note.text, note.to) for note in article.notes]
    assert told == [("credits", "wrong", "责任编辑：说桥要修三年又三个月零三天", "editors")]


@pytest.mark.parametrize(("behind", "found"), [(0, True), (7, True), (8, False)])
def test_a_line_of_credit_stands_near_an_end(behind: int, found: bool) -> None:
    """Among the last eight blocks, or the first four."""
    line = "<p>责任编辑：林禾</p>"
    assert bool(step("credits", LINE * 9 + line + LINE * behind).meta.editors) is found
    assert bool(step("credits", LINE * 3 + line + LINE * 9).meta.editors)
    assert not step("credits", LINE * 4 + line + LINE * 9).meta.editors


@pytest.mark.parametrize("tag", ["p", "h2", "h3", "h4"])
def test_a_line_of_credit_in_any_block_of_text(tag: str) -> None:
    """Also in a quote or an item at the end."""
    for html in (
        f"<{tag}>责任编辑：林禾</{tag}>",
        "<blockquote><p>责任编辑：林禾</p></blockquote>",
        "<ul><li>责任编辑：林禾</li></ul>",
        "<ol><li>责任编辑：林禾</li></ol>",
    ):
        article = step("credits", f"{LINE}{html}")
        assert article.meta.editors == ["林禾"]
        assert article.body.inner_html == LINE


@pytest.mark.parametrize(
    ("html", "after", "marks"),
    [
        ("<p>桥。#</p>", "<p>桥。</p>", ["#"]),
        ("<p>桥。＃◇◆</p>", "<p>桥。</p>", ["＃◇◆"]),
        ("<p>桥#</p>", "<p>桥</p>", ["#"]),
        ("<p>桥。</p><p>#</p>", "<p>桥。</p>", ["#"]),
        ("<p>桥。 # </p>", "<p>桥。</p>", ["#"]),
        ("<p>桥。<strong>#</strong></p>", "<p>桥。</p>", ["#"]),
        ("<p>桥。#</p><p>船。</p>", "<p>桥。</p><p>船。</p>", ["#"]),
        ("<p>桥#</p><p>船。</p>", "<p>桥#</p><p>船。</p>", []),
        ("<p>#桥</p>", "<p>#桥</p>", []),
        ("<p>桥。#</p>" + LINE * 8, "<p>桥。#</p>" + LINE * 8, []),
        ("<p>桥。#</p>" + LINE * 7, LINE * 8, ["#"]),
        (
            '<p>桥#</p><figure><img src="a.jpg" alt=""></figure>',
            '<p>桥</p><figure><img src="a.jpg" alt=""></figure>',
            ["#"],
        ),
    ],
)
def test_the_marks_that_close_an_article_go(html: str, after: str, marks: list[str]) -> None:
    """Behind the last text, and behind a sentence among the last eight blocks; each leaves a note."""
    article = step("credits", html)
    assert article.body.inner_html == after
    assert [(note.rule, note.kind, note.text) for note in article.notes] == [
        ("credits.closing-mark", "removed", mark) for mark in marks
    ]
