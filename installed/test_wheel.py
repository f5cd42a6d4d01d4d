"""The wheel: what is in it, and every command of it in a fresh environment, in a folder away from the checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SEED = "seeds/pages/nsc1035/n99000006.md"
POND = {
    "pyproject.toml": """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "pond-rules"
version = "2.5"

[project.entry-points."mirrorpress.rules"]
pond = "pond_rules:drop_links"

[project.entry-points."mirrorpress.emitters"]
pond-title = "pond_rules:write_title"

[project.entry-points."mirrorpress.profiles"]
pond-pages = "pond_rules:pages.yaml"
""",
    "pond_rules/__init__.py": '''"""Rules of a pond."""


def drop_links(soup):
    """Take every link out, with its text."""
    for link in soup.find_all("a"):
        link.decompose()


def write_title(article, options):
    """The title alone."""
    return article.meta.title.encode()
''',
    "pond_rules/pages.yaml": "name: pond\nabout: pages of a pond\nrecognise: {start: '<pond>'}\n",
}


@dataclass(frozen=True)
class Place:
    """A fresh environment with the wheel in it, and a folder to work in."""

    wheel: Path
    programs: Path
    folder: Path

    def run(self, *call: str, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
        """A program of the environment, in the folder, with nothing of the checkout on its path."""
        done = subprocess.run(
            [str(self.programs / call[0]), *call[1:]],
            cwd=self.folder,
            env=clean(),
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
        assert done.returncode == exit_code, f"{' '.join(call)}\n{done.stdout}\n{done.stderr}"
        return done


def clean() -> dict[str, str]:
    """The environment without what leads Python elsewhere."""
    gone = {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME"}
    kept = {name: value for name, value in os.environ.items() if name not in gone}
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONIOENCODING": "utf-8"}


def pip(program: Path | str, *arguments: str) -> None:
    """pip, with the versions that the checkout pins."""
    known = clean() | {"PIP_CONSTRAINT": str(ROOT / "constraints.txt")}
    call = [str(program), "-m", "pip", *arguments, "--quiet"]
    done = subprocess.run(call, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The wheel of this checkout, built, and installed with what it needs and nothing else."""
    home = tmp_path_factory.mktemp("away")
    pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", str(home / "dist"), str(ROOT))
    (wheel,) = (home / "dist").glob("mirrorpress-*.whl")
    venv.create(home / "env", with_pip=True)
    programs = home / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip(programs / "python", "install", str(wheel))
    folder = home / "work"
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    here = Place(wheel, programs, folder)
    here.run("mirrorpress", "run", "--quiet", "--jobs", "1")
    return here


def test_the_wheel_holds_the_package_and_nothing_else(place: Place) -> None:
    """Code and the data that it reads: profiles, styles, the font of covers; no tests, no pages, no articles."""
    with zipfile.ZipFile(place.wheel) as archive:
        names = set(archive.namelist())
    tracked = subprocess.run(["git", "ls-files", "convert"], cwd=ROOT, capture_output=True, text=True, check=False)
    wanted = set(tracked.stdout.split("\n")) - {""} or {"convert/profiles/epoch.yaml", "convert/report/page.css"}
    assert wanted <= names
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"convert"}


def test_the_package_is_that_of_the_environment(place: Place) -> None:
    """And not the checkout's."""
    where = place.run("python", "-c", "import convert; print(convert.__file__)").stdout
    assert str(place.programs.parent) in where


COMMANDS: dict[str, tuple[Sequence[str], str]] = {
    "run": (["--force", "--jobs", "2", "--verify", "all"], r"converted +\d+ articles"),
    "convert": ([SEED, "--to", "docx", "-o", "article.docx"], ""),
    "epub": (["seeds/pages/*/n*.md", "-o", "book.epub"], ""),
    "init": (["seeds", "-o", "mine.yaml"], "mine.yaml is written"),
    "preview": ([SEED, "-o", "seen.html"], "seen.html: 1 article"),
    "inspect": ([SEED], "# metadata"),
    "notes": ([SEED], '"kind": ?"'),
    "verify": (["--jobs", "1"], "nothing differs"),
    "check": ([], "The config is right."),
    "schedule": (["--every", "1h", "--cron", "--config", "config.yaml"], "-m convert run --quiet"),
    "list": (["--format", "json"], '"title"'),
    "index": (["--jobs", "1"], "indexed"),
    "rules": ([], "tidy"),
    "profiles": ([], "minghui-epoch"),
    "formats": ([], "docx"),
}
"""A call of each command that ends by itself, and what it says."""


