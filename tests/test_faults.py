"""Runs that are disturbed: killed, asked to end, two at once, with workers of every start method, after any changes."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from benchmarks import faults
from benchmarks.killing import Scene, Way, differences, first_run, group, moments, next_run, outputs, trial
from benchmarks.linking import walk_linked
from benchmarks.walking import walk
from convert.batch.engines.pool import Lost, Pool
from convert.batch.lock import HOLDER
from tests.test_batch import double, ready

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Two mirrors, and a run over them that nobody disturbs."""
    return first_run(tmp_path_factory.mktemp("killing"), 60)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("share", "way"),
    [(0.45, "group"), (0.6, "main"), (0.75, "group"), (0.9, "main"), (0.7, "worker"), (0.8, "term")],
)
def test_a_run_that_is_disturbed_leaves_nothing_half_and_the_next_puts_it_right(
    scene: Scene, share: float, way: Way
) -> None:
    """Killed with its workers or without, with one worker less, asked to end: `make faults` tries a hundred moments."""
    assert trial(scene, scene.seconds * share, way) == []


def test_moments_are_spread_evenly() -> None:
    """From the start of a run to its end."""
    assert moments(10, 4) == [1.25, 3.75, 6.25, 8.75]


@pytest.mark.slow
def test_the_next_run_is_measured_from_what_an_earlier_one_left(tmp_path: Path) -> None:
    """A scene of an incremental run keeps both states that a file may have, and a killed one goes on from there."""
    first = first_run(tmp_path, 60)
    after = next_run(first, 16)
    assert after.before == first.wanted
    assert len(differences(after.before, after.wanted)) > 16
    assert trial(after, after.seconds * 0.8, "group") == []


@pytest.mark.slow
def test_whatever_changes_the_outputs_are_those_of_a_first_run(tmp_path: Path) -> None:
    """Sources, indexes, outputs and the config change at random; `make faults` goes on for longer."""
    found, steps = walk(tmp_path, seed=4, steps=12)
    assert found == [], steps


@pytest.mark.long
def test_whatever_changes_links_and_pictures_are_those_of_a_first_run(tmp_path: Path) -> None:
    """Articles that link to one another, their pictures, outputs and the config change at random."""
    found, steps = walk_linked(tmp_path, seed=1, steps=12)
    assert found == [], steps


@pytest.mark.long
def test_the_long_form_says_what_held(capsys: pytest.CaptureFixture[str]) -> None:
    """A row a fault, and an exit code for all of them."""
    assert faults.main(["--moments", "1", "--walks", "1", "--steps", "2", "--articles", "20", "walk", "first"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows[-2:]] == ["first", "walk"]
    assert "1 of 1" in rows[-1]


# --- two at once


def holder(scene: Scene) -> subprocess.Popen[str]:
    """A run that holds the output folder, stopped with its workers, so that they cannot end with it."""
    scene.reset()
    process = scene.start()
    for _ in range(500):
        if (scene.out / HOLDER).exists() and len(list(group(process.pid))) > 3:  # a worker is there
            break
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGSTOP)
    return process


@pytest.mark.slow
def test_a_second_run_says_who_holds_the_folder_and_is_free_when_that_one_was_killed(scene: Scene) -> None:
    """It names process, machine and time; what the dead one left is no hindrance, nor is a worker that it left."""
    process = holder(scene)
    code, said = scene.run()
    assert code == 75
    assert f"another run holds this folder (process {process.pid} on {socket.gethostname()}, since 20" in said
    process.kill()
    process.wait(60)
    try:
        assert json.loads((scene.out / HOLDER).read_bytes())["pid"] == process.pid
        code, said = scene.run()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
    assert code == 0, said
    assert differences(outputs(scene.out), scene.wanted) == []
    assert not (scene.out / HOLDER).exists()


@pytest.mark.slow
@pytest.mark.parametrize("text", ["{", '{"pid": 1, "host": "elsewhere", "since": "once"}'])
def test_a_stale_note_of_who_holds_the_folder_does_no_harm(tmp_path: Path, text: str) -> None:
    """The lock counts, and not what is written beside it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text("# A\n\nText.\n", encoding="utf-8")
    (tmp_path / "config.yaml").write_text("input: in\noutput: out\nvolumes: []\n", encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / HOLDER).write_text(text, encoding="utf-8")
    code, said = Scene(tmp_path).run()
    assert code == 0, said


# --- start methods


@pytest.mark.slow
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_dying_worker_costs_one_item_whatever_the_start_method(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same results in the same order."""
    monkeypatch.setattr("convert.batch.engines.pool.METHODS", (method,))
    with Pool(2, ready, 2) as pool:
        results = list(pool.run(double, [[1, 2, 13, 3], [4, 5]]))
    assert [(chunk, one) for chunk, one in results if isinstance(one, Lost)] == [([13], Lost.DIED)]
    assert [one for _, some in results if not isinstance(some, Lost) for one in some] == [2, 4, 6, 8, 10]


def stumble(items: Sequence[int]) -> bytes:
    """Double numbers; for 13 the process dies when a part of the result is on its way."""
    if 13 in items:

        def die(self: Connection, data: bytes) -> None:
            os.write(self.fileno(), bytes(data[: len(data) // 2]))
            os.kill(os.getpid(), signal.SIGKILL)

        Connection._send = die  # type: ignore[attr-defined]  # what every result goes through
    return bytes(1000) * items[0]


def test_a_worker_that_dies_while_it_sends_its_result_costs_one_item() -> None:
    """Nobody waits for the rest of it, not even where a source may take for ever."""
    with Pool(2, ready, 2) as pool:
        results = list(pool.run(stumble, [[1, 13, 3], [4]], seconds=0))
    told = [(chunk, one if isinstance(one, Lost) else len(one)) for chunk, one in results]
    assert told == [([1], 1000), ([13], Lost.DIED), ([3], 3000), ([4], 4000)]


@pytest.mark.faults
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_the_same_bytes_whatever_the_start_method(scene: Scene, method: str) -> None:
    """Other platforms start processes in other ways."""
    scene.reset()
    methods = f"from convert.batch.engines import pool; pool.METHODS = ({method!r},)"
    text = f"import sys; {methods}; from convert.cli import main"
    file = scene.folder / f"by_{method}.py"
    file.write_text(f"{text}\nif __name__ == '__main__':\n    sys.exit(main())\n", encoding="utf-8")
    call = [sys.executable, str(file), "run", "--quiet", "--config", str(scene.folder / "config.yaml")]
    subprocess.run(call, check=True, timeout=120)
    assert differences(outputs(scene.out), scene.wanted) == []
