"""Engines: a run on a Dask cluster makes the same bytes as one on this machine, whatever becomes of the workers."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from convert.batch.engines import cluster as engine
from convert.batch.engines.hired import Order, Trouble, leave_sign, look_round, part_name, versions
from convert.batch.run import Options, run
from convert.batch.summary import Summary
from convert.batch.verifying.verification import verify_outputs
from convert.cli import main
from convert.config import Config
from convert.errors import ConfigError, EngineError, MissingToolError, UsageError
from convert.sinks import FolderSink
from convert.stores import Folder
from tests.test_batch import config, mirror, page, tree
from tests.test_cli import command

try:
    import distributed
except ImportError:
    distributed = None


pytestmark = pytest.mark.long
DASK = pytest.mark.skipif(distributed is None, reason="needs the extra dask: pip install 'mirrorpress[dask]'")

OWN = """
import multiprocessing
import os
import time

def word(article, context):
    article.meta.title += "{word}"

def die(article, context):
    if "n100002" in article.path:
        os._exit(9)

def take_the_worker_along(article, context):
    if "n100002" in article.path:
        os.kill(multiprocessing.parent_process().pid, 9)
        time.sleep(60)

def sleep_for_ever(article, context):
    while "n100002" in article.path:
        time.sleep(1)
"""


@pytest.fixture(scope="module")
def workers() -> Iterator[Any]:
    """A cluster of three worker processes, which takes a chunk for suspicious when two of them were lost with it."""
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=0, silence_logs=50
        ) as cluster,
    ):
        yield cluster


def on(cluster: Any, tmp_path: Path, text: str = "", more: str = "") -> Config:
    """A config for a run on a cluster."""
    address = cluster.scheduler_address
    return config(tmp_path, f"{text}batch: {{engine: dask, scheduler: '{address}'{more}}}\n")


def articles(folder: Path, count: int) -> None:
    """A small mirror, and invented articles beside it."""
    mirror(folder)
    for number in range(count):
        page(folder, f"loose/n2{number:05}.md", f"第{number}天，海面平静。", f"第{number}天")
    page(folder, "loose/copy/n200001.md", "第1天，海面起了风，船都回来了。", "第1天")


def anew(tmp_path: Path, settings: Config, **more: Any) -> tuple[dict[str, bytes], Summary]:
    """Run over an empty output folder; returns what lies there then, and what the run says."""
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    summary = run(settings, Options(notes=tmp_path / "notes.jsonl"), **more)
    return tree(tmp_path / "out") | {"notes": (tmp_path / "notes.jsonl").read_bytes()}, summary


def processes(cluster: Any) -> dict[str, int]:
    """How many processes of runs each worker has."""

    def children() -> int:
        import multiprocessing

        return len(multiprocessing.active_children())

    with distributed.Client(cluster, set_as_default=False) as client:
        found: dict[str, int] = client.run(children)
    return found


# --- the same bytes


@DASK
def test_a_cluster_makes_the_same_bytes(tmp_path: Path, workers: Any) -> None:
    """Outputs, volumes, report and notes; nothing of the run is left in the workers or in the output folder."""
    articles(tmp_path / "in", 120)
    here, one = anew(tmp_path, config(tmp_path))
    there, two = anew(tmp_path, on(workers, tmp_path))
    assert here == there
    assert len(there) > 240
    assert (one.articles, one.verified, one.exit_code) == (two.articles, two.verified, two.exit_code) == (123, 123, 0)
    assert set(processes(workers).values()) == {0}
    assert not list((tmp_path / "out").glob(".*.part"))
    again = run(on(workers, tmp_path))
    assert not again.converted


@DASK
def test_without_a_scheduler_a_cluster_is_started_and_ended(tmp_path: Path) -> None:
    """On this machine, with as many workers as jobs; Dask itself says nothing on the screen."""
    articles(tmp_path / "in", 4)
    config(tmp_path)
    done = command(tmp_path, "run", "--engine", "dask", "--jobs", "2", "--output", "there")
    phases = [line.partition(":")[0] for line in done.stderr.decode().splitlines()]
    assert (done.returncode, phases) == (0, ["looking", "converting", "volumes"])
    run(config(tmp_path))
    assert tree(tmp_path / "there") == tree(tmp_path / "out")


@DASK
def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path, workers: Any) -> None:
    """Its chunks are done by the others, and Dask starts it again; so they are when its process is killed."""
    articles(tmp_path / "in", 120)
    here, _ = anew(tmp_path, config(tmp_path))
    killed: list[int] = []

    def kill(what: str, done: int, total: int) -> None:
        if what == "converting" and done > 20 and not killed:
            with distributed.Client(workers, set_as_default=False) as client:
                killed.append(sorted(client.run(os.getpid).values())[0])
            os.kill(killed[0], signal.SIGKILL)

    there, summary = anew(tmp_path, on(workers, tmp_path), progress=kill)
    assert killed
    assert here == there
    assert summary.exit_code == 0


@DASK
@pytest.mark.parametrize("rule", ["die", "take_the_worker_along"])
def test_a_source_that_kills_whoever_works_on_it_costs_itself_only(tmp_path: Path, workers: Any, rule: str) -> None:
    """Whether it is the process of the run or the worker of the cluster that dies, every time."""
    articles(tmp_path / "in", 4)
    (tmp_path / "own_engine_a.py").write_text(OWN, encoding="utf-8")
    _, summary = anew(tmp_path, on(workers, tmp_path, f"volumes: []\nclean: [default, 'own_engine_a:{rule}']\n"))
    (failure,) = summary.failures
    assert failure.path == "pages/c1/n100002.md"
    assert "the process that worked on it died" in failure.reason
    assert (summary.articles, summary.exit_code) == (6, 1)


@DASK
def test_a_source_that_a_worker_hangs_on_costs_itself_only(tmp_path: Path, workers: Any) -> None:
    """Its time is that of `batch.seconds`, as on one machine."""
    articles(tmp_path / "in", 4)
    (tmp_path / "own_engine_b.py").write_text(OWN, encoding="utf-8")
    settings = on(workers, tmp_path, "volumes: []\nclean: [default, 'own_engine_b:sleep_for_ever']\n", ", seconds: 2")
    _, summary = anew(tmp_path, settings)
    (failure,) = summary.failures
    assert failure.path == "pages/c1/n100002.md"
    assert "did not end within 2 s" in failure.reason
    assert summary.articles == 6


@DASK
def test_runs_with_different_configs_do_not_mix(tmp_path: Path, workers: Any) -> None:
    """One after another on the same workers, with modules of one name that say something else."""
    for name in ("one", "two"):
        folder = tmp_path / name
        mirror(folder / "in")
        (folder / "own_engine_c.py").write_text(OWN.replace("{word}", name), encoding="utf-8")
        sys.modules.pop("own_engine_c", None)
        sys.path[:] = [path for path in sys.path if not path.startswith(str(tmp_path))]
        anew(folder, on(workers, folder, "volumes: []\nclean: [default, 'own_engine_c:word']\n"))
    for name in ("one", "two"):
        assert f"灯塔{name}" in (tmp_path / name / "out/markdown/pages/c1/n100002.md").read_text(encoding="utf-8")


@DASK
def test_a_worker_with_several_threads_has_a_process_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And outputs take over the environment of the run, not that of the worker."""
    articles(tmp_path / "in", 20)
    seen: list[int] = []
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as other:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")

        def count(what: str, done: int, total: int) -> None:
            if what == "converting" and not seen:
                seen.extend(processes(other).values())

        there, _ = anew(tmp_path, on(other, tmp_path), progress=count)
    assert seen == [2]
    with zipfile.ZipFile(io.BytesIO(there["epub/latest.epub"])) as book:
        package = book.read(next(name for name in book.namelist() if name.endswith(".opf"))).decode()
    assert '"dcterms:modified">1970-01-02T00:00:00Z<' in package


