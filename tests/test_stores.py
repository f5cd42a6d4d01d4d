"""Where sources are read from: folders, and git repositories without a checkout."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from convert.batch.inputs.sources import Mirrors, find_sources
from convert.batch.inputs.watching import settled
from convert.batch.lock import hold
from convert.batch.run import Options, run
from convert.batch.verifying.verification import verify_outputs
from convert.cli.single import read_article
from convert.cli.watch import keep_running
from convert.config import Config, InputOptions, OutputOptions, load_config
from convert.errors import ConfigError, HeldError, MissingToolError, NothingToReadError, SourceError, UsageError
from convert.profiles import load_profiles
from convert.stores import Folder, Repository, Sieve, open_repository
from convert.stores.objects import Objects
from tests.test_batch import mirror, page, tree

ROOT = Path(__file__).parent.parent

IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "a"), ("EMAIL", "a@example.org"), ("DATE", "2021-07-14T10:00:00Z"))
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, and return what it prints."""
    call = ["git", "-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main", *arguments]
    done = subprocess.run(call, cwd=folder, env=os.environ | IDENTITY, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, *options: str) -> Path:
    """Commit all that lies in a folder, which becomes a repository; returns it."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "-q", *options)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a change")
    return folder


def config(tmp_path: Path, input_: str, more: str = "") -> Config:
    """A config with this input, the output `out`, and one job."""
    path = tmp_path / "config.yaml"
    path.write_text(f"input: {input_}\noutput: out\nbatch: {{jobs: 1}}\n{more}", encoding="utf-8")
    return load_config(path)


def found(repository: Repository) -> tuple[list[str], Counter[str]]:
    """The paths of the sources of a repository, and what was passed over."""
    listing = repository.list(Sieve(load_profiles()))
    return [entry.path for entry in listing.entries], listing.passed_over


# --- what is in a repository


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["copy", "bare", "worktree", "sha256"])
def test_a_repository_gives_what_its_folder_gives(tmp_path: Path, kind: str) -> None:
    """The same outputs, byte by byte, volumes with the names of channels and mirror among them."""
    commit(mirror(tmp_path / "in"), *(["--object-format=sha256"] if kind == "sha256" else []))
    (tmp_path / "git").mkdir()
    place = tmp_path / "git" / ("in.git" if kind == "bare" else "in")
    if kind == "worktree":
        git(tmp_path / "in", "worktree", "add", "-q", "--detach", str(place))
    else:
        git(tmp_path, "clone", "-q", *(["--bare"] if kind == "bare" else []), "in", str(place))
    run(config(tmp_path, "in"))
    expected = tree(tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "before")
    summary = run(config(tmp_path, f"{{git: git/{place.name}}}"))
    made = tree(tmp_path / "out")
    assert summary.exit_code == 0
    assert made.keys() == expected.keys()
    assert {name for name in made if made[name] != expected[name]} <= {"report.json"}
    assert b"\xe5\xa4\xa9\xe6\xb0\x94" in made["markdown/pages/c1/n100001.md"]  # the channel's name, of its index


def test_a_repository_passes_over_what_a_folder_does_and_links_and_submodules(tmp_path: Path) -> None:
    """Each is counted; folders once."""
    inside = mirror(tmp_path / "in")
    for name in (".github/a.md", ".github/b.md", ".hidden.md", "x.png"):
        (inside / name).parent.mkdir(exist_ok=True)
        (inside / name).write_bytes(b"")
    (inside / "link.md").symlink_to("pages/c1/n100001.md")
    page(tmp_path / "other", "n1.md")
    commit(tmp_path / "other")
    commit(inside)
    git(inside, "submodule", "--quiet", "add", str(tmp_path / "other"), "sub")
    commit(inside)
    paths, passed_over = found(open_repository(inside))
    assert paths == [f"pages/{name}.md" for name in ("c1/n100001", "c1/n100002", "c2/n100001", "c2/n100003")]
    assert passed_over == Counter(
        {
            "hidden folder": 1,
            "hidden file": 2,
            "not .md, .txt or .html": 1,
            "symbolic link": 1,
            "submodule": 1,
            "the mirror's apparatus": 2,
        }
    )


def test_names_of_every_kind_are_read(tmp_path: Path) -> None:
    """Quotes, tabs, line ends and other scripts."""
    names = ['a "b".md', "a\tb.md", "a\nb.md", "甲/乙 丙.md", "-x.md", "a\\b.md"]
    for name in names:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(name, encoding="utf-8")
    repository = open_repository(commit(tmp_path / "in"))
    assert found(repository)[0] == sorted(names)
    assert [repository.read(name, 100).decode() for name in names] == names


def test_what_is_not_committed_is_not_seen(tmp_path: Path) -> None:
    """A pull that is under way cannot give half of itself."""
    inside = commit(mirror(tmp_path / "in"))
    (inside / "pages/c1/n100002.md").write_text("half", encoding="utf-8")
    page(inside, "new.md")
    repository = open_repository(inside)
    assert "new.md" not in found(repository)[0]
    assert b"half" not in repository.read("pages/c1/n100002.md", 10_000)


def test_only_a_folder_of_a_repository_is_read(tmp_path: Path) -> None:
    """The names of its channels come from the index above it."""
    commit(mirror(tmp_path / "in"))
    repository = open_repository(tmp_path / "in", folder="pages/c1")
    assert found(repository)[0] == ["n100001.md", "n100002.md"]
    assert Mirrors(repository).channels(["n100001.md"]) == {"c1": "天气", "c2": "港口,与船"}
    assert Mirrors(repository).name("n100001.md") == "in"
    assert repository.read("n100001.md", 10_000)
    with pytest.raises(NothingToReadError, match=r"there is no folder 'none' in HEAD; check input\.folder"):
        open_repository(tmp_path / "in", folder="none")


@pytest.mark.slow
def test_pictures_of_a_repository_come_into_the_books(tmp_path: Path) -> None:
    """They are asked for by their paths in it; one that changes makes the book anew, and nothing else does."""
    inside = mirror(tmp_path / "in")
    (inside / "img").mkdir()
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
        "0def46b80000000049454e44ae426082"
    )
    (inside / "img/a.png").write_bytes(picture)
    (inside / "pages/a.html").write_text('<p>灯塔重新刷了漆。<p><img src="../img/a.png">', encoding="utf-8")
    commit(inside)
    settings = config(tmp_path, "{git: in}")
    assert run(settings).built
    assert run(settings).built == 0
    (inside / "img/a.png").write_bytes(picture + b"\0")
    commit(inside)
    assert run(settings).built
    (inside / "img/b.png").write_bytes(picture)
    commit(inside)
    assert run(settings).built == 0


def test_a_path_leads_nowhere_but_into_the_repository(tmp_path: Path) -> None:
    """Neither up, nor by a link, nor to what git keeps."""
    inside = mirror(tmp_path / "in")
    (inside / "link.md").symlink_to("/etc/passwd")
    repository = open_repository(commit(inside))
    assert repository.settle("pages/c1/../c2/n100001.md") == "pages/c2/n100001.md"
    for path in ("../in/a.md", "/etc/passwd", "..", "a\0b", "pages/../.."):
        assert repository.settle(path) is None
    for path in ("link.md", "none.md", ".git/HEAD", "../secret.md", "pages/c1/n100001.md/x"):
        assert repository.about(path) is None
        with pytest.raises(SourceError, match="there is no such file"):
            repository.read(path, 100)
    with pytest.raises(SourceError, match="this is a folder"):
        repository.read("pages", 100)


# --- what has changed


@pytest.mark.slow
def test_only_what_another_commit_changed_is_converted(tmp_path: Path) -> None:
    """Whatever the times of the files say; and a ref that was pushed by force is just another one."""
    inside = commit(mirror(tmp_path / "in"))
    settings = config(tmp_path, "{git: in}")
    assert run(settings).converted.total() == 3
    for file in inside.rglob("*.md"):
        os.utime(file)
    commit(inside)
    assert run(settings).converted.total() == 0
    page(inside, "pages/c2/n100003.md", "码头上来了两只猫。", "码头的猫")
    commit(inside)
    assert run(settings).converted == Counter({"changed": 1})
    git(inside, "reset", "-q", "--hard", "HEAD~2")
    assert run(settings).converted == Counter({"changed": 1})


@pytest.mark.slow
def test_a_stamp_of_a_repository_is_believed_at_once_and_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moved repository, or another ref with the same files, is not read again; the time of change has no say."""
    commit(mirror(tmp_path / "in"))
    run(config(tmp_path, "{git: in}"))
    (tmp_path / "moved").mkdir()
    (tmp_path / "in").rename(tmp_path / "moved/in")
    git(tmp_path / "moved/in", "branch", "other")

    def refuse(*arguments: object) -> None:
        raise AssertionError("a source was read")

    monkeypatch.setattr("convert.batch.refresh._looks", refuse)
    summary = run(config(tmp_path, "{git: moved/in, ref: other}"))
    assert (summary.converted.total(), summary.exit_code) == (0, 0)


