"""How an output sets its text: spaces between Han and Latin, another script; and the proof that it is the article's."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from convert.article import Article, Source
from convert.batch.preflight import check_tools
from convert.batch.run import run
from convert.batch.verifying.verification import verify_outputs
from convert.config import Config, build_outputs, load_config
from convert.emit import EMITTERS, EmitOptions, setting_first, typeset
from convert.errors import MissingToolError
from convert.profiles import load_profiles
from convert.tree import fragment
from convert.typesetting import SCRIPTS, Typesetting
from convert.typesetting import script as script_module
from convert.verify import View, canonical, html_file, markdown_file, plain_text, typeset_copy
from tests.case import CASES, Case
from tests.test_cli import command
from tests.test_verify_command import damage_book

PANGU = EmitOptions(spacing="pangu")
BOTH = EmitOptions(script="s2twp", spacing="pangu")
DEFAULT = EmitOptions()


def article_of(body: str, lang: str = "zh-Hans", **meta: object) -> Article:
    """An invented article."""
    article = Article(Source("pages/c1/n1.md", b""), load_profiles()[-1], fragment(body))
    article.meta.lang = lang
    for name, value in meta.items():
        setattr(article.meta, name, value)
    return article


def set_body(body: str, options: EmitOptions = PANGU) -> str:
    """The body of an article as an output sets it."""
    return typeset(article_of(body), options).body.inner_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13日夜里iPhone手机", "13 日夜里 iPhone 手机"),
        ("增长12.5%的C++语言", "增长 12.5% 的 C++ 语言"),
        ("Ünal先生和㐀b", "Ünal 先生和㐀 b"),
        ("已有 12 个，（Maple镇）“A座”", "已有 12 个，（Maple 镇）“A 座”"),
        ("见https://e.example/桥/a.htm看", "见https://e.example/桥/a.htm看"),
        ("在e.example网站和Node.js里，读报告2021.pdf文件", "在e.example网站和Node.js里，读报告2021.pdf文件"),
        ("写信给a.b@e.example吧，找@lake说#Bridge桥", "写信给a.b@e.example吧，找@lake说#Bridge桥"),
        ("湖×3，±5度", "湖×3，±5 度"),
        ("かな2つ", "かな2つ"),
    ],
)
def test_one_space_goes_between_han_and_latin(text: str, expected: str) -> None:
    """And nowhere else: not in or beside addresses, names of hosts, files and people, nor at punctuation."""
    setting = Typesetting(spacing="pangu")
    assert setting.text(text) == expected
    assert setting.text(expected) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>看<a href='https://e.example/a1桥'>Maple</a>镇</p>", "看 <a>Maple</a> 镇"),
        (
            "<p><strong>桥长</strong>12米<em><a href='b'>ABC</a></em>船</p>",
            "<strong>桥长</strong> 12 米 <em><a>ABC</a></em> 船",
        ),
        (
            "<p>看<strong>2座</strong>和<a href='b'><em>桥a</em></a></p>",
            "看 <strong>2 座</strong>和<a><em>桥 a</em></a>",
        ),
        ("<p><a href='b'>桥</a><em>A</em>，x<a id='n1' href='c'>y</a>桥</p>", "<a>桥</a><em>A</em>，x<a>y</a> 桥"),
        (
            "<p>桥<code>x桥1</code>水H<sub>2</sub>O，注<sup>1</sup>后</p>",
            "桥<code>x桥1</code>水 H<sub>2</sub>O，注<sup>1</sup>后",
        ),
        ("<pre>桥a</pre><p>桥<br>a桥</p>", "桥a桥<br>a 桥"),
    ],
)
def test_a_space_beside_a_tag_stands_outside_of_it(body: str, expected: str) -> None:
    """Where neither side is outside there is none; code and raised signs are let alone."""
    shown = re.sub(r"</?(?:p|pre)>| (?:href|id)=\"[^\"]*\"", "", set_body(body))
    assert shown == expected


def test_the_article_itself_is_never_touched() -> None:
    """Other outputs are written from it; where nothing is asked for, the copy is the article, the writer the same."""
    article = article_of("<p>湖边2座<img src='a.jpg' alt='桥a'></p>", title="湖边2座", tags=["桥a"])
    before = (article.body.inner_html, repr(article.meta))
    copy = typeset(article, BOTH)
    assert copy is not article
    assert copy.body.inner_html == '<p>湖邊 2 座<img src="a.jpg" alt="橋 a"></p>'
    assert (article.body.inner_html, repr(article.meta)) == before
    assert typeset(article, DEFAULT) is article
    write = EMITTERS["markdown"].write
    assert setting_first(write, DEFAULT) is write
    assert setting_first(write, BOTH)(article, BOTH) == write(copy, BOTH)


def test_metadata_follow_but_for_what_is_known_by_its_spelling() -> None:
    """Names and words are turned, prose is spaced too; addresses, ids and numbers stay."""
    article = article_of(
        "<p>湖</p>", title="后来的2天", authors=["张云A"], publisher="大纪元", categories=["国际a"], tags=["发展b"],
        description="头发3寸", image="https://e.example/后.jpg", image_caption="后门4", source="https://e.example/后.htm",
        id="n1", channel="国", dateline="【讯1】", words=7,
    )  # fmt: skip
    assert dict(typeset(article, EmitOptions(script="s2t", spacing="pangu")).meta.items()) == {
        "title": "後來的 2 天",
        "authors": ["張雲A"],
        "publisher": "大紀元",
        "source": "https://e.example/后.htm",
        "id": "n1",
        "lang": "zh-Hant",
        "channel": "国",
        "categories": ["國際a"],
        "tags": ["發展b"],
        "description": "頭髮 3 寸",
        "image": "https://e.example/后.jpg",
        "image_caption": "後門 4",
        "dateline": "【訊1】",
        "words": 7,
    }


SCRIPT_ROWS = [
    ("s2t", "头发里的软件", "頭髮裏的軟件", "zh-Hant"),
    ("s2tw", "头发里的软件", "頭髮裡的軟件", "zh-Hant-TW"),
    ("s2twp", "头发里的软件", "頭髮裡的軟體", "zh-Hant-TW"),
    ("s2hk", "头发里的软件", "頭髮裏的軟件", "zh-Hant-HK"),
    ("t2s", "頭髮裏的軟件", "头发里的软件", "zh-Hans"),
    ("tw2s", "頭髮裡的軟體", "头发里的软体", "zh-Hans"),
    ("tw2sp", "頭髮裡的軟體", "头发里的软件", "zh-Hans"),
    ("hk2s", "頭髮裏的軟件", "头发里的软件", "zh-Hans"),
    ("t2tw", "頭髮裏的軟件", "頭髮裡的軟件", "zh-Hant-TW"),
    ("t2hk", "說頭髮裏", "説頭髮裏", "zh-Hant-HK"),
    ("tw2t", "頭髮裡的軟體", "頭髮裏的軟體", "zh-Hant"),
    ("hk2t", "説頭髮裏", "說頭髮裏", "zh-Hant"),
]


@pytest.mark.parametrize(("script", "text", "expected", "lang"), SCRIPT_ROWS)
def test_every_script_turns_text_and_language(script: str, text: str, expected: str, lang: str) -> None:
    """Each of the configurations that the config takes."""
    article = article_of(f"<p>{text}</p>", lang="zh")
    copy = typeset(article, EmitOptions(script=script))  # type: ignore[arg-type]
    assert copy.meta.lang == lang
    assert copy.body.text == expected
    assert not typeset_copy(View(article), copy, Typesetting(script))  # type: ignore[arg-type]


def test_every_script_of_the_config_is_tried_and_explained() -> None:
    """The table above has each, and so has the one of docs/text.md, with the language that comes of it."""
    assert ["none", *(row[0] for row in SCRIPT_ROWS)] == list(SCRIPTS)
    page = (Path(__file__).parent.parent / "docs/text.md").read_text(encoding="utf-8")
    said = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \| `([\w-]+)` \|$", page, re.MULTILINE)
    assert said == [(script, lang) for script, _, _, lang in SCRIPT_ROWS]


@pytest.mark.parametrize(
    ("script", "lang", "turned"),
    [
        ("s2t", "zh-Hans", True), ("s2t", "zh", True), ("s2tw", "zh-Hant", False), ("s2t", "zh-TW", False),
        ("t2s", "zh-Hans", True), ("t2s", "zh-Hant", True), ("t2tw", "zh-Hant", True), ("t2tw", "zh-Hans", False),
        ("t2hk", "zh-CN", False), ("s2t", "ja", False), ("t2s", "", False),
    ],
)  # fmt: skip
def test_only_the_script_that_one_starts_from_is_turned(script: str, lang: str, turned: bool) -> None:
    """Other languages, and what is in the other script already, stay as they are, and so does their language."""
    article = article_of("<p>后来，後來，頭髮裏</p>", lang=lang)
    assert (typeset(article, EmitOptions(script=script)) is not article) == turned  # type: ignore[arg-type]
    assert (typeset(article, PANGU) is article) == (lang in {"ja", ""})


def test_a_word_that_a_tag_cuts_is_one_word() -> None:
    """Also where other words of the line change their length; addresses in text and in links stay."""
    turned = set_body(
        "<p>头<strong>发</strong>，皇<a href='后.htm'>后</a>见www.e.example/后</p>", EmitOptions(script="s2t")
    )
    assert turned == '<p>頭<strong>髮</strong>，皇<a href="后.htm">后</a>見www.e.example/后</p>'
    longer = set_body("<p>互联网<a href='b'>与博客</a>里的头<em>发</em></p>", EmitOptions(script="s2twp"))
    assert longer == '<p>網際網路<a href="b">與部落格</a>裡的頭<em>發</em></p>'


BODY = (
    "<h2>桥长2米</h2><p>头<strong>发</strong>3寸 a<br>看<a href='https://e.example/后'>Maple</a>镇，<code>a后</code></p>"
    "<figure><img src='后.jpg' alt='后门 4'><figcaption>后门 4</figcaption></figure><ul><li>干a</li></ul>"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("橋", ""),
        ("橋", "桥"),
        ("橋長", "橋 長"),
        ("寸 a", "寸a"),
        ("<strong>髮</strong>", "髮"),
        ("<strong>髮</strong>", "<strong>髮 3</strong>"),
        ("e.example/后", "e.example/後"),
        ("後門 4<", "後門4<"),
        ('alt="後門 4"', 'alt="後門4"'),
        ('alt="後門', 'alt="后門'),
        ("a後", "a后"),
        ("<br>", ""),
        ("<h2>", "<h3>"),
    ],
)
def test_a_copy_that_is_not_what_was_asked_for_is_told(old: str, new: str) -> None:
    """A lost character, one that was not turned, a space elsewhere, one of the article's own gone, a moved tag."""
    article = article_of(BODY)
    copy = typeset(article, EmitOptions(script="s2t", spacing="pangu"))
    setting = Typesetting("s2t", "pangu")
    assert typeset_copy(View(article), copy, setting) == []
    html = copy.body.inner_html
    assert old in html, html
    damaged = replace(copy, body=fragment(html.replace(old, new)))
    assert [one.check for one in typeset_copy(View(article), damaged, setting)] == ["typesetting"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "後來的 2"),
        ("title", "后来的2天"),
        ("tags", ["發展"]),
        ("id", "n2"),
        ("lang", "zh-Hans"),
        ("image_credit", "張"),
    ],
)
def test_metadata_that_are_not_what_was_asked_for_are_told(name: str, value: object) -> None:
    """By the name of the field."""
    article = article_of("<p>湖</p>", title="后来的2天", tags=["发展b"], id="n1")
    copy = typeset(article, EmitOptions(script="s2t", spacing="pangu"))
    setattr(copy.meta, name, value)
    (told,) = typeset_copy(View(article), copy, Typesetting("s2t", "pangu"))
    assert told.place == f"pages/c1/n1.md, {name}"


