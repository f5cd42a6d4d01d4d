"""Hostile shapes of any size, and near-misses of patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]  # the parsed form of a pattern has no public name
from re import _parser as parsed  # type: ignore[attr-defined]
from typing import Any

from convert import Source

ENVELOPE = (
    '### 旧桥{title}\n\n---\n\n#### [首页](../../../..?n1) \n\n\n<div id="artbody">\n{body}\n</div>\n\n\n---\n\n'
    "原文链接（需翻墙）：https://www.epochtimes.com/gb/22/4/7/n99100001.htm{address}"
)


def _article(body: str = "", title: str = "", address: str = "") -> Source:
    text = ENVELOPE.format(body=body, title=title, address=address)
    return Source("pages/ncid282/n99100001.md", text.encode())


def _repeated(piece: str, before: str = "", after: str = "") -> Callable[[int], Source]:
    """An article whose body is a piece again and again."""

    def shape(size: int) -> Source:
        return _article(before + piece * (size // len(piece.encode())) + after)

    return shape


def _counted(piece: str, before: str = "", after: str = "") -> Callable[[int], Source]:
    """The same with a number in each piece, so that no two are equal."""

    def shape(size: int) -> Source:
        times = size // (len(piece.encode()) + 4)
        return _article(before + "".join([piece.format(number) for number in range(times)]) + after)

    return shape


def _nested(*tags: str) -> Callable[[int], Source]:
    opening = "".join(f"<{tag}>" for tag in tags)
    return _repeated(opening, after="桥")


def _attributes(size: int) -> Source:
    return _article("<p " + " ".join([f'a{number}="x"' for number in range(size // 11)]) + ">桥</p>")


def _front_matter(size: int) -> Source:
    return Source("a.md", ("---\n" + "a: b\n" * (size // 5)).encode())


def _markdown(piece: str) -> Callable[[int], Source]:
    return lambda size: Source("a.md", ("# 旧桥\n\n" + piece * (size // len(piece.encode()))).encode())


SHAPES: dict[str, Callable[[int], Source]] = {
    "plain paragraphs": _repeated("<p>山里的路分成两条，一条上山。</p>\n"),
    "nest div": _nested("div"),
    "nest p": _nested("p"),
    "nest b": _nested("b"),
    "nest font": _nested("font"),
    "nest blockquote": _nested("blockquote"),
    "nest ul li": _nested("ul", "li"),
    "nest table": _nested("table", "tr", "td"),
    "nest span b i": _nested("span", "b", "i"),
    "closed div": lambda size: _article("<div>" * (size // 11) + "桥" + "</div>" * (size // 11)),
    "many attributes": _attributes,
    "long attribute": lambda size: _article(f'<p title="{"长" * (size // 3)}">桥</p>'),
    "long address": lambda size: _article(f'<a href="https://example.org/{"a/" * (size // 2)}">桥</a>'),
    "long bad address": lambda size: _article(f'<a href="http:{"/" * size}">桥</a>'),
    "address of schemes": lambda size: _article(f'<a href="{"http://" * (size // 7)}">桥</a>'),
    "long picture address": lambda size: _article(f'<img src="data:{"A" * size}">'),
    "entities": _repeated("&amp;"),
    "entities escaped twice": _repeated("&amp;nbsp;"),
    "entities escaped often": _repeated("amp;", before="&", after="nbsp;"),
    "numbers": _repeated("&#26725;"),
    "broken numbers": _repeated("&#"),
    "ampersands": _repeated("&"),
    "misnested b p i": _repeated("<b><p><i></b>桥"),
    "misnested a table a": _repeated('<a href="x"><table><a href="y">'),
    "misnested font p": _repeated("<font><p></font>桥"),
    "unclosed b": _repeated("<p><b>桥"),
    "unclosed formatting": _repeated("<p><b><i><u><s>桥"),
    "unclosed a": _repeated('<p><a href="x">桥'),
    "closing tags": _repeated("</b></p></a></div>桥"),
    "one table": lambda size: _article("<table>" + "<tr><td>一</td><td>二</td></tr>" * (size // 37) + "</table>"),
    "wide row": lambda size: _article("<table><tr>" + "<td>一</td>" * (size // 12) + "</tr></table>"),
    "ragged table": lambda size: _article(
        "<table>" + "<tr><td>一</td></tr>" * (size // 48) + "<tr>" + "<td>二</td>" * (size // 48) + "</tr></table>"
    ),
    "many tables": _repeated("<table><tr><td>一</td><td>二</td></tr></table>"),
    "text in table": _repeated("桥<tr>", before="<table>"),
    "one line": lambda size: _article("<p>" + "桥" * (size // 3) + "</p>"),
    "one Latin line": lambda size: _article("<p>" + "bridge " * (size // 7) + "</p>"),
    "one word": lambda size: _article("<p>" + "a" * size + "</p>"),
    "spaces": lambda size: _article("<p>桥" + " " * size + "桥</p>"),
    "line ends": lambda size: _article("<p>桥" + "\n" * size + "桥</p>"),
    "wide spaces": lambda size: _article("<p>桥" + "\u3000" * (size // 3) + "桥</p>"),
    "no-break spaces": lambda size: _article("<p>桥" + "\u00a0" * (size // 2) + "桥</p>"),
    "zero-width": lambda size: _article("<p>桥" + "\u200b" * (size // 3) + "桥</p>"),
    "controls": lambda size: _article("<p>桥" + "\x01\x02" * (size // 2) + "桥</p>"),
    "line separators": lambda size: _article("<p>" + "桥\u2028" * (size // 6) + "</p>"),
    "br": lambda size: _article("<p>" + "<br>" * (size // 4) + "</p>"),
    "br lines": lambda size: _article("<p>" + "桥<br>" * (size // 7) + "</p>"),
    "br in bold": lambda size: _article("<p><b>" + "桥<br>" * (size // 7) + "</b></p>"),
    "bold words": lambda size: _article("<p>" + "<b>桥</b>，" * (size // 13) + "</p>"),
    "bold neighbours": lambda size: _article("<p>" + "<b>桥</b>" * (size // 10) + "</p>"),
    "bold punctuation": lambda size: _article("<p>" + "<b>“桥”</b>字" * (size // 19) + "</p>"),
    "emphasis in emphasis": lambda size: _article("<p>" + "<b>，<i>。</i></b>" * (size // 20) + "</p>"),
    "links": _counted('<p><a href="https://example.org/{0}">桥</a></p>'),
    "links in a line": _counted('<a href="https://example.org/{0}">桥</a>', "<p>", "</p>"),
    "links without an address": _repeated("<a>桥</a>"),
    "masked links": _repeated('<ok href="x">桥'),
    "empty links": _repeated('<p><a href="https://example.org/x"></a>桥</p>'),
    "footnotes": _counted('<p><a name="n{0}"></a>桥<a href="#m{0}">1</a><a name="m{0}"></a><a href="#n{0}">2</a></p>'),
    "footnotes without text": _counted('<p><a name="n{0}"></a></p><p><a href="#n{0}">桥</a></p>'),
    "targets in a line": _counted('<a name="n{0}"></a><a href="#n{0}">桥</a>', "<p>", "</p>"),
    "pictures": _counted('<p><img src="https://example.org/{0}.jpg"></p>'),
    "pictures in a line": _counted('<img src="https://example.org/{0}.jpg">', "<p>", "</p>"),
    "pictures and words": _counted('桥<img src="https://example.org/{0}.jpg">', "<p>", "</p>"),
    "pictures in a block": _counted('<img src="https://example.org/{0}.jpg">桥', "<div><span>", "</span></div>"),
    "figures": _counted('<figure><img src="https://example.org/{0}.jpg"><figcaption>桥</figcaption></figure>'),
    "captions in a figure": _repeated("<figcaption>桥</figcaption>", '<figure><img src="x.jpg">', "</figure>"),
    "items": _repeated("<li>桥"),
    "list of items": _repeated("<li>桥</li>", "<ul>", "</ul>"),
    "lists in a list": _repeated("<ul><li>桥</li></ul>", "<ul>", "</ul>"),
    "stray items": _repeated("<li>桥</li>文"),
    "rules": _repeated("<hr>"),
    "headings": _repeated("<h3>桥</h3>"),
    "heading of blocks": _repeated("<div>桥</div>", "<h3>", "</h3>"),
    "bold subheads": _repeated("<p><b>旧桥</b></p>"),
    "players": _repeated('<video src="v.mp4"></video>'),
    "sources in a player": _counted('<source src="v{0}.mp4">', "<video>", "</video>"),
    "scripts": _repeated("<script>x</script>"),
    "comments": _repeated("<!-- x -->桥"),
    "open comments": _repeated("<!--"),
    "less-than signs": _repeated("<"),
    "open tags": _repeated("<a "),
    "marks": lambda size: _article("<p>" + "*_`~[]|" * (size // 7) + "</p>"),
    "back-ticks": lambda size: _article("<p><code>" + "` `` " * (size // 5) + "</code></p>"),
    "underscores": lambda size: _article("<p>" + "_" * size + "</p>"),
    "hyphens": lambda size: _article("<p>" + "- " * (size // 2) + "x</p>"),
    "hashes": lambda size: _article("<h3>" + "# " * (size // 2) + "x</h3>"),
    "preformatted": lambda size: _article("<pre>" + "``` \n" * (size // 5) + "</pre>"),
    "long title": lambda size: _article("<p>桥</p>", title="桥" * (size // 3)),
    "long address line": lambda size: _article("<p>桥</p>", address="?a=b" * (size // 4)),
    "datelines": _repeated("<p>【大纪元2022年04月07日讯】（大纪元记者张三综合报导）桥</p>"),
    "dateline of digits": lambda size: _article("<p>【大纪元" + "2 " * (size // 2) + "</p>"),
    "bylines in a line": lambda size: _article(
        "<p>【大纪元2022年04月07日讯】" + "（大纪元记者" * (size // 18) + "</p>"
    ),
    "credits": _repeated("<p>责任编辑：李四</p>"),
    "credits in a line": lambda size: _article("<p>" + "责任编辑：李四；" * (size // 24) + "</p>"),
    "promotions": _repeated("<p>请订阅我们的频道：https://example.org/x</p>"),
    "related": _repeated('<p><a href="x">桥</a></p>', "<p>相关文章</p>"),
    "navigation lines": _repeated("#### [首页](../x)\n"),
    "rules of hyphens": _repeated("\n---\n"),
    "advertisements": _repeated("#### [桥](http://10.10.10.10/x)\n"),
    "front matter": _front_matter,
    "Markdown brackets": _markdown("["),
    "Markdown quotes": _markdown(">"),
    "Markdown items": _markdown("- 桥\n"),
    "Markdown marks": _markdown("**桥*"),
    "Markdown table": _markdown("|a|b|\n|-|-|\n"),
    "Markdown headings": _markdown("# 桥\n\n"),
    "text lines": lambda size: Source("a.txt", "桥\n\n".encode() * (size // 5)),
    "blank lines": lambda size: Source("a.txt", b"x" + b" \n" * (size // 2) + b"x"),
    "no UTF-8": lambda size: Source("a.md", b"\xff\xfd" * (size // 2)),
    "carriage returns": lambda size: Source("a.md", b"\r" * size),
}
"""Each gives a source of about so many bytes."""


def traps(pattern: re.Pattern[str], size: int) -> Iterator[str]:
    """Texts of about so many characters that begin as a match of the pattern does, and are none.

    Made of the pattern's own parts: each repeat of it drawn out as far as it goes, what comes before it again and
    again, and its beginning without its end.
    """
    tree = parsed.parse(pattern.pattern)
    whole = _sample(tree, 2)
    yield whole[:-1] * (size // max(1, len(whole) - 1)) if len(whole) > 1 else whole * size
    for cut in range(1, min(len(whole), 12)):
        yield whole[:cut] * (size // cut)
    for number in range(_repeats(tree)):
        drawn = _sample(tree, 1, [number], size)
        yield drawn[: size + 50] + "\ue000"
        yield drawn[:size].rstrip() + "\n\ue000"


def _sample(tree: Any, times: int, drawn: list[int] | None = None, size: int = 0) -> str:
    """A text that a parsed pattern may match; the repeat whose number stands in `drawn` is drawn out to a size."""
    parts: list[str] = []
    for code, value in tree:
        if code is codes.LITERAL:
            parts.append(chr(value))
        elif code is codes.NOT_LITERAL:
            parts.append("桥" if value != ord("桥") else "x")
        elif code is codes.ANY:
            parts.append("桥")
        elif code is codes.IN:
            parts.append(_member(value))
        elif code is codes.BRANCH:
            parts.append(_sample(value[1][0], times, drawn, size))
        elif code is codes.SUBPATTERN:
            parts.append(_sample(value[-1], times, drawn, size))
        elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
            least, most, inner = value
            mine = drawn is not None and drawn and drawn[0] == 0
            if drawn:
                drawn[0] -= 1
            piece = _sample(inner, times, drawn, size)
            count = size // max(1, len(piece)) if mine else min(max(least, times), most)
            parts.append(piece * (min(count, most) if most is not codes.MAXREPEAT else count))
    return "".join(parts)


def _repeats(tree: Any) -> int:
    count = 0
    for code, value in tree:
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
            count += 1 + _repeats(value[2])
        elif code is codes.SUBPATTERN:
            count += _repeats(value[-1])
        elif code is codes.BRANCH:
            count += _repeats(value[1][0])
    return count


def _member(items: Any) -> str:
    """A character that a class holds."""
    candidates = "桥1a 　/：。，（）【】-#x<>\"'\n"
    first = items[0]
    if first[0] is codes.LITERAL:
        return chr(first[1])
    if first[0] is codes.RANGE:
        return chr(first[1][0])
    pattern = {
        codes.CATEGORY_DIGIT: "1",
        codes.CATEGORY_SPACE: " ",
        codes.CATEGORY_WORD: "a",
        codes.CATEGORY_NOT_SPACE: "桥",
        codes.CATEGORY_NOT_DIGIT: "桥",
        codes.CATEGORY_NOT_WORD: "，",
    }
    if first[0] is codes.CATEGORY:
        return pattern[first[1]]
    refused = {chr(value) for code, value in items if code is codes.LITERAL}
    return next(one for one in candidates if one not in refused)
