"""Which addresses a book links to, how it writes them, and what it calls its own parts."""

from __future__ import annotations

import pytest

from convert.article import Metadata
from convert.emit.epub import BookOptions, Chapter, write_book
from convert.emit.epub.addresses import inside, outside
from convert.emit.epub.chapter import name_chapters
from convert.emit.epub.identifiers import new_ids
from convert.emit.epub.markup import attribute, document, escape, legal, one_line
from convert.emit.epub.split import split_body
from convert.errors import OutputError
from convert.tree import fragment
from convert.volumes import Collection, Member, plan_volumes
from convert.where import facts_of


@pytest.mark.parametrize(
    ("href", "written"),
    [
        ("https://a.example/b", "https://a.example/b"),
        (" HTTP://a.example/b ", "http://a.example/b"),
        ("ftp://a.example", "ftp://a.example"),
        ("https://A.example?b#c", "https://A.example?b#c"),
        ("https://a.example\\b\\c", "https://a.example/b%5Cc"),
        ("https://a.example/旧 桥", "https://a.example/旧%20桥"),
        ("https://a.example/a#b#c#d", "https://a.example/a#b%23c%23d"),
        ("https://a.example/%zz%41%4", "https://a.example/%25zz%41%254"),
        ("https://a.example/[x]|y", "https://a.example/%5Bx%5D%7Cy"),
        ("https://a.example/\ufdd0\ufffe", "https://a.example/%EF%B7%90%EF%BF%BE"),
        ("https://u:p@a.example:81/", "https://a.example:81/"),
        ("https://u@v@a.example/", "https://a.example/"),
        ("https://a.example:/", "https://a.example/"),
        ("https://a.example:65535/", "https://a.example:65535/"),
        ("https://a.example:65536/", None),
        ("https://a.example:8x/", None),
        ("https://a.example:１/", None),
        ("https://桥.example/", "https://xn--6yv.example/"),
        ("https://xn--6yv.example/", "https://xn--6yv.example/"),
        ("https://XN--6YV.example/", "https://XN--6YV.example/"),
        ("https://xn--a/", None),
        ("https://xn--abc-.example/", None),
        ("https://1.2.3.4/", "https://1.2.3.4/"),
        ("https://1.2.3.4./", None),
        ("https://1.2.3/", None),
        ("https://1.2.3.256/", None),
        ("https://a.1/", None),
        ("https://1.a/", "https://1.a/"),
        ("https://a_b.example/", "https://a_b.example/"),
        ("https://-a.example/", None),
        ("https://a-.example/", None),
        ("https://a..example/", None),
        ("https://a.example./", "https://a.example./"),
        ("https://[::1]/", None),
        ("https:///b", None),
        (f"https://{'a' * 63}.example/", f"https://{'a' * 63}.example/"),
        (f"https://{'a' * 64}.example/", None),
        ("https://" + "a.a" * 84 + "a/", "https://" + "a.a" * 84 + "a/"),
        ("https://" + "a." * 127 + "/", None),
        ("https:a", None),
        ("mailto:a b@c", "mailto:a%20b@c"),
        ("MAILTO:a#b", "mailto:a%23b"),
        ("tel:+12", "tel:+12"),
        ("mailto:", None),
        ("javascript:x", None),
        ("magnet:x", None),
        ("b.md", None),
        ("", None),
    ],
)
def test_an_address_outside_the_book(href: str, written: str | None) -> None:
    """A host that can be one, every character encoded that has to be, no user's name; anything else is none."""
    assert outside(href) == written


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("n2.md", "a/b/n2.md"),
        ("./n2.md", "a/b/n2.md"),
        ("../n2.md", "a/n2.md"),
        ("../../n2.md", "n2.md"),
        ("../../../n2.md", None),
        ("c//n2.md?x#y", "a/b/c/n2.md"),
        ("n2.md?x", "a/b/n2.md"),
        (" n2.md#x ", "a/b/n2.md"),
        ("n%202.md", "a/b/n 2.md"),
        ("c/../n2.md", "a/b/n2.md"),
        ("/n2.md", None),
        ("?x", None),
        ("", None),
        ("http://a.example/", None),
        ("https://a.example/", None),
        ("HTTPS://a.example/", None),
        ("mailto:x", None),
    ],
)
def test_an_address_inside_the_mirror(href: str, path: str | None) -> None:
    """Relative to the article's folder; nothing that leads out of the input, or is no relative address."""
    assert inside("a/b/n1.md", href) == path


