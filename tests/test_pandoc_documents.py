"""What pandoc is given to read, for formats that lack something; and the suffixes of its files."""

from __future__ import annotations

import datetime
import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from convert.emit import EmitOptions, pandoc, pandoc_process
from convert.emit.pandoc import suffix
from convert.emit.pandoc_document import CELLS, document, mended
from convert.errors import UsageError
from tests.test_layouts import article

FIGURE = '<figure><img src="a.jpg" alt="桥"><figcaption>图<em>注</em></figcaption></figure>'
# as pandoc's own writers have it: what holds pictures, what loses captions, what shows no metadata
EMBEDDING = "docx epub2 epub3 fb2 icml odt pptx rtf".split()
UNCAPTIONED = [*EMBEDDING, "jira", "markdown_mmd", "mediawiki", "vimdoc", "xwiki"]
HEADLESS = (
    "bbcode bbcode_fluxbb bbcode_hubzilla bbcode_phpbb bbcode_steam bbcode_xenforo commonmark dokuwiki haddock icml "
    "ipynb jira markdown_github markdown_phpextra markdown_strict markua mediawiki textile xwiki zimwiki"
).split()
SUFFIXES = {
    "adoc": "asciidoc asciidoc_legacy asciidoctor",
    "tex": "beamer context latex",
    "zip": "chunkedhtml",
    "md": "commonmark commonmark_x gfm markdown_github markdown_mmd markdown_phpextra markdown_strict markua",
    "xml": "docbook docbook4 docbook5 jats jats_archiving jats_articleauthoring jats_publishing tei",
    "txt": "dokuwiki plain vimdoc xwiki zimwiki",
    "html": "dzslides html4 html5 revealjs s5 slideous slidy",
    "epub": "epub2 epub3",
    "1": "man",
    "wiki": "mediawiki",
    "fodt": "opendocument",
    "texi": "texinfo",
    "typ": "typst",
    "docx": "docx",
    "rst": "rst",
}


@pytest.mark.parametrize(("end", "names"), SUFFIXES.items())
def test_the_suffix_of_a_format(end: str, names: str) -> None:
    """What programs know a file by; the format's name where it is that."""
    assert {suffix(name) for name in names.split()} == {end}


def body(html: str, to: str) -> str:
    """The body that pandoc is given for a format."""
    return document(article(html), to).partition("<body>\n")[2].removesuffix("\n</body>\n</html>\n")


@pytest.mark.parametrize("to", EMBEDDING)
def test_a_picture_that_a_format_would_hold_is_a_link(to: str) -> None:
    """Its text is the description, or the address; beside a link round it, it stands behind it."""
    assert body('<p><img src="a.jpg" alt="桥"><img src="b.jpg" alt=""></p>', to) == (
        '<p><a href="a.jpg">桥</a><a href="b.jpg">b.jpg</a></p>'
    )
    assert body('<p><a href="c"><img src="a.jpg" alt=""></a>，<a href="c"><img src="a.jpg" alt="桥"></a></p>', to) == (
        '<p><a href="c">c</a> <a href="a.jpg">a.jpg</a>，<a href="c">桥</a> <a href="a.jpg">a.jpg</a></p>'
    )


@pytest.mark.parametrize("to", UNCAPTIONED)
def test_a_figure_whose_caption_would_be_lost_is_two_paragraphs(to: str) -> None:
    """The picture, or its link, and the caption; one without a caption is one."""
    picture = '<a href="a.jpg">桥</a>' if to in EMBEDDING else '<img src="a.jpg" alt="桥">'
    assert body(FIGURE, to) == f"<p>{picture}</p>\n<p>图<em>注</em></p>"
    assert body('<figure><img src="a.jpg" alt="桥"></figure>', to) == f"<p>{picture}</p>"


