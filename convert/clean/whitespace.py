"""Heal white space: a line end is a space, but not beside a Han character, and not where a pretty-printer put it.

A mirror's pretty-printer broke every line at every tag, on both sides of it, and the original spacing is gone there.
What stood at such a tag is decided by the characters on both sides (counted over 2.1 million such places): Chinese
never had a space there, Latin words did. Any other line end is the author's, and what a browser shows for it: a space.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import islice

from turbohtml import Element, Node, Text

from convert.article import Article, Context
from convert.lines import CJK, beside_chinese

INLINE = frozenset({"a", "strong", "em", "sup", "sub", "code", "s", "wbr"})
ALONE = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "figcaption"})
SCRIPTS = frozenset({"sup", "sub"})
PICTURE = "\ufffc"  # OBJECT REPLACEMENT CHARACTER: what a picture is in a run of text
BLANK = " \t\n\r\f"
SPACE = re.compile(r"[ \t\n\r\f]+")
WORDS = frozenset({"a", "I"})  # words of one letter
REACH = 20  # how far an English run's own space may be from the place in question, in characters
PRINTED = re.compile(r"(?:\n +){2,}")  # two texts of a pretty-printer between which a tag stood, each indented
MOST_TAGS = 100  # so many of a source tell whether a pretty-printer was at work
INDENT = 200  # bytes beside such a tag that are looked at
MARKS = "a abbr b big cite code del em font i ins q s small span strike strong sub sup tt u".split()


def heal_whitespace(article: Article, context: Context) -> None:
    """Collapse white space in every text of the body, and decide at line ends and inline edges what stood there."""
    ends = _LineEnds(article)
    run: _Run | None = None
    for node in article.body.descendants:
        if type(node) is Text:
            parent = node.parent
            tag = parent.tag if type(parent) is Element else ""
            if tag in ALONE and node.next_sibling is None and node.previous_sibling is None:
                _heal_alone(node, ends)
                continue
            if tag == "pre" or (tag == "code" and _in_pre(node)):
                continue
            data = node.data
            if run is None and data.isspace():
                node.data = ""  # between two blocks
                continue
            block = _block(parent) if tag in INLINE else parent
            if run is not None and run.block is not block:
                run.end()
                run = None
            if run is None:
                run = _first(node, data, block, ends)
            else:
                _next(node, data, run, parent, ends)
        elif type(node) is Element and node.tag not in INLINE:
            if node.tag == "img":  # stands in the line as a word does
                run = _Run(_block(node.parent), run.node if run else None, PICTURE, 0)
            elif run is not None:
                run.end()
                run = None
    if run is not None:
        run.end()


class _LineEnds:
    """What the line ends of one article's text were."""

    def __init__(self, article: Article) -> None:
        self.article = article

    @cached_property
    def pretty(self) -> bool:
        """Whether a pretty-printer broke the source's lines at its tags: asked only where that decides."""
        data = self.article.source.data
        by_itself = touched = 0
        for tag in islice(_tags((*MARKS, *self.article.profile.masked_tags)).finditer(data), MOST_TAGS):
            start, end = tag.span()
            before = data[max(0, start - INDENT) : start].rpartition(b"\n")[2].rstrip()
            behind = data[end : end + INDENT].partition(b"\n")[0].lstrip()
            if not before and not behind:
                by_itself += 1
            elif before[-1:] not in {b"", b">"} or behind[:1] not in {b"", b"<"}:
                touched += 1
        return by_itself > touched

    def inner(self, match: re.Match[str]) -> str:
        """White space inside one text node, in which a pretty-printer's stands where a tag was taken away."""
        space = match[0]
        if "\n" not in space:
            return " "
        text, start, end = match.string, match.start(), match.end()
        # the pretty-printer's own indentation must not be taken for the spaces of running English
        before = SPACE.sub(_unbroken, text[max(0, start - REACH) : start])
        after = SPACE.sub(_unbroken, text[end : end + REACH])
        return " " if self.were_space(before, after, 2 if PRINTED.fullmatch(space) else 1) else ""

    def were_space(self, before: str, after: str, count: int) -> bool:
        """Whether a space stood between two pieces of text that `count` line ends now divide.

        A pretty-printer breaks the line on both sides of a tag; one line end by itself is none of its.
        """
        if "\u3000" <= before[-1:] <= "\u9fff" or "\u3000" <= after[:1] <= "\u9fff":
            return False  # beside Chinese, as most are
        if count > 1 and _separator(before, after):
            return True
        return not beside_chinese(before, after) and (count == 1 or not self.pretty)


@lru_cache(maxsize=64)
def _tags(names: tuple[str, ...]) -> re.Pattern[bytes]:
    """What finds tags of these names."""
    return re.compile(rb"</?(?:%b)(?:\s[^<>]*)?>" % "|".join(map(re.escape, names)).encode(), re.IGNORECASE)


def _unbroken(match: re.Match[str]) -> str:
    """A space of running text; nothing for a line end."""
    return "" if "\n" in match[0] else " "


def _heal_alone(node: Text, ends: _LineEnds) -> None:
    """A text that is all of its block: what most texts are."""
    data = node.data
    healed = data.strip(BLANK)
    if "\n" in healed or "  " in healed or "\t" in healed:
        healed = SPACE.sub(ends.inner, healed)
    if healed != data:
        node.data = healed


