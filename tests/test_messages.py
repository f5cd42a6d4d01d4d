"""Languages: catalogues that are whole, and what speaks them, and that nothing changes with them that programs read."""

from __future__ import annotations

import ast
import json
import os
import re
import sqlite3
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
import yaml
from babel.messages.catalog import Message
from lxml import html  # type: ignore[import-untyped,unused-ignore] # its stubs are a package of their own

from convert import messages as speech
from convert.article import NoteKind
from convert.batch import run as batch
from convert.batch.articles.relinking import MOVED
from convert.cli import main
from convert.cli.app import app
from convert.config import load_config
from convert.emit import EMITTERS
from convert.emit.wrapping import columns
from convert.messages import LANGUAGES, Language, from_environment, later, speak, speaking, spoken, tr, trn
from convert.preview import page as preview_page
from convert.report.page import page as report_page
from convert.starting.config import starting_config
from convert.starting.surveying import survey
from convert.stores import shown
from convert.stores.store import unread
from tests import previews, reports
from tests.messages import PACKAGE, as_mo, as_po, calls, catalogue_of, known, messages, translated

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
TRANSLATED: tuple[Language, ...] = tuple(one for one in LANGUAGES if one != "en")
HAN = "\u3400-\u9fff"


def entries() -> Iterator[tuple[str, Message]]:
    """Every message of every catalogue, with the language."""
    for name in TRANSLATED:
        for message in known(name):
            if message.id:
                yield name, message


def texts(said: Any) -> list[str]:
    """A message, or its forms."""
    return [said] if isinstance(said, str) else list(said)


# catalogues


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_catalogue_is_in_step_with_the_code(name: Language) -> None:
    """It has every message that there is, and no other; `make messages` writes it so."""
    assert catalogue_of(name).read_bytes() == as_po(translated(name)), "run `make messages`, and translate what is new"


@pytest.mark.parametrize("name", TRANSLATED)
def test_what_is_read_is_what_was_compiled(name: Language) -> None:
    """The .mo holds the .po."""
    assert catalogue_of(name).with_suffix(".mo").read_bytes() == as_mo(known(name)), "run `make messages`"


def test_every_message_is_translated() -> None:
    """None is empty, and none is a guess of the tool."""
    for name, message in entries():
        assert not message.fuzzy, (name, message.id)
        assert all(texts(message.string)), (name, message.id)
    assert sum(1 for _ in entries()) > 400


def fields(text: str) -> list[tuple[str, str, str]]:
    """The fields of a text: name, conversion and format, and the $names of a template."""
    try:
        found = [(name, spec or "", kind or "") for _, name, spec, kind in string.Formatter().parse(text) if name]
    except ValueError:  # braces that are only braces
        found = []
    return sorted([*found, *(("$" + name, "", "") for name in re.findall(r"\$(\w+)", text))])


def test_a_translation_has_the_fields_of_its_message() -> None:
    """The same names with the same formats, in any order."""
    for name, message in entries():
        original = texts(message.id)[-1]
        for said in texts(message.string):
            assert fields(said) == fields(original), (name, original)
            assert said.startswith("#") is original.startswith("#"), (name, original)


def test_a_catalogue_knows_the_plurals_of_its_language() -> None:
    """Chinese has one form for every number."""
    catalog = known("zh")
    assert (catalog.num_plurals, catalog.plural_expr) == (1, "0")
    assert all(len(texts(message.string)) == 1 for _, message in entries() if message.pluralizable)


def test_chinese_is_set_in_one_way() -> None:
    """Full-width marks beside Han, and a space between Han and Latin letters or digits, but in dates."""
    for _, message in entries():
        for said in texts(message.string):
            assert not re.search(rf"[{HAN}][,;:?!]|[,;:?!][{HAN}]", said), said
            assert not re.search(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]", said), said
            assert not re.search(r"[，。；：（）？！、] |(?<=\S) [，。；：（）？！、]", said), said


def test_messages_are_found_wherever_they_are_said() -> None:
    """In calls, within f-strings, in both forms of a number; a text that is computed is none."""
    code = 'f"{tr(\'one\')}"; trn("a {number}", "b", 2); later("c"); tr(value); tr("d" "e", x=1); other("f")'
    assert set(calls(code)) == {"one", ("a {number}", "b"), "c", "de"}


