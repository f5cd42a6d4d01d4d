"""Sets a book that is finished but for its zip: another script, spaces between Han and Latin.

All that a reader sees is set, once: text, alternative texts, titles, contents, metadata, and the book's own words.
Addresses and identifiers never are, nor are chapters in another language.
"""

from __future__ import annotations

import re
from dataclasses import replace

from convert.emit.epub.cover import CoverText
from convert.emit.epub.metadata import About, Person
from convert.emit.epub.typeface import showable
from convert.emit.typeset import set_markup
from convert.typesetting import Typesetting

_ROOT = re.compile(r'<(?:html|ncx)\b[^>]* xml:lang="([^"]*)"[^>]*>')
_LANG = re.compile(r'\b((?:xml:)?lang)="[^"]*"')


def set_document(data: bytes, setting: Typesetting) -> bytes:
    """An XHTML document or an NCX of the book."""
    text = data.decode()
    root = _ROOT.search(text)
    own = setting.of(root[1]) if root else Typesetting()
    if root is None or not own:
        return data
    named = _LANG.sub(rf'\1="{own.language(root[1])}"', root[0])
    return (text[: root.start()] + named + set_markup(text[root.end() :], own)).encode()


def set_about(about: About, setting: Typesetting) -> About:
    """The metadata of a book: all names and words, but no address, identifier or date."""
    own = setting.of(about.language)

    def people(persons: tuple[Person, ...]) -> tuple[Person, ...]:
        return tuple(replace(one, name=setting.name(one.name)) for one in persons)

    return replace(
        about,
        language=own.language(about.language),
        title=setting.text(about.title),
        creators=people(about.creators),
        contributors=people(about.contributors),
        publishers=tuple(map(setting.name, about.publishers)),
        subjects=tuple(map(setting.name, about.subjects)),
        description=setting.text(about.description),
        series=setting.name(about.series),
        rights=setting.text(about.rights),
        summary=setting.text(about.summary),
    )


def set_cover(text: CoverText, setting: Typesetting) -> CoverText:
    """What a cover shows: set where the typeface has the characters for it, else as it was."""
    turned = CoverText(
        title=setting.text(text.title),
        dates=setting.text(text.dates),
        headlines=tuple(map(setting.text, text.headlines)),
        footer=setting.text(text.footer),
    )
    holes = [len(one.alternative) - len(showable(one.alternative)) for one in (turned, text)]
    return turned if holes[0] <= holes[1] else text
