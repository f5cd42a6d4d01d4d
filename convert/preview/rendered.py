"""Markdown as an independent reader shows it, made safe: nothing in it runs, asks for anything, or leads anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from turbohtml import Element, Node, Text, parse_fragment

from convert.article import UNSEEN
from convert.messages import tr
from convert.report.hypertext import Html, element, joined
from convert.verify import cmark_gfm

_KEPT = frozenset("p ul ol li blockquote pre table thead tbody tr th td hr br strong em b i sup sub code s del".split())
_SPANS = ("colspan", "rowspan")
_DEEPEST = 100


def rendered(markdown: str) -> Html:
    """A Markdown body, without its front matter, as GitHub's reader shows it.

    Elements that are not known are taken off, and their text stays. A heading becomes a `div`, so that it takes no part
    in the page's own outline; a link a `span` and a picture its description, with the address as their title.
    """
    return _all(parse_fragment(cmark_gfm(markdown), positions=False).children, 0)


def _all(nodes: Sequence[Node], depth: int) -> Html:
    return joined(*(_one(node, depth) for node in nodes))


def _one(node: Node, depth: int) -> Html | str | None:
    if isinstance(node, Text):
        return node.data
    if not isinstance(node, Element) or node.matches(UNSEEN):
        return None
    if depth > _DEEPEST:
        return node.text
    tag = node.tag
    if tag == "img":
        shown = node.attr("alt") or tr("picture")
        return element("span", element("span", shown), class_="picture", title=node.attr("src"))
    if tag == "hr":
        return element("div", class_="rule")
    inside = _all(node.children, depth + 1)
    if tag == "a":
        return element("span", inside, class_="link", title=node.attr("href"))
    if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return element("div", inside, class_=f"heading {tag}")
    if tag == "table":
        return element("div", element("table", inside), class_="scrolls", tabindex="0")
    if tag in ("th", "td"):
        # a cell of nothing is no heading of a column
        name = "td" if tag == "th" and not node.text.strip() else tag
        return element(name, inside, **{span: node.attr(span) for span in _SPANS if (node.attr(span) or "").isdigit()})
    if tag == "ol":
        start = node.attr("start") or ""
        return element("ol", inside, start=start if start.isdigit() else None)
    return element(tag, None if tag == "br" else inside) if tag in _KEPT else inside
