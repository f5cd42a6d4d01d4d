"""The lint of a book: a good one passes, and each kind of damage is reported by the rule that is for it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from convert.article import Context, Source
from convert.batch.books.one_book import chapter_of, make_book
from convert.clean import RULES as CLEANING
from convert.config import Config
from convert.enrich import STEPS
from convert.lint import RULES, lint
from convert.pipeline import convert
from convert.profiles import load_profiles
from convert.stores import Folder
from tests.test_cli import command

SEEDS = Path(__file__).parent.parent / "seeds"
PAGES = ("pages/ncid282/n99000012.md", "pages/ncid282/n99000008.md", "books/shiqiao/chapters/1.md")
Files = dict[str, bytes]
TITLE = "阳台菜园五月记：番茄、薄荷和一只青蛙"
SERIES = '<meta property="belongs-to-collection" id="s">丛书</meta>'


@cache
def good() -> bytes:
    """A book of sample articles, with pictures, a table and a list."""
    context = Context(load_profiles(), CLEANING, STEPS)
    articles = [convert(Source(path, (SEEDS / path).read_bytes()), context) for path in PAGES]
    return make_book(list(map(chapter_of, articles)), "样书", Folder(SEEDS), Config())[0]


def files() -> Files:
    """The book's files by name."""
    with zipfile.ZipFile(io.BytesIO(good())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Files, first: str = "mimetype", stored: bool = True, year: int = 1980) -> bytes:
    """Files as a book; pictures and the type are stored."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, name in enumerate(sorted(parts, key=lambda one: one != first)):
            info = zipfile.ZipInfo(name, (year + (number if year != 1980 else 0), 1, 1, 0, 0, 0))
            plain = name == "mimetype" or (stored and name.endswith((".jpg", ".png")))
            info.compress_type = zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED
            archive.writestr(info, parts[name])
    return stream.getvalue()


def chapter() -> str:
    """The file of the first chapter."""
    return next(name for name in files() if name.endswith("n99000012.xhtml"))


def swap(name: str, old: str, new: str) -> Callable[[Files], bytes]:
    """Damage: one text in place of another, in the first file whose name ends so."""

    def damage(parts: Files) -> bytes:
        file = next(one for one in parts if one.endswith(name))
        text = parts[file].decode()
        assert old in text, f"{file} has no {old!r}"
        parts[file] = text.replace(old, new, 1).encode()
        return packed(parts)

    return damage


def picture(form: str, size: tuple[int, int], name: str, **options: object) -> Callable[[Files], bytes]:
    """Damage: another picture under the name of one of the book's own."""

    def damage(parts: Files) -> bytes:
        file = next(one for one in parts if one.endswith(name))
        stream = io.BytesIO()
        Image.new("CMYK" if options.pop("cmyk", False) else "RGB", size, "white").save(stream, form, **options)
        parts[file] = stream.getvalue()
        return packed(parts)

    return damage


def larger(parts: Files) -> bytes:
    """Damage: a chapter of more than 260 KB."""
    parts[chapter()] = parts[chapter()].replace(b"</section>", b"<p>" + b"x" * 270_000 + b"</p></section>")
    return packed(parts)


def unnamed(parts: Files) -> bytes:
    """Damage: a file that the manifest does not name."""
    return packed(parts | {"EPUB/stray.txt": b"x"})


def no_picture(parts: Files) -> bytes:
    """Damage: an error page under a picture's name."""
    return packed(parts | {next(one for one in parts if one.endswith(".png")): b"<html></html>"})


