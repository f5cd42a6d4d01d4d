"""What a tool shows of an article's body, compared with the body: blocks, marks, texts, addresses, descriptions."""

from __future__ import annotations

import re

from turbohtml import parse_fragment

from convert.verify.projection import Block, projected, read

_CODE = re.compile(r"(<pre.*?</pre>)", re.S)
# what the tools add of their own to headings, tables, links and pictures: it says nothing
_OWN = re.compile(r' (?:class|style|rel|loading|type|align|data-[\w-]+|aria-\w+|role)="[^"]*"')
_FRAMES = re.compile(r"</?(?:colgroup|col|div|thead|tbody|span)\b[^>]*>")
_LAYOUT = re.compile(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)")


def blocks_shown(html: str, bare: bool = False) -> list[Block]:
    """The blocks of a page, without what its tool adds. bare: take links whose text is their address for text."""
    html = re.sub(r"<(h[1-6]) [^>]*>", r"<\1>", html)
    html = _FRAMES.sub("", _OWN.sub("", html))
    parts = _CODE.split(html)
    html = "".join(part if part.startswith("<pre") else _LAYOUT.sub("", part) for part in parts)
    html = html.replace("<li><input disabled></li>", "")
    return _plain(read(parse_fragment(html, positions=False).inner_html), bare)


def blocks_meant(html: str, bare: bool = False) -> list[Block]:
    """The blocks of a canonical body, as its Markdown must be read."""
    return _plain(projected(html), bare)


def _plain(blocks: list[Block], bare: bool) -> list[Block]:
    """Blocks as every tool can show them.

    A table without a header may have an empty one, an empty cell a space that does not break; tools with bare mail
    addresses as links show the same text.
    """
    result = []
    for block in blocks:
        joined = "\n".join(block).replace("\xa0", " ")
        joined = re.sub(r"\n<tr>(?:\n<th>(?:\n\" ?)?\n</th>)+\n</tr>", "", joined)
        joined = re.sub(r'\n" ?\n(?=</t[dh]>)', "\n", joined)
        joined = re.sub(r"\n?<a href=(?:mailto|xmpp):[^\n]*>\n\"([^\n]*)\n</a>(?:\n\")?", r"\1", joined)
        if bare:
            joined = re.sub(r"\n?<a href=([^\n]*)>\n\"\1\n</a>(?:\n\")?", r"\1", joined)
        joined = re.sub(r"<(/?)(?:th)>", r"<\1td>", joined)
        result.append([line.rstrip() if line[:1] == '"' else line for line in joined.split("\n")])
    return result
