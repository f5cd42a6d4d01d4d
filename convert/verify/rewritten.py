"""Reads a Markdown file whose links and pictures may lead to other files of the output, in place of their addresses.

What the source's addresses are is put back, so that everything else is compared as ever; where a link was found to lead
elsewhere becomes a claim, which is held against the files that are there: here, no other article is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote

from turbohtml import Element, parse_fragment

from convert.article import Article
from convert.parse.linked import article_at
from convert.profiles import Profile
from convert.verify.projection import encoded
from convert.verify.reading import cmark_gfm
from convert.verify.view import View
from convert.verify.wiki import WikiLinks

WIKI = "wiki:"
"""What an address begins with that stood in a wiki link: a note's path in the vault follows."""

_NO_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/#?]|\Z")
_MAIL = ("mailto:", "xmpp:")
_RAW = re.compile(r"<(a|img)(?=[\s/])", re.IGNORECASE)


class Claim(NamedTuple):
    """What a file says: that something of the source is to be found somewhere.

    kind: `link` or `picture`. address: as it stands in the article's body. publisher, id: the article that it is of.
    found: where the file says that it lies: a path relative to the file, or `wiki:` with a path in the vault; the
    address itself, where the file has a link with it.
    """

    kind: str
    address: str
    publisher: str
    id: str
    found: str


class Rewritten:
    """A reader of Markdown, as `cmark_gfm` is one, that gives links and pictures the source's addresses back.

    profiles: those that know the articles which links may lead to; none where links stay as they are. pictures:
    whether pictures may lead elsewhere. wiki: whether `[[path|text]]` is a link to a note, as it is in Obsidian.
    claims: what the last file said.
    """

    def __init__(self, view: View, profiles: Sequence[Profile], pictures: bool = True, wiki: bool = False) -> None:
        self._view, self._profiles, self._pictures, self._wiki = view, profiles, pictures, wiki
        self.claims: list[Claim] = []

    def __call__(self, markdown: str) -> str:
        """Markdown to HTML; where it has other links or pictures than the article, it is left as it is read."""
        links = WikiLinks(markdown) if self._wiki else None
        html = links.put_back(cmark_gfm(links.markdown)) if links else cmark_gfm(markdown)
        tree = parse_fragment(html, positions=False)
        found, wanted = _addressed(tree), _addressed(self._view.article.body)
        if [element.tag for element, _ in found] != [element.tag for element, _ in wanted]:
            return html
        raw = _are_raw(links.markdown if links else markdown, len(found))
        changed = False
        for (element, written), (_, address), is_raw in zip(found, wanted, raw, strict=True):
            # in HTML, addresses stay
            if not is_raw:
                changed = self._put_back(element, written, links.path(written) if links else "", address) or changed
        return tree.inner_html if changed else html

    def _put_back(self, element: Element, written: str, note: str, address: str) -> bool:
        """Note what a link or picture says, and give it its address back; returns whether it had another one.

        note: the path in the vault, where it is a wiki link.
        """
        other = ("", "") if self._pictures else None
        known = article_at(address, self._profiles) if element.tag == "a" else other
        kind = "link" if element.tag == "a" else "picture"
        if known is None:
            return False
        if encoded(written) == encoded(address):
            self.claims.append(Claim(kind, address, *known, address))
            return False
        if not note and _NO_PATH.match(written):
            return False
        self.claims.append(Claim(kind, address, *known, f"{WIKI}{quote(note)}" if note else written))
        element.attrs["href" if kind == "link" else "src"] = address
        return True

    @cached_property
    def article(self) -> Article:
        """The article, its picture in the metadata where the body has it from; to be asked when the body was read."""
        article = self._view.article
        image = article.meta.image
        found = next((one.found for one in self.claims if one.kind == "picture" and one.address == image), image)
        return replace(article, meta=replace(article.meta, image=found))


def _addressed(tree: Element) -> list[tuple[Element, str]]:
    """Links and pictures in order, each with its address; readers make links of plain mail addresses."""
    found = []
    for element in tree.select("a[href], img[src]"):
        address = element.attr("src" if element.tag == "img" else "href") or ""
        if element.tag == "img" or not address.startswith(_MAIL):
            found.append((element, address))
    return found


def _are_raw(markdown: str, count: int) -> list[bool]:
    """Of each link and picture of a file whether it stands there as HTML; such as have a mark when it is read again.

    The mark is an attribute more, which changes text where no tag was meant, but neither the number nor the order of
    links. count: how many there are.
    """
    marked, tags = _RAW.subn(r"<\1 raw", markdown)
    if not tags:
        return [False] * count
    found = ["raw" in element.attrs for element, _ in _addressed(parse_fragment(cmark_gfm(marked), positions=False))]
    return found if len(found) == count else [True] * count
