"""Books: one EPUB from a volume and its chapters."""

from __future__ import annotations

import datetime
import io
import itertools
import os
import re
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped,unused-ignore] # its stubs are a package of their own
from PIL import Image, ImageCms, ImageDraw

from benchmarks import epubcheck
from convert.article import Metadata
from convert.emit.epub import (
    BookOptions,
    BookTooLargeError,
    Chapter,
    addresses,
    pictures,
    source_date_epoch,
    typeface,
    wording,
    write_book,
)
from convert.emit.epub.cover import CoverText, draw_cover
from convert.emit.epub.navigation import Entry, contents
from convert.emit.epub.wrap import headline, wrap
from convert.errors import OutputError, UsageError
from convert.lint import lint
from convert.volumes import Collection, Member, Volume, plan_volumes
from convert.where import facts_of

REPOSITORY = Path(__file__).parent.parent
XHTML = "{http://www.w3.org/1999/xhtml}"
OPS = "{http://www.idpf.org/2007/ops}"
NAMESPACES = {
    "h": "http://www.w3.org/1999/xhtml",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "ncx": "http://www.daisy.org/z3986/2005/ncx/",
    "epub": "http://www.idpf.org/2007/ops",
}

Check = Callable[[bytes], list[str]]


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """A picture as the bytes of a file."""
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def photograph(width: int = 900, height: int = 600) -> Image.Image:
    """A picture with many colours."""
    gradient = Image.radial_gradient("L").resize((width, height))
    return Image.merge("RGB", (gradient, gradient.transpose(Image.Transpose.FLIP_LEFT_RIGHT), gradient.rotate(180)))


def drawing() -> Image.Image:
    """A picture with two colours and sharp edges."""
    image = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(image)
    for step in range(0, 480, 24):
        draw.line((0, step, 640, 480 - step), fill="black", width=3)
    return image


FILES = {
    "photo.jpg": encoded(photograph(), "JPEG"),
    "named.jpg": encoded(photograph(700, 500), "PNG"),
    "gone.png": b"<html><body>404 Not Found</body></html>",
    "wide.webp": encoded(photograph(2000, 900), "WEBP"),
    "lines.gif": encoded(drawing(), "GIF"),
    "dot.gif": encoded(Image.new("RGB", (1, 1)), "GIF"),
}

STRESS = """
<figure><img src="photo.jpg" alt="一张圆形渐变"><figcaption>渐变。（示例图库）</figcaption></figure>
<p>见<a href="n2.md#x">另一篇</a>与<a href="../gone.md">失效</a>，
<a href="https://example.org/a b?q=100%&amp;x=[1]#丙#丁">外部</a>，<a href="https://示例.example.org:81/路/%zz">汉字</a>，
<a href="http://a_b.example.org\\x|y">怪</a>，<a href="http:///x">坏</a>，
<a href="http://1.2.3/">坏</a>，<a href="http://xn--a/">坏</a>，<a href="javascript:x">坏</a>，
<a href="#nowhere">无处</a>，<a href="mailto:a@example.org">信</a>，<a href="https://u:p@example.org/">名</a>。
<sup><a href="#1n" id="1r">[1]</a></sup><sup><a href="#n2">[2]</a></sup> &amp; &lt;b&gt; "引"</p>
<h4>四级在前</h4><p>甲<br>乙<br>丙</p><h2>二级</h2><h4>跳级</h4>
<p>文<strong>粗<em>斜</em></strong>，H<sub>2</sub>O，<s>删</s>，<code>a&lt;b</code></p>
<table><thead><tr><th>名</th><th></th><th>量</th></tr></thead><tbody><tr><td colspan="3">跨三列</td></tr>
<tr><td rowspan="2">一</td><td>二<br>三</td><td>x</td></tr><tr><td colspan="0">四</td><td rowspan="x">五</td></tr>
</tbody></table>
<ul><li>一<ul><li>内</li></ul></li><li>二</li></ul><ol start="5"><li><p>块</p><p>块</p></li></ol>
<ol start="x"><li>坏</li></ol>
<blockquote><p>引</p><h3>引中题</h3><ul><li>引中列</li></ul></blockquote><pre>a\n b</pre><hr>
<figure><a href="https://example.org/big.jpg"><img src="named.jpg" alt=""></a></figure>
<figure><img src="https://example.org/remote pic.jpg" alt="远">
<figcaption>远处的<a href="https://example.org/">图</a></figcaption></figure>
<figure><img src="gone.png" alt=""></figure><figure><img src="dot.gif" alt=""></figure>
<figure><img src="lines.gif" alt="线"></figure>
<p>行内<img src="wide.webp" alt="宽图">与<img src="x/none.png" alt="">，
<a href="https://example.org/"><img src="none.jpg" alt=""></a>。</p>
<p id="1n"><a href="#1r">[1]</a> 甲注。</p><ol><li id="n2">乙注。</li></ol><p id="title">撞名</p><p id="n2">重名</p>"""


