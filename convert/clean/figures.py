"""Restore figures: a picture with its caption, from whatever stood round them."""

from __future__ import annotations

from collections import Counter

from turbohtml import Element, Node, Text

from convert.article import Article, Context
from convert.clean.characters import bare
from convert.tree import ANY_BLOCK, BLOCKS, move, new

RULE = "figures"
FRAMES = frozenset({"div", "center", "figure", "section", "article"})
LINE = frozenset({"span", "font", "strong", "b", "em", "i", "u"})
LOOSE = frozenset({"span", "font", "strong", "b", "em", "i", "p", "u", *FRAMES})
BREAKS = frozenset({"br", "img"})
PASSES = 4
CAPTION_MOST = 200  # characters of text that a div or center may hold beside a picture to be its caption
CAPTIONS = "figcaption"


def build_figures(article: Article, context: Context) -> None:
    """Turn every picture that stands by itself into a figure; pictures inside a line of text stay where they are."""
    body = article.body
    selector = ", ".join(part for part in (CAPTIONS, article.profile.pictures.captions) if part)
    images = body.select("img")
    held: Counter[Node] = Counter(ancestor for image in images for ancestor in image.ancestors)
    for _ in range(PASSES):
        told: dict[Node, bool] = {}
        loose = [image for image in images if not _built(article, image, selector, held, told)]
        if len(loose) in {0, len(images)}:
            break
        images = loose[::-1]  # what stands beside a figure now may be the first or last on its line
    for figure in body.select("figure"):
        if "data-built" in figure.attrs:
            del figure.attrs["data-built"]
        else:
            figure.unwrap()


def _built(article: Article, image: Element, captions: str, held: Counter[Node], told: dict[Node, bool]) -> bool:
    """Build a picture's figure, if it is to be one; returns whether it is in one now.

    held: how many pictures each element holds. told: whether an element round pictures holds text, as far as asked.
    """
    if image.closest("figure[data-built]") is not None:
        return True
    body = article.body
    picture = _linked(image, held)
    frame = _frame(picture, body, captions, held)
    bare_mark = frame.tag in LINE and not frame.text.strip()  # it frames nothing, and may stand in a line of text
    if (frame is picture or bare_mark) and not _stands_alone(picture, body, told):
        return False
    _build(article, picture, frame, captions)
    return True


def _linked(image: Element, held: Counter[Node]) -> Element:
    """The picture with the link round it, where it is all that the link holds."""
    node = image
    while True:
        parent = node.parent
        if not isinstance(parent, Element) or held[parent] != 1 or parent.text.strip() or parent.select_one("hr"):
            return node if node.tag == "a" else image
        if parent.tag == "a":
            return parent
        if parent.tag not in LINE:
            return node if node.tag == "a" else image
        node = parent


def _frame(picture: Element, body: Element, captions: str, held: Counter[Node]) -> Element:
    """The outermost element that holds this picture, its caption, and nothing else."""
    best = node = picture
    while True:
        parent = node.parent
        if not isinstance(parent, Element) or parent is body or parent.tag not in LOOSE:
            return best
        if held[parent] != 1 or parent.select_one("figure[data-built], table, hr, h1, h2, h3, h4") is not None:
            return best
        text = parent.text.strip()
        caption = sum(len(one.text.strip()) for one in _captions(parent, captions))
        if not text:
            best = parent
        elif caption >= len("".join(text.split())) or parent.tag == "figure":
            return parent
        elif parent.tag in {"div", "center"} and _is_caption(parent, picture, text):
            return parent
        elif parent.tag not in LINE:
            return best
        node = parent


def _captions(frame: Element, selector: str) -> list[Element]:
    """The outermost elements of a frame that are captions."""
    found = frame.select(selector)
    inner = {one for outer in found for one in outer.select(selector)}
    return [one for one in found if one not in inner]


def _is_caption(frame: Element, picture: Element, text: str) -> bool:
    """Whether a frame's loose text can be its picture's caption: short, one paragraph, all of it below the picture."""
    if len(text) > CAPTION_MOST or text.startswith("【") or len(frame.select("p")) > 1:
        return False
    for node in frame.descendants:
        if node is picture or (type(node) is Element and node.tag == "img"):
            return True
        if type(node) is Text and node.data.strip():
            return False
    return False