@pytest.mark.parametrize(
    ("paths", "stems"),
    [
        ({"a/n1.md": "n1"}, ["n1"]),
        ({"a/b/Old Bridge.v2.md": ""}, ["old-bridge-v2"]),
        ({"a/n1.md": "--N_1--"}, ["n-1"]),
        ({"a/n1.md": "1x"}, ["a1x"]),
        ({"a/n1.md": "旧桥1"}, ["a1"]),
        ({"a/n1.md": "x" * 41}, ["x" * 40]),
        ({"a/n1.md": "nav", "a/n2.md": "cover", "a/n3.md": "桥"}, ["nav-2b187816", "cover-88298f9a", "a-0a2a49b7"]),
        ({"a/n1.md": "n", "b/n1.md": "n", "c/n1.md": "m"}, ["n-2b187816", "n-efe47829", "m"]),
    ],
)
def test_the_names_of_documents(paths: dict[str, str], stems: list[str]) -> None:
    """Small Latin letters and digits of the id, at most forty; a digest of the path where two would be alike."""
    chapters = [Chapter(path, Metadata(id=name), "") for path, name in paths.items()]
    assert list(name_chapters(chapters).values()) == stems
    assert list(name_chapters(chapters)) == list(paths)


def test_identifiers_of_a_chapter() -> None:
    """The first of a name counts, in whatever document; names that XML or the book's own frame refuses are replaced."""
    groups = [
        list(fragment(html).children)
        for html in (
            '<p id="n1">一<a id="a b"></a></p><p id="title">二</p>',
            '<ul id="n1"><li id="ref.n1">三</li></ul><p id="id2">四<em id="1"></em><em id="N-1.a_B"></em></p>',
        )
    ]
    assert new_ids(groups, ["title"]) == {
        "n1": (0, "n1"),
        "a b": (0, "id2_"),
        "title": (0, "id3"),
        "ref.n1": (1, "id4"),
        "id2": (1, "id2"),
        "1": (1, "id6"),
        "N-1.a_B": (1, "N-1.a_B"),
    }


def test_text_of_xml() -> None:
    """What XML refuses and nobody sees is left out; what would be markup is escaped."""
    assert legal("a\tb\nc\x00\x1f\x7f\x85\xa0\u200b\u200e\u202a\u2060\ufeff\ufffe\U0001f600") == "a\tb\nc\xa0\U0001f600"
    assert one_line(" a \n\x01 b ") == "a b"
    assert escape('<a & "b">') == '&lt;a &amp; "b"&gt;'
    assert attribute('<a & "b">') == "&lt;a &amp; &quot;b&quot;&gt;"
    assert b"<title>&lt;&amp;</title>" in document("<&", "", "zh")
    assert b'lang="z&quot;" xml:lang="z&quot;"' in document("", "", 'z"')
    assert b'<body class="x">\n<p/>\n</body>' in document("", "<p/>", "zh", ' class="x"')


@pytest.mark.parametrize(
    ("body", "limit", "groups"),
    [
        ("<p>一二三</p>", 16, [["<p>一二三</p>"]]),
        ("<p>一二三。四五六。</p>", 20, [["<p>一二三。</p>"], ["<p>四五六。</p>"]]),
        ("<p>一二三四五六七</p>", 15, [["<p>一二三</p>"], ["<p>四五六七</p>"]]),
        ("<p>一。</p><h2>二</h2><p>三。</p>", 25, [["<p>一。</p>"], ["<h2>二</h2>", "<p>三。</p>"]]),
        ("<ul><li>一</li><li>二</li></ul>", 20, [["<ul><li>一</li></ul>"], ["<ul><li>二</li></ul>"]]),
        (
            '<ol start="3" id="x"><li>一</li><li>二</li></ol>',
            20,
            [['<ol start="3" id="x"><li>一</li></ol>'], ['<ol start="4"><li>二</li></ol>']],
        ),
        ("<ol><li>一</li><li>二</li></ol>", 20, [["<ol><li>一</li></ol>"], ['<ol start="2"><li>二</li></ol>']]),
        (
            "<blockquote><p>一。</p><p>二。</p></blockquote>",
            20,
            [["<blockquote><p>一。</p></blockquote>"], ["<blockquote><p>二。</p></blockquote>"]],
        ),
        (
            '<figure><img src="a.jpg" alt=""><figcaption>一二三四。五六七八。</figcaption></figure>',
            30,
            [['<figure><img src="a.jpg" alt=""><figcaption>一二三四。五六七八。</figcaption></figure>']],
        ),
        (
            "<figure><img src='a.jpg' alt='一二三四'></figure>",
            10,
            [['<figure><img src="a.jpg" alt="一二三四"></figure>']],
        ),
    ],
)
def test_a_long_body_is_cut(body: str, limit: int, groups: list[list[str]]) -> None:
    """Between blocks, items and sentences; a heading goes with what follows it, a numbered list counts on."""
    assert [[node.html for node in group] for group in split_body(body, limit)] == groups


def test_a_book_without_articles_is_refused() -> None:
    """The message says where, what, and what to do."""
    (volume,) = plan_volumes(Collection(), [Member("n1.md", facts_of(Metadata(), "n1.md", "sample"))])
    with pytest.raises(OutputError) as raised:
        write_book(volume, [], lambda path, src: None, BookOptions())
    assert str(raised.value) == (
        f"{volume.file}: no articles; expected at least one; see the report for what went wrong with them"
    )
