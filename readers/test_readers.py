"""Books as readers see them: opened in foliate-js and epub.js, checked by Ace, converted by calibre.

`make test-readers` runs them; `make test` does not, since they need Chromium, Node and calibre. What is missing fails
the tests that need it, and says how to get it.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped,unused-ignore] # its stubs are a package of their own
from PIL import Image, ImageChops

from convert.emit.epub import typeface
from convert.emit.epub.cover import CoverText, draw_cover
from readers import machine
from readers.books import RICH, write_rich, write_seeds
from readers.boxes import boxes

XHTML = "{http://www.w3.org/1999/xhtml}"
OPS = "{http://www.idpf.org/2007/ops}"
OPF = "{http://www.idpf.org/2007/opf}"
NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
NIGHT, DAY = (18, 18, 18), (255, 255, 255)
PAGE_OF_TEXT = 350
"""Characters, from which on a document's first page is full of text."""

Report = dict[str, Any]
Seen = dict[str, list[tuple[Path, Path, Report]]]


def need(*found: tuple[str, str]) -> None:
    """Fail where a program is missing, with what to do."""
    if trouble := [words for _, words in found if words]:
        pytest.fail("; ".join(trouble), pytrace=False)


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The volumes of seeds/, and the one with everything in it."""
    return [write_rich(tmp_path_factory.mktemp("rich")), *write_seeds(tmp_path_factory.mktemp("seeds"))]


@pytest.fixture(scope="session")
def spoiled(books: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with everything that the tests look for."""
    target = tmp_path_factory.mktemp("spoiled") / RICH
    with zipfile.ZipFile(books[0]) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("style.css"):
                data += b"p { color: #000; background: #fff; text-indent: 0 }"
            elif name.endswith("n99000103.xhtml"):
                remote = (
                    '<p><img src="https://example.org/pixel.png"/></p><div style="width: 3000px">wide</div></section>'
                )
                data = data.replace(b"</section>", remote.encode())
                data = data.replace(b'<h1 id="title">', '<h1 id="title">另一个题目'.encode())
            new.writestr(name, data)
    return target


