"""`mirrorpress list` and its search: which rows, in which order, and how they are printed."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from convert.batch.indexing import index
from convert.batch.run import run
from convert.catalogue import CATALOGUE, open_catalogue, read_catalogue
from convert.catalogue.asking import KINDS, Question, answers, choose, natural_key
from convert.catalogue.search import Index, Text
from convert.catalogue.words import Word, composed, parse_words, pattern_of, snippet
from convert.cli import main
from convert.cli.tabular import cell, fitting
from convert.errors import NothingToReadError, UsageError
from convert.where import parse_where
from tests.test_batch import config, mirror, page
from tests.test_cli import environment

Printed = pytest.CaptureFixture[bytes]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where a run was made, and everything is indexed; no test changes it."""
    made = tmp_path_factory.mktemp("made")
    mirror(made / "in")
    page(made / "in", "pages/c1/n100010.md", "码头上有茶，有风，也有100%的晴天_和“引号”。", "码头与 O'Brien 的 AND 茶")
    settings = config(made, "batch: {jobs: 1}\nvolumes: []\n")
    run(settings)
    index(settings)
    return made


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, where the command is called."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def listed(printed: Printed, *arguments: str, code: int = 0) -> tuple[str, str]:
    """What the command prints, and its errors."""
    assert main(["list", *arguments]) == code
    out, errors = printed.readouterr()
    return out.decode(), errors.decode()


def rows(printed: Printed, *arguments: str) -> list[dict[str, Any]]:
    """What the command lists, as JSON."""
    found: list[dict[str, Any]] = json.loads(listed(printed, *arguments, "--format", "json")[0])
    return found


def ids(printed: Printed, *arguments: str) -> list[str]:
    """The ids of what the command lists, without what they begin with."""
    return [row["id"].removeprefix("n1000") for row in rows(printed, "--columns", "id", *arguments)]


# --- which rows


def test_articles_are_listed_the_newest_first(folder: Path, capsysbinary: Printed) -> None:
    """Those of one day by name; without a terminal a line each, with tabs and without a heading."""
    out, errors = listed(capsysbinary)
    assert out.splitlines()[0].split("\t") == ["2021-07-14", "小镇放晴", "c1", "15", "pages/c1/n100001.md"]
    assert len(out.splitlines()) == 4
    assert errors == ""
    assert ids(capsysbinary) == ["01", "02", "10", "03"]


def test_where_takes_the_same_articles_as_the_language_says(folder: Path, capsysbinary: Printed) -> None:
    """Held against the facts of every article, copies' channels too."""
    for expression in (
        "title ~ 码头", "channel = c1", "categories ~ 天气", "not tags", "words > 12", "date = 2021-07", "tags",
        "path ~ c2 or mirror = 'in'", "title = 灯塔 and not channel = c2",
    ):  # fmt: skip
        condition = parse_where(expression)
        with read_catalogue(folder / "out" / CATALOGUE) as catalogue:
            facts = {path: {**facts, "path": path} for path, _, _, facts in catalogue.members(
                ["title", "channel", "categories", "tags", "words", "date", "mirror"])}  # fmt: skip
            count = choose(catalogue, condition, None)
            found = {path for (path,) in answers(catalogue, Question("articles", ("path",), chosen=True))}
        from convert.where import matches

        assert found == {path for path, known in facts.items() if matches(condition, known)}, expression
        assert count == len(found)
    assert ids(capsysbinary, "--where", "title ~ 码头") == ["10", "03"]


def test_an_empty_value_is_none(folder: Path, capsysbinary: Printed) -> None:
    """But a number 0 is one: an article may have no words."""
    page(folder / "in", "pages/c1/n100020.md", "", "空")
    run(config(folder, "batch: {jobs: 1}\nvolumes: []\n"))
    capsysbinary.readouterr()
    assert ids(capsysbinary, "--where", "words = 0") == ["20"] == ids(capsysbinary, "--where", "words <= 0")
    with open_catalogue(folder / "out" / CATALOGUE) as catalogue:
        catalogue.connection.execute("UPDATE article SET mirror = '' WHERE id = 'n100003'")
    assert ids(capsysbinary, "--where", "not mirror") == ["03"]


def test_rows_are_sorted_by_any_column_and_cut(folder: Path, capsysbinary: Printed) -> None:
    """9 comes before 10; what has no value comes last both ways."""
    assert ids(capsysbinary, "--sort", "id") == ["01", "02", "03", "10"]
    assert ids(capsysbinary, "--sort", "-id", "--limit", "2") == ["10", "03"]
    words = [row["words"] for row in rows(capsysbinary, "--sort", "-words")]
    assert words == sorted(words, reverse=True)
    with open_catalogue(folder / "out" / CATALOGUE) as catalogue:
        catalogue.connection.execute("UPDATE article SET via = 'n10' WHERE id = 'n100001'")
        catalogue.connection.execute("UPDATE article SET via = 'N9' WHERE id = 'n100003'")
    assert ids(capsysbinary, "--sort", "via") == ["03", "01", "02", "10"]
    assert ids(capsysbinary, "--sort", "-via") == ["01", "03", "02", "10"]
    assert sorted(["a10", "A9", "a09b", "a", ""], key=natural_key) == ["", "a", "A9", "a09b", "a10"]


