"""What is proved of links and pictures in Markdown files: whatever stands there, and whatever lies where they lead."""

from __future__ import annotations

import os
import re
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from benchmarks.linking import JPEG
from benchmarks.walking import Here
from convert.batch.articles.relinking import Relinking
from convert.batch.pictures.source import MAX_PICTURE
from convert.batch.run import run
from convert.batch.verifying.verification import verify_outputs
from convert.catalogue.rows import Reference
from convert.emit import inline
from convert.emit.escapes import INLINE as FLAVOURS
from convert.sinks import FolderSink
from convert.verify.reading import cmark_gfm
from convert.verify.wiki import WikiLinks
from tests.test_batch import config
from tests.test_incremental import settle
from tests.test_linking import go, holds, said, spoil, verdict
from tests.test_pictures_beside import lake, picture, show, told


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done in this process."""
    monkeypatch.setattr("convert.batch.engines.engine.Pool", Here)


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """An article that shows a picture, one that does not, and what a run makes of them."""
    picture(tmp_path, "img/a.jpg")
    show(tmp_path, "one", "img/a.jpg")
    show(tmp_path, "two")
    go(tmp_path, told())
    return tmp_path


# --- pictures


def in_the_way(file: Path, what: str) -> None:
    """Put something that is no picture where one should be."""
    if what == "folder":
        file.mkdir()
    elif what == "pipe":
        os.mkfifo(file)
        # whoever reads it gets the very picture
        threading.Thread(target=file.write_bytes, args=(JPEG,), daemon=True).start()
    elif what == "huge":
        with file.open("wb") as stream:
            stream.truncate(MAX_PICTURE + 1)


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("folder", "nothing"),
        ("pipe", "nothing"),
        ("huge", f"{MAX_PICTURE + 1:,} bytes"),
    ],
)
def test_whatever_lies_where_a_picture_should_is_a_difference(shown: Path, what: str, found: str) -> None:
    """Of the article that shows it, and the others are compared; nobody waits for a pipe."""
    file = shown / "out/content/one/a.jpg"
    file.unlink()
    in_the_way(file, what)
    result = verdict(shown, told())
    assert (result.articles, result.failures) == (2, [])
    assert [(one.check, one.place, one.found) for one in result.differing[0].differences] == [
        ("pictures", "content/one/index.md, content/one/a.jpg", found)
    ]
    if what == "pipe":
        file.read_bytes()  # ends the thread


@pytest.mark.parametrize(
    "new", ["../../../secret.jpg", "%2E%2E/../../secret.jpg", "ABSOLUTE", ".", "../..", "a.jpg?x=1"]
)
def test_a_picture_out_of_the_output_is_a_difference(shown: Path, monkeypatch: pytest.MonkeyPatch, new: str) -> None:
    """Though the very picture lies there: nothing but files of the output is opened. Nor has a path a query."""
    picture(shown, "../secret.jpg")
    asked: list[str] = []
    real = FolderSink.read

    def read(self: FolderSink, path: str, max_bytes: int) -> bytes:
        asked.append(path)
        return real(self, path, max_bytes)

    monkeypatch.setattr(FolderSink, "read", read)
    spoil(
        shown, "content/one/index.md", "](a.jpg)", f"]({new.replace('ABSOLUTE', quote(str(shown / 'secret.jpg'), ''))})"
    )
    (told_of,) = verdict(shown, told()).differing
    assert {one.check for one in told_of.differences} >= {"pictures"}
    assert not [path for path in asked if not path.startswith("content/")]


# --- links

SPANNED = """<table><tr><td colspan=2>见<a href="https://lake.example/2">甲</a></td></tr><tr><td>乙</td><td>丙</td></tr></table>
"""


def linking(links: str = "relative", flavour: str = "obsidian") -> str:
    """A config with links between articles."""
    return (
        f"parse: {{profiles: [lake.yaml]}}\nemit: {{markdown: {{links: {links}, flavour: {flavour}}}}}\n"
        "volumes: []\nfeed: false\nbatch: {jobs: 1, prune: true}\n"
    )


def written(desk: Path, *bodies: str) -> None:
    """Articles of the site, numbered from 1."""
    lake(desk)
    for number, body in enumerate(bodies, 1):
        file = desk / "in" / f"{'one' if number == 1 else 'two'}.md"
        file.write_text(f"# 第{number}篇\n\n{body}\n\n来源：https://lake.example/{number}\n", encoding="utf-8")
    settle(desk)


@pytest.mark.parametrize("code", ["`](https://lake.example/2)`", "`<https://lake.example/2>`"])
def test_code_that_looks_like_a_link_is_none(tmp_path: Path, code: str) -> None:
    """Beside a link in HTML, which keeps its address, nothing of it tells that one in Markdown did."""
    written(tmp_path, f"{SPANNED}\n如 {code} 尾。", "海边。")
    go(tmp_path, linking())
    assert '<a href="https://lake.example/2">' in said(tmp_path, "markdown/one.md")
    holds(tmp_path, linking())


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("[乙](two.md)", "[乙](https://lake.example/2)", "links"),
        ('"https://lake.example/2"', '"two.md"', "reads back"),
    ],
)
def test_links_in_html_keep_addresses_and_those_in_markdown_do_not(
    tmp_path: Path, old: str, new: str, check: str
) -> None:
    """Each is held against what is due in its place, though the other one stands in the same file."""
    written(tmp_path, f"{SPANNED}\n见[乙](https://lake.example/2)。", "海边。")
    text = linking()
    go(tmp_path, text)
    holds(tmp_path, text)
    spoil(tmp_path, "markdown/one.md", old, new)
    (one,) = verdict(tmp_path, text).differing
    assert {told_of.check for told_of in one.differences} == {check}


PLACED = '见<a href="#b">下</a>，[下](https://lake.example/2#b)。\n\n<p id="b">尾。</p>'


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("[乙](two.md)", "markdown/two.md#b"),
        ("[乙](two.md#nowhere)", "markdown/two.md#b"),
        ("[乙](two.md?x=1#b)", "markdown/two.md#b"),
        ("[乙](one.md#b)", "markdown/two.md#b"),
        ("[丙](two.md#c)", "markdown/two.md"),
        ("[丙](two.md?x=1)", "markdown/two.md"),
        ("[丙](two.md#b)", "markdown/two.md"),
    ],
)
def test_a_fragment_is_that_of_the_address_or_none(tmp_path: Path, new: str, expected: str) -> None:
    """It stays where the file has a place of that name, and is dropped elsewhere; no path has a query."""
    written(tmp_path, "见[乙](https://lake.example/2#b)，[丙](https://lake.example/2?from=1#c)。", PLACED)
    text = linking()
    go(tmp_path, text)
    old = "[乙](two.md#b)" if "乙" in new else "[丙](two.md)"
    assert old in said(tmp_path, "markdown/one.md")
    holds(tmp_path, text)
    spoil(tmp_path, "markdown/one.md", old, new)
    (one,) = verdict(tmp_path, text).differing
    assert [(told_of.check, told_of.expected) for told_of in one.differences] == [("links", expected)]
    # of one article the verdict is the same
    (alone,) = verify_outputs(config(tmp_path, text), [tmp_path / "in/one.md"]).differing
    assert alone == one


def test_a_place_that_a_file_has_no_more_is_found(tmp_path: Path) -> None:
    """With the file itself, and with those that lead to it."""
    written(tmp_path, "见[乙](https://lake.example/2#b)。", PLACED)
    text = linking()
    go(tmp_path, text)
    spoil(tmp_path, "markdown/two.md", '<a id="b"></a>', "")
    assert [one.path for one in verdict(tmp_path, text).differing] == ["one.md", "two.md"]


def test_a_run_finds_a_fragment_that_its_own_writer_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it finds a link to another article."""
    written(tmp_path, "见[乙](https://lake.example/2#b)。", PLACED)
    right = Relinking.linked

    def wrong(self: Relinking, *rest: Any) -> Reference:
        linked = right(self, *rest)
        return linked._replace(target=linked.target.partition("#")[0]) if linked.name == "one.md" else linked

    with monkeypatch.context() as patched:
        patched.setattr(Relinking, "linked", wrong)
        (one,) = run(config(tmp_path, linking())).differing
    assert [(told_of.expected, told_of.found) for told_of in one.differences] == [
        ("markdown/two.md#b", "markdown/two.md")
    ]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (linking(), "![图](img/a.jpg)", "![图](../img/b.jpg)"),
        (linking().replace("links: relative", "pictures: beside"), "[乙](https://lake.example/2)", "[乙](two.md)"),
    ],
)
def test_what_the_config_keeps_has_to_stay(tmp_path: Path, text: str, old: str, new: str) -> None:
    """Where only links are written otherwise, pictures are not, and the other way round."""
    written(tmp_path, "见[乙](https://lake.example/2)。\n\n![图](img/a.jpg)", "海边。")
    go(tmp_path, text)
    spoil(tmp_path, "markdown/one.md", old, new)
    (one,) = verdict(tmp_path, text).differing
    assert "reads back" in {told_of.check for told_of in one.differences}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("two.md", "one.md"),
        ("two.md", "https://lake.example/2"),
        ("img/a.jpg", "a.jpg"),
        ("ftp://p.example/a.jpg", "two.md"),
    ],
)
def test_a_run_finds_what_its_writer_was_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, right: str, wrong: str
) -> None:
    """What a file says is read there; only where that is what it was told to say, the catalogue knows it as well."""
    shown = right if right.startswith("ftp:") else "img/a.jpg"
    link = "" if shown == right else "见[乙](https://lake.example/2)。\n\n"
    written(tmp_path, f"{link}![图]({shown})", "海边。")
    text = linking().replace("links: relative", "links: relative, pictures: beside")
    plain = inline.destination

    with monkeypatch.context() as patched:
        patched.setattr(inline, "destination", lambda one, *rest: wrong if one == right else plain(one, *rest))
        summary = run(config(tmp_path, text))
    assert [one.path for one in summary.differing] == ["one.md"]
    assert {told_of.check for told_of in summary.differing[0].differences} & {"links", "pictures"}


