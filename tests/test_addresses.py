"""Input and output at addresses: a real S3 server on this machine, and the memory of one process."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import fsspec
import pytest
from moto.server import ThreadedMotoServer

from convert.batch.engines.hired import part_name
from convert.batch.inputs.watching import changes
from convert.batch.prune import PART
from convert.batch.run import Options, run
from convert.batch.verifying.verification import verify_outputs
from convert.catalogue import CATALOGUE
from convert.cli import main
from convert.config import Config, load_config
from convert.errors import ConfigError, HeldError, MissingToolError, UsageError
from convert.sinks import write
from convert.stores import Address, Remote, Sieve, changed_at
from tests.test_batch import mirror, page, tree

pytestmark = pytest.mark.long

SECRET = "not-for-your-eyes"
KEPT = {CATALOGUE, "delivered.json"}


class Store:
    """An S3 server, seen through a bucket of it."""

    def __init__(self, endpoint: str, bucket: str) -> None:
        self.bucket = bucket
        self.options = f"{{endpoint_url: '{endpoint}', key: abc, secret: {SECRET}, use_listings_cache: false}}"
        self.system = fsspec.filesystem(
            "s3", endpoint_url=endpoint, key="abc", secret=SECRET, use_listings_cache=False, skip_instance_cache=True
        )
        self.system.mkdir(bucket)

    def at(self, name: str) -> str:
        """What the config says of a folder of the bucket."""
        return f"{{address: 's3://{self.bucket}/{name}', options: {self.options}}}"

    def upload(self, folder: Path, name: str) -> None:
        """Copy a folder of this machine."""
        for file in folder.rglob("*"):
            if file.is_file():
                self.system.pipe_file(f"{self.bucket}/{name}/{file.relative_to(folder).as_posix()}", file.read_bytes())

    def tree(self, name: str) -> dict[str, bytes]:
        """What lies in a folder of the bucket, but for the page, which tells of times."""
        top = f"{self.bucket}/{name}/"
        found = {path.removeprefix(top): self.system.cat_file(path) for path in self.system.find(top)}
        found.pop("report.html", None)
        return found


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An S3 server on this machine."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A bucket of one test's own. No credentials of this machine are looked for."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return Store(endpoint, f"b{abs(hash(request.node.nodeid)):x}")


def settings(tmp_path: Path, input_: str, output: str, more: str = "batch: {jobs: 2}\n") -> Config:
    """A config whose input and output are these."""
    file = tmp_path / "config.yaml"
    file.write_text(f"input: {input_}\noutput: {output}\n{more}", encoding="utf-8")
    return load_config(file)


def at_home(tmp_path: Path, more: str = "batch: {jobs: 2}\n") -> dict[str, bytes]:
    """What a run over the folder `in` leaves in a folder of this machine."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    text = more.replace("my_rules", "none")
    run(settings(home, str(tmp_path / "in"), str(tmp_path / "home" / "out"), text))
    return {name: data for name, data in tree(tmp_path / "home" / "out").items() if name not in KEPT}


# --- the same bytes


def test_a_mirror_in_a_store_makes_the_same_bytes(tmp_path: Path, s3: Store) -> None:
    """Channels' names, copies, the mirror's name and the volumes are those of the folder."""
    s3.upload(mirror(tmp_path / "in"), "in")
    summary = run(settings(tmp_path, s3.at("in"), "out"))
    assert (summary.articles, summary.copies, summary.failures) == (3, 1, [])
    made = {name: data for name, data in tree(tmp_path / "out").items() if name not in KEPT}
    assert made == at_home(tmp_path)
    again = run(settings(tmp_path, s3.at("in"), "out"))
    assert (again.converted.total(), again.built) == (0, 0)


