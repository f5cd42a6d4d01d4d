"""Links: their addresses absolute and valid, or no link at all."""

from __future__ import annotations

from turbohtml import Element

from convert.article import Article, Context
from convert.clean.addresses import mend
from convert.tree import BLOCKS

RULE = "links"
# what holds more than a link could, or nothing
NO_LINKS = BLOCKS | {"colgroup", "col", "br", "img"}


def mend_links(article: Article, context: Context) -> None:
    """Mend every link's address; unlink what leads nowhere; keep ids only where a link leads to them."""
    body = article.body
    for masked in body.select("[href]:not(a)"):
        if masked.tag not in NO_LINKS:
            masked.tag = "a"  # a mirror that wrote another tag for `a` left the address on it
    anchors = body.select("a")
    targets = _targets(body) if any((one.attr("href") or "").startswith("#") for one in anchors) else {}
    wanted: set[str] = set()
    base = article.profile.base
    for anchor in anchors:
        if anchor.parent is None:
            continue  # stood in another link, which was settled before it
        href = anchor.attr("href")
        if (
            href is not None
            and len(anchor.attrs) == 1
            and mend(href, base) == href
            and href[0] != "#"
            and anchor.text.strip()
        ):
            continue  # what nearly all links are
        name = anchor.attr("id") or anchor.attr("name") or ""
        address = None if href is None else mend(href, base)
        if address is not None and address.startswith("#"):
            address = address if href is not None and _aim(href) in targets else None
            if address is not None and href is not None:
                wanted.add(_aim(href))
        _settle(article, anchor, href, address, name)
    _set_ids(targets, wanted)


def _aim(href: str) -> str:
    return href.strip().removeprefix("#")


def _targets(body: Element) -> dict[str, Element]:
    """Elements that a link inside the article can lead to, by name; the first of a name counts."""
    found: dict[str, Element] = {}
    for element in body.select("[id], a[name]"):
        for name in (element.attr("id"), element.attr("name") if element.tag == "a" else None):
            if name and not any(character.isspace() for character in name):
                found.setdefault(name, element)
    return found


def _settle(article: Article, anchor: Element, href: str | None, address: str | None, name: str) -> None:
    """Give a link its address, or take the link away and leave what it held."""
    if href and address != href:
        if address is None:
            article.note(RULE, "removed", href, of="attribute")
        else:
            article.note(RULE, "changed", href, address, of="attribute")
    for attribute in list(anchor.attrs):
        del anchor.attrs[attribute]
    if address is not None:
        anchor.attrs["href"] = address
    if name:
        anchor.attrs["id"] = name
    shows = bool(anchor.text.strip()) or anchor.select_one("img") is not None
    if address is not None and not shows:
        article.note(RULE, "removed", address, of="attribute")
        del anchor.attrs["href"]
        address = None
    if address is None:
        anchor.insert_after(*anchor.children)  # what a link leads to is a place, and holds nothing
        if not name:
            anchor.extract()
    else:
        for inner in anchor.select("a[href]"):
            article.note(RULE, "removed", inner.attr("href") or "", of="attribute")
            inner.unwrap()


def _set_ids(targets: dict[str, Element], wanted: set[str]) -> None:
    """Move the names that links lead to onto ids, and drop all the others."""
    for name, element in targets.items():
        if name in wanted and element.attr("id") not in wanted:
            element.attrs["id"] = name
    for name, element in targets.items():
        if element.attr("id") == name and name not in wanted and "id" in element.attrs:
            del element.attrs["id"]
