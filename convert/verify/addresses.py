"""Addresses: every link and picture of the source is in the output or in a note."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from turbohtml import Element

from convert.article import Article, Note
from convert.verify.bare import bare, unspaced
from convert.verify.difference import Difference, short
from convert.verify.view import View


def addresses(view: View) -> list[Difference]:
    """Every `href` and `src` of the source is in the output or in a note, as often as it stands there, in order.

    A note is one of an attribute or element whose text holds the address. The output has no address that the
    source does not have, at least in its text, from where a rule of one's own took it. The addresses follow one
    another as in the source (those of the picture that opens the body may have moved).
    """
    if _as_they_stand(view):
        return []
    have = [bare(address) for address in view.addresses]
    wanted, found = _kept(view, have)
    strange = set(have).difference(wanted)
    if strange:
        known = "\n".join([*map(bare, view.seen.values.split("\n")), *map(bare, _noted(view.article.notes))])
        found += [
            Difference("address invented", view.path, "", short(address, 120))
            for address in sorted(strange)
            if address not in known and not view.read_from_text(address)
        ]
    return found + _order(view.path, wanted, have, _lead(view.article))


def _as_they_stand(view: View) -> bool:
    """Whether the source's addresses, but for those that a note gives whole, are the output's to the letter."""
    noted = Counter(note.text for note in view.article.notes if note.of == "attribute" and note.kind == "removed")
    rest = []
    have = iter(view.addresses)
    due = next(have, None)
    for address in view.seen.addresses:
        if address == due:
            due = next(have, None)
        elif noted[address]:
            noted[address] -= 1
        elif address:
            rest.append(address)
    if due is not None:
        return False
    if not rest:
        return True
    # What the envelope held stands in notes of whole elements, beside other text.
    notes = _noted(note for note in view.article.notes if note.of != "attribute" or note.kind != "removed")
    for raw in rest:
        at = next((index for index, text in enumerate(notes) if bare(raw) in text), None)
        if at is None:
            return False
        notes.pop(at)
    return True


def _noted(notes: Iterable[Note]) -> list[str]:
    """The texts in which an address may stand."""
    return [unspaced(f"{note.text} {note.to}") for note in notes if note.of != "text" and note.kind != "guessed"]


def _ends_with(wanted: str, have: Iterable[str]) -> str | None:
    """The output's address that the source's relative one was resolved to, if there is one."""
    return next((address for address in have if address.endswith("/" + wanted)), None)


def _kept(view: View, have: Sequence[str]) -> tuple[list[str], list[Difference]]:
    """The source's addresses, as they stand in the output where they were resolved, and those that are nowhere."""
    left = Counter(have)
    notes = _noted(view.article.notes)
    wanted: list[str] = []
    found: list[Difference] = []
    for raw in view.seen.addresses:
        address = bare(raw)
        if address and not left[address]:
            address = _ends_with(address, +left) or address
        wanted.append(address)
        if left[address]:
            left[address] -= 1
            continue
        at = next((index for index, text in enumerate(notes) if address in text), None)
        if at is not None:
            notes.pop(at)
        elif address:
            what = "one less" if address in have else ""
            found.append(Difference("address lost", view.path, short(raw, 120), what))
    return wanted, found


def _lead(article: Article) -> int:
    """How many addresses the figure has that opens the body, if one does."""
    first = article.body.children[0] if len(article.body) else None
    if not isinstance(first, Element) or first.tag != "figure":
        return 0
    found = first.xpath(".//@href|.//@src")
    return len(found) if isinstance(found, list) else 0


def _order(path: str, wanted: Sequence[str], have: Sequence[str], lead: int) -> list[Difference]:
    """Addresses that stand in another order than in the source; `lead` of them may have moved."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, address in enumerate(wanted):
        places[address].append(index)
    last, found = -1, []
    for address in have[lead:]:
        known = places.get(address)
        if not known:
            continue
        at = bisect_right(known, last)
        if at == len(known) and have.count(address) > len(known):
            continue  # one link of the source, taken apart at the blocks inside it
        if at == len(known):
            found.append(Difference("address order", path, "the order of the source", short(address, 120)))
        else:
            last = known[at]
    return found
