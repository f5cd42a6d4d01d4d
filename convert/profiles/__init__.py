"""Profiles: one YAML a mirror family, read and checked here; the only module of the stages' data that reads files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from convert.errors import ConfigError, nearest
from convert.plugins import Plugin, plugins
from convert.profiles.schema import Boilerplate, Envelope, EnvelopePart, Names, Pictures, Profile
from convert.reading import JoinedConfigError, KeyPath, Problem, YamlFile, problems_of, raise_all, read_yaml

SHIPPED = Path(__file__).parent
GENERIC = "generic"

__all__ = [
    "Boilerplate",
    "Envelope",
    "EnvelopePart",
    "Names",
    "Pictures",
    "Profile",
    "load_profiles",
    "packaged_profiles",
    "shipped_names",
]


def shipped_names() -> list[str]:
    """The names of the shipped profiles in the order in which `auto` tries them; the generic one is last."""
    names = sorted(path.stem for path in SHIPPED.glob("*.yaml") if path.stem != GENERIC)
    return [*names, GENERIC]


RESERVED = ("auto", *shipped_names())
"""The names that no package may give to a profile of its own."""


def packaged_profiles() -> dict[str, Plugin]:
    """The profiles that installed packages add, by name. Raises ConfigError where a name clashes."""
    return plugins("profile", RESERVED)


def load_profiles(names: Sequence[str] = ("auto",), base: Path | None = None) -> tuple[Profile, ...]:
    """Read profiles.

    names: `auto` for all shipped ones, the name of a shipped profile or of one that an installed package adds, or the
        path of a YAML file, relative to `base`.
    Returns them in the order in which they are tried; the generic one always comes last.
    Raises ConfigError for an unknown name, a file that cannot be read, a profile that says something it must not
    (JoinedConfigError for several such things), or two profiles of one name.
    """
    profiles: dict[str, Profile] = {}
    for name in names:
        for one in shipped_names() if name == "auto" else [name]:
            profile = _load(one, base or Path())
            if profiles.setdefault(profile.name, profile) != profile:
                found = f"two profiles are called {profile.name!r}, one of them in {one}"
                raise ConfigError("parse.profiles", found, "a name for each", "give one of them another name")
    generic = profiles.pop(GENERIC, None) or _load(GENERIC, SHIPPED)
    return (*profiles.values(), generic)


def _load(name: str, base: Path) -> Profile:
    if name in shipped_names():
        return _shipped(name)
    path = base / name
    if path.suffix in {".yaml", ".yml"}:
        return _read(path)
    packaged = packaged_profiles()
    if name in packaged:
        return _packaged(packaged[name])
    known = [*RESERVED, *packaged]
    raise ConfigError(
        "parse.profiles",
        f"there is no profile {name!r}",
        f"one of {', '.join(known)}, or the path of a .yaml file",
        nearest(name, known, "see `mirrorpress profiles`"),
    )


def _packaged(plugin: Plugin) -> Profile:
    try:
        return _read(plugin.file())
    except ConfigError as error:
        if error.where == plugin.where:
            raise
        each = error.errors if isinstance(error, JoinedConfigError) else [error]
        raise_all([ConfigError(plugin.where, f"{one.where}: {one.found}", one.expected, plugin.mend) for one in each])
        raise


@cache
def _shipped(name: str) -> Profile:
    return _read(SHIPPED / f"{name}.yaml")


def _read(path: Path) -> Profile:
    files = _files(path, ())
    data: dict[str, Any] = {}
    for file in reversed(files):
        data = _over(data, file.data)
    errors = [file.error(problem) for file in files for problem in file.problems]
    try:
        profile = Profile.model_validate(data)
    except ValidationError as error:
        for problem in problems_of(error, Profile, lambda keys: _file_of(keys, files).places.get(keys)):
            todo = problem.todo or "see docs/profiles.md for what a profile may say"
            errors.append(_file_of(problem.keys, files).error(replace(problem, todo=todo)))
    raise_all(errors)
    if profile.name in shipped_names() and path.parent != SHIPPED:
        todo = f"give it another one; `extends: {profile.name}` starts from it"
        problem = Problem(("name",), f"{profile.name!r} comes with Mirrorpress", "a name of its own", todo)
        raise _file_of(("name",), files).error(problem)
    return profile


def _files(path: Path, below: tuple[str, ...]) -> list[YamlFile]:
    """The file of a profile, and behind it those of the profiles that it extends, the nearest first."""
    file = _shipped_file(path) if path.parent == SHIPPED else read_yaml(path)
    parent = file.data.get("extends")
    if not parent:
        return [file]
    if parent in below:
        found = f"extends {parent!r}, which extends it"
        raise file.error(Problem(("extends",), found, "a profile without a circle", "mend one"))
    parent_path = SHIPPED / f"{parent}.yaml" if parent in shipped_names() else path.parent / str(parent)
    return [file, *_files(parent_path, (*below, parent))]


def _file_of(keys: KeyPath, files: list[YamlFile]) -> YamlFile:
    """The file that says the most of a key: the nearest one that has it, or what it stands in."""

    def known(file: YamlFile) -> int:
        return next((size for size in range(len(keys), 0, -1) if keys[:size] in file.places), 0)

    return max(files, key=known)


@cache
def _shipped_file(path: Path) -> YamlFile:
    """A shipped profile without the places of its keys: it is right, and read whenever the command starts."""
    return YamlFile(str(path), yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))


def _over(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    merged = dict(lower)
    for key, value in upper.items():
        old = merged.get(key)
        merged[key] = _over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
