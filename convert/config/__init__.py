"""config.yaml, read into a typed and frozen Config. Without a file the built-in defaults hold, which are the same."""

from __future__ import annotations

from convert.config.building import Output, build_context, build_outputs, emit_options, writer
from convert.config.delivery import DeliverOptions
from convert.config.loading import load_config
from convert.config.places import InputOptions, OutputOptions
from convert.config.schema import Config
from convert.reading import JoinedConfigError

__all__ = [
    "Config",
    "DeliverOptions",
    "InputOptions",
    "JoinedConfigError",
    "Output",
    "OutputOptions",
    "build_context",
    "build_outputs",
    "emit_options",
    "load_config",
    "writer",
]
