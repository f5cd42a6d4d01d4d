"""What checkers say of books by several programs from the same articles: a row for each check, a column for each."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped,unused-ignore] # its stubs are a package of their own

from benchmarks import epubcheck
from convert.lint import lint
from readers import machine

SEVERITIES = ("FATAL", "ERROR", "WARNING", "USAGE")
SEVERITY = re.compile(r".*?: (FATAL|ERROR|WARNING|USAGE|INFO)\(")
_HTML = "{http://www.w3.org/1999/xhtml}"
_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"


def messages(book: Path) -> str:
    """How many messages of each severity EPUBCheck has about a book."""
    told = [match[1] if (match := SEVERITY.match(line)) else line for line in epubcheck.messages([book])]
    if unread := [line for line in told if line not in (*SEVERITIES, "INFO")]:
        raise SystemExit(f"EPUBCheck did not finish: {unread[0]}")
    return " / ".join(str(told.count(severity)) for severity in SEVERITIES)


def depths(book: Path) -> str:
    """How many levels the contents have in the navigation document and in the NCX; a hyphen where there is none."""
    found = {"nav": 0, "ncx": 0}
    with zipfile.ZipFile(book) as archive:
        for name in archive.namelist():
            if name.endswith(".ncx"):
                found["ncx"] = _depth(etree.fromstring(archive.read(name)).find(f"{_NCX}navMap"), f"{_NCX}navPoint")
            elif name.endswith(("nav.xhtml", "nav.html")):
                page = etree.fromstring(archive.read(name))
                found["nav"] = max([_depth(nav, f"{_HTML}ol") for nav in page.iter(f"{_HTML}nav")], default=0)
    return " / ".join(str(depth or "-") for depth in found.values())


def _depth(element: etree._Element | None, tag: str) -> int:
    """How many elements of a name stand in each other, at most, below an element."""
    if element is None:
        return 0
    return max((_depth(child, tag) + (child.tag == tag) for child in element), default=0)


def same_twice(command: Sequence[str], book: Path) -> str:
    """Whether a command, run once more, makes the same bytes."""
    before = sha256(book.read_bytes()).digest()
    subprocess.run(command, capture_output=True, check=True)
    return "yes" if sha256(book.read_bytes()).digest() == before else "no"


def violations(book: Path, scratch: Path) -> str:
    """How many violations Ace finds in a book, or what is missing to ask it."""
    lacks = machine.lacks_for_ace()
    return lacks[0] if lacks else str(len(machine.violations(book, scratch / f"ace {book.stem}")))


def show(large: Mapping[str, Sequence[str]], small: Mapping[str, Sequence[str]], scratch: Path) -> None:
    """Print the checks of two books of each program, by the commands that made them; the last argument but options
    names the book. small: of few articles, for Ace, which takes a second for each chapter.
    """
    rows: dict[str, list[str]] = {}
    for name, command in large.items():
        book = scratch / f"{name}.epub"
        rows.setdefault("EPUBCheck: fatal / error / warning / usage", []).append(messages(book))
        rows.setdefault("Mirrorpress's lint", []).append(str(len(lint(book.read_bytes(), book.name))))
        rows.setdefault("levels of contents: nav / NCX", []).append(depths(book))
        rows.setdefault("the same bytes twice", []).append(same_twice(command, book))
    for name, command in small.items():
        subprocess.run(command, capture_output=True, check=True)
        rows.setdefault("Ace: violations", []).append(violations(scratch / f"{name}.epub", scratch))
    print(f"\n{'':44}" + "".join(f"{name:>22}" for name in large))
    for check, found in rows.items():
        print(f"{check:44}" + "".join(f"{one:>22}" for one in found), flush=True)
