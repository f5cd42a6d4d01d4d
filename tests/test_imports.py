"""The house: imports point one way, stages do not know each other, and the public names are few."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import convert
from tests.drawing import DRAWING, draw, drawn, imported_modules, parts

PACKAGE = Path(convert.__file__).parent

# Each layer may import itself and those before it. A name stands for a module or a whole package.
LAYERS = (
    ("errors", "messages"),
    ("reading",),
    ("article", "profiles", "plugins"),  # article names Profile in its types only
    (
        "passes",
        "flanking",
        "tree",
        "lines",
        "difference",
        "files",
        "names",
        "front_matter",
        "gfm",
        "lint",
        "stores",
        "sinks",
        "typesetting",
    ),
    ("where",),  # conditions on articles, for whatever chooses some
    ("volumes",),  # a plan of books, which the stage that writes them reads
    ("parse", "clean", "enrich", "emit", "verify"),
    ("pipeline",),
    ("config",),
    ("catalogue", "report", "preview", "schedule"),
    ("batch",),
    ("starting",),  # the first config of a mirror
    ("cli",),
)
STAGES = ("parse", "clean", "enrich", "emit")

# Reasons are given where a line of this table is used.
ALLOWED = {
    ("article", "profiles"),  # for type checkers only
}


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The part of the house that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The parts of the house that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: a relative import hides its direction"
            names = [f"convert.{alias.name}" for alias in node.names] if node.module == "convert" else [node.module]
        for name in names:
            if name.startswith("convert."):
                yield name.split(".")[1]


def level(part: str) -> int:
    """The number of a part's layer."""
    return next(number for number, parts in enumerate(LAYERS) if part in parts)


def known_modules() -> list[Path]:
    """The modules that belong to a layer: all but the package's own front doors."""
    return [path for path in modules() if path.parent != PACKAGE or path.name not in ("__init__.py", "__main__.py")]


@pytest.mark.parametrize("path", known_modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    """article <- stages <- pipeline <- config <- batch <- cli."""
    here = part_of(path)
    for there in imports(path):
        if there in ("__version__",) or (here, there) in ALLOWED:
            continue
        assert level(there) <= level(here), f"{here} imports {there}"


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Not even inside functions: whoever reads a module needs only those that it names."""
    named = {".".join(("convert", *path.relative_to(PACKAGE).with_suffix("").parts)): path for path in modules()}
    fronts = {name: path for name, path in named.items() if path.name != "__init__.py"}
    graph = {name: imported_modules(path) & fronts.keys() - {name} for name, path in fronts.items()}
    assert tuple(TopologicalSorter(graph).static_order())


def test_rooms_of_the_batch_do_not_know_those_behind_them() -> None:
    """A room knows those before it in the table of docs/architecture.md; none knows the run."""
    rooms = re.findall(r"^\| `(\w+)/` \|", (DRAWING.parent / "architecture.md").read_text("utf-8"), re.M)
    for number, room in enumerate(rooms):
        behind = {f"convert.batch.{other}" for other in (*rooms[number + 1 :], "run")}
        for path in (PACKAGE / "batch" / room).glob("*.py"):
            known = {".".join(name.split(".")[:3]) for name in imported_modules(path)}
            assert not known & behind, path
    assert {path.name for path in (PACKAGE / "batch").iterdir() if (path / "__init__.py").exists()} == set(rooms)


@pytest.mark.parametrize("stage", STAGES)
def test_stages_never_import_each_other(stage: str) -> None:
    """What two stages need stands below both; and a stage reads and writes no files."""
    others = {*STAGES, "files", "stores", "sinks"} - {stage}
    for path in (PACKAGE / stage).rglob("*.py"):
        assert not set(imports(path)) & others, path


def test_every_part_of_the_house_has_a_layer() -> None:
    """A new module says where it belongs."""
    assert {part_of(path) for path in known_modules()} <= {part for layer in LAYERS for part in layer}


def test_the_drawing_shows_the_imports_as_they_are() -> None:
    """`make drawing` draws it again."""
    assert DRAWING.read_text(encoding="utf-8") == draw(*drawn(parts(PACKAGE), PACKAGE))


def test_only_the_command_prints_or_exits() -> None:
    """Everything else returns or raises."""
    for path in modules():
        if part_of(path) in ("cli", "__main__"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                assert name not in ("print", "exit", "quit", "sys.exit", "input"), f"{path}:{node.lineno}"


def test_no_module_is_named_for_what_it_is_not() -> None:
    """Names that say nothing collect everything."""
    names = {part.removesuffix(".py") for path in modules() for part in path.relative_to(PACKAGE).parts}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc"}


def test_the_public_names_are_few_and_there() -> None:
    """A name that is added or taken away here is a change for everyone who imports the package."""
    assert sorted(convert.__all__) == [
        "Article",
        "Context",
        "Metadata",
        "MirrorpressError",
        "Note",
        "Source",
        "convert",
        "load_profiles",
    ]
    assert all(hasattr(convert, name) for name in convert.__all__)
    assert re.fullmatch(r"\d+\.\d+\.\d+", convert.__version__)


def imported(code: str) -> set[str]:
    """The modules that are there when a new process has run some code."""
    asked = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_package_imports_its_stages_when_they_are_asked_for() -> None:
    """Whoever starts the command waits for none of them before Ctrl-C is answered."""
    assert not imported("import convert.cli") & {"turbohtml", "pydantic", "convert.pipeline"}
    assert "convert.pipeline" in imported("from convert import convert")
    with pytest.raises(AttributeError, match="no attribute 'converted'"):
        _ = convert.converted


def test_a_run_imports_what_makes_and_checks_outputs_only_in_workers() -> None:
    """A run with nothing to do would wait for it, and its main process would hold it in memory."""
    rarely = {"PIL", "ebooklib", "httpx", "distributed", "convert.verify", "convert.lint"}
    assert not imported("import convert.batch.run") & rarely


def test_only_rules_of_ones_own_import_beautifulsoup() -> None:
    """It takes longer than most of the command; a config without such a rule does not wait for it."""
    assert "bs4" not in imported("import convert.cli.app\nfrom convert.config import load_config\nload_config(None)")
