"""People's own rules, steps and emitters: found by what config.yaml calls them.

`module:function`, `file.py:function`, a calibre recipe as `file.recipe`, or the name that an installed package gives.
What takes BeautifulSoup is imported where there is something of one's own: all others would wait for it.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial, wraps
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from convert.article import Article, Context, Rule, Step
from convert.clean import RULES
from convert.config.formats import formats_of_pandoc
from convert.difference import Picture, note_difference
from convert.emit import EMITTERS, Emitter
from convert.enrich import STEPS
from convert.errors import ConfigError, nearest
from convert.plugins import Kind, Plugin, plugins
from convert.profiles import RESERVED

if TYPE_CHECKING:
    from convert.clean.recipe import BasicNewsRecipe

SUFFIXES = (".py", ".recipe")

TAKEN: dict[Kind, tuple[str, ...]] = {
    "rule": (*RULES, "default"),
    "step": (*STEPS, "default"),
    "format": (*EMITTERS, "dataset", "epub"),
    "profile": RESERVED,
}
"""The names that no package may give to something of its own, besides those of pandoc's formats."""


_TELLING = ("removed", "moved", "changed")
"""The kinds of notes that say what went."""


@dataclass(frozen=True, slots=True)
class Extension:
    """Something of one's own: what the config calls it, what it is, the file with its code, and its package."""

    name: str
    value: Any
    file: Path | None
    plugin: Plugin | None = None

    @property
    def where(self) -> str:
        """Its place in a message."""
        return self.plugin.where if self.plugin else self.name


def is_reference(name: str) -> bool:
    """Whether a name is one of a module or file, and not one that a package gives."""
    return ":" in name or name.endswith(SUFFIXES)


def added(kind: Kind) -> dict[str, Plugin]:
    """What installed packages add of a kind.

    Raises ConfigError where a name clashes, MissingToolError without pandoc, whose formats have names, too: it is asked
    only where a package adds a format.
    """
    found = plugins(kind, TAKEN[kind])
    for name in formats_of_pandoc(found) if kind == "format" else ():
        what = f"the format {name!r} is also one of pandoc's"
        raise ConfigError(found[name].where, what, "a name that is free", found[name].rename)
    return found


def check_packages() -> None:
    """Raise ConfigError where a name that an installed package gives clashes with another one, of whatever kind."""
    for kind in TAKEN:
        added(kind)


def find(kind: Kind, name: str, base: Path) -> Extension:
    """Find what a config calls by a name that is none of Mirrorpress's own.

    base: the config's folder: files are relative to it, and modules are looked for there after the installed ones.
    Raises ConfigError where there is nothing of this name, it cannot be imported, or it is nothing that can be called.
    """
    if is_reference(name):
        found = _in_file(name, base) if name.partition(":")[0].endswith(SUFFIXES) else _in_module(name, base)
    else:
        known = added(kind)
        if name not in known:
            choices = [*TAKEN[kind], *known]
            expected = f"one of {', '.join(choices)}, or module:function"
            raise ConfigError(name, f"there is no {kind} {name!r}", expected, nearest(name, choices))
        found = packaged(known[name])
    if not callable(found.value):
        kind_of = type(found.value).__name__
        raise ConfigError(found.where, f"{name!r} names a {kind_of}", "a function", "name a function")
    return found


def packaged(plugin: Plugin) -> Extension:
    """What a package adds, imported. Raises ConfigError, which names the package, where that does not work."""
    from convert.config.calibre import standing_in

    with standing_in():
        return Extension(plugin.name, plugin.load(), plugin.code(), plugin)


def rule_of(name: str, base: Path, settles: bool) -> Rule:
    """A cleaning rule of one's own: a rule, a function of a soup, or a recipe, whose changes are told in notes.

    settles: whether one that works on a soup leaves canonical HTML, as it must where no rule behind it does.
    Raises ConfigError, as `find`, and for a recipe that says nothing of pages.
    """
    from convert.clean.recipe import HOOKS, SAID, BasicNewsRecipe, clean_page, cleans
    from convert.clean.soup import SoupRule

    found = find("rule", name, base)
    value = found.value
    if isinstance(value, SoupRule):
        return value.called(name, settles)
    if isinstance(value, type) and issubclass(value, BasicNewsRecipe):
        if not cleans(value):
            expected = f"one of {', '.join((*HOOKS, *SAID))}"
            raise ConfigError(
                found.where, f"the recipe {value.__name__} says nothing of pages", expected, "name another"
            )
        return SoupRule(partial(clean_page, value), name, True, settles)
    return SoupRule(value, name, True, settles) if _takes_a_soup(value) else _told(value, name)


def step_of(name: str, base: Path) -> Step:
    """An enriching step of one's own. Raises ConfigError, as `find`."""
    return _told(find("step", name, base).value, name)