def chapter(number: int, body: str = STRESS, **fields: Any) -> Chapter:
    """An invented article."""
    known: dict[str, Any] = {
        "title": f"标题“{number}” <b>&amp; 与其它",
        "date": datetime.date(2021, 7, 1 + number % 28),
        "authors": ["张三", "张三"],
        "translators": ["李四"],
        "editors": ["王五"],
        "publisher": "示例报",
        "source": f"https://example.org/21/7/{number}.htm",
        "id": f"n{number}",
        "lang": "zh-Hans",
        "channel": f"c{number % 3}",
        "categories": [f"栏目{number % 3}"],
    }
    return Chapter(f"sample/n{number}.md", Metadata(**{**known, **fields}), body)


def volume_of(chapters: Sequence[Chapter], **fields: Any) -> Volume:
    """The one volume that some chapters make."""
    (volume,) = plan_volumes(
        Collection(**fields),
        [Member(one.path, facts_of(one.meta, one.path, "sample")) for one in chapters],
    )
    return volume


def fetch(path: str, src: str) -> bytes | None:
    """The picture source of these tests."""
    return FILES.get(src)


def book(chapters: Sequence[Chapter], options: BookOptions | None = None) -> bytes:
    """A book of some chapters."""
    return write_book(volume_of(chapters), chapters, fetch, options)


