"""Each enriching step by itself: what it reads, what it moves out of the body, and what it leaves alone."""

from __future__ import annotations

import datetime

import pytest

from convert.article import Article, Context, Metadata, Source, Step
from convert.clean import RULES
from convert.enrich import STEPS
from convert.enrich.calendar import calendar_day
from convert.errors import RuleError
from convert.pipeline import convert, convert_all
from convert.profiles import load_profiles
from convert.tree import fragment
from tests.case import Case

PROFILES = {profile.name: profile for profile in load_profiles()}
LONG = f"<p>{'桥头有人，桥尾有船。' * 6}</p>"
FULL = "【大纪元2022年05月18日讯】"


def step(
    name: str, html: str, *, path: str = "pages/ncid282/n1.md", title: str = "旧桥", profile: str = "epoch"
) -> Article:
    """An article after one step."""
    article = Article(Source(path, b""), PROFILES[profile], fragment(html), Metadata(title=title))
    context = Context((PROFILES[profile],), RULES, STEPS, channels={"ncid282": "社会万象", "nsc1": "随笔"})
    STEPS[name](article, context)
    return article


# step, HTML before, field, value, HTML after
READS = [
    (
        "image",
        '<figure><img src="a.jpg" alt=""><figcaption>桥。（罗砚）</figcaption></figure>',
        "image_credit",
        "罗砚",
        None,
    ),
    (
        "image",
        '<figure><img src="a.jpg" alt=""><figcaption>桥。( LUO YAN/RIVER via Example))</figcaption></figure>',
        "image_credit",
        "LUO YAN/RIVER via Example",
        None,
    ),
    ("image", LONG + '<figure><img src="a.jpg" alt=""></figure>', "image", "", None),
    (
        "tags",
        '<p><a href="https://www.epochtimes.com/gb/tag/a.html">桥</a><a href="https://www.epochtimes.com/gb/tag/a.html">桥</a></p>',
        "tags",
        ["桥"],
        None,
    ),
    ("tags", '<p><a href="https://www.example.org/">桥</a></p>', "tags", [], None),
    ("dateline", f"<p>{FULL}桥。</p>", "date", datetime.date(2022, 5, 18), "<p>桥。</p>"),
    (
        "dateline",
        "<p>【新唐人北京时间2022年05月18日讯】桥。</p>",
        "dateline",
        "",
        "<p>【新唐人北京时间2022年05月18日讯】桥。</p>",
    ),
    ("byline", "<p>（大纪元记者林禾、罗砚报导）桥。</p>", "authors", ["林禾", "罗砚"], "<p>桥。</p>"),
    ("byline", "<p>（桥又名虹）桥。</p>", "authors", [], "<p>（桥又名虹）桥。</p>"),
    ("credits", "<p>桥。</p><p>责任编辑：林妍#</p>", "editors", ["林妍"], "<p>桥。</p>"),
    (
        "credits",
        "<p>桥。</p><p>责任编辑说桥要修三年又三个月零三天</p>",
        "editors",
        [],
        "<p>桥。</p><p>责任编辑说桥要修三年又三个月零三天</p>",
    ),
    ("date", "<p>桥。</p>", "date", None, None),
    ("via", "<p>桥。──转自《清溪周报》</p>", "via", "清溪周报", "<p>桥。</p>"),
    ("via", "<h2>桥──转自《清溪周报》</h2>", "via", "", None),
    ("description", "<p>桥。</p><p>水。</p>", "description", "桥。水。", None),
    (
        "description",
        "<p>One line here<br>and <em>the<br></em>next</p>",
        "description",
        "One line here and the next",
        None,
    ),
    ("description", "<p>桥。<br>水“一”<br>“二”<br>三</p>", "description", "桥。水“一”“二”三", None),
    ("description", "<p>Them.</p><p>“So.”</p><p>Été…</p><p>Then</p>", "description", "Them. “So.” Été… Then", None),
    ("description", "<h2>题</h2>", "description", "", None),
    ("language", "<p>桥。</p>", "lang", "zh-Hans", None),
    (
        "words",
        '<p>桥 two 3.5 words</p><figure><img src="a.jpg" alt=""><figcaption>不算</figcaption></figure>',
        "words",
        4,
        None,
    ),
    ("words", "<p>one line here<br>and <em>the</em>re</p>", "words", 5, None),
    ("words", "<p>。，</p>", "words", 0, None),
]


@pytest.mark.parametrize(("name", "html", "field", "value", "after"), READS)
def test_a_step_reads_its_field(name: str, html: str, field: str, value: object, after: str | None) -> None:
    """The field has this value, and the body is as before but for what was understood and moved."""
    article = step(name, html)
    assert getattr(article.meta, field) == value
    assert article.body.inner_html == (html if after is None else after)
    if value:
        assert article.origin[field]


