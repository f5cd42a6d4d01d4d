"""The preview: where notes have their places, what the page holds, how it escapes, and the command that writes it."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped,unused-ignore] # its stubs are a package of their own
from typer.testing import CliRunner

from convert.article import Note, NoteKind
from convert.cli.app import app
from convert.errors import SourceError
from convert.preview import Shown, page
from convert.preview.marked import marked
from convert.preview.places import places
from convert.preview.rendered import rendered
from convert.verify.visible import solid
from tests import previews

SEEDS = Path(__file__).parent.parent / "seeds"


def told(one: Shown) -> dict[tuple[str, str], list[str]]:
    """By rule and text of each note that has a place, what stands there in the source."""
    return {
        (note.rule, note.text): [one.source[begin:end] for begin, end in one.places[number]]
        for number, note in enumerate(one.notes)
        if number in one.places
    }


def tree(data: bytes) -> Any:
    """A page as a parser of HTML sees it."""
    return lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))


def body(*paragraphs: str) -> str:
    """A source in the form of the ordinary one, with other paragraphs."""
    start, _, rest = previews.ORDINARY.partition(" <p>")
    end = rest[rest.index(" <!-- article content end -->") :]
    return start + "".join(f"<p>{one}</p>\n" for one in paragraphs) + end


def test_every_note_of_an_ordinary_article_has_its_place() -> None:
    """Text, the value of an attribute, and an element, each where it stands."""
    one = previews.shown(previews.ORDINARY)
    assert len(one.places) == len(one.notes)
    places = told(one)
    assert places["dateline", "【大纪元2021年03月05日讯】"] == ["【大纪元2021年03月05日讯】"]
    assert places["byline", "（大纪元记者程小满综合报导）"] == ["（大纪元记者程小满综合报导）"]
    assert places["credits", "责任编辑：方如意#"] == ["责任编辑：方如意#"]
    assert places["chrome", '<div id="below_article_ad">'] == ['<div id="below_article_ad">']
    assert [text for (rule, _), text in places.items() if rule == "envelope.navigation"] == [
        [one.source.splitlines()[4]]
    ]


def test_a_note_is_placed_where_its_text_went_and_not_where_it_stands_too() -> None:
    """`听新闻` is kept in the last paragraph, and struck in the one before it."""
    one = previews.shown(previews.ORDINARY)
    number = next(at for at, note in enumerate(one.notes) if note.text == "听新闻：")
    (place,) = one.places[number]
    assert place[0] == one.source.index("听新闻：")
    assert one.source.count("听新闻") == 2


@pytest.mark.parametrize("path", sorted(SEEDS.rglob("n*.md")), ids=lambda path: path.stem)
def test_what_stands_at_a_place_is_what_the_note_says(path: Path) -> None:
    """For text of every sample article: its stretches, entities resolved, are the note's text."""
    one = previews.shown(path.read_text("utf-8"), path.relative_to(SEEDS).as_posix())
    assert len(one.places) >= 8
    for number, stretches in one.places.items():
        note = one.notes[number]
        there = solid(unescape("".join(one.source[begin:end] for begin, end in stretches)))
        if note.of == "text":
            assert there == solid(note.text), note
        elif note.of == "attribute":
            assert there == solid(note.text) or unescape(there) == solid(note.text), note
        assert list(stretches) == sorted(stretches)


def test_text_between_tags_is_marked_without_the_tags() -> None:
    """One note, several stretches; an entity is as long as it is written."""
    source = body("（听更多新闻请至<b>&ldquo;听纪元&rdquo;</b>）", "正文第一句。正文第二句。")
    one = previews.shown(source)
    assert told(one)["boilerplate.audio-promotion", "（听更多新闻请至“听纪元”）"] == [
        "（听更多新闻请至",
        "&ldquo;听纪元&rdquo;",
        "）",
    ]


