"""Canonical HTML in a whole document, for other programs."""

from __future__ import annotations

from html import escape

from convert.article import Article
from convert.emit.options import EmitOptions


def write(article: Article, options: EmitOptions) -> bytes:
    """The article as an HTML document in UTF-8: metadata in its head, the title as `h1`, then the canonical body."""
    return document(article).encode("utf-8")


def document(article: Article) -> str:
    """The whole document as text."""
    meta = article.meta
    title = escape(meta.title)
    head = ['<meta charset="utf-8">', f"<title>{title}</title>"]
    named = [("author", one) for one in meta.authors]
    named += [("translator", one) for one in meta.translators]
    named += [("date", meta.date.isoformat())] if meta.date else []
    named += [("description", meta.description)] if meta.description else []
    named += [("keywords", ",".join(meta.tags))] if meta.tags else []
    named += [("publisher", meta.publisher)] if meta.publisher else []
    head += [f'<meta name="{name}" content="{escape(value)}">' for name, value in named]
    if meta.source:
        head.append(f'<link rel="canonical" href="{escape(meta.source)}">')
    lang = f' lang="{escape(meta.lang)}"' if meta.lang else ""
    lines = ["<!DOCTYPE html>", f"<html{lang}>", "<head>", *head, "</head>", "<body>", f"<h1>{title}</h1>"]
    lines += [block.html for block in article.body.children]
    return "\n".join([*lines, "</body>", "</html>", ""])
