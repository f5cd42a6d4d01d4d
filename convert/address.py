"""What an article's address tells about it."""

from __future__ import annotations

from dataclasses import dataclass

from convert.profiles import Profile


@dataclass(frozen=True, slots=True)
class Address:
    """What an article's address tells: its publisher, id, and the day in it (numbers as written, or empty)."""

    publisher: str
    id: str
    year: str
    month: str
    day: str


def find_address(address: str, profile: Profile) -> Address | None:
    """What an address tells by the profile's patterns, or None where no pattern knows it."""
    for known in profile.addresses:
        if match := known.pattern.search(address):
            parts = {"id": "", "year": "", "month": "", "day": ""} | match.groupdict("")
            return Address(known.publisher, parts["id"], parts["year"], parts["month"], parts["day"])
    return None
