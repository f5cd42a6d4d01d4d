"""Take understood text out of the body and into the metadata."""

from __future__ import annotations

from turbohtml import Element

from convert.article import Article
from convert.tree import cut, drop_if_blank, tidy_text


def take(article: Article, rule: str, block: Element, start: int, end: int, key: str) -> str:
    """Move the characters `start` to `end` of a block's text into the metadata field `key`, with notes.

    Addresses of links that go with the text are noted; a block that is left blank goes too. Returns the text, without
    white space at its edges.
    """
    before = [link.attr("href") or "" for link in block.select("a[href]")]
    written = cut(block, start, end).strip()
    for link in block.select("a[href]"):
        before.remove(link.attr("href") or "")
    for address in before:
        article.note(rule, "removed", address, of="attribute")
    setattr(article.meta, key, written)
    article.note(rule, "moved", written, key)
    tidy_text(block)
    drop_if_blank(block)
    return written
