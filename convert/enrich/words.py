"""The number of words: Han characters, plus runs of Latin letters or digits; captions do not count."""

from __future__ import annotations

import re

from convert.article import Article, Context

WORD = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[0-9A-Za-z\u00c0-\u024f]+(?:[.,'’\-][0-9A-Za-z\u00c0-\u024f]+)*")


def count_words(article: Article, context: Context) -> None:
    """Count the words of the body without its captions."""
    total = len(WORD.findall(article.body.text))
    for caption in article.body.select("figcaption"):
        total -= len(WORD.findall(caption.text))
    article.meta.words = total
    article.origin["words"] = "body"
