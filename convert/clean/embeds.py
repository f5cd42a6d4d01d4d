"""Scripts and styles go; what plays or frames something stays as a link to it."""

from __future__ import annotations

from turbohtml import Element, Text

from convert.article import HIDDEN, RAW, Article, Context
from convert.clean.addresses import mend

RULE = "embeds"
EMBEDS = (
    "script, style, template, iframe, object, embed, video, audio, svg, math, canvas, applet, form, input, button, "
    "select, textarea, link, meta, base, title, head"
)
MEDIA = frozenset({"iframe", "object", "embed", "video", "audio"})


def link_embeds(article: Article, context: Context) -> None:
    """Remove scripts, styles, frames, players and forms; a player's or frame's address stays as a link."""
    for element in article.body.select(EMBEDS):
        if article.body not in element.ancestors:
            continue
        for hidden in element.select(f"{HIDDEN}, {RAW}") if not element.matches(HIDDEN) else ():
            if address := hidden.attr("src"):
                article.note(RULE, "removed", address, of="attribute")
            hidden.extract()
        addresses = _addresses(article, element) if element.tag in MEDIA else []
        text = element.text.strip()
        if text and element.tag in {"form", "button"}:
            element.unwrap()  # a form's labels are text like any other
            continue
        if text:
            article.note(RULE, "removed", text)
        elif not addresses:
            article.note(RULE, "removed", f"<{element.tag}>", of="element")
        links = [Element("p", None, [Element("a", {"href": one}, [Text(one)])]) for one in addresses]
        element.replace_with(*links) if links else element.extract()


def _addresses(article: Article, player: Element) -> list[str]:
    """The addresses that a player plays, without repeats, in order; one that leads nowhere is noted."""
    found: dict[str, None] = {}
    for element in (player, *player.select("source, embed, param[name=movie], param[name=src], a[href]")):
        for name in ("src", "data", "href", "value"):
            address = (element.attr(name) or "").strip()
            if not address:
                continue
            mended = mend(address, article.profile.base)
            if mended is not None and not mended.startswith("#"):
                found[address] = None
                break
            article.note(RULE, "removed", address, of="attribute")
    return list(found)
