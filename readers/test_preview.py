"""Previews as a browser shows them: opened from the disk in Chromium, used by mouse and keyboard, narrow and wide.

`make test-readers` runs them, as it does `test_readers.py`.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from convert.errors import SourceError
from convert.preview import page
from readers import machine
from readers.test_readers import need
from tests import previews

Seen = dict[str, list[dict[str, Any]]]
NARROW = 390


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What Chromium shows of each page, at each width and in each colour scheme."""
    need(machine.node(), machine.chromium())
    folder = tmp_path_factory.mktemp("previews")
    ordinary = previews.shown(previews.ORDINARY)
    failed = SourceError("pages/n7.md", "5,000,000 bytes", "at most 4,194,304 bytes", "raise parse.max_bytes")
    pages = {
        "one": page([ordinary], "n99000201.md", 1),
        "one-zh": page([ordinary], "n99000201.md", 1, language="zh"),
        "folder": page([*previews.many(), failed], "mirror", 70),
        "folder-zh": page([*previews.many(), failed], "mirror", 70, language="zh"),
        "hostile": page([previews.shown(previews.HOSTILE, "n1.html")], "n1.html", 1),
        "huge": page([previews.shown(previews.huge(), "huge.html")], "huge.html", 1),
    }
    for name, data in pages.items():
        (folder / f"{name}.html").write_bytes(data)
    files = [folder / f"{name}.html" for name in pages]
    return dict(zip(pages, machine.see_pages(files, folder, "preview.mjs"), strict=True))


def looks(seen: Seen) -> list[tuple[str, dict[str, Any]]]:
    """Every page at every width and in every colour scheme."""
    return [(f"{name} {one['width']} {one['scheme']}", one) for name, ones in seen.items() for one in ones]


def test_nothing_is_asked_for_and_nothing_of_a_source_runs(seen: Seen) -> None:
    """The page itself is the only request, the console stays empty, and the page's own script is the only one."""
    assert len(looks(seen)) == 18
    for name, one in looks(seen):
        assert one["requests"] == [one["address"]], name
        assert (one["errors"], one["dialogs"], one["hostile"], one["scripts"]) == ([], [], None, 1), name


def test_no_page_is_wider_than_its_window(seen: Seen) -> None:
    """Index, article and every pane, at both widths."""
    for name, one in looks(seen):
        assert set(one["widths"]) >= {"start", "article", "rendered", "markdown", "text", "metadata"}, name
        for what, width in one["widths"].items():
            assert width <= one["width"], (name, what)


def test_panes_are_tabs_on_a_telephone_and_columns_on_a_desk(seen: Seen) -> None:
    """A narrow window shows one pane at a time, a wide one the notes, the source, and one of the outputs."""
    for name, one in looks(seen):
        wanted = ["rendered", "markdown", "text", "metadata"]
        if one["width"] == NARROW:
            wanted = ["notes", "source", *wanted]
        told = {view["name"]: view["panes"] for view in one["views"]}
        assert list(told) == wanted, name
        for view, panes in told.items():
            assert panes == ([view] if one["width"] == NARROW else ["notes", "source", view]), name


def test_notes_and_their_places_lead_to_each_other(seen: Seen) -> None:
    """A click on a note shows its mark, and one on the mark the note."""
    for name, one in looks(seen):
        if name.startswith(("one", "folder")):
            assert one["clicked"]["placed"] >= 9, name
        for click in one["clicked"]["found"]:
            number = click["href"].rpartition("p")[2]
            there, here = click["there"], click["here"]
            assert there["item"] == here["item"] == number, (name, click)
            assert there["markSeen"], (name, click)
            assert here["itemSeen"], (name, click)
            assert here["focus"] == number, (name, click)
            assert click["hash"] == click["href"].replace("p", "n"), (name, click)


def test_keys_lead_from_note_to_note(seen: Seen) -> None:
    """`n` goes on, in the order of the list, and round at its end; `p` goes back."""
    for name, one in looks(seen):
        numbers = [int(number) for number in one["steps"]["numbers"]]
        if len(numbers) < 3 or len(numbers) == 40:
            continue
        count = len(numbers)
        assert [(number - numbers[0]) % count for number in numbers] == list(range(count)), name
        assert int(one["steps"]["before"]) == (numbers[-1] - 1) % count, name


def test_the_bar_says_which_note_it_is(seen: Seen) -> None:
    """In the language of the page, with the numbers that the script fills in."""
    for name, wanted in (("one", r"\d+ of \d+"), ("one-zh", r"第 \d+ 条，共 \d+ 条")):
        for one in seen[name]:
            told = [click["there"]["told"] for click in one["clicked"]["found"]]
            assert told, name
            assert all(re.fullmatch(wanted, words) for words in told), (name, told)


def test_notes_are_chosen_by_kind(seen: Seen) -> None:
    """Notes of other kinds leave the list, and their marks the source."""
    for name, one in looks(seen):
        if one["chosen"] is None:
            continue
        assert set(one["chosen"]["list"]) == {"removed"}, name
        assert all("removed" in kinds for kinds in one["chosen"]["marks"]), name
        assert all("removed" not in kinds for kinds in one["chosen"]["off"]), name
    assert all(one["chosen"]["struck"] >= 4 and one["chosen"]["off"] for one in seen["one"])


def test_the_index_leads_to_articles_and_back(seen: Seen) -> None:
    """A folder's page opens with its index; a single article's has none."""
    for name, one in looks(seen):
        folder = name.startswith("folder")
        assert one["index"] == (["#a0", "#a1", "#a2"] if folder else []), name
        assert one["back"] is (True if folder else None), name


def test_axe_finds_no_violation(seen: Seen) -> None:
    """The rules of axe-core for WCAG and for good practice, at both widths, by day and by night."""
    judged = {name: one["violations"] for name, one in looks(seen) if not name.startswith("huge")}
    assert judged == {name: {"start": [], "article": []} for name in judged}
    assert len(judged) == 15
