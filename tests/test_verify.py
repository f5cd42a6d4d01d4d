"""The checks find every kind of damage, and nothing in an article without any."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from ruamel.yaml import YAML
from turbohtml import parse_fragment

from convert import convert
from convert.article import Article, Context, Metadata, Note, Source
from convert.clean import RULES
from convert.emit import EMITTERS, EmitOptions
from convert.enrich import STEPS
from convert.profiles import Profile, load_profiles
from convert.verify import (
    Difference,
    View,
    cmark_gfm,
    front_matter,
    reads_back,
    verify,
)
from convert.verify.alignment import align
from convert.verify.canonical import FormReader
from convert.verify.layout import layout
from convert.verify.metadata import pairs, pyyaml
from convert.verify.ordinary import is_ordinary

PATH = "pages/lake/n100.md"
PROFILE = Profile(name="lake", about="an invented mirror", trackers=("count.example",), masked_tags={"ok": "a"})

SOURCE = """### 湖边的图书馆

---

#### [首页](../../..) &nbsp;|&nbsp; [地图](../../map)

<div id="art">
 <div><img alt="湖边" src="https://p.example/lake.jpg"/><div class="caption">湖边的早晨。（李小红摄）</div></div>
 <p>
  【湖边报2021年07月14日讯】（湖边报记者王小明报导）湖边的
  <ok href="https://n.example/tag/1.html">
   图书馆
  </ok>
  今天开门，
  <strong>
   第一天
  </strong>
  来了300人。
 </p>
 <h4>怎样借书</h4>
 <p>带<em>一张</em>照片，<b>不用</b>钱<sup>1</sup>。水是H<sub>2</sub>O，命令是<code>ls *</code>，<s>旧的</s>不算。<br>
第二行 有空格。</p>
 <ul><li>小说</li><li>诗歌<ul><li>古诗</li></ul></li></ul>
 <ol start="3"><li>登记</li><li>取书</li></ol>
 <blockquote><p>书是船。</p><p>水是路。</p></blockquote>
 <table><thead><tr><th>日</th><th>人数</th></tr></thead><tbody><tr><td>一</td><td>300<br>多</td></tr></tbody></table>
 <table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>
 <table><tbody><tr><td colspan="2">合计</td></tr><tr><td>早</td><td>晚</td></tr></tbody></table>
 <hr>
 <p>1. 不是列表，*不是* 强调，_也不是_，#号与[方括号]，a &lt; b &amp; c，写信给 a@n.example 。</p>
 <p>见<a href="#n1">注</a>与<a href="https://n.example/二.html">第二页</a>。</p>
 <pre>if a:
    b</pre>
 <p id="n1">注一：完。</p>
 <p>责任编辑：赵小兰</p>
 <img src='http://count.example/n100.md' width='0px'/>
</div>

---

原文链接：https://n.example/21/7/14/n100.htm"""

BODY = (
    '<figure><img src="https://p.example/lake.jpg" alt="湖边">'
    "<figcaption>湖边的早晨。（李小红摄）</figcaption></figure>"
    '<p>湖边的<a href="https://n.example/tag/1.html">图书馆</a>今天开门，<strong>第一天</strong>来了300人。</p>'
    "<h2>怎样借书</h2>"
    "<p>带<em>一张</em>照片，<strong>不用</strong>钱<sup>1</sup>。水是H<sub>2</sub>O，命令是<code>ls *</code>，"
    "<s>旧的</s>不算。<br>第二行 有空格。</p>"
    "<ul><li>小说</li><li>诗歌<ul><li>古诗</li></ul></li></ul>"
    '<ol start="3"><li>登记</li><li>取书</li></ol>'
    "<blockquote><p>书是船。</p><p>水是路。</p></blockquote>"
    "<table><thead><tr><th>日</th><th>人数</th></tr></thead><tbody><tr><td>一</td><td>300<br>多</td></tr></tbody></table>"
    "<table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>"
    '<table><tbody><tr><td colspan="2">合计</td></tr><tr><td>早</td><td>晚</td></tr></tbody></table>'
    "<hr>"
    "<p>1. 不是列表，*不是* 强调，_也不是_，#号与[方括号]，a &lt; b &amp; c，写信给 a@n.example 。</p>"
    '<p>见<a href="#n1">注</a>与<a href="https://n.example/%E4%BA%8C.html">第二页</a>。</p>'
    "<pre>if a:\n    b</pre>"
    '<p id="n1">注一：完。</p>'
)