def test_a_run_keeps_no_more_of_files_than_it_has_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they say as they were told to, the catalogue has."""
    written(tmp_path, "见[乙](https://lake.example/2)[丙](https://lake.example/3)。\n\n![图](img/a.jpg)", PLACED)
    kept: list[dict[str, Any]] = []
    check = Relinking.check

    def seen(self: Relinking, *rest: Any) -> bool:
        kept.append(dict(self.claims))
        return check(self, *rest)

    monkeypatch.setattr(Relinking, "check", seen)
    text = linking().replace("links: relative", "links: relative, pictures: beside")
    for _ in range(2):
        go(tmp_path, text, force=True)
    assert kept == [{"one.md": (), "two.md": ()}] * 2


# --- wiki links


def read(markdown: str) -> str:
    """A file's HTML as it is read where wiki links are links."""
    links = WikiLinks(markdown)
    html = links.put_back(cmark_gfm(links.markdown))
    return re.sub(r'href="([^"]*)"', lambda found: f"href={links.path(found[1].replace('&amp;', '&'))!r}", html).strip()


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("见[[c2/二|旧文]]。", "<p>见<a href='c2/二'>旧文</a>。</p>"),
        ("见[[a & b|甲 & 乙]]。", "<p>见<a href='a & b'>甲 &amp; 乙</a>。</p>"),
        ("\\[\\[a|b]]", "<p>[[a|b]]</p>"),
        ("\\[[a|b]]", "<p>[[a|b]]</p>"),
        ("[[a]] [[a#b|c]] [[|c]] [[a`b|c]]", "<p>[[a]] [[a#b|c]] [[|c]] [[a`b|c]]</p>"),
        ("```\n[[a|b]]\n```\n[[a|b]]", "<pre><code>[[a|b]]\n</code></pre>\n<p><a href='a'>b</a></p>"),
        ("> - ````\n>   [[a|b]]\n>   ```\n>   ````\n[[a|b]]", "[[a|b]]\n```"),
        ("    [[a|b]]", "<pre><code>[[a|b]]\n</code></pre>"),
        ("`[[a&b|c]]` ``[[a\\|b]] ` x``", "<p><code>[[a&amp;b|c]]</code> <code>[[a\\|b]] ` x</code></p>"),
        ("`一\n[[a|b]]`", "<p><code>一 [[a|b]]</code></p>"),
        ("<table><tr><td>[[a&amp;b|c]]</td></tr></table>", "<table><tr><td>[[a&amp;b|c]]</td></tr></table>"),
        ('见<a title="[[a|b]]">甲</a>', '<p>见<a title="[[a|b]]">甲</a></p>'),
        ("[甲](wiki&0|) [[a|b]]", "<p><a href=''>甲</a> <a href='a'>b</a></p>"),
    ],
)
def test_wiki_links_are_read_as_obsidian_reads_them(markdown: str, html: str) -> None:
    """Outside of code and HTML, and where no backslash takes the meaning from the brackets."""
    assert html in read(markdown)


