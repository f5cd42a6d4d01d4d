"""A walk of random changes to articles that link to one another and show pictures, with a run behind each.

What the runs leave must be what one run makes in an empty folder, byte for byte; a second run behind each must find
nothing to do, and `verify` nothing that differs. All of it goes on in this process.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from benchmarks.killing import differences, outputs
from benchmarks.walking import Here
from convert.batch.report import REPORT
from convert.batch.run import Options, run
from convert.batch.verifying.verification import verify_outputs
from convert.config import Config, OutputOptions, load_config

PROFILE = """name: lake
about: an invented site
recognise: {start: '# '}
format: markdown
envelope:
  head: [{name: title, pattern: '# (?P<title>[^\\n]*)'}]
  tail: [{name: address, pattern: '来源：(?P<address>\\S+)\\s*\\Z'}]
addresses: [{pattern: 'https?://(?:m\\.)?lake\\.example/(?P<id>\\d+)', publisher: 湖报}]
"""
JPEG = b"\xff\xd8\xff\xe0 an invented picture"
PNG = b"\x89PNG\r\n\x1a\n another one"
TITLES = ("湖 边", "Lamp", "lamp", "a#b", "[x]", "水")
FOLDERS = ("", "a/", "b/")
PICTURES = ("x.jpg", "y y.png", "X.JPG", "z")
PIECES = (
    "见[那篇旧文](https://lake.example/{id})。",
    "![图](<{folder}{picture}>)\n\n尾。",
    "| 甲 | 乙 |\n|---|---|\n| 一 | [**表**里](https://lake.example/{id}) [表](http://m.lake.example/{id}?a=1#x) |",
    "[![图](<img/{picture}>)](https://lake.example/{id})",
)
CHOICES: dict[str, Sequence[str]] = {
    "links": ("keep", "relative", "wiki", "relative", "wiki"),
    "pictures": ("keep", "beside", "beside"),
    "path": ("content/{stem}/index.md", "vault/{title}.md", "all/{folder}/{title}.md"),
    "picture_path": ("./{name}", "attachments/{name}", "all/{folder}/{name}", "./{stem}/{name}"),
}


@dataclass(slots=True)
class LinkedWalk:
    """One walk. steps: what was done so far. settings: of Markdown."""

    folder: Path
    rng: random.Random
    steps: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    duplicates: str = "merge"
    clock: int = 1_600_000_000

    def begin(self) -> None:
        """A mirror with some articles and pictures."""
        (self.folder / "in").mkdir()
        (self.folder / "lake.yaml").write_text(PROFILE, encoding="utf-8")
        self.settings = {"flavour": "obsidian", **{name: values[1] for name, values in CHOICES.items()}}
        for _ in range(6):
            self.article()
            self.picture()

    def config(self) -> Config:
        """The config as it is now."""
        told: dict[str, Any] = {
            "input": "in", "output": "out", "parse": {"profiles": ["lake.yaml"]}, "volumes": [], "feed": False,
            "emit": {"markdown": self.settings, "text": {}},
            "batch": {"jobs": 1, "memory": 0, "seconds": 0, "duplicates": self.duplicates},
        }  # fmt: skip
        file = self.folder / "config.yaml"
        file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
        return load_config(file)

    def put(self, path: str, data: bytes) -> None:
        """Write a file of the mirror, with an old time of its own."""
        file = self.folder / "in" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self.clock += 10
        os.utime(file, (self.clock, self.clock))

    # --- the steps

    def article(self) -> None:
        """An article, new or changed, with links and pictures drawn by lot; some have no address."""
        rng, id_ = self.rng, self.rng.randrange(1, 7)
        parts = [f"# {rng.choice(TITLES)}", f"海边放晴{rng.randrange(3)}。"]
        for piece in rng.choices(PIECES, k=rng.randrange(4)):
            folder = rng.choice((*FOLDERS, "../", "img/"))
            parts.append(piece.format(id=rng.randrange(1, 8), folder=folder, picture=rng.choice(PICTURES)))
        parts += [f"来源：https://lake.example/{id_}"] if rng.random() < 0.85 else []
        self.put(f"{rng.choice(FOLDERS)}{rng.choice('pqr')}{id_}.md", "\n\n".join([*parts, ""]).encode())

    def picture(self) -> None:
        """A picture, new, changed or gone, or what is none."""
        path = f"{self.rng.choice((*FOLDERS, 'img/', 'a/img/'))}{self.rng.choice(PICTURES)}"
        file = self.folder / "in" / path
        if file.exists() and self.rng.random() < 0.4:
            file.unlink()
        else:
            self.put(path, self.rng.choice((JPEG, PNG, b"<html>no")) + bytes([self.rng.randrange(3)]))

    def delete(self) -> None:
        """An article less."""
        files = sorted((self.folder / "in").rglob("*.md"))
        if len(files) > 2:
            self.rng.choice(files).unlink()

    def output(self) -> None:
        """Some output is deleted or altered."""
        if files := [self.folder / "out" / name for name in outputs(self.folder / "out")]:
            file = self.rng.choice(files)
            if self.rng.random() < 0.5:
                file.unlink()
            else:
                file.write_bytes(b"?")

    def setting(self) -> None:
        """Something else in the config."""
        name = self.rng.choice([*CHOICES, "duplicates"])
        if name == "duplicates":
            self.duplicates = self.rng.choice(("merge", "keep"))
        else:
            self.settings[name] = self.rng.choice(CHOICES[name])
            self.steps[-1] += f" {name}={self.settings[name]}"

    def step(self) -> list[str]:
        """One change or two, a run, and what is not as it should be then."""
        changes = [self.article, self.article, self.picture, self.picture, self.output, self.delete, self.setting,
                   self.setting]  # fmt: skip
        for _ in range(self.rng.choice((1, 1, 2))):
            change = self.rng.choice(changes)
            self.steps.append(change.__name__)
            change()
        return self.faults()

    def faults(self) -> list[str]:
        """What is wrong after a run over what there is now."""
        config, fresh = self.config(), self.folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        with patch("convert.batch.engines.engine.Pool", Here):
            summary = run(config, Options(prune=True))
            run(config.model_copy(update={"output": OutputOptions(path=fresh)}))
            found, wanted = outputs(self.folder / "out"), outputs(fresh)
            # what somebody altered before it was left over stays
            aside = {REPORT, *summary.kept}
            faults = differences(
                {name: data for name, data in found.items() if name not in aside},
                {name: data for name, data in wanted.items() if name not in aside},
            )
            again = run(config, Options(prune=True))
            verdict = verify_outputs(config)
        faults += [f"{one.path} failed: {one.reason}" for one in (*summary.failures, *verdict.failures)]
        faults += [f"{one.path} differs: {one.told()}" for one in (*summary.differing, *verdict.differing)]
        if again.converted or outputs(self.folder / "out").keys() != found.keys():
            faults.append(f"the second run made {dict(again.converted)}")
        return faults


def walk_linked(folder: Path, seed: int, steps: int) -> tuple[list[str], list[str]]:
    """Walk so many steps; what did not hold at the first that failed, and what was done up to there."""
    one = LinkedWalk(folder, random.Random(seed))
    one.begin()
    faults = one.faults()
    while not faults and steps:
        steps -= 1
        faults = one.step()
    return faults, one.steps
