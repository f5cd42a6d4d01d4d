"""Timers of systemd and lines of a crontab: what they say, and how they are put in place and taken away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from convert.cli import main
from convert.config import load_config
from convert.errors import UsageError
from convert.schedule import installing
from convert.schedule.interval import EXACT, HOUR, WEEK, Interval
from convert.schedule.units import (
    LONGEST_COMMAND,
    Job,
    cron_line,
    default_name,
    needs_network,
    units,
    written_for,
    written_to,
)

JOB = Job(
    name="mirrorpress-news",
    config=Path("/srv/news/config.yaml"),
    command=("/opt/mirrorpress/bin/python", "-P", "-m", "convert"),
    input=Path("/srv/news/mirror"),
    writable=(Path("/srv/news/out"),),
    delivered=(Path("/media/reader/Books"),),
)
HOURLY = Interval(HOUR)
SYSTEM_ONLY = {
    "CapabilityBoundingSet=",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
}


def service(job: Job) -> list[str]:
    """The lines of a job's service."""
    return units(job, HOURLY)[f"{job.name}.service"].splitlines()


@pytest.mark.parametrize(
    ("text", "minutes", "shown"),
    [
        ("15m", 15, "15m"),
        ("1h", 60, "1h"),
        ("60m", 60, "1h"),
        ("6h", 360, "6h"),
        ("24h", 1440, "1d"),
        ("1w", 10080, "1w"),
    ],
)
def test_intervals_are_read_and_shown(text: str, minutes: int, shown: str) -> None:
    """In the largest unit that fits."""
    assert Interval.parse(text) == Interval(minutes)
    assert str(Interval(minutes)) == shown


@pytest.mark.parametrize("text", ["", "0m", "1", "h", "1.5h", "-1h", "1 day", "30s", "99999m"])
def test_what_is_no_interval_is_refused(text: str) -> None:
    """With what would be one."""
    with pytest.raises(UsageError, match=r"--every: found .*at least 1m; as in 15m, 1h"):
        Interval.parse(text)


def spread(field: str, size: int) -> list[int]:
    """The values that a field of a crontab stands for."""
    span, _, step = field.partition("/")
    first, _, last = span.partition("-")
    if span == "*":
        return list(range(size))
    return list(range(int(first), int(last or first) + 1, int(step or 1)))


@pytest.mark.parametrize("minutes", EXACT)
def test_runs_of_an_exact_interval_are_that_far_apart(minutes: int) -> None:
    """Over two weeks, whatever minute the config's path leads to."""
    for key in ("/srv/a/config.yaml", "/srv/b/config.yaml", "/home/me/config.yaml"):
        minute, hour, _, _, weekday = Interval(minutes).cron(key).split()
        days = [day for day in range(14) if day % 7 in spread(weekday, 7)]
        starts = [day * 1440 + h * 60 + m for day in days for h in spread(hour, 24) for m in spread(minute, 60)]
        assert {after - before for before, after in pairwise(starts)} == {minutes}


def test_the_minute_follows_from_the_configs_path() -> None:
    """So that many mirrors do not start at once; and one is the same every time."""
    keys = [f"/srv/{number}/config.yaml" for number in range(40)]
    assert len({HOURLY.cron(key) for key in keys}) > 15
    assert HOURLY.cron(keys[0]) == HOURLY.cron(keys[0])
    minute = HOURLY.cron(keys[0]).split()[0]
    assert HOURLY.calendar(keys[0]) == f"*-*-* *:{int(minute):02}:00"


@pytest.mark.parametrize(
    ("text", "near"),
    [("45m", "30m or 1h"), ("7m", "6m or 10m"), ("5h", "4h or 6h"), ("2d", "1d or 1w"), ("2w", "1w")],
)
def test_what_a_crontab_cannot_say_is_refused_with_the_nearest(text: str, near: str) -> None:
    """systemd can keep any interval, from the end of the boot on."""
    with pytest.raises(UsageError, match=f"a crontab cannot say {text}; expected {near}; take"):
        cron_line(JOB, Interval.parse(text))
    timer = units(JOB, Interval.parse(text))["mirrorpress-news.timer"]
    assert f"OnBootSec=2min\nOnUnitActiveSec={Interval.parse(text).minutes}min\n" in timer
    assert "OnCalendar" not in timer


