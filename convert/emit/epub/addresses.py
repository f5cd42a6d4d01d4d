"""Which addresses a book may link to, and how they are written."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_WEB = re.compile(r"(?i)(https?|ftp)://([^/?#\\]*)(.*)", re.DOTALL)
_HOST = re.compile(r"(?i)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?")
_PLAIN = frozenset({"mailto", "tel"})

# The URL standard's *URL code points*, without what only stands at certain places; everything else is encoded.
_FOREIGN = re.compile(r"[^!$&'()*+,\-./:;=?@_~%#0-9A-Za-z\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010fffd]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@lru_cache(maxsize=8192)  # links to tag pages repeat within a book
def outside(href: str) -> str | None:
    """An absolute address as an EPUB may hold it: every character that has to be is percent-encoded.

    Returns None for a relative address, for a scheme that nobody can follow from a book, and where the host is none
    (EPUBCheck reports such an address as RSC-020).
    """
    href = href.strip()
    scheme = _SCHEME.match(href)
    if scheme is None:
        return None
    if scheme[1].lower() in _PLAIN:
        rest = _encode(href[scheme.end() :].replace("#", "%23"))
        return f"{scheme[1].lower()}:{rest}" if rest else None
    web = _WEB.fullmatch(href)
    if web is None:
        return None
    authority = _authority(web[2])
    if authority is None:
        return None
    # Browsers read a backslash as a slash here (URL standard, *special URLs*).
    rest = re.sub(r"\\", "/", web[3], count=1) if web[3].startswith("\\") else web[3]
    return f"{web[1].lower()}://{authority}{_encode(rest)}"


@lru_cache(maxsize=1024)
def _authority(text: str) -> str | None:
    """A host with its port; a user's name and password are left out of a book."""
    host, colon, port = text.rpartition("@")[2].partition(":")
    if text.rpartition("@")[2].startswith("["):
        return None
    if colon and port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        return None
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if not _HOST.fullmatch(host) or len(host) > 253 or any(len(label) > 63 for label in host.split(".")):
        return None
    if not all(_is_label(label) for label in host.lower().split(".")):
        return None
    if host.rstrip(".").rpartition(".")[2].isdigit() and not _is_ipv4(host):
        return None
    return f"{host}:{port}" if port else host


def _is_label(label: str) -> bool:
    """Whether a part of a host that says it stands for other letters (RFC 3490, *ACE prefix*) does so."""
    if not label.startswith("xn--"):
        return True
    try:
        letters = label.encode("ascii").decode("idna")
        return not letters.isascii() and letters.encode("idna").decode("ascii") == label
    except UnicodeError:
        return False


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _encode(rest: str) -> str:
    """Path, query and fragment with every character encoded that may not stand there."""
    before, hash_, fragment = _BAD_PERCENT.sub("%25", rest).partition("#")
    text = before + hash_ + fragment.replace("#", "%23")
    return _FOREIGN.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode(errors="replace")), text)


def inside(path: str, href: str) -> str | None:
    """The path, relative to the input, that a relative address of a source means; None where it leads out.

    path: the source's own path. href: as it stands in the source; a query or fragment is left out.
    """
    if href.startswith(("http://", "https://")):
        return None  # what nearly all are
    target = unquote(re.split(r"[?#]", href.strip(), maxsplit=1)[0])
    if not target or target.startswith("/") or _SCHEME.match(target):
        return None
    parts = path.split("/")[:-1]
    for part in target.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
