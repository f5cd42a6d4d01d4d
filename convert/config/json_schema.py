"""JSON Schemas of config.yaml and of profiles, made from their models: for editors, which complete and check by them.

They say less than `mirrorpress check`: whether a module is there, a condition can be read, or two options agree is
nothing that a schema tells. The dialect is https://json-schema.org/draft/2020-12.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias, get_args, get_type_hints

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from convert.clean import RULES
from convert.config import batch, dataset, delivery, flavour, formats, front_matter, places, schema, section, width
from convert.config.extensions import added
from convert.emit.dataset import SUFFIXES
from convert.emit.escapes import INLINE as FLAVOURS
from convert.emit.pandoc import formats as pandoc_formats
from convert.enrich import STEPS
from convert.front_matter import KEYS
from convert.plugins import Kind
from convert.profiles import RESERVED, Profile
from convert.volumes import Collection

Subject: TypeAlias = Literal["config", "profile"]
"""What a schema can be had of."""

_NULL: JsonSchemaValue = {"type": "null"}
_TEXT: JsonSchemaValue = {"type": "string"}
_FALSE: JsonSchemaValue = {"const": False}

SHORT: dict[Callable[..., Any], list[JsonSchemaValue]] = {
    section.empty_section: [_NULL],
    places.just_a_path: [_TEXT, _NULL],
    places._words: [_TEXT, _NULL],
    delivery.on_or_off: [_FALSE, _NULL],
    delivery.just_a_folder: [_TEXT],
    batch._off: [_FALSE],
    front_matter.just_a_preset: [{"enum": list(front_matter.CHOICES)}],
}
"""The short forms that may stand in place of an option, by the validator that takes them."""

NARROWER: dict[Callable[..., Any], JsonSchemaValue] = {
    flavour._check_flavour: {"enum": list(FLAVOURS)},
    formats._check_template: {"description": "a template of paths, of fields as {folder} {stem} {id} {date:%Y/%m}"},
    formats._check_picture_path: {"description": "a template of paths, of the fields {folder} {stem} {name}"},
    dataset._check_path: {"pattern": f"({'|'.join(map(re.escape, SUFFIXES))})$"},
    front_matter._check_key: {"enum": list(KEYS)},
    front_matter._check_preset: {"enum": list(front_matter.CHOICES)},
    width._check_width: {"anyOf": [{"const": 0}, {"minimum": width.LEAST_WIDTH}]},
}
"""What validators ask for that their types do not say."""

SAID_OF: dict[type[BaseModel], type] = {schema.VolumeOptions: Collection}
"""Whose docstring explains a model's fields, if that is not its own."""

REFERENCE = r":|\.(py|recipe)$"
"""What names a function of one's own."""


class _Generator(GenerateJsonSchema):
    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        made = super().function_before_schema(schema)
        short = SHORT.get(schema["function"]["function"], [])
        rest = made["anyOf"] if set(made) == {"anyOf"} else [made]
        return {"anyOf": [*short, *(one for one in rest if one not in short)]} if short else made

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        return super().function_after_schema(schema) | NARROWER.get(schema["function"]["function"], {})


def json_schema(subject: Subject, packaged: bool = False) -> JsonSchemaValue:
    """The schema of a config file or of a profile.

    packaged: with the names that installed packages add; otherwise with Mirrorpress's own only.
    Raises ConfigError where the names of packages clash, MissingToolError without pandoc, whose formats it names.
    """
    model = schema.Config if subject == "config" else Profile
    made = model.model_json_schema(schema_generator=_Generator)
    definitions = made.pop("$defs")
    for one in (*_models_in(model), model):
        _explain(definitions.get(one.__name__, made), one)
    for one in (made, *definitions.values()):
        _explain_sections(one, definitions)
    if subject == "config":
        _name_what_there_is(made["properties"], definitions, packaged)
        title = "Mirrorpress: config.yaml"
    else:
        _need_less_of_what_extends(made, definitions)
        title = "Mirrorpress: a profile"
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return dialect | {key: _plain(one) for key, one in made.items() if key != "title"} | {"$defs": _plain(definitions)}


def as_text(subject: Subject, packaged: bool = False) -> str:
    """The same, written out."""
    return json.dumps(json_schema(subject, packaged), ensure_ascii=False, indent=2)