FRONT = """---
title: 湖边的图书馆
date: 2021-07-14
authors: [王小明]
source: https://n.example/21/7/14/n100.htm
id: n100
tags: [图书馆, '1']
byline: （湖边报记者王小明报导）
words: 97
---

"""

MARKDOWN = (
    FRONT
    + """![湖边](https://p.example/lake.jpg)\\
湖边的早晨。（李小红摄）

湖边的[图书馆](https://n.example/tag/1.html)今天开门，**第一天**来了300人。

## 怎样借书

带*一张*照片，**不用**钱<sup>1</sup>。水是H<sub>2</sub>O，命令是`ls *`，~~旧的~~不算。\\
第二行 有空格。

- 小说
- 诗歌
  - 古诗

3. 登记
4. 取书

> 书是船。
>
> 水是路。

| 日 | 人数 |
| --- | --- |
| 一 | 300<br>多 |

| | |
| --- | --- |
| 甲 | 乙 |

<table><tbody><tr><td colspan="2">合计</td></tr><tr><td>早</td><td>晚</td></tr></tbody></table>

---

1\\. 不是列表，\\*不是\\* 强调，\\_也不是\\_，#号与\\[方括号\\]，a \\< b & c，写信给 a@n.example 。

见[注](#n1)与[第二页](https://n.example/%E4%BA%8C.html)。

```
if a:
    b
```

<a id="n1"></a>注一：完。
"""
)

TEXT = """湖边的图书馆
2021-07-14　王小明

湖边的早晨。（李小红摄）

湖边的图书馆今天开门，第一天来了300人。

怎样借书

带一张照片，不用钱1。水是H2O，命令是ls *，旧的不算。
第二行 有空格。

- 小说
- 诗歌
  - 古诗

3. 登记
4. 取书

书是船。

水是路。

日　人数
一　300
多

甲　乙

合计
早　晚

* * *

1. 不是列表，*不是* 强调，_也不是_，#号与[方括号]，a < b & c，写信给 a@n.example 。

见注与第二页。

if a:
    b

注一：完。

https://n.example/21/7/14/n100.htm
"""

NOTES = (
    ("envelope.title", "moved", "### 湖边的图书馆", "title", "text"),
    ("envelope.navigation", "removed", "---\n\n#### [首页](../../..) \xa0|\xa0 [地图](../../map)", "", "text"),
    ("envelope.address", "moved", "---\n\n原文链接：https://n.example/21/7/14/n100.htm", "source", "text"),
    ("byline", "moved", "（湖边报记者王小明报导）", "byline", "text"),
    ("dateline", "moved", "【湖边报2021年07月14日讯】", "dateline", "text"),
    ("editors", "moved", "责任编辑：赵小兰", "editors", "text"),
    ("trackers", "removed", '<img src="http://count.example/n100.md" width="0px">', "", "element"),
)


@dataclass(frozen=True)
class Case:
    """Everything that is made of one source, as strings that a test may damage."""

    source: str = SOURCE
    body: str = BODY
    markdown: str = MARKDOWN
    text: str = TEXT
    notes: tuple[tuple[str, str, str, str, str], ...] = NOTES

    def article(self) -> Article:
        """The article that the strings make."""
        meta = Metadata(
            title="湖边的图书馆",
            date=date(2021, 7, 14),
            authors=["王小明"],
            source="https://n.example/21/7/14/n100.htm",
            id="n100",
            tags=["图书馆", "1"],
            byline="（湖边报记者王小明报导）",
            words=97,
        )
        notes = [Note(PATH, *note) for note in self.notes]  # type: ignore[arg-type]  # kinds as plain strings
        source = Source(PATH, self.source.encode())
        return Article(source, PROFILE, parse_fragment(self.body, positions=False), meta, notes)


