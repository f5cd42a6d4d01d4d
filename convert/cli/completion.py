"""Completion in shells: its script for each shell, and the values of options that are no fixed choice."""

from __future__ import annotations

import os
from typing import Annotated, Literal, TypeAlias

import typer

from convert.cli import screen
from convert.messages import tr

VARIABLE = "_MIRRORPRESS_COMPLETE"
"""The variable in which the script of a shell says that it wants words, and not a run."""

Shell: TypeAlias = Literal["bash", "zsh", "fish", "powershell", "pwsh"]


def wanted() -> bool:
    """Whether a shell asks for words; if so, prepare to answer."""
    if VARIABLE not in os.environ:
        return False
    from typer._completion_classes import completion_init  # typer has no public name for it

    completion_init()
    return True


def _show(shell: Shell | None) -> None:
    if shell:
        from typer._completion_shared import get_completion_script

        screen.say(get_completion_script(prog_name="mirrorpress", complete_var=VARIABLE, shell=shell))
        raise typer.Exit


def _install(shell: Shell | None) -> None:
    if shell:
        from typer._completion_shared import install

        _, path = install(shell, "mirrorpress", VARIABLE)
        screen.say(tr("completion of {shell} is in {path}; new shells have it", shell=shell, path=path))
        raise typer.Exit


ShowCompletion: TypeAlias = Annotated[
    Shell | None,
    typer.Option("--show-completion", callback=_show, is_eager=True, help="Print a shell's completion script and end."),
]
InstallCompletion: TypeAlias = Annotated[
    Shell | None,
    typer.Option("--install-completion", callback=_install, is_eager=True, help="Put it where that shell reads it."),
]


def _beginning(words: list[tuple[str, str]], incomplete: str) -> list[tuple[str, str]]:
    return [(word, about) for word, about in words if word.startswith(incomplete)]


def formats(incomplete: str) -> list[tuple[str, str]]:
    """What `convert --to` takes: Mirrorpress's formats, those of installed packages, and pandoc's."""
    from convert.config.extensions import added
    from convert.emit import EMITTERS
    from convert.emit.pandoc import formats as pandoc_formats
    from convert.errors import MirrorpressError

    words = {name: tr(one.about) for name, one in EMITTERS.items()} | {"epub": tr("a book: EPUB 3")}
    try:
        words |= {name: tr("of {package}", package=plugin.told) for name, plugin in added("format").items()}
        words |= {name: tr("by pandoc") for name in pandoc_formats() if name not in words}
    except MirrorpressError:
        pass  # the command itself says what is wrong
    return _beginning(list(words.items()), incomplete)


def flavours(incomplete: str) -> list[tuple[str, str]]:
    """What `--flavour` takes."""
    from convert.emit.escapes import INLINE

    return _beginning([(name, "") for name in INLINE], incomplete)


def engines(incomplete: str) -> list[tuple[str, str]]:
    """What `--engine` takes."""
    words = [("local", tr("processes of this machine")), ("dask", tr("the workers of a Dask cluster"))]
    return _beginning(words, incomplete)


def verifications(incomplete: str) -> list[tuple[str, str]]:
    """What `--verify` takes."""
    words = [("changed", tr("articles that are converted")), ("all", tr("every article")), ("off", tr("none"))]
    return _beginning(words, incomplete)


def kinds(incomplete: str) -> list[tuple[str, str]]:
    """What can be listed."""
    from convert.catalogue.asking import KINDS

    return _beginning([(name, "") for name in KINDS], incomplete)
