"""Heal white space: a mirror's pretty-printer broke every line at every tag, and the original spacing is gone.

What stood between two pieces of text is decided by the characters on both sides (counted over 2.1 million such
places): Chinese never had a space there, Latin words did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from turbohtml import Element, Text

from convert.article import Article, Context
from convert.tree import texts

INLINE = frozenset({"a", "strong", "em", "sup", "sub", "code", "s"})
SPACE = re.compile(r"[ \t\n\r\f]+")
# Han, kana, bopomofo, CJK symbols and punctuation, full-width forms, and the marks that Chinese shares with Latin
CJK = re.compile(
    "[\u2e80-\u2fff\u3001-\u303f\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3200-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\u2014\u2018-\u201d\u2022\u2026\u2027\u00b7\u3000\U00020000-\U0003ffff]"
)
REACH = 20  # how far an English run's own space may be from the place in question, in characters


@dataclass(slots=True)
class _Run:
    """The inline run being read: its last text node, that node's depth, and the run's last characters."""

    node: Text | None = None
    depth: int = 0
    tail: str = ""


def heal_whitespace(article: Article, context: Context) -> None:
    """Collapse white space in every text of the body, and decide at inline edges what stood there."""
    _heal(article.body, _Run(), 0)


def _heal(parent: Element, run: _Run, depth: int) -> None:
    for node in parent.children:
        if type(node) is Text:
            _heal_text(node, run, depth)
        elif type(node) is Element:
            tag = node.tag
            if tag in INLINE:
                if tag in {"sup", "sub"}:
                    _heal_script(node, run, depth)
                else:
                    _heal(node, run, depth + 1)
            elif tag == "img":
                _end(run)
            elif tag == "pre":
                _end(run)
            else:
                _end(run)
                _heal(node, run, depth + 1)
                _end(run)


def _heal_script(node: Element, run: _Run, depth: int) -> None:
    """Superscripts and subscripts touch what they belong to."""
    inner = _Run()
    _heal(node, inner, depth + 1)
    for text in texts(node):
        text.data = text.data.strip()
    if inner.node is not None:
        run.node, run.depth, run.tail = inner.node, depth + 1, inner.node.data[-REACH - 1 :]


def _end(run: _Run) -> None:
    """A block or a line ends: white space before this place is dropped."""
    if run.node is not None and run.node.data.endswith(" "):
        run.node.data = run.node.data.rstrip(" ")
    run.node, run.tail = None, ""


def _heal_text(node: Text, run: _Run, depth: int) -> None:
    data = node.data
    stripped = data.strip(" \t\n\r\f")
    if not stripped:
        if run.node is not None and "\n" not in data and not run.tail.endswith(" "):
            run.node.data += " "
            run.tail += " "
        elif run.node is not None:
            run.tail += "\n"
        node.data = ""
        return
    start = data.index(stripped[0])
    lead, trail = data[:start], data[start + len(stripped) :]
    healed = SPACE.sub(_inner, stripped) if "\n" in stripped or "  " in stripped or "\t" in stripped else stripped
    if run.node is not None and (lead or run.tail[-1:] in "\n "):
        healed = _join(healed, lead, run, depth)
    if trail and "\n" not in trail:
        healed += " "
    node.data = healed
    run.node, run.depth = node, depth
    run.tail = healed[-REACH - 1 :] + ("\n" if "\n" in trail else "")


def _join(healed: str, lead: str, run: _Run, depth: int) -> str:
    """Put the space that belongs between the run's tail and this text, if any, into the outer one of the two nodes."""
    tail = run.tail.rstrip("\n")
    if tail.endswith(" "):
        return healed
    broken = "\n" in lead or "\n" in run.tail
    if (lead and not broken) or (broken and _separator(tail, healed)):
        if depth <= run.depth:
            return " " + healed
        assert run.node is not None
        run.node.data += " "
    return healed


def _inner(match: re.Match[str]) -> str:
    """White space inside one text node: a line end between Chinese characters was never a space."""
    space = match[0]
    if "\n" not in space:
        return " "
    text, start, end = match.string, match.start(), match.end()
    return " " if _separator(text[max(0, start - REACH) : start], text[end : end + REACH]) else ""


def _separator(before: str, after: str) -> bool:
    """Whether a space stood between two pieces of text that a line end now divides."""
    if not before or not after:
        return False
    left, right = before[-1], after[0]
    if CJK.match(left) or CJK.match(right):
        return False
    if left.isalpha():
        return _after_letter(before, after, right)
    if left.isdigit():
        return _after_digit(before, after, right)
    if right.isalpha():
        return left in ",.;:!?)" or _is_english(before, after) and left in "]%"
    if right.isdigit():
        return left in ",;:!?)" or (left == "." and not before[-2:-1].isdigit())
    return right in "@#"


def _after_letter(before: str, after: str, right: str) -> bool:
    if right.isalpha():
        # a linker that cut one letter off a word: "S|ticks", "combo|s"
        return len(_last_word(before)) > 1 and (len(_first_word(after)) > 1 or after[:1] in "aAI")
    if right.isdigit():
        return _is_english(before, after)
    return right in "(@#" and _is_english(before, after)


def _after_digit(before: str, after: str, right: str) -> bool:
    if right.isdigit():
        return False
    if right.isalpha():
        return after.startswith(("http", "pic.")) or _is_english(before, after)
    return right in "(@#" and _is_english(before, after)


def _is_english(before: str, after: str) -> bool:
    """Whether an ASCII space stands near, as it does in running English and not in Chinese."""
    return " " in before[-REACH:].strip() or " " in after[:REACH].strip()


def _last_word(text: str) -> str:
    word = re.search(r"[^\W\d_\u2e80-\uffef]*$", text)
    return word[0] if word else ""


def _first_word(text: str) -> str:
    word = re.match(r"[^\W\d_\u2e80-\uffef]*", text)
    return word[0] if word else ""


