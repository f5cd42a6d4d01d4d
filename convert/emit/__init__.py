"""The output formats. EMITTERS lists them by name; each is one writer over canonical HTML."""

from __future__ import annotations

from convert.emit import html, json, markdown, text
from convert.emit.options import EmitOptions, Emitter, Format, Rewrites, Together
from convert.emit.typeset import setting_all_first, setting_first, typeset

EMITTERS: dict[str, Format] = {
    "markdown": Format("markdown", ".md", "Markdown with YAML front matter", markdown.write),
    "text": Format("text", ".txt", "plain text: title, date and authors, body, address", text.write),
    "json": Format("json", ".json", "metadata with where each was read, notes, HTML, Markdown and text", json.write),
    "html": Format("html", ".html", "canonical HTML in a document with metadata, for other programs", html.write),
}

__all__ = [
    "EMITTERS",
    "EmitOptions",
    "Emitter",
    "Format",
    "Rewrites",
    "Together",
    "setting_all_first",
    "setting_first",
    "typeset",
]
