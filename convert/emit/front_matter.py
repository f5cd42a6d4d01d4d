"""YAML front matter."""

from __future__ import annotations

import re
from datetime import date as Date

import yaml

from convert.article import Article

# Plain scalars that YAML 1.2 readers take for numbers, booleans or nothing while PyYAML, a YAML 1.1 writer, leaves them
# bare (YAML 1.2.2, section 10.3.2, Tag Resolution of the core schema)
CORE_SCHEMA = re.compile(
    r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    r"|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|n|N|yes|no|on|off|\d{1,4}-\d{1,2}-\d{1,2}.*"
)


class _Dumper(yaml.CSafeDumper):
    """Strings that another reader could take for something else are quoted; lists stand on one line."""


def _string(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = '"' if CORE_SCHEMA.fullmatch(value) or not value.isprintable() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _list(dumper: _Dumper, value: list[str]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)


_Dumper.add_representer(str, _string)
_Dumper.add_representer(list, _list)


def write_front_matter(article: Article) -> str:
    """The article's metadata between `---` lines, in the order of Metadata's fields; keys without a value are left out."""
    data: dict[str, str | int | Date | list[str]] = dict(article.meta.items())
    body = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1 << 30, default_flow_style=False)
    return f"---\n{body}---\n"
