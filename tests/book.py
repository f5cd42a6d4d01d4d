"""A book of tests/books: articles beside the documents that a book of them has, to the letter."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from convert.article import Metadata
from convert.emit.epub import BookOptions, Chapter, write_book
from convert.volumes import Collection, Member, plan_volumes
from convert.where import facts_of

BOOKS = Path(__file__).parent / "books"
SHOWN = (".xhtml", ".opf", ".ncx")
PICTURE = re.compile(r"(?<=images[/-])[0-9a-f]{16}")  # hangs on the version of the library that writes pictures


@dataclass(frozen=True)
class Book:
    """One book: its folder, why it exists, and its articles."""

    folder: Path
    why: str
    options: BookOptions
    chapters: list[Chapter]

    @classmethod
    def read(cls, name: str) -> Book:
        """Read a book's articles."""
        folder = BOOKS / name
        facts: dict[str, Any] = yaml.safe_load((folder / "book.yaml").read_text(encoding="utf-8"))
        chapters = [
            Chapter(one["path"], Metadata(**one["meta"]), _body(folder / one["file"])) for one in facts["chapters"]
        ]
        return cls(folder, facts["why"], BookOptions(**facts.get("options", {})), chapters)

    @property
    def expected(self) -> Path:
        """The folder of the documents that it should have."""
        return self.folder / "expected"

    def results(self) -> dict[str, str]:
        """The book's documents, by their names."""
        members = [Member(one.path, facts_of(one.meta, one.path, "sample")) for one in self.chapters]
        (volume,) = plan_volumes(Collection(), members)
        data = write_book(volume, self.chapters, picture, self.options)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(SHOWN))
            documents = {name.removeprefix("EPUB/"): archive.read(name).decode() for name in names}
        numbers: dict[str, str] = {}
        return {name: PICTURE.sub(lambda match: _number(match[0], numbers), text) for name, text in documents.items()}


def _number(digest: str, numbers: dict[str, str]) -> str:
    """A picture's number in the order in which documents name them."""
    return numbers.setdefault(digest, f"picture{len(numbers) + 1}")


def _body(file: Path) -> str:
    """An article's body, written a line a block."""
    return file.read_text(encoding="utf-8").replace(">\n<", "><").strip()


def picture(path: str, src: str) -> bytes | None:
    """The pictures of these articles: two that can be shown, one that is too small."""
    sizes = {"photo.png": (600, 400), "named.png": (300, 500), "dot.png": (1, 1)}
    if src not in sizes:
        return None
    stream = io.BytesIO()
    Image.new("RGB", sizes[src], "#c33").save(stream, "PNG")
    return stream.getvalue()
