"""What a run looks at before it does anything: that its folders are not in one another's way, and its tools there."""

from __future__ import annotations

from convert.batch.articles.making import reserved
from convert.batch.engines.engine import check_engine
from convert.catalogue.search import check_search
from convert.config import Config, build_outputs
from convert.emit.dataset import check_packages, suffix_of
from convert.errors import ConfigError
from convert.names import fold
from convert.typesetting import check_script


def check_folders(config: Config) -> None:
    """Refuse an output that is the input or lies around it, where outputs could take the place of sources.

    Nor may a folder in it have the name of a file there.
    """
    check_paths(config)
    output = config.output.path.resolve()
    todo, beside = "name another folder", "a folder beside the input or in it"
    if config.input.remote and config.output.remote:
        place, other = config.input.remote.told, config.output.remote.told
        if f"{place}/".startswith(f"{other}/"):
            found = "is the input" if place == other else f"holds the input {place}"
            raise ConfigError(f"output: {other}", found, "an address beside the input or in it", "name another one")
    if config.input.place is None:
        return
    source = config.input.place.resolve()
    if source == output or output in source.parents:
        found = "is the input folder" if source == output else f"holds the input {config.input.place}"
        raise ConfigError(f"output: {config.output.path}", found, beside, todo)
    if config.input.git:
        own = source / ".git"
        kept = own if own.exists() else source
        if kept in (output, *output.parents):
            found = f"lies in the repository {kept}, where git keeps its own files"
            raise ConfigError(f"output: {config.output.path}", found, "a folder beside it", todo)


def check_paths(config: Config) -> None:
    """Refuse a template whose files would lie in a folder that has the name of one of a run's own files."""
    own = {fold(name) for name in reserved(config)}
    templates = {f"emit.{one.name}.path": one.template.text for one in build_outputs(config)}
    if config.emit.markdown:
        templates["emit.markdown.picture_path"] = config.emit.markdown.picture_path
    for where, text in templates.items():
        first, slash, _ = text.partition("/")
        if slash and fold(first) in own:
            found = f"a run writes a file {first} itself"
            raise ConfigError(f"{where}: {text}", found, "a folder of another name", "name another one")


def check_tools(config: Config) -> None:
    """Look for what is needed besides the package. Raises MissingToolError, before anything is converted."""
    if config.batch.search:
        check_search()
    check_engine(config)
    if config.emit.dataset:
        check_packages(suffix_of(config.emit.dataset.path))
    config.output.open()
    check_scripts(config)


def check_scripts(config: Config) -> None:
    """Look for what turns outputs and volumes into another script. Raises MissingToolError where it is not there."""
    for name in (*config.scripts, *(one.script for one in config.volumes)):
        check_script(name)
