"""The first config of a mirror: what the look at it found, as comments at the options that it concerns."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from string import Template

import yaml

from convert.errors import UsageError
from convert.starting.surveying import Survey, by_size
from convert.volumes import MOST_ARTICLES

_NAMED = 24
"""Channels that the comment about them has a line for."""

_FIRST = 8
"""Channels and publishers that are named in a row."""

_SMALL = 300
"""Articles that fit into one book."""

_LONGEST = 80
"""Characters of a name in a comment."""

_OF_PICTURES = (
    "`fetch` asks the web for those that are not in the mirror, and shows others what you read; `omit` takes none.",
)

_DAY = "%Y-%m-%d"


def findings(survey: Survey) -> dict[str, str]:
    """What there is, in words, by what it is about: for the screen and for the comments."""
    told = {"sources": _sources(survey)}
    profiles = [f"{name} {survey.of_all(count):,}" for name, count in by_size(survey.profiles)]
    told["profiles"] = _about(survey) + _listed(profiles)
    told["copies"] = f"{'' if survey.whole else 'about '}{survey.copies:,} of the sources" if survey.copies else "none"
    if survey.channels:
        names = (
            f"{channel}{f' {survey.names[channel]}' if channel in survey.names else ''} {count:,}"
            for channel, count in by_size(survey.channels)
        )
        told["channels"] = _listed(names)
    if survey.publishers:
        publishers = (f"{name} {survey.of_all(count):,}" for name, count in by_size(survey.publishers))
        told["publishers"] = _about(survey) + _listed(publishers)
    told["dates"] = _dates(survey)
    told["pictures"] = _pictures(survey)
    if survey.repository:
        told["git"] = "a bare repository" if survey.repository.bare else "a working copy of a repository"
    return told


def starting_config(survey: Survey, folder: Path, output: Path, file: Path) -> str:
    """The text of a config. folder: what was looked at. output: what is written to. file: where the config will lie.

    Raises UsageError for a folder whose name cannot stand in a file.
    """
    found = findings(survey)
    base = file.resolve().parent
    fields = {
        "name": _line(survey.name),
        "found": _comment(f"{what}: {found[what]}" for what in ("sources", "dates", "publishers") if what in found),
        "input": _input(survey, folder, base),
        "repository": _repository(survey, folder, base),
        "output": _output(output, base),
        "profiles": _comment([f"Recognised: {found['profiles']}."]),
        "channels": _channels(survey),
        "volume": _volume(survey),
        "condition": _condition(survey),
        "pictures": _comment([f"Pictures: {found['pictures']}.", *_OF_PICTURES], "    # "),
        "title": json.dumps(_line(survey.name), ensure_ascii=False),
        "copies": _comment([f"Copies: {found['copies']}."]),
    }
    text = Template(files(__package__).joinpath("config.yaml").read_text("utf-8")).substitute(fields)
    # a part that has nothing to say leaves no empty line
    return "\n".join(line for line in text.split("\n") if line != "\0")


def _sources(survey: Survey) -> str:
    told = f"{survey.sources:,}"
    if not survey.whole:
        told += f", of which a sample of {survey.looked:,} was read: numbers behind `about` are estimates"
    if survey.failed:
        told += f"; {survey.failed:,} cannot be converted"
    passed = sum(survey.passed_over.values())
    return told + (f"; {passed:,} other files or folders are passed over" if passed else "")


def _about(survey: Survey) -> str:
    return "" if survey.whole else "about "


def _dates(survey: Survey) -> str:
    if not survey.days:
        return "none that was understood"
    undated = survey.looked - survey.failed - sum(survey.days.values())
    more = f"; {_about(survey)}{survey.of_all(undated):,} without one" if undated else ""
    return f"{min(survey.days):{_DAY}} to {max(survey.days):{_DAY}}{more}"


def _pictures(survey: Survey) -> str:
    if not survey.own and not survey.web:
        return "none"
    own, web = survey.of_all(survey.own), survey.of_all(survey.web)
    here = f"{_about(survey)}{own:,}" if own else "none"
    return f"{here} in files of the mirror, {_about(survey)}{web:,} elsewhere"


def _listed(names: Iterable[str]) -> str:
    """Some names, as many as a reader reads."""
    every = [_line(name) for name in names]
    more = len(every) - _FIRST
    return ", ".join(every[:_FIRST]) + (f" and {more:,} more" if more > 0 else "")


def _line(text: str) -> str:
    """A text that comes from a mirror as a part of one line of a comment."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _comment(lines: Iterable[str], start: str = "# ") -> str:
    """Lines of a comment, folded where they are long."""
    return "\n".join(
        piece
        for line in lines
        for piece in textwrap.wrap(
            line,
            116,
            initial_indent=start,
            subsequent_indent=f"{start}  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _option(name: str, value: object) -> str:
    """An option as a line of YAML."""
    told = yaml.safe_dump(value, allow_unicode=True, width=1_000_000, default_flow_style=True, sort_keys=False)
    shown = told.removesuffix("...\n").strip()
    return f"{name}: {shown}"


def _path(place: Path, base: Path) -> str:
    """A path as it stands in a config in `base`: relative where it lies near."""
    full = place.resolve()
    try:
        near = os.path.relpath(full, base)
    except ValueError:  # another drive
        near = str(full)
    told = str(full) if near.startswith(os.path.join("..", "..")) else near  # noqa: PTH118 - a prefix, not a path
    if not told.isprintable():
        raise UsageError(
            str(place), "its name cannot stand in a config", "a name of printable signs", "rename the folder"
        )
    return told.replace(os.sep, "/")


def _input(survey: Survey, folder: Path, base: Path) -> str:
    bare = survey.repository is not None and survey.repository.bare
    return _option("input", {"git": _path(folder, base)} if bare else _path(folder, base))


def _repository(survey: Survey, folder: Path, base: Path) -> str:
    """How a run brings the input up to date, or reads what was committed, where it is in git."""
    there = survey.repository
    if there is None:
        return "\0"
    lines = []
    if there.bare:
        update = {"git": _path(folder, base), "update": f"git fetch origin {there.branch}:{there.branch}"}
        if there.remote:
            lines += ["To fetch what is new before each run:", _option("input", update)]
    else:
        if there.remote:
            update = {"path": _path(folder, base), "update": "git pull --ff-only"}
            lines += ["It is in git. To have each run bring it up to date first:", _option("input", update)]
        committed = {"git": _path(there.place, base)} | ({"folder": there.folder} if there.folder != "." else {})
        lines += ["To read what was committed, not what lies in the folder:", _option("input", committed)]
    return _comment(lines) if lines else "\0"


def _output(output: Path, base: Path) -> str:
    told = _path(output, base)
    return "# output: out" if told == "out" else _option("output", told)


def _channels(survey: Survey) -> str:
    """The channels, one a line, for conditions on them."""
    if not survey.channels:
        return "\0"
    lines = ["The channels, with their sources:"]
    every = by_size(survey.channels)
    for channel, count in every[:_NAMED]:
        lines.append(f"  {_line(channel):<14} {count:>8,}  {_line(survey.names.get(channel, ''))}".rstrip())
    if len(every) > _NAMED:
        lines.append(f"  and {len(every) - _NAMED:,} more")
    return _comment(lines)


def _condition(survey: Survey) -> str:
    """A condition that would hold for some of the articles."""
    plain = [name for name, _ in by_size(survey.channels) if name.isascii() and name.isalnum()]
    return f"channel = {plain[0]} and words > 500" if plain else "words > 500"


def _volume(survey: Survey) -> str:
    """The first collection: as large as a book should be, by what there is."""
    articles = survey.sources - survey.copies
    if articles <= _SMALL:
        why = "All articles fit into one book; with more than `max_articles` it is split along the calendar."
        title = _line(survey.name).replace("{", "{{").replace("}", "}}")
        return _collection(why, title, "all", (), len(survey.channels) > 1, articles)
    if 2 * sum(survey.days.values()) < survey.looked:
        why = "Most articles have no date that was understood: a volume for each channel."
        keys, largest = ("publisher", "channel"), max(survey.channels.values(), default=articles)
        return _collection(why, "{publisher} {channel}", "{publisher}-{channel}", keys, False, largest)
    period = next((one for one in ("month", "week") if survey.busiest(one) <= MOST_ARTICLES), "day")
    fullest = survey.busiest(period)
    why = f"A volume for each publisher and {period}: the fullest {period} has {_about(survey)}{fullest:,} articles."
    names = f"{{publisher}} {{{period}}}", f"{{publisher}}-{{{period}}}"
    return _collection(why, *names, ("publisher", period), len(survey.channels) > 1, fullest)


def _collection(why: str, title: str, stem: str, group_by: tuple[str, ...], by_channel: bool, expected: int) -> str:
    """A collection's options; its limit is what is expected and a fifth more, in hundreds."""
    options = {
        "title": json.dumps(title, ensure_ascii=False),
        "file": f'"epub/{stem}.epub"',
        "group_by": f"[{', '.join(group_by)}]",
        "sections": "[channel]" if by_channel else "[]",
        "max_articles": str(min(MOST_ARTICLES, max(100, -(-expected * 6 // 500) * 100))),
    }
    lines = [f"{name}: {value}" for name, value in options.items()]
    return "\n    ".join([f"  # {why}\n  - {lines[0]}", *lines[1:]])
