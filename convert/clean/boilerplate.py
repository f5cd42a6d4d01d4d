"""Lines that are no part of the article's own text, by the profile's patterns and their policies."""

from __future__ import annotations

from collections.abc import Sequence

from turbohtml import Element, Node

from convert.article import Article, Context
from convert.lines import remove_lines, told_lines
from convert.profiles import Boilerplate

RULE = "boilerplate"
TAIL, HEAD = 14, 6  # blocks
LONGEST = 240  # characters; no pattern means a longer line
TEXT_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})


def drop_boilerplate(article: Article, context: Context) -> None:
    """Drop, keep or move the lines that the profile's patterns name; what goes leaves a note with its name."""
    profile = article.profile
    ends, anywhere = profile.boilerplate_ends, profile.boilerplate_any
    if ends is None:
        return
    broken = article.body.select_one("br") is not None
    blocks = _text_blocks(article.body)
    count = len(blocks)
    before = ""  # the pattern that took the line before away
    for index, block in enumerate(blocks):
        near = index >= count - TAIL or index < HEAD
        union = ends if near else anywhere
        if union is None:
            continue
        text = block.text
        if not broken and len(text) > 2 * LONGEST:
            before = ""
            continue
        if block.parent is None:
            continue  # went with a line before it
        if "。" in text[:-1] and not (broken and block.select_one("br") is not None):
            before = ""
            continue  # two sentences are text, whatever they begin with
        if not broken and not union.fullmatch(text.strip()):
            before = ""
            continue  # what most lines are
        place = ("tail" if index >= count - TAIL else "", "head" if index < HEAD else "", "any")
        doomed = []
        for line, text in told_lines(block, LONGEST):
            likely = "。" not in text[:-1] and union.fullmatch(text)
            before = _treat(article, line, text, place, before) if likely else ""
            if before:
                doomed.append(line)
        if doomed:
            remove_lines(block, doomed)


def _text_blocks(body: Element) -> list[Element]:
    blocks: list[Element] = []
    for block in body.children:
        if type(block) is not Element:
            continue
        if block.tag in TEXT_BLOCKS:
            blocks.append(block)
        elif block.tag == "blockquote":
            blocks.extend(block.select("blockquote > p"))
    return blocks


def _treat(article: Article, line: Sequence[Node], text: str, place: tuple[str, ...], before: str) -> str:
    """Apply the first pattern that means this line; its name where the line is to go, else nothing."""
    for rule in article.profile.boilerplate:
        match = rule.pattern.fullmatch(text) if rule.where in place and rule.after in {"", before} else None
        if match is None:
            continue
        if rule.policy == "keep":
            return ""
        if rule.policy == "field":
            _move(article, rule, line, text, (match.groupdict().get("value") or text).strip())
        else:
            article.note_removed(f"{RULE}.{rule.name}", line)
        if rule.rest:
            _drop_rest(article, f"{RULE}.{rule.name}", line)
        return rule.name
    return ""


def _drop_rest(article: Article, name: str, line: Sequence[Node]) -> None:
    """Remove the blocks behind a line for as long as they are made of links."""
    block = line[0]
    while block.parent is not None and block.parent is not article.body:
        block = block.parent
    for after in list(block.next_siblings):
        if type(after) is not Element:
            continue
        linked = sum(len(link.text.strip()) for link in after.select("a"))
        if not linked or after.tag in {"h2", "h3", "h4", "table"} or linked * 2 < len(after.text.strip()):
            return
        article.note_removed(name, [after])
        after.extract()


def _move(article: Article, rule: Boilerplate, line: Sequence[Node], text: str, value: str) -> None:
    field = rule.field
    if not getattr(article.meta, field, ""):
        setattr(article.meta, field, value)
        article.origin[field] = f"line {text[:40]!r}"
    article.note_addresses(f"{RULE}.{rule.name}", line)
    if getattr(article.meta, field) == value:
        article.note(f"{RULE}.{rule.name}", "moved", text, field)
    else:
        article.note(f"{RULE}.{rule.name}", "removed", text)  # another line had filled the field
