"""Reads config.yaml; everything that is wrong with it is said at once, each thing with its line."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from convert.config.extensions import added, find, is_reference
from convert.config.formats import EmitSection, formats_of_pandoc
from convert.config.schema import Config
from convert.errors import ConfigError, nearest
from convert.reading import Problem, YamlFile, problems_of, raise_all, read_yaml


def load_config(path: Path | None, base: Path | None = None) -> Config:
    """Read a config file, or take the built-in defaults where `path` is None.

    base: the folder that relative paths start from; the file's own where it is not given.
    Raises ConfigError, or JoinedConfigError for several problems: unknown keys, wrong values, syntax, unknown names,
    functions of one's own that cannot be had.
    """
    if path is None:
        return Config.model_validate({}, context={"base": base or Path()})
    file = read_yaml(path)
    unknown = _unknown_formats(file, base or path.parent)
    problems = [*file.problems, *unknown]
    try:
        config = Config.model_validate(file.data, context={"base": base or path.parent})
    except ValidationError as error:
        told = {problem.keys for problem in unknown}
        problems += [one for one in problems_of(error, Config, file.places.get) if one.keys[:2] not in told]
    unique = dict.fromkeys(problems)
    raise_all([file.error(one) for one in sorted(unique, key=lambda one: _line(one, file))])
    return config


def _line(problem: Problem, file: YamlFile) -> tuple[int, int]:
    place = file.place(problem.keys)
    return (place.line, place.column) if place else (0, 0)


def _unknown_formats(file: YamlFile, base: Path) -> list[Problem]:
    """Names under `emit` that are neither a format, ours or pandoc's, nor one of one's own."""
    section = file.data.get("emit")
    return [
        problem
        for name in (section if isinstance(section, dict) else ())
        if name not in EmitSection.model_fields and (problem := _unknown_format(str(name), base))
    ]


def _unknown_format(name: str, base: Path) -> Problem | None:
    known = list(EmitSection.model_fields)
    try:
        if is_reference(name) or name in added("format"):
            find("format", name, base)
            return None
        known += added("format")
    except ConfigError as error:
        found = error.found if error.where == name else f"{error.where}: {error.found}"
        return Problem(("emit", name), found, error.expected, error.todo)
    if formats_of_pandoc([name]):
        return None
    from convert.emit.pandoc import formats

    expected = f"one of {', '.join(known)}, a format of pandoc (`mirrorpress formats` lists them), or module:function"
    return Problem(("emit", name), f"there is no format {name!r}", expected, nearest(name, [*known, *formats()]))
