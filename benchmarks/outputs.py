"""An article and a program's output of it, read so that they can be compared.

An output is read back by cmark-gfm, and its front matter by a YAML reader. An article is its source as a browser reads
it, masked links under their own name; what of that is the article, and not the mirror's, is Mirrorpress's canonical
body, which `python -m benchmarks.corpus` proves against the source character by character. Texts are compared in
pieces: a line of a block, cut behind its full stops and closing brackets, without white space and without characters
that take no room. A piece without letters and digits does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from html import unescape
from typing import Any

import yaml
from turbohtml import Document, Element, parse_fragment

from convert import Article
from convert.verify import View, cmark_gfm
from convert.verify.bare import bare
from convert.verify.tokens import Tag, tokens
from convert.verify.visible import HIDDEN, UNSEEN

BODIES = "#artbody, #ar_bArticleContent, .art-content"  # the pages' own containers
_PHRASES = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub sup tt u "
    "var wbr".split()
)
# What cmark-gfm itself writes for Markdown: anything else was HTML in the output.
_OWN: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        "p h1 h2 h3 h4 h5 h6 ul li blockquote pre em strong del br hr table thead tbody tr".split(), frozenset()
    ),
    "a": frozenset({"href", "title"}), "img": frozenset({"src", "alt", "title"}), "ol": frozenset({"start"}),
    "code": frozenset({"class"}), "th": frozenset({"align"}), "td": frozenset({"align"}),
}  # fmt: skip
# A reader of GFM makes a link of a bare address and takes a backslash behind it, an escape or a line break, with it.
_SWALLOWED = re.compile(r'(<a href="[^"]*?)(?:%5C)?">((?:https?://|www\.)[^<]*)\\</a>')
_END = re.compile(r"(?<=[。！？】）])")
WORD = re.compile(r"\w")
APART = re.compile(r"(?<=[\u4e00-\u9fff])[ \u00a0\u3000]+(?=[\u4e00-\u9fff])")


def plain(text: str) -> str:
    """A text without white space and characters that take no room; entities that were escaped twice are read."""
    return UNSEEN.sub("", "".join(unescape(text).split()))


def lines(html: str) -> list[str]:
    """The lines of a serialised tree: blocks, and what line breaks divide; white space is one space."""
    found = [""]
    for token in tokens(html):
        if isinstance(token, str):
            found[-1] += token
        elif token.name not in _PHRASES and token.name != "<!--" and found[-1]:
            found.append("")
    return [" ".join(line.split()) for line in found if not line.isspace()]


def pieces(some: Iterable[str]) -> list[str]:
    """The pieces of lines that have a letter or a digit, each as `plain` has it."""
    return [piece for line in some for piece in _END.split(plain(line)) if WORD.search(piece)]


def addresses(tree: Element | Document, selector: str, name: str) -> set[str]:
    """The addresses of some elements, without what encoding may change; places in a page are none."""
    values = (one.attr(name) or "" for one in tree.select(selector))
    return {bare(value) for value in values if bare(value) and not value.strip().startswith("#")}


class Wanted:
    """An article, read once for the outputs of all programs.

    source: the source's text. shown: all of it, envelope included, as a browser shows it. container: the page's own.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self.source = article.source.data.decode("utf-8", "replace")
        seen = View(article).seen
        document = seen.document
        self.addresses = {bare(value) for value in (*seen.addresses, *seen.values.split("\n"))}
        for hidden in document.select(HIDDEN):
            hidden.decompose()
        # A program may take the mirror's own lines for the Markdown that they are.
        other = parse_fragment(cmark_gfm(self.source), positions=False)
        self.shown = plain(document.text) + "\n" + plain(other.text)
        self.container = document.select_one(BODIES)
        self.inner = self.container.inner_html if self.container else ""
        self.body = article.body
        self.text = plain(article.body.text)
        self.lines = lines(article.body.inner_html)
        self.links = addresses(article.body, "a[href]", "href") & addresses(document, "a[href]", "href")
        self.pictures = addresses(article.body, "img[src]", "src")
        self.captions = [plain(one.text) for one in article.body.select("figcaption")]
        self.apart = sum(len(APART.findall(re.sub(r"<[^>]*>", "", line))) for line in self.source.split("\n"))

    def told(self, selector: str) -> list[str]:
        """The texts of some elements of the page's container that the article kept."""
        found = [plain(one.text) for one in self.container.select(selector)] if self.container else []
        return [text for text in found if WORD.search(text) and text in self.text]


class Got:
    """An output, read back: its front matter, and the HTML that a reader makes of the rest.

    notes: the texts that the program says it took away or moved, the longest first.
    """

    def __init__(self, output: str, notes: Iterable[str] = ()) -> None:
        self.output = output
        self.notes = sorted(map(plain, notes), key=len, reverse=True)
        self.front, markdown = _front(output)
        self.tree = parse_fragment(_SWALLOWED.sub(r'\1">\2</a>', cmark_gfm(markdown)), positions=False)
        self.scripts = bool(self.tree.select("script, [onclick], [onload], [onerror]"))
        self.raw = any(_raw(token) for token in tokens(self.tree.inner_html) if isinstance(token, Tag))
        for hidden in self.tree.select(HIDDEN):
            hidden.decompose()
        self.lines = lines(self.tree.inner_html)
        self.text = plain("".join(self.lines))

    @cached_property
    def values(self) -> str:
        """Every value of the front matter, as text."""
        flat = (one for value in self.front.values() for one in (value if isinstance(value, list) else [value]))
        return "\n".join(plain(str(one)) for one in flat)

    def told(self, selector: str) -> str:
        """The text of some elements, one after the other."""
        return "".join(plain(one.text) for one in self.tree.select(selector))


def _front(output: str) -> tuple[Mapping[str, Any], str]:
    """A file's front matter and what follows it."""
    end = output.find("\n---\n", 3)
    if output.startswith("---\n") and end >= 0:
        try:
            found = yaml.load(output[4:end], yaml.CSafeLoader)
        except yaml.YAMLError:
            found = None
        if isinstance(found, dict):
            return found, output[end + 5 :]
    return {}, output


def _raw(tag: Tag) -> bool:
    return not tag.closes and (tag.name not in _OWN or any(name not in _OWN[tag.name] for name, _ in tag.attributes))