def markdown_it(text: str) -> str:
    """The second reader."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(reader.render(text))


def ruamel(text: str) -> Any:
    """The second YAML reader."""
    return YAML(typ="safe", pure=True).load(text)


def all_checks(case: Case) -> list[Difference]:
    """Every check with every reader."""
    article = case.article()
    return [
        *verify(article, markdown=case.markdown, text=case.text),
        *reads_back(case.markdown, View(article), markdown_it)[0],
        *front_matter(case.markdown, article, ruamel),
    ]


def test_an_undamaged_article_passes_every_check() -> None:
    """Nothing is reported of an article that is as it should be."""
    assert all_checks(Case()) == []


def test_plain_mail_addresses_are_counted_and_allowed() -> None:
    """Only cmark-gfm makes a link of a plain e-mail address; it is counted, not reported."""
    case = Case()
    assert reads_back(case.markdown, View(case.article()), cmark_gfm) == ([], 1)
    assert reads_back(case.markdown, View(case.article()), markdown_it) == ([], 0)


def test_a_mail_link_that_the_reader_does_not_make_is_missed() -> None:
    """A link to a mail address that went from Markdown is found by a reader that makes none of its own accord."""
    case = replace(
        Case(), body='<p>写信给<a href="mailto:a@n.example">a@n.example</a>。</p>', markdown="写信给a@n.example。\n"
    )
    assert reads_back(case.markdown, View(case.article()), markdown_it)[0]
    assert reads_back(case.markdown, View(case.article()), cmark_gfm) == ([], 0)


# name of the damage, what is damaged, the piece that is replaced, what replaces it, the check that must tell
DAMAGE: list[tuple[str, str, str, str, str]] = [
    # the body against the source
    ("a dropped sentence", "body", "水是路。", "水。", "lost"),
    ("a dropped word inside a link", "body", ">图书馆<", ">图书<", "lost"),
    ("a dropped full stop", "body", "不算。<br>", "不算<br>", "lost"),
    ("a dropped block", "body", '<ol start="3"><li>登记</li><li>取书</li></ol>', "", "lost"),
    ("a doubled paragraph", "body", "<p>书是船。</p>", "<p>书是船。</p><p>书是船。</p>", "invented"),
    ("a doubled character", "body", "来了300人", "来来了300人", "invented"),
    ("an invented word", "body", "今天开门", "今天准时开门", "invented"),
    ("a changed digit", "body", "300人", "800人", "invented"),
    ("an invented picture description", "body", 'alt="湖边"', 'alt="海边"', "invented"),
    ("two words in each other's place", "body", "<li>登记</li><li>取书</li>", "<li>取书</li><li>登记</li>", "order"),
    (
        "a paragraph moved to the end",
        "body",
        "<p>书是船。</p><p>水是路。</p>",
        "<p>水是路。</p><p>书是船。</p>",
        "order",
    ),
    (
        "a link gone, its text kept",
        "body",
        '<a href="https://n.example/tag/1.html">图书馆</a>',
        "图书馆",
        "address lost",
    ),
    (
        "a picture gone",
        "body",
        '<figure><img src="https://p.example/lake.jpg" alt="湖边"><figcaption>湖边的早晨。',
        "<figure><figcaption>湖边的早晨。",
        "address lost",
    ),
    ("an invented address", "body", "tag/1.html", "tag/2.html", "address invented"),
    ("two links in each other's place", "body", "", "", "address order"),
    ("a space between Chinese characters", "body", "今天开门", "今天 开门", "han space"),
    ("a space at a tag between Chinese characters", "body", "</a>今天", "</a> 今天", "han space"),
    ("a note of text that stands in no source", "notes", "责任编辑：赵小兰", "责任编辑：赵小竹", "note"),
    ("a removal without its note", "notes", "责任编辑：赵小兰", "", "lost"),
    (
        "a removed element without its note",
        "notes",
        '<img src="http://count.example/n100.md" width="0px">',
        "<img>",
        "address lost",
    ),
    ("a picture description gone", "body", ' alt="湖边"', "", "description lost"),
    ("a space gone inside a line", "body", "第二行 有", "第二行有", "space lost"),
    ("a space invented in a word", "body", "<code>ls *", "<code>l s *", "space invented"),
    ("two paragraphs run together", "body", "<p>书是船。</p><p>水是路。</p>", "<p>书是船。水是路。</p>", "line lost"),
    ("a line break gone", "body", "不算。<br>第二行", "不算。第二行", "line lost"),
    ("a line break made a space", "body", "不算。<br>第二行", "不算。 第二行", "line lost"),
    ("a paragraph split in the middle", "body", "今天开门，", "今天</p><p>开门，", "line invented"),
    ("bold lost in the body", "body", "<strong>第一天</strong>", "第一天", "mark lost"),
    ("bold on too little", "body", "<strong>第一天</strong>", "<strong>第一</strong>天", "mark lost"),
    ("bold on too much", "body", "<strong>第一天</strong>来", "<strong>第一天来</strong>", "mark invented"),
    ("a subscript lost in the body", "body", "<sub>2</sub>", "2", "mark lost"),
    ("emphasis made bold in the body", "body", "<em>一张</em>", "<strong>一张</strong>", "mark lost"),
    ("a link on too much", "body", "图书馆</a>今天", "图书馆今天</a>", "mark invented"),
    ("strikethrough lost in the body", "body", "<s>旧的</s>", "旧的", "mark lost"),
    # residue
    ("a tracker left in", "body", "https://p.example/lake.jpg", "http://count.example/n100.md", "tracker"),
    ("a masked tag left in", "body", "注一：完", "<ok>注一</ok>：完", "masked tag"),
    ("a masked tag left as text", "body", "注一：完。", "注一：&lt;ok完。", "masked tag"),
    ("a script address left in", "body", 'href="#n1"', 'href="javascript:go()"', "script address"),
    # docs/canonical.md
    ("text outside any block", "body", "<hr>", "<hr>字", "canonical"),
    ("an element that is not canonical", "body", "<em>一张</em>", "<u>一张</u>", "canonical"),
    ("an attribute that is not canonical", "body", "<p>湖边的", '<p class="x">湖边的', "canonical"),
    ("a heading of level 1", "body", "<h2>怎样借书</h2>", "<h1>怎样借书</h1>", "canonical"),
    ("an empty paragraph", "body", "<hr>", "<p></p><hr>", "canonical"),
    ("an empty strong", "body", "今天开门", "今天<strong></strong>开门", "canonical"),
    (
        "strong in strong",
        "body",
        "<strong>第一天</strong>",
        "<strong>第<em><strong>一</strong></em>天</strong>",
        "canonical",
    ),
    ("white space at the edge of strong", "body", "<strong>第一天</strong>", "<strong>第一天 </strong>", "canonical"),
    ("two spaces", "body", "第二行 有", "第二行  有", "canonical"),
    ("a space at a paragraph's end", "body", "注一：完。</p>", "注一：完。 </p>", "canonical"),
    ("a space beside a line break", "body", "<br>第二行", "<br> 第二行", "canonical"),
    ("a line end in a paragraph", "body", "第二行 有", "第二行\n有", "canonical"),
    ("a line break at a paragraph's end", "body", "注一：完。</p>", "注一：完。<br></p>", "canonical"),
    ("a rule at the end", "body", "注一：完。</p>", "注一：完。</p><hr>", "canonical"),
    ("a zero-width space", "body", "今天开门", "今天\u200b开门", "canonical"),
    ("an id that nothing links to", "body", 'id="n1"', 'id="n2"', "canonical"),
    ("an address with a space", "body", "tag/1.html", "tag/ 1.html", "canonical"),
    (
        "a figure with two pictures",
        "body",
        "<figcaption>",
        '<img src="https://p.example/lake.jpg"><figcaption>',
        "canonical",
    ),
    ("a paragraph in an item beside text", "body", "<li>小说</li>", "<li>小说<p>好</p></li>", "canonical"),
    ("items of two kinds in one list", "body", "<li>登记</li>", "<li><p>登记</p></li>", "canonical"),
    # Markdown
    ("a sentence gone from Markdown", "markdown", "今天开门，", "", "reads back"),
    ("an eaten space", "markdown", "第二行 有空格", "第二行有空格", "reads back"),
    ("lost bold", "markdown", "**第一天**", "第一天", "reads back"),
    ("bold that is no bold", "markdown", "**第一天**来", "**第一天，**来", "reads back"),
    ("lost emphasis", "markdown", "*一张*", "一张", "reads back"),
    ("emphasis as bold", "markdown", "*一张*", "**一张**", "reads back"),
    ("lost superscript", "markdown", "<sup>1</sup>", "1", "reads back"),
    ("lost subscript", "markdown", "<sub>2</sub>", "2", "reads back"),
    ("lost code", "markdown", "`ls *`", "ls \\*", "reads back"),
    ("lost strikethrough", "markdown", "~~旧的~~", "旧的", "reads back"),
    ("a swapped link", "markdown", "](https://n.example/tag/1.html)", "](https://n.example/tag/9.html)", "reads back"),
    ("a link without its address", "markdown", "[第二页](https://n.example/%E4%BA%8C.html)", "第二页", "reads back"),
    ("a link title that nobody wrote", "markdown", "1.html)", '1.html "t")', "reads back"),
    ("a broken table", "markdown", "| --- | --- |\n| 一", "| --- |\n| 一", "reads back"),
    ("a table cell gone", "markdown", "| 一 | 300<br>多 |", "| 300<br>多 |", "reads back"),
    ("a table row gone", "markdown", "| 甲 | 乙 |\n", "", "reads back"),
    ("a line break in a cell gone", "markdown", "300<br>多", "300 多", "reads back"),
    ("a lost span", "markdown", ' colspan="2"', "", "reads back"),
    ("a doubled paragraph in Markdown", "markdown", "> 书是船。\n", "> 书是船。\n>\n> 书是船。\n", "reads back"),
    ("an escape gone from a list mark", "markdown", "1\\. 不是列表", "1. 不是列表", "reads back"),
    ("an escape gone from a star", "markdown", "\\*不是\\*", "*不是*", "reads back"),
    ("an escape gone from brackets", "markdown", "\\[方括号\\]，", "[方括号](x)，", "reads back"),
    ("an escape too many", "markdown", "湖边的[", "湖边\\的[", "reads back"),
    ("a heading of another level", "markdown", "## 怎样", "### 怎样", "reads back"),
    ("a heading as a paragraph", "markdown", "## 怎样", "怎样", "reads back"),
    ("two list items as one", "markdown", "3. 登记\n4. 取书", "3. 登记 取书", "reads back"),
    ("a list that starts elsewhere", "markdown", "3. 登记\n4. 取书", "1. 登记\n2. 取书", "reads back"),
    ("a nested list made flat", "markdown", "  - 古诗", "- 古诗", "reads back"),
    ("a tight list made loose", "markdown", "- 小说\n- 诗歌", "- 小说\n\n- 诗歌", "reads back"),
    ("a numbered list with bullets", "markdown", "3. 登记\n4. 取书", "* 登记\n* 取书", "reads back"),
    ("a lost picture description", "markdown", "![湖边]", "![]", "reads back"),
    ("another picture", "markdown", "lake.jpg", "lake.png", "reads back"),
    ("a lost hard break", "markdown", "不算。\\\n", "不算。", "reads back"),
    ("a hard break made soft", "markdown", "不算。\\\n", "不算。\n", "reads back"),
    ("a paragraph split", "markdown", "不算。\\\n", "不算。\n\n", "reads back"),
    ("paragraphs run together", "markdown", "> 书是船。\n>\n", "> 书是船。\n", "reads back"),
    ("a lost quote", "markdown", "> 书是船。\n>\n> 水是路。", "书是船。\n\n水是路。", "reads back"),
    ("a lost rule", "markdown", "\n---\n\n1", "\n1", "reads back"),
    ("a lost id", "markdown", '<a id="n1"></a>', "", "reads back"),
    ("code lines without their indent", "markdown", "\n    b\n", "\nb\n", "reads back"),
    ("a tracker in Markdown", "markdown", "https://p.example/lake.jpg", "http://count.example/a", "tracker"),
    # front matter
    ("a date as text", "markdown", "date: 2021-07-14", "date: '2021-07-14'", "front matter"),
    ("a date with a time", "markdown", "date: 2021-07-14", "date: 2021-07-14 00:00:00", "front matter"),
    ("another date", "markdown", "date: 2021-07-14", "date: 2021-07-15", "front matter"),
    ("a list as text", "markdown", "authors: [王小明]", "authors: 王小明", "front matter"),
    ("text as a number", "markdown", "'1']", "1]", "front matter"),
    ("a number as text", "markdown", "words: 97", "words: '97'", "front matter"),
    ("a key gone", "markdown", "id: n100\n", "", "front matter"),
    ("a key too many", "markdown", "id: n100\n", "id: n100\nmood: good\n", "front matter"),
    (
        "keys in another order",
        "markdown",
        "title: 湖边的图书馆\ndate: 2021-07-14",
        "date: 2021-07-14\ntitle: 湖边的图书馆",
        "front matter",
    ),
    ("front matter that is no YAML", "markdown", "title: 湖边", "title: [湖边", "front matter"),
    ("no front matter", "markdown", FRONT, "", "front matter"),
    # plain text
    ("a sentence gone from the text", "text", "书是船。", "", "plain text"),
    ("a sentence too many in the text", "text", "书是船。", "书是船。书是船。", "plain text"),
    ("Markdown left in the text", "text", "第一天", "**第一天**", "plain text"),
    ("the title gone from the text", "text", "湖边的图书馆\n2021", "2021", "plain text"),
    ("the address gone from the text", "text", "\nhttps://n.example/21/7/14/n100.htm\n", "\n", "plain text"),
]


def damaged(target: str, old: str, new: str) -> Case:
    """The case with one piece of one of its strings replaced."""
    case = Case()
    if target == "notes":
        return replace(case, notes=tuple((*note[:2], note[2].replace(old, new), *note[3:]) for note in NOTES))
    whole: str = getattr(case, target)
    if not old:  # the one damage that takes two replacements
        one, other = "https://n.example/tag/1.html", "https://n.example/%E4%BA%8C.html"
        swapped = whole.replace(one, "\0").replace(other, one).replace("\0", other)
        return replace(case, body=swapped)
    assert whole.count(old) >= 1, "the damage must hit something"
    changed: dict[str, Any] = {target: whole.replace(old, new, 1)}
    return replace(case, **changed)


@pytest.mark.parametrize(("target", "old", "new", "check"), [one[1:] for one in DAMAGE], ids=[one[0] for one in DAMAGE])
def test_damage_is_reported(target: str, old: str, new: str, check: str) -> None:
    """Each kind of damage is found by the check that is made for it."""
    assert check in {difference.check for difference in all_checks(damaged(target, old, new))}


@pytest.mark.parametrize(
    "note",
    [
        ("characters", "changed", "\u200b", "", "text"),
        ("characters", "changed", "count.example", "counted", "text"),
        ("embeds", "removed", "没有的话", "", "text"),
    ],
    ids=["a character that takes no room", "text of an attribute, changed", "text of nowhere"],
)
def test_a_note_of_what_the_source_does_not_show_is_reported(note: tuple[str, str, str, str, str]) -> None:
    """Also where an attribute has the text, and where nobody would see that it is missing."""
    case = replace(Case(), notes=(*NOTES, note))
    assert "note" in {difference.check for difference in all_checks(case)}


IN_MARKDOWN = [one for one in DAMAGE if one[1] == "markdown" and one[4] == "reads back"]


@pytest.mark.parametrize("reader", [cmark_gfm, markdown_it], ids=["cmark-gfm", "markdown-it-py"])
@pytest.mark.parametrize(("old", "new"), [one[2:4] for one in IN_MARKDOWN], ids=[one[0] for one in IN_MARKDOWN])
def test_each_reader_finds_damaged_markdown(reader: Callable[[str], str], old: str, new: str) -> None:
    """Either reader alone finds every damage to the Markdown body."""
    case = damaged("markdown", old, new)
    assert reads_back(case.markdown, View(case.article()), reader)[0]


ENVELOPED = """### 湖边的图书馆

