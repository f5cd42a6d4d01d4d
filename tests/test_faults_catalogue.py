"""The catalogue when something happens to it: whatever that is, the outputs are right after the next run."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from benchmarks.killing import Tree, differences, outputs
from benchmarks.walking import Here
from convert.batch.run import Options, run
from convert.catalogue import CATALOGUE, opening
from convert.config import Config
from convert.errors import OutputError, UsageError
from tests.test_batch import config, mirror, page

PRUNE = Options(prune=True)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are none of these tests' business, and take a second to begin."""
    monkeypatch.setattr("convert.batch.engines.engine.Pool", Here)


def made(tmp_path: Path) -> tuple[Config, Tree]:
    """A config whose run has been, and what the run left."""
    mirror(tmp_path / "in")
    for number in range(40):
        page(tmp_path / "in", f"pages/c1/n2000{number:02}.md", f"第{number}天，海面平静。", f"第{number}天")
    for path in (tmp_path / "in").rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    settings = config(tmp_path, "batch: {jobs: 1, memory: 0}\n")
    run(settings)
    return settings, outputs(tmp_path / "out")


def times(folder: Path) -> dict[str, int]:
    """The times of change of the outputs."""
    return {name: (folder / name).stat().st_mtime_ns for name in outputs(folder)}


def assert_right(settings: Config, wanted: Tree) -> None:
    """The outputs are as they were, the catalogue is whole, and a run finds nothing to do."""
    assert differences(outputs(settings.output.path), wanted) == []
    with closing(sqlite3.connect(settings.output.path / CATALOGUE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = run(settings)
    assert (again.exit_code, again.converted.total(), again.built) == (0, 0, 0)


@pytest.mark.slow
def test_a_catalogue_that_was_cut_off_anywhere_is_made_anew(tmp_path: Path) -> None:
    """At thirty places, the first and the last byte among them."""
    settings, wanted = made(tmp_path)
    file = settings.output.path / CATALOGUE
    whole = file.read_bytes()
    for number in range(30):
        file.write_bytes(whole[: len(whole) * number // 29 - (number == 29)])
        assert run(settings).exit_code == 0, number
        assert_right(settings, wanted)


def zeroed(file: Path) -> None:
    """Nothing but zeros, as after a loss of power on some file systems."""
    file.write_bytes(bytes(file.stat().st_size))


def scribbled(file: Path) -> None:
    """Some text."""
    file.write_text("no catalogue\n" * 4000, encoding="utf-8")


def spoiled(file: Path) -> None:
    """Every third page is zeros, and the first is whole."""
    data = bytearray(file.read_bytes())
    for start in range(8192 * 2, len(data), 8192 * 3):
        data[start : start + 8192] = bytes(8192)
    file.write_bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("damage", [zeroed, scribbled, spoiled])
def test_a_damaged_catalogue_is_set_aside_and_said(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """What lay there is kept under another name; outputs that hold the same bytes are left alone, with their times."""
    settings, wanted = made(tmp_path)
    before = times(settings.output.path)
    damage(settings.output.path / CATALOGUE)
    summary = run(settings)
    assert "it lies in catalogue.damaged.sqlite now" in summary.warnings[0]
    assert times(settings.output.path) == before
    assert_right(settings, wanted)


def test_a_lost_catalogue_leaves_outputs_as_they_are(tmp_path: Path) -> None:
    """The next run makes a new one; files with the right bytes keep their times."""
    settings, wanted = made(tmp_path)
    before = times(settings.output.path)
    (settings.output.path / CATALOGUE).unlink()
    assert run(settings).converted == {"new": 43}
    assert times(settings.output.path) == before
    assert_right(settings, wanted)


def test_a_folder_in_the_catalogues_place_is_said(tmp_path: Path) -> None:
    """In one line, with the exit code of an output that cannot be written; the folder stays."""
    settings, _ = made(tmp_path)
    (settings.output.path / CATALOGUE).unlink()
    (settings.output.path / CATALOGUE).mkdir()
    with pytest.raises(OutputError, match="unable to open database file") as caught:
        run(settings)
    assert caught.value.exit_code == 1
    assert (settings.output.path / CATALOGUE).is_dir()


@contextmanager
def another(file: Path, statements: str) -> Iterator[None]:
    """Another program that has the catalogue open, and has said something to it."""
    text = f"""
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for one in {statements!r}.split(";"):
    print(connection.execute(one).fetchall(), flush=True)
print("ready", flush=True)
sys.stdin.read()
"""
    call = [sys.executable, "-c", text, str(file)]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        for line in process.stdout:
            if line == "ready\n":
                break
        yield
        process.stdin.close()


def test_a_catalogue_that_another_program_writes_to_is_waited_for_and_then_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When that program has ended, the next run is right."""
    settings, wanted = made(tmp_path)
    monkeypatch.setattr(opening, "PATIENCE", 0.2)
    with another(settings.output.path / CATALOGUE, "BEGIN EXCLUSIVE"):
        with pytest.raises(OutputError, match="another program is writing to it") as caught:
            run(settings)
        assert caught.value.exit_code == 1
    assert run(settings).exit_code == 0
    assert_right(settings, wanted)


def test_a_reader_disturbs_no_run(tmp_path: Path) -> None:
    """Another program may read for as long as it likes, and sees what there was when it began."""
    settings, _ = made(tmp_path)
    page(tmp_path / "in", "pages/c1/n300000.md", "夜里起风了。", "风")
    with another(settings.output.path / CATALOGUE, "BEGIN;SELECT count(*) FROM article"):
        assert run(settings).converted == {"new": 1}
        assert run(settings).converted == {}
    assert_right(settings, outputs(settings.output.path))


def test_a_catalogue_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    """Its exit code is that of wrong usage, and no byte of any file changes."""
    settings, wanted = made(tmp_path)
    file = settings.output.path / CATALOGUE
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    page(tmp_path / "in", "pages/c1/n300000.md", "夜里起风了。", "风")
    with pytest.raises(UsageError, match="version 99; expected at most version") as caught:
        run(settings)
    assert caught.value.exit_code == 2
    assert file.read_bytes() == before
    assert outputs(settings.output.path) == wanted


def test_an_older_catalogue_than_the_files_is_brought_up_to_date(tmp_path: Path) -> None:
    """As one from a backup is: sources changed, came and went since, and so did their outputs."""
    settings, _ = made(tmp_path)
    backup = shutil.copy(settings.output.path / CATALOGUE, tmp_path / "backup")
    page(tmp_path / "in", "pages/c1/n200001.md", "后来改了。", "第一天")
    page(tmp_path / "in", "pages/c1/n300000.md", "夜里起风了。", "风")
    (tmp_path / "in/pages/c1/n200002.md").unlink()
    run(settings, PRUNE)
    wanted = outputs(settings.output.path)
    shutil.copy(backup, settings.output.path / CATALOGUE)
    run(settings, PRUNE)
    assert_right(settings, wanted)


@pytest.mark.slow
def test_a_catalogue_that_fails_in_the_middle_of_a_run_ends_it_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk shows in the catalogue as SQLITE_FULL, a limit of its pages likewise; the next run goes on."""
    settings, _ = made(tmp_path)
    for number in range(300):
        page(tmp_path / "in", f"pages/c2/n3{number:05}.md", f"第{number}夜，海面平静。", f"第{number}夜")
    prepare = opening._prepare

    def limited(connection: sqlite3.Connection, file: Path, rehearsal: bool) -> None:
        prepare(connection, file, rehearsal)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 3}")

    with monkeypatch.context() as patched:
        patched.setattr(opening, "_prepare", limited)
        with pytest.raises(OutputError, match=r"full\); make room") as caught:
            run(settings)
    assert caught.value.exit_code == 1
    assert run(settings).exit_code == 0
    wanted = outputs(settings.output.path)
    assert len(wanted) > 600
    assert_right(settings, wanted)
