"""Puts timers into systemd and lines into the user's crontab, and takes them away again.

Only what Mirrorpress wrote is ever overwritten or removed: units that say so in their first lines, and what stands
between two marks of the crontab.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from convert.config import Config
from convert.errors import MirrorpressError, MissingToolError, OutputError, UsageError
from convert.files import write_file
from convert.messages import tr
from convert.schedule.interval import Interval
from convert.schedule.units import Job, cron_line, may_be_written, unit_names, units, written_for, written_to

RUNNING = Path("/run/systemd/system")
"""Is there where systemd is the first process (sd_booted(3))."""

SYSTEM_UNITS = Path("/etc/systemd/system")
_OTHER_UNITS = {
    True: ("/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"),
    False: ("/etc/systemd/user", "/run/systemd/user", "/usr/local/lib/systemd/user", "/usr/lib/systemd/user"),
}
"""Where else units of the system (True) and of users (False) are looked for, says systemd.unit(5)."""


def is_root() -> bool:
    """Whether the units are those of the system."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def unit_folder(system: bool) -> Path:
    """The folder that units are written to: the system's, or that of the user's own (systemd.unit(5))."""
    if system:
        return SYSTEM_UNITS
    chosen = os.environ.get("XDG_CONFIG_HOME", "")
    # XDG Base Directory Specification: a relative path is to be ignored.
    return (Path(chosen) if Path(chosen).is_absolute() else Path.home() / ".config") / "systemd" / "user"


def own_command() -> tuple[str, ...]:
    """How this installation of Mirrorpress is started. -P: a file beside the config never stands in for a module."""
    return sys.executable, "-P", "-m", "convert"


def make_job(config: Config, file: Path, name: str, on_failure: str, network: bool, system: bool) -> Job:
    """The job of a config file, its paths as the service will see them. Raises UsageError as `Job` does."""
    return Job(
        name=name,
        config=file,
        command=own_command(),
        input=_settled(config.input.place) if config.input.place else None,
        writable=tuple(map(_settled, written_to(config))),
        delivered=tuple(_settled(one) for one in may_be_written(config)),
        network=network,
        on_failure=on_failure,
        user=_owner(config.output.path, file) if system else "",
        system=system,
    )


def _settled(path: Path) -> Path:
    """An absolute path without `..`, which units refuse. Links stay as they are named, but where `..` follows one."""
    return path.resolve() if ".." in path.parts else Path(os.path.abspath(path))  # noqa: PTH100 - see above


def _owner(output: Path, file: Path) -> str:
    """Whom a service of the system runs as: the owner of the output folder, or of the config's where that is missing.

    Empty for root. Without capabilities root can write to its own folders only; and a run needs no more rights than
    the one whose files it makes.
    """
    folder = output if output.exists() else file.parent
    if folder.stat().st_uid == 0:
        return ""
    try:
        return folder.owner()
    except KeyError:
        todo = "change its owner"
        raise UsageError(str(folder), "belongs to a user without a name", "a user of this machine", todo) from None


def install_units(job: Job, every: Interval) -> list[str]:
    """Write a job's units, and start its timer; returns what was done, a line each.

    Raises MissingToolError without systemctl, UsageError where the name is taken, OutputError where something refuses.
    """
    _need("systemctl", "use --cron")
    folder = unit_folder(job.system)
    texts = units(job, every)
    for name in unit_names(job.name):
        _refuse_foreign(name, folder, job)
    _check_start(job)
    done = list(_make_folders(job))
    for name, text in texts.items():
        changed = write_file(folder, name, text.encode()).changed
        done.append(
            tr("wrote {path}", path=folder / name) if changed else tr("left as it is {path}", path=folder / name)
        )
    # A command for failures that the job had before, and has no more.
    done += [_unlink(folder / one) for one in unit_names(job.name) if one not in texts and (folder / one).exists()]
    done.append(_systemctl(job.system, "daemon-reload"))
    done.append(_systemctl(job.system, "enable", "--now", unit_names(job.name)[1]))
    return done


def remove_units(name: str, file: Path | None, system: bool) -> list[str]:
    """Stop a job's timer, and remove its units; returns what was done, a line each: nothing where there are none.

    file: the config file that they must have been written for; None for any. Raises as `install_units` does.
    """
    folder = unit_folder(system)
    there = [one for one in unit_names(name) if os.path.lexists(folder / one)]
    if not there:
        return []
    for one in there:
        _refuse_other(folder / one, file)
    _need("systemctl", "")
    done = []
    timer = unit_names(name)[1]
    if timer in there:
        done.append(_systemctl(system, "disable", "--now", timer))
    done += [_unlink(folder / one) for one in there]
    done.append(_systemctl(system, "daemon-reload"))
    return done


def install_cron(job: Job, every: Interval) -> list[str]:
    """Put a job's line into the user's crontab; returns what was done, a line each. Other lines stay as they are.

    Raises MissingToolError without crontab, UsageError where the name is taken, OutputError where crontab refuses.
    """
    line = cron_line(job, every)
    before = _crontab()
    head, own, tail = _split(before, job.name, job.config)
    _check_start(job)
    if head and not head.endswith(b"\n"):
        head += b"\n"
    after = head + os.fsencode(f"{_begin(job.name)}{job.config}\n{line}\n{_end(job.name)}\n") + tail
    if after == before:
        return [tr("left the crontab as it is: {line}", line=line)]
    _write_crontab(after)
    return [tr("changed in the crontab: {line}", line=line) if own else tr("added in the crontab: {line}", line=line)]


