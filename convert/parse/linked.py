"""Which article a link leads to, by its address alone: what the profiles know of the addresses of their articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from convert.profiles import Profile

# a pattern may begin behind the scheme, or behind `www.`; an address within another one is not the link's own
_BEFORE = re.compile(r"(?:(?:https?:)?//)?(?:[\w-]+\.)*", re.IGNORECASE)
_BEHIND = re.compile(r"/?(?:[?&#].*)?", re.DOTALL)


def article_at(address: str, profiles: Sequence[Profile]) -> tuple[str, str] | None:
    """The publisher and the id of the article that an address is of, or None where no profile knows it.

    address: as it stands in a body. profiles: all that may know it, in the order in which they are tried. A query and a
    fragment make no other article of it, and neither does whatever else a pattern lets pass, as `http` for `https`.
    """
    for profile in profiles:
        for known in profile.addresses:
            match = known.pattern.search(address)
            if match is None or not _BEFORE.fullmatch(address, 0, match.start()):
                continue
            id_ = match.groupdict("").get("id", "")
            if id_ and known.publisher and _BEHIND.fullmatch(address, match.end()):
                return known.publisher, id_
    return None
