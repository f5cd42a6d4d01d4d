"""Reads a YAML file together with the place of every key in it, so that each problem can name its line."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from convert.errors import ConfigError

KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: line and column counted from 1, and the value as it is written there."""

    line: int
    column: int
    written: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file: the path of its key, what was found, what was expected, what to do."""

    keys: KeyPath
    found: str
    expected: str = ""
    todo: str = ""


@dataclass(slots=True)
class YamlFile:
    """A YAML mapping and the places of its keys; `problems` holds what the reading itself found wrong."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, keys: KeyPath) -> Place | None:
        """The place of a key, or of the nearest key above it that stands in the file."""
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places.get(keys)

    def error(self, problem: Problem) -> ConfigError:
        """A problem as an error that names file, line, column and key."""
        place = self.place(problem.keys)
        where = [f"{self.name}:{place.line}:{place.column}" if place else self.name]
        if problem.keys:
            where.append(dotted(problem.keys))
        return ConfigError(": ".join(where), problem.found, problem.expected, problem.todo)


class JoinedConfigError(ConfigError):
    """Several problems of one file; the message has a line for each."""

    def __init__(self, *errors: ConfigError) -> None:
        self.errors = errors
        first = errors[0]
        super().__init__(first.where, first.found, first.expected, first.todo)

    @property
    def message(self) -> str:
        """Every problem's message, one a line."""
        return "\n".join(error.message for error in self.errors)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.errors


def raise_all(errors: list[ConfigError]) -> None:
    """Raise the errors as one, if there are any."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise JoinedConfigError(*errors)


def dotted(keys: KeyPath) -> str:
    """A key path as people write it: `emit.markdown.path`, `volumes[0].file`."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file that holds one mapping.

    An empty file is an empty mapping. A key that stands twice is recorded as a problem.
    Raises ConfigError for a file that cannot be read, is not UTF-8 or not YAML, or holds something else.
    """
    name = str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(name, f"cannot be read ({error.strerror})", "a YAML file", "check the path") from None
    except UnicodeDecodeError as error:
        raise ConfigError(name, f"byte {error.start} is not UTF-8", "a file in UTF-8", "save it as UTF-8") from None
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return YamlFile(name)
        if not isinstance(node, yaml.MappingNode):
            raise ConfigError(f"{name}:1", "the file is no mapping", "keys with values, as in `output: out`", "")
        file = YamlFile(name)
        _walk(node, (), file, ())
        file.data = loader.construct_document(node)
    except yaml.YAMLError as error:
        raise _syntax_error(name, error) from None
    finally:
        loader.dispose()
    return file


def _syntax_error(name: str, error: yaml.YAMLError) -> ConfigError:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or " ".join(str(error).split())
    context = getattr(error, "context", None)
    where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
    found = f"this is not YAML: {reason}" + (f" {context}" if context else "")
    return ConfigError(where, found, "", "mend the line, or the one above it")


def _walk(node: yaml.Node, keys: KeyPath, file: YamlFile, above: tuple[yaml.Node, ...]) -> None:
    # an alias may name a node that holds it; YAML allows the circle
    if node in above:
        return
    mark = node.start_mark
    file.places.setdefault(keys, Place(mark.line + 1, mark.column + 1, _written(node)))
    for key, key_node, value in _children(node):
        path = (*keys, key)
        if key_node is not None:
            mark = key_node.start_mark
            if path in file.places:
                first = file.places[path].line
                found = f"the key {key!r} of line {first} stands again in line {mark.line + 1}"
                file.problems.append(Problem(path, found, "each key once", "remove one of them"))
                continue
            file.places[path] = Place(mark.line + 1, mark.column + 1, _written(value))
        _walk(value, path, file, (*above, node))


def _children(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node | None, yaml.Node]]:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield index, None, item
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), key, value


def _written(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return repr(node.value) if node.style else str(node.value) or "nothing"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"


def plain(value: Hashable | None) -> str:
    """A value that stands in no file, as a message shows it."""
    return "nothing" if value is None else repr(value)
