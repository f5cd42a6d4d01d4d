"""What rules do to texts, character by character: white space, odd characters, subheads, tables, presentation."""

from __future__ import annotations

import pytest

from convert.article import Article, Metadata, Source
from convert.clean import RULES
from convert.clean.characters import ODD, bare, settled
from convert.tree import fragment
from tests.test_rules import CONTEXT, PROFILE, apply


@pytest.mark.parametrize(
    ("before", "after", "space"),
    [
        # two letters: a word was parted, unless both sides are words
        ("old", "bridge", " "),
        ("a", "bridge", " "),
        ("I", "go", " "),
        ("S", "ticks", ""),
        ("combo", "s", ""),
        ("combo", "S", " "),
        ("combo", "a", " "),
        ("combo", "I", " "),
        ("the old", "s", ""),
        # beside Chinese never
        ("桥", "bridge", ""),
        ("bridge", "桥", ""),
        ("（", "a", ""),
        ("a", "，", ""),
        ("あ", "a", ""),
        ("ㄅ", "a", ""),
        ("Ａ", "a", ""),
        ("“", "a", ""),
        ("…", "a", ""),
        ("—", "a", ""),
        ("·", "a", ""),
        # letter and digit: in running English alone
        ("bridge", "3", ""),
        ("old bridge", "3", " "),
        ("bridge", "3 years", " "),
        ("3", "years", ""),
        ("3", "years ago", " "),
        ("in 3", "years", " "),
        ("3", "http://a", " "),
        ("3", "pic.a", " "),
        ("3", "3", ""),
        ("x 3", "3 x", ""),
        # behind marks
        *((mark, "a", " ") for mark in ",.;:!?)"),
        *((mark, "3", " ") for mark in ",;:!?)"),
        (".", "3", " "),
        ("3.", "3", ""),
        ("a.", "3", " "),
        ("a3.", "3", ""),
        ("-", "a", ""),
        ("]", "a", ""),
        ("x y]", "a", " "),
        ("x 5%", "a", " "),
        ("5%", "a", ""),
        ("(", "a", ""),
        # before marks
        ("a", "(", ""),
        ("the old", "(", " "),
        ("the old", "@", " "),
        ("the old", "#", " "),
        ("the old", ",", ""),
        ("in 3", "(", " "),
        ("3", "(", ""),
        ("-", "@", " "),
        ("-", "#", " "),
        ("-", "(", ""),
    ],
)
def test_what_stood_where_a_pretty_printer_broke_the_line(before: str, after: str, space: str) -> None:
    """At the edge of a mark, on both sides of whose tag it did: decided by the characters there."""
    assert healed(f"<p>{before}\n<em>\n{after}</em></p>") == f"{before}{space}{after}"
    assert healed(f"<p><em>{before}\n</em>\n{after}</p>") == f"{before}{space}{after}"
    assert healed(f"<p>{before}\n \n {after}</p>") == f"{before}{space}{after}"


PRINTED = b"<p>\n <em>\n a\n </em>\n <strong>\n b\n </strong>\n</p>"


def healed(html: str) -> str:
    """The text of a body whose source a pretty-printer has been over."""
    article = Article(Source("pages/ncid282/n1.md", PRINTED), PROFILE, fragment(html), Metadata(title="旧桥"))
    RULES["whitespace"](article, CONTEXT)
    return article.body.text


def test_what_stands_above_and_below_a_line_touches_it() -> None:
    """A pretty-printer's line end before it was none."""
    assert healed("<p>the old\n<sup>\n2</sup></p>") == "the old2"
    assert healed("<p>the old\n<sub>\n2</sub></p>") == "the old2"
    assert healed("<p>the old\n<em>\n2</em></p>") == "the old 2"


@pytest.mark.parametrize(("before", "after"), [("S", "ticks"), ("bridge", "3"), ("3", "3"), ("a", "("), ("-", "a")])
def test_any_other_line_end_is_a_space(before: str, after: str) -> None:
    """But beside Chinese."""
    assert healed(f"<p>{before}\n{after}</p>") == f"{before} {after}"
    assert healed(f"<p>{before}\n<em>{after}</em></p>") == f"{before} {after}"
    assert healed(f"<p>桥{before}桥\n{after}</p>") == f"桥{before}桥{after}"


@pytest.mark.parametrize(("length", "space"), [(17, " "), (18, " "), (19, "")])
def test_running_english_is_told_by_a_space_within_reach(length: int, space: str) -> None:
    """Among the twenty characters before the place, but for their edge."""
    word = "x" * length
    assert healed(f"<p>a {word}\n<em>\n3</em></p>") == f"a {word}{space}3"


