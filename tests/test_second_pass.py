"""The second pass over Markdown files where something stands in its way: a store or disk that refuses, a worker."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest

from benchmarks.linking import PROFILE
from benchmarks.walking import Here
from convert.article import Article
from convert.batch.articles import converting, rewriting
from convert.batch.articles.relinking import MOVED, Relinking
from convert.batch.articles.rewriting import rewrite_jobs
from convert.batch.checks import check_article
from convert.batch.engines.pool import Lost
from convert.batch.planning import fingerprint
from convert.batch.run import run
from convert.batch.verifying.verification import verify_outputs
from convert.catalogue.references import Place
from convert.catalogue.rows import Reference
from convert.config import Config, load_config
from convert.config.formats import MarkdownOutput
from convert.errors import NoRoomError, OutputError
from convert.files import Outbox
from convert.stores.address import Address
from convert.verify import Difference
from tests.test_batch import config as told_of
from tests.test_incremental import settle
from tests.test_pictures_beside import picture, show, told

ARTICLES = 40
CONFIG = """parse: {profiles: [lake.yaml]}
emit: {markdown: {links: relative}}
volumes: []
feed: false
batch: {jobs: 1}
"""


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done in this process."""
    monkeypatch.setattr("convert.batch.engines.engine.Pool", Here)


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """Articles each of which links to the next one, so that every file is written twice."""
    (tmp_path / "lake.yaml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "in").mkdir()
    for number in range(ARTICLES):
        body = f"见[后文](https://lake.example/{(number + 1) % ARTICLES + 1})。"
        text = f"# 第{number + 1}篇\n\n{body}\n\n来源：https://lake.example/{number + 1}\n"
        (tmp_path / "in" / f"p{number + 1:02}.md").write_text(text, encoding="utf-8")
    settle(tmp_path)
    return tmp_path


def configured(desk: Path, more: str = "") -> Config:
    """A config that is read from its file."""
    file = desk / "config.yaml"
    file.write_text(f"input: in\n{more or 'output: out'}\n{CONFIG}", encoding="utf-8")
    return load_config(file)


@pytest.fixture
def bucket() -> Iterator[Any]:
    """A store that is empty before and after."""
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/second", recursive=True)


def test_a_store_that_refuses_everything_ends_the_run(ring: Path, bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told once, with the first file's name; nothing further is tried, and the next run goes on."""
    config = configured(ring, "output: {path: out, address: 'memory://second/out'}")
    tried: list[str] = []
    real = Address.each

    def each(self: Address, operation: str, calls: Iterable[Sequence[Any]]) -> list[Any]:
        calls = list(calls)
        if operation != "pipe_file":
            return real(self, operation, calls)
        tried.extend(path for path, _ in calls)
        return [PermissionError("denied") for _ in calls] if len(tried) > ARTICLES else real(self, operation, calls)

    with monkeypatch.context() as patched:
        patched.setattr(Address, "each", each)
        summary = run(config)
    assert [one.reason for one in summary.failures] == [summary.stopped]
    assert "markdown/p01.md" in summary.stopped
    assert not summary.differing
    assert ARTICLES < len(tried) < 2 * ARTICLES
    assert summary.exit_code == 1
    summary = run(config)
    assert (summary.stopped, summary.failures, summary.links) == ("", [], ARTICLES)
    assert b"(p02.md)" in bucket.cat_file("/second/out/markdown/p01.md")
    assert verify_outputs(config).exit_code == 0


@pytest.mark.parametrize("kind", [OutputError, NoRoomError])
@pytest.mark.parametrize("call", ["put", "publish"])
def test_a_disk_that_refuses_a_file_costs_that_one_or_ends_the_run(
    ring: Path, monkeypatch: pytest.MonkeyPatch, kind: type[OutputError], call: str
) -> None:
    """As in the first pass: what concerns one file fails its article alone."""
    config = configured(ring)
    run(config)
    for file in ("p02.md", "p07.md"):
        (ring / "in" / file).rename(ring / "in" / f"q{file}")  # so that two others are written once more
    refused = kind("markdown/p01.md", "cannot be written", "", "try again")
    put, publish = Outbox.put, Outbox.publish
    seen: list[str] = []

    def no_put(self: Outbox, path: str, data: bytes) -> Any:
        seen.append(path)
        if path == "markdown/p01.md":
            raise refused
        return put(self, path, data)

    def no_publish(self: Outbox) -> dict[str, OutputError]:
        there = {"markdown/p01.md": refused} if "markdown/p01.md" in self._parts else {}
        return {**publish(self), **there}

    with monkeypatch.context() as patched:
        patched.setattr(Outbox, call, no_put if call == "put" else no_publish)
        summary = run(config)
    told = "markdown/p01.md: cannot be written; try again"
    if kind is OutputError:
        assert [(one.path, one.reason) for one in summary.failures] == [("p01.md", told)]
        assert not summary.stopped
    else:
        assert ([one.reason for one in summary.failures], summary.stopped) == ([told], told)
    run(config)
    holds_with(ring, config)


class Losing(Here):
    """A pool whose workers are lost over the second pass of one article."""

    given: ClassVar[list[float]] = []

    def run(self, function: Any, chunks: Iterable[Sequence[Any]], seconds: float = 0) -> Iterator[Any]:
        """Call `function` with each chunk, one by one where an item kills its worker."""
        if function is not rewrite_jobs:
            yield from super().run(function, chunks, seconds)
            return
        self.given.append(seconds)
        for chunk in chunks:
            for job in chunk:
                yield from [([job], Lost.HUNG)] if job.path == "p01.md" else super().run(function, [[job]])


def test_an_article_whose_worker_is_lost_is_written_by_the_next_run(
    ring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told with the time that it had, and the others are written."""
    config = configured(ring)
    with monkeypatch.context() as patched:
        patched.setattr("convert.batch.engines.engine.Pool", Losing)
        summary = run(config)
    assert Losing.given == [config.batch.seconds]
    assert [one.path for one in summary.failures] == ["p01.md"]
    assert f"{config.batch.seconds}" in summary.failures[0].reason
    assert (summary.links, summary.differing, summary.stopped) == (ARTICLES - 1, [], "")
    assert run(config).links == ARTICLES
    holds_with(ring, config)


def test_a_picture_that_cannot_be_copied_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its article keeps the address, which is no difference, and is not converted again for it."""
    picture(tmp_path, "img/a.jpg")
    show(tmp_path, "one", "img/a.jpg")
    put = Outbox.put

    def no_put(self: Outbox, path: str, data: bytes) -> Any:
        if path.endswith(".jpg"):
            raise OutputError(path, "cannot be written", "", "try again")
        return put(self, path, data)

    config = told_of(tmp_path, told())
    with monkeypatch.context() as patched:
        patched.setattr(Outbox, "put", no_put)
        for _ in range(2):
            summary = run(config)
            assert [one.path for one in summary.failures] == ["content/one/a.jpg"]
            assert summary.differing == []
    assert run(config).converted == Counter({MOVED: 1})
    holds_with(tmp_path, config)


def test_an_article_that_differs_in_several_ways_is_told_once(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the first pass finds, the second, and what its links lead to, each difference once."""
    config = configured(ring)
    right = Relinking.linked
    odd = Difference("odd", "markdown/p01.md", "a", "b")

    def wrong(self: Relinking, one: Reference, place: Place, *rest: Any) -> Reference:
        linked = right(self, one, place, *rest)
        return linked._replace(target="p03.md") if place.path == "p01.md" else linked

    def differs(article: Article, *rest: Any, **options: Any) -> list[Difference]:
        return [*([odd] if article.path == "p01.md" else []), *check_article(article, *rest, **options)]

    with monkeypatch.context() as patched:
        patched.setattr(Relinking, "linked", wrong)
        patched.setattr(converting, "check_article", differs)
        patched.setattr(rewriting, "check_article", differs)
        summary = run(config)
    (one,) = summary.differing
    assert (one.path, one.count, [told.check for told in one.differences]) == ("p01.md", 2, ["odd", "links"])
    with sqlite3.connect(ring / "out/catalogue.sqlite") as catalogue:
        assert catalogue.execute("SELECT differs FROM article WHERE differs > 0").fetchall() == [(2,)]
    run(config)
    holds_with(ring, config)


DECIDING = (
    "batch/articles/beside.py", "batch/articles/picture_files.py", "batch/articles/relinking.py",
    "batch/articles/rewriting.py", "batch/links/claims.py", "batch/links/leading.py", "batch/pictures/cache.py",
    "batch/pictures/source.py", "catalogue/references.py", "names.py",
)  # fmt: skip
"""What says which files there are, and what stands for addresses."""


@pytest.mark.parametrize("file", DECIDING)
def test_the_second_pass_is_made_again_when_its_code_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """Whichever file of it."""
    package = tmp_path / "convert"
    shutil.copytree(fingerprint._PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "locale"))
    monkeypatch.setattr(fingerprint, "_PACKAGE", package)
    options = MarkdownOutput(links="relative")
    seen = []
    for text in ("", "\n"):
        with (package / file).open("a", encoding="utf-8") as stream:
            stream.write(text)
        fingerprint._code.cache_clear()
        seen.append(fingerprint.rewriting_depends_on(options))
    fingerprint._code.cache_clear()
    assert seen[0] != seen[1]


@pytest.mark.parametrize("files", ["_ARTICLES", "_REWRITES", "_VOLUMES", "_DATASET"])
def test_every_file_that_a_fingerprint_names_is_there(files: str) -> None:
    """Else it would cover nothing when a module is moved."""
    for pattern in getattr(fingerprint, files):
        assert any(fingerprint._PACKAGE.glob(pattern)), pattern


def holds_with(desk: Path, config: Config) -> None:
    """The outputs are right, and another run has nothing to do."""
    assert run(config).converted.total() == 0
    assert verify_outputs(config).exit_code == 0
    with sqlite3.connect(desk / "out/catalogue.sqlite") as catalogue:
        assert catalogue.execute("SELECT count(*) FROM reference WHERE target = ''").fetchone() == (0,)
        assert catalogue.execute("SELECT sum(differs) FROM article").fetchone() == (0,)
