"""What a function of one's own did to a body, told in notes by comparing the body before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

from turbohtml import Element, Text

from convert.article import HIDDEN, UNSEEN, Article

MOST_PAIRS = 4_000_000
"""Sequences with more pairs of equal members than this are not compared member by member: it would take seconds."""

MOST_EDITS = 1000
"""Bodies that differ in more text nodes than this are compared by their longest runs that are alike."""

Align: TypeAlias = Callable[[Sequence[str], Sequence[str]], list[tuple[int, int]] | None]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a body shows and names: its texts in order, how often each address stands in it, and each description."""

    texts: tuple[str, ...]
    addresses: Counter[str]
    descriptions: Counter[tuple[str, str]]

    @classmethod
    def of(cls, body: Element) -> Picture:
        """What a body shows now."""
        hidden = set(body.select(UNSEEN))
        texts = tuple(
            node.data
            for node in body.descendants
            if type(node) is Text and not node.data.isspace() and hidden.isdisjoint(node.ancestors)
        )
        addresses: Counter[str] = Counter()
        descriptions: Counter[tuple[str, str]] = Counter()
        for element in body.select("[href], [src], img[alt]"):
            if element.matches(HIDDEN):
                continue
            address = element.attr("href") or element.attr("src") or ""
            addresses[address] += bool(address)
            if element.tag == "img" and (told := element.attr("alt")):
                descriptions[address, told] += 1
        return cls(texts, addresses, descriptions)


def note_difference(article: Article, name: str, before: Picture, after: Picture) -> None:
    """Leave notes of the text, addresses and descriptions that a function took away, and of text that it added.

    name: the function's, as the notes bear it.
    """
    _note_texts(article, name, before.texts, after.texts)
    gone = before.addresses - after.addresses
    for address in gone.elements():
        article.note(name, "removed", address, of="attribute")
    kept = Counter({told: count for (_, told), count in after.descriptions.items()})
    for (address, told), count in before.descriptions.items():
        # the note of a picture's address stands for the whole picture
        if kept[told] < count and address not in gone:
            article.note(name, "removed", told, of="attribute")


def _note_texts(article: Article, name: str, before: Sequence[str], after: Sequence[str]) -> None:
    # whole text nodes first: those that stay need no look at their letters
    for old, new in _differing(before, after, _fewest_edits):
        for gone, come in _differing("".join(old), "".join(new), lambda _, __: None):
            if "".join(come).strip():
                article.note(name, "changed", "".join(gone), "".join(come))
            elif "".join(gone).strip():
                article.note(name, "removed", "".join(gone).strip())


def _differing(before: Sequence[str], after: Sequence[str], align: Align) -> list[tuple[Sequence[str], Sequence[str]]]:
    """The stretches in which two sequences differ, each as it was and as it is.

    What is alike at both ends is set aside first. `align` says which members of the rest are the same; where it does
    not, the longest runs that are alike count; and where there are too many equal pairs, all the rest is one stretch.
    """
    start = next((at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), None)
    start = min(len(before), len(after)) if start is None else start
    before, after = before[start:], after[start:]
    end = 0
    while end < min(len(before), len(after)) and before[-1 - end] == after[-1 - end]:
        end += 1
    before, after = before[: len(before) - end], after[: len(after) - end]
    same = align(before, after)
    if same is None:
        counts = Counter(after)
        if sum(count * counts[one] for one, count in Counter(before).items()) > MOST_PAIRS:
            return [(before, after)]
        blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        same = [(old + at, new + at) for old, new, size in blocks for at in range(size)]
    stretches, low, new = [], 0, 0
    for old_place, new_place in [*same, (len(before), len(after))]:
        if old_place > low or new_place > new:
            stretches.append((before[low:old_place], after[new:new_place]))
        low, new = old_place + 1, new_place + 1
    return stretches


def _fewest_edits(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]] | None:
    """The places of the members that stay, by the fewest that go and come; None where those are more than MOST_EDITS.

    Eugene W. Myers, “An O(ND) Difference Algorithm and Its Variations”, Algorithmica 1 (1986): the furthest place that
    is reached on each diagonal, by one edit more each time.
    """
    reached, rounds = {1: 0}, []
    for edits in range(min(len(before) + len(after), MOST_EDITS) + 1):
        rounds.append(dict(reached))
        for diagonal in range(-edits, edits + 1, 2):
            comes = diagonal == -edits or (diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1])
            at = reached[diagonal + 1] if comes else reached[diagonal - 1] + 1
            while at < len(before) and at - diagonal < len(after) and before[at] == after[at - diagonal]:
                at += 1
            reached[diagonal] = at
            if at >= len(before) and at - diagonal >= len(after):
                return _way_back(rounds, len(before), len(after))
    return None


def _way_back(rounds: Sequence[Mapping[int, int]], at: int, new: int) -> list[tuple[int, int]]:
    """The pairs of members that stay, read from the end, in the order of the text."""
    same = []
    for edits in range(len(rounds) - 1, -1, -1):
        reached, diagonal = rounds[edits], at - new
        comes = diagonal == -edits or (diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1])
        before = diagonal + 1 if comes else diagonal - 1
        old_at = reached[before]
        start = max(0, old_at if comes else old_at + 1)
        while at > start and new > 0 and edits >= 0 and at > 0:
            at, new = at - 1, new - 1
            same.append((at, new))
        at, new = old_at, old_at - before
    return same[::-1]
