"""What the packages of pyproject.toml take on disk.

    python -m benchmarks.sizes

A row a package that is installed: its version, and the megabytes of its files, bytecode aside.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def named(project: Path) -> list[str]:
    """The names of the packages that a project needs, those of its extras last; each once."""
    about = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    extras = about["optional-dependencies"].values()
    needs = [*about["dependencies"], *(one for extra in extras for one in extra)]
    return list(dict.fromkeys(re.split(r"[\[<>=~!; ]", one, maxsplit=1)[0] for one in needs))


def size(package: Distribution) -> int:
    """The bytes of a package's files."""
    files = [Path(str(one.locate())) for one in package.files or () if one.suffix != ".pyc"]
    return sum(one.stat().st_size for one in files if one.is_file())


def main() -> int:
    """Print the rows. Returns the exit code."""
    for name in named(PROJECT):
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        print(f"{name:20}{package.version:>14}{size(package) / 1e6:>10.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
