"""The command, as a process: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ARTICLE = "<h1>The lighthouse</h1>\n<p>The lighthouse was painted <b>white</b> again.</p>\n<p>It shines at night.</p>\n"
ROOT = Path(__file__).parent.parent


def environment() -> dict[str, str]:
    """The process's surroundings: this checkout, and no wishes of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    return kept | {"PYTHONPATH": str(ROOT)}


def command(folder: Path, *arguments: str, stdin: bytes = b"", **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a folder. Whatever happens, it never shows a traceback."""
    result = subprocess.run(
        [sys.executable, "-m", "convert", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        env=environment() | more,
        timeout=300,
        check=False,
    )
    assert b"Traceback" not in result.stderr + result.stdout
    return result


def heap(folder: Path) -> Path:
    """A folder with two articles and a config."""
    (folder / "in" / "a").mkdir(parents=True)
    (folder / "in" / "a" / "light.html").write_text(ARTICLE, encoding="utf-8")
    (folder / "in" / "b.md").write_text("# The harbour\n\nA cat came to the *harbour*.\n", encoding="utf-8")
    (folder / "in" / "notes.csv").write_text("x", encoding="utf-8")
    (folder / "config.yaml").write_text("input: in\noutput: out\n", encoding="utf-8")
    return folder


@pytest.mark.slow
def test_run_converts_and_ends_with_a_summary(tmp_path: Path) -> None:
    """./config.yaml is read; the summary is plain where there is no terminal."""
    result = command(heap(tmp_path), "run")
    text = result.stdout.decode()
    assert result.returncode == 0, result.stderr
    assert "converted    2 articles of 2 sources\n" in text
    assert "passed over  1: not .md, .txt or .html\n" in text
    assert "written      2 markdown, 2 text\n" in text
    assert "volumes      1 with 2 articles, 1 built now\n" in text
    assert "time " in text
    assert b"\x1b" not in result.stdout + result.stderr
    assert (tmp_path / "out/markdown/a/light.md").is_file()
    assert result.stderr.decode().splitlines()[-1] == "volumes: 1"


@pytest.mark.slow
def test_options_win_over_the_config(tmp_path: Path) -> None:
    """And are relative to the working folder, not to the config."""
    heap(tmp_path)
    (tmp_path / "work").mkdir()
    arguments = ["--config", "../config.yaml", "--input", "../in/a", "--output", "here", "--jobs", "1", "--quiet"]
    result = command(tmp_path / "work", "run", *arguments)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    assert (tmp_path / "work/here/markdown/light.md").is_file()
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_run_writes_the_notes_where_it_is_told(tmp_path: Path) -> None:
    """As JSON Lines."""
    result = command(heap(tmp_path), "run", "--notes", "notes.jsonl", "--only", "*.html", "--verbose")
    assert result.returncode == 0
    notes = [json.loads(line) for line in (tmp_path / "notes.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {note["path"] for note in notes} == {"a/light.html"}
    assert "1: not chosen by --only" in result.stdout.decode()
    assert "epub/" in result.stdout.decode()


@pytest.mark.slow
def test_a_dry_run_says_what_it_would_do(tmp_path: Path) -> None:
    """And writes nothing."""
    result = command(heap(tmp_path), "run", "--dry-run", "--limit", "1")
    assert "would convert 1 article of 1 source" in result.stdout.decode()
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_failed_articles_are_named_and_end_the_run_with_1(tmp_path: Path) -> None:
    """Even a quiet run names them."""
    heap(tmp_path)
    (tmp_path / "in/large.html").write_text("<p>" + "long " * 2000, encoding="utf-8")
    (tmp_path / "config.yaml").write_text("input: in\noutput: out\nparse: {max_bytes: 500}\n", encoding="utf-8")
    result = command(tmp_path, "run", "--quiet")
    assert result.returncode == 1
    assert (
        result.stderr.decode() == "large.html: 10,003 bytes; expected at most 500; raise parse.max_bytes to read it\n"
    )
    assert (tmp_path / "out/markdown/b.md").is_file()


@pytest.mark.slow
def test_nothing_to_read_ends_with_3(tmp_path: Path) -> None:
    """An empty folder and a missing one."""
    (tmp_path / "empty").mkdir()
    for name in ("empty", "missing"):
        result = command(tmp_path, "run", "--input", name)
        assert result.returncode == 3
        assert result.stderr.decode().startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--jbos", "2"], "mirrorpress run: No such option: --jbos"),
        (["run", "--jobs", "-1"], "mirrorpress run: Invalid value for '--jobs'"),
        (["conver"], "mirrorpress: No such command 'conver'"),
        (["convert"], "mirrorpress convert: Missing argument"),
        (["convert", "in/b.md", "--to", "pfd"], "--to: no format is called 'pfd'; expected one of markdown, text"),
        (["run", "--config", "none.yaml"], "none.yaml: cannot be read (No such file or directory)"),
        (["run", "--output", "in"], "output: in: is the input folder"),
    ],
)
def test_wrong_usage_ends_with_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    """With a line that says what was wrong."""
    result = command(heap(tmp_path), *arguments)
    assert result.returncode == 2
    assert result.stdout == b""
    assert result.stderr.decode().startswith(message)
    assert result.stderr.decode().count("\n") == 1


def test_without_arguments_the_help_is_shown(tmp_path: Path) -> None:
    """It lists every command."""
    result = command(tmp_path)
    assert result.returncode == 2
    for name in ("run", "convert", "epub", "inspect", "notes", "check", "rules", "profiles", "formats"):
        assert f"\n  {name} " in result.stderr.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["run", "convert", "epub", "inspect", "notes", "check", "rules", "profiles", "formats"]
)
def test_every_command_has_help(tmp_path: Path, name: str) -> None:
    """On the standard output, since it was asked for."""
    result = command(tmp_path, name, "--help")
    assert result.returncode == 0
    assert f"Usage: mirrorpress {name}" in result.stdout.decode()


@pytest.mark.slow
def test_the_version_is_one_line(tmp_path: Path) -> None:
    """Name and number."""
    name, number = command(tmp_path, "--version").stdout.decode().split()
    assert name == "mirrorpress"
    assert number.count(".") == 2


@pytest.mark.slow
def test_convert_prints_the_document_and_nothing_else(tmp_path: Path) -> None:
    """From a file as from the standard input, to the standard output as to a file."""
    heap(tmp_path)
    printed = command(tmp_path, "convert", "in/a/light.html")
    assert printed.returncode == 0
    assert printed.stderr == b""
    assert printed.stdout.decode().startswith("---\ntitle: The lighthouse\n")
    assert "painted **white** again." in printed.stdout.decode()
    command(tmp_path, "convert", "in/a/light.html", "-o", "a.md")
    assert (tmp_path / "a.md").read_bytes() == printed.stdout
    piped = command(tmp_path, "convert", "-", "-o", "-", stdin=ARTICLE.encode())
    assert "painted **white** again." in piped.stdout.decode()


@pytest.mark.slow
def test_convert_writes_what_the_options_or_the_suffix_say(tmp_path: Path) -> None:
    """Formats of its own, and pandoc's."""
    heap(tmp_path)
    assert b"*" not in command(tmp_path, "convert", "in/b.md", "--to", "text").stdout
    assert b"<em>harbour</em>" in command(tmp_path, "convert", "in/b.md", "-t", "html").stdout
    assert b"\\emph{harbour}" in command(tmp_path, "convert", "in/b.md", "--to", "latex").stdout
    assert command(tmp_path, "convert", "in/b.md", "-o", "b.docx").returncode == 0
    assert zipfile.is_zipfile(tmp_path / "b.docx")
    assert command(tmp_path, "convert", "in/b.md", "-o", "b.epub").returncode == 0
    assert zipfile.ZipFile(tmp_path / "b.epub").read("mimetype") == b"application/epub+zip"


def test_convert_takes_the_configs_options(tmp_path: Path) -> None:
    """What a run would write is what one article gives."""
    heap(tmp_path)
    (tmp_path / "config.yaml").write_text("emit: {markdown: {front_matter: none, title: true}}\n", encoding="utf-8")
    assert command(tmp_path, "convert", "in/b.md").stdout.decode().startswith("# The harbour\n")


@pytest.mark.slow
def test_convert_finds_the_mirror_round_the_file(tmp_path: Path) -> None:
    """The channel has its name although the file is named alone."""
    folder = tmp_path / "mirror"
    (folder / "scripts").mkdir(parents=True)
    (folder / "scripts" / "index.csv").write_text("c1,灯塔与船\n", encoding="utf-8")
    (folder / "pages" / "c1").mkdir(parents=True)
    (folder / "pages" / "c1" / "a.html").write_text(ARTICLE, encoding="utf-8")
    result = command(folder / "pages" / "c1", "convert", "a.html")
    assert "channel: c1\n" in result.stdout.decode()
    assert "categories: [灯塔与船]\n" in result.stdout.decode()


@pytest.mark.skipif(os.name == "nt", reason="there is no such device")
def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """`-o /dev/null` leaves it a device."""
    heap(tmp_path)
    assert command(tmp_path, "convert", "in/b.md", "-o", os.devnull).returncode == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["convert", "inspect"])
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    """The message begins with the name that was given; where there is no file, there is nothing to read."""
    heap(tmp_path)
    missing = command(tmp_path, name, "in/none.md")
    assert (missing.returncode, missing.stderr) == (3, b"in/none.md: there is no such file; check the path\n")
    folder = command(tmp_path, name, "in")
    assert folder.returncode == 1
    assert folder.stderr.startswith(b"in: this is a folder; expected a file")


