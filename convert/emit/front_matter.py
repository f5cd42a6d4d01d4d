"""YAML front matter."""

from __future__ import annotations

import datetime
import re

import yaml

from convert.article import Article

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


class _Dumper(yaml.CSafeDumper):
    """Quotes every string that it writes, so that YAML 1.1 and 1.2 readers cannot take one for something else."""


_Dumper.add_representer(str, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"'))


def write_front_matter(article: Article) -> str:
    """The article's metadata between `---` lines, in the order of its fields; keys without a value are left out."""
    lines = [f"{key}: {_value(value)}" for key, value in article.meta.items()]
    return "\n".join(["---", *lines, "---", ""])


def _value(value: str | int | datetime.date | list[str]) -> str:
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
