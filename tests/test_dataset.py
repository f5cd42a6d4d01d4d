"""The dataset: files of many articles each, that other programs read, and that change no more than their articles."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from convert.article import Metadata
from convert.batch.dataset.sharding import Sharded, ShardTask, write_shard
from convert.batch.engines.workers import become
from convert.batch.planning.plan import Job
from convert.batch.run import Options, run
from convert.batch.verifying.verification import verify_outputs
from convert.config import Config
from convert.emit import EMITTERS, EmitOptions
from convert.emit.dataset import COLUMNS, LISTS, ROWS, SUFFIXES, read_rows, row, suffix_of, writer
from convert.errors import ConfigError, MissingToolError
from convert.stores import Folder
from tests.case import Case
from tests.test_batch import config, page, tree

ALL = pytest.mark.parametrize("suffix", SUFFIXES)


def settings(tmp_path: Path, path: str = "dataset/{date:%Y-%m}.jsonl", more: str = "") -> Config:
    """A config that writes a dataset and nothing else."""
    return config(tmp_path, f"emit: {{dataset: {{path: '{path}'}}}}\nvolumes: []\nbatch: {{jobs: 2{more}}}\n")


def dated(folder: Path, day: str, id_: str, body: str) -> None:
    """An invented article of a day, written `21/7/14`."""
    page(folder, f"pages/c1/{id_}.md", body, f"标题{id_}", id_)
    file = folder / f"pages/c1/{id_}.md"
    year, month, date = day.split("/")
    text = file.read_text(encoding="utf-8").replace("2021年07月14日", f"20{year}年{int(month):02}月{int(date):02}日")
    file.write_text(text.replace("/gb/21/7/14/", f"/gb/{day}/"), encoding="utf-8")


def months(folder: Path) -> Path:
    """A mirror with articles of two months."""
    dated(folder, "21/7/14", "n100001", "海边的小镇今天放晴。")
    dated(folder, "21/7/2", "n100002", "灯塔重新刷了漆。")
    dated(folder, "21/8/1", "n100003", "码头上来了一只猫。")
    return folder


def lines(file: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON Lines."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_row_says_what_the_json_of_the_article_says() -> None:
    """The same fields, the metadata among them, with a value or none for every column."""
    article = Case.read("byline-reporter-translator").article()
    told = row(article, "gfm")
    whole = json.loads(EMITTERS["json"].write(article, EmitOptions()))
    assert tuple(told) == COLUMNS
    for name in ("path", "aliases", "digest", "profile", "text", "markdown"):
        assert told[name] == whole[name]
    metadata = {name: told[name] for name in Metadata.__slots__}
    assert {name: value for name, value in metadata.items() if value not in (None, [])} == whole["metadata"]
    assert (told["via"], told["tags"]) == (None, [])


@ALL
def test_every_kind_of_file_gives_back_its_rows(suffix: str) -> None:
    """Also more than fit into one group, and what is no Unicode in a file's name; and the same bytes each time."""
    one = row(Case.read("plain-article").article(), "gfm")
    article = Case.read("byline-reporter-translator").article()
    article.meta.title = "甲\udce4"
    rows = [one, row(article, "gfm"), *[{**one, "words": number} for number in range(ROWS)]]
    files = []
    for _ in range(2):
        made = writer(suffix)
        for each in rows:
            made.add(each)
        files.append(made.finish())
    assert list(read_rows(files[0], suffix)) == rows
    assert rows[1]["title"] == "甲\\udce4"
    assert files[0] == files[1]


@ALL
def test_a_file_without_rows_can_be_read(suffix: str) -> None:
    """It has none."""
    assert list(read_rows(writer(suffix).finish(), suffix)) == []


def test_an_article_is_in_the_file_of_its_month(tmp_path: Path) -> None:
    """In the order of days and paths."""
    months(tmp_path / "in")
    done = run(settings(tmp_path))
    assert (done.exit_code, done.shards, done.shards_written) == (0, 2, 2)
    july = lines(tmp_path / "out/dataset/2021-07.jsonl")
    assert [(one["date"], one["id"]) for one in july] == [("2021-07-02", "n100002"), ("2021-07-14", "n100001")]
    assert [one["markdown"] for one in lines(tmp_path / "out/dataset/2021-08.jsonl")] == ["码头上来了一只猫。"]