@pytest.mark.parametrize("to", ["bbcode_fluxbb", "bbcode_phpbb"])
def test_a_table_that_would_be_lost_is_lines(to: str) -> None:
    """A paragraph for each row, a bar between cells."""
    head, row = "<tr><th>一</th><th>二</th></tr>", "<tr><td>a<em>b</em></td><td></td></tr>"
    html = f"<table><thead>{head}</thead><tbody>{row}</tbody></table>"
    assert body(html, to) == f"<p>一{CELLS}二</p>\n<p>a<em>b</em>{CELLS}</p>"
    assert CELLS == " | "


def test_other_formats_get_canonical_html() -> None:
    """Pictures, figures and tables as they are; subheads one level up, since the title is none of the body's."""
    html = f"{FIGURE}<table><tbody><tr><td>a</td></tr></tbody></table>"
    assert body(html, "latex") == f"{FIGURE}\n<table><tbody><tr><td>a</td></tr></tbody></table>"
    assert body("<h2>一</h2><h3>二</h3><h4>三</h4>", "latex") == "<h1>一</h1>\n<h2>二</h2>\n<h3>三</h3>"


def test_a_document_tells_its_metadata() -> None:
    """In its head, a value an element, under the names that pandoc knows; the address is the last paragraph."""
    told = article(
        title="<旧>", authors=["林禾", "罗砚"], translators=["谢远"], editors=["王五"], tags=["桥", "a\"b"],
        lang="zh-Hans", date=datetime.date(2022, 5, 18), source="https://a.example/?b&c", words=3,
    )  # fmt: skip
    head = [
        "<!DOCTYPE html>",
        '<html lang="zh-Hans">',
        "<head>",
        '<meta charset="utf-8">',
        "<title>&lt;旧&gt;</title>",
        '<meta name="identifier" content="https://a.example/?b&amp;c">',
        '<meta name="date" content="2022-05-18">',
        '<meta name="author" content="林禾">',
        '<meta name="author" content="罗砚">',
        '<meta name="translator" content="谢远">',
        '<meta name="editor" content="王五">',
        '<meta name="source" content="https://a.example/?b&amp;c">',
        '<meta name="keywords" content="桥">',
        '<meta name="keywords" content="a&quot;b">',
        '<meta name="words" content="3">',
        "</head>",
        "<body>",
    ]
    tail = [
        "<p>桥。</p>",
        '<p><a href="https://a.example/?b&amp;c">https://a.example/?b&amp;c</a></p>',
        "</body>",
        "</html>",
        "",
    ]
    assert document(told, "latex").split("\n") == [*head, *tail]
    assert document(told, "typst").split("\n") == [*(one for one in head if "keywords" not in one), *tail]
    assert document(told, "opml").split("\n") == [*head, "<h1>&lt;旧&gt;</h1>", "<p>2022-05-18</p>", *tail]
    for to in ("vimdoc", "jats_articleauthoring"):
        assert document(told, to).split("\n") == [*head, "<p>2022-05-18</p>", *tail]
    for to in HEADLESS:
        assert document(told, to).split("\n") == [*head, "<h1>&lt;旧&gt;</h1>", "<p>2022-05-18  林禾、罗砚</p>", *tail]
    assert '<meta name="identifier" content="pages/ncid282/n1.md">' in document(article(), "latex")
    assert "<html>" in document(article(), "latex")
    assert body("<p>桥。</p>", HEADLESS[0]) == "<p>桥。</p>"


