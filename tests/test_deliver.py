"""Delivery: new and changed volumes into folders, once, whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from convert.batch.books import deliver
from convert.batch.run import Options, run
from convert.batch.summary import Summary
from convert.cli import outcome
from convert.errors import ConfigError
from convert.names import safe_path
from tests.test_batch import config, mirror, page, tree
from tests.test_cli import command

BOOK = "大纪元-2021-07.epub"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a small mirror, and a reader that is there."""
    mirror(tmp_path / "in")
    (tmp_path / "reader").mkdir()
    return tmp_path


def go(desk: Path, text: str = "deliver: [reader]\n", **more: Any) -> Summary:
    """One run; with one volume, unless `text` says which."""
    volumes = "" if "volumes:" in text else "volumes: [{}]\n"
    return run(config(desk, f"batch: {{jobs: 1}}\n{volumes}{text}"), Options(**more))


def told(summary: Summary) -> list[tuple[int, int, bool]]:
    """For each folder how many volumes were copied, how many waited, and whether it was there."""
    return [(one.copied, one.waiting, one.there) for one in summary.deliveries]


CHANNELS = """
volumes: [{title: "{channel}", file: "epub/{channel}/{channel}.epub", group_by: [channel], sections: []}]
"""


@pytest.mark.slow
def test_a_volume_is_delivered_once(desk: Path) -> None:
    """Whole, with the bytes of the output, and nothing else beside it."""
    first = go(desk)
    assert (told(first), first.exit_code) == ([(1, 1, True)], 0)
    assert tree(desk / "reader") == {BOOK: (desk / "out" / "epub" / BOOK).read_bytes()}
    before = (desk / "reader" / BOOK).stat()
    assert told(go(desk)) == [(0, 0, True)]
    assert (desk / "reader" / BOOK).stat() == before


@pytest.mark.slow
def test_a_book_that_its_owner_deleted_does_not_come_back_until_it_changes(desk: Path) -> None:
    """What is remembered is the digest of what was delivered."""
    go(desk)
    (desk / "reader" / BOOK).unlink()
    assert told(go(desk)) == [(0, 0, True)]
    assert tree(desk / "reader") == {}
    page(desk / "in", "pages/c1/n100004.md", "又有一只猫来了。", "又一只猫")
    assert told(go(desk)) == [(1, 1, True)]
    assert tree(desk / "reader") == {BOOK: (desk / "out" / "epub" / BOOK).read_bytes()}


@pytest.mark.slow
def test_a_changed_volume_takes_the_place_of_the_old_one(desk: Path) -> None:
    """And nothing else that lies there is touched."""
    go(desk)
    (desk / "reader" / "own.epub").write_bytes(b"mine")
    old = (desk / "reader" / BOOK).read_bytes()
    page(desk / "in", "pages/c1/n100004.md", "又有一只猫来了。", "又一只猫")
    assert told(go(desk)) == [(1, 1, True)]
    there = tree(desk / "reader")
    assert there.keys() == {BOOK, "own.epub"}
    assert there["own.epub"] == b"mine"
    assert there[BOOK] != old


@pytest.mark.slow
def test_a_volume_that_has_gone_stays_on_the_reader(desk: Path) -> None:
    """Nothing is ever deleted there."""
    go(desk, f"deliver: [reader]\n{CHANNELS}")
    shutil.rmtree(desk / "in" / "pages" / "c2")
    go(desk, f"deliver: [reader]\n{CHANNELS}")
    assert tree(desk / "reader").keys() == {"c1.epub", "c2.epub"}


@pytest.mark.slow
def test_a_folder_that_is_not_there_is_no_failure(desk: Path) -> None:
    """A reader that is not mounted is passed over, is not made, and gets its books when it is back."""
    (desk / "reader").rmdir()
    summary = go(desk)
    assert (told(summary), summary.exit_code) == ([(0, 1, False)], 0)
    assert not (desk / "reader").exists()
    (desk / "reader").mkdir()
    assert told(go(desk)) == [(1, 1, True)]


def test_only_and_flat(desk: Path) -> None:
    """A glob pattern of the volumes' paths; with or without their folders."""
    (desk / "b").mkdir()
    go(desk, f"deliver:\n- {{to: reader, only: '*/c1.epub'}}\n- {{to: b, flat: false}}\n{CHANNELS}")
    assert tree(desk / "reader").keys() == {"c1.epub"}
    assert tree(desk / "b").keys() == {"epub/c1/c1.epub", "epub/c2/c2.epub"}


@pytest.mark.slow
def test_volumes_of_one_name_get_two(desk: Path) -> None:
    """The names stay when one of them changes, also where the state is the only one that knows them."""
    text = """deliver: [reader]
volumes:
- {title: "{month}", file: "a/{month}.epub", group_by: [month]}
- {title: "{month}", file: "b/{month}.epub", group_by: [month]}
"""
    go(desk, text)
    names = tree(desk / "reader").keys()
    assert len(names) == 2
    assert "2021-07.epub" in names
    assert {safe_path(name) for name in names} == names
    page(desk / "in", "pages/c1/n100004.md", "又有一只猫来了。", "又一只猫")
    assert told(go(desk, text)) == [(2, 2, True)]
    assert tree(desk / "reader").keys() == names
    made = {(desk / "out" / folder / "2021-07.epub").read_bytes() for folder in "ab"}
    assert set(tree(desk / "reader").values()) == made


