"""Metadata against labels that were set down by reading: precision, recall and F1 a field.

    python -m benchmarks.metadata DIR [--labels FILE…] [--show]

DIR is a folder of mirrors; the labels (`tests/metadata/*.yaml`) name articles by their path below it and their digest.
An article that is not there, or is another one by now, is counted and left out. Each file of labels is told apart:
what was tuned on says less than what was not.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks import context
from convert import Article, Source, convert

LABELS = Path(__file__).parent.parent / "tests" / "metadata"
ELISION = "⋯"
FIELDS = (
    "title", "source", "id", "date", "authors", "translators", "editors", "tags", "via", "image", "image_caption",
    "image_credit", "subheads",
)  # fmt: skip
AIMS = {
    "title": 1.0, "source": 1.0, "id": 1.0, "date": 0.995, "authors": 0.97, "translators": 0.97, "editors": 0.99,
    "tags": 0.995, "image": 0.99, "image_caption": 0.99, "image_credit": 0.99, "subheads": 0.95,
}  # fmt: skip


@dataclass
class Score:
    """What was found of a field: right, found but not labelled, labelled but not found."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of what was found, how much is right; 1 where nothing was found."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        """Of what is there, how much was found; 1 where nothing is there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass
class Tally:
    """The scores of one file of labels, and its differences."""

    articles: int = 0
    absent: int = 0
    scores: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in FIELDS})
    differences: list[str] = field(default_factory=list)


def measure(root: Path, labels: Sequence[dict[str, Any]]) -> Tally:
    """Convert the labelled articles and compare."""
    tally = Tally()
    for label in labels:
        path = root / label["path"]
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != label["digest"]:
            tally.absent += 1
            continue
        tally.articles += 1
        article = convert(Source(label["path"], data), context())
        for name in FIELDS:
            _compare(tally, article, name, _values(label.get(name)), _values(_found(article, name)))
    return tally


def _found(article: Article, name: str) -> Any:
    if name == "subheads":
        return [" ".join(one.text.split()) for one in article.body.select("h2, h3, h4")]
    return getattr(article.meta, name)


def _values(value: Any) -> list[str]:
    """A field's values without white space, which a label and an output may write differently."""
    values = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return ["".join(str(one).split()) for one in values]


def _compare(tally: Tally, article: Article, name: str, wanted: list[str], found: list[str]) -> None:
    score = tally.scores[name]
    left = list(found)
    missed = []
    for one in wanted:
        match = next((other for other in left if _same(name, one, other)), None)
        if match is None:
            missed.append(one)
        else:
            left.remove(match)
            score.right += 1
    score.missed += len(missed)
    score.extra += len(left)
    if missed or left:
        tally.differences.append(f"{article.path}: {name}: labelled {missed}, found {left}")


def _same(name: str, wanted: str, found: str) -> bool:
    if wanted == found:
        return True
    if name == "image":  # the output's is absolute
        return found.endswith(wanted.rpartition("://")[2].lstrip("./"))
    start, elided, end = wanted.partition(ELISION)
    return bool(elided) and found.startswith(start) and found.endswith(end)


def show(name: str, tally: Tally) -> int:
    """Print the table of one file of labels; returns how many fields are below their aim."""
    below = 0
    print(f"\n{name}: {tally.articles} articles" + (f", {tally.absent} not there" if tally.absent else ""))
    print(f"{'field':<16}{'labelled':>9}{'found':>7}{'precision':>11}{'recall':>9}{'F1':>9}{'aim':>9}")
    for label, score in tally.scores.items():
        labelled, found = score.right + score.missed, score.right + score.extra
        if not labelled and not found:
            print(f"{label:<16}{labelled:>9}{found:>7}{'-':>11}{'-':>9}{'-':>9}")
            continue
        missed = score.f1 < AIMS.get(label, 0)
        below += missed
        aim = f"{AIMS[label]:>9.1%}" if label in AIMS else f"{'':>9}"
        print(
            f"{label:<16}{labelled:>9}{found:>7}{score.precision:>11.1%}{score.recall:>9.1%}{score.f1:>9.1%}{aim}"
            f"{'  below' if missed else ''}"
        )
    return below


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; returns the exit code: 1 where a field is below its aim, or no labelled article was there."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.metadata", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder of mirrors")
    parser.add_argument("--labels", type=Path, nargs="+", default=sorted(LABELS.glob("*.yaml")), metavar="FILE")
    parser.add_argument("--show", action="store_true", help="print every difference")
    options = parser.parse_args(arguments)
    measured = below = 0
    families: Counter[str] = Counter()
    for path in options.labels:
        labels = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        tally = measure(options.folder, labels)
        measured += tally.articles
        families.update(label["family"] for label in labels)
        below += show(path.stem, tally)
        if options.show:
            print(*tally.differences, sep="\n")
    print("\nlabelled: " + ", ".join(f"{count} {family}" for family, count in sorted(families.items())))
    return int(not measured or below > 0)


if __name__ == "__main__":
    sys.exit(main())