PIECES = [
    "桥",
    "头",
    "发",
    "互联网",
    "a",
    "2",
    "%",
    " ",
    "，",
    "“",
    "&amp;",
    "&nbsp;",
    "https://e.example/后",
    "x.y",
    "<br>",
]
PIECES += [
    "<strong>",
    "</strong>",
    "<a href='后'>",
    "</a>",
    "<sup>1</sup>",
    "<code>桥a</code>",
    "</p><p>",
    "<img src='b' alt='桥c'>",
]


@pytest.mark.slow
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(["none", "s2t", "s2twp", "t2s"]))
@settings(max_examples=800, deadline=None, derandomize=True)
def test_whatever_is_set_is_proved(body: str, script: str) -> None:
    """However the tags stand; and without its new spaces it is the article again, twice set as once."""
    article = article_of(f"<p>{body}</p>")
    options = EmitOptions(script=script, spacing="pangu")  # type: ignore[arg-type]
    copy = typeset(article, options)
    assert typeset_copy(View(article), copy, Typesetting(script, "pangu")) == []  # type: ignore[arg-type]
    if script == "none":
        assert copy.body.text.replace(" ", "") == article.body.text.replace(" ", "")
        assert typeset(copy, options).body.inner_html == copy.body.inner_html


@pytest.mark.parametrize("options", [PANGU, BOTH, EmitOptions(script="s2hk"), EmitOptions(script="t2s")], ids=str)
@pytest.mark.parametrize("topic", sorted(folder.name for folder in CASES.iterdir() if folder.is_dir()))
def test_every_case_is_set_and_proved(topic: str, options: EmitOptions) -> None:
    """The copy is the article's, canonical, and Markdown, text and HTML of it read back."""
    article = Case.read(topic).article()
    copy = typeset(article, options)
    own, there = View(article), View(copy)
    assert typeset_copy(own, copy, Typesetting(options.script, options.spacing)) == []
    assert canonical(there) == []
    assert markdown_file(EMITTERS["markdown"].write(copy, options).decode(), there) == []
    assert plain_text(EMITTERS["text"].write(copy, replace(options, width=20)).decode(), there, wrapped=True) == []
    assert html_file(EMITTERS["html"].write(copy, options).decode(), there) == []


