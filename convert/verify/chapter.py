"""Holds a chapter of a book against its article: text, headings, lists, tables, marks, links, pictures and captions.

A book says some things in its own way: headings count from the chapter's title, a link that leads nowhere from there is
text, a picture that is not in it is a notice with its description and address, a note has a sign that leads back. Both
sides are brought into one form, in which a picture is one tag, and a link tells where it leads.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from urllib.parse import unquote

from convert.verify.book import BookChapter, ends_of, text_of
from convert.verify.difference import Difference, around, short
from convert.verify.projection import Block, encoded
from convert.verify.reading import compare_blocks
from convert.verify.tokens import VOID, Tag, tokens
from convert.verify.view import View
from convert.verify.visible import solid

_ENDED = frozenset(
    "p ul ol li blockquote pre table thead tbody tr figure hr h1 h2 h3 h4 h5 h6 aside".split(),
)
_HEADINGS = frozenset({"h2", "h3", "h4"})
_KEPT = ("start", "colspan", "rowspan")
_WEB = re.compile(r"(https?|ftp)://([^/?#\\]*)(.*)", re.I | re.S)
_PLAIN_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*(?::\d{1,4})?", re.I)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_REFUSED = re.compile("[\ud800-\udfff\ufffe\uffff]")
_GOAL = "@"
"""The name of a mark where an identifier stands."""


@dataclass(slots=True)
class _Picture:
    """A picture of an article; shown: whether the book has it."""

    alt: str
    src: str
    shown: bool = False


def chapter_body(view: View, chapter: BookChapter, places: Mapping[str, str], omit: bool = False) -> list[Difference]:
    """Compare one chapter with its article.

    places: the first document of each article of the book, by the source's path.
    omit: whether the book leaves pictures out on purpose.
    """
    place = f"{chapter.file} ({view.path})"
    body = tokens(_REFUSED.sub("", view.html))
    images = [one for one in body if isinstance(one, Tag) and one.name == "img"]
    pictures = [_Picture(one.get("alt") or "", one.get("src") or "") for one in images]
    shown = _Shown(pictures, chapter.files)
    for file, document in zip(chapter.files, chapter.documents, strict=True):
        shown.read(file, _without_layout(document))
    wanted = _Wanted(view.path, body, pictures, places, frozenset(shown.links), omit)
    expected, found = _blocks(wanted.out), _blocks(shown.out)
    if expected == found:
        return []
    if len(chapter.documents) > 1:  # a long article is cut wherever it must be, so that its text alone can be compared
        return _text_alone(expected, found, place)
    return list(compare_blocks("book", place, expected, found))


def _opens(token: Tag | str, name: str) -> bool:
    return isinstance(token, Tag) and token.name == name and not token.closes


def _text_alone(expected: list[Block], found: list[Block], place: str) -> list[Difference]:
    wanted, got = (
        solid("".join(event[1:] for event in chain(*blocks) if event[0] == '"')) for blocks in (expected, found)
    )
    if wanted == got:
        return []
    at = next((index for index, pair in enumerate(zip(wanted, got, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(wanted), len(got)) if at is None else at
    return [Difference("book", place, short(wanted[at : at + 40]), short(got[at : at + 40]), around(wanted, at))]


def _blocks(form: list[Tag | str]) -> list[Block]:
    """The events of the one form, by top-level block; where a link leads in the chapter is told in characters."""
    blocks: list[Block] = []
    goals: dict[str, int] = {}
    jumps: list[tuple[Block, int, str]] = []
    depth = at = 0
    for token in form:
        if isinstance(token, Tag) and token.name == _GOAL:
            goals.setdefault(token.get("id") or "", at)
            continue
        if not depth and not (isinstance(token, Tag) and token.closes):
            blocks.append([])
        block = blocks[-1]
        if isinstance(token, str):
            at += len(solid(token))
            if block and block[-1][0] == '"':
                block[-1] += token
            else:
                block.append('"' + token)
            continue
        if goal := token.get("goal"):
            jumps.append((block, len(block), goal))
        block.append(str(token))
        depth += 0 if token.name in VOID or token.name == "picture" else -1 if token.closes else 1
    for block, index, goal in jumps:
        block[index] = f"<a goal={goals.get(goal, 'nowhere')}>"
    return blocks


class _Wanted:
    """An article's body in the one form.

    links: the addresses outside that the book's chapter has.
    """

    def __init__(
        self,
        path: str,
        body: list[Tag | str],
        pictures: list[_Picture],
        places: Mapping[str, str],
        links: frozenset[str],
        omit: bool,
    ) -> None:
        self.path, self.body, self.places, self.links, self.omit = path, body, places, links, omit
        self.pictures = iter(pictures)
        self.ids = frozenset(name for one in body if isinstance(one, Tag) and (name := one.get("id")))
        self.ends = ends_of(body)
        self.levels: list[int] = []
        self.names: dict[int, str] = {}  # of end tags that close something else, or nothing
        self.out: list[Tag | str] = []
        at = 0
        while at < len(body):
            at = self.step(at)

    def step(self, at: int) -> int:
        """Take in a token; returns the place of the next one."""
        token = self.body[at]
        if isinstance(token, str):
            self.out.append(token)
        elif token.closes:
            if name := self.names.get(at, token.name):
                self.out.append(Tag(name, True))
        elif token.name == "figure":
            return self.figure(at)
        else:
            self.goal(token)
            self.element(at, token)
        return at + 1

    def goal(self, token: Tag) -> None:
        if name := token.get("id"):
            self.out.append(Tag(_GOAL, False, (("id", name),)))

    def element(self, at: int, token: Tag) -> None:
        name = token.name
        if name == "img":
            picture = next(self.pictures)
            self.out.append(picture.alt if self.omit else _picture(picture.alt))
            return
        if name == "a":
            link = self.link(at, token)
            if link is None:
                self.names[self.ends[at]] = ""
            else:
                self.out.append(link)
            return
        if name in _HEADINGS:
            name = self.heading(int(name[1]))
        elif name == "th" and not text_of(self.body[at : self.ends[at]]).strip():
            name = "td"
        if at in self.ends:
            self.names[self.ends[at]] = name
        self.out.append(Tag(name, False, _kept(token)))

    def heading(self, level: int) -> str:
        """A heading's name in the book: one below the heading that it stands under."""
        while self.levels and self.levels[-1] >= level:
            self.levels.pop()
        self.levels.append(level)
        return f"h{min(len(self.levels) + 1, 6)}"

    def link(self, at: int, token: Tag) -> Tag | None:
        """A link as the book must have it, or None where it may not have it."""
        inside = self.body[at : self.ends[at]]
        href = token.get("href") or ""
        if not text_of(inside).strip() and not any(_opens(one, "img") for one in inside):
            return None
        if href.startswith("#"):
            name = href[1:] if href[1:] in self.ids else unquote(href[1:])
            return Tag("a", False, (("goal", name),)) if name in self.ids else None
        if not _SCHEME.match(href):
            if href.startswith("/"):
                return None
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(self.path), unquote(re.split("[?#]", href)[0]))
            )
            return _link(self.places[target]) if target in self.places else None
        web = _WEB.fullmatch(href)
        certain = bool(web and _PLAIN_HOST.fullmatch(web[2])) or href.lower().startswith(("mailto:", "tel:"))
        return _link(outside(href)) if certain or outside(href) in self.links else None

    def figure(self, at: int) -> int:
        """A figure: its picture, in its link where the book shows it, and the caption, which comes next."""
        end = self.ends[at]
        picture = next(self.pictures)
        caption = next((place for place in range(at, end) if _opens(self.body[place], "figcaption")), None)
        if self.omit and caption is None and not picture.alt:
            return end + 1
        figure = self.body[at]
        if isinstance(figure, Tag):
            self.goal(figure)
        self.out.append(Tag("figure", False))
        first = self.body[at + 1]
        link = self.link(at + 1, first) if picture.shown and isinstance(first, Tag) and first.name == "a" else None
        if link:
            self.out.append(link)
        if picture.alt or not self.omit:
            self.out.append(_picture(picture.alt))
        if link:
            self.out.append(Tag("a", True))
        return end if caption is None else caption


