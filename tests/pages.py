"""The pages of the project, and what stands in them, for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs/zh").glob("*.md"),
    ]
)
BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[a-z]+)(?: exit=(?P<exit>\d+)|: (?P<name>[^\n]+?))? -->\n)?"
    r"```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One fenced block of a page; `mark` is what the comment before it says, `name` the file that it speaks of."""

    mark: str
    name: str
    code: int
    kind: str
    text: str


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Block(match["mark"] or "", match["name"] or "", int(match["exit"] or 0), match["kind"], match["text"])


def slug(heading: str) -> str:
    """The fragment that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def named(page: Path) -> str:
    """What a page is called in messages: its path below the project's folder, or its name where it lies elsewhere."""
    return page.relative_to(ROOT).as_posix() if page.is_relative_to(ROOT) else page.name
