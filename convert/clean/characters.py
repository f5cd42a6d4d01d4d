"""Characters that are no text: controls, zero-width and direction marks go; odd spaces and breaks become plain ones."""

from __future__ import annotations

import html
import re
from collections import Counter

from turbohtml import Element, Text

from convert.article import Article, Context
from convert.tree import new, replace, texts

RULE = "characters"
# docs/canonical.md, Text: C0 and C1 controls, soft hyphen, zero-width and bidirectional marks but ZWJ and ZWNJ,
# non-breaking and other odd spaces, line and paragraph separators
ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f"
    "\u205f-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
SPACES = frozenset(
    "\x0b\x0c\r\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
)
BREAKS = "\u2028\u2029"
# an entity that was escaped twice or more, so that the reader sees its source; a number may have lost its semicolon
TWICE = re.compile(r"&(?:amp;|#38;|#[xX]26;)*([A-Za-z][A-Za-z0-9]{1,31};|#\d{2,7}(?:;|(?!\d))|#[xX][0-9A-Fa-f]{2,6};)")
PASSES = 3  # an entity may be what another one made whole


def clean_characters(article: Article, context: Context) -> None:
    """Treat odd characters in the body's text and in the title as docs/canonical.md says; each kind leaves a note."""
    changed: Counter[tuple[str, str]] = Counter()
    if not article.meta.title.isprintable():
        article.meta.title = _plain(article.meta.title, changed, in_title=True)
        _note(article, changed)
    text = article.body.text
    # nearly all articles are printable but for line ends, and Python knows that faster than a pattern finds it
    odd = not text.replace("\n", "").isprintable() and ODD.search(text)
    if not odd and not ("&" in text and TWICE.search(text)):
        return
    changed.clear()
    for node in texts(article.body):
        written = node.data
        if "&" not in written and not ODD.search(written):
            continue
        data = _settled(written, changed)
        if data != written or "\u2028" in data:
            _replace(node, data)
    _note(article, changed)


def read_entities(article: Article) -> None:
    """Read what a later rule put together to an entity that was escaped twice, as the rule itself would have."""
    if "&" not in article.body.text:
        return
    changed: Counter[tuple[str, str]] = Counter()
    for node in texts(article.body):
        if "&" in node.data and (data := _entities(node.data, changed)) != node.data:
            node.data = data
    _note(article, changed)


def settled(text: str) -> str:
    """A text outside the body, as this rule would leave it in the body."""
    if "&" not in text and text.isprintable():
        return text  # what nearly all are
    return _settled(text, Counter()).replace("\u2028", " ")


def bare(text: str) -> str:
    """A text as this rule leaves it, without white space: what tells whether two texts say the same."""
    return "".join(settled(text).split())


def _settled(text: str, changed: Counter[tuple[str, str]]) -> str:
    """A text with its entities read and its odd characters treated; what went is counted in `changed`."""
    own: Counter[tuple[str, str]] = Counter()
    data = _entities(text, own) if "&" in text else text
    if ODD.search(data):
        data = _plain(data, own)
        if "&" in data and (whole := _entities(data, Counter())) != data:
            # what went had stood in an entity: one note tells of all of the text
            data = whole
            own = Counter({(text, data.replace("\u2028", "")): 1})
    changed.update(own)
    return data


def _entities(data: str, changed: Counter[tuple[str, str]]) -> str:
    """Read entities that were escaped twice once more."""

    def read(match: re.Match[str]) -> str:
        plain = html.unescape(f"&{match[1]}")
        if plain[:1] == "&" and plain != "&":
            return match[0]
        plain = ODD.sub(lambda odd: " " if odd[0] in SPACES else "", plain)
        plain = " " if plain in {"\t", "\n", "\r"} else plain
        changed[match[0], plain] += 1
        return plain

    for _ in range(PASSES):
        data, before = TWICE.sub(read, data), data
        if data == before:
            break
    return data


def _plain(data: str, changed: Counter[tuple[str, str]], in_title: bool = False) -> str:
    def plain(match: re.Match[str]) -> str:
        odd = match[0]
        result = " " if odd in SPACES or (in_title and odd in BREAKS) else "\u2028" if odd in BREAKS else ""
        if result != odd or odd in BREAKS:
            changed[odd, result if result == " " else ""] += 1
        return result

    return ODD.sub(plain, data)


def _replace(node: Text, data: str) -> None:
    """Put text in a node's place; a line separator becomes a line break."""
    if "\u2028" not in data:
        if data:
            node.data = data
        else:
            node.extract()
        return
    home = node.parent
    assert isinstance(home, Element)
    holder = new(home, "span")
    for index, line in enumerate(data.split("\u2028")):
        if index:
            holder.append(Element("br"))
        if line:
            holder.append(Text(line))
    replace(node, holder.children)


def _note(article: Article, changed: Counter[tuple[str, str]]) -> None:
    for (odd, plain), times in sorted(changed.items()):
        article.note(RULE, "changed", odd * times, plain * times)
