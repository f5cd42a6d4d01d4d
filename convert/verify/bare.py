"""An address without what resolving and encoding may change."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

_LEAD_IN = re.compile(r"^(?:https?:)?/+|^(?:\.{1,2}/)+", re.I)
_LOST = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff]+")
_SIMPLE = re.compile(r"https?://([A-Za-z0-9._~-](?:[A-Za-z0-9./_~=?#:-]*[A-Za-z0-9._~=?#:-])?)/*")


@lru_cache(maxsize=4096)
def bare(address: str) -> str:
    """An address without scheme, leading dots, percent signs, spaces, and slashes at its end."""
    if simple := _SIMPLE.fullmatch(address):
        return simple[1]
    return _LEAD_IN.sub("", unspaced(address)).rstrip("/")


def unspaced(text: str) -> str:
    """Addresses in a note's text without entities, percent signs and spaces."""
    return _LOST.sub("", unquote(unescape(text)))
