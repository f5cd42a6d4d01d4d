"""One article as the checks see it: its source and its body, each read once for all of them."""

from __future__ import annotations

import re
from functools import cached_property
from html import unescape
from urllib.parse import unquote

from convert.article import Article
from convert.verify.alignment import Alignment, align
from convert.verify.layout import Layout, layout
from convert.verify.pieces import lead_text, pieces, spelled, without_unseen
from convert.verify.visible import Visible, solid, visible


class View:
    """What the checks of one article share.

    seen: the source, read whole. html, text: the body as HTML, and its text without white space.
    there, here: where spaces, line ends and marks stand in the source and in the body.
    laid: body and notes beside the source.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self.path = article.path

    @cached_property
    def seen(self) -> Visible:
        """The source, read whole."""
        return visible(self.article.source, self.article.profile)

    @cached_property
    def apart(self) -> Visible:
        """The source with envelope and body read each by itself, as damaged ones need it."""
        return visible(self.article.source, self.article.profile, apart=True)

    @cached_property
    def html(self) -> str:
        """The body as HTML."""
        return self.article.body.inner_html

    @cached_property
    def text(self) -> str:
        """Every character of the body that is no white space."""
        return solid(self.article.body.text)

    @cached_property
    def there(self) -> Layout:
        """Spaces, line ends and marks of the source."""
        return layout(self.seen.document.html)

    @cached_property
    def here(self) -> Layout:
        """Spaces, line ends and marks of the body."""
        return layout(self.html)

    @cached_property
    def addresses(self) -> list[str]:
        """The values of all `href` and `src` of the body, in order."""
        elements = self.article.body.select("[href], [src]")
        return [value for one in elements for value in (one.attr("href"), one.attr("src")) if value is not None]

    def read_from_text(self, address: str) -> bool:
        """Whether an address without its scheme stands in the source's text, and less often in the body's.

        So it is where a rule of one's own made a link of a markup that only the source's family has.
        """
        alone = re.compile(rf"(?<![\w-]){re.escape(address)}(?![\w-])")
        there, here = (
            len(alone.findall(unquote(unescape("\n".join(texts))))) for texts in (self.seen.nodes, self._texts)
        )
        return there > here

    @cached_property
    def _texts(self) -> list[str]:
        return list(self.article.body.strings)

    @cached_property
    def laid(self) -> Alignment:
        """Body and notes beside the source; see `convert.verify.alignment.align` for what is proved.

        Where a source read in one piece leaves something unexplained, envelope and body are read each by itself:
        what a damaged piece leaves open then swallows nothing of the next.
        """
        result = self._laid(self.seen)
        if result.size or result.unused:
            other = self._laid(self.apart)
            if _rest(other) < _rest(result):
                self.seen, result = self.apart, other
        return result

    def _laid(self, seen: Visible) -> Alignment:
        """Body and notes beside a source. The figure that opens the body may have stood anywhere in it."""
        source, output, told = seen.text, self.text, pieces(self.article)
        result = align(source, output, told)
        own = spelled(self.article, seen, output) if result.size or result.unused else []
        if own:
            result = align(source, output, told, own)
        if result.size or result.unused:
            plain = without_unseen(source, output, told)
            other = align(*plain, own) if plain else result
            if _rest(other) < _rest(result):
                result = other
        lead = lead_text(self.article) if result.size else ""
        if lead:
            moved = align(source, output[len(lead) :], [*told, (lead, "")], own)
            if moved.size < result.size:
                return moved
        return result

    @cached_property
    def placed(self) -> dict[int, str | None]:
        """For every place of the body's gaps and of the source's inside text that both have: the source's gap.

        Places are counted in the body; those at the edge of such text are left out: what stood there is not known.
        """
        found: dict[int, str | None] = {}
        there, here = sorted(self.there.gaps.items()), sorted(self.here.gaps)
        old = new = 0
        for begin, twin, length in self.laid.kept:
            while new < len(here) and here[new] <= twin:
                new += 1
            while new < len(here) and here[new] < twin + length:
                found[here[new]] = None
                new += 1
            while old < len(there) and there[old][0] <= begin:
                old += 1
            while old < len(there) and (at := there[old][0]) < begin + length:
                found[at - begin + twin] = there[old][1]
                old += 1
        return found


def _rest(result: Alignment) -> tuple[int, int]:
    """What an alignment leaves: characters that are not explained, and notes of text that found no place."""
    return result.size, result.unused.total()
