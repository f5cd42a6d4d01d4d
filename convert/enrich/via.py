"""The outlet that an article came through, where a line that says so is glued to the last sentence."""

from __future__ import annotations

from turbohtml import Element

from convert.article import Article, Context
from convert.enrich.taking import take

RULE = "via"
LAST = 4  # blocks at whose end the line may stand
LONGEST = 60  # characters


def read_via(article: Article, context: Context) -> None:
    """Move a closing `──转自《…》` from the end of one of the last paragraphs into the metadata."""
    pattern = article.profile.names.via
    if pattern is None or article.meta.via:
        return
    for block in reversed(article.body.children[-LAST:]):
        if type(block) is not Element or block.tag != "p":
            continue
        text = block.text
        match = pattern.search(text, max(0, len(text) - LONGEST))
        if match is not None:
            take(article, RULE, block, match.start(), len(text), "via")
            article.meta.via = match["value"]
            article.origin["via"] = "end of the text"
            return
