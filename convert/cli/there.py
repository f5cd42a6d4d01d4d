"""The commands `rules`, `profiles` and `formats`: what there is, Mirrorpress's own and what installed packages add."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from convert.clean import RULES
from convert.cli import screen
from convert.config.extensions import added, packaged
from convert.emit import EMITTERS
from convert.emit.pandoc import formats as pandoc_formats
from convert.enrich import STEPS
from convert.errors import ConfigError
from convert.messages import tr
from convert.plugins import Plugin
from convert.profiles import load_profiles, packaged_profiles


def rules() -> int:
    """List the cleaning rules and the enriching steps, in their order, and those of installed packages."""
    screen.say_table(tr("clean"), {name: tr(screen.first_line(rule)) for name, rule in RULES.items()})
    broken = _say_added(tr("clean, from packages"), added("rule"), _about)
    screen.say_table(tr("enrich"), {name: tr(screen.first_line(step)) for name, step in STEPS.items()})
    return _exit_code(broken + _say_added(tr("enrich, from packages"), added("step"), _about))


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


def _about(plugin: Plugin) -> str:
    """A line about what a package adds: the first of its docstring, or a recipe's title."""
    value = packaged(plugin).value
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
