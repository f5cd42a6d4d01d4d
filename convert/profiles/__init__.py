"""Profiles: one YAML a mirror family, read and checked here; the only module of the stages' data that reads files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from convert.errors import ConfigError, nearest
from convert.plugins import Plugin, plugins
from convert.profiles.schema import Boilerplate, Envelope, EnvelopePart, Names, Pictures, Profile

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
    Raises ConfigError for an unknown name, a file that cannot be read, or a profile that says something it must not.
    """
    profiles: dict[str, Profile] = {}
    for name in names:
        for one in shipped_names() if name == "auto" else [name]:
            profile = _load(one, base or Path())
            profiles.setdefault(profile.name, profile)
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
        raise ConfigError(plugin.where, f"{error.where}: {error.found}", error.expected, plugin.mend) from None


@cache
def _shipped(name: str) -> Profile:
    return _read(SHIPPED / f"{name}.yaml")


def _read(path: Path) -> Profile:
    data = _merged(path, ())
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"{path}: {where}",
            f"found {first['input']!r}",
            str(first["msg"]).removeprefix("Value error, "),
            "see docs/profiles.md for what a profile may say",
        ) from None


def _merged(path: Path, below: tuple[str, ...]) -> dict[str, Any]:
    """A profile's data over that of the profile it extends; mappings are merged, all else is replaced."""
    data = _shipped_data(path) if path.parent == SHIPPED else _data(path)
    parent = data.get("extends")
    if not parent:
        return data
    if parent in below:
        raise ConfigError(str(path), f"extends {parent!r}, which extends it", "a profile without a circle", "mend one")
    parent_path = SHIPPED / f"{parent}.yaml" if parent in shipped_names() else path.parent / str(parent)
    return _over(_merged(parent_path, (*below, parent)), data)


def _data(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})", "a YAML file", "check the path") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(str(path), f"is not YAML ({reason})", "a mapping of keys", "mend the file") from None
    if not isinstance(data, dict):
        raise ConfigError(str(path), f"found {type(data).__name__}", "a mapping of keys", "see docs/profiles.md")
    return data


_shipped_data = cache(_data)  # several extend one


def _over(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    merged = dict(lower)
    for key, value in upper.items():
        old = merged.get(key)
        merged[key] = _over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
