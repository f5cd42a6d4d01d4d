"""What a function of one's own did to a body, told in notes: exact, and in time for articles of any size."""

from __future__ import annotations

import random
import time

import pytest

from convert.article import Article, Source
from convert.difference import Picture, note_difference
from convert.profiles import load_profiles
from convert.tree import fragment


def told(before: str, after: str) -> list[tuple[str, str, str, str]]:
    """The notes of a change from one body into another: kind, text, what it became, of what."""
    article = Article(Source("a.html", b""), load_profiles(["generic"])[0], fragment(before))
    note_difference(article, "own", Picture.of(article.body), Picture.of(fragment(after)))
    assert {(note.path, note.rule) for note in article.notes} <= {("a.html", "own")}
    return [(note.kind, note.text, note.to, note.of) for note in article.notes]


@pytest.mark.parametrize(
    ("before", "after", "notes"),
    [
        ("<p>甲</p><p>乙</p>", "<p>甲</p><p>乙</p>", []),
        ("<p>甲</p><p>乙</p>", "<div>甲<b>乙</b></div>", []),
        ("<p>甲</p><p>乙</p><p>丙</p>", "<p>甲</p><p>丙</p>", [("removed", "乙", "", "text")]),
        ("<p>甲乙丙</p>", "<p>甲丙</p>", [("removed", "乙", "", "text")]),
        ("<p>甲乙丙</p>", "<p>甲丁丙</p>", [("changed", "乙", "丁", "text")]),
        ("<p>甲</p>", "<p>甲</p><p>乙</p>", [("changed", "", "乙", "text")]),
        ("<p>甲 </p>\n", "<p>甲</p>", []),
        ("<p>甲</p><script>乙</script><style>丙</style><iframe>丁</iframe>", "<p>甲</p>", []),
        ('<a href="x">甲</a>', "甲", [("removed", "x", "", "attribute")]),
        ('<a href="x">甲</a><a href="x">乙</a>', '<a href="x">甲</a>乙', [("removed", "x", "", "attribute")]),
        ('<iframe src="x"></iframe><script src="y"></script>', "", [("removed", "x", "", "attribute")]),
        ('<img src="x" alt="甲">', '<img src="x">', [("removed", "甲", "", "attribute")]),
        ('<img src="x" alt="甲">', "", [("removed", "x", "", "attribute")]),
    ],
)
def test_what_went_and_what_came_is_told(before: str, after: str, notes: list[tuple[str, str, str, str]]) -> None:
    """Text that a reader sees, addresses, and descriptions of pictures that stay; marks and white space are no text."""
    assert told(before, after) == notes


def test_notes_and_what_is_left_are_the_text_before() -> None:
    """Whatever paragraphs and letters go, those that stay and those that are told add up to the text that there was."""
    chance = random.Random(7)
    for _ in range(60):
        blocks = ["".join(chance.choices("池塘青蛙荷花", k=chance.randrange(1, 9))) for _ in range(12)]
        kept = ["".join(sign for sign in one if chance.random() < 0.8) for one in blocks if chance.random() < 0.7]
        notes = told("".join(f"<p>{one}</p>" for one in blocks), "".join(f"<p>{one}</p>" for one in kept))
        gone = "".join(text for _, text, _, _ in notes)
        come = "".join(to for _, _, to, _ in notes)
        assert sorted("".join(kept) + gone) == sorted("".join(blocks) + come)


@pytest.mark.parametrize("piece", ["<p>蛙</p>", "<p>池塘边的青蛙叫了一声又一声</p>\n", "蛙"])
def test_a_large_article_is_compared_in_time(piece: str) -> None:
    """Half a megabyte of what is all alike: three paragraphs that go are told in far less than a worker's minute."""
    many = piece * (500_000 // len(piece.encode()))
    began = time.process_time()
    notes = told(f"<p>头</p>{many}<p>中</p>{many}<p>尾</p>", f"{many}{many}")
    assert time.process_time() - began < 10
    texts = "".join(text for _, text, _, _ in notes)
    assert all(sign in texts for sign in "头中尾")


def test_as_much_as_can_stay_counts_as_staying() -> None:
    """A text that only lost nodes is told by what went alone, however often its nodes are repeated."""
    chance = random.Random(3)
    for _ in range(300):
        nodes = [chance.choice(["池", "塘", "蛙", "荷"]) for _ in range(chance.randrange(1, 14))]
        kept = [one for one in nodes if chance.random() < 0.6]
        notes = told("".join(f"<p>{one}</p>" for one in nodes), "".join(f"<p>{one}</p>" for one in kept))
        assert {kind for kind, *_ in notes} <= {"removed"}
        assert sum(len(text) for _, text, _, _ in notes) == len(nodes) - len(kept)
