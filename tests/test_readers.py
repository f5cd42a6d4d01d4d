"""Two independent readers of Markdown and two of YAML read back every case, and random bodies beside them."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from ruamel.yaml import YAML
from turbohtml import Element, Text

from convert.article import Article, Source
from convert.clean import clean
from convert.emit import EMITTERS, EmitOptions
from convert.profiles import load_profiles
from convert.tree import fragment
from convert.verify import View, canonical, cmark_gfm, front_matter, invention, plain_text, reads_back
from convert.verify.metadata import pyyaml
from tests.case import CASES, Case

TOPICS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
GENERIC = load_profiles()[-1]
LOSSES = frozenset({"removed", "moved", "changed"})
# what Markdown, HTML and YAML could read as their own, and the characters that Chinese text sets beside them
HOSTILE = "*_`~[]()<>#+-=|\\!&:.1 ab“”《》（）。，、：山水桥'\"^{}$%@/"


def markdown_it(text: str) -> str:
    """The second reader of Markdown."""
    return str(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


def ruamel(text: str) -> Any:
    """The second reader of YAML, of version 1.2."""
    return YAML(typ="safe", pure=True).load(text)


READERS = {"cmark-gfm": cmark_gfm, "markdown-it": markdown_it}
LOADERS = {"PyYAML": pyyaml, "ruamel": ruamel}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_reader_reads_a_case_back(topic: str) -> None:
    """Both readers of Markdown see the body, both of YAML the metadata; nothing is invented."""
    article = Case.read(topic).article()
    markdown = EMITTERS["markdown"].write(article, EmitOptions()).decode()
    assert not invention(View(article))
    for name, reader in READERS.items():
        assert not reads_back(markdown, View(article), reader)[0], name
    for name, load in LOADERS.items():
        assert not front_matter(markdown, article, load), name


@pytest.mark.parametrize("topic", TOPICS)
def test_cleaning_a_clean_body_takes_nothing(topic: str) -> None:
    """A second cleaning of what came out neither changes the body nor leaves a note of a loss."""
    case = Case.read(topic)
    article = case.article()
    once, before = article.body.inner_html, len(article.notes)
    clean(article, case.context)
    assert article.body.inner_html == once
    assert [note for note in article.notes[before:] if note.kind in LOSSES] == []


def texts() -> st.SearchStrategy[str]:
    """Text as canonical HTML has it: one space at most, and none at an edge."""
    return st.text(HOSTILE, min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)


def inline() -> st.SearchStrategy[str]:
    """A line of canonical inline content; marks stand apart, as the rules leave them."""
    text = texts().map(lambda one: escape(one, quote=False))
    marked = st.tuples(st.sampled_from(["strong", "em", "s", "sup"]), text).map(
        lambda one: f"<{one[0]}>{one[1]}</{one[0]}>"
    )
    link = text.map(lambda one: f'<a href="https://www.example.org/a_(b)?c=*">{one}</a>')
    parts = st.lists(st.tuples(text, st.one_of(marked, link)).map("".join), max_size=3)
    return st.tuples(parts, text).map(lambda one: "".join(one[0]) + one[1])


def blocks() -> st.SearchStrategy[str]:
    """One canonical block."""
    line = inline()
    lines = st.lists(line, min_size=1, max_size=3)
    items = lines.map(lambda many: "".join(f"<li>{one}</li>" for one in many))
    row = st.tuples(line, line).map(lambda one: f"<tr><td>{one[0]}</td><td>{one[1]}</td></tr>")
    return st.one_of(
        lines.map(lambda many: f"<p>{'<br>'.join(many)}</p>"),
        st.tuples(st.sampled_from(["h2", "h3", "h4"]), line).map(lambda one: f"<{one[0]}>{one[1]}</{one[0]}>"),
        items.map(lambda one: f"<ul>{one}</ul>"),
        items.map(lambda one: f'<ol start="3">{one}</ol>'),
        lines.map(lambda many: "<blockquote>" + "".join(f"<p>{one}</p>" for one in many) + "</blockquote>"),
        line.map(lambda one: f'<figure><img src="a.jpg" alt=""><figcaption>{one}</figcaption></figure>'),
        st.lists(row, min_size=1, max_size=2).map(lambda many: f"<table><tbody>{''.join(many)}</tbody></table>"),
    )


@pytest.mark.slow
@given(st.lists(blocks(), min_size=1, max_size=5).map("".join))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_canonical_body_reads_back(html: str) -> None:
    """Whatever canonical HTML says, both readers find it in the Markdown, and the text file has its characters."""
    article = Article(Source("a.html", b""), GENERIC, fragment(html))
    if canonical(View(article)):
        return  # the HTML parser made something else of it; what is not canonical has no Markdown
    markdown = EMITTERS["markdown"].write(article, EmitOptions(front_matter="none")).decode()
    for name, reader in READERS.items():
        assert not reads_back(markdown, View(article), reader)[0], (name, markdown)
    assert not plain_text(EMITTERS["text"].write(article, EmitOptions()).decode(), View(article))


@given(st.lists(texts(), min_size=1, max_size=4))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_hostile_characters_are_read_literally(lines: list[str]) -> None:
    """A text of nothing but marks is that text to a reader, at the start of a line and inside it."""
    body = Element("div")
    body.extend([Element("p", None, [Text(line)]) for line in lines])
    article = Article(Source("a.html", b""), GENERIC, body)
    markdown = EMITTERS["markdown"].write(article, EmitOptions(front_matter="none")).decode()
    for name, reader in READERS.items():
        shown = [paragraph.text for paragraph in fragment(reader(markdown)).select("p")]
        assert shown == lines, (name, markdown)
