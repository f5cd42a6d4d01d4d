"""Conditions on articles: what they mean, and what is said of one that cannot be read."""

from __future__ import annotations

import datetime
import pickle
from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convert.article import Metadata
from convert.errors import UsageError
from convert.where import FIELDS, Condition, facts_of, fields_of, matches, natural, parse_where
from convert.where.conditions import Compare, Days, Every, Has, Not, Some

ARTICLE = Metadata(
    title="石桥边的 Tea 铺 开张",
    date=datetime.date(2021, 7, 14),
    authors=["张甲", "Li Bing"],
    publisher="示例报",
    id="n99",
    lang="zh-Hans",
    channel="c10",
    tags=["石桥", "茶"],
    words=601,
)
FACTS = facts_of(ARTICLE, "pages/c10/n99.md", "sample")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("channel = c10", True),
        ("channel = c1", False),
        ("channel != c1", True),
        ("channel in (c1, c10)", True),
        ("channel not in (c1, c10)", False),
        ("publisher = 示例报", True),
        ("publisher=示例报", True),
        ("title ~ 石桥", True),
        ("title ~ 桥石", False),
        ("title ~ tea", True),
        ("title ~ 'Tea 铺'", True),
        ('title ~ "Tea 铺"', True),
        ("title ~ “Tea 铺”", True),
        ("title = 石桥", False),
        ("TITLE ~ 石桥 AND Words > 600", True),
        ("tags ~ 石桥", True),
        ("tags ~ 桥", False),
        ("tags = 茶", True),
        ("tags != 茶", False),
        ("tags in (水, 茶)", True),
        ("tags in （水，茶）", True),
        ("authors = 'li bing'", True),
        ("date = 2021-07-14", True),
        ("date = 2021-7-14", True),
        ("date = 2021-07", True),
        ("date = 2021-06", False),
        ("date = 2021", True),
        ("date = 2021-W28", True),
        ("date = 2021-W29", False),
        ("date != 2021-07", False),
        ("date >= 2021-07", True),
        ("date > 2021-07", False),
        ("date <= 2021-07", True),
        ("date < 2021-07", False),
        ("date < 2021-07-15", True),
        ("date > 2021-06", True),
        ("date >= 2021-07-15", False),
        ("date in (2020, 2021-07)", True),
        ("words >= 601", True),
        ("words < 601", False),
        ("words = 601", True),
        ("id < n100", True),
        ("id >= n9", True),
        ("path ~ pages/c10/", True),
        ("mirror = sample", True),
        ("tags", True),
        ("via", False),
        ("not via", True),
        ("via = x", False),
        ("via != x", True),
        ("via ~ ''", False),
        ("not channel = c10 or words = 601", True),
        ("not (channel = c10 or words = 601)", False),
        ("channel = x and words = 1 or tags = 茶", True),
        ("channel = x and (words = 1 or tags = 茶)", False),
        ("not not tags", True),
        (r'title ~ "a\"b"', False),
        ("channel = c10\n  and words > 1\n", True),
    ],
)
def test_what_a_condition_means(expression: str, expected: bool) -> None:
    """Over one article."""
    assert matches(parse_where(expression), FACTS) is expected


def test_quotation_marks_keep_signs_and_words_of_the_language() -> None:
    """A backslash in straight ones takes the next sign as it is."""
    facts = {"title": 'and (a "b" \\ c)'}
    for expression in (r'title = "and (a \"b\" \\ c)"', r"title = 'and (a " + '"b"' + r" \\ c)'"):
        assert matches(parse_where(expression), facts)
    assert parse_where('title = "and"') == Compare("title", "=", ("and",))


def test_letters_are_the_same_in_any_case_and_form() -> None:
    """Neither case nor the way an accent is stored counts."""
    assert matches(parse_where("title ~ CAFE\u0301"), {"title": "Café de la Gare"})


def test_every_metadata_key_is_a_field() -> None:
    """A new key of the metadata can be asked for at once."""
    assert list(FIELDS) == [*(field.name for field in fields(Metadata)), "path", "mirror"]


