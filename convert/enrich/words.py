"""The number of words: Han characters, plus runs of Latin letters or digits; captions do not count."""

from __future__ import annotations

import re

from turbohtml import Element

from convert.article import Article, Context
from convert.lines import broken_text

# high bytes of the Han characters of the first plane in UTF-16: U+34xx to U+9Fxx, U+F9xx and U+FAxx
HAN_PAGES = frozenset({*range(0x34, 0xA0), 0xF9, 0xFA})
NOT_HAN_PAGES = bytes(sorted(set(range(256)) - HAN_PAGES))
HEXAGRAMS = re.compile("[\u4dc0-\u4dff]")  # symbols that share a page with Han
PLANES_2_AND_3 = re.compile("[\U00020000-\U0003ffff]")
LATIN = re.compile(r"[0-9A-Za-z\u00c0-\u024f]+(?:[.,'’\-][0-9A-Za-z\u00c0-\u024f]+)*")
# the same over bytes that tell only letters and digits (a), joining marks (.) and all else ( )
KINDS = bytes(
    ord("a" if (code < 0x80 and chr(code).isalnum()) or code >= 0xC0 else "." if chr(code) in ".,'-" else " ")
    for code in range(256)
)
KIND_WORDS = re.compile(rb"a+(?:\.a+)*")
SEPARATE = frozenset({"p", "h2", "h3", "h4", "pre"})  # blocks whose text is one piece


def count_words(article: Article, context: Context) -> None:
    """Count the words of the body without its captions."""
    body = article.body
    if not body.children:
        article.note("words", "wrong", "the article is empty", of="element")
    pieces = []
    broken = body.select_one("br") is not None
    for block in body.children:
        if type(block) is not Element or block.tag == "figure":
            continue
        if broken and block.tag in SEPARATE:
            pieces.append(broken_text(block))
            continue
        # words of two cells or items are two, though nothing stands between them in the text
        pieces.append(block.text if block.tag in SEPARATE else " ".join(block.strings))
    total = count(" ".join(pieces))
    for caption in body.select("blockquote figcaption, li figcaption"):
        total -= count(" ".join(caption.strings))
    article.meta.words = total
    article.origin["words"] = "body"


def count(text: str) -> int:
    """How many words a text has. Scans bytes in C, since regular expressions over the text take ten times as long."""
    pages = text.encode("utf-16-be", "surrogatepass")[::2]
    han = len(pages.translate(None, NOT_HAN_PAGES))
    if b"\x4d" in pages:
        han -= len(HEXAGRAMS.findall(text))
    if len(pages) != len(text):
        han += len(PLANES_2_AND_3.findall(text))
    if b"\x01" in pages or b"\x02" in pages or "’" in text:
        return han + len(LATIN.findall(text))
    kinds = text.encode("latin-1", "replace").translate(KINDS)
    return han + len(KIND_WORDS.findall(b" ".join(kinds.split())))
