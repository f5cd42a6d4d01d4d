"""The first config of a mirror: what the look at it found, as comments at the options that it concerns."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from string import Template

import yaml

from convert.errors import UsageError
from convert.messages import later, spoken, tr
from convert.starting.comments import comment, folded, in_language, template
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

_OF_PICTURES = later(
    "`fetch` asks the web for those that are not in the mirror, and shows others what you read; `omit` takes none."
)

_DAY = "%Y-%m-%d"


def findings(survey: Survey) -> dict[str, str]:
    """What there is, in words, by what it is about (a message): for the screen and for the comments."""
    told = {later("sources"): _sources(survey)}
    profiles = [_of(name, survey.of_all(count)) for name, count in by_size(survey.profiles)]
    told[later("profiles")] = _estimated(survey, _listed(profiles))
    copies = tr("{count} of the sources", count=_about(survey, survey.copies)) if survey.copies else tr("none")
    told[later("copies")] = copies
    if survey.channels:
        names = (
            _of(f"{channel} {survey.names[channel]}" if channel in survey.names else channel, count)
            for channel, count in by_size(survey.channels)
        )
        told[later("channels")] = _listed(names)
    if survey.publishers:
        publishers = (_of(name, survey.of_all(count)) for name, count in by_size(survey.publishers))
        told[later("publishers")] = _estimated(survey, _listed(publishers))
    told[later("dates")] = _dates(survey)
    told[later("pictures")] = _pictures(survey)
    if survey.repository:
        bare = survey.repository.bare
        told[later("git")] = tr("a bare repository") if bare else tr("a working copy of a repository")
    return told


def starting_config(survey: Survey, folder: Path, output: Path, file: Path) -> str:
    """The text of a config. folder: what was looked at. output: what is written to. file: where the config will lie.

    Raises UsageError for a folder whose name cannot stand in a file.
    """
    found = findings(survey)
    base = file.resolve().parent
    fields = {
        "name": _line(survey.name),
        "found": comment(
            tr("{what}: {told}", what=tr(what), told=found[what])
            for what in ("sources", "dates", "publishers")
            if what in found
        ),
        "input": _input(survey, folder, base),
        "repository": _repository(survey, folder, base),
        "output": _output(output, base),
        "profiles": comment([tr("Recognised: {profiles}.", profiles=found["profiles"])]),
        "channels": _channels(survey),
        "volume": _volume(survey),
        "condition": _condition(survey),
        "pictures": comment([tr("Pictures: {pictures}.", pictures=found["pictures"]), tr(_OF_PICTURES)], "    # "),
        "title": json.dumps(_line(survey.name), ensure_ascii=False),
        "copies": comment([tr("Copies: {copies}.", copies=found["copies"])]),
        "lang": spoken(),
    }
    text = Template("".join(in_language(template()))).substitute(fields)
    # a part that has nothing to say leaves no empty line
    return "\n".join(line for line in text.split("\n") if line != "\0")


def _sources(survey: Survey) -> str:
    told = f"{survey.sources:,}"
    if not survey.whole:
        told = tr(
            "{sources}, of which a sample of {looked:,} was read: numbers behind `about` are estimates",
            sources=told,
            looked=survey.looked,
        )
    if survey.failed:
        told += tr("; {count:,} cannot be converted", count=survey.failed)
    passed = sum(survey.passed_over.values())
    return told + (tr("; {count:,} other files or folders are passed over", count=passed) if passed else "")


def _about(survey: Survey, count: int) -> str:
    """A number that is an estimate where only a sample was read."""
    return f"{count:,}" if survey.whole else tr("about {count:,}", count=count)


def _estimated(survey: Survey, names: str) -> str:
    """Names with numbers, likewise."""
    return names if survey.whole else tr("about {names}", names=names)


def _of(name: str, count: int) -> str:
    return f"{name} {count:,}"


def _dates(survey: Survey) -> str:
    if not survey.days:
        return tr("none that was understood")
    undated = survey.looked - survey.failed - sum(survey.days.values())
    told = tr("{first} to {last}", first=f"{min(survey.days):{_DAY}}", last=f"{max(survey.days):{_DAY}}")
    more = tr("; {count} without one", count=_about(survey, survey.of_all(undated))) if undated else ""
    return told + more


def _pictures(survey: Survey) -> str:
    if not survey.own and not survey.web:
        return tr("none")
    own, web = survey.of_all(survey.own), survey.of_all(survey.web)
    here = _about(survey, own) if own else tr("none")
    return tr("{here} in files of the mirror, {web} elsewhere", here=here, web=_about(survey, web))


def _listed(names: Iterable[str]) -> str:
    """Some names, as many as a reader reads."""
    every = [_line(name) for name in names]
    more = len(every) - _FIRST
    names = tr(", ").join(every[:_FIRST])
    return tr("{names} and {count:,} more", names=names, count=more) if more > 0 else names


def _line(text: str) -> str:
    """A text that comes from a mirror as a part of one line of a comment."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


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
            lines += [comment([tr("To fetch what is new before each run:")]), *folded(_option("input", update))]
    else:
        if there.remote:
            update = {"path": _path(folder, base), "update": "git pull --ff-only"}
            lines += [comment([tr("It is in git. To have each run bring it up to date first:")])]
            lines += folded(_option("input", update))
        committed = {"git": _path(there.place, base)} | ({"folder": there.folder} if there.folder != "." else {})
        lines += [comment([tr("To read what was committed, not what lies in the folder:")])]
        lines += folded(_option("input", committed))
    return "\n".join(lines) or "\0"


def _output(output: Path, base: Path) -> str:
    told = _path(output, base)
    return "# output: out" if told == "out" else _option("output", told)


def _channels(survey: Survey) -> str:
    """The channels, one a line, for conditions on them."""
    if not survey.channels:
        return "\0"
    lines = [tr("The channels, with their sources:")]
    every = by_size(survey.channels)
    for channel, count in every[:_NAMED]:
        lines.append(f"  {_line(channel):<14} {count:>8,}  {_line(survey.names.get(channel, ''))}".rstrip())
    if len(every) > _NAMED:
        lines.append(tr("  and {count:,} more", count=len(every) - _NAMED))
    return comment(lines)


def _condition(survey: Survey) -> str:
    """A condition that would hold for some of the articles."""
    plain = [name for name, _ in by_size(survey.channels) if name.isascii() and name.isalnum()]
    return f"channel = {plain[0]} and words > 500" if plain else "words > 500"


def _volume(survey: Survey) -> str:
    """The first collection: as large as a book should be, by what there is."""
    articles = survey.sources - survey.copies
    if articles <= _SMALL:
        why = tr("All articles fit into one book; with more than `max_articles` it is split along the calendar.")
        title = _line(survey.name).replace("{", "{{").replace("}", "}}")
        return _collection(why, title, "all", (), len(survey.channels) > 1, articles)
    if 2 * sum(survey.days.values()) < survey.looked:
        why = tr("Most articles have no date that was understood: a volume for each channel.")
        keys, largest = ("publisher", "channel"), max(survey.channels.values(), default=articles)
        return _collection(why, "{publisher} {channel}", "{publisher}-{channel}", keys, False, largest)
    period = next((one for one in ("month", "week") if survey.busiest(one) <= MOST_ARTICLES), "day")
    fullest = survey.busiest(period)
    whys = {
        "month": tr("A volume for each publisher and month: the fullest month has {count} articles."),
        "week": tr("A volume for each publisher and week: the fullest week has {count} articles."),
        "day": tr("A volume for each publisher and day: the fullest day has {count} articles."),
    }
    why = whys[period].format(count=_about(survey, fullest))
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
