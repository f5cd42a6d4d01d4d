"""A folder of this machine as the place of outputs."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from convert.errors import OutputError
from convert.files import Outbox, move_file, read_limited, unwritable
from convert.sinks.sink import About


@dataclass(frozen=True)
class FolderSink:
    """A folder as a `Sink`."""

    root: Path

    @property
    def told(self) -> str:
        """Its path."""
        return str(self.root)

    def outbox(self) -> Outbox:
        """A box whose outputs are on disk before they have their names."""
        return Outbox(self.root)

    def about(self, path: str) -> About | None:
        """How a file is now; links are not followed."""
        file = f"{self.root}/{path}"
        try:
            about = os.lstat(file)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise unwritable(file, error) from None
        return About(about.st_size, about.st_mtime_ns)

    def are_untouched(self, files: Iterable[tuple[str, int, int]]) -> bool:
        """Whether files are as they were: for a hundred thousand of them in half the time of one `about` each."""
        top = f"{self.root}/"
        try:
            for path, size, mtime in files:
                about = os.lstat(top + path)
                if about.st_mtime_ns != mtime or about.st_size != size:
                    return False
        except OSError:
            return False
        return True

    def holds(self, path: str) -> bool:
        """Whether there is such a file; what is none, as a folder or a pipe, cannot be read as one."""
        return (self.root / path).is_file()

    def read(self, path: str, max_bytes: int) -> bytes:
        """A file's bytes."""
        return read_limited(f"{self.root}/{path}", max_bytes, path)

    def move(self, path: str, target: str) -> None:
        """Rename a file, making the folders of its new name."""
        move_file(self.root, path, target)

    def delete(self, path: str) -> None:
        """Delete a file, and the folders that become empty."""
        file = self.root / path
        try:
            file.unlink()
        except OSError as error:
            found = f"cannot be deleted ({error.strerror})"
            raise OutputError(path, found, "", "check the output folder") from None
        folder = file.parent
        while folder != self.root:
            try:
                folder.rmdir()
            except OSError:
                return  # something else lies there
            folder = folder.parent

    def is_same(self, path: str, other: str) -> bool:
        """Whether the file system takes two names for one."""
        one, two = self.root / path, self.root / other
        return one != two and two.exists() and one.samefile(two)

    def clear(self, folder: str) -> None:
        """Delete a folder with all that is in it."""
        shutil.rmtree(self.root / folder, ignore_errors=True)

    def sweep(self, names: re.Pattern[str]) -> None:
        """Delete files whose names match."""
        for above, _, files in os.walk(self.root):
            for name in files:
                if names.fullmatch(name):
                    Path(above, name).unlink(missing_ok=True)
