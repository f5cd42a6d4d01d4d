"""What an emitter is, and the options that config.yaml gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from convert.article import Article
from convert.errors import MirrorpressError
from convert.front_matter import FrontMatter, preset
from convert.typesetting import ScriptName, Spacing


@dataclass(frozen=True, slots=True)
class Rewrites:
    """What stands in Markdown in place of addresses of the article, each by the address as it stands in the body.

    links: where links lead; wiki: for those of them that Obsidian's own form can say, the note's path in the vault.
    pictures: where pictures lie, in the front matter too.
    """

    links: Mapping[str, str] = field(default_factory=dict)
    wiki: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)


AS_THEY_ARE = Rewrites()


@dataclass(frozen=True, slots=True)
class EmitOptions:
    """Options of the emitters; each reads those that concern it.

    flavour: the Markdown dialect to write for.
    front_matter: a layout, or the name of a preset; `default` is the one called like the flavour.
    title: repeat the title as a level-1 heading above the Markdown body.
    width: the columns that a line of plain text may take; 0 breaks none.
    script: a configuration of OpenCC by which the text is turned, or `none`.
    spacing: `pangu` puts a space between Han characters and Latin letters or digits, `none` none.
    rewrites: what stands in place of some of the article's addresses; each article has its own.

    No emitter reads `script` and `spacing`: the article is set before it is written.
    """

    flavour: str = "gfm"
    front_matter: FrontMatter | str = "default"
    title: bool = False
    width: int = 0
    script: ScriptName = "none"
    spacing: Spacing = "none"
    rewrites: Rewrites = AS_THEY_ARE

    @property
    def layout(self) -> FrontMatter:
        """The layout of the front matter."""
        named = self.front_matter
        return preset(named, self.flavour) if isinstance(named, str) else named


Emitter: TypeAlias = Callable[[Article, EmitOptions], bytes]
"""Writes one article; pure, and the same bytes for the same article and options."""

Together: TypeAlias = Callable[[Sequence[Article], EmitOptions], list[bytes | MirrorpressError]]
"""Writes several articles at once, where that costs less; what it gives for each is what the emitter would have."""


@dataclass(frozen=True, slots=True)
class Format:
    """One output format: its name, the suffix of its files, one line about it, and its writer."""

    name: str
    suffix: str
    about: str
    write: Emitter
