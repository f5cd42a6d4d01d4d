"""Sources that change under a run or between two, names of every kind, and clocks that cannot be trusted."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.killing import Tree, differences, outputs
from benchmarks.walking import Here
from convert.batch import refresh
from convert.batch.articles import making as articles
from convert.batch.books import binder
from convert.batch.books import making as books
from convert.batch.run import Options, run
from convert.batch.summary import Failure, Summary
from convert.config import Config, OutputOptions
from tests.test_batch import config, mirror, page

TEXT = "batch: {jobs: 1, memory: 0}\n"
LONG = pytest.mark.faults
OLD = 1_600_000_000
ONE = "pages/c1/n100002.md"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are none of these tests' business, and take a second to begin."""
    monkeypatch.setattr("convert.batch.engines.engine.Pool", Here)


def age(folder: Path) -> None:
    """Give all sources an old time of change."""
    for path in folder.rglob("*"):
        os.utime(path, (OLD, OLD), follow_symlinks=False)


def fresh(settings: Config) -> Tree:
    """What a first run makes of what there is now."""
    elsewhere = settings.model_copy(update={"output": OutputOptions(path=settings.output.path.with_name("fresh"))})
    run(elsewhere, Options(force=True, prune=True))
    return outputs(elsewhere.output.path)


def assert_right(settings: Config) -> Summary:
    """The next run leaves what a first one would, and the one after finds nothing to do; returns what it came to."""
    summary = run(settings, Options(prune=True))
    left = outputs(settings.output.path)
    for failure in summary.failures:  # what a run before made of it stays: it may be right again tomorrow
        stem = failure.path.removesuffix(".md")
        left = {path: data for path, data in left.items() if stem not in path}
    assert differences(left, fresh(settings)) == []
    again = run(settings, Options(prune=True))
    assert (again.converted.total(), again.built) == (0, 0)
    return summary


# --- under a run


def changed(file: Path) -> None:
    """Other text, of the same length."""
    file.write_bytes(file.read_bytes().replace("灯塔".encode(), "渔船".encode()))


def vanished(file: Path) -> None:
    """No file any more."""
    file.unlink()


def a_folder(file: Path) -> None:
    """A folder of the same name."""
    file.unlink()
    file.mkdir()


def grown(file: Path) -> None:
    """More than may be read."""
    file.write_bytes(file.read_bytes() * 20_000)


def a_dead_link(file: Path) -> None:
    """A link to nothing."""
    file.unlink()
    file.symlink_to("nothing")


def watched(folder: Path) -> tuple[Config, Path, bytes]:
    """The config of a small mirror whose sources are old, one of these, and its bytes."""
    mirror(folder / "in")
    age(folder / "in")
    file = folder / "in" / ONE
    return config(folder, TEXT), file, file.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["look_at", "convert_jobs", "build"])
@pytest.mark.parametrize(
    "change", [changed, vanished, *(pytest.param(one, marks=LONG) for one in (a_folder, grown, a_dead_link))]
)
def test_a_source_that_changes_under_a_run_is_right_after_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], moment: str
) -> None:
    """Before it is looked at, before it is converted, and before it is bound; nothing else suffers."""
    settings, file, original = watched(tmp_path)
    module = {"look_at": refresh, "convert_jobs": articles, "build": books}
    function: Any = getattr(module[moment], moment)
    done: list[bool] = []

    def hooked(items: Sequence[Any], **more: Any) -> Any:
        if not done:
            change(file)
            done.append(True)
        return function(items, **more)

    with monkeypatch.context() as patched:
        patched.setattr(module[moment], moment, hooked)
        first = run(settings)
    assert done
    assert {failure.path for failure in first.failures} <= {ONE, *VOLUMES}
    assert (settings.output.path / "markdown/pages/c2/n100003.md").exists()
    assert_right(settings)
    if file.is_dir():
        file.rmdir()
    file.unlink(missing_ok=True)
    file.write_bytes(original)
    assert_right(settings)


VOLUMES = ("epub/latest.epub", "epub/大纪元-2021-07.epub")


