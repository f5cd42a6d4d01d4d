"""What an emitter is, and the options that config.yaml gives it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from convert.article import Article
from convert.errors import MirrorpressError


@dataclass(frozen=True, slots=True)
class EmitOptions:
    """Options of the emitters; each reads those that concern it.

    flavour: the Markdown dialect to write for.
    front_matter: `default`, or `none` for a file without front matter.
    title: repeat the title as a level-1 heading above the Markdown body.
    """

    flavour: str = "gfm"
    front_matter: str = "default"
    title: bool = False


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
