"""How the flavours write what all of them can say: each is a way that its tool and CommonMark both read alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from convert.emit.escapes import Escape, escape_line_start, escaper

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
    fences: whether code may stand between fences; `fences_below`, whether in lists and quotes too.
    code: signs that no code span or fence may hold, since they are read before Markdown is; a text with one is HTML.
    lone_picture: what follows a picture that is alone in its paragraph; pandoc shows its description below it.
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
    code: tuple[str, ...] = ()
    lone_picture: str = ""
    raw_marks: bool = False


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
    raw_marks=True,
)

DIALECTS: dict[str, Dialect] = {
    "gfm": Dialect(),
    "hugo": Dialect(code=("{{<", "{{%"), raw_marks=True),
    "jekyll": replace(_OLD, code=("{{", "{%")),
    "obsidian": Dialect(hard_break=TWO_SPACES, raw_marks=True),
    "mkdocs": replace(_OLD, code=("{{", "{%", "{#")),
    "pandoc": Dialect(rule="***", lone_picture="<!-- -->", raw_marks=True),
}
"""By flavour; docs/markdown.md says what each is for."""


@dataclass(slots=True)
class Pen:
    """What the writers of one body share.

    escape, line_start: for a text's pieces, and for what a line begins with.
    below: the same pen for what stands in lists and quotes.
    """

    flavour: str
    dialect: Dialect
    escape: Escape
    line_start: Escape
    fences: bool = True

    @classmethod
    def of(cls, flavour: str, text: str) -> Pen:
        """The pen for a body. text: all that it says."""
        start = escape_line_start if flavour == "gfm" else partial(escape_line_start, flavour=flavour)
        return cls(flavour, DIALECTS[flavour], escaper(flavour, text), start)

    @property
    def below(self) -> Pen:
        """The pen for what stands in lists and quotes."""
        return self if self.dialect.fences_below else replace(self, fences=False)