def _name_what_there_is(properties: JsonSchemaValue, definitions: JsonSchemaValue, packaged: bool) -> None:
    """Say which names lists of rules, steps and profiles may hold, and which formats there are."""

    def names(kind: Kind, own: Iterable[str], pattern: str) -> JsonSchemaValue:
        return {"anyOf": [{"enum": [*own, *(added(kind) if packaged else ())]}, {"type": "string", "pattern": pattern}]}

    properties["clean"]["items"] = names("rule", [schema.DEFAULT, *RULES], REFERENCE)
    properties["enrich"]["items"] = names("step", [schema.DEFAULT, *STEPS], REFERENCE)
    properties["clean"]["uniqueItems"] = properties["enrich"]["uniqueItems"] = True
    parse = definitions["ParseOptions"]["properties"]
    parse["profiles"]["items"] = names("profile", RESERVED, r"\.ya?ml$")
    _name_formats(definitions, added("format") if packaged else ())


def _name_formats(definitions: JsonSchemaValue, packaged: Iterable[str]) -> None:
    """Say which formats there are; those of pandoc have a path by themselves, those of one's own need one."""
    emit, own = definitions["EmitSection"], definitions["CustomOutput"]
    by_reference = emit["additionalProperties"]
    emit["patternProperties"] = {REFERENCE: by_reference}
    emit["additionalProperties"] = False
    emit["properties"] |= dict.fromkeys(packaged, by_reference)
    without = {key: one for key, one in own.items() if key != "required"}
    definitions["PandocOutput"] = without | {"description": "The output of pandoc"}
    by_pandoc = {"description": "By pandoc", "anyOf": [{"$ref": "#/$defs/PandocOutput"}, _NULL]}
    names = [name for name in pandoc_formats() if name not in emit["properties"]]
    emit["properties"] |= {name: {"title": name, **by_pandoc} for name in names}


def _need_less_of_what_extends(made: JsonSchemaValue, definitions: JsonSchemaValue) -> None:
    """A profile that extends another one takes from it what it leaves out, in its mappings too."""
    needs = {"required": made.pop("required")}
    recognise = {"recognise": {"required": definitions["Recognise"].pop("required")}}
    made |= {"if": {"required": ["extends"]}, "else": needs | {"properties": recognise}}


def _models_in(model: type[BaseModel]) -> dict[type[BaseModel], None]:
    """The models that a model is made of, at any depth."""
    found: dict[type[BaseModel], None] = {}
    annotations = [field.annotation for field in model.model_fields.values()]
    for one in _classes_in([*annotations, get_type_hints(model).get("__pydantic_extra__")]):
        if one is not model:
            found |= {one: None} | _models_in(one)
    return found


def _classes_in(annotations: Iterable[Any]) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    for one in annotations:
        if isinstance(one, type) and issubclass(one, BaseModel):
            found.append(one)
        found += _classes_in(get_args(one))
    return found


def _explain(made: JsonSchemaValue, model: type[BaseModel]) -> None:
    """Give a model and its options titles and descriptions, from its docstring."""
    texts: dict[str, str] = {}
    about = ""
    for one in reversed(SAID_OF.get(model, model).__mro__):  # a model's own text before that of what it builds on
        about, more = field_texts(vars(one).get("__doc__") or "", model.model_fields)
        texts |= more
    made.pop("title", None)
    made.pop("description", None)
    if about:
        made["description"] = about
    for name, option in made.get("properties", {}).items():
        option["title"] = name.replace("_", " ").capitalize()
        if name in texts:
            option["description"] = texts[name]


def _explain_sections(made: JsonSchemaValue, definitions: JsonSchemaValue) -> None:
    """An option that is a mapping of options, and has no text of its own, has that of the mapping."""
    for option in made.get("properties", {}).values():
        for one in [option, *option.get("anyOf", [])]:
            about = definitions.get(one.get("$ref", "").rpartition("/")[2], {}).get("description")
            if about:
                option.setdefault("description", about)


def field_texts(docstring: str, fields: Iterable[str]) -> tuple[str, dict[str, str]]:
    """What a docstring says at its beginning, and what it says of each field, as `name: text. one, other: text`."""
    text = " ".join(inspect.cleandoc(docstring).split())
    names = "|".join(fields)
    about, *rest = re.split(rf"(?:^|(?<=[.;] ))((?:{names})(?:, (?:{names}))*): ", text)
    said = {
        name: text.strip().rstrip(".;")
        for together, text in zip(rest[::2], rest[1::2], strict=True)
        for name in together.split(", ")
    }
    return about.strip().rstrip("."), said


def _plain(made: Any) -> Any:
    """A schema without formats that other languages read otherwise: paths, and Python's regular expressions."""
    if isinstance(made, Mapping):
        return {key: _plain(value) for key, value in made.items() if key != "format" or value not in ("path", "regex")}
    return [_plain(one) for one in made] if isinstance(made, list) else made