def kept(code: str) -> Iterator[str]:
    """The constants that a module tells as a phase of a run, or counts what was converted or passed over by."""
    for node in ast.walk(ast.parse(code)):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found = node.args[:1] if name == "progress" else node.args[1:2] if name == "pass_over" else []
        elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") in ("converted", "passed_over"):
            found = [node.slice]
        for one in found:
            yield from (str(part.value) for part in ast.walk(one) if isinstance(part, ast.Constant))


def test_what_is_kept_and_shown_is_a_message() -> None:
    """What a run is doing, why an article was converted, why a file was passed over."""
    said = {message for message, _ in messages()}
    there = {text: file for file in sorted(PACKAGE.rglob("*.py")) for text in kept(file.read_text("utf-8"))}
    assert {"linking", "pictures", "converting", "hidden folder", "broken link"} <= there.keys()
    assert {text: file.name for text, file in there.items() if text not in said} == {}
    assert MOVED in said
    assert list(kept('self.progress("a", 1, 2)\nfound.passed_over[f"{A} (b)"] += 1')) == ["a", " (b)"]


def test_why_a_folder_is_not_read_is_told_in_chinese() -> None:
    """The reason of the system stands behind it as the system says it; in English all is as it is kept."""
    reason = unread("Permission denied")
    assert reason == shown(reason) == "folder that cannot be read (Permission denied)"
    with speaking("zh"):
        assert shown(reason) == "无法读取的文件夹（Permission denied）"
        assert shown("hidden folder") == "隐藏文件夹"
        page = report_page({"passed_over": {reason: 1}}, {}, "zh").decode()
        assert "无法读取的文件夹（Permission denied）" in page


# speaking


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh-Hans"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LANG": "zh_CN", "LC_MESSAGES": "en_GB", "LC_ALL": "zh_HK@radical"}, "zh"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh"}, "en"),
        ({"LANGUAGE": "zh"}, "zh"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "zh"}, "en"),
        ({"LC_ALL": "POSIX", "LANG": "zh_CN"}, "en"),
        ({"LANG": "zhuang"}, "en"),
    ],
)
def test_the_locale_says_which_language(environment: dict[str, str], wanted: str) -> None:
    """LC_ALL, LC_MESSAGES, LANG, the first that is set; LANGUAGE where that is not C."""
    assert from_environment(environment) == wanted


def test_messages_are_in_the_language_that_is_spoken() -> None:
    """A number has its form, a block its own language, and what nobody translated stays."""
    assert trn("{number:,} article", "{number:,} articles", 1) == "1 article"
    with speaking("zh"):
        assert spoken() == "zh"
        assert trn("{number:,} article", "{number:,} articles", 2000) == "2,000 篇文章"
        assert tr("{month} {year}", month=tr("May"), year=2021) == "2021年5月"
        assert (tr("never said {x}"), tr("")) == ("never said {x}", "")
        assert later("May") == "May"
    assert tr("May") == "May"
    speak("zh")
    assert tr("May") == "5"


def test_english_reads_no_catalogue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever needs no translation does not wait for one."""
    monkeypatch.setattr(speech, "LOCALE", tmp_path / "none")
    assert tr("May") == "May"


# pages


NAMES = {"Mirrorpress", "Markdown"}
WORD = re.compile(r"[A-Za-z]{2,}")
CSS = "self::style or self::script"


@pytest.mark.parametrize("name", ["ordinary", "empty", "huge"])
def test_the_report_speaks_chinese(name: str) -> None:
    """No word of the page's own is English: all that are stand in what the run tells."""
    report, run = getattr(reports, name)()
    data = report_page(report, run, "zh")
    told = set(WORD.findall(" ".join(strings([report, run]))))
    assert english_in(data) <= told | {
        *get_args(NoteKind),
        *EMITTERS,
        *NAMES,
        "report",
        "json",
        "UTC",
        "MB",
        "GB",
        "kB",
    }
    assert data == report_page(report, run, "zh") != report_page(report, run)


def test_the_preview_speaks_chinese() -> None:
    """Likewise: what is English stands in the articles, their outputs or their notes."""
    one, *others = previews.many()
    for results, total in (([one], 1), ([one, *others], 70)):
        data = preview_page(results, "mirror", total, "0.1.0", "zh")
        there = [text for one in results for text in (one.source, one.markdown, one.text, *map(str, one.notes))]
        there += [f"{one.article.path} {one.article.profile.name} {one.article.meta}" for one in results]
        there += [f"{one.article.origin}" for one in results]
        told = set(WORD.findall(" ".join(there)))
        assert english_in(data) <= told | {*NAMES, "mirror", "at", "count", "number"}


