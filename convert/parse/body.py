"""The body into a tree: HTML by the HTML5 algorithm, Markdown through a CommonMark reader into the same tree."""

from __future__ import annotations

import html
import re

from turbohtml import Element, Text, unescape

from convert.article import UNSEEN, Article
from convert.gfm import markdown_to_html
from convert.parse.envelope import Envelope, Piece, find_address
from convert.tree import fragment

MAX_DEPTH = 64
# an element with 64 element ancestors; child combinators, so that matching never backtracks
TOO_DEEP = " > ".join("*" * MAX_DEPTH)
# without a child and without an attribute: the void elements (HTML, 13.1.2) and the cells of a table
SAYS_SOMETHING = frozenset("area base br col embed hr img input link meta source track wbr td th".split())
# a tag of a block that opens a line
BLOCK_TAG = re.compile(r"^ {0,3}<(?:!doctype|html|body|p|div|table|h[1-6]|article|br)\b", re.IGNORECASE | re.MULTILINE)
FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1[`~]*[ \t]*$", re.DOTALL | re.MULTILINE)
WRAPPERS = "div, span, font, section, center"
HEADINGS = "h1, h2, h3, h4, h5, h6"
EXTENSIONS = ["table", "strikethrough"]


def read_body(article: Article, envelope: Envelope) -> None:
    """Fill an article's body, title and address from an opened envelope, and note the envelope's pieces."""
    kind = _format(article, envelope.body)
    article.body = fragment(_as_html(_unmasked(envelope.body, article.profile.masked_tags), kind))
    _limit_depth(article)
    for piece in envelope.pieces:
        _note_piece(article, piece, kind)
    title = envelope.title if kind != "markdown" else visible_text(envelope.title, kind)
    _set_title(article, title, "title line")
    if not article.meta.title:
        _title_from_heading(article)
    article.meta.source = envelope.address.strip()
    if article.meta.source:
        article.origin["source"] = "address line"
    article.meta.publisher = article.profile.publisher
    found = article.address = find_address(article.meta.source, article.profile)
    if found is not None:
        article.meta.id, article.meta.publisher = found.id, found.publisher
        article.origin["id"] = article.origin["publisher"] = "address"


def _note_piece(article: Article, piece: Piece, kind: str) -> None:
    """Note one piece of the envelope: what a reader would have seen of it, and where its links and pictures led."""
    rule = f"envelope.{piece.name}"
    if piece.to:
        article.note(rule, "moved", visible_text(piece.text, kind), piece.to)
        if piece.to == "title" and ("<" in piece.text or "](" in piece.text):
            article.note_addresses(rule, [_shown(_as_html(piece.text, kind))])
        return
    if "<" in piece.text or kind == "markdown":
        article.note_removed(rule, [_shown(_as_html(piece.text, kind))])
    else:
        article.note(rule, "removed", visible_text(piece.text, kind))


def visible_text(piece: str, kind: str = "html") -> str:
    """What a reader sees of a piece of a source: entities resolved, tags and Markdown's marks gone."""
    if kind == "markdown":
        return _shown(_as_html(piece, kind)).text.strip()
    return (_shown(piece).text if "<" in piece or "&" in piece else piece).strip()


def _shown(markup: str) -> Element:
    """A piece of a source as a tree, without what no reader sees of it."""
    tree = fragment(markup)
    for hidden in tree.select(UNSEEN):
        hidden.extract()
    return tree


def _format(article: Article, body: str) -> str:
    """What the body is written in; the generic profile goes by the file's suffix and look."""
    profile = article.profile
    if profile.format != "auto":
        return profile.format
    suffix = article.path.rpartition(".")[2].lower()
    if suffix in {"html", "htm", "xhtml"} or looks_like_html(body):
        return "html"
    return "text" if suffix == "txt" else "markdown"


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML, not Markdown or plain text that mentions a tag or holds one inside a line."""
    return BLOCK_TAG.search(FENCED.sub("", text)) is not None


def _as_html(body: str, kind: str) -> str:
    if kind == "markdown":
        return markdown_to_html(body, *EXTENSIONS)
    if kind == "text":
        paragraphs = re.split(r"\n[ \t]*(?:\n[ \t]*)+", body.strip("\n"))
        return "".join(f"<p>{html.escape(one, quote=False).replace(chr(10), '<br>')}</p>" for one in paragraphs)
    return body


def _unmasked(body: str, masked: dict[str, str]) -> str:
    """Give masked tags their names back, before parsing: `</ok>` must close what `<a` opened."""
    for mask, name in masked.items():
        # the two forms that nearly all are, at a fraction of the cost
        body = body.replace(f"<{mask} ", f"<{name} ").replace(f"</{mask}>", f"</{name}>")
        if f"<{mask}" in body or f"</{mask}" in body:
            body = re.sub(rf"<(/?){re.escape(mask)}(?=[\s>/])", rf"<\1{name}", body)
    return body


def _limit_depth(article: Article) -> None:
    """Unwrap what is nested deeper than anything that a person wrote, so that every later walk is bounded."""
    deep = article.body.select(TOO_DEEP)
    if not deep:
        return
    for element in article.body.select(WRAPPERS):
        if not element.attrs and _is_alone(element):
            element.unwrap()  # nothing changes
    for element in article.body.select(TOO_DEEP):
        if element.matches(UNSEEN):
            article.note_addresses("depth", [element])
            element.extract()  # its text would be seen
        elif len(element):
            article.note_addresses("depth", [Element("a", {"href": element.attr("href") or ""})])
            element.unwrap()
        elif not element.attrs and element.tag not in SAYS_SOMETHING:
            element.extract()
    article.body.normalize()
    article.note("depth", "wrong", f"elements nested more than {MAX_DEPTH} deep: {len(deep)} unwrapped", of="element")


def _is_alone(element: Element) -> bool:
    """Whether an element is all that stands in the one round it."""
    beside = (element.previous_sibling, element.next_sibling)
    return all(one is None or (type(one) is Text and not one.data.strip() and _is_edge(one)) for one in beside)


def _is_edge(text: Text) -> bool:
    return text.previous_sibling is None or text.next_sibling is None


def _set_title(article: Article, title: str, origin: str) -> None:
    title = html.unescape(unescape(title)).strip()
    if title:
        article.meta.title = title
        article.origin["title"] = origin


def _title_from_heading(article: Article) -> None:
    """Without a title line, the first heading is the title, or the document's own title element."""
    for selector in ("title", HEADINGS):
        shown = (one for one in article.body.select(selector) if one.closest(UNSEEN) is None)
        element = next(shown, None)
        if element is None or not element.text.strip():
            continue
        for line_break in element.select("br"):
            line_break.replace_with(Text(" "))
        text = " ".join(element.text.split())
        _set_title(article, text, f"{element.tag} element")
        article.note("title", "moved", element.text.strip(), "title")
        article.note_addresses("title", [element])
        element.extract()
        return
