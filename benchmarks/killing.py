"""Runs that are ended at moments spread over their whole length, in every way there is, and what must hold then.

A scene is a folder with two invented mirrors that have articles in common. Its runs are commands of their own, as an
operator starts them, with worker processes.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from benchmarks.synthetic import change, write_mirror
from convert.batch.lock import HOLDER, LOCK
from convert.batch.prune import PART
from convert.batch.report import PAGE, REPORT
from convert.catalogue import CATALOGUE

CONFIG = """
input: in
output: out
volumes:
  - {title: "{publisher} {year}", file: "epub/{publisher}-{year}.epub", group_by: [publisher, year], max_articles: 90}
  - {title: 最新, file: epub/latest.epub, within: 400 days, group_by: []}
batch: {jobs: 2, prune: true}
"""
PATIENCE = 60.0  # seconds for what takes a few
OWN = (PAGE, LOCK, HOLDER)  # files that tell of a run, and are not the same for the same input

Way: TypeAlias = Literal["group", "main", "worker", "int", "term"]
"""How a run is disturbed: all its processes are killed, the main one, or one worker; or it is asked to end."""

Tree: TypeAlias = dict[str, bytes]


def outputs(folder: Path) -> Tree:
    """Every file of an output folder that follows from the input alone, with its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in files}
    return {
        name: path.read_bytes()
        for name, path in sorted(named.items())
        if name not in OWN and not name.startswith("catalogue.")
    }


def differences(found: Tree, wanted: Tree) -> list[str]:
    """What is missing, too much, or has other bytes: a line each."""
    return [
        *(f"{name} is missing" for name in wanted.keys() - found.keys()),
        *(f"{name} is too much" for name in found.keys() - wanted.keys()),
        *(f"{name} has other bytes" for name in found.keys() & wanted.keys() if found[name] != wanted[name]),
    ]


@dataclass(slots=True)
class Scene:
    """A folder with a config, an input and an output.

    begin: an output folder that disturbed runs start from, or None for an empty one. wanted: what a run that is left
    alone makes of it; before: what was there before. seconds: how long that run takes. out: the output folder.
    """

    folder: Path
    begin: Path | None = None
    before: Tree = field(default_factory=dict)
    wanted: Tree = field(default_factory=dict)
    seconds: float = 0
    out: Path = Path()

    def __post_init__(self) -> None:
        """The output folder is `out`, unless it is looked at from elsewhere."""
        if self.out == Path():
            self.out = self.folder / "out"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a run, in a process group of its own."""
        call = [sys.executable, "-m", "convert", "run", "--config", str(self.folder / "config.yaml"), *arguments]
        return subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def run(self, *arguments: str) -> tuple[int, str]:
        """A run that is left alone: its exit code, and what it said."""
        process = self.start(*arguments)
        said = process.communicate(timeout=PATIENCE)
        return process.returncode, "".join(said)

    def reset(self) -> None:
        """Put the output folder back to where the run begins."""
        shutil.rmtree(self.out, ignore_errors=True)
        if self.begin:
            shutil.copytree(self.begin, self.out)

    def measure(self) -> None:
        """Let one run through, and keep what it makes, and how long it takes."""
        self.reset()
        began = time.monotonic()
        code, said = self.run()
        self.seconds = time.monotonic() - began
        if code:
            raise RuntimeError(f"a run that was left alone ended with {code}:\n{said}")
        self.wanted = outputs(self.out)


def first_run(folder: Path, articles: int) -> Scene:
    """A scene whose run finds an empty output folder. articles: sources, in two mirrors with copies in both."""
    half = articles // 2
    write_mirror(folder / "in" / "upper", half, seed=1)
    write_mirror(folder / "in" / "lower", articles - half - half // 10, seed=2)
    for path in sorted((folder / "in" / "upper").glob("pages/*/*.md"))[: half // 10]:
        copy = folder / "in" / "lower" / path.relative_to(folder / "in" / "upper")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    age(folder / "in")
    scene = Scene(folder)
    scene.measure()
    return scene


def next_run(scene: Scene, changed: int) -> Scene:
    """A scene whose run finds what an earlier one made, so many changed sources, some that are new, some that went."""
    begin = scene.folder / "begin"
    if begin.exists():
        shutil.rmtree(begin)
    scene.measure()
    shutil.copytree(scene.out, begin)
    source = scene.folder / "in"
    change(source / "upper", changed // 2)
    change(source / "lower", changed - changed // 2)
    pages = sorted((source / "upper").glob("pages/*/*.md"))
    for path in pages[:: max(1, len(pages) // 10)]:
        path.unlink()
    for path in pages[1 :: max(1, len(pages) // 10)]:
        path.rename(path.with_name(f"n9{path.name[1:]}"))
    age(source)
    after = Scene(scene.folder, begin, scene.wanted)
    after.measure()
    return after


def age(folder: Path) -> None:
    """Make the sources old, as those of a mirror are: what was changed a moment ago is looked at again in any case."""
    then = time.time() - 3600
    for path in folder.rglob("*"):
        os.utime(path, (then, then))


# --- what is done to runs


class Ended(NamedTuple):
    """How a run ended: its exit code, what it said, and processes of it that did not end with it."""

    code: int
    said: str
    left: list[int]


def disturb(scene: Scene, moment: float, way: Way) -> Ended:
    """Begin a run, disturb it after so many seconds, and wait until all of it has ended."""
    scene.reset()
    process = scene.start()
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        _strike(process.pid, way)
    said = process.communicate(timeout=PATIENCE)
    end = time.monotonic() + PATIENCE / 6
    while (left := list(group(process.pid))) and time.monotonic() < end:
        time.sleep(0.02)
    return Ended(process.returncode, "".join(said), left)


def _strike(pid: int, way: Way) -> None:
    with suppress(ProcessLookupError):
        if way == "group":
            os.killpg(pid, signal.SIGKILL)
        elif way == "main":
            os.kill(pid, signal.SIGKILL)
        elif way == "worker":
            # the first of them is the server that forks the workers
            if workers := sorted(one for one in group(pid) if one != pid and b"forkserver" in _called(one))[1:]:
                os.kill(workers[-1], signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGINT if way == "int" else signal.SIGTERM)


def group(leader: int) -> Iterator[int]:
    """The processes of a group that are not yet gone, from /proc."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError, IndexError):
                fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if int(fields[2]) == leader and fields[0] != "Z":
                    yield int(folder.name)