@pytest.mark.slow
def test_what_changes_touches_the_files_of_its_articles_alone(tmp_path: Path) -> None:
    """An article that comes, changes or goes; and the folder is then what a first run would have made of it."""
    source, wanted = months(tmp_path / "in"), settings(tmp_path)
    run(wanted)
    august = tmp_path / "out/dataset/2021-08.jsonl"
    stamp = august.stat().st_mtime_ns
    changes: tuple[Callable[[], None], ...] = (
        lambda: dated(source, "21/7/20", "n100004", "渔船一早出港。"),
        lambda: dated(source, "21/7/2", "n100002", "灯塔又刷了一次漆。"),
        lambda: (source / "pages/c1/n100001.md").unlink(),
    )
    for change in changes:
        change()
        assert run(wanted).shards_written == 1
        assert august.stat().st_mtime_ns == stamp
    assert run(wanted).shards_written == 0
    july = (tmp_path / "out/dataset/2021-07.jsonl").read_bytes()
    assert [one["id"] for one in lines(tmp_path / "out/dataset/2021-07.jsonl")] == ["n100002", "n100004"]
    (tmp_path / "out").rename(tmp_path / "before")
    run(wanted)
    assert (tmp_path / "out/dataset/2021-07.jsonl").read_bytes() == july


@pytest.mark.slow
def test_an_envelope_that_changes_reaches_the_row(tmp_path: Path) -> None:
    """The digest in a row is that of the source as it is, though the article says the same."""
    source, wanted = months(tmp_path / "in"), settings(tmp_path)
    run(wanted)
    file = source / "pages/c1/n100003.md"
    file.write_text(file.read_text(encoding="utf-8").replace("[评论]", "[评 论]"), encoding="utf-8")
    run(wanted)
    (told,) = lines(tmp_path / "out/dataset/2021-08.jsonl")
    assert told["digest"] == sha256(file.read_bytes()).hexdigest()


@pytest.mark.slow
def test_a_file_that_was_altered_or_lost_is_written_again(tmp_path: Path) -> None:
    """And no other."""
    months(tmp_path / "in")
    wanted = settings(tmp_path)
    run(wanted)
    before = tree(tmp_path / "out")
    (tmp_path / "out/dataset/2021-07.jsonl").write_text("{}\n", encoding="utf-8")
    assert run(wanted).shards_written == 1
    (tmp_path / "out/dataset/2021-08.jsonl").unlink()
    assert run(wanted).shards_written == 1
    assert tree(tmp_path / "out") == before
    assert run(wanted, Options(force=True)).shards_written == 2
    assert tree(tmp_path / "out") == before


@pytest.mark.slow
def test_files_that_nothing_asks_for_are_pruned(tmp_path: Path) -> None:
    """Of a month without articles, of another path, and all where the config has no dataset any more."""
    source = months(tmp_path / "in")
    dataset = tmp_path / "out/dataset"
    run(settings(tmp_path))
    (source / "pages/c1/n100003.md").unlink()
    run(settings(tmp_path, more=", prune: true"), Options(prune=True))
    assert [one.name for one in dataset.iterdir()] == ["2021-07.jsonl"]
    run(settings(tmp_path, "dataset/all.jsonl"), Options(prune=True))
    assert [one.name for one in dataset.iterdir()] == ["all.jsonl"]
    page(source, "pages/c1/n100009.md")
    run(config(tmp_path, "emit: {text: }\nvolumes: []\n"), Options(prune=True))
    assert not dataset.exists()


@pytest.mark.slow
def test_a_dataset_of_another_path_converts_no_article_again(tmp_path: Path) -> None:
    """Its options are no part of what the articles' own files are made from."""
    months(tmp_path / "in")
    run(settings(tmp_path))
    done = run(settings(tmp_path, "dataset/{publisher}.jsonl.gz"))
    assert (done.converted.total(), done.shards_written) == (0, 1)
    assert (tmp_path / "out/dataset/大纪元.jsonl.gz").is_file()


def test_an_output_with_the_same_name_costs_neither(tmp_path: Path) -> None:
    """The file of the dataset gets a mark."""
    months(tmp_path / "in")
    text = "emit: {json: {path: 'd/{date:%Y-%m}.jsonl'}, dataset: {path: 'd/{date:%Y-%m}.jsonl'}}\nvolumes: []\n"
    done = run(config(tmp_path, text))
    assert done.exit_code == 0
    assert done.shards == 2
    assert json.loads((tmp_path / "out/d/2021-07.jsonl").read_text(encoding="utf-8"))["profile"] == "epoch"
    assert len(list((tmp_path / "out/d").glob("2021-07-*.jsonl"))) == 2  # the other article of that month, and the file


