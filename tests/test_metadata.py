"""The labels of real articles, and what holds metadata against them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.metadata import FIELDS, LABELS, measure
from tests.case import CASES

FILES = sorted(LABELS.glob("*.yaml"))
KEYS = {"path", "digest", "family", "comment", *FIELDS}
LONGEST = 150  # characters: a label is a fact, and no piece of an article
PAGE = CASES / "byline-reporter-translator" / "input.md"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_labels_are_facts(path: Path) -> None:
    """Each names its article and the article's digest, has known keys only, and no text but short strings."""
    labels: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for label in labels:
        assert set(label) <= KEYS, label["path"]
        assert {"path", "digest", "family", "title", "source"} <= set(label)
        assert re.fullmatch(r"[0-9a-f]{64}", label["digest"])
        for value in (value for key, value in label.items() if key != "comment"):  # a comment is nobody's text but ours
            for text in value if isinstance(value, list) else [value]:
                assert len(str(text)) <= LONGEST, (label["path"], text)


def test_no_article_is_labelled_twice() -> None:
    """What was tuned on is in no set that was kept unseen."""
    every = [label["digest"] for path in FILES for label in yaml.safe_load(path.read_text(encoding="utf-8"))]
    assert len(every) == len(set(every)) >= 120


def test_right_wrong_and_missing_values_are_told_apart(tmp_path: Path) -> None:
    """A value that is not the label's counts twice: as one too many, and as one missed."""
    data = PAGE.read_bytes()
    (tmp_path / "pages" / "ncid282").mkdir(parents=True)
    (tmp_path / "pages" / "ncid282" / "n1.md").write_bytes(data)
    label = {
        "path": "pages/ncid282/n1.md",
        "digest": hashlib.sha256(data).hexdigest(),
        "date": "2022-05-18",
        "authors": ["无此人"],
        "tags": ["无此标签"],
    }
    tally = measure(tmp_path, [label, label | {"digest": "0" * 64}])
    assert (tally.articles, tally.absent) == (1, 1)
    date, authors, tags = (tally.scores[name] for name in ("date", "authors", "tags"))
    assert (date.precision, date.recall, date.f1) == (1, 1, 1)
    assert (authors.right, authors.missed, authors.f1) == (0, 1, 0)
    assert authors.extra >= 1
    assert (tags.precision, tags.recall) == (1, 0)