def test_facts_are_what_has_a_value() -> None:
    """Lists become tuples, and an article without a mirror has none."""
    assert facts_of(Metadata(title="t", tags=["a"]), "a.md", "") == {"title": "t", "tags": ("a",), "path": "a.md"}


@pytest.mark.parametrize(
    ("expression", "place", "words"),
    [
        ("", 1, "found the end; expected a field"),
        ("tilte = x", 1, "there is no field 'tilte'; expected one of title, …; did you mean 'title'?"),
        ("tag = x", 1, "did you mean 'tags'?"),
        ("石桥", 1, "there is no field '石桥'; …put the field first"),
        ("title ~", 8, "found the end; expected a value for title"),
        ("title 石桥", 7, "found '石桥'; expected one of =, !=, ~, <, <=, >, >=, in after title"),
        ("title ~ 石桥 茶", 12, "found '茶'; expected `and`, `or`, or the end; put quotation marks"),
        ("title ~ and", 9, "found 'and'; expected a value for title; put quotation marks"),
        ("title = = x", 9, "found '='; expected a value"),
        ('title = "x', 9, "a quotation mark without its partner"),
        ("title ! x", 7, "the sign '!'; …write !="),
        ("(title = x", 11, "found the end; expected `and`, `or` or `)`; close the parenthesis"),
        ("title = x)", 10, "found ')'"),
        ("title not ~ x", 11, "found '~'; expected `in` after title"),
        ("tags > x", 6, "tags knows no >; expected one of =, !=, ~, in; a list has no order"),
        ("date ~ 2021", 6, "date knows no ~"),
        ("date = yesterday", 8, "'yesterday' is no date; expected a day, month, year or week: 2021-07-14"),
        ("date = 2021-13", 8, "'2021-13' is no date"),
        ("date = 2021-02-29", 8, "'2021-02-29' is no date"),
        ("date = 2021-00", 8, "'2021-00' is no date"),
        ("date = 2021-W54", 8, "'2021-W54' is no date"),
        ("date = 0000", 8, "'0000' is no date"),
        ("words > many", 9, "'many' is no number; expected a whole number; write it as `words > 500`"),
        ("words > ５", 9, "'５' is no number"),
        ("channel in c1", 12, "found 'c1'; expected `(` after `in`"),
        ("channel in (c1 c2)", 16, "found 'c2'; expected `,` or `)`"),
        ("channel in ()", 13, "found ')'; expected a value for channel"),
        ("title = x and", 14, "found the end; expected a field"),
        ("(" * 60 + "title" + ")" * 60, 41, "at most 40 conditions within each other"),
        ("not " * 5000 + "title", 161, "at most 40 conditions within each other"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(expression: str, place: int, words: str) -> None:
    """The character, what stands there, what was expected, what to do; below, the expression and a caret."""
    with pytest.raises(UsageError) as caught:
        parse_where(expression, "--where")
    line, shown, caret = caught.value.message.split("\n")
    assert line.startswith(f"--where: character {place}: ")
    for piece in words.split("…"):
        assert piece in line
    assert all((caught.value.found, caught.value.expected, caught.value.todo))
    assert caret.strip() == "^"
    assert shown[2:].removeprefix("…") in expression


def test_the_caret_stands_below_the_character_where_chinese_ones_are_wide() -> None:
    """A Chinese character takes two columns of a terminal; a long expression is shown in part."""
    with pytest.raises(UsageError) as caught:
        parse_where("title ~ 石桥 茶")
    assert caught.value.message.endswith("\n  title ~ 石桥 茶\n               ^")
    with pytest.raises(UsageError) as caught:
        parse_where("title = x or " * 50 + "tilte = x" + " or title = x" * 50)
    _, shown, caret = caught.value.message.split("\n")
    assert shown[len(caret) - 1 :].startswith("tilte = x")
    assert len(shown) < 80


VALUES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=8)
DATES = st.dates(datetime.date(1990, 1, 1), datetime.date(2030, 1, 1))


def compared(operators: str, names: list[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Comparisons as they are written."""
    one = st.builds(
        lambda name, sign, value: f"{name} {sign} {value}",
        st.sampled_from(names), st.sampled_from(operators.split()), values,
    )  # fmt: skip
    many = st.builds(
        lambda name, sign, inside: f"{name} {sign} ({', '.join(inside)})",
        st.sampled_from(names), st.sampled_from(["in", "not in"]), st.lists(values, min_size=1, max_size=3),
    )  # fmt: skip
    return one | many


QUOTED = VALUES.map(lambda text: '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"')
LEAVES = st.one_of(
    compared("= != ~ < <= > >=", ["title", "channel", "path"], QUOTED | st.sampled_from(["石桥", "c10", "示例报"])),
    compared("= != ~", ["tags", "authors"], QUOTED | st.sampled_from(["茶", "张甲"])),
    compared("= != < <= > >=", ["date"], DATES.map(str) | DATES.map(lambda day: str(day)[:7])),
    compared("= != < <= > >=", ["words"], st.integers(0, 2000).map(str)),
    st.sampled_from(["via", "tags", "date"]),
)
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}) and ({two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}) or ({two[1]})"),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_and_or_and_not_are_those_of_logic(one: str, other: str) -> None:
    """Whatever the parts are; and reading is the same every time."""
    first, second = (matches(parse_where(text), FACTS) for text in (one, other))
    assert parse_where(one) == parse_where(one)
    assert matches(parse_where(f"not ({one})"), FACTS) is not first
    assert matches(parse_where(f"({one}) and ({other})"), FACTS) is (first and second)
    assert matches(parse_where(f"({one}) or ({other})"), FACTS) is (first or second)
    assert matches(parse_where(f"({one}) or not ({one})"), FACTS)


@settings(deadline=None)
@given(DATES, DATES)
def test_a_day_is_before_within_or_after_a_month(day: datetime.date, other: datetime.date) -> None:
    """Just one of the three, and `<=` and `>=` are the two that their signs say."""
    month = str(other)[:7]

    def holds(sign: str) -> bool:
        return matches(parse_where(f"date {sign} {month}"), {"date": day})

    assert [holds("<"), holds("="), holds(">")].count(True) == 1
    assert holds("<=") is (holds("<") or holds("="))
    assert holds(">=") is (holds(">") or holds("="))
    assert holds("=") is (str(day)[:7] == month)


@settings(deadline=None)
@given(st.text() | st.text(st.sampled_from("title date in and or not ()=!<>~,\"'“”石桥 2021-0")))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    """Whatever stands there, it is a condition or an error with a place in it."""
    try:
        condition = parse_where(text)
    except UsageError as error:
        told = error.where
    else:
        told = "character"
        assert isinstance(matches(condition, FACTS), bool)
        assert fields_of(condition) <= FIELDS.keys()
    assert "character" in told


def test_a_condition_is_a_frozen_tree_that_crosses_a_process_border() -> None:
    """It is read once, and workers get the same one."""
    condition = parse_where("not title ~ 石桥 and (date = 2021-07 or tags)")
    july = Days(datetime.date(2021, 7, 1), datetime.date(2021, 7, 31))
    expected: Condition = Every(
        (Not(Compare("title", "~", ("石桥",))), Some((Compare("date", "=", (july,)), Has("tags"))))
    )
    assert condition == expected
    assert pickle.loads(pickle.dumps(condition)) == condition
    assert fields_of(condition) == {"title", "date", "tags"}
    with pytest.raises(FrozenInstanceError):
        condition.parts = ()  # type: ignore[misc, union-attr]


def test_numbers_in_text_count_as_numbers() -> None:
    """n9 comes before n10."""
    assert sorted(["n10", "n9", "a2", "a"], key=natural) == ["a", "a2", "n9", "n10"]
