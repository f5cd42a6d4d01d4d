"""Reads config.yaml; everything that is wrong with it is said at once, each thing with its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from convert.config.extensions import added, find, is_reference
from convert.config.formats import EmitSection, formats_of_pandoc
from convert.config.reading import KeyPath, Problem, YamlFile, plain, raise_all, read_yaml
from convert.config.schema import Config
from convert.errors import ConfigError, nearest

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list, as in [default]",
    "model_type": "a mapping of options",
    "dict_type": "a mapping of options",
    "missing": "a value",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "float_type": "a number",
    "finite_number": "a number",
    "literal_error": "{expected}",
    "refused": "{expected}",
}


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
        problems += [
            _problem(one, file) for one in error.errors(include_url=False) if tuple(one["loc"][:2]) not in told
        ]
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


def _problem(details: ErrorDetails, file: YamlFile) -> Problem:
    keys: KeyPath = tuple(details["loc"])
    kind = details["type"]
    context: dict[str, Any] = details.get("ctx", {})
    if context.get("key"):
        keys = (*keys, context["key"])
    if kind == "extra_forbidden":
        choices = _choices(keys[:-1])
        return Problem(keys, "unknown key", f"one of {', '.join(choices)}", nearest(str(keys[-1]), choices))
    place = file.places.get(keys)
    found = context.get("found") or "found " + (place.written if place else plain(details["input"]))
    if kind == "missing":
        found = "there is no value"
    expected = _EXPECTED[kind].format_map(context) if kind in _EXPECTED else details["msg"]
    todo = context.get("todo", "")
    if kind == "literal_error":
        todo = nearest(str(details["input"]), re.findall(r"'([^']*)'", expected))
    return Problem(keys, found, expected, todo)


def _choices(keys: KeyPath) -> list[str]:
    """The keys that may stand at a place of the config."""
    model: type[BaseModel] = Config
    for key in keys:
        if key in model.model_fields:
            model = _model_in(model.model_fields[str(key)].annotation) or model
        elif extra := get_type_hints(model).get("__pydantic_extra__"):
            model = _model_in(extra) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)
