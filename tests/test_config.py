"""config.yaml: the shipped file is the defaults, and whatever is wrong with a file is said with its line."""

from __future__ import annotations

import pickle
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from convert.clean import RULES
from convert.config import Config, JoinedConfigError, build_context, build_outputs, load_config
from convert.emit import EMITTERS
from convert.enrich import STEPS
from convert.errors import ConfigError
from convert.volumes import Collection, Window
from convert.where import parse_where

SHIPPED = Path(__file__).parent.parent / "config.yaml"


def write(folder: Path, text: str) -> Path:
    """A config file with this text."""
    path = folder / "config.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def error_of(folder: Path, text: str) -> str:
    """The message of the error that a config file with this text gives, without the folder's name."""
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text))
    assert caught.value.exit_code == 2
    return caught.value.message.replace(f"{folder}/", "")


def test_the_shipped_file_is_the_built_in_defaults() -> None:
    """Who deletes the file, or any line of it, gets what it said."""
    assert load_config(SHIPPED) == load_config(None, base=SHIPPED.parent)


def options(model: type[BaseModel]) -> Iterator[str]:
    """The names of all options of a model and the models in it."""
    for name, field in model.model_fields.items():
        yield name
        for inner in models_in(field.annotation):
            yield from options(inner)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a type names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def test_the_shipped_file_has_every_option() -> None:
    """An option that the file does not show is one that nobody finds."""
    text = SHIPPED.read_text(encoding="utf-8")
    names = set(options(Config))
    assert {"input", "max_bytes", "front_matter", "html", "group_by", "duplicates"} <= names
    assert [name for name in names if not re.search(rf"^[\s#-]*{name}:", text, re.M)] == []


def test_every_line_of_the_shipped_file_may_be_left_out(tmp_path: Path) -> None:
    """A file that holds one section only leaves the others at their defaults."""
    config = load_config(write(tmp_path, "batch: {jobs: 3}"))
    assert config.batch.jobs == 3
    assert config.emit == load_config(None).emit


def test_an_empty_file_and_an_empty_section_are_the_defaults(tmp_path: Path) -> None:
    """`parse:` with every line below it commented out says nothing."""
    assert load_config(write(tmp_path, "")) == load_config(None, base=tmp_path)
    assert load_config(write(tmp_path, "parse:\nbatch:\n")) == load_config(None, base=tmp_path)


def test_relative_paths_start_from_the_config_file(tmp_path: Path) -> None:
    """The command means the same from every working folder."""
    config = load_config(write(tmp_path, "input: mirror\noutput: /somewhere/out\n"))
    assert (config.input.path, config.output.path) == (tmp_path / "mirror", Path("/somewhere/out"))


def test_a_config_is_frozen_and_crosses_a_process_border(tmp_path: Path) -> None:
    """Worker processes get the same config, and nobody changes it on the way."""
    config = load_config(write(tmp_path, "clean: [default]"))
    copy = pickle.loads(pickle.dumps(config))
    assert (copy, copy.base) == (config, tmp_path)
    with pytest.raises(ValidationError, match="frozen"):
        config.clean = ("tidy",)


def test_a_format_that_is_left_out_is_not_written(tmp_path: Path) -> None:
    """`emit` names what is written; one without options has its defaults."""
    config = load_config(write(tmp_path, "emit: {html: }"))
    assert list(config.emit.formats()) == ["html"]
    assert [output.template.text for output in build_outputs(config)] == ["html/{folder}/{stem}.html"]
    assert load_config(write(tmp_path, "emit: {}")).emit.formats() == {}


def test_every_format_can_be_configured() -> None:
    """A new emitter needs its section here."""
    fields = type(load_config(None).emit).model_fields
    assert set(fields) - {"dataset"} == set(EMITTERS)  # which writes no article by itself


def test_options_reach_the_emitters(tmp_path: Path) -> None:
    """What the file says of a format is what its writer gets."""
    config = load_config(write(tmp_path, "emit: {markdown: {title: true, front_matter: none, path: 'x/{id}.md'}}"))
    (output,) = build_outputs(config)
    assert (output.name, output.template.text) == ("markdown", "x/{id}.md")
    assert (output.options.title, output.options.front_matter, output.options.flavour) == (True, "none", "gfm")


def test_a_collection_of_volumes_has_the_fields_of_the_planner(tmp_path: Path) -> None:
    """Every field of a collection can be set, and its defaults are the planner's."""
    (volume,) = load_config(write(tmp_path, "volumes: [{}]")).volumes
    assert volume.collection() == Collection()
    assert load_config(write(tmp_path, "volumes: []")).volumes == ()


