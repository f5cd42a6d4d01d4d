"""The pages: their examples run, what they quote is so, and nothing that a user can name is missing from them.

An HTML comment before a block says what is done with it; CONTRIBUTING.md lists them.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
import yaml
from pydantic import BaseModel

from convert.article import Metadata, NoteKind
from convert.batch.report import report
from convert.catalogue import CATALOGUE, open_catalogue
from convert.catalogue.asking import KINDS
from convert.catalogue.schema import INDEX, MIGRATIONS
from convert.clean import RULES
from convert.cli.app import app
from convert.config.dataset import DatasetOptions
from convert.config.delivery import DeliverOptions
from convert.config.formats import HtmlOutput, JsonOutput
from convert.config.loading import load_config
from convert.config.schema import Config
from convert.emit import EMITTERS
from convert.enrich import STEPS
from convert.profiles import Profile, shipped_names
from convert.volumes import Collection
from convert.where import FIELDS, OPERATORS, parse_where
from tests.pages import BLOCK, PAGES, ROOT, Block, blocks, named, slug

LEFT_OUT = "…"
MARKS = {"run", "file", "config", "profile", "excerpt", "errors", "made"}


def shown(name: str) -> str:
    """The text of one page."""
    return (ROOT / name).read_text(encoding="utf-8")


PAGE = pytest.mark.parametrize("page", PAGES, ids=named)


def workshop(folder: Path) -> dict[str, str]:
    """Make a folder like a fresh checkout, with the commands that the pages use; returns the environment for them."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copy(ROOT / "config.yaml", folder)
    (folder / "bin").mkdir()
    for name, call in (("mirrorpress", f'"{sys.executable}" -m convert'), ("python", f'"{sys.executable}"')):
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {call} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    path = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}


@pytest.mark.long
@PAGE
def test_examples_run_and_quote_what_comes_out(page: Path, tmp_path: Path) -> None:
    """The blocks of a page, in their order, in one folder."""
    found = list(blocks(page))
    if not any(one.mark for one in found):
        return
    environment = workshop(tmp_path)
    if any(one.mark in {"excerpt", "made"} for one in found):
        run(Block("run", "", 0, "sh", "mirrorpress run --quiet --notes notes.jsonl"), tmp_path, environment)
    errors = ""
    for one in found:
        assert one.mark in MARKS | {""}, one
        if one.mark == "run":
            errors = run(one, tmp_path, environment)
        elif one.mark == "file":
            (tmp_path / one.name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / one.name).write_text(one.text, encoding="utf-8")
        elif one.mark == "errors":
            assert errors == one.text
        elif one.mark == "excerpt":
            assert_stands_in(one, (tmp_path / one.name).read_text(encoding="utf-8"))
        elif one.mark == "made":
            for line in one.text.splitlines():
                assert (tmp_path / line.split()[0]).is_file(), line
        elif one.mark == "config":
            assert_config(one.text, tmp_path)
        elif one.mark == "profile":
            Profile.model_validate({"name": "example", "about": "an example", **yaml.safe_load(one.text)})


def run(block: Block, folder: Path, environment: dict[str, str]) -> str:
    """Run a block; returns what it wrote to the standard error."""
    call = ["sh", "-e", "-c", block.text] if block.kind == "sh" else [sys.executable, "-c", block.text]
    done = subprocess.run(call, cwd=folder, env=environment, capture_output=True, timeout=600, check=False)
    errors = done.stderr.decode()
    assert done.returncode == block.code, f"{block.text}\n{errors}"
    return errors


def assert_stands_in(block: Block, text: str) -> None:
    """Every line of an excerpt stands in the file, in order; one after another, but where something is left out."""
    there = text.splitlines()
    at, near = 0, False
    for line in block.text.splitlines():
        if line == LEFT_OUT:
            near = False
            continue
        rest = there[at:]
        assert line in rest, f"{block.name} does not say, or not in this order: {line}"
        assert not near or rest[0] == line, f"{block.name} has more before: {line}"
        at, near = at + rest.index(line) + 1, block.kind != "json"


def assert_config(text: str, folder: Path) -> None:
    """A config that the pages show is right."""
    file = folder / "shown.yaml"
    file.write_text(text, encoding="utf-8")
    load_config(file)


