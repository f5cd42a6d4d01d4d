"""Lines of credit at the end: editors, translators, and who wrote the text; and the marks that close an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from turbohtml import Element, Node, Text

from convert.article import Article, Context
from convert.enrich.people import read_names
from convert.lines import remove_lines, told_lines
from convert.profiles import Names
from convert.tree import INLINE, cut, drop_if_blank, texts, trim

RULE = "credits"
FIRST, LAST = 4, 8  # blocks at the start and at the end in which a line of credit may stand
LONGEST = 80  # characters
AROUND = "（）() \u3000"  # what may stand round a line of credit
FOREIGN = re.compile(r"(?<=[\u3400-\u9fff])[（(][A-Za-z\u00c0-\u024f .’'\-]+[）)]")  # a name as it is written at home
AFTERWORD = re.compile(r"[（(]")  # what is said of a person behind the name
TRANSLATOR = re.compile(r"(?:^|[\s，,；;/／])([\u3400-\u9fff·‧•]{2,8})\s*(?:综合)?(?:编译|翻译|译)\s*$")
ENDED = re.compile(r"[。！？!?…”’」』）)]$")  # how a sentence ends
CLOSING = "#＃◇◆"
CLOSING_MARKS = tuple(CLOSING)

_Read: TypeAlias = list[tuple[str, Sequence[str]]]


def read_credits(article: Article, context: Context) -> None:
    """Move lines of credit that were understood into the metadata, then take off the marks that close the article."""
    names = article.profile.names
    if not names.roles:
        return
    found: dict[str, list[str]] = {}
    told: list[tuple[str, _Read]] = []
    label = _label(names)
    broken = article.body.select_one("br") is not None
    for block in _edge_blocks(article.body):
        if not broken and label.match(block.text.strip(AROUND)) is None:
            continue  # what most blocks are
        doomed = []
        for line, text in told_lines(block, LONGEST):
            read = _credits(article, text, names, label, found)
            if read is not None:
                told.append((text, read))
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
    for text, read in told:
        _note_line(article, text, read)
    _close(article)


def _note_line(article: Article, text: str, read: _Read) -> None:
    """Note a line that was taken away: as moved where its names stand in the metadata now, else as removed."""
    named = [(key, names) for key, names in read if key and names]
    if named and all(_stands(article, key, names) for key, names in named):
        article.note(RULE, "moved", text, " ".join(dict.fromkeys(key for key, _ in named)))
    else:
        article.note(RULE, "removed", text)


def _stands(article: Article, key: str, names: Sequence[str]) -> bool:
    value = getattr(article.meta, key)
    return set(names) <= {value} if isinstance(value, str) else set(names) <= set(value)


def _edge_blocks(body: Element) -> list[Element]:
    """The blocks in which a line of credit may stand: the first few and the last few."""
    blocks: list[Element] = []
    children = body.children
    for block in [*children[:FIRST], *children[max(FIRST, len(children) - LAST) :]]:
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
    return re.compile(rf"(?P<role>{words})(?:\s*[：:﹕︰；;·．/／]+\s*|\s+|(?=[\u3400-\u9fff]{{2,3}}[#＃◇\s]*$))")


def _credits(
    article: Article, text: str, names: Names, label: re.Pattern[str], found: dict[str, list[str]]
) -> _Read | None:
    """Read one line: its fields with their names; None where it was not all understood as credits."""
    inner = text.strip(AROUND)
    if label.match(inner) is None:
        return None
    read: _Read = []
    starts = [
        match
        for match in label.finditer(inner)
        if match.start() == 0 or inner[match.start() - 1] in "，,；;、 。|｜／/：:"
    ]
    for index, match in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(inner)
        piece = FOREIGN.sub("", inner[match.end() : end]).strip("，,；;、 。|｜／/" + names.end_marks)
        if AFTERWORD.search(piece):
            _read_only(article, text, AFTERWORD.split(piece)[0], names.roles[match["role"]], names, found)
            return None
        if names.roles[match["role"]] == "via":
            read.append(("via", [re.split("[，,]", piece)[0].strip()] if piece else []))
            continue
        key = names.roles[match["role"]]
        if key == "authors" and names.translation is not None and names.translation.search(piece):
            piece, translator = _translated(piece)
            read.append(("translators", read_names(translator, names) or ()))
        people = read_names(piece, names)
        if people is None:
            article.note(RULE, "wrong", text, key)
            return None
        if key == "authors" and piece and not people:
            return None  # an office or a group, which the line alone tells
        read.append((key, people))
    for key, named in read:
        if key and named:
            found.setdefault(key, []).extend(named)
    return read


def _translated(piece: str) -> tuple[str, str]:
    """A piece such as `约翰 李四 编译`, taken apart before the translator's name."""
    match = TRANSLATOR.search(piece)
    return (piece[: match.start()], match[1]) if match is not None else (piece, "")


def _read_only(article: Article, text: str, piece: str, key: str, names: Names, found: dict[str, list[str]]) -> None:
    """Read the names of a line that says more about its people; the line stays where it is."""
    people = read_names(piece, names)
    if key and people:
        found.setdefault(key, []).extend(people)
        article.note(RULE, "guessed", text, key)


def _close(article: Article) -> None:
    """Take closing marks off: the last text's, and those behind a sentence, or alone, among the last blocks."""
    last = True
    for block in reversed(article.body.children[-LAST:]):
        if type(block) is not Element or not _has_text(block):
            continue
        if not block.text.rstrip().endswith(CLOSING_MARKS):
            last = False
            continue
        node = texts(block)[-1]
        text = node.data.rstrip()
        rest = text.rstrip(CLOSING)
        if rest != text and (last or (ENDED.search(rest.rstrip()) if rest.strip() else block.text.strip() == text)):
            article.note(f"{RULE}.closing-mark", "removed", text[len(rest) :])
            _cut_end(node, len(rest.rstrip()))
        last = False


def _cut_end(node: Text, start: int) -> None:
    """Cut the end off a text that ends its block, from a character on."""
    block = node.parent
    while isinstance(block, Element) and block.tag in INLINE:
        block = block.parent
    assert isinstance(block, Element)  # the text stands in a block of the body
    whole = len(block.text)
    cut(block, whole - len(node.data) + start, whole)
    trim(block)
    drop_if_blank(block)


def _has_text(block: Node) -> bool:
    return type(block) is Element and block.tag != "figure" and bool(block.text.strip())
