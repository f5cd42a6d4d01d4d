"""A walk of random changes to a small mirror, its config and its outputs, with a run behind each.

What the runs leave must be what one run of the same config makes in an empty folder, byte for byte, whatever the way
there; and a second run behind each must find nothing to do. All of it goes on in this process.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from benchmarks.killing import Tree, differences, outputs
from convert.batch.engines.pool import Item, Lost, Pool, Result
from convert.batch.engines.workers import become
from convert.batch.planning.outdated import ASKED
from convert.batch.planning.plan import group
from convert.batch.run import Options, run
from convert.batch.summary import Summary
from convert.catalogue import CATALOGUE, Catalogue, open_catalogue
from convert.config import Config, OutputOptions, load_config

PAGE = """### {title}

---

#### [首页](../../../..?{id}) &nbsp;|&nbsp; [评论](../../../../../other?{id})

<div class="post_content" id="artbody">
 <p>
  【大纪元{date}讯】{body}
 </p>
</div>

---

原文链接（需翻墙）：https://www.epochtimes.com/gb/21/7/14/{id}.htm
"""
LINK = '见<ok href="http://epochtimes.com/gb/21/7/14/{id}.htm">旧文</ok>。'
OWN = '''"""A rule and a format of one's own."""

from convert.tree import fragment


def mark(article, context):
    """Change every article a little."""
    article.meta.title = article.meta.title + "！"


def refuse(article, context):
    """Raise for some articles."""
    if article.meta.title in ("CON", "Lighthouse"):
        raise ValueError("not this one")


def write_title(article, options):
    """The title alone."""
    return article.meta.title.encode()
