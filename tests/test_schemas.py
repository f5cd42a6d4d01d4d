"""The JSON Schemas of config and profiles: current, complete, and what they accept is what the models accept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator

from convert.clean import RULES
from convert.config import load_config
from convert.config.formats import EmitSection
from convert.config.json_schema import Subject, as_text, json_schema
from convert.config.schema import Config
from convert.emit.pandoc import formats as pandoc_formats
from convert.enrich import STEPS
from convert.errors import ConfigError
from convert.profiles import SHIPPED, shipped_names
from tests.packages import command, install, pages
from tests.pages import PAGES, blocks
from tests.schemas import FOLDER

ROOT = Path(__file__).parent.parent


def errors(subject: Subject, text: str, schema: Any = None) -> list[str]:
    """What a schema says of a text in YAML: a line an error, with its place."""
    found = Draft202012Validator(schema or json_schema(subject)).iter_errors(yaml.safe_load(text) or {})
    return [f"{one.json_path}: {one.message}" for one in found]


@pytest.mark.parametrize("subject", get_args(Subject))
def test_the_schemas_in_the_checkout_are_current(subject: Subject) -> None:
    """`make schemas` writes them."""
    assert (FOLDER / f"{subject}.json").read_text(encoding="utf-8") == as_text(subject) + "\n", "run `make schemas`"
    Draft202012Validator.check_schema(json_schema(subject))


@pytest.mark.parametrize("subject", get_args(Subject))
def test_every_option_has_a_title_and_a_description(subject: Subject) -> None:
    """They come from the docstrings of the models: an option without one has no text there."""
    schema = json_schema(subject)
    for name, model in [("", schema), *schema["$defs"].items()]:
        for key, option in model.get("properties", {}).items():
            assert option.get("title"), f"{name}.{key}"
            assert option.get("description"), f"{name}.{key}"


def test_the_schema_names_what_there_is() -> None:
    """Rules, steps, profiles, formats and flavours, and the default of each option that has one."""
    schema = json_schema("config")
    properties, models = schema["properties"], schema["$defs"]
    assert properties["clean"]["items"]["anyOf"][0]["enum"] == ["default", *RULES]
    assert properties["enrich"]["items"]["anyOf"][0]["enum"] == ["default", *STEPS]
    profiles = models["ParseOptions"]["properties"]["profiles"]["items"]["anyOf"][0]["enum"]
    assert profiles == ["auto", *shipped_names()]
    assert "gfm" in models["MarkdownOutput"]["properties"]["flavour"]["enum"]
    assert set(models["EmitSection"]["properties"]) == {*EmitSection.model_fields, *pandoc_formats()}
    assert models["BatchOptions"]["properties"]["memory"]["default"] == 2048
    assert set(properties) == set(Config.model_fields)


def test_the_shipped_config_and_profiles_are_valid() -> None:
    """And the config names its schema, by a path that is there."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    assert errors("config", text) == []
    line = text.partition("\n")[0]
    assert (ROOT / line.removeprefix("# yaml-language-server: $schema=")).is_file()
    for path in SHIPPED.glob("*.yaml"):
        assert errors("profile", path.read_text(encoding="utf-8")) == [], path.name


@pytest.mark.slow
def test_configs_and_profiles_of_the_pages_are_valid() -> None:
    """All but the one that shows errors, and the one that names a rule of a package."""
    wrong, count = set(), 0
    for page in PAGES:
        for one in blocks(page):
            if one.kind != "yaml" or one.mark not in {"config", "file", "profile"}:
                continue
            data = yaml.safe_load(one.text)
            subject: Subject = "config" if set(data) <= {*Config.model_fields, "emit"} else "profile"
            if one.mark == "profile":
                subject, data = "profile", {"name": "example", "about": "an example", **data}
            count += 1
            if errors(subject, yaml.safe_dump(data)):
                wrong.add(f"{page.name}: {one.name or one.text}")
    assert count > 25
    assert wrong == {"config.md: wrong.yaml", "rules.md: package.yaml"}


