"""Disks that are full, read-only or gone: the run ends with a line, leaves no half file, and the next one goes on."""

from __future__ import annotations

import shutil
import sys
import time

import pytest

from benchmarks.killing import Scene, differences, faults_at_rest, first_run, outputs
from convert.catalogue import CATALOGUE
from tests.mounts import PLAIN, command, mounted, needs_mounts, needs_users

LONG = pytest.mark.faults


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Two mirrors, and what one run makes of them when nothing is wrong."""
    return first_run(tmp_path_factory.mktemp("disk"), 40)


def needed(scene: Scene) -> int:
    """The kilobytes that the outputs take on a file system with pages of 4 KB."""
    return sum(4 * -(-len(data) // 4096) for data in scene.wanted.values())


def lines(said: str) -> list[str]:
    """What was said, but for the progress."""
    return [line for line in said.splitlines() if not line.startswith(("looking:", "converting:", "volumes:"))]


@pytest.mark.slow
@needs_mounts()
@pytest.mark.parametrize("share", [0.3, 0.9, *(pytest.param(n / 25, marks=LONG) for n in range(25))])
def test_a_disk_that_fills_up_ends_the_run_with_a_line(scene: Scene, share: float) -> None:
    """While articles are written, or volumes, or the catalogue; when there is room, the next run goes on."""
    shutil.rmtree(scene.out)
    config = str(scene.folder / "config.yaml")
    with mounted(scene.out, f"{round(needed(scene) * share) + 64}k") as room:
        done = room.convert("run", "--config", config)
        assert done.returncode == 1
        (line,) = lines(done.stderr)
        assert "No space left on device" in line or "database or disk is full" in line
        assert "make room" in line
        seen = Scene(scene.folder, wanted=scene.wanted, out=room.seen)
        assert faults_at_rest(seen) == []
        assert not list(room.seen.rglob("*.part"))
        room.remount("size=100m")
        assert room.convert("run", "--config", config).returncode == 0
        assert differences(outputs(room.seen), scene.wanted) == []


@pytest.mark.slow
@needs_mounts()
def test_a_disk_that_becomes_read_only_ends_the_run_with_a_line(scene: Scene) -> None:
    """As a disk with errors does; nothing changes, and when it may be written to again, the next run goes on."""
    shutil.rmtree(scene.out)
    config = str(scene.folder / "config.yaml")
    with mounted(scene.out, "100m") as room:
        assert room.convert("run", "--config", config).returncode == 0
        (room.seen / "epub/latest.epub").unlink()
        room.remount("ro")
        done = room.convert("run", "--config", config)
        assert done.returncode == 1
        (line,) = lines(done.stderr)
        assert "Read-only file system" in line
        room.remount("rw")
        assert room.convert("run", "--config", config).returncode == 0
        assert differences(outputs(room.seen), scene.wanted) == []


@pytest.mark.slow
@needs_users()
@pytest.mark.parametrize("closed", ["epub", *(pytest.param(one, marks=LONG) for one in (".", "markdown", CATALOGUE))])
def test_what_may_not_be_written_is_said(scene: Scene, closed: str) -> None:
    """A folder or a catalogue without the right to write: exit code 1, nothing half-written, and later all is right."""
    scene.reset()
    assert scene.run()[0] == 0
    config = str(scene.folder / "config.yaml")
    for path in scene.out.rglob("*.epub" if closed == "epub" else "*.md"):
        path.unlink()
    for path in [scene.out / closed, *(one for one in (scene.out / closed).rglob("*") if one.is_dir())]:
        path.chmod(0o444 if path.is_file() else 0o555)
    try:
        done = command(["unshare", *PLAIN, sys.executable], "run", "--config", config)
    finally:
        for path in [scene.out, *scene.out.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert scene.run()[0] == 0
    assert differences(outputs(scene.out), scene.wanted) == []


@LONG
def test_an_output_folder_that_is_deleted_under_a_run_is_made_again_by_the_next(scene: Scene) -> None:
    """The run itself ends without a traceback, whatever it can still do."""
    scene.reset()
    process = scene.start()
    time.sleep(scene.seconds * 0.6)
    shutil.rmtree(scene.out, ignore_errors=True)
    said = "".join(process.communicate(timeout=60))
    assert process.returncode in (0, 1)
    assert "Traceback" not in said
    code, said = scene.run()
    assert code == 0, said
    assert differences(outputs(scene.out), scene.wanted) == []


@LONG
def test_a_file_in_the_place_of_an_outputs_folder_is_said(scene: Scene) -> None:
    """Each output that would lie there is named; when it has gone, the next run is right."""
    scene.reset()
    assert scene.run()[0] == 0
    folder = scene.out / "markdown" / "upper" / "pages"
    shutil.rmtree(folder)
    folder.write_bytes(b"a file")
    code, said = scene.run()
    assert code == 1
    assert "cannot be written (Not a directory)" in said
    assert "Traceback" not in said
    assert folder.read_bytes() == b"a file"
    folder.unlink()
    assert scene.run()[0] == 0
    assert differences(outputs(scene.out), scene.wanted) == []
