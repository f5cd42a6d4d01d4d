"""How the flavours lay blocks out, to the letter: tests/layouts.yaml; and what the writers do at their edges."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from convert.article import Article, Metadata, Source
from convert.emit import EMITTERS, EmitOptions
from convert.emit.calling import written
from convert.emit.dialect import DIALECTS
from convert.emit.front_matter import tag_names, write_front_matter
from convert.emit.markdown import write_body
from convert.errors import RuleError, UsageError
from convert.front_matter import FrontMatter
from convert.profiles import load_profiles
from convert.tree import fragment

PROFILE = next(profile for profile in load_profiles() if profile.name == "epoch")
LAYOUTS: list[dict[str, str]] = yaml.safe_load((Path(__file__).parent / "layouts.yaml").read_text(encoding="utf-8"))


def article(html: str = "<p>桥。</p>", /, **meta: Any) -> Article:
    """An article with this body and metadata."""
    metadata = Metadata()
    for name, value in meta.items():
        setattr(metadata, name, value)
    return Article(Source("pages/ncid282/n1.md", b""), PROFILE, fragment(html), metadata)


@pytest.mark.parametrize("flavour", DIALECTS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout["html"])
def test_a_block_is_laid_out(flavour: str, layout: dict[str, str]) -> None:
    """Exactly so, in this flavour."""
    assert write_body(fragment(layout["html"]), flavour) == layout.get(flavour, layout["gfm"])


def test_a_block_that_is_not_canonical_is_named() -> None:
    """A rule of one's own that leaves one is told so."""
    with pytest.raises(
        ValueError, match=r"^<div> is no block of canonical HTML \(docs/canonical\.md\): a rule left it"
    ):
        write_body(fragment("<div>桥</div>"))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>一<br>二</p><p>三</p>", "一\n二\n\n三"),
        ('<figure><img src="a.jpg" alt="x"><figcaption>甲<br>乙</figcaption></figure><p>一</p>', "甲\n乙\n\n一"),
        ('<figure><img src="a.jpg" alt="x"></figure><p>一</p>', "一"),
        ("<p>一</p><hr><p>二</p>", "一\n\n* * *\n\n二"),
        ("<blockquote><p>一</p><p>二</p></blockquote>", "一\n\n二"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td><td></td></tr></tbody></table>", "a\tb\nc"),
        ("<table><tbody><tr><td>a<br>b</td><td>c</td><td></td></tr></tbody></table>", "a b\tc"),
        ("<ul><li>一</li><li>二<br>三</li></ul>", "- 一\n- 二\n  三"),
        ('<ol start="9"><li>一</li><li>二<br>三</li></ol>', "9. 一\n10. 二\n    三"),
        ("<ol><li>一</li></ol>", "1. 一"),
        ("<ul><li>一<ul><li>二</li></ul></li></ul>", "- 一\n  - 二"),
        ("<ul><li>一<ol><li>二</li></ol></li></ul>", "- 一\n  1. 二"),
        ("<ul><li><p>一</p><p>二</p></li><li><h2>三</h2><ul><li>四</li></ul></li></ul>", "- 一\n  二\n- 三\n  - 四"),
        (
            "<ul><li><h3>一</h3></li><li><h4>二</h4></li><li><pre>三</pre></li><li><hr></li></ul>",
            "- 一\n- 二\n- 三\n- * * *",
        ),
        ("<p>一<strong>二<em>三<br>四</em></strong></p>", "一二三\n四"),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    """Blocks as lines, what stands in a block below its marker."""
    assert EMITTERS["text"].write(article(html), EmitOptions()).decode() == text + "\n"


@pytest.mark.parametrize(
    ("meta", "text"),
    [
        ({}, "桥。\n"),
        ({"title": "旧桥"}, "旧桥\n\n桥。\n"),
        ({"title": "旧桥", "date": datetime.date(2022, 5, 18)}, "旧桥\n2022-05-18\n\n桥。\n"),
        ({"authors": ["林禾", "罗砚"]}, "林禾、罗砚\n\n桥。\n"),
        ({"date": datetime.date(2022, 5, 18), "authors": ["林禾"]}, "2022-05-18  林禾\n\n桥。\n"),
        ({"source": "https://a.example/"}, "桥。\n\nhttps://a.example/\n"),
    ],
)
def test_the_head_and_the_end_of_a_text(meta: dict[str, Any], text: str) -> None:
    """Title, then day and authors, above; the address below; nothing for what there is not."""
    assert EMITTERS["text"].write(article(**meta), EmitOptions()).decode() == text


def test_an_html_document_tells_its_metadata() -> None:
    """In its head, escaped, each person and value in an element; nothing for what there is not."""
    told = article(
        title="<旧> & \"桥\"", authors=["林禾", "罗砚"], translators=["谢远"], date=datetime.date(2022, 5, 18),
        description="桥 & 船", tags=["桥", "船"], publisher="清溪", source="https://a.example/?b&c", lang="zh-Hans",
    )  # fmt: skip
    assert EMITTERS["html"].write(told, EmitOptions()).decode() == (
        '<!DOCTYPE html>\n<html lang="zh-Hans">\n<head>\n<meta charset="utf-8">\n'
        "<title>&lt;旧&gt; &amp; &quot;桥&quot;</title>\n"
        '<meta name="author" content="林禾">\n<meta name="author" content="罗砚">\n'
        '<meta name="translator" content="谢远">\n<meta name="date" content="2022-05-18">\n'
        '<meta name="description" content="桥 &amp; 船">\n<meta name="keywords" content="桥,船">\n'
        '<meta name="publisher" content="清溪">\n<link rel="canonical" href="https://a.example/?b&amp;c">\n'
        "</head>\n<body>\n<h1>&lt;旧&gt; &amp; &quot;桥&quot;</h1>\n<p>桥。</p>\n</body>\n</html>\n"
    )
    assert EMITTERS["html"].write(article(), EmitOptions()).decode() == (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title></title>\n</head>\n<body>\n<h1></h1>\n'
        "<p>桥。</p>\n</body>\n</html>\n"
    )


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("旧桥", "旧桥"),
        ("旧桥 a.b", "旧桥 a.b"),
        ("“旧桥”：桥", "“旧桥”：桥"),
        ("《旧桥》", "《旧桥》"),
        ("（旧桥）", "（旧桥）"),
        ("【旧桥】", "【旧桥】"),
        ("旧桥: 船", '"旧桥: 船"'),
        ("旧桥 ", '"旧桥 "'),
        ("旧桥 # 船", '"旧桥 # 船"'),
        ("the old bridge", "the old bridge"),
        ("Old-bridge_2 v1.0", "Old-bridge_2 v1.0"),
        ("the  old", '"the  old"'),
        ("https://a.example/b?c=d&e;f~g%h+i_j", "https://a.example/b?c=d&e;f~g%h+i_j"),
        ("http://a.example/", "http://a.example/"),
        ("ftp://a.example/", '"ftp://a.example/"'),
        ("2022", '"2022"'),
        ("-", '"-"'),
        *(
            (word, f'"{word}"')
            for word in "y n yes no on off true false null Y N YES No On OFF True FALSE Null".split()
        ),
        ("yes and no", "yes and no"),
        ("yesterday", "yesterday"),
        ('旧"桥"', '"旧\\"桥\\""'),
        ("旧\\桥", '"旧\\\\桥"'),
        ("旧\x07桥", '"旧\\a桥"'),
        ("a" * 300 + ": b", '"' + "a" * 300 + ': b"'),
    ],
)
def test_a_value_is_quoted_where_yaml_could_take_it_for_something_else(title: str, line: str) -> None:
    """Words that mean yes, no or nothing, numbers, and what holds a sign of YAML; all else stands as it is."""
    front = write_front_matter(article(title=title))
    assert front == f"---\ntitle: {line}\n---\n"
    assert yaml.safe_load(front.strip("-\n")) == {"title": title}


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("旧桥", "旧桥"),
        ("旧·桥‧", "旧·桥‧"),
        ("旧桥：船（甲）《乙》“丙”—1a", "旧桥：船（甲）《乙》“丙”—1a"),
        ("《旧桥》", "《旧桥》"),
        ("“旧桥”", "“旧桥”"),
        ("旧,桥", '"旧,桥"'),
        ("旧 桥", '"旧 桥"'),
        ("[旧", '"[旧"'),
        ("old bridge", "old bridge"),
        ("a.b-c_d", "a.b-c_d"),
        ("a/b", '"a/b"'),
        ("no", '"no"'),
        ("1", '"1"'),
    ],
)
def test_a_value_in_a_list(tag: str, written: str) -> None:
    """Commas and brackets belong to the list there; two values are divided by a comma and a blank."""
    front = write_front_matter(article(tags=[tag, "船"]))
    assert front == f"---\ntags: [{written}, 船]\n---\n"
    assert yaml.safe_load(front.strip("-\n")) == {"tags": [tag, "船"]}


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        (["旧桥"], ["旧桥"]),
        (["旧 桥", "a  b"], ["旧-桥", "a-b"]),
        (["a/b", "c.d!"], ["a-b", "c-d"]),
        (["2022"], ["_2022"]),
        (["2022a", "20_22", "20-22"], ["2022a", "20_22", "20-22"]),
        (["A b", "a B"], ["A-b"]),
        (["!", ""], []),
    ],
)
def test_names_of_tags(tags: list[str], names: list[str]) -> None:
    """Letters, digits and two signs; never digits alone; no two alike."""
    assert tag_names(tags) == names