class _Shown:
    """A chapter's documents in the one form. `read` takes them in, one after the other."""

    def __init__(self, pictures: list[_Picture], files: list[str]) -> None:
        self.pictures = iter(pictures)
        self.files = frozenset(files)
        self.out: list[Tag | str] = []
        self.links: set[str] = set()

    def read(self, file: str, document: list[Tag | str]) -> None:
        """Take in a document's tokens."""
        ends = ends_of(document)
        dropped: set[int] = set()
        at = 0
        while at < len(document):
            token = document[at]
            at += 1
            if isinstance(token, str):
                self.out.append(token)
                continue
            if token.closes:
                if at - 1 not in dropped:
                    self.out.append(Tag(token.name, True))
                continue
            if name := token.get("id"):
                self.out.append(Tag(_GOAL, False, (("id", f"{file}#{name}"),)))
            inside = document[at : ends.get(at - 1, at)]
            kind = token.get("class")
            if token.name == "a" and token.get("role") == "doc-backlink" and token.get("title"):
                self.unspace()
                at = ends[at - 1] + 1
            elif token.name == "span" and kind == "missing":
                self.missing(text_of(inside), text_of(inside), _leads_elsewhere(inside))
                at = ends[at - 1] + 1
            elif token.name == "figure" and kind in ("missing", "omitted"):
                self.out.append(Tag("figure", False))
                caption = next(
                    (place for place in range(at, ends[at - 1]) if _opens(document[place], "figcaption")), None
                )
                stop = ends[at - 1] if caption is None else caption
                self.notice(document[at:stop], kind)
                at = stop
            elif token.name in ("span", "aside"):
                dropped.add(ends[at - 1])
            elif token.name == "img":
                picture = next(self.pictures, None)
                if picture:
                    picture.shown = True
                self.out.append(_picture(token.get("alt") or ""))
            elif token.name == "a":
                self.out.append(self.link(file, token.get("href") or ""))
            else:
                self.out.append(Tag(token.name, False, _kept(token)))

    def unspace(self) -> None:
        """Take away the space that stands before a sign that leads back."""
        if self.out and isinstance(last := self.out[-1], str):
            self.out[-1:] = [last.removesuffix(" ")] if last != " " else []

    def notice(self, inside: list[Tag | str], kind: str) -> None:
        """What stands for a picture in its figure: a paragraph about it, and perhaps its address."""
        paragraphs = [
            text_of(inside[start:end]) for start, end in ends_of(inside).items() if _opens(inside[start], "p")
        ]
        if kind == "omitted":
            next(self.pictures, None)
            self.out += map(_picture, paragraphs)
        else:
            told, addresses = paragraphs[0] if paragraphs else "", "\n".join(paragraphs[1:])
            self.missing(told, addresses, _leads_elsewhere(inside))

    def missing(self, told: str, addresses: str, elsewhere: bool) -> None:
        """A notice; it must tell description and address, where it has one, of the picture that it stands for."""
        picture = next(self.pictures, None)
        whole = picture is not None and picture.alt in told and (not addresses or picture.src in addresses)
        whole = whole and not elsewhere
        self.out.append(_picture(picture.alt if picture and whole else f"{told} {addresses}"))

    def link(self, file: str, href: str) -> Tag:
        name, hash_, fragment = href.partition("#")
        if not _SCHEME.match(href):
            if hash_ and (not name or name in self.files):
                return Tag("a", False, (("goal", f"{name or file}#{fragment}"),))
            return _link(name)
        self.links.add(outside(href))
        return _link(outside(href))


