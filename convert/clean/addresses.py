"""Addresses of links and pictures: made absolute and valid, or refused."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin

SOUND = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#](?:[!#$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*)?\Z")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
FORBIDDEN = frozenset({"javascript", "vbscript", "data", "file", "about", "blob"})
KNOWN = frozenset({"http", "https", "ftp", "ftps", "mailto", "tel", "sms", "magnet", "news", "irc", "xmpp", "geo"})
AUTHORITY = re.compile(r"(?:[^\s/?#@]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^\W_](?:[\w-]*\.)*[\w-]*\.?)(?::\d*)?\Z")
DOMAIN = re.compile(
    r"(?:[A-Za-z0-9-]+\.)+(?:com|org|net|edu|gov|info|biz|tv|cn|tw|hk|jp|uk|us|ca|au|de|fr|eu|win|app|me|io|co|ly)(?=[/:?#]|\Z)"
)
TWICE = re.compile(r"https?:/{0,2}(?=https?:/)", re.IGNORECASE)
# what may not stand in an address as it is (RFC 3987 keeps the characters beyond ASCII)
UNSAFE = re.compile(
    r"[\x00-\x20\x7f\"<>\\^`{|}\u0080-\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]|%(?![0-9A-Fa-f]{2})"
)
# controls and spaces (WHATWG URL, *basic URL parser*, 1), and the wide ones that people paste
AT_EDGES = (
    "".join(map(chr, (*range(0x21), *range(0x2000, 0x200C)))) + "\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"
)
SQUARE = re.compile(r"[\[\]]")


@lru_cache(maxsize=8192)  # links to tag pages repeat within an article and over the mirror
def mend(address: str, base: str) -> str | None:
    """A link's or picture's address, absolute and valid; None where it leads nowhere that a reader may go.

    base: what a relative address is resolved against; empty keeps it relative.
    Valid is what RFC 3987 allows: no white space, no control character, no lone `%`; Han characters stay.
    """
    if SOUND.match(address) and not TWICE.match(address):
        return address
    address = re.sub(r"[\t\n\r\f]+", "", address.strip(AT_EDGES))
    address = TWICE.sub("", address)
    if not address:
        return None
    if address.startswith("#"):
        return _encoded(address)
    if address.startswith("//"):
        address = f"https:{address}"
    elif DOMAIN.match(address):
        address = f"http://{address}"
    scheme = SCHEME.match(address)
    if scheme is None:
        return _encoded(urljoin(base, address) if base else address)
    name = scheme[1].lower()
    if name in FORBIDDEN or name not in KNOWN:
        return None
    if name in {"http", "https", "ftp", "ftps"}:
        return _web(name, address[scheme.end() :])
    rest = address[scheme.end() :]
    return f"{name}:{_encoded(rest)}" if rest.strip() else None


def _web(scheme: str, rest: str) -> str | None:
    """An address with an authority; None where what stands there is no host."""
    rest = rest.replace("\\", "/") if rest.startswith("\\") else rest
    if not rest.startswith("//"):
        return None
    authority, cut, path = re.match(r"([^/?#]*)([/?#]?)(.*)\Z", rest[2:], re.DOTALL).groups()  # type: ignore[union-attr]  # matches all
    if not AUTHORITY.match(authority):
        return None
    if not authority.isascii() and "." not in authority:
        return None
    return f"{scheme}://{authority}{cut}{_encoded(path)}"


def _encoded(part: str) -> str:
    part = UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), part)
    return SQUARE.sub(lambda match: "%5B" if match[0] == "[" else "%5D", part)
