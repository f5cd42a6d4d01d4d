"""The table of escapes: every sign and word that a flavour's tool takes for syntax, and those that none does."""

from __future__ import annotations

import string

import pytest

from convert.emit import EMITTERS
from convert.emit.escapes import (
    INLINE,
    escape,
    escape_heading_end,
    escape_line_start,
    escape_metadata,
    may_need_escapes,
    numbered,
)

# signs that are marks wherever they stand
ALWAYS = {
    "gfm": r"*<[\]`|~",
    "hugo": r"$*<@[\]^`{|~" + "\"'",
    "jekyll": r"#$*<[\]^_`{|~" + "\"'",
    "obsidian": r"#$*<[\]^`|~",
    "mkdocs": r"#$*<[\]^`{|~",
    "pandoc": r"$*<@[\]^`{|~" + "\"'",
}
# by flavour: signs that a backslash does not free there, as what they are written
NUMBERED = {
    "gfm": {},
    "hugo": {":": "&#58;"},
    "jekyll": {"\\": "&#92;", "<": "&lt;", "{": "&#123;", "^": "&#94;", "~": "&#126;", "@": "&#64;", "%": "&#37;"},
    "obsidian": {},
    "mkdocs": {
        "<": "&lt;",
        "{": "&#123;",
        "|": "&#124;",
        "~": "&#126;",
        "$": "&#36;",
        "^": "&#94;",
        "=": "&#61;",
        ":": "&#58;",
    },
    "pandoc": {},
}
ABBREVIATED = (
    "aet aetat al Apr Aug bk Bros c Capt cf ch chap chs Co col Corp cp d Dec Dr e.g ed eds esp f fasc Feb ff fig fl "
    "fol fols Fr Gen Gov Hon i.e ill Inc incl Jan Jr Jul Jun Ltd M.A M.D Mar Mr Mrs Ms n n.b nn No Nov Oct p Ph.D "
    "pp Pres Prof pt q.v Rep Rev s.v s.vv saec sec Sen Sep Sept Sgt Sr St univ viz vol vs"
).split()


def sign(flavour: str, one: str) -> str:
    """A sign as the flavour has it escaped."""
    return NUMBERED[flavour].get(one, f"\\{one}")


@pytest.mark.parametrize("flavour", INLINE)
@pytest.mark.parametrize("one", string.punctuation)
def test_a_sign_between_letters(flavour: str, one: str) -> None:
    """A sign that is a mark anywhere is escaped between two letters; every other one stands there as it is."""
    expected = sign(flavour, one) if one in ALWAYS[flavour] else one
    assert escape(f"a{one}b", flavour) == f"a{expected}b"
    if one in ALWAYS[flavour]:
        assert may_need_escapes(f"a{one}b", flavour)


@pytest.mark.parametrize(
    ("flavour", "text", "escaped"),
    [
        ("gfm", "_a a_b c_", r"\_a a_b c\_"),
        ("gfm", "桥_头 _ 船", r"桥_头 \_ 船"),
        ("gfm", "&amp; &#38; & b;", r"\&amp; \&#38; & b;"),
        ("gfm", "a! b!", r"a! b\!"),
        ("gfm", "http://a HTTPS://b ftp://c x://d", r"http\://a HTTPS\://b ftp\://c x://d"),
        ("gfm", "mailto:a XMPP:b www.c WWW.d ww.e", r"mailto\:a XMPP\:b www\.c WWW\.d ww.e"),
        ("hugo", "a--b -- c-d ... ..", r"a\--b \-- c-d \... .."),
        ("hugo", ">> == ++ > = +", r"\>> \== \++ > = +"),
        (
            "hugo",
            ":a: :+1: :-1: :100: :1234: :99: :a b: :",
            r"&#58;a: &#58;+1: &#58;-1: &#58;100: &#58;1234: :99: :a b: :",
        ),
        ("jekyll", "a]: b >> c >", r"a\]\: b \>> c >"),
        ("obsidian", "== %% = %", r"\=\= \%\% = %"),
        ("mkdocs", "== ++ :a: = +", r"&#61;= \++ &#58;a: = +"),
        ("pandoc", "Dr. No. x. end#", "Dr\\. No\\. x. end\\#"),
        ("pandoc", "a# b #c", "a# b #c"),
    ],
)
def test_a_sign_where_it_is_a_mark(flavour: str, text: str, escaped: str) -> None:
    """A sign that is a mark beside others only is escaped there alone."""
    assert escape(text, flavour) == escaped
    assert may_need_escapes(text, flavour)


@pytest.mark.parametrize("word", ABBREVIATED)
def test_pandoc_puts_no_space_behind_an_abbreviation(word: str) -> None:
    """The point of every abbreviation that it knows is escaped, before a blank and at the end, of whole words alone."""
    assert escape(f"{word}. a", "pandoc") == f"{word}\\. a"
    assert escape(f"{word}.", "pandoc") == f"{word}\\."
    assert escape(f"{word}.a", "pandoc") == f"{word}.a"
    assert escape(f"xy{word}. a", "pandoc") == f"xy{word}. a"
    assert escape_metadata(f"z {word}. a") == f"z {word}\\. a"


@pytest.mark.parametrize("text", ["", "桥头有人，桥尾有船。", "The bridge is old, isn't it; 3.5 (three) % of 1/2?"])
def test_a_text_without_marks_needs_no_escapes(text: str) -> None:
    """What holds none of a flavour's signs is left alone."""
    assert not may_need_escapes(text, "gfm")
    assert escape(text, "gfm") == text


