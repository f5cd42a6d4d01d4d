"""What the stages and the batch need, built from a Config: the Context, the outputs, the collections of volumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from convert.article import Context, Rule
from convert.clean import RULES
from convert.config.extensions import emitter_of, rule_of, step_of
from convert.config.formats import MarkdownOutput, TypesetOutput, formats_of_pandoc
from convert.config.schema import DEFAULT, Config
from convert.emit import EMITTERS, EmitOptions, Emitter, Together, setting_all_first, setting_first
from convert.enrich import STEPS
from convert.names import PathTemplate
from convert.profiles import load_profiles

Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Output:
    """One format that is written: its name, the template of its paths, its writer and the writer's options.

    together: the writer of several articles at once, where there is one.
    """

    name: str
    template: PathTemplate
    write: Emitter
    options: EmitOptions
    together: Together | None = None

    @property
    def by_pandoc(self) -> bool:
        """Whether pandoc writes it: those formats alone are written for several articles at once."""
        return self.together is not None


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
        options = emit_options(section)
        write, together = _writers(name, config)
        together = together and setting_all_first(together, options)
        outputs.append(Output(name, _template(section), setting_first(write, options), options, together))
    return tuple(outputs)


def writer(config: Config, name: str, options: EmitOptions) -> Emitter:
    """The writer of one format, with the config's own emitters among them; it sets the text as the options say."""
    return setting_first(_writers(name, config)[0], options)


def _writers(name: str, config: Config) -> tuple[Emitter, Together | None]:
    if name in EMITTERS:
        return EMITTERS[name].write, None
    if formats_of_pandoc([name]):
        from convert.emit import pandoc  # seldom wanted, and so are the modules that calling a program takes

        return pandoc.emitters(name)
    return emitter_of(name, config.base), None


def _template(section: TypesetOutput) -> PathTemplate:
    template = PathTemplate.parse(section.path)
    if isinstance(section, MarkdownOutput) and section.undated:
        return replace(template, undated=PathTemplate.parse(section.undated))
    return template


def emit_options(section: TypesetOutput) -> EmitOptions:
    """What a writer is told of its format's section of the config."""
    options = section.model_dump(exclude={"path", "undated", "links", "pictures", "picture_path"})
    if isinstance(section, MarkdownOutput):
        options["front_matter"] = section.front_matter.layout(section.flavour)
    return EmitOptions(**options)


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
