"""files.py: sources are read within limits, and outputs are whole or not there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from convert.errors import OutputError, SourceError
from convert.files import move_file, read_source, write_file


def test_a_source_is_read_with_its_path_and_aliases(tmp_path: Path) -> None:
    """The path stays relative to the input, whatever the machine."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "n1.md").write_bytes(b"text")
    source = read_source(tmp_path, "pages/n1.md", 10, ("pages/n2.md",))
    assert (source.path, source.data, source.aliases) == ("pages/n1.md", b"text", ("pages/n2.md",))


def test_a_source_as_large_as_the_limit_is_read(tmp_path: Path) -> None:
    """The limit is the largest size that is read, not the first that is refused."""
    (tmp_path / "a.md").write_bytes(b"1234567890")
    assert read_source(tmp_path, "a.md", 10).data == b"1234567890"
    with pytest.raises(SourceError, match=r"a\.md: 10 bytes; expected at most 9; raise parse\.max_bytes"):
        read_source(tmp_path, "a.md", 9)


def test_a_vanished_source_is_an_error_of_that_source(tmp_path: Path) -> None:
    """A file that was moved away between finding and reading is named."""
    with pytest.raises(SourceError, match=r"gone\.md: there is no such file"):
        read_source(tmp_path, "gone.md", 10)


def test_a_folder_is_no_source(tmp_path: Path) -> None:
    """Reading a folder says what to do instead."""
    (tmp_path / "pages").mkdir()
    with pytest.raises(SourceError, match="pages: this is a folder; expected a file"):
        read_source(tmp_path, "pages", 10)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_forbidden_source_is_an_error_of_that_source(tmp_path: Path) -> None:
    """A file without read permission is named."""
    (tmp_path / "a.md").write_bytes(b"text")
    (tmp_path / "a.md").chmod(0)
    with pytest.raises(SourceError, match="may not be read"):
        read_source(tmp_path, "a.md", 10)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_read_to_its_end_but_not_over_the_limit(tmp_path: Path) -> None:
    """`convert <(…)` gives a pipe, which has no size of its own."""
    read_end, write_end = os.pipe()
    os.write(write_end, b"from a pipe")
    os.close(write_end)
    assert read_source(Path("/dev/fd"), str(read_end), 100).data == b"from a pipe"
    os.close(read_end)


def test_writing_makes_folders_and_leaves_nothing_else(tmp_path: Path) -> None:
    """The temporary file is gone when the output is there."""
    write_file(tmp_path, "a/b/c.md", b"text")
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "b", "c.md"]
    assert (tmp_path / "a/b/c.md").read_bytes() == b"text"


def test_writing_replaces_the_old_file(tmp_path: Path) -> None:
    """A second writing leaves the second text."""
    write_file(tmp_path, "a.md", b"old")
    write_file(tmp_path, "a.md", b"new")
    assert (tmp_path / "a.md").read_bytes() == b"new"


def test_writing_the_same_bytes_leaves_the_file_alone(tmp_path: Path) -> None:
    """Programs that watch or copy the output see no change where there is none."""
    write_file(tmp_path, "a.md", b"text")
    os.utime(tmp_path / "a.md", (1, 1))
    write_file(tmp_path, "a.md", b"text")
    assert (tmp_path / "a.md").stat().st_mtime == 1
    write_file(tmp_path, "a.md", b"next")
    assert (tmp_path / "a.md").stat().st_mtime > 1


def test_outputs_get_the_permissions_that_the_user_asks_for(tmp_path: Path) -> None:
    """The umask decides, as with every other program."""
    old = os.umask(0o027)
    try:
        write_file(tmp_path, "a.md", b"text")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.md").stat().st_mode) == 0o640


def test_what_stands_in_the_way_of_an_output_is_named(tmp_path: Path) -> None:
    """A folder with the output's name stays, and no temporary file is left beside it."""
    (tmp_path / "a.md" / "inside").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"a\.md: cannot be written"):
        write_file(tmp_path, "a.md", b"text")
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    """A path that runs through a file cannot be written."""
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        write_file(tmp_path, "a/b.md", b"text")


def test_what_a_killed_process_left_is_overwritten(tmp_path: Path) -> None:
    """The temporary name follows from the output's, so that leftovers do not pile up."""
    write_file(tmp_path, "a.md", b"text")
    real = os.replace
    left: list[Path] = []

    def keep(temporary: str, target: str) -> None:
        left.append(Path(temporary))
        real(temporary, target)

    os.replace = keep  # type: ignore[assignment]
    try:
        write_file(tmp_path, "a.md", b"once")
        left[0].write_bytes(b"half a te")
        write_file(tmp_path, "a.md", b"more")
    finally:
        os.replace = real
    assert left[0] == left[1]
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    assert (tmp_path / "a.md").read_bytes() == b"more"


def test_a_staged_output_moves_to_its_name(tmp_path: Path) -> None:
    """Moving makes the folders that the name needs."""
    write_file(tmp_path, ".staging/1", b"text")
    move_file(tmp_path, ".staging/1", "2021/07/a.md")
    assert (tmp_path / "2021/07/a.md").read_bytes() == b"text"
