"""The texts that let systemd or cron start the run: units, and a line of a crontab. Nothing here touches the machine.

What the service may do is said as narrowly as it can be: it reads, and writes to a few folders. Not all of that holds
in units of a user (those of `systemd --user`), says systemd.exec(5):

- What takes a namespace of the file system or of the network (`ProtectSystem=`, `ProtectHome=`, `ReadWritePaths=`,
  `PrivateTmp=`, `ProtectKernelTunables=`, `ProtectControlGroups=`, `PrivateNetwork=`) needs a user namespace there.
  From systemd 254 on it makes one by itself (its NEWS: "They now imply PrivateUsers=yes"); before, or where the kernel
  refuses user namespaces, these lines have no effect, and the service runs all the same. `PrivateUsers=yes` is left
  out for that: said outright, it is an error where the kernel refuses (systemd issue 34983), and no run would start.
- What takes capabilities from the bounding set (`CapabilityBoundingSet=`, `ProtectKernelModules=`,
  `ProtectKernelLogs=`, `ProtectClock=`, `PrivateDevices=`) ends a user's service with 218/CAPABILITIES (systemd issue
  4959), since only a privileged process may do that. Such lines, and `ProtectHostname=`, which goes with them, stand in
  units of the system only; a user's processes have no capabilities to lose.
- `NoNewPrivileges=` and what is a filter of system calls (`RestrictSUIDSGID=`, `RestrictRealtime=`,
  `RestrictNamespaces=`, `RestrictAddressFamilies=`, `LockPersonality=`, `SystemCallArchitectures=`,
  `SystemCallFilter=`) hold everywhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from convert.config import Config
from convert.errors import UsageError
from convert.schedule.interval import Interval

BUSY = 75
"""The exit code of a run that finds another one at work on its output folder (EX_TEMPFAIL): no failure."""

UNIT = "MIRRORPRESS_UNIT"
"""The environment variable that tells the operator's command what failed."""

LONGEST_COMMAND = 998
"""Bytes of a command that every cron takes: Vixie cron, and those that come from it, keep 1,000."""

_WRITTEN = "# Written by `mirrorpress schedule` for "
_BY_HAND = "# `--install` overwrites what is changed here; what shall stay goes into a drop-in (systemctl edit)."

