"""Simplified characters into traditional ones and the other way round, with the words of a region where asked for.

OpenCC does it, an optional package; the names are those of its configurations (github.com/BYVoid/OpenCC,
*Configurations*).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias, get_args

from convert.errors import MissingToolError
from convert.typesetting.addresses import ADDRESS

ScriptName: TypeAlias = Literal[
    "none", "s2t", "s2tw", "s2twp", "s2hk", "t2s", "tw2s", "tw2sp", "hk2s", "t2tw", "t2hk", "tw2t", "hk2t"
]
SCRIPTS: tuple[ScriptName, ...] = get_args(ScriptName)

# By what stands behind the 2. RFC 5646: language, script, region.
_LANGUAGES = {"t": "zh-Hant", "tw": "zh-Hant-TW", "hk": "zh-Hant-HK", "s": "zh-Hans"}
_TRADITIONAL = re.compile(r"(?i)zh\b.*-(?:hant|tw|hk|mo)\b")
_SIMPLIFIED = re.compile(r"(?i)zh\b.*-(?:hans|cn|sg|my)\b")


@cache
def _converter(name: str) -> Callable[[str], str]:
    try:
        import opencc  # here, since it is an extra
    except ImportError:
        todo = "install the extra opencc: pip install 'mirrorpress[opencc]'"
        raise MissingToolError(f"script: {name}", "the package opencc is not installed", "", todo) from None
    convert: Callable[[str], str] = opencc.OpenCC(name).convert
    return convert


def check_script(name: ScriptName) -> None:
    """Find out whether text can be turned so. Raises MissingToolError without OpenCC, where it is needed."""
    if name != "none":
        _converter(name)


@dataclass(frozen=True, slots=True)
class Script:
    """Turns text by one of OpenCC's configurations; addresses in it stay. `text` and `line` raise MissingToolError."""

    name: ScriptName

    @property
    def language(self) -> str:
        """The language of what comes out."""
        return _LANGUAGES[self.name.partition("2")[2].removesuffix("p")]

    def is_for(self, lang: str) -> bool:
        """Whether text in this language is turned: Chinese, and in the characters that the script starts from.

        What makes simplified characters takes all Chinese: some of it says the wrong thing of itself.
        """
        if lang.lower().partition("-")[0] != "zh":
            return False
        before, _, after = self.name.partition("2")
        if before == "s":
            return not _TRADITIONAL.match(lang)
        return after.startswith("s") or not _SIMPLIFIED.match(lang)

    def text(self, text: str) -> str:
        """Some text; addresses in it stay as they are."""
        convert = _converter(self.name)
        # Every second piece is an address.
        pieces = enumerate(ADDRESS.split(text))
        return "".join(piece if number % 2 else convert(piece) for number, piece in pieces)

    def line(self, pieces: Sequence[str]) -> list[str]:
        """The pieces of one line of text, between which tags stand: a word that a tag cuts is known as one.

        Where the line becomes longer or shorter, and not just piece by piece, nobody can say where the tag belongs:
        then each piece is turned by itself.
        """
        joined = "".join(pieces)
        turned = self.text(joined)
        if len(pieces) == 1 or turned == joined:
            return [turned] if len(pieces) == 1 else list(pieces)
        alone = [self.text(piece) for piece in pieces]
        if "".join(alone) == turned or [*map(len, alone)] != [*map(len, pieces)] or len(turned) != len(joined):
            return alone
        result, start = [], 0
        for piece in pieces:
            result.append(turned[start : start + len(piece)])
            start += len(piece)
        return result