DAMAGE: list[tuple[str, Callable[[Files], bytes], str]] = [
    ("another first entry", lambda parts: packed(parts, first="META-INF/container.xml"), "archive"),
    ("a wrong type", swap("mimetype", "epub+zip", "zip"), "archive"),
    ("compressed pictures", lambda parts: packed(parts, stored=False), "archive"),
    ("several times", lambda parts: packed(parts, year=1990), "archive"),
    ("a stray file", unnamed, "archive"),
    ("a long chapter", larger, "size"),
    ("no language of the package", swap(".opf", ' xml:lang="zh-Hans"', ""), "metadata"),
    ("another identifier", swap(".opf", "urn:uuid:", "isbn:"), "metadata"),
    ("an empty title", swap(".opf", "样书</dc:title>", "</dc:title>"), "metadata"),
    ("a local time", swap(".opf", 'Z</meta>', '+01:00</meta>'), "metadata"),
    ("a series in one form", swap(".opf", "</metadata>", f"{SERIES}</metadata>"), "metadata"),
    ("a font family", swap("style.css", "body {", "body { font-family: serif;"), "style"),
    ("a colour", swap("style.css", "body {", "body { color: black;"), "style"),
    ("a background", swap("style.css", "body {", "body { background: #fff;"), "style"),
    ("important", swap("style.css", "text-indent: 2em", "text-indent: 2em !important"), "style"),
    ("a variable", swap("style.css", "body {", "body { --gap: 1em; padding: var(--gap);"), "style"),
    ("no cover for older readers", swap(".opf", 'name="cover"', 'name="front"'), "cover"),
    ("a small cover", picture("JPEG", (300, 480), "cover.jpg"), "cover"),
    ("a picture of another kind", picture("PNG", (40, 40), ".jpg"), "pictures"),
    ("a progressive picture", picture("JPEG", (1500, 2400), "cover.jpg", progressive=True), "pictures"),
    ("a picture for print", picture("JPEG", (1500, 2400), "cover.jpg", cmyk=True), "pictures"),
    ("a huge picture", picture("PNG", (1700, 20), ".png"), "pictures"),
    ("a picture that is none", no_picture, "pictures"),
    ("another label", swap("toc.ncx", "阳台菜园", "阳台花园"), "contents"),
    ("an empty label", swap("nav.xhtml", f">{TITLE}<", "><"), "contents"),
    ("a wrong depth", swap("toc.ncx", 'dtb:depth" content="', 'dtb:depth" content="9'), "contents"),
    ("contents that lead nowhere", swap("nav.xhtml", "n99000012.xhtml", "gone.xhtml"), "contents"),
    ("no landmark of the text", swap("nav.xhtml", 'epub:type="bodymatter"', 'epub:type="other"'), "landmarks"),
    ("a list of pages", swap("nav.xhtml", 'epub:type="landmarks"', 'epub:type="page-list"'), "landmarks"),
    ("no declaration", swap("n99000012.xhtml", '<?xml version="1.0" encoding="utf-8"?>', ""), "form"),
    ("two languages", swap("n99000012.xhtml", ' lang="zh-Hans"', ' lang="en"'), "form"),
    ("a comment", swap("n99000012.xhtml", "<section", "<!-- x --><section"), "form"),
    ("a style of its own", swap("n99000012.xhtml", "<h2", '<h2 style="color: red"'), "form"),
    ("no title", swap("n99000012.xhtml", f"<title>{TITLE}</title>", "<title></title>"), "titles"),
    ("two first headings", swap("n99000012.xhtml", "</section>", "<h1>x</h1></section>"), "headings"),
    ("a skipped level", swap("n99000012.xhtml", "</section>", "<h4>x</h4></section>"), "headings"),
    ("an empty heading", swap("n99000012.xhtml", "</section>", "<h2></h2></section>"), "headings"),
    ("an empty link", swap("n99000012.xhtml", "</section>", '<p><a href="nav.xhtml"></a></p></section>'), "links"),
    ("a zero-width space", swap("n99000012.xhtml", "</section>", "<p>山\u200b水</p></section>"), "blanks"),
    ("a line end between Han", swap("n99000012.xhtml", "</section>", "<p>山\n水</p></section>"), "blanks"),
]  # fmt: skip


def test_a_good_book_passes() -> None:
    """A book with pictures, tables and lists has nothing that a reader would stumble over."""
    assert lint(good(), "样书.epub") == []
    assert lint(packed(files()), "样书.epub") == []


@pytest.mark.parametrize(("damage", "rule"), [one[1:] for one in DAMAGE], ids=[one[0] for one in DAMAGE])
def test_damage_is_reported(damage: Callable[[Files], bytes], rule: str) -> None:
    """The rule that is for it finds it, and its message names the book."""
    found = lint(damage(files()), "样书.epub")
    assert rule in {one.rule for one in found}
    assert all("样书.epub" in str(one) for one in found)


def test_every_rule_has_a_damage() -> None:
    """A rule that nothing here breaks may be one that cannot fail."""
    assert {rule for *_, rule in DAMAGE} == set(RULES)


@pytest.mark.parametrize("data", [b"", b"PK", b"x" * 100, packed({"mimetype": b"application/epub+zip"})])
def test_what_is_no_book_is_one_finding(data: bytes) -> None:
    """A truncated or foreign file is named, and nothing raises."""
    (finding,) = lint(data, "x.epub")
    assert finding.expected == "an EPUB file"


@pytest.mark.slow
def test_the_verb_lints_a_book_that_lies_anywhere(tmp_path: Path) -> None:
    """Exit code 0 for a good one, 1 for a damaged one, with file and rule; a mix with sources is refused."""
    (tmp_path / "good.epub").write_bytes(good())
    (tmp_path / "bad.epub").write_bytes(swap("style.css", "body {", "body { color: black;")(files()))
    assert command(tmp_path, "verify", "good.epub").returncode == 0
    done = command(tmp_path, "verify", "good.epub", "bad.epub")
    assert done.returncode == 1
    assert "bad.epub: EPUB/style.css: lint: style: found 'a colour'" in done.stdout.decode()
    assert command(tmp_path, "verify", "good.epub", str(SEEDS / PAGES[0])).returncode == 2
