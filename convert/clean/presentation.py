"""Tags that only say how something looks: unwrapped, or given the name of what they mean."""

from __future__ import annotations

from typing import cast

from turbohtml import Node, Text

from convert.article import Article, Context
from convert.tree import BLOCKS, INLINE

MEANINGS = {
    "b": "strong",
    "i": "em",
    "cite": "em",
    "dfn": "em",
    "var": "em",
    "strike": "s",
    "del": "s",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
}
KNOWN = INLINE | BLOCKS


def unwrap_presentation(article: Article, context: Context) -> None:
    """Unwrap every element that is neither a block nor a mark of canonical HTML; drop comments."""
    body = article.body
    for comment in cast("list[Node]", body.xpath(".//comment() | .//processing-instruction()")):
        comment.extract()
    tags = {element.tag for element in body.iter_elements()}
    for opportunity in body.select("wbr") if "wbr" in tags else ():
        before, after = opportunity.previous_sibling, opportunity.next_sibling
        if type(before) is Text and type(after) is Text:  # nothing stood there, so that the printer's line ends go too
            kept, rest = before.data.rstrip(), after.data.lstrip()
            before.data = kept if "\n" in before.data[len(kept) :] else before.data
            after.data = rest if "\n" in after.data[: len(after.data) - len(rest)] else after.data
        opportunity.extract()
    for tag in tags & MEANINGS.keys():
        meaning = MEANINGS[tag]
        for element in body.select(tag):
            element.tag = meaning
    if unknown := tags - KNOWN - {*MEANINGS}:
        # a damaged tag's name may be none that a selector can say
        for element in [one for one in body.iter_elements() if one.tag in unknown]:
            element.unwrap()
    body.normalize()
