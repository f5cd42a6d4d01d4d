"""Lines of plain text at a width: where they are broken, and that they can be joined again exactly."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convert.emit import EMITTERS, EmitOptions
from convert.emit.wrapping import columns, wrap
from convert.tree import fragment
from convert.verify import View, plain_text
from convert.verify.unwrapping import unwrapped
from tests.case import CASES, Case

WIDTHS = (20, 40, 76)
NEVER_FIRST = "，。、；：？！）】》」』”’…—％·"
NEVER_LAST = "（【《「『“‘￥"
WORDS = [
    *"桥海天书的船",
    *NEVER_FIRST,
    *NEVER_LAST,
    " ",
    "  ",
    "\n",
    "word",
    "don’t",
    "2,021.5%",
    "２０２１",
    "Ünïcode",
]
WORDS += [
    "- ",
    "12. ",
    "x\t",
    "\u3000",
    "e\u0301",
    "\u00a0",
    "👩‍👩‍👧",
    "👍🏽",
    "——",
    "……",
    "https://e.example/a,b?c=1&桥=2",
    "“引”",
]
texts = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)


def lines(text: str, width: int) -> list[str]:
    """The lines of a wrapped text as a reader sees them."""
    return [line.rstrip(" ") for line in wrap(text, width).split("\n")]


@pytest.mark.slow
@given(st.one_of(texts, st.text(max_size=80)), st.integers(10, 90))
@settings(max_examples=1500, deadline=None, derandomize=True)
def test_joined_lines_are_the_text_again(text: str, width: int) -> None:
    """Whatever is in it, at any width: spaces at ends of lines, markers, tabs, controls."""
    assert unwrapped(wrap(text, width)) == text


@pytest.mark.slow
@given(texts, st.integers(10, 60))
@settings(max_examples=800, deadline=None, derandomize=True)
def test_no_line_is_broken_where_a_mark_forbids_it(text: str, width: int) -> None:
    """What begins behind a break, and what ends before one, is allowed to."""
    written = wrap(text, width).split("\n")
    for before, after in itertools.pairwise(written):
        if before.endswith(" ") and after.strip(" "):
            assert after.lstrip(" ")[0] not in NEVER_FIRST
            assert not before.rstrip(" ").endswith(tuple(NEVER_LAST))


@given(st.lists(st.sampled_from(["桥", "，", "word", "2021", "x-y_z", "https://e.example/a/b?c=1"]), max_size=40))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_words_numbers_and_addresses_are_whole(words: list[str]) -> None:
    """Each stands in one line, however narrow that is."""
    text = " ".join(words)
    found = [word for line in lines(text, 10) for word in line.split()]
    assert found == text.split()


@given(st.text(alphabet="桥海天书的船", min_size=1, max_size=200), st.integers(10, 80))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_lines_of_han_are_full(text: str, width: int) -> None:
    """None is wider than asked for, and no character more would have found room in it."""
    *full, last = lines(text, width)
    assert {columns(line) for line in full} <= {width // 2 * 2}
    assert columns(last) <= width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("桥上的人，看着水里的船。", ["桥上的人，", "看着水里的", "船。"]),
        ("桥上有个人，看船", ["桥上有个", "人，看船"]),
        ("他说的是“桥”不是船", ["他说的是", "“桥”不是船"]),
        ("一二三四（五六）", ["一二三四", "（五六）"]),
        ("一二三四……五六", ["一二三四……", "五六"]),
        ("在2021年的桥上", ["在2021年的", "桥上"]),
        ("增长达12.5%的桥", ["增长达", "12.5%的桥"]),
        ("the bridge is old", ["the bridge", "is old"]),
        ("don’t break any’s", ["don’t", "break", "any’s"]),
        ("看https://e.example/a/b/c，好", ["看", "https://e.example/a/b/c，", "好"]),
        ("一二三四５６７８", ["一二三四", "５６７８"]),
        ("一二三四5\u00a0米高", ["一二三四", "5\u00a0米高"]),
        ("一二三四e\u0301五六", ["一二三四e\u0301", "五六"]),
        ("一二三四👩‍👩‍👧五六七", ["一二三四", "👩‍👩‍👧五六", "七"]),
        ("他问她：“船呢？”Finch答", ["他问她：", "“船呢？”", "Finch答"]),
        ("- 一二三四五六", ["- 一二三四", "  五六"]),
        ("12. 一二三四五", ["12. 一二三", "    四五"]),
        ("- - 一二三四五", ["- - 一二三", "    四五"]),
        ("甲乙丙丁戊\t己庚辛壬癸", ["甲乙丙丁戊\t己庚辛壬癸"]),
    ],
)
def test_where_a_line_is_broken(text: str, expected: list[str]) -> None:
    """At ten columns."""
    assert lines(text, 10) == expected
    assert unwrapped(wrap(text, 10)) == text


def test_a_broken_line_ends_with_a_space_and_no_other_does() -> None:
    """A space that words have between them stands beside the sign; a line's own gets the sign and an empty line."""
    assert wrap("the bridge is old", 10) == "the bridge  \nis old"
    assert wrap("一二三四五六", 10) == "一二三四五 \n六"
    assert wrap("桥\n船 \n海", 10) == "桥\n船  \n\n海"
    assert unwrapped("桥\n船  \n\n海") == "桥\n船 \n海"
    assert unwrapped("the bridge \nis old") == "the bridgeis old"