def test_collections_say_which_articles_and_how(tmp_path: Path) -> None:
    """Conditions and windows are read once, into what the planner takes."""
    text = """
        volumes:
          - where: tags ~ 石桥 and date >= 2021-07
            within: 3 months
            group_by: [tag]
            title: "{tag}"
            file: "{tag}.epub"
            max_bytes: 0
            style: plain
            script: s2t
    """
    collection = load_config(write(tmp_path, text)).volumes[0].collection()
    assert collection.where == parse_where("tags ~ 石桥 and date >= 2021-07")
    assert collection.within == Window(3, "month")
    assert (collection.max_bytes, collection.style, collection.script) == (0, "plain", "s2t")


def test_the_second_collection_is_what_is_new() -> None:
    """A book with one name, whatever is in it."""
    latest = load_config(SHIPPED).volumes[1].collection()
    assert (latest.file, latest.within, latest.group_by) == ("epub/latest.epub", Window(7, "day"), ())


def test_default_stands_for_the_built_in_lists() -> None:
    """The very lists, so that a profile can put its own in their place."""
    context = build_context(load_config(None))
    assert context.rules is RULES
    assert context.steps is STEPS


def test_a_list_without_default_replaces(tmp_path: Path) -> None:
    """Only the rules named run, in the order named."""
    context = build_context(load_config(write(tmp_path, "clean: [tidy, chrome]\nenrich: []\n")))
    assert list(context.rules) == ["tidy", "chrome"]
    assert list(context.steps) == []


def test_rules_of_ones_own_are_found_beside_the_config(tmp_path: Path) -> None:
    """`module:function` joins the list where it is named."""
    (tmp_path / "own_rules_a.py").write_text("def drop_it(article, context):\n    pass\n", encoding="utf-8")
    context = build_context(load_config(write(tmp_path, "clean: [own_rules_a:drop_it, default]")))
    assert list(context.rules) == ["own_rules_a:drop_it", *RULES]
    assert context.rules["own_rules_a:drop_it"].__name__ == "drop_it"


def test_emitters_of_ones_own_have_a_path(tmp_path: Path) -> None:
    """`module:function` under `emit` is a format of its own."""
    (tmp_path / "own_formats_a.py").write_text("def write(article, options):\n    return b''\n", encoding="utf-8")
    config = load_config(write(tmp_path, "emit: {'own_formats_a:write': {path: 'json/{stem}.json'}}"))
    (output,) = build_outputs(config)
    assert (output.name, output.template.text) == ("own_formats_a:write", "json/{stem}.json")
    message = error_of(tmp_path, "emit: {'own_formats_a:write': {}}")
    assert message.startswith("config.yaml:1:8: emit.own_formats_a:write.path: there is no value")


