"""Blocks of canonical HTML in Markdown as what they are: HTML on one line, whose text no dialect reads as marks."""

from __future__ import annotations

import html
import re

from turbohtml import Element

from convert.emit.escapes import numbered

_PIECE = re.compile(r"""<(?:"[^"]*"|[^">])*>|[^<]+""")
_MARKS = re.compile(r"[!-+.:<=>@\[-`{-~-]")
_PROJECTED = {"<figure>": "<p>", "</figure>": "</p>", "<figcaption>": "<br>", "</figcaption>": ""}
_NAME = re.compile(r":(?=[\w+-]+:)")  # what may be an emoji's
_LINES = re.compile(r"\s*\n\s*")


def as_entities(text: str) -> str:
    """A text in which every sign that some dialect could read is written by its number; line ends too."""
    return _MARKS.sub(lambda match: numbered(match[0]), text).replace("\n", "&#10;")


def plain_html(written: str) -> str:
    """A block as the parser serialises it, on one line: figures under the projection, signs by number."""
    result: list[str] = []
    code = False
    for piece in _PIECE.findall(written):
        if piece[0] != "<":
            text = html.unescape(piece)
            result.append(as_entities(text if code else _LINES.sub(" ", text)))
            continue
        if piece[:4] == "<pre" or piece == "</pre>":
            code = piece[1] != "/"
        result.append(_PROJECTED.get(piece, _tag(piece)))
    return "".join(result)


def _tag(written: str) -> str:
    """A tag whose attributes hide what is read before HTML is."""
    return _NAME.sub("&#58;", written.replace("{", "&#123;").replace("}", "&#125;"))


def plain_table(node: Element) -> str:
    """A table without spanned cells, under the projection: with a header, and every row as wide as the widest."""
    head = node.select_one("thead tr")
    rows = [_cells(row, "td") for row in node.select("tbody tr")]
    first = _cells(head, "th") if head is not None else []
    width = max(map(len, [first, *rows]))
    filled = [first + ["<th></th>"] * (width - len(first)), *(row + ["<td></td>"] * (width - len(row)) for row in rows)]
    header, *body = (f"<tr>{''.join(row)}</tr>" for row in filled)
    return plain_html(f"<table><thead>{header}</thead><tbody>{''.join(body)}</tbody></table>")


def _cells(row: Element, tag: str) -> list[str]:
    cells = [cell for cell in row.children if type(cell) is Element]
    names = [html.escape(cell.attr("id") or "") for cell in cells]
    opened = [f'<{tag} id="{name}">' if name else f"<{tag}>" for name in names]
    return [f"{start}{cell.inner_html}</{tag}>" for start, cell in zip(opened, cells, strict=True)]


def plain_code(text: str) -> str:
    """Code as a block of HTML."""
    return f"<pre><code>{as_entities(text)}</code></pre>"


def plain_picture(source: str, description: str) -> str:
    """A picture as HTML in a paragraph; with a comment behind it, since a tag alone on a line would be a block."""
    return f'<img src="{_tag(html.escape(source))}" alt="{as_entities(description)}"><!-- -->'
