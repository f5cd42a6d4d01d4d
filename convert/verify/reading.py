"""Reads a Markdown body back with an independent reader, and compares it with the body under the projection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import TypeAlias

import cmarkgfm
from cmarkgfm.cmark import Options
from turbohtml import parse_fragment

from convert.article import Article
from convert.verify.difference import Difference, short
from convert.verify.tokens import VOID, Tag, tokens

Reader: TypeAlias = Callable[[str], str]
"""Markdown to HTML."""

Block: TypeAlias = list[str]
"""One top-level block as events: `<name attributes>`, `</name>`, or text after a quotation mark."""

_NAMES = {"b": "strong", "i": "em", "del": "s", "strike": "s"}
_DROPPED = frozenset({"thead", "tbody"})
_LINE_TAGS = frozenset({"a", "strong", "em", "sup", "sub", "code", "s", "img", "br"})
_UNSAFE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9;/?:@&=+$,\-_.!~*'()#%]")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_FRONT = re.compile(r"---\n.*?\n---\n+", re.S)
_SHOWN = 8


def cmark_gfm(markdown: str) -> str:
    """GitHub's CommonMark reader, with tables, strikethrough and autolinks, raw HTML let through."""
    extensions = ["table", "strikethrough", "autolink"]
    html: str = cmarkgfm.markdown_to_html_with_extensions(
        markdown, options=Options.CMARK_OPT_UNSAFE, extensions=extensions
    )
    return html


def front_matter_cut(markdown: str) -> str:
    """The Markdown body: what follows the front matter."""
    front = _FRONT.match(markdown)
    return markdown[front.end() :] if front else markdown


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


_PROJECTED = re.compile(r"<(/?)fig(ure|caption)>")
_PROJECTIONS = {("", "ure"): "<p>", ("/", "ure"): "</p>", ("", "caption"): "<br>", ("/", "caption"): ""}
_LINE_END = re.compile(r"(</p>|</h[2-4]>|<br>|<hr>)\n")
_NOT_SIMPLE = re.compile(r"<(?:ul|ol|table|blockquote|pre|del|s)\b| id=")


def _simply_equal(html: str, answer: str) -> bool:
    """Whether a body of paragraphs, headings and figures alone was read back to the letter: most are, and it is quick.

    Both are serialised by one writer, so that equal text is an equal tree.
    """
    if _NOT_SIMPLE.search(html):
        return False
    ours = _PROJECTED.sub(lambda tag: _PROJECTIONS[tag[1], tag[2]], html)
    return ours == _LINE_END.sub(r"\1", answer)


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


_MAIL = re.compile(r"<a href=mailto:([^ >]+)>")


def _mail_unlinked(block: Block, linked: set[str]) -> tuple[Block, int]:
    """A block in which e-mail addresses that the reader itself made into links are text again; how many."""
    result: Block = []
    count, index = 0, 0
    while index < len(block):
        event = block[index]
        mail = _MAIL.fullmatch(event)
        if mail and event not in linked and block[index + 1 : index + 3] == ['"' + mail[1], "</a>"]:
            count += 1
            index += 3
            pieces = [mail[1]]
        elif event[0] == '"':
            index += 1
            pieces = [event[1:]]
        else:
            result.append(event)
            index += 1
            continue
        if result and result[-1][0] == '"':
            result[-1] += pieces[0]
        else:
            result.append('"' + pieces[0])
    return result, count


def reads_back(
    markdown: str, article: Article, reader: Reader = cmark_gfm, *, title: bool = False
) -> tuple[list[Difference], int]:
    """Read a Markdown file's body with a reader and compare it with the article's body under the projection.

    markdown: the whole file; its front matter is cut off.
    reader: Markdown to HTML, with tables, strikethrough and raw HTML.
    title: whether the file repeats the title as its first heading.
    Returns the differences, block by block, and how many plain e-mail addresses the reader made into links of its
    own accord: the one difference that is allowed. Percent-encoding of addresses is made the same on both sides.
    """
    html = article.body.inner_html
    answer = parse_fragment(reader(front_matter_cut(markdown)), positions=False).inner_html
    if not title and _simply_equal(html, answer):
        return [], 0
    expected = projected(html)
    if title and article.meta.title:
        expected.insert(0, ["<h1>", '"' + " ".join(article.meta.title.split()), "</h1>"])
    found = read(answer)
    if expected == found:
        return [], 0
    linked = {event for block in expected for event in block if event.startswith("<a href=mailto:")}
    mails = 0
    for index, block in enumerate(found):
        found[index], count = _mail_unlinked(block, linked)
        mails += count
    return list(_compare(article.path, expected, found)), mails


def _compare(path: str, expected: list[Block], found: list[Block]) -> Iterable[Difference]:
    """The blocks that differ, and where in each."""
    ours = ["\n".join(block) for block in expected]
    theirs = ["\n".join(block) for block in found]
    for kind, low, high, start, stop in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for index in range(max(high - low, stop - start)):
            wanted = expected[low + index] if low + index < high else []
            got = found[start + index] if start + index < stop else []
            same = next((at for at, pair in enumerate(zip(wanted, got, strict=False)) if pair[0] != pair[1]), None)
            at = min(len(wanted), len(got)) if same is None else same
            yield Difference(
                "reads back",
                f"{path}, block {low + index + 1}",
                short(" ".join(wanted[at : at + _SHOWN]), 120),
                short(" ".join(got[at : at + _SHOWN]), 120),
                short(" ".join(wanted[max(0, at - 3) : at]), 80),
            )
