"""Headings: levels from 2 on without gaps in their order, none that repeats the title."""

from __future__ import annotations

from convert.article import Article, Context

RULE = "headings"
HEADINGS = "h1, h2, h3, h4, h5, h6"
TOP, BOTTOM = 2, 4


def level_headings(article: Article, context: Context) -> None:
    """Give the heading tags that an article uses the levels 2, 3 and 4, in the order that the profile names."""
    headings = article.body.select(HEADINGS)
    title = _bare(article.meta.title)
    for heading in list(headings):
        if heading.tag == "h1" and _bare(heading.text) == title:
            article.note_removed(RULE, [heading])
            heading.extract()
            headings.remove(heading)
    used = dict.fromkeys(heading.tag for heading in headings)
    order = sorted(used) if article.profile.headings == "rank" else list(used)
    levels = {tag: f"h{min(TOP + index, BOTTOM)}" for index, tag in enumerate(order)}
    for heading in headings:
        heading.tag = levels.get(heading.tag, f"h{BOTTOM}")


def _bare(text: str) -> str:
    return "".join(text.split())
