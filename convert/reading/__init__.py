"""Files of YAML that people write, config.yaml and profiles: what stands where in them, and what is wrong with it."""

from __future__ import annotations

from convert.reading.problems import problems_of, refused, refused_file
from convert.reading.yaml_file import (
    JoinedConfigError,
    KeyPath,
    Problem,
    YamlFile,
    raise_all,
    read_yaml,
)

__all__ = [
    "JoinedConfigError",
    "KeyPath",
    "Problem",
    "YamlFile",
    "problems_of",
    "raise_all",
    "read_yaml",
    "refused",
    "refused_file",
]
