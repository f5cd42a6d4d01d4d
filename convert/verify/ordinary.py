"""The canonical HTML that most articles are made of, as one pattern: what it takes needs no closer look.

It is stricter than docs/canonical.md: paragraphs, headings, figures, plain lists and quotations, with links, marks and
line breaks in them, no white space at any tag, no identifiers. What it refuses, `convert.verify.canonical` reads.
"""

from __future__ import annotations

import re

_TEXT = r"[^<]++"
_ADDRESS = r'"(?![jJdDvV](?i:avascript|ata|bscript):)[^" ]++"'
_IMAGE = rf'<img (?:src={_ADDRESS}(?: alt="[^"]*+")?|alt="[^"]*+" src={_ADDRESS})>'


def _mark(name: str, inner: str) -> str:
    return rf"<{name}>(?:{inner})++</{name}>"


def _link(inner: str) -> str:
    return rf"<a href={_ADDRESS}>(?:{inner})++</a>"


_RAISED = f"{_mark('sup', _TEXT)}|{_mark('sub', _TEXT)}"
_PLAIN = f"{_TEXT}|{_RAISED}"
_LOUD = f"{_mark('strong', f'{_PLAIN}|{_link(_TEXT)}')}|{_mark('em', f'{_PLAIN}|{_link(_TEXT)}')}"
_IN_LINK = f"{_PLAIN}|{_mark('strong', _TEXT)}|{_mark('em', _TEXT)}"
_RUN = f"(?:{_PLAIN}|{_link(_IN_LINK)}|{_LOUD})++"
_LINES = rf"{_RUN}(?:<br>{_RUN})*+"
_FIGURE = rf"<figure>(?:{_IMAGE}|<a href={_ADDRESS}>{_IMAGE}</a>)(?:<figcaption>{_LINES}</figcaption>)?+</figure>"
_PARAGRAPHS = f"(?:<p>{_LINES}</p>)++"
_LISTS = "|".join(f"<{name}>(?:<li>{_LINES}</li>)++</{name}>" for name in ("ul", "ol"))
_HEADINGS = "|".join(f"<{name}>{_LINES}</{name}>" for name in ("h2", "h3", "h4"))
_BODY = re.compile(f"(?:{_PARAGRAPHS}|{_HEADINGS}|{_FIGURE}|{_LISTS}|<blockquote>{_PARAGRAPHS}</blockquote>)*+")


def is_ordinary(html: str) -> bool:
    """Whether a body is canonical at the first look; where it says no, nothing is known."""
    # Printable text has no white space but the space; and those at tags take a walk to judge.
    if not html.isprintable() or "  " in html or " <" in html or "> " in html or "&nbsp;" in html:
        return False
    if 'alt=" ' in html or ' ">' in html or ' " src' in html:
        return False
    return _BODY.fullmatch(html) is not None