PAGE = """### 桥边的2座软件园{number}

---

#### [首页](../../../..?n{number})

<div><p>【大纪元2021年07月14日讯】桥长12米，头<b>发</b>和<ok href="https://n.example/后.html">Maple</ok>镇的互联网。</p>
<p>他们说<img src="https://p.example/a.jpg" alt="桥边a"/>后来的事。</p><h4>后来3天</h4><p>H<sub>2</sub>O与博客</p>
<ul><li>干a</li></ul></div>

---

原文链接（需翻墙）：https://www.epochtimes.com/gb/21/7/14/n{number}.htm
"""
CONFIG = """input: in
output: out
emit:
  markdown: {script: s2twp, spacing: pangu}
  text: {width: 20, script: s2hk}
  html: {spacing: pangu}
  json: {script: s2t, spacing: pangu}
volumes:
  - {title: 甲, file: a.epub, group_by: [], sections: [], script: s2twp, spacing: pangu}
  - {title: 乙, file: b.epub, group_by: [], sections: [], script: s2hk, pictures: omit}
  - {title: 丙, file: c.epub, group_by: [], sections: []}
batch: {jobs: 1, verify: all}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A run whose outputs are all set in another way."""
    folder = tmp_path_factory.mktemp("set")
    (folder / "in/pages/c1").mkdir(parents=True)
    for number in (1, 2):
        (folder / f"in/pages/c1/n{number}.md").write_text(PAGE.format(number=number), encoding="utf-8")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    config = load_config(folder / "config.yaml")
    summary = run(config)
    assert (summary.failures, summary.differing, summary.verified) == ([], [], 2)
    return config