def opened(data: bytes) -> dict[str, bytes]:
    """A book's files by name, without the folder of the package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.removeprefix("EPUB/"): archive.read(name) for name in archive.namelist()}


def page(data: bytes, name: str) -> Any:
    """One document of a book as a tree."""
    return etree.fromstring(opened(data)[name])


@pytest.fixture(scope="session")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """EPUBCheck with usage messages; gives what it says about a book, a line a message."""
    folder = tmp_path_factory.mktemp("epubcheck")

    def run(data: bytes) -> list[str]:
        file = folder / f"{uuid.uuid4()}.epub"
        file.write_bytes(data)
        return epubcheck.messages([file])

    return run


@pytest.mark.slow
def test_epubcheck_would_say_so(check: Check) -> None:
    """The checker is really asked: a broken link and a deprecated element are reported."""
    files = opened(book([chapter(1)]))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            broken = data.replace(b"</section>", b'<p><a href="gone.xhtml">x</a></p></section>')
            plain = name in ("mimetype", "META-INF/container.xml")
            archive.writestr(name if plain else f"EPUB/{name}", data if plain else broken)
    assert any("RSC-007" in line for line in check(stream.getvalue()))


@pytest.mark.slow
def test_a_hostile_volume_passes_epubcheck(check: Check) -> None:
    """Everything that has broken books before, in one volume, and nothing is reported."""
    chapters = [
        *(chapter(number) for number in range(6)),
        chapter(7, "", title="", id="", authors=[], categories=[], channel=""),
        chapter(8, STRESS, id="7 a/#%", lang="en", title="x" * 300),
        Chapter("sample/other/n1.md", chapter(1).meta, STRESS),
        chapter(
            9, "<p>一\x08二\u200b三\ufffe</p><p>x</p><wbr><video>旧</video>", title="控\x14制\u2028符", lang="中文?"
        ),
        chapter(10, '<p><a id="9">x</a><a href="#9">一</a></p><p id="a b">y <a href="#a b">二</a></p>'),
    ]
    assert check(book(chapters)) == []


@pytest.mark.slow
def test_three_hundred_chapters_pass_epubcheck(check: Check) -> None:
    """A full volume is clean, and its documents are few enough for every reader."""
    chapters = [chapter(number, f"<h2>小标题</h2><p>第{number}篇的正文。</p>") for number in range(300)]
    data = book(chapters)
    assert check(data) == []
    assert len(page(data, "content.opf").findall(".//opf:itemref", NAMESPACES)) == 300 + 3 + 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "meta"),
    [
        (BookOptions(), {"date": None, "publisher": "", "source": "不是网址", "authors": []}),
        (BookOptions(pictures="omit", style="plain"), {}),
        (BookOptions(cover=False, grayscale=True, conforms_to="EPUB Accessibility 1.1 - WCAG 2.1 Level AA"), {}),
        (BookOptions(chapter_bytes=2500), {}),
        (BookOptions(script="s2t"), {"lang": "zh-CN"}),
    ],
)
def test_a_book_of_one_chapter_passes_epubcheck(check: Check, options: BookOptions, meta: dict[str, Any]) -> None:
    """One chapter makes a book, with every option and without what metadata may lack."""
    assert check(book([chapter(1, **meta)], options)) == []


SCRIPT = """
import sys
sys.path[:0] = [{tests!r}, {repository!r}]
import test_epub
chapters = [test_epub.chapter(number) for number in range(5)]
sys.stdout.buffer.write(test_epub.book(chapters))
"""


@pytest.mark.slow
def test_the_same_bytes_whatever_the_machine() -> None:
    """Zone, locale and hash seed change nothing."""
    script = SCRIPT.format(tests=str(REPOSITORY / "tests"), repository=str(REPOSITORY))
    made = set()
    for zone, seed, locale in (("Asia/Shanghai", "1", "C"), ("America/New_York", "2", "C.UTF-8")):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale}
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env=environment)
        made.add(done.stdout)
    assert made == {book([chapter(number) for number in range(5)])}


def test_the_order_of_chapters_is_the_volume_s() -> None:
    """Chapters may come in any order; the volume says how they stand."""
    chapters = [chapter(number, "<p>文</p>") for number in range(9)]
    volume = volume_of(chapters)
    assert write_book(volume, chapters, fetch) == write_book(volume, chapters[::-1], fetch)
    spine = [one.get("idref") for one in page(book(chapters), "content.opf").iterfind(".//opf:itemref", NAMESPACES)]
    assert spine[:4] == ["cover-page", "nav", "x-section1.xhtml", "x-n0.xhtml"]


def test_the_zip_is_as_ocf_wants_it() -> None:
    """mimetype is first and stored, pictures are stored, and every entry has one date."""
    with zipfile.ZipFile(io.BytesIO(book([chapter(1)]))) as archive:
        entries = archive.infolist()
    assert entries[0].filename == "mimetype"
    assert entries[0].compress_type == zipfile.ZIP_STORED
    assert {one.date_time for one in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {one.create_system for one in entries} == {3}
    assert all(
        (one.compress_type == zipfile.ZIP_STORED) == one.filename.endswith(("type", ".jpg", ".png")) for one in entries
    )


def test_the_package_says_what_it_should() -> None:
    """Language, identifier, people with their roles, dates and series stand in the package document."""
    chapters = [chapter(number) for number in range(3)]
    root = page(book(chapters), "content.opf")
    text = etree.tostring(root, encoding="unicode")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-Hans"
    assert root.findtext(".//dc:language", namespaces=NAMESPACES) == "zh-Hans"
    identifier = root.findtext(".//dc:identifier", namespaces=NAMESPACES)
    assert uuid.UUID(identifier.removeprefix("urn:uuid:")).version == 5
    assert [one.text for one in root.iterfind(".//dc:creator", NAMESPACES)] == ["张三"]
    assert [one.text for one in root.iterfind(".//dc:contributor", NAMESPACES)] == ["李四", "王五"]
    assert root.findtext(".//dc:date", namespaces=NAMESPACES) == "2021-07-03"
    properties = {one.get("property"): one.text for one in root.iterfind(".//opf:meta[@property]", NAMESPACES)}
    assert properties["dcterms:modified"] == "2021-07-03T00:00:00Z"
    assert properties["belongs-to-collection"] == "示例报"
    assert properties["group-position"] == "202107"
    assert 'name="calibre:series" content="示例报"' in text
    assert 'name="calibre:series_index" content="202107"' in text
    assert root.find("opf:spine", NAMESPACES).get("page-progression-direction") == "ltr"
    assert root.find(".//opf:item[@properties='cover-image']", NAMESPACES).get("media-type") == "image/jpeg"
    assert root.find(".//opf:meta[@name='cover']", NAMESPACES).get("content") == "cover"


def test_a_book_keeps_its_identifier_while_it_grows() -> None:
    """A later article changes the book, and neither its identifier nor the names of its documents."""
    fewer, more = [chapter(number) for number in (1, 2)], [chapter(number) for number in (0, 1, 2, 4)]
    first, second = opened(book(fewer)), opened(book(more))
    pattern = rb"urn:uuid:[0-9a-f-]+"
    assert re.findall(pattern, first["content.opf"]) == re.findall(pattern, second["content.opf"])
    assert {name for name in first if name.startswith("n")} < set(second)


def test_many_authors_are_contributors_of_the_publisher() -> None:
    """With many authors the publisher is the creator, so that a library's list stays readable."""
    chapters = [chapter(number, "", authors=[f"作者{number}"]) for number in range(12)]
    root = page(book(chapters), "content.opf")
    assert [one.text for one in root.iterfind(".//dc:creator", NAMESPACES)] == ["示例报"]
    assert len(root.findall(".//dc:contributor", NAMESPACES)) == 14
    # With the role of a publisher calibre shows no author, and foliate-js does not open the book.
    (role,) = root.findall(".//opf:meta[@refines='#creator1'][@property='role']", NAMESPACES)
    assert role.text == "aut"


@pytest.mark.parametrize(
    ("body", "described", "modes"),
    [
        ("<p>文</p>", True, ["textual"]),
        ('<figure><img src="photo.jpg" alt="圆形渐变"></figure>', True, ["textual", "visual"]),
        ('<figure><img src="photo.jpg" alt=""></figure>', False, ["textual", "visual"]),
        ('<figure><img src="photo.jpg" alt="题"></figure>', False, ["textual", "visual"]),
        (
            '<figure><img src="photo.jpg" alt="说明"><figcaption>说明</figcaption></figure>',
            False,
            ["textual", "visual"],
        ),
    ],
)
def test_accessibility_claims_are_true(body: str, described: bool, modes: list[str]) -> None:
    """Alternative text is claimed only where every picture has some that is its own."""
    root = page(book([chapter(1, body, title="题")]), "content.opf")
    found: dict[str, list[str]] = {}
    for one in root.iterfind(".//opf:meta[@property]", NAMESPACES):
        found.setdefault(one.get("property"), []).append(one.text)
    assert ("alternativeText" in found["schema:accessibilityFeature"]) is described
    assert ("textual" in found["schema:accessModeSufficient"]) is described
    assert found["schema:accessMode"] == modes
    assert "dcterms:conformsTo" not in found


