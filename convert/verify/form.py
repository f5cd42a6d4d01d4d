"""What docs/canonical.md allows, as tables: elements, what may stand in them, and their attributes."""

from __future__ import annotations

BLOCKS = frozenset({"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "figure", "table", "hr"})
PHRASES = frozenset({"a", "strong", "em", "sup", "sub", "code", "s", "img", "br"})
EMPHASIS = frozenset({"strong", "em", "s"})
LINES = frozenset({"p", "h2", "h3", "h4", "th", "td", "figcaption"})

# What may stand directly in what; text is "#text". Items are settled one by one (`_item`).
CHILDREN: dict[str, frozenset[str]] = {
    "": BLOCKS,
    "blockquote": BLOCKS,
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "li": BLOCKS | PHRASES | {"#text"},
    "pre": frozenset({"#text", "code"}),
    "figure": frozenset({"img", "a", "figcaption"}),
    "table": frozenset({"thead", "tbody"}),
    "thead": frozenset({"tr"}),
    "tbody": frozenset({"tr"}),
    "tr": frozenset({"th", "td"}),
    **dict.fromkeys(LINES | (PHRASES - {"img", "br"}), PHRASES | {"#text"}),
}
ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt"}),
    "ol": frozenset({"start"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
}
