"""What every test finds: a command that speaks English, whatever the machine's locale."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from convert.cli import language

# for whatever is started by a test, too
for name in ("LANGUAGE", "LC_MESSAGES"):
    os.environ.pop(name, None)
os.environ["LC_ALL"] = "C.UTF-8"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Speak English at the beginning of each test."""
    language.begin()
    yield
    language.begin()