def test_a_store_gets_the_same_bytes_as_a_folder(tmp_path: Path, s3: Store) -> None:
    """Articles, volumes, feed, covers and report; the catalogue stays here."""
    mirror(tmp_path / "in")
    summary = run(settings(tmp_path, "in", s3.at("out")))
    assert (summary.articles, summary.failures, summary.stopped) == (3, [], "")
    assert s3.tree("out") == at_home(tmp_path)
    assert {file.name for file in (tmp_path / "out").iterdir()} >= {CATALOGUE}
    assert not (tmp_path / "out" / "markdown").exists()


def test_a_cluster_works_from_store_to_store_though_a_worker_is_killed(tmp_path: Path, s3: Store) -> None:
    """Three workers that share nothing but addresses, one of which dies in the middle, make the same bytes."""
    mirror(tmp_path / "in")
    for number in range(100):
        page(tmp_path / "in", f"loose/n2{number:05}.md", f"第{number}天，海面平静。", f"第{number}天")
    s3.upload(tmp_path / "in", "in")
    wanted = at_home(tmp_path)
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=0, silence_logs=50
    ) as cluster:
        more = f"batch: {{engine: dask, scheduler: '{cluster.scheduler_address}'}}\n"
        killed: list[int] = []

        def kill(what: str, done: int, total: int) -> None:
            if what == "converting" and not killed:
                process = next(iter(cluster.workers.values())).process
                killed.append(process.pid)
                process.process._process.kill()

        summary = run(settings(tmp_path, s3.at("in"), s3.at("out"), more), progress=kill)
    assert killed
    assert (summary.articles, summary.failures) == (103, [])
    assert s3.tree("out") == wanted


def test_a_run_in_the_memory_of_one_process(tmp_path: Path) -> None:
    """No worker sees it, so that the work is done in the process itself: nothing but the catalogue is written."""
    mirror(tmp_path / "in")
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    for file in (tmp_path / "in").rglob("*.*"):
        memory.pipe_file(f"/in/{file.relative_to(tmp_path / 'in').as_posix()}", file.read_bytes())
    one = settings(tmp_path, "'memory://in'", "'memory://out'")
    assert run(one).articles == 3
    made = {path.removeprefix("/out/"): memory.cat_file(path) for path in memory.find("/out")}
    made.pop("report.html")
    assert made == at_home(tmp_path)
    assert run(one).converted.total() == 0
    with pytest.raises(ConfigError, match=r"batch.engine: dask: memory:// lies in one process; expected an address"):
        run(settings(tmp_path, "'memory://in'", "out", "batch: {engine: dask}\n"))


# --- only what changed


def test_what_changed_in_a_store_is_made_again(tmp_path: Path, s3: Store) -> None:
    """A source that is another, an output that is missing, one that was altered, each for its reason."""
    s3.upload(mirror(tmp_path / "in"), "in")
    one = settings(tmp_path, s3.at("in"), s3.at("out"))
    run(one)
    wanted = s3.tree("out")
    top = f"{s3.bucket}/out/markdown/pages"
    s3.system.rm_file(f"{top}/c1/n100001.md")
    s3.system.pipe_file(f"{top}/c1/n100002.md", b"mine")
    page(tmp_path / "in", "pages/c2/n100003.md", "码头上来了两只猫。", "码头的猫")
    s3.upload(tmp_path / "in", "in")
    told = run(one, Options(dry_run=True)).converted
    assert dict(told) == {"an output is missing": 1, "an output was altered": 1, "changed": 1}
    assert run(one).converted == told
    made = s3.tree("out")
    changed = {name for name in wanted if made[name] != wanted[name]}
    assert {name for name in changed if "pages" in name} == {
        "markdown/pages/c2/n100003.md", "text/pages/c2/n100003.txt"
    }  # fmt: skip
    assert run(one).converted.total() == 0


def test_what_nothing_asks_for_is_pruned_in_a_store(tmp_path: Path, s3: Store) -> None:
    """But not what somebody has changed since; nor what a killed run left, which goes in any case."""
    s3.upload(mirror(tmp_path / "in"), "in")
    one = settings(tmp_path, s3.at("in"), s3.at("out"))
    run(one)
    s3.system.rm_file(f"{s3.bucket}/in/pages/c2/n100003.md")
    s3.system.pipe_file(f"{s3.bucket}/out/text/pages/c2/n100003.txt", b"mine")
    summary = run(one, Options(prune=True))
    assert (summary.removed, summary.kept) == (1, ["text/pages/c2/n100003.txt"])
    assert "markdown/pages/c2/n100003.md" not in s3.tree("out")


