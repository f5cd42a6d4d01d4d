"""Edges of what the steps read: the numbers and characters that their rules name, one by one."""

from __future__ import annotations

import datetime

import pytest

from convert.enrich.calendar import calendar_day
from convert.enrich.words import count
from tests.test_steps import FULL, step


@pytest.mark.parametrize(
    ("written", "number"),
    [
        *zip("一二三四五六七八九", range(1, 10), strict=True),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("廿", 20),
        ("廿一", 21),
    ],
)
def test_a_day_in_numerals(written: str, number: int) -> None:
    """Every numeral by itself, and tens with and without ones."""
    assert calendar_day("二〇二二", "三", written) == datetime.date(2022, 3, number)


@pytest.mark.parametrize("zero", "〇零○Ｏ０O")
def test_a_year_with_any_zero(zero: str) -> None:
    """Whatever stands for a nought in a year is one."""
    assert calendar_day(f"二{zero}{zero}五", "1", "2") == datetime.date(2005, 1, 2)


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("22", "5", "1"), datetime.date(2022, 5, 1)),
        (("0", "5", "1"), datetime.date(2000, 5, 1)),
        (("99", "5", "1"), datetime.date(2099, 5, 1)),
        (("100", "5", "1"), datetime.date(100, 5, 1)),
        ((" 20 22", "1 2", "3 1"), datetime.date(2022, 12, 31)),
        (("2022", "三十一", "1"), None),
        (("2022", "1", "三十一"), datetime.date(2022, 1, 31)),
        (("2022", "1", "三二十一"), None),
        (("2022", "1", "十十"), None),
        (("2022", "1", "十一二"), None),
        (("2022", "13", "1"), None),
        (("2022", "2", "30"), None),
        (("", "5", "1"), None),
        (("2022", "", "1"), None),
        (("2022", "5", ""), None),
        (("2022", "5", "x"), None),
        (("2022", "5", "²"), None),
    ],
)
def test_what_is_no_day_is_none(parts: tuple[str, str, str], day: datetime.date | None) -> None:
    """A year of one or two digits is of this century; what the calendar does not have is nothing."""
    assert calendar_day(*parts) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("桥头", 2),
        ("old bridge", 2),
        ("old-bridge it's 3.5 1,000", 4),
        ("it’s old’", 2),
        ("a--b a. .b", 4),
        ("桥a头", 3),
        ("桥\u4dc0\u4dff", 1),
        ("\u3400\u9fff\uf900\ufaff", 4),
        ("\u33ff\ua000", 0),
        ("\U00020000桥\U0001f600", 2),
        ("Ünïted éclair", 2),
        ("×", 1),
        ("Ž’a", 1),
        ("one\ntwo\tthree", 3),
        ("x_y", 2),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    """Han characters one by one, Latin words and numbers with what joins them as one each."""
    assert count(text) == words


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<table><tbody><tr><td>one</td><td>two</td></tr></tbody></table>", 2),
        ("<ul><li>one</li><li>two</li></ul>", 2),
        (
            "<p>on<em>e</em></p><h2>on<em>e</em></h2><h3>on<em>e</em></h3><h4>on<em>e</em></h4><pre>on<code>e</code></pre>",
            5,
        ),
        ("<p>one</p><figure><img src='a.jpg' alt=''><figcaption>two</figcaption></figure>", 1),
        ("<blockquote><p>one</p><figure><img src='a.jpg' alt=''><figcaption>two</figcaption></figure></blockquote>", 1),
        ("<ul><li>one<figure><img src='a.jpg' alt=''><figcaption>two</figcaption></figure></li></ul>", 1),
    ],
)
def test_words_of_a_body(html: str, words: int) -> None:
    """Two cells are two words, a mark divides none, and captions do not count wherever they stand."""
    article = step("words", html)
    assert article.meta.words == words
    assert article.origin["words"] == "body"


def description(*paragraphs: str) -> str:
    """The description of some paragraphs."""
    return step("description", "".join(f"<p>{one}</p>" for one in paragraphs)).meta.description


