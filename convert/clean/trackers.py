"""Remove pictures that count readers."""

from __future__ import annotations

from turbohtml import Element

from convert.article import Article, Context
from convert.tree import opening_tag

RULE = "trackers"
NOTHING = frozenset({"0", "1", "0px", "1px"})


def remove_trackers(article: Article, context: Context) -> None:
    """Remove pictures from the profile's tracker hosts, and pictures of at most one pixel by one."""
    for image in article.body.select("img"):
        if _counts(image, article.profile.trackers):
            article.note(RULE, "removed", opening_tag(image), of="element")
            image.extract()


def _counts(image: Element, hosts: tuple[str, ...]) -> bool:
    source = "".join((image.attr("src") or "").split())  # a browser does not see what breaks an address
    host = source.partition("//")[2].partition("/")[0].lower()
    if any(host == known or host.endswith(f".{known}") for known in hosts):
        return True
    return image.attr("width") in NOTHING and image.attr("height") in NOTHING
