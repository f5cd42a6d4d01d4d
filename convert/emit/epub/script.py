"""Simplified characters into traditional ones, or the other way round, in a book that is finished but for its zip.

OpenCC does it, an optional package. All that a reader sees is turned, once: text, alternative texts, titles, contents,
metadata, and the book's own words. Addresses and identifiers never are, nor are chapters in another language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Literal, TypeAlias

from convert.emit.epub.cover import CoverText
from convert.emit.epub.metadata import About, Person
from convert.emit.epub.typeface import showable
from convert.errors import MissingToolError

Direction: TypeAlias = Literal["none", "s2t", "t2s"]

_LANGUAGES = {"s2t": "zh-Hant", "t2s": "zh-Hans"}
_TRADITIONAL = re.compile(r"(?i)zh\b.*-(?:hant|tw|hk|mo)\b")
# Documents are our own: no `>` stands in an attribute.
_TAG = re.compile(r"(<[^>]*>)")
_ROOT = re.compile(r'<(?:html|ncx)\b[^>]* xml:lang="([^"]*)"[^>]*>')
_LANG = re.compile(r'\b((?:xml:)?lang)="[^"]*"')
_SAID = re.compile(r' (alt|aria-label|title)="([^"]*)"')
# Words go on over these tags: mirrors' links to tag pages cut them, and half a word is turned into the wrong one.
_INLINE = re.compile(r"</?(?:a|em|strong|s|span|time)\b")
_ADDRESS = '<p class="address">'
# Chinese characters belong to an address where they stand behind a sign that no word ends with.
_WEB = re.compile(
    r"((?:[a-z][a-z0-9+.-]*://|\.{1,2}/|www\.)(?:[!-~]|(?<=[/=?&#_.%+-])[\u3400-\u9fff]+)*)", re.IGNORECASE
)


@cache
def _converter(direction: str) -> Callable[[str], str]:
    try:
        import opencc  # here, since it is an extra
    except ImportError:
        todo = "install the extra opencc: pip install 'mirrorpress[opencc]'"
        raise MissingToolError(f"script: {direction}", "the package opencc is not installed", "", todo) from None
    convert: Callable[[str], str] = opencc.OpenCC(direction).convert
    return convert


def check_script(direction: Direction) -> None:
    """Find out whether books can be made so. Raises MissingToolError without OpenCC, where it is needed."""
    if direction != "none":
        _converter(direction)


class Script:
    """Turns what a book says into the other script. Raises MissingToolError where OpenCC is not installed."""

    def __init__(self, direction: Literal["s2t", "t2s"]) -> None:
        self.language = _LANGUAGES[direction]
        self.convert = _converter(direction)

    def document(self, data: bytes) -> bytes:
        """An XHTML document or an NCX of the book."""
        text = data.decode()
        root = _ROOT.search(text)
        lang = root[1] if root else ""
        if root is None or not self._is_other(lang):
            return data
        named = _LANG.sub(rf'\1="{self.language}"', root[0])
        return (self._markup(text[: root.start()] + named + text[root.end() :])).encode()

    def about(self, about: About) -> About:
        """The metadata of a book: all names and words, but no address, identifier or date."""

        def people(persons: tuple[Person, ...]) -> tuple[Person, ...]:
            return tuple(replace(one, name=self.text(one.name)) for one in persons)

        return replace(
            about,
            language=self.language if self._is_other(about.language) else about.language,
            title=self.text(about.title),
            creators=people(about.creators),
            contributors=people(about.contributors),
            publishers=tuple(map(self.text, about.publishers)),
            subjects=tuple(map(self.text, about.subjects)),
            description=self.text(about.description),
            series=self.text(about.series),
            rights=self.text(about.rights),
            summary=self.text(about.summary),
        )

    def cover(self, text: CoverText) -> CoverText:
        """What a cover shows: turned where the typeface has the characters for it, else as it was."""
        turned = CoverText(
            self.text(text.title), self.text(text.dates), tuple(map(self.text, text.headlines)), self.text(text.footer)
        )
        shown = len(showable(turned.alternative)) >= len(showable(text.alternative))
        return turned if shown else text

    def text(self, text: str) -> str:
        """Some text; addresses in it stay as they are."""
        # Every second piece is an address.
        pieces = enumerate(_WEB.split(text))
        return "".join(piece if number % 2 else self.convert(piece) for number, piece in pieces)

    def _is_other(self, lang: str) -> bool:
        """Whether text in this language is turned: Chinese, unless it is in traditional characters already."""
        chinese = lang.lower().partition("-")[0] == "zh"
        return chinese and not (self.language == "zh-Hant" and _TRADITIONAL.match(lang))

    def _markup(self, text: str) -> str:
        pieces = _TAG.split(text)
        run: list[int] = []
        inside_address = False
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                if piece.strip() and not inside_address:
                    run.append(index)
                continue
            if not _INLINE.match(piece):
                self._turn(pieces, run)
                run = []
                inside_address = piece == _ADDRESS or (inside_address and piece != "</p>")
            pieces[index] = _SAID.sub(lambda said: f' {said[1]}="{self.text(said[2])}"', piece)
        self._turn(pieces, run)
        return "".join(pieces)

    def _turn(self, pieces: list[str], run: list[int]) -> None:
        """Turn the pieces of one line of text together, so that a word that a tag cuts is known as one."""
        joined = "".join(pieces[index] for index in run)
        turned = self.text(joined)
        if len(turned) != len(joined):
            for index in run:
                pieces[index] = self.text(pieces[index])
            return
        start = 0
        for index in run:
            end = start + len(pieces[index])
            pieces[index], start = turned[start:end], end
