"""The description: the article's first sentences."""

from __future__ import annotations

import re

from turbohtml import Element

from convert.article import Article, Context
from convert.lines import broken_text, joined

LONGEST = 160  # characters
ENOUGH = 80  # characters; a shorter first paragraph is followed by the next one
SENTENCE = re.compile(r"[。！？!?…]+[”’」』）)]*|\.(?=\s|$)")
WORD = re.compile(r"[A-Za-z0-9]")


def describe(article: Article, context: Context) -> None:
    """Take the first sentences of the body, at most 160 characters, never cut inside a word or a mark."""
    text = ""
    broken = article.body.select_one("br") is not None
    for block in article.body.children:
        if type(block) is not Element or block.tag != "p":
            continue
        lines = broken_text(block).split("\n") if broken else [block.text]
        text = joined([text, *(" ".join(line.split()) for line in lines)])
        if len(text) >= ENOUGH:
            break
    if text:
        article.meta.description = _shortened(text)
        article.origin["description"] = "first sentences"


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    ends = [match.end() for match in SENTENCE.finditer(text, 0, LONGEST)]
    if ends and ends[-1] >= LONGEST // 4:
        return text[: ends[-1]].strip()
    cut = LONGEST - 1
    while cut > LONGEST // 2 and WORD.match(text[cut]) and WORD.match(text[cut - 1]):
        cut -= 1
    return text[:cut].rstrip() + "…"