@pytest.mark.slow
def test_from_a_folder_to_its_repository_nothing_is_made_anew(tmp_path: Path) -> None:
    """The files are looked at again, and say the same."""
    commit(mirror(tmp_path / "in"))
    run(config(tmp_path, "in"))
    summary = run(config(tmp_path, "{git: in}"))
    assert (summary.converted.total(), summary.built, summary.exit_code) == (0, 0, 0)


def test_a_run_reads_what_the_ref_led_to_when_it_began(tmp_path: Path) -> None:
    """A push in the middle is for the next run."""
    inside = commit(mirror(tmp_path / "in"))
    repository = open_repository(inside)
    page(inside, "pages/c1/n100002.md", "另一个说法。", "灯塔")
    commit(inside)
    assert "另一个说法" not in repository.read("pages/c1/n100002.md", 10_000).decode()
    assert "另一个说法" in open_repository(inside).read("pages/c1/n100002.md", 10_000).decode()


@pytest.mark.slow
def test_outputs_are_verified_against_a_repository(tmp_path: Path) -> None:
    """All of them, and those that are named by their place in the working copy."""
    commit(mirror(tmp_path / "in"))
    settings = config(tmp_path, "{git: in}")
    run(settings)
    assert verify_outputs(settings, ()).articles == 3
    assert verify_outputs(settings, [tmp_path / "in/pages/c1/n100002.md"]).articles == 1
    (tmp_path / "out/text/pages/c1/n100002.txt").write_text("x", encoding="utf-8")
    assert len(verify_outputs(settings, ()).differing) == 1


