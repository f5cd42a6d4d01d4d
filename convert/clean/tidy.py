"""The last rule: nothing empty, nothing at an edge that does not belong there, no attribute too many."""

from __future__ import annotations

from typing import cast

from turbohtml import Element

from convert.article import Article, Context
from convert.clean.characters import read_entities
from convert.clean.emphasis import BOLD, free_edge, free_edges, free_heading
from convert.clean.targets import settle_targets
from convert.tree import is_blank, move, tidy_text

RULE = "tidy"
ALLOWED = {
    "a": {"href", "id"},
    "img": {"src", "alt"},
    "ol": {"start", "id"},
    "td": {"colspan", "rowspan", "id"},
    "th": {"colspan", "rowspan", "id"},
}
MANY = 100  # attributes
ONLY_ID = {"id"}
TEXT_BLOCKS = "p, h1, h2, h3, h4, figcaption, td, th"


def tidy(article: Article, context: Context) -> None:
    """Strip attributes, empty elements, white space at edges, and rules at the body's edges."""
    body = article.body
    body.normalize()
    read_entities(article)
    for element in cast("list[Element]", body.xpath(".//*[@*]")):
        if not (element.tag == "a" and len(element.attrs) == 1 and "href" in element.attrs):
            _strip_attributes(element)
    _tidy_links(article)
    if body.select_one("[id]") is not None or body.select_one('a[href^="#"]') is not None:
        settle_targets(article)
        _tidy_links(article)  # once more: a link that shows nothing may have been a place as well
    free_edges(body)
    for heading in body.select(BOLD):
        free_heading(heading)  # once more: lines of it may have gone
    for anchor in body.select("a"):
        text = anchor.text
        if text and (text[0].isspace() or text[-1].isspace()):
            free_edge(anchor)
    body.normalize()
    broken = body.select_one("br") is not None
    for block in body.select(TEXT_BLOCKS):
        text = block.text
        loose = broken and block.select_one("br") is not None
        if loose or not text or "  " in text or text[0].isspace() or text[-1].isspace():
            tidy_text(block)
            if block.tag not in {"td", "th"} and is_blank(block):
                block.extract()
    for item in body.select("li"):
        tidy_text(item)
        if is_blank(item):
            item.extract()
    for block in body.select("ul, ol, blockquote"):
        if not len(block):
            block.extract()
    _trim_rules(body)


def _tidy_links(article: Article) -> None:
    """No link in a link, none that shows nothing, and no anchor that is neither link nor target."""
    for inner in article.body.select("a a"):
        article.note_addresses(RULE, [Element("a", {"href": inner.attr("href") or ""})])
        inner.unwrap()
    for anchor in article.body.select("a"):
        if "id" in anchor.attrs:
            continue
        if not anchor.text.strip() and anchor.select_one("img") is None:
            article.note_addresses(RULE, [anchor])
            anchor.unwrap()
        elif "href" not in anchor.attrs:
            anchor.unwrap()


def _strip_attributes(element: Element) -> None:
    """Strip what canonical HTML lacks."""
    allowed = ALLOWED.get(element.tag, ONLY_ID)
    needless = [name for name in element.attrs if name not in allowed]
    if len(needless) > MANY:  # to take one off is to walk over all
        kept = {name: element.attr(name) or "" for name in allowed if name in element.attrs}
        element.replace_with(move(element.children, Element(element.tag, kept)))
        return
    for name in needless:
        del element.attrs[name]


def _trim_rules(body: Element) -> None:
    """Rules at the body's edges, below its lead picture, or beside another rule, divide nothing."""
    for rule in body.select(":scope > hr"):
        before = rule.previous_sibling
        if type(before) is not Element or before.tag == "hr" or (before is body[0] and before.tag == "figure"):
            rule.extract()
    while len(body) and type(last := body[-1]) is Element and last.tag == "hr":
        last.extract()