@DASK
def test_an_early_end_ends_what_is_under_way(tmp_path: Path, workers: Any) -> None:
    """An interrupted run leaves no process at work in the cluster, and the workers are there for the next run."""
    articles(tmp_path / "in", 4)
    (tmp_path / "own_engine_d.py").write_text(OWN, encoding="utf-8")

    def interrupt(what: str, done: int, total: int) -> None:
        if what == "converting":
            raise KeyboardInterrupt

    settings = on(workers, tmp_path, "clean: [default, 'own_engine_d:sleep_for_ever']\n", ", seconds: 0")
    with pytest.raises(KeyboardInterrupt):
        run(settings, progress=interrupt)
    deadline = time.monotonic() + 10
    while set(processes(workers).values()) != {0} and time.monotonic() < deadline:
        time.sleep(0.05)
    assert set(processes(workers).values()) == {0}


@DASK
def test_a_verification_works_on_the_cluster_too(tmp_path: Path, workers: Any) -> None:
    """It reads the same, and finds the same."""
    articles(tmp_path / "in", 4)
    settings = on(workers, tmp_path)
    anew(tmp_path, settings)
    assert verify_outputs(settings).exit_code == 0
    (tmp_path / "out/text/pages/c1/n100002.txt").write_text("something else", encoding="utf-8")
    assert [one.path for one in verify_outputs(settings).differing] == ["pages/c1/n100002.md"]


