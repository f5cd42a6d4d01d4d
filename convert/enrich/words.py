"""The number of words: Han characters, plus runs of Latin letters or digits; captions do not count."""

from __future__ import annotations

import re

from convert.article import Article, Context

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
PLANES_2_AND_3 = re.compile("[\U00020000-\U0003ffff]")
LATIN = re.compile(r"[0-9A-Za-z\u00c0-\u024f]+(?:[.,'’\-][0-9A-Za-z\u00c0-\u024f]+)*")


def count_words(article: Article, context: Context) -> None:
    """Count the words of the body without its captions."""
    total = _count(article.body.text)
    for caption in article.body.select("figcaption"):
        total -= _count(caption.text)
    article.meta.words = total
    article.origin["words"] = "body"


def _count(text: str) -> int:
    # every run of Han becomes one space, so that what is left to search for Latin words is short
    rest, runs = HAN.subn(" ", text)
    return len(text) - (len(rest) - runs) + len(LATIN.findall(rest)) + len(PLANES_2_AND_3.findall(rest))
