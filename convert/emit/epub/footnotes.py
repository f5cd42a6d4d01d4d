"""Finds footnotes in a chapter: a reference, the note that it points to, and the way back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from turbohtml import Element, Node

# What a reference to a note looks like where it is not raised: [1], （注2）, ③, *.
_MARK = re.compile(
    r"[\[［(（【〔]?\s*(?:注|註|note)?\s*(?:\d{1,3}|[ivxlc]{1,6}|[①-⑳㈠-㈩]|[*＊※†‡])\s*[\]］)）】〕]?", re.IGNORECASE
)


@dataclass(slots=True)
class Footnotes:
    """What the writer has to know: which links are references or ways back, and which blocks are notes.

    references, backlinks: elements `a`. notes: a note's block to the first reference to it. parts: for each reference
    the number of the group of blocks that it stands in.
    """

    references: set[Element] = field(default_factory=set)
    backlinks: set[Element] = field(default_factory=set)
    notes: dict[Element, Element] = field(default_factory=dict)
    parts: dict[Element, int] = field(default_factory=dict)


def find_footnotes(groups: Sequence[Sequence[Node]]) -> Footnotes:
    """Look for footnotes in the blocks of one chapter.

    A link to a paragraph or list item further down is a reference where it is raised, looks like a mark, or where the
    note links back to it.
    """
    found = Footnotes()
    parts = {node: part for part, group in enumerate(groups) for block in group for node in _elements(block)}
    order = list(parts)
    place = {node: number for number, node in enumerate(order)}
    targets: dict[str, Element] = {}
    for node in order:
        if name := node.attr("id"):
            targets.setdefault(name, node)
    links = [node for node in order if node.tag == "a" and (node.attr("href") or "").startswith("#")]
    for link in links:
        target = targets.get((link.attr("href") or "")[1:])
        note = _note(target) if target is not None else None
        if note is None or place[note] <= place[link] or _within(link, note):
            continue
        back = _way_back(note, link, links, targets)
        if back is None and not _looks_like_mark(link):
            continue
        found.references.add(link)
        found.parts[link] = parts[link]
        found.notes.setdefault(note, link)
        if back is not None:
            found.backlinks.add(back)
    return found


def _elements(block: Node) -> list[Element]:
    if not isinstance(block, Element):
        return []
    return [block, *(node for node in block.descendants if isinstance(node, Element))]


def _note(target: Element) -> Element | None:
    """The block that a target stands for: a paragraph or list item, itself or the one that it opens."""
    node: Node | None = target
    while isinstance(node, Element) and node.tag not in ("p", "li"):
        if node.tag not in ("a", "sup", "strong", "em"):
            return None
        node = node.parent
    return node if isinstance(node, Element) else None


def _within(node: Node, block: Node) -> bool:
    return any(one == block for one in node.ancestors)


def _way_back(note: Element, link: Element, links: Sequence[Element], targets: dict[str, Element]) -> Element | None:
    """The link in a note that leads to the reference, to what holds it, or to what stands within it."""
    for candidate in links:
        if _within(candidate, note):
            goal = targets.get((candidate.attr("href") or "")[1:])
            if goal is not None and (goal == link or _within(link, goal) or _within(goal, link) or _beside(goal, link)):
                return candidate
    return None


def _beside(goal: Element, link: Element) -> bool:
    """Whether an empty anchor stands in the same block as the reference."""
    return not goal.text and goal.parent is not None and _within(link, goal.parent)


def _looks_like_mark(link: Element) -> bool:
    raised = any(isinstance(one, Element) and one.tag == "sup" for one in link.ancestors)
    return raised or link.select_one("sup") is not None or _MARK.fullmatch(link.text.strip()) is not None