def test_a_wiki_link_in_a_table_needs_a_backslash() -> None:
    """Its bar ends the cell without one, in code too; there the backslash goes, as to every reader."""
    assert "<a href" not in read("| 甲 | 乙 |\n|---|---|\n| 见[[a|b]] | 尾 |")
    table = read("| 甲 | 乙 |\n|---|---|\n| 见[[a\\|b]] | `[[c\\|d]]` |")
    assert "<td>见<a href='a'>b</a></td>\n<td><code>[[c|d]]</code></td>" in table


def test_reading_wiki_links_takes_no_longer_than_the_text_is() -> None:
    """Whatever a line is made of."""
    began = time.perf_counter()
    for line in ("> " * 100_000, "[[" * 100_000, "[[a|" * 50_000, "[" * 200_000, " " * 200_000, "[x](wiki&" * 20_000):
        links = WikiLinks(f"[[\n{line}\n[[a|b]]")
        assert links.put_back(links.markdown) == f"[[\n{line}\n[[a|b]]"
    assert time.perf_counter() - began < 2


BRACKETS = (
    "如 `[[a|b]]` 尾。\n\n如 ``[[a|b]] ` x`` 尾。\n\n"
    "<table><tr><td colspan=2>见[[a|b]]。</td></tr><tr><td>乙</td><td>丙</td></tr></table>\n\n"
    "见[[a|b]]。\n\n![x[[a|b]]y](far.jpg)\n\n| 甲 |\n|---|\n| 见[[a\\|b]]字`[[c\\|d]]` |\n\n"
    "## 见[[a|b]]\n\n**[[a|b]]**\n\n"
    "<p>x<sup>[[a|b]]</sup></p>\n\n- 甲\n\n      [[a|b]]\n\n"
    '<p><a href="https://lake.example/2">[[a|b]]</a> <code>[[https://lake.example/2|b]]</code></p>'
)


