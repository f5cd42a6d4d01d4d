"""The batch: finding sources, merging copies, surviving what goes wrong, and the same bytes every time."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from convert.article import Note
from convert.batch import report
from convert.batch.engines.pool import Lost, Pool, chunked
from convert.batch.inputs.sources import Mirrors, find_sources, read_channels
from convert.batch.lock import LOCK
from convert.batch.pictures.source import pictures_in
from convert.batch.planning.plan import make_plan
from convert.batch.run import Options, run
from convert.catalogue import CATALOGUE, Look
from convert.config import Config, OutputOptions, build_outputs, load_config
from convert.errors import ConfigError, NothingToReadError
from convert.names import OutputNames
from convert.profiles import load_profiles
from convert.stores import Folder, mirror_of

PAGE = """### {title}

---

#### [首页](../../../..?{id}) &nbsp;|&nbsp; [评论](../../../../../other?{id})

<div class="post_content" id="artbody">
 <p>
  【大纪元2021年07月14日讯】{body}
 </p>
</div>

---

原文链接（需翻墙）：https://www.epochtimes.com/gb/21/7/14/{id}.htm
"""


def page(
    folder: Path, path: str, body: str = "海边的小镇今天放晴，渔船一早出港。", title: str = "小镇放晴", id_: str = ""
) -> None:
    """Write an invented article in the envelope of a mirror."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(PAGE.format(title=title, id=id_ or file.stem, body=body), encoding="utf-8")


def mirror(folder: Path) -> Path:
    """A small mirror: an index of channels, apparatus, and three articles, one of them in two channels."""
    (folder / "scripts").mkdir(parents=True)
    (folder / "scripts" / "index.csv").write_text("c1,天气\nc2,港口,与船\n", encoding="utf-8")
    (folder / "README.md").write_text("# A mirror\n", encoding="utf-8")
    page(folder, "pages/c1/n100001.md")
    page(folder, "pages/c2/n100001.md")
    page(folder, "pages/c1/n100002.md", "灯塔重新刷了漆，白得很。", "灯塔")
    page(folder, "pages/c2/n100003.md", "码头上来了一只猫。", "码头的猫")
    return folder


def config(tmp_path: Path, text: str = "", input_: str = "in") -> Config:
    """A config whose input is `in` and output `out`, with two jobs unless it says more."""
    path = tmp_path / "config.yaml"
    path.write_text(f"input: {input_}\noutput: out\n" + (text or "batch: {jobs: 2}\n"), encoding="utf-8")
    return load_config(path)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder that is the same for the same input, with its bytes."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in (CATALOGUE, LOCK, report.PAGE)}


# --- sources


def found(folder: Path, **more: object) -> list[str]:
    """The paths of the sources in a folder."""
    return find_sources(folder, load_profiles(), **more).paths  # type: ignore[arg-type]