def labels(element: Any, item: str, label: str) -> list[Any]:
    """A contents tree as nested lists of labels and addresses."""
    result = []
    for one in element.iterfind(item, NAMESPACES):
        line = one.find(label, NAMESPACES)
        href = line.get("href") if line.get("href") else one.find("ncx:content", NAMESPACES).get("src")
        below = one.find("h:ol", NAMESPACES) if item == "h:li" else one
        text = line.text or line.findtext("ncx:text", namespaces=NAMESPACES)
        result.append([text, href, labels(below, item, label) if below is not None else []])
    return result


def test_nav_and_ncx_are_the_same_tree() -> None:
    """Both tables of contents have the same lines, two levels deep, and say how deep they are."""
    data = book([chapter(number, "") for number in range(7)])
    nav = page(data, "nav.xhtml").find(".//h:nav[@id='toc']/h:ol", NAMESPACES)
    ncx = page(data, "toc.ncx")
    tree = labels(nav, "h:li", "h:a")
    assert tree == labels(ncx.find("ncx:navMap", NAMESPACES), "ncx:navPoint", "ncx:navLabel")
    assert [line[0] for line in tree] == ["栏目0", "栏目1", "栏目2"]
    assert ncx.find(".//ncx:meta[@name='dtb:depth']", NAMESPACES).get("content") == "2"
    marks = page(data, "nav.xhtml").findall(".//h:nav[@id='landmarks']//h:a", NAMESPACES)
    assert [(one.get(f"{OPS}type"), one.text, one.get("href")) for one in marks] == [
        ("cover", "封面", "cover.xhtml"),
        ("toc", "目录", "nav.xhtml#toc"),
        ("bodymatter", "正文", "section1.xhtml"),
    ]


def test_a_section_that_all_articles_share_is_left_out() -> None:
    """Contents have only levels that tell articles apart."""
    tree = contents(
        [(("一", "甲"), Entry("a", "a")), (("一", "乙"), Entry("b", "b")), (("一", "甲"), Entry("c", "c"))], "无题"
    )
    assert [(top.label, [one.label for one in top.children]) for top in tree] == [("甲", ["a", "c"]), ("乙", ["b"])]
    assert [top.label for top in contents([(("一",), Entry("a", "a"))], "无题")] == ["a"]


def test_a_book_is_in_the_language_of_most_of_its_articles(check: Check) -> None:
    """With it go the book's own words; the first of two languages that are as common counts, Chinese without any."""
    english: dict[str, Any] = {
        "lang": "en",
        "authors": ["Ada", "Bo"],
        "publisher": "Pond Post",
        "categories": ["Ponds"],
    }
    fields = {"title": "", "translators": ["Cy"], "editors": ["Di"], **english}
    gone = '<p>Deep.</p><figure><img src="gone.jpg" alt=""></figure>'
    data = book([chapter(1, gone, **fields), chapter(2, gone, **english), chapter(3, gone, publisher="Pond Post")])
    assert check(data) == []
    package = etree.fromstring(opened(data)["content.opf"])
    assert package.findtext(".//dc:language", namespaces=NAMESPACES) == "en"
    described = package.findtext(".//dc:description", namespaces=NAMESPACES)
    assert described.startswith("3 articles: ")
    assert "; Untitled; " in described
    contents_page = page(data, "nav.xhtml")
    assert contents_page.get("lang") == "en"
    assert [one.text for one in contents_page.iter(f"{XHTML}h1")] == ["Contents"]
    about = page(data, "n1.xhtml").find(f".//{XHTML}p[@class='about']")
    said = "2 July 2021 Ada, Bo Translated by Cy Edited by Di Pond Post Ponds Original"
    assert "".join(about.itertext()) == said
    missing = page(data, "n2.xhtml").find(f".//{XHTML}figure")
    assert "".join(missing.itertext()).startswith("[A picture is not in this book.] The mirror does not have it. ")
    languages = []
    for named in (["zh-Hans", "en"], ["en", "zh-Hans"], ["?"]):
        chapters = [chapter(number, lang=lang) for number, lang in enumerate(named)]
        package = etree.fromstring(opened(book(chapters))["content.opf"])
        languages.append(package.findtext(".//dc:language", namespaces=NAMESPACES))
    assert languages == ["zh-Hans", "en", "zh-Hans"]


