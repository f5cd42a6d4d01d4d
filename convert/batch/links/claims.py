"""Holds what Markdown files say of other files against these: whose they are, the catalogue or the plan knows.

The writer was told what to write; here nobody asks what that was. A link must lead to the file of the very article that
the source's address names, by whichever path it is written.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from convert.catalogue import Output
from convert.catalogue.references import Source
from convert.profiles import Profile

if TYPE_CHECKING:  # what compares is imported where something is compared
    from convert.verify import Claim, Difference

WIKI = "wiki:"
"""What `convert.verify.rewritten` puts before a path in the vault."""


@dataclass(slots=True)
class Claims:
    """Takes in what files say.

    profiles, pictures, wiki: as of `Rewritten`.
    """

    profiles: Sequence[Profile]
    pictures: bool
    wiki: bool
    made: list[Claim] = field(default_factory=list)


def aim(file: str, found: str, vault: str) -> str:
    """The path below the output folder that a link in a file leads to; nothing where it leads out of it.

    file: its path there. found: as a `Claim` has it. vault: the folder that paths of wiki links start from.
    """
    if found.startswith(WIKI):
        path = posixpath.join(vault, f"{unquote(found.removeprefix(WIKI))}.md")
    elif (parts := split(found)) is None or parts.scheme or parts.netloc:
        return ""
    else:
        path = posixpath.join(posixpath.dirname(file), unquote(parts.path))
    path = posixpath.normpath(path)
    return "" if path.startswith(("/", "../")) or path == ".." else path


def split(address: str) -> SplitResult | None:
    """The parts of an address, or None where it is none."""
    try:
        return urlsplit(address)
    except ValueError:  # brackets that hold no address of IPv6
        return None


def has_query(found: str) -> bool:
    """Whether what stands in a file asks for more than a path: what lies on a disk answers no query."""
    parts = None if found.startswith(WIKI) else split(found)
    return parts is not None and parts.query != ""


def place_in(address: str) -> str:
    """The place within a document that an address leads to, or nothing."""
    return "" if address.startswith(WIKI) else unquote(address.partition("#")[2])


def wrong_link(
    claim: Claim,
    file: str,
    vault: str,
    owners: Mapping[str, tuple[str, str]],
    files: Mapping[tuple[str, str], str],
    anchors: Mapping[str, Container[str]],
) -> Difference | None:
    """How a link is not as it should be, or None.

    file: the one that it stands in. owners: of every Markdown file the publisher and id of its article. files: the
    other way round. anchors: the names of places in files, as far as links may lead to any there.
    """
    from convert.verify import Difference

    known = (claim.publisher, claim.id)
    target = aim(file, claim.found, vault)
    is_right = claim.found != claim.address and owners.get(target) == known
    expected = target if is_right else files.get(known, "")
    place = place_in(claim.address)
    due = place if place in anchors.get(expected, ()) else ""
    if is_right and place_in(claim.found) == due and not has_query(claim.found):
        return None
    if claim.found == claim.address:
        found = claim.address
        if not expected:  # right as long as there is no such article
            return None
    elif is_right:
        found = target + claim.found[len(claim.found.partition("#")[0].partition("?")[0]) :]
    else:
        found = target if target in owners else f"{target or claim.found}, which is no article's file"
    return Difference("links", f"{file}, {claim.address}", f"{expected or claim.address}{due and f'#{due}'}", found)


def wrong_picture(claim: Claim, file: str, made: Mapping[str, Output], picture: Source | None) -> Difference | None:
    """How a picture is not as it should be, or None.

    file: the one that shows it. made: the files of pictures by their paths. picture: the one that the source shows, as
    it was read.
    """
    from convert.verify import Difference

    path = aim(file, claim.found, "")
    if picture and path in made and made[path].digest == picture.digest and not has_query(claim.found):
        return None
    if claim.found == claim.address and (picture is None or not picture.suffix):  # right as long as there is none
        return None
    return Difference("pictures", f"{file}, {claim.address}", "a file that holds this picture", path or claim.found)
