"""Holds an HTML file against its article: the canonical body as it is, under the title."""

from __future__ import annotations

from turbohtml import Element, parse

from convert.verify.difference import Difference, short
from convert.verify.projection import projected
from convert.verify.reading import compare_blocks
from convert.verify.view import View


def html_file(text: str, view: View) -> list[Difference]:
    """Read an HTML file, and compare title and body with the article's, element by element."""
    body = parse(text, positions=False).select_one("body")
    blocks = [one for one in body.children if isinstance(one, Element)] if body is not None else []
    title = " ".join(view.article.meta.title.split())
    heading = " ".join(blocks[0].text.split()) if blocks and blocks[0].tag == "h1" else None
    found = []
    if heading != title:
        found.append(Difference("html", view.path, short(title), short(str(heading or ""))))
    written = "".join(one.html for one in blocks[heading is not None :])
    if written != view.html:
        wanted, got = projected(view.html), projected(written)
        told = list(compare_blocks("html", view.path, wanted, got))
        found += told or [Difference("html", view.path, short(view.html, 120), short(written, 120))]
    return found
