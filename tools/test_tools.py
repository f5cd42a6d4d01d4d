"""Markdown in the tools that it is for: they build it without a warning, and show what the articles say.

`make test-tools` runs them; `make test` does not, since they need other programs. What is missing is skipped, and says
how to get it. With CORPUS in the environment, 2,000 articles of that folder are built as well.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tools import mirror
from tools.mirror import ROOT, Made
from tools.reading import blocks_meant, blocks_shown
from tools.sites import TOOLS, Page, Site, need

CORPUS = os.environ.get("CORPUS", "")
TOOL = pytest.mark.parametrize("name", TOOLS)
MIRROR = pytest.mark.parametrize(
    "kind",
    [
        "hostile",
        "seeds",
        pytest.param("corpus", marks=pytest.mark.skipif(not CORPUS, reason="make test-tools CORPUS=DIR names none")),
    ],
)


def mirror_of(kind: str, folder: Path) -> Path:
    """The mirror that is built."""
    if kind == "seeds":
        shutil.copytree(ROOT / "seeds", folder)
        return folder
    return mirror.hostile(folder) if kind == "hostile" else mirror.sample(Path(CORPUS), folder)


def folded(names: set[str]) -> set[str]:
    """Names by letters and digits alone: to Hugo and Obsidian, those that differ in nothing else are one."""
    return {"".join(sign for sign in name.casefold() if sign.isalnum()) for name in names}


def differing(made: Made, page: Page, bare: bool, headed: bool) -> str:
    """What a page shows otherwise than its article says; nothing where it is the same.

    bare: whether the tool makes links of addresses however they are written. headed: whether the body has the title.
    """
    title = made.metadata.get("title", "")
    if " ".join(page.title.split()) != " ".join(title.split()):
        return f"{made.path}: the title {page.title!r}, not {title!r}"
    if page.date[:10] != (made.metadata.get("date") or ""):
        return f"{made.path}: the date {page.date!r}, not {made.metadata.get('date')!r}"
    meant, shown = blocks_meant(made.html, bare), blocks_shown(page.html, bare)
    if headed:
        meant.insert(0, ["<h1>", f'"{title}', "</h1>"])
    for place in range(max(len(meant), len(shown))):
        one, other = (blocks[place] if place < len(blocks) else [] for blocks in (meant, shown))
        if one != other:
            return f"{made.path}, block {place + 1}:\n  meant {one}\n  shown {other}"
    return ""


@TOOL
@MIRROR
def test_a_tool_builds_a_mirror_and_shows_what_it_says(name: str, kind: str, tmp_path: Path) -> None:
    """No warning; pages, tags, authors and dates are the run's; every page's title and body are the article's."""
    tool = TOOLS[name]
    need(tool)
    headed = kind == "hostile"  # their titles have to be read, too
    run = mirror.run(
        mirror_of(kind, tmp_path / "mirror"),
        tmp_path,
        f"{tool.markdown[:-1]}, title: true}}" if headed else tool.markdown,
    )
    site: Site = tool.build(run)
    assert site.warnings == []
    assert sorted(site.pages) == sorted(run.articles)
    assert len(run.articles) >= {"hostile": 30, "seeds": 15, "corpus": 1900}[kind]
    assert folded(site.tags) == folded(run.values("tags"))
    assert folded(site.authors) == folded(run.values("authors"))
    wrong = [
        found for path, made in run.articles.items() if (found := differing(made, site.pages[path], tool.bare, headed))
    ]
    assert not wrong, f"{len(wrong)} of {len(run.articles)}\n" + "\n".join(wrong[:5])
