"""Flavours: each escapes what its tool takes for syntax, and is CommonMark all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from turbohtml import Element, parse_fragment

from convert import Context, Source, convert, load_profiles
from convert.article import Article
from convert.clean import RULES
from convert.emit import EMITTERS, EmitOptions
from convert.emit.dialect import DIALECTS
from convert.emit.escapes import BACKSLASH, INLINE, MARKS, escape, escape_line_start, may_need_escapes
from convert.emit.markdown import write_body
from convert.enrich import STEPS
from convert.front_matter import PRESETS
from convert.gfm import markdown_to_html
from convert.verify import View, markdown_file, verify
from convert.verify.projection import projected, read
from convert.verify.reading import cmark_gfm
from tests.hostile import write_hostile

FLAVOUR = pytest.mark.parametrize("flavour", INLINE)
SIGNS = "".join(map(chr, range(33, 127)))


def body(html: str) -> Element:
    """A body of canonical HTML."""
    root = parse_fragment(f"<div>{html}</div>", positions=False)[0]
    assert isinstance(root, Element)
    return root


def articles(folder: Path) -> list[Article]:
    """The hostile articles, converted."""
    write_hostile(folder)
    context = Context(profiles=load_profiles(), rules=RULES, steps=STEPS)
    files = sorted(folder.rglob("pages/**/*.md"))
    return [convert(Source(one.relative_to(folder).as_posix(), one.read_bytes()), context) for one in files]


# (flavour, what an article says, how it is written)
WRITTEN = (
    ("gfm", "{{< a >}} $5 #b ==c==", "{{\\< a >}} $5 #b ==c=="),
    ("hugo", "{{< a >}}", "\\{\\{\\< a >}}"),
    ("hugo", "{{% a %}}", "\\{\\{% a %}}"),
    ("hugo", '"a" don\'t -- ... <<b>>', '\\"a\\" don\\\'t \\-- \\... \\<\\<b\\>>'),
    ("hugo", ":smile: 12:30:45", "&#58;smile: 12:30:45"),
    ("hugo", "a@example.org", "a\\@example.org"),
    ("jekyll", "{% a %} {{ b }}", "&#123;% a %} &#123;&#123; b }}"),
    ("jekyll", "a_1_b ~~c~~ ^d", "a\\_1\\_b &#126;&#126;c&#126;&#126; &#94;d"),
    ("jekyll", "\\", "&#92;"),
    ("jekyll", "[a]: b", "\\[a\\]\\: b"),
    ("obsidian", "#a ==b== %%c%% $d$", "\\#a \\=\\=b\\=\\= \\%\\%c\\%\\% \\$d\\$"),
    ("obsidian", "5% = 5 ^e [[f]]", "5% = 5 \\^e \\[\\[f\\]\\]"),
    ("mkdocs", "{{ a }} {: .b} ~c~ |", "&#123;&#123; a }} &#123;: .b} &#126;c&#126; &#124;"),
    ("mkdocs", "&amp; <b>", "&amp;amp; &lt;b>"),
    ("pandoc", "@a ^b^ ~c~ $d$ {#e}", "\\@a \\^b\\^ \\~c\\~ \\$d\\$ \\{#e}"),
    ("pandoc", "Mr. Smith p. 5 end. So", "Mr\\. Smith p\\. 5 end. So"),
)


@pytest.mark.parametrize(("flavour", "text", "written"), WRITTEN)
def test_a_tools_own_marks_are_escaped(flavour: str, text: str, written: str) -> None:
    """What one tool takes for syntax is escaped in its flavour, by a sign's number where no backslash helps."""
    assert escape(text, flavour) == written


LINES = (
    ("gfm", ": a", ": a"),
    ("hugo", ": a", "&#58; a"),
    ("jekyll", "1234567890. a", "1234567890\\. a"),
    ("mkdocs", "!!! a", "\\!!! a"),
    ("mkdocs", '=== "a"', '=== "a"'),  # the table has made `==` something else by then
    ("mkdocs", "??? a", "&#63;?? a"),
    ("mkdocs", "::: a", "&#58;:: a"),
    ("mkdocs", "\\[a\\]", "&#91;a\\]"),
    ("pandoc", "% a", "\\% a"),
    ("pandoc", "Table: a", "Table\\: a"),
    ("pandoc", "(a) b", "\\(a) b"),
    ("pandoc", "iv. b", "iv\\. b"),
    ("pandoc", "#. b", "\\#. b"),
    ("pandoc", "word. b", "word. b"),
)


@pytest.mark.parametrize(("flavour", "line", "written"), LINES)
def test_what_opens_a_block_is_escaped_at_a_lines_start(flavour: str, line: str, written: str) -> None:
    """Lists, captions, admonitions and the like."""
    assert escape_line_start(line, flavour) == written


