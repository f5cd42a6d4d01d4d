"""How text is set in one output: which script, which spaces. One object for lines, names and metadata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from convert.article import Metadata
from convert.typesetting.script import Script, ScriptName
from convert.typesetting.spacing import gaps

Spacing: TypeAlias = Literal["none", "pangu"]

Joint: TypeAlias = Literal["before", "behind", "none"]
"""Where a space between two pieces of a line goes: before the tags that divide them, behind them, or nowhere."""

_PROSE = frozenset({"title", "description", "image_caption"})
_NAMES = frozenset(
    {
        "authors",
        "translators",
        "editors",
        "publisher",
        "via",
        "categories",
        "tags",
        "image_credit",
        "dateline",
        "byline",
    }
)


@dataclass(frozen=True, slots=True)
class Typesetting:
    """How text is set. Its functions raise MissingToolError where `script` needs OpenCC and it is not installed.

    script: a configuration of OpenCC, or none. spacing: `pangu` puts a space between Han and Latin.
    """

    script: ScriptName = "none"
    spacing: Spacing = "none"

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return self.script != "none" or self.spacing != "none"

    def of(self, lang: str) -> Typesetting:
        """What of it is for text in this language: nothing for other languages than Chinese."""
        script = self.script if self.script != "none" and Script(self.script).is_for(lang) else "none"
        spacing = self.spacing if lang.lower().partition("-")[0] == "zh" else "none"
        return Typesetting(script, spacing)

    def language(self, lang: str) -> str:
        """The language of text that was in this one."""
        return lang if self.script == "none" else Script(self.script).language

    def name(self, text: str) -> str:
        """A name, or what else is known by how it is written: turned, but not spaced."""
        return text if self.script == "none" else Script(self.script).text(text)

    def text(self, text: str) -> str:
        """A text without tags."""
        return self.line([text], [])[0]

    def line(self, pieces: Sequence[str], joints: Sequence[Joint], *, spaced: bool = True) -> list[str]:
        """The pieces of one line of text.

        joints: for each place between two pieces where a space goes. spaced: whether the line may be spaced.
        """
        turned = list(pieces) if self.script == "none" else Script(self.script).line(pieces)
        if self.spacing == "none" or not spaced:
            return turned
        return _spaced(turned, joints)

    def metadata(self, meta: Metadata) -> Metadata:
        """A copy of an article's metadata; addresses, identifiers, dates and numbers are as they were."""
        changed: dict[str, str | list[str]] = {"lang": self.language(meta.lang)}
        for key, value in meta.items():
            if key in _PROSE and isinstance(value, str):
                changed[key] = self.text(value)
            elif key in _NAMES:
                changed[key] = [self.name(one) for one in value] if isinstance(value, list) else self.name(str(value))
        return replace(meta, **changed)  # type: ignore[arg-type]  # each value has the type of the one that it replaces


def _spaced(pieces: Sequence[str], joints: Sequence[Joint]) -> list[str]:
    """The pieces of a line, none of them empty, with a space at each gap; between two pieces it goes by the joint."""
    places = gaps("".join(pieces))
    if not places:
        return list(pieces)
    result: list[str] = []
    start = at = 0
    ahead = ""  # the space that goes to the start of the next piece
    for number, piece in enumerate(pieces):
        end = start + len(piece)
        cut, parts = 0, []
        while at < len(places) and places[at] < end:
            parts.append(piece[cut : places[at] - start])
            cut = places[at] - start
            at += 1
        spaced = ahead + " ".join([*parts, piece[cut:]])
        ahead = ""
        if at < len(places) and places[at] == end:
            at += 1
            spaced += " " if joints[number] == "before" else ""
            ahead = " " if joints[number] == "behind" else ""
        result.append(spaced)
        start = end
    return result