@pytest.fixture(scope="session")
def seen(books: list[Path], spoiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """For each engine every book, the folder with its screenshots, and what the engine shows; the spoiled one last."""
    need(machine.node(), machine.chromium())
    shown: Seen = {}
    for engine in machine.ENGINES:
        folder = tmp_path_factory.mktemp(engine)
        every = [*books, spoiled]
        reports = machine.see(engine, every, folder)
        shown[engine] = [(book, folder / str(number), reports[number]) for number, book in enumerate(every)]
    return shown


@pytest.fixture(params=machine.ENGINES)
def opened(request: pytest.FixtureRequest, seen: Seen) -> list[tuple[Path, Path, Report]]:
    """The sound books in one engine; a book that did not come through it fails here."""
    found = seen[request.param][:-1]
    for book, _, report in found:
        assert not report["errors"], f"{request.param}: {book.name}: {report['errors']}"
    assert len(found) > 10
    return found


def document(book: Path, name: str) -> Any:
    """One document of a book."""
    with zipfile.ZipFile(book) as archive:
        return etree.fromstring(archive.read(f"EPUB/{name}"))


def lines(nav: Any, kind: str) -> list[dict[str, Any]]:
    """The tree of one `nav` of the navigation document, in the form of the reports."""
    (found,) = [one for one in nav.iter(f"{XHTML}nav") if one.get(f"{OPS}type") == kind]

    def level(parent: Any) -> Iterator[dict[str, Any]]:
        for item in parent.findall(f"{XHTML}ol/{XHTML}li"):
            link = item.find(f"{XHTML}a")
            label = "".join(link.itertext())
            yield {
                "label": label,
                "href": link.get("href"),
                "type": link.get(f"{OPS}type", ""),
                "items": [*level(item)],
            }

    return [*level(found)]


def labels(tree: list[dict[str, Any]]) -> list[str]:
    """All labels of a tree in reading order."""
    return [label for line in tree for label in (line["label"], *labels(line["items"]))]


def test_contents_and_landmarks_are_those_of_the_navigation(opened: list[tuple[Path, Path, Report]]) -> None:
    """An engine shows the same tree, in the same order, as nav.xhtml holds."""
    deepest = 0
    for book, _, report in opened:
        nav = document(book, "nav.xhtml")
        assert report["facts"]["toc"] == lines(nav, "toc"), book.name
        assert report["facts"]["landmarks"] == lines(nav, "landmarks"), book.name
        assert [one["type"] for one in report["facts"]["landmarks"]] == ["cover", "toc", "bodymatter"]
        deepest = max(deepest, str(report["facts"]["toc"]).count("]}]}]}"))
    assert deepest, "no book has three levels"


def test_every_line_of_the_contents_leads_to_its_heading(opened: list[tuple[Path, Path, Report]]) -> None:
    """Where a line leads, its words stand as the heading."""
    for book, _, report in opened:
        assert len(report["reached"]) == len(labels(report["facts"]["toc"])) > 0
        for line in report["reached"]:
            assert line["heading"] == line["label"], book.name


def test_title_series_and_position_are_read(opened: list[tuple[Path, Path, Report]]) -> None:
    """A library shelf gets the title, the language, an author, and of a book in a series that and the place in it."""
    named = 0
    for book, _, report in opened:
        package, facts = document(book, "content.opf"), report["facts"]
        said = {one.get("property"): one.text for one in package.iter(f"{OPF}meta") if one.get("property")}
        assert (facts["title"], facts["language"]) == (package.findtext(".//{*}title"), "zh-Hans")
        if "belongs-to-collection" in said:  # a book of what is new is in none
            named += 1
            assert facts["series"] == said["belongs-to-collection"] != ""
            assert facts["position"] == float(said["group-position"])
        assert facts["authors"][0] == package.findtext(".//{*}creator"), book.name
    assert named > 1


def test_turning_pages_leads_through_the_whole_book(opened: list[tuple[Path, Path, Report]]) -> None:
    """From the cover to the last chapter, each document in the order of the spine."""
    for book, _, report in opened:
        spine = [one.get("idref") for one in document(book, "content.opf").iter(f"{OPF}itemref")]
        assert [one["file"] for one in report["turned"]] == report["facts"]["spine"], book.name
        assert len(report["turned"]) == len(spine)
    assert max(one["pages"] for _, _, report in opened for one in report["turned"]) > 2


def test_nothing_is_asked_of_the_world(opened: list[tuple[Path, Path, Report]]) -> None:
    """Every request goes to this machine."""
    for book, _, report in opened:
        assert report["requests"]
        assert not abroad(report), book.name


def abroad(report: Report) -> list[str]:
    """The requests of a book that leave the machine."""
    own = (report["origin"] + "/", f"blob:{report['origin']}/", "data:")
    return [one for one in report["requests"] if not one.startswith(own)]


def test_the_reader_chooses_the_colours(opened: list[tuple[Path, Path, Report]]) -> None:
    """In the colours of a night, and of a day, no element has a colour or a background of its own."""
    for book, _, report in opened:
        for one in (*report["night"], *report["day"]):
            assert not one["colours"], f"{book.name} {one['file']}"


def test_pages_are_drawn_by_day_and_by_night(opened: list[tuple[Path, Path, Report]]) -> None:
    """Pages show text on the reader's ground, as much as there is, and pictures that can be seen."""
    full = 0
    for book, folder, report in opened:
        for time, ground in (("day", DAY), ("night", NIGHT)):
            for one in report[time]:
                drawn = ink(folder / one["shot"], ground)
                full += one["letters"] >= PAGE_OF_TEXT
                least = 0.025 if one["letters"] >= PAGE_OF_TEXT or one["file"] == "cover.xhtml" else 0.002
                assert least < drawn < 0.9, f"{book.name} {one['shot']}: {drawn}"
                assert not one["broken"], f"{book.name} {one['file']}"
    assert full > 10


def ink(shot: Path, ground: tuple[int, int, int]) -> float:
    """The part of a screenshot that differs clearly from the ground; the ground must be its commonest colour."""
    with Image.open(shot) as image:
        page = image.convert("RGB")
    if "cover" not in shot.name:
        commonest = max(page.getcolors(maxcolors=page.width * page.height) or [], key=lambda pair: pair[0])[1]
        assert commonest == ground, f"{shot.name}: {commonest}"
    far = ImageChops.difference(page, Image.new("RGB", page.size, ground)).convert("L").point(lambda value: value > 60)
    return sum(far.tobytes()) / (page.width * page.height)


def test_nothing_sticks_out_of_the_column(opened: list[tuple[Path, Path, Report]]) -> None:
    """On a page of 600 pixels no table, picture or address is wider than the text."""
    for book, _, report in opened:
        for one in report["day"]:
            assert not one["wider"], f"{book.name} {one['file']}"


def test_text_is_set_as_chinese_books_are(opened: list[tuple[Path, Path, Report]]) -> None:
    """Two characters of indent, open lines, both edges straight."""
    found = [one["prose"] for _, _, report in opened for one in report["day"] if one["prose"]]
    assert len(found) > 10
    for prose in found:
        assert prose["indent"] == pytest.approx(2, abs=0.01)
        assert 1.5 <= prose["line"] <= 2
        assert prose["align"] == "justify"


def test_a_reference_shows_the_whole_note(opened: list[tuple[Path, Path, Report]]) -> None:
    """What an engine shows for a reference is the note's text, not its mark alone."""
    _, _, report = opened[0]
    assert [one["text"] for one in report["notes"]] == [
        "[1] 《石账》第一册，藏在茶棚的柜子里。",
        "[2] 《人账》只剩封面。",
    ]
    assert {one["type"] for one in report["notes"]} == {"footnote" if report["engine"] == "foliate" else "shown"}


def test_the_tests_see_what_is_wrong(seen: Seen) -> None:
    """A spoiled book is found out in each engine: colours, width, a remote picture, a heading, an error."""
    for engine, shown in seen.items():
        _, _, report = shown[-1]
        assert abroad(report) == ["https://example.org/pixel.png"], engine
        assert any("example.org" in one or "ERR_" in one for one in report["errors"])
        night = {one["file"]: one for one in report["night"]}
        assert {"p color rgb(0, 0, 0)", "p background rgb(255, 255, 255)"} <= set(night["n99000104.xhtml"]["colours"])
        assert any(one.startswith("div 3000") for one in night["n99000103.xhtml"]["wider"])
        assert night["n99000103.xhtml"]["broken"]
        assert night["n99000104.xhtml"]["prose"]["indent"] == 0
        assert [one["label"] for one in report["reached"] if one["heading"] != one["label"]] == [
            "渡口的诗 与 “慢行” & 其它"
        ]


def test_covers_show_every_character(books: list[Path]) -> None:
    """A cover is drawn, says in words what it shows, and holds no box in place of a character."""
    for book in books:
        with zipfile.ZipFile(book) as archive:
            cover = archive.read("EPUB/cover.jpg")
        with Image.open(io.BytesIO(cover)) as picture:
            assert picture.size == (1500, 2400)
            shades = Counter(picture.convert("L").resize((150, 240)).tobytes())
        assert len(shades) > 20, book.name
        assert not boxes(cover), book.name
        words = document(book, "cover.xhtml").find(f".//{XHTML}img").get("alt").partition("；")[0]
        assert typeface.showable(words) == words


def test_a_box_on_a_cover_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where characters are drawn that the typeface does not have, in the title, a headline or the last line."""
    text = CoverText("口日田回国图", "2021年5月21日", ("回\U00020000字", "口回田"), "共2篇")
    assert not boxes(draw_cover(text, "x"))
    monkeypatch.setattr(typeface, "showable", lambda words: words)
    assert len(boxes(draw_cover(text, "x"))) >= 1
    assert len(boxes(draw_cover(CoverText("溪\U00020000报", "", (), "\U00020000"), "x"))) >= 2


@pytest.mark.parametrize("name", [RICH, "大纪元-2005-04.epub", "明慧网-2016-10.epub"])
def test_ace_finds_no_violation(name: str, books: list[Path], tmp_path: Path) -> None:
    """Ace by DAISY: pictures, tables, poems and footnotes; pictures and a table; an article of the Minghui sample."""
    need(machine.node(), machine.chromium())
    (book,) = [one for one in books if one.name == name]
    assert machine.violations(book, tmp_path) == []


def test_ace_finds_what_is_wrong(spoiled: Path, tmp_path: Path) -> None:
    """A picture without alternative text is a violation."""
    need(machine.node(), machine.chromium())
    assert any("image-alt" in one for one in machine.violations(spoiled, tmp_path))


def test_kindle_format_holds_the_contents(books: list[Path], tmp_path: Path) -> None:
    """calibre makes an AZW3 of a book, and out of it come the same lines of contents, the pictures and the author."""
    need(machine.calibre())
    kindle, back = tmp_path / "book.azw3", tmp_path / "back.epub"
    machine.convert(books[0], kindle)
    assert kindle.read_bytes()[60:68] == b"BOOKMOBI"
    machine.convert(kindle, back)
    with zipfile.ZipFile(back) as archive:
        ncx = etree.fromstring(archive.read("toc.ncx"))
        package = etree.fromstring(archive.read("content.opf"))
        pictures = [name for name in archive.namelist() if name.startswith("images/") and name[-1] != "/"]
    said = [one.text for one in ncx.iterfind(f".//{NCX}navPoint/{NCX}navLabel/{NCX}text")]
    assert said == labels(lines(document(books[0], "nav.xhtml"), "toc"))
    assert len(pictures) == 3  # the cover and two
    assert package.findtext(".//{*}creator") == document(books[0], "content.opf").findtext(".//{*}creator")