@pytest.mark.parametrize(
    "character",
    [
        *"\x00\x01\x08\x0e\x1f\x7f\x84\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202e\u2060\u2064\u2066\u206f\ufeff\ufff9\ufffb"
    ],
)
def test_a_character_that_is_no_text_goes(character: str) -> None:
    """Controls, and marks of direction and of no width."""
    assert ODD.match(character)
    assert settled(f"桥{character}头") == "桥头"


@pytest.mark.parametrize(
    "space",
    "\x0b\x0c\r\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2028\u2029",
)
def test_an_odd_space_is_a_space(space: str) -> None:
    """Whatever its width; outside the body a separator of lines is one, too."""
    assert settled(f"桥{space}头") == "桥 头"
    assert bare(f"桥{space}头 ") == "桥头"


@pytest.mark.parametrize("character", "\t\n\u200c\u200d\u3000\u2027\u2065\ufff8\ufffc桥a")
def test_other_characters_stay(character: str) -> None:
    """Joiners are text, and so is the wide space."""
    assert settled(f"桥{character}头") == f"桥{character}头"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("&amp;nbsp;", " "),
        ("&amp;amp;nbsp;", " "),
        ("&amp;#38;lt;", "<"),
        ("&amp;#x26;lt;", "<"),
        ("&amp;#X26;lt;", "<"),
        ("&amp;#26725;", "桥"),
        ("&amp;#x6865;", "桥"),
        ("&amp;#26725头", "桥头"),
        ("&amp;#x6865头", "&#x6865头"),
        ("&amp;#8203;", ""),
        ("&amp;#10;", " "),
        ("&amp;#09;", " "),
        ("&amp;nosuch;", "&nosuch;"),
        ("a &amp; b", "a & b"),
        ("&amp;amp;", "&"),
        ("&am\u200bp;lt;", "<"),
    ],
)
def test_an_entity_that_was_escaped_twice_is_read(text: str, after: str) -> None:
    """By name or number, however often it was escaped; what is no entity stays."""
    assert apply("characters", f"<p>桥{text}头</p>").body.text == f"桥{after}头"


@pytest.mark.parametrize(
    ("text", "subhead"),
    [
        ("旧桥", True),
        ("桥", False),
        ("桥" * 45, True),
        ("桥" * 46, False),
        ("桥头有人。", False),
        ("一、桥头有人。”", True),
        ("十二、桥头有人。」", True),
        ("桥头有人。”", False),
        ("桥头有人；", False),
        ("桥头有人;", False),
        ("桥头有人，", False),
        ("桥头有人,", False),
        ("桥头有人、", False),
        ("桥头有人…", False),
        ("桥头有人»", False),
        ("桥头有人›", False),
        ("桥头有人>", False),
        ("林禾 12:30", False),
        ("林禾 12：30", False),
        ("12:30 林禾", True),
        ("视频：旧桥", False),
        ("相关新闻：旧桥", False),
        ("目 录：旧桥", False),
        ("旧桥：新说", True),
        ("他说：", False),
        ("请看下面：", False),
        ("他指出", True),
        ("（旧桥）", False),
        ("(旧桥)", False),
        ("（一）旧桥", True),
        ("(12)旧桥", True),
        ("【旧桥】", False),
        ("▼旧桥", False),
        ("●旧桥", False),
        ("■旧桥", False),
        ("https://a.example/", False),
        ("12-34", False),
        ("3米", True),
    ],
)
def test_a_bold_paragraph_is_a_subhead(text: str, subhead: bool) -> None:
    """Short, no sentence, no label, no cue; what is one leaves a note."""
    article = apply("subheads", f"<p><strong>{text.replace('>', '&gt;')}</strong></p>")
    assert article.body.children[0].tag == ("h2" if subhead else "p")  # type: ignore[attr-defined]  # an element
    assert [(note.rule, note.kind, note.text, note.to) for note in article.notes] == (
        [("subheads", "guessed", text, "heading")] if subhead else []
    )


@pytest.mark.parametrize(
    ("above", "level"),
    [("", 2), ("<h2>上</h2>", 3), ("<h3>上</h3>", 4), ("<h4>上</h4>", 4), ("<h2>上</h2><h3>中</h3>", 4)],
)
def test_a_subhead_stands_one_level_below_those_above_it(above: str, level: int) -> None:
    """At most at the fourth; headings below it do not count."""
    html = apply("subheads", f"{above}<p><strong>旧桥</strong></p><h4>下</h4>").body.inner_html
    assert html == f"{above}<h{level}>旧桥</h{level}><h4>下</h4>"