@PAGE
def test_every_yaml_block_is_checked(page: Path) -> None:
    """A block of YAML says what it is, so that it is validated."""
    for one in blocks(page):
        if one.kind == "yaml":
            assert one.mark in {"config", "profile", "file", "excerpt"}, one.text


@PAGE
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Each relative link leads to a file, and each fragment to a heading in it."""
    for address in re.findall(r"\]\((?!https?:)([^)\s]+)\)", BLOCK.sub("", page.read_text(encoding="utf-8"))):
        name, _, fragment = address.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), address
        if fragment:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in {slug(one) for one in headings}, address


def test_every_verb_and_option_is_explained() -> None:
    """Each verb stands in the README, each of its options on some page."""
    everything = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    command: Any = typer.main.get_command(app)
    for name, verb in command.commands.items():
        assert re.search(rf"`(?:mirrorpress )?{name}\b", shown("README.md")), name
        for option in (one for parameter in verb.params for one in parameter.opts if one.startswith("--")):
            assert option == "--help" or option in everything, f"{name} {option}"


def rows(page: str, heading: str) -> list[str]:
    """The names in the first column of the table behind a heading."""
    section = shown(page).partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [
        name for row in re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    ]


def test_every_rule_and_step_is_listed_in_order() -> None:
    """The tables of rules and steps are those of the code."""
    assert rows("docs/rules.md", "The rules, in their order") == list(RULES)
    assert rows("docs/rules.md", "The steps, in their order") == list(STEPS)


def test_every_profile_and_format_is_listed() -> None:
    """What comes with the package is named."""
    for name in shipped_names():
        assert f"| `{name}` |" in shown("docs/profiles.md"), name
    for name in EMITTERS:
        assert f"`{name}`" in shown("docs/markdown.md"), name
        assert f"`emit.{name}.path`" in shown("docs/config.md"), name


def keys_of(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Every key that a model may have, dotted; lists as `name[]`."""
    for name, field in model.model_fields.items():
        inner = [one for one in models_in(field.annotation) if one is not model]
        many = "[]" if "tuple[" in str(field.annotation) else ""
        if inner:
            yield from keys_of(inner[0], f"{above}{name}{many}.")
        else:
            yield f"{above}{name}"


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def test_every_option_of_the_config_is_explained() -> None:
    """docs/config.md has a row for each option, and none for one that does not exist."""
    said = set(re.findall(r"^\| `([a-z_.\[\]]+)` \|", shown("docs/config.md"), re.MULTILINE))
    assert said == set(keys_of(Config))


def test_the_defaults_that_are_shown_are_the_defaults() -> None:
    """The default in each row is the one that holds without a config."""
    values: dict[str, Any] = Config().model_dump(mode="json")
    values["emit"]["html"] = HtmlOutput().model_dump(mode="json")
    values["emit"]["json"] = JsonOutput().model_dump(mode="json")
    values["emit"]["dataset"] = DatasetOptions().model_dump(mode="json")
    values["volumes[]"] = values["volumes"][0]
    values["deliver[]"] = DeliverOptions(to=Path("reader")).model_dump(mode="json")
    table = re.findall(r"^\| `([a-z_.\[\]]+)` \| `([^`]*)` \|", shown("docs/config.md"), re.MULTILINE)
    for key, default in table:
        value: Any = values
        for part in key.split("."):
            value = value[part]
        assert default == written(value), key
    # what has to be said has no default
    assert len(table) == len(set(keys_of(Config)) - {"deliver[].to"})


