"""Holds a chapter of a book against its article: text, headings, lists, tables, marks, links, pictures and captions.

A book says some things in its own way: headings count from the chapter's title, a link that leads nowhere from there is
text, a picture that is not in it is a notice with its description and address, a note has a sign that leads back. Both
sides are brought into one form, in which a picture is one tag, and a link tells where it leads.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from itertools import chain
from urllib.parse import unquote

from convert.typesetting import Typesetting
from convert.verify.book import BookChapter, ends_of, text_of
from convert.verify.difference import Difference, around, short
from convert.verify.projection import Block
from convert.verify.reading import compare_blocks
from convert.verify.shown import (
    GOAL,
    SCHEME,
    WEB,
    Picture,
    Shown,
    kept,
    link_tag,
    opens,
    outside,
    picture_tag,
    without_layout,
)
from convert.verify.tokens import VOID, Tag, tokens
from convert.verify.typeset import turned, unspaced
from convert.verify.view import View
from convert.verify.visible import solid

_HEADINGS = frozenset({"h2", "h3", "h4"})
_PLAIN_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*(?::\d{1,4})?", re.I)
_AS_IT_IS = Typesetting()
_REFUSED = re.compile("[\ud800-\udfff\ufffe\uffff]")


def chapter_body(
    view: View,
    chapter: BookChapter,
    places: Mapping[str, str],
    omit: bool = False,
    setting: Typesetting = _AS_IT_IS,
) -> list[Difference]:
    """Compare one chapter with its article.

    places: the first document of each article of the book, by the source's path.
    omit: whether the book leaves pictures out on purpose. setting: how it sets text in the article's language.
    """
    place = f"{chapter.file} ({view.path})"
    body = tokens(_REFUSED.sub("", view.html))
    images = [one for one in body if isinstance(one, Tag) and one.name == "img"]
    alts = [(one.get("alt") or "", one.get("src") or "") for one in images]
    pictures = [Picture(alt, src, setting.text(alt)) for alt, src in alts]
    shown = Shown(pictures, chapter.files)
    for file, document in zip(chapter.files, chapter.documents, strict=True):
        shown.read(file, without_layout(document))
    wanted = _Wanted(view.path, body, pictures, places, frozenset(shown.links), omit)
    missing: set[tuple[int, int]] = set()
    if setting:
        one, other = unspaced(turned(wanted.out, setting)), unspaced(shown.out)
        expected, found, missing = _blocks(one.tokens), _blocks(other.tokens), one.spaces - other.spaces
    else:
        expected, found = _blocks(wanted.out), _blocks(shown.out)
    if expected == found:
        told = f"{len(missing)} spaces less"
        return [Difference("book", place, "the article's spaces between Han and Latin", told)] if missing else []
    if len(chapter.documents) > 1:  # a long article is cut wherever it must be, so that its text alone can be compared
        return _text_alone(expected, found, place)
    return list(compare_blocks("book", place, expected, found))


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
        if isinstance(token, Tag) and token.name == GOAL:
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
        pictures: list[Picture],
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
            self.out.append(Tag(GOAL, False, (("id", name),)))

    def element(self, at: int, token: Tag) -> None:
        name = token.name
        if name == "img":
            picture = next(self.pictures)
            self.out.append(picture.alt if self.omit else picture_tag(picture.told))
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
        self.out.append(Tag(name, False, kept(token)))

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
        if not text_of(inside).strip() and not any(opens(one, "img") for one in inside):
            return None
        if href.startswith("#"):
            name = href[1:] if href[1:] in self.ids else unquote(href[1:])
            return Tag("a", False, (("goal", name),)) if name in self.ids else None
        if not SCHEME.match(href):
            if href.startswith("/"):
                return None
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(self.path), unquote(re.split("[?#]", href)[0]))
            )
            return link_tag(self.places[target]) if target in self.places else None
        web = WEB.fullmatch(href)
        certain = bool(web and _PLAIN_HOST.fullmatch(web[2])) or href.lower().startswith(("mailto:", "tel:"))
        return link_tag(outside(href)) if certain or outside(href) in self.links else None

    def figure(self, at: int) -> int:
        """A figure: its picture, in its link where the book shows it, and the caption, which comes next."""
        end = self.ends[at]
        picture = next(self.pictures)
        caption = next((place for place in range(at, end) if opens(self.body[place], "figcaption")), None)
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
            self.out.append(picture_tag(picture.told))
        if link:
            self.out.append(Tag("a", True))
        return end if caption is None else caption
