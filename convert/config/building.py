"""What the stages and the batch need, built from a Config: the Context, the outputs, the collections of volumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from convert.article import Context, Rule
from convert.clean import RULES
from convert.config.extensions import emitter_of, rule_of, step_of
from convert.config.schema import DEFAULT, Config
from convert.emit import EMITTERS, EmitOptions, Emitter
from convert.enrich import STEPS
from convert.names import PathTemplate
from convert.profiles import load_profiles

Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Output:
    """One format that is written: its name, the template of its paths, its writer and the writer's options."""

    name: str
    template: PathTemplate
    write: Emitter
    options: EmitOptions


def build_context(config: Config, channels: Mapping[str, str] | None = None) -> Context:
    """The Context that the stages read; `channels` are names by id, from the mirror's own index."""
    return Context(
        profiles=load_profiles(config.parse.profiles, config.base),
        rules=_rules(config),
        steps=_functions(config.enrich, STEPS, lambda name, rest: step_of(name, config.base)),
        channels=channels or {},
        max_bytes=config.parse.max_bytes,
    )


def build_outputs(config: Config) -> tuple[Output, ...]:
    """The formats that a run writes, in the order of the config's fields, people's own last."""
    outputs = []
    for name, section in config.emit.formats().items():
        options = section.model_dump()
        template = PathTemplate.parse(options.pop("path"))
        write = EMITTERS[name].write if name in EMITTERS else emitter_of(name, config.base)
        outputs.append(Output(name, template, write, EmitOptions(**options)))
    return tuple(outputs)


def _rules(config: Config) -> Mapping[str, Rule]:
    def own(name: str, rest: Sequence[str]) -> Rule:
        # a body that is taken apart and built anew behind it need not be whole, and is read better as the page has it
        return rule_of(name, config.base, settles=DEFAULT not in rest and not {"structure", "tidy"} <= set(rest))

    return _functions(config.clean, RULES, own)


def _functions(
    names: Sequence[str], known: Mapping[str, Function], own: Callable[[str, Sequence[str]], Function]
) -> Mapping[str, Function]:
    """Functions by name; `own` gives one of the config's own by its name and the names behind it."""
    if names == (DEFAULT,):
        # the very object: the stages put a profile's own list in its place
        return known
    chosen: dict[str, Function] = {}
    for place, name in enumerate(names):
        if name == DEFAULT:
            chosen.update(known)
        else:
            chosen[name] = known[name] if name in known else own(name, names[place + 1 :])
    return chosen
