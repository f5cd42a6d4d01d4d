"""Mutants: copies of a module with one small fault each, made by mutmut's operators.

mutmut decides what a fault is (`a < b` into `a <= b`, a number one higher, an argument left out, a text in other
letters …). It leaves out what stands outside of functions and in decorated ones, since it keeps all mutants of a
module in one file; here each is a module of its own, and those are taken, too. What only checkers of types and names
look at, and `make lint` holds, is left as it is: annotations, type aliases, and `__all__`.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import libcst as cst
from libcst import matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

UNTOUCHED = (cst.Annotation, cst.Decorator, cst.ImportFrom, cst.Import)
MEASURES = frozenset({"len", "isinstance"})  # mutmut's choice: without an argument they always raise


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault.

    name: the same for as long as its function is. first, last: the lines of the statement that it is in.
    inside: whether it is in a function, and not in what runs as the module is loaded.
    """

    name: str
    path: str
    line: int
    first: int
    last: int
    inside: bool
    module: cst.Module
    node: cst.CSTNode
    instead: cst.CSTNode

    @property
    def package(self) -> str:
        """The package that it is counted under: the folder of the stage."""
        return "/".join(self.path.split("/")[:2])

    def source(self) -> str:
        """The faulty module's text."""
        changed = self.module.deep_replace(self.node, self.instead)
        assert isinstance(changed, cst.Module)
        code: str = changed.code
        return code

    def diff(self) -> str:
        """The lines that went, and those that came."""
        lines = difflib.unified_diff(self.module.code.splitlines(), self.source().splitlines(), n=0, lineterm="")
        return "\n".join(line for line in list(lines)[2:] if not line.startswith("@@"))


def mutants(root: Path, folders: Sequence[str]) -> list[Mutant]:
    """Every mutant of every module below some folders of the repository."""
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*.py"))
    return [one for path in paths for one in of_module(path.relative_to(root).as_posix(), path.read_text("utf-8"))]


def sample(population: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """So many mutants that compile, drawn by the digest of seed and name: an edit elsewhere changes no draw.

    They come in the order of their places.
    """
    by_chance = sorted(population, key=lambda one: hashlib.sha256(f"{seed} {one.name}".encode()).digest())
    drawn = islice((one for one in by_chance if _compiles(one)), size)
    return sorted(drawn, key=lambda one: (one.path, one.line, one.name))


def of_module(path: str, code: str) -> list[Mutant]:
    """Every mutant of a module."""
    wrapper = MetadataWrapper(cst.parse_module(code))
    finder = _Finder(path, wrapper.module)
    wrapper.visit(finder)
    return finder.found


def _compiles(one: Mutant) -> bool:
    try:
        compile(one.source(), one.path, "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


class _Finder(cst.CSTVisitor):  # type: ignore[misc]  # libcst is an extra, whose types nobody needs
    """Walks a module, and asks every operator about every node."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, path: str, module: cst.Module) -> None:
        super().__init__()
        self.found: list[Mutant] = []
        self._path = path
        self._module = module
        self._around: list[str] = []  # names of the functions and classes round a node
        self._statements: list[tuple[int, int]] = [(1, 1)]
        self._functions = 0  # how many of them are functions
        self._names: Counter[str] = Counter()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _is_untouched(node):
            return False
        if (lines := self._lines(node)) is not None:
            self._statements.append(lines)
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._around.append(node.name.value)
            self._functions += isinstance(node, cst.FunctionDef)
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for instead in operator(node):
                    self._add(node, instead)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if _is_untouched(original_node):
            return
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._around.pop()
            self._functions -= isinstance(original_node, cst.FunctionDef)
        if self._lines(original_node) is not None:
            self._statements.pop()

    def _lines(self, node: cst.CSTNode) -> tuple[int, int] | None:
        """The lines of a statement; of one that holds others, those of its head; of a function, all of them."""
        body = getattr(node, "body", None)
        if not isinstance(node, cst.SimpleStatementLine) and not isinstance(body, cst.IndentedBlock):
            return None
        place = self.get_metadata(PositionProvider, node)
        last = place.end.line
        if isinstance(body, cst.IndentedBlock) and not isinstance(node, cst.FunctionDef):
            last = max(place.start.line, self.get_metadata(PositionProvider, body.body[0]).start.line - 1)
        return place.start.line, last

    def _add(self, node: cst.CSTNode, instead: cst.CSTNode) -> None:
        place = self.get_metadata(PositionProvider, node, None)
        first, last = self._statements[-1]
        what = "\0".join(
            [self._path, *self._around, self._module.code_for_node(node), self._module.code_for_node(instead)]
        )
        self._names[what] += 1
        name = hashlib.sha256(f"{what}\0{self._names[what]}".encode()).hexdigest()[:8]
        line = place.start.line if place else first
        self.found.append(Mutant(name, self._path, line, first, last, self._functions > 0, self._module, node, instead))


def _is_untouched(node: cst.CSTNode) -> bool:
    """Whether nothing in a node is changed."""
    if isinstance(node, cst.Assign):
        return bool(m.matches(node.targets[0].target, m.Name("__all__")))
    if isinstance(node, cst.AnnAssign):
        return bool(m.matches(node.annotation.annotation, m.Name("TypeAlias")))
    return isinstance(node, UNTOUCHED) or _is_docstring(node) or _is_measure(node)


def _is_docstring(node: cst.CSTNode) -> bool:
    """Whether a node is a text that stands by itself, as docstrings do."""
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)


def _is_measure(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in MEASURES
