"""The commands `rules`, `profiles` and `formats`: what there is, Mirrorpress's own and what installed packages add."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from convert.clean import RULES
from convert.cli import screen
from convert.config import Config, load_config
from convert.config.extensions import added, find, is_reference, packaged
from convert.emit import EMITTERS
from convert.emit.pandoc import formats as pandoc_formats
from convert.enrich import STEPS
from convert.errors import ConfigError
from convert.messages import tr
from convert.plugins import Kind, Plugin
from convert.profiles import load_profiles, packaged_profiles


def rules(
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="A config file whose own rules and steps are listed, too.")
    ] = None,
) -> int:
    """List the cleaning rules and the enriching steps, in their order, and those of installed packages."""
    settings = load_config(config) if config else Config()
    screen.say_table(tr("clean"), {name: tr(screen.first_line(rule)) for name, rule in RULES.items()})
    broken = _say_added(tr("clean, from packages"), added("rule"), _about)
    _say_own(tr("clean, of the config"), "rule", settings.clean, settings)
    screen.say_table(tr("enrich"), {name: tr(screen.first_line(step)) for name, step in STEPS.items()})
    broken += _say_added(tr("enrich, from packages"), added("step"), _about)
    _say_own(tr("enrich, of the config"), "step", settings.enrich, settings)
    return _exit_code(broken)


def profiles() -> int:
    """List the profiles that come with Mirrorpress, in the order in which they are tried, and those of packages."""
    screen.say_table("", {profile.name: tr(profile.about) for profile in load_profiles()})

    def about(plugin: Plugin) -> str:
        return load_profiles([plugin.name])[0].about

    return _exit_code(_say_added(tr("from packages"), packaged_profiles(), about))


def formats() -> int:
    """List the formats that `convert --to` writes; `run` writes all but `epub`, of which it makes volumes."""
    screen.say_table(tr("run and convert"), {one.name: tr(one.about) for one in EMITTERS.values()})
    broken = _say_added(tr("run and convert, from packages"), added("format"), _about)
    screen.say_table(tr("convert and epub"), {"epub": tr("a book: EPUB 3")})
    names = (name for name in pandoc_formats() if name not in {*EMITTERS, "epub"})
    screen.say_list(tr("run and convert, by pandoc"), names)
    return _exit_code(broken)


def _say_own(title: str, kind: Kind, names: Sequence[str], config: Config) -> None:
    """Print the functions of a config's own, a line each."""
    rows = {name: _line_of(find(kind, name, config.base).value) for name in names if is_reference(name)}
    if rows:
        screen.say_table(title, rows)


def _about(plugin: Plugin) -> str:
    """A line about what a package adds."""
    return _line_of(packaged(plugin).value)


def _line_of(value: Any) -> str:
    """The first line of a docstring, or a recipe's title."""
    return screen.first_line(value) or str(getattr(value, "title", ""))


def _say_added(title: str, found: Mapping[str, Plugin], about: Callable[[Plugin], str]) -> list[ConfigError]:
    """Print what packages add, a line each, with the package; returns the errors of what does not work."""
    rows: dict[str, str] = {}
    broken = []
    for name, plugin in found.items():
        try:
            rows[name] = f"{about(plugin)} ({plugin.told})".lstrip()
        except ConfigError as error:
            broken.append(error)
    if rows:
        screen.say_table(title, rows)
    return broken


def _exit_code(broken: list[ConfigError]) -> int:
    for error in broken:
        screen.say_error(error.message)
    return broken[0].exit_code if broken else 0