def test_english_days_say_nothing_twice() -> None:
    """The cover names the first and the last day, and no month or year of both more than once."""
    day = datetime.date
    spans = [
        (day(2021, 7, 2), day(2021, 7, 2)), (day(2021, 7, 2), day(2021, 7, 9)),
        (day(2021, 7, 2), day(2021, 8, 1)), (day(2021, 7, 2), day(2022, 7, 2)), (None, None),
    ]  # fmt: skip
    assert [wording.of("en-GB").span(*span) for span in spans] == [
        "2 July 2021", "2–9 July 2021", "2 July – 1 August 2021", "2 July 2021 – 2 July 2022", ""
    ]  # fmt: skip
    assert wording.of("zh-Hant").span(*spans[1]) == "2021年7月2日—9日"


def test_every_document_names_its_language() -> None:
    """lang and xml:lang agree; a chapter's own language wins over the book's, one that is no tag does not."""
    data = book([chapter(1, "", lang="en"), chapter(2, "", lang="zh?"), chapter(3, "", lang="")])
    for name, content in opened(data).items():
        if name.endswith(".xhtml"):
            root = etree.fromstring(content)
            expected = "en" if name == "n1.xhtml" else "zh-Hans"
            assert root.get("lang") == root.get("{http://www.w3.org/XML/1998/namespace}lang") == expected
            assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')