@FLAVOUR
def test_every_flavour_has_its_tables(flavour: str) -> None:
    """A dialect and a preset of front matter; what it escapes is among the marks that are looked for first."""
    assert flavour in DIALECTS
    assert flavour in PRESETS
    for sign in SIGNS:
        for text in (sign, sign * 3, f"a{sign}b", f"{sign}a:", f"]{sign}"):
            assert may_need_escapes(text, flavour) or escape(text, flavour) == text, text
    assert BACKSLASH[flavour] >= frozenset("*_`[]")
    assert set(MARKS["gfm"]) <= set(MARKS[flavour])


@FLAVOUR
def test_every_sign_reads_back(flavour: str) -> None:
    """Alone, in threes, at the start of a line and within words, in CommonMark's own reader."""
    for sign in SIGNS:
        for text in (sign, sign * 3, f"{sign} a", f"a{sign}b", f"a {sign}{sign}b{sign}{sign}"):
            written = escape_line_start(escape(text, flavour), flavour)
            shown = markdown_to_html(written)
            assert read(parse_fragment(shown, positions=False).inner_html) == [["<p>", f'"{text}', "</p>"]], text


BODIES = (
    "<ul><li>一<ul><li>二</li></ul></li></ul><ul><li>三</li></ul>",
    '<ol start="5"><li>五 {{x}}</li></ol>',
    "<ol><li><p>一</p><blockquote><p>二</p></blockquote></li><li><p>三</p><pre>a\n\n b</pre></li></ol>",
    "<p>甲<br># 乙<br>- 丙</p>",
    "<p><strong>“甲”</strong>乙<em>丙<strong>丁</strong></em><s>戊</s></p>",
    "<p><code>{{&lt; a &gt;}}</code>与<code>`b`</code>与<code>c|d</code></p>",
    "<pre>{{% a %}}\n\n{% b %}</pre>",
    "<table><tbody><tr><td>甲<br>乙</td><td>{{x}}</td></tr></tbody></table>",
    '<table><tbody><tr><td colspan="2">*甲* _乙_</td></tr></tbody></table>',
    '<p><a href="https://example.org/{{a}}(b">甲</a><a href="https://example.org/">https://example.org/</a></p>',
    '<p><img src="https://example.org/a_b.jpg" alt="*甲* {{x}}"></p>',
    '<figure><img src="a.jpg" alt=""><figcaption>甲</figcaption></figure>',
    "<ul><li>[x] 甲</li></ul>",
    "<blockquote><p>甲</p></blockquote><blockquote><p>乙</p></blockquote>",
    "<p>甲</p><hr><p>乙</p>",
    "<h2>C#</h2><h3>甲 {#乙}</h3>",
    *(layout["html"] for layout in yaml.safe_load((Path(__file__).parent / "layouts.yaml").read_text("utf-8"))),
)


@FLAVOUR
@pytest.mark.parametrize("html", BODIES)
def test_every_block_reads_back_in_commonmark(flavour: str, html: str) -> None:
    """However a flavour lays it out, the independent reader reads the same body."""
    root = body(html)
    shown = cmark_gfm(write_body(root, flavour))
    assert read(parse_fragment(shown, positions=False).inner_html) == projected(root.inner_html)


@FLAVOUR
def test_hostile_articles_read_back_in_every_flavour(flavour: str, tmp_path: Path) -> None:
    """Body, title and front matter, and the same bytes twice; nothing is lost on the way from the source."""
    made = articles(tmp_path)
    assert len(made) == 30
    for article in made:
        options = EmitOptions(flavour=flavour, title=True)
        data = EMITTERS["markdown"].write(article, options)
        assert data == EMITTERS["markdown"].write(article, options)
        assert markdown_file(data.decode(), View(article), title=True, layout=options.layout) == []
        assert verify(article) == []


def test_each_dialect_says_what_its_reader_knows() -> None:
    """The ways of the older dialects: wide markers, two spaces, HTML for what they read otherwise."""
    nested = body("<ul><li>甲<br>乙<ul><li>丙</li></ul></li></ul>")
    assert write_body(nested, "mkdocs") == "-   甲  \n    乙\n    -   丙"
    assert write_body(nested, "gfm") == "- 甲\\\n  乙\n  - 丙"
    assert write_body(body("<pre>{{&lt; a</pre>"), "hugo") == "<pre><code>&#123;&#123;&lt; a</code></pre>"
    assert write_body(body("<p><s>甲</s></p>"), "mkdocs") == "<del>甲</del>"
    assert write_body(body('<p><img src="a.jpg" alt="甲"></p>'), "pandoc") == "![甲](a.jpg)<!-- -->"


def test_without_front_matter_no_first_line_is_taken_for_metadata(tmp_path: Path) -> None:
    """MkDocs reads `key: value` at a file's start as metadata, unless a blank line stands before it."""
    article = articles(tmp_path)[15]
    options = EmitOptions(flavour="mkdocs", front_matter="none")
    written = EMITTERS["markdown"].write(article, options).decode()
    assert written.startswith("\n")
    assert markdown_file(written, View(article), front=False) == []
