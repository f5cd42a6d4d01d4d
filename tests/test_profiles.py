"""Profiles: the shipped ones recognise their own, people's own are read and checked, errors say where and what."""

from __future__ import annotations

from pathlib import Path

import pytest

from convert.article import Context, Source
from convert.clean import RULES
from convert.enrich import STEPS
from convert.errors import ConfigError
from convert.parse import parse
from convert.profiles import load_profiles, shipped_names
from tests.case import Case

OWN = """
name: village
about: an invented mirror
recognise: {start: '# VILLAGE'}
envelope:
  head: [{name: title, pattern: '# VILLAGE (?P<title>[^\\n]*)'}]
lang: zh-Hans
"""


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("envelope-epoch", "epoch"),
        ("envelope-closing-line-2020", "epoch"),
        ("envelope-minghui", "minghui"),
        ("envelope-minghui-other-links", "minghui"),
        ("envelope-epoch-page-in-minghui", "minghui-epoch"),
        ("envelope-book-chapter", "books"),
        ("generic-html", "generic"),
        ("generic-text", "generic"),
    ],
)
def test_each_profile_recognises_its_own(topic: str, name: str) -> None:
    """A page is read by the profile of its family, and everything else by the generic one."""
    case = Case.read(topic)
    assert parse(case.source, case.context).profile.name == name


def test_the_generic_profile_is_last_and_there_once() -> None:
    """Whatever is asked for, in whatever order, the profile that takes all is tried last."""
    for names in (["auto"], ["generic", "epoch"], ["epoch", "auto"], []):
        loaded = [profile.name for profile in load_profiles(names)]
        assert loaded[-1] == "generic"
        assert len(loaded) == len(set(loaded))
    assert [profile.name for profile in load_profiles()] == shipped_names()


def test_a_profile_of_ones_own_is_data_only(tmp_path: Path) -> None:
    """A YAML file beside the config is enough for a new family."""
    (tmp_path / "village.yaml").write_text(OWN, encoding="utf-8")
    context = Context(load_profiles(["village.yaml"], tmp_path), RULES, STEPS)
    article = parse(Source("a.html", "# VILLAGE 磨坊\n<p>水轮转了。</p>".encode()), context)
    assert (article.profile.name, article.meta.title, article.body.text.strip()) == ("village", "磨坊", "水轮转了。")


def test_a_profile_extends_another_and_replaces_what_it_says(tmp_path: Path) -> None:
    """Mappings are merged key by key; a list takes the place of the list below it."""
    (tmp_path / "mine.yaml").write_text(
        "name: mine\nabout: mine\nextends: epoch\ntrackers: [count.example]\nchannels: {a: 甲}\n", encoding="utf-8"
    )
    mine, epoch = load_profiles(["mine.yaml", "epoch"], tmp_path)[:2]
    assert mine.trackers == ("count.example",)
    assert mine.names == epoch.names
    assert mine.channels == {**epoch.channels, "a": "甲"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nabout: x\ntrakcers: []\n", "trakcers"),
        ("name: x\nabout: x\nheadings: sideways\n", "sideways"),
        ("name: x\nabout: x\nrecognise: {start: '['}\n", "regular expression"),
        ("name: [x\n", "is not YAML"),
        ("- x\n", "found list"),
        ("name: x\nabout: x\nextends: bad.yaml\n", "circle"),
    ],
)
def test_a_wrong_profile_is_named_with_the_fault(tmp_path: Path, text: str, said: str) -> None:
    """The message holds the file, and the key, value or reason."""
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_profiles(["bad.yaml"], tmp_path)
    assert "bad.yaml" in caught.value.message
    assert said in caught.value.message


def test_an_unknown_name_gets_a_suggestion() -> None:
    """A slip of the pen is met with the name that was meant."""
    with pytest.raises(ConfigError, match="did you mean 'epoch'"):
        load_profiles(["epohc"])
    with pytest.raises(ConfigError, match="cannot be read"):
        load_profiles(["nowhere.yaml"])
