"""Which language the command speaks: what `--lang` says, else what the config says (`batch.lang`), else the locale."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import pairwise
from typing import Annotated, Any, TypeAlias

import typer

from convert.cli.help import Group, Verb
from convert.config import Config
from convert.messages import LANGUAGES, Language, from_environment, speak, spoken

_asked: list[Language] = []
"""What `--lang` said, which nothing overrides."""


def begin(arguments: Sequence[str] = ()) -> None:
    """Speak the language of the locale, until something else is asked for.

    arguments: of the command. Help that stands before `--lang` in them is printed before that option is read.
    """
    _asked.clear()
    speak(from_environment(os.environ))
    for option, value in (*pairwise(arguments), *(one.split("=", 1) for one in arguments if "=" in one)):
        for language in LANGUAGES:
            if (option, value) == ("--lang", language):
                speak(language)


def _ask(language: Language | None) -> None:
    if language:
        _asked[:] = [language]
        speak(language)


def settle(config: Config) -> Config:
    """Speak the language of a config, unless another one was asked for; returns the config with what is spoken."""
    speak(_asked[0] if _asked else config.batch.lang or spoken())
    return config.model_copy(update={"batch": config.batch.model_copy(update={"lang": spoken()})})


Lang: TypeAlias = Annotated[
    Language | None,
    typer.Option(
        "--lang",
        callback=_ask,
        is_eager=True,
        help="The language of messages, report and preview; by default the config's, or else the locale's.",
    ),
]


def offer(app: typer.Typer) -> None:
    """Give the command and every verb `--lang`, and help in the language that is spoken."""
    app.info.cls = Group
    if app.registered_callback:
        app.registered_callback.callback = _with_option(app.registered_callback.callback)
    for verb in app.registered_commands:
        verb.cls = Verb
        verb.callback = _with_option(verb.callback)


def _with_option(verb: Callable[..., Any] | None) -> Callable[..., Any]:
    """A function that has the option `--lang` besides its own; by then it has been seen to."""
    assert verb

    @wraps(verb)
    def called(lang: Language | None = None, **arguments: Any) -> Any:
        return verb(**arguments)

    own = inspect.signature(verb, eval_str=True)
    option = inspect.Parameter("lang", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Lang)
    called.__signature__ = own.replace(parameters=[*own.parameters.values(), option])  # type: ignore[attr-defined] # how `inspect` is told
    return called