class _Run:
    """The inline run being read: its block, its last text node, and its last characters.

    broken: how many line ends stand behind the last text, those beside one another counted once.
    """

    __slots__ = ("block", "broken", "node", "tail")

    def __init__(self, block: Node | None, node: Text | None, tail: str, broken: int) -> None:
        self.block = block
        self.node = node
        self.tail = tail
        self.broken = broken

    def end(self) -> None:
        """The block or the line ends: white space before this place is dropped."""
        if self.node is not None and self.tail[-1:] == " ":
            self.node.data = self.node.data.rstrip(" ")


def _block(parent: Node | None) -> Node | None:
    """The element round some text that is no inline element."""
    while type(parent) is Element and parent.tag in INLINE:
        parent = parent.parent
    return parent


def _in_pre(node: Text) -> bool:
    return any(type(one) is Element and one.tag == "pre" for one in node.ancestors)


def _first(node: Text, data: str, block: Node | None, ends: _LineEnds) -> _Run | None:
    """The first text of a run, before which nothing matters."""
    healed = data.strip(BLANK)
    if not healed:
        if data:
            node.data = ""
        return None
    if "\n" in healed or "  " in healed or "\t" in healed:
        healed = SPACE.sub(ends.inner, healed)
    last = data[-1]
    broken = last == "\n" or (last in BLANK and "\n" in data[len(data.rstrip(BLANK)) :])
    if not broken and last in BLANK:
        healed += " "
    if healed != data:
        node.data = healed
    return _Run(block, node, healed[-REACH - 1 :], int(broken))


def _next(node: Text, data: str, run: _Run, parent: Node | None, ends: _LineEnds) -> None:
    """A text that follows another one in its run."""
    stripped = data.strip(BLANK)
    if not stripped:
        if "\n" in data:
            run.broken += 1
        elif data and not run.tail.endswith(" "):
            run.node, run.tail = node, run.tail + " "
            node.data = " "
            return
        node.data = ""
        return
    start = data.index(stripped[0])
    lead, trail = data[:start], data[start + len(stripped) :]
    healed = stripped
    if "\n" in healed or "  " in healed or "\t" in healed:
        healed = SPACE.sub(ends.inner, healed)
    if (lead or run.broken) and not run.tail.endswith(" "):
        count = run.broken + ("\n" in lead)
        if count == 1 and run.tail == PICTURE:
            count = 2  # what the pretty-printer wrote before the picture was not read
        script = count > 1 and type(parent) is Element and parent.tag in SCRIPTS  # touches what it belongs to
        if not count or (not script and ends.were_space(run.tail, healed, count)):
            # the space goes into the outer one of the two texts, never inside the edge of a link
            inside = type(parent) is Element and parent.tag in INLINE
            if inside and run.node is not None and parent not in list(run.node.ancestors):
                run.node.data += " "
                run.tail += " "
            else:
                healed = " " + healed
    broken = "\n" in trail
    if trail and not broken:
        healed += " "
    if healed != data:
        node.data = healed
    run.node, run.broken = node, int(broken)
    run.tail = healed[-REACH - 1 :] if len(healed) > REACH else (run.tail + healed)[-REACH - 1 :]


def _separator(before: str, after: str) -> bool:
    """Whether a space stood between two pieces of text at a tag where a pretty-printer broke the line."""
    if not before or not after:
        return False
    left, right = before[-1], after[0]
    if CJK.match(left) or CJK.match(right):
        return _is_english_mark(before, after)
    if left.isalpha():
        return _after_letter(before, after, right)
    if left.isdigit():
        return _after_digit(before, after, right)
    if right.isalpha():
        return left in ",.;:!?)" or (_is_english(before, after) and left in "]%")
    if right.isdigit():
        return left in ",;:!?)" or (left == "." and not before[-2:-1].isdigit())
    return right in "@#"


def _is_english_mark(before: str, after: str) -> bool:
    """Whether a quotation mark of running English opens behind one of the two pieces, or closed before the other."""
    left, right = before[-1], after[0]
    opens = right in "“‘" and (left.isalnum() or left in ",;:!?)" or (left == "." and not before[-2:-1].isdigit()))
    closed = left == "”" and (right.isalnum() or right in "“‘(")
    return (opens or closed) and _is_english(before, after) and not beside_chinese(before, after)


def _after_letter(before: str, after: str, right: str) -> bool:
    if right.isalpha():
        # a linker that cut one letter off a word: "S|ticks", "combo|s"
        return _last_word(before) in WORDS or (
            len(_last_word(before)) > 1 and (len(_first_word(after)) > 1 or after[0].isupper() or after[0] in WORDS)
        )
    if right.isdigit():
        return _is_english(before, after)
    return right in "(@#&" and _is_english(before, after)


def _after_digit(before: str, after: str, right: str) -> bool:
    if right.isdigit():
        return False
    if right.isalpha():
        return after.startswith(("http", "pic.")) or _is_english(before, after)
    return right in "(@#&" and _is_english(before, after)


def _is_english(before: str, after: str) -> bool:
    """Whether an ASCII space stands near, as it does in running English and not in Chinese."""
    return " " in before[-REACH:].strip() or " " in after[:REACH].strip()


def _last_word(text: str) -> str:
    word = re.search(r"[^\W\d_\u2e80-\uffef]*$", text)
    return word[0] if word else ""


def _first_word(text: str) -> str:
    word = re.match(r"[^\W\d_\u2e80-\uffef]*", text)
    return word[0] if word else ""
