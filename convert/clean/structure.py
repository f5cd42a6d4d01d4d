"""Give the body its blocks: text stands in paragraphs, headings, items and cells, and no block in a line of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from turbohtml import Element, Node, Text

from convert.article import Article, Context
from convert.clean.flat import HEADINGS, figure_inline, in_line
from convert.clean.stray_items import join_made, with_lists
from convert.lines import lines
from convert.tree import ANY_BLOCK, INLINE, is_blank, move, new, trim

RULE = "structure"
MIXED = "p, h1, h2, h3, h4, h5, h6, a, strong, em, s, sup, sub, code"


def build_structure(article: Article, context: Context) -> None:
    """Replace the body's children by canonical blocks."""
    body = article.body
    for code in body.select("pre"):
        _free_code(article, code)
    blocks = _Builder(body).blocks(body, ())
    body.clear()
    body.extend(blocks)


def _free_code(article: Article, code: Element) -> None:
    """Leave text alone in preformatted text: breaks and captions end lines, pictures stand behind it."""
    for line_break in code.select("br"):
        line_break.replace_with(Text("\n"))
    article.note_addresses(RULE, [Element("a", {"href": link.attr("href") or ""}) for link in code.select("a")])
    for caption in code.select("figcaption"):
        caption.insert_before(Text("\n"))
        caption.insert_after(Text("\n"))
    for picture in reversed(code.select("img")):
        code.insert_after(Element("figure", None, [picture]))


class _Builder:
    """Builds the blocks of one body.

    mixed: paragraphs and inline elements that hold a block; asked once for the body, since most have none.
    breaks: whether any line breaks stand in the body; without them only its texts' own edges need trimming.
    stray_items: whether there may be list items outside lists.
    """

    def __init__(self, body: Element) -> None:
        self.body = body
        self.breaks = body.select_one("br") is not None
        items = len(body.select("li"))
        self.stray_items = items > 0 and items > len(body.select("ul > li, ol > li, menu > li"))
        self.mixed: set[Node] = set()
        for block in body.select(f":is({MIXED}) :is({ANY_BLOCK})"):
            self.mixed.update(block.ancestors)

    def blocks(self, parent: Element, wraps: tuple[Element, ...]) -> list[Element]:
        """The blocks that an element's children make; `wraps` are inline elements that stood round them."""
        result: list[Element] = []
        run: list[Node] = []
        for node in with_lists(parent) if self.stray_items else parent.children:
            if type(node) is Text:
                if node.data and (run or not node.data.isspace()):
                    run.append(node)
            elif type(node) is not Element:
                continue
            elif node.tag in INLINE and node not in self.mixed:
                run.append(node)
            else:
                if run:
                    self._close(_wrapped(run, wraps), result)
                    run = []
                if node.tag == "p" and not wraps and node not in self.mixed:
                    if len(node):
                        self._keep(node, result)
                else:
                    join_made(result, self._block(node, wraps))
        if run:
            self._close(_wrapped(run, wraps), result)
        return result

    def _block(self, node: Element, wraps: tuple[Element, ...]) -> list[Element]:
        """The blocks that one block element makes."""
        tag = node.tag
        if tag in INLINE:
            return self.blocks(node, (*wraps, node))
        if tag in HEADINGS:
            return self._heading(node, wraps)
        if tag in {"ul", "ol", "menu"}:
            return self._list(node, wraps)
        if tag == "blockquote":
            inner = self.blocks(node, wraps)
            return [move(inner, self._new("blockquote"))] if inner else []
        if tag == "figure":
            return self._figure(node, wraps)
        if tag == "table":
            return self._table(node, wraps)
        if tag == "pre":
            return [_preformatted(node)] if node.text.strip() else []
        if tag == "hr":
            return [self._new("hr")]
        return self.blocks(node, wraps)

    def _keep(self, paragraph: Element, result: list[Element]) -> None:
        """End a paragraph: trim it, and keep it unless it shows nothing."""
        text = paragraph.text
        loose = self.breaks and paragraph.select_one("br") is not None
        if loose or not text or text[0].isspace() or text[-1].isspace():
            trim(paragraph)
            if is_blank(paragraph):
                return
        result.append(paragraph)

    def _close(self, run: Sequence[Node], result: list[Element]) -> None:
        """Make a paragraph of a run of inline nodes."""
        paragraph = move(run, self._new("p"))
        trim(paragraph)
        if not is_blank(paragraph):
            result.append(paragraph)

    def _heading(self, node: Element, wraps: tuple[Element, ...]) -> list[Element]:
        """A heading's text in one line; a picture or table that stands in it divides it."""
        if not wraps and node not in self.mixed:
            if self.breaks:
                trim(node)
            return [] if is_blank(node) else [node]
        result: list[Element] = []
        waiting: list[Element] = []
        name = node.attr("id")
        for block in [*self._divided(self.blocks(node, wraps)), None]:
            if block is not None and block.tag not in {"figure", "table"}:
                waiting.append(block)
                continue
            heading = move(in_line(waiting), self._new(node.tag, {"id": name} if name else None))
            trim(heading)
            if not is_blank(heading):
                name = None
                result.append(heading)
            waiting = []
            if block is not None:
                result.append(block)
        return result

    def _divided(self, blocks: Sequence[Element]) -> Iterator[Element]:
        """A heading's blocks; of lists and quotes the lines, a line that is a picture alone as a figure."""
        for block in blocks:
            if block.tag not in {"ul", "ol", "blockquote"}:
                yield block
                continue
            for line in lines(move(in_line([block]), self._new("p"))):
                shown = [one for one in line if type(one) is not Text or one.data.strip()]
                alone = len(shown) == 1 and _is_picture(shown[0])
                yield move(shown if alone else line, self._new("figure" if alone else "p"))

    def _flat(self, node: Element) -> list[Node]:
        """An element's content as inline nodes; what were blocks are lines."""
        return in_line(self.blocks(node, ()))

    def _figure(self, node: Element, wraps: tuple[Element, ...]) -> list[Element]:
        picture = next((one for one in node.children if type(one) is Element and _holds_picture(one)), None)
        if picture is None:
            return self.blocks(node, wraps)
        link = next((wrap for wrap in wraps if wrap.tag == "a" and wrap.attr("href")), None)
        if link is not None and picture.tag == "img":
            picture = move([picture], self._new("a", {"href": link.attr("href") or ""}))
        if picture.tag == "a":
            image = picture.select_one("img")
            assert image is not None
            picture.clear()
            picture.append(image)
        figure = move([picture], self._new("figure"))
        caption = node.select_one("figcaption")
        if caption is not None:
            flat = move(self._flat(caption), self._new("figcaption"))
            trim(flat)
            if not is_blank(flat):
                figure.append(flat)
        return [figure]

    def _table(self, node: Element, wraps: tuple[Element, ...]) -> list[Element]:
        for cell in node.select("td, th"):
            if (held := cell.select_one(ANY_BLOCK) is not None) or wraps:
                content = self._flat(cell) if held else cell.children
                cell.clear()
                cell.extend(_wrapped(content, wraps))
            trim(cell)
        return [node]

    def _list(self, node: Element, wraps: tuple[Element, ...]) -> list[Element]:
        """A list whose items all hold inline content (and lists), or all hold blocks."""
        items: list[list[Element]] = []
        loose: list[Node] = []
        for child in node.children:
            if type(child) is Element and child.tag == "li":
                self._strays(loose, items, wraps)
                items.append(self.blocks(child, wraps))
            elif type(child) is Element and child.tag in {"ul", "ol", "menu"} and self._strays(loose, items, wraps):
                items[-1].extend(self._list(child, wraps))
            else:
                loose.append(child)
        self._strays(loose, items, wraps)
        items = [item for item in items if item]
        if not items:
            return []
        start = node.attr("start") or ""
        numbered = node.tag == "ol" and start.isascii() and start.isdigit() and start != "1" and len(start) < 9
        attributes = {"start": start} if numbered else {"data-made": ""} if "data-made" in node.attrs else None
        result = self._new("ol" if node.tag == "ol" else "ul", attributes)
        inline = all(_is_short(item) for item in items)
        result.extend([self._item(item, inline) for item in items])
        return [result]

    def _item(self, blocks: list[Element], inline: bool) -> Element:
        item = self._new("li")
        if not inline:
            item.extend(blocks)
            return item
        first = blocks[0]
        item.extend(figure_inline(first) if first.tag == "figure" else list(first.children))
        item.extend(blocks[1:])
        return item

    def _new(self, tag: str, attributes: dict[str, str] | None = None) -> Element:
        return new(self.body, tag, attributes)

    def _strays(self, loose: list[Node], items: list[list[Element]], wraps: tuple[Element, ...]) -> bool:
        """What stands in a list outside its items becomes an item of its own; returns whether there are items then."""
        if any(type(node) is not Text or node.data.strip() for node in loose):
            blocks = self.blocks(move(loose, self._new("div")), wraps)
            if blocks:
                items.append(blocks)
        loose.clear()
        return bool(items)


