"""The programs that the same articles go through: their versions, how many files they get, and how to get them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pypandoc

from benchmarks import converting

OWN = {"Mirrorpress": "off", "… and verify": "changed"}
"""Mirrorpress's columns, and what each run verifies."""

SAMPLES = {"calibre": 100}
"""How many of the files a program gets that takes the better part of a second for each; the others get all."""

NODE = Path(__file__).parent / "node"
_MODULES = {"pandoc": "pypandoc"}


def lacks(name: str) -> str:
    """What is missing to run a program, and what to do; nothing where all is there."""
    if name in OWN:
        return ""
    if name == "calibre":
        return (
            "" if shutil.which("ebook-convert") else "calibre is missing; install it (Debian: apt-get install calibre)"
        )
    if name == "defuddle":
        if not shutil.which("node"):
            return "defuddle needs Node 20 or newer; install it (Debian: apt-get install nodejs npm)"
        there = (NODE / "node_modules" / name / "package.json").is_file()
        return "" if there else f"{name} is missing; `npm ci` in benchmarks/node installs it"
    there = bool(find_spec(_MODULES.get(name, name.replace("-", "_"))))
    return "" if there else f"{name} is missing; `pip install -e '.[bench]'` installs it"


def titled(name: str) -> str:
    """A program with its version."""
    return name if name in OWN else f"{name} {_version(name)}"


def _version(name: str) -> str:
    if name == "pandoc":
        return str(pypandoc.get_pandoc_version())
    if name == "defuddle":
        return str(json.loads((NODE / "node_modules" / name / "package.json").read_bytes())["version"])
    if name == "calibre":
        told = subprocess.run(["ebook-convert", "--version"], capture_output=True, text=True, check=False).stdout
        return found[0] if (found := re.search(r"\d[\d.]*", told)) else "of no known version"
    return version(name)


def chosen(only: list[str]) -> tuple[list[str], list[str]]:
    """The programs of a comparison that are there, in order, and what those lack that are not; only: these alone."""
    names = [name for name in [*OWN, *converting.CONVERTERS] if not only or name in only]
    return [name for name in names if not lacks(name)], [why for name in names if (why := lacks(name))]