def test_the_author_in_a_title_counts_in_columns_only() -> None:
    """In a channel of columns the title names its author; in news it names the one who speaks."""
    column = step("title_author", "<p>谢远说桥。</p>", path="pages/nsc1035/n1.md", title="【征文】谢远：旧桥")
    news = step("title_author", "<p>谢远说桥。</p>", path="pages/ncid282/n1.md", title="谢远：旧桥")
    assert (column.meta.authors, news.meta.authors) == (["谢远"], [])
    assert [(note.kind, note.to) for note in column.notes] == [("guessed", "authors")]


@pytest.mark.parametrize(
    ("title", "authors"),
    [
        ("谢远：旧桥", ["谢远"]),
        ("欧阳远等：旧桥", ["欧阳远"]),
        ("华媒：旧桥", []),
        ("漫画：旧桥", []),
        ("学者：旧桥", []),
    ],
)
def test_a_name_in_a_title_that_the_text_does_not_name_again_is_its_author(title: str, authors: list[str]) -> None:
    """Outside of columns it takes a surname, and neither an office nor a kind of text; the guess is noted."""
    article = step("title_author", "<p>桥。</p>", path="pages/nf1/n1.md", title=title)
    assert article.meta.authors == authors
    assert len(article.notes) == len(authors)


def test_the_channel_is_the_folder_with_the_names_of_all_copies() -> None:
    """Aliases bring their channels' names; a folder that is no channel brings none."""
    article = Article(
        Source("pages/ncid282/n1.md", b"", ("pages/nsc1/n1.md",)), PROFILES["epoch"], fragment("<p>桥。</p>")
    )
    context = Context((PROFILES["epoch"],), RULES, STEPS, channels={"ncid282": "社会万象", "nsc1": "随笔"})
    STEPS["channel"](article, context)
    assert (article.meta.channel, article.meta.categories) == ("ncid282", ["社会万象", "随笔"])
    assert step("channel", "<p>桥。</p>", path="pages/n1.md").meta.channel == ""


def test_the_date_falls_back_on_the_address() -> None:
    """Without a dateline the day is the address's, and its origin says so."""
    article = Case.read("dateline-none").article()
    assert article.meta.date == datetime.date(2022, 5, 18)
    assert article.origin["date"] == "address"


def test_a_language_without_a_profile_is_guessed_with_a_note() -> None:
    """Chinese text is told by its script, English is not guessed at."""
    chinese = step("language", "<p>桥头有人，桥尾有船。</p>", profile="generic")
    english = step("language", "<p>The bridge is old.</p>", profile="generic", title="Bridge")
    assert (chinese.meta.lang, [note.kind for note in chinese.notes]) == ("zh", ["guessed"])
    assert english.meta.lang == ""


def test_a_long_description_ends_with_a_sentence_and_never_inside_a_word() -> None:
    """At most 160 characters, cut behind a sentence or before a word."""
    sentences = step("description", f"<p>{'桥头有人，桥尾有船。' * 30}</p>").meta.description
    words = step("description", f"<p>{'bridgehead ' * 30}</p>".replace(" </p>", "</p>")).meta.description
    assert len(sentences) <= 160
    assert sentences.endswith("。")
    assert len(words) <= 160
    assert set(words.removesuffix("…").split()) == {"bridgehead"}


