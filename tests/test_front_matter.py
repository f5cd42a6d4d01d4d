"""Layouts of front matter: presets for tools, and mappings of one's own; and verify, which looks for every value."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from convert.article import Article, Metadata
from convert.cli import main
from convert.config import build_outputs, load_config
from convert.emit import EMITTERS, EmitOptions
from convert.emit.front_matter import tag_names, write_front_matter
from convert.errors import ConfigError
from convert.front_matter import PRESETS, FrontMatter
from convert.verify import front_matter
from tests.case import Case

META = Metadata(
    title='{{ 甲 }} *乙* "丙"',
    date=datetime.date(2022, 6, 12),
    authors=["林禾", "Ann Lee"],
    publisher="清溪报",
    source="https://example.org/a_b--c",
    id="990002",
    lang="zh-Hans",
    channel="nsc993",
    tags=["桥", "Alder Creek", "2021", "TCP/IP"],
    description="@甲 说：$5。",
    image="https://example.org/a.jpg",
    words=12,
)


def article(meta: Metadata = META) -> Article:
    """An article with metadata of everything that a layout may change."""
    made = Case.read("tags").article()
    made.meta = meta
    return made


def laid_out(layout: FrontMatter) -> dict[str, Any]:
    """The front matter of the article in a layout, as YAML reads it; verify finds nothing wrong with it."""
    made = article()
    written = write_front_matter(made, layout)
    assert front_matter(written, made, layout=layout) == []
    found = yaml.safe_load(written.split("---\n")[1])
    assert isinstance(found, dict)
    return found


def test_hugos_own_names_stand_at_the_top_and_all_else_under_params() -> None:
    """`id` and `lang` are names that Hugo keeps for itself."""
    found = laid_out(PRESETS["hugo"])
    assert list(found) == ["title", "date", "authors", "params", "tags", "description", "images"]
    assert found["images"] == ["https://example.org/a.jpg"]
    assert found["params"]["id"] == "990002"
    assert found["params"]["words"] == 12


def test_a_post_of_jekylls_has_a_layout_and_no_id() -> None:
    """`page.id` is Jekyll's own."""
    found = laid_out(PRESETS["jekyll"])
    assert (found["layout"], found["article_id"]) == ("post", "990002")
    assert "id" not in found
    assert found["date"] == datetime.date(2022, 6, 12)


def test_obsidians_tags_are_names_and_the_articles_own_are_kept() -> None:
    """No spaces, no digits alone, no slash, which would put one below another; the title is an alias."""
    found = laid_out(PRESETS["obsidian"])
    assert found["tags"] == ["桥", "Alder-Creek", "_2021", "TCP-IP"]
    assert found["keywords"] == META.tags
    assert found["aliases"] == [META.title]


def test_tags_that_are_names_stay_as_they_are() -> None:
    """Then there are no keywords; two that differ only in case are one tag to Obsidian."""
    assert tag_names(["桥", "LED"]) == ["桥", "LED"]
    assert tag_names(["LED", "led", "！"]) == ["LED"]


def test_mkdocs_gets_its_authors_as_one_text() -> None:
    """Material's blog takes `authors` for names of its own file."""
    found = laid_out(PRESETS["mkdocs"])
    assert found["author"] == "林禾, Ann Lee"
    assert "authors" not in found


def test_pandoc_reads_texts_as_markdown() -> None:
    """So that they are escaped, and its names are those of its templates."""
    found = laid_out(PRESETS["pandoc"])
    assert found["title"] == '\\{\\{ 甲 }} \\*乙\\* \\"丙\\"'
    assert found["abstract"] == "\\@甲 说：\\$5。"
    assert found["source"] == "https://example.org/a_b\\--c"
    assert found["author"] == META.authors
    assert found["keywords"] == META.tags


OWN = """
emit:
  markdown:
    flavour: hugo
    front_matter:
      rename: {authors: author, source: params.links.source}
      drop: [words, image]
      add: {layout: page, permalink: "/{channel}/{id}/", year: "{date:%Y}", by: "{publisher}", draft: false}
      lists: {tags: string, publisher: list}
      dates: "%Y/%m/%d"
"""


def config_with(tmp_path: Path, text: str) -> Path:
    """A config file."""
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_mapping_changes_a_preset(tmp_path: Path) -> None:
    """Renamed, dropped, added by templates, lists as texts and texts as lists, dates in a form."""
    output = build_outputs(load_config(config_with(tmp_path, OWN)))[0]
    found = laid_out(output.options.layout)
    assert found["author"] == META.authors
    assert found["params"]["links"] == {"source": META.source}
    assert (found["permalink"], found["year"], found["by"]) == ("/nsc993/990002/", "2022", "清溪报")
    assert found["draft"] is False
    assert found["tags"] == "桥, Alder Creek, 2021, TCP/IP"
    assert found["params"]["publisher"] == ["清溪报"]
    assert found["date"] == "2022/06/12"
    assert not {"words", "image", "images", "source"} & found.keys()


def test_an_added_key_whose_field_has_no_value_is_left_out() -> None:
    """And one of the preset's goes that is added empty."""
    layout = PRESETS["jekyll"].changed(FrontMatter(add={"year": "{date:%Y}", "layout": ""}))
    written = write_front_matter(article(Metadata(title="甲")), layout)
    assert written == "---\ntitle: 甲\n---\n"