def test_names_from_metadata_are_settled_in_a_store(tmp_path: Path, s3: Store) -> None:
    """What waits for its name lies in the store too, and nothing of it stays there."""
    mirror(tmp_path / "in")
    more = "batch: {jobs: 2}\nemit: {markdown: {path: 'md/{date:%Y}/{title}.md'}}\nvolumes: []\n"
    run(settings(tmp_path, "in", s3.at("out"), more))
    assert s3.tree("out") == at_home(tmp_path, more)
    assert {name for name in s3.tree("out") if name.startswith("md/")} == {
        "md/2021/小镇放晴.md", "md/2021/灯塔.md", "md/2021/码头的猫.md"
    }  # fmt: skip


def test_an_output_in_the_input_is_passed_over(tmp_path: Path, s3: Store) -> None:
    """Beside each other in one bucket, or one in the other; not the other way round."""
    s3.upload(mirror(tmp_path / "in"), "in")
    one = settings(tmp_path, s3.at("in"), s3.at("in/made"))
    assert run(one).articles == run(one).articles == 3
    with pytest.raises(ConfigError, match=r"output: s3://.*/in: is the input; expected an address beside the input"):
        run(settings(tmp_path, s3.at("in"), s3.at("in")))
    with pytest.raises(ConfigError, match=r"output: s3://.*: holds the input s3://"):
        run(settings(tmp_path, s3.at("in/pages"), s3.at("in")))