def written(value: object) -> str:
    """A value as the tables write it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def test_every_key_of_the_front_matter_is_explained() -> None:
    """The README and the page about Markdown name each, in order."""
    names = [field.name for field in fields(Metadata)]
    assert rows("README.md", "Front matter") == names
    assert rows_of_list(shown("docs/markdown.md"), names) == names


def rows_of_list(text: str, names: list[str]) -> list[str]:
    """Those of some names that a page quotes, in the order of their first mention."""
    return list(dict.fromkeys(one for one in re.findall(r"`([a-z_]+)`", text) if one in names))


def test_every_key_of_a_profile_is_explained() -> None:
    """docs/profiles.md names each key, those of its parts too."""
    text = shown("docs/profiles.md")
    for key in keys_of(Profile):
        for part in key.removesuffix("[]").replace("[]", "").split("."):
            assert f"`{part}`" in text, key


def test_every_field_of_a_template_is_explained() -> None:
    """Fields of output paths, and keys of volumes."""
    text = shown("docs/config.md")
    for name in ("folder", "stem", "id", "slug", "title", "channel", "publisher", "lang", "date"):
        assert f"| `{{{name}}}` |" in text, name
    for field in fields(Collection):
        assert f"`volumes[].{field.name}`" in text, field.name


def test_every_field_and_form_of_a_condition_is_explained() -> None:
    """docs/where.md names each field with its operators, and what it shows can be read."""
    text = shown("docs/where.md")
    kinds: dict[str, list[str]] = {}
    for row in re.findall(r"^\| (`.*`) \| .* \| (`.*`) \|$", text.partition("## Comparisons")[0], re.MULTILINE):
        names, operators = (re.findall(r"`([^`]+)`", cell) for cell in row)
        kinds |= dict.fromkeys(names, sorted(operators))
    assert kinds == {name: sorted(OPERATORS[kind]) for name, kind in FIELDS.items()}
    forms = rows("docs/where.md", "Comparisons")
    assert len(forms) > 10
    for form in forms:
        parse_where(form.replace("…", "甲"))


def test_every_kind_of_note_and_key_of_the_report_is_explained() -> None:
    """What programs read is written down."""
    for kind in get_args(NoteKind):
        assert f"**`{kind}`**" in shown("docs/notes.md"), kind
    with open_catalogue(Path("nowhere") / CATALOGUE, rehearsal=True) as catalogue:
        assert set(rows("docs/operate.md", "The report")) >= set(report(catalogue, {}, 0))


def test_every_table_and_column_of_the_catalogue_is_explained() -> None:
    """docs/catalogue.md has the tables of the current version, each with its columns in their order."""
    connection = sqlite3.connect(":memory:")
    for script in (*MIGRATIONS, INDEX):
        connection.executescript(script)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = {name: [row[1] for row in connection.execute(f"PRAGMA table_info ({name})")] for name in names}
    text = shown("docs/catalogue.md").partition("\n## The tables\n")[2]
    said = {}
    for section in text.split("\n### ")[1:]:
        heading, _, rest = section.partition("\n")
        said[heading.strip("`")] = re.findall(r"^\| `(\w+)` \|", rest, re.MULTILINE)
    assert said == {name: columns for name, columns in tables.items() if not name.startswith("search_")}
    assert f"that the file has gone through, {len(MIGRATIONS)}\n" in shown("docs/catalogue.md")


def test_everything_that_can_be_listed_is_explained() -> None:
    """docs/catalogue.md says of each kind whether articles can be chosen."""
    listed = re.findall(r"^\| `(\w+)` \| an? .* \| (yes|no)", shown("docs/catalogue.md"), re.MULTILINE)
    notes = re.findall(r"^\| `(notes)` \| the .* \| (yes)", shown("docs/catalogue.md"), re.MULTILINE)
    assert dict([*listed, *notes]) == {name: "yes" if kind.name else "no" for name, kind in KINDS.items()}


def test_every_make_target_is_explained() -> None:
    """CONTRIBUTING names what the Makefile offers."""
    for target in re.findall(r"^([a-z-]+):.*## ", shown("Makefile"), re.MULTILINE):
        assert target == "help" or f"| `make {target}" in shown("CONTRIBUTING.md"), target


def test_every_dependency_is_accounted_for() -> None:
    """docs/dependencies.md has a row for each package that pyproject.toml names."""
    project = tomllib.loads(shown("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    for requirement in wanted:
        name = re.split(r"[<>=\[ ;]", requirement)[0]
        assert f"| `{name}` |" in shown("docs/dependencies.md"), name


def test_the_layers_that_are_shown_are_those_that_are_kept() -> None:
    """docs/architecture.md lists the layers of tests/test_imports.py."""
    tree = ast.parse(shown("tests/test_imports.py"))
    layers = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LAYERS"
    )
    said = [
        tuple(re.findall(r"`(\w+)`", line))
        for line in re.findall(r"^\d+\. (`.*)$", shown("docs/architecture.md"), re.M)
    ]
    assert said == list(layers)