def test_a_layout_names_drops_and_adds() -> None:
    """Values under other names, below others, as one text, and some of one's own, true and false among them."""
    layout = FrontMatter(
        rename={"title": "params.head", "authors": "params.by"}, drop=("id",), lists={"authors": "string"},
        add={"draft": False, "my key": "x: y", "n": 3},
    )  # fmt: skip
    told = article(title="旧桥", authors=["林禾", "罗砚"], id="n1", date=datetime.date(2022, 5, 18))
    assert write_front_matter(told, layout) == (
        '---\nparams:\n  head: 旧桥\n  by: "林禾, 罗砚"\ndate: 2022-05-18\n'
        'draft: false\n"my key": "x: y"\n"n": 3\n---\n'
    )


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (lambda article, options: "text", "emitter 'own' returned str; expected bytes"),
        (lambda article, options: dict[str, bytes]()["桥"], "emitter 'own' raised KeyError: '桥'"),
    ],
)
def test_a_writer_that_fails_costs_the_article(write: object, told: str) -> None:
    """Whatever it raises, or returns but bytes, names the source and the writer."""
    with pytest.raises(RuleError) as raised:
        written(article(), "own", write, EmitOptions())  # type: ignore[arg-type]  # any function may be given
    assert str(raised.value).startswith(f"pages/ncid282/n1.md: {told}")