def _stands_alone(picture: Element, body: Element, told: dict[Node, bool]) -> bool:
    """Whether a picture is the first, the last, or the only thing on its line."""
    node: Node = picture
    while True:
        parent = node.parent
        sides = [_at_side(node, -1), _at_side(node, 1)]
        if not isinstance(parent, Element) or parent is body or parent.tag in BLOCKS:
            break
        if parent not in told:
            told[parent] = bool(parent.text.strip())
        if told[parent] and parent.select_one(ANY_BLOCK) is not None:
            # a mark or link that holds blocks comes apart at them, and ends the line at its edges
            if parent.tag == "a":
                return _ends_in_pictures(node, -1) and _ends_in_pictures(node, 1)
            sides = [_beside(node, -1), _beside(node, 1)]
            break
        if parent.tag == "a" and told[parent]:
            return False
        if told[parent] or any(side is not None and side.tag in BLOCKS for side in sides):
            break
        node = parent
    if None in sides or any(side is not None and side.tag in BLOCKS for side in sides):
        return True
    return all(side is not None and side.tag in BREAKS for side in sides)


def _ends_in_pictures(node: Node, step: int) -> bool:
    """Whether nothing but pictures stands between a node and the next block, or the edge of what holds it."""
    beside = _beside(node, step)
    while isinstance(beside, Element) and beside.tag in BREAKS:
        beside = _beside(beside, step)
    return beside is None or beside.tag in BLOCKS


def _at_side(node: Node, step: int) -> Element | _Words | _Edge | None:
    """What stands beside a node on its line, also outside the marks round it."""
    beside = _beside(node, step)
    while beside is None and isinstance(node.parent, Element) and node.parent.tag not in BLOCKS:
        node = node.parent
        beside = _beside(node, step)
    return beside


class _Words:
    """What stands in for a text beside a picture."""

    tag = ""


class _Edge:
    """What stands in for a block that begins somewhere in the mark beside a picture."""

    tag = "div"


def _beside(node: Node, step: int) -> Element | _Words | _Edge | None:
    """What stands beside a node: an element, or a text that is not blank; what shows nothing is passed over."""
    other = node.next_sibling if step > 0 else node.previous_sibling
    line_break: Element | None = None
    while other is not None:
        if type(other) is Text and other.data.strip():
            return line_break or _Words()
        if type(other) is Element:
            if other.tag in BLOCKS:
                return other  # the line ends here whether or not it is broken before
            if other.tag == "br":
                if line_break is not None:
                    return None  # an empty line ends a paragraph
                line_break = other
            elif other.text.strip() or other.tag == "img" or other.select_one("img, hr") is not None:
                if other.select_one(ANY_BLOCK) is not None:
                    return _Edge()  # a mark that holds a block comes apart at it, and ends the line
                return line_break or _nearest(other, step)
        other = other.next_sibling if step > 0 else other.previous_sibling
    return None


def _nearest(element: Element, step: int) -> Element:
    """What stands at the near edge of an element in a line: a break may stand in any number of them."""
    for child in element.children[::step]:
        if type(child) is Text and child.data.strip():
            return element
        if type(child) is Element:
            return _nearest(child, step) if len(child) else child
    return element


def _drop_repeated(article: Article, figure: Element, caption: Element) -> None:
    """Alternative text that only repeats the caption says nothing more to anybody."""
    image = figure.select_one("img")
    alt = (image.attr("alt") or "") if image is not None else ""
    if image is not None and alt and bare(alt) == bare(caption.text):
        article.note(RULE, "removed", alt, of="attribute")
        image.attrs["alt"] = ""


def _build(article: Article, picture: Element, frame: Element, captions: str) -> None:
    """Put a figure in the frame's place."""
    figure = new(article.body, "figure", {"data-built": ""})
    found = _captions(frame, captions) if frame is not picture else []
    caption = new(article.body, "figcaption")
    if frame is picture:
        beside = _beside(frame, 1)
        if isinstance(beside, Element) and beside.matches(captions) and beside.select_one("img") is None:
            found = [beside]
    frame.insert_before(figure)
    figure.append(picture)
    alone = frame is picture or len("".join(frame.text.split())) == sum(len("".join(one.text.split())) for one in found)
    for one in found:
        if alone:
            _add_line(caption, one)
            one.extract()
        else:
            _set_apart(one)
    if frame is not picture:
        if frame.text.strip():
            _add_line(caption, frame)
        frame.extract()
    if caption.text.strip():
        figure.append(caption)
        _drop_repeated(article, figure, caption)


def _set_apart(part: Element) -> None:
    """Make a caption, between whose lines other text stands, lines of that text."""
    for side, insert in ((-1, part.insert_before), (1, part.insert_after)):
        beside = _beside(part, side)
        if beside is not None and beside.tag != "br":
            insert(Element("br"))
    part.unwrap()


def _add_line(caption: Element, part: Element) -> None:
    if caption.select_one("*") is not None or caption.text:
        caption.append(Element("br"))
    move(part.children, caption)
