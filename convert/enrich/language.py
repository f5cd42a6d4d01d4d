"""The language: the profile's, or a guess from the script."""

from __future__ import annotations

import re

from convert.article import Article, Context

HAN = re.compile(r"[\u3400-\u9fff]")
KANA = re.compile(r"[\u3040-\u30ff]")
SAMPLE = 2000  # characters


def read_language(article: Article, context: Context) -> None:
    """Take the profile's language; where it names none, text with Han and no kana is Chinese, with a note."""
    if article.profile.lang:
        article.meta.lang = article.profile.lang
        article.origin["lang"] = "profile"
        return
    sample = (article.meta.title + article.body.text)[:SAMPLE]
    if len(HAN.findall(sample)) * 10 >= len(sample) > 0 and not KANA.search(sample):
        article.meta.lang = "zh"
        article.origin["lang"] = "script"
        article.note("language", "guessed", sample[:20].strip(), "lang")
