"""A short paragraph that is bold from end to end is a subhead."""

from __future__ import annotations

import itertools
import re

from turbohtml import Element

from convert.article import Article, Context

RULE = "subheads"
HEADINGS = ("h2", "h3", "h4")
LONGEST = 45  # characters
NO_SUBHEAD = re.compile(r"[。；;，,：:、…]$|^[（(【▼●■]|https?://|^[\W\d]+$")


def find_subheads(article: Article, context: Context) -> None:
    """Turn bold paragraphs into headings, one level below the headings that stand above them; each leaves a note."""
    body = article.body
    found = [block for block in body.children if type(block) is Element and _is_subhead(block)]
    if not found:
        return
    above = itertools.takewhile(lambda block: block is not found[0], body.children)
    used = [int(block.tag[1]) for block in above if type(block) is Element and block.tag in HEADINGS]
    level = min(max(used, default=1) + 1, 4)
    for paragraph in found:
        mark = paragraph[0]
        paragraph.tag = f"h{level}"
        mark.unwrap()
        article.note(RULE, "guessed", paragraph.text, "heading")


def _is_subhead(block: Element) -> bool:
    if block.tag != "p" or len(block) != 1:
        return False
    mark = block[0]
    if type(mark) is not Element or mark.tag != "strong" or mark.select_one("br, img") is not None:
        return False
    text = mark.text.strip()
    return 1 < len(text) <= LONGEST and "。" not in text and not NO_SUBHEAD.search(text)