def test_a_source_that_is_another_only_while_it_is_bound_does_not_stay_in_the_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed before the volumes are built, and back before the next run: it is as if nothing had been."""
    settings, file, original = watched(tmp_path)
    function = binder.build

    def hooked(items: Sequence[Any]) -> Any:
        changed(file)
        return function(items)

    with monkeypatch.context() as patched:
        patched.setattr(books, "build", hooked)
        run(settings)
    file.write_bytes(original)
    os.utime(file, (OLD, OLD))
    assert_right(settings)


def test_a_new_source_takes_the_name_of_an_output_that_metadata_named(tmp_path: Path) -> None:
    """The other output gets another name, and neither is written over."""
    page(tmp_path / "in", "z.md", "第一篇。", "甲", id_="n100009")
    age(tmp_path / "in")
    emit = "emit: {markdown: {path: 'all/{stem}.md'}, text: {path: 'all/{id}.md'}}\n"
    settings = config(tmp_path, emit + TEXT.replace("}", ", duplicates: keep}"))
    assert_right(settings)
    page(tmp_path / "in", "n100009.md", "第二篇。", "乙")
    assert_right(settings)


def test_an_article_that_fails_keeps_outputs_whose_names_others_were_to_take(tmp_path: Path) -> None:
    """They were out of the way while it was converted, and nobody took the names."""
    mirror(tmp_path / "in")
    (tmp_path / "way_own.py").write_text("def refuse(article, context):\n    raise ValueError('no')\n", "utf-8")
    run(config(tmp_path, "emit: {markdown: {}, text: {path: 'all/{id}.md'}}\n"))
    before = {name: data for name, data in outputs(tmp_path / "out").items() if name.startswith("all/")}
    assert len(before) == 3
    emit = "emit: {markdown: {path: 'all/{stem}.md'}, text: {path: 'all/{id}.md'}}\n"
    summary = run(config(tmp_path, f"clean: [default, 'way_own:refuse']\n{emit}"), Options(prune=True))
    assert len(summary.failures) >= 3
    assert {name: data for name, data in outputs(tmp_path / "out").items() if name.startswith("all/")} == before
    run(config(tmp_path, "emit: {markdown: {}, text: {path: 'text/{stem}.txt'}}\n"), Options(prune=True))
    assert not [name for name in outputs(tmp_path / "out") if name.startswith("all/")]


def test_notes_of_a_copy_that_becomes_an_article_outlive_the_article_that_was_made_of_it(tmp_path: Path) -> None:
    """Under the name of the other copy, which fails in the same run."""
    page(tmp_path / "in", "pages/c1/n100001.md", "短。", "甲", id_="n100001")
    page(tmp_path / "in", "pages/c2/n100001.md", "比另一篇长一些。", "乙", id_="n100001")
    rule = "def refuse(article, context):\n    if article.meta.title == '甲':\n        raise ValueError('no')\n"
    (tmp_path / "notes_own.py").write_text(rule, "utf-8")
    run(config(tmp_path, TEXT))
    settings = config(tmp_path, f"clean: [default, 'notes_own:refuse']\n{TEXT.replace('}', ', duplicates: keep}')}")
    summary = run(settings)
    assert [one.path for one in summary.failures] == ["pages/c1/n100001.md"]
    assert outputs(tmp_path / "out")["report.json"] == fresh(settings)["report.json"]


def test_a_run_that_is_ended_when_it_has_looked_is_taken_up_by_the_next(tmp_path: Path) -> None:
    """What the look at the sources told is not forgotten, though nothing has changed since."""
    mirror(tmp_path / "in")
    age(tmp_path / "in")
    settings = config(tmp_path, TEXT)
    run(settings)
    changed(tmp_path / "in" / ONE)
    (tmp_path / "in/pages/c2/n100003.md").unlink()
    os.utime(tmp_path / "in" / ONE, (OLD + 1, OLD + 1))
    assert run(settings, stop=lambda: 15).exit_code == 143
    assert assert_right(settings).converted == {"changed": 1}


def test_volumes_that_failed_are_built_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though nothing else has changed since."""
    mirror(tmp_path / "in")
    settings = config(tmp_path, TEXT)
    run(settings)
    for volume in VOLUMES:
        (settings.output.path / volume).unlink()
    with monkeypatch.context() as patched:
        patched.setattr(books, "build", lambda tasks: Failure(tasks[0].volume.file, "a fault"))
        assert [failure.path for failure in run(settings).failures] == list(VOLUMES)[::-1]
    assert_right(settings)


# --- links


def test_a_source_that_becomes_a_link_out_of_the_mirror_is_passed_over(tmp_path: Path) -> None:
    """What lies outside is never read; loops end."""
    mirror(tmp_path / "in")
    settings = config(tmp_path, TEXT)
    run(settings)
    secret = tmp_path / "secret.md"
    secret.write_text("# A secret\n\nOf this house.\n", encoding="utf-8")
    (tmp_path / "in" / ONE).unlink()
    (tmp_path / "in" / ONE).symlink_to(secret)
    (tmp_path / "in/pages/c1/passwd.md").symlink_to("/etc/passwd")
    (tmp_path / "in/pages/again").symlink_to(tmp_path / "in/pages")
    (tmp_path / "in/pages/a.md").symlink_to("b.md")
    (tmp_path / "in/pages/b.md").symlink_to("a.md")
    summary = assert_right(settings)
    assert (summary.exit_code, summary.gone, summary.articles) == (0, 1, 2)
    assert not any("secret" in name or b"secret" in data for name, data in outputs(settings.output.path).items())
    assert not (settings.output.path / "markdown" / ONE).exists()


