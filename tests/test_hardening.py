"""Hostile and broken input: damaged articles keep every promise, and time grows with size alone."""

from __future__ import annotations

import re

import pytest

import benchmarks
from benchmarks import growth, promises
from benchmarks.fuzz import case, findings, starts
from benchmarks.growth import USES, cpu, patterns, slow_patterns, verdict
from benchmarks.promises import broken, limited, smallest
from benchmarks.shapes import SHAPES
from convert import Article, Context, Source, convert, load_profiles
from convert.clean import RULES
from convert.enrich import STEPS

SEED = 7
CASES = range(800)


@pytest.mark.slow
def test_damaged_articles_keep_every_promise() -> None:
    """Nothing raises, nothing is lost or invented, all reads back, twice is once: over some thousand faults."""
    assert findings(CASES, SEED, starts()) == []


# Each broke a promise once, in an article that a fuzzer had damaged; what it took to do so is told again here.
DAMAGED = {
    "controls before an address": '<p><a href="\x1bhttps://www.epochtimes.com/gb/tag/x.html">桥</a><img src="\x14https://i.epochtimes.com/a.jpg"></p>',
    "two pictures and a caption in a link": '<a href="https://e.org/"><img src="a.jpg"><img src="b.jpg"><figcaption>桥',
    "two pictures and a block in a link": '<a href="https://example.org/">\n<img src="a.jpg"><img src="b.jpg"><p>桥',
    "a picture beside a mark that holds a block": '<a href="https://example.org/">\n<img src="a.jpg"><s>桥<div>',
    "a picture before an unknown tag with a picture": '<p>桥<img src="a.jpg"><stone><img src="b.jpg">',
    "a picture in a quotation in a heading": '<h3><blockquote><a href="https://example.org/"><img src="a.jpg">',
    "a bold heading behind a target": '<b><h4><h4><a name="x"><p>桥',
    "a caption between the cells of a table": "<table><td>甲<caption>乙<td>丙",
    "a frameset in a script": "桥<style><frameset",
    "a frameset in text": "桥<xmp><frameset>",
    "a frameset in a description": '桥<img alt="<frameset" src="a.jpg"><p =x="<frameset">',
    "furniture in a template": '<template>桥<div id="below_article_ad">&</div>下',
    "a script that nothing ends": "【大纪元\x7f讯】（报导）桥\u200b<script>桥",
    "a mark of direction in a script": "桥<script>a\ufeff;</script>\ufeff",
    "an empty link before a picture": '<a href="https://e.org/"><div><span class="bn12"><img src="a.jpg"><a>',
    "a break in a link in a mark": '<em>桥<a href="https://e.org/"><br>e </a>桥</em>',
    "a break before the end of a link": '<a href="https://e.org/">桥<br> </a>河',
    "a link with a name and nothing in it": '<p>桥<a href="https://e.org/" id="x">\u00ad',
    "a masked tag in a title": "<title><ok>",
    "lines that are sentences in one stanza of two": f"<p>桥。<br><br>{'桥' * 40}。<br>{'河' * 41}。<br>{'水' * 42}。",
    "an entity in a player's address": '<object><param name="movie" value="http://example.org/v?a=1&amp;amp;b=2">',
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_broke_a_promise_once_keeps_it(name: str) -> None:
    """As an article of a mirror, with and without a dateline's mark of direction, and as a page by itself."""
    envelope = "### 旧桥\n\n---\n\n#### [首页](../../..\u200e)\n\n\n{}\n\n---\n\n原文链接（需翻墙）：https://www.epochtimes.com/gb/22/4/7/n99100001.htm"
    for body in (DAMAGED[name], f"大纪元2022年4月\u200e7日讯 {DAMAGED[name]}"):
        assert broken(Source("pages/ncid282/n99100001.md", envelope.format(body).encode())) == {}
    assert broken(Source("lake.html", f"<h1>旧桥</h1>\n{DAMAGED[name]}".encode())) == {}


def test_the_promises_can_be_seen_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that loses text, and a rule that raises, are found; and the smallest source that shows it is small."""
    source = Source("pages/lake/n1.md", "<p>湖水</p><blockquote><p>很静，也很深。</p></blockquote><p>船。</p>".encode())
    assert broken(source) == {}

    def forget(article: Article, context: Context) -> None:
        for quote in article.body.select("blockquote"):
            quote.extract()

    spoiled = Context(load_profiles(), {**RULES, "forget": forget}, STEPS)
    monkeypatch.setattr(promises, "context", lambda: spoiled)
    assert "lost" in broken(source)
    small = smallest(source, "lost")
    assert b"<blockquote>" in small
    assert len(small) < 20

    def fail(article: Article, context: Context) -> None:
        raise ValueError("no")

    failing = Context(load_profiles(), {**RULES, "fail": fail}, STEPS)
    monkeypatch.setattr(promises, "context", lambda: failing)
    assert "raised" in broken(source)


def test_damaged_articles_are_converted() -> None:
    """An article that is refused keeps every promise; of these none is."""
    articles = starts()
    texts = [one.text for one in articles]
    for number in range(0, len(CASES), 8):
        assert convert(case(number, SEED, articles, texts), benchmarks.context()).path


def test_a_slow_pattern_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that backtracks without end is told with its place."""
    where = next(name for name, _ in patterns())
    monkeypatch.setattr(growth, "patterns", lambda: [(where, re.compile("(a+)+b"))])
    (told,) = slow_patterns()
    assert where in str(told)


def test_a_case_is_the_same_bytes_every_time() -> None:
    """A finding can be had again by its number and its seed."""
    articles = starts()
    texts = [one.text for one in articles]
    assert [case(one, SEED, articles, texts) for one in range(50)] == [
        case(one, SEED, articles, texts) for one in range(50)
    ]


@pytest.mark.slow
def test_near_misses_of_the_profiles_patterns_take_no_time() -> None:
    """Each pattern, over what begins as a match of it does and is none, as far as the stages look."""
    assert slow_patterns() == []


def test_every_pattern_is_held_to_its_use() -> None:
    """A part of a profile that holds patterns says how they are used, so that none goes unlooked at."""
    assert {where.split(".", 1)[1] for where, _ in patterns()} <= set(USES)


@pytest.mark.parametrize(
    ("half", "whole", "fault"),
    [(0.5, 1.0, ""), (0.5, 1.6, "3 times"), (1.0, 2.1, "2 s"), (0.001, 0.02, ""), (0.001, 0.2, "3 times")],
)
def test_growth_is_judged_by_ratio_and_by_limit(half: float, whole: float, fault: str) -> None:
    """Twice the size in three times the CPU at most, and not above the limit; what is too short to measure passes."""
    assert fault in verdict(half, whole)
    assert bool(fault) == bool(verdict(half, whole))


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_hostile_shapes_take_seconds_and_not_minutes(name: str) -> None:
    """The square of such a size would take minutes of CPU on any machine; its own size takes a second of the thirty."""
    with limited(30):
        cpu(SHAPES[name](300_000), 1)
