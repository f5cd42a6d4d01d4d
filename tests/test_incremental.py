"""Runs after the first one: what is made again and why, what is left over, and what stays as it is."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import Mock

import pytest

from convert.batch import lock
from convert.batch.lock import hold
from convert.batch.run import Options, run
from convert.batch.summary import Summary
from convert.catalogue import CATALOGUE
from convert.config import InputOptions
from convert.errors import HeldError, OutputError, UsageError
from tests.test_batch import config, mirror, page, tree

ONE = "pages/c1/n100002"
"""The stem of an article that has no copies."""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a small mirror that was converted once."""
    mirror(tmp_path / "in")
    settle(tmp_path)
    go(tmp_path)
    return tmp_path


def settle(desk: Path) -> None:
    """Make sources old enough for their times of change to be trusted."""
    for path in (desk / "in").rglob("*"):
        if path.is_file():
            os.utime(path, (1_600_000_000, 1_600_000_000))


def go(desk: Path, text: str = "", **options: object) -> Summary:
    """One run with one job."""
    return run(config(desk, f"batch: {{jobs: 1}}\n{text}"), Options(**options))  # type: ignore[arg-type]


def times(desk: Path) -> dict[str, int]:
    """When each output was written."""
    return {name: (desk / "out" / name).stat().st_mtime_ns for name in tree(desk / "out")}


@pytest.mark.slow
def test_a_run_with_nothing_to_do_writes_nothing(desk: Path) -> None:
    """Not even the report, which would say the same."""
    before = times(desk) | {"page": (desk / "out/report.html").stat().st_mtime_ns}
    summary = go(desk)
    assert (summary.converted.total(), summary.built, summary.articles, summary.copies) == (0, 0, 3, 1)
    assert len(summary.books) == 2
    assert times(desk) | {"page": (desk / "out/report.html").stat().st_mtime_ns} == before


@pytest.mark.slow
def test_a_changed_source_costs_its_article_and_its_volumes(tmp_path: Path) -> None:
    """Other volumes stay as they are."""
    mirror(tmp_path / "in")
    volumes = "volumes: [{title: '{channel}', file: 'epub/{channel}.epub', group_by: [channel]}]\n"
    go(tmp_path, volumes)
    before = times(tmp_path)
    page(tmp_path / "in", f"{ONE}.md", "灯塔又刷了一遍漆。", "灯塔")
    summary = go(tmp_path, volumes)
    assert summary.converted == Counter({"changed": 1})
    assert "又刷了一遍" in (tmp_path / f"out/markdown/{ONE}.md").read_text(encoding="utf-8")
    after = times(tmp_path)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {
        f"markdown/{ONE}.md", f"text/{ONE}.txt", "epub/c1.epub", "epub/feed.xml", "report.json",
    } | {name for name in changed if "covers" in name}  # fmt: skip


@pytest.mark.slow
def test_a_source_that_was_only_touched_is_not_converted(desk: Path) -> None:
    """Its bytes are what counts."""
    (desk / f"in/{ONE}.md").touch()
    before = times(desk)
    assert go(desk).converted.total() == 0
    assert times(desk) == before


@pytest.mark.slow
def test_a_change_within_a_files_own_time_is_seen(desk: Path) -> None:
    """A file may change twice within one tick of the clock, and keep its size."""
    file = desk / f"in/{ONE}.md"
    text = file.read_text(encoding="utf-8")
    now = time.time_ns()
    for word in ("白得很", "红得很"):
        file.write_text(text.replace("白得很", word), encoding="utf-8")
        os.utime(file, ns=(now, now))
        go(desk)
        assert word in (desk / f"out/markdown/{ONE}.md").read_text(encoding="utf-8")


def test_what_has_gone_is_left_over_and_pruned_when_asked(desk: Path) -> None:
    """It leaves the volumes at once; a file that is somebody's by now stays and is named."""
    (desk / f"in/{ONE}.md").unlink()
    summary = go(desk)
    assert (summary.gone, summary.articles, summary.leftovers) == (1, 2, 2)
    assert [book.articles for book in summary.books] == [2, 2]
    assert (desk / f"out/markdown/{ONE}.md").exists()
    (desk / f"out/text/{ONE}.txt").write_text("mine", encoding="utf-8")
    pruned = go(desk, prune=True)
    assert (pruned.removed, pruned.kept) == (1, [f"text/{ONE}.txt"])
    assert not (desk / f"out/markdown/{ONE}.md").exists()
    assert (desk / f"out/text/{ONE}.txt").exists()