@pytest.mark.parametrize("verb", list(COMMANDS))
def test_a_command_works(place: Place, verb: str) -> None:
    """Away from the checkout, with the built-in defaults."""
    arguments, said = COMMANDS[verb]
    if verb == "schedule":
        (place.folder / "config.yaml").write_text("input: seeds\n", encoding="utf-8")
    assert re.search(said, place.run("mirrorpress", verb, *arguments).stdout)


def test_watching_works(place: Place) -> None:
    """It runs, says that it waits, and ends when it is told to."""
    watching = subprocess.Popen(
        [str(place.programs / "mirrorpress"), "watch", "--output", "watched", "--jobs", "1"],
        cwd=place.folder,
        env=clean(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert watching.stdout
    said, end = "", time.monotonic() + 60
    while "watching" not in said and time.monotonic() < end:
        said += watching.stdout.readline()
    watching.send_signal(signal.SIGTERM)
    rest, _ = watching.communicate(timeout=60)
    assert "watching" in said, said + rest
    assert watching.returncode == 128 + signal.SIGTERM
    assert (place.folder / "watched" / "markdown").is_dir()


def test_every_command_is_tried(place: Place) -> None:
    """A new one needs its line here; `watch`, which does not end, has its own test."""
    shown = place.run("mirrorpress", "--help").stdout.partition("Commands:")[2]
    assert set(re.findall(r"^  ([a-z]+) ", shown, re.MULTILINE)) == {*COMMANDS, "watch"}


def test_what_was_made_is_there(place: Place) -> None:
    """Articles, books with their covers, report; and a book on the spot passes its lint."""
    out = place.folder / "out"
    assert list((out / "markdown").rglob("*.md"))
    assert list((out / "epub").glob("*.epub"))
    assert (out / "report.html").is_file()
    place.run("mirrorpress", "epub", SEED, "-o", "one.epub")
    place.run("mirrorpress", "verify", "one.epub")


def test_schemas_and_completion_come_with_the_wheel(place: Place) -> None:
    """What editors and shells ask for needs no checkout."""
    for subject in ("config", "profile"):
        assert "properties" in json.loads(place.run("mirrorpress", "check", "--schema", subject).stdout)
    assert "complete -o default" in place.run("mirrorpress", "--show-completion", "bash").stdout


def test_languages_come_with_the_wheel(place: Place) -> None:
    """The catalogues of messages are read from it."""
    assert place.run("mirrorpress", "profiles", "--lang", "zh").stdout != place.run("mirrorpress", "profiles").stdout
    assert "镜像" in place.run("mirrorpress", "run", "--help", "--lang", "zh").stdout


def test_a_package_that_is_installed_beside_it_adds_what_it_names(place: Place) -> None:
    """Built and installed by pip, as anybody's: rule, format and profile are there, and gone with the package."""
    source = place.folder / "pond"
    for name, text in POND.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    pip(place.programs / "python", "install", "--no-deps", str(source))
    assert "pond  Take every link out, with its text. (pond-rules 2.5)" in place.run("mirrorpress", "rules").stdout
    assert "pond-pages  pages of a pond (pond-rules 2.5)" in place.run("mirrorpress", "profiles").stdout
    text = (
        "input: seeds\noutput: ponds\nclean: [pond, default]\nemit: {pond-title: {path: '{stem}.txt'}}\nvolumes: []\n"
    )
    (place.folder / "pond.yaml").write_text(text, encoding="utf-8")
    call = ["run", "--config", "pond.yaml", "--jobs", "2", "--verify", "all", "--notes", "pond.jsonl"]
    place.run("mirrorpress", *call)
    assert '"rule": "pond"' in (place.folder / "pond.jsonl").read_text(encoding="utf-8").replace('":"', '": "')
    assert (place.folder / "ponds" / "n99000006.txt").read_text(encoding="utf-8")
    assert place.run("mirrorpress", "convert", SEED, "--to", "pond-title").stdout
    pip(place.programs / "python", "uninstall", "--yes", "pond-rules")
    done = place.run("mirrorpress", "check", "--config", "pond.yaml", exit_code=2)
    assert "there is no rule 'pond'" in done.stderr