def test_sources_are_found_by_their_suffix_and_sorted(tmp_path: Path) -> None:
    """Markdown, text and HTML at any depth, whatever the case of the suffix; the rest is counted."""
    for name in ("b.md", "a/z.txt", "a.html", "B.MD", "x.png", "a/noname"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    result = find_sources(tmp_path)
    assert result.paths == ["B.MD", "a.html", "a/z.txt", "b.md"]
    assert result.passed_over == Counter({"not .md, .txt or .html": 2})


def test_a_mirrors_apparatus_is_passed_over_wherever_the_mirror_lies(tmp_path: Path) -> None:
    """Patterns of the profiles apply to one mirror and to several side by side."""
    mirror(tmp_path / "one")
    mirror(tmp_path / "two")
    result = find_sources(tmp_path, load_profiles())
    assert len(result.paths) == 8
    assert result.passed_over["the mirror's apparatus"] == 4
    assert find_sources(tmp_path / "one", load_profiles()).passed_over["the mirror's apparatus"] == 2


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    """A mirror is usually a git repository."""
    for name in (".git/a.md", ".hidden.md", "a.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    result = find_sources(tmp_path)
    assert result.paths == ["a.md"]
    assert result.passed_over == Counter({"hidden folder": 1, "hidden file": 1})


def test_the_output_folder_in_the_input_is_passed_over(tmp_path: Path) -> None:
    """What a run wrote is no source of the next run."""
    for name in ("a.md", "out/markdown/a.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    result = find_sources(tmp_path, output=OutputOptions(path=tmp_path / "out"))
    assert (result.paths, result.passed_over) == (["a.md"], Counter({"the output folder": 1}))


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_links_are_followed_inside_the_input_only_and_never_round_in_circles(tmp_path: Path) -> None:
    """What is read under its own name is not read again; what lies outside is not read at all."""
    inside = tmp_path / "in"
    (inside / "a").mkdir(parents=True)
    (inside / ".store").mkdir()
    for path in (inside / "a" / "n1.md", inside / ".store" / "n2.md", tmp_path / "secret.md"):
        path.write_bytes(b"")
    links = {
        "0-circle": inside,
        "a/loop": inside / "a",
        "again.md": inside / "a" / "n1.md",
        "store": inside / ".store",
        "stored.md": inside / ".store" / "n2.md",
        "out.md": tmp_path / "secret.md",
        "outside": tmp_path,
        "broken.md": tmp_path / "gone.md",
    }
    for name, target in links.items():
        (inside / name).symlink_to(target)
    result = find_sources(inside)
    assert result.paths == ["a/n1.md", "store/n2.md"]
    assert result.passed_over == Counter(
        {"hidden folder": 1, "link to what is read already": 4, "link out of the input": 2, "broken link": 1}
    )


def test_only_takes_what_matches(tmp_path: Path) -> None:
    """The pattern is held against the whole path."""
    mirror(tmp_path)
    assert found(tmp_path, only="*/c2/*") == ["pages/c2/n100001.md", "pages/c2/n100003.md"]


def test_one_file_is_an_input_too(tmp_path: Path) -> None:
    """Its path is relative to its mirror, so that its channel is known."""
    mirror(tmp_path)
    assert found(tmp_path / "pages/c1/n100002.md") == ["pages/c1/n100002.md"]
    (tmp_path / "loose").mkdir()
    lone = tmp_path / "loose" / "a.md"
    lone.write_bytes(b"")
    assert find_sources(lone).paths == ["loose/a.md"]


@pytest.mark.parametrize("name", ["none", "empty"])
def test_an_input_without_sources_is_nothing_to_read(tmp_path: Path, name: str) -> None:
    """The message says what was seen there; the exit code is 3."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.png").write_bytes(b"")
    with pytest.raises(NothingToReadError) as caught:
        find_sources(tmp_path / name)
    assert caught.value.exit_code == 3
    assert ("1 not .md" if name == "empty" else "no such file") in caught.value.message


def test_channel_names_are_read_from_the_nearest_index(tmp_path: Path) -> None:
    """A name may hold commas; a byte order mark, headings and broken lines do no harm."""
    folder = mirror(tmp_path / "m")
    (folder / "scripts" / "index.csv").write_bytes(
        "\ufeffid,name\r\nc1,天气\r\n\r\nc2,港口,与船\nno comma\n,x\n".encode()
    )
    assert read_channels(Folder(folder), "") == {"c1": "天气", "c2": "港口,与船"}
    assert mirror_of(folder / "pages" / "c1") == folder
    mirrors = Mirrors(Folder(tmp_path))
    assert mirrors.channels(["m/pages/c1/n100001.md"]) == {"c1": "天气", "c2": "港口,与船"}
    assert mirrors.channels(["loose/a.md"]) == {}


def test_a_mirror_is_called_like_its_folder(tmp_path: Path) -> None:
    """The folder with the index, or else with a README, or else the input."""
    mirror(tmp_path / "one")
    (tmp_path / "two" / "pages").mkdir(parents=True)
    (tmp_path / "two" / "README.md").write_bytes(b"")
    mirrors = Mirrors(Folder(tmp_path))
    paths = ["one/pages/c1/n100001.md", "two/pages/n1.md", "loose/a.md", "a.md"]
    assert [mirrors.name(path) for path in paths] == ["one", "two", tmp_path.name, tmp_path.name]


# --- plan


def look(path: str, id_: str = "", length: int = 1, digest: bytes = b"a") -> Look:
    """A look at a source of one publisher."""
    return Look(path, "paper" if id_ else "", id_, length, digest)


def test_copies_of_an_article_are_one_job(tmp_path: Path) -> None:
    """The longest body is converted, outputs are named after the first path, and the others are aliases."""
    looks = [look("c/1.md", "n1", 5), look("a/1.md", "n1", 3), look("b/1.md", "n1", 5, b"b"), look("a/2.md", "n2")]
    plan = make_plan(looks, build_outputs(config(tmp_path)), OutputNames())
    first, second = plan.jobs
    assert (first.path, first.aliases) == ("a/2.md", ())
    assert (second.path, second.aliases, second.name) == ("b/1.md", ("a/1.md", "c/1.md"), "a/1.md")
    assert second.targets == ("markdown/a/1.md", "text/a/1.txt")
    assert [(one.copy, one.source) for one in plan.suspects] == [("a/1.md", "b/1.md"), ("c/1.md", "b/1.md")]
    assert plan.copies == 2


def test_of_equally_long_copies_the_first_path_is_converted(tmp_path: Path) -> None:
    """Whatever order the sources come in."""
    looks = [look("b.md", "n1", 5), look("a.md", "n1", 5)]
    (job,) = make_plan(looks, build_outputs(config(tmp_path)), OutputNames()).jobs
    assert (job.path, job.aliases) == ("a.md", ("b.md",))


def test_without_an_address_nothing_is_merged(tmp_path: Path) -> None:
    """Two files without an id are two articles, even with the same bytes."""
    plan = make_plan([look("a.md"), look("b.md")], build_outputs(config(tmp_path)), OutputNames())
    assert [job.path for job in plan.jobs] == ["a.md", "b.md"]


def test_copies_are_kept_where_the_config_says_so(tmp_path: Path) -> None:
    """`duplicates: keep` converts each."""
    looks = [look("a.md", "n1"), look("b.md", "n1")]
    plan = make_plan(looks, build_outputs(config(tmp_path)), OutputNames(), merge=False)
    assert [(job.path, job.aliases) for job in plan.jobs] == [("a.md", ()), ("b.md", ())]


def test_outputs_that_want_one_name_get_two_and_a_note(tmp_path: Path) -> None:
    """The first source in sort order gets the name, whatever order they come in."""
    looks = [look("p/a.txt"), look("p/a.html"), look("P/A.md")]
    plans = [make_plan(order, build_outputs(config(tmp_path)), OutputNames()) for order in (looks, looks[::-1])]
    assert plans[0].jobs == plans[1].jobs
    targets = {job.path: job.targets[0] for job in plans[0].jobs}
    assert targets["P/A.md"] == "markdown/P/A.md"
    assert len({str(target).lower() for target in targets.values()}) == 3
    notes = [note for _, note in plans[0].notes if note.to.endswith(".md")]
    assert [(note.path, note.rule, note.kind, note.text) for note in notes] == [
        ("p/a.html", "output.name", "wrong", "markdown/p/a.md"),
        ("p/a.txt", "output.name", "wrong", "markdown/p/a.md"),
    ]
    assert {note.to for note in notes} == {targets["p/a.html"], targets["p/a.txt"]}


# --- pool


def ready(value: int) -> None:
    """What each worker process of the tests calls first."""
    os.environ["MIRRORPRESS_TEST"] = str(value)


def double(items: Sequence[int]) -> list[int]:
    """Double numbers; 13 kills the process."""
    if 13 in items:
        os._exit(1)
    return [item * int(os.environ["MIRRORPRESS_TEST"]) for item in items]


def linger(items: Sequence[int]) -> None:
    """Work that ends at once for 0, and never otherwise."""
    threading.Event().wait(None if any(items) else 0)


@pytest.mark.slow
def test_results_come_in_the_order_of_the_chunks() -> None:
    """However many processes there are."""
    with Pool(2, ready, 2) as pool:
        results = list(pool.run(double, chunked(list(range(10)), 2)))
    assert [one for chunk, _ in results for one in chunk] == list(range(10))
    assert [one for _, result in results if not isinstance(result, Lost) for one in result] == [
        item * 2 for item in range(10)
    ]


def test_processes_never_hear_of_ctrl_c() -> None:
    """It reaches all processes of a terminal; one that is just importing would answer with a traceback."""
    with Pool(1, ready, 1) as pool:
        ((_, blocked),) = pool.run(partial(signal.pthread_sigmask, signal.SIG_BLOCK), [[]])
    assert not isinstance(blocked, Lost)
    assert signal.SIGINT in blocked
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.slow
def test_a_dying_process_costs_only_the_item_that_kills_it() -> None:
    """Its chunk is taken again one by one, and all others go on."""
    items = list(range(40))
    with Pool(2, ready, 2) as pool:
        results = list(pool.run(double, [items[start : start + 5] for start in range(0, 40, 5)]))
    assert [one for chunk, _ in results for one in chunk] == items
    assert [(chunk, result) for chunk, result in results if isinstance(result, Lost)] == [([13], Lost.DIED)]
    assert [one for _, result in results if not isinstance(result, Lost) for one in result] == [
        item * 2 for item in items if item != 13
    ]


@pytest.mark.slow
def test_a_process_that_does_not_end_costs_only_the_item_that_it_hangs_on() -> None:
    """It is killed after the time of one item; the others of its chunk are taken one by one."""
    with Pool(1, ready, 2) as pool:
        results = list(pool.run(linger, [[0, 0], [0, 1, 0], [0]], seconds=1))
    assert [chunk for chunk, result in results if result is Lost.HUNG] == [[1]]
    assert [one for chunk, _ in results for one in chunk] == [0, 0, 0, 1, 0, 0]


def test_an_early_end_does_not_wait_for_the_work_under_way() -> None:
    """An interrupted run ends at once, whatever its workers are at."""
    before = set(multiprocessing.active_children())

    def interrupted() -> None:
        with Pool(1, ready, 1) as pool:
            for _ in pool.run(linger, [[0], [1]]):
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert set(multiprocessing.active_children()) == before


# --- run


@pytest.mark.slow
def test_a_run_writes_every_output_the_volumes_and_the_report(tmp_path: Path) -> None:
    """The summary counts what the report says."""
    mirror(tmp_path / "in")
    summary = run(config(tmp_path))
    names = set(tree(tmp_path / "out"))
    paths = ["pages/c1/n100001", "pages/c1/n100002", "pages/c2/n100003"]
    assert names == {
        *(f"markdown/{path}.md" for path in paths),
        *(f"text/{path}.txt" for path in paths),
        "epub/latest.epub",
        "epub/大纪元-2021-07.epub",
        *(f"epub/covers/{name}.jpg" for name in ("大纪元-2021-07", "latest")),
        *(f"epub/covers/small/{name}.jpg" for name in ("大纪元-2021-07", "latest")),
        "epub/feed.xml",
        "report.json",
    }
    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert (report["sources"], report["articles"], report["copies"], report["failed"]) == (4, 3, 1, [])
    assert report["outputs"] == {"markdown": 3, "text": 3}
    assert report["passed_over"] == {"the mirror's apparatus": 2}
    assert report["months"] == {"2021-07": {"c1": 2, "c2": 1}}
    assert report["channels"] == {"c1": "天气", "c2": "港口,与船"}
    output = "markdown/pages/c1/n100001.md"
    aliases = ["pages/c2/n100001.md"]
    assert report["duplicates"] == [{"path": "pages/c1/n100001.md", "aliases": aliases, "count": 1, "output": output}]
    assert [(book["articles"], book["title"]) for book in report["volumes"]] == [
        (3, "最新一周"),
        (3, "大纪元 2021-07"),
    ]
    assert (summary.sources, summary.articles, summary.copies, summary.exit_code) == (4, 3, 1, 0)
    assert summary.kinds()["moved"] == sum(
        kinds.get("moved", {"count": 0})["count"] for kinds in report["notes"].values()
    )


@pytest.mark.slow
def test_channels_of_all_copies_are_named_by_their_mirrors(tmp_path: Path) -> None:
    """Copies in two mirrors bring the names of both indexes."""
    mirror(tmp_path / "in" / "one")
    page(tmp_path / "in", "two/pages/d1/n100002.md", "灯塔重新刷了漆，白得很。", "灯塔")
    (tmp_path / "in/two/scripts").mkdir()
    (tmp_path / "in/two/scripts/index.csv").write_text("d1,沿海\n", encoding="utf-8")
    run(config(tmp_path))
    text = (tmp_path / "out/markdown/one/pages/c1/n100002.md").read_text(encoding="utf-8")
    assert "categories: [天气, 沿海]" in text


@pytest.mark.slow
def test_the_same_bytes_with_any_number_of_jobs_and_every_time(tmp_path: Path) -> None:
    """Outputs, volumes, report and notes."""
    mirror(tmp_path / "in" / "m")
    for number in range(70):
        page(tmp_path / "in", f"loose/n2{number:05}.md", f"第{number}天，海面平静。", f"第{number}天")
    (tmp_path / "in" / "loose" / "n200001.html").write_text("<h1>A</h1><p>Text.</p>", encoding="utf-8")
    seen: list[tuple[dict[str, bytes], bytes]] = []
    for jobs in (1, 2, 2):
        run(
            config(tmp_path, f"batch: {{jobs: {jobs}}}\n"),
            Options(notes=tmp_path / f"notes{len(seen)}.jsonl", force=True),
        )
        seen.append((tree(tmp_path / "out"), (tmp_path / f"notes{len(seen)}.jsonl").read_bytes()))
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0][0]) > 140


@pytest.mark.slow
def test_every_note_is_written_in_order(tmp_path: Path) -> None:
    """Sorted by path, rule, kind, text and to, notes about copies and names among them."""
    mirror(tmp_path / "in")
    page(tmp_path / "in", "pages/c2/n100001.md", "海边的小镇今天放晴，渔船一早出港，晚上才回来。")
    (tmp_path / "in/pages/c1/n100002.html").write_text("<p>Text.</p>", encoding="utf-8")
    run(config(tmp_path), Options(notes=tmp_path / "notes.jsonl"))
    lines = (tmp_path / "notes.jsonl").read_text(encoding="utf-8").splitlines()
    notes = [Note(**json.loads(line)) for line in lines]
    assert notes == sorted(notes)
    odd = [(note.path, note.rule, note.text) for note in notes if note.kind == "wrong"]
    assert ("pages/c1/n100001.md", "identity.variant", "pages/c2/n100001.md") in odd
    assert ("pages/c1/n100002.md", "output.name", "markdown/pages/c1/n100002.md") in odd
    assert not list(tmp_path.glob(".notes*"))


@pytest.mark.slow
def test_the_longest_copy_is_written_under_the_first_path(tmp_path: Path) -> None:
    """An article that grew in one channel is whole in the output."""
    mirror(tmp_path / "in")
    page(tmp_path / "in", "pages/c2/n100001.md", "海边的小镇今天放晴，渔船一早出港，晚上才回来。")
    run(config(tmp_path))
    assert "晚上才回来" in (tmp_path / "out/markdown/pages/c1/n100001.md").read_text(encoding="utf-8")
    assert not (tmp_path / "out/markdown/pages/c2/n100001.md").exists()


@pytest.mark.slow
def test_copies_that_differ_in_white_space_only_are_no_variants(tmp_path: Path) -> None:
    """Mirrors break lines as they like."""
    mirror(tmp_path / "in")
    page(tmp_path / "in", "pages/c2/n100001.md", "海边的小镇今天放晴，\n <b>\n  渔船\n </b>\n 一早出港。")
    assert ("identity.variant", "wrong") not in run(config(tmp_path)).notes


OWN = """
import os
import time
from convert.errors import SourceError

def fail(article, context):
    if "n100002" in article.path:
        raise ValueError("no lighthouse")

def die(article, context):
    if "n100002" in article.path:
        os._exit(9)

def sleep_for_ever(article, context):
    while "n100002" in article.path:
        time.sleep(1)

def write_json(article, options):
    return article.meta.title.encode()

def write_wrong(article, options):
    return "no bytes"
"""


def own(tmp_path: Path, name: str) -> None:
    """A module of one's own beside the config."""
    (tmp_path / f"{name}.py").write_text(OWN, encoding="utf-8")


@pytest.mark.slow
def test_a_source_that_fails_is_named_and_the_run_goes_on(tmp_path: Path) -> None:
    """Too large, or a rule that raises: the others are written, the exit code is 1."""
    mirror(tmp_path / "in")
    own(tmp_path, "own_batch_a")
    page(tmp_path / "in", "pages/c1/n100009.md", "长" * 3000)
    summary = run(
        config(tmp_path, "clean: [default, 'own_batch_a:fail']\nparse: {max_bytes: 4096}\nbatch: {jobs: 2}\n")
    )
    reasons = {failure.path: failure.reason for failure in summary.failures}
    assert "9,294 bytes; expected at most 4,096" in reasons["pages/c1/n100009.md"]
    said = "rule 'own_batch_a:fail' raised ValueError: no lighthouse (own_batch_a.py, line "
    assert said in reasons["pages/c1/n100002.md"]
    assert (len(reasons), summary.articles, summary.exit_code) == (2, 2, 1)
    assert "markdown/pages/c1/n100002.md" not in tree(tmp_path / "out")
    report = json.loads((tmp_path / "out/report.json").read_bytes())
    assert [one["path"] for one in report["failed"]] == ["pages/c1/n100002.md", "pages/c1/n100009.md"]


@pytest.mark.slow
def test_a_source_that_kills_its_worker_is_named_and_the_run_goes_on(tmp_path: Path) -> None:
    """A fault in a parser's C code costs one article."""
    mirror(tmp_path / "in")
    own(tmp_path, "own_batch_b")
    summary = run(config(tmp_path, "clean: [default, 'own_batch_b:die']\nbatch: {jobs: 2}\n"))
    (failure,) = summary.failures
    assert failure.path == "pages/c1/n100002.md"
    assert "the process that worked on it died" in failure.reason
    assert summary.articles == 2


@pytest.mark.slow
def test_a_source_that_a_worker_hangs_on_is_named_and_the_run_goes_on(tmp_path: Path) -> None:
    """A rule of one's own that never ends costs the article that it does not end with."""
    mirror(tmp_path / "in")
    own(tmp_path, "own_batch_c")
    text = "clean: [default, 'own_batch_c:sleep_for_ever']\nbatch: {jobs: 2, seconds: 2}\n"
    summary = run(config(tmp_path, text))
    (failure,) = summary.failures
    assert failure.path == "pages/c1/n100002.md"
    assert "did not end within 2 s; expected a few milliseconds; raise batch.seconds" in failure.reason
    assert (summary.articles, summary.exit_code) == (2, 1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a process to its address space")
def test_a_source_that_takes_all_memory_is_named_and_the_run_goes_on(tmp_path: Path) -> None:
    """Marks that are never closed make a tree whose size is the square of the source's; it costs itself only."""
    mirror(tmp_path / "in")
    bomb = "".join(f"<p><b id={number}><i id={number}>桥" for number in range(8000))
    page(tmp_path / "in", "pages/c1/n100004.md", bomb)
    summary = run(config(tmp_path, "batch: {jobs: 2, memory: 512}\n"))
    (failure,) = summary.failures
    assert failure.path == "pages/c1/n100004.md"
    assert "needs more than 512 MB of memory" in failure.reason
    assert (summary.articles, summary.exit_code) == (3, 1)


@pytest.mark.slow
def test_an_output_that_cannot_be_written_is_named_from_the_output_folder(tmp_path: Path) -> None:
    """The report reads the same on every machine."""
    mirror(tmp_path / "in")
    (tmp_path / "out/markdown/pages/c1/n100002.md/inside").mkdir(parents=True)
    summary = run(config(tmp_path))
    (failure,) = summary.failures
    assert failure.path == "pages/c1/n100002.md"
    assert failure.reason.startswith("markdown/pages/c1/n100002.md: cannot be written (")
    assert str(tmp_path) not in (tmp_path / "out/report.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_vanished_source_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror may change under a run."""
    mirror(tmp_path / "in")

    def find(*arguments: object) -> object:
        result = find_sources(*arguments)  # type: ignore[arg-type]
        (tmp_path / "in/pages/c1/n100002.md").unlink()
        return result

    monkeypatch.setattr("convert.batch.run.find_sources", find)
    summary = run(config(tmp_path))
    assert [failure.path for failure in summary.failures] == ["pages/c1/n100002.md"]
    assert "no such file" in summary.failures[0].reason
    assert summary.articles == 2


@pytest.mark.slow
def test_emitters_of_ones_own_are_written(tmp_path: Path) -> None:
    """With their own path, and an error where they give no bytes."""
    mirror(tmp_path / "in")
    own(tmp_path, "own_batch_c")
    run(config(tmp_path, "emit: {'own_batch_c:write_json': {path: '{id}.json'}}\nvolumes: []\n"))
    assert tree(tmp_path / "out")["n100002.json"] == "灯塔".encode()
    summary = run(config(tmp_path, "emit: {'own_batch_c:write_wrong': {path: '{id}.json'}}\nvolumes: []\n"))
    assert len(summary.failures) == 3
    assert "returned str; expected bytes" in summary.failures[0].reason


@pytest.mark.slow
def test_names_from_the_metadata_are_settled_the_same_way_every_time(tmp_path: Path) -> None:
    """Outputs named by date or title wait until all names before theirs are known."""
    for number in range(6):
        page(tmp_path / "in", f"n30000{number}.md", f"第{number}次。", "同一个题目")
    text = "emit: {markdown: {path: '{date:%Y/%m}/{title}.md'}}\nvolumes: []\n"
    seen: list[dict[str, bytes]] = []
    for jobs in (1, 2):
        summary = run(config(tmp_path, f"{text}batch: {{jobs: {jobs}}}\n"), Options(force=True))
        seen.append(tree(tmp_path / "out"))
        assert summary.notes["output.name", "wrong"] == 5
    assert seen[0] == seen[1]
    names = [name for name in seen[0] if name != "report.json"]
    assert len(names) == 6
    assert "2021/07/同一个题目.md" in names
    assert "第0次" in seen[0]["2021/07/同一个题目.md"].decode()


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """It says how many articles there would be."""
    mirror(tmp_path / "in")
    summary = run(config(tmp_path), Options(dry_run=True))
    assert (summary.converted, summary.copies, summary.dry_run) == (Counter({"new": 3}), 1, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_limit_takes_the_first_sources(tmp_path: Path) -> None:
    """In the order of their paths."""
    mirror(tmp_path / "in")
    summary = run(config(tmp_path), Options(limit=2))
    assert (summary.sources, summary.articles) == (2, 2)
    assert "markdown/pages/c2/n100003.md" not in tree(tmp_path / "out")


@pytest.mark.parametrize("output", ["in", "."])
def test_an_output_that_holds_the_input_is_refused(tmp_path: Path, output: str) -> None:
    """There outputs could take the place of sources."""
    mirror(tmp_path / "in")
    with pytest.raises(ConfigError, match="output"):
        run(config(tmp_path).model_copy(update={"output": OutputOptions(path=tmp_path / output)}))


@pytest.mark.slow
def test_an_output_in_the_input_is_never_read(tmp_path: Path) -> None:
    """A second run finds what the first one found."""
    mirror(tmp_path / "in")
    inside = config(tmp_path).model_copy(update={"output": OutputOptions(path=tmp_path / "in" / "out")})
    first, second = run(inside), run(inside)
    assert first.sources == second.sources == 4


def test_notes_that_cannot_be_written_end_the_run_with_a_reason(tmp_path: Path) -> None:
    """The error names the file."""
    mirror(tmp_path / "in")
    with pytest.raises(Exception, match="cannot be written"):
        run(config(tmp_path), Options(notes=tmp_path / "none" / "notes.jsonl"))


def test_volumes_take_pictures_from_the_mirrors_own_files(tmp_path: Path) -> None:
    """A relative address leads from the article's folder, its query aside, and never out of the input."""
    folder = tmp_path / "in"
    (folder / "img").mkdir(parents=True)
    (folder / "img" / "a b.png").write_bytes(b"picture")
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    read = pictures_in(Folder(folder))
    assert read("pages/n1.md", "../img/a%20b.png?raw=true#top") == b"picture"
    for address in (
        "../../secret.png",
        "../link.png",
        "/img/a.png",
        "https://example.org/a.png",
        "",
        "?x",
        "../img",
        "\0",
    ):
        assert read("pages/n1.md", address) is None


@pytest.mark.slow
def test_a_volume_is_split_along_the_calendar(tmp_path: Path) -> None:
    """And every book is a zip file that says it is one."""
    mirror(tmp_path / "in")
    summary = run(config(tmp_path, "volumes: [{max_articles: 2}]\nemit: {}\n"))
    assert [book.articles for book in summary.books] == [2, 1]
    for book in summary.books:
        with zipfile.ZipFile(tmp_path / "out" / book.file) as package:
            assert package.read("mimetype") == b"application/epub+zip"


@pytest.mark.slow
def test_what_a_collection_asks_of_articles_reaches_the_planner(tmp_path: Path) -> None:
    """Conditions, keys and orders over any metadata, by way of the worker processes."""
    mirror(tmp_path / "in")
    text = """
volumes:
  - {title: "{category}", file: "a/{category}.epub", group_by: [category], where: title ~ 灯塔 or path ~ n100003}
  - {title: 长短, file: "b.epub", group_by: [], sections: [], order_by: words, where: mirror = "in"}
  - {title: 没有, file: "c.epub", group_by: [], where: not title}
emit: {}
"""
    summary = run(config(tmp_path, text))
    assert [(book.file, book.articles) for book in summary.books] == [
        ("a/天气.epub", 1),
        ("a/港口,与船.epub", 1),
        ("b.epub", 3),
    ]


@pytest.mark.slow
def test_a_book_over_the_bytes_of_its_collection_is_split(tmp_path: Path) -> None:
    """Along the calendar, at last into single articles; one that is too large alone is named."""
    mirror(tmp_path / "in")
    options = "{{title: 集, file: a.epub, group_by: [], max_bytes: {}}}"
    whole = run(config(tmp_path, f"volumes: [{options.format(0)}]\nemit: {{}}\n"))
    assert [book.file for book in whole.books] == ["a.epub"]
    size = (tmp_path / "out/a.epub").stat().st_size
    split = run(config(tmp_path, f"volumes: [{options.format(size - 1)}]\nemit: {{}}\n"))
    assert [(book.file, book.articles) for book in split.books] == [
        ("a-2021-07-14-1.epub", 2),
        ("a-2021-07-14-2.epub", 1),
    ]
    none = run(config(tmp_path, f"volumes: [{options.format(1000)}]\nemit: {{}}\n"))
    assert {failure.reason.partition(": ")[2] for failure in none.failures} == {"one article is too large for a book"}
    assert none.books == []


@pytest.mark.slow
def test_volumes_take_their_style_and_script_from_the_config(tmp_path: Path) -> None:
    """And every volume its own."""
    mirror(tmp_path / "in")
    text = """
volumes:
  - {file: a.epub, title: 甲, group_by: [], style: plain, script: s2t}
  - {file: b.epub, title: 乙, group_by: []}
emit: {}
"""
    run(config(tmp_path, text))
    found = {}
    for name in ("a", "b"):
        with zipfile.ZipFile(tmp_path / "out" / f"{name}.epub") as package:
            style, chapter = (package.read(f"EPUB/{one}").decode() for one in ("style.css", "n100002.xhtml"))
        found[name] = ("text-indent: 2em" in style, "燈塔" in chapter, "灯塔" in chapter)
    assert found == {"a": (False, True, False), "b": (True, False, True)}