def remove_cron(name: str, file: Path | None) -> list[str]:
    """Take a job's line out of the user's crontab; returns what was done: nothing where there is none.

    file: the config file that it must have been written for; None for any. Raises as `install_cron` does.
    """
    head, own, tail = _split(_crontab(), name, file)
    if not own:
        return []
    _write_crontab(head + tail)
    return [tr("removed {name} from the crontab", name=name)]


def _refuse_foreign(name: str, folder: Path, job: Job) -> None:
    """Raises UsageError where a unit's name is taken, wherever units are looked for."""
    if os.path.lexists(folder / name):
        _refuse_other(folder / name, job.config)
    for other in _OTHER_UNITS[job.system]:
        if os.path.lexists(Path(other) / name):
            raise UsageError(str(Path(other) / name), "a unit of this name is there", "none", "choose another --name")


def _refuse_other(path: Path, file: Path | None) -> None:
    """Raises UsageError for a unit that Mirrorpress did not write, or wrote for another config file."""
    try:
        found = None if path.is_symlink() else written_for(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise OutputError(str(path), f"cannot be read ({error.strerror or error})") from None
    _refuse_owner(str(path), found, file)


def _refuse_owner(where: str, found: str | None, file: Path | None) -> None:
    if found is None:
        raise UsageError(where, "Mirrorpress did not write this unit", "one of its own", "choose another --name")
    if file and found != str(file):
        raise UsageError(where, f"was written for {found}", str(file), "choose another --name")


def _check_start(job: Job) -> None:
    """Raises OutputError where Mirrorpress does not start as a timer starts it: elsewhere, without PYTHONPATH."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = _called([*job.command, "--version"], cwd=job.config.parent, env=bare)
    if done.returncode:
        todo = "install the package for this interpreter"
        raise OutputError(" ".join(job.command), f"does not start ({_said(done)})", "an installed Mirrorpress", todo)


def _make_folders(job: Job) -> Iterator[str]:
    """Make the folders that the service writes to: it does not start without them (systemd.exec(5), ReadWritePaths)."""
    for folder in job.writable:
        if folder.is_dir():
            continue
        try:
            missing = [one for one in (folder, *folder.parents) if not one.exists()]
            folder.mkdir(parents=True)
            if job.user:
                for one in missing:
                    shutil.chown(one, job.user)
        except OSError as error:
            raise OutputError(str(folder), f"cannot be made ({error.strerror or error})", "a folder") from None
        yield tr("made {path}", path=folder)


def _unlink(path: Path) -> str:
    try:
        path.unlink()
    except OSError as error:
        raise OutputError(str(path), f"cannot be removed ({error.strerror or error})") from None
    return tr("removed {path}", path=path)


def _need(tool: str, todo: str) -> None:
    if not shutil.which(tool):
        raise MissingToolError(tool, "is not installed", "", todo or f"install the package that holds {tool}")


def _called(
    call: Sequence[str], stdin: bytes = b"", cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(call, input=stdin, capture_output=True, cwd=cwd, env=env, check=False)
    except OSError as error:
        raise OutputError(call[0], f"cannot be started ({error.strerror or error})") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """How a program ended, and its last word."""
    lines = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    return ": ".join([f"exit code {done.returncode}", *lines[-1:]])


def _systemctl(system: bool, *arguments: str) -> str:
    call = ["systemctl", *([] if system else ["--user"]), *arguments]
    done = _called(call)
    if done.returncode:
        todo = "" if system else "log in as this user, without su or sudo, and call it again"
        raise OutputError(" ".join(call), f"was refused ({_said(done)})", "", todo)
    return tr("called {command}", command=" ".join(call))


def _crontab() -> bytes:
    """The user's crontab, empty where there is none."""
    _need("crontab", "install cron, or use --systemd")
    done = _called(["crontab", "-l"], env={**os.environ, "LC_ALL": "C"})
    if done.returncode == 0:
        return done.stdout
    # Any other failure must not look like an empty crontab, which would then be written back.
    if re.search(rb"no crontab for|can't open .*No such file", done.stderr):
        return b""
    raise _crontab_refused("crontab -l", done)


def _write_crontab(data: bytes) -> None:
    call = ["crontab", "-"] if data else ["crontab", "-r"]
    done = _called(call, data)
    if done.returncode:
        raise _crontab_refused(" ".join(call), done)


def _crontab_refused(call: str, done: subprocess.CompletedProcess[bytes]) -> MirrorpressError:
    return OutputError(call, f"was refused ({_said(done)})", "", "the crontab is as it was")


def _begin(name: str) -> str:
    return f"# begin {name}: written by `mirrorpress schedule` for "


def _end(name: str) -> str:
    return f"# end {name}"


def _split(crontab: bytes, name: str, file: Path | None) -> tuple[bytes, bytes, bytes]:
    """What stands before a job's lines in a crontab, these, and what stands behind; without them all stands before.

    Raises UsageError where they were written for another config file, OutputError where the second mark is missing.
    """
    lines = crontab.splitlines(keepends=True)
    begin, end = os.fsencode(_begin(name)), os.fsencode(_end(name))
    first = next((number for number, line in enumerate(lines) if line.startswith(begin)), None)
    if first is None:
        return crontab, b"", b""
    last = next((number for number in range(first, len(lines)) if lines[number].rstrip() == end), None)
    if last is None:
        raise OutputError("crontab", f"there is no line {_end(name)!r}", "it below the job", "mend it with crontab -e")
    _refuse_owner(f"crontab, line {first + 1}", os.fsdecode(lines[first].rstrip(b"\r\n").removeprefix(begin)), file)
    head, own, tail = lines[:first], lines[first : last + 1], lines[last + 1 :]
    return b"".join(head), b"".join(own), b"".join(tail)
