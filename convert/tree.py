"""What several stages do to trees: read a block's text, cut a piece out of it, take it apart at its line breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from turbohtml import Element, Node, Text, parse_fragment

CELLS = frozenset({"td", "th"})
MANY = 1000  # nodes
HOMES = "p, h1, h2, h3, h4, figcaption, td, th"  # what a target may stand in
INLINE = frozenset({"a", "strong", "em", "sup", "sub", "code", "s", "br", "img"})
BLOCKS = frozenset(
    "p div section article main header footer nav aside center address details summary fieldset legend hgroup menu "
    "body html h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre figure figcaption table caption thead tbody tfoot tr "
    "td th hr".split()
)
ANY_BLOCK = ", ".join(sorted(BLOCKS))


def fragment(html: str) -> Element:
    """Parse HTML by the HTML5 algorithm; the result is a `div` that holds it."""
    return parse_fragment(html, positions=False)


def texts(node: Node) -> list[Text]:
    """Every text node below a node, in document order."""
    return [one for one in node.descendants if type(one) is Text]


def new(home: Element, tag: str, attributes: dict[str, str] | None = None) -> Element:
    """A new element, in no place yet, but in the memory of the tree that `home` belongs to.

    turbohtml gives an element that is made by itself a memory of its own, 5 KB of it, and copies all that is moved
    into it and out of it again.
    """
    made = Element(tag, attributes)
    home.append(made)
    made.extract()
    return made


def move(nodes: Iterable[Node], target: Element) -> Element:
    """Move nodes to the end of another element, which is returned."""
    target.extend(list(nodes))
    return target


def replace(node: Node, parts: Sequence[Node]) -> None:
    """Put nodes in another one's place; very many of them as well, for which `replace_with` takes long."""
    parent = node.parent
    if len(parts) < MANY or not isinstance(parent, Element):
        node.replace_with(*parts)
        return
    after = list(node.next_siblings)
    node.extract()
    parent.extend([*parts, *after])


def cut(block: Element, start: int, end: int) -> str:
    """Remove the characters `start` to `end` (offsets into `block.text`); elements that become empty go with them.

    Returns the text that was removed.
    """
    removed: list[str] = []
    offset = 0
    for node in texts(block):
        data = node.data
        low, high = max(start - offset, 0), min(end - offset, len(data))
        offset += len(data)
        if low >= high:
            continue
        removed.append(data[low:high])
        rest = data[:low] + data[high:]
        if rest:
            node.data = rest
        else:
            _drop_empty(node, block)
        if offset >= end:
            break
    return "".join(removed)


def _drop_empty(node: Node, block: Element) -> None:
    """Remove a node, and the inline elements round it that hold nothing else."""
    while True:
        parent = node.parent
        alone = node.previous_sibling is None and node.next_sibling is None  # to count siblings is to walk over them
        node.extract()
        if not alone or parent is block or not isinstance(parent, Element) or parent.tag not in INLINE:
            return
        node = parent


def trim(block: Element) -> None:
    """Remove white space and line breaks from both edges of a block, also inside inline elements at the edge."""
    text = block.text
    if text and not text[0].isspace() and not text[-1].isspace() and block.select_one("br") is None:
        return
    targets: list[Node] = []
    for first in (True, False):
        for child in block.children if first else block.children[::-1]:
            if _trim_edge(child, first, block, targets):
                break
    for target in reversed(targets):
        block.insert(0, target)


def _trim_edge(node: Node, first: bool, block: Element, targets: list[Node]) -> bool:
    """Trim what stands at an edge of a block; returns whether the edge is settled. Targets of links are kept."""
    if type(node) is Text:
        data = node.data
        kept = data.lstrip() if first else data.rstrip()
        if kept:
            if kept != data:
                node.data = kept
            return True
    elif type(node) is Element:
        children = node.children if node.tag in INLINE else []
        for child in children if first else children[::-1]:
            if _trim_edge(child, first, block, targets):
                return True
        if node.parent is None:
            return False  # it held nothing else
        if node.tag == "a" and "id" in node.attrs:
            targets.append(node)
        elif node.tag == "img" or node.tag not in INLINE or "id" in node.attrs:
            return True
    _drop_empty(node, block)
    return False