@pytest.mark.slow
def test_epub_makes_a_book_of_the_files_in_their_order(tmp_path: Path) -> None:
    """With the title given, or the file's name."""
    heap(tmp_path)
    result = command(tmp_path, "epub", "in/b.md", "in/a/light.html", "-o", "books/book.epub", "--title", "By the sea")
    assert result.returncode == 0, result.stderr
    with zipfile.ZipFile(tmp_path / "books/book.epub") as book:
        package = next(book.read(name).decode() for name in book.namelist() if name.endswith(".opf"))
        contents = next(book.read(name).decode() for name in book.namelist() if name.endswith("nav.xhtml"))
    assert "By the sea" in package
    assert contents.index("The harbour") < contents.index("The lighthouse")


@pytest.mark.slow
def test_epub_takes_files_of_several_mirrors(tmp_path: Path) -> None:
    """Two files may have the same path within their mirrors."""
    for name in ("one", "two"):
        (tmp_path / name / "scripts").mkdir(parents=True)
        (tmp_path / name / "scripts/index.csv").write_text("c,x\n", encoding="utf-8")
        (tmp_path / name / "a.html").write_text(f"<h1>Of {name}</h1><p>Text of {name}.</p>", encoding="utf-8")
    result = command(tmp_path, "epub", "one/a.html", "two/a.html", "-o", "book.epub")
    assert result.returncode == 0, result.stderr
    with zipfile.ZipFile(tmp_path / "book.epub") as book:
        text = b"".join(book.read(name) for name in book.namelist()).decode(errors="replace")
    assert "Text of one." in text
    assert "Text of two." in text