@pytest.mark.slow
def test_an_output_that_is_committed_is_not_read(tmp_path: Path) -> None:
    """It lies in the working copy, and is made from the sources."""
    inside = commit(mirror(tmp_path / "in"))
    settings = config(tmp_path, "{git: in}").model_copy(update={"output": OutputOptions(path=inside / "out")})
    first = run(settings)
    commit(inside)
    second = run(settings)
    assert first.sources == second.sources == 4
    assert second.passed_over["the output folder"] == 1


def test_a_source_that_is_in_no_folder_can_be_looked_at(tmp_path: Path) -> None:
    """By its path in the input, as the report names it; what is not there is said as ever."""
    commit(mirror(tmp_path / "in"))
    git(tmp_path, "clone", "-q", "--bare", "in", "bare.git")
    settings = config(tmp_path, "{git: bare.git}")
    article = read_article("pages/c1/n100002.md", settings)
    assert (article.meta.title, article.meta.categories) == ("灯塔", ["天气"])
    with pytest.raises(NothingToReadError, match="there is no such file; check the path"):
        read_article("pages/c1/none.md", settings)


# --- what can be wrong


def test_what_is_wrong_with_a_repository_is_said(tmp_path: Path) -> None:
    """Where, what, and what to do."""
    commit(mirror(tmp_path / "in"))
    git(tmp_path / "in", "branch", "release")
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    (tmp_path / "plain").mkdir()
    for place, ref, said in (
        ("none", "HEAD", "there is no such folder; expected a git repository; check input.git"),
        ("plain", "HEAD", "is no git repository; expected a working copy or a bare one"),
        ("in/pages", "HEAD", "is no git repository"),  # one above it is not taken
        ("empty", "HEAD", "the repository has no commit yet"),
        ("in", "relaese", "there is no ref 'relaese'; expected one of main, release, or a commit; did you mean 'rel"),
        ("in", "--all", "there is no ref '--all'"),
    ):
        with pytest.raises(NothingToReadError) as caught:
            open_repository(tmp_path / place, ref)
        assert f"input: {tmp_path / place}: {said}" in caught.value.message
        assert caught.value.exit_code == 3


@pytest.mark.slow
def test_a_deleted_ref_ends_the_run_and_leaves_what_there_is(tmp_path: Path) -> None:
    """Nothing is forgotten, and nothing deleted."""
    inside = commit(mirror(tmp_path / "in"))
    git(inside, "branch", "old")
    settings = config(tmp_path, "{git: in, ref: old}")
    run(settings)
    before = tree(tmp_path / "out")
    git(inside, "branch", "-D", "old")
    with pytest.raises(NothingToReadError, match="there is no ref 'old'"):
        run(settings, Options(prune=True))
    assert tree(tmp_path / "out") == before


