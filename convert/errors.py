"""The exception tree. Every class knows the exit code of the command that it ends."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_OURS = str(Path(__file__).parent)


class MirrorpressError(Exception):
    """Base of every error that Mirrorpress raises on purpose.

    The message always reads *where: what was found; what was expected; what to do*.
    """

    exit_code = 1

    def __init__(self, where: str, found: str, expected: str = "", todo: str = "") -> None:
        self.where = where
        self.found = found
        self.expected = expected
        self.todo = todo
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The whole message on one line."""
        parts = [self.found]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.todo:
            parts.append(self.todo)
        return f"{self.where}: " + "; ".join(parts)

    def __reduce__(self) -> tuple[type[MirrorpressError], tuple[str, str, str, str]]:
        # Exceptions cross process borders; the default rebuilds from the one-line message only.
        return type(self), (self.where, self.found, self.expected, self.todo)


class SourceError(MirrorpressError):
    """One source cannot be converted; the run goes on with the others."""

    exit_code = 1


class RuleError(SourceError):
    """A rule, step or emitter raised on one article; the run goes on with the others."""


class OutputError(MirrorpressError):
    """An output cannot be written."""

    exit_code = 1


class NoRoomError(OutputError):
    """Nothing more can be written: the disk is full, or read-only."""


class HeldError(OutputError):
    """Another run holds the output folder."""

    exit_code = 75


class EngineError(MirrorpressError):
    """What does the work of a run broke down under it; the next run takes it up."""


class UsageError(MirrorpressError):
    """Wrong usage of the command."""

    exit_code = 2


class ConfigError(UsageError):
    """A config or profile file says something that it must not."""


class NothingToReadError(MirrorpressError):
    """The input holds nothing that could be converted."""

    exit_code = 3


class MissingToolError(UsageError):
    """An optional program or package that this call needs is not installed."""


def nearest(name: str, choices: Iterable[str], otherwise: str = "") -> str:
    """What to do about a name that does not exist: the nearest one that does; `otherwise` where none is near."""
    import difflib  # here: the command answers Ctrl-C when this module is there, and this takes longer than all of it

    near = difflib.get_close_matches(name, list(choices), 1, 0.5)
    return f"did you mean {near[0]!r}?" if near else otherwise


def place_of(error: BaseException) -> str:
    """Where in a function of one's own an error was raised, as in ` (my_rules.py, line 2)`.

    It is the deepest line of the first file that is none of Mirrorpress's; nothing where there is no such file.
    """
    from traceback import extract_tb  # here: as in `nearest`

    others = [one for one in extract_tb(error.__traceback__) if not one.filename.startswith((_OURS, "<"))]
    if not others:
        return ""
    last = [one for one in others if one.filename == others[0].filename][-1]
    return f" ({Path(last.filename).name}, line {last.lineno})"
