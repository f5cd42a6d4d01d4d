"""What is long, or the long form of a fault, is slow, too: `-m "not slow"` leaves out all that takes its time."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them so."""
    for item in items:
        if item.get_closest_marker("long") or item.get_closest_marker("faults"):
            item.add_marker(pytest.mark.slow)
