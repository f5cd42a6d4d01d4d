"""Tell tables that hold data from tables that only hold a page together, and bring both into order."""

from __future__ import annotations

from turbohtml import Element, Node, Text

from convert.article import Article, Context
from convert.tree import move, new, replace

PARTS = frozenset({"caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"})
STRAY_ELEMENT = f":is(table, thead, tbody, tfoot, tr) > :not({', '.join(sorted(PARTS))})"
STRAY_TEXT = (
    "descendant-or-self::*[self::table or self::thead or self::tbody or self::tfoot or self::tr]"
    "/text()[normalize-space()]"
)
FILLED_MOST = 2000  # cells; a table that needs more of them to be filled up than it has is no table
CAPTION_MOST = 300  # characters; a longer text below a picture is no caption


def sort_tables(article: Article, context: Context) -> None:
    """Take layout tables apart into pictures with captions and plain blocks; give data tables head and full rows."""
    for table in article.body.select("table"):
        _free_captions(table)
    for table in reversed(article.body.select("table")):  # inner tables first
        _free_strays(table)
        alone = table.select_one("table") is None
        rows = [_cells(row) for row in table.select("tr") if alone or row.closest("table") is table]
        rows = [row for row in rows if any(not _is_void(cell) for cell in row)]
        if _is_layout(table, rows):
            _take_apart(table, rows)
        else:
            _bring_into_order(table, rows)


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row.children if type(cell) is Element and cell.tag in {"td", "th"}]


def _is_layout(table: Element, rows: list[list[Element]]) -> bool:
    columns = max((len(row) for row in rows), default=0)
    if columns <= 1 or table.select_one("table") is not None:
        return True
    if columns * len(rows) > FILLED_MOST + 10 * sum(map(len, rows)):
        return True
    pictures = len(table.select("img"))
    if not pictures:
        return len(rows) == 1 and any(cell.select_one("p + p, ul, ol, h2, h3, h4") for cell in rows[0])
    told = sum(1 for row in rows for cell in row if cell.text.strip() and cell.select_one("img") is None)
    return len(rows) < 3 or told <= 2 * pictures


def _take_apart(table: Element, rows: list[list[Element]]) -> None:
    """Replace a layout table by one block a cell; text in the same place of the row below a picture is its caption."""
    blocks: list[Element] = []
    waiting: list[Element] = []  # blocks of the row above that hold a picture and no text
    for row in rows:
        held = [move(cell.children, new(table, "div")) for cell in row]
        if waiting and _are_captions(held, waiting):
            for picture, below in zip(waiting, held, strict=False):
                if below.text.strip():
                    picture.append(move(below.children, new(table, "figcaption")))
            waiting = []
            continue
        blocks.extend(held)
        waiting = [block for block in held if block.select_one("img") is not None and not block.text.strip()]
        if len(waiting) != len([block for block in held if not _is_void(block)]):
            waiting = []
    replace(table, blocks)


def _free_captions(table: Element) -> None:
    """Put a table's caption before it, or behind it where it stands behind its text; one in between divides it."""
    for caption in reversed([one for one in table.children if type(one) is Element and one.tag == "caption"]):
        told = move(caption.children, new(table, "div"))
        rest = list(caption.next_siblings)
        behind = any(one.text.strip() for one in caption.previous_siblings)
        if behind and any(one.text.strip() for one in rest):
            table.insert_after(move(rest, new(table, "table")))
        (table.insert_after if behind else table.insert_before)(told)
        caption.extract()


def _are_captions(held: list[Element], pictures: list[Element]) -> bool:
    """Whether a row's cells are the captions of the pictures in the row above, one each."""
    if any(block.select_one("img") for block in held):
        return False
    told = [block for block in held if block.text.strip()]
    return bool(told) and len(held) == len(pictures) and all(len(block.text) <= CAPTION_MOST for block in told)


def _is_void(block: Element) -> bool:
    return not block.text.strip() and block.select_one("img") is None


def _free_strays(table: Element) -> None:
    """Put before a table what stands in it outside its cells; HTML5 does so too, but not after an unwrapping."""
    if table.select_one(STRAY_ELEMENT) is None and table.xpath_one(STRAY_TEXT) is None:
        return  # what nearly all tables come to; to ask every node takes five times as long
    parts = [part for part in table.select("thead, tbody, tfoot, tr") if part.closest("table") is table]
    strays = [node for part in (table, *parts) for node in part.children if _is_stray(node)]
    if strays:
        table.insert_before(*strays)


def _is_stray(node: Node) -> bool:
    """Whether a child of a table or of its parts is text or an element that a table's structure does not explain."""
    if type(node) is Text:
        return bool(node.data.strip())
    return type(node) is Element and node.tag not in PARTS


def _bring_into_order(table: Element, rows: list[list[Element]]) -> None:
    """One optional head row of `th`, one body; empty rows go, short rows are filled."""
    spanned = table.select_one("[colspan], [rowspan]") is not None and _mend_spans(rows)
    width = max(sum(_span(cell, "colspan") for cell in row) if spanned else len(row) for row in rows)
    parts: list[Element] = []
    if (
        len(rows) > 1
        and all(cell.tag == "th" for cell in rows[0])
        and not (spanned and any(_span(cell, "rowspan") > 1 for cell in rows[0]))
    ):
        parts.append(move([_row(table, rows.pop(0), width, spanned, "th")], new(table, "thead")))
    parts.append(move([_row(table, row, width, spanned, "td") for row in rows], new(table, "tbody")))
    table.clear()
    table.extend(parts)


def _row(table: Element, cells: list[Element], width: int, spanned: bool, filler: str) -> Element:
    row = new(table, "tr")
    row.extend(cells)
    if len(cells) < width and not spanned:  # what a spanned row lacks may be covered by a cell above
        row.extend([new(table, filler) for _ in range(width - len(cells))])
    return row


def _mend_spans(rows: list[list[Element]]) -> bool:
    """Take away spans that make no sense; returns whether any cell still spans several."""
    return max([_span(cell, name) for row in rows for cell in row for name in ("colspan", "rowspan")]) > 1


def _span(cell: Element, name: str) -> int:
    """A cell's `colspan` or `rowspan`, at least 1; a value that makes no sense is 1 and is taken away."""
    value = (cell.attr(name) or "").strip()
    if value.isascii() and value.isdigit() and len(value) <= 4 and 1 < int(value) <= 1000:
        cell.attrs[name] = str(int(value))
        return int(value)
    if name in cell.attrs:
        del cell.attrs[name]
    return 1
