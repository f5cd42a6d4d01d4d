"""A chapter of a book in the form in which it is compared: see `convert.verify.chapter`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from convert.verify.book import ends_of, text_of
from convert.verify.projection import encoded
from convert.verify.tokens import Tag

_ENDED = frozenset(
    "p ul ol li blockquote pre table thead tbody tr figure hr h1 h2 h3 h4 h5 h6 aside".split(),
)
_KEPT = ("start", "colspan", "rowspan")
WEB = re.compile(r"(https?|ftp)://([^/?#\\]*)(.*)", re.I | re.S)
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
GOAL = "@"
"""The name of a mark where an identifier stands."""


@dataclass(slots=True)
class Picture:
    """A picture of an article. told: its description as the book sets it; shown: whether the book has it."""

    alt: str
    src: str
    told: str
    shown: bool = False


def opens(token: Tag | str, name: str) -> bool:
    """Whether a token is the opening tag of that name."""
    return isinstance(token, Tag) and token.name == name and not token.closes


class Shown:
    """A chapter's documents in the one form. `read` takes them in, one after the other."""

    def __init__(self, pictures: list[Picture], files: list[str]) -> None:
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
                self.out.append(Tag(GOAL, False, (("id", f"{file}#{name}"),)))
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
                    (place for place in range(at, ends[at - 1]) if opens(document[place], "figcaption")), None
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
                self.out.append(picture_tag(token.get("alt") or ""))
            elif token.name == "a":
                self.out.append(self.link(file, token.get("href") or ""))
            else:
                self.out.append(Tag(token.name, False, kept(token)))

    def unspace(self) -> None:
        """Take away the space that stands before a sign that leads back."""
        if self.out and isinstance(last := self.out[-1], str):
            self.out[-1:] = [last.removesuffix(" ")] if last != " " else []

    def notice(self, inside: list[Tag | str], kind: str) -> None:
        """What stands for a picture in its figure: a paragraph about it, and perhaps its address."""
        paragraphs = [text_of(inside[start:end]) for start, end in ends_of(inside).items() if opens(inside[start], "p")]
        if kind == "omitted":
            next(self.pictures, None)
            self.out += map(picture_tag, paragraphs)
        else:
            told, addresses = paragraphs[0] if paragraphs else "", "\n".join(paragraphs[1:])
            self.missing(told, addresses, _leads_elsewhere(inside))

    def missing(self, told: str, addresses: str, elsewhere: bool) -> None:
        """A notice; it must tell description and address, where it has one, of the picture that it stands for."""
        picture = next(self.pictures, None)
        whole = picture is not None and picture.told in told and (not addresses or picture.src in addresses)
        whole = whole and not elsewhere
        self.out.append(picture_tag(picture.told if picture and whole else f"{told} {addresses}"))

    def link(self, file: str, href: str) -> Tag:
        name, hash_, fragment = href.partition("#")
        if not SCHEME.match(href):
            if hash_ and (not name or name in self.files):
                return Tag("a", False, (("goal", f"{name or file}#{fragment}"),))
            return link_tag(name)
        self.links.add(outside(href))
        return link_tag(outside(href))


def _leads_elsewhere(inside: list[Tag | str]) -> bool:
    """Whether a link of a notice leads to another address than it shows."""
    ends = ends_of(inside)
    links = [(at, one) for at, one in enumerate(inside) if isinstance(one, Tag) and one.name == "a" and not one.closes]
    return any(outside(one.get("href") or "") != outside(text_of(inside[at : ends[at]])) for at, one in links)


def picture_tag(alt: str) -> Tag:
    """A picture in the one form."""
    return Tag("picture", False, (("alt", alt),))


def link_tag(goal: str) -> Tag:
    """A link out of the chapter in the one form."""
    return Tag("a", False, (("to", goal),))


def kept(tag: Tag) -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted((key, value) for key, value in tag.attributes if key in _KEPT and (key, value) != ("start", "1"))
    )


def without_layout(document: list[Tag | str]) -> list[Tag | str]:
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
    web = WEB.fullmatch(href.strip())
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
