"""Write the expectations of tests/cases and tests/books from what the code does now: `python -m tests.accept [TOPIC…]`.

Read the difference before you keep it: an expectation is a statement of what is right, not a record of what happened.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.book import BOOKS, Book
from tests.case import CASES, Case


def main(topics: Sequence[str]) -> int:
    """Write the expectations of the topics named, or of all; returns the exit code."""
    books = {path.name for path in BOOKS.iterdir() if path.is_dir()}
    known = books | {path.name for path in CASES.iterdir() if path.is_dir()}
    unknown = sorted(set(topics) - known)
    if unknown:
        print(
            f"no such case: {', '.join(unknown)}; expected a folder of {CASES.name}/ or {BOOKS.name}/", file=sys.stderr
        )
        return 2
    for topic in sorted(topics or known):
        one = Book.read(topic) if topic in books else Case.read(topic)
        for name, text in one.results().items():
            path = one.expected / name
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                print(f"{topic}: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