# line of the page, date, authors, translators, what stays in the body
FIRST_LINES = [
    ("【大纪元2022年0 3月31日讯】桥。", "2022-03-31", [], [], "桥。"),
    ("【大纪元20 22年03月31日讯】桥。", "2022-03-31", [], [], "桥。"),
    ("【大纪元2022年2月2日05月2日讯】桥。", "2022-03-31", [], [], "桥。"),
    ("【大纪元2022年0 月 日讯】桥。", "2022-03-31", [], [], "桥。"),
    ("【大纪元2022年11月31日讯】桥。", "2022-03-31", [], [], "桥。"),
    ("【大纪元2022年03月30日，讯】桥。", "2022-03-30", [], [], "桥。"),
    ("【j纪元2022年03月30日讯】桥。", "2022-03-30", [], [], "桥。"),
    ("【 大纪元2022年03月30日讯 】桥。", "2022-03-30", [], [], "桥。"),
    ("〔大纪元2022年03月30日讯〕桥。", "2022-03-30", [], [], "桥。"),
    ("大纪元2022年03月30日讯】桥。", "2022-03-30", [], [], "桥。"),
    ("【大纪元2022年03月30日讯桥。", "2022-03-30", [], [], "桥。"),
    ("【大纪元2022年03月30日新泽西讯】桥。", "2022-03-30", [], [], "桥。"),
    ("【大纪元2022年03月30日特稿】桥。", "2022-03-30", [], [], "桥。"),
    ("。【大纪元2022年03月30日讯】桥。", "2022-03-30", [], [], "。桥。"),
    ("【大纪元3月30日讯】桥。", "2022-03-30", [], [], "桥。"),
    ("【大纪元2019年03月31日讯】桥。", "2022-03-31", [], [], "桥。"),
    ("【大纪元讯】桥。", "2022-03-31", [], [], "桥。"),
    ("【大纪元记者林禾纽约报导】桥。", "2022-03-31", ["林禾"], [], "桥。"),
    ("（大纪元记者林禾报导)桥。", "2022-03-31", ["林禾"], [], "桥。"),
    ("（大纪元记者林禾／台北报导）桥。", "2022-03-31", ["林禾"], [], "桥。"),
    ("（大纪元记者林禾、柏小满美国洛杉矶联合报导）桥。", "2022-03-31", ["林禾", "柏小满"], [], "桥。"),
    ("（大纪元专栏作家Alder Reed撰文／林禾编译）桥。", "2022-03-31", ["Alder Reed"], ["林禾"], "桥。"),
    ("（大纪元记者林禾香港报导，柏小满摄影）桥。", "2022-03-31", ["林禾"], [], "桥。"),
    ("（大纪元记者林禾综合编译报导）桥。", "2022-03-31", ["林禾"], [], "桥。"),
    ("（大纪元香港新闻中心报导）桥。", "2022-03-31", [], [], "桥。"),
    ("（自由亚洲电台粤语组报导）桥。", "2022-03-31", [], [], "桥。"),
    ("（美国之音记者林禾）桥。", "2022-03-31", ["林禾"], [], "桥。"),
    ("（新唐人电视台记者林禾报导）桥。", "2022-03-31", ["林禾"], [], "桥。"),
    ("（大纪元记者林怡禾 台湾台北报导）桥。", "2022-03-31", ["林怡禾"], [], "桥。"),
    ("（大纪元记者安德鲁·里德报导）桥。", "2022-03-31", ["安德鲁·里德"], [], "桥。"),
    ("（大纪元记者林禾美国华盛顿DC报导）桥。", "2022-03-31", ["林禾"], [], "桥。"),
    ("（的纪元记者林禾报答）桥。", "2022-03-31", ["林禾"], [], "桥。"),
    (
        "桥上有人说，【新唐人北京时间2022年03月30日讯】。",
        "2022-03-31",
        [],
        [],
        "桥上有人说，【新唐人北京时间2022年03月30日讯】。",
    ),
]


@pytest.mark.parametrize(
    ("line", "date", "authors", "translators", "rest"), FIRST_LINES, ids=[one[0] for one in FIRST_LINES]
)
def test_first_lines(line: str, date: str, authors: list[str], translators: list[str], rest: str) -> None:
    """Every form of a dateline and a byline that pages have, damaged ones among them."""
    page = (
        "### 旧桥\n\n---\n\n#### [首页](../../../..?n1)\n\n\n"
        f'<div class="post_content" id="artbody">\n <p>\n  {line}\n </p>\n</div>\n\n\n---\n\n'
        "原文链接（需翻墙）：https://www.epochtimes.com/gb/22/3/31/n99100001.htm"
    )
    article = convert(Source("pages/ncid282/n99100001.md", page.encode()), Context(load_profiles(), RULES, STEPS))
    told = (str(article.meta.date), article.meta.authors, article.meta.translators, article.body.text)
    assert told == (date, authors, translators, rest)


EDITOR_LINES = [
    ("责任编辑：林禾", ["林禾"]),
    ("责任编辑：林禾#", ["林禾"]),
    ("责任编辑：林禾 ＃", ["林禾"]),
    ("责任编辑：林禾◇", ["林禾"]),
    ("责任编辑：林禾@", ["林禾"]),
    ("责任编辑：林禾△", ["林禾"]),
    ("责任编辑：林禾3", ["林禾"]),
    ("责任编辑：林禾f", ["林禾"]),
    ("责任编辑：林禾“", ["林禾"]),
    ("责任编辑：林禾\u3000", ["林禾"]),
    ("责任编辑；林禾", ["林禾"]),
    ("责任编辑：：林禾", ["林禾"]),
    ("责任编辑·：林禾", ["林禾"]),
    ("责任编辑林禾", ["林禾"]),
    ("责任编辑 林禾", ["林禾"]),
    ("（责任编辑：林禾）", ["林禾"]),
    ("则编辑：林禾", ["林禾"]),
    ("责任滨江：林禾", ["林禾"]),
    ("责任编辑：责任编辑：林禾", ["林禾"]),
    ("责任编辑：林禾、柏小满", ["林禾", "柏小满"]),
    ("责任编辑：林禾／柏小满", ["林禾", "柏小满"]),
    ("责任编辑：林禾，柏小满#", ["林禾", "柏小满"]),
    ("责任编辑：林禾 柏小满", ["林禾", "柏小满"]),
    ("责任编辑：林禾；复核编辑：柏小满", ["林禾", "柏小满"]),
    ("文字整理：简素；责任编辑：林禾", ["林禾"]),
    ("译者：简素，责任编辑：林禾", ["林禾"]),
    ("责任编辑：", []),
    ("责任编辑：#", []),
    ("责任编辑：林琮\u2f42", ["林琮文"]),
]