---

#### [首页](../../../..?n100) &nbsp;|&nbsp; [评论](../../../../../map?n100)


<div><img alt="湖边的图书馆" src="https://p.example/lake.jpg"/>
<div class="caption">
 湖边的早晨。（李小红／示例社）
</div></div><hr/><div class="post_content" id="artbody">
 <p>
  湖边的
  <ok href="https://n.example/tag/1.html">
   图书馆
  </ok>
  今天开门，
  <strong>
   第一天
  </strong>
  来了300人，水是H
  <sub>
   2
  </sub>
  O。
 </p>
 <h4>
  怎样借书 怎样还书
 </h4>
 <p>
  1. 不是列表，*不是* 强调，_也不是_。
  <br/>
  第二行。
 </p>
 <p>
  责任编辑：赵小兰
 </p>
</div>


---

原文链接（需翻墙）：https://n.example/gb/21/7/14/n100.htm"""

GENERIC = """<!doctype html><html><head><title>A walk by the lake</title><style>p { color: red }</style></head><body>
<h1>A walk by the lake</h1><p>The <b>first</b> day was <i>quiet</i>, and 3 * 4 is 12.</p>
<ul><li>boats</li><li>birds <a href="birds.html">here</a></li></ul>
<table><tr><th>Day</th><th>Birds</th></tr><tr><td>1</td><td>30</td></tr></table>
<pre>if a:
    b</pre></body></html>"""

