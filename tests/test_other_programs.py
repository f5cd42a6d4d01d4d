"""Programs beside Mirrorpress: what they are given, what is said of those that are missing, what their page tells."""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import context, converting, programs
from benchmarks.converters import Group, further, look, sample, show_costs
from benchmarks.corpus import articles
from benchmarks.cost import Cost
from benchmarks.fidelity import CHECKS, faults, undated
from benchmarks.outputs import Got, Wanted
from benchmarks.synthetic import write_mirror
from convert import Source, convert
from convert.emit import EMITTERS, EmitOptions

ROOT = Path(__file__).parent.parent
FILES = 60


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic mirror, which no test changes."""
    folder = tmp_path_factory.mktemp("mirror")
    write_mirror(folder, FILES, 7)
    return folder


def command(folder: Path, name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of a few lines of Python in front of those on the path."""
    folder.mkdir(exist_ok=True)
    script = folder / name
    script.write_text(f"#!{sys.executable} -S\n{code}", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_a_page_goes_to_node_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """defuddle's converter asks one Node for page after page, whatever signs are in them, and raises what it says."""
    code = """
import json, sys
for line in sys.stdin:
    text = json.loads(line)
    if text == "end":
        break
    print(json.dumps({"error": "no page"} if text == "bad" else {"markdown": text + "!"}), flush=True)
"""
    command(tmp_path / "bin", "node", code, monkeypatch)
    ask = converting.defuddle()
    assert ask("一行\n两行\u2028三行\r") == "一行\n两行\u2028三行\r!"
    with pytest.raises(RuntimeError, match="no page"):
        ask("bad")
    assert ask("again") == "again!"
    with pytest.raises(RuntimeError, match="Node has ended"):
        ask("end")


@pytest.mark.skipif(bool(programs.lacks("defuddle")), reason="`npm ci` in benchmarks/node installs defuddle")
def test_defuddle_tells_what_it_finds() -> None:
    """What defuddle knows of a page stands in front of its Markdown; the text of a page without a body is read."""
    told = converting.defuddle()("<h1>阳台菜园</h1>\n<p>五月，城里的阳台也能结出番茄。</p><p>薄荷长得快。</p>")
    assert told.startswith('---\ntitle: "阳台菜园"\n---\n\n')
    assert "五月，城里的阳台也能结出番茄。\n\n薄荷长得快。" in told


def test_calibre_is_run_once_for_each_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """calibre's converter gives its command the page in a file and reads the file that it wrote, or raises."""
    code = """
import pathlib, sys
text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
if "bad" in text:
    sys.exit("no book")
pathlib.Path(sys.argv[2]).write_text(" ".join([text, *sys.argv[3:]]), encoding="utf-8")
"""
    command(tmp_path / "bin", "ebook-convert", code, monkeypatch)
    told = converting.calibre()("<p>番茄</p>")
    assert told.startswith("<p>番茄</p> ")
    assert "--txt-output-formatting=markdown" in told
    with pytest.raises(RuntimeError, match="no book"):
        converting.calibre()("bad")


def test_a_program_that_is_missing_is_named_with_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is compared all the same."""
    monkeypatch.setattr(programs, "NODE", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "ebook-convert" else name)
    monkeypatch.setattr(programs, "find_spec", lambda name: None if name == "html_to_markdown" else name)
    names, missing = programs.chosen([])
    assert missing == [
        "html-to-markdown is missing; `pip install -e '.[bench]'` installs it",
        "defuddle is missing; `npm ci` in benchmarks/node installs it",
        "calibre is missing; install it (Debian: apt-get install calibre)",
    ]
    absent = {"html-to-markdown", "defuddle", "calibre"}
    assert names == [name for name in [*programs.OWN, *converting.CONVERTERS] if name not in absent]
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert programs.lacks("defuddle").startswith("defuddle needs Node 20 or newer; install it")
    assert programs.chosen(["turbohtml"]) == (["turbohtml"], [])


def test_a_slow_program_gets_some_of_the_files(mirror: Path, tmp_path: Path) -> None:
    """They are evenly spread, and the same each time; the others get all."""
    many = programs.SAMPLES["calibre"]
    assert sample("pandoc", mirror, tmp_path) == mirror
    write_mirror(tmp_path / "large", 3 * many, 1)
    some = sample("calibre", tmp_path / "large", tmp_path)
    paths = articles(some)
    assert paths == articles(tmp_path / "large")[::3]
    assert sample("calibre", tmp_path / "large", tmp_path) == some


def test_shares_are_those_of_the_articles_that_a_program_was_given(mirror: Path, tmp_path: Path) -> None:
    """An output that is missing is a fault where the file was given, and nothing where it was not."""
    paths = articles(mirror)[:3]
    some = [Group(path, path) for path in paths]
    given = {"turbohtml": frozenset(paths), "calibre": frozenset(paths[1:2])}
    looked = look(some, mirror, tmp_path, given)
    assert {name: count for name, (count, _) in looked.items()} == {"turbohtml": 3, "calibre": 1}
    assert looked["turbohtml"][1].found["text of the article lost"] == 3
    assert looked["calibre"][1].concerned["text of the article lost"] == 1
    for name in given:
        (tmp_path / f"{name}.failed").write_text("", encoding="utf-8")
    rows = further(tmp_path, {**given, "turbohtml": frozenset([*paths, "a copy"])}, {"turbohtml": 3, "calibre": 1})
    assert rows["files that are an article written again"] == ["25.0%", "0.0%"]
    assert rows["articles that were looked at"] == ["3", "1"]


def test_costs_are_compared_by_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that was given a tenth of the files says so, and its multiples are those of one file."""
    costs = {"Mirrorpress": Cost(2.0, 1.0, 50.0), "turbohtml": Cost(1.0, 0.5, 20.0)}
    show_costs(costs, {"Mirrorpress": 1000, "turbohtml": 100})
    line = capsys.readouterr().out.splitlines()[-1]
    assert re.match(r"turbohtml [\d.]+, 100 files ", line)
    assert line.split()[-2:] == ["5.00", "5.00"]


def with_a_note(mirror: Path) -> tuple[Wanted, list[str], str]:
    """An article of which Mirrorpress takes lines away that its page shows, its notes, and its Markdown."""
    for path in articles(mirror):
        article = convert(Source(path, (mirror / path).read_bytes()), context())
        one = Wanted(article)
        text = EMITTERS["markdown"].write(article, EmitOptions()).decode("utf-8")
        if "text that the page shows gone" in faults(one, text).found:
            return one, [note.text for note in article.notes], text
    raise AssertionError("no such article")


def test_text_that_a_note_tells_of_is_told_apart(mirror: Path) -> None:
    """What the page shows and a note has is gone, but not in silence; a piece that no note has is."""
    one, notes, text = with_a_note(mirror)
    assert faults(one, text, notes).found == Counter(["text that the page shows gone"])
    silent = "text gone that no note tells of"
    assert silent in faults(one, text).found
    assert silent in faults(one, text.replace("的", ""), notes).found


def test_a_backslash_behind_a_bare_address_is_not_held_against_a_program() -> None:
    """A reader of GFM takes it into the link that it makes; where a program put it anywhere else, it counts."""
    assert Got("见 https://www.example.org/a\\\n下一行").text == "见https://www.example.org/a下一行"
    assert Got("（https://www.example.org/a\\)").text == "（https://www.example.org/a)"
    assert Got("见\\ 下").text == "见\\下"


def test_a_date_by_the_name_that_defuddle_gives_it(mirror: Path) -> None:
    """`published` tells a day as `date` does."""
    path = articles(mirror)[0]
    one = Wanted(convert(Source(path, (mirror / path).read_bytes()), context()))
    assert undated(one, Got(f"---\npublished: {one.article.meta.date}\n---\n\n河\n")) is False
    assert undated(one, Got("---\nday: 2021-05-22\n---\n\n河\n")) is True


def test_the_page_about_other_tools_has_every_check() -> None:
    """Each row of the fidelity table stands in docs/others.md, in its order, under its name."""
    page = (ROOT / "docs" / "others.md").read_text(encoding="utf-8")
    table = page.partition("## What comes out of the same article\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    assert [row for row in rows if row in CHECKS] == list(CHECKS)
