"""Lines of credit at the end: editors, translators, and who wrote the text; and the marks that close an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from turbohtml import Element, Node

from convert.article import Article, Context
from convert.enrich.people import read_names
from convert.profiles import Names
from convert.tree import INLINE, cut, drop_if_blank, remove_lines, texts, told_lines, trim

RULE = "credits"
LAST = 8  # text blocks in which a line of credit may stand
LONGEST = 80  # characters
AFTERWORD = re.compile(r"[（(]")  # what is said of a person behind the name
CLOSING = "#＃◇◆"


def read_credits(article: Article, context: Context) -> None:
    """Move lines of credit that were understood into the metadata, then take off the marks that close the article."""
    names = article.profile.names
    if not names.roles:
        return
    found: dict[str, list[str]] = {}
    for block in _last_blocks(article.body):
        doomed = []
        for line, text in told_lines(block, LONGEST):
            if _credits(article, text, names, found):
                article.note_addresses(RULE, line)
                doomed.append(line)
        if doomed:
            remove_lines(block, doomed)
    for key, people in found.items():
        if key == "via":
            article.meta.via = article.meta.via or people[0]
            continue
        if key == "authors" and article.meta.authors:
            continue
        setattr(article.meta, key, list(dict.fromkeys(people)))
        article.origin[key] = "credits"
    _close(article)


def _last_blocks(body: Element) -> list[Element]:
    blocks: list[Element] = []
    for block in body.children[-LAST:]:
        if type(block) is Element:
            if block.tag in {"p", "h2", "h3", "h4"}:
                blocks.append(block)
            elif block.tag in {"blockquote", "ul", "ol"}:
                lines = [one for one in block.select("p, li")[-2 * LAST :] if one.select_one("p, li") is None]
                blocks.extend(lines[-2:])
    return blocks


@lru_cache(maxsize=32)
def _label(names: Names) -> re.Pattern[str]:
    """A credit's label and what divides it from the names."""
    words = "|".join(sorted((re.escape(role) for role in names.roles), key=len, reverse=True))
    return re.compile(rf"(?P<role>{words})(?:\s*[：:﹕︰；;·．]+\s*|\s+|(?=[\u3400-\u9fff]{{2,3}}[#＃◇\s]*$))")


def _credits(article: Article, text: str, names: Names, found: dict[str, list[str]]) -> bool:
    """Read one line; whether all of it was understood as credits."""
    label = _label(names)
    inner = text.strip("（）() \u3000")
    if label.match(inner) is None:
        return False
    read: list[tuple[str, Sequence[str]]] = []
    starts = [
        match
        for match in label.finditer(inner)
        if match.start() == 0 or inner[match.start() - 1] in "，,；;、 。|｜／/：:"
    ]
    for index, match in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(inner)
        piece = inner[match.end() : end].strip("，,；;、 。|｜／/" + names.end_marks)
        if AFTERWORD.search(piece):
            return _read_only(article, text, AFTERWORD.split(piece)[0], names.roles[match["role"]], names, found)
        if names.roles[match["role"]] == "via":
            read.append(("via", [re.split("[，,]", piece)[0].strip()] if piece else []))
            continue
        people = read_names(piece, names)
        if people is None:
            article.note(RULE, "wrong", text, names.roles[match["role"]])
            return False
        read.append((names.roles[match["role"]], people))
    for key, named in read:
        if key and named:
            found.setdefault(key, []).extend(named)
    article.note(RULE, "moved", text, " ".join(dict.fromkeys(key for key, _ in read if key)))
    return True


def _read_only(article: Article, text: str, piece: str, key: str, names: Names, found: dict[str, list[str]]) -> bool:
    """Read the names of a line that says more about its people; the line stays where it is."""
    people = read_names(piece, names)
    if key and people:
        found.setdefault(key, []).extend(people)
        article.note(RULE, "guessed", text, key)
    return False


def _close(article: Article) -> None:
    """Take the closing mark off the last text of the body, where it ends with one."""
    last = next((block for block in reversed(article.body.children) if _has_text(block)), None)
    if last is None:
        return
    node = texts(last)[-1]
    text = node.data.rstrip()
    rest = text.rstrip(CLOSING)
    if rest == text:
        return
    article.note(f"{RULE}.closing-mark", "removed", text[len(rest) :])
    block = node.parent
    while isinstance(block, Element) and block.tag in INLINE:
        block = block.parent
    assert isinstance(block, Element)  # the text stands in a block of the body
    whole = len(block.text)
    cut(block, whole - len(node.data) + len(rest.rstrip()), whole)
    trim(block)
    drop_if_blank(block)


def _has_text(block: Node) -> bool:
    return type(block) is Element and block.tag != "figure" and bool(block.text.strip())
