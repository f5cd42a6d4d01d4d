"""Each cleaning rule by itself: fixtures of tests/rules, one file a rule.

A fixture is a title, a line with a dot, the HTML before, a dot, the HTML after, a dot, and the notes, one a line
(`kind text -> to`), closed by a dot. The profile is the one that the mirrors of the first family have.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from convert.article import Article, Context, Metadata, Source
from convert.clean import RULES
from convert.enrich import STEPS
from convert.profiles import load_profiles
from convert.tree import fragment

FOLDER = Path(__file__).parent / "rules"
PROFILE = next(profile for profile in load_profiles() if profile.name == "epoch")
CONTEXT = Context((PROFILE,), RULES, STEPS)


def fixtures() -> Iterator[tuple[str, str, str, str, str]]:
    """Rule, title, HTML before, HTML after, and notes of every fixture."""
    for path in sorted(FOLDER.glob("*.txt")):
        parts = path.read_text(encoding="utf-8").split("\n.\n")
        for index in range(0, len(parts) - 1, 4):
            title, before, after, notes = parts[index : index + 4]
            yield path.stem, title.strip(), before, after, notes


def apply(rule: str, before: str) -> Article:
    """An article after one rule; its title is `旧桥`."""
    article = Article(Source("pages/ncid282/n1.md", before.encode()), PROFILE, fragment(before), Metadata(title="旧桥"))
    RULES[rule](article, CONTEXT)
    return article


@pytest.mark.parametrize(("rule", "title", "before", "after", "notes"), list(fixtures()), ids=lambda value: None)
def test_rule(rule: str, title: str, before: str, after: str, notes: str) -> None:
    """What stood before becomes what stands after, with these notes."""
    article = apply(rule, before.replace("⏎", "\n"))
    assert article.body.inner_html == after.replace("⏎", "\n"), f"{rule}: {title}"
    assert "\n".join(f"{note.kind} {note.text} -> {note.to}" for note in article.notes) == notes, f"{rule}: {title}"


def test_every_rule_has_fixtures() -> None:
    """Nobody adds a rule without showing what it does."""
    shown = {rule for rule, *_ in fixtures()}
    assert shown == set(RULES)
