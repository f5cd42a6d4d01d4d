"""Profiles: the shipped ones recognise their own, people's own are read and checked, errors say where and what."""

from __future__ import annotations

import re
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


HEAD = "name: x\nabout: x\n"


def errors_of(folder: Path, text: str) -> list[str]:
    """What is said of a profile, without the folder that it lies in."""
    (folder / "bad.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_profiles(["bad.yaml"], folder)
    return caught.value.message.replace(f"{folder}/", "").splitlines()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "recognize: {start: x}\n", "bad.yaml:3:1: recognize: unknown key; expected one of name, about, …"),
        (HEAD + "recognize: {start: x}\n", "…; did you mean 'recognise'?"),
        (
            HEAD + "pictures:\n  icon: [x]",
            "bad.yaml:4:3: pictures.icon: unknown key; expected one of captions, …'icons'?",
        ),
        ("about: x\nlang: en\n", "bad.yaml:1:1: name: there is no value; expected a value; see docs/profiles.md for …"),
        (HEAD + "headings: sideways\n", "bad.yaml:3:1: headings: found sideways; expected 'rank' or 'appearance'; …"),
        (
            HEAD + "recognise: {start: '['}\n",
            "bad.yaml:3:13: recognise.start: found '['; expected a regular expression (…",
        ),
        (HEAD + "trackers: x\n", "bad.yaml:3:1: trackers: found x; expected a list, …"),
        (HEAD + "name: y\n", "bad.yaml:1:1: name: the key 'name' of line 1 stands again in line 3; …"),
        ("name: [x\n", "bad.yaml:2:1: this is not YAML: …"),
        ("- x\n", "bad.yaml:1: the file is no mapping; …"),
        (
            HEAD + "extends: bad.yaml\n",
            "bad.yaml:3:1: extends: extends 'bad.yaml', which extends it; …circle; mend one",
        ),
        (HEAD + "chrome: 'nav['\n", "bad.yaml:3:1: chrome: found 'nav['; expected a selector of CSS (…); mend it"),
        (
            HEAD + "pictures: {captions: '.a,'}\n",
            "bad.yaml:3:12: pictures.captions: found '.a,'; expected a selector …",
        ),
        (
            HEAD + "envelope: {head: [{name: t, pattern: '(?P<titel>.)'}]}\n",
            "bad.yaml:3:29: envelope.head[0].pattern: the group 'titel' is read by nobody; "
            "expected one of title, address; did you mean 'title'?",
        ),
        (
            HEAD + "names: {via: 'from .*'}\n",
            "…names.via: found 'from .*'; expected a pattern with the group 'value'; …",
        ),
        (HEAD + "lang: english\n", "bad.yaml:3:1: lang: found english; expected a tag of BCP 47, as en or zh-Hans; …"),
        (
            HEAD + "boilerplate: [{name: x, pattern: x, policy: field, field: tag}]",
            "bad.yaml:3:52: boilerplate[0].field: found 'tag'; expected one of title, …",
        ),
        (
            "name: epoch\nabout: x\n",
            "bad.yaml:1:1: name: 'epoch' comes with Mirrorpress; expected a name of its own; "
            "give it another one; `extends: epoch` starts from it",
        ),
    ],
)
def test_a_wrong_profile_is_named_with_the_fault(tmp_path: Path, text: str, said: str) -> None:
    """The message has the profile's own line, the key, what was found there, and what to do."""
    (told,) = errors_of(tmp_path, text)
    assert re.match(".*".join(map(re.escape, said.split("…"))), told)


def test_everything_that_is_wrong_with_a_profile_is_said(tmp_path: Path) -> None:
    """Each thing in the file that says it, be it the one that is extended."""
    (tmp_path / "below.yaml").write_text(HEAD + "chrome: 'nav['\n", encoding="utf-8")
    told = errors_of(tmp_path, "name: y\nextends: below.yaml\nlang: english\nbase: 3\n")
    assert sorted(one.partition("; ")[0] for one in told) == [
        "bad.yaml:3:1: lang: found english",
        "bad.yaml:4:1: base: found 3",
        "below.yaml:3:1: chrome: found 'nav['",
    ]


def test_a_pattern_may_refer_to_a_group_of_its_own(tmp_path: Path) -> None:
    """Nobody reads such a group, but the pattern does."""
    text = HEAD + "boilerplate: [{name: x, pattern: '(?P<mark>[*#])x(?P=mark)'}]\n"
    (tmp_path / "good.yaml").write_text(text, encoding="utf-8")
    assert load_profiles(["good.yaml"], tmp_path)[0].name == "x"


def test_two_profiles_of_one_name_are_refused(tmp_path: Path) -> None:
    """One of them would stand for nothing; the same file twice is no harm."""
    for name, about in (("a", "one"), ("b", "two")):
        (tmp_path / f"{name}.yaml").write_text(f"name: pond\nabout: {about}\n", encoding="utf-8")
    assert load_profiles(["a.yaml", "a.yaml", "auto"], tmp_path)[0].name == "pond"
    with pytest.raises(ConfigError, match=r"two profiles are called 'pond', one of them in b\.yaml"):
        load_profiles(["a.yaml", "b.yaml"], tmp_path)


def test_an_unknown_name_gets_a_suggestion() -> None:
    """A slip of the pen is met with the name that was meant."""
    with pytest.raises(ConfigError, match="did you mean 'epoch'"):
        load_profiles(["epohc"])
    with pytest.raises(ConfigError, match="cannot be read"):
        load_profiles(["nowhere.yaml"])
