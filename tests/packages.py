"""Packages as an installer leaves them: modules, and a `.dist-info` folder with entry points, on the path of Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = '<html><body><h1>{title}</h1><p>茶要慢慢喝。</p><div class="share"><p>分享到</p></div></body></html>'
CONFIG = "input: in\noutput: out\nvolumes: []\nfeed: false\nbatch: {jobs: 1}\n"


def install(
    folder: Path,
    name: str,
    entry_points: Mapping[str, Mapping[str, str]],
    files: Mapping[str, str],
    version: str = "1.2",
) -> None:
    """Install a package in a folder: its files, and what it says of itself, its entry points by their groups."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(text), encoding="utf-8")
    about = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    lines = [
        line
        for group, names in entry_points.items()
        for line in (f"[{group}]", *(f"{key} = {value}" for key, value in names.items()), "")
    ]
    (about / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


def pages(folder: Path, **more: str) -> None:
    """An input with two pages, `tea` and `bell`, and further ones by name."""
    (folder / "in").mkdir()
    for name in ("tea", "bell"):
        (folder / "in" / f"{name}.html").write_text(PAGE.format(title=name), encoding="utf-8")
    for name, html in more.items():
        (folder / "in" / f"{name}.html").write_text(html, encoding="utf-8")


def command(
    folder: Path, *arguments: str, config: str = "", packages: str = "site"
) -> subprocess.CompletedProcess[str]:
    """The command in a folder, over a config with some more lines, with the packages that are installed below it."""
    (folder / "config.yaml").write_text(CONFIG + config, encoding="utf-8")
    path = os.pathsep.join([str(ROOT), str(folder / packages)])
    return subprocess.run(
        [sys.executable, "-m", "convert", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def run(folder: Path, config: str) -> subprocess.CompletedProcess[str]:
    """A run whose notes lie in `notes.jsonl`; every article is held against its source by every check."""
    return command(folder, "run", "--notes", "notes.jsonl", "--verify", "all", "--force", config=config)


def notes(folder: Path, rule: str) -> list[tuple[str, str, str]]:
    """The notes of a rule: path, kind and text."""
    found = map(json.loads, (folder / "notes.jsonl").read_text(encoding="utf-8").splitlines())
    return [(one["path"], one["kind"], one["text"]) for one in found if one["rule"] == rule]


def written(folder: Path, name: str) -> str:
    """The Markdown of a page."""
    return (folder / "out" / "markdown" / f"{name}.md").read_text(encoding="utf-8")
