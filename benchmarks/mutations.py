"""Damage for real-shaped articles: every way in which a page was ever seen to be broken, and some more.

Each mutation takes (text, the texts of other articles, a source of chance) and returns a text; `mutate` puts some of
them one behind the other. The same chance gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

Mutation: TypeAlias = Callable[[str, Sequence[str], Random], str]

TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
NAME = re.compile(r"(?<=<)[a-zA-Z0-9]+|(?<=</)[a-zA-Z0-9]+")
ATTRIBUTE = re.compile(r"\s[a-zA-Z-]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'))?")
ENTITY = re.compile(r"&[#\w]{1,10};")
BRACKETED = re.compile(r"【[^】\n]{0,60}】|（[^）\n]{0,60}）|原文[^\n]{0,60}|责任编辑[^\n<]{0,20}")

NAMES = (
    "a b i u s p em strong font span div section article center small big code pre tt sup sub ok q cite h1 h2 h3 h4 h5 "
    "h6 ul ol li dl dt dd blockquote table caption colgroup col thead tbody tfoot tr td th figure figcaption img br hr "
    "wbr iframe object embed audio video source script style noscript template svg math title select option button "
    "form input textarea ruby rt rp details summary label body html head meta link base xmp plaintext frameset "
    "marquee nobr"
).split()
INLINE = "a b i u s em strong font span code sup sub ok nobr".split()

CREDITS = (
    "【大纪元2022年04月07日讯】（大纪元记者张三综合报导）",
    "（待续）#",
    "责任编辑：李四#",
    "（转自新唐人）",
)
SCRAPS = (
    "<table><tr><td>甲<td>乙<tr><td colspan=2>丙</table>",
    '<table><tbody><tr><td><img src="a.jpg"/></td></tr><tr><td>图注</td></tr></tbody></table>',
    "<table><tr><th rowspan=0>一<td><p>二<p>三<ul><li>四</ul></table>",
    "<ul><li>一<li>二<ul><li>三</ul><li></ul>",
    '<ol start="-3"><li>一</li>二<li><h3>三</h3></li></ol>',
    "<li>走失的一项</li>",
    '<figure><a href="b.jpg"><img alt="图" src="b.jpg"/></a><figcaption>说明（甲／乙）</figcaption></figure>',
    "<figure><img src='c d.jpg'>文字<figcaption><p>一<br>二</figcaption><table><tr><td>三</table></figure>",
    '<div><img alt="x" src="d.jpg"/>\n<div class="caption">说明</div></div><hr/>',
    "<blockquote><p>引文<blockquote>再引</blockquote></blockquote>",
    "<pre>  一\n\n\t二 `三` </pre>",
    "<pre><code>x\n```\ny</code></pre>",
    "<code>``</code>",
    "<h4>小题<br/>第二行</h4>",
    "<p><h3>段里的题</h3>",
    "<hr/><hr/>",
    "<br/><br/><br/>",
    "<b><p>粗<i>斜</b>体</i>",
    '<a href="https://example.org/甲 乙(丙)">链<a href="x">接</a>',
    '<a name="n1"></a><a href="#n1">[1]</a>',
    '<a href="javascript:void(0)">点</a><a href="">空</a><a>无</a>',
    '<img src="data:image/gif;base64,R0lGOD"/><img alt="只有文字"/><img/>',
    '<iframe src="https://example.org/v"></iframe><video><source src="v.mp4"></video>',
    "<script>if (a < b) document.write('</p>')</script><style>p{}</style>",
    "<!-- 注 --><!--> --!><![CDATA[数据]]><?php x ?>",
    "<svg><p>画</svg><math><mi>x</math>",
    "<template><p>样</template><select><option>选</select>",
    '<span style="color:#ffffff">(http://www.epochtimes.com)</span>',
    *CREDITS,
    "\n\n---\n\n",
    "\n### 另一题\n",
    "\n#### [首页](../../../..?n1) &nbsp;|&nbsp; [评论](x)\n",
    "\n原文链接（需翻墙）：https://www.epochtimes.com/gb/22/4/7/n99100009.htm\n",
    "\n```\n代码\n~~~\n",
    "\n| 甲 | 乙 |\n|---|---|\n| 丙 |\n",
    "\n1. 一\n- 二\n> 三\n\n[丁]: http://example.org\n",
    "\n---\ntitle: '题: \"引\" #'\ndate: 2022-13-45\n---\n",
)
ENTITIES = (
    "&amp;amp;amp; &amp;nbsp; &amp;#039; &nbsp &#0; &#x0; &#55296; &#xDFFF; &#1114112; &#99999999999; &#x80; &#150; "
    "&bogus; &amp &lt &lt;p&gt; &gt;&lt; &quot;&apos; &NotEqualTilde; &hearts &#x; &#; & &&; &#12288; &#8232; "
    "&zwnj; &shy;"
).split()
CHARACTERS = (
    "\x00\x01\x08\x0b\x0c\x0e\x14\x1b\x1c\x1d\x1e\x1f\x7f\x80\x85\x9f\xa0\xad\u061c\u115f\u1680\u180e\u2002\u2009\u200b"
    "\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2061\u2066\u2069\u2f00\u2fd5\u3000\u3164\ud7ff\ue000\uf8ff"
    "\ufe0f\ufeff\uff0a\uff3f\uff5c\ufffc\ufffd\ufffe\uffff\U0001f600\U00020000\U0002fa1d\U000e0001\U000f0000\U0010ffff"
    "豈｀＊＿～·‧—…“”‘’「」《》，。：；？！（）／％é̈ßﬁאبक"
)
MARKS = (
    "* ** *** _ __ ~~ ~ ` `` ``` # ## > - + 1. 1) = === --- | || \\ \\\\ [ ] ( ) ![ ]( <> < > & ! : :: $ ^ { } @ \t"
).split(" ")
SPACES = (
    "\r\n",
    "\r",
    "\n",
    "\n\n",
    "\t",
    "    ",
    " ",
    "  ",
    "\n \n",
    "\u3000",
    "\xa0",
    "\x0b",
    "\x0c",
    "\u2028",
    "\x85",
)
BYTES = (
    b"\x00", b"\xff", b"\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xe4\xb8", b"\xb8",
    b"\xef\xbf\xbe", b"\xef\xbb\xbf", b"\r", b"\x1a", b"\x80",
)  # fmt: skip


def mutate(text: str, others: Sequence[str], chance: Random) -> bytes:
    """An article with one to twelve faults in it."""
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4, 6, 12))):
        text = chance.choice(MUTATIONS)(text, others, chance)
    if chance.random() < 0.15:
        data = text.encode("utf-8", "surrogatepass")
        for _ in range(chance.choice((1, 1, 3, 20))):
            data = _broken_byte(data, chance)
        return data
    if chance.random() < 0.02:
        return text.encode(chance.choice(("gb18030", "utf-16", "utf-8-sig")), "replace")
    return text.encode("utf-8", "surrogatepass")


def _broken_byte(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    if chance.random() < 0.5 and at < len(data):
        return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
    return data[:at] + chance.choice(BYTES) + data[at + chance.randrange(2) :]


def _place(text: str, chance: Random) -> int:
    """A place in a text: mostly the edge of a tag, where things break."""
    if chance.random() < 0.7:
        edges = [edge for tag in TAG.finditer(text) for edge in tag.span()]
        if edges:
            return chance.choice(edges)
    return chance.randrange(len(text) + 1)


def _insert(text: str, piece: str, chance: Random) -> str:
    at = _place(text, chance)
    return text[:at] + piece + text[at:]


def _found(pattern: re.Pattern[str], text: str, chance: Random) -> tuple[int, int]:
    """The span of one place that a pattern finds, or an empty span anywhere."""
    spans = [match.span() for match in pattern.finditer(text)]
    at = chance.randrange(len(text) + 1)
    return chance.choice(spans) if spans else (at, at)


def _cut_tag(text: str, others: Sequence[str], chance: Random) -> str:
    start, end = _found(TAG, text, chance)
    return text[:start] + text[end:]


def _double_tag(text: str, others: Sequence[str], chance: Random) -> str:
    start, end = _found(TAG, text, chance)
    return text[:end] + text[start:end] * chance.choice((1, 1, 2, 9)) + text[end:]


def _swap_tags(text: str, others: Sequence[str], chance: Random) -> str:
    (a, b), (c, d) = sorted((_found(TAG, text, chance), _found(TAG, text, chance)))
    return text if b > c else text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def _wrap(text: str, others: Sequence[str], chance: Random) -> str:
    start, end = sorted((_place(text, chance), _place(text, chance)))
    name = chance.choice(NAMES)
    return f"{text[:start]}<{name}>{text[start:end]}</{name}>{text[end:]}"


def _wrap_near(text: str, others: Sequence[str], chance: Random) -> str:
    """An inline element round a few characters, often cutting a word or a mark."""
    start = chance.randrange(len(text) + 1)
    end = start + chance.randrange(12)
    name = chance.choice(INLINE)
    attribute = ' href="https://example.org/a_b"' if name in {"a", "ok"} else ""
    return f"{text[:start]}<{name}{attribute}>{text[start:end]}</{name}>{text[end:]}"


def _rename_tag(text: str, others: Sequence[str], chance: Random) -> str:
    start, end = _found(NAME, text, chance)
    return text[:start] + chance.choice(NAMES) + text[end:]


def _stray_tag(text: str, others: Sequence[str], chance: Random) -> str:
    name = chance.choice(NAMES)
    return _insert(
        text, chance.choice((f"<{name}>", f"</{name}>", f"<{name}/>", f"<{name} ", f"<{name}\n", "<", "</")), chance
    )


def _mangle_attribute(text: str, others: Sequence[str], chance: Random) -> str:
    start, end = _found(ATTRIBUTE, text, chance)
    old = text[start:end]
    new = chance.choice((
        "", old * 2, old.replace('"', ""), old[:-1], old.replace("=", " = "), old.upper(), f'{old}"', " =x", ' "', " <",
        f"{old} onclick='x'", ' href="#n1"', ' id="n1"', ' class="caption"', ' colspan="9999999"', ' rowspan="-1"',
        ' src="//example.org/中 文.jpg"', ' alt="[]\\"*<"', ' href="http://http://x y"', ' href="mailto:a@b.example"',
        ' style="display:none"', ' start="99999999999999"', " 文='字'", ' href="&#0;&amp;#x;"', ' href="a\nb"',
    ))  # fmt: skip
    return text[:start] + new + text[end:]


def _entity(text: str, others: Sequence[str], chance: Random) -> str:
    start, end = _found(ENTITY, text, chance)
    if chance.random() < 0.4 and end > start:
        return text[:start] + chance.choice((text[start : end - 1], f"&amp;{text[start + 1 : end]}", "&")) + text[end:]
    return _insert(text, chance.choice(ENTITIES) * chance.choice((1, 1, 3)), chance)


def _lines(text: str, others: Sequence[str], chance: Random) -> str:
    """A line dropped, doubled or moved; one time in two among the first or last six, where the envelope is."""
    lines = text.split("\n")
    if chance.random() < 0.5:
        near = [*range(min(6, len(lines))), *range(max(0, len(lines) - 6), len(lines))]
        at = chance.choice(near)
    else:
        at = chance.randrange(len(lines))
    line = lines[at]
    what = chance.randrange(3)
    if what != 1:
        del lines[at]
    if what:
        lines.insert(chance.randrange(len(lines) + 1), line)
    return "\n".join(lines)


def _bracketed(text: str, others: Sequence[str], chance: Random) -> str:
    """A dateline, byline or closing line with a character lost, doubled, changed, or the whole of it again."""
    start, end = _found(BRACKETED, text, chance)
    piece = text[start:end]
    if not piece:
        return _insert(text, chance.choice(CREDITS), chance)
    at = chance.randrange(len(piece))
    other = chance.choice("日月年讯】【（）/／、，：: 0127〇十記记者譯译<>\n\u3000" + piece)
    new = chance.choice((
        piece[:at] + piece[at + 1 :], piece[:at] + other + piece[at:], piece[:at] + other + piece[at + 1 :], piece * 2,
        piece[:at], piece[at:], f"<b>{piece[:at]}</b>{piece[at:]}", f"{piece[:at]}<br/>{piece[at:]}",
        f"{piece}\n{piece}",
    ))  # fmt: skip
    return text[:start] + new + text[end:]


def _sprinkle(pieces: Sequence[str]) -> Mutation:
    def sprinkle(text: str, others: Sequence[str], chance: Random) -> str:
        for _ in range(chance.choice((1, 2, 5, 20))):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(pieces) + text[at:]
        return text

    return sprinkle


def _marks_at_edges(text: str, others: Sequence[str], chance: Random) -> str:
    for _ in range(chance.choice((1, 2, 5))):
        text = _insert(text, chance.choice(MARKS), chance)
    return text


def _splice(text: str, others: Sequence[str], chance: Random) -> str:
    piece = chance.choice(SCRAPS)
    if chance.random() < 0.4:
        inner = chance.choice(SCRAPS)
        piece = _insert(piece, inner, chance)
    return _insert(text, piece, chance)


def _splice_other(text: str, others: Sequence[str], chance: Random) -> str:
    other = chance.choice(others)
    start = _place(other, chance)
    return _insert(text, other[start : start + chance.choice((20, 200, 2000))], chance)


def _repeat(text: str, others: Sequence[str], chance: Random) -> str:
    start = _place(text, chance)
    end = start + chance.choice((1, 5, 30, 200))
    return text[:end] + text[start:end] * chance.choice((1, 3, 30)) + text[end:]


def _cut(text: str, others: Sequence[str], chance: Random) -> str:
    start = _place(text, chance)
    return text[:start] + text[start + chance.choice((1, 5, 50, 500, 1 << 30)) :]


def _line_ends(text: str, others: Sequence[str], chance: Random) -> str:
    return text.replace("\n", chance.choice(("\r\n", "\r", "", " ", "\n\n")))


def _surrogate(text: str, others: Sequence[str], chance: Random) -> str:
    return _insert(text, chr(chance.randrange(0xD800, 0xE000)), chance)


def _any_characters(text: str, others: Sequence[str], chance: Random) -> str:
    many = (chr(chance.choice((0x80, 0x3000, 0xFFFF, 0x10FFFF)) - chance.randrange(0x80)) for _ in range(4))
    return _insert(text, "".join(many), chance)


MUTATIONS: tuple[Mutation, ...] = (
    _cut_tag,
    _double_tag,
    _swap_tags,
    _wrap,
    _wrap_near,
    _wrap_near,
    _rename_tag,
    _stray_tag,
    _mangle_attribute,
    _entity,
    _lines,
    _bracketed,
    _bracketed,
    _sprinkle(CHARACTERS),
    _sprinkle(MARKS),
    _sprinkle(SPACES),
    _marks_at_edges,
    _splice,
    _splice,
    _splice_other,
    _repeat,
    _cut,
    _line_ends,
    _surrogate,
    _any_characters,
)
