"""A short paragraph that is bold from end to end is a subhead."""

from __future__ import annotations

import itertools
import re

from turbohtml import Element, Text

from convert.article import Article, Context
from convert.clean.emphasis import free_heading
from convert.tree import move, only_child, shown_children, trim

RULE = "subheads"
HEADINGS = ("h2", "h3", "h4")
LONGEST = 45  # characters
QUOTED = re.compile(r"^[一二三四五六七八九十]{1,3}、.*。[”」』]$")
FIRST = 6  # blocks in which a dateline may stand
BYLINE = re.compile(r"\s*(?:[（(][^（）()]{2,90}[）)])?\s*")
NUMBERED = r"[（(][一二三四五六七八九十百\d]{1,4}[）)]"
# the cue of a speaker in a transcript ends with the time; a label announces what follows it
TIME = r"\d{1,2}\s?[：:]\s?\d{1,2}$"
LABEL = r"^(?:视频|音频|影片|录像|相关|更多|阅读|推荐|延伸|点击|点阅|作者|目\s*录|编者|来源|图|表)[^：:]{0,6}[：:]"
LEAD_IN = r"(?:下面|以下|如下|请[看听]|[说道问答]|表示|指出)[^：:]{0,8}[：:]$"
NO_SUBHEAD = re.compile(rf"{TIME}|{LABEL}|{LEAD_IN}|[；;，,、…»›>]$|^(?!{NUMBERED})[（(]|^[【▼●■]|https?://|^[\W\d]+$")


def find_subheads(article: Article, context: Context) -> None:
    """Turn bold paragraphs into headings, one level below the headings that stand above them; each leaves a note."""
    body = article.body
    _part_datelines(article)
    found = [block for block in body.children if type(block) is Element and _is_subhead(block)]
    if not found:
        return
    above = itertools.takewhile(lambda block: block is not found[0], body.children)
    used = [int(block.tag[1]) for block in above if type(block) is Element and block.tag in HEADINGS]
    level = min(max(used, default=1) + 1, 4)
    for paragraph in found:
        paragraph.tag = f"h{level}"
        free_heading(paragraph)
        article.note(RULE, "guessed", paragraph.text, "heading")


def _part_datelines(article: Article) -> None:
    """Give a bold line a paragraph of its own where nothing but a dateline and a byline stands before it."""
    datelines = article.profile.names.datelines
    for block in article.body.children[:FIRST] if datelines else ():
        shown = shown_children(block, 2) if type(block) is Element and block.tag == "p" else []
        if type(block) is not Element or len(shown) != 2:
            continue
        text, mark = shown
        if type(text) is not Text or type(mark) is not Element or mark.tag != "strong":
            continue
        matches = (pattern.match(text.data) for pattern in datelines)
        if any(match and BYLINE.fullmatch(text.data, match.end()) for match in matches):
            block.insert_after(move([mark], Element("p")))
            trim(block)


def _is_subhead(block: Element) -> bool:
    mark = only_child(block) if block.tag == "p" else None
    if type(mark) is not Element or mark.tag != "strong" or mark.select_one("br, img") is not None:
        return False
    text = mark.text.strip()
    if not 1 < len(text) <= LONGEST or NO_SUBHEAD.search(text):
        return False
    # a numbered line may quote a sentence; any other line with a full stop is a sentence
    return "。" not in (text[:-2] if QUOTED.search(text) else text)
