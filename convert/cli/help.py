"""Help in the language that is spoken. English is click's own; others are laid out here, where Han take two columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from convert.messages import later, spoken, tr

if TYPE_CHECKING:
    Row = tuple[str, str]

PIECES = (later("[OPTIONS]"), later("COMMAND [ARGS]..."), later("Show this message and exit."))
"""What click says by itself, besides the words below."""

_NAMES = 30
"""Columns of the longest name that has its explanation beside it, as click has it."""

_FURTHER = re.compile(r"  \[([^\[\]]*)\]$")


class _Spoken:
    """What a command and its verbs share: help in the language that is spoken."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        if spoken() == "en":
            super().format_help(ctx, formatter)  # type: ignore[misc] # click's, which stands behind this class
        else:
            formatter.write(_help(self, ctx, formatter.width))


class Verb(_Spoken, TyperCommand):
    """A verb."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """What the command does, in a line."""
        return super().get_short_help_str(limit) if spoken() == "en" else _about(self)


class Group(_Spoken, TyperGroup):
    """The command itself."""


def _help(command: Any, ctx: Any, width: int) -> str:
    """A command's help: how it is called, what it does, its arguments, options and verbs, and examples."""
    usage = " ".join([ctx.command_path, *map(tr, command.collect_usage_pieces(ctx))])
    lines = [tr("Usage: {usage}", usage=usage), "", *(f"  {line}" for line in _folded(_about(command), width - 2))]
    for title, rows in _tables(command, ctx):
        lines += ["", title, *_laid_out(rows, width)]
    if command.epilog:
        lines += ["", *(f"  {tr(line)}" for line in command.epilog.replace("\b\n", "").splitlines())]
    return "\n".join(lines) + "\n"


def _about(command: Any) -> str:
    words = (command.help or "").split()
    joined = " ".join(words)
    return tr(joined)


def _tables(command: Any, ctx: Any) -> Iterator[tuple[str, list[Row]]]:
    rows: dict[str, list[Row]] = {"argument": [], "option": []}
    for one in command.get_params(ctx):
        if record := one.get_help_record(ctx):
            names, told = record
            about = one.help or ""
            rows[one.param_type_name].append((names, f"{tr(about)}{_further(told.removeprefix(about))}"))
    verbs = [(name, _about(one)) for name, one in getattr(command, "commands", {}).items() if not one.hidden]
    titles = (tr("Arguments:"), tr("Options:"), tr("Commands:"))
    yield from ((title, some) for title, some in zip(titles, (*rows.values(), verbs), strict=True) if some)


def _further(told: str) -> str:
    """What click says behind an explanation in brackets: a default, that something is required."""
    found = _FURTHER.search(told)
    if not found:
        return told
    pieces = [
        tr("default: {value}", value=piece.removeprefix("default: ")) if piece.startswith("default: ") else piece
        for piece in found[1].split("; ")
    ]
    pieces = [tr("required") if piece == "required" else piece for piece in pieces]
    return tr(" [{remarks}]", remarks=tr("; ").join(pieces))


def _laid_out(rows: Sequence[Row], width: int) -> Iterator[str]:
    """Names and explanations in two columns."""
    from convert.emit.wrapping import columns

    room = min(max(columns(name) for name, _ in rows), _NAMES)
    for name, about in rows:
        lines = _folded(about, width - room - 4)
        beside = columns(name) <= room
        if not beside:
            yield f"  {name}"
        for number, line in enumerate(lines):
            head = name + " " * (room - columns(name)) if beside and number == 0 else " " * room
            yield f"  {head}  {line}".rstrip()


def _folded(text: str, width: int) -> list[str]:
    from convert.emit.wrapping import wrap

    return [line.rstrip() for line in wrap(" ".join(text.split()), width).split("\n")]
