"""Pictures: the real address, and alternative text only where it says something."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from turbohtml import Element

from convert.article import Article, Context
from convert.clean.addresses import mend
from convert.clean.characters import bare, settled
from convert.tree import opening_tag

RULE = "pictures"
LAZY = ("data-src", "data-original", "data-lazy-src", "data-orig-file")


def mend_pictures(article: Article, context: Context) -> None:
    """Give every picture a valid absolute address and honest alternative text; drop icons and pictures of nothing."""
    rules = article.profile.pictures
    for image in article.body.select("img"):
        written = image.attr("src") or ""
        address = _address(image, written, rules.placeholders)
        mended = mend(address, article.profile.base) if address else None
        if mended is None or mended.startswith("#") or any(icon.search(mended) for icon in rules.icons):
            article.note(RULE, "removed", opening_tag(image), of="element")
            image.extract()
            continue
        if written and mended != written:
            article.note(RULE, "changed", written, mended, of="attribute")
        alt = _alternative(article, image)
        for attribute in list(image.attrs):
            if attribute not in {"src", "alt"}:
                del image.attrs[attribute]
        image.attrs["src"] = mended
        image.attrs["alt"] = alt


def _address(image: Element, written: str, placeholders: Sequence[re.Pattern[str]]) -> str:
    """The address that a browser would have loaded in the end."""
    if not written or any(one.search(written) for one in placeholders):
        for name in LAZY:
            if later := image.attr(name):
                return later
        return "" if written else (image.attr("srcset") or "").split(",")[0].strip().split(" ")[0]
    return written


def _alternative(article: Article, image: Element) -> str:
    """The alternative text; empty where it only repeats the title."""
    written = image.attr("alt") or ""
    if not written:
        return ""
    alt = written
    if "&" in alt:
        # attributes were escaped twice, and some entities lost their semicolon
        alt = html.unescape(alt.replace("&#039", "&#039;").replace(";;", ";"))
    alt = " ".join(settled(alt).split())
    while len(alt) > 1 and alt[0] == alt[-1] and alt[0] in "'\"":
        alt = alt[1:-1].strip()
    if bare(alt) == bare(article.meta.title):
        article.note(RULE, "removed", written, of="attribute")
        return ""
    if alt != written:
        article.note(RULE, "changed", written, alt, of="attribute")
    return alt