def test_what_cannot_be_told_has_no_place() -> None:
    """A guess about a text that stands twice, a note of a space, one of bytes, and such of what is not there."""
    one = previews.shown(body("两次，两次。", "正文只有一处。"))
    before = len(one.article.notes)
    for note in [
        ("guesses", "guessed", "两次", "authors", "text"),
        ("characters", "changed", "\xa0", " ", "text"),
        ("decode", "changed", "2 byte sequences outside UTF-8", "", "element"),
        ("rules", "wrong", "不在", "", "text"),
        ("rules", "removed", "正文只有一处。", "", "text"),  # it is in the output: what went was another
        ("links", "removed", "https://example.org/nowhere", "", "attribute"),
    ]:
        one.article.note(*note)  # type: ignore[arg-type]  # a tuple of literals is one of strings
    found = places(one.article, one.source)
    assert sorted(found) == list(range(before))


def test_equal_notes_share_the_places_of_their_text() -> None:
    """Two removals of one text at its two places: each has one."""
    one = previews.shown(body("听新闻：", "正文第一段，有许多字。", "听新闻：", "正文第二段，字也不少。"))
    at = [one.places[number] for number, note in enumerate(one.notes) if note.text == "听新闻："]
    starts = [match.start() for match in re.finditer("听新闻：", one.source)]
    assert [place[0][0] for place in at] == starts
    assert len(starts) == 2


def test_two_rules_that_took_equal_text_have_no_place_in_it() -> None:
    """Which of them took which is not known."""
    one = previews.shown(body("听新闻：", "正文第一段，有许多字。", "听新闻：", "正文第二段，字也不少。"))
    first = next(number for number, note in enumerate(one.article.notes) if note.text == "听新闻：")
    one.article.notes[first] = one.article.notes[first]._replace(rule="another")
    found = places(one.article, one.source)
    assert not [number for number in found if one.article.notes[number].text == "听新闻："]


def test_notes_of_a_markdown_source_stand_in_its_marks() -> None:
    """The heading that became the title, without the marks of its emphasis."""
    one = previews.shown(previews.MARKDOWN, "notes/garden.md")
    assert told(one)["title", "雨后的菜园"] == ["雨后的", "菜园"]
    assert "language" not in {rule for rule, _ in told(one)}  # it was guessed from a text that is in no one place


def test_addresses_of_a_markdown_source_have_places_too() -> None:
    """A link that was taken away, whose address a reader of Markdown writes in another way; and signs side by side."""
    one = previews.shown(previews.MARKDOWN + "\n*甲*|[乙](#种子-1)|[丙](other.md)\n", "notes/garden.md")
    one.article.note("rules", "removed", "other.md", of="attribute")
    found = places(one.article, one.source)
    there = {
        (note.rule, note.text): [one.source[begin:end] for begin, end in found.get(number, [])]
        for number, note in enumerate(one.article.notes)
    }
    assert there["links", "#%E7%A7%8D%E5%AD%90-1"] == ["#种子-1"]
    assert there["rules", "other.md"] == ["other.md"]


def test_a_source_is_whole_beneath_its_marks() -> None:
    """Marks that overlap, and one inside another: the text is the source's, and each note's first mark has an id."""
    kinds: tuple[NoteKind, ...] = ("removed", "moved", "wrong")
    notes = [Note("a.md", f"rule {kind}", kind, "") for kind in kinds]
    source = "零一二<b>三四</b>五&amp;六"
    where = {0: [(1, 7)], 1: [(2, 3), (6, 9)], 2: [(2, 3)]}
    root = lxml_html.fragment_fromstring(marked(source, notes, where, "a0"), create_parent="pre")
    assert root.text_content() == source
    ids = root.xpath(".//@id")
    assert sorted(ids) == ["a0p0", "a0p1", "a0p2"]
    for number, stretches in where.items():
        marks = [one for one in root.iter("a") if str(number) in one.get("data-note").split() and one.text_content()]
        assert "".join(one.text_content() for one in marks) == "".join(source[begin:end] for begin, end in stretches)
    struck = [one.text_content() for one in root.iter("del")]
    assert "".join(struck) == source[1:7]
    assert all(one.get("href") == f"#a0n{one.get('data-note').split()[0]}" for one in root.iter("a"))