@pytest.mark.slow
def test_two_folders_are_remembered_each_by_itself(desk: Path) -> None:
    """A reader that joins later gets everything."""
    go(desk)
    (desk / "b").mkdir()
    assert told(go(desk, "deliver: [reader, b]\n")) == [(0, 0, True), (1, 1, True)]


@pytest.mark.slow
def test_another_file_of_that_name_is_kept(desk: Path) -> None:
    """It is named, and the other volumes are delivered."""
    with zipfile.ZipFile(desk / "reader" / "c1.epub", "w") as book:
        book.writestr("content.opf", "<dc:identifier>urn:uuid:another</dc:identifier>")
    (desk / "reader" / "c2.epub").write_bytes(b"no book at all")
    there = tree(desk / "reader")
    page(desk / "in", "pages/c3/n100009.md", "旧灯塔今天关了门。", "旧灯塔")
    summary = go(desk, f"deliver: [reader]\n{CHANNELS}")
    assert (told(summary), summary.exit_code) == ([(1, 3, True)], 1)
    todo = "move it away, or deliver to another folder"
    assert [one.reason for one in summary.failures] == [
        f"{desk / 'reader' / name}: another file; expected nothing, or an edition of the volume; {todo}"
        for name in ("c1.epub", "c2.epub")
    ]
    assert tree(desk / "reader").items() > there.items()


@pytest.mark.slow
def test_an_edition_of_a_volume_is_replaced_though_nobody_remembers_it(desk: Path) -> None:
    """The output folder was deleted and made anew: the state has gone, the reader is as it was."""
    go(desk)
    shutil.rmtree(desk / "out")
    page(desk / "in", "pages/c1/n100004.md", "又有一只猫来了。", "又一只猫")
    summary = go(desk)
    assert (told(summary), summary.exit_code) == ([(1, 1, True)], 0)
    assert tree(desk / "reader") == {BOOK: (desk / "out" / "epub" / BOOK).read_bytes()}


def failing(monkeypatch: pytest.MonkeyPatch, code: int, after: int = 0) -> None:
    """Let copying fail half-way, as a full or broken folder makes it; the first `after` copies succeed."""
    copies = 0

    def copy(reading: Any, writing: Any, size: int) -> None:
        nonlocal copies
        copies += 1
        if copies > after:
            writing.write(reading.read(100))
            raise OSError(code, os.strerror(code))
        writing.write(reading.read())

    monkeypatch.setattr(shutil, "copyfileobj", copy)