def test_a_commit_without_files_is_nothing_to_read(tmp_path: Path) -> None:
    """As an empty folder is."""
    commit(tmp_path / "in")
    with pytest.raises(NothingToReadError, match="no article here: nothing at all"):
        find_sources(InputOptions(git=tmp_path / "in"))


def test_a_file_that_a_partial_clone_lacks_is_named_and_not_fetched(tmp_path: Path) -> None:
    """Nothing is asked of another machine; the other articles are made."""
    inside = commit(mirror(tmp_path / "in"))
    git(inside, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:limit=600", f"file://{inside}", "part.git")
    page(inside, "pages/c2/n100003.md", "码头上来了一只猫。" * 300, "码头的猫")
    commit(inside)
    git(tmp_path / "part.git", "fetch", "-q", "origin", "main:main")
    packs = sorted((tmp_path / "part.git").rglob("*"))
    summary = run(config(tmp_path, "{git: part.git}"))
    assert [failure.path for failure in summary.failures] == ["pages/c2/n100003.md"]
    assert "its bytes are not in the repository; expected a complete clone; make " in summary.failures[0].reason
    assert summary.articles == 2
    assert sorted((tmp_path / "part.git").rglob("*")) == packs


@pytest.mark.slow
def test_a_damaged_object_costs_its_article_only(tmp_path: Path) -> None:
    """Git says what is wrong, and is started again for the next one."""
    inside = commit(mirror(tmp_path / "in"))
    name = git(inside, "rev-parse", "HEAD:pages/c1/n100002.md")
    file = inside / ".git/objects" / name[:2] / name[2:]
    file.chmod(0o644)
    file.write_bytes(b"damaged")
    summary = run(config(tmp_path, "{git: in}"))
    (failure,) = summary.failures
    assert failure.reason.startswith("pages/c1/n100002.md: git cannot read it (")
    assert "fsck" in failure.reason
    assert summary.articles == 2


def test_too_large_a_file_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    """By its size, before its bytes come."""
    inside = mirror(tmp_path / "in")
    (inside / "large.md").write_bytes(b"x" * 5_000_000)
    repository = open_repository(commit(inside))
    with pytest.raises(SourceError, match=r"large\.md: 5,000,000 bytes; expected at most 10,000; raise"):
        repository.read("large.md", 10_000)
    assert repository.read("pages/c1/n100001.md", 10_000)


def test_a_process_that_died_is_started_again(tmp_path: Path) -> None:
    """What was asked of it is asked once more."""
    repository = open_repository(commit(mirror(tmp_path / "in")))
    before = repository.read("pages/c1/n100001.md", 10_000)
    process = repository.objects._process
    assert process
    process.kill()
    process.wait()
    assert repository.read("pages/c1/n100001.md", 10_000) == before


@pytest.mark.skipif(os.name == "nt", reason="a script stands in for git")
def test_a_git_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk may hang for ever."""
    stand_in(tmp_path, monkeypatch, "exec sleep 60")
    monkeypatch.setattr("convert.stores.objects.SECONDS", 0.2)
    with pytest.raises(SourceError, match=r"a\.md: git gave no answer within 0\.2 s; look at its disk"):
        Objects(tmp_path).get("0" * 40, 100, "a.md")


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let a script stand in for git."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")


@pytest.mark.skipif(os.name == "nt", reason="a script stands in for git")
def test_a_repository_of_another_user_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that lets git read it."""
    inside = commit(mirror(tmp_path / "in"))
    stand_in(tmp_path, monkeypatch, 'echo "fatal: detected dubious ownership in repository\nTo add" >&2; exit 128')
    with pytest.raises(UsageError, match=f"git config --global --add safe.directory {inside / '.git'}"):
        open_repository(inside)


def test_without_git_the_program_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for every program that is missing."""
    inside = commit(mirror(tmp_path / "in"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="input: git: the program is not installed; expected git 2"):
        open_repository(inside)


def test_the_environment_does_not_lead_git_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do replaced objects; and nothing is written to the repository."""
    inside = commit(mirror(tmp_path / "in"))
    page(tmp_path / "other", "n1.md")
    commit(tmp_path / "other")
    old, new = (git(inside, "hash-object", "-w", f"pages/c1/{name}.md") for name in ("n100001", "n100002"))
    git(inside, "replace", old, new)
    expected = (inside / "pages/c1/n100001.md").read_bytes()
    before = {path: path.stat().st_mtime_ns for path in (inside / ".git").rglob("*")}
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "other/.git/objects"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "x")
    repository = open_repository(inside)
    assert len(found(repository)[0]) == 4
    assert repository.read("pages/c1/n100001.md", 10_000) == expected
    assert {path: path.stat().st_mtime_ns for path in (inside / ".git").rglob("*")} == before