def test_a_row_that_differs_from_its_article_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run reads each file back, and holds Markdown and text of every row against the article."""
    months(tmp_path / "in")
    wanted = settings(tmp_path)
    become(wanted, Folder(tmp_path / "in"))
    (tmp_path / "out").mkdir()
    task = ShardTask("a.jsonl", ".jsonl", "gfm", (Job("pages/c1/n100003.md"),), b"")
    sound = write_shard([task])
    assert isinstance(sound, Sharded)
    assert (sound.articles, sound.differing) == (1, [])
    monkeypatch.setattr("convert.emit.dataset.row", lambda article, flavour: {**row(article, flavour), "text": "狗"})
    wrong = write_shard([task])
    assert isinstance(wrong, Sharded)
    assert [one.path for one in wrong.differing] == ["pages/c1/n100003.md"]
    monkeypatch.undo()
    monkeypatch.setattr("convert.emit.dataset.read_rows", lambda data, suffix: iter([{"path": "x"}]))
    lost = write_shard([task])
    assert isinstance(lost, Sharded)
    assert [one.path for one in lost.differing] == ["a.jsonl"]


def test_an_article_that_fails_costs_its_file_and_no_other(tmp_path: Path) -> None:
    """The file of an earlier run stays; the run says so."""
    source, wanted = months(tmp_path / "in"), settings(tmp_path)
    become(wanted, Folder(source))
    (tmp_path / "out").mkdir()
    done = write_shard([ShardTask("a.jsonl", ".jsonl", "gfm", (Job("pages/c1/gone.md"),), b"")])
    assert not isinstance(done, Sharded)
    assert str(getattr(done, "reason", "")).startswith("pages/c1/gone.md: there is no such file")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("dataset/{date}.csv", "ends in no kind of file; expected one of .jsonl, .jsonl.gz, .jsonl.zst, .parquet"),
        ("dataset/{stem}.jsonl", "{stem} gives every article a file; expected {date}, {publisher}, {channel}, {lang}"),
        ("../{date}.jsonl", "`..` leads out of the output folder"),
    ],
)
def test_a_path_that_cannot_be_is_refused(tmp_path: Path, path: str, said: str) -> None:
    """With what it could be."""
    with pytest.raises(ConfigError) as raised:
        settings(tmp_path, path)
    assert said in str(raised.value)


@pytest.mark.parametrize(("path", "package"), [("a.parquet", "pyarrow"), ("a.jsonl.zst", "zstandard")])
def test_without_its_package_a_run_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, package: str
) -> None:
    """The message names the extra."""
    months(tmp_path / "in")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingToolError) as raised:
        run(settings(tmp_path, path))
    assert str(raised.value) == (
        f"emit.dataset.path: *{suffix_of(path)}: the package {package} is not installed; "
        "install the extra dataset: pip install 'mirrorpress[dataset]'"
    )
    assert not (tmp_path / "out/catalogue.sqlite").exists()


@ALL
def test_duckdb_reads_every_kind(tmp_path: Path, suffix: str) -> None:
    """All files as one table, whose columns have types."""
    months(tmp_path / "in")
    assert run(settings(tmp_path, f"dataset/{{date:%Y-%m}}{suffix}")).exit_code == 0
    files = f"{tmp_path}/out/dataset/*{suffix}"
    found = duckdb.sql(f"SELECT id, year(date), len(tags), words, markdown FROM '{files}' ORDER BY date").fetchall()
    assert [one[:3] for one in found] == [("n100002", 2021, 0), ("n100001", 2021, 0), ("n100003", 2021, 0)]
    assert found[2][3:] == (8, "码头上来了一只猫。")


@ALL
def test_pandas_reads_every_kind(tmp_path: Path, suffix: str) -> None:
    """A file is a frame, with the columns in their order."""
    pandas = pytest.importorskip("pandas", reason="too heavy for the tests' packages")
    months(tmp_path / "in")
    run(settings(tmp_path, f"dataset/all{suffix}"))
    file = tmp_path / f"out/dataset/all{suffix}"
    frame = pandas.read_parquet(file) if suffix == ".parquet" else pandas.read_json(file, lines=True)
    assert tuple(frame.columns) == COLUMNS
    assert list(frame["id"]) == ["n100002", "n100001", "n100003"]


@ALL
def test_hugging_face_reads_every_kind(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From disk, with nothing asked of the network."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets", reason="too heavy for the tests' packages")
    months(tmp_path / "in")
    run(settings(tmp_path, f"dataset/{{date:%Y-%m}}{suffix}"))
    kind = "parquet" if suffix == ".parquet" else "json"
    files = sorted(str(one) for one in (tmp_path / "out/dataset").iterdir())
    loaded = datasets.load_dataset(kind, data_files=files, split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.column_names == list(COLUMNS)
    assert loaded["id"][:] == ["n100002", "n100001", "n100003"]


@pytest.mark.slow
def test_the_page_names_every_column_and_its_query_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/json.md is the schema."""
    text = (Path(__file__).parent.parent / "docs/json.md").read_text(encoding="utf-8").partition("## Many in a file")[2]
    table = re.findall(r"^\| (`.*?`) \| (\S.*?) \|", text.partition("| column |")[2], re.MULTILINE)
    assert {name for cell, _ in table for name in re.findall(r"`(\w+)`", cell)} == set(COLUMNS)
    lists = {name for cell, kind in table if kind == "list of strings" for name in re.findall(r"`(\w+)`", cell)}
    assert lists == LISTS
    for suffix in SUFFIXES:
        assert f"| `{suffix}` |" in text
    months(tmp_path / "in")
    run(settings(tmp_path))
    (tmp_path / "out").rename(tmp_path / "out-dataset")
    monkeypatch.chdir(tmp_path)
    (query,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    assert duckdb.sql(query).fetchall() == [("大纪元", 2021, 3, 24)]


def damage(file: Path, *, rows: list[dict[str, Any]]) -> None:
    """Write other rows into a file."""
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8")


@pytest.mark.slow
def test_verify_holds_what_lies_there_against_the_sources(tmp_path: Path) -> None:
    """Every row of every file; a path that names a file means its articles."""
    months(tmp_path / "in")
    wanted = settings(tmp_path)
    run(wanted)
    verdict = verify_outputs(wanted)
    assert (verdict.exit_code, verdict.articles, verdict.rows) == (0, 3, 3)
    august = verify_outputs(wanted, [tmp_path / "out/dataset/2021-08.jsonl"])
    assert (august.exit_code, august.articles, august.rows) == (0, 1, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: [rows[0] | {"text": "灯塔倒了。"}, rows[1]], "pages/c1/n100002.md"),
        (lambda rows: [rows[0] | {"markdown": "灯塔**重新**刷了漆。"}, rows[1]], "pages/c1/n100002.md"),
        (lambda rows: [rows[0], rows[1] | {"authors": ["某人"]}], "pages/c1/n100001.md"),
        (lambda rows: [rows[0], {key: rows[1][key] for key in rows[1] if key != "title"}], "pages/c1/n100001.md"),
        (lambda rows: rows[::-1], "dataset/2021-07.jsonl"),
        (lambda rows: rows[:1], "dataset/2021-07.jsonl"),
        (lambda rows: [*rows, rows[0]], "dataset/2021-07.jsonl"),
        (lambda rows: ["no row"], "dataset/2021-07.jsonl"),
    ],
)
def test_verify_tells_what_differs(tmp_path: Path, change: Callable[..., Any], said: str) -> None:
    """Text, Markdown, metadata, order, and rows that are missing or too many."""
    months(tmp_path / "in")
    wanted = settings(tmp_path)
    run(wanted)
    file = tmp_path / "out/dataset/2021-07.jsonl"
    damage(file, rows=change(lines(file)))
    verdict = verify_outputs(wanted)
    assert verdict.exit_code == 1
    assert [one.path for one in verdict.differing] == [said]


@pytest.mark.slow
def test_verify_tells_of_a_file_that_is_missing_or_broken(tmp_path: Path) -> None:
    """As of every other output."""
    months(tmp_path / "in")
    wanted = settings(tmp_path, "dataset/{date:%Y-%m}.parquet")
    run(wanted)
    (tmp_path / "out/dataset/2021-07.parquet").unlink()
    (tmp_path / "out/dataset/2021-08.parquet").write_bytes(b"PAR1")
    told = {one.path: str(one.differences[0]) for one in verify_outputs(wanted).differing}
    assert told == {
        f"dataset/{month}.parquet": f"dataset/{month}.parquet: missing: found 'nothing that can be read'; "
        f"expected '{count} rows'"
        for month, count in (("2021-07", 2), ("2021-08", 1))
    }
