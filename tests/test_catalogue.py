"""The catalogue: how it is opened, brought up to date, refused, and set aside where it is damaged."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from convert.batch.indexing import index
from convert.batch.lock import hold
from convert.batch.run import run
from convert.catalogue import CATALOGUE, Catalogue, DamagedError, open_catalogue, read_catalogue, set_aside
from convert.catalogue.rows import Facts
from convert.catalogue.schema import APPLICATION, MIGRATIONS
from convert.catalogue.search import Index, Text, check_search
from convert.config import Config
from convert.errors import MissingToolError, NothingToReadError, OutputError, UsageError
from tests.test_batch import config, mirror, page
from tests.test_cli import command


def old(file: Path, migrations: Sequence[str], rows: int = 3) -> None:
    """Make a catalogue of an older version by hand, with some articles."""
    connection = sqlite3.connect(file)
    for migration in migrations:
        connection.executescript(migration)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {len(migrations)}")
    connection.executemany(
        "INSERT INTO article (name, path, aliases, content, depends, digest, milliseconds, differs, differences,"
        " mirror, rules, title, date, tags) VALUES (?, ?, '[]', x'00', '', x'01', 0.5, 0, '[]', 'in', '[]', ?, ?, ?)",
        [(f"a/{n}.md", f"a/{n}.md", f"灯塔{n}", f"2021-07-{n + 10}", json.dumps(["灯"])) for n in range(rows)],
    )
    connection.execute("INSERT INTO setting VALUES ('settled', 'x')")
    connection.commit()
    connection.close()


def tables(file: Path) -> dict[str, list[str]]:
    """The tables of a catalogue, with their columns."""
    connection = sqlite3.connect(file)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: [row[1] for row in connection.execute(f"PRAGMA table_info ({name})")] for name in names}
    connection.close()
    return found


def test_a_new_catalogue_is_of_the_current_version(tmp_path: Path) -> None:
    """It says what it is, and readers may go on while it is written to."""
    with open_catalogue(tmp_path / "deep" / CATALOGUE) as catalogue:
        catalogue.set(word="value")
    connection = sqlite3.connect(tmp_path / "deep" / CATALOGUE)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("SELECT * FROM setting").fetchall() == [("word", "value")]
    connection.close()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_catalogue_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path, version: int) -> None:
    """Whatever version it begins with, it gets the tables of a new one."""
    old(tmp_path / CATALOGUE, MIGRATIONS[:version])
    with pytest.raises(UsageError, match=f"version {version}; expected version {len(MIGRATIONS)}"):
        read_catalogue(tmp_path / CATALOGUE).__enter__()
    with open_catalogue(tmp_path / CATALOGUE) as catalogue:
        assert catalogue.count_articles() == 3
        assert catalogue.setting("settled") == "x"
    with read_catalogue(tmp_path / CATALOGUE) as catalogue:
        found = [facts for _, _, _, facts in catalogue.members(["title", "tags"])]
        assert found[0] == {"title": "灯塔0", "tags": ("灯",)}
        assert Index(catalogue).count_waiting() == 3
    with open_catalogue(tmp_path / "new.sqlite"):
        pass
    assert tables(tmp_path / CATALOGUE) == tables(tmp_path / "new.sqlite")


def test_a_rehearsal_leaves_an_older_catalogue_as_it_is(tmp_path: Path) -> None:
    """Its version too."""
    old(tmp_path / CATALOGUE, MIGRATIONS[:1])
    before = tables(tmp_path / CATALOGUE)
    with open_catalogue(tmp_path / CATALOGUE, rehearsal=True) as catalogue:
        catalogue.set(settled="y")
    assert tables(tmp_path / CATALOGUE) == before
    connection = sqlite3.connect(tmp_path / CATALOGUE)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT value FROM setting").fetchall() == [("x",)]
    connection.close()


def test_the_first_migration_stays_as_it_was_published() -> None:
    """A change of it would make two catalogues of one version that differ."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(MIGRATIONS[0])
    names = sorted(name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
    assert names == [
        "article", "failure", "leftover", "member", "note", "output", "run", "setting", "source", "volume",
    ]  # fmt: skip
    columns = [len(connection.execute(f"PRAGMA table_info ({name})").fetchall()) for name in names]
    assert columns == [31, 2, 5, 3, 7, 7, 10, 2, 11, 14]


@pytest.mark.slow
def test_a_newer_catalogue_is_refused_and_left_alone(tmp_path: Path) -> None:
    """By whatever opens it, with exit code 2."""
    mirror(tmp_path / "in")
    config(tmp_path)
    (tmp_path / "out").mkdir()
    file = tmp_path / "out" / CATALOGUE
    old(file, MIGRATIONS)
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    before = file.read_bytes()
    for arguments in (["run", "--quiet"], ["run", "--dry-run"], ["list"], ["index"]):
        done = command(tmp_path, *arguments)
        assert done.returncode == 2, arguments
        expected = f"at most version {len(MIGRATIONS)}; upgrade Mirrorpress, or name another output folder"
        assert expected in done.stderr.decode(), arguments
        assert file.read_bytes() == before, arguments


def test_another_programs_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Whether it says whose it is or not."""
    file = tmp_path / CATALOGUE
    for application in (0, 0x12345678):
        file.unlink(missing_ok=True)
        connection = sqlite3.connect(file)
        connection.execute(f"PRAGMA application_id = {application}")
        connection.execute("CREATE TABLE recipe (name TEXT)")
        connection.commit()
        connection.close()
        before = file.read_bytes()
        with pytest.raises(UsageError, match="a file of another program"), open_catalogue(file):
            pass
        with pytest.raises(UsageError, match="a file of another program"), read_catalogue(file):
            pass
        assert file.read_bytes() == before


def test_a_catalogue_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    """And none is made by looking."""
    with pytest.raises(NothingToReadError, match="there is no catalogue"), read_catalogue(tmp_path / CATALOGUE):
        pass
    assert not list(tmp_path.iterdir())


def filled(folder: Path) -> Path:
    """A catalogue of some hundred articles, with an index, in one file."""
    with open_catalogue(folder / CATALOGUE) as catalogue:
        pass
    (folder / CATALOGUE).unlink()
    old(folder / CATALOGUE, MIGRATIONS, rows=80)
    with open_catalogue(folder / CATALOGUE) as catalogue, catalogue.transaction():
        Index(catalogue).make()
        Index(catalogue).put(Text(f"a/{n}.md", b"\x01", f"灯塔{n}", f"第{n}座灯塔亮了。" * 20) for n in range(80))
    return folder / CATALOGUE


def everything(catalogue: Catalogue) -> int:
    """Read and write a little of everything; returns how many articles it knows."""
    articles = sum(1 for _ in catalogue.articles())
    _ = list(catalogue.outputs()), list(catalogue.looks()), catalogue.volumes(), catalogue.leftovers()
    catalogue.set(word="value")
    Index(catalogue).count_waiting()
    return articles


def test_a_catalogue_that_was_cut_off_or_written_over_is_told_or_works(tmp_path: Path) -> None:
    """Wherever that is: an error of ours, or the rows."""
    whole = filled(tmp_path).read_bytes()
    told = 0
    places = [1, 50, 99, 100, 101, 512, *range(4096, len(whole), len(whole) // 40)]
    broken = [whole[:place] for place in places]
    broken += [whole[:place] + b"\xff" * 600 + whole[place + 600 :] for place in places]
    for number, data in enumerate(broken):
        file = tmp_path / f"{number}.sqlite"
        file.write_bytes(data)
        try:
            with open_catalogue(file) as catalogue:
                assert everything(catalogue) <= 80
        except (DamagedError, UsageError) as error:
            told += error.where == str(file)
    assert told > len(places) // 2


def test_an_empty_file_becomes_a_catalogue(tmp_path: Path) -> None:
    """As SQLite itself takes one for a database without tables."""
    (tmp_path / CATALOGUE).write_bytes(b"")
    with open_catalogue(tmp_path / CATALOGUE) as catalogue:
        assert everything(catalogue) == 0


def test_a_damaged_catalogue_is_set_aside_with_its_log(tmp_path: Path) -> None:
    """The log of another file must not be read into the next one."""
    for end in ("", "-wal", "-shm"):
        (tmp_path / f"{CATALOGUE}{end}").write_bytes(b"x")
    aside = set_aside(tmp_path / CATALOGUE)
    assert [path.name for path in tmp_path.iterdir()] == [aside.name] == ["catalogue.damaged.sqlite"]
    (tmp_path / CATALOGUE).mkdir()
    (tmp_path / CATALOGUE / "x").write_bytes(b"")
    with pytest.raises(OutputError, match=r"cannot be moved away.*delete it"):
        set_aside(tmp_path / CATALOGUE)


@pytest.mark.slow
def test_a_run_over_a_damaged_catalogue_makes_a_new_one_and_says_so(tmp_path: Path) -> None:
    """With the index, where the config asks for one."""
    mirror(tmp_path / "in")
    settings = config(tmp_path, "batch: {jobs: 1, search: true}\n")
    run(settings)
    file = settings.output.path / CATALOGUE
    file.write_bytes(file.read_bytes()[:6000])
    summary = run(settings)
    assert summary.exit_code == 0
    assert "catalogue.damaged.sqlite" in summary.warnings[0]
    with read_catalogue(file) as catalogue:
        assert Index(catalogue).count() == catalogue.count_articles() == 3


# --- the index


def names_with(catalogue: Catalogue, piece: str) -> list[str]:
    """The articles in whose index entry a piece of three characters is."""
    rows = catalogue.connection.execute(
        "SELECT name FROM text JOIN search ON search.rowid = number WHERE search MATCH ? ORDER BY name", (f'"{piece}"',)
    )
    return [name for (name,) in rows]


def is_sound(catalogue: Catalogue) -> bool:
    """Whether the index says what its texts do: one that is made anew has the same pieces in the same texts."""
    ask = catalogue.connection.execute
    ask("CREATE VIRTUAL TABLE temp.pieces USING fts5vocab (main, search, instance)")
    before = ask("SELECT term, doc FROM temp.pieces ORDER BY 1, 2").fetchall()
    ask("INSERT INTO search (search) VALUES ('rebuild')")
    after = ask("SELECT term, doc FROM temp.pieces ORDER BY 1, 2").fetchall()
    ask("DROP TABLE temp.pieces")
    return bool(before == after)


@pytest.mark.slow
def test_the_index_follows_the_articles(tmp_path: Path) -> None:
    """New ones come in, changed ones are taken anew, those that have gone leave it; others are left alone."""
    mirror(tmp_path / "in")
    settings = config(tmp_path)
    run(settings)
    first = index(settings)
    assert (first.articles, first.taken, first.gone, first.changed, first.failures) == (3, 3, 0, 0, [])
    again = index(settings)
    assert (again.articles, again.taken, again.gone) == (3, 0, 0)
    page(tmp_path / "in", "pages/c1/n100002.md", "灯塔熄灭了一夜。", "灯塔")
    page(tmp_path / "in", "pages/c1/n100009.md", "邮差骑车上山。", "邮差")
    (tmp_path / "in/pages/c2/n100003.md").unlink()
    run(settings)
    then = index(settings)
    assert (then.articles, then.taken, then.gone) == (3, 2, 1)
    with open_catalogue(settings.output.path / CATALOGUE) as catalogue:
        assert names_with(catalogue, "刷了漆") == names_with(catalogue, "一只猫") == []
        assert names_with(catalogue, "灭了一") == ["pages/c1/n100002.md"]
        assert names_with(catalogue, "骑车上") == ["pages/c1/n100009.md"]
        assert is_sound(catalogue)


def indexed(folder: Path) -> Config:
    """The config of a small mirror that was converted and indexed."""
    mirror(folder / "in")
    settings = config(folder)
    run(settings)
    index(settings)
    return settings


@pytest.mark.slow
def test_the_index_holds_text_without_metadata(tmp_path: Path) -> None:
    """Title and body only; both end in line breaks, so that their last characters begin pieces."""
    settings = indexed(tmp_path)
    with read_catalogue(settings.output.path / CATALOGUE) as catalogue:
        row = catalogue.connection.execute("SELECT title, body FROM text WHERE name LIKE '%2.md'").fetchone()
    assert row == ("灯塔\n\n", "灯塔重新刷了漆，白得很。\n\n")


@pytest.mark.slow
def test_an_index_that_is_made_anew_has_every_article(tmp_path: Path) -> None:
    """Whatever was wrong with the one before."""
    settings = indexed(tmp_path)
    with open_catalogue(settings.output.path / CATALOGUE) as catalogue:
        catalogue.connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
        assert names_with(catalogue, "刷了漆") == []
    assert index(settings).taken == 0
    assert index(settings, anew=True).taken == 3
    with read_catalogue(settings.output.path / CATALOGUE) as catalogue:
        assert names_with(catalogue, "刷了漆") == ["pages/c1/n100002.md"]


@pytest.mark.slow
def test_a_source_that_changed_after_the_run_waits_for_the_next_one(tmp_path: Path) -> None:
    """The index never says what the catalogue does not know of; one that has gone is named."""
    mirror(tmp_path / "in")
    settings = config(tmp_path)
    run(settings)
    page(tmp_path / "in", "pages/c1/n100002.md", "灯塔熄灭了一夜。", "灯塔")
    (tmp_path / "in/pages/c2/n100003.md").unlink()
    result = index(settings)
    assert (result.taken, result.changed) == (1, 1)
    assert [failure.path for failure in result.failures] == ["pages/c2/n100003.md"]
    assert "there is no such file" in result.failures[0].reason
    done = command(tmp_path, "index")
    assert done.returncode == 1
    assert "1 article has changed after the last run; `mirrorpress run`, then again" in done.stderr.decode()
    run(settings)
    assert index(settings).articles == 2


@pytest.mark.slow
def test_a_run_indexes_where_the_config_says_so(tmp_path: Path) -> None:
    """At its end, and again only what has changed; a rehearsal and a stopped run do not."""
    mirror(tmp_path / "in")
    settings = config(tmp_path, "batch: {jobs: 1, search: true}\n")
    told: list[tuple[str, int]] = []
    run(settings, progress=lambda what, done, total: told.append((what, total)))
    assert ("indexing", 3) in told
    page(tmp_path / "in", "pages/c1/n100009.md")
    told.clear()
    run(settings, progress=lambda what, done, total: told.append((what, total)))
    assert ("indexing", 1) in told
    page(tmp_path / "in", "pages/c1/n100010.md")
    run(settings, stop=lambda: 15)
    with read_catalogue(settings.output.path / CATALOGUE) as catalogue:
        assert Index(catalogue).count() == 4


def test_an_index_needs_a_run_first(tmp_path: Path) -> None:
    """Exit code 3; nothing is made."""
    mirror(tmp_path / "in")
    config(tmp_path)
    done = command(tmp_path, "index")
    assert done.returncode == 3
    assert "there is no catalogue; expected what a run leaves there; `mirrorpress run`" in done.stderr.decode()
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_an_index_waits_for_no_run(tmp_path: Path) -> None:
    """While one holds the folder it ends with exit code 75; what only reads goes on."""
    mirror(tmp_path / "in")
    settings = config(tmp_path)
    run(settings)
    with hold(settings.output.path):
        done = command(tmp_path, "index")
        assert done.returncode == 75
        assert "another run holds this folder" in done.stderr.decode()
        assert len(command(tmp_path, "list").stdout.splitlines()) == 3


@pytest.mark.slow
def test_where_sqlite_cannot_search_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else goes on: the tables need nothing that such an SQLite lacks."""

    class Without(sqlite3.Connection):
        def execute(self, sql: str, *arguments: object) -> sqlite3.Cursor:
            if "fts5" in sql:
                raise sqlite3.OperationalError("no such module: fts5")
            return super().execute(sql, *arguments)  # type: ignore[arg-type]  # handed on as it came

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *arguments, **more: real(*arguments, factory=Without, **more))
    mirror(tmp_path / "in")
    settings = config(tmp_path, "batch: {jobs: 1}\n")
    assert run(settings).exit_code == 0
    with pytest.raises(MissingToolError, match=r"no such module: fts5; expected SQLite 3\.34 or newer"):
        check_search()
    with pytest.raises(MissingToolError, match="no such module"):
        index(settings)
    searching = settings.model_copy(update={"batch": settings.batch.model_copy(update={"search": True})})
    with pytest.raises(MissingToolError, match="no such module"):
        run(searching)


def test_facts_without_a_value_are_not_there() -> None:
    """A condition that asks whether a field has a value looks at no more than that."""
    facts = Facts({"title": 0, "date": 1, "tags": 2}, ("雨", None, '["河"]'))
    assert facts == {"title": "雨", "tags": ("河",)}
    assert (len(facts), list(facts)) == (2, ["title", "tags"])
    assert "date" not in facts
    assert facts.get("date", "") == facts.get("channel", "") == ""