@pytest.mark.parametrize(
    "text",
    [
        "input: mirror\noutput: s3://bucket/news\n",
        "input:\noutput:\nparse:\nfeed:\nbatch:\npictures:\n",
        "input: {git: ../mirror.git, update: git pull --ff-only}\n",
        "input: {update: [git, pull]}\n",
        "feed: false\nbatch: {verify: off}\n",
        "feed: {title: x}\nemit: {markdown: , text: {path: 'a/{id}.txt'}}\n",
        "deliver: [reader, {to: reader, flat: false}]\n",
        "emit: {'my_formats:write_json': {path: 'x/{stem}'}}\n",
        "emit: {docx: , odt: {path: 'x/{id}.odt'}, asciidoc: {script: s2t}, dataset: }\n",
        "emit: {markdown: {front_matter: hugo, undated: }, text: {width: 72}, dataset: {path: x.jsonl.gz}}\n",
        "emit: {markdown: {front_matter: {preset: none, rename: {source: params.source}, add: {n: 1, l: [x]}}}}\n",
        "emit: {html: {script: s2twp, spacing: pangu}, text: {width: 0}}\n",
        "input: s3://bucket/mirror\noutput: {address: s3://bucket/out, options: {anon: true}}\n",
        "clean: [my_rules:drop, gazette.recipe, default]\nparse: {profiles: [gazette.yaml, auto]}\n",
        "enrich: [default]\nparse: {profiles: [auto]}\n",
        "volumes: []\n",
        "volumes: [{title: x, file: x.epub, where: 'words > 5', within: , group_by: []}]\n",
        "pictures: {pause: 1, timeout: 5}\n",
    ],
)
def test_short_forms_are_valid(text: str) -> None:
    """Whatever the models take in place of a mapping or a list."""
    assert errors("config", text) == []
    if "gazette" not in text:  # the models ask for modules and files, which are not there
        assert Config.model_validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("inptu: x\n", "$"),
        ("emit: {markdown: {flavor: gfm}}\n", "$.emit.markdown"),
        ("emit: {markdown: {flavour: gmf}}\n", "$.emit.markdown"),
        ("emit: {markdwn: {path: x}}\n", "$.emit"),
        ("emit: {docx: {pth: x}}\n", "$.emit.docx"),
        ("emit: {epub: }\n", "$.emit"),
        ("emit: {markdown: {front_matter: hugh}}\n", "$.emit.markdown"),
        ("emit: {markdown: {front_matter: {drop: [titel]}}}\n", "$.emit.markdown"),
        ("emit: {markdown: {front_matter: {rename: {titel: x}}}}\n", "$.emit.markdown"),
        ("emit: {text: {width: 9}}\n", "$.emit.text"),
        ("emit: {html: {script: s2s}}\n", "$.emit.html"),
        ("emit: {dataset: {path: x.csv}}\n", "$.emit.dataset"),
        ("batch: {jobs: -1}\n", "$.batch"),
        ("batch: {engine: cluster}\n", "$.batch"),
        ("clean: [tidier]\n", "$.clean[0]"),
        ("clean: [tidy, tidy]\n", "$.clean"),
        ("parse: {profiles: [epic]}\n", "$.parse"),
        ("deliver: [{only: x}]\n", "$.deliver[0]"),
        ("feed: true\n", "$.feed"),
        ("volumes: [{pictures: none}]\n", "$.volumes[0].pictures"),
    ],
)
def test_what_the_models_refuse_the_schema_refuses(tmp_path: Path, text: str, place: str) -> None:
    """Keys, types, choices and names, at the place where the error is."""
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        load_config(tmp_path / "config.yaml")
    assert any(one.startswith(f"{place}: ") for one in errors("config", text)), errors("config", text)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("extends: epoch\nname: mine\n", True),
        ("extends: epoch\nrecognise: {found: [x]}\n", True),
        ("name: mine\n", False),
        ("name: mine\nabout: mine\nrecognise: {found: [x]}\n", False),
        ("name: mine\nabout: mine\nboilerplate: [{name: x}]\n", False),
        ("name: mine\nabout: mine\nheadings: size\n", False),
    ],
)
def test_a_profile_that_extends_another_may_leave_things_out(text: str, right: bool) -> None:
    """Names and what recognises it come from the other one; what lists hold does not."""
    assert (errors("profile", text) == []) is right


@pytest.mark.slow
def test_the_schema_is_printed_with_the_names_of_packages(tmp_path: Path) -> None:
    """For those who installed the wheel, and whose config names what packages add."""
    pages(tmp_path)
    points = {
        "mirrorpress.rules": {"pond": "ponds:rule"},
        "mirrorpress.steps": {"lake": "ponds:rule"},
        "mirrorpress.emitters": {"fish": "ponds:rule"},
        "mirrorpress.profiles": {"sea": "ponds:sea.yaml"},
    }
    install(tmp_path / "site", "pond-rules", points, {"ponds/__init__.py": "def rule(article, context): ...\n"})
    text = "clean: [default, pond]\nenrich: [lake]\nparse: {profiles: [sea]}\nemit: {fish: {path: x}}\n"
    assert len(errors("config", text)) == 4
    done = command(tmp_path, "check", "--schema", "config")
    assert done.returncode == 0, done.stderr
    assert errors("config", text, json.loads(done.stdout)) == []
    done = command(tmp_path, "check", "--schema", "profile")
    assert json.loads(done.stdout) == json_schema("profile")