@pytest.mark.slow
def test_each_output_of_a_run_is_set_in_its_own_way(made: Config) -> None:
    """And none in that of another."""
    out = made.output.path
    markdown = (out / "markdown/pages/c1/n1.md").read_text(encoding="utf-8")
    front = yaml.safe_load(markdown.partition("\n---\n")[0])
    assert (front["title"], front["lang"], front["id"]) == ("橋邊的 2 座軟體園 1", "zh-Hant-TW", "n1")
    assert "橋長 12 米，頭**發**和 [Maple](https://n.example/后.html) 鎮的網際網路。" in markdown
    text = (out / "text/pages/c1/n1.txt").read_text(encoding="utf-8")
    assert "橋長12米，頭髮和 \nMaple鎮的互聯網。" in text
    html = (out / "html/pages/c1/n1.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in html
    assert "桥长 12 米，头<strong>发</strong>和 <a" in html
    record = json.loads((out / "json/pages/c1/n1.json").read_text(encoding="utf-8"))
    assert record["metadata"]["lang"] == "zh-Hant"
    assert "橋長 12 米，頭髮和 Maple 鎮的互聯網。" in record["text"]
    assert any("【大纪元2021年07月14日讯】" in note["text"] for note in record["notes"])
    chapters = {}
    for name in "abc":
        with zipfile.ZipFile(out / f"{name}.epub") as package:
            chapters[name] = package.read("EPUB/n1.xhtml").decode()
    assert "橋長 12 米" in chapters["a"]
    assert "橋長12米" in chapters["b"]
    assert "桥长12米" in chapters["c"]
    assert verify_outputs(made).differing == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "check"),
    [
        ("markdown/pages/c1/n1.md", "橋長 12 米", "橋長12米", "reads back"),
        ("markdown/pages/c1/n1.md", "網際網路", "互聯網", "reads back"),
        ("text/pages/c1/n1.txt", "互聯網", "互联网", "plain text"),
        ("html/pages/c1/n1.html", "桥长 12 米", "桥长 13 米", "html"),
        ("a.epub", "網際網路", "互聯網", "book"),
        ("a.epub", "鎮的", "鎮 的", "book"),
        ("a.epub", "<h2>後來 3 天</h2>", "<h2>後來 4 天</h2>", "book"),
        ("b.epub", "橋長12米", "橋長12", "book"),
        ("b.epub", "橋邊a", "邊a", "book"),
    ],
)
def test_damage_to_what_was_set_is_told(made: Config, file: str, old: str, new: str, check: str) -> None:
    """In files and in chapters, which are compared with what OpenCC makes of the article."""
    path = made.output.path / file
    whole = path.read_bytes()
    try:
        if file.endswith(".epub"):
            damage_book(path, {"n1.xhtml": lambda data: _damaged(data, old, new)})
        else:
            path.write_bytes(_damaged(whole, old, new))
        (told,) = verify_outputs(made).differing
        assert (told.path, {one.check for one in told.differences}) == ("pages/c1/n1.md", {check})
    finally:
        path.write_bytes(whole)


