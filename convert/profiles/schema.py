"""What a profile may say. Profiles are data: everything here is a pattern, a selector, a name or a list of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from turbohtml import Element, SelectorSyntaxError

from convert.article import Metadata
from convert.errors import nearest
from convert.reading import refused

TEXTS = tuple(one.name for one in fields(Metadata) if one.type == "str")
"""The keys of metadata that a line can move to."""


def _compile(value: object) -> re.Pattern[str]:
    if isinstance(value, re.Pattern):
        return value
    if not isinstance(value, str):
        raise refused("", "a regular expression in quotes")
    try:
        return re.compile(value)
    except re.error as error:
        raise refused("", f"a regular expression ({error})", "mend it") from None


Regex = Annotated[re.Pattern[str], BeforeValidator(_compile)]


def _groups(*known: str, needed: str = "") -> AfterValidator:
    """A validator of the named groups of a pattern: what nobody reads is a slip of the pen.

    A group that the pattern itself refers to may have any name. needed: a group that must be there.
    """

    def check(pattern: re.Pattern[str]) -> re.Pattern[str]:
        for name in pattern.groupindex:
            if name not in known and not re.search(rf"\(\?P={name}\)|\(\?\({name}\)", pattern.pattern):
                raise refused(f"the group {name!r} is read by nobody", _listed(known), nearest(name, known))
        if needed and needed not in pattern.groupindex:
            raise refused("", f"a pattern with the group {needed!r}", f"write (?P<{needed}>…) round what it is")
        return pattern

    return AfterValidator(check)


def _listed(known: Sequence[str]) -> str:
    return f"one of {', '.join(known)}" if len(known) > 1 else known[0]


def _check_selector(selector: str) -> str:
    if selector:
        try:
            Element("p").select(selector)
        except SelectorSyntaxError as error:
            raise refused("", f"a selector of CSS ({error})", "mend it") from None
    return selector


def _check_lang(lang: str) -> str:
    if lang and not re.fullmatch(r"(?:[A-Za-z]{2,3}|[ix])(?:-[A-Za-z0-9]{1,8})*", lang):
        raise refused("", "a tag of BCP 47, as en or zh-Hans")
    return lang


Selector = Annotated[str, AfterValidator(_check_selector)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class EnvelopePart(_Part):
    """One piece of the envelope. Named groups `title` and `address` move into the metadata; the rest is removed.

    name: what its notes bear. pattern: what it looks like.
    """

    name: str
    pattern: Annotated[Regex, _groups("title", "address")]


class Envelope(_Part):
    """What a mirror wraps round an article.

    head: pieces that may stand at the start, in order; tail: at the end, the last one first.
    inside: pieces that may stand anywhere in the body.
    reach: how many characters from the end a tail piece may begin at most.
    """

    head: tuple[EnvelopePart, ...] = ()
    tail: tuple[EnvelopePart, ...] = ()
    inside: tuple[EnvelopePart, ...] = ()
    reach: int = 4096


class Address(_Part):
    """How an article's address tells its publisher, id and day.

    pattern: what the address looks like, with groups `id`, `year`, `month`, `day`.
    publisher: whose addresses these are.
    """

    pattern: Annotated[Regex, _groups("id", "year", "month", "day")]
    publisher: str


class Pictures(_Part):
    """base: what relative picture and link addresses are resolved against; empty keeps them relative to the file.

    captions: a selector of elements that hold a picture's caption. icons: addresses of pictures that are decoration.
    placeholders: addresses of pictures that only stand for one still to be loaded (the real one is in `data-src`).
    credit: what makes the bracket before a caption's full stop a credit; at a caption's very end every bracket is one.
    """

    captions: Selector = ""
    icons: tuple[Regex, ...] = ()
    placeholders: tuple[Regex, ...] = ()
    credit: Regex | None = None


class Boilerplate(_Part):
    """A line that is no part of the article's own text.

    name: what its notes bear.
    pattern: must match a whole line (between `br`s, or a whole paragraph).
    where: `tail` looks at the last 14 blocks, `head` at the first 6, `any` at all.
    after: only the line directly behind one that a pattern of this name took away.
    rest: what follows the line goes too, as long as it is made of links.
    policy: `drop` removes the line, `keep` leaves it (and ends the search), `field` moves group `value` to `field`.
    field: the key of the metadata that it moves to.
    tags: whether links to tag pages in the line name tags of the article, as those of a list of topics do.
    """

    name: str
    pattern: Annotated[Regex, _groups("value")]
    where: Literal["head", "tail", "any"] = "tail"
    policy: Literal["drop", "keep", "field"] = "drop"
    field: str = ""
    rest: bool = False
    tags: bool = True
    after: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.policy == "field" and self.field not in TEXTS:
            found = f"found {self.field!r}" if self.field else "there is no value"
            raise refused(found, f"one of {', '.join(TEXTS)}", nearest(self.field, TEXTS), "field")
        return self


class Names(_Part):
    """How the articles of a family name their people, places and days.

    datelines: patterns of a dateline; groups `year`, `month`, `day` in digits or Chinese numerals, each optional.
    byline: what makes the parenthesis after a dateline a byline.
    byline_split: where a byline's parts meet (reporter, translator, photographer).
    reporter: what stands before the names in such a part; verbs: what stands after them.
    translation, other_work: end of a part that names translators, or people that no field is for.
    places: place names that stand glued to a reporter's name.
    not_people: pattern of words that are no person's name (offices, departments).
    roles: a credit's label to a metadata field (`editors`, `authors`, `translators`, `via`), or to nothing.
    end_marks: the characters that close an article or an editor's line.
    title_author: group `names` at the start of a title; in channels of `title_author_channels` it is the author,
        elsewhere for `columnists`, or where no byline stands, the name begins with one of `surnames` or
        `compound_surnames`, and the text does not name the person again. What `not_in_title` finds is no name.
    title_author_channels: channels of columns. columnists: people who write them. surnames: one character each.
    compound_surnames: those of more characters. not_in_title: what is in a title where no name stands.
    tag_links: pattern of the address of a link to a tag's page.
    via: pattern of a closing phrase that names, in group `value`, the outlet that an article came through.
    """

    datelines: tuple[Annotated[Regex, _groups("year", "month", "day")], ...] = ()
    byline: Regex | None = None
    byline_split: Regex | None = None
    reporter: Regex | None = None
    verbs: tuple[str, ...] = ()
    translation: Regex | None = None
    other_work: Regex | None = None
    places: tuple[str, ...] = ()
    not_people: Regex | None = None
    roles: dict[str, str] = Field(default_factory=dict)
    end_marks: str = ""
    title_author: Annotated[Regex, _groups("names", needed="names")] | None = None
    title_author_channels: Regex | None = None
    columnists: tuple[str, ...] = ()
    surnames: str = ""
    compound_surnames: tuple[str, ...] = ()
    not_in_title: Regex | None = None
    tag_links: Regex | None = None
    via: Annotated[Regex, _groups("value", needed="value")] | None = None

    def __hash__(self) -> int:
        """By identity: a profile is read once, and what was worked out for it is kept under it."""
        return id(self)


class Recognise(_Part):
    """What a source of the family looks like: all of it must be there.

    start: matches at the start of the file. found: each is found in the first or last 2,048 characters.
    """

    start: Regex
    found: tuple[Regex, ...] = ()


class Profile(_Part):
    """A mirror family or site.

    name: the profile's name. about: a line about it.
    extends: a shipped profile, or the path of one beside this one, that it starts from: mappings are merged, all else
        is replaced.
    recognise: what a source of the family looks like; without it, no source is recognised but by being left over.
    format: what the body is written in; `auto` goes by the file’s suffix and look.
    apparatus: glob patterns, relative to the mirror, of files that are no articles.
    masked_tags: names of tags that the mirror wrote instead of others.
    chrome: a selector of page furniture that is removed with all it holds.
    trackers: hosts whose pictures count readers.
    headings: what tells a heading's level: its tag's `rank`, or the tag's first `appearance` in the article, where a
        mirror rewrote some levels.
    base: what relative addresses are resolved against; empty keeps them relative to the file.
    lang: the BCP 47 tag of the articles' language; empty leaves it to be guessed.
    publisher: the outlet of articles whose address no pattern of `addresses` knows.
    addresses: what an article's address tells. boilerplate: lines that are no part of the article's own text.
    channels: names of channels by folder, where the mirror has no index of its own.
    clean, enrich: lists of names that stand for `default` in config.yaml.
    """

    name: str
    about: str
    extends: str = ""
    recognise: Recognise | None = None
    format: Literal["html", "markdown", "auto"] = "html"
    apparatus: tuple[str, ...] = ()
    envelope: Envelope = Envelope()
    addresses: tuple[Address, ...] = ()
    masked_tags: dict[str, str] = Field(default_factory=dict)
    chrome: Selector = ""
    trackers: tuple[str, ...] = ()
    headings: Literal["rank", "appearance"] = "rank"
    base: str = ""
    lang: Annotated[str, AfterValidator(_check_lang)] = ""
    publisher: str = ""
    pictures: Pictures = Pictures()
    boilerplate: tuple[Boilerplate, ...] = ()
    names: Names = Names()
    channels: dict[str, str] = Field(default_factory=dict)
    clean: tuple[str, ...] = ()
    enrich: tuple[str, ...] = ()

    @cached_property
    def boilerplate_any(self) -> re.Pattern[str] | None:
        """One pattern that matches a line wherever some boilerplate pattern with `where: any` does."""
        return _union(one for one in self.boilerplate if one.where == "any")

    @cached_property
    def boilerplate_ends(self) -> re.Pattern[str] | None:
        """One pattern that matches a line wherever any boilerplate pattern does."""
        return _union(self.boilerplate)


def _union(patterns: Iterable[Boilerplate]) -> re.Pattern[str] | None:
    """One pattern for many: whether any of them matches is then asked once a line."""
    parts = [re.sub(r"\(\?P<\w+>", "(?:", one.pattern.pattern) for one in patterns]
    return re.compile("|".join(f"(?:{part})" for part in parts)) if parts else None