def test_channel_names_come_from_the_mirror() -> None:
    """The context takes them as they are given."""
    assert build_context(load_config(None), {"c1": "Weather"}).channels == {"c1": "Weather"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("inptu: x", "config.yaml:1:1: inptu: unknown key; expected one of input, output, …; did you mean 'input'?"),
        (
            "emit: {docx: {pth: x}}",
            "config.yaml:1:15: emit.docx.pth: unknown key; expected one of path, script, spacing; did you mean 'path'?",
        ),
        (
            "parse:\n  max_byte: 3",
            "config.yaml:2:3: parse.max_byte: unknown key; expected one of profiles, max_bytes; did you mean",
        ),
        ("parse: {max_bytes: 0}", "config.yaml:1:9: parse.max_bytes: found 0; expected 1 or more"),
        ("parse: {max_bytes: 4 MB}", "config.yaml:1:9: parse.max_bytes: found 4 MB; expected a whole numbe"),
        ("batch: {jobs: '2'}", "config.yaml:1:9: batch.jobs: found '2'; expected a whole numbe"),
        ("batch: {jobs: true}", "config.yaml:1:9: batch.jobs: found true; expected a whole numbe"),
        ("batch: 3", "config.yaml:1:1: batch: found 3; expected a mapping of options"),
        (
            "batch: {duplicates: merg}",
            "config.yaml:1:9: batch.duplicates: found merg; expected 'merge' or 'keep'; did you mean 'merge'?",
        ),
        ("clean: default", "config.yaml:1:1: clean: found default; expected a list, as in [default]"),
        ("clean:", "config.yaml:1:1: clean: found nothing; expected a list, as in [default]"),
        (
            "clean:\n  - default\n  - tydi",
            "config.yaml:3:5: clean[1]: there is no rule 'tydi'; expected default, one of …; did you mean 'tidy'?",
        ),
        ("enrich: [wrods]", "config.yaml:1:10: enrich[0]: there is no step 'wrods'; …; did you mean 'words'?"),
        ("clean: [tidy, tidy]", "config.yaml:1:1: clean: the rule 'tidy' stands twice; expected each rule once"),
        ("clean: [default, tidy]", "clean: the rule 'tidy' stands twice (`default` holds it)"),
        ("clean: ['no_module_x:f']", "clean[0]: there is no module 'no_module_x'; … put no_module_x.py beside"),
        ("clean: ['json:lods']", "clean[0]: the module 'json' has no function 'lods'; …did you mean 'loads'?"),
        ("clean: ['a b:c']", "clean[0]: 'a b:c' names no function; expected module:function"),
        ("emit: {markdwn: {}}", "emit.markdwn: there is no format 'markdwn'; …; did you mean 'markdown'?"),
        ("emit: {markdown: {flavour: gmf}}", "emit.markdown.flavour: found gmf; …; did you mean 'gfm'?"),
        ("emit: {markdown: {title: 1}}", "emit.markdown.title: found 1; expected true or false"),
        ("emit: {text: {path: '{stm}'}}", "emit.text.path: there is no field {stm}; expected one of {folder} …{stem}?"),
        ("emit: {text: {path: '../x'}}", "emit.text.path: `..` leads out of the output folde"),
        ("emit: {text: {path: 3}}", "emit.text.path: found 3; expected text"),
        ("volumes: [{file: 'a.pub'}]", "config.yaml:1:12: volumes[0].file: …'a.pub'; expected ….epub"),
        ("volumes:\n- {max_articles: 0}", "config.yaml:2:4: volumes[0].max_articles: found 0; expected …1"),
        ("volumes: [{group_by: [moon]}]", "volumes[0].group_by…: …'moon'; expected …month"),
        (
            "volumes: [{where: 'tilte = x'}]",
            "config.yaml:1:12: volumes[0].where: character 1: there is no field 'tilte'; …; did you mean 'title'?\n"
            "  tilte = x\n  ^",
        ),
        (
            "volumes:\n- where: title ~ 石桥 茶",
            "config.yaml:2:3: volumes[0].where: character 12: found '茶'; expected `and`, `or`, or the end",
        ),
        ("volumes: [{where: 3}]", "volumes[0].where: found 3; expected text"),
        (
            "volumes: [{within: 7 dyas}]",
            "config.yaml:1:12: volumes[0].within: found '7 dyas'; expected …as in `7 days`",
        ),
        ("volumes: [{sections: [year, month, week, day]}]", "volumes[0].sections: found 4 levels; expected at most 3"),
        ("volumes: [{order_by: wrods}]", "volumes[0].order_by: found 'wrods'; …; did you mean 'words'?"),
        ("volumes: [{style: chinese}]", "volumes[0].style: found chinese; expected 'book' or 'plain'"),
        ("volumes: [{script: s2tv}]", "volumes[0].script: found s2tv; expected 'none', …; did you mean 's2t'?"),
        ("emit: {text: {spacing: pango}}", "emit.text.spacing: found pango; expected 'none' or 'pangu'"),
        ("emit: {text: {width: 5}}", "emit.text.width: found 5; expected 0, or at least 10 columns; 0 breaks no line"),
        ("parse: {profiles: [epcoh]}", "config.yaml:1:20: parse.profiles[0]: there is no profile 'epcoh'; …'epoch'?"),
        ("output: [a]", "config.yaml:1:1: output: found a list; expected a path"),
        ("output: a\noutput: b", "config.yaml:1:1: output: the key 'output' of line 1 stands again in line 2"),
        ("a: [", "config.yaml:2:1: this is not YAML: …; mend the line"),
        ("a: b: c", "config.yaml:1:5: this is not YAML: mapping values are not allowed"),
        ("- input", "config.yaml:1: the file is no mapping"),
        ("input: !!python/name:os.system", "this is not YAML: could not determine a constructo"),
        ("\x01", "config.yaml: this is not YAML: "),
    ],
)
def test_what_is_wrong_is_said_with_place_value_and_choices(tmp_path: Path, text: str, message: str) -> None:
    """File, line, column, key path, what was found, what was expected, and the nearest name."""
    pattern = ".*".join(map(re.escape, message.split("…")))
    assert re.search(pattern, error_of(tmp_path, text))


