"""What a tool shows of an article's body, compared with the body: blocks, marks, texts, addresses, descriptions."""

from __future__ import annotations

import re

from turbohtml import parse_fragment

from convert.verify.projection import Block, encoded, projected, read

_CODE = re.compile(r"(<pre.*?</pre>)", re.S)
# what the tools add of their own to headings, tables, links and pictures: it says nothing
_OWN = re.compile(r' (?:class|style|rel|loading|type|align|data-[\w-]+|aria-\w+|role)="[^"]*"')
_TAG = re.compile(r"<[a-z][^<>]*>")
_FRAMES = re.compile(r"</?(?:colgroup|col|div|thead|tbody|span)\b[^>]*>")
_LAYOUT = re.compile(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)")


def blocks_shown(html: str, bare: bool = False) -> list[Block]:
    """The blocks of a page, without what its tool adds. bare: take links whose text is their address for text."""
    html = re.sub(r"<(h[1-6]) [^>]*>", r"<\1>", html)
    html = _FRAMES.sub("", _TAG.sub(lambda tag: _OWN.sub("", tag[0]), html))
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
        joined = "\n".join(_unlinked(block, bare)).replace("\xa0", " ")
        joined = re.sub(r"\n<tr>(?:\n<th>(?:\n\" ?)?\n</th>)+\n</tr>", "", joined)
        joined = re.sub(r'\n" ?\n(?=</t[dh]>)', "\n", joined)
        joined = re.sub(r"<(/?)(?:th)>", r"<\1td>", joined)
        result.append([line.rstrip() if line[:1] == '"' else line for line in joined.split("\n")])
    return result


def _unlinked(block: Block, bare: bool) -> Block:
    """A block without the links that tools make of mail addresses, and, with `bare`, of other ones."""
    result: Block = []
    at = 0
    while at < len(block):
        event = block[at]
        if event.startswith("<a href=") and block[at + 2 : at + 3] == ["</a>"]:
            address, text = event[8:-1], block[at + 1]
            if address.startswith(("mailto:", "xmpp:")) or (
                bare and address in {encoded(text[1:]), encoded(f"http://{text[1:]}")}
            ):
                event, at = text, at + 2
        if event[0] == '"' and result and result[-1][0] == '"':
            result[-1] += event[1:]
        else:
            result.append(event)
        at += 1
    return result