TYPED = """# A walk by the lake

The **first** day was *quiet*, with [birds](birds.html).

- boats
- birds

> The lake is wide.
"""

PLAIN_TEXT = """A walk by the lake

The first day was quiet,
and the second was not.
1 < 2 & 3

  Boats.
Birds.
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [("pages/a/n100.md", ENVELOPED), ("walk.html", GENERIC), ("walk.md", TYPED), ("walk.txt", PLAIN_TEXT)],
    ids=["a mirror's page", "any HTML", "any Markdown", "any text"],
)
def test_what_the_pipeline_makes_passes(path: str, text: str) -> None:
    """From source to Markdown and text, with every check and every reader, nothing differs."""
    context = Context(load_profiles(), RULES, STEPS)
    article = convert(Source(path, text.encode()), context)
    markdown, plain = (EMITTERS[name].write(article, EmitOptions()).decode() for name in ("markdown", "text"))
    assert verify(article, markdown=markdown, text=plain) == []
    assert reads_back(markdown, View(article), markdown_it) == ([], 0)
    assert front_matter(markdown, article, ruamel) == []


WRAPPED = """# The pond

She said
"yes" in 2020
15 people came (six
new ones) to [the pond](pond.html)
[*(big)*](big.html)
"""


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("pond.md", WRAPPED),
        (
            "pond.html",
            """<h1>The pond</h1><p>She said
