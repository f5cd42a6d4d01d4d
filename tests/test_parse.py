"""Parse: bytes to text, the profile that knows them, the envelope cut off, the body as a browser would see it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from convert.article import Context, Source
from convert.clean import RULES
from convert.enrich import STEPS
from convert.errors import SourceError
from convert.parse import identity, parse
from convert.profiles import load_profiles
from tests.case import CASES, Case

CONTEXT = Context(load_profiles(), RULES, STEPS)


def page(body: str, title: str = "石桥") -> Source:
    """A page of the first family of mirrors."""
    text = (
        f'### {title}\n\n---\n\n#### [首页](../../../..?n99100001)\n\n\n<div id="artbody">{body}</div>\n\n\n---\n\n'
        "原文链接（需翻墙）：https://www.epochtimes.com/gb/22/5/18/n99100001.htm"
    )
    return Source("pages/ncid282/n99100001.md", text.encode())


def test_masked_tags_are_links_again() -> None:
    """`<ok href>` is a link, and `</ok>` closes it."""
    article = parse(page('<p>见<ok href="https://www.example.org/">桥</ok>头</p>'), CONTEXT)
    assert article.body.select_one("a").text == "桥"  # type: ignore[union-attr]  # it is there


def test_the_envelope_is_noted_piece_by_piece() -> None:
    """Title and address move into the metadata, navigation is removed; each has its note."""
    article = parse(page("<p>桥</p>"), CONTEXT)
    assert (article.meta.title, article.meta.id, article.meta.publisher) == ("石桥", "n99100001", "大纪元")
    kinds = {note.rule: note.kind for note in article.notes if note.rule.startswith("envelope.")}
    assert kinds["envelope.title"] == kinds["envelope.address"] == "moved"
    assert kinds["envelope.navigation"] == "removed"
    assert "首页" not in article.body.text


def test_an_address_in_the_middle_is_text() -> None:
    """Only the last line of the file is the closing line."""
    article = parse(page("<p>他写：原文链接：https://www.example.org/</p><p>然后走了。</p>"), CONTEXT)
    assert "原文链接：https://www.example.org/" in article.body.text
    assert article.meta.source.endswith("n99100001.htm")


@pytest.mark.parametrize("topic", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_identity_says_what_parse_finds(topic: str) -> None:
    """The cheap look at a source agrees with the whole reading."""
    case = Case.read(topic)
    told, article = identity(case.source, case.context), parse(case.source, case.context)
    assert (told.publisher, told.id, told.profile.name) == (
        article.meta.publisher,
        article.meta.id,
        article.profile.name,
    )


@pytest.mark.parametrize(
    ("data", "rule", "kind"),
    [
        ("桥头有人，桥尾有船，船上有灯。".encode("gb18030"), "decode", "guessed"),
        ("桥头有人".encode("utf-16"), "decode", "guessed"),
        ("桥头有人，桥尾有船，船上有一盏灯，灯下有书。".encode() + b"\xff", "decode", "changed"),
        ("桥\x00头".encode(), "decode", "removed"),
    ],
)
def test_what_is_odd_about_the_bytes_is_noted(data: bytes, rule: str, kind: str) -> None:
    """Nothing raises on dirty bytes; each oddity leaves a note of its kind."""
    article = parse(Source("a.txt", data), CONTEXT)
    assert (rule, kind) in {(note.rule, note.kind) for note in article.notes}
    assert article.body.text.startswith("桥")


def test_a_source_at_the_limit_is_read_and_one_beyond_it_refused() -> None:
    """The limit counts bytes, and the error names file, size, limit and remedy."""
    limited = replace(CONTEXT, max_bytes=6)
    assert parse(Source("a.txt", "桥头".encode()), limited).body.text == "桥头"
    with pytest.raises(SourceError, match=r"a\.txt: 9 bytes; expected at most 6 bytes; raise parse\.max_bytes"):
        parse(Source("a.txt", "桥头船".encode()), limited)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "this is a zip archive, as EPUB and DOCX are"),
        (b"%PDF-1.7\n1 0 obj", "this is a PDF"),
        (b"GIF89a\x01", "this is a GIF picture"),
        (b"\x89PNG\r\n\x1a\n", "this is a PNG picture"),
        (b"\xff\xd8\xff\xe0", "this is a JPEG picture"),
        (b"\x1f\x8b\x08\x00", "this is a gzip archive"),
        (random.Random(3).randbytes(3000), "this is no text: its first 3,000 bytes hold 12 that are zero"),
        ("<p>The frog sat on the stone.</p>".encode("utf-16-le"), "this is no text: its first 66 bytes hold 33"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, told: str) -> None:
    """A picture or an archive under the name of an article is named, with what it is and what to do."""
    with pytest.raises(SourceError) as raised:
        parse(Source("a.html", data), CONTEXT)
    assert raised.value.message.startswith(f"a.html: {told}")
    assert "expected text in UTF-8, UTF-16 with a byte order mark, or GB 18030; take it out of the" in str(raised.value)


@pytest.mark.parametrize(
    "data",
    [
        b"PK is short for the pond keeper.",
        "桥\x00头\x00有\x00人\x01".encode(),
        ("水" * 300 + "\x00\x01\x02").encode(),
        "\x1b[1m桥头\x1b[0m\x00".encode(),
        "GIF and PNG are pictures.".encode("utf-16"),
        "桥头有人，桥尾有船。".encode("gb18030"),
    ],
)
def test_text_with_stray_control_characters_is_text(data: bytes) -> None:
    """A mirror's damage is no reason to refuse an article; nor is UTF-16, which is full of zeros."""
    assert parse(Source("a.txt", data), CONTEXT).body.text


def test_nested_paragraphs_come_apart() -> None:
    """Three hundred paragraphs that nobody closed are three hundred paragraphs."""
    article = parse(page("".join(f"<p>第{number}行" for number in range(300))), CONTEXT)
    assert len(article.body.select("p")) == 300
    assert article.body.select_one("p p") is None