@pytest.mark.slow
def test_every_kind_can_be_listed_in_every_format(folder: Path, capsysbinary: Printed) -> None:
    """With all its columns, and sorted by each of them."""
    for what, kind in KINDS.items():
        for column in kind.columns:
            found = rows(capsysbinary, what, "--sort", f"-{column}")
            assert all(list(row) == list(kind.columns) for row in found)
        table = listed(capsysbinary, what)[0].splitlines()
        assert len(table) == len(found), what
        assert all(line.count("\t") == len(kind.shown) - 1 for line in table)
    assert rows(capsysbinary, "runs")[0]["exit_code"] == 0
    assert len(rows(capsysbinary, "sources")) == 5


def test_outputs_and_notes_of_chosen_articles_are_listed(folder: Path, capsysbinary: Printed) -> None:
    """What belongs to no article cannot be chosen so."""
    out, _ = listed(capsysbinary, "outputs", "--where", "title ~ 猫", "--columns", "path")
    assert out.splitlines() == ["markdown/pages/c2/n100003.md", "text/pages/c2/n100003.txt"]
    assert {row["name"] for row in rows(capsysbinary, "notes", "--search", "一只猫")} == {"pages/c2/n100003.md"}
    _, errors = listed(capsysbinary, "volumes", "--where", "title", code=2)
    assert errors.startswith("--where: volumes cannot be chosen so; expected one of articles, outputs, notes;")
    _, errors = listed(capsysbinary, "runs", "--search", "猫", code=2)
    assert errors.startswith("--search: runs cannot be chosen so")


def test_nothing_found_is_no_error(folder: Path, capsysbinary: Printed) -> None:
    """A line on the standard error says so; what programs read is still whole."""
    assert listed(capsysbinary, "--where", "title = 无") == ("", "no articles match\n")
    assert listed(capsysbinary, "failures", "--format", "json") == ("[]\n", "there are no failures\n")
    assert listed(capsysbinary, "failures", "--format", "csv") == ("path,reason\n", "there are no failures\n")


def test_what_there_is_not_is_told(folder: Path, capsysbinary: Printed) -> None:
    """Kinds, columns, conditions, catalogues."""
    _, errors = listed(capsysbinary, "volume", code=2)
    assert errors.startswith("mirrorpress list: found 'volume'; expected one of articles, outputs, volumes,")
    assert errors.endswith("did you mean 'volumes'?\n")
    _, errors = listed(capsysbinary, "--columns", "title,tilte", code=2)
    assert errors.startswith("--columns: there is no column 'tilte'; expected one of title, date,")
    _, errors = listed(capsysbinary, "--columns", "snippet", code=2)
    assert errors.startswith("--columns: there is no column 'snippet'")
    _, errors = listed(capsysbinary, "--sort", "-tilte", code=2)
    assert errors.startswith("--sort: there is no column 'tilte'")
    _, errors = listed(capsysbinary, "--where", "tilte", code=2)
    assert errors.startswith("--where: character 1: there is no field 'tilte'")
    _, errors = listed(capsysbinary, "--output", "elsewhere", code=3)
    assert errors.endswith("there is no catalogue; expected what a run leaves there; `mirrorpress run`\n")


# --- how they are printed


def test_csv_is_read_back_as_it_was(folder: Path, capsysbinary: Printed) -> None:
    """A header, UTF-8, lists joined, signs of its own in quotation marks."""
    with open_catalogue(folder / "out" / CATALOGUE) as catalogue:
        catalogue.connection.execute(
            "UPDATE article SET title = ?, tags = ? WHERE id = 'n100003'", ('a "b", c\nd', '["茶", "猫"]')
        )
    out, _ = listed(capsysbinary, "--format", "csv", "--columns", "id,title,tags,date,via", "--sort", "id")
    read = list(csv.reader(io.StringIO(out)))
    assert read[0] == ["id", "title", "tags", "date", "via"]
    assert read[3] == ["n100003", 'a "b", c\nd', "茶; 猫", "2021-07-14", ""]
    assert len(read) == 5