def test_all_problems_are_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """One reading of the messages mends the whole file."""
    message = error_of(tmp_path, "batch: {jobs: -1}\ninput: a\ninput: b\nemit: {pdf: {}}\nclean: [x]\nnew: 1\n")
    keys = [line.split(": ")[1] for line in message.splitlines()]
    assert keys == ["batch.jobs", "input", "emit.pdf", "clean[0]", "new"]


def test_what_is_wrong_with_a_profile_is_said_with_both_places(tmp_path: Path) -> None:
    """The config's line that names it, and its own line; everything at once; its list of rules, too."""
    (tmp_path / "own.yaml").write_text("name: own\nlang: english\n", encoding="utf-8")
    first, second = error_of(tmp_path, "parse: {profiles: [own.yaml]}").splitlines()
    said = "config.yaml:1:20: parse.profiles[0]: "
    assert first.startswith(f"{said}own.yaml:1:1: about: there is no value; expected a value; see")
    assert second.startswith(f"{said}own.yaml:2:1: lang: found english; expected a tag of BCP 47")
    (tmp_path / "own.yaml").write_text("name: own\nabout: x\nclean: [tydi]\n", encoding="utf-8")
    third = error_of(tmp_path, "parse: {profiles: [own.yaml]}")
    assert third.startswith(f"{said}own.yaml: there is no rule 'tydi'; expected one of chrome, ")
    assert third.endswith("did you mean 'tidy'?")


def test_several_errors_cross_a_process_border(tmp_path: Path) -> None:
    """The joined error comes back from a pickle with all its lines."""
    with pytest.raises(JoinedConfigError) as caught:
        load_config(write(tmp_path, "a: 1\nb: 2\n"))
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message


def test_a_module_that_does_not_import_is_named(tmp_path: Path) -> None:
    """The reason is the import's own."""
    (tmp_path / "own_broken_a.py").write_text("1 / 0\n", encoding="utf-8")
    assert "importing 'own_broken_a' raised ZeroDivisionError" in error_of(tmp_path, "clean: ['own_broken_a:f']")


def test_a_module_that_imports_what_is_not_there_is_not_missing_itself(tmp_path: Path) -> None:
    """The remedy speaks of the module that lacks, not of the one that lies beside the config."""
    (tmp_path / "own_needing.py").write_text("import nothere.at_all\n", encoding="utf-8")
    said = error_of(tmp_path, "clean: ['own_needing:f']")
    assert "there is no module 'nothere'; expected a module that Python finds; own_needing imports it: inst" in said
    said = error_of(tmp_path, "clean: ['own_lacking.sub:f']")
    assert "there is no module 'own_lacking'; expected a module that Python finds; put own_lacking.py beside" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "emit: {docx: {path: x.docx}}",
            "config.yaml:1:15: emit.docx.path: 'x.docx' gives every article one name; expected a path with a field, as "
            "{folder} and {stem}",
        ),
        ("volumes: [{file: a.epub, where: words > 3}, {file: a.epub}]", "volumes[0] and volumes[1] both make 'a.epub'"),
        ("volumes: [{}, {title: x}]", "volumes[0] and volumes[1] both make 'epub/"),
    ],
)
def test_what_would_write_many_things_into_one_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Articles, and volumes."""
    assert said in error_of(tmp_path, text)


def test_collections_of_different_articles_may_share_a_template(tmp_path: Path) -> None:
    """Its fields tell their volumes apart."""
    two = "{title: '{channel}', file: 'epub/{channel}.epub', group_by: [channel], where: channel = %s}"
    assert len(load_config(write(tmp_path, f"volumes: [{two % 'a'}, {two % 'b'}]")).volumes) == 2


def test_an_alias_that_holds_itself_ends(tmp_path: Path) -> None:
    """YAML allows a list in itself; the config refuses it like any wrong value."""
    assert "clean[0]" in error_of(tmp_path, "clean: &a [*a]")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A wrong path and a wrong encoding are config errors."""
    with pytest.raises(ConfigError, match=r"none\.yaml: cannot be read"):
        load_config(tmp_path / "none.yaml")
    (tmp_path / "config.yaml").write_bytes("input: 镜像".encode("gb18030"))
    with pytest.raises(ConfigError, match="byte 7 is not UTF-8; expected a file in UTF-8"):
        load_config(tmp_path / "config.yaml")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    """Editors on Windows put one there."""
    (tmp_path / "config.yaml").write_bytes(b"\xef\xbb\xbfinput: a\n")
    assert load_config(tmp_path / "config.yaml").input.path == tmp_path / "a"