def test_stores_go_to_other_processes(tmp_path: Path) -> None:
    """Without the process that reads, which each has for itself."""
    repository = open_repository(commit(mirror(tmp_path / "in")))
    assert repository.read("pages/c1/n100001.md", 10_000)
    again = pickle.loads(pickle.dumps(repository))
    assert again.read("pages/c1/n100001.md", 10_000) == repository.read("pages/c1/n100001.md", 10_000)
    folder = Folder(tmp_path / "in")
    assert pickle.loads(pickle.dumps(folder)) == folder


# --- what the config says


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{git: a, path: b}", "config.yaml:1:17: input.path: `path` and `git` both stand here; expected one of them"),
        (
            "{path: a, ref: b}",
            "config.yaml:1:18: input.ref: 'ref' without `git`; expected a repository",
        ),
        (
            "{git: a, rev: b}",
            "config.yaml:1:17: input.rev: unknown key; expected one of path, git, address, options, ref",
        ),
        ("{git: a, folder: ../b}", "config.yaml:1:17: input.folder: found ../b; expected a folder in the repository"),
        (
            "{update: a && b}",
            "input.update: found '&&', which only a shell understands; expected one command; let a shell",
        ),
        (
            "{update: 'a \"b'}",
            "input.update: found 'a \"b': No closing quotation; expected a command; close the quotation",
        ),
        ("{git: 3}", "config.yaml:1:9: input.git: found 3; expected a path"),
        (
            "3",
            "config.yaml:1:1: input: found 3; expected a path, an address as in s3://bucket/folder, "
            "or a mapping of options",
        ),
    ],
)
def test_what_is_wrong_with_the_inputs_options_is_said(tmp_path: Path, text: str, said: str) -> None:
    """With its line and column."""
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, text)
    assert said in caught.value.message


def test_an_output_in_the_repository_itself_is_refused(tmp_path: Path) -> None:
    """There git keeps its objects."""
    commit(mirror(tmp_path / "in"))
    settings = config(tmp_path, "{git: in}")
    for output in ("in", ".", "in/.git/out"):
        with pytest.raises(ConfigError, match="output"):
            run(settings.model_copy(update={"output": OutputOptions(path=tmp_path / output)}))
    git(tmp_path, "clone", "-q", "--bare", "in", "bare.git")
    with pytest.raises(ConfigError, match="lies in the repository"):
        run(
            config(tmp_path, "{git: bare.git}").model_copy(
                update={"output": OutputOptions(path=tmp_path / "bare.git/out")}
            )
        )


# --- bringing it up to date


def updated(tmp_path: Path, script: str, more: str = "") -> Config:
    """A config whose input is brought up to date by a script of Python."""
    (tmp_path / "update.py").write_text(script, encoding="utf-8")
    words = json.dumps([sys.executable, str(tmp_path / "update.py")])
    return config(tmp_path, f"{{path: in, update: {words}{more}}}")