def test_no_heading_level_is_skipped() -> None:
    """The title is the one h1, and every other heading is at most one level below the one before."""
    root = page(book([chapter(1)]), "n1.xhtml")
    levels = [int(one.tag[-1]) for one in root.iter() if re.fullmatch(rf"{XHTML}h[1-6]", str(one.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_line_under_the_title() -> None:
    """Date, people, place and source stand under the title."""
    root = page(book([chapter(1, "")]), "n1.xhtml")
    about = root.find(".//h:p[@class='about']", NAMESPACES)
    assert "".join(about.itertext()) == "2021年7月2日 张三 李四 编译 责任编辑：王五 示例报 栏目1 原文"
    assert about.find(".//h:time", NAMESPACES).get("datetime") == "2021-07-02"
    assert about.find(".//h:a", NAMESPACES).get("href") == "https://example.org/21/7/1.htm"


def text_of(body: str, **fields: Any) -> str:
    """The XHTML that a body becomes, without the chapter's frame."""
    content = opened(book([chapter(1, body, **fields), chapter(2, "<p>乙</p>")]))["n1.xhtml"].decode()
    return content.partition("</p>\n")[2].partition("</section>")[0].strip()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p><a href="n2.md">二</a></p>', '<p><a href="n2.xhtml">二</a></p>'),
        ('<p><a href="./x/../n2.md#a">二</a></p>', '<p><a href="n2.xhtml">二</a></p>'),
        ('<p><a href="n3.md">三</a></p>', "<p>三</p>"),
        ('<p><a href="/n2.md">二</a></p>', "<p>二</p>"),
        ('<p><a href="#x">无</a></p>', "<p>无</p>"),
        ('<p id="x"><a href="#x">回</a></p>', '<p id="x"><a href="#x">回</a></p>'),
        ('<p id="7">七<a href="#7">回</a></p>', '<p id="id1">七<a href="#id1">回</a></p>'),
        (
            '<p><a href="http://a_b.example.org:99/ü%zz">外</a></p>',
            '<p><a href="http://a_b.example.org:99/ü%25zz">外</a></p>',
        ),
        ('<p><a href="http://x y/">坏</a></p>', "<p>坏</p>"),
        ('<p>空<a href="https://example.org/"></a></p>', "<p>空</p>"),
        ("<h3>一</h3><h2>二</h2><h4>三</h4>", "<h2>一</h2>\n<h2>二</h2>\n<h3>三</h3>"),
        ("<p>短行<br>短行</p>", '<p class="lines">短行<br/>短行</p>'),
        ("<p>" + "长" * 31 + "<br>短行</p>", "<p>" + "长" * 31 + "<br/>短行</p>"),
        ("<center><p>居中</p></center>", "<p>居中</p>"),
        ('<p onclick="x" style="y">文</p>', "<p>文</p>"),
    ],
)
def test_what_blocks_become(body: str, expected: str) -> None:
    """Links lead somewhere or are text; nothing but canonical HTML comes through."""
    assert text_of(body) == expected


def test_footnotes_are_marked_and_lead_back() -> None:
    """A reference is a noteref, its note an aside, and there is a way back, the source's own or a new one."""
    text = '<p>甲<sup><a href="#a" id="b">1</a></sup>乙<a href="#c">[2]</a></p>'
    body = text + '<p id="a"><a href="#b">1</a> 注</p><p id="c">注</p>'
    html = text_of(body)
    assert '<a href="#a" id="b" epub:type="noteref" role="doc-noteref">1</a>' in html
    assert '<aside id="a" epub:type="footnote" role="doc-footnote"><p>' in html
    assert '<p><a href="#b" epub:type="backlink" role="doc-backlink">1</a> 注</p>' in html
    assert '<a href="#c" id="ref.c" epub:type="noteref" role="doc-noteref">[2]</a>' in html
    assert '注 <a href="#ref.c" epub:type="backlink" role="doc-backlink" title="返回正文">↩</a></p>' in html


def test_a_reference_leads_to_the_whole_note() -> None:
    """Readers show the element that it leads to, so the note bears the name that its source gives to the mark in it."""
    html = text_of('<p>甲<a href="#a" id="b">[1]</a></p><p><a href="#b" id="a">[1]</a> 注</p>')
    assert '<aside id="a" epub:type="footnote" role="doc-footnote"><p>' in html
    assert '<a href="#b" epub:type="backlink" role="doc-backlink">[1]</a> 注' in html
    assert html.count('id="a"') == 1


def test_a_long_chapter_is_split_and_keeps_its_links() -> None:
    """Documents keep to the limit, every character is there once, and links between the parts lead to the right one."""
    paragraphs = [f"<p>第{number}段，{'说明文字。' * 30}</p>" for number in range(60)]
    long = f"<p>{'没有尽头的一段。' * 1500}</p>"
    items = "".join(f"<li>第{number}项{'，又一句。' * 40}</li>" for number in range(30))
    body = f'<p>起<a href="#end">末</a></p>{"".join(paragraphs)}{long}<ol>{items}</ol><p id="end">止</p>'
    files = opened(book([chapter(1, body)], BookOptions(chapter_bytes=12_000)))
    parts = [name for name in files if name.startswith("n1")]
    assert parts[:2] == ["n1.xhtml", "n1_2.xhtml"]
    assert all(len(files[name]) <= 12_000 for name in parts)
    roots = [etree.fromstring(files[name]) for name in parts]
    text = "".join(
        "".join(one.itertext()) for root in roots for one in root.find(".//h:section", NAMESPACES).findall("*")[1:]
    )
    source = re.sub(r"<[^>]+>", "", body)
    assert re.sub(r"\s", "", text).endswith(re.sub(r"\s", "", source))
    (link,) = roots[0].findall(".//h:section/h:p/h:a", NAMESPACES)
    assert link.get("href") == f"{parts[-1]}#end"
    starts = [int(one.get("start", "1")) for root in roots for one in root.iterfind(".//h:ol", NAMESPACES)]
    counts = [len(one) for root in roots for one in root.iterfind(".//h:ol", NAMESPACES)]
    assert starts == [1 + sum(counts[:number]) for number in range(len(counts))]


def test_a_missing_picture_says_so() -> None:
    """In place of the picture stand a notice, its address and its caption, and the caller is told."""
    first = '<figure><img src="https://example.org/a.jpg" alt="丘"><figcaption>山丘</figcaption></figure>'
    chapters = [chapter(1, first + '<figure><img src="gone.png" alt=""></figure>')]
    told: list[tuple[str, str, str]] = []
    data = write_book(volume_of(chapters), chapters, fetch, missing=lambda *lack: told.append(lack))
    figure, other = page(data, "n1.xhtml").findall(".//h:figure", NAMESPACES)
    assert figure.get("class") == "missing"
    assert [one.tag.removeprefix(XHTML) for one in figure] == ["p", "p", "figcaption"]
    assert "".join(figure.itertext()) == "［图片未收入本书］镜像中没有这张图片。丘https://example.org/a.jpg山丘"
    assert "不是图片" in "".join(other.itertext())
    assert [(path, src) for path, src, _ in told] == [
        ("sample/n1.md", "gone.png"),
        ("sample/n1.md", "https://example.org/a.jpg"),
    ]


def test_pictures_left_out_keep_their_captions() -> None:
    """A book without pictures has the words that stood with them."""
    first = '<figure><img src="photo.jpg" alt="丘"><figcaption>山丘</figcaption></figure>'
    body = first + '<figure><img src="photo.jpg" alt=""></figure>'
    data = book([chapter(1, body)], BookOptions(pictures="omit"))
    (figure,) = page(data, "n1.xhtml").findall(".//h:figure", NAMESPACES)
    assert "".join(figure.itertext()) == "丘山丘"
    assert not [name for name in opened(data) if name.startswith("images/")]


def test_a_link_of_which_nothing_is_left_is_none() -> None:
    """A link that held a picture without a description has nothing to press where pictures are left out."""
    around = '<a href="https://example.org/large"><img src="photo.jpg" alt="{}"></a>'
    body = f"<p>山{around.format('')}下</p><p>{around.format('丘')}</p>"
    data = book([chapter(1, body)], BookOptions(pictures="omit"))
    links = page(data, "n1.xhtml").findall(".//h:a", NAMESPACES)
    assert [one.text for one in links if "large" in one.attrib["href"]] == ["丘"]
    assert lint(data, "book.epub") == []


def test_a_picture_is_stored_once_under_a_name_of_its_kind() -> None:
    """The same file in two chapters is one file in the book, and its suffix follows from its bytes."""
    body = '<figure><img src="named.jpg" alt="甲"></figure><figure><img src="lines.gif" alt="乙"></figure>'
    files = opened(book([chapter(1, body), chapter(2, body)]))
    images = {name: data for name, data in files.items() if name.startswith("images/")}
    assert sorted(name.rpartition(".")[2] for name in images) == ["jpg", "png"]
    assert all(pictures.sniff(data) == {"jpg": "JPEG", "png": "PNG"}[name[-3:]] for name, data in images.items())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        FILES["photo.jpg"][:2000],
        encoded(photograph(), "PNG")[:5000],
        encoded(Image.new("RGB", (1, 400)), "PNG"),
        encoded(Image.new("1", (20_000, 20_000)), "PNG"),
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """Pages, halves, trackers and bombs never get into a book."""
    with pytest.raises(pictures.PictureError):
        pictures.prepare(data, pictures.LEVELS[0])


@given(st.binary(max_size=200), st.sampled_from(sorted(FILES)), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_a_damaged_picture_is_a_picture_or_refused(noise: bytes, name: str, where: int) -> None:
    """Whatever a file holds, nothing but PictureError comes out."""
    data = FILES[name][:where] + noise + FILES[name][where + len(noise) :]
    try:
        made = pictures.prepare(data, pictures.LEVELS[-1])
    except pictures.PictureError:
        return
    assert pictures.sniff(made.data) in ("JPEG", "PNG")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_every_kind_of_picture_becomes_one_that_readers_show(mode: str) -> None:
    """Deep greys, palettes, inks and alpha come out as an RGB, grey or palette picture of the same size."""
    if mode == "I;16":
        data = encoded(Image.linear_gradient("L").convert("I").point(lambda value: value * 257).convert("I;16"), "PNG")
    else:
        data = encoded(photograph(256, 256).convert(mode), {"CMYK": "JPEG", "YCbCr": "JPEG"}.get(mode, "PNG"))
    made = pictures.prepare(data, pictures.LEVELS[0])
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.mode in ("L", "RGB", "P")
        assert image.size == (256, 256)
        assert not image.info.get("icc_profile")
        low, high = image.convert("L").getextrema()
        assert high > 200  # type: ignore[operator]
        assert low < 100  # type: ignore[operator]


def test_pictures_are_upright_on_white_and_baseline() -> None:
    """The camera's rotation is carried out, transparency is white, JPEG is baseline with 4:2:0, long edge 1600."""
    turned = Image.new("RGB", (300, 200), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    made = pictures.prepare(encoded(turned, "JPEG", exif=exif), pictures.LEVELS[0])
    assert (made.width, made.height) == (200, 300)
    clear = pictures.prepare(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"), pictures.LEVELS[0])
    with Image.open(io.BytesIO(clear.data)) as image:
        assert image.convert("RGB").getpixel((5, 5)) == (255, 255, 255)
    large = pictures.prepare(encoded(photograph(3000, 1000), "JPEG", progressive=True), pictures.LEVELS[0])
    assert (large.width, large.height, large.suffix) == (1600, 533, "jpg")
    assert b"\xff\xc0" in large.data
    assert b"\xff\xc2" not in large.data
    assert re.search(rb"\xff\xc0\x00\x11\x08....\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01", large.data, re.DOTALL)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_every_format_that_is_taken_in_comes_out_as_one_that_readers_show(form: str) -> None:
    """A photograph as JPEG, whatever it was; and `check` takes what `prepare` takes."""
    data = encoded(photograph(256, 256), form)
    pictures.check(data)
    assert pictures.prepare(data, pictures.LEVELS[0]).media_type in ("image/jpeg", "image/png")
    assert pictures.prepare(encoded(drawing(), form, **({"quality": 90} if form == "JPEG" else {})), pictures.LEVELS[0])


def test_colours_are_those_of_the_picture_s_own_profile() -> None:
    """A profile in which red and green have changed places: what the file calls red is green in sRGB."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * profile[131], 12)}
    red, green = (int.from_bytes(profile[tags[name] + 4 : tags[name] + 8]) for name in (b"rXYZ", b"gXYZ"))
    profile[red : red + 20], profile[green : green + 20] = profile[green : green + 20], profile[red : red + 20]
    made = pictures.prepare(
        encoded(Image.new("RGB", (64, 64), (255, 0, 0)), "JPEG", icc_profile=bytes(profile)), pictures.LEVELS[0]
    )
    with Image.open(io.BytesIO(made.data)) as image:
        low, high, _ = image.convert("RGB").getpixel((9, 9))  # type: ignore[misc]
        assert (low < 40, high > 215) == (True, True)
        assert "icc_profile" not in image.info


def test_pictures_are_made_smaller_before_they_are_made_worse() -> None:
    """From 1600 pixels to 1200 and 800 at quality 80, then quality 70; each step takes fewer bytes."""
    assert [(one.edge, one.quality) for one in pictures.LEVELS] == [(1600, 80), (1200, 80), (800, 80), (800, 70)]
    data = encoded(photograph(2400, 1200), "JPEG")
    made = [pictures.prepare(data, level) for level in pictures.LEVELS]
    assert [(one.width, one.height) for one in made] == [(1600, 800), (1200, 600), (800, 400), (800, 400)]
    sizes = [len(one.data) for one in made]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes)


def test_a_book_that_is_too_large_shrinks_its_pictures() -> None:
    """Pictures are made smaller until the book fits; where nothing helps, the error says to split the volume."""
    chapters = [chapter(1, '<figure><img src="wide.webp" alt="宽"></figure>')]
    whole = book(chapters)
    less = book(chapters, BookOptions(max_bytes=len(whole) - 1))
    assert len(less) < len(whole)
    with pytest.raises(BookTooLargeError, match="split the volume"):
        book(chapters, BookOptions(max_bytes=1000))


@pytest.mark.slow
def test_pictures_prepared_side_by_side_make_the_same_book() -> None:
    """Threads change nothing: not the bytes, not what is told of missing pictures, not what is too large."""
    chapters = [chapter(number) for number in range(4)]

    def made(threads: int) -> tuple[bytes, bytes, list[str]]:
        told: list[str] = []

        def note(*lack: str) -> None:
            told.extend(lack)

        data = write_book(volume_of(chapters), chapters, fetch, BookOptions(threads=threads), missing=note)
        return data, book(chapters, BookOptions(threads=threads, max_bytes=len(data) - 1)), told

    assert made(1) == made(4)
    with pytest.raises(BookTooLargeError):
        book(chapters, BookOptions(threads=4, max_bytes=1000))


def test_a_picture_that_is_not_shown_is_not_in_the_book() -> None:
    """A second picture in a figure, from someone's own rule, is prepared ahead and left out like any other."""
    body = '<figure><img src="photo.jpg" alt=""><img src="wide.webp" alt=""></figure>'
    assert book([chapter(1, body)], BookOptions(threads=2)) == book([chapter(1, body)])


def test_a_book_needs_a_chapter() -> None:
    """A volume of which nothing is left is an error, not an empty book."""
    with pytest.raises(OutputError, match="no articles"):
        write_book(volume_of([chapter(1)]), [], fetch)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", None),
        ("0", datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)),
        ("86400", datetime.datetime(1970, 1, 2, tzinfo=datetime.UTC)),
    ],
)
def test_source_date_epoch_is_read(value: str, expected: datetime.datetime | None) -> None:
    """The variable sets the time of the last change, and is checked."""
    assert source_date_epoch({"SOURCE_DATE_EPOCH": value}) == expected
    if expected is not None:
        text = opened(book([chapter(1)], BookOptions(modified=expected)))["content.opf"].decode()
        assert f">{expected:%Y-%m-%d}T00:00:00Z<" in text
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        source_date_epoch({"SOURCE_DATE_EPOCH": value + "x"})


def test_the_cover_says_what_it_cannot_show() -> None:
    """Characters without a glyph stay out of the picture and stand in the alternative text."""
    assert typeface.showable("汉字“标点”—·…《》ABC，。") == "汉字“标点”—·…《》ABC，。"
    assert not typeface.showable("𠮷")
    assert typeface.showable("𠮷甲") == "甲"
    data = book([chapter(1, "", title="𠮷甲"), chapter(2, "")])
    alt = page(data, "cover.xhtml").find(".//h:img", NAMESPACES).get("alt")
    assert alt.startswith("示例报；2021年7月2日—3日；共2篇；𠮷甲；")
    with Image.open(io.BytesIO(opened(data)["cover.jpg"])) as image:
        assert image.size == (1500, 2400)


def test_a_cover_of_anything_can_be_drawn() -> None:
    """Empty, endless and unbreakable words do not break the cover."""
    for words in ("", "题" * 500, "W" * 400, "，" * 90, "\U0001f600"):
        data = draw_cover(CoverText(words, words[:60], (words, words), words[:60]), words, FILES["photo.jpg"])
        assert pictures.sniff(data) == "JPEG"


def test_lines_break_where_they_may() -> None:
    """No line begins with a closing mark; a headline parts at the space between its clauses."""
    font = typeface.font(50)
    lines = wrap("这是一个标题，有标点。（还有括号）", font, 300)
    assert all(line[0] not in "，。）" and line[-1] != "（" for line in lines)
    assert headline("前半句的话 后半句的话", font, 400) == ["前半句的话", "后半句的话"]
    assert len(headline("题" * 90, font, 400)) == 2


@settings(deadline=None)
@given(st.text(alphabet="htps:/.%#?[]@ \\\x00甲é-_aZ09", max_size=40))
def test_addresses_are_fit_for_a_book(text: str) -> None:
    """What comes out has no character that an address must not have, and comes out the same again."""
    for href in (text, f"http://example.org/{text}", f"https://{text}"):
        made = addresses.outside(href)
        if made is not None:
            assert not re.search(r"[\s\x00-\x1f\\\[\]]|%(?![0-9A-Fa-f]{2})", made)
            assert addresses.outside(made) == made