def test_the_timer_starts_at_fixed_times_and_catches_up() -> None:
    """One that was missed while the machine was off is made up for."""
    timer = units(JOB, HOURLY)["mirrorpress-news.timer"].splitlines()
    assert {"Persistent=true", "RandomizedDelaySec=60s", "AccuracySec=1min", "WantedBy=timers.target"} <= set(timer)
    assert f"OnCalendar={HOURLY.calendar('/srv/news/config.yaml')}" in timer


def test_the_service_runs_once_and_may_do_little() -> None:
    """It reads, and writes to the output; a folder to deliver to may be missing."""
    lines = service(JOB)
    assert written_for("\n".join(lines)) == "/srv/news/config.yaml"
    call = "/opt/mirrorpress/bin/python -P -m convert run --quiet --config /srv/news/config.yaml"
    assert {
        "Type=oneshot",
        f"ExecStart={call}",
        "WorkingDirectory=/srv/news",
        "SuccessExitStatus=75",
        "ProtectSystem=strict",
        "ProtectHome=read-only",
        "PrivateTmp=yes",
        "PrivateNetwork=yes",
        "KillMode=mixed",
    } <= set(lines)
    assert [one for one in lines if one.startswith("ReadWritePaths")] == [
        "ReadWritePaths=/srv/news/out",
        "ReadWritePaths=-/media/reader/Books",
    ]


def test_a_users_service_asks_for_nothing_that_its_manager_may_not_do() -> None:
    """Lines about capabilities would end it with 218/CAPABILITIES."""
    assert set(service(replace(JOB, system=True))) >= SYSTEM_ONLY
    assert not set(service(JOB)) & SYSTEM_ONLY
    assert not any(one.startswith("User=") for one in service(JOB))
    assert "User=mirror" in service(replace(JOB, system=True, user="mirror"))


def test_a_service_that_fetches_has_a_network() -> None:
    """In units of the system it waits for one, too."""
    assert "PrivateNetwork=yes" not in service(replace(JOB, network=True))
    assert "After=network-online.target" in service(replace(JOB, network=True, system=True))
    assert "After=network-online.target" not in service(replace(JOB, network=True))


def test_a_job_in_tmp_sees_the_common_tmp() -> None:
    """A /tmp of its own would hide the files."""
    for lying in (replace(JOB, input=Path("/tmp/mirror")), replace(JOB, writable=(Path("/var/tmp/out"),))):
        assert "PrivateTmp=yes" not in service(lying)


def test_words_are_quoted_as_systemd_reads_them() -> None:
    """Percent signs are doubled everywhere, dollars in arguments; quotes stand round words with spaces."""
    job = replace(
        JOB,
        config=Path('/srv/a b/100% $x "q" \\n/config.yaml'),
        writable=(Path("/srv/a b/$o%"),),
        on_failure='echo "$MIRRORPRESS_UNIT 5%" \\ | mail me',
    )
    lines = service(job)
    assert '--config "/srv/a b/100%% $$x \\"q\\" \\\\n/config.yaml"' in "\n".join(lines)
    assert 'WorkingDirectory=/srv/a b/100%% $x "q" \\n' in lines
    assert 'ReadWritePaths="/srv/a b/$o%%"' in lines
    failed = units(job, HOURLY)["mirrorpress-news-failed.service"].splitlines()
    assert 'ExecStart=/bin/sh -c "echo \\"$$MIRRORPRESS_UNIT 5%%\\" \\\\ | mail me"' in failed
    assert "Environment=MIRRORPRESS_UNIT=mirrorpress-news.service" in failed
    assert "OnFailure=mirrorpress-news-failed.service" in lines


