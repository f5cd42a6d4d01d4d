"""Holds what the Markdown files of a run say of other files against these, when all of them are there.

Nearly all files say what they were to say, which the catalogue knows; so that memory does not grow with the links of a
mirror, the others alone are kept until then.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote, unquote

from convert.batch.links.claims import WIKI, wrong_link, wrong_picture
from convert.catalogue import Catalogue
from convert.catalogue.references import (
    PICTURE,
    Place,
    copies,
    leads,
    owners,
    place_of,
    places,
    references,
    sources,
)
from convert.catalogue.rows import Reference

if TYPE_CHECKING:  # what compares is imported where something is compared
    from convert.verify import Claim, Difference

Untold: TypeAlias = "Mapping[str, Sequence[Claim]]"
"""What the files say that a run wrote and nobody told them to, by the articles' names."""


def untold(made: Sequence[Claim], told: Sequence[Reference]) -> tuple[Claim, ...]:
    """What a file says besides what it was told to say.

    made: all that it says. told: the article's references, with what was to stand for them.
    """
    if not made:
        return ()
    by_address = {(one.kind, one.address): one for one in told}
    return tuple([one for one in made if not _is_told(one, by_address.get((one.kind, one.address)))])


def _is_told(claim: Claim, reference: Reference | None) -> bool:
    from convert.verify.projection import encoded

    if reference is None:  # one that is no article's, or no picture that could be had
        return claim.found == claim.address
    if claim.kind == "link" and (claim.publisher, claim.id) != (reference.publisher, reference.id):
        return False
    if claim.found.startswith(WIKI):
        return reference.wiki != "" and unquote(claim.found.removeprefix(WIKI)) == reference.wiki
    return encoded(claim.found) == encoded(reference.target or reference.address)


def _claims(told: Reference) -> Iterator[Claim]:
    """What a file says of a reference that is written as it was to be: a wiki link's text may have asked for a path."""
    from convert.verify import Claim

    known = (told.publisher, told.id) if told.kind == "link" else ("", "")
    yield Claim(told.kind, told.address, *known, told.target or told.address)
    if told.wiki:
        yield Claim(told.kind, told.address, *known, f"{WIKI}{quote(told.wiki)}")


def places_named(catalogue: Catalogue) -> dict[str, set[str]]:
    """The names of the places within each article that has some."""
    found: dict[str, set[str]] = {}
    for one in references(catalogue, "anchor"):
        found.setdefault(one.name, set()).add(one.address)
    return found


class Holding:
    """The files of a run: whose they are, and what they hold.

    vault: the folder that paths of wiki links start from. picture: which one lies at the path or address of a
    reference by now. copied: the pictures that have files, by article and address, where others could not be copied,
    which is told; else None.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        vault: str,
        picture: Callable[[str], str | None],
        copied: Container[tuple[str, str]] | None,
    ) -> None:
        self._catalogue, self._vault, self._picture, self._copied = catalogue, vault, picture, copied
        self._places = places(catalogue)
        self._owners = dict(owners(catalogue))
        self._files = {known: found[0].file for known, found in leads(catalogue).items()}
        self._made, self._read = copies(catalogue), sources(catalogue)
        named = places_named(catalogue)
        self._anchors = {self._places[name].file: names for name, names in named.items() if name in self._places}

    def wrong(self, written: Untold) -> list[tuple[Place, list[Difference]]]:
        """The articles whose files lead elsewhere than they should. written: those that are asked about."""
        result = []
        waiting = {name for name, others in written.items() if others}
        for name, told in groupby(references(self._catalogue, "link", PICTURE), attrgetter("name")):
            if name in written and name in self._places:
                waiting.discard(name)
                result.append((self._places[name], [*self._of(self._places[name], list(told), written[name])]))
        # those whose bodies refer to nothing
        for place in (place_of(self._catalogue, name) for name in sorted(waiting)):
            result += [(place, [*self._of(place, [], written[place.name])])] if place else []
        return [(place, found) for place, found in result if found]

    def _of(self, place: Place, told: Sequence[Reference], others: Sequence[Claim]) -> Iterator[Difference]:
        """What is wrong in one file. told: the article's references. others: what it says besides."""
        shown = {one.address: one.id for one in told if one.kind == PICTURE}
        besides = {(one.kind, one.address) for one in others}
        asked = [claim for one in told if (one.kind, one.address) not in besides for claim in _claims(one)]
        for one in (*asked, *others):
            wrong = None
            if one.kind == "link":
                wrong = wrong_link(one, place.file, self._vault, self._owners, self._files, self._anchors)
            elif self._copied is None or one.found != one.address or (place.name, one.address) in self._copied:
                source = self._picture(shown[one.address]) if one.address in shown else None
                wrong = wrong_picture(one, place.file, self._made, self._read.get(source or ""))
            if wrong:
                yield wrong