"yes" in 2020

15 people came (six<!-- or
seven -->
new ones) to <a href="pond.html">the pond</a>
<a href="big.html"><em>(big)</em></a></p>""",
        ),
    ],
    ids=["Markdown", "HTML"],
)
def test_a_space_that_was_a_line_end_is_missed(path: str, source: str) -> None:
    """Where a line end divides Latin words or signs, in a text or beside one tag, words run together are reported."""
    context = Context(load_profiles(), RULES, STEPS)
    for pair in ('said "yes', "2020 15", "(six new", "pond (big)"):
        article = convert(Source(path, source.encode()), context)
        assert verify(article) == []
        html = article.body.inner_html
        left, _, right = pair.partition(" ")
        damaged, times = re.subn(
            rf"({re.escape(left)}(?:</?\w[^>]*>)*) ((?:<\w[^>]*>)*{re.escape(right)})", r"\1\2", html
        )
        assert times == 1, html
        article.body = parse_fragment(damaged, positions=False)
        assert [one.check for one in verify(article)] == ["space lost"]


@pytest.mark.parametrize(
    ("body", "checks"),
    [
        ('<p><a href="https://pond.example/depth/">its depth</a> and <a href="pond.html">pond</a>, or tea.</p>', []),
        (
            '<p><a href="https://pond.example/height">its depth</a> and <a href="pond.html">pond</a>, or tea.</p>',
            ["address invented", "mark invented"],
        ),
        (
            '<p><a href="https://pond.example/dept">its depth</a> and <a href="pond.html">pond</a>, or tea.</p>',
            ["address invented", "mark invented"],
        ),
        (
            '<p>its depth and <a href="pond.html">pond</a>, <a href="tea">or</a> tea.</p>',
            ["address invented", "mark invented"],
        ),
    ],
    ids=["as it is written", "another", "a part of it", "a word that stayed"],
)
def test_a_link_may_be_made_of_an_address_in_the_text(body: str, checks: list[str]) -> None:
    """A rule of one's own may read a markup that only its family has; what the text does not name is invented."""
    source = "<h1>The pond</h1><p>[[https://pond.example/depth/|its depth]] and [[pond.html|pond]], or tea.</p>"
    removed = ("[[https://pond.example/depth/|", "]]", "[[pond.html|", "]]")
    notes = [Note("pond.html", "own:links", "removed", text) for text in removed]
    article = convert(Source("pond.html", source.encode()), Context(load_profiles(), RULES, STEPS))
    article.notes += notes
    article.body = parse_fragment(body, positions=False)
    assert sorted({one.check for one in verify(article)}) == checks


