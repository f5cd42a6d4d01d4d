"""What a model says is wrong with a file, as problems that people can read: the key, what was found, what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, get_args, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from convert.errors import ConfigError, nearest
from convert.reading.yaml_file import KeyPath, Place, Problem, plain

Finder: TypeAlias = Callable[[KeyPath], Place | None]
"""Where a key stands in the file, or nothing where it does not."""

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


def refused(found: str, expected: str = "", todo: str = "", key: str = "") -> PydanticCustomError:
    """An error of a validator that carries the three parts of a message; `key` names a key within what was checked."""
    return PydanticCustomError("refused", "{found}", {"found": found, "expected": expected, "todo": todo, "key": key})


def refused_file(errors: Sequence[ConfigError]) -> PydanticCustomError:
    """An error of a validator whose value names a file with errors of its own, each of which is a problem."""
    return PydanticCustomError("refused_file", "another file is wrong", {"errors": list(errors)})


def problems_of(error: ValidationError, model: type[BaseModel], find: Finder) -> list[Problem]:
    """What is wrong with the values of a file. model: what they were held against."""
    return [one for details in error.errors(include_url=False) for one in _problems(details, model, find)]


def _problems(details: ErrorDetails, model: type[BaseModel], find: Finder) -> list[Problem]:
    if details["type"] != "refused_file":
        return [_problem(details, model, find)]
    errors: list[ConfigError] = details.get("ctx", {})["errors"]
    keys: KeyPath = tuple(details["loc"])
    return [Problem(keys, f"{one.where}: {one.found}", one.expected, one.todo) for one in errors]


def _problem(details: ErrorDetails, model: type[BaseModel], find: Finder) -> Problem:
    keys: KeyPath = tuple(details["loc"])
    kind = details["type"]
    context: dict[str, Any] = details.get("ctx", {})
    if context.get("key"):
        keys = (*keys, context["key"])
    if kind == "extra_forbidden":
        choices = _choices(keys[:-1], model)
        return Problem(keys, "unknown key", f"one of {', '.join(choices)}", nearest(str(keys[-1]), choices))
    place = find(keys)
    found = context.get("found") or "found " + (place.written if place else plain(details["input"]))
    if kind == "missing":
        found = "there is no value"
    expected = _EXPECTED[kind].format_map(context) if kind in _EXPECTED else details["msg"]
    todo = context.get("todo", "")
    if kind == "literal_error":
        todo = nearest(str(details["input"]), re.findall(r"'([^']*)'", expected))
    return Problem(keys, found, expected, todo)


def _choices(keys: KeyPath, model: type[BaseModel]) -> list[str]:
    """The keys that may stand at a place of a file."""
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
