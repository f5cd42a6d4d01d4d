"""The programs that the tests of reading engines need, and how to get those that are missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENGINES = ("foliate", "epubjs")
"""foliate-js 1.0.1 and epub.js 0.3.93."""


def node() -> tuple[str, str]:
    """Node and, where it cannot be used, why not and what to do."""
    found = shutil.which("node")
    if found is None:
        return "", "Node is missing; install Node 20 or newer (Debian: apt-get install nodejs npm)"
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if not told.startswith("v") or int(told[1:].partition(".")[0]) < 20:
        return (
            "",
            f"Node is {told or 'of no known version'}; version 20 or newer is needed (Debian: apt-get install nodejs)",
        )
    if not (HERE / "node_modules" / "foliate-js").is_dir():
        how = "run `make test-readers`" if shutil.which("npm") else "npm is missing (Debian: apt-get install npm)"
        return "", f"the engines of readers/package.json are not installed; {how}"
    return found, ""


def chromium() -> tuple[str, str]:
    """Chromium, or one that CHROMIUM names, and, where there is none, what to do."""
    named = os.environ.get("CHROMIUM", "")
    for name in (named,) if named else ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found, ""
    return (
        "",
        f"{named or 'Chromium'} is missing; install it (Debian: apt-get install chromium) or name one in CHROMIUM",
    )


def lacks_for_ace() -> list[str]:
    """What is missing to run Ace, and what to do; nothing where all is there."""
    return [why for _, why in (node(), chromium()) if why]


def calibre() -> tuple[str, str]:
    """calibre's converter and, where there is none, what to do."""
    found = shutil.which("ebook-convert")
    return (found, "") if found else ("", "calibre is missing; install it (Debian: apt-get install calibre)")


def see(engine: str, books: Sequence[Path], folder: Path) -> list[dict[str, object]]:
    """Open books in an engine; returns what open.mjs reports of each. Screenshots lie in `folder`, a folder a book."""
    command = [node()[0], str(HERE / "open.mjs"), engine, chromium()[0], str(folder), *map(str, books)]
    subprocess.run(command, check=True, timeout=120 + 30 * len(books))
    return [json.loads((folder / str(number) / "report.json").read_text("utf-8")) for number in range(len(books))]


def see_pages(pages: Sequence[Path], folder: Path, script: str = "report.mjs") -> list[list[dict[str, Any]]]:
    """Open pages in Chromium; returns what the script says of each. Its pictures lie in `folder`.

    script: `report.mjs` for reports, `preview.mjs` for previews.
    """
    command = [node()[0], str(HERE / script), chromium()[0], str(folder), *map(str, pages)]
    subprocess.run(command, check=True, timeout=120 + 60 * len(pages))
    return [json.loads((folder / f"{number}.json").read_text("utf-8")) for number in range(len(pages))]


def violations(book: Path, folder: Path) -> list[str]:
    """What Ace by DAISY finds in a book, a line each; its report lies in `folder`."""
    ace = HERE / "node_modules" / "@daisy" / "ace-cli" / "bin" / "ace.js"
    environment = os.environ | {"PUPPETEER_EXECUTABLE_PATH": chromium()[0]}
    command = [node()[0], str(ace), "--force", "--silent", "--outdir", str(folder), str(book)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    report = folder / "report.json"
    assert report.is_file(), f"Ace wrote no report: {done.stdout}{done.stderr}"
    told = json.loads(report.read_text("utf-8"))
    found = [
        f"{document['earl:testSubject']['url']}: {one['earl:test']['dct:title']}"
        for document in told["assertions"]
        for one in document["assertions"]
    ]
    assert told["earl:result"]["earl:outcome"] == ("fail" if found else "pass"), told["earl:result"]
    return found


def convert(book: Path, target: Path) -> None:
    """Convert a book with calibre; the suffix of `target` says into what."""
    # calibre looks for a display and a home; it needs neither.
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "CALIBRE_CONFIG_DIRECTORY": str(target.parent / "calibre"),
    }
    done = subprocess.run(
        [calibre()[0], str(book), str(target)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