def strings(data: Any) -> Iterator[str]:
    """The texts of a report, and the names that it counts by; not its own keys."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from strings(value)
            yield "" if key in OWN_KEYS else key
    elif isinstance(data, list):
        for one in data:
            yield from strings(one)
    else:
        yield str(data)


OWN_KEYS = {
    "count", "examples", "path", "text", "to", "output", "articles", "sources", "copies", "volumes", "notes", "missing",
    "passed_over", "pictures", "variants", "failed", "differs", "duplicates", "aliases", "converted", "unchanged",
    "removed", "reasons", "volumes_built", "slowest", "months", "title", "undated",
}  # fmt: skip
"""Keys of a report that are words of English, which a page must not show."""


def english_in(data: bytes) -> set[str]:
    """The words of Latin letters on a page, in labels and in what its script says, too."""
    root = html.document_fromstring(data.decode())
    assert root.get("lang") == "zh-Hans"
    found = root.xpath(
        f"//text()[not(parent::*[{CSS}])] | //@aria-label | //@data-one | //@data-many | //@data-at | //@data-unit"
    )
    return {word for text in found for word in WORD.findall(re.sub(r"\\u[0-9a-f]{4}|U\+[0-9A-F]{4}", "", str(text)))}


# the command


def mirrorpress(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a folder, with some variables in its environment."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "LC_ALL": ""} | variables
    call = [sys.executable, "-m", "convert", *arguments]
    return subprocess.run(call, cwd=folder, env=environment, capture_output=True, check=False)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints, in this process."""
    main([*arguments])
    return capsys.readouterr().out


COMMANDS = [[], *([name] for name in typer.main.get_command(app).commands)]  # type: ignore[attr-defined] # it is a group


