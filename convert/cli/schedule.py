"""The command `schedule`: timers of systemd, and lines of a crontab, that start the run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from convert.cli import screen
from convert.config import load_config
from convert.errors import UsageError
from convert.messages import tr


def schedule(
    every: Annotated[
        str,
        typer.Option(
            "--every",
            metavar="INTERVAL",
            help="How often it runs, as 15m, 1h, 6h, 1d or 1w; required but for --remove.",
        ),
    ] = "",
    systemd: Annotated[
        bool, typer.Option("--systemd", help="Units of systemd; the default where systemd is at work.")
    ] = False,
    cron: Annotated[bool, typer.Option("--cron", help="A line of the crontab; the default elsewhere.")] = False,
    install: Annotated[bool, typer.Option("--install", help="Put it in place; otherwise it is only printed.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take away what --install put in place.")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="The config file; otherwise ./config.yaml.")
    ] = None,
    on_failure: Annotated[
        str, typer.Option("--on-failure", metavar="COMMAND", help="A command of the shell for when a run fails.")
    ] = "",
    name: Annotated[
        str, typer.Option("--name", help="The job's name; by default mirrorpress- and the config's folder.")
    ] = "",
) -> None:
    """Print, install or remove a timer of systemd, or a line of a crontab, that runs it regularly."""
    from convert.schedule import installing

    for one, other, both in (("--systemd", "--cron", systemd and cron), ("--install", "--remove", install and remove)):
        if both:
            raise UsageError("mirrorpress schedule", f"found {one} and {other}", "one of them")
    by_systemd = systemd or (not cron and installing.RUNNING.is_dir())
    file = Path(os.path.abspath(config or "config.yaml"))  # noqa: PTH100 - links stay as they are named
    if remove:
        _remove(file, name, by_systemd)
    else:
        _put(file, name, every, on_failure, by_systemd, install)


def _put(file: Path, name: str, every: str, on_failure: str, by_systemd: bool, install: bool) -> None:
    """Print or install a job."""
    from convert.batch.preflight import check_folders
    from convert.schedule import installing
    from convert.schedule import units as texts
    from convert.schedule.interval import Interval

    if not every:
        raise UsageError("--every", "is missing", "an interval", "as in 15m, 1h, 6h, 1d or 1w")
    interval = Interval.parse(every)
    settings = load_config(file)
    check_folders(settings)
    system = installing.is_root()
    network = texts.needs_network(settings, refreshed=bool(settings.input.update))
    job = installing.make_job(settings, file, name or texts.default_name(file), on_failure, network, system)
    if install:
        done = installing.install_units(job, interval) if by_systemd else installing.install_cron(job, interval)
        _say_done(done)
        if by_systemd:
            _say_next(job.name, system)
    elif by_systemd:
        folder = installing.unit_folder(system)
        shown = [f"# {folder / unit}\n{text}" for unit, text in texts.units(job, interval).items()]
        screen.say("\n".join(shown).rstrip())
    else:
        screen.say(texts.cron_line(job, interval))


def _remove(file: Path, name: str, by_systemd: bool) -> None:
    """Remove a job: one that is named, whatever its config; otherwise the config's own."""
    from convert.schedule import installing
    from convert.schedule import units as texts

    wanted = name or texts.default_name(file)
    only = None if name else file
    system = installing.is_root()
    done = installing.remove_units(wanted, only, system) if by_systemd else installing.remove_cron(wanted, only)
    where = installing.unit_folder(system) if by_systemd else tr("the crontab")
    _say_done(done or [tr("nothing to remove: there is no {name} in {place}", name=wanted, place=where)])


def _say_done(lines: list[str]) -> None:
    for line in lines:
        screen.say(line)


def _say_next(name: str, system: bool) -> None:
    """Which commands an operator wants next."""
    manager = "systemctl" if system else "systemctl --user"
    journal = "journalctl" if system else "journalctl --user"
    rows = {
        tr("when it runs next"): f"{manager} list-timers",
        tr("what it said"): f"{journal} -u {name}",
        tr("run it now"): f"{manager} start {name}.service",
    }
    if not system:
        rows[tr("while you are logged out")] = "loginctl enable-linger"
    screen.say()
    for question, command in rows.items():
        screen.say(screen.line(question, command, 24))
