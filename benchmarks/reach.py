"""Which tests reach which lines, and how tests end over a mutant: each time in a process of its own.

The process is forked from one that has loaded what the tests need of others, but nothing of the project: so the mutant
is loaded as its module always is, whatever of it runs while it is loaded, and nothing has to be changed on the disk.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import pickle
import resource
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import coverage
import pytest

OURS = frozenset({"convert", "tests", "benchmarks"})
MEMORY = 3 << 30  # bytes; a loop that collects without an end is stopped before the machine is
PLAIN = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow and not long and not faults")


@dataclass
class Reach:
    """What a run of all tests showed.

    lines: tests by module and line; seconds: of CPU, a test; took: of time, with what it waits for; loaded: modules of
    others; failed: tests that did.
    """

    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    loaded: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def of(self, path: str, first: int, last: int) -> set[str]:
        """The tests that reach some lines of a module."""
        lines = self.lines.get(path, {})
        return {test for line in range(first, last + 1) for test in lines.get(line, ())}

    def breadth(self) -> dict[str, int]:
        """How many lines each test reaches: one of few lines is about them."""
        return Counter(test for lines in self.lines.values() for tests in lines.values() for test in tests)

    def is_loaded(self, path: str, first: int, last: int) -> bool:
        """Whether some lines of a module run as it is loaded, before any test."""
        return any(line in self.lines.get(path, {}) for line in range(first, last + 1))

    def of_modules(self, paths: Sequence[str]) -> set[str]:
        """The tests that reach any line of some modules, and all tests of files that are among them."""
        of_files = {test for test in self.seconds if test.partition("::")[0] in paths}
        return of_files | {test for path in paths for tests in self.lines.get(path, {}).values() for test in tests}


class Chosen:
    """A plugin of pytest: of all tests only these, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the chosen ones."""
        items[:] = sorted((one for one in items if one.nodeid in self.order), key=lambda one: self.order[one.nodeid])


class Watch:
    """A plugin of pytest: tells coverage which test runs, and takes its time."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured
        self.reach = Reach()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """What makes a fixture may serve any test of the file."""
        self.measured.switch_context(item.nodeid.partition("::")[0])
        self.reach.seconds[item.nodeid] = -time.process_time()
        self.reach.took[item.nodeid] = -time.monotonic()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """What the test itself does is its own."""
        self.measured.switch_context(item.nodeid)
        return (yield)

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """The time is over."""
        self.reach.seconds[item.nodeid] += time.process_time()
        self.reach.took[item.nodeid] += time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails by itself says nothing of a mutant."""
        if report.failed:
            self.reach.failed.append(report.nodeid)


def reach(root: Path, folders: Sequence[str], files: Sequence[str], scratch: Path) -> Reach:
    """Run all tests of some files once, and see which of them reach which lines below some folders.

    Raises RuntimeError where a test fails: nothing can be told of mutants then.
    """
    kept = scratch / "reach.pickle"
    code = apart(lambda: _watched(root, folders, files, scratch, kept), 3600, scratch / "told")
    if code:
        told = (scratch / "told").read_text("utf-8", "replace")[-3000:]
        raise RuntimeError(f"{told}\ntests without a mutant ended with {code}; expected all to pass: mend them first")
    found = Reach(**pickle.loads(kept.read_bytes()))
    for name in found.loaded:
        with suppress(ImportError):
            importlib.import_module(name)
    return found


def _watched(root: Path, folders: Sequence[str], files: Sequence[str], scratch: Path, kept: Path) -> int:
    before = set(sys.modules)
    include = [str(root / folder / "*") for folder in folders]
    measured = coverage.Coverage(data_file=None, config_file=False, include=include)
    watch = Watch(measured)
    measured.start()
    code = int(pytest.main([*PLAIN, f"--basetemp={scratch / 'tests'}", *files], plugins=[watch]))
    measured.stop()
    found = watch.reach
    data = measured.get_data()
    by_file: dict[str, set[str]] = defaultdict(set)
    for test in found.seconds:
        by_file[test.partition("::")[0]].add(test)
    for path in data.measured_files():
        name = Path(path).relative_to(root).as_posix()
        found.lines[name] = {
            line: {test for told in contexts for test in by_file.get(told, {told}) if told}
            for line, contexts in data.contexts_by_lineno(path).items()
        }
    found.loaded = sorted(name for name in set(sys.modules) - before if _is_others(name))
    kept.write_bytes(pickle.dumps(vars(found)))
    return code


def _is_others(name: str) -> bool:
    """Whether a module is another project's, and can be loaded by its name."""
    module = sys.modules[name]
    return name.partition(".")[0] not in OURS and getattr(module, "__spec__", None) is not None


def ending(module: str, path: Path, source: str, tests: Sequence[str], seconds: int, scratch: Path) -> int:
    """How some tests end with one module's text replaced: pytest's exit code, or minus the signal that ended it.

    The first test that fails ends it.
    """
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))

    def work() -> int:
        sys.meta_path.insert(0, _Replaced(module, path, source))
        arguments = [*PLAIN, "-x", "--no-header", "--tb=no", f"--basetemp={scratch / 'tests'}", *files]
        return int(pytest.main(arguments, plugins=[Chosen(tests)]))

    return apart(work, seconds, scratch / "told")


def apart(work: Callable[[], int], seconds: int, told: Path) -> int:
    """What a function returns in a forked process without the project's modules, or minus the signal that ended it.

    SIGXCPU is that of a process that has had so many seconds of CPU, SIGALRM that of one that lasts ten times as long.
    told: the file for what it prints.
    """
    sys.stdout.flush()
    process = os.fork()
    if not process:
        code = 70
        try:
            code = _alone(work, seconds, told)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)  # what the tests started, and left
    return code


def _alone(work: Callable[[], int], seconds: int, told: Path) -> int:
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    printed = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(printed, stream)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # where something had taken their place
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    signal.alarm(10 * seconds)
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(told.parent / "bytecode")  # so that one compiles for all
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    sys.modules["__main__"] = ModuleType("__main__")  # worker processes of a test would load this program first
    _settle_hypothesis()
    return work()


def _settle_hypothesis() -> None:
    """The same examples for every mutant, and none kept for the next."""
    from hypothesis import settings

    settings.register_profile("mutants", database=None, derandomize=True, deadline=None)
    settings.load_profile("mutants")


class _Replaced(MetaPathFinder):
    """Finds one module with another text."""

    def __init__(self, module: str, path: Path, source: str) -> None:
        self.module = module
        self.path = path
        self.source = source

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """The module's place, with a loader that does not read it."""
        if fullname != self.module:
            return None
        within = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        loader = _Loader(fullname, str(self.path), self.source)
        return importlib.util.spec_from_file_location(
            fullname, self.path, loader=loader, submodule_search_locations=within
        )


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec", dont_inherit=True)
