"""Scripts and styles go; what plays or frames something stays as a link to it."""

from __future__ import annotations

from turbohtml import Element, Text

from convert.article import HIDDEN, UNSEEN, Article, Context
from convert.clean.addresses import mend
from convert.clean.characters import settled

RULE = "embeds"
EMBEDS = (
    "script, style, template, iframe, object, embed, video, audio, svg, math, canvas, applet, form, input, button, "
    "select, textarea, noembed, noframes, link, meta, base, title, head"
)
PLAYED = "source, embed, param[name=movie], param[name=src], a[href]"  # in a player: what it plays
UNPLAYED = f":is([href], [src]):not({PLAYED})"
MEDIA = frozenset({"iframe", "object", "embed", "video", "audio"})


def link_embeds(article: Article, context: Context) -> None:
    """Remove scripts, styles, frames, players and forms; a player's or frame's address stays as a link."""
    for element in article.body.select(EMBEDS):
        if article.body not in element.ancestors:
            continue
        for hidden in element.select(UNSEEN) if not element.matches(HIDDEN) else ():
            article.note_addresses(RULE, [hidden])
            hidden.extract()
        addresses = _addresses(article, element) if element.tag in MEDIA else []
        text = element.text.strip()
        if element.tag in {"form", "button"} and (text or element.select_one("img") is not None):
            element.unwrap()  # a form's labels and pictures are like any other
            continue
        if not element.matches(HIDDEN):
            for inner in element.select(UNPLAYED if element.tag in MEDIA else "[href], [src]"):
                article.note(RULE, "removed", inner.attr("href") or inner.attr("src") or "", of="attribute")
        if text:
            article.note(RULE, "removed", text)
        elif not addresses:
            article.note(RULE, "removed", f"<{element.tag}>", of="element")
        links = [Element("p", None, [Element("a", {"href": one}, [Text(settled(one))])]) for one in addresses]
        element.replace_with(*links) if links else element.extract()


def _addresses(article: Article, player: Element) -> list[str]:
    """The addresses that a player plays, without repeats, in order; one that leads nowhere is noted."""
    found: dict[str, None] = {}
    for element in (player, *player.select(PLAYED)):
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
