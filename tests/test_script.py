"""Books in the other script: everything that a reader sees, and nothing else."""

from __future__ import annotations

import re
import sys

import pytest

from convert.batch.preflight import check_tools
from convert.config import Config
from convert.emit.epub import BookOptions
from convert.emit.epub.cover import CoverText
from convert.emit.epub.typeset import set_cover
from convert.errors import MissingToolError
from convert.typesetting import Typesetting, check_script
from convert.typesetting import script as script_module
from tests.test_epub import book, chapter, opened, page

BODY = """<p>他的头<strong>发</strong>很干净，<a href="https://example.org/干/后.htm">皇<em>后</em></a>在后面。</p>
<p>见https://example.org/后/干.htm，又见www.example.org/后请看后面，<a href="n2.md">后一篇</a>。</p>
<figure><img src="../图/后.jpg" alt="后面"><figcaption>后门</figcaption></figure>
<ul><li>干</li></ul><pre>后来</pre><table><tbody><tr><td>后来</td></tr></tbody></table>"""


def shown(data: bytes, name: str) -> str:
    """One document of a book, as text."""
    return opened(data)[name].decode()


def test_a_book_becomes_traditional() -> None:
    """Text, titles, contents, names, the book's own words; a word that a tag cuts is one word."""
    data = book([chapter(1, BODY, title="后来的干杯", categories=["国际财经"]), chapter(2)], BookOptions(script="s2t"))
    text = shown(data, "n1.xhtml")
    assert "<title>後來的乾杯</title>" in text
    assert ">後來的乾杯</h1>" in text
    assert "他的頭<strong>髮</strong>很乾淨" in text
    assert "皇<em>后</em></a>在後面" in text
    assert "後門</figcaption>" in text
    assert "<pre>後來</pre>" in text
    assert "<td>後來</td>" in text
    assert "張三" in text
    assert "責任編輯：王五" in text
    assert "［圖片未收入本書］鏡像中沒有這張圖片。後面" in text
    for name in ("nav.xhtml", "toc.ncx"):
        assert "國際財經" in shown(data, name)
        assert "後來的乾杯" in shown(data, name)
    assert "目錄" in shown(data, "nav.xhtml")
    assert 'alt="示例報；' in shown(data, "cover.xhtml")
    package = shown(data, "content.opf")
    for words in ("示例報 2021-07", "張三", "國際財經", "版權歸其作者", "後來的乾杯", 'content="示例報"'):
        assert words in package


def test_addresses_and_identifiers_stay_as_they_are() -> None:
    """In attributes, as text, and in the metadata; the book is the same one."""
    chapters = [chapter(1, BODY, source="https://example.org/后/1.htm"), chapter(2)]
    plain, turned = book(chapters), book(chapters, BookOptions(script="s2t"))
    text = shown(turned, "n1.xhtml")
    assert "见" not in text
    assert "見https://example.org/后/干.htm，又見www.example.org/后请看后面，" in text
    assert '<p class="address">../图/后.jpg</p>' in text
    assert list(opened(plain)) == list(opened(turned))
    for name in ("n1.xhtml", "nav.xhtml", "toc.ncx", "content.opf"):
        kept = [
            re.findall(
                r' (?:href|src|id|content|idref|role|class)="[a-z0-9#:/.%-]*"|urn:uuid:[0-9a-f-]*', shown(data, name)
            )
            for data in (plain, turned)
        ]
        assert kept[0] == kept[1] != []


def test_the_language_follows_the_script() -> None:
    """Of the package, and of every document in Chinese; another language, and what is traditional already, stay."""
    chapters = [
        chapter(1, "<p>后来</p>", lang="zh"),
        chapter(2, "<p>図画と国</p>", lang="ja"),
        chapter(3, "<p>天后宮</p>", lang="zh-TW"),
        chapter(4, "<p>后来</p>", lang=""),
    ]
    data = book(chapters, BookOptions(script="s2t"))
    languages = [page(data, f"n{number}.xhtml").get("lang") for number in (1, 2, 3, 4)]
    assert languages == ["zh-Hant", "ja", "zh-TW", "zh-Hant"]
    assert "図画と国" in shown(data, "n2.xhtml")
    assert "天后宮" in shown(data, "n3.xhtml")
    assert "<dc:language>zh-Hant</dc:language>" in shown(data, "content.opf")
    assert 'xml:lang="zh-Hant"' in shown(data, "toc.ncx")
    assert "zh-Hans" not in "".join(shown(data, name) for name in ("content.opf", "nav.xhtml", "toc.ncx"))


def test_a_book_becomes_simplified() -> None:
    """The other way round, whatever its articles said that they were."""
    data = book([chapter(1, "<p>後來的頭髮</p>", title="乾杯", lang="zh-Hant")], BookOptions(script="t2s"))
    text = shown(data, "n1.xhtml")
    assert 'lang="zh-Hans" xml:lang="zh-Hans"' in text
    assert "<p>后来的头发</p>" in text
    assert "干杯" in shown(data, "nav.xhtml")


def test_the_same_bytes_twice_and_none_is_no_change() -> None:
    """Nothing depends on the run; a book in the other script differs."""
    chapters = [chapter(1), chapter(2)]
    assert book(chapters, BookOptions(script="s2t")) == book(chapters, BookOptions(script="s2t"))
    assert book(chapters, BookOptions(script="none")) == book(chapters) != book(chapters, BookOptions(script="s2t"))


def test_a_cover_keeps_characters_that_its_typeface_has() -> None:
    """A traditional title without glyphs would leave holes in the picture."""
    script = Typesetting("s2t")
    plain = CoverText("中文", "2021年", ("大山",), "共2篇")
    assert set_cover(plain, script) == plain
    rare = CoverText("龙龟铁", "2021年", (), "")
    assert script.text("龙龟铁") == "龍龜鐵"
    assert set_cover(rare, script) == rare
    assert set_cover(CoverText("龍龜", "", (), ""), Typesetting("t2s")) == CoverText("龙龟", "", (), "")


def test_without_opencc_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is converted, and only where it is needed."""
    monkeypatch.setitem(sys.modules, "opencc", None)
    script_module._converter.cache_clear()
    check_script("none")
    check_tools(Config())
    with pytest.raises(MissingToolError) as caught:
        check_tools(Config.model_validate({"volumes": [{"script": "s2t"}]}))
    assert caught.value.exit_code == 2
    assert caught.value.message == (
        "script: s2t: the package opencc is not installed; install the extra opencc: pip install 'mirrorpress[opencc]'"
    )
    script_module._converter.cache_clear()
