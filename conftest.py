"""What every test finds: a command that speaks English, whatever the machine's locale; and what it leaves as it was."""

from __future__ import annotations

import os
import sys
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


@pytest.fixture(autouse=True)
def _unlimited() -> Iterator[None]:
    """No test limits the memory of the process that runs the others."""
    if sys.platform == "win32":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    yield
    assert resource.getrlimit(resource.RLIMIT_AS) == before
