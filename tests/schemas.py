"""Write docs/schema from the models, as editors that know a checkout read it: `python -m tests.schemas`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

from convert.config.json_schema import Subject, as_text

FOLDER = Path(__file__).parent.parent / "docs" / "schema"


def main() -> int:
    """Write the schema of each subject; returns the exit code."""
    FOLDER.mkdir(exist_ok=True)
    for subject in get_args(Subject):
        (FOLDER / f"{subject}.json").write_text(as_text(subject) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
