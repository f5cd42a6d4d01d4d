"""What is proved of links and pictures in Markdown files: whatever stands there, and whatever lies where they lead."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from urllib.parse import quote

import pytest

from benchmarks.linking import JPEG
from benchmarks.walking import Here
from convert.batch.pictures.source import MAX_PICTURE
from convert.sinks import FolderSink
from tests.test_linking import go, spoil, verdict
from tests.test_pictures_beside import picture, show, told


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done in this process."""
    monkeypatch.setattr("convert.batch.engines.engine.Pool", Here)


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """An article that shows a picture, one that does not, and what a run makes of them."""
    picture(tmp_path, "img/a.jpg")
    show(tmp_path, "one", "img/a.jpg")
    show(tmp_path, "two")
    go(tmp_path, told())
    return tmp_path


# --- pictures


def in_the_way(file: Path, what: str) -> None:
    """Put something that is no picture where one should be."""
    if what == "folder":
        file.mkdir()
    elif what == "pipe":
        os.mkfifo(file)
        # whoever reads it gets the very picture
        threading.Thread(target=file.write_bytes, args=(JPEG,), daemon=True).start()
    elif what == "huge":
        with file.open("wb") as stream:
            stream.truncate(MAX_PICTURE + 1)


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("folder", "nothing"),
        ("pipe", "nothing"),
        ("huge", f"{MAX_PICTURE + 1:,} bytes"),
    ],
)
def test_whatever_lies_where_a_picture_should_is_a_difference(shown: Path, what: str, found: str) -> None:
    """Of the article that shows it, and the others are compared; nobody waits for a pipe."""
    file = shown / "out/content/one/a.jpg"
    file.unlink()
    in_the_way(file, what)
    result = verdict(shown, told())
    assert (result.articles, result.failures) == (2, [])
    assert [(one.check, one.place, one.found) for one in result.differing[0].differences] == [
        ("pictures", "content/one/index.md, content/one/a.jpg", found)
    ]
    if what == "pipe":
        file.read_bytes()  # ends the thread


@pytest.mark.parametrize(
    "new", ["../../../secret.jpg", "%2E%2E/../../secret.jpg", "ABSOLUTE", ".", "../..", "a.jpg?x=1"]
)
def test_a_picture_out_of_the_output_is_a_difference(shown: Path, monkeypatch: pytest.MonkeyPatch, new: str) -> None:
    """Though the very picture lies there: nothing but files of the output is opened. Nor has a path a query."""
    picture(shown, "../secret.jpg")
    asked: list[str] = []
    real = FolderSink.read

    def read(self: FolderSink, path: str, max_bytes: int) -> bytes:
        asked.append(path)
        return real(self, path, max_bytes)

    monkeypatch.setattr(FolderSink, "read", read)
    spoil(
        shown, "content/one/index.md", "](a.jpg)", f"]({new.replace('ABSOLUTE', quote(str(shown / 'secret.jpg'), ''))})"
    )
    (told_of,) = verdict(shown, told()).differing
    assert {one.check for one in told_of.differences} >= {"pictures"}
    assert not [path for path in asked if not path.startswith("content/")]
