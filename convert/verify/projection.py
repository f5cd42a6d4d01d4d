"""The published projection (docs/canonical.md): canonical HTML, and a reader's HTML, as one kind of events."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from convert.verify.tokens import VOID, Tag, tokens

Block: TypeAlias = list[str]
"""One top-level block as events: `<name attributes>`, `</name>`, or text after a quotation mark."""

_NAMES = {"b": "strong", "i": "em", "del": "s", "strike": "s"}
_DROPPED = frozenset({"thead", "tbody"})
_LINE_TAGS = frozenset({"a", "strong", "em", "sup", "sub", "code", "s", "img", "br"})
_UNSAFE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9;/?:@&=+$,\-_.!~*'()#%]")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


def encoded(address: str) -> str:
    """An address as every reader may write it: what is unsafe is percent-encoded, and hex digits are capital."""
    if not _UNSAFE.search(address) and "%" not in address:
        return address
    text = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), address)
    return _PERCENT.sub(lambda found: found[0].upper(), text)


class _Events:
    """Turns tokens into events, a list for each top-level block."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.path: list[str] = []
        self.pre = False
        self.anchor: list[str] = []

    def put(self, event: str) -> None:
        if not self.path or not self.blocks:
            self.blocks.append([])
        self.blocks[-1].append(event)

    def text(self, text: str) -> None:
        if not text:
            return
        self.anchors()
        if not self.path or not self.blocks:
            self.blocks.append([])
        block = self.blocks[-1]
        if block and block[-1][0] == '"':
            block[-1] += text
        else:
            block.append('"' + text)

    def anchors(self) -> None:
        """The ids that wait for the text of their block."""
        waiting, self.anchor = self.anchor, []
        for name in waiting:
            self.put(f"<a id={name!r}>")

    def open(self, tag: Tag) -> None:
        name = _NAMES.get(tag.name, tag.name)
        if name in _DROPPED:
            return
        if name in _LINE_TAGS:
            self.anchors()
        identity = tag.get("id")
        if identity and name in _LINE_TAGS:
            self.put(f"<a id={identity!r}>")
        elif identity:
            self.anchor.append(identity)
        if name == "a" and not tag.get("href"):
            self.path.append("")
            return
        if name == "code" and self.pre:
            self.path.append("")
            return
        self.put(f"<{name}{_attributes(name, tag)}>")
        if name == "pre":
            self.pre = True
        if name not in VOID:
            self.path.append(name)

    def close(self, tag: Tag) -> None:
        name = _NAMES.get(tag.name, tag.name)
        if name in _DROPPED:
            return
        opened = self.path.pop() if self.path else ""
        if not opened:
            return
        if name == "pre":
            self.pre = False
        block = self.blocks[-1]
        block.append(f"</{opened}>")


def _attributes(name: str, tag: Tag) -> str:
    """The attributes that the projection keeps."""
    kept = []
    for key, value in tag.attributes:
        if key in {"href", "src"}:
            kept.append(f"{key}={encoded(value)}")
        elif (key == "alt" and value) or key == "title":
            kept.append(f"{key}={value!r}")
        elif key in {"colspan", "rowspan"} or (key == "start" and value != "1"):
            kept.append(f"{key}={value}")
    return " " + " ".join(sorted(kept)) if kept else ""


def _table(rows: list[Tag | str]) -> list[Tag | str]:
    """A table's tokens under the projection: spans keep it as it is; else every row is as wide as the widest,
    a header row is there, and only it has `th`."""
    if any(isinstance(token, Tag) and (token.get("colspan") or token.get("rowspan")) for token in rows):
        return rows
    width = max(_widths(rows), default=0)
    result: list[Tag | str] = [rows[0]]
    headed = any(isinstance(token, Tag) and token.name == "thead" for token in rows)
    if not headed:
        result += [Tag("tr", False), *[Tag("th", closes) for _ in range(width) for closes in (False, True)]]
        result.append(Tag("tr", True))
    in_head, cells = False, 0
    for token in rows[1:]:
        if isinstance(token, Tag):
            if token.name == "thead":
                in_head = not token.closes
            elif token.name in {"td", "th"}:
                cells += not token.closes
                token = Tag("th" if in_head else "td", token.closes, token.attributes)
            elif token.name == "tr" and token.closes:
                kind = "th" if in_head else "td"
                result += [Tag(kind, closes) for _ in range(width - cells) for closes in (False, True)]
                cells = 0
        result.append(token)
    return result


def _widths(rows: Iterable[Tag | str]) -> list[int]:
    widths: list[int] = []
    for token in rows:
        if isinstance(token, Tag) and not token.closes:
            if token.name == "tr":
                widths.append(0)
            elif token.name in {"td", "th"} and widths:
                widths[-1] += 1
    return widths


def _figure(tokens_of_figure: list[Tag | str]) -> list[Tag | str]:
    """A figure's tokens as one paragraph: picture, hard break, caption."""
    result: list[Tag | str] = []
    for token in tokens_of_figure:
        if isinstance(token, Tag) and token.name == "figure":
            result.append(Tag("p", token.closes, token.attributes))
        elif isinstance(token, Tag) and token.name == "figcaption":
            if not token.closes:
                result.append(Tag("br", False))
        else:
            result.append(token)
    return result


def projected(html: str) -> list[Block]:
    """Canonical HTML as the events that its Markdown must read back as, a list for each top-level block.

    The projection is that of docs/canonical.md.
    """
    events = _Events()
    stream = tokens(html)
    at = 0
    while at < len(stream):
        token = stream[at]
        if isinstance(token, Tag) and token.name in {"figure", "table"} and not token.closes:
            end = _end(stream, at)
            part = stream[at:end]
            for inner in _figure(part) if token.name == "figure" else _table(part):
                _feed(events, inner)
            at = end
            continue
        _feed(events, token)
        at += 1
    return events.blocks


def _end(stream: list[Tag | str], at: int) -> int:
    first = stream[at]
    name = first.name if isinstance(first, Tag) else ""
    for index in range(at, len(stream)):
        token = stream[index]
        if isinstance(token, Tag) and token.closes and token.name == name:
            return index + 1
    return len(stream)


def _feed(events: _Events, token: Tag | str) -> None:
    if isinstance(token, str):
        events.text(token)
    elif token.closes:
        events.close(token)
    else:
        events.open(token)


def read(html: str) -> list[Block]:
    """A reader's HTML, as the parser serialises it, as events.

    Line ends between blocks and after `br` are layout, not text.
    """
    stream = tokens(html)
    events = _Events()
    for index, token in enumerate(stream):
        if isinstance(token, Tag):
            if token.name != "<!--":
                _feed(events, token)
            continue
        before = stream[index - 1] if index else None
        after = stream[index + 1] if index + 1 < len(stream) else None
        if events.pre:
            events.text(token.removesuffix("\n"))
            continue
        if not isinstance(before, Tag) or before.name == "br" or before.name not in _LINE_TAGS:
            token = token.lstrip("\n")
        if not isinstance(after, Tag) or after.name not in _LINE_TAGS:
            token = token.rstrip("\n")
        events.text(token)
    return events.blocks