def _leads_elsewhere(inside: list[Tag | str]) -> bool:
    """Whether a link of a notice leads to another address than it shows."""
    ends = ends_of(inside)
    links = [(at, one) for at, one in enumerate(inside) if isinstance(one, Tag) and one.name == "a" and not one.closes]
    return any(outside(one.get("href") or "") != outside(text_of(inside[at : ends[at]])) for at, one in links)


def _picture(alt: str) -> Tag:
    return Tag("picture", False, (("alt", alt),))


def _link(goal: str) -> Tag:
    return Tag("a", False, (("to", goal),))


def _kept(tag: Tag) -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted((key, value) for key, value in tag.attributes if key in _KEPT and (key, value) != ("start", "1"))
    )


def _without_layout(document: list[Tag | str]) -> list[Tag | str]:
    """A document without the line ends that the book puts behind blocks."""
    result: list[Tag | str] = []
    before: Tag | str = Tag("h1", True)
    for token in document:
        ended = isinstance(before, Tag) and before.name in _ENDED and (before.closes or before.name == "hr")
        if ended and isinstance(token, str):
            token = token.removeprefix("\n")
        if token:
            result.append(token)
            before = token
    return result


def outside(href: str) -> str:
    """An address out of the book, without what its spelling in a book may change."""
    web = _WEB.fullmatch(href.strip())
    if web is None:
        scheme, _, rest = href.strip().partition(":")
        return f"{scheme.lower()}:{encoded(rest)}"
    host = web[2].rpartition("@")[2]
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return href
    path, hash_, fragment = web[3].replace("\\", "/", 1).partition("#") if web[3][:1] == "\\" else web[3].partition("#")
    return f"{web[1].lower()}://{host}{encoded(path)}{hash_}{encoded(fragment).replace('#', '%23')}"
