"""What a whole command costs: wall time, CPU of all its processes, memory of the largest."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds of wall time, seconds of CPU, megabytes of the largest process."""

    wall: float
    cpu: float
    memory: float


# A process of its own, since a child's peak memory counts from the size of the process that it was spawned by. Workers
# are children of a server, which nobody waits for: /proc tells of their memory, where there is one, and on Linux
# orphans come to the process that called prctl with 36 (PR_SET_CHILD_SUBREAPER of linux/prctl.h), which waits for them.
WATCH = """
import ctypes, json, os, sys, threading, time
def below(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as told:
            found = told.read().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in found for one in below(child))]
def look():
    while True:
        for one in below(os.getpid())[1:]:
            try:
                with open(f"/proc/{one}/status") as told:
                    peaks.extend(int(line.split()[1]) for line in told if line.startswith("VmHWM"))
            except OSError:
                pass
        time.sleep(0.03)
peaks = [0]
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
start = time.perf_counter()
null = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[null])
threading.Thread(target=look, daemon=True).start()
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - start
peak = max(usage.ru_maxrss, *peaks) / 1024
cpu = usage.ru_utime + usage.ru_stime
while time.perf_counter() < start + wall + 10:
    try:
        orphan, _, usage = os.wait4(-1, os.WNOHANG)
    except ChildProcessError:
        break
    cpu += usage.ru_utime + usage.ru_stime if orphan else 0
    time.sleep(0 if orphan else 0.01)
print(json.dumps([os.waitstatus_to_exitcode(status), wall, cpu, peak]))
"""


def measure(command: Sequence[str], repeat: int) -> Cost:
    """The medians of several runs of a command, after one that is not counted.

    Raises SystemExit, with what it printed, where it fails.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # an installed package has its bytecode
    costs: list[Cost] = []
    for _ in range(repeat + 1 if repeat > 1 else 1):
        watched = [sys.executable, "-S", "-c", WATCH, *command]
        done = subprocess.run(watched, capture_output=True, text=True, check=True, env=environment)
        code, *cost = json.loads(done.stdout)
        if code:
            raise SystemExit(f"{' '.join(command[:3])} …: {done.stderr[-2000:]}")
        costs.append(Cost(*cost))
    counted = costs[1:] or costs
    return Cost(*(statistics.median(getattr(cost, name) for cost in counted) for name in ("wall", "cpu", "memory")))