@pytest.mark.parametrize("verb", COMMANDS, ids=lambda verb: " ".join(verb) or "mirrorpress")
def test_help_is_in_chinese(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever `--lang` stands; every line fits into a terminal, and explains in Chinese."""
    told = printed(capsys, *verb, "--help", "--lang", "zh")
    assert told == printed(capsys, "--lang=zh", *verb, "--help")
    assert told.startswith("用法：mirrorpress")
    assert "显示此帮助后退出。" in told
    assert not re.search(r"default:|required|Options|Usage", told)
    for line in told.splitlines():
        assert columns(line) <= 80, line
    about = told.partition("示例：")[0].splitlines()[1:]
    explained = [line for line in about if re.search(r"^  \S.*  \S", line)]
    assert all(re.search(f"[{HAN}]", line) for line in explained), explained
    assert printed(capsys, *verb, "--help").startswith("Usage: mirrorpress")


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    """As any other wrong usage, by the command and in a config."""
    assert mirrorpress(tmp_path, "rules", "--lang", "xx").returncode == 2
    (tmp_path / "config.yaml").write_text("batch: {lang: xx}\n", "utf-8")
    done = mirrorpress(tmp_path, "check")
    assert done.returncode == 2
    assert b"batch.lang" in done.stderr


def test_option_config_and_locale_each_win_over_the_next(tmp_path: Path) -> None:
    """`--lang`, `batch.lang`, LC_ALL."""
    (tmp_path / "config.yaml").write_text(f"input: {SEEDS}\nbatch: {{lang: zh}}\n", "utf-8")
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "config.yaml").write_text(f"input: {SEEDS}\n", "utf-8")
    chinese, english = "配置文件正确。", "The config is right."
    for folder, option, locale, wanted in (
        (bare, (), "C.UTF-8", english),
        (bare, (), "zh_CN.UTF-8", chinese),
        (bare, ("--lang", "en"), "zh_CN.UTF-8", english),
        (tmp_path, (), "en_US.UTF-8", chinese),
        (tmp_path, ("--lang", "en"), "zh_CN.UTF-8", english),
    ):
        done = mirrorpress(folder, "check", *option, LC_ALL=locale)
        assert done.stdout.decode().splitlines()[-1] == wanted, (folder, option, locale)


def test_the_first_config_is_the_same_in_every_language() -> None:
    """But for its comments; whose options may be used in each."""
    seen = survey(SEEDS, Path("out"))
    english = starting_config(seen, SEEDS, Path("out"), Path("config.yaml"))
    with speaking("zh"):
        chinese = starting_config(seen, SEEDS, Path("out"), Path("config.yaml"))
    assert yaml.safe_load(english) == yaml.safe_load(chinese)
    option = re.compile(r"^ *# ( *[a-z_]+: .*)$", re.MULTILINE)
    said = [re.findall(option, one) for one in (english, chinese)]
    wanted = [one for one in said[0] if not re.match(r"(sources|dates|publishers): ", one)]
    assert said[1] == [one.replace("lang: en", "lang: zh") for one in wanted]
    prose = [line for line in chinese.splitlines() if re.match(r"\s*# [^a-z ]", line)]
    assert len(prose) > 10
    assert all(re.search(f"[{HAN}]", line) for line in prose), prose
    assert all(columns(line) <= 120 for line in chinese.splitlines())


# what is the same in every language


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def rows(file: Path) -> dict[str, list[Any]]:
    """What a catalogue holds, but for times."""
    connection = sqlite3.connect(file)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    passing = {"started", "seconds", "milliseconds", "mtime", "stamp", "looked", "seen"}
    held = {}
    for table in tables:
        cursor = connection.execute(f'SELECT * FROM "{table}"')
        names = [one[0] for one in cursor.description]
        held[table] = sorted(
            repr([value for name, value in zip(names, row, strict=True) if name not in passing])
            for row in cursor
            if row[0] not in ("report", "told", "root")
        )
    return held


def test_nothing_that_programs_read_hangs_on_the_language(tmp_path: Path) -> None:
    """Outputs, report.json, the catalogue, lines of JSON and the exit code; report.html alone differs."""
    config = (
        f"input: {SEEDS}\nemit: {{markdown: {{}}, text: {{}}, html: {{}}, json: {{}}}}\nparse: {{max_bytes: 5000}}\n"
    )
    made, logged, codes = [], [], []
    for name, locale, option in (("a", "C.UTF-8", "en"), ("b", "zh_CN.UTF-8", "zh")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.yaml").write_text(config, "utf-8")
        call = ("run", "--lang", option, "--log", "json", "--notes", "out.jsonl", "--jobs", "1")
        done = mirrorpress(folder, *call, LC_ALL=locale, LANG=locale, SOURCE_DATE_EPOCH="1600000000")
        codes.append(done.returncode)
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        logged.append([{k: v for k, v in one.items() if k not in {"time", "seconds", "output"}} for one in lines])
        made.append(tree(folder))
    assert codes == [1, 1]
    assert logged[0] == logged[1]
    apart = {"out/report.html", "out/catalogue.sqlite"}
    one, other = ({path: data for path, data in files.items() if path not in apart} for files in made)
    assert one == other
    assert len(one) > 60
    assert b'lang="en"' in made[0]["out/report.html"]
    assert b'lang="zh-Hans"' in made[1]["out/report.html"]
    assert rows(tmp_path / "a/out/catalogue.sqlite") == rows(tmp_path / "b/out/catalogue.sqlite")


def test_another_language_writes_the_report_anew_and_nothing_else(tmp_path: Path) -> None:
    """The next run converts nothing; with the same language it does not touch the report either."""
    file = tmp_path / "config.yaml"
    told = []
    for name in ("en", "zh", "zh"):
        file.write_text(f"input: {SEEDS}\nvolumes: []\nbatch: {{lang: {name}, jobs: 1}}\n", "utf-8")
        summary = batch.run(load_config(file))
        page = tmp_path / "out" / "report.html"
        told.append((summary.converted.total(), page.read_bytes(), page.stat().st_mtime_ns))
    assert [one[0] for one in told] == [18, 0, 0]
    assert b'lang="en"' in told[0][1]
    assert "来源文件中有".encode() in told[1][1]
    assert told[1] == (0, told[2][1], told[2][2])


def test_a_run_tells_of_itself_in_chinese(tmp_path: Path) -> None:
    """Progress and summary; formats and kinds of notes keep their names."""
    (tmp_path / "config.yaml").write_text(f"input: {SEEDS}\nvolumes: []\n", "utf-8")
    done = mirrorpress(tmp_path, "run", "--jobs", "1", LC_ALL="zh_CN.UTF-8")
    assert done.returncode == 0
    assert "转换：18" in done.stderr.decode().splitlines()
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "已转换       18 篇文章，来自 20 个来源文件，其中 2 个为副本"
    assert "已写入       18 markdown，18 text" in lines
    words = set(re.findall(r"[A-Za-z]+", "\n".join(lines)))
    assert words <= {"markdown", "text", "changed", "guessed", "moved", "removed", "wrong"}


def test_the_language_of_one_command_is_not_that_of_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    """In one process, too."""
    assert printed(capsys, "rules", "--lang", "zh").startswith("清洗：")
    assert printed(capsys, "rules").startswith("clean:")
    assert spoken() == "en"
