"""What Mirrorpress says to people, in their language: GNU gettext, one catalogue a language in `convert/locale`.

English is the language of the code and needs no catalogue: nothing is loaded for it. Only what people read is
translated. What programs read, and whatever is kept or written for readers of the articles, is the same in every
language: a text that is both is marked by `later` where it stands, and translated where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from gettext import GNUTranslations

Language: TypeAlias = Literal["en", "zh"]

LANGUAGES: tuple[Language, ...] = get_args(Language)

TAGS: Mapping[Language, str] = {"en": "en", "zh": "zh-Hans"}
"""What pages call the languages (BCP 47); with _ for - these are the folders of the catalogues."""

DOMAIN = "mirrorpress"
LOCALE = Path(__file__).parent.parent / "locale"

_here: ContextVar[Language | None] = ContextVar("language", default=None)
_everywhere: list[Language] = ["en"]


def from_environment(environment: Mapping[str, str]) -> Language:
    """The language that the environment's locale asks for; English where it is none of ours.

    The locale is the first of LC_ALL, LC_MESSAGES and LANG that says something (POSIX, XBD 8.2); LANGUAGE names those
    that are liked better, the best first, unless the locale is C (gettext's manual, "The LANGUAGE variable").
    """
    said = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, said), "")
    if _language_of(locale) == "c":
        return "en"
    for wanted in (*environment.get("LANGUAGE", "").split(":"), locale):
        for language in LANGUAGES:
            if _language_of(wanted) == language:
                return language
    return "en"


def _language_of(locale: str) -> str:
    """The language of a locale's name, as `zh` of `zh_CN.UTF-8@radical`, and `c` for the one that has none."""
    name = locale.partition(".")[0].partition("@")[0].replace("-", "_").partition("_")[0].lower()
    return "c" if name == "posix" else name


def speak(language: Language) -> None:
    """From now on, speak this language in the whole process."""
    _everywhere[0] = language


def spoken() -> Language:
    """The language that is spoken just now."""
    return _here.get() or _everywhere[0]


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language in a block, and only there."""
    before = _here.set(language)
    try:
        yield
    finally:
        _here.reset(before)


def tr(text: str, /, **fields: object) -> str:
    """A message in the language that is spoken; without a translation as it is.

    fields: what stands for its `{fields}` (str.format); without any, braces are only braces.
    """
    known = _catalogue(spoken())
    # to gettext the empty text is the catalogue's own header
    said = known.gettext(text) if known and text else text
    return said.format(**fields) if fields else said


def trn(one: str, many: str, number: int, /, **fields: object) -> str:
    """A message about a number of things, which it has as `{number}`. one: what is said where there is one of them."""
    known = _catalogue(spoken())
    said = known.ngettext(one, many, number) if known else one if number == 1 else many
    return said.format(number=number, **fields)


def later(text: str) -> str:
    """A text that is a message where it is shown, by `tr`, and stays as it is here."""
    return text


@cache
def _catalogue(language: Language) -> GNUTranslations | None:
    if language == "en":
        return None
    from gettext import GNUTranslations

    with (LOCALE / TAGS[language].replace("-", "_") / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)