# --- what can be wrong with a cluster


@DASK
def test_a_scheduler_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says what it expected and what to do, and ends with 2; a run with nothing to do asks nobody."""
    mirror(tmp_path / "in")
    for file in (tmp_path / "in").rglob("*.md"):
        os.utime(file, (1_600_000_000, 1_600_000_000))  # what has changed just now is looked at once more
    run(config(tmp_path))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{unused.getsockname()[1]}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine, "CONNECT", 0.5)
    assert main(["run", "--quiet", "--engine", "dask", "--scheduler", address]) == 0
    assert main(["run", "--quiet", "--engine", "dask", "--scheduler", address, "--force"]) == 2
    said = capsys.readouterr().err
    assert f"Dask scheduler {address}: does not answer" in said
    assert "expected the address of one that runs" in said
    assert "start `dask scheduler` there" in said


@DASK
def test_a_cluster_without_workers_is_told_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the beginning as a wrong use; where they go later, as a breakdown."""
    mirror(tmp_path / "in")
    monkeypatch.setattr(engine, "JOIN", 0.5)
    monkeypatch.setattr(engine, "PATIENCE", 0.4)
    monkeypatch.setattr(engine, "_LOOK", 0.2)
    with distributed.LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", silence_logs=50) as empty:
        settings = on(empty, tmp_path)
        with pytest.raises(UsageError, match=r"has no worker after 0 s; expected one or more; start `dask worker`"):
            run(settings)
        monkeypatch.setattr(distributed.Client, "wait_for_workers", lambda *arguments, **more: None)
        with pytest.raises(EngineError, match=r"has had no worker for 0 s; see to the cluster"):
            run(settings)


