"""A first look at a folder that nobody has written a config for: what lies in it, and how much of what.

The list of files is complete; of a large mirror only some of them, spread evenly over it, are read.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from convert.article import Article, Context, Source
from convert.batch.inputs.sources import Found, Mirrors, find_sources
from convert.batch.pictures.source import OwnFile, pictures_in
from convert.config import Config, OutputOptions, build_context
from convert.enrich.channel import NO_CHANNELS
from convert.errors import MirrorpressError
from convert.parse import identity
from convert.pipeline import TOGETHER, convert_all

SAMPLE = 1000
"""Sources that are read at most: they take a second or two."""

_TWINS = 200
"""Files of one name that are held against each other, in a mirror of which only a sample is read."""


@dataclass(frozen=True, slots=True)
class Repository:
    """The git repository that a folder lies in.

    place: its working copy, or itself where it is bare. folder: the folder looked at, below it. remote: whether there
    is another that it could be brought up to date from. branch: the one that is checked out, or that HEAD names.
    """

    place: Path
    folder: str
    bare: bool
    remote: bool
    branch: str


@dataclass(slots=True)
class Survey:
    """What a folder holds.

    name: the folder's. sources: its files that may be articles. looked: how many of them were read; failed: and could
    not be converted. copies: sources that hold an article that another holds, too. passed_over: other files by reason.
    channels: sources by channel, of all; names: what channels are called. The others are of those that were read:
    profiles and publishers, days, and pictures in the mirror's own files (`own`) and elsewhere (`web`).
    """

    name: str
    sources: int = 0
    looked: int = 0
    failed: int = 0
    copies: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    profiles: Counter[str] = field(default_factory=Counter)
    publishers: Counter[str] = field(default_factory=Counter)
    days: Counter[datetime.date] = field(default_factory=Counter)
    own: int = 0
    web: int = 0
    repository: Repository | None = None

    @property
    def whole(self) -> bool:
        """Whether every source was read."""
        return self.looked == self.sources

    def of_all(self, count: float) -> int:
        """How many of all sources a number of those that were read stands for; exact where all were read."""
        if self.whole or not count:
            return round(count)
        wanted = count * self.sources / self.looked
        step: int = 10 ** max(0, len(str(int(wanted))) - 2)
        return max(1, round(wanted / step) * step)

    def busiest(self, period: str) -> int:
        """The articles of the fullest month, week or day (names as in `group_by`), copies taken off as of all."""
        times: Counter[tuple[int, ...]] = Counter()
        for day, count in self.days.items():
            year, week, _ = day.isocalendar()
            times[{"month": (day.year, day.month), "week": (year, week), "day": (day.toordinal(),)}[period]] += count
        return self.of_all(max(times.values(), default=0) * (1 - self.copies / self.sources))


def survey(folder: Path, output: Path) -> Survey:
    """Look at a folder, or at a bare git repository. output: a folder in it that is passed over.

    Raises NothingToReadError for one without sources, and what `open_repository` raises.
    """
    repository = _repository(folder)
    bare = repository is not None and repository.bare
    config = Config.model_validate({"input": {"git": folder} if bare else {"path": folder}})
    context = build_context(config)
    found = find_sources(config.input, context.profiles, OutputOptions(path=output))
    result = Survey(folder.resolve().name, len(found.entries), repository=repository)
    result.passed_over = found.passed_over
    mirrors = Mirrors(found.store)
    some = _spread(found.paths, SAMPLE)
    _count_channels(result, found.paths, mirrors)
    ids: Counter[tuple[str, str]] = Counter()
    for article in _articles(some, found, mirrors, context):
        result.looked += 1
        if isinstance(article, Article):
            _count(result, article, found)
            if article.address:
                ids[article.address.publisher, article.address.id] += 1
        else:
            result.failed += 1
    result.copies = sum(count - 1 for count in ids.values()) if result.whole else _twins(found, context)
    return result


def _spread(paths: Sequence[str], most: int) -> list[str]:
    """At most so many of some paths, evenly spread."""
    count = min(len(paths), most)
    return [paths[number * len(paths) // count] for number in range(count)]


def _articles(
    paths: Sequence[str], found: Found, mirrors: Mirrors, context: Context
) -> Iterator[Article | MirrorpressError]:
    """The sources at some paths, converted, or why one cannot be."""
    for start in range(0, len(paths), TOGETHER):
        sources = []
        for path in paths[start : start + TOGETHER]:
            try:
                source = Source(path, found.store.read(path, context.max_bytes))
            except MirrorpressError as error:
                yield error
            else:
                sources.append((source, replace(context, channels=mirrors.channels([path]))))
        yield from convert_all(sources)


def _count(result: Survey, article: Article, found: Found) -> None:
    """Count what one article is."""
    result.profiles[article.profile.name] += 1
    if article.meta.publisher:
        result.publishers[article.meta.publisher] += 1
    if article.meta.date:
        result.days[article.meta.date] += 1
    for channel, name in article.profile.channels.items():
        result.names.setdefault(channel, name)
    asked: dict[str, OwnFile] = {}
    read = pictures_in(found.store, asked)
    for picture in article.body.find_all("img"):
        there = read(article.path, picture.attr("src") or "") is not None
        result.own += there
        result.web += not there


def _count_channels(result: Survey, paths: Sequence[str], mirrors: Mirrors) -> None:
    """Count all sources by the folder that is their channel."""
    first: dict[str, str] = {}
    for path in paths:
        channel = path.rpartition("/")[0].rpartition("/")[2]
        if channel not in NO_CHANNELS:
            result.channels[channel] += 1
            first.setdefault(channel, path)
    for channel, path in first.items():
        if name := mirrors.named([path]).get(channel):
            result.names[channel] = name


def _twins(found: Found, context: Context) -> int:
    """About how many sources are copies: files of one name, as far as some of them hold the same article."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    for path in found.paths:
        named[path.rpartition("/")[2]].append(path)
    repeated = [paths for _, paths in sorted(named.items()) if len(paths) > 1]
    if not repeated:
        return 0
    groups = [repeated[number * len(repeated) // _TWINS] for number in range(_TWINS)]
    groups = repeated if len(repeated) <= _TWINS else groups
    same = sum(_same(paths[0], paths[1], found, context) for paths in groups)
    return round(sum(len(paths) - 1 for paths in repeated) * same / len(groups))


def _same(one: str, other: str, found: Found, context: Context) -> bool:
    """Whether two sources hold the same article, by their addresses."""
    try:
        known = [identity(Source(path, found.store.read(path, context.max_bytes)), context) for path in (one, other)]
    except MirrorpressError:
        return False
    return bool(known[0].id) and (known[0].publisher, known[0].id) == (known[1].publisher, known[1].id)


def _repository(folder: Path) -> Repository | None:
    """The git repository that a folder is, or lies in."""
    full = folder.resolve()
    if full.is_dir() and (full / "HEAD").is_file() and (full / "objects").is_dir() and (full / "refs").is_dir():
        return Repository(full, ".", True, _has_remote(full), _branch(full))
    for above in (full, *full.parents):
        if (own := above / ".git").exists():
            known = not own.is_dir() or _has_remote(own)
            return Repository(above, full.relative_to(above).as_posix(), False, known, _branch(own))
    return None


def _branch(own: Path) -> str:
    """The branch that HEAD names; `main` where it names none. own: the folder of the repository's objects."""
    try:
        return (own / "HEAD").read_text("utf-8", "replace").strip().partition("ref: refs/heads/")[2] or "main"
    except OSError:
        return "main"


def _has_remote(own: Path) -> bool:
    """Whether a repository knows another one. own: the folder of its objects."""
    try:
        return "[remote " in (own / "config").read_text("utf-8", "replace")
    except OSError:
        return False


def by_size(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The largest first, and of equals the first name."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
