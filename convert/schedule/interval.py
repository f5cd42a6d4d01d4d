"""How often a scheduled run starts, and how systemd and cron are told.

Where an interval divides the hour, the day or the week, runs start at fixed times, and these follow from the config's
path: the mirrors of a machine, and the machines of a place, do not all start on the hour.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import NamedTuple

from convert.errors import UsageError

HOUR, DAY, WEEK = 60, 1440, 10080
_UNITS = {"w": WEEK, "d": DAY, "h": HOUR, "m": 1}
_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
"""In cron's order, where Sunday is 0 (crontab(5))."""

_NIGHT = (4, 5, 6)
"""Hours in which a daily run starts: at night, and after the hour that clocks skip or repeat in spring and autumn."""

EXACT = tuple(
    sorted({n for n in range(1, 61) if HOUR % n == 0} | {n * HOUR for n in range(1, 25) if 24 % n == 0} | {WEEK})
)
"""The intervals, in minutes, after which runs fall on the same times of every hour, day or week."""


class _Field(NamedTuple):
    """One field of a time: its first value, and the step to the next one; a step of 0 leaves it at the first."""

    first: int
    step: int
    size: int

    def calendar(self) -> str:
        """As systemd.time(7) writes it: `07/15` is from 7 in steps of 15."""
        return "*" if self.step == 1 else f"{self.first:02}" + (f"/{self.step}" if self.step else "")

    def cron(self) -> str:
        """As crontab(5) writes it: `7-59/15`."""
        return "*" if self.step == 1 else f"{self.first}-{self.size - 1}/{self.step}" if self.step else str(self.first)


@dataclass(frozen=True)
class Interval:
    """The time from the start of a run to the start of the next one, in minutes."""

    minutes: int

    @classmethod
    def parse(cls, text: str) -> Interval:
        """Read an interval as `15m`, `1h`, `6h`, `1d` or `1w`. Raises UsageError for anything else, and below `1m`."""
        match = re.fullmatch(r"([0-9]{1,4})([mhdw])", text.strip())
        minutes = int(match[1]) * _UNITS[match[2]] if match else 0
        if not minutes:
            expected = "a number of minutes, hours, days or weeks, at least 1m"
            raise UsageError("--every", f"found {text!r}", expected, "as in 15m, 1h, 6h, 1d or 1w")
        return cls(minutes)

    def __str__(self) -> str:
        unit = next(name for name, length in _UNITS.items() if self.minutes % length == 0)
        return f"{self.minutes // _UNITS[unit]}{unit}"

    @property
    def exact(self) -> bool:
        """Whether runs fall on the same times of every hour, day or week."""
        return self.minutes in EXACT

    def calendar(self, key: str) -> str:
        """When runs start, as systemd.time(7) writes calendar events. key: what the minute follows from.

        For an exact interval only.
        """
        minute, hour, weekday = self._times(key)
        day = f"{_WEEKDAYS[weekday]} " if weekday is not None else ""
        return f"{day}*-*-* {hour.calendar()}:{minute.calendar()}:00"

    def cron(self, key: str) -> str:
        """When runs start, as the first five fields of a line of crontab(5). key: what the minute follows from.

        Raises UsageError for an interval that these fields cannot say, with the nearest that they can.
        """
        if not self.exact:
            near = [
                *[one for one in EXACT if one < self.minutes][-1:],
                *[one for one in EXACT if one > self.minutes][:1],
            ]
            expected = " or ".join(str(Interval(one)) for one in near)
            todo = "take one of them, or --systemd, which can keep any interval"
            raise UsageError("--every", f"a line of a crontab cannot say {self}", expected, todo)
        minute, hour, weekday = self._times(key)
        return f"{minute.cron()} {hour.cron()} * * {'*' if weekday is None else weekday}"

    def _times(self, key: str) -> tuple[_Field, _Field, int | None]:
        """The minute, the hour and the weekday (None for every day) of an exact interval."""
        number = int.from_bytes(hashlib.sha256(os.fsencode(key)).digest()[:8], "big")
        rest, minute = divmod(number, HOUR)
        if self.minutes < HOUR:
            return _Field(minute % self.minutes, self.minutes, 60), _Field(0, 1, 24), None
        fixed = _Field(minute, 0, 60)
        hours = self.minutes // HOUR
        if self.minutes < DAY:
            return fixed, _Field(rest % hours, hours, 24), None
        night = _Field(_NIGHT[rest % len(_NIGHT)], 0, 24)
        return fixed, night, rest // len(_NIGHT) % 7 if self.minutes == WEEK else None