def sea(folder: Path) -> Path:
    """A mirror with three articles, one of them in two channels, and a config."""
    page = (
        "### {title}\n\n---\n\n#### [首页](../../../..?{id}) &nbsp;|&nbsp; [评论](../../../../../other?{id})\n\n"
        '<div class="post_content" id="artbody">\n <p>\n  【大纪元2021年07月{day}日讯】'
        "{title}，大家都来看。\n </p>\n</div>\n\n"
        "---\n\n原文链接（需翻墙）：https://www.epochtimes.com/gb/21/7/{day}/{id}.htm\n"
    )
    for path, title, day in (
        ("c2/n100003", "码头的猫", 12),
        ("c1/n100001", "小镇放晴", 15),
        ("c2/n100001", "小镇放晴", 15),
        ("c1/n100002", "灯塔的漆", 14),
    ):
        file = folder / "in" / "pages" / f"{path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page.format(title=title, day=day, id=path[3:]), encoding="utf-8")
    (folder / "config.yaml").write_text("input: in\noutput: out\n", encoding="utf-8")
    return folder


def titles(book: Path) -> list[str]:
    """The titles of a book's chapters, in order."""
    with zipfile.ZipFile(book) as package:
        contents = package.read("EPUB/nav.xhtml").decode().partition("</nav>")[0]
    return re.findall(r"<a [^>]*>([^<]*)</a>", contents)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--where", "date >= 2021-07-13"], ["灯塔的漆", "小镇放晴"]),
        (["--where", "title ~ 的 or words > 1000"], ["码头的猫", "灯塔的漆"]),
        (["--where", "path ~ c2/ or channel = c2"], ["码头的猫"]),
        (["in/pages/c?/n*2.md", "in/pages/c2/n100003.md"], ["灯塔的漆", "码头的猫"]),
        (["in/**/n*.md", "--where", "not title ~ 漆 and not path ~ c1"], ["小镇放晴", "码头的猫"]),
    ],
)
def test_epub_takes_a_condition_and_patterns(tmp_path: Path, arguments: list[str], expected: list[str]) -> None:
    """A condition searches the input, by date and each article once; patterns give files in their order."""
    sea(tmp_path)
    for name in ("one.epub", "two.epub"):
        result = command(tmp_path, "epub", *arguments, "--title", "海边", "-o", name)
        assert result.returncode == 0, result.stderr
    assert titles(tmp_path / "one.epub") == expected
    assert (tmp_path / "one.epub").read_bytes() == (tmp_path / "two.epub").read_bytes()
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--where", "title ~ 鲸"], 3, "in: no article matches --where; loosen the condition"),
        (["in/**/*.md", "--where", "title ~ 鲸"], 3, "--where: none of the files named matches; loosen the condition"),
        (["in/*.txt"], 3, "in/*.txt: no file matches; expected a file, or a pattern"),
        ([], 2, "mirrorpress epub: no articles are named; expected FILES or --where; name some"),
        (["--where", "titel ~ 鲸"], 2, "--where: character 1: there is no field 'titel'; "),
        (
            ["in/pages/c1/n100001.md", "in/none.md"],
            3,
            "in/none.md: there is no such file; check the path; no book was written",
        ),
        (["in/README.md"], 1, "in/README.md: this is the mirror's apparatus; expected an article; leave it out "),
        (["in/README*"], 3, "in/README*: no file matches"),
        (["in"], 1, "in: this is a folder; expected a file; `mirrorpress run --input` reads folders; no book was"),
    ],
)
def test_epub_says_what_it_cannot_take(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    """And writes no book."""
    (sea(tmp_path) / "in/README.md").write_text("About this mirror.", encoding="utf-8")
    result = command(tmp_path, "epub", *arguments, "-o", "book.epub")
    assert result.returncode == code
    assert message in result.stderr.decode()
    assert not (tmp_path / "book.epub").exists()


@pytest.mark.parametrize(
    "arguments", [["convert"], ["inspect"], ["preview"], ["notes"], ["epub", "-o", "book.epub"], ["run", "--input"]]
)
def test_a_name_without_a_file_is_nothing_to_read(tmp_path: Path, arguments: list[str]) -> None:
    """The exit code is 3 for every command that reads a source."""
    result = command(heap(tmp_path), *arguments, "none.md")
    assert (result.returncode, result.stdout) == (3, b"")
    assert result.stderr.startswith(b"none.md: there is no such file")


@pytest.mark.parametrize("arguments", [["convert"], ["inspect"], ["preview"], ["notes"], ["epub", "-o", "book.epub"]])
def test_a_pipe_is_no_source(tmp_path: Path, arguments: list[str]) -> None:
    """It would be waited for without end."""
    os.mkfifo(heap(tmp_path) / "in/pipe.md")
    result = command(tmp_path, *arguments, "in/pipe.md")
    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.startswith(b"in/pipe.md: this is a pipe or a device; expected a file; ")


def test_a_picture_by_the_name_of_an_article_is_refused(tmp_path: Path) -> None:
    """The run names it and goes on with the others; convert prints none of it."""
    (heap(tmp_path) / "in/picture.md").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    (tmp_path / "in/empty.md").write_bytes(b"")
    result = command(tmp_path, "run")
    assert result.returncode == 1
    assert b"picture.md: this is a PNG picture; expected text in UTF-8" in result.stderr
    assert (tmp_path / "out/markdown/b.md").is_file()
    assert b"1 wrong" in result.stdout
    alone = command(tmp_path, "convert", "in/picture.md")
    assert (alone.returncode, alone.stdout) == (1, b"")


@pytest.mark.slow
def test_epub_names_what_it_cannot_read_and_makes_the_book(tmp_path: Path) -> None:
    """A source of the input that fails costs itself only, and the exit code says so."""
    (sea(tmp_path) / "in/large.html").write_text("<p>" + "long " * 2000, encoding="utf-8")
    (tmp_path / "config.yaml").write_text("input: in\nparse: {max_bytes: 2000}\n", encoding="utf-8")
    result = command(tmp_path, "epub", "--where", "date", "-o", "book.epub")
    assert result.returncode == 1
    assert "large.html: 10,003 bytes; expected at most 2,000" in result.stderr.decode()
    assert len(titles(tmp_path / "book.epub")) == 3


@pytest.mark.slow
def test_what_a_volume_lacks_is_said_before_anything_is_done(tmp_path: Path) -> None:
    """Without OpenCC neither `run` nor `check` goes on."""
    heap(tmp_path)
    (tmp_path / "opencc.py").write_text("raise ImportError\n", encoding="utf-8")
    (tmp_path / "config.yaml").write_text("input: in\noutput: out\nvolumes: [{script: s2t}]\n", encoding="utf-8")
    for verb in ("run", "check"):
        result = command(tmp_path, verb)
        assert result.returncode == 2
        assert "pip install 'mirrorpress[opencc]'" in result.stderr.decode()
    assert not (tmp_path / "out").exists()


def test_inspect_shows_every_stage_the_metadata_and_the_notes(tmp_path: Path) -> None:
    """In this order."""
    text = command(heap(tmp_path), "inspect", "in/a/light.html").stdout.decode()
    parts = [
        "# parse",
        "<b>white</b>",
        "# clean",
        "<strong>white</strong>",
        "# enrich",
        "# metadata",
        "title: ",
        "# notes",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.slow
def test_notes_are_json_lines_for_files_and_folders(tmp_path: Path) -> None:
    """The same that a run writes."""
    heap(tmp_path)
    command(tmp_path, "run", "--notes", "notes.jsonl")
    printed = command(tmp_path, "notes", "in")
    assert printed.returncode == 0
    assert printed.stdout == (tmp_path / "notes.jsonl").read_bytes()
    one = command(tmp_path, "notes", "in/a/light.html").stdout
    assert one
    assert one in printed.stdout


@pytest.mark.slow
def test_check_says_what_is_wrong_with_its_line(tmp_path: Path) -> None:
    """Or that all is well."""
    heap(tmp_path)
    fine = command(tmp_path, "check")
    assert fine.returncode == 0
    assert fine.stdout.decode().endswith("The config is right.\n")
    (tmp_path / "config.yaml").write_text("inptu: in\nbatch: {jobs: many}\n", encoding="utf-8")
    wrong = command(tmp_path, "check")
    assert wrong.returncode == 2
    assert wrong.stderr.decode().splitlines() == [
        "config.yaml:1:1: inptu: unknown key; expected one of input, output, parse, clean, enrich, emit, volumes, "
        "pictures, feed, deliver, batch; did you mean 'input'?",
        "config.yaml:2:9: batch.jobs: found many; expected a whole number",
    ]


@pytest.mark.slow
def test_what_there_is_is_listed_a_line_each(tmp_path: Path) -> None:
    """Rules and steps, profiles, formats."""
    rules = command(tmp_path, "rules").stdout.decode()
    assert rules.index("  chrome ") < rules.index("  tidy ") < rules.index("  words ")
    assert all(len(line.split()) > 2 for line in rules.splitlines() if line.startswith("  "))
    assert "  generic " in command(tmp_path, "profiles").stdout.decode()
    formats = command(tmp_path, "formats").stdout.decode()
    assert all(name in formats for name in ("  markdown ", "  text ", "  html ", "  epub ", " docx "))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="pipes end differently there")
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    """`mirrorpress notes … | head -n 1` ends without a word."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text("<p>" + "Text. " * 500000, encoding="utf-8")
    for arguments in (["inspect", "in/a.html"], ["convert", "in/a.html"]):
        process = subprocess.Popen(
            [sys.executable, "-m", "convert", *arguments],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout
        assert process.stderr
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait() == 141


SLOW = """
import os, pathlib, time

def wait(article, context):
    pathlib.Path("begun.part").write_text(str(os.getpid()))
    pathlib.Path("begun.part").rename("begun")
    time.sleep(600)
"""


def slow_run(folder: Path) -> subprocess.Popen[bytes]:
    """A run that is at work on an article that takes long."""
    heap(folder)
    (folder / "own_cli_slow.py").write_text(SLOW, encoding="utf-8")
    (folder / "config.yaml").write_text("input: in\nclean: ['own_cli_slow:wait']\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "convert", "run", "--quiet"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not (folder / "begun").exists():
        assert process.poll() is None
    return process


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
def test_a_run_that_is_interrupted_twice_ends_at_once(tmp_path: Path) -> None:
    """Ctrl-C reaches every process of a terminal; none of them shows a traceback, none is left behind."""
    process = slow_run(tmp_path)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    printed, told = process.communicate()
    assert process.returncode == 130
    assert printed == b""
    assert told.decode().splitlines() == ["interrupted; what was written so far is whole"]


STEADY = """
import pathlib, time

def wait(article, context):
    pathlib.Path("begun").write_text("")
    time.sleep(0.01)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_end_keeps_what_it_has_done(tmp_path: Path, number: signal.Signals) -> None:
    """It says what that is, and the next run does the rest."""
    for at in range(600):
        (tmp_path / f"in/{at % 7}").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"in/{at % 7}/{at}.md").write_text(f"# Day {at}\n\nThe sea was calm.\n", encoding="utf-8")
    (tmp_path / "own_cli_steady.py").write_text(STEADY, encoding="utf-8")
    text = "input: in\nclean: [default, 'own_cli_steady:wait']\nbatch: {jobs: 2}\n"
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "convert", "run"],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    while not (tmp_path / "begun").exists():
        assert process.poll() is None
    os.killpg(process.pid, number)
    printed, told = process.communicate()
    assert process.returncode == 128 + number, told
    assert b"ending when what is in hand is done" in told
    done = len(list((tmp_path / "out/markdown").rglob("*.md")))
    assert f"converted    {done} articles of 600 sources".encode() in printed
    assert 0 < done < 600
    again = command(tmp_path, "run")
    assert f"converted    {600 - done} articles of 600 sources".encode() in again.stdout
    assert f"unchanged    {done} articles".encode() in again.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