def test_a_folder_that_cannot_be_read_costs_no_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is pruned as long as some folder is out of reach; that is said."""
    mirror(tmp_path / "in")
    settings = config(tmp_path, TEXT)
    run(settings)
    before = outputs(settings.output.path)
    scandir = os.scandir

    def failing(path: str) -> Any:
        if str(path).endswith("in/pages/c1"):
            raise OSError(5, "Input/output error")
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr("convert.stores.folder.os.scandir", failing)
        summary = run(settings, Options(prune=True))
    assert [one.partition(",")[0] for one in summary.warnings] == ["nothing was pruned"]
    assert "Input/output error" in summary.warnings[0]
    assert outputs(settings.output.path).keys() >= {name for name in before if "pages/" in name}
    assert_right(settings)


# --- names

NAMES = [
    "new\nline.md", "tab\there.md", "trail .md ", "trail .md", "dots...md", ".. .md", "NUL.md", "Twin.md", "twin.md",
    unicodedata.normalize("NFC", "é.md"), unicodedata.normalize("NFD", "é.md"), "🏮🐈‍⬛.md", "船" * 84 + ".md",
    "船" * 83 + "x.md", "a" * 252 + ".md", "a" * 251 + ".md", "q?*<>|\".md", "c:\\x.md", "'; drop.md", "%.md",
    "-rf.md", "~.md", "​zero.md", "‮right.md", "é/é.md", "Ｆull.md",
]  # fmt: skip


def test_names_of_every_kind_go_through_two_runs(tmp_path: Path) -> None:
    """Each file with a suffix of a source gets an output of its own, and a second run finds nothing to do."""
    for number, name in enumerate(NAMES):
        page(tmp_path / "in", f"pages/{name}", f"第{number}天。", f"第{number}天", id_=f"n7{number:05}")
    bad = os.fsencode(tmp_path / "in/pages") + b"/\xff\xfe.md"
    Path(os.fsdecode(bad)).write_text("# Bytes\n\nNo Unicode.\n", encoding="utf-8")
    age(tmp_path / "in")
    settings = config(tmp_path, TEXT)
    summary = run(settings)
    assert [failure.reason.partition(": ")[2] for failure in summary.failures] == [
        "its name is not UTF-8; rename the file, or its folder"
    ]
    sources = {name for name in NAMES if name.endswith(".md") and not name.startswith(".")}
    made = [name for name in outputs(settings.output.path) if name.startswith("markdown/")]
    assert summary.articles == len(made) == len(sources)
    assert len({unicodedata.normalize("NFD", name).casefold() for name in made}) == len(made)
    again = assert_right(settings)
    assert (again.converted.total(), again.built) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("twin", ["twin.md", *(pytest.param(one, marks=LONG) for one in ("Twin.md", NAMES[10]))])
def test_one_of_two_twins_goes_and_comes_back(tmp_path: Path, twin: str) -> None:
    """Deleted, renamed, and put back: the other one is right each time."""
    for number, name in enumerate(NAMES[7:11]):
        page(tmp_path / "in", f"pages/{name}", f"第{number}天。", f"第{number}天", id_=f"n7{number:05}")
    age(tmp_path / "in")
    settings = config(tmp_path, TEXT)
    assert_right(settings)
    file = tmp_path / "in/pages" / twin
    data = file.read_bytes()
    file.unlink()
    assert_right(settings)
    file.write_bytes(data)
    assert_right(settings)
    file.rename(file.with_name("other.md"))
    assert_right(settings)


# --- clocks


@pytest.mark.parametrize("time", [0, 4_000_000_000, None])
def test_a_change_is_noticed_whatever_the_clock_says(tmp_path: Path, time: int | None) -> None:
    """Times of change at the beginning of the count, before it, in the future, or those of this moment."""
    mirror(tmp_path / "in")
    settings = config(tmp_path, TEXT)
    file = tmp_path / "in" / ONE
    if time is not None:
        os.utime(file, (time, time))
    run(settings)
    assert run(settings).converted.total() == 0
    changed(file)
    if time is not None:
        os.utime(file, (time + 1, time + 1))
    assert assert_right(settings).converted == {"changed": 1}


def test_two_changes_within_one_second_are_both_noticed(tmp_path: Path) -> None:
    """On a file system that counts whole seconds, with files of the same size."""
    mirror(tmp_path / "in")
    settings = config(tmp_path, TEXT)
    file = tmp_path / "in" / ONE
    second = int(file.stat().st_mtime)
    os.utime(file, (second, second))
    run(settings)
    for other in ("渔船", "码头", "灯塔"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(text.split()[1], other), encoding="utf-8")
        os.utime(file, (second, second))
        assert run(settings).converted == {"changed": 1}
    assert_right(settings)