@pytest.mark.parametrize("text", ["/srv/a\nb/c.yaml", "/srv/a/c ", "/srv/a/c\\", "/srv/\udcff/c.yaml"])
def test_what_no_unit_can_hold_is_refused(text: str) -> None:
    """Line breaks, bytes that are no text, and an end that systemd would drop or join."""
    with pytest.raises(UsageError, match=r"holds a control character|ends in a space"):
        replace(JOB, config=Path(text))


def test_an_interpreter_that_systemd_would_not_start_is_refused() -> None:
    """It takes quotes and backslashes in arguments, but in no program's name; cron's shell takes them."""
    job = replace(JOB, command=("/opt/it's/python", "-m", "convert"))
    with pytest.raises(UsageError, match="has a quote or a backslash in its path"):
        units(job, HOURLY)
    assert "it'" in cron_line(job, HOURLY)


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "x@y", "x-failed"])
def test_names_that_no_unit_can_have_are_refused(name: str) -> None:
    """And those that the unit for failures has."""
    with pytest.raises(UsageError, match="--name: found"):
        replace(JOB, name=name)


def test_the_name_follows_from_the_folder() -> None:
    """With signs that units can have; where none are left, from a digest."""
    assert default_name(Path("/srv/my news/config.yaml")) == "mirrorpress-my-news"
    assert default_name(Path("/srv/旧桥/config.yaml")) != default_name(Path("/srv/湖水/config.yaml"))
    assert replace(JOB, name=default_name(Path("/srv/旧桥/config.yaml"))).name.startswith("mirrorpress-")


def test_a_config_says_what_its_run_writes_and_asks(tmp_path: Path) -> None:
    """A cache outside of the output counts where pictures are fetched, and only there."""
    file = tmp_path / "config.yaml"
    file.write_text("output: out\npictures: {cache: /var/cache/pictures}\nvolumes: [{pictures: mirror}]\n")
    mirrored = load_config(file)
    file.write_text("output: out\npictures: {cache: /var/cache/pictures}\nvolumes: [{pictures: fetch}]\n")
    fetching = load_config(file)
    assert written_to(mirrored) == (tmp_path / "out",)
    assert written_to(fetching) == (tmp_path / "out", Path("/var/cache/pictures"))
    file.write_text("output: out\nvolumes: [{pictures: fetch}]\n")
    assert written_to(load_config(file)) == (tmp_path / "out",)
    assert [needs_network(mirrored), needs_network(fetching), needs_network(mirrored, refreshed=True)] == [0, 1, 1]


@pytest.mark.parametrize(("code", "told"), [(0, False), (75, False), (1, True), (3, True)])
def test_a_line_of_a_crontab_tells_of_failures_alone(tmp_path: Path, code: int, told: bool) -> None:
    """As a shell runs it: a run that finds another one at work is no failure."""
    folder = tmp_path / "it's 100% $x"
    folder.mkdir()
    python = program(folder / "python", f'echo "$PWD|$*" > called; exit {code}')
    failure = 'echo "$MIRRORPRESS_UNIT 5%" > told # it is'
    job = replace(JOB, config=folder / "config.yaml", command=(str(python), "-m", "convert"), on_failure=failure)
    line = cron_line(job, HOURLY)
    assert line.count("%") == line.count("\\%")
    subprocess.run(["/bin/sh", "-c", line.split(maxsplit=5)[5].replace("\\%", "%")], check=False)
    assert (folder / "called").read_text() == f"{folder}|-m convert run --quiet --config {folder}/config.yaml\n"
    assert (folder / "told").exists() == told
    assert not told or (folder / "told").read_text() == "mirrorpress-news 5%\n"


def test_what_crons_read_differently_or_cut_off_is_refused() -> None:
    """Backslashes before percent signs, and long commands."""
    for failure in (r"printf '5\%'", r"printf '\\n'"):
        with pytest.raises(UsageError, match="holds a backslash before another one"):
            cron_line(replace(JOB, on_failure=failure), HOURLY)
    with pytest.raises(UsageError, match=f"at most {LONGEST_COMMAND} in a crontab"):
        cron_line(replace(JOB, on_failure="x" * 1000), HOURLY)