def test_a_killed_run_leaves_no_worker_behind(tmp_path: Path) -> None:
    """Its pipes close only when the last of its processes has ended; a worker that stayed would be waited for here."""
    process = slow_run(tmp_path)
    process.kill()
    printed, told = process.communicate()
    assert printed == b""
    assert b"Traceback" not in told


@pytest.mark.slow
def test_a_name_that_is_no_unicode_is_told_and_costs_that_file_only(tmp_path: Path) -> None:
    """A mirror from an old machine may hold such names."""
    heap(tmp_path)
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/in/\xff.html")).write_text(ARTICLE, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    result = command(tmp_path, "run", "--quiet", PYTHONIOENCODING="utf-8")
    assert result.returncode == 1
    assert result.stderr.decode() == "\\udcff.html: its name is not UTF-8; rename the file, or its folder\n"
    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert ([one["path"] for one in report["failed"]], report["articles"]) == (["\\udcff.html"], 2)


def test_a_format_that_the_config_leaves_out_is_told(tmp_path: Path) -> None:
    """`emit` replaces the defaults: `check` and the next run say what goes; the run after it does not."""
    assert command(heap(tmp_path), "run", "--quiet").stderr == b""
    (tmp_path / "config.yaml").write_text("input: in\noutput: out\nemit: {text: {width: 60}}\n", encoding="utf-8")
    said = b"markdown: no longer written, since `emit` of the config leaves it out; its files stay until a run with "
    said += b"--prune\n"
    checked = command(tmp_path, "check")
    assert (checked.returncode, checked.stderr) == (0, said)
    first, second = command(tmp_path, "run", "--quiet"), command(tmp_path, "run", "--quiet")
    assert (first.returncode, first.stderr, second.stderr) == (0, said, b"")


