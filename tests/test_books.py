"""Every book of tests/books: its documents are what is expected, to the letter."""

from __future__ import annotations

import pytest

from tests.book import BOOKS, Book


@pytest.mark.parametrize("name", sorted(path.name for path in BOOKS.iterdir() if path.is_dir()))
def test_a_book_has_the_documents_that_are_expected(name: str) -> None:
    """As many, under these names, with these texts; and the same the second time."""
    book = Book.read(name)
    results = book.results()
    expected = {path.name: path.read_text(encoding="utf-8") for path in book.expected.iterdir()}
    assert sorted(results) == sorted(expected)
    for file, text in expected.items():
        assert results[file] == text, f"{file}: {book.why}"
    assert book.results() == results