def _damaged(data: bytes, old: str, new: str) -> bytes:
    text = data.decode()
    assert old in text, text
    return new.join(text.rsplit(old, 1)).encode()


@pytest.mark.slow
def test_outputs_are_made_anew_when_they_are_to_be_set_otherwise(made: Config, tmp_path: Path) -> None:
    """The config is part of what an article's outputs depend on, and so is the version of OpenCC."""
    base = made.base
    text = CONFIG.replace("output: out", f"output: {tmp_path / 'out'}")
    (base / "again.yaml").write_text(text, encoding="utf-8")
    assert run(load_config(base / "again.yaml")).converted.total() == 2
    (base / "again.yaml").write_text(text.replace("verify: all", "verify: changed"), encoding="utf-8")
    assert run(load_config(base / "again.yaml")).converted.total() == 0
    (base / "again.yaml").write_text(
        text.replace("verify: all", "verify: changed").replace("width: 20", "width: 30"), encoding="utf-8"
    )
    assert run(load_config(base / "again.yaml")).converted == {"the config has changed": 2}


def test_without_opencc_formats_name_the_extra_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is converted, and only where it is needed."""
    monkeypatch.setitem(sys.modules, "opencc", None)
    script_module._converter.cache_clear()
    check_tools(Config.model_validate({"emit": {"markdown": {"spacing": "pangu"}}}))
    with pytest.raises(MissingToolError, match="script: s2twp: the package opencc is not installed; install the extra"):
        check_tools(Config.model_validate({"emit": {"text": {"script": "s2twp"}}}))
    script_module._converter.cache_clear()


def test_the_writers_of_the_defaults_are_the_emitters_themselves() -> None:
    """What nobody asked for costs nothing."""
    assert [one.write for one in build_outputs(load_config(None))] == [
        EMITTERS[name].write for name in ("markdown", "text")
    ]


@pytest.mark.slow
def test_convert_takes_the_options_for_one_article(made: Config, tmp_path: Path) -> None:
    """Those of the command win over the config's, and any format but a book's has script and spacing."""
    source = str(made.base / "in/pages/c1/n1.md")
    (tmp_path / "config.yaml").write_text("emit: {text: {width: 30, spacing: pangu}}\n", encoding="utf-8")
    shown = {
        given: command(tmp_path, "convert", source, *given.split()).stdout.decode()
        for given in ("--to text", "--to text --width 0", "--to text --width 20 --spacing none", "--script s2twp")
    }
    assert "桥长 12 米，头发和 Maple 镇的 \n互联网。\n" in shown["--to text"]
    assert "\n桥长 12 米，头发和 Maple 镇的互联网。\n" in shown["--to text --width 0"]
    assert "\n桥长12米，头发和 \nMaple镇的互联网。\n" in shown["--to text --width 20 --spacing none"]
    assert "\nlang: zh-Hant-TW\n" in shown["--script s2twp"]
    latex = command(tmp_path, "convert", source, "--to", "latex", "--script", "s2hk", "--spacing", "pangu").stdout
    assert "橋長 12 米" in latex.decode()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            "--width 40",
            "--width: the format is markdown; expected text, the only one with lines; say --to text as well",
        ),
        ("--to text --width 5", "--width: found 5; expected 0, or at least 10 columns; 0 breaks no line"),
        (
            "--to epub --script s2t",
            "--script: the format is epub; expected another one; name it for volumes in the config, as `script`",
        ),
    ],
)
def test_an_option_that_a_format_has_not_is_refused(made: Config, tmp_path: Path, given: str, message: str) -> None:
    """With exit code 2, before anything is converted."""
    done = command(tmp_path, "convert", str(made.base / "in/pages/c1/n1.md"), *given.split())
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().strip() == message