def test_check_tells_what_a_run_would_not_do(tmp_path: Path) -> None:
    """An input that is not there, a feed of no volumes, a dataset."""
    heap(tmp_path)
    (tmp_path / "config.yaml").write_text("input: nowhere\nvolumes: []\nemit: {dataset: }\n", encoding="utf-8")
    result = command(tmp_path, "check")
    assert result.returncode == 3
    assert result.stderr == b"input: nowhere: there is no such file or folder; name the mirror there\n"
    told = result.stdout.decode()
    assert "feed       none\n" in told
    assert "formats    dataset\n" in told
    assert "right" not in told


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["convert", "in/b.md", "-o", "a.foo"],
            2,
            "-o: no format is known by the suffix .foo of a.foo; expected one of markdown, text, json, html, epub or",
        ),
        (["convert", "in/b.md", "--to", "foo", "-o", "a.md"], 2, "--to: no format is called 'foo'; expected one of"),
        (["epub", "in/b.md"], 2, "mirrorpress epub: Missing option '--output' / '-o'; see `mirrorpress epub --help`"),
        (["notes", "none"], 3, "none: there is no such file or folder; check the path"),
        (["init", "none"], 3, "none: there is no such file or folder; expected a folder; check the path"),
        (
            ["run", "-i", "none"],
            3,
            "none: there is no such file or folder; name the mirror as `input` in the config; run",
        ),
    ],
)
def test_a_remedy_is_one_that_the_command_has(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    """What to do can be done there, and the option that is named is the one that was given."""
    result = command(heap(tmp_path), *arguments)
    assert (result.returncode, result.stdout) == (code, b"")
    assert said in result.stderr.decode()


def test_rules_lists_those_of_a_config(tmp_path: Path) -> None:
    """With the first line of the docstring, as the others; without --config none of them."""
    heap(tmp_path)
    (tmp_path / "own_listed.py").write_text('def drop(article, context):\n    """Drop it."""\n', encoding="utf-8")
    (tmp_path / "config.yaml").write_text("clean: [default, 'own_listed:drop']\nenrich: ['own_listed:drop']\n", "utf-8")
    told = command(tmp_path, "rules", "--config", "config.yaml").stdout.decode()
    assert "clean, of the config:\n  own_listed:drop  Drop it.\n" in told
    assert told.endswith("enrich, of the config:\n  own_listed:drop  Drop it.\n")
    assert b"own_listed" not in command(tmp_path, "rules").stdout
