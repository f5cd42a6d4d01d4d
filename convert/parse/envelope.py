"""Take the envelope off: what the mirror wrapped round an article, by its profile's patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from convert.article import Address
from convert.profiles import EnvelopePart, Profile


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the envelope as it stands in the file; `to` is the metadata key that it fills, or empty."""

    name: str
    text: str
    to: str = ""


@dataclass(slots=True)
class Envelope:
    """An opened envelope: the body as it stands in the file, what stood round it, title and address."""

    body: str
    title: str = ""
    address: str = ""
    pieces: list[Piece] = field(default_factory=list)


def open_envelope(text: str, profile: Profile) -> Envelope:
    """Split a source's text into its body and its envelope, by the patterns of the profile.

    Pieces are looked for in the profile's order and may be missing. Nothing is changed: the pieces and the body are
    the file's text, cut apart.
    """
    rules = profile.envelope
    envelope = Envelope(text)
    start = 0
    for part in rules.head:
        if match := part.pattern.match(text, start):
            _take(envelope, part, match)
            start = match.end()
    end = len(text)
    tail: list[Piece] = []
    for part in rules.tail:
        # the patterns are anchored with \Z, so that they are tried on the file's last part only
        window = text[max(start, end - rules.reach) : end]
        if match := part.pattern.search(window):
            _take(envelope, part, match)
            tail.append(envelope.pieces.pop())
            end -= len(window) - match.start()
    body = text[start:end]
    for part in rules.inside:
        if found := [match[0] for match in part.pattern.finditer(body)]:
            envelope.pieces.extend([Piece(part.name, one) for one in found])
            body = part.pattern.sub("", body)
    envelope.body = body
    envelope.pieces.extend(reversed(tail))
    return envelope


def _take(envelope: Envelope, part: EnvelopePart, match: re.Match[str]) -> None:
    groups = match.groupdict()
    to = ""
    if groups.get("title"):
        envelope.title, to = groups["title"], "title"
    if groups.get("address"):
        envelope.address, to = groups["address"], "source"
    envelope.pieces.append(Piece(part.name, match[0], to))


def find_address(address: str, profile: Profile) -> Address | None:
    """What an address tells by the profile's patterns, or None where no pattern knows it."""
    for known in profile.addresses:
        if match := known.pattern.search(address):
            parts = {"id": "", "year": "", "month": "", "day": ""} | match.groupdict("")
            return Address(known.publisher, parts["id"], parts["year"], parts["month"], parts["day"])
    return None