def emitter_of(name: str, base: Path) -> Emitter:
    """An emitter of one's own, to be called by `convert.emit.calling.written`. Raises ConfigError, as `find`."""
    emitter: Emitter = find("format", name, base).value
    return emitter


def _takes_a_soup(function: Callable[..., Any]) -> bool:
    """Whether a function takes one argument: a rule takes an article and a context."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return sum(one.default is one.empty and one.kind <= one.POSITIONAL_OR_KEYWORD for one in parameters) == 1


def _told(function: Rule, name: str) -> Rule:
    """A rule or step; where it leaves no note of what it does to the body, its changes are noted under its name."""

    @wraps(function)
    def telling(article: Article, context: Context) -> None:
        before, notes = Picture.of(article.body), len(article.notes)
        function(article, context)
        if not any(note.kind in _TELLING for note in article.notes[notes:]):
            note_difference(article, name, before, Picture.of(article.body))

    return telling


def _in_module(reference: str, base: Path) -> Extension:
    from convert.config.calibre import standing_in

    module_name, _, name = reference.partition(":")
    if not all(part.isidentifier() for part in [*module_name.split("."), name]):
        raise ConfigError(reference, f"{reference!r} names no function", "module:function, as in my_rules:drop_promos")
    folder = str(base.resolve())
    if folder not in sys.path:
        # Last, so that a file beside the config never stands in for an installed module.
        sys.path.append(folder)
        importlib.invalidate_caches()
    try:
        with standing_in():
            module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        todo = f"put {module_name.split('.')[0]}.py beside the config file, or install it"
        if not f"{module_name}.".startswith(f"{error.name}."):  # it is there, and asks for another one that is not
            todo = f"{module_name} imports it: install it, or mend the import"
        raise _no_calibre(reference, error) or ConfigError(
            reference, f"there is no module {error.name!r}", "a module that Python finds", todo
        ) from None
    except Exception as error:
        raise _raised(reference, module_name, error) from None
    return Extension(reference, _named(reference, module, name), _file(module))


def _in_file(reference: str, base: Path) -> Extension:
    """What a `file.py:name` names, or the one recipe of a file that is named alone."""
    from convert.config.calibre import standing_in

    file, _, name = reference.partition(":")
    path = (base / Path(file).expanduser()).resolve()
    try:
        with standing_in():
            module = _run_file(path)
    except OSError as error:
        todo = "the path starts from the config file's folder"
        raise ConfigError(reference, f"{path} cannot be read ({error.strerror})", "a file", todo) from None
    except Exception as error:
        raise _no_calibre(reference, error) or _raised(reference, file, error) from None
    return Extension(reference, _named(reference, module, name) if name else _recipe_in(reference, module), path)


@cache
def _run_file(path: Path) -> ModuleType:
    """A file as a module. It is not imported: `.recipe` is no suffix of Python's, and nothing is written beside it."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), module.__dict__)
    return module


def _recipe_in(reference: str, module: ModuleType) -> type[BasicNewsRecipe]:
    from convert.clean.recipe import BasicNewsRecipe

    found = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, BasicNewsRecipe) and one.__module__ == module.__name__
    ]
    if len(found) != 1:
        names = ", ".join(one.__name__ for one in found)
        what = f"the file has the recipes {names}" if found else "there is no recipe in the file"
        expected = f"one of them, as in {reference}:{found[0].__name__}" if found else "a class of BasicNewsRecipe"
        raise ConfigError(reference, what, expected, "name it" if found else f"or a function, as in {reference}:name")
    return found[0]


def _named(reference: str, module: ModuleType, name: str) -> Any:
    value = getattr(module, name, None)
    if not callable(value):
        names = [known for known, one in vars(module).items() if callable(one) and not known.startswith("_")]
        raise ConfigError(
            reference,
            f"the module {reference.partition(':')[0]!r} has no function {name!r}",
            f"one of {', '.join(sorted(names))}" if names else "a function",
            nearest(name, names, f"the module was read from {module.__file__}"),
        )
    return value


def _raised(reference: str, module: str, error: Exception) -> ConfigError:
    what = f"importing {module!r} raised {type(error).__name__}: {error}"
    return ConfigError(reference, what, "", "mend the module")


def _no_calibre(reference: str, error: Exception) -> ConfigError | None:
    """The error for a part of calibre that nothing stands in for."""
    missing = (error.name or "") if isinstance(error, ImportError) else ""
    if missing.partition(".")[0] != "calibre":
        return None
    from convert.config.calibre import NAMES

    known = ", ".join(name for name, content in NAMES.items() if content)
    return ConfigError(
        reference, f"{error}", f"only what is stood in for: {known}", "take that import out of the recipe"
    )


def _file(module: ModuleType) -> Path | None:
    return Path(module.__file__) if module.__file__ else None
