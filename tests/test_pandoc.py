"""What pandoc writes: every format, with its metadata, the same each time, and for the right article."""

from __future__ import annotations

import datetime
import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest

from convert.article import Article, Metadata, Source
from convert.batch.articles.converting import convert_jobs
from convert.batch.engines.workers import become
from convert.batch.planning.plan import Job
from convert.batch.run import Options, run
from convert.emit import pandoc, pandoc_process
from convert.emit.pandoc_document import document
from convert.errors import ConfigError, MissingToolError, RuleError, UsageError
from convert.profiles import load_profiles
from convert.stores import Folder
from convert.tree import fragment, texts
from convert.verify import View, foreign_file
from convert.verify.foreign import documents, text_of
from tests.test_batch import config, mirror, page, tree

BODY = """
<p>灯塔<strong>重新</strong>刷了漆，<em>白</em>得很；守塔人说：“他们问‘漆干了吗’，我说‘干了’。”</p>
<h2>港口的早晨</h2>
<figure><img src="https://example.com/boat.jpg" alt="一条旧船"><figcaption>船在雾里。</figcaption></figure>
<ul><li>绳子</li><li>灯油<ol start="3"><li>三桶</li><li>四桶</li></ol></li></ul>
<blockquote><p>外面的话</p><blockquote><p>里面的话</p></blockquote></blockquote>
<table><thead><tr><th>月份</th><th>船数</th></tr></thead><tbody><tr><td>五月</td><td>十二</td></tr></tbody></table>
<p>开灯用<code>light --on</code>，见<a href="https://example.com/manual">手册</a>与
<a href="https://example.com/large"><img src="https://example.com/small.png" alt="图纸"></a>。</p>
<pre>tide = 3
  wait</pre>
""".replace("\n<", "<")

ODD = """
<figure><a href="https://example.com/large"><img src="https://example.com/small.png" alt=""></a>
<figcaption>点开看大图。</figcaption></figure>
<figure><img src="https://example.com/1.png" alt=""><img src="../2.png" alt=""><figcaption>两张，见
<a href="https://example.com/more">此处</a>。</figcaption></figure>
<figure><figcaption>没有图的说明</figcaption></figure>
<p>1. 第一条是文字。</p><blockquote><p>(2) 第二条也是。</p></blockquote>
""".replace("\n<", "<")
"""What pandoc leaves something out of in one format or another: captions, or a number that opens a paragraph."""

TITLE, AUTHORS = '灯塔 & "the light" *A*', ["林海", "True"]

READERS = {
    "asciidoc_legacy": "asciidoc", "asciidoctor": "asciidoc", "docbook4": "docbook", "docbook5": "docbook",
    "epub2": "epub", "epub3": "epub", "html4": "html", "html5": "html", "jats_archiving": "jats",
    "jats_articleauthoring": "jats", "jats_publishing": "jats",
}  # fmt: skip
"""What pandoc calls a format as its reader, where that is another name."""

UNREAD = {
    "fb2": "its reader passes over tables, and quotations in a quotation",
    "haddock": "its reader breaks down over a figure without a description",
    "textile": "its reader takes what stands between two links as part of one",
    "typst": "its reader passes over code",
}
"""Formats that pandoc does not read as it writes them, where the file itself is held against the article alone."""


@cache
def readers() -> frozenset[str]:
    """What pandoc reads."""
    done = subprocess.run([pandoc_process.program(), "--list-input-formats"], capture_output=True, check=True)
    return frozenset(done.stdout.decode().split())


def article(body: str = BODY, path: str = "pages/c1/n1.md", title: str = TITLE) -> Article:
    """An invented article."""
    meta = Metadata(
        title=title,
        date=datetime.date(2021, 7, 14),
        authors=list(AUTHORS),
        lang="zh-Hans",
        tags=["海", "船"],
        description="灯塔的事。",
        source="https://example.com/light.htm",
    )
    return Article(Source(path, b""), load_profiles()[-1], fragment(body), meta)


def by_itself(one: Article, to: str) -> tuple[bytes, str]:
    """What the command writes of an article, with what it says on the standard error."""
    call = [pandoc_process.program(), "--from=html", f"--to={to}", "-s", "--wrap=none", "--sandbox", "--output=-"]
    done = subprocess.run(call, input=document(one, to).encode(), capture_output=True, check=True)
    return done.stdout, done.stderr.decode()


def read_html(data: bytes, reader: str) -> str:
    """What pandoc reads in a file, as HTML."""
    call = [pandoc_process.program(), f"--from={reader}", "--to=html", "--wrap=none", "--sandbox"]
    done = subprocess.run(call, input=data, capture_output=True, check=True)
    return done.stdout.decode()


def lacks(text: str, body: str = BODY) -> list[str]:
    """What of an article's words does not stand in a text, in their order; letters and digits alone count."""
    there, at, lost = signs(text), 0, []
    for word in (signs(word) for node in texts(fragment(body)) for word in node.data.split()):
        found = there.find(word, at)
        if found < 0:
            lost.append(word)
        else:
            at = found + len(word)
    return lost