@pytest.mark.parametrize(
    ("paragraphs", "told"),
    [
        (("桥" * 79, "船。"), "桥" * 79 + "船。"),
        (("桥" * 80, "船。"), "桥" * 80),
        (("桥" * 160,), "桥" * 160),
        (("桥" * 161,), "桥" * 159 + "…"),
        (("桥" * 39 + "。" + "船" * 200,), "桥" * 39 + "。"),
        (("桥" * 38 + "。" + "船" * 200,), "桥" * 38 + "。" + "船" * 120 + "…"),
        (("桥" * 100 + "。” " + "船" * 200,), "桥" * 100 + "。”"),
        (("桥" * 100 + "！船" + "？" + "渡" * 200,), "桥" * 100 + "！船？"),
        (("a" * 79 + " " + "b" * 200,), "a" * 79 + "…"),
        (("桥" * 150 + "bridges" + "船" * 50,), "桥" * 150 + "bridges船船…"),
        (("桥" * 155 + "bridges" + "船" * 50,), "桥" * 155 + "…"),
        (("a" * 50 + ". B" + "c" * 200,), "a" * 50 + "."),
        (("one", "two"), "one two"),
        (("one", "桥"), "one桥"),
        (("桥", "one"), "桥one"),
        (("  旧   桥 ", "x"), "旧 桥x"),
    ],
)
def test_a_description_ends_at_a_sentence_or_between_words(paragraphs: tuple[str, ...], told: str) -> None:
    """80 characters are enough, 160 the most; a sentence's end counts from a quarter of these on."""
    found = description(*paragraphs)
    assert found == told
    assert len(found) <= 160


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("桥" + "a" * 9, "zh"),
        ("桥" + "a" * 10, ""),
        ("桥" * 20 + "の", ""),
        ("桥" * 1999 + "の", ""),
        ("桥" * 2000 + "の", "zh"),
        ("", ""),
        ("㐀鿿", "zh"),
    ],
)
def test_a_language_is_guessed_from_a_tenth_of_han(text: str, lang: str) -> None:
    """One Han character in ten, none of kana, in the first two thousand characters with the title's."""
    article = step("language", f"<p>{text}</p>", profile="generic", title="")
    assert article.meta.lang == lang
    assert [(note.rule, note.kind, note.text, note.to) for note in article.notes] == (
        [("language", "guessed", text[:20], "lang")] if lang else []
    )
    assert article.origin.get("lang", "") == ("script" if lang else "")


DATED = "<p>桥。</p>"


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("", True),
        ("x" * 8, True),
        ("x" * 9, False),
    ],
)
def test_a_dateline_begins_near_the_start_of_a_block(before: str, found: bool) -> None:
    """The rest of a damaged line, eight characters long, may stand before it."""
    article = step("dateline", f"<p>{before}{FULL}桥。</p>")
    assert (article.meta.dateline == FULL) is found


@pytest.mark.parametrize("tag", "p h2 h3 h4".split())
@pytest.mark.parametrize(("blocks", "found"), [(0, True), (5, True), (6, False)])
def test_a_dateline_stands_in_one_of_six_blocks(tag: str, blocks: int, found: bool) -> None:
    """Pictures do not count; a quote's first paragraph does."""
    html = '<figure><img src="a.jpg" alt=""></figure>' + DATED * blocks
    assert bool(step("dateline", f"{html}<{tag}>{FULL}桥。</{tag}>").meta.dateline) is found
    assert bool(step("dateline", f"{html}<blockquote><p>{FULL}桥。</p></blockquote>").meta.dateline) is found


@pytest.mark.parametrize(
    ("html", "image", "caption"),
    [
        ("", "a.jpg", "桥"),
        ("<p>小题</p><p>另一题</p>", "a.jpg", "桥"),
        ("<p>小题</p><p>另一题</p><p>三题</p>", "", ""),
        (f"<p>{'题' * 40}</p>", "a.jpg", "桥"),
        (f"<p>{'题' * 41}</p>", "", ""),
        ("<p>【题】</p>", "", ""),
        ("<p>小题。</p>", "", ""),
        ("<h2>题</h2>", "", ""),
    ],
)
def test_the_lead_picture_stands_before_all_text_but_short_lines(html: str, image: str, caption: str) -> None:
    """Two lines of at most 40 characters, no sentences, may stand above it."""
    article = step("image", html + '<figure><img src="a.jpg" alt=""><figcaption>桥</figcaption></figure><p>文。</p>')
    assert (article.meta.image, article.meta.image_caption) == (image, caption)
    assert article.origin == ({"image": "lead picture", "image_caption": "caption"} if image else {})


@pytest.mark.parametrize(
    ("caption", "told", "credit"),
    [
        ("桥头。（罗砚）", "桥头。", "罗砚"),
        ("桥头。(罗砚) △", "桥头。", "罗砚"),
        ("桥头。（罗砚△）", "桥头。", "罗砚"),
        ("桥头。（罗砚（右））", "桥头。", "罗砚（右）"),
        ("桥头。（罗砚", "桥头。", "罗砚"),
        ("（罗砚）", "", "罗砚"),
        ("桥头（右）。", "桥头（右）。", ""),
        ("桥头。（ ）", "桥头。（ ）", ""),
        ("桥 头", "桥 头", ""),
    ],
)
def test_a_caption_is_text_and_credit(caption: str, told: str, credit: str) -> None:
    """The bracket that closes it is the credit; one that ends a sentence is none unless it reads like one."""
    article = step("image", f'<figure><img src="a.jpg" alt=""><figcaption>{caption}</figcaption></figure>')
    assert (article.meta.image_caption, article.meta.image_credit) == (told, credit)
    assert article.origin.get("image_credit", "") == ("caption" if credit else "")