@DASK
def test_a_cluster_that_goes_away_ends_the_run_and_the_next_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done is kept, and the rest is made wherever the next run works."""
    articles(tmp_path / "in", 60)
    monkeypatch.setattr(engine, "CONNECT", 1.0)
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0") as other:

        def close(what: str, done: int, total: int) -> None:
            if what == "converting" and done < total / 2:
                other.close()

        with pytest.raises(EngineError, match="cannot be reached any more") as caught:
            run(on(other, tmp_path), progress=close)
    assert caught.value.exit_code == 1
    run(config(tmp_path))
    resumed = tree(tmp_path / "out")
    shutil.rmtree(tmp_path / "out")
    run(config(tmp_path))
    assert resumed == tree(tmp_path / "out")


@DASK
def test_workers_with_other_versions_are_refused(tmp_path: Path, workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would make other bytes."""
    mirror(tmp_path / "in")
    monkeypatch.setattr(engine, "versions", lambda packages: versions(packages) | {"turbohtml": "0.1"})
    with pytest.raises(
        UsageError, match=r"worker tcp://.*: turbohtml .*; expected turbohtml 0.1, as where the run was"
    ):
        run(on(workers, tmp_path))


def order(tmp_path: Path, **more: Any) -> Order:
    """An order that a worker in this process can carry out."""
    (tmp_path / "n1.md").write_bytes(b"")
    mark = tmp_path / part_name("t")
    mark.write_text("t", encoding="ascii")
    known: dict[str, Any] = {"token": "t", "versions": versions(["turbohtml"]), "store": Folder(tmp_path)}
    known |= {"source": "n1.md", "sink": FolderSink(tmp_path), "mark": mark.name}
    known |= {"start": print, "arguments": (), "environment": {}}
    return Order(**(known | more))


def test_a_worker_looks_whether_it_sees_the_folders_of_the_run(tmp_path: Path) -> None:
    """One that has another folder under the same path, or none, says which; one that writes leaves a sign."""
    todo = "mount it there under the same path"
    assert look_round(order(tmp_path)) is None
    assert (tmp_path / leave_sign(order(tmp_path), "tcp://127.0.0.1:1")).is_file()
    expected = "the {} that is here, which both share"
    unseen = f"does not see {tmp_path / 'none'}: n1.md"
    assert look_round(order(tmp_path, store=Folder(tmp_path / "none"))) == (unseen, expected.format("input"), todo)
    other = Trouble(f"does not see {tmp_path}", expected.format("output"), todo)
    assert look_round(order(tmp_path, token="u")) == other
    assert look_round(order(tmp_path, sink=None, token="u")) is None


def test_a_worker_names_every_version_that_is_not_the_same(tmp_path: Path) -> None:
    """Also what it does not have at all."""
    wanted = versions(["turbohtml"]) | {"Python": "3.0", "nothing-of-that-name": "1.0"}
    trouble = look_round(order(tmp_path, versions=wanted))
    assert trouble is not None
    assert "nothing-of-that-name is not installed" in trouble.found
    assert trouble.expected == "Python 3.0, nothing-of-that-name 1.0, as where the run was started"


def test_without_dask_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is written."""
    mirror(tmp_path / "in")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingToolError, match=r"install the extra dask: pip install 'mirrorpress\[dask\]'"):
        run(config(tmp_path, "batch: {engine: dask}\n"))
    assert not (tmp_path / "out").exists()


def test_a_scheduler_is_an_address(tmp_path: Path) -> None:
    """In the config it says its scheme and its port; an option without the engine is a slip."""
    assert config(tmp_path, "batch: {scheduler: 'tls://[::1]:8786'}\n").batch.scheduler == "tls://[::1]:8786"
    assert config(tmp_path, "batch: {scheduler: ''}\n").batch.scheduler is None
    with pytest.raises(ConfigError, match=r"batch.scheduler: found 10.0.0.5; expected the address of a Dask scheduler"):
        config(tmp_path, "batch: {scheduler: 10.0.0.5}\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--engine", "spark"], "--engine: found 'spark'; expected local or dask"),
     (["--scheduler", "tcp://10.0.0.5:8786"], "--scheduler: the engine is local; expected an engine that has one")],
)  # fmt: skip
def test_options_that_do_not_fit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """With the exit code of a wrong usage."""
    monkeypatch.chdir(tmp_path)
    assert main(["run", *arguments]) == 2
    assert said in capsys.readouterr().err