def test_a_writer_gets_the_article_and_the_options() -> None:
    """And what it returns is what is written."""
    options = EmitOptions(width=40)
    data = written(article(), "own", lambda article, options: f"{article.path} {options.width}".encode(), options)
    assert data == b"pages/ncid282/n1.md 40"


@pytest.mark.parametrize("error", [UsageError("--to", "x", "y", "z"), MemoryError()])
def test_what_a_writer_raises_on_purpose_stays_what_it_is(error: BaseException) -> None:
    """An error of the project's own, and that there is no memory."""

    def fail(article: Article, options: EmitOptions) -> bytes:
        raise error

    with pytest.raises(type(error)) as raised:
        written(article(), "own", fail, EmitOptions())
    assert raised.value is error


def test_the_title_stands_above_where_it_is_asked_for() -> None:
    """As a heading of the first level, escaped for the flavour; without a title there is none."""
    options = EmitOptions(flavour="jekyll", front_matter="none", title=True)
    assert EMITTERS["markdown"].write(article(title="*旧* #"), options) == "# \\*旧\\* \\#\n\n桥。\n".encode()
    assert EMITTERS["markdown"].write(article(), options) == "桥。\n".encode()
    assert EMITTERS["markdown"].write(article("", title="旧"), options) == "# 旧\n".encode()