def signs(text: str) -> str:
    """Letters and digits, which no format writes otherwise."""
    return re.sub(r"[\W_]+", "", text)


ALL = pytest.mark.parametrize("to", pandoc.formats())


@pytest.mark.slow
@ALL
def test_every_format_says_all_that_the_article_says(to: str) -> None:
    """Text, table, list, code, quotations and captions are in the file, in their order; pandoc finds nothing odd."""
    one = article()
    data = pandoc.write_as(one, to)
    assert foreign_file(data, View(one), to) == []
    reader = READERS.get(to, to)
    if reader in readers() and to not in UNREAD:
        assert lacks(fragment(read_html(data, reader)).text) == []
    said = [line for line in by_itself(one, to)[1].splitlines() if "Deprecated" not in line]
    assert said == []


@pytest.mark.slow
@ALL
def test_what_pandoc_would_leave_out_is_there(to: str) -> None:
    """Captions of linked pictures, of several and of none; numbers that are no list's; a picture that lies beside."""
    one = article(ODD)
    assert foreign_file(pandoc.write_as(one, to), View(one), to) == []


@pytest.mark.slow
@ALL
def test_every_format_says_title_date_and_authors(to: str) -> None:
    """In its head where it has a place for them, else above the text."""
    text = text_of(pandoc.write_as(article(title="雾中灯塔"), to), to)
    assert [word for word in ("雾中灯塔", *AUTHORS, "2021", "14") if word.casefold() not in text] == []


@pytest.mark.slow
@ALL
def test_the_same_article_gives_the_same_bytes_however_it_is_written(to: str) -> None:
    """By itself or with others before and after it, by the server or by the command."""
    one, other = article(), article("<p>雾</p>")
    alone = pandoc.write_as(one, to)
    assert pandoc.write_all([other, one, other, one], to)[1::2] == [alone, alone]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "said"),
    [
        (
            "docx",
            ["<dc:language>zh-Hans", "<cp:keywords>海, 船", "<dc:description>灯塔的事。", "<dc:creator>林海; True"],
        ),
        (
            "odt",
            ["<dc:language>zh-Hans", "<meta:keyword>海, 船", "<dc:description>灯塔的事。", "<dc:creator>林海; True"],
        ),
        (
            "epub3",
            [">https://example.com/light.htm</dc:identifier>", "<dc:description>灯塔的事。", "<dc:language>zh-Hans"],
        ),
        ("latex", ["pdfkeywords={海, 船}", "pdflang={zh-Hans}"]),
        ("typst", ['keywords: ("海", "船",),', 'lang: "zh"']),
        ("asciidoc", [":keywords: 海, 船", ":lang: zh-Hans"]),
        ("gfm", ["description: 灯塔的事。", "lang: zh-Hans", "- 船", "source: "]),
        ("opml", ['<title>灯塔 &amp; "the light" *A*</title>', "<ownerName>林海; True</ownerName>"]),
    ],
)
def test_metadata_stands_where_a_format_has_a_place_for_it(to: str, said: list[str]) -> None:
    """Language, keywords and description too; an author who is called True stays one."""
    text = documents(pandoc.write_as(article(), to))
    assert [one for one in said if one not in text] == []


def test_an_outline_is_well_formed_whatever_the_title() -> None:
    """Pandoc writes the head of OPML without references to characters."""
    one = article(title="甲 & <乙> \\1")
    root = ElementTree.fromstring(pandoc.write_as(one, "opml"))
    assert root.findtext("head/title") == "甲 & <乙> \\1"


def test_keywords_in_typst_are_strings() -> None:
    """With what has a meaning in one written behind a backslash."""
    one = article()
    one.meta.tags = ['a"b\\']
    assert 'keywords: ("a\\"b\\\\",),' in pandoc.write_as(one, "typst").decode()


def test_a_picture_stays_a_link_where_a_format_would_hold_it() -> None:
    """Nothing is fetched, and what is linked is told: behind the link that the picture stood in."""
    found = fragment(read_html(pandoc.write_as(article(), "docx"), "docx")).select("a")
    assert [(one.text, one.attr("href")) for one in found] == [
        ("一条旧船", "https://example.com/boat.jpg"),
        ("手册", "https://example.com/manual"),
        ("图纸", "https://example.com/large"),
        ("https://example.com/small.png", "https://example.com/small.png"),
        ("https://example.com/light.htm", "https://example.com/light.htm"),
    ]


def test_pandoc_asks_no_server(asked: tuple[str, list[str]]) -> None:
    """Not even for a format that holds its pictures, be it written by itself or with others."""
    server, requests = asked
    one = article(f'<p><img src="{server}/a.png" alt="甲"></p><figure><img src="{server}/b.png"></figure>')
    for to in ("docx", "html", "gfm"):
        pandoc.write_as(one, to)
        pandoc.write_all([one, one], to)
    assert requests == []


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server, and what it was asked for."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", requests
        server.shutdown()