def test_the_flavour_brings_its_preset(tmp_path: Path) -> None:
    """Where nothing is said of front matter; `gfm` stands for Mirrorpress's own keys, `none` for none."""
    for said, preset in (("", "hugo"), ("front_matter: gfm", "gfm"), ("front_matter: none", "none")):
        text = f"emit:\n  markdown:\n    flavour: hugo\n    {said}\n"
        output = build_outputs(load_config(config_with(tmp_path, text)))[0]
        assert output.options.layout is PRESETS[preset]
    assert EmitOptions().layout is PRESETS["gfm"]


WRONG = (
    ("front_matter: hugoo", "found 'hugoo'; expected one of default, "),
    ("front_matter: {preset: hugoo}", "did you mean 'hugo'?"),
    ("front_matter: {rename: {author: x}}", "there is no key 'author'"),
    ("front_matter: {rename: {authors: title}}", "two keys are called 'title'"),
    ("front_matter: {rename: {authors: title.x}}", "'title' is a key and holds 'title.x'"),
    ("front_matter: {rename: {authors: ''}}", "no key can be called ''"),
    ("front_matter: {drop: [word]}", "did you mean 'words'?"),
    ("front_matter: {add: {x: '{titel}'}}", "there is no field {titel}"),
    ("front_matter: {lists: {tags: text}}", "'list' or 'string'"),
    ("front_matter: {dates: '%Q'}", "the date format '%Q'"),
    ("front_matter: {colour: red}", "unknown key"),
)


@pytest.mark.parametrize(("line", "told"), WRONG)
def test_what_is_wrong_with_a_layout_is_told_with_its_line(line: str, told: str, tmp_path: Path) -> None:
    """The message names the file, the line and the key."""
    with pytest.raises(ConfigError) as caught:
        load_config(config_with(tmp_path, f"emit:\n  markdown:\n    {line}\n"))
    assert told in caught.value.message
    assert f"{tmp_path / 'config.yaml'}:3:" in caught.value.message
    assert "emit.markdown.front_matter" in caught.value.message


SPOILED = (
    ("a value changed", "hugo", "990002", "990003"),
    ("a key gone", "hugo", "  words: 12\n", ""),
    ("a key in another place", "hugo", "  words: 12\n", "words: 12\n"),
    ("a key too many", "jekyll", "layout: post\n", "layout: post\nlayouts: post\n"),
    ("a key twice", "jekyll", "layout: post\n", "layout: post\nlayout: post\n"),
    ("the layout another", "jekyll", "layout: post", "layout: page"),
    ("a tag with a space", "obsidian", "Alder-Creek", "Alder Creek"),
    ("a tag gone", "obsidian", "Alder-Creek, ", ""),
    ("a keyword gone", "obsidian", "Alder Creek, ", ""),
    ("all keywords gone", "obsidian", 'keywords: [桥, Alder Creek, "2021", "TCP/IP"]\n', ""),
    ("an author gone", "mkdocs", "林禾, ", ""),
    ("an escape gone", "pandoc", "\\\\*乙\\\\*", "*乙*"),
    ("a mark too many", "pandoc", "说", "*说*"),
    ("no YAML", "hugo", "params:", "params: ["),
)


@pytest.mark.parametrize(("what", "name", "old", "new"), SPOILED)
def test_verify_finds_what_is_wrong_with_front_matter(what: str, name: str, old: str, new: str) -> None:
    """Whatever the layout, no value may be missing, changed, in another place or invented."""
    made = article()
    written = write_front_matter(made, PRESETS[name])
    assert old in written, what
    found = front_matter(written.replace(old, new), made, layout=PRESETS[name])
    assert [one.check for one in found][:1] == ["front matter"]


def test_articles_without_a_date_have_a_path_of_their_own(tmp_path: Path) -> None:
    """`undated` takes the place of `path` for them, and for no other."""
    text = "emit: {markdown: {path: '_posts/{date:%Y-%m-%d}-{slug}.md', undated: '_articles/{slug}.md'}}\n"
    template = build_outputs(load_config(config_with(tmp_path, text)))[0].template
    assert not template.from_path
    assert template.fill("a/b.md", Metadata(title="甲 乙")) == "_articles/甲-乙.md"
    assert template.fill("a/b.md", META).startswith("_posts/2022-06-12-")


def test_convert_takes_a_flavour(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With its front matter; an unknown one, or one of a format without flavours, is refused."""
    source = tmp_path / "a.md"
    source.write_text("# 甲\n\n价钱{{ x }}。\n", encoding="utf-8")
    assert main(["convert", str(source), "--flavour", "jekyll"]) == 0
    shown = capfd.readouterr().out
    assert "layout: post" in shown
    assert "价钱&#123;&#123; x }}。" in shown
    assert main(["convert", str(source), "--flavour", "jekil"]) == 2
    assert "did you mean 'jekyll'?" in capfd.readouterr().err
    assert main(["convert", str(source), "--to", "text", "--flavour", "hugo"]) == 2
    assert "text has no flavours" in capfd.readouterr().err


def test_json_holds_markdown_in_the_flavour_of_the_config() -> None:
    """Its front matter is its own."""
    told = EMITTERS["json"].write(article(), EmitOptions(flavour="obsidian")).decode()
    assert '"markdown"' in told