@pytest.mark.slow
def test_a_command_brings_the_input_up_to_date_first(tmp_path: Path) -> None:
    """What it prints is told, line by line; what it fetched is read in the same run."""
    inside = commit(mirror(tmp_path / "origin"))
    git(tmp_path, "clone", "-q", str(inside), "in")
    page(inside, "pages/c1/n100009.md", "新的一天。", "新的")
    commit(inside)
    said: list[str] = []
    summary = run(config(tmp_path, "{path: in, update: git pull --ff-only}"), say=said.append)
    assert (summary.articles, summary.exit_code) == (4, 0)
    assert "Fast-forward" in said
    page(inside, "pages/c1/n100010.md", "又一天。", "又是")
    commit(inside)
    git(tmp_path / "in", "fetch", "-q")
    mirrored = run(config(tmp_path, "{git: in, ref: new, update: git branch -f new origin/main}"))
    assert mirrored.articles == 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("print('no route to host'); raise SystemExit(7)", "` ended with exit code 7 (no route to host); expected 0; "),
        (
            "import time; print('waiting', flush=True); time.sleep(60)",
            "` did not end within 1 s (waiting); expected less",
        ),
    ],
)
def test_an_update_that_fails_is_named_and_the_run_takes_what_is_there(tmp_path: Path, script: str, said: str) -> None:
    """The exit code says so; the next run that goes well has nothing to do."""
    mirror(tmp_path / "in")
    summary = run(updated(tmp_path, script, ", update_seconds: 1"))
    (failure,) = summary.failures
    assert (failure.path, summary.exit_code, summary.articles) == ("input", 1, 3)
    assert failure.reason.startswith(f"input: {tmp_path / 'in'}: `")
    assert said in failure.reason
    assert "this run takes what is there; try the command in that folder" in failure.reason
    assert [one["path"] for one in report_of(tmp_path)["failed"]] == ["input"]
    again = run(updated(tmp_path, "pass"))
    assert (again.exit_code, again.converted.total()) == (0, 0)


def report_of(tmp_path: Path) -> Any:
    """The report of the last run."""
    return json.loads((tmp_path / "out/report.json").read_bytes())


@pytest.mark.slow
def test_a_program_for_updates_that_is_not_there_is_named(tmp_path: Path) -> None:
    """As one that fails."""
    mirror(tmp_path / "in")
    summary = run(config(tmp_path, "{path: in, update: no-such-program now}"))
    assert "`no-such-program now` cannot be started (No such file" in summary.failures[0].reason
    assert summary.articles == 3


def test_a_rehearsal_updates_nothing(tmp_path: Path) -> None:
    """It writes nowhere, and asks nobody."""
    mirror(tmp_path / "in")
    summary = run(updated(tmp_path, "open('ran', 'w')"), Options(dry_run=True))
    assert summary.exit_code == 0
    assert not (tmp_path / "in/ran").exists()


def test_an_update_has_the_output_to_itself(tmp_path: Path) -> None:
    """Another run would read what is just being changed."""
    mirror(tmp_path / "in")
    with hold(tmp_path / "out"), pytest.raises(HeldError):
        run(updated(tmp_path, "open('ran', 'w')"))
    assert not (tmp_path / "in/ran").exists()


def test_a_signal_ends_an_update_and_the_run(tmp_path: Path) -> None:
    """With all that it started; that is no failure of its own."""
    mirror(tmp_path / "in")
    began = time.monotonic()
    asked = iter([0, 0])
    settings = updated(
        tmp_path, "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()', ';'], stdin=0)"
    )
    summary = run(settings, stop=lambda: next(asked, 15))
    assert (summary.exit_code, summary.failures) == (143, [])
    assert time.monotonic() - began < 30


@pytest.mark.slow
def test_what_an_update_prints_is_fit_for_a_log(tmp_path: Path) -> None:
    """Neither passwords in addresses nor what steers a terminal."""
    mirror(tmp_path / "in")
    said: list[str] = []
    run(updated(tmp_path, r"print('\033[31mfrom https://me:secret@example.org/a.git\n\nend\t.')"), say=said.append)
    assert said == ["[31mfrom https://…@example.org/a.git", "end ."]


