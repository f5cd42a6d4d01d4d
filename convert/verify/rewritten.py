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

WIKI = "wiki:"
"""What an address begins with that stood in a wiki link: a note's path in the vault follows."""

_WIKI_LINK = re.compile(r"(?<!\\)\[\[([^\[\]|\\#^\n]+)\\?\|([^\[\]|\\\n]+)\]\]")
# quotation marks and items may stand before a fence (CommonMark 0.31.2, sections 4.5 and 5)
_FENCE = re.compile(r"[ >]*+(?:(?:[-*+]|\d{1,9}[.)])[ ]++)*+[ >]*+(`{3,})[ ]*$")
_NO_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/#?]|\Z")
_MAIL = ("mailto:", "xmpp:")


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

    claims: what the last file said.
    """

    def __init__(self, view: View, profiles: Sequence[Profile]) -> None:
        self._view, self._profiles = view, profiles
        self.claims: list[Claim] = []

    def __call__(self, markdown: str) -> str:
        """Markdown to HTML; where it has other links or pictures than the article, it is left as it is read."""
        html = cmark_gfm(wiki_links_written_out(markdown))
        tree = parse_fragment(html, positions=False)
        found, wanted = _addressed(tree), _addressed(self._view.article.body)
        if [tag for _, tag, _ in found] != [tag for _, tag, _ in wanted]:
            return html
        changed = False
        for (element, tag, written), (_, _, address) in zip(found, wanted, strict=True):
            changed = self._put_back(element, tag, written, address, markdown) or changed
        return tree.inner_html if changed else html

    def _put_back(self, element: Element, tag: str, written: str, address: str, markdown: str) -> bool:
        known = article_at(address, self._profiles) if tag == "a" else ("", "")
        kind = "link" if tag == "a" else "picture"
        if encoded(written) == encoded(address):
            # within HTML, addresses stay; elsewhere one may be such as should have been changed
            if known and (f"]({written})" in markdown or f"<{written}>" in markdown):
                self.claims.append(Claim(kind, address, *known, address))
            return False
        if known is None or (_NO_PATH.match(written) and not written.startswith(WIKI)):
            return False
        self.claims.append(Claim(kind, address, *known, written))
        element.attrs["href" if tag == "a" else "src"] = address
        return True

    @cached_property
    def article(self) -> Article:
        """The article, its picture in the metadata where the body has it from; to be asked when the body was read."""
        article = self._view.article
        image = article.meta.image
        found = next((one.found for one in self.claims if one.kind == "picture" and one.address == image), image)
        return replace(article, meta=replace(article.meta, image=found))


def _addressed(tree: Element) -> list[tuple[Element, str, str]]:
    """Links and pictures in order, each with its tag and address; readers make links of plain mail addresses."""
    found = []
    for element in tree.select("a[href], img[src]"):
        address = element.attr("src" if element.tag == "img" else "href") or ""
        if element.tag == "img" or not address.startswith(_MAIL):
            found.append((element, element.tag, address))
    return found


def wiki_links_written_out(markdown: str) -> str:
    """Markdown whose wiki links, `[[path|text]]`, are such as every reader knows; those in code are text, and stay."""
    if "[[" not in markdown:
        return markdown
    lines, fence = markdown.split("\n"), ""
    for number, line in enumerate(lines):
        match = _FENCE.match(line)
        if match and (not fence or len(match[1]) >= len(fence)):
            fence = "" if fence else match[1]
        elif not fence and "[[" in line:
            lines[number] = _WIKI_LINK.sub(lambda found: f"[{found[2]}]({WIKI}{quote(found[1])})", line)
    return "\n".join(lines)