@pytest.mark.slow
def test_outputs_of_an_article_that_fails_are_not_pruned(desk: Path) -> None:
    """It may be right again tomorrow."""
    page(desk / "in", f"{ONE}.md", "长" * 3000, "灯塔")
    text = "parse: {max_bytes: 4096}\n"
    summary = go(desk, text, prune=True)
    assert [failure.path for failure in summary.failures] == [f"{ONE}.md"]
    assert (desk / f"out/markdown/{ONE}.md").exists()
    page(desk / "in", f"{ONE}.md", "灯塔重新刷了漆，白得很。", "灯塔")
    again = go(desk, text)
    assert (again.failures, again.leftovers, again.articles) == ([], 0, 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("delete", "an output is missing"),
        ("alter", "an output was altered"),
        ("same size", "an output was altered"),
    ],
)
def test_an_output_that_is_not_what_was_written_is_made_again(desk: Path, deed: str, reason: str) -> None:
    """Whether it is missing, longer, or other bytes of the same number."""
    file = desk / f"out/markdown/{ONE}.md"
    data = file.read_bytes()
    if deed == "delete":
        file.unlink()
    else:
        file.write_bytes(data + b"x" if deed == "alter" else b"x" + data[1:])
    assert go(desk).converted == Counter({reason: 1})
    assert file.read_bytes() == data


@pytest.mark.slow
def test_an_output_that_was_copied_over_itself_is_left_alone(desk: Path) -> None:
    """As by a backup that was put back: other times, the same bytes."""
    file = desk / f"out/markdown/{ONE}.md"
    os.utime(file, (1_500_000_000, 1_500_000_000))
    assert go(desk).converted.total() == 0
    assert file.stat().st_mtime == 1_500_000_000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("emit: {markdown: {title: true}}\n", {"the config has changed": 3}),
        ("emit: {markdown: {}, text: {path: 'plain/{stem}.txt'}}\n", {"the config has changed": 3}),
        ("enrich: [dateline]\n", {"the config has changed": 3}),
        ("feed: false\n", {}),
    ],
)
def test_a_changed_config_costs_what_hangs_on_it(desk: Path, text: str, reasons: dict[str, int]) -> None:
    """And the outputs are those of a fresh run."""
    assert go(desk, text, prune=True).converted == Counter(reasons)
    shutil.copytree(desk / "in", desk / "other/in")
    run(config(desk / "other", f"batch: {{jobs: 1}}\n{text}"))
    fresh = tree(desk / "other/out")
    assert {name: data for name, data in tree(desk / "out").items() if name in fresh} == fresh
    assert tree(desk / "out").keys() - fresh.keys() <= {"epub/feed.xml", *_covers(desk)}


def _covers(desk: Path) -> set[str]:
    return {name for name in tree(desk / "out") if "covers" in name}


