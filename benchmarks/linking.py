"""A walk of random changes to articles that link to one another and show pictures, with a run behind each.

What the runs leave must be what one run makes in an empty folder, byte for byte, with a cache of pictures from the web
as these were first had; a second run behind each must find nothing to do, and `verify` nothing that differs. All of it
goes on in this process.
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
from convert.batch.pictures.cache import PictureCache
from convert.batch.report import REPORT
from convert.batch.run import Options, run
from convert.batch.verifying.verification import verify_outputs
from convert.catalogue import CATALOGUE, read_catalogue
from convert.catalogue.references import sources
from convert.config import Config, OutputOptions, load_config
from convert.files import digest_of

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
FAR = tuple(f"https://pictures.example/{name}" for name in ("x.jpg", "a/x.jpg", "w"))
PIECES = (
    "见[那篇旧文](https://lake.example/{id})。",
    "![图](<{folder}{picture}>)\n\n尾。",
    "| 甲 | 乙 |\n|---|---|\n| 一 | [**表**里](https://lake.example/{id}) [表](http://m.lake.example/{id}?a=1#x) |",
    "[![图](<img/{picture}>)](https://lake.example/{id})",
    "![远](<{far}>)\n\n尾。",
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
        (self.folder / "secret.png").write_bytes(PNG + b"of somebody else")
        for _ in range(3):
            self.cache()
        (self.folder / "lake.yaml").write_text(PROFILE, encoding="utf-8")
        self.settings = {"flavour": "obsidian", **{name: values[1] for name, values in CHOICES.items()}}
        for _ in range(6):
            self.article()
            self.picture()

    def config(self) -> Config:
        """The config as it is now."""
        told: dict[str, Any] = {
            "input": "in", "output": "out", "parse": {"profiles": ["lake.yaml"]}, "volumes": [], "feed": False,
            "emit": {"markdown": self.settings, "text": {}}, "pictures": {"cache": str(self.folder / "cache")},
            "batch": {"jobs": 1, "memory": 0, "seconds": 0, "duplicates": self.duplicates},
        }  # fmt: skip
        file = self.folder / "config.yaml"
        file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
        return load_config(file)

    def put(self, path: str, data: bytes) -> None:
        """Write a file of the mirror, with an old time of its own."""
        file = self.folder / "in" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink():  # not through it
            file.unlink()
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
            names = {"picture": rng.choice(PICTURES), "far": rng.choice(FAR)}
            parts.append(piece.format(id=rng.randrange(1, 8), folder=folder, **names))
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

    def link(self) -> None:
        """A picture becomes a link: to another one, out of the mirror, to nothing, or to what an earlier run made."""
        file = self.folder / "in" / f"{self.rng.choice(FOLDERS)}{self.rng.choice(PICTURES)}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.symlink_to(self.folder / self.rng.choice(("in/x.jpg", "in/a/z", "secret.png", "in/none.jpg", "in/img")))

    def cache(self) -> None:
        """A volume fetches a picture, perhaps once more, or somebody deletes the cache."""
        if self.steps and self.rng.random() < 0.4:
            shutil.rmtree(self.folder / "cache", ignore_errors=True)
        else:
            data = self.rng.choice((JPEG, PNG)) + bytes([self.rng.randrange(3)])
            PictureCache(self.folder / "cache").put(self.rng.choice(FAR), data)

    def had(self) -> PictureCache:
        """What a first run must find in its cache to make what this one has to: pictures are as they were first had.

        That is as the catalogue knows one, where any file of the output still holds it, and else as the cache has it.
        """
        shutil.rmtree(self.folder / "had", ignore_errors=True)
        cache, result = PictureCache(self.folder / "cache"), PictureCache(self.folder / "had")
        files = {digest_of(data): data for data in outputs(self.folder / "out").values()}
        known: dict[str, bytes] = {}
        if (file := self.folder / "out" / CATALOGUE).exists():
            with read_catalogue(file) as catalogue:
                known = {one.source: one.digest for one in sources(catalogue).values()}
        for address in FAR:
            data = files.get(known.get(address, b"")) or cache.get(address)
            if data:
                result.put(address, data)
        return result

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
                   self.setting, self.link, self.cache]  # fmt: skip
        for _ in range(self.rng.choice((1, 1, 2))):
            change = self.rng.choice(changes)
            self.steps.append(change.__name__)
            change()
        return self.faults()

    def faults(self) -> list[str]:
        """What is wrong after a run over what there is now."""
        config, fresh = self.config(), self.folder / "fresh"
        cache = config.pictures.model_copy(update={"cache": str(self.had().folder)})
        shutil.rmtree(fresh, ignore_errors=True)
        with patch("convert.batch.engines.engine.Pool", Here):
            summary = run(config, Options(prune=True))
            run(config.model_copy(update={"output": OutputOptions(path=fresh), "pictures": cache}))
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
