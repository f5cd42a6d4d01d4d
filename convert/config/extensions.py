"""People's own rules, steps and emitters, named in config.yaml as `module:function`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from convert.errors import ConfigError, nearest


def resolve(reference: str, base: Path) -> Callable[..., Any]:
    """Find the function that a `module:function` names.

    base: a folder in which modules are looked for after the installed ones: that of the config file.
    Raises ConfigError where the module cannot be imported or has no such function.
    """
    module_name, _, name = reference.partition(":")
    if not all(part.isidentifier() for part in [*module_name.split("."), name]):
        raise ConfigError(reference, f"{reference!r} names no function", "module:function, as in my_rules:drop_promos")
    folder = str(base.resolve())
    if folder not in sys.path:
        # Last, so that a file beside the config never stands in for an installed module.
        sys.path.append(folder)
        importlib.invalidate_caches()
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        todo = f"put {module_name.split('.')[0]}.py beside the config file, or install it"
        raise ConfigError(reference, f"there is no module {error.name!r}", "a module that Python finds", todo) from None
    except Exception as error:
        raise ConfigError(
            reference, f"importing {module_name!r} raised {type(error).__name__}: {error}", "", "mend the module"
        ) from None
    function = getattr(module, name, None)
    if not callable(function):
        names = [known for known, value in vars(module).items() if callable(value) and not known.startswith("_")]
        raise ConfigError(
            reference,
            f"the module {module_name!r} has no function {name!r}",
            f"one of {', '.join(sorted(names))}" if names else "a function",
            nearest(name, names, f"the module was read from {module.__file__}"),
        )
    found: Callable[..., Any] = function
    return found