def program(path: Path, text: str) -> Path:
    """Write an executable script of the shell."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@dataclass
class Machine:
    """A machine with programs that only record how they are called."""

    home: Path
    bin: Path
    config: Path
    out: Callable[[], str]

    @property
    def units(self) -> Path:
        """The folder of the user's units."""
        return self.home / ".config/systemd/user"

    def names(self) -> list[str]:
        """The names of the user's units, sorted."""
        return sorted(one.name for one in self.units.iterdir())

    def calls(self) -> list[str]:
        """What was called since the last time."""
        log = self.home / "calls"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def schedule(self, *arguments: str) -> tuple[int, str]:
        """Call the command for the config; returns its exit code, and what it printed."""
        code = main(["schedule", "--config", str(self.config), *arguments])
        return code, self.out()

    def crontab(self) -> bytes:
        """What the user's crontab holds."""
        return (self.home / "crontab").read_bytes()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Machine:
    """A user's account, with systemctl and crontab that obey."""
    home, tools, folder = tmp_path / "home", tmp_path / "bin", tmp_path / "news"
    for one in (home, tools, folder):
        one.mkdir()
    log = f'echo "$(basename "$0") $*" >> "{home}/calls"'
    program(tools / "systemctl", log)
    program(
        tools / "crontab",
        f'{log}\ncd "{home}"\ncase "$1" in\n'
        "-l) cat crontab 2>/dev/null || { echo no crontab for me >&2; exit 1; };;\n"
        "-r) rm crontab;;\n-) cat > crontab;;\nesac",
    )
    python = program(tools / "own-python", "exit 0")
    for name in ("XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setattr(installing, "is_root", lambda: False)
    monkeypatch.setattr(installing, "own_command", lambda: (str(python), "-P", "-m", "convert"))
    (folder / "config.yaml").write_text("input: mirror\noutput: made/out\n", encoding="utf-8")

    def printed() -> str:
        seen = capsys.readouterr()
        return seen.out + seen.err

    return Machine(home, tools, folder / "config.yaml", printed)


def test_without_install_it_only_prints(machine: Machine) -> None:
    """Each unit below a comment with its path; or one line for a crontab."""
    code, text = machine.schedule("--every", "1h", "--systemd", "--on-failure", "true")
    assert code == 0
    heads = [line for line in text.splitlines() if line.startswith(f"# {machine.home}")]
    assert heads == [f"# {machine.units}/mirrorpress-news{end}" for end in (".service", ".timer", "-failed.service")]
    code, text = machine.schedule("--every", "1h", "--cron")
    assert (code, text.count("\n")) == (0, 1)
    assert not machine.units.exists()
    assert machine.calls() == []


def test_the_kind_follows_from_the_machine(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """systemd where it is at work, else cron."""
    monkeypatch.setattr(installing, "RUNNING", tmp_path)
    assert "[Timer]" in machine.schedule("--every", "1h")[1]
    monkeypatch.setattr(installing, "RUNNING", tmp_path / "none")
    assert "[Timer]" not in machine.schedule("--every", "1h")[1]


def test_units_are_installed_once_and_removed(machine: Machine) -> None:
    """The second time nothing changes; what was made for the runs stays."""
    code, text = machine.schedule("--every", "1h", "--systemd", "--install", "--on-failure", "true")
    assert code == 0, text
    names = ["mirrorpress-news-failed.service", "mirrorpress-news.service", "mirrorpress-news.timer"]
    assert machine.names() == names
    calls = ["systemctl --user daemon-reload", "systemctl --user enable --now mirrorpress-news.timer"]
    assert machine.calls() == calls
    assert (machine.config.parent / "made/out").is_dir()
    for hint in ("systemctl --user list-timers", "journalctl --user -u mirrorpress-news", "loginctl enable-linger"):
        assert hint in text
    times = {one.name: one.stat().st_mtime_ns for one in machine.units.iterdir()}
    assert machine.schedule("--every", "1h", "--systemd", "--install", "--on-failure", "true")[0] == 0
    assert {one.name: one.stat().st_mtime_ns for one in machine.units.iterdir()} == times
    machine.calls()
    assert machine.schedule("--systemd", "--remove")[0] == 0
    assert machine.calls() == [
        "systemctl --user disable --now mirrorpress-news.timer",
        "systemctl --user daemon-reload",
    ]
    assert machine.names() == []
    code, text = machine.schedule("--systemd", "--remove")
    assert (code, machine.calls()) == (0, [])
    assert f"nothing to remove: there is no mirrorpress-news in {machine.units}" in text


def test_a_command_for_failures_goes_when_it_is_asked_for_no_more(machine: Machine) -> None:
    """Its unit would otherwise stay behind."""
    machine.schedule("--every", "1h", "--systemd", "--install", "--on-failure", "true")
    machine.schedule("--every", "1h", "--systemd", "--install")
    assert machine.names() == ["mirrorpress-news.service", "mirrorpress-news.timer"]


def test_units_of_others_are_never_touched(machine: Machine) -> None:
    """Neither those that somebody wrote, nor links, nor those for another config."""
    machine.units.mkdir(parents=True)
    timer = machine.units / "mirrorpress-news.timer"
    timer.write_text("[Timer]\nOnCalendar=daily\n")
    for arguments in (("--every", "1h", "--install"), ("--remove",)):
        code, text = machine.schedule("--systemd", *arguments)
        assert code == 2
        assert f"{timer}: Mirrorpress did not write this unit; expected one of its own; choose another --name" in text
    assert machine.names() == ["mirrorpress-news.timer"]
    timer.unlink()
    timer.symlink_to("/dev/null")
    assert machine.schedule("--systemd", "--every", "1h", "--install")[0] == 2
    timer.unlink()
    timer.write_text(units(JOB, HOURLY)["mirrorpress-news.timer"])
    code, text = machine.schedule("--systemd", "--every", "1h", "--install")
    assert code == 2
    assert f"was written for {JOB.config}; expected {machine.config}" in text
    assert machine.schedule("--systemd", "--remove")[0] == 2
    assert machine.calls() == []
    assert machine.schedule("--systemd", "--remove", "--name", "mirrorpress-news")[0] == 0
    assert machine.names() == []


def test_a_name_is_taken_wherever_units_are_looked_for(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit in the user's folder would hide one that a package brought."""
    monkeypatch.setattr(installing, "_OTHER_UNITS", {False: (str(tmp_path / "packaged"),)})
    (tmp_path / "packaged").mkdir()
    (tmp_path / "packaged/mirrorpress-news.service").touch()
    code, text = machine.schedule("--systemd", "--every", "1h", "--install")
    assert code == 2
    assert "a unit of this name is there" in text
    assert machine.schedule("--systemd", "--every", "1h", "--install", "--name", "other")[0] == 0


def test_root_installs_units_of_the_system(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which run as the owner of the output, and need no lingering."""
    monkeypatch.setattr(installing, "is_root", lambda: True)
    monkeypatch.setattr(installing, "SYSTEM_UNITS", tmp_path / "system")
    monkeypatch.setattr(Path, "owner", lambda self: "mirror")
    monkeypatch.setattr(shutil, "chown", lambda path, user: None)
    code, text = machine.schedule("--systemd", "--every", "1h", "--install")
    assert code == 0, text
    assert "enable-linger" not in text
    assert machine.calls() == ["systemctl daemon-reload", "systemctl enable --now mirrorpress-news.timer"]
    lines = (tmp_path / "system/mirrorpress-news.service").read_text().splitlines()
    assert ("User=mirror" in lines) == (machine.config.parent.stat().st_uid != 0)
    assert "CapabilityBoundingSet=" in lines


def test_what_systemctl_refuses_is_told(machine: Machine) -> None:
    """With its own last word."""
    program(machine.bin / "systemctl", "echo Failed to connect to bus >&2; exit 1")
    code, text = machine.schedule("--systemd", "--every", "1h", "--install")
    assert code == 1
    assert "systemctl --user daemon-reload: was refused (exit code 1: Failed to connect to bus)" in text


@pytest.mark.parametrize(("tool", "kind"), [("systemctl", "--systemd"), ("crontab", "--cron")])
def test_a_missing_tool_is_told_before_anything_is_written(
    machine: Machine, tool: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong usage: the other kind may be there."""
    monkeypatch.setenv("PATH", str(machine.home))
    code, text = machine.schedule(kind, "--every", "1h", "--install")
    assert code == 2
    assert f"{tool}: is not installed" in text
    assert not machine.units.exists()


def test_an_installation_that_the_timer_could_not_start_is_told(machine: Machine) -> None:
    """Not an hour later, in the journal."""
    program(machine.bin / "own-python", "echo No module named convert >&2; exit 1")
    for kind in ("--systemd", "--cron"):
        code, text = machine.schedule(kind, "--every", "1h", "--install")
        assert code == 1
        assert "does not start (exit code 1: No module named convert); expected an installed Mirrorpress" in text
    assert not machine.units.exists()
    assert not (machine.home / "crontab").exists()


OTHERS = b"# mine \xff\r\n@daily  /bin/true 5\\%\n\n17 * * * * x"


@pytest.mark.parametrize("others", [OTHERS + b"\n", OTHERS, b"\n"])
def test_other_lines_of_a_crontab_stay_byte_for_byte(machine: Machine, others: bytes) -> None:
    """Whatever they hold; a last line without an end gets one, which cron wants."""
    (machine.home / "crontab").write_bytes(others)
    assert machine.schedule("--cron", "--every", "1h", "--install")[0] == 0
    once = machine.crontab()
    whole = others if others.endswith(b"\n") else others + b"\n"
    assert once.startswith(whole + b"# begin mirrorpress-news: ")
    assert once.endswith(b"# end mirrorpress-news\n")
    (machine.home / "crontab").write_bytes(once + b"# below\n")
    machine.calls()
    assert machine.schedule("--cron", "--every", "1h", "--install")[0] == 0
    assert machine.calls() == ["crontab -l"]
    assert machine.schedule("--cron", "--every", "2h", "--install")[0] == 0
    assert machine.crontab().count(b"# begin") == 1
    assert machine.schedule("--cron", "--remove")[0] == 0
    assert machine.crontab() == whole + b"# below\n"
    code, text = machine.schedule("--cron", "--remove")
    assert (code, text) == (0, "nothing to remove: there is no mirrorpress-news in the crontab\n")


def test_a_crontab_that_held_nothing_else_goes(machine: Machine) -> None:
    """There was none before."""
    assert machine.schedule("--cron", "--every", "1h", "--install")[0] == 0
    assert machine.schedule("--cron", "--remove")[0] == 0
    assert not (machine.home / "crontab").exists()


def test_a_crontab_that_cannot_be_read_is_not_written(machine: Machine) -> None:
    """It would look empty."""
    program(machine.bin / "crontab", f'echo "$*" >> "{machine.home}/calls"; echo you are not allowed >&2; exit 1')
    code, text = machine.schedule("--cron", "--every", "1h", "--install")
    assert code == 1
    assert "crontab -l: was refused (exit code 1: you are not allowed)" in text
    assert machine.calls() == ["-l"]


def test_an_entry_without_its_end_or_for_another_config_is_left_alone(machine: Machine) -> None:
    """What lies below might be anybody's."""
    begin = b"# begin mirrorpress-news: written by `mirrorpress schedule` for "
    for broken, code, told in (
        (begin + os.fsencode(machine.config) + b"\n* * * * * x\n", 1, "there is no line '# end mirrorpress-news'"),
        (begin + b"/srv/x.yaml\n* * * * * x\n# end mirrorpress-news\n", 2, "was written for /srv/x.yaml"),
    ):
        (machine.home / "crontab").write_bytes(broken)
        for arguments in (("--every", "1h", "--install"), ("--remove",)):
            found, text = machine.schedule("--cron", *arguments)
            assert (found, told in text) == (code, True), text
        assert machine.crontab() == broken


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--every", "1h", "--systemd", "--cron"], "found --systemd and --cron; expected one of them"),
        (["--every", "1h", "--install", "--remove"], "found --install and --remove; expected one of them"),
        (["--install"], "--every: is missing"),
        (["--every", "1h", "--config", "none.yaml"], "none.yaml"),
        (["--every", "45m", "--cron"], "expected 30m or 1h"),
    ],
)
def test_wrong_usage_ends_with_2(machine: Machine, arguments: list[str], told: str) -> None:
    """And says what was expected."""
    code, text = machine.schedule(*arguments)
    assert (code, told in text) == (2, True), text


def analyze(*arguments: str, folder: Path) -> str:
    """What systemd-analyze says; a test that needs it is skipped where there is none."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed (on Debian: the package systemd)")
    environment = os.environ | {"XDG_RUNTIME_DIR": str(folder), "LC_ALL": "C"}
    call = ["systemd-analyze", *arguments]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip(f"this systemd-analyze is too old: {done.stderr.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("system", [True, False], ids=["system", "user"])
@pytest.mark.parametrize("every", ["15m", "45m", "1d"])
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, system: bool, every: str) -> None:
    """With a hostile path, and with every unit there is; any warning counts."""
    folder = tmp_path / 'a b 100% $x "q"'
    folder.mkdir()
    (tmp_path / "a b 100% $x").mkdir()
    python = program(tmp_path / "a b 100% $x/python", "exit 0")
    user = "root" if system else ""
    job = replace(JOB, config=folder / "config.yaml", command=(str(python), "-m", "convert"), writable=(folder,))
    job = replace(job, system=system, user=user, on_failure="echo 5% | cat", network=system)
    (tmp_path / "units").mkdir()
    files = []
    for name, text in units(job, Interval.parse(every)).items():
        files.append(str(tmp_path / "units" / name))
        Path(files[-1]).write_text(text, encoding="utf-8")
    said = analyze(*([] if system else ["--user"]), "verify", *files, folder=tmp_path)
    assert "mirrorpress-news" not in said


@pytest.mark.parametrize(("system", "network", "most"), [(True, False, 2.5), (True, True, 3.0), (False, False, 6.0)])
def test_the_service_is_exposed_to_little(tmp_path: Path, system: bool, network: bool, most: float) -> None:
    """systemd's own measure, from 0 to 10. Of a user's service it counts capabilities that such a process has not."""
    file = tmp_path / "mirrorpress-news.service"
    user = "daemon" if system else ""
    text = units(replace(JOB, system=system, network=network, user=user), HOURLY)[file.name]
    file.write_text(text, encoding="utf-8")
    last = analyze("security", "--offline=true", str(file), folder=tmp_path).strip().splitlines()[-1]
    assert float(last.partition(": ")[2].split()[0]) <= most, last


@pytest.mark.parametrize("minutes", EXACT)
def test_systemd_reads_the_times_as_cron_does(tmp_path: Path, minutes: int) -> None:
    """The next starts of a calendar event are those of the line of a crontab."""
    key = "/srv/news/config.yaml"
    said = analyze("calendar", "--iterations=3", Interval(minutes).calendar(key), folder=tmp_path)
    minute, hour, _, _, weekday = Interval(minutes).cron(key).split()
    starts = [line.split(": ", 1)[1].split() for line in said.splitlines() if "Next elapse" in line or "Iter" in line]
    assert len(starts) == 3
    for name, _, clock, *_ in starts:
        assert int(clock[:2]) in spread(hour, 24)
        assert int(clock[3:5]) in spread(minute, 60)
        assert minutes != WEEK or ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].index(name) == int(weekday)