def test_a_line_of_plain_text_that_runs_into_the_next_is_reported() -> None:
    """The lines of a source that is plain text are lines, as those between line breaks are."""
    article = convert(Source("walk.txt", PLAIN_TEXT.encode()), Context(load_profiles(), RULES, STEPS))
    html = article.body.inner_html
    article.body = parse_fragment(html.replace("quiet,<br>and", "quiet, and"), positions=False)
    assert [one.check for one in verify(article)] == ["line lost"]


def test_a_walk_tells_line_ends_of_texts_from_those_round_tags() -> None:
    """A line end inside a text or on one side of a tag is soft; on both sides a pretty-printer may have put it."""
    html = "<p>\n a\nb\n<i>c</i><b>\nd</b>\n<b>e</b>\n <i>\n  f\n </i>\n <!-- \n -->\n g\n</p>"
    kinds = {0: "end", 1: "soft", 2: "soft", 3: "soft", 4: "soft", 5: "wrap", 6: "wrap", 7: "end"}
    assert layout(html).gaps == kinds


def test_a_walk_tells_where_marks_and_gaps_are() -> None:
    """Whatever an element is called, an address makes it a link; elements of one name may lie in each other."""
    html = '<div>一<span href="u">二<span>三</span>四</span>五</div><div href="v">六<div>七 八</div>九</div>\n十<br>'
    found = layout(html)
    assert found.marks == {"a u": [(1, 4)], "a v": [(5, 9)]}
    assert found.gaps == {0: "end", 5: "end", 6: "end", 7: "space", 8: "end", 9: "end", 10: "end"}


