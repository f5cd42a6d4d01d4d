"""XML text: escaping, what XML cannot hold, and the shell that every document of a book shares."""

from __future__ import annotations

import re

# XML 1.0, production [2] Char; C1 controls are legal there, but no reader shows them.
_ILLEGAL = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]"
)

_SHELL = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{lang}" xml:lang="{lang}">
<head>
<title>{title}</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body{attributes}>
{body}
</body>
</html>
"""


def legal(text: str) -> str:
    """Text without the characters that XML refuses and those that nobody sees."""
    return _ILLEGAL.sub("", text)


def one_line(text: str) -> str:
    """Text for a title or a name: legal, with single spaces and none at the edges."""
    return " ".join(legal(text).split())


def escape(text: str) -> str:
    """Text as it stands between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(value: str) -> str:
    """Text as it stands between double quotes."""
    return escape(value).replace('"', "&quot;")


def document(title: str, body: str, lang: str, attributes: str = "") -> bytes:
    """A whole XHTML document.

    title: its title, as text; body: finished XHTML; lang: a BCP 47 tag; attributes: those of `body`, with a leading
    space. The declaration names the encoding, for a service that takes a document without one for Latin-1.
    """
    html = _SHELL.format(lang=attribute(lang), title=escape(title), body=body, attributes=attributes)
    return html.encode()