# Values of every service, whoever's it is.
_SERVICE = """\
SuccessExitStatus={busy}
Nice=10
IOSchedulingClass=idle
TimeoutStopSec=120
KillSignal=SIGTERM
KillMode=mixed
UMask=0022
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""
# Values that a user's manager may not set; see the module's docstring.
_SYSTEM_ONLY = """\
CapabilityBoundingSet=
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
"""


@dataclass(frozen=True)
class Job:
    """What is scheduled. All paths are absolute.

    name: of the units, or of the entry in the crontab; config: the config file; command: the interpreter and what it
    takes to start Mirrorpress; input: what it reads of this machine; writable: folders that the run writes to, which
    must be there; delivered: further ones, which may be missing; network: whether it may use one; on_failure: a command
    of the shell, or empty; user: whom the service runs as, empty for the one whose manager it is; system: whether the
    units are those of the system.
    """

    name: str
    config: Path
    command: tuple[str, ...]
    input: Path | None
    writable: tuple[Path, ...]
    delivered: tuple[Path, ...] = ()
    network: bool = False
    on_failure: str = ""
    user: str = ""
    system: bool = False

    def __post_init__(self) -> None:
        """Raises UsageError for a name, path or command that a unit or a crontab cannot hold."""
        _check_name(self.name)
        for text in (*self.command, *map(str, (self.config, *self.writable, *self.delivered))):
            _check_text(text, text)
        _check_text(self.on_failure, "--on-failure")

    @property
    def hides_tmp(self) -> bool:
        """Whether the service may have a /tmp of its own: not where something of the job lies in the common one."""
        paths = (self.config, *self.writable, *self.delivered, Path(self.command[0]), *filter(None, [self.input]))
        return not any(one.is_relative_to(tmp) for one in paths for tmp in ("/tmp", "/var/tmp"))

    @property
    def call(self) -> tuple[str, ...]:
        """The command with its arguments."""
        return *self.command, "run", "--quiet", "--config", str(self.config)


def default_name(config: Path) -> str:
    """The name of a config's units: `mirrorpress-` and the name of the config's folder, as far as units can have it."""
    folder = re.sub(r"[^A-Za-z0-9_.]+", "-", config.parent.name).strip("-.")[:64]
    return f"mirrorpress-{folder or hashlib.sha256(os.fsencode(config)).hexdigest()[:8]}"


def needs_network(config: Config, refreshed: bool = False) -> bool:
    """Whether a run asks other machines. refreshed: whether it brings its input up to date from one of them."""
    elsewhere = config.input.remote or config.output.remote
    return refreshed or elsewhere is not None or any(one.pictures == "fetch" for one in config.volumes)


def written_to(config: Config) -> tuple[Path, ...]:
    """The folders that a run writes to, but for those of `deliver`: the output, and a picture cache outside of it."""
    cache = config.picture_cache
    fetches = any(one.pictures == "fetch" for one in config.volumes)
    folder = config.output.path
    return (folder, cache) if fetches and not cache.is_relative_to(folder) else (folder,)


def may_be_written(config: Config) -> tuple[Path, ...]:
    """Further folders that a run writes to, where they are there: those of `deliver`, and an input that it updates."""
    updated = (config.input.place,) if config.input.update and config.input.place else ()
    return (*(one.to for one in config.deliver), *updated)


def unit_names(name: str) -> tuple[str, str, str]:
    """The files of a job: its service, its timer, and the service that tells of a failure."""
    return f"{name}.service", f"{name}.timer", f"{name}-failed.service"


def units(job: Job, every: Interval) -> dict[str, str]:
    """The units of a job, by file name: the service, the timer, and with `on_failure` the service that tells of it.

    Raises UsageError for an interpreter that no unit can name.
    """
    if re.search(r"[\"'\\]", job.command[0]):
        found, todo = "has a quote or a backslash in its path, which systemd refuses", "install Mirrorpress elsewhere"
        raise UsageError(job.command[0], found, "an interpreter without them", todo)
    service, timer, failed = unit_names(job.name)
    made = {service: _service(job), timer: _timer(job, every)}
    if job.on_failure:
        made[failed] = _failed(job)
    return made


def written_for(unit: str) -> str | None:
    """The config file that a unit was written for; None for a unit that Mirrorpress did not write."""
    for line in unit.splitlines():
        if line.startswith(_WRITTEN):
            return line.removeprefix(_WRITTEN)
        if not line.startswith("#"):
            return None
    return None


def cron_line(job: Job, every: Interval) -> str:
    """The line of a crontab that starts a job.

    Raises UsageError for an interval, or a command, that a crontab cannot hold.
    """
    times = every.cron(str(job.config))
    command = f"cd {shlex.quote(str(job.config.parent))} && {shlex.join(job.call)}"
    if job.on_failure:
        # A list of the shell is read from left to right: the test sees the exit code of the run.
        command += f" || [ $? -eq {BUSY} ] || {UNIT}={job.name} /bin/sh -c {shlex.quote(job.on_failure)}"
    if re.search(r"\\[\\%]", command):
        found = r"holds a backslash before another one, or before %, which not every cron takes alike"
        raise UsageError(job.name, found, "a command without them", "put it into a script, or use --systemd")
    # crontab(5): a percent sign ends the command unless there is a backslash before it, which cron takes away.
    command = command.replace("%", r"\%")
    if len(os.fsencode(command)) > LONGEST_COMMAND:
        found = f"the command takes {len(os.fsencode(command)):,} bytes"
        raise UsageError(job.name, found, f"at most {LONGEST_COMMAND} in a crontab", "put it into a script")
    return f"{times} {command}"


def _service(job: Job) -> str:
    return _written(job) + "".join(
        f"{line}\n"
        for line in (
            "[Unit]",
            f"Description=Mirrorpress: {_escaped(str(job.config))}",
            *([f"OnFailure={unit_names(job.name)[2]}"] if job.on_failure else []),
            # Units of a user know nothing of the system's targets.
            *(["Wants=network-online.target", "After=network-online.target"] if job.network and job.system else []),
            "",
            "[Service]",
            "Type=oneshot",
            *_identity(job),
            f"ExecStart={_call(job.call)}",
            *_SERVICE.format(busy=BUSY).splitlines(),
            *(_SYSTEM_ONLY.splitlines() if job.system else []),
            *([] if job.network else ["PrivateNetwork=yes"]),
            *(["PrivateTmp=yes"] if job.hides_tmp else []),
            "# These folders must be there; those with a minus may be missing.",
            *(f"ReadWritePaths={_word(str(one))}" for one in job.writable),
            *(f"ReadWritePaths={_word(f'-{one}')}" for one in job.delivered),
        )
    )


def _timer(job: Job, every: Interval) -> str:
    if every.exact:
        # A machine that was off catches up with one run.
        times = [f"OnCalendar={every.calendar(str(job.config))}", "Persistent=true"]
    else:
        times = ["OnBootSec=2min", f"OnUnitActiveSec={every.minutes}min"]
    delay = min(60, every.minutes)  # a sixtieth of the interval, at most a minute
    lines = (
        "[Unit]",
        f"Description=Mirrorpress, every {every}: {_escaped(str(job.config))}",
        "",
        "[Timer]",
        *times,
        f"RandomizedDelaySec={delay}s",
        "AccuracySec=1min",
        "",
        "[Install]",
        "WantedBy=timers.target",
    )
    return _written(job) + "".join(f"{line}\n" for line in lines)


def _failed(job: Job) -> str:
    """The service that runs the operator's command, which may need anything: nothing is taken from it."""
    lines = (
        "[Unit]",
        f"Description=Mirrorpress tells of a failure: {_escaped(str(job.config))}",
        "",
        "[Service]",
        "Type=oneshot",
        *_identity(job),
        f"Environment={UNIT}={unit_names(job.name)[0]}",
        f"ExecStart={_call(('/bin/sh', '-c', job.on_failure))}",
        "TimeoutStartSec=300",
    )
    return _written(job) + "".join(f"{line}\n" for line in lines)