def _holds_picture(element: Element) -> bool:
    """Whether an element is a picture, or a link with one in it."""
    return element.tag == "img" or (element.tag == "a" and element.select_one("img") is not None)


def _is_picture(node: Node) -> bool:
    """Whether a node is a picture, or a link that holds just one."""
    if type(node) is Element and node.tag == "a" and len(node) == 1:
        node = node[0]
    return type(node) is Element and node.tag == "img"


def _wrapped(run: Sequence[Node], wraps: tuple[Element, ...]) -> list[Node]:
    """A run of inline nodes inside fresh copies of the inline elements that stood round its block."""
    nodes = list(run)
    if not any(node.text.strip() or type(node) is Element for node in nodes):
        return nodes
    for wrap in reversed(wraps):
        nodes = [move(nodes, new(wrap, wrap.tag, _carried(wrap)))]
    return nodes


def _carried(wrap: Element) -> dict[str, str]:
    """The attributes of an inline element that its copies keep; a damaged one may have names that no tag can."""
    return {name: value for name in ("href", "id") if (value := wrap.attr(name)) is not None}


def _preformatted(node: Element) -> Element:
    text = Text(node.text.strip("\n"))
    return Element("pre", None, [Element("code", None, [text]) if node.select_one("code") else text])


def _is_short(item: list[Element]) -> bool:
    """Whether an item is one line, perhaps with a list below it."""
    first = item[0].tag == "p" or (item[0].tag == "figure" and len(item[0]) == 1)
    return first and (len(item) == 1 or (len(item) == 2 and item[1].tag in {"ul", "ol"}))
