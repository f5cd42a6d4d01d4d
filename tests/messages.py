"""Bring the catalogues of messages up to date: `python -m tests.messages`.

Messages are taken from where they stand: calls of `convert.messages` in the code, the help of the command, the first
lines of rules and steps, what profiles and formats say of themselves, and the comments of the first config.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import convert
from convert.clean import RULES
from convert.cli.app import app
from convert.cli.screen import first_line
from convert.emit import EMITTERS
from convert.enrich import STEPS
from convert.messages import DOMAIN, LANGUAGES, LOCALE, TAGS, Language
from convert.profiles import load_profiles
from convert.starting.comments import paragraphs, template

PACKAGE = Path(convert.__file__).parent
KEYWORDS = {"tr": 1, "later": 1, "trn": 2}
"""The functions of `convert.messages`, and how many of their arguments are a message."""

Message = str | tuple[str, str]


def catalogue_of(language: Language) -> Path:
    """The file of a language's translations."""
    return LOCALE / TAGS[language].replace("-", "_") / "LC_MESSAGES" / f"{DOMAIN}.po"


def messages() -> Iterator[tuple[Message, str]]:
    """Every message, and the file of the package that it stands in."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.parent.name != "messages":
            yield from ((message, file.relative_to(PACKAGE).as_posix()) for message in calls(file.read_text("utf-8")))
    yield from ((message, "cli/app.py") for message in _help(typer.main.get_command(app)))
    for place, functions in (("clean", RULES), ("enrich", STEPS)):
        yield from ((first_line(one), f"{place}/__init__.py") for one in functions.values())
    yield from ((one.about, f"profiles/{one.name}.yaml") for one in load_profiles())
    yield from ((one.about, "emit/__init__.py") for one in EMITTERS.values())
    yield from ((text, "starting/config.yaml") for _, text, _ in paragraphs(template()) if text)


def calls(code: str) -> Iterator[Message]:
    """The messages of a module: what is said by itself in a call; Babel's own reader sees none within f-strings."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            said = [one.value for one in node.args[: KEYWORDS[node.func.id]] if isinstance(one, ast.Constant)]
            if len(said) == KEYWORDS[node.func.id]:
                yield str(said[0]) if len(said) == 1 else (str(said[0]), str(said[1]))


def _help(command: Any) -> Iterator[str]:
    """What a command says of itself, its options and its verbs."""
    yield " ".join(command.help.split())
    yield from (one.help for one in command.params if one.help)
    for verb in getattr(command, "commands", {}).values():
        yield from _help(verb)


def extracted() -> Catalog:
    """All messages, sorted, without translations."""
    places: dict[Message, set[str]] = {}
    for message, file in messages():
        places.setdefault(message, set()).add(f"convert/{file}")
    catalog = Catalog(domain=DOMAIN, project="Mirrorpress", charset="utf-8")
    for message in sorted(places, key=lambda one: (sorted(places[one])[0], one if isinstance(one, str) else one[0])):
        catalog.add(message, locations=[(file, 0) for file in sorted(places[message])])
    return catalog


def translated(language: Language) -> Catalog:
    """The translations that there are, of exactly the messages that there are now; new ones are empty."""
    catalog = known(language)
    creation, revision = catalog.creation_date, catalog.revision_date
    catalog.update(extracted(), no_fuzzy_matching=True, update_header_comment=False)
    catalog.creation_date, catalog.revision_date = creation, revision
    return catalog


def known(language: Language) -> Catalog:
    """A language's file as it is; an empty catalogue where there is none."""
    file = catalogue_of(language)
    locale = TAGS[language].replace("-", "_")
    if not file.exists():
        return Catalog(locale=locale, domain=DOMAIN, project="Mirrorpress")
    with file.open("rb") as stream:
        return read_po(stream, locale=locale, domain=DOMAIN)


def as_po(catalog: Catalog) -> bytes:
    """A catalogue as a file that people edit."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=120, include_lineno=False, ignore_obsolete=True)
    return stream.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """A catalogue as the file that is read when Mirrorpress runs."""
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def main() -> int:
    """Write every catalogue anew, and say what it lacks; returns the exit code."""
    for language in LANGUAGES:
        if language == "en":
            continue
        catalog, file = translated(language), catalogue_of(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(as_po(catalog))
        file.with_suffix(".mo").write_bytes(as_mo(catalog))
        lacking = [one for one in catalog if one.id and not one.string]
        print(f"{file.relative_to(PACKAGE.parent)}: {len(catalog)} messages, {len(lacking)} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