def test_metadata_that_a_template_would_spoil_is_mended() -> None:
    """Keywords of Typst are strings, a title and an owner of OPML are XML; nothing else changes."""
    told = article(title="<旧> & 桥", authors=["林禾", "罗砚"], tags=["桥", 'a"b\\'])
    call = "x\n#show: doc => conf(\n  title: [a],\n"
    assert mended(told, "typst", call.encode()).decode() == (
        'x\n#show: doc => conf(\n  keywords: ("桥", "a\\"b\\\\",),\n  title: [a],\n'
    )
    assert mended(article(), "typst", call.encode()) == call.encode()
    outline = "<title>x\ny</title><ownerName>z</ownerName><title>stays</title>"
    assert mended(told, "opml", outline.encode()).decode() == (
        "<title>&lt;旧&gt; &amp; 桥</title><ownerName>林禾; 罗砚</ownerName><title>stays</title>"
    )
    assert mended(told, "latex", outline.encode()) == outline.encode()


Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """How pandoc is called; each call goes on to it."""
    seen: list[dict[str, Any]] = []
    real: Run = subprocess.run

    def run(call: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        seen.append({"call": call, **options})
        return real(call, **options)

    monkeypatch.setattr(subprocess, "run", run)
    return seen


def test_several_documents_have_one_process(calls: list[dict[str, Any]]) -> None:
    """They go to pandoc as a server does it, in one request; a single one goes to the command, in its sandbox."""
    pandoc_process.write_documents(["<p>一</p>", "<p>二</p>"], "rst")
    pandoc_process.write_documents(["<p>一</p>"], "rst")
    together, alone = calls
    assert together["call"] == ["pandoc-server.cgi"]
    size = str(len(together["input"]))
    assert together["env"] == {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/batch", "CONTENT_TYPE": "application/json",
        "HTTP_ACCEPT": "application/json", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "PANDOC_SERVER_TIMEOUT": "60",
        "CONTENT_LENGTH": size,
    }  # fmt: skip
    assert json.loads(together["input"]) == [
        {"text": text, "from": "html", "to": "rst", "standalone": True, "wrap": "none"}
        for text in ("<p>一</p>", "<p>二</p>")
    ]
    assert alone["call"][1:7] == ["--from=html", "--to=rst", "--sandbox", "--standalone", "--wrap=none", "--quiet"]
    assert alone["input"] == "<p>一</p>".encode()
    assert alone["env"]["SOURCE_DATE_EPOCH"] == "0"
    assert (together["timeout"], alone["timeout"]) == (60, 60)


@pytest.mark.parametrize("to", ["dzslides", "man", "ms"])
def test_what_the_server_writes_otherwise_is_written_one_by_one(to: str, calls: list[dict[str, Any]]) -> None:
    """Two documents are two calls of the command, and come back in their order."""
    first, second = pandoc_process.write_documents(["<p>one</p>", "<p>two</p>"], to)
    assert [call["call"][2] for call in calls] == [f"--to={to}"] * 2
    assert isinstance(first, bytes)
    assert isinstance(second, bytes)
    assert b"one" in first
    assert b"two" in second


@pytest.mark.parametrize(
    ("told", "reason"),
    [(b" no  such\nthing \xff", "no such thing \ufffd"), (b"", "ended with code 3"), (b" \n", "ended with code 3")],
)
def test_why_pandoc_did_not_write(told: bytes, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says, on one line; its exit code where it says nothing."""
    failed = subprocess.CompletedProcess([], 3, b"", told)
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: failed)
    (result,) = pandoc_process.write_documents(["<p>一</p>"], "rst")
    assert str(result) == reason


def test_pandoc_that_cannot_be_run_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the system's reason."""

    def run(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(subprocess, "run", run)
    assert [str(one) for one in pandoc_process.write_documents(["一", "二"], "rst")] == [
        "cannot be run (Permission denied)"
    ] * 2


def test_the_writers_of_a_format() -> None:
    """Of one article and of several: the same as by the format's name; a name that is none is refused."""
    write, write_all = pandoc.emitters("rst")
    one, other = article("<p>一</p>"), article("<p>二</p>")
    assert write(one, EmitOptions()) == pandoc.write_as(one, "rst") == "一\n".encode()
    assert write_all([one, other], EmitOptions()) == ["一\n".encode(), "二\n".encode()]
    for name in ("bibtex", "biblatex", "csljson", "epub", "pdf", "nosuch"):
        with pytest.raises(UsageError) as raised:
            pandoc.write_as(one, name)
        assert str(raised.value) == (
            f"--to: no format is called '{name}'; expected one of those of `mirrorpress formats`; see that list"
        )