@pytest.mark.parametrize(("line", "editors"), EDITOR_LINES, ids=[one[0] for one in EDITOR_LINES])
def test_editor_lines(line: str, editors: list[str]) -> None:
    """Every form of the editor's line that pages have; an understood line leaves the body, whatever it names."""
    article = step("credits", f"{LONG}<p>{line}</p>")
    assert (article.meta.editors, len(article.body)) == (editors, 1)
    if "译者" in line:
        assert article.meta.translators == ["简素"]


def test_a_day_of_two_tens_is_no_day() -> None:
    """A numeral that a damaged dateline doubled is no number."""
    assert calendar_day("2018", "五", "十十") is None


def own_step(said: str) -> Step:
    """A step of one's own that runs a line."""
    return lambda article, context: exec(said, {"article": article, "context": context, "datetime": datetime})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("article.meta.words = 'x'", "left 'x' in meta.words; expected a whole number, or None"),
        ("article.meta.words = True", "left True in meta.words; expected a whole number, or None"),
        ("article.meta.tags = 'one'", "left 'one' in meta.tags; expected a list of texts"),
        ("article.meta.authors.append(3)", "left [3] in meta.authors; expected a list of texts"),
        ("article.meta.date = '2022-05-18'", "left '2022-05-18' in meta.date; expected a datetime.date, or None"),
        (
            "article.meta.date = datetime.datetime(2022, 5, 18)",
            "left datetime.datetime(2022, 5, 18, 0, 0) in meta.date; expected a datetime.date, or None",
        ),
        ("article.meta.title = None", "left None in meta.title; expected a text"),
        ("article.meta.title = 'a' * 900; article.meta.via = b'x' * 900", f"left b'{'x' * 57}… in meta.via;"),
        ("article.meta = {}", "left {} in meta; expected the article's Metadata"),
        ("article.body = None", "left None in body; expected an Element"),
        ("article.note('own', 'removed', 3)", "left 3 in a note; expected a text"),
    ],
)
def test_a_step_that_leaves_a_value_of_another_type_is_named(said: str, told: str) -> None:
    """The article fails, and nothing that reads the value later is blamed for it; the others go on."""
    good, bad = (Source(f"pages/ncid282/n{number}.html", b"<p>\xe6\xa1\xa5</p>") for number in (1, 2))
    plain = Context(tuple(PROFILES.values()), RULES, STEPS)
    own = Context(tuple(PROFILES.values()), RULES, {"my_steps:set": own_step(said), **STEPS})
    first, second = convert_all([(good, plain), (bad, own)])
    assert isinstance(first, Article)
    assert isinstance(second, RuleError)
    assert second.message.startswith(f"pages/ncid282/n2.html: step 'my_steps:set' {told}")
    assert second.message.endswith("; mend the step or leave it out")


def test_values_of_the_right_types_are_taken() -> None:
    """What a step of one's own may leave, it leaves."""
    said = "article.meta.words, article.meta.date, article.meta.tags = None, datetime.date(2022, 5, 18), ['a']"
    context = Context(tuple(PROFILES.values()), RULES, {"my_steps:set": own_step(said)})
    article = convert(Source("a.html", "<p>桥</p>".encode()), context)
    assert (article.meta.words, article.meta.tags) == (None, ["a"])


@pytest.mark.parametrize("text", ["", "  \n", "<div><p> </p></div>", "<!-- nothing -->"])
def test_an_article_without_anything_is_noted(text: str) -> None:
    """Nothing failed, but something is odd; a picture alone is an article."""
    context = Context(tuple(PROFILES.values()), RULES, STEPS)
    notes = convert(Source("a.html", text.encode()), context).notes
    assert [(one.rule, one.kind, one.text) for one in notes if one.kind == "wrong"] == [
        ("words", "wrong", "the article is empty")
    ]
    picture = convert(Source("a.html", b'<img src="a.jpg">'), context)
    assert "wrong" not in {one.kind for one in picture.notes}
