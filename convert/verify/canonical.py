"""Holds a body against docs/canonical.md: elements, attributes, nesting and white space."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from turbohtml import Element

from convert.verify.difference import Difference, short
from convert.verify.form import ATTRIBUTES, CHILDREN, EMPHASIS, LINES, PHRASES
from convert.verify.ordinary import is_ordinary
from convert.verify.tokens import VOID, Tag, tokens
from convert.verify.view import View

_COUNT = re.compile(r"[1-9]\d{0,3}")
_START = re.compile(r"0|[1-9]\d{0,8}")
_FORBIDDEN_SCHEME = re.compile(r"[\s\x00-\x20]*(?:javascript|data|vbscript)\s*:", re.I)
_ADDRESS_FAULT = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_WHITE = re.compile(r"[^\S \u3000]|  ")
_CODE_LINES = re.compile(r"[^\S \n\t\u3000\xa0]")


@dataclass(slots=True)
class _Open:
    """An open element: its tag, the names of what stands in it, and whether it holds anything to see."""

    tag: Tag
    children: list[str] = field(default_factory=list)
    shows: bool = False


@dataclass(slots=True)
class _Line:
    """The text of the block that is being read: the last thing in it, to judge white space across tags."""

    last: str = ""  # nothing yet, "br", or the last character
    shows: bool = False


class FormReader:
    """One pass over a body's tokens."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: list[Difference] = []
        self.open: list[_Open] = [_Open(Tag("", False))]
        self.depth: dict[str, int] = {}
        self.line = _Line()
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.block = 0
        self.odd = True

    def fault(self, expected: str, found: str, context: str = "") -> None:
        place = f"{self.path}, block {self.block}"
        trail = ">".join(entry.tag.name for entry in self.open[1:])
        self.found.append(Difference("canonical", place, expected, short(found), context or trail))

    def within(self, name: str) -> bool:
        return self.depth.get(name, 0) > 0

    def read(self, html: str) -> None:
        # One look at the whole spares two at each text.
        self.odd = not html.isprintable() or "  " in html or "&nbsp;" in html
        for token in tokens(html):
            if isinstance(token, str):
                self.text(token)
            elif token.closes:
                self.close(token)
            else:
                self.start(token)
        self.top()
        for name in self.ids:
            if name not in self.targets:
                self.fault("an id that something links to", f"id={name!r}")
        for name in {name for name in self.ids if self.ids.count(name) > 1}:
            self.fault("each id once", f"id={name!r}")

    def top(self) -> None:
        blocks = self.open[0].children
        if blocks and (blocks[0] == "hr" or blocks[-1] == "hr"):
            self.fault("hr never first or last", "hr")

    def start(self, tag: Tag) -> None:
        parent = self.open[-1]
        if len(self.open) == 1:
            self.block += 1
        if tag.name not in CHILDREN.get(parent.tag.name, frozenset()):
            self.fault(f"nothing but {_names(parent.tag.name)} in {parent.tag.name or 'the body'}", str(tag))
        parent.children.append(tag.name)
        if tag.attributes or tag.name == "img":
            self.attributes(tag)
        if tag.name in PHRASES and tag.name not in {"img", "br"} and self.within(tag.name):
            self.fault(f"no {tag.name} in {tag.name}", str(tag))
        if tag.name == "br":
            self.line_break()
        elif tag.name == "img":
            self.line.last, self.line.shows = "img", True
            for entry in self.open:
                entry.shows = True
        elif tag.name not in PHRASES:
            if parent.tag.name == "li" and self.line.shows:
                self.end_line("li")
            self.line = _Line()
        if tag.name not in VOID:
            self.open.append(_Open(tag))
            self.depth[tag.name] = self.depth.get(tag.name, 0) + 1

    def line_break(self) -> None:
        if not self.line.last:
            self.fault("no br at the start of a block", "br")
        elif self.line.last == " ":
            self.fault("no space beside a br", "space, br")
        self.line.last = "br"

    def text(self, text: str) -> None:
        entry = self.open[-1]
        name = entry.tag.name
        if "#text" not in CHILDREN.get(name, frozenset()):
            self.fault(f"no text in {name or 'the body'}", text)
            return
        entry.children.append("#text")
        for one in self.open:
            one.shows = True
        if self.odd and (control := _CONTROL.search(text)):
            self.fault("no control or zero-width character", repr(control[0]), text)
        if self.within("pre"):
            if white := _CODE_LINES.search(text):
                self.fault("plain lines in pre", repr(white[0]), text)
            self.line = _Line("pre", True)
            return
        self.white_space(text)
        if name in EMPHASIS and len(entry.children) == 1 and text[0].isspace():
            self.fault(f"no white space at the edge of {name}", text)

    def white_space(self, text: str) -> None:
        if self.odd and (white := _WHITE.search(text)):
            self.fault("white space is one space", repr(white[0]), text)
        last = self.line.last
        if text[0].isspace() and (not last or last == "br" or (last == " " and text[0] == " ")):
            where = "at the start of a block" if not last else "beside a br" if last == "br" else "next to a space"
            self.fault(f"no white space {where}", repr(text[0]), text)
        self.line.last, self.line.shows = text[-1], True

    def close(self, tag: Tag) -> None:
        entry = self.open.pop() if len(self.open) > 1 else self.open[0]
        name = tag.name
        self.depth[entry.tag.name] = self.depth.get(entry.tag.name, 1) - 1
        if entry.tag.name != name:
            self.fault(f"</{entry.tag.name}>", str(tag))
        if name in PHRASES:
            self.close_phrase(entry)
        elif name in LINES:
            self.close_line(entry)
        elif name == "li":
            self.item(entry)
        elif name in {"ul", "ol"}:
            self.list(entry)
        elif name == "figure":
            self.figure(entry)
        elif name == "table":
            self.table(entry)
        elif name == "thead" and entry.children != ["tr"]:
            self.fault("one row in thead", str(len(entry.children)))
        elif name == "pre":
            if not entry.shows or ("code" in entry.children and len(entry.children) > 1):
                self.fault("text only in pre, optionally in one code", ",".join(entry.children))
        elif not entry.children:
            self.fault(f"no empty {name}", name)
        if name not in PHRASES:
            self.line = _Line()

    def close_phrase(self, entry: _Open) -> None:
        name = entry.tag.name
        if not entry.shows and not (name == "a" and entry.tag.get("id") and not entry.children):
            self.fault(f"no empty {name}", str(entry.tag))
        if name == "a" and not entry.tag.get("href") and (not entry.tag.get("id") or entry.children):
            self.fault("an a with href", str(entry.tag))
        if name in EMPHASIS and self.line.last and self.line.last[-1].isspace():
            self.fault(f"no white space at the edge of {name}", repr(self.line.last))

    def end_line(self, name: str) -> None:
        if self.line.last == "br":
            self.fault(f"no br at the end of {name}", "br")
        elif self.line.last and self.line.last[-1].isspace():
            self.fault(f"no white space at the end of {name}", repr(self.line.last))

    def close_line(self, entry: _Open) -> None:
        name = entry.tag.name
        if not self.line.shows and name not in {"td", "th"}:
            self.fault(f"no empty {name}", name)
        self.end_line(name)
        if name in {"td", "th"} and self.open[-2].tag.name == "thead" and name != "th":
            self.fault("th in thead", name)

    def item(self, entry: _Open) -> None:
        names = entry.children
        inline = [name in PHRASES or name == "#text" for name in names]
        if not names:
            self.fault("no empty li", "li")
        elif inline[0]:
            rest = names[inline.index(False) :] if False in inline else []
            if len(rest) > 1 or any(name not in {"ul", "ol"} for name in rest):
                self.fault("li: inline content, then at most one list", ",".join(names))
            if not rest:
                self.end_line("li")
            if not entry.shows:
                self.fault("no empty li", "li")
        elif any(inline):
            self.fault("li: inline content first, or blocks only", ",".join(names))
        self.open[-1].children[-1] = "li" if inline and inline[0] else "li of blocks"

    def list(self, entry: _Open) -> None:
        if not entry.children:
            self.fault("a list has an item", entry.tag.name)
        if len(set(entry.children) & {"li", "li of blocks"}) > 1:
            self.fault("all items inline, or all of blocks", entry.tag.name)

    def figure(self, entry: _Open) -> None:
        if entry.children not in (["img"], ["a"], ["img", "figcaption"], ["a", "figcaption"]):
            self.fault("figure: one picture, then at most one figcaption", ",".join(entry.children))

    def table(self, entry: _Open) -> None:
        if entry.children not in (["tbody"], ["thead", "tbody"]):
            self.fault("table: at most one thead, then one tbody", ",".join(entry.children))

    def attributes(self, tag: Tag) -> None:
        allowed = ATTRIBUTES.get(tag.name, frozenset())
        for name, value in tag.attributes:
            if name == "id":
                self.ids.append(value)
            elif name not in allowed:
                self.fault(f"no {name} on {tag.name}", str(tag))
            elif name in {"href", "src"}:
                self.address(name, value)
            elif name in {"colspan", "rowspan"}:
                if not _COUNT.fullmatch(value) or value == "1":
                    self.fault("a span of two or more", f"{name}={value!r}")
            elif name == "start" and not _START.fullmatch(value):
                self.fault("a number", f"start={value!r}")
            elif name == "alt" and (_CONTROL.search(value) or _WHITE.search(value) or value != value.strip()):
                self.fault("a clean alt", repr(value))
        if tag.name == "img" and not tag.get("src"):
            self.fault("a picture with src", str(tag))

    def address(self, name: str, value: str) -> None:
        if name == "href" and value.startswith("#"):
            self.targets.add(value[1:])
        if not value or _ADDRESS_FAULT.search(value):
            self.fault("a valid address", f"{name}={value!r}")
        if _FORBIDDEN_SCHEME.match(value):
            self.fault("no script address", f"{name}={value!r}")


def _names(name: str) -> str:
    return " ".join(sorted(CHILDREN.get(name, frozenset()))) or "nothing"


def canonical(view: View) -> list[Difference]:
    """Hold a body against docs/canonical.md, all of it. Returns one difference for each fault."""
    if is_ordinary(view.html):
        return []
    reader = FormReader(view.path)
    reader.read(view.html)
    reader.found += _pictures(view.path, view.article.body)
    return reader.found


def _pictures(path: str, body: Element) -> list[Difference]:
    """Links in figures that hold more than their picture."""
    return [
        Difference("canonical", path, "figure: an a round one img", short(link.html))
        for link in body.select("figure > a")
        if [getattr(child, "tag", "#text") for child in link.children] != ["img"]
    ]