def test_lines_that_are_code_stay() -> None:
    """In an article, those of `pre`; what surrounds them is broken."""
    article = Case.read("plain-article").article()
    code = "桥" * 30
    article.body.append(fragment(f"<pre>{code}\n{code} \n</pre>")[0])
    written = EMITTERS["text"].write(article, EmitOptions(width=20)).decode()
    assert written.count(code) == 2
    assert unwrapped(written) == EMITTERS["text"].write(article, EmitOptions()).decode()


@pytest.mark.parametrize("topic", sorted(folder.name for folder in CASES.iterdir() if folder.is_dir()))
def test_every_case_can_be_joined_again_and_is_proved(topic: str) -> None:
    """At any width the joined text is the one of no width, and the check says the same of both."""
    article = Case.read(topic).article()
    plain = EMITTERS["text"].write(article, EmitOptions()).decode()
    for width in WIDTHS:
        wrapped = EMITTERS["text"].write(article, EmitOptions(width=width)).decode()
        assert unwrapped(wrapped) == plain
        assert plain_text(wrapped, View(article), wrapped=True) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("桥", "", id="a lost character"),
        pytest.param(" \n", "\n", id="a lost sign, so that a line is one of its own"),
        pytest.param(" \n", "", id="a lost break and sign"),
        pytest.param(" \n", "  \n", id="a space too many"),
    ],
)
def test_damage_to_a_wrapped_file_is_told(old: str, new: str) -> None:
    """Joined lines are held against the article like any others; that a break is elsewhere is no damage."""
    case = Case.read("plain-article")
    article = case.article()
    wrapped = EMITTERS["text"].write(article, EmitOptions(width=20)).decode()
    paragraph = next(one for one in wrapped.split("\n\n")[1:] if " \n" in one)
    old = paragraph[2] if old == "桥" else old
    damaged = wrapped.replace(paragraph, paragraph.replace(old, new, 1))
    assert damaged != wrapped
    found = plain_text(damaged, View(article), wrapped=True)
    if (old, new) == (" \n", ""):
        assert found == []
    else:
        assert found


@pytest.mark.parametrize(
    "mark",
    "，。、；：？！．､｡﹐﹑﹒﹔﹕﹖﹗,.;:?!）】》〉」』〕〗〙〛｝］｠﹂﹄︶︼︾”’»›)]}"
    "…⋯—―–‐～〜~·‧•／/々〻ー％‰%℃℉°′″　",
)
def test_no_line_begins_with_a_mark_that_ends_something(mark: str) -> None:
    """The last character that would fit goes to the next line with it, or the line is too wide (clreq, 6.1.1)."""
    assert not any(line.startswith(mark) for line in lines(f"一二三四五{mark}六七八", 10))
    assert lines(f"一二三四五{mark}六七八", 10)[0] in {"一二三四", f"一二三四五{mark}"}


@pytest.mark.parametrize("mark", "（【《〈「『〔〖〘〚｛［｟﹁﹃︵︻︽“‘«‹([{￥＄￡€$¥£№")
def test_no_line_ends_with_a_mark_that_begins_something(mark: str) -> None:
    """It goes to the next line with what follows it (clreq, 6.1.1)."""
    assert not any(line.endswith(mark) for line in lines(f"一二三四{mark}五六七八", 10))


@pytest.mark.parametrize("glue", "\u00a0\u202f\u2060\ufeff\u200d")
def test_no_line_is_broken_beside_what_holds_together(glue: str) -> None:
    """Spaces that do not break, and joiners (UAX #14)."""
    for text in (f"一二三四五{glue}六七八", f"一二三四{glue}五六七八"):
        assert not any(line.startswith(glue) or line.endswith(glue) for line in lines(text, 10))


@pytest.mark.parametrize(
    ("sign", "taken"),
    [
        ("a", 1),
        ("桥", 2),
        ("Ａ", 2),
        ("ｱ", 1),
        ("—", 1),
        ("\u0301", 0),
        ("\u20dd", 0),
        ("\u200b", 0),
        ("\x07", 0),
        ("é", 1),
    ],
)
def test_the_columns_of_a_character(sign: str, taken: int) -> None:
    """Two where it is wide, none where it stands on another one or shows nothing."""
    assert columns(sign) == taken
    assert columns(f"桥{sign}a") == 3 + taken