def test_a_verification_reads_from_the_store(tmp_path: Path, s3: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """All outputs, or those that are named by their paths below the address."""
    s3.upload(mirror(tmp_path / "in"), "in")
    one = settings(tmp_path, s3.at("in"), s3.at("out"))
    run(one)
    assert verify_outputs(one).exit_code == 0
    damaged = f"{s3.bucket}/out/markdown/pages/c1/n100002.md"
    s3.system.pipe_file(damaged, s3.system.cat_file(damaged).replace("很".encode(), b""))
    assert [differing.path for differing in verify_outputs(one).differing] == ["pages/c1/n100002.md"]
    monkeypatch.chdir(tmp_path)
    assert verify_outputs(one, [Path("markdown/pages/c1/n100001.md")]).articles == 1


def test_volumes_are_delivered_from_a_store(tmp_path: Path, s3: Store) -> None:
    """To a folder of this machine."""
    mirror(tmp_path / "in")
    (tmp_path / "reader").mkdir()
    run(settings(tmp_path, "in", s3.at("out"), "deliver: [reader]\n"))
    made = s3.tree("out")
    assert {file.name: file.read_bytes() for file in (tmp_path / "reader").rglob("*.epub")} == {
        name.rpartition("/")[2]: data for name, data in made.items() if name.endswith(".epub")
    }


# --- trouble


def test_one_run_at_a_time_writes_to_a_store(tmp_path: Path, s3: Store) -> None:
    """The lock lies beside the catalogue, which knows what is there."""
    mirror(tmp_path / "in")
    one = settings(tmp_path, "in", s3.at("out"))
    failed: list[BaseException] = []

    def second(what: str, done: int, total: int) -> None:
        if what == "converting" and not failed:
            with pytest.raises(HeldError) as caught:
                run(one)
            failed.append(caught.value)

    run(one, progress=second)
    assert failed


def test_an_object_that_is_too_large_or_gone_costs_itself_only(tmp_path: Path, s3: Store) -> None:
    """The large one is not even fetched; an empty one is an empty article, as a file would be."""
    s3.upload(mirror(tmp_path / "in"), "in")
    s3.system.pipe_file(f"{s3.bucket}/in/pages/c1/n100009.md", b"x" * 3_000_000)
    more = "batch: {jobs: 1}\nparse: {max_bytes: 2000000}\n"
    summary = run(settings(tmp_path, s3.at("in"), "out", more))
    assert [one.reason for one in summary.failures] == [
        "pages/c1/n100009.md: 3,000,000 bytes; expected at most 2,000,000; raise parse.max_bytes to read it"
    ]
    store = Remote(Address(f"s3://{s3.bucket}/in", {"client_kwargs": {}, **_options(s3)}))
    listed = [entry.path for entry in store.list(Sieve()).entries]
    s3.system.rm_file(f"{s3.bucket}/in/{listed[0]}")
    assert store.ahead(listed, 2_000_000) == len(listed)
    with pytest.raises(Exception, match=f"{listed[0]}: there is no such file"):
        store.read(listed[0], 2_000_000)
    assert store.read(listed[1], 2_000_000)
    assert store.about("../in/pages") is None


def _options(s3: Store) -> dict[str, Any]:
    return {"endpoint_url": s3.system.endpoint_url, "key": "abc", "secret": SECRET, "use_listings_cache": False}


def test_keys_that_are_no_paths_are_passed_over(tmp_path: Path, s3: Store) -> None:
    """A store takes any text for a name; one that leads upwards must not lead an output there."""
    s3.upload(mirror(tmp_path / "in"), "in")
    for key in ("in//n1.md", "in/a/../../n2.md", "in/./n3.md"):
        s3.system.call_s3("put_object", Bucket=s3.bucket, Key=key, Body=b"### x\n")
    summary = run(settings(tmp_path, s3.at("in"), "out"))
    assert (summary.articles, summary.passed_over["name that is no path"]) == (3, 3)


def test_what_is_missing_is_named_without_secrets(
    tmp_path: Path, s3: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bucket that is not there as input ends the run at once; as output it ends it in order."""
    mirror(tmp_path / "in")
    nowhere = s3.at("x").replace(s3.bucket, "no-such-bucket")
    monkeypatch.chdir(tmp_path)
    settings(tmp_path, nowhere, "out")
    assert main(["run"]) == 3
    assert "input: s3://no-such-bucket/x: " in capsys.readouterr().err
    settings(tmp_path, "in", nowhere)
    assert main(["run"]) == 1
    said = capsys.readouterr()
    assert "The specified bucket does not exist); check s3://no-such-bucket/x, its options" in said.err
    assert SECRET not in said.err + said.out + repr(load_config(tmp_path / "config.yaml"))
    settings(tmp_path, "in", s3.at("x"))
    assert main(["run"]) == 0
    assert s3.tree("x") == at_home(tmp_path)


def test_a_store_that_goes_away_ends_the_run_and_the_next_one_goes_on(tmp_path: Path, s3: Store) -> None:
    """What was written is recorded, and nothing half-written is seen."""
    mirror(tmp_path / "in")
    for number in range(200):
        page(tmp_path / "in", f"loose/n2{number:05}.md", f"第{number}天，海面平静。", f"第{number}天")
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    other = Store(f"http://{host}:{port}", "other")
    impatient = other.options.replace("{", "{config_kwargs: {connect_timeout: 1, retries: {max_attempts: 0}}, ", 1)
    address = f"{{address: 's3://other/out', options: {impatient}}}"
    wanted = at_home(tmp_path)
    one = settings(tmp_path, "in", address, "batch: {jobs: 1}\n")

    def stop(what: str, done: int, total: int) -> None:
        if what == "converting" and done < total:
            server.stop()

    summary = run(one, progress=stop)
    assert summary.stopped
    assert summary.exit_code == 1
    again = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    again.start()  # it has what the first one had
    assert 0 < run(one).converted.total() < 203
    assert other.tree("out") == wanted
    again.stop()


def test_what_a_killed_run_left_in_a_store_is_swept_up(tmp_path: Path, s3: Store) -> None:
    """The signs by which workers show what they see, and nothing else."""
    sink = settings(tmp_path, "in", s3.at("out")).output.open()
    write(sink, part_name("left", "behind"), b"")
    write(sink, "kept.part", b"")
    sink.sweep(PART)
    assert s3.tree("out") == {"kept.part": b""}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input: 'nothing://x'", "input: nothing://x: cannot be opened"),
        ("output: {address: 'sftp://host/x'}", "output: sftp://host/x: half-written files could be seen there"),
        ("output: {options: {a: b}}", "output.options: 'options' without `address`"),
        ("input: {path: in, address: 's3://b/x'}", "input.path: `path` and `address` both stand here"),
        ("input: {address: 's3://b/x', update: git pull}", "input.update: 'update' with `address`"),
        ("output: 's3://'", "output.address: found 's3://'; expected an address, as in s3://bucket/folder"),
        ("output: 'file:///tmp/x'", "output.address: found 'file:///tmp/x'; expected an address of another machine"),
        ("input: {address: 3}", "input.address: found 3"),
    ],
)
def test_an_address_that_cannot_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The place, what was found, and what would be right."""
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    mirror(tmp_path / "in")
    with pytest.raises(UsageError) as caught:
        run(load_config(file))
    assert said.replace("'", "") in caught.value.message.replace("'", "")


def test_without_the_packages_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is read or written."""
    mirror(tmp_path / "in")
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "s3fs", None)
        patched.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)
        with pytest.raises(MissingToolError, match=r"input: s3://b/x: .*pip install 'mirrorpress\[s3\]'"):
            run(settings(tmp_path, "'s3://b/x'", "out"))
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(MissingToolError, match=r"output: s3://b/x: .*pip install 'mirrorpress\[remote\]'"):
        run(settings(tmp_path, "in", "'s3://b/x'"))
    assert not (tmp_path / "out").exists()


def test_an_address_is_not_watched(tmp_path: Path) -> None:
    """Nothing tells of changes there; a schedule does as well."""
    with pytest.raises(UsageError, match=r"input: s3://b/x: an address cannot be watched; expected a folder or a"):
        next(changes(settings(tmp_path, "'s3://b/x'", "out"), lambda: 0, False, print))


def test_the_command_takes_addresses(tmp_path: Path, s3: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options of the config hold for another address of the same kind."""
    s3.upload(mirror(tmp_path / "in"), "in")
    settings(tmp_path, s3.at("none"), s3.at("none"))
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--input", f"s3://{s3.bucket}/in", "--output", f"s3://{s3.bucket}/new"]) == 0
    assert s3.tree("new") == at_home(tmp_path)
    assert s3.tree("none") == {}
    assert main(["run", "--input", "in", "--output", "here"]) == 0
    assert {name: data for name, data in tree(tmp_path / "here").items() if name not in KEPT} == s3.tree("new")
    assert main(["convert", "pages/c1/n100002.md", "-o", "one.md"]) == 1
    settings(tmp_path, s3.at("in"), "out")
    assert main(["convert", "pages/c1/n100002.md", "-o", "one.md"]) == 0
    assert "灯塔" in (tmp_path / "one.md").read_text(encoding="utf-8")


def test_an_address_is_told_without_user_and_password() -> None:
    """Also where the file system repeats it in an error, and also the values of options that are secret."""
    one = Address("sftp://me:word@host/x", {"client_kwargs": {"aws_secret_access_key": SECRET}})
    assert (one.told, one.name) == ("sftp://host/x", "x")
    assert one.said(OSError(f"sftp://me:word@host/x refused {SECRET}")) == "sftp://host/x refused ***"
    assert SECRET not in repr(one)


def test_what_nobody_dates_is_never_taken_for_unchanged() -> None:
    """A listing without times or names of contents is read anew each time."""
    before = time.time_ns()
    assert changed_at({"name": "x", "size": 3}) >= before
    assert changed_at({"mtime": 5.0}) == 5_000_000_000
    assert changed_at({"updated": "1970-01-01T00:00:07+00:00"}) == 7_000_000_000
