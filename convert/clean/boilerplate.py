"""Lines that are no part of the article's own text, by the profile's patterns and their policies."""

from __future__ import annotations

from turbohtml import Element, Node

from convert.article import Article, Context
from convert.profiles import Boilerplate
from convert.tree import line_text, lines, remove_lines

RULE = "boilerplate"
TAIL, HEAD = 14, 6  # blocks
LONGEST = 240  # characters; no pattern means a longer line
TEXT_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})


def drop_boilerplate(article: Article, context: Context) -> None:
    """Drop, keep or move the lines that the profile's patterns name; what goes leaves a note with the pattern's name."""
    profile = article.profile
    ends, anywhere = profile.boilerplate_ends, profile.boilerplate_any
    if ends is None:
        return
    blocks = _text_blocks(article.body)
    count = len(blocks)
    for index, block in enumerate(blocks):
        near = index >= count - TAIL or index < HEAD
        union = ends if near else anywhere
        if union is None or (len(block.text) > LONGEST and block.select_one("br") is None):
            continue
        doomed = []
        for line in lines(block):
            text = line_text(line)
            if text and len(text) <= LONGEST and union.fullmatch(text):
                place = ("tail" if index >= count - TAIL else "", "head" if index < HEAD else "", "any")
                if _treat(article, line, text, place):
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


def _treat(article: Article, line: list[Node], text: str, place: tuple[str, ...]) -> bool:
    """Apply the first pattern that means this line; whether the line is to go."""
    for rule in article.profile.boilerplate:
        match = rule.pattern.fullmatch(text) if rule.where in place else None
        if match is None:
            continue
        if rule.policy == "keep":
            return False
        if rule.policy == "field":
            _move(article, rule, line, text, (match.groupdict().get("value") or text).strip())
        else:
            article.note_removed(f"{RULE}.{rule.name}", line)
        return True
    return False


def _move(article: Article, rule: Boilerplate, line: list[Node], text: str, value: str) -> None:
    field = rule.field
    if not getattr(article.meta, field, ""):
        setattr(article.meta, field, value)
        article.origin[field] = f"line {text[:40]!r}"
    for node in line:
        if isinstance(node, Element):
            for link in node.iter_elements("a", include_self=True):
                article.note(f"{RULE}.{rule.name}", "removed", link.attr("href") or "", of="attribute")
    article.note(f"{RULE}.{rule.name}", "moved", text, field)
