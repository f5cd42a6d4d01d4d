"""Reads a Markdown body back with an independent reader, and compares it with the body under the projection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import TypeAlias

from turbohtml import parse_fragment

from convert.gfm import markdown_to_html
from convert.verify.difference import Difference, apart, short
from convert.verify.projection import Block, projected, read
from convert.verify.view import View

Reader: TypeAlias = Callable[[str], str]
"""Markdown to HTML."""

_SHOWN = 8


def cmark_gfm(markdown: str) -> str:
    """GitHub's CommonMark reader, with tables, strikethrough and autolinks, raw HTML let through."""
    return markdown_to_html(markdown, "table", "strikethrough", "autolink")


def front_matter_cut(markdown: str) -> str:
    """The Markdown body: what follows the front matter."""
    end = markdown.find("\n---\n", 3)
    return markdown[end + 5 :].lstrip("\n") if end >= 0 and markdown.startswith("---\n") else markdown


_PROJECTIONS = {"<figure>": "<p>", "</figure>": "</p>", "<figcaption>": "<br>", "</figcaption>": ""}
_ALT_FIRST = re.compile(r'<img (alt="[^"]*") (src="[^"]*")>')
_NO_ALT = re.compile(r'(<img src="[^"]*")>')
_NOT_SIMPLE = ("<ul", "<ol", "<table", "<blockquote", "<pre", "<s>", " id=")
_HEADINGS = tuple((f"</{name}>\n", f"</{name}>") for name in ("h2", "h3", "h4"))
_LINE_ENDS = (("</p>\n", "</p>"), ("<br />\n", "<br>"), *_HEADINGS, ("<hr />\n", "<hr>"), (" />", ">"))


def _simply_equal(html: str, answer: str) -> bool:
    """Whether a body of paragraphs, headings and figures alone was read back to the letter: most are, and it is quick.

    html: as the parser serialises it. answer: as the reader wrote it; only the form of its void elements and its line
    ends behind blocks are made like the parser's, so that equal text is an equal tree. Quotation marks, which the two
    write in different ways, are left to the slower comparison.
    """
    if "&quot;" in answer or any(piece in html for piece in _NOT_SIMPLE):
        return False
    for tag, other in _PROJECTIONS.items():
        html = html.replace(tag, other)
    if "<img" in html:
        html = _NO_ALT.sub(r'\1 alt="">', _ALT_FIRST.sub(r"<img \2 \1>", html))
    for end, other in _LINE_ENDS:
        answer = answer.replace(end, other)
    return html == answer


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
    markdown: str, view: View, reader: Reader = cmark_gfm, *, title: bool = False, front: bool = True
) -> tuple[list[Difference], int]:
    """Read a Markdown file's body with a reader and compare it with the article's body under the projection.

    markdown: the whole file; its front matter is cut off, where it has any (`front`).
    reader: Markdown to HTML, with tables, strikethrough and raw HTML.
    title: whether the file repeats the title as its first heading.
    Returns the differences, block by block, and how many plain e-mail addresses the reader made into links of its
    own accord: the one difference that is allowed. Percent-encoding of addresses is made the same on both sides.
    """
    written = reader(front_matter_cut(markdown) if front else markdown)
    if not title and _simply_equal(view.html, written):
        return [], 0
    expected = projected(view.html)
    heading = view.article.meta.title if title else ""
    if heading:
        expected.insert(0, ["<h1>", '"' + heading.strip(), "</h1>"])
    found = read(parse_fragment(written, positions=False).inner_html)
    if expected == found:
        return [], 0
    mails = _mails_let_pass(expected, found)
    return list(compare_blocks("reads back", view.path, expected, found)), mails


def compare_blocks(check: str, path: str, expected: list[Block], found: list[Block]) -> Iterable[Difference]:
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
                check,
                f"{path}, block {low + index + 1}",
                *apart(" ".join(wanted[at : at + _SHOWN]), " ".join(got[at : at + _SHOWN])),
                short(" ".join(wanted[max(0, at - 3) : at]), 80),
            )