'''
MODULE = "walk_own"
TITLES = ("灯塔", "渔船", "码头的猫", "Lighthouse", "lighthouse", "CON")
DATES = ("2021年07月14日", "2021年07月20日", "2021年08月01日", "2022年01月02日")
FOLDERS = ("a/pages/c1", "a/pages/c2", "b/pages/c1", "b/pages/d1", "loose", "loose/Deep")
STEMS = ("n100001", "n100002", "n100003", "n100004", "n100005", "n100006", "N100001")
CONFIG: dict[str, Any] = {
    "input": "in",
    "output": "out",
    "emit": {"markdown": {}, "text": {}},
    "volumes": [{"title": "{publisher} {month}", "file": "epub/{publisher}-{month}.epub"}],
    "batch": {"jobs": 1, "memory": 0, "seconds": 0},
}
CHOICES: dict[str, Sequence[Any]] = {
    "markdown.path": (
        "markdown/{folder}/{stem}.md", "{date:%Y/%m}/{title}.md", "md/{channel}/{title}.md", "all/{id}.md",
        "all/{title}.md", "markdown/{folder}/{stem}/index.md", "all/{stem}.md",
    ),
    "markdown.front_matter": ("default", "none"),
    "markdown.title": (True, False),
    "markdown.links": ("keep", "relative", "relative"),
    "text.path": ("text/{folder}/{stem}.txt", "all/{title}.md", "all/{id}.md", "{title}/{stem}.txt"),
    "clean": (["default"], ["default", f"{MODULE}:mark"], ["default", f"{MODULE}:refuse"]),
    "max_bytes": (4_194_304, 4_194_304, 700),
    "duplicates": ("merge", "keep"),
    "prune": (True, False, True),
    "verify": ("changed", "off", "all"),
    "volumes": (
        [],
        [{"title": "{publisher} {month}", "file": "epub/{publisher}-{month}.epub"}],
        [{"title": "{month}", "file": "epub/{month}.epub", "group_by": ["month"], "max_articles": 2}],
        [{"title": "{category}", "file": "{category}.epub", "group_by": ["category"], "max_articles": 1}],
        [{"title": "全部", "file": "epub/all.epub", "group_by": [], "sections": ["channel"]},
         {"title": "{day}", "file": "epub/all.epub", "group_by": ["day"], "sections": []}],
        [{"title": "a", "file": "a.epub", "group_by": [], "where": "mirror = a"},
         {"title": "{publisher}", "file": "{publisher}.epub", "group_by": ["publisher"], "order_by": "-title"}],
        [{"title": "新", "file": "new.epub", "group_by": [], "within": "10 days", "order_by": "words"}],
    ),
    "feed": (True, False, True),
}  # fmt: skip


class Here(Pool):
    """A pool that works in this process, whose memory it does not limit: other work goes on in it."""

    def run(
        self, function: Callable[[Sequence[Item]], Result], chunks: Iterable[Sequence[Item]], seconds: float = 0
    ) -> Iterator[tuple[Sequence[Item], Result | Lost]]:
        """Call `function` with each chunk; memory is not limited, since this process goes on."""
        become(*self._arguments)
        for chunk in chunks:
            yield chunk, function(chunk)


@dataclass(slots=True)
class Walk:
    """One walk. steps: what was done so far. settings: which of `CHOICES` the config has."""

    folder: Path
    rng: random.Random
    steps: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    clock: int = 1_600_000_000

    # --- the state

    @property
    def source(self) -> Path:
        """The input folder."""
        return self.folder / "in"

    def begin(self) -> None:
        """A mirror with some articles, and what one's own config takes from a module."""
        (self.folder / f"{MODULE}.py").write_text(OWN, encoding="utf-8")
        for name, text in (("a", "c1,天气\nc2,港口\n"), ("b", "c1,沿海\nd1,山里\n")):
            (self.source / name / "scripts").mkdir(parents=True)
            (self.source / name / "scripts" / "index.csv").write_text(text, encoding="utf-8")
        for _ in range(6):
            self.add()

    def config(self) -> Config:
        """The config as it is now."""
        told = {**CONFIG, "emit": {name: dict(options) for name, options in CONFIG["emit"].items()}}
        told["batch"] = dict(CONFIG["batch"])
        for name, value in self.settings.items():
            part, _, key = name.partition(".")
            if key:
                told["emit"][part][key] = value
            elif name in ("duplicates", "prune", "verify"):
                told["batch"][name] = value
            elif name == "max_bytes":
                told["parse"] = {name: value}
            elif name == "feed":
                told.update({} if value else {"feed": False})
            else:
                told[name] = value
        file = self.folder / "config.yaml"
        file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
        return load_config(file)

    def pages(self) -> list[Path]:
        """The sources."""
        return sorted(path for path in self.source.rglob("n*") if path.suffix in (".md", ".html"))

    def date(self, file: Path) -> None:
        """Give a file an old time of its own, or sometimes leave it that of a moment ago."""
        self.clock += 10
        if self.rng.random() < 0.8:
            os.utime(file, (self.clock, self.clock))

    def write(self, file: Path, id_: str) -> None:
        """Write a page with a text drawn by lot."""
        body = "海边的小镇今天放晴。" * self.rng.randrange(1, 20) + str(self.rng.randrange(3))
        for other in self.rng.sample(STEMS, self.rng.choice((0, 0, 1, 2))):
            body += LINK.format(id=other.lower())
        text = PAGE.format(title=self.rng.choice(TITLES), id=id_.lower(), date=self.rng.choice(DATES), body=body)
        if self.rng.random() < 0.2:
            text = text.partition("原文链接")[0]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.date(file)

    # --- the steps

    def add(self) -> None:
        """A new article, or in place of one that is there."""
        stem = self.rng.choice(STEMS)
        self.write(self.source / self.rng.choice(FOLDERS) / f"{stem}{self.rng.choice(['.md', '.md', '.html'])}", stem)

    def edit(self) -> None:
        """Another text, date and title."""
        file = self.rng.choice(self.pages())
        self.write(file, file.stem)

    def delete(self) -> None:
        """An article less."""
        if len(self.pages()) > 2:
            self.rng.choice(self.pages()).unlink()

    def rename(self) -> None:
        """Another name for an article, whose address stays."""
        target = self.source / self.rng.choice(FOLDERS) / f"n{self.rng.randrange(200000, 200003)}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        self.rng.choice(self.pages()).replace(target)

    def copy(self) -> None:
        """An article in one more channel, sometimes with more text."""
        file = self.rng.choice(self.pages())
        target = self.source / self.rng.choice(FOLDERS) / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        more = "晚上又起风了。" if self.rng.random() < 0.4 else ""
        text = file.read_text(encoding="utf-8")
        target.write_text(text.replace("\n </p>", f"{more}\n </p>"), encoding="utf-8")
        self.date(target)

    def index(self) -> None:
        """Other names of channels, or no index."""
        file = self.source / self.rng.choice("ab") / "scripts" / "index.csv"
        if self.rng.random() < 0.2:
            file.unlink(missing_ok=True)
        else:
            file.write_text("".join(f"{one},{self.rng.choice('东西南北')}\n" for one in ("c1", "c2", "d1")), "utf-8")

    def readme(self) -> None:
        """A folder becomes a mirror, or is none any more."""
        file = self.source / self.rng.choice(("a", "b/pages", "loose")) / "README.md"
        if file.exists():
            file.unlink()
        elif file.parent.is_dir():
            file.write_text("# A mirror\n", encoding="utf-8")

    def touch(self) -> None:
        """Another time of change, and nothing else."""
        file = self.rng.choice(self.pages())
        os.utime(file)
        self.date(file)

    def output(self) -> None:
        """Some output is deleted, cut, or has another time."""
        files = [self.folder / "out" / name for name in outputs(self.folder / "out")]
        if files:
            file = self.rng.choice(files)
            what = self.rng.randrange(3)
            if what == 0:
                file.unlink()
            elif what == 1:
                file.write_bytes(file.read_bytes()[:-1] + b"?")
            else:
                os.utime(file, (self.clock, self.clock))

    def forget(self) -> None:
        """The catalogue is deleted."""
        for file in (self.folder / "out").glob(f"{CATALOGUE}*"):
            file.unlink()

    def setting(self) -> None:
        """Something else in the config."""
        name = self.rng.choice(list(CHOICES))
        self.settings[name] = self.rng.choice(CHOICES[name])
        self.steps[-1] += f" {name}={self.settings[name]}"

    def step(self) -> list[str]:
        """One change or two, a run, and what is not as it should be then."""
        changes = [self.add, self.edit, self.edit, self.delete, self.rename, self.copy, self.index, self.readme,
                   self.touch, self.output, self.output, *[self.setting] * 5]  # fmt: skip
        for _ in range(self.rng.choice((1, 1, 2))):
            change = self.rng.choice(changes)
            self.steps.append(change.__name__)
            change()
        return self.faults()

    def faults(self) -> list[str]:
        """What is wrong after a run over what there is now."""
        config = self.config()
        fresh = self.folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        before, owners = outputs(self.folder / "out"), self.owners()
        with patch("convert.batch.engines.engine.Pool", Here):
            summary = run(config, Options(prune=config.batch.prune))
            wanted = run(config.model_copy(update={"output": OutputOptions(path=fresh)}))
            found = self.asked_for(summary, config)
            faults = differences(found, outputs(fresh))
            if summary.exit_code != wanted.exit_code:
                faults.append(f"exit code {summary.exit_code}, and of a first run {wanted.exit_code}")
            faults += self.not_spared(summary, config, before, owners)
            again = run(config, Options(prune=config.batch.prune))
        # `verify: all` asks for every article every time
        if again.built or again.converted.total() != again.converted[ASKED]:
            faults.append(f"the second run made {dict(again.converted)} and {again.built} volumes")
        faults += differences(self.asked_for(again, config), found)
        return faults

    def asked_for(self, summary: Summary, config: Config) -> Tree:
        """The outputs, but for those that are known to be left over.

        Where they are pruned, two kinds stay, as docs/operate.md promises: those that somebody altered, and those that
        earlier runs wrote of an article that failed in this one: it may be right again tomorrow.
        """
        with open_catalogue(self.folder / "out" / CATALOGUE) as catalogue:
            left = {one.path: one.owner for one in catalogue.leftovers()}
            names = failed(summary, catalogue, config.batch.duplicates == "merge")
        if config.batch.prune:
            stays = {*summary.kept} | {path for path, owner in left.items() if owner in names}
            left = {path: owner for path, owner in left.items() if path in stays}
        return {name: data for name, data in outputs(self.folder / "out").items() if name not in left}

    def owners(self) -> dict[str, str]:
        """Of every file that runs wrote the name of its article or volume, of those that are left over too."""
        if not (self.folder / "out" / CATALOGUE).exists():
            return {}
        with open_catalogue(self.folder / "out" / CATALOGUE) as catalogue:
            left = {one.path: one.owner for one in catalogue.leftovers()}
            return left | {one.path: one.owner for one in catalogue.outputs()}

    def not_spared(self, summary: Summary, config: Config, before: Tree, owners: Mapping[str, str]) -> list[str]:
        """Files of articles that failed which the run did not leave as they were, though no other output took them."""
        now, others = outputs(self.folder / "out"), outputs(self.folder / "fresh").keys()
        with open_catalogue(self.folder / "out" / CATALOGUE) as catalogue:
            names = failed(summary, catalogue, config.batch.duplicates == "merge")
        spared = {name for name in before.keys() - others if owners.get(name) in names}
        return [f"{name} was not left as it was" for name in sorted(spared) if now.get(name) != before[name]]


def failed(summary: Summary, catalogue: Catalogue, merge: bool) -> set[str]:
    """The names of what failed in a run: a failure has the path of the page, and the page may be a copy of an article.

    merge: whether copies make one article.
    """
    paths = {one.path for one in summary.failures}
    return paths | {job.name for job in group(catalogue.looks(), merge).jobs if job.path in paths}


def walk(folder: Path, seed: int, steps: int) -> tuple[list[str], list[str]]:
    """Walk so many steps; what did not hold at the first that failed, and what was done up to there."""
    one = Walk(folder, random.Random(seed))
    one.begin()
    faults = one.faults()
    while not faults and steps:
        steps -= 1
        faults = one.step()
    return faults, one.steps
