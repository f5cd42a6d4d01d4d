"""What flows between the stages: Source, Article, Metadata, Note, and the Context they are read in."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from turbohtml import Element, Node, Text

if TYPE_CHECKING:
    from convert.profiles import Profile

NoteKind: TypeAlias = Literal["removed", "moved", "changed", "guessed", "wrong"]
NoteOf: TypeAlias = Literal["text", "attribute", "element"]


HIDDEN = "script, style, template"
"""Elements whose text no reader sees, and no note tells."""

UNSEEN = f"{HIDDEN}, iframe, noembed, noframes"
"""The same, and elements that show something, but not what stands in them."""


class Note(NamedTuple):
    """One typed record of what was done to a source.

    path: the source's path relative to the input, with slashes.
    rule: the name of the rule, step or envelope part that did it.
    kind: `removed` (text is in no output), `moved` (text now stands in metadata field `to`),
        `changed` (text became `to`), `guessed` (the metadata field `to` rests on a guess from text),
        `wrong` (something odd was found; nothing was taken away by this note).
    text: what stood in the source, exactly, entities resolved.
    to: where it went (a metadata key), or what it became.
    of: what `text` is: visible `text` of the source, an `attribute`'s value, or an `element` without text, as a tag.
    """

    path: str
    rule: str
    kind: NoteKind
    text: str
    to: str = ""
    of: NoteOf = "text"


@dataclass(frozen=True)
class Source:
    """One input file.

    path: relative to the input, with slashes; it decides folder, stem and channel.
    data: the file's bytes.
    aliases: paths of further copies of the same article, which are not converted themselves.
    """

    path: str
    data: bytes = field(repr=False)
    aliases: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, as lower-case hex."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def folder(self) -> str:
        """The path without its last part; empty for a file at the top."""
        return self.path.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """The file's name without its last suffix."""
        name = self.path.rpartition("/")[2]
        return name.rpartition(".")[0] or name


@dataclass(frozen=True, slots=True)
class Address:
    """What an article's address tells: its publisher, id, and the day in it (numbers as written, or empty)."""

    publisher: str
    id: str
    year: str
    month: str
    day: str


class LinkGone(NamedTuple):
    """A link that a rule took out of the body: the rule, the link's address, and its text."""

    rule: str
    address: str
    text: str


@dataclass(slots=True)
class Metadata:
    """An article's metadata; the fields stand in the order of the front matter.

    `date` is a calendar date without a zone. `words` counts Han characters plus runs of Latin letters or digits.
    """

    title: str = ""
    date: datetime.date | None = None
    authors: list[str] = field(default_factory=list)
    translators: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    publisher: str = ""
    via: str = ""
    source: str = ""
    id: str = ""
    lang: str = ""
    channel: str = ""
    categories: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    description: str = ""
    image: str = ""
    image_caption: str = ""
    image_credit: str = ""
    dateline: str = ""
    byline: str = ""
    words: int | None = None

    def items(self) -> list[tuple[str, str | int | datetime.date | list[str]]]:
        """Every field that has a value, in order; an empty string or list is no value."""
        pairs = ((name, getattr(self, name)) for name in self.__slots__)
        return [(name, value) for name, value in pairs if value is not None and value != "" and value != []]

    def misfit(self) -> tuple[str, object, str] | None:
        """The first field whose value is of a type that it must not be: its name, the value, and what it takes."""
        for one in fields(self):
            fits, expected = _TAKES[str(one.type)]
            if not fits(value := getattr(self, one.name)):
                return one.name, value, expected
        return None


_TAKES: dict[str, tuple[Callable[[object], bool], str]] = {
    "str": (lambda value: isinstance(value, str), "a text"),
    "list[str]": (
        lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
        "a list of texts",
    ),
    # by the type itself: a truth value is an int, too, and a moment a date
    "int | None": (lambda value: value is None or type(value) is int, "a whole number, or None"),
    "datetime.date | None": (lambda value: value is None or type(value) is datetime.date, "a datetime.date, or None"),
}
"""What a field of metadata takes, by the type that it is declared with."""


@dataclass(slots=True)
class Article:
    """Title, body, metadata and notes of one source; stages change it in place.

    body: a `div` element that holds the article; after `clean` canonical HTML only (docs/canonical.md).
    origin: for each metadata key, the part of the source that it was read from.
    address: what the article's address tells about it, where its profile knows the address.
    links_gone: links that rules took out of the body with the text round them; steps may still read them.
    """

    source: Source
    profile: Profile
    body: Element
    meta: Metadata = field(default_factory=Metadata)
    notes: list[Note] = field(default_factory=list)
    origin: dict[str, str] = field(default_factory=dict)
    address: Address | None = None
    links_gone: list[LinkGone] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The source's path relative to the input."""
        return self.source.path

    def note(self, rule: str, kind: NoteKind, text: str, to: str = "", of: NoteOf = "text") -> None:
        """Leave a note of this article."""
        self.notes.append(Note(self.source.path, rule, kind, text, to, of))

    def note_removed(self, rule: str, nodes: Iterable[Node]) -> None:
        """Leave notes of nodes that are taken away: their text, and the addresses that stand in them."""
        nodes = list(nodes)
        self.note_addresses(rule, nodes)
        for node in nodes:
            for unseen in node.select(UNSEEN) if isinstance(node, Element) else ():
                unseen.extract()
        text = " ".join("".join(node.data if isinstance(node, Text) else node.text for node in nodes).split())
        if text:
            self.note(rule, "removed", text)

    def note_addresses(self, rule: str, nodes: Iterable[Node]) -> None:
        """Leave notes of the addresses of links, pictures, players and frames in nodes that are taken away."""
        for node in nodes:
            if isinstance(node, Element):
                for element in node.iter_elements(include_self=True):
                    address = element.attr("href") or element.attr("src")
                    if not address or element.matches(HIDDEN):
                        continue
                    self.note(rule, "removed", address, of="attribute")
                    if element.tag == "a":
                        self.links_gone.append(LinkGone(rule, address, " ".join(element.text.split())))


@dataclass(frozen=True, slots=True)
class Context:
    """What the stages need to know of the mirror; frozen, so that a stage is a function of its arguments.

    profiles: the profiles to try, in order; the last one takes every file.
    rules: cleaning rules by name, in the order of a list that names none.
    steps: enriching steps, likewise.
    channels: names of channels by id (the folder's name), from the mirror's own index.
    max_bytes: a larger source is refused with a SourceError.
    """

    profiles: tuple[Profile, ...]
    rules: Mapping[str, Rule]
    steps: Mapping[str, Step]
    channels: Mapping[str, str] = field(default_factory=dict)
    max_bytes: int = 4 * 1024 * 1024


Rule: TypeAlias = Callable[[Article, Context], None]
"""A cleaning rule changes `article.body` and leaves notes; it does no I/O."""

Step: TypeAlias = Callable[[Article, Context], None]
"""An enriching step fills `article.meta`, and may move what it understood out of the body."""
