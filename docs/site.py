"""What the site shows besides docs/: the pages at the top of the project, and links between both."""

from __future__ import annotations

import logging
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent

TOP = {
    "README.md": "index.md",
    "README.zh.md": "zh/index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""The pages at the top, and their names in the site."""

ASIDE = ("config.yaml", "LICENSE", "convert/emit/epub/NotoSerifSC-OFL.txt")
"""Files at the top that pages link to."""

_LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)")


def on_config(config: Any) -> Any:
    """Keep jieba, which cuts Chinese for the search, from telling how it loads its dictionary."""
    logging.getLogger("jieba").setLevel(logging.WARNING)
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the pages at the top."""
    for name, page in (*TOP.items(), *((name, name) for name in ASIDE)):
        files.append(File.generated(config, page, content=(ROOT / name).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Let links, which are right among the project's files, lead to where those are in the site."""
    here = page.file.src_uri
    folder = posixpath.dirname(next((name for name, shown in TOP.items() if shown == here), f"docs/{here}"))

    def moved(link: re.Match[str]) -> str:
        there = posixpath.normpath(posixpath.join(folder, link[1]))
        return posixpath.relpath(TOP.get(there, there.removeprefix("docs/")), posixpath.dirname(here) or ".")

    return _LINK.sub(moved, markdown)


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """Say of a Chinese page that it is Chinese: browsers choose its characters' forms by that."""
    return output.replace('<html lang="en"', '<html lang="zh-Hans"', 1) if page.url.startswith("zh/") else output