PLAIN = st.text("一二，：-#&*'[]{}: \"\\|>%@`!?0129ynYNtrueNull~=.", min_size=1, max_size=8)


@given(PLAIN)
def test_the_quick_look_at_front_matter_reads_as_pyyaml_does(value: str) -> None:
    """What it takes for a value is what PyYAML reads; what it does not take is left to PyYAML."""
    for written in (value, f'"{value}"', f"[{value}]", f"[{value}, 一]"):
        read = pairs(f"key: {written}\n")
        assert read is None or dict(read) == pyyaml(f"key: {written}\n")


ORDINARY = (
    "<p>一<br>二</p>",
    '<h2>一<strong>二</strong></h2><p>水是H<sub>2</sub>O，<a href="u">见<em>此</em></a></p>',
    '<figure><img src="a.jpg" alt="湖"><figcaption>一<br>二</figcaption></figure>',
    '<figure><a href="u"><img src="a.jpg"></a></figure><ul><li>一</li><li>二</li></ul><ol><li>三</li></ol>',
    "<blockquote><p>一</p><p>二</p></blockquote>",
)
SCRAPS = (
    "<p>", "</p>", "<li>", "</li>", "<ul>", "<ol start=3>", "<h1>", "<h2>", "</h2>", "<h5>", "<div>", "<font>",
    "<strong>", "</strong>", '<a href="u">', "</a>", "<figure>", "<figcaption>", '<img src="a.jpg">', "<img>",
    "<blockquote>", "<br>", "字", " ", "",
)  # fmt: skip
TOKEN = re.compile(r"<[^>]*>|[^<]+")


@pytest.mark.parametrize("html", ORDINARY)
def test_the_quick_look_takes_the_usual_forms(html: str) -> None:
    """Else it would spare nothing."""
    assert is_ordinary(html)
    assert not faults(html)


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li></li></ul>",
        "<ul></ul>",
        "<p></p>",
        "<p>一<br></p>",
        "<p><br>一</p>",
        "<h1>一</h1>",
        "<h5>一</h5>",
        "<h2></h2>",
        "<div>一</div>",
        "<p><font>一</font></p>",
        "<p>一<p>二</p></p>",
        "<p><strong></strong></p>",
        "<p><strong>一 </strong>二</p>",
        '<p><a href="">一</a></p>',
        "<p><a>一</a></p>",
        '<p><a href="javascript:x()">一</a></p>',
        '<p><a href="u">一<a href="v">二</a></a></p>',
        "<figure><figcaption>一</figcaption></figure>",
        '<figure><img alt="一"></figure>',
        '<figure><img src="a.jpg"><figcaption></figcaption></figure>',
        '<ol start="x"><li>一</li></ol>',
        "<blockquote>一</blockquote>",
        "<blockquote></blockquote>",
        "一",
        "<p>一\u200b</p>",
        "<p>一  二</p>",
        "<p> 一</p>",
    ],
)
def test_the_quick_look_takes_no_near_miss(html: str) -> None:
    """Each is almost of a usual form, and the slow look finds fault with it."""
    assert faults(html)
    assert not is_ordinary(html)


def faults(html: str) -> list[Difference]:
    """What the slow look finds fault with."""
    reader = FormReader("a.md")
    reader.read(html)
    return reader.found


@given(st.sampled_from(ORDINARY), st.integers(0, 30), st.sampled_from(SCRAPS))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_what_is_ordinary_is_canonical(html: str, place: int, scrap: str) -> None:
    """The quick look at a body takes nothing that the slow one finds fault with: one piece is another one here."""
    pieces = TOKEN.findall(html)
    pieces[place % len(pieces)] = scrap
    for spoiled in ("".join(pieces), parse_fragment("".join(pieces), positions=False).inner_html):
        assert not is_ordinary(spoiled) or not faults(spoiled)


CHARACTERS = st.text("天地人和好，。ab1", max_size=12)


@given(st.lists(st.tuples(CHARACTERS, CHARACTERS), max_size=6), CHARACTERS)
def test_texts_with_their_pieces_put_back_align(parts: list[tuple[str, str]], end: str) -> None:
    """A source that is its output with removed pieces put back anywhere leaves nothing unexplained."""
    source = "".join(kept + removed for kept, removed in parts) + end
    output = "".join(kept for kept, _ in parts) + end
    laid = align(source, output, [(removed, "") for _, removed in parts])
    assert (laid.lost, laid.invented) == ([], [])