@pytest.mark.parametrize(
    ("links", "flavour"),
    [("relative", flavour) for flavour in sorted(FLAVOURS)] + [("wiki", "obsidian")],
)
def test_brackets_of_an_article_are_its_own(tmp_path: Path, links: str, flavour: str) -> None:
    """In text, code, tables and HTML, whatever the flavour."""
    written(tmp_path, f"{BRACKETS}\n\n见[乙](https://lake.example/2)。", "海边。")
    go(tmp_path, linking(links, flavour))
    holds(tmp_path, linking(links, flavour))


def test_an_address_that_looks_like_a_wiki_link_s_is_none(tmp_path: Path) -> None:
    """To Obsidian it is an address like others."""
    written(tmp_path, "见[乙](https://lake.example/2)。", "海边。")
    text = linking("wiki")
    go(tmp_path, text)
    spoil(tmp_path, "markdown/one.md", "[[two|乙]]", "[乙](wiki:two)")
    (one,) = verdict(tmp_path, text).differing
    assert {told_of.check for told_of in one.differences} == {"reads back"}


def test_a_name_with_a_backtick_has_a_path(tmp_path: Path) -> None:
    """Two of them in a line would begin and end code."""
    written(tmp_path, "见[乙](https://lake.example/2)。", "海边。")
    file = tmp_path / "in/two.md"
    file.write_text(file.read_text(encoding="utf-8").replace("第2篇", "第`篇"), encoding="utf-8")
    text = linking("wiki").replace("links:", 'path: "vault/{title}.md", links:')
    go(tmp_path, text)
    assert said(tmp_path, "vault/第1篇.md").endswith("见[乙](%E7%AC%AC%60%E7%AF%87.md)。")
    holds(tmp_path, text)


def test_a_verification_holds_links_of_some_articles_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And compares all of them with all files; it counts as before."""
    monkeypatch.setattr("convert.batch.verifying.verification.TOGETHER", 1)
    written(tmp_path, "见[乙](https://lake.example/2#b)，![图](img/湖 边.png)。", PLACED)
    text = linking().replace("links: relative", "links: relative, pictures: beside")
    go(tmp_path, text)
    counted: list[tuple[str, int, int]] = []
    result = verify_outputs(config(tmp_path, text), progress=lambda *told_of: counted.append(told_of))
    assert (result.articles, result.differing, result.failures) == (2, [], [])
    assert [one for one in counted if one[0] == "verifying"] == [("verifying", 1, 2), ("verifying", 2, 2)]
    spoil(tmp_path, "markdown/one.md", "two.md#b", "one.md")
    spoil(tmp_path, "markdown/two.md", "two.md#b", "two.md")
    assert [one.path for one in verdict(tmp_path, text).differing] == ["one.md", "two.md"]
