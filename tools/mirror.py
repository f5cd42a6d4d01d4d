"""The mirrors that the tools are given, and their runs."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile import write_hostile

ROOT = Path(__file__).parent.parent
MANY = 2000
"""Articles of a corpus that every tool builds."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made of one article: its Markdown file below the output, its metadata and its canonical body."""

    path: str
    metadata: dict[str, Any]
    html: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run: the output folder, and its articles by their Markdown files."""

    output: Path
    articles: dict[str, Made] = field(default_factory=dict)

    def values(self, key: str) -> set[str]:
        """All values of a list of the metadata."""
        return {one for made in self.articles.values() for one in made.metadata.get(key, [])}


def hostile(folder: Path) -> Path:
    """The mirror of hostile articles."""
    write_hostile(folder)
    return folder


def sample(corpus: Path, folder: Path) -> Path:
    """A mirror of MANY files spread evenly over a corpus, with its indexes."""
    files = sorted(path for path in corpus.rglob("*.md") if ".git" not in path.parts and path.name != "README.md")
    chosen = files[:: max(1, len(files) // MANY)][:MANY]
    for path in [*chosen, *corpus.rglob("scripts/index.csv")]:
        target = folder / path.relative_to(corpus)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


def run(mirror: Path, folder: Path, markdown: str, more: str = "") -> Run:
    """Run Mirrorpress over a mirror, and `verify` what it wrote.

    markdown: the section of the config. more: what else it says.
    """
    config = folder / "mirrorpress.yaml"
    other = "json: {path: '.json/{folder}/{stem}.json'}"
    config.write_text(
        f"input: {mirror}\noutput: {folder / 'site'}\nemit:\n  markdown: {markdown}\n  {other}\nvolumes: []\n"
        f"feed: false\nbatch: {{duplicates: keep}}\n{more}",
        encoding="utf-8",
    )
    for call in (["run", "--quiet"], ["verify", "--quiet"]):
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            [sys.executable, "-m", "convert", *call, "--config", str(config)],
            env=environment,
            capture_output=True,
            timeout=1200,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]
    return Run(folder / "site", dict(_made(folder / "site")))


def _made(output: Path) -> list[tuple[str, Made]]:
    with sqlite3.connect(output / "catalogue.sqlite") as catalogue:
        rows = catalogue.execute("SELECT owner, format, path FROM output").fetchall()
    paths = {(owner, form): path for owner, form, path in rows}
    found = []
    for (owner, form), path in paths.items():
        if form == "markdown":
            told = json.loads((output / paths[owner, "json"]).read_bytes())
            found.append((path, Made(path, told["metadata"], told["html"])))
    return found
