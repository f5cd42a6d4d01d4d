"""Reads a Markdown body back with an independent reader, and compares it with the body under the projection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import TypeAlias

import cmarkgfm
from cmarkgfm.cmark import Options
from turbohtml import parse_fragment

from convert.article import Article
from convert.verify.difference import Difference, short
from convert.verify.projection import Block, projected, read

Reader: TypeAlias = Callable[[str], str]
"""Markdown to HTML."""

_FRONT = re.compile(r"---\n.*?\n---\n+", re.S)
_SHOWN = 8


def cmark_gfm(markdown: str) -> str:
    """GitHub's CommonMark reader, with tables, strikethrough and autolinks, raw HTML let through."""
    extensions = ["table", "strikethrough", "autolink"]
    html: str = cmarkgfm.markdown_to_html_with_extensions(
        markdown, options=Options.CMARK_OPT_UNSAFE, extensions=extensions
    )
    return html


def front_matter_cut(markdown: str) -> str:
    """The Markdown body: what follows the front matter."""
    front = _FRONT.match(markdown)
    return markdown[front.end() :] if front else markdown


_PROJECTED = re.compile(r"<(/?)fig(ure|caption)>")
_PROJECTIONS = {("", "ure"): "<p>", ("/", "ure"): "</p>", ("", "caption"): "<br>", ("/", "caption"): ""}
_ALT_FIRST = re.compile(r'<img (alt="[^"]*") (src="[^"]*")>')
_LINE_END = re.compile(r"(</p>|</h[2-4]>|<br>|<hr>)\n")
_NOT_SIMPLE = re.compile(r"<(?:ul|ol|table|blockquote|pre|del|s)\b| id=")


def _simply_equal(html: str, answer: str) -> bool:
    """Whether a body of paragraphs, headings and figures alone was read back to the letter: most are, and it is quick.

    Both are serialised by one writer, so that equal text is an equal tree.
    """
    if _NOT_SIMPLE.search(html):
        return False
    ours = _PROJECTED.sub(lambda tag: _PROJECTIONS[tag[1], tag[2]], html)
    ours = _ALT_FIRST.sub(r"<img \2 \1>", ours)
    return ours == _LINE_END.sub(r"\1", answer)


_MAIL = re.compile(r"<a href=((?:mailto|xmpp):([^ >]+))>")


def _mail_unlinked(block: Block) -> tuple[Block, int]:
    """A block in which links that show just the e-mail address that they lead to are text; how many there were."""
    result: Block = []
    count, index = 0, 0
    while index < len(block):
        event = block[index]
        mail = _MAIL.fullmatch(event)
        shown = block[index + 1] if mail and block[index + 2 : index + 3] == ["</a>"] else ""
        if mail and shown in {'"' + mail[1], '"' + mail[2]}:
            count += 1
            index += 3
            event = shown
        else:
            index += 1
        if event[0] == '"' and result and result[-1][0] == '"':
            result[-1] += event[1:]
        else:
            result.append(event)
    return result, count


def _mails_let_pass(expected: list[Block], found: list[Block]) -> int:
    """Take the links that the reader made of plain e-mail addresses out of `found`; returns how many.

    A block passes where it differs in nothing else, and has no such link less than expected.
    """
    mails = 0
    for index, (wanted, got) in enumerate(zip(expected, found, strict=False)):
        if wanted == got:
            continue
        plain_wanted, due = _mail_unlinked(wanted)
        plain_got, count = _mail_unlinked(got)
        if plain_wanted == plain_got and count > due:
            found[index] = wanted
            mails += count - due
    return mails


def reads_back(
    markdown: str, article: Article, reader: Reader = cmark_gfm, *, title: bool = False
) -> tuple[list[Difference], int]:
    """Read a Markdown file's body with a reader and compare it with the article's body under the projection.

    markdown: the whole file; its front matter is cut off.
    reader: Markdown to HTML, with tables, strikethrough and raw HTML.
    title: whether the file repeats the title as its first heading.
    Returns the differences, block by block, and how many plain e-mail addresses the reader made into links of its
    own accord: the one difference that is allowed. Percent-encoding of addresses is made the same on both sides.
    """
    html = article.body.inner_html
    answer = parse_fragment(reader(front_matter_cut(markdown)), positions=False).inner_html
    if not title and _simply_equal(html, answer):
        return [], 0
    expected = projected(html)
    if title and article.meta.title:
        expected.insert(0, ["<h1>", '"' + " ".join(article.meta.title.split()), "</h1>"])
    found = read(answer)
    if expected == found:
        return [], 0
    mails = _mails_let_pass(expected, found)
    return list(_compare(article.path, expected, found)), mails


def _compare(path: str, expected: list[Block], found: list[Block]) -> Iterable[Difference]:
    """The blocks that differ, and where in each."""
    ours = ["\n".join(block) for block in expected]
    theirs = ["\n".join(block) for block in found]
    for kind, low, high, start, stop in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for index in range(max(high - low, stop - start)):
            wanted = expected[low + index] if low + index < high else []
            got = found[start + index] if start + index < stop else []
            same = next((at for at, pair in enumerate(zip(wanted, got, strict=False)) if pair[0] != pair[1]), None)
            at = min(len(wanted), len(got)) if same is None else same
            yield Difference(
                "reads back",
                f"{path}, block {low + index + 1}",
                short(" ".join(wanted[at : at + _SHOWN]), 120),
                short(" ".join(got[at : at + _SHOWN]), 120),
                short(" ".join(wanted[max(0, at - 3) : at]), 80),
            )