def test_the_page_holds_source_outputs_and_notes() -> None:
    """Every pane has what it should, and notes and marks lead to each other."""
    one = previews.shown(previews.ORDINARY)
    root = tree(page([one], "n99000201.md", 1))
    panes = {pane.get("data-pane"): pane for pane in root.xpath("//*[@data-pane]")}
    texts = {name: "".join(pane.xpath(".//pre//text()")).removeprefix("\n") for name, pane in panes.items()}
    assert texts["source"] == one.source
    assert texts["markdown"] == one.markdown
    assert texts["text"] == one.text
    assert "停了十一年的钟楼昨天又响了……" in panes["rendered"].text_content()
    assert "title: " not in panes["rendered"].text_content()
    assert dict.fromkeys(panes["metadata"].xpath(".//tbody/tr/th/text()")) == dict.fromkeys(
        name for name, _ in one.article.meta.items()
    )
    items = panes["notes"].xpath(".//li")
    assert [(item.get("data-rule"), item.get("data-kind")) for item in items] == [
        (note.rule, note.kind) for note in one.notes
    ]
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in root.xpath("//main//a/@href")} <= set(ids)
    assert len(root.xpath("//main//li//a")) == len(one.places)
    assert not root.xpath("//*[@id='index']")
    assert {pane.get("lang") for pane in root.xpath("//pre | //*[@class='prose']")} == {"zh-Hans"}


def test_a_folder_has_an_index_with_its_notes_by_rule() -> None:
    """Every article with its counts, what failed with its reason, and what the limit left out."""
    shown = previews.many()
    failed = SourceError("pages/n7.md", "5,000,000 bytes", "at most 4,194,304 bytes", "raise parse.max_bytes")
    root = tree(page([shown[0], failed, *shown[1:]], "mirror", 70, "9.9.9"))
    rows = root.xpath("//*[@class='list']//tbody/tr")
    assert [row.xpath("string(.//*[@class='path'])") for row in rows] == [
        "pages/nsc1/n99000201.md",
        "pages/n7.md",
        "notes/garden.md",
        "pages/<b>&amp; 100%/n1.html",
    ]
    assert "Failed: pages/n7.md: 5,000,000 bytes; expected at most" in rows[1].text_content()
    assert rows[0].xpath("string(td[1])") == str(len(shown[0].notes))
    assert "envelope.rule 2" in rows[0].xpath("string(td[2])") or "envelope.rule 1" in rows[0].xpath("string(td[2])")
    assert "The first 3 of 70 sources" in root.xpath("string(//header)")
    assert "Made by Mirrorpress 9.9.9." in root.xpath("string(//footer)")
    assert [one.get("id") for one in root.xpath("//*[@class='article']")] == ["a0", "a1", "a2"]


def test_nothing_of_a_hostile_source_is_more_than_text() -> None:
    """The page's own script and style are the only ones, and its policy names their digests and nothing else."""
    root = tree(page([previews.shown(previews.HOSTILE, "n1.html")], "n1.html", 1))
    (script,), (style,) = root.xpath("//script"), root.xpath("//style")
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    for element in (script, style):
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert not root.xpath("//img | //iframe | //svg | //object | //base | //meta[@http-equiv='refresh']")
    assert not root.xpath("//@*[starts-with(name(), 'on') or name() = 'style' or name() = 'src' or name() = 'action']")
    assert [one.get("href") for one in root.iter("link")] == ["data:,"]
    assert all(href.startswith("#") for href in root.xpath("//a/@href"))
    (source,) = root.xpath("//*[@data-pane='source']//pre")
    assert source.text_content().removeprefix("\n") == previews.HOSTILE


def test_raw_html_of_markdown_is_made_safe() -> None:
    """What is known keeps its form without its attributes; of everything else the text stays."""
    shown = rendered(
        "<p onclick=x style=y>甲<marquee>乙</marquee></p>\n\n"
        '<table id="a0"><tr><td colspan="2" onclick="x">丙</td></tr></table>\n\n'
        "[丁](javascript:x) ![戊](https://example.org/a.png)\n\n## 己\n\n"
        "<script>庚</script>\n\n3. 辛\n"
    )
    assert 'colspan="2"' in shown
    assert "onclick" not in shown
    assert "style" not in shown
    assert 'id="' not in shown
    root = lxml_html.fragment_fromstring(shown, create_parent="div")
    assert "".join(root.text_content().split()) == "甲乙丙丁戊己辛"
    assert {one.tag for one in root.iter()} <= {"div", "p", "table", "tbody", "tr", "td", "span", "ol", "li"}
    assert root.xpath("//ol/@start") == ["3"]
    assert root.xpath("//*[@class='heading h2']/text()") == ["己"]


