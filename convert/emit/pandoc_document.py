"""The HTML that pandoc reads of an article: what its formats have a place for in the head, the rest in the body."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from turbohtml import Element, Node, Text

from convert.article import Article, Metadata
from convert.tree import fragment, move

HEADLESS = frozenset(
    "bbcode bbcode_fluxbb bbcode_hubzilla bbcode_phpbb bbcode_steam bbcode_xenforo commonmark dokuwiki haddock icml "
    "ipynb jira markdown_github markdown_phpextra markdown_strict markua mediawiki textile xwiki zimwiki".split()
)
"""Formats in which pandoc writes no metadata, not even the title: title, date and authors open the body there."""

UNDATED = frozenset({"jats_articleauthoring", "opml", "vimdoc"})
"""Formats with a place for title and authors, and none for the date."""

EMBEDDING = frozenset("docx epub2 epub3 fb2 icml odt pptx rtf".split())
"""Formats that hold pictures themselves: those are left on the web, and what is written is a link."""

UNCAPTIONED = EMBEDDING | {"jira", "markdown_mmd", "mediawiki", "vimdoc", "xwiki"}
"""Formats in which pandoc leaves out the caption of a figure, or of one that holds no picture."""

PLAINLY_CAPTIONED = frozenset(
    "asciidoc asciidoc_legacy asciidoctor docbook docbook4 docbook5 ms opml plain rst".split()
)
"""Formats in which it leaves out the caption of a figure that is not just a picture: of one with a link, as a rule."""

TABLELESS = frozenset({"bbcode_fluxbb", "bbcode_phpbb"})
"""Formats in which pandoc leaves out tables."""

CELLS = " | "
"""What stands between the cells of a row, where there are no tables."""

_NAMES = {"authors": "author", "translators": "translator", "editors": "editor", "tags": "keywords"}
"""Names of metadata that pandoc's formats know; the others are those of the front matter."""

_CALL = b"\n#show: doc => conf(\n"
"""The line of pandoc's template of Typst behind which a document's own values stand."""

_MARKER = re.compile(r"\(?[\w#@]+[.)]")

_LEVELS = {"h2": "h1", "h3": "h2", "h4": "h3"}


def document(article: Article, to: str) -> str:
    """The article as a document of HTML from which pandoc writes the format `to`.

    Its head has the metadata, a list as one element for each value. The body's subheads begin at the first level where
    the format shows the title as such. The last paragraph is the article's address.
    """
    meta = article.meta
    body = fragment(article.body.inner_html)
    _fit(body, to)
    if to not in HEADLESS and to != "opml":  # an outline has text below headings only
        for heading in body.select("h2, h3, h4"):
            heading.tag = _LEVELS[heading.tag]
    lang = f' lang="{escape(meta.lang)}"' if meta.lang else ""
    lines = [
        "<!DOCTYPE html>",
        f"<html{lang}>",
        "<head>",
        '<meta charset="utf-8">',
        *_head(article, to),
        "</head>",
        "<body>",
    ]
    lines += [*_opening(meta, to), *(block.html for block in body.children)]
    if meta.source:
        address = escape(meta.source)
        lines.append(f'<p><a href="{address}">{address}</a></p>')
    return "\n".join([*lines, "</body>", "</html>", ""])


def _head(article: Article, to: str) -> list[str]:
    """The title, and an element for each value of the rest of the metadata."""
    meta = article.meta
    # EPUB's identifier: pandoc would give all articles one and the same
    named = [("identifier", meta.source or article.path)]
    left_out = ("title", "lang", "tags") if to == "typst" else ("title", "lang")
    for key, value in meta.items():
        if key not in left_out:
            values = value if isinstance(value, list) else [str(value)]
            named += [(_NAMES.get(key, key), one) for one in values]
    return [f"<title>{escape(meta.title)}</title>", *(f'<meta name="{k}" content="{escape(v)}">' for k, v in named)]


def _opening(meta: Metadata, to: str) -> list[str]:
    """What the body opens with, because the format has no other place for it."""
    date = meta.date.isoformat() if meta.date else ""
    headless = to in HEADLESS
    by_line = "  ".join(part for part in (date, "、".join(meta.authors) if headless else "") if part)
    title = f"<h1>{escape(meta.title)}</h1>" if meta.title and (headless or to == "opml") else ""
    line = f"<p>{escape(by_line)}</p>" if by_line and (headless or to in UNDATED) else ""
    return [one for one in (title, line) if one]


def _fit(body: Element, to: str) -> None:
    """Put what pandoc would leave out of the format in another form."""
    for image in body.select("img"):
        # a notebook holds what lies beside it
        if to in EMBEDDING or (to == "ipynb" and not urlsplit(image.attr("src") or "").scheme):
            _link(image)
    for figure in body.select("figure"):
        caption = figure.select_one("figcaption")
        picture = [one for one in figure.children if one is not caption]
        just_a_picture = [one.tag if isinstance(one, Element) else "" for one in picture] == ["img"]
        if to in UNCAPTIONED or (to in PLAINLY_CAPTIONED and not just_a_picture):
            figure.replace_with(_paragraph(picture), *([_paragraph(caption.children)] if caption else []))
    for table in body.select("table") if to in TABLELESS else ():
        table.replace_with(*map(_row, table.select("tr")))
    for block in body.select("p, li, th, td, figcaption") if to == "markua" else ():
        _keep_number(block)


def _keep_number(block: Element) -> None:
    """Part what a block opens with, where pandoc would take it for the marker of a list and leave it out."""
    first = next(iter(block.children), None)
    if isinstance(first, Text) and _MARKER.match(first.data):
        rest = first.data[1:]
        first.data = first.data[:1]
        first.insert_after(Element("strong"), Text(rest))


def _row(row: Element) -> Element:
    pieces: list[Node] = []
    for cell in row.select("th, td"):
        pieces += [*([Text(CELLS)] if pieces else []), *cell.children]
    return _paragraph(pieces)


def _paragraph(nodes: Iterable[Node]) -> Element:
    return move(nodes, Element("p"))


def _link(image: Element) -> None:
    """Put a link in a picture's place: its text is the description, or the address where there is none."""
    address, text = image.attr("src") or "", image.attr("alt") or ""
    around = image.closest("a")
    if around is None:
        image.replace_with(_anchor(address, text or address))
        return
    # a link in a link is none: the picture's own stands behind it
    image.replace_with(Text(text or around.attr("href") or address))
    around.insert_after(Text(" "), _anchor(address, address))


def _anchor(address: str, text: str) -> Element:
    anchor = Element("a", {"href": address})
    anchor.append(Text(text))
    return anchor


def mended(article: Article, to: str, data: bytes) -> bytes:
    """What pandoc wrote, with those pieces of metadata that its templates write as nobody can read them.

    Keywords are strings in Typst, and it writes them without quotes; what is in the head of OPML is XML, and it writes
    it without references to characters.
    """
    meta = article.meta
    if to == "typst" and meta.tags:
        tags = "".join('"{}", '.format(one.replace("\\", "\\\\").replace('"', '\\"')) for one in meta.tags)
        return data.replace(_CALL, _CALL + f"  keywords: ({tags.rstrip()}),\n".encode(), 1)
    if to == "opml":
        for name, value in (("title", meta.title), ("ownerName", "; ".join(meta.authors))):
            whole = f"<{name}>{escape(value, quote=False)}</{name}>".encode("utf-8", "replace")
            data = re.sub(rb"<%b>.*?</%b>" % (name.encode(), name.encode()), lambda _: whole, data, count=1, flags=re.S)  # noqa: B023
    return data
