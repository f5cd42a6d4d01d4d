"""What installed packages add, found by their entry points: rules, steps, emitters, profiles.

A package names them in its pyproject.toml, under the groups of `GROUPS`, as the specification of entry points has it
(https://packaging.python.org/en/latest/specifications/entry-points/). Nothing of a package is imported before a config
or a command names it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeAlias

from convert.errors import ConfigError

Kind: TypeAlias = Literal["rule", "step", "format", "profile"]

GROUPS: dict[Kind, str] = {
    "rule": "mirrorpress.rules",
    "step": "mirrorpress.steps",
    "format": "mirrorpress.emitters",
    "profile": "mirrorpress.profiles",
}
"""The group of entry points in which packages name each kind."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One thing that a package adds: its kind, its name, and the name and version of the package."""

    kind: Kind
    name: str
    package: str
    version: str
    entry: EntryPoint = field(repr=False)

    @property
    def told(self) -> str:
        """The package as lists and messages name it."""
        return f"{self.package} {self.version}"

    @property
    def where(self) -> str:
        """The entry point as messages name it."""
        return f"{self.package}: {GROUPS[self.kind]}: {self.name}"

    def load(self) -> Any:
        """Import what the entry point names. Raises ConfigError, which names the package, where that does not work."""
        try:
            return self.entry.load()
        except Exception as error:
            found = f"loading {self.entry.value!r} raised {type(error).__name__}: {error}"
            raise ConfigError(self.where, found, "", self.mend) from None

    @property
    def mend(self) -> str:
        """What to do about a package that does not work."""
        return f"mend or uninstall {self.told}"

    @property
    def rename(self) -> str:
        """What to do about a package that takes a name that is not free."""
        return f"have {self.package} give it another name, or uninstall it"

    def code(self) -> Path | None:
        """The file of the module that the entry point names, where there is one; a package's own is its `__init__`."""
        spec = _spec(self.entry.module)
        return Path(spec.origin) if spec and spec.origin and Path(spec.origin).is_file() else None

    def file(self) -> Path:
        """The file that an entry point `package:name.yaml` names, in that package's folder; nothing of it is run.

        Raises ConfigError where there is no such file.
        """
        top, *rest = self.entry.module.split(".")
        spec = _spec(top)
        places = list(spec.submodule_search_locations or ()) if spec else []
        for place in places:
            path = Path(place, *rest, self.entry.attr)
            if path.is_file():
                return path
        expected = "package:file.yaml, a file in the folder of an importable package"
        raise ConfigError(self.where, f"{self.entry.value!r} names no file", expected, self.mend)


def plugins(kind: Kind, taken: Iterable[str] = ()) -> dict[str, Plugin]:
    """What installed packages add of one kind, by name, sorted.

    taken: the names that Mirrorpress has itself. Raises ConfigError where a package takes one of those, or where two
    packages take the same one: which of both was meant must not hang on what is installed.
    """
    found: dict[str, Plugin] = {}
    own = set(taken)
    for entry in _entries(GROUPS[kind], tuple(sys.path)):
        package, version = (entry.dist.name, entry.dist.version) if entry.dist else ("an unknown package", "")
        plugin = Plugin(kind, entry.name, package, version, entry)
        if entry.name in own:
            what = f"the {kind} {entry.name!r} is also one of Mirrorpress's own"
            raise ConfigError(plugin.where, what, "a name that is free", plugin.rename)
        if other := found.get(entry.name):
            what = f"the {kind} {entry.name!r} is also one of the package {other.told}"
            todo = f"uninstall one of them, or have {package} give it another name"
            raise ConfigError(plugin.where, what, "a name that is free", todo)
        found[entry.name] = plugin
    return found


@cache
def _entries(group: str, path: Sequence[str]) -> list[EntryPoint]:
    """The entry points of a group; `path` is where packages are looked for, which may grow as modules are named."""
    return sorted(entry_points(group=group), key=lambda one: (one.name, one.dist.name if one.dist else ""))


def _spec(module: str) -> Any:
    try:
        return find_spec(module)
    except (ImportError, ValueError):
        return None