def tidy_text(block: Element) -> None:
    """One space at most between two texts, none beside a line break or at the block's edge."""
    trim(block)
    if "  " not in block.text and block.select_one("br, ul, ol") is None:
        return
    space = True
    last: Text | None = None
    for node in list(block.descendants):
        if type(node) is Element:
            if node.tag in {"br", "ul", "ol"}:
                if last is not None and last.data[-1:].isspace():
                    last.data = last.data.rstrip()
                space = True
            elif node.tag == "img":
                space = False
            continue
        if type(node) is Text:
            data = node.data
            data = re.sub(" {2,}", " ", data) if "  " in data else data
            if space:
                data = data.lstrip()
            if data != node.data:
                node.data = data
            if data:
                space, last = data.endswith(" "), node


def is_blank(block: Node) -> bool:
    """Whether a block shows nothing: no text but white space, no picture, no rule, and no target of a link."""
    text = block.text
    if text and not text[0].isspace():
        return False
    return not text.strip() and not (
        isinstance(block, Element) and (block.tag == "hr" or block.select_one("img, hr, [id]") is not None)
    )


def shown_children(block: Element, most: int) -> list[Node]:
    """The children of a block that show something; none of them where there are more than `most`."""
    found: list[Node] = []
    node = block[0] if len(block) else None
    while node is not None:  # from one to the next: a list of all children takes long where there are very many
        if not is_blank(node):
            if len(found) == most:
                return []
            found.append(node)
        node = node.next_sibling
    return found


def only_child(block: Element) -> Node | None:
    """The one child of a block that shows something; None where there are several, or none."""
    found = shown_children(block, 1)
    return found[0] if found else None


def drop_if_blank(block: Element) -> None:
    """Remove a block that shows nothing; the targets of links in it move to the next block, or to the one before."""
    root = block
    while isinstance(root.parent, Element):
        root = root.parent
    if is_blank(block):
        drop_block(block)
    if root.select_one("[id]") is not None:
        drop_unwanted_ids(root)
        house_targets(root)


def drop_unwanted_ids(body: Element) -> None:
    """Of two elements with one wanted id the first keeps it; an id that nothing leads to goes."""
    wanted = {href[1:] for anchor in body.select('a[href^="#"]') if (href := anchor.attr("href"))}
    for element in body.select("[id]"):
        name = element.attr("id")
        if name in wanted:
            wanted.discard(name)
            continue
        del element.attrs["id"]
        if element.tag == "a" and "href" not in element.attrs:
            element.unwrap()


def house_targets(body: Element) -> None:
    """Move the targets of blocks that show nothing else to the start of the next block, or of the one before."""
    home: Element | None = None
    homeless: list[str] = []
    for block in reversed(body.select(f"{HOMES}, li")):
        if block.text.strip() or block.select_one("img, hr") is not None:
            if block.tag == "li" and type(block[0]) is Element and block[0].tag not in INLINE:
                continue  # it holds blocks
            home = block
            _settle(home, homeless)
        elif block.tag not in CELLS and (names := _targets(block)):
            drop_block(block)
            homeless.extend(reversed(names))
            if home is not None:
                _settle(home, homeless)


def _targets(block: Element) -> list[str]:
    own = [block.attr("id") or ""] if "id" in block.attrs else []
    return own + [element.attr("id") or "" for element in block.select("[id]")]


def _settle(home: Element, names: list[str]) -> None:
    """Put targets, the last one first, at the start of a block; none of them is homeless then."""
    for name in names:
        home.insert(0, Element("a", {"id": name}))
    names.clear()


def drop_block(block: Element) -> None:
    """Remove a block, the lists and quotes that it leaves empty, and rules that then divide nothing; cells stay."""
    while block.tag not in CELLS and isinstance(block.parent, Element):
        outer, before, after = block.parent, block.previous_sibling, block.next_sibling
        block.extract()
        _drop_rules(before, after)
        if outer.parent is None or any(one is not None and one.parent is not None for one in (before, after)):
            return
        if len(outer):  # asked last: to count children is to walk over them
            return
        block = outer


def _drop_rules(before: Node | None, after: Node | None) -> None:
    """Remove rules beside a place at which a block stood, where they are at an edge or side by side now."""
    if type(after) is Element and after.tag == "hr":
        lead = type(before) is Element and before.tag == "figure" and before.previous_sibling is None
        if before is None or lead or (type(before) is Element and before.tag == "hr"):
            after.extract()
    elif after is None and type(before) is Element and before.tag == "hr":
        before.extract()


def opening_tag(element: Element) -> str:
    """An element's opening tag as HTML: what a note says of an element without text."""
    attributes = "".join(f' {name}="{escape(element.attr(name) or "")}"' for name in element.attrs)
    return f"<{element.tag}{attributes}>"