def _written(job: Job) -> str:
    return f"{_WRITTEN}{job.config}\n{_BY_HAND}\n"


def _identity(job: Job) -> Iterator[str]:
    if job.user:
        yield f"User={_escaped(job.user)}"
    # systemd.exec(5): the rest of the line, in which quotes mean themselves.
    yield f"WorkingDirectory={_escaped(str(job.config.parent))}"


def _escaped(text: str) -> str:
    """Text without specifiers (systemd.unit(5)): a percent sign is doubled."""
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """One of several words of a line, in quotes where it needs them (systemd.syntax(7), "Quoting")."""
    text = _escaped(text)
    if re.fullmatch(r"[^\s\"'\\;]+", text):
        return text
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def _call(words: Sequence[str]) -> str:
    """A command line; of its arguments, but not of the program, a dollar sign is doubled (systemd.service(5))."""
    return " ".join([_word(words[0]), *(_word(one.replace("$", "$$")) for one in words[1:])])


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}", name):
        expected = "letters and digits of ASCII, and - _ . between them"
        raise UsageError("--name", f"found {name!r}", expected, "as in mirrorpress-news")
    if name.endswith("-failed"):
        raise UsageError(
            "--name", f"found {name!r}", "no -failed at the end", "the unit that tells of a failure has it"
        )


def _check_text(text: str, where: str) -> None:
    """Refuse what no line of a unit can hold: spaces at its end are dropped, and a backslash there joins two lines."""
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise UsageError(where, "holds a control character, a line break, or bytes that are no text", "plain text")
    if text != text.rstrip(" \\"):
        raise UsageError(where, "ends in a space or a backslash", "another sign at the end")
