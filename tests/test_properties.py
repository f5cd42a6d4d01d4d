"""Properties that hold for any input: nothing raises, nothing is lost, what is written reads back."""

from __future__ import annotations

import datetime
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from convert.article import Article, Context, Source
from convert.clean import RULES
from convert.emit import EMITTERS, EmitOptions
from convert.emit.escapes import escape, may_need_escapes
from convert.emit.front_matter import write_front_matter
from convert.enrich import STEPS
from convert.enrich.words import count
from convert.errors import SourceError
from convert.pipeline import convert, convert_all
from convert.profiles import load_profiles
from convert.tree import fragment
from convert.verify import View, conservation, reads_back

CONTEXT = Context(load_profiles(), RULES, STEPS)
TAGS = [
    "p",
    "b",
    "strong",
    "em",
    "i",
    "a",
    "ok",
    "div",
    "h3",
    "h4",
    "ul",
    "li",
    "table",
    "tr",
    "td",
    "blockquote",
    "br",
]
TEXTS = [
    "天气",
    "桥",
    "word",
    "1.",
    "#",
    "*",
    "_x_",
    "“词”",
    "。",
    " ",
    "\n ",
    "&amp;",
    "http://example.org/a",
    "|",
    "~~",
    "\\",
]
ENVELOPE = (
    '### 桥\n\n---\n\n#### [首页](../../../..?n1) \n\n\n<div id="artbody">\n{body}\n</div>\n\n\n---\n\n'
    "原文链接（需翻墙）：https://www.epochtimes.com/gb/22/4/7/n99100001.htm"
)


def pieces() -> st.SearchStrategy[str]:
    """Scraps of markup, well-formed or not."""
    opening = st.sampled_from(TAGS).map(lambda tag: f'<{tag} href="https://e.example/{tag}">')
    closing = st.sampled_from(TAGS).map(lambda tag: f"</{tag}>")
    return st.lists(st.one_of(opening, closing, st.sampled_from(TEXTS)), max_size=40).map("".join)


@pytest.mark.slow
@given(pieces())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_damaged_markup_loses_nothing_and_reads_back(body: str) -> None:
    """Whatever stands in the envelope, every character is in the output or in a note, and the Markdown reads back."""
    source = Source("pages/ncid282/n1.md", ENVELOPE.format(body=body).encode())
    article = convert(source, CONTEXT)
    markdown = EMITTERS["markdown"].write(article, EmitOptions()).decode()
    assert not conservation(View(article))
    assert not reads_back(markdown, View(article))[0]


@pytest.mark.slow
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=12), max_size=4))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_front_matter_reads_back_as_what_it_was(title: str, tags: list[str]) -> None:
    """Any string and any list survive the front matter, for a reader of YAML 1.1 and for one of YAML 1.2."""
    article = Article(Source("a.md", b""), CONTEXT.profiles[-1], fragment(""))
    article.meta.title, article.meta.tags, article.meta.date = title, tags, datetime.date(2022, 4, 7)
    written = write_front_matter(article).removeprefix("---\n").removesuffix("---\n")
    expected = dict(article.meta.items())
    assert yaml.safe_load(written) == expected
    assert YAML(typ="safe").load(written) == expected


def test_a_source_beyond_the_limit_is_refused_by_name() -> None:
    """A file of 20 MB costs itself only: the error names it, its size, the limit and what to do."""
    with pytest.raises(SourceError, match=r"big\.md: 20,000,000 bytes; expected at most 4,194,304 bytes; raise"):
        convert(Source("big.md", b"x" * 20_000_000), CONTEXT)


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["div", "p", "blockquote", "b", "font", "ul><li", "table><tr><td"])
def test_nesting_a_hundred_thousand_deep_is_survived(tag: str) -> None:
    """Nesting beyond anything written by a person is unwrapped, with a note; the text stays."""
    article = convert(Source("deep.html", (f"<{tag}>" * 100_000 + "桥").encode()), CONTEXT)
    assert "桥" in article.body.text


def test_nul_bytes_go_with_a_note() -> None:
    """NUL, which no HTML may hold, is taken out and noted."""
    article = convert(Source("nul.html", "<p>旧\x00桥</p>".encode()), CONTEXT)
    assert article.body.inner_html == "<p>旧桥</p>"
    assert any(note.rule == "decode" and note.text == "\x00" for note in article.notes)


@given(st.text("ab1.,'’-é×ÿāɏɐ中文䷀㐀\U00020000\U0003fffe 　。豈\ufb00\n", max_size=16))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_words_are_han_characters_and_runs_of_latin(text: str) -> None:
    """The scan of bytes counts what patterns over the text count."""
    han = re.findall("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]", text)
    latin = re.findall("[0-9A-Za-z\u00c0-\u024f]+(?:[.,'’-][0-9A-Za-z\u00c0-\u024f]+)*", text)
    assert count(text) == len(han) + len(latin)


@given(st.text("a中*_[]`<&~|!:./\\ htpwmailoxmp@，", max_size=24))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_a_text_that_is_said_to_need_no_escapes_needs_none(text: str) -> None:
    """What is told of a whole article holds for each of its texts."""
    if not may_need_escapes(text):
        assert escape(text) == text


@given(st.lists(pieces(), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_articles_taken_together_are_the_articles_taken_alone(bodies: list[str]) -> None:
    """A source that fails among them costs itself only, and nothing passes from one to another."""
    sources = [
        Source(f"pages/ncid282/n{one}.md", ENVELOPE.format(body=body).encode()) for one, body in enumerate(bodies)
    ]
    sources.append(Source("pages/ncid282/big.md", b"x" * (CONTEXT.max_bytes + 1)))
    together = convert_all([(Source(one.path, one.data), CONTEXT) for one in sources])
    assert isinstance(together[-1], SourceError)
    for source, article in zip(sources[:-1], together[:-1], strict=True):
        alone = convert(source, CONTEXT)
        assert isinstance(article, Article)
        assert EMITTERS["markdown"].write(article, EmitOptions()) == EMITTERS["markdown"].write(alone, EmitOptions())
        assert article.notes == alone.notes
