"""Tags: the names of the tag pages that the article links to. The links themselves stay."""

from __future__ import annotations

from convert.article import Article, Context


def read_tags(article: Article, context: Context) -> None:
    """Collect the texts of links to tag pages, in order, without repeats."""
    pattern = article.profile.names.tag_links
    if pattern is None:
        return
    found: dict[str, None] = {}
    for link in article.body.select("a[href]"):
        if pattern.search(link.attr("href") or ""):
            name = " ".join(link.text.split())
            if name:
                found[name] = None
    article.meta.tags = list(found)
    if found:
        article.origin["tags"] = "links to tag pages"
