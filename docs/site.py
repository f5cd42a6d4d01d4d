"""What the site shows besides docs/: the pages at the top of the project, and links between both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent

TOP = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""The pages at the top, and their names in the site."""

ASIDE = ("config.yaml", "LICENSE", "convert/emit/epub/NotoSerifSC-OFL.txt")
"""Files at the top that pages link to."""

_LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages at the top."""
    for name, page in TOP.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=_LINK.sub(lambda link: _moved(link[1]), text)))
    for name in ASIDE:
        files.append(File.generated(config, name, content=(ROOT / name).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Let links of docs/ to the top lead to where its pages are in the site."""
    return _LINK.sub(
        lambda link: _moved(link[1].removeprefix("../")) if link[1].startswith("../") else link[1], markdown
    )


def _moved(path: str) -> str:
    """Where a path, seen from the top of the project, lies in the site."""
    return TOP.get(path, path.removeprefix("docs/"))
