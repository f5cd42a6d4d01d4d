"""The page of a report as a browser shows it: opened from the disk in Chromium, narrow and wide, by day and by night.

`make test-readers` runs them, as it does `test_readers.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest

from convert.messages import Language
from convert.report.page import page
from readers import machine
from readers.test_readers import need
from tests import reports

REPORTS = {
    "ordinary": reports.ordinary(),
    "empty": reports.empty(),
    "huge": reports.huge(),
    "ordinary-zh": reports.ordinary(),
    "empty-zh": reports.empty(),
    "huge-zh": reports.huge(),
}
"""By the name of the page; those that end in -zh are in Chinese."""

DAY, NIGHT = 600, 200
"""The sum of red, green and blue from which on a ground is bright, and up to which it is dark."""

LEGIBLE = 4.5
"""WCAG 2.2, 1.4.3 Contrast (Minimum)."""

Seen = dict[str, list[dict[str, Any]]]


def language_of(name: str) -> Language:
    """The language of a page."""
    return "zh" if name.endswith("-zh") else "en"


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with the pages, and with the files that the ordinary one leads to."""
    folder = tmp_path_factory.mktemp("page") / "out # 100%"
    for name, (report, run) in REPORTS.items():
        target = folder / f"{name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(page(report, run, language_of(name)))
    for path in leads(*REPORTS["ordinary"]):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    return folder


@pytest.fixture(scope="session")
def seen(output: Path, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What Chromium shows of each page, at each width and in each colour scheme."""
    need(machine.node(), machine.chromium())
    shots = tmp_path_factory.mktemp("shots")
    return dict(zip(REPORTS, machine.see_pages([output / f"{name}.html" for name in REPORTS], shots), strict=True))


def leads(report: dict[str, Any], run: dict[str, Any]) -> set[str]:
    """The files that a report names below the output folder."""
    told = [*report["differs"], *report["duplicates"], *run["slowest"]]
    told += [example for kinds in report["notes"].values() for one in kinds.values() for example in one["examples"]]
    return {"report.json"} | {one["output"] for one in told} - {""} | {one["file"] for one in report["volumes"]}


def looks(seen: Seen) -> list[tuple[str, dict[str, Any]]]:
    """Every page at every width and in every colour scheme."""
    return [(f"{name} {one['width']} {one['scheme']}", one) for name, ones in seen.items() for one in ones]


def test_nothing_is_asked_for_and_nothing_complains(seen: Seen) -> None:
    """The page itself is the only request, and the console stays empty."""
    assert len(looks(seen)) == 4 * len(REPORTS)
    for name, one in looks(seen):
        assert one["requests"] == [one["address"]], name
        assert one["errors"] == [], name


def test_no_page_is_wider_than_its_window(seen: Seen) -> None:
    """Folded and unfolded, at both widths; wide tables scroll by themselves."""
    for name, one in looks(seen):
        assert one["folded"]["there"] == one["width"], name
        assert one["folded"]["shown"] <= one["width"], name
        assert one["open"]["shown"] <= one["width"], name


def test_words_are_legible_by_day_and_by_night(seen: Seen) -> None:
    """Each kind of element that holds words stands out from its ground, which follows the colour scheme."""
    for name, one in looks(seen):
        assert sum(one["open"]["ground"]) > DAY if one["scheme"] == "light" else sum(one["open"]["ground"]) < NIGHT
        assert len(one["open"]["contrasts"]) >= 10
        for element, ratio in one["open"]["contrasts"].items():
            assert ratio >= LEGIBLE, f"{name}: {element}: {ratio:.2f}"


def test_a_bar_a_month_as_high_as_its_articles(seen: Seen) -> None:
    """Heights are in proportion to the counts, to a pixel's fraction, and each bar says its month and number."""
    for name, one in looks(seen):
        months = REPORTS[name.split()[0]][0]["months"]
        counts = {month: sum(counts.values()) for month, counts in months.items() if month != "undated"}
        bars = one["folded"]["bars"]
        assert {bar["month"]: bar["articles"] for bar in bars} == counts, name
        if not bars:
            continue
        highest = max(bars, key=lambda bar: bar["articles"])
        assert 45 < highest["height"] <= 200, name
        for bar in bars:
            wanted = highest["height"] * bar["articles"] / highest["articles"]
            assert bar["height"] == pytest.approx(max(wanted, 1), abs=0.2), (name, bar)
            assert bar["width"] > 3, (name, bar)
            unit = "篇文章" if "-zh" in name else "article"
            assert f"{bar['articles']:,} {unit}" in bar["says"], name


def test_links_lead_to_the_files_that_they_name(seen: Seen, output: Path) -> None:
    """Every address is relative or an anchor, and the browser finds the file of each, whatever its name holds."""
    for one in [*seen["ordinary"], *seen["ordinary-zh"]]:
        files = set()
        for link in one["folded"]["links"]:
            if link["given"].startswith("#"):
                continue
            address = urlsplit(link["leads"])
            assert (address.scheme, address.query, address.fragment) == ("file", "", "")
            path = unquote_to_bytes(address.path).decode("utf-8", "surrogateescape")
            assert Path(path).is_file(), link
            files.add(str(Path(path).relative_to(output)))
        assert files == leads(*REPORTS["ordinary"])
        assert reports.ODD in files


def test_what_is_folded_unfolds(seen: Seen) -> None:
    """By mouse and by keyboard, without a script."""
    for name, one in looks(seen):
        assert one["unfolded"]["more"] == one["unfolded"]["tried"], name
        assert (one["unfolded"]["tried"] > 2) is not name.startswith("empty"), name


def test_axe_finds_no_violation(seen: Seen) -> None:
    """The rules of axe-core for WCAG and for good practice."""
    judged = {name: one["violations"] for name, one in looks(seen) if one["violations"] is not None}
    assert judged == {f"{name} 360 light": [] for name in REPORTS}