@pytest.mark.slow
def test_four_megabytes_are_shown_in_seconds() -> None:
    """Very long lines, and no more than the source's text some times over."""
    text = previews.huge()
    assert len(text.encode()) > 3.9 * 1024 * 1024
    started = time.process_time()
    data = page([previews.shown(text, "huge.html")], "huge.html", 1)
    assert time.process_time() - started < 20
    assert len(data) < 7 * len(text.encode())
    (source,) = tree(data).xpath("//*[@data-pane='source']//pre")
    assert source.text_content().removeprefix("\n") == text


def test_the_same_articles_give_the_same_page() -> None:
    """Byte for byte."""
    assert page(previews.many(), "mirror", 3) == page(previews.many(), "mirror", 3)


def run(*arguments: str) -> Any:
    """The command, in this process."""
    return CliRunner().invoke(app, ["preview", *arguments], standalone_mode=False)


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small mirror, and the working folder beside it."""
    folder = tmp_path / "mirror" / "pages" / "nsc1"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"n9900020{number}.md").write_text(previews.ORDINARY, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mirror"


def test_the_command_shows_one_file(mirror: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Into preview.html, or where -o says; to the standard output alone for -."""
    file = str(mirror / "pages" / "nsc1" / "n99000201.md")
    assert run(file).return_value == 0
    data = Path("preview.html").read_bytes()
    assert "河边的老钟楼又响了" in tree(data).xpath("string(//h1)")
    done = run(file, "-o", "-")
    assert done.stdout_bytes == data
    assert run(file, "-o", "other.html").return_value == 0
    assert Path("other.html").read_bytes() == data


def test_the_command_shows_the_first_of_a_folder(mirror: Path) -> None:
    """As many as --limit says, in the order of their paths, which it says as well."""
    done = run(str(mirror), "--limit", "2")
    assert done.return_value == 0
    assert done.output.startswith("preview.html: 2 articles of 3, ")
    paths = tree(Path("preview.html").read_bytes()).xpath("//*[@class='list']//*[@class='path']/text()")
    assert paths == ["pages/nsc1/n99000200.md", "pages/nsc1/n99000201.md"]


def test_the_command_shows_several_files_and_folders(mirror: Path) -> None:
    """In the order in which they are named; the standard input stands alone."""
    folder = mirror / "pages" / "nsc1"
    done = run(str(folder / "n99000202.md"), str(folder / "n99000200.md"), "--limit", "5")
    assert done.return_value == 0
    root = tree(Path("preview.html").read_bytes())
    paths = root.xpath("//*[@class='list']//*[@class='path']/text()")
    assert paths == ["n99000202.md", "n99000200.md"]
    assert "n99000202.md and 1 more" in root.xpath("string(//title)")
    assert "the standard input beside other sources" in str(run(str(folder), "-").exception)


def test_what_fails_is_on_the_page_and_ends_the_command_with_1(mirror: Path) -> None:
    """The others are shown."""
    Path("config.yaml").write_text("parse: {max_bytes: 3000}\n", "utf-8")
    (mirror / "pages" / "nsc1" / "n99000201.md").write_text(previews.ORDINARY + "长" * 3000, "utf-8")
    assert run(str(mirror)).return_value == 1
    root = tree(Path("preview.html").read_bytes())
    assert "expected at most 3,000; raise parse.max_bytes" in root.xpath("string(//*[@id='index'])")
    assert len(root.xpath("//*[@class='article']")) == 2


def test_open_opens_the_page(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the browser, by the file's address; there is nothing to open on the standard output."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    file = str(mirror / "pages" / "nsc1" / "n99000201.md")
    assert run(file, "--open").return_value == 0
    assert opened == [Path("preview.html").resolve().as_uri()]
    done = run(file, "--open", "-o", "-")
    assert "the page goes to the standard output" in str(done.exception)


def test_the_page_is_not_written_among_the_sources(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the next run would convert it; the output folder, wherever it lies, is passed over."""
    monkeypatch.chdir(mirror)
    done = run(".")
    assert "this is among the sources" in str(done.exception)
    assert not (mirror / "preview.html").exists()
    (mirror / "out").mkdir()
    assert run(".", "-o", "out/preview.html").return_value == 0
