"""Places that links within the article lead to: each is named once, stands in a text, and is led to."""

from __future__ import annotations

from turbohtml import Element

from convert.article import Article
from convert.tree import drop_unwanted_ids, house_targets

RULE = "tidy"


def settle_targets(article: Article) -> None:
    """Drop ids that nothing leads to, give those that stand in no text a home, and unlink what leads to none."""
    body = article.body
    drop_unwanted_ids(body)
    house_targets(body)
    places = {element.attr("id") for element in body.select("[id]")}
    gone = [one for one in body.select('a[href^="#"]') if (one.attr("href") or "")[1:] not in places]
    for anchor in gone:
        article.note_addresses(RULE, [Element("a", {"href": anchor.attr("href") or ""})])
        del anchor.attrs["href"]
        _hollow(anchor)
    if gone:
        drop_unwanted_ids(body)


def _hollow(anchor: Element) -> None:
    """An anchor that is no link holds nothing; one that is no target either goes."""
    anchor.insert_after(*anchor.children)
    if "id" not in anchor.attrs:
        anchor.extract()
