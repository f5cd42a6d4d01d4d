"""How the flavours write what all of them can say: each is a way that its tool and CommonMark both read alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from convert.emit.escapes import Escape, escape_line_start, escaper
from convert.emit.options import AS_THEY_ARE, Rewrites

STARS = {"strong": "**", "em": "*"}
TWO_SPACES = "  \n"
RULE = "---"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs in how a flavour is laid out.

    hard_break: a line's end within a paragraph.
    rule: a line between two paragraphs; in pandoc hyphens may open a block of metadata.
    delimiters: the runs of emphasis by the element's name; one that is not among them is written in HTML.
    nested: whether an emphasis within another one has runs, too; old dialects do not agree on these.
    pointed: whether `<address>` may stand for a link whose text is its address.
    width: the columns that an item's marker takes at least; Python-Markdown indents by four.
    plain_lists: whether a list is written in HTML that starts with another number than 1, or has other blocks in it
        than paragraphs and lists; kramdown and Python-Markdown forget the number, and differ in the blocks.
    divided: names of blocks of which two in sequence are read as one, for each the other one's names.
    simple_cells: whether a table with marks in its cells is HTML; kramdown looks for its bars before it knows of them.
    fences: whether code may stand between fences; `fences_below`, whether in lists and quotes too.
    code: what no code span or fence may hold, since it is read before Markdown is; a text with a match is HTML.
    lone_picture: what follows a picture that is alone in its paragraph; pandoc shows its description below it.
    struck: the element's name where `s` is written in HTML; kramdown reads no Markdown in one that it does not know.
    descriptions: whether escapes count in a picture's description; Goldmark shows them.
    tasks: whether brackets make a box at an item's start though they are escaped.
    reads_first_lines: whether `key: value` at a file's start is metadata, unless a blank line stands before it.
    signs: whether text and code in HTML, and addresses, hide signs that the tool reads there.
    """

    hard_break: str = "\\\n"
    rule: str = RULE
    delimiters: Mapping[str, str] = field(default_factory=lambda: STARS | {"s": "~~"})
    nested: bool = True
    pointed: bool = True
    width: int = 2
    plain_lists: bool = False
    divided: Mapping[str, frozenset[str]] = field(
        default_factory=lambda: {"ul": frozenset({"ul"}), "ol": frozenset({"ol"})}
    )
    fences_below: bool = True
    code: re.Pattern[str] | None = None
    lone_picture: str = ""
    struck: str = "s"
    descriptions: bool = True
    tasks: bool = False
    simple_cells: bool = False
    reads_first_lines: bool = False
    signs: bool = True

    def reads_code(self, text: str) -> bool:
        """Whether the tool looks into this code before it knows of it."""
        return self.code is not None and self.code.search(text) is not None


_LISTS = frozenset({"ul", "ol"})
_TOGETHER = {"ul": _LISTS, "ol": _LISTS, "blockquote": frozenset({"blockquote"})}
_OLD = Dialect(
    hard_break=TWO_SPACES,
    delimiters=STARS,
    nested=False,
    pointed=False,
    width=4,
    plain_lists=True,
    divided=_TOGETHER,
    fences_below=False,
    struck="del",
)

DIALECTS: dict[str, Dialect] = {
    "gfm": Dialect(signs=False),
    "hugo": Dialect(hard_break=TWO_SPACES, code=re.compile(r"\{\{[<%]|<!--\s*more|:[\w+-]+:|@"), descriptions=False),
    "jekyll": replace(
        _OLD, delimiters=STARS | {"s": "~~"}, code=re.compile(r"\{[{%]|`|\A\s|\s\Z|\]:"), simple_cells=True
    ),
    "obsidian": Dialect(hard_break=TWO_SPACES),
    # macros, and CriticMarkup, snippets and names of languages of PyMdown
    "mkdocs": replace(_OLD, reads_first_lines=True, code=re.compile(r"\{[{%#+~=>-]|-8<-|\A(?::::|#!)")),
    "pandoc": Dialect(rule="***", lone_picture="<!-- -->", tasks=True),
}
"""By flavour; docs/markdown.md says what each is for."""


@dataclass(slots=True)
class Pen:
    """What the writers of one body share.

    escape, line_start: for a text's pieces, and for what a line begins with.
    fences: whether code may stand between fences here. looked: whether the list round it has been looked through.
    rewrites: what stands in place of addresses. cells: whether this is a table, where a bar needs a backslash.
    """

    flavour: str
    dialect: Dialect
    escape: Escape
    line_start: Escape
    fences: bool = True
    looked: bool = False
    rewrites: Rewrites = AS_THEY_ARE
    cells: bool = False

    @classmethod
    def of(cls, flavour: str, text: str, rewrites: Rewrites = AS_THEY_ARE) -> Pen:
        """The pen for a body. text: all that it says."""
        start = escape_line_start if flavour == "gfm" else partial(escape_line_start, flavour=flavour)
        return cls(flavour, DIALECTS[flavour], escaper(flavour, text), start, rewrites=rewrites)

    @property
    def below(self) -> Pen:
        """The pen for what stands in lists and quotes."""
        return self if self.dialect.fences_below else replace(self, fences=False)