@pytest.mark.slow
def test_the_command_tells_of_an_update(tmp_path: Path) -> None:
    """On the standard error, and in lines of JSON for programs; quietly only its failure."""
    mirror(tmp_path / "in")
    updated(tmp_path, "print('fetched 3'); raise SystemExit(1)")
    for options, lines in (((), 1), (("--quiet",), 0), (("--log", "json"), 1)):
        call = [sys.executable, "-m", "convert", "run", *options]
        done = subprocess.run(call, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
        told = done.stderr.decode()
        assert done.returncode == 1
        assert "ended with exit code 1 (fetched 3)" in told
        assert (
            len([line for line in told.splitlines() if line in ("fetched 3",) or '"event": "update"' in line]) == lines
        )


@pytest.mark.slow
def test_a_schedule_knows_that_an_update_needs_the_network_and_writes(tmp_path: Path) -> None:
    """Otherwise a unit of systemd would keep it from both."""
    mirror(tmp_path / "in")
    for text, reaches in (("in", False), ("{path: in, update: git pull}", True)):
        config(tmp_path, text)
        call = [
            sys.executable,
            "-m",
            "convert",
            "schedule",
            "--every",
            "1h",
            "--systemd",
            "-c",
            str(tmp_path / "config.yaml"),
        ]
        done = subprocess.run(
            call, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=True
        )
        unit = done.stdout.decode()
        assert ("PrivateNetwork=yes" in unit) is not reaches
        assert (f"ReadWritePaths=-{tmp_path / 'in'}" in unit) is reaches


# --- watching it


@contextmanager
def watching(folder: Path, *options: str) -> Iterator[Callable[[str], str]]:
    """The command `watch` at work in a folder; gives what waits for a line that holds a text, and ends it behind."""
    call = [sys.executable, "-m", "convert", "watch", *options]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    with subprocess.Popen(
        call, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as process:
        lines: Queue[str] = Queue()

        def read() -> None:
            for line in process.stdout or ():
                lines.put(line)
            lines.put("")

        Thread(target=read, daemon=True).start()

        def line(text: str) -> str:
            seen = []
            while one := lines.get(timeout=60):
                seen.append(one)
                if text in one:
                    return one
            raise AssertionError(f"{text!r} is not in {seen}; exit code {process.wait()}")

        try:
            yield line
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 143


@pytest.mark.long
@pytest.mark.slow
def test_watching_runs_again_after_each_change(tmp_path: Path) -> None:
    """Not for what is hidden or written by itself; after a failure, and when the folder was put in place of another."""
    inside = mirror(tmp_path / "in")
    config(tmp_path, "in")
    with watching(tmp_path, "--output", "in/out") as line:
        assert "converted 3 of 3 articles, 2 volumes built" in line("converted")
        line("watching in")
        page(inside, "pages/c1/n100009.md", "新的一天。", "新的")
        assert "converted 1 of 4 articles" in line("converted")
        (inside / ".hidden.md").write_bytes(b"")
        (inside / "pages/c1/n100009.md").unlink()
        assert "converted 0 of 3 articles, 2 volumes built, 1 article gone" in line("converted")
        inside.rename(tmp_path / "old")
        mirror(inside)
        line("converted 3 of 3 articles")
        for file in inside.rglob("pages/*/*"):
            file.unlink()
        line("no article here")
        page(inside, "pages/c1/n100009.md", "新的一天。", "新的")
        line("converted 1 of 1 article")


@pytest.mark.long
@pytest.mark.slow
def test_watching_waits_while_another_run_holds_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And takes its turn then."""
    mirror(tmp_path / "in")
    config(tmp_path, "in")
    with hold(tmp_path / "out"):
        stack = ExitStack()
        line = stack.enter_context(watching(tmp_path))
        assert "another run holds this folder" in line("trying again every 10 s")
    with stack:
        line("converted 3 of 3 articles")


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["poll", "git"])
def test_what_nothing_tells_of_is_looked_at_now_and_then(tmp_path: Path, kind: str) -> None:
    """All files with `--poll`, and the ref of a repository."""
    inside = commit(mirror(tmp_path / "in"))
    config(tmp_path, "{git: in}" if kind == "git" else "in")
    with watching(tmp_path, *(["--poll"] if kind == "poll" else [])) as line:
        line("watching")
        page(inside, "pages/c1/n100009.md", "新的一天。", "新的")
        commit(inside)
        line("converted 1 of 4 articles")


def test_watching_ends_at_once_where_there_is_nothing_to_watch(tmp_path: Path) -> None:
    """A slip of the pen is told, and not waited for."""
    with pytest.raises(NothingToReadError, match="there is no such file or folder"):
        keep_running(config(tmp_path, "none"))
    mirror(tmp_path / "in")
    with pytest.raises(ConfigError, match="is the input folder"):
        keep_running(config(tmp_path, "in").model_copy(update={"output": OutputOptions(path=tmp_path / "in")}))


def test_changes_are_told_when_they_are_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a quiet moment, or after long enough."""
    clock = iter(range(1000))
    monkeypatch.setattr("convert.batch.inputs.watching.time.monotonic", lambda: float(next(clock)))
    looks = [False, True, True, False, False, False, *[True] * 70, False, False, False]
    seen: list[bool] = []
    coming = (seen.append(look) or look for look in looks)  # type: ignore[func-returns-value]
    assert [len(seen) for _ in settled(coming)] == [1, 5, 67, 78]
