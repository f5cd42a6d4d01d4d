"""Draws docs/architecture.svg: the packages of the project and its pipeline, and which imports which.

    python -m tests.drawing

An arrow means *imports*; one that others imply is left out. A part stands one row above the highest that it imports.
The modules beside the packages, which most of them need, are named below without arrows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias
from xml.sax.saxutils import escape

Graph: TypeAlias = Mapping[str, set[str]]
"""The parts of the package, each with those that it imports."""

DOCS = Path(__file__).parents[1] / "docs"
DRAWING = DOCS / "architecture.svg"

BOX, ROW, GAP, MARGIN = 28, 72, 56, 16
_LETTER, _PADDING = 7.4, 20
_STYLE = """
text { font: 13px ui-monospace, monospace; fill: #1f2328; text-anchor: middle }
rect { fill: #f3f5f7; stroke: #59636e } path { fill: none; stroke: #818b98 } marker path { fill: #818b98 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } rect { fill: #212830; stroke: #9198a1 } path { stroke: #656c76 } marker path { fill: #656c76 }
}
"""


def parts(package: Path) -> dict[str, set[str]]:
    """Read which part of a package imports which. A part is a module or folder right below it."""
    found: dict[str, set[str]] = {}
    for path in package.rglob("*.py"):
        part = path.relative_to(package).parts[0].removesuffix(".py")
        if not part.startswith("__"):
            names = [name.split(".") for name in imported_modules(path)]
            there = {name[1] for name in names if name[0] == package.name and len(name) > 1}
            found.setdefault(part, set()).update(there - {part})
    return {part: there & found.keys() for part, there in sorted(found.items())}


def drawn(graph: Graph, package: Path) -> tuple[dict[str, set[str]], list[str]]:
    """Those parts that are drawn with their arrows, packages and the pipeline; and the names of the others."""
    shown = {part for part in graph if (package / part).is_dir() or part == "pipeline"}
    return {part: there & shown for part, there in graph.items() if part in shown}, sorted(graph.keys() - shown)


def imported_modules(path: Path) -> set[str]:
    """The modules, and the names in them, that a module imports, also in its functions; not for type checkers only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def reduced(graph: Graph) -> dict[str, set[str]]:
    """The graph without arrows that others imply. It must have no cycles."""
    return {
        part: {one for one in there if not any(one in _reached(graph, other) for other in there - {one})}
        for part, there in graph.items()
    }


def _reached(graph: Graph, part: str) -> set[str]:
    found: set[str] = set()
    left = list(graph[part])
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += graph[one]
    return found


def rows(graph: Graph) -> list[list[str]]:
    """The parts in rows from the top: those that import most first, neighbours near those whom they import."""
    depth: dict[str, int] = {}

    def depth_of(part: str) -> int:
        if part not in depth:
            depth[part] = 1 + max((depth_of(one) for one in graph[part]), default=-1)
        return depth[part]

    highest = max(map(depth_of, graph))
    result = [sorted(part for part in graph if depth[part] == level) for level in range(highest, -1, -1)]
    for below, row in zip(reversed(result), list(reversed(result))[1:], strict=False):
        place = {part: number / len(below) for number, part in enumerate(below)}
        row.sort(key=lambda part: (_mean([place[one] for one in graph[part] if one in place]), part))
    return result


def _mean(numbers: Iterable[float]) -> float:
    there = list(numbers)
    return sum(there) / len(there) if there else 0.5


def draw(graph: Graph, others: Sequence[str]) -> str:
    """The graph as an SVG picture, with the names of others below."""
    arrows = reduced(graph)
    levels = rows(arrows)
    width_of = {part: round(len(part) * _LETTER + _PADDING) for part in graph}
    widest = max(sum(width_of[part] for part in row) + GAP * (len(row) - 1) for row in levels)
    boxes: dict[str, tuple[float, int]] = {}  # the middle of the upper edge
    for number, row in enumerate(levels):
        room = widest - sum(width_of[part] for part in row)
        x, y = MARGIN + room / (len(row) + 1), MARGIN + number * ROW
        for part in row:
            boxes[part] = (round(x + width_of[part] / 2, 1), y)
            x += width_of[part] + room / (len(row) + 1)
    width, height = widest + 2 * MARGIN, MARGIN * 2 + ROW * len(levels) + BOX
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img"'
        ' aria-label="The parts of the package, and which imports which">',
        f"<style>{_STYLE}</style>",
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z"/></marker>',
    ]
    for part, there in arrows.items():
        out, y = boxes[part]
        for to_x, to_y in (boxes[one] for one in sorted(there)):
            bend = (to_y - y - BOX) / 2
            curve = f"M{out} {y + BOX}C{out} {y + BOX + bend} {to_x} {to_y - bend} {to_x} {to_y - 1}"
            lines.append(f'<path d="{curve}" marker-end="url(#tip)"/>')
    for part, (middle, y) in boxes.items():
        left, size = middle - width_of[part] / 2, width_of[part]
        lines.append(f'<rect x="{left}" y="{y}" width="{size}" height="{BOX}" rx="4"/>')
        lines.append(f'<text x="{middle}" y="{y + 18}">{escape(part)}</text>')
    half, line = -(-len(others) // 2), MARGIN + ROW * len(levels)
    for number, names in enumerate((others[:half], others[half:])):
        lines.append(f'<text x="{width / 2}" y="{line + 20 * number}">{escape("   ".join(names))}</text>')
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    PACKAGE = DOCS.parent / "convert"
    DRAWING.write_text(draw(*drawn(parts(PACKAGE), PACKAGE)), encoding="utf-8")