def test_an_article_that_pandoc_cannot_write_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a limit of time; those beside it are written all the same."""
    monkeypatch.setattr(pandoc_process, "SECONDS", 0.001)
    results = pandoc.write_all([article(), article(path="pages/c1/n2.md")], "rst")
    assert [str(one) for one in results if isinstance(one, RuleError)] == [
        f"pages/c1/{name}.md: pandoc cannot write rst: took longer than 0.001 seconds; take the article out of the "
        "input, or rst out of the config"
        for name in ("n1", "n2")
    ]


def test_without_the_server_every_document_has_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pandoc that was built without it gives what the other gives."""
    articles = [article(), article("<p>雾</p>")]
    together = pandoc.write_all(articles, "rst")
    monkeypatch.setitem(pandoc_process._CGI, "PATH_INFO", "/nothing")
    assert pandoc.write_all(articles, "rst") == together


def test_without_pandoc_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A run over a config that wants it does not begin."""
    for one in (pandoc_process.program, pandoc_process.writers):
        one.cache_clear()

    def nowhere() -> str:
        raise OSError

    monkeypatch.setattr("pypandoc.get_pandoc_path", nowhere)
    with pytest.raises(MissingToolError, match="pandoc: is not installed; install the package pypandoc-binary"):
        config(tmp_path, "emit: {docx: }\n")
    with pytest.raises(MissingToolError):
        pandoc.write_as(article(), "docx")


def test_formats_without_text_are_not_offered() -> None:
    """Nor is what pandoc needs a further program for."""
    assert {"docx", "odt", "rst", "typst"} <= set(pandoc.formats())
    for to in pandoc.NOT_OURS:
        with pytest.raises(UsageError, match="no format is called"):
            pandoc.write_as(article(), to)


@pytest.mark.parametrize(
    ("name", "said"),
    [("dokx", "there is no format 'dokx'"), ("pdf", "there is no format 'pdf'"), ("epub", "there is no format 'epub'")],
)
def test_a_format_that_a_run_does_not_write_is_refused(tmp_path: Path, name: str, said: str) -> None:
    """The message names the nearest one, and where all are listed."""
    with pytest.raises(ConfigError) as raised:
        config(tmp_path, f"emit: {{{name}: }}\n")
    assert said in str(raised.value)
    assert "a format of pandoc (`mirrorpress formats` lists them)" in str(raised.value)
    assert "did you mean 'docx'?" in str(raised.value) or name != "dokx"


def test_a_run_writes_the_formats_of_the_config(tmp_path: Path) -> None:
    """Below a folder of the format's name, or where the config says; each file is what `convert --to` gives."""
    mirror(tmp_path / "in")
    made = run(config(tmp_path, "emit: {rst: , latex: {path: 'tex/{id}.tex'}}\nvolumes: []\nbatch: {jobs: 2}\n"))
    assert made.exit_code == 0
    assert made.outputs == {"rst": 3, "latex": 3}
    written = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.[rt]*[tx]"))
    assert written == [
        "rst/pages/c1/n100001.rst", "rst/pages/c1/n100002.rst", "rst/pages/c2/n100003.rst",
        "tex/n100001.tex", "tex/n100002.tex", "tex/n100003.tex",
    ]  # fmt: skip
    assert "码头上来了一只猫。" in (tmp_path / "out/rst/pages/c2/n100003.rst").read_text(encoding="utf-8")
    assert "灯塔重新刷了漆" in (tmp_path / "out/tex/n100002.tex").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_run_after_it_writes_only_what_has_changed(tmp_path: Path) -> None:
    """And the same again where it is forced to."""
    mirror(tmp_path / "in")
    settings = config(tmp_path, "emit: {docx: }\nvolumes: []\nbatch: {jobs: 2}\n")
    run(settings)
    before = tree(tmp_path / "out")
    assert run(settings).converted.total() == 0
    assert run(settings, Options(force=True)).converted.total() == 3
    assert tree(tmp_path / "out") == before
    page(tmp_path / "in", "pages/c2/n100003.md", "猫走了。", "码头的猫")
    assert run(settings).converted.total() == 1


def test_a_run_names_the_article_that_pandoc_fails_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails alone, though it was written together with others."""
    mirror(tmp_path / "in")
    settings = config(tmp_path, "emit: {rst: }\nvolumes: []\nbatch: {jobs: 1}\n")
    become(settings, Folder(tmp_path / "in"))
    real = pandoc_process.write_documents

    def broken(documents: Sequence[str], to: str) -> list[bytes | pandoc_process.PandocFailedError]:
        return [
            pandoc_process.PandocFailedError("out of ink") if "猫" in document else real([document], to)[0]
            for document in documents
        ]

    monkeypatch.setattr(pandoc, "write_documents", broken)
    paths = ["pages/c1/n100001.md", "pages/c1/n100002.md", "pages/c2/n100003.md"]
    done = convert_jobs([Job(path, (), path, (f"{path}.rst",)) for path in paths]).done
    assert [one.path for one in done if one.outcome] == paths[:2]
    assert [one.failure for one in done if one.failure] == [
        "pages/c2/n100003.md: pandoc cannot write rst: out of ink; take the article out of the input, or rst out of "
        "the config"
    ]
