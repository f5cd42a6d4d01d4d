"""YAML front matter."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import TypeAlias

import yaml

from convert.article import Article
from convert.emit.escapes import escape_metadata
from convert.front_matter import OWN, FrontMatter, fill_added
from convert.names import write_date

# Strings that need no quotes in any YAML: they begin with a Han character or an opening mark of Chinese text, or are a
# web address or Latin words that no reader takes for anything else, and hold nothing that YAML could read as its own.
# All other strings are quoted.
RESERVED = r"(?!(?i:y|n|yes|no|on|off|true|false|null)\Z)"
PLAIN = re.compile(
    rf"(?:https?://[A-Za-z0-9_./%+~=?&;-]+|{RESERVED}[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*"
    r"|[\u3400-\u9fff《“（【]"
    r"[\u3400-\u9fff\u3001-\u3011\uff01-\uff5e“”‘’…—·A-Za-z0-9_./%+~=?&;() -]*(?<! ))\Z"
)
IN_LIST = re.compile(
    r"(?:[\u3400-\u9fff《“][\u3400-\u9fff\u00b7\u2027：（）《》“”—A-Za-z0-9]*"
    rf"|{RESERVED}[A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*)\Z"
)

KEY = re.compile(rf"{RESERVED}[A-Za-z_][A-Za-z0-9_-]*\Z")


class _Dumper(yaml.CSafeDumper):
    """Quotes every string that it writes, so that YAML 1.1 and 1.2 readers cannot take one for something else."""


_Dumper.add_representer(str, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"'))


Value: TypeAlias = str | int | float | bool | datetime.date | list[str]


def write_front_matter(article: Article, layout: FrontMatter = OWN) -> str:
    """The article's metadata between `---` lines, in the order of its fields; keys without a value are left out."""
    if layout is OWN:
        lines = [f"{key}: {_value(value)}" for key, value in article.meta.items()]
    else:
        lines = _lines(arranged(article, layout))
    return "\n".join(["---", *lines, "---", ""])


def arranged(article: Article, layout: FrontMatter) -> dict[str, Value]:
    """The values of a layout by their names, with points where one stands in a mapping."""
    found: dict[str, Value] = {}
    for key, value in article.meta.items():
        if key in layout.drop:
            continue
        if key == "tags" and layout.tags and isinstance(value, list):
            names = tag_names(value)
            if names != value:
                found["keywords"] = value
            if not names:
                continue
            value = names
        found[layout.name(key)] = _as_wished(value, layout.lists.get(key), layout.dates)
    for name, added in layout.add.items():
        filled = fill_added(added, article.path, article.meta)
        if filled is not None:
            found[name] = list(filled) if isinstance(filled, tuple) else filled
    return {name: _escaped(value) for name, value in found.items()} if layout.markdown else found


def _as_wished(value: Value, kind: str | None, dates: str) -> Value:
    if isinstance(value, datetime.date):
        return write_date(value, dates) if dates else value
    if kind == "string" and isinstance(value, list):
        return ", ".join(value)
    return [value] if kind == "list" and isinstance(value, str) else value


def _escaped(value: Value) -> Value:
    """A value for a reader that takes texts for Markdown."""
    if isinstance(value, list):
        return [escape_metadata(one) for one in value]
    return escape_metadata(value) if isinstance(value, str) else value


def tag_names(tags: list[str]) -> list[str]:
    """Tags as Obsidian takes them: letters, digits, `_` and `-`, not digits alone, no two alike but for case.

    A slash would put one tag below another.
    """
    names: dict[str, str] = {}
    for tag in tags:
        name = "-".join("".join(sign if sign.isalnum() or sign in "_-" else " " for sign in tag).split())
        if name and not any(sign.isalpha() or sign in "_-" for sign in name):
            name = f"_{name}"
        if name:
            names.setdefault(name.casefold(), name)
    return list(names.values())


def _lines(values: Mapping[str, Value]) -> list[str]:
    """Lines of YAML; what has one name before its point stands together, below that name."""
    heads = dict.fromkeys(name.partition(".")[0] for name in values)
    lines = []
    for head in heads:
        if head in values:
            lines.append(f"{_key(head)}: {_value(values[head])}")
            continue
        below = {name.removeprefix(f"{head}."): value for name, value in values.items() if name.startswith(f"{head}.")}
        lines += [f"{_key(head)}:", *(f"  {line}" for line in _lines(below))]
    return lines


def _key(name: str) -> str:
    return name if KEY.match(name) else _quoted(name)


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value if PLAIN.match(value) else _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(one if IN_LIST.match(one) else _quoted(one) for one in value)}]"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _quoted(value: str) -> str:
    """A string in double quotes, on one line; by PyYAML where it holds anything that needs an escape."""
    # what Python prints as it is, YAML 1.1 and 1.2 read as it is
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    dumped: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, width=1 << 30)
    return dumped.removesuffix("\n").removesuffix("\n...")