MEANT = {
    "strong": "strong b",
    "em": "em i cite dfn var",
    "s": "s strike del",
    "code": "code kbd samp tt",
    "sup": "sup",
    "sub": "sub",
}
LOOKS = "u font span big small ins mark nobr abbr time label bdo q x-y"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *((f"<{tag}>桥</{tag}>", f"<{meant}>桥</{meant}>") for meant, tags in MEANT.items() for tag in tags.split()),
        *((f"<{tag}>桥</{tag}>", "桥") for tag in LOOKS.split()),
        ("桥<!-- 船 -->头", "桥头"),
        ("桥<wbr>头", "桥头"),
        ("桥\n<wbr>\n头", "桥头"),
        ("桥 <wbr> 头", "桥  头"),
    ],
)
def test_a_tag_that_says_how_something_looks(before: str, after: str) -> None:
    """One that means something gets the name of that, every other one goes; comments and chances to break go."""
    assert apply("presentation", f"<p>{before}</p>").body.inner_html == f"<p>{after}</p>"


ROW = "<tr><td>甲</td><td>乙</td></tr>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"<table>{ROW}{ROW}</table>", f"<table><tbody>{ROW}{ROW}</tbody></table>"),
        ("<table><tr><td>甲</td></tr><tr><td>乙</td></tr></table>", "<div>甲</div><div>乙</div>"),
        (
            f"<table>{ROW}<tr><td>丙</td></tr></table>",
            f"<table><tbody>{ROW}<tr><td>丙</td><td></td></tr></tbody></table>",
        ),
        (f"<table>{ROW}<tr><td></td><td> </td></tr></table>", f"<table><tbody>{ROW}</tbody></table>"),
        (
            f"<table><tr><th>一</th></tr>{ROW}</table>",
            f"<table><thead><tr><th>一</th><th></th></tr></thead><tbody>{ROW}</tbody></table>",
        ),
        (
            "<table><tr><th>一</th><th>二</th></tr></table>",
            "<table><tbody><tr><th>一</th><th>二</th></tr></tbody></table>",
        ),
        (
            f"<table><tr><th>一</th><td>二</td></tr>{ROW}</table>",
            f"<table><tbody><tr><th>一</th><td>二</td></tr>{ROW}</tbody></table>",
        ),
        (
            f"<table><tr><th rowspan=2>一</th><th>二</th></tr><tr><td>乙</td></tr>{ROW}</table>",
            f'<table><tbody><tr><th rowspan="2">一</th><th>二</th></tr><tr><td>乙</td></tr>{ROW}</tbody></table>',
        ),
        (
            f"<table><tr><td colspan=' 02 '>一</td></tr>{ROW}</table>",
            f'<table><tbody><tr><td colspan="2">一</td></tr>{ROW}</tbody></table>',
        ),
        *(
            (
                f"<table><tr><td colspan='{span}'>一</td><td>二</td></tr>{ROW}</table>",
                f"<table><tbody><tr><td>一</td><td>二</td></tr>{ROW}</tbody></table>",
            )
            for span in ("0", "1", "x", "-2", "1001", "2.0", "²", "00002")
        ),
        (
            f"<table><tr><td colspan='1000'>一</td></tr>{ROW}</table>",
            f'<table><tbody><tr><td colspan="1000">一</td></tr>{ROW}</tbody></table>',
        ),
        (
            "<table><tr><td><p>一</p><p>二</p></td><td>三</td></tr></table>",
            "<div><p>一</p><p>二</p></div><div>三</div>",
        ),
        (
            f"<table><tr><td><p>一</p><p>二</p></td><td>三</td></tr>{ROW}</table>",
            f"<table><tbody><tr><td><p>一</p><p>二</p></td><td>三</td></tr>{ROW}</tbody></table>",
        ),
        (f"<table><caption>题</caption>{ROW}{ROW}</table>", f"<div>题</div><table><tbody>{ROW}{ROW}</tbody></table>"),
        (
            '<table><tr><td><img src="a.jpg"></td><td><img src="b.jpg"></td></tr>' + ROW + "</table>",
            '<div><img src="a.jpg"><figcaption>甲</figcaption></div>'
            '<div><img src="b.jpg"><figcaption>乙</figcaption></div>',
        ),
        (
            '<table><tr><td><img src="a.jpg"></td><td>丙</td></tr>' + ROW + "</table>",
            '<div><img src="a.jpg"></div><div>丙</div><div>甲</div><div>乙</div>',
        ),
        (
            f'<table><tr><td><img src="a.jpg"></td></tr><tr><td>{"注" * 300}</td></tr></table>',
            f'<div><img src="a.jpg"><figcaption>{"注" * 300}</figcaption></div>',
        ),
        (
            f'<table><tr><td><img src="a.jpg"></td></tr><tr><td>{"注" * 301}</td></tr></table>',
            f'<div><img src="a.jpg"></div><div>{"注" * 301}</div>',
        ),
    ],
)
def test_a_table_holds_data_or_the_page_together(before: str, after: str) -> None:
    """Data gets full rows, at most one head, and spans that make sense; a layout is taken apart."""
    assert apply("tables", before).body.inner_html == after
