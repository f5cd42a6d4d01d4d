"""Give the body its blocks: text stands in paragraphs, headings, items and cells, and no block in a line of text."""

from __future__ import annotations

from collections.abc import Sequence

from turbohtml import Element, Node, Text

from convert.article import Article, Context
from convert.tree import is_blank, move, trim

RULE = "structure"
INLINE = frozenset({"a", "strong", "em", "sup", "sub", "code", "s", "br", "img"})
BLOCKS = (
    "p, div, section, article, main, header, footer, nav, aside, center, address, details, summary, fieldset, legend, "
    "hgroup, menu, body, html, h1, h2, h3, h4, h5, h6, ul, ol, li, dl, dt, dd, blockquote, pre, figure, figcaption, "
    "table, thead, tbody, tr, td, th, hr"
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def build_structure(article: Article, context: Context) -> None:
    """Replace the body's children by canonical blocks."""
    body = article.body
    blocks = _blocks(body, ())
    body.clear()
    body.extend(blocks)


def _blocks(parent: Element, wraps: tuple[Element, ...]) -> list[Element]:
    """The blocks that an element's children make; `wraps` are inline elements that stood round them."""
    result: list[Element] = []
    run: list[Node] = []

    def flush() -> None:
        if run:
            _close(_wrapped(run, wraps), result)
            run.clear()

    for node in parent.children:
        if type(node) is Text:
            if node.data:
                run.append(node)
        elif type(node) is not Element:
            continue
        elif node.tag in INLINE and (not len(node) or node.select_one(BLOCKS) is None):
            run.append(node)
        else:
            flush()
            result.extend(_block(node, wraps))
    flush()
    return result


def _block(node: Element, wraps: tuple[Element, ...]) -> list[Element]:
    """The blocks that one block element makes."""
    tag = node.tag
    if tag in INLINE:
        return _blocks(node, (*wraps, node))
    if tag in HEADINGS:
        return _heading(node, wraps)
    if tag in {"ul", "ol", "menu"}:
        return _list(node)
    if tag == "li":  # a list's items without their list
        return _list(Element("ul", None, [node]))
    if tag == "blockquote":
        inner = _blocks(node, wraps)
        return [move(inner, Element("blockquote"))] if inner else []
    if tag == "figure":
        return _figure(node, wraps)
    if tag == "table":
        return _table(node)
    if tag == "pre":
        return [_preformatted(node)] if node.text.strip() else []
    if tag == "hr":
        return [Element("hr")]
    if node.select_one(BLOCKS) is None and not wraps:
        result: list[Element] = []
        _close(node.children, result, node)
        return result
    return _blocks(node, wraps)


def _close(run: Sequence[Node], result: list[Element], reuse: Element | None = None) -> None:
    """End a paragraph: trim it, and keep it unless it shows nothing."""
    if reuse is not None:
        paragraph = reuse
        paragraph.tag = "p"
    else:
        paragraph = move(run, Element("p"))
    trim(paragraph)
    if not is_blank(paragraph):
        result.append(paragraph)


def _wrapped(run: Sequence[Node], wraps: tuple[Element, ...]) -> list[Node]:
    """A run of inline nodes inside fresh copies of the inline elements that stood round its block."""
    nodes = list(run)
    if not any(node.text.strip() or type(node) is Element for node in nodes):
        return nodes
    for wrap in reversed(wraps):
        nodes = [move(nodes, Element(wrap.tag, dict(wrap.attrs.items())))]
    return nodes


def _heading(node: Element, wraps: tuple[Element, ...]) -> list[Element]:
    """A heading's text in one line; pictures and tables that stood in it come before it."""
    before: list[Element] = []
    for block in node.select("figure, table"):
        if node in block.ancestors:
            block.extract()
            before.extend(_block(block, ()))
    heading = Element(node.tag, {"id": node.attr("id")} if node.attr("id") else None)
    heading.extend(_wrapped(_flat(node), wraps))
    trim(heading)
    return before if is_blank(heading) else [*before, heading]


def _flat(node: Element) -> list[Node]:
    """An element's content as inline nodes; what were blocks are lines."""
    result: list[Node] = []
    pending = False
    for block in _blocks(node, ()):
        if pending:
            result.append(Element("br"))
        pending = True
        if block.tag in {"p", *HEADINGS}:
            result.extend(block.children)
        elif block.tag in {"hr"}:
            pending = False
        elif block.tag == "figure":
            result.extend(_figure_inline(block))
        elif block.tag == "pre":
            result.append(Text(" ".join(block.text.split())))
        else:
            result.extend(_lines_of(block))
    return result


def _figure_inline(figure: Element) -> list[Node]:
    result: list[Node] = []
    for part in figure.children:
        if type(part) is Element and part.tag == "figcaption":
            result.extend([Element("br"), *part.children])
        else:
            result.append(part)
    return result


def _lines_of(block: Element) -> list[Node]:
    """A list's, quote's or table's content as lines."""
    result: list[Node] = []
    parts = block.select("li, p, td, th, h2, h3, h4, figcaption") or [block]
    for part in parts:
        content = [node for node in part.children if type(node) is not Element or node.tag in INLINE]
        if content:
            if result:
                result.append(Element("br"))
            result.extend(content)
    return result


def _figure(node: Element, wraps: tuple[Element, ...]) -> list[Element]:
    picture = next((one for one in node.children if type(one) is Element and one.tag in {"a", "img"}), None)
    if picture is None:
        return _blocks(node, wraps)
    link = next((wrap for wrap in wraps if wrap.tag == "a" and wrap.attr("href")), None)
    if link is not None and picture.tag == "img":
        picture = Element("a", {"href": link.attr("href") or ""}, [picture])
    if picture.tag == "a":
        image = picture.select_one("img")
        assert image is not None
        picture.clear()
        picture.append(image)
    figure = Element("figure", None, [picture])
    caption = node.select_one("figcaption")
    if caption is not None:
        flat = move(_flat(caption), Element("figcaption"))
        trim(flat)
        if not is_blank(flat):
            figure.append(flat)
    return [figure]


def _table(node: Element) -> list[Element]:
    for cell in node.select("td, th"):
        content = _flat(cell) if cell.select_one(BLOCKS) is not None else list(cell.children)
        cell.clear()
        cell.extend(content)
        trim(cell)
    return [node]


def _preformatted(node: Element) -> Element:
    text = Text(node.text.strip("\n"))
    return Element("pre", None, [Element("code", None, [text]) if node.select_one("code") else text])


def _list(node: Element) -> list[Element]:
    """A list whose items all hold inline content (and lists), or all hold blocks."""
    items: list[list[Element]] = []
    loose: list[Node] = []
    for child in node.children:
        if type(child) is Element and child.tag == "li":
            _strays(loose, items)
            items.append(_blocks(child, ()))
        elif type(child) is Element and child.tag in {"ul", "ol", "menu"} and items:
            items[-1].extend(_list(child))
        else:
            loose.append(child)
    _strays(loose, items)
    items = [item for item in items if item]
    if not items:
        return []
    start = node.attr("start") or ""
    result = Element("ol" if node.tag == "ol" else "ul", {"start": start} if start and node.tag == "ol" else None)
    inline = all(_is_short(item) for item in items)
    for item in items:
        result.append(_item(item, inline))
    return [result]


def _strays(loose: list[Node], items: list[list[Element]]) -> None:
    """What stands in a list outside its items becomes an item of its own."""
    if loose:
        blocks = _blocks(move(loose, Element("div")), ())
        if blocks:
            items.append(blocks)
        loose.clear()


def _is_short(item: list[Element]) -> bool:
    return item[0].tag == "p" and all(block.tag in {"ul", "ol"} for block in item[1:])


def _item(blocks: list[Element], inline: bool) -> Element:
    item = Element("li")
    if inline:
        move(blocks[0].children, item)
        item.extend(blocks[1:])
    else:
        item.extend(blocks)
    return item
