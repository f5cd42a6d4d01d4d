"""The command: arguments to calls. Only the modules in here print or exit."""

from __future__ import annotations

import gc
import sys

from convert.errors import MirrorpressError

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command with its arguments, by default those of the process; returns the exit code.

    0 all is well; 1 some articles failed, or an output cannot be written; 2 wrong usage or config; 3 nothing to read;
    130 interrupted. Every error is told in a line on the standard error, never as a traceback.
    """
    # Classes, patterns and articles are many objects and hardly any cycle: to look for those costs a tenth of the time.
    gc.set_threshold(100_000, 20, 20)
    # Imported here: worker processes import the module that started them, and need nothing of the command.
    try:
        from convert.cli import completion, language, screen
        from convert.cli.app import app
    except KeyboardInterrupt:  # nothing has begun
        return 130
    screen.prepare()
    language.begin(sys.argv[1:] if arguments is None else arguments)
    completing = completion.wanted()
    try:
        code = app(arguments, prog_name="mirrorpress", standalone_mode=False)
        sys.stdout.flush()
        if code == screen.INTERRUPTED:
            return screen.tell_interrupted()
        return int(code or 0)
    except MirrorpressError as error:
        screen.say_error(error.message)
        return error.exit_code
    except (BrokenPipeError, SystemExit) as error:
        if completing and isinstance(error, SystemExit):
            return int(error.code or 0)
        screen.drop_output()  # typer itself ends the process for one reason besides: a closed pipe
        return 141  # as the shell counts a process that SIGPIPE ended
    except KeyboardInterrupt:
        return screen.tell_interrupted()
    except Exception as error:
        return screen.explain(error)