@pytest.mark.slow
def test_a_full_folder_is_an_error_and_the_next_run_goes_on(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One error for the folder, in summary and report; nothing half-written stays; what was copied is remembered."""
    page(desk / "in", "pages/c3/n100009.md", "旧灯塔今天关了门。", "旧灯塔")
    with monkeypatch.context() as broken:
        failing(broken, errno.ENOSPC, after=1)
        summary = go(desk, f"deliver: [reader]\n{CHANNELS}")
    assert (told(summary), summary.exit_code) == ([(1, 3, True)], 1)
    (failure,) = summary.failures
    assert failure.reason == (
        f"{desk / 'reader'}: epub/c2/c2.epub cannot be copied there (No space left on device); "
        "make room there; the next run goes on"
    )
    report = json.loads((desk / "out" / "report.json").read_bytes())
    assert report["failed"] == [{"path": str(desk / "reader"), "reason": failure.reason}]
    assert [path.name for path in (desk / "reader").iterdir()] == ["c1.epub"]
    assert told(go(desk, f"deliver: [reader]\n{CHANNELS}")) == [(2, 2, True)]
    assert tree(desk / "reader").keys() == {"c1.epub", "c2.epub", "c3.epub"}


@pytest.mark.slow
def test_a_full_folder_keeps_the_old_edition(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new one takes its place whole, or not at all."""
    go(desk)
    there = tree(desk / "reader")
    page(desk / "in", "pages/c1/n100004.md", "又有一只猫来了。", "又一只猫")
    failing(monkeypatch, errno.ENOSPC)
    assert go(desk).exit_code == 1
    assert tree(desk / "reader") == there


@pytest.mark.slow
def test_what_is_wrong_with_one_file_does_not_stop_the_others(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But a folder that can take nothing is tried once."""
    for code, told_errors in ((errno.EINVAL, 2), (errno.EROFS, 1), (errno.EACCES, 1), (errno.EIO, 1)):
        with monkeypatch.context() as broken:
            failing(broken, code)
            summary = go(desk, f"deliver: [reader]\n{CHANNELS}")
        assert (told(summary), len(summary.failures)) == ([(0, 2, True)], told_errors)
        assert tree(desk / "reader") == {}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="there, or for root, a mode forbids nothing")
def test_a_folder_that_may_not_be_written_is_an_error(desk: Path) -> None:
    """A read-only card, say."""
    (desk / "reader").chmod(0o500)
    try:
        summary = go(desk)
    finally:
        (desk / "reader").chmod(0o700)
    assert summary.exit_code == 1
    assert "cannot be copied there (Permission denied); make it writable" in summary.failures[0].reason


def test_a_file_in_the_place_of_the_folder_is_an_error(desk: Path) -> None:
    """It cannot be a reader that is not mounted."""
    (desk / "reader").rmdir()
    (desk / "reader").write_bytes(b"")
    summary = go(desk)
    assert (summary.exit_code, told(summary)) == (1, [(0, 1, True)])
    assert "reader: cannot be delivered to (Not a directory)" in summary.failures[0].reason


@pytest.mark.slow
def test_a_reader_that_goes_in_between_is_not_made_anew(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder would lie on this machine, where nobody reads."""
    monkeypatch.setattr(deliver, "_is_there", lambda folder: True)
    (desk / "reader").rmdir()
    summary = go(desk, "deliver: [{to: reader, flat: false}]\n")
    assert summary.exit_code == 1
    assert "No such file or directory" in summary.failures[0].reason
    assert not (desk / "reader").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["{", "[]", "[1]", '{"a": 1}', '{"a": {"b": {"digest": "x"}}}', '{"a": {"b": {}}}', "\xff"]
)
def test_without_its_memory_it_delivers_nothing(desk: Path, text: str) -> None:
    """Books that were deleted would come back; the message says how to have just that."""
    (desk / "out").mkdir()
    (desk / "out" / "delivered.json").write_bytes(text.encode("latin-1"))
    summary = go(desk)
    assert (summary.exit_code, tree(desk / "reader")) == (1, {})
    assert "delivered.json: " in summary.failures[0].reason
    assert summary.failures[0].reason.endswith("; delete it, and every volume is delivered again")
    (desk / "out" / "delivered.json").unlink()
    assert told(go(desk)) == [(1, 1, True)]


@pytest.mark.slow
def test_a_run_over_a_part_delivers_nothing(desk: Path) -> None:
    """Its volumes would take the place of whole ones; nor does a dry run, or one that is told not to."""
    assert go(desk, only="*/c2/*").deliveries == []
    assert go(desk, limit=1).deliveries == []
    assert go(desk, dry_run=True).deliveries == []
    assert command(desk, "run", "--no-deliver").returncode == 0
    assert tree(desk / "reader") == {}
    done = command(desk, "run")
    assert "delivered    1 of 1 volume to reader\n" in done.stdout.decode()
    assert "delivering: 1\n" in done.stderr.decode()
    assert tree(desk / "reader").keys() == {BOOK}


@pytest.mark.slow
def test_the_summary_says_what_was_delivered_where(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each folder."""
    outcome.show_summary(go(desk, "deliver: [reader, gone]\n"), 0, quiet=False, verbose=False)
    outcome.show_summary(go(desk), 0, quiet=False, verbose=False)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("delivered ")]
    assert lines == [
        f"delivered    1 of 1 volume to {desk / 'reader'}",
        f"delivered    nothing to {desk / 'gone'}, which is not there; volumes that wait for it: 1",
        f"delivered    nothing new to {desk / 'reader'}",
    ]


@pytest.mark.slow
def test_the_report_knows_nothing_of_the_machine(desk: Path) -> None:
    """The same input gives the same report, delivered or not."""
    go(desk)
    first = (desk / "out" / "report.json").read_bytes()
    go(desk)
    assert (desk / "out" / "report.json").read_bytes() == first
    assert str(desk).encode() not in first


def test_check_says_where_volumes_go(desk: Path) -> None:
    """And whether the folder is there."""
    config(desk, "deliver: [reader, gone]\n")
    lines = command(desk, "check").stdout.decode().splitlines()
    assert "deliver    reader" in lines
    assert "deliver    gone (is not there)" in lines
    assert "feed       epub/feed.xml" in lines


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("deliver: reader", "deliver: found reader; expected a list"),
        ("deliver: [{only: x}]", "deliver[0].to: there is no value"),
        ("deliver: [{to: a, flt: true}]", "deliver[0].flt: unknown key; expected one of to, only, flat"),
        ("deliver: [{to: a, flat: 1}]", "deliver[0].flat: found 1; expected true or false"),
        ("deliver: ['']", "deliver[0].to: "),
        ("feed: true", "feed: found true; expected a mapping of options"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, message: str) -> None:
    """With the key, what was found, and what was expected."""
    with pytest.raises(ConfigError, match=re.escape(message)):
        config(tmp_path, text)


def test_a_folder_is_relative_to_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a leading ~ is the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folders = config(tmp_path, "deliver: [a, {to: ~/b}, /c]\n").deliver
    assert [one.to for one in folders] == [tmp_path / "a", tmp_path / "home" / "b", Path("/c")]
    assert (folders[0].only, folders[0].flat) == ("*", True)