@pytest.mark.slow
def test_a_channels_new_name_costs_the_articles_of_the_channel(desk: Path) -> None:
    """The article in two channels is one of them."""
    (desk / "in/scripts/index.csv").write_text("c1,天气\nc2,码头\n", encoding="utf-8")
    assert go(desk).converted == Counter({"the names of its channels or its mirror have changed": 2})
    assert "categories: [天气, 码头]" in (desk / "out/markdown/pages/c1/n100001.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_changed_rule_of_ones_own_costs_every_article(tmp_path: Path) -> None:
    """Its module's file is looked at; a run is a process of its own."""
    mirror(tmp_path / "in")
    (tmp_path / "config.yaml").write_text("input: in\nclean: [default, 'own_incremental:shout']\n", encoding="utf-8")
    rule = "def shout(article, context):\n    article.meta.title = {!r}\n"
    for word in ("一", "二"):
        (tmp_path / "own_incremental.py").write_text(rule.format(word), encoding="utf-8")
        command = [sys.executable, "-m", "convert", "run"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
        assert b"converted    3 articles" in done.stdout
    assert b"the config has changed" in done.stdout


@pytest.mark.slow
def test_a_copy_that_comes_and_goes_changes_the_article(desk: Path) -> None:
    """Its channel is named, and no longer."""
    shutil.copyfile(desk / f"in/{ONE}.md", desk / "in/pages/c2/n100002.md")
    assert go(desk).converted == Counter({"its copies have changed": 1})
    assert "港口" in (desk / f"out/markdown/{ONE}.md").read_text(encoding="utf-8")
    (desk / "in/pages/c2/n100002.md").unlink()
    assert go(desk).converted == Counter({"its copies have changed": 1})
    assert "港口" not in (desk / f"out/markdown/{ONE}.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_volume_that_was_altered_is_built_again(desk: Path) -> None:
    """And no article is converted for it."""
    file = desk / "out/epub/latest.epub"
    data = file.read_bytes()
    file.write_bytes(b"x")
    summary = go(desk)
    assert (summary.converted.total(), summary.built) == (0, 1)
    assert file.read_bytes() == data


@pytest.mark.slow
@pytest.mark.parametrize("name", ["report.json", "report.html"])
def test_a_report_that_was_altered_is_written_again(desk: Path, name: str) -> None:
    """Also where its size is what it was, and nothing else is to be done; one that was only touched stays."""
    file = desk / "out" / name
    data = file.read_bytes()
    os.utime(file, (1_500_000_000, 1_500_000_000))
    go(desk)
    assert file.stat().st_mtime == 1_500_000_000
    file.write_bytes(data[:-1] + b"?")
    assert go(desk).converted.total() == 0
    told = (desk / "out/report.json").read_bytes()
    assert (told == data) if name == "report.json" else file.read_bytes().endswith(data[-1:])


@pytest.mark.slow
def test_a_copy_that_differs_by_now_is_in_the_report_though_nothing_is_converted(desk: Path) -> None:
    """The note on it is no news of any output."""
    variants = [json.loads((desk / "out/report.json").read_bytes())["variants"]]
    for text in ("海边的小镇。", "小镇放晴，渔船一早就出海了。"):
        page(desk / "in", "pages/c2/n100001.md", text, "小镇放晴")
        assert go(desk).converted.total() == 0
        variants.append(json.loads((desk / "out/report.json").read_bytes())["variants"])
    assert variants == [0, 1, 1]
    shutil.copyfile(desk / "in/pages/c1/n100001.md", desk / "in/pages/c2/n100001.md")
    assert go(desk).converted.total() == 0
    assert json.loads((desk / "out/report.json").read_bytes())["variants"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["cannot be written", "killed"])
def test_a_report_that_was_not_written_is_written_by_the_next_run(
    desk: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """That run finds nothing else to do, and the report that is there tells of an earlier one."""
    (desk / "in/pages/c1/n100009.md").write_bytes((desk / f"in/{ONE}.md").read_bytes().replace(b"100002", b"100009"))
    with monkeypatch.context() as patched:
        error = OutputError("report.json", "cannot be written") if ending != "killed" else KeyboardInterrupt()
        patched.setattr("convert.batch.run.write_report", Mock(side_effect=error))
        with nullcontext() if ending != "killed" else pytest.raises(KeyboardInterrupt):
            assert [one.path for one in go(desk).failures] == ["report.json"]
    assert json.loads((desk / "out/report.json").read_bytes())["articles"] == 3
    assert go(desk).converted.total() == 0
    assert json.loads((desk / "out/report.json").read_bytes())["articles"] == 4


def test_a_collection_that_has_changed_is_built_again(desk: Path) -> None:
    """The volumes of another one are not."""
    text = "volumes: [{}, {title: 最新, file: epub/latest.epub, within: 7 days, group_by: [], order_by: -date}]\n"
    assert go(desk, text).built == 1


@pytest.mark.slow
def test_a_dry_run_says_what_would_be_done_and_why(desk: Path) -> None:
    """And remembers nothing of it."""
    page(desk / "in", f"{ONE}.md", "灯塔又刷了一遍漆。", "灯塔")
    page(desk / "in", "pages/c1/n100009.md", "海鸥回来了。", "海鸥")
    before = tree(desk / "out")
    for _ in range(2):
        assert go(desk, dry_run=True).converted == Counter({"changed": 1, "new": 1})
    assert tree(desk / "out") == before
    assert go(desk).converted == Counter({"changed": 1, "new": 1})


def test_everything_is_made_again_when_that_is_asked_for(desk: Path) -> None:
    """What would hold the same bytes keeps its time."""
    before = times(desk)
    summary = go(desk, force=True)
    assert (summary.converted, summary.built) == (Counter({"asked for": 3}), 2)
    assert times(desk) == before


def test_a_part_of_the_sources_leaves_the_others_as_they_are(desk: Path) -> None:
    """Neither gone nor converted; volumes are of all."""
    page(desk / "in", f"{ONE}.md", "灯塔又刷了一遍漆。", "灯塔")
    page(desk / "in", "pages/c2/n100003.md", "码头上来了两只猫。", "码头的猫")
    summary = go(desk, only="*/c1/*")
    assert (summary.converted, summary.gone, summary.articles) == (Counter({"changed": 1}), 0, 3)
    assert [book.articles for book in summary.books] == [3, 3]


def test_another_mirror_at_the_same_paths_is_read_anew(desk: Path) -> None:
    """Sizes and times of change say nothing there."""
    other = desk / "moved" / "in"
    shutil.copytree(desk / "in", other)
    page(other, f"{ONE}.md", "灯塔重新刷了漆，红得很。", "灯塔")
    for path in (desk / "in").rglob("*.md"):
        about = path.stat()
        os.utime(other / path.relative_to(desk / "in"), ns=(about.st_atime_ns, about.st_mtime_ns))
    summary = run(config(desk, "batch: {jobs: 1}\n").model_copy(update={"input": InputOptions(path=other)}))
    assert summary.converted == Counter({"changed": 1})


def test_a_second_run_over_one_output_is_refused(desk: Path) -> None:
    """It says who holds the folder, and ends with 75."""
    with hold(desk / "out"), pytest.raises(HeldError, match=f"process {os.getpid()} on ") as caught:
        go(desk)
    assert caught.value.exit_code == 75
    assert go(desk).exit_code == 0
    assert not (desk / "out" / lock.HOLDER).exists()


def test_a_damaged_catalogue_costs_a_long_run_and_nothing_else(desk: Path) -> None:
    """Files that hold the same bytes keep their times."""
    before = times(desk)
    file = desk / "out" / CATALOGUE
    file.write_bytes(file.read_bytes()[:20_000])
    summary = go(desk)
    assert summary.converted == Counter({"new": 3})
    assert "catalogue.damaged.sqlite" in summary.warnings[0]
    assert {name: when for name, when in times(desk).items() if name in before} == before


def test_a_catalogue_of_a_newer_version_is_refused_and_left_alone(desk: Path) -> None:
    """Exit code 2: another program must be used."""
    with sqlite3.connect(desk / "out" / CATALOGUE) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (desk / "out" / CATALOGUE).read_bytes()
    with pytest.raises(UsageError, match="version 99; expected at most version"):
        go(desk)
    assert (desk / "out" / CATALOGUE).read_bytes() == before


def test_the_report_of_a_run_that_was_ended_early_has_the_volumes_that_there_are(desk: Path) -> None:
    """It tells of all that there is, whatever this run came to."""
    page(desk / "in", f"{ONE}.md", "灯塔又刷了一遍漆。", "灯塔")
    before = json.loads((desk / "out/report.json").read_bytes())["volumes"]
    assert len(before) == 2
    assert run(config(desk, "batch: {jobs: 1}\n"), stop=lambda: 15).exit_code == 143
    assert json.loads((desk / "out/report.json").read_bytes())["volumes"] == before


@pytest.mark.slow
def test_articles_of_a_folder_that_cannot_be_read_stay_in_the_volumes(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether they have gone; what can be read goes on."""
    page(desk / "in", "pages/c2/n100003.md", "码头上来了两只猫。", "码头的猫")
    scandir = os.scandir

    def failing(path: str) -> object:
        if str(path).endswith("in/pages/c1"):
            raise OSError(5, "Input/output error")
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr("convert.stores.folder.os.scandir", failing)
        summary = go(desk)
    assert (summary.converted, summary.gone, summary.articles) == (Counter({"changed": 1}), 0, 3)
    assert [book.articles for book in summary.books] == [3, 3]
    assert go(desk).converted.total() == 0