def test_json_is_a_list_with_an_object_a_line(folder: Path, capsysbinary: Printed) -> None:
    """Lists as arrays, dates in ISO form, nothing as null, in the order of the columns."""
    out, _ = listed(capsysbinary, "--format", "json", "--columns", "aliases,date,via,words,title", "--sort", "id")
    found = json.loads(out)
    assert found[0] == {
        "aliases": ["pages/c2/n100001.md"], "date": "2021-07-14", "via": None, "words": 15, "title": "小镇放晴",
    }  # fmt: skip
    assert out.splitlines()[1].startswith('{"aliases": ["pages/c2')
    assert list(found[0]) == ["aliases", "date", "via", "words", "title"]


def test_a_table_fits_the_terminal(folder: Path, capsysbinary: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chinese characters count for two; the heading is bold, and numbers stand on the right."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    for width in (48, 70, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        out, _ = listed(capsysbinary)
        plain = re.sub(r"\x1b\[[0-9;]*m", "", out).splitlines()
        assert all(cell_len(line) <= width for line in plain), plain
        assert len(plain) == 5
        assert out.startswith("\x1b[1mdate ")
    assert "小镇放晴                  c1          15  pages/c1/n100001.md" in plain[1]


def test_hits_are_marked_on_a_terminal_only(
    folder: Path, capsysbinary: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In titles and in pieces of the text."""
    out, _ = listed(capsysbinary, "--search", "灯塔")
    assert out == "2021-07-14\t灯塔\tpages/c1/n100002.md\t灯塔重新刷了漆，白得很。\n"
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    out, _ = listed(capsysbinary, "--search", "灯塔")
    assert out.count("\x1b[1;31m灯塔\x1b[0m") == 2


def test_nothing_that_a_terminal_would_obey_is_printed_in_a_table() -> None:
    """A line stays a line, whatever stands in a title."""
    assert cell("a\x1b[31mb\nc\td\u202ee") == "a [31mb c d e"
    assert cell(None) == ""
    assert cell(["茶", "猫"]) == "茶; 猫"
    assert cell(1.5) == "1.5"


def test_the_widest_columns_give_way() -> None:
    """Narrow ones are whole as long as that is possible; nothing becomes narrower than four."""
    assert fitting([["date", "title"], ["2021-07-14", "茶" * 20]], 80) == [10, 40]
    assert fitting([["date", "title"], ["2021-07-14", "茶" * 40]], 40) == [10, 28]
    assert fitting([["a" * 30, "b" * 30, "cc"]], 41) == [17, 18, 2]
    assert fitting([["a" * 30, "b" * 30]], 3) == [4, 4]


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    """As `| head` does: the shell's number for a closed pipe, and not a word."""
    call = [sys.executable, "-m", "convert", "list", "notes"]
    with subprocess.Popen(
        call, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (141, b"")


# --- searching


def test_words_are_read_as_people_write_them() -> None:
    """Phrases in quotation marks, `-` for what must not occur; a hyphen inside a word is its own."""
    assert parse_words('石桥 -猫 "a b" -"c d" “鸟 飞” x-y') == (
        Word("石桥"), Word("猫", excluded=True), Word("a b"), Word("c d", excluded=True), Word("鸟 飞"), Word("x-y"),
    )  # fmt: skip
    assert parse_words("-") == (Word("-"),)
    assert parse_words("cafe\u0301") == (Word("caf\u00e9"),)
    for wrong, said in (
        ("", "there is no word"),
        ('""', "there is no word"),
        ('a "b', "character 3: a quotation mark"),
    ):
        with pytest.raises(UsageError, match=said):
            parse_words(wrong)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("码头", ["10", "03"]),  # two characters, in titles and at a title's beginning
        ("一只猫", ["03"]),  # three
        ("刷了漆，白得", ["02"]),  # more
        ("漆白得很", []),  # a punctuation mark stands between them
        ("猫", ["03"]),  # one, at the end of the title
        ("的猫", ["03"]),  # two, at the end of the title
        ("早出港。", ["01"]),  # the end of the text
        ("。", ["01", "02", "03", "10"]),
        ("码头 茶", ["10"]),
        ("码头 一只猫", ["03"]),
        ("码头 -猫", ["10"]),
        ("码头 -一只猫", ["10"]),
        ("-码头", ["01", "02"]),
        ("o'brien", ["10"]),  # letters in any case
        ("O'BR", ["10"]),
        ("and", ["10"]),  # no operators
        ("AND 茶", ["10"]),
        ("码头 OR 灯塔", []),
        ("NEAR(码头)", []),
        ("title:码头", []),
        ("码*", []),
        ("100%", ["10"]),  # no wildcards
        ("1%0", []),
        ("10_%", []),
        ("天_", ["10"]),
        ("天_和", ["10"]),
        ("“有茶，有风，”", ["10"]),
        ('"码头与 O\'Brien"', ["10"]),
        ('"与 O"', ["10"]),
        ("^码头", []),
        ("没有这个词", []),
    ],
)
def test_a_search_finds_what_has_every_word(
    folder: Path, capsysbinary: Printed, words: str, expected: list[str]
) -> None:
    """Words of any length, anywhere in title or text, as they stand there."""
    assert sorted(ids(capsysbinary, f"--search={words}")) == sorted(expected)


def test_a_search_and_a_condition_hold_both(folder: Path, capsysbinary: Printed) -> None:
    """And other columns and orders may be asked for."""
    assert ids(capsysbinary, "--search", "码头", "--where", "path ~ c2") == ["03"]
    assert ids(capsysbinary, "--search", "。", "--sort", "-id") == ["10", "03", "02", "01"]
    assert rows(capsysbinary, "--search", "渔船", "--columns", "snippet,id") == [
        {"snippet": "…的小镇今天放晴，渔船一早出港。", "id": "n100001"}
    ]


def test_the_best_come_first(tmp_path: Path) -> None:
    """A title counts more than the text, often more than once, rare words more than frequent ones; no word, no rank."""
    texts = {
        "once": ("甲", "石桥。" + "水" * 200),
        "often": ("乙", "石桥，石桥，石桥。" + "水" * 200),
        "title": ("石桥", "水" * 200),
        "none": ("丁", "水" * 200),
        "also": ("甲", "石桥。" + "水" * 200),
    }
    with open_catalogue(tmp_path / CATALOGUE) as catalogue:
        with catalogue.transaction():
            Index(catalogue).make()
            Index(catalogue).put(Text(name, b"", *text) for name, text in texts.items())
        one = Index(catalogue)
        assert one.find(parse_words("石桥")) == {"title": 0, "often": 1, "once": 2, "also": 2}
        assert one.find(parse_words("-石桥")) == {"none": 0}
        assert one.find(parse_words("水水")) == dict.fromkeys(["title", "none"], 0) | {"once": 1, "also": 1, "often": 2}


def test_a_search_agrees_with_reading_everything(tmp_path: Path) -> None:
    """For every piece of some texts, whatever its length, and wherever it stands."""
    texts = [
        "石桥头的石桥",
        "桥头石",
        "石 桥",
        'a"石"桥"',
        "aBc\nabcd",
        "a",
        "",
        "“石”桥%_",
        "头的石桥头的",
        "𠀀石桥𠀀",
        "É石\x00桥",
    ]
    with open_catalogue(tmp_path / CATALOGUE) as catalogue:
        one = Index(catalogue)
        with catalogue.transaction():
            one.make()
            one.put(Text(str(n), b"", text[:2], text) for n, text in enumerate(texts))
        pieces = {text[at:end] for text in texts for at in range(len(text)) for end in range(at + 1, len(text) + 1)}
        assert len(pieces) > 60
        for piece in filter(str.strip, pieces):
            expected = {str(n) for n, text in enumerate(texts) if piece.lower() in f"{text}\n\n".lower()}
            assert set(one.find([Word(composed(piece))])) == expected, piece


def test_a_snippet_is_taken_round_the_first_hit() -> None:
    """In one line; its beginning where nothing was found; never shorter than what was."""
    text = "甲" * 100 + "石桥" + "乙" * 100
    hit = snippet(text, pattern_of(parse_words("石桥 猫")))
    assert hit == "…" + "甲" * 8 + "石桥" + "乙" * 50 + "…"
    assert snippet(text, pattern_of(parse_words("-石桥"))) == "甲" * 60 + "…"
    assert snippet("一\n二\n\n", None) == "一 二"
    assert snippet("", None) == ""
    phrase = "乙" * 80
    assert phrase in snippet(text, pattern_of([Word(phrase)]))


def test_articles_that_are_not_indexed_are_counted(folder: Path, capsysbinary: Printed) -> None:
    """The search goes on with what the index has; articles that have gone are not found."""
    page(folder / "in", "pages/c1/n100030.md", "码头空了。", "早晨")
    (folder / "in/pages/c2/n100003.md").unlink()
    run(config(folder, "batch: {jobs: 1}\nvolumes: []\n"))
    capsysbinary.readouterr()
    out, errors = listed(capsysbinary, "--search", "码头", "--columns", "id")
    assert out == "n100010\n"
    assert errors == "--search: 1 article is not in the index as of the last run; `mirrorpress index` takes it in\n"


def test_a_search_without_an_index_names_what_makes_one(tmp_path: Path) -> None:
    """Exit code 3, as for whatever there is nothing to read of."""
    with open_catalogue(tmp_path / CATALOGUE) as catalogue:
        with pytest.raises(NothingToReadError, match="there is no index; make it with `mirrorpress index`") as caught:
            Index(catalogue).find([Word("猫")])
        assert caught.value.exit_code == 3