@pytest.mark.parametrize("flavour", INLINE)
@pytest.mark.parametrize("address", ["://a", "WWW.a", "Mailto:a", "xmpp:a"])
def test_an_address_needs_escapes(flavour: str, address: str) -> None:
    """In any letters, in every flavour."""
    assert may_need_escapes(f"桥{address}", flavour)


STARTS = {
    "# a": r"\# a",
    "###### a": r"\###### a",
    "####### a": "####### a",
    "#": r"\#",
    "#a": "#a",
    "- a": r"\- a",
    "+ a": r"\+ a",
    "-": r"\-",
    "-a": "-a",
    "--- ": r"\--- ",
    "- - -": r"\- - -",
    "===": r"\===",
    "-:-": "-:-",
    ":-:": r"\:-:",
    "> a": r"\> a",
    ">a": r"\>a",
    "1. a": r"1\. a",
    "1) a": r"1\) a",
    "123456789.": r"123456789\.",
    "1.a": "1.a",
    "1": "1",
    "a - b": "a - b",
    "桥": "桥",
    "": "",
}


@pytest.mark.parametrize(("line", "escaped"), STARTS.items())
def test_the_start_of_a_line(line: str, escaped: str) -> None:
    """What would open a heading, list, quote, rule or table is escaped; what only looks like it is not."""
    assert escape_line_start(line) == escaped


@pytest.mark.parametrize(
    ("flavour", "line", "escaped"),
    [
        ("gfm", ": a", ": a"),
        ("hugo", ": a", "&#58; a"),
        ("hugo", ":a", ":a"),
        ("jekyll", ": a", r"\: a"),
        ("obsidian", ": a", ": a"),
        ("mkdocs", ": a", "&#58; a"),
        ("gfm", "1234567890. a", "1234567890. a"),
        ("jekyll", "1234567890. a", r"1234567890\. a"),
        ("jekyll", "1234567890.a", "1234567890.a"),
        ("mkdocs", "1234567890. a", r"1234567890\. a"),
        ("pandoc", "1234567890. a", r"1234567890\. a"),
        ("mkdocs", "!!! a", r"\!!! a"),
        ("mkdocs", "!! a", "!! a"),
        ("mkdocs", "??? a", "&#63;?? a"),
        ("mkdocs", "/// a", "&#47;// a"),
        ("mkdocs", "::: a", "&#58;:: a"),
        ("mkdocs", r"\[ a", "&#91; a"),
        ("pandoc", "% a", r"\% a"),
        ("pandoc", ": a", r"\: a"),
        ("pandoc", "+-- a", r"\+-- a"),
        ("pandoc", "+=a", r"\+=a"),
        ("pandoc", "+a", "+a"),
        ("pandoc", "#. a", r"\#. a"),
        ("pandoc", "(a) b", r"\(a) b"),
        ("pandoc", "(12) b", r"\(12) b"),
        ("pandoc", "(a b) c", "(a b) c"),
        ("pandoc", "Table: a", r"Table\: a"),
        ("pandoc", "table: a", r"table\: a"),
        ("pandoc", "a. b", r"a\. b"),
        ("pandoc", "Z) b", r"Z\) b"),
        ("pandoc", "xiv. b", r"xiv\. b"),
        ("pandoc", "MCD) b", r"MCD\) b"),
        ("pandoc", "ab. c", "ab. c"),
        ("pandoc", "a.b", "a.b"),
    ],
)
def test_the_start_of_a_line_in_a_flavour(flavour: str, line: str, escaped: str) -> None:
    """What a tool alone reads at a line's start is escaped for it alone."""
    assert escape_line_start(line, flavour) == escaped


@pytest.mark.parametrize(
    ("line", "escaped"),
    [("a #", r"a \#"), ("a ##", r"a \##"), ("a#", "a#"), ("#", r"\#"), ("a # b", "a # b"), ("a\t# ", "a\t\\# ")],
)
def test_the_end_of_a_heading(line: str, escaped: str) -> None:
    """Closing marks behind a blank, or alone, are text."""
    assert escape_heading_end(line) == escaped


@pytest.mark.parametrize(
    ("one", "name"), [("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;"), (">", "&#62;"), ("桥", "&#26725;")]
)
def test_a_sign_by_its_name_or_number(one: str, name: str) -> None:
    """Three have names that every reader knows."""
    assert numbered(one) == name


def test_metadata_that_pandoc_reads_as_markdown() -> None:
    """Its marks are escaped, its addresses are not, and the start of it is that of a line."""
    assert escape_metadata("http://a.example/*b*") == r"http://a.example/\*b\*"
    assert escape_metadata("1. a") == r"1\. a"


def test_the_formats_that_are_built_in() -> None:
    """Their names, suffixes, and what the list of formats says of them."""
    assert {name: (one.name, one.suffix, one.about) for name, one in EMITTERS.items()} == {
        "markdown": ("markdown", ".md", "Markdown with YAML front matter"),
        "text": ("text", ".txt", "plain text: title, date and authors, body, address"),
        "json": ("json", ".json", "metadata with where each was read, notes, HTML, Markdown and text"),
        "html": ("html", ".html", "canonical HTML in a document with metadata, for other programs"),
    }
