"""What a function of one's own did to a body, told in notes by comparing the body before and after."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from turbohtml import Element, Text

from convert.article import HIDDEN, UNSEEN, Article

LONG = 4_000_000
"""Two texts whose lengths multiplied are more than this are not compared letter by letter: it would take seconds."""


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
            node.data for node in body.descendants if type(node) is Text and hidden.isdisjoint(node.ancestors)
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


def _note_texts(article: Article, name: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    if before == after:
        return
    # whole text nodes first: those that stay need no look at their letters
    for kind, low, high, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            _note_letters(article, name, "".join(before[low:high]), "".join(after[start:end]))


def _note_letters(article: Article, name: str, before: str, after: str) -> None:
    """Notes of what differs in two pieces of text; of two long ones a single note."""
    differing = [(before, after)]
    if len(before) * len(after) <= LONG:
        pieces = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        differing = [(before[low:high], after[start:end]) for kind, low, high, start, end in pieces if kind != "equal"]
    for old, new in differing:
        if new.strip():
            article.note(name, "changed", old, new)
        elif old.strip():
            article.note(name, "removed", old.strip())
