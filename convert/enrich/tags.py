"""Tags: the names of the tag pages that the page links to. The links themselves stay where they were."""

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
    # a list of topics that leaked in below the article, or a line of credit, names tags as well
    silent = {f"boilerplate.{one.name}" for one in article.profile.boilerplate if not one.tags}
    for link_gone in article.links_gone:
        if pattern.search(link_gone.address) and link_gone.text and link_gone.rule not in silent:
            found[link_gone.text] = None
    article.meta.tags = list(found)
    if found:
        article.origin["tags"] = "links to tag pages"
