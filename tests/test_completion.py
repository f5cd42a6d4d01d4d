"""Completion in shells, and the help of every command: what is offered can be said, and what is shown can be run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import typer.main

from convert.catalogue.asking import KINDS
from convert.cli.app import app
from convert.cli.examples import EXAMPLES
from convert.emit import EMITTERS
from convert.emit.escapes import INLINE
from tests.packages import install

ROOT = Path(__file__).parent.parent
COMMAND: Any = typer.main.get_command(app)


def mirrorpress(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, with some variables in its environment."""
    environment = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | variables
    return subprocess.run(
        [sys.executable, "-m", "convert", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def offered(line: str, **variables: str) -> list[str]:
    """What is offered for the last word of a line, in bash's form."""
    count = str(len(line.split(" ")) - 1)
    done = mirrorpress(COMP_WORDS=line, COMP_CWORD=count, _MIRRORPRESS_COMPLETE="complete_bash", **variables)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mirrorpress ver", ["verify"]),
        ("mirrorpress run --engine ", ["local", "dask"]),
        ("mirrorpress run --verify ", ["changed", "all", "off"]),
        ("mirrorpress run --verify a", ["all"]),
        ("mirrorpress run --log ", ["plain", "json"]),
        ("mirrorpress list --format ", ["table", "json", "csv"]),
        ("mirrorpress list vol", ["volumes"]),
        ("mirrorpress list ", list(KINDS)),
        ("mirrorpress convert --flavour ", list(INLINE)),
        ("mirrorpress convert --spacing ", ["none", "pangu"]),
        ("mirrorpress epub --pictures ", ["mirror", "fetch", "omit"]),
        ("mirrorpress check --schema ", ["config", "profile"]),
        ("mirrorpress run --dry", ["--dry-run"]),
    ],
)
def test_values_are_completed(line: str, words: list[str]) -> None:
    """Of commands, options, fixed choices, and of those that a command checks itself."""
    assert offered(line) == words


@pytest.mark.slow
def test_formats_are_completed_with_those_of_pandoc_and_of_packages(tmp_path: Path) -> None:
    """`--to` offers whatever it takes."""
    install(tmp_path, "fish", {"mirrorpress.emitters": {"docfish": "fish:write"}}, {"fish.py": ""})
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    found = offered("mirrorpress convert --to ", PYTHONPATH=path)
    assert {*EMITTERS, "epub", "docx", "docfish"} <= set(found)
    assert len(found) == len(set(found))
    assert set(offered("mirrorpress convert --to doc", PYTHONPATH=path)) == {
        "docfish",
        "docbook",
        "docbook4",
        "docbook5",
        "docx",
    }


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_the_script_of_a_shell_is_printed(shell: str) -> None:
    """Without a terminal, whatever the shell that runs."""
    done = mirrorpress("--show-completion", shell)
    assert done.returncode == 0, done.stderr
    assert "_MIRRORPRESS_COMPLETE" in done.stdout
    assert f"complete_{shell.replace('pwsh', 'powershell')}" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_completes(tmp_path: Path) -> None:
    """The script, read by bash, fills what bash asks for."""
    (tmp_path / "mirrorpress").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m convert "$@"\n', encoding="utf-8")
    (tmp_path / "mirrorpress").chmod(0o755)
    script = """
        eval "$(mirrorpress --show-completion bash)"
        COMP_WORDS=(mirrorpress run --verify c) COMP_CWORD=3
        _mirrorpress_completion mirrorpress
        printf '%s\\n' "${COMPREPLY[@]}"
        complete -p mirrorpress
    """
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["changed", "complete -o default -F _mirrorpress_completion mirrorpress"]


@pytest.mark.slow
def test_completion_is_installed_where_bash_reads_it(tmp_path: Path) -> None:
    """A file of its own, and a line in `.bashrc`; an unknown shell is an error that names those there are."""
    done = mirrorpress("--install-completion", "bash", HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert "mirrorpress" in (tmp_path / ".bashrc").read_text(encoding="utf-8")
    done = mirrorpress("--show-completion", "tcsh")
    assert done.returncode == 2
    assert "'bash', 'zsh', 'fish'" in done.stderr


@pytest.mark.parametrize("verb", list(COMMAND.commands))
def test_the_help_of_every_command_has_examples_that_parse(verb: str) -> None:
    """Each on a line of its own; what follows `<`, `>` or `|` is the shell's."""
    command = COMMAND.commands[verb]
    shown = command.get_help(typer.Context(command, info_name=f"mirrorpress {verb}"))
    lines = re.findall(r"^ +(mirrorpress .*)$", shown.partition("Examples:")[2], re.MULTILINE)
    assert tuple(lines) == EXAMPLES.get(verb, ()), "a command needs its line in convert/cli/examples.py"
    assert lines
    for line in lines:
        assert len(line) <= 76, "it would not fit into a terminal"
        program, called, *arguments = takewhile(lambda word: word not in {"<", ">", "|"}, shlex.split(line))
        assert (program, called) == ("mirrorpress", verb)
        with command.make_context(verb, arguments) as context:
            assert not context.args