def _called(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


# --- what must hold


def faults_at_rest(scene: Scene) -> list[str]:
    """What is wrong with the output folder of a run that was ended: files that are neither the old nor the new one."""
    faults = []
    for name, data in outputs(scene.out).items():
        if PART.fullmatch(Path(name).name) or name.startswith(".staging/"):
            continue
        if name.endswith(".epub"):
            faults += bad_zip(scene.out / name)
        # the report tells how far the run came
        if name != REPORT and data not in (scene.before.get(name), scene.wanted.get(name)):
            faults.append(f"{name} is neither what it was nor what it is to be")
    return faults


def bad_zip(file: Path) -> list[str]:
    """What is wrong with a book as a zip file."""
    try:
        with zipfile.ZipFile(file) as package:
            bad = package.testzip()
    except (OSError, zipfile.BadZipFile) as error:
        return [f"{file.name}: {error}"]
    return [f"{file.name}: {bad} is damaged"] if bad else []


def faults_after(scene: Scene, code: int, said: str) -> list[str]:
    """What is wrong after a run that was to put all right: its exit code, any byte of any file, or the catalogue."""
    faults = [f"exit code {code}: {said}"] if code else []
    faults += differences(outputs(scene.out), scene.wanted)
    file = scene.out / CATALOGUE
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    if answer != "ok":
        faults.append(f"the catalogue: {answer}")
    return faults


WAYS: dict[Way, Sequence[int]] = {
    "group": (-signal.SIGKILL,),
    "main": (-signal.SIGKILL,),
    "worker": (),
    "int": (128 + signal.SIGINT,),
    "term": (128 + signal.SIGTERM,),
}
"""The exit codes that a run may have, besides 0, when it is disturbed so."""


def trial(scene: Scene, moment: float, way: Way) -> list[str]:
    """Disturb a run at a moment, and run once more; what did not hold, a line each."""
    code, said, left = disturb(scene, moment, way)
    faults = [f"processes are left: {left}"] if left else []
    if code and code not in WAYS[way]:
        faults.append(f"the disturbed run ended with {code}: {said}")
    if "Traceback" in said:
        faults.append(f"a traceback: {said}")
    if way in ("int", "term") and code and "converted" not in said:
        faults.append(f"no summary: {said}")
    faults += faults_at_rest(scene)
    if way != "worker":
        code, said = scene.run()
    return faults + faults_after(scene, code, said)


def moments(seconds: float, count: int, early: float = 0) -> list[float]:
    """So many moments spread evenly over a run, the first one after `early` seconds."""
    return [early + (seconds - early) * (number + 0.5) / count for number in range(count)]
