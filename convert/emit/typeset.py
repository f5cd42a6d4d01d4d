"""A copy of an article as one output sets it: in another script, with spaces between Han and Latin.

The article itself is never touched, since other outputs are written from it; and where nothing is asked for, the copy
is the article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape, unescape

from convert.article import Article
from convert.emit.options import EmitOptions, Emitter, Together
from convert.errors import MirrorpressError
from convert.tree import fragment
from convert.typesetting import Joint, Typesetting

_TAG = re.compile(r'(<[^<>"]*(?:"[^"<]*"[^<>"]*)*>)')
_SAID = re.compile(r' (alt|aria-label|title)="([^"]*)"')
_NAME = re.compile(r"</?([a-z0-9]+)")
_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Words go on over these tags: mirrors' links to tag pages cut them, and half a word is turned into the wrong one.
_INLINE = frozenset({"a", "em", "strong", "s", "span"})
_NEVER_SPACED = frozenset({"code", "pre", "sup", "sub"})
_ADDRESS = '<p class="address">'


def typeset(article: Article, options: EmitOptions) -> Article:
    """The article as an output with these options sets it; the article itself where that is no change.

    Raises MissingToolError where `script` needs OpenCC and it is not installed.
    """
    asked = Typesetting(options.script, options.spacing)
    setting = asked.of(article.meta.lang) if asked else asked
    if not setting:
        return article
    body = fragment(set_markup(article.body.inner_html, setting))
    return replace(article, body=body, meta=setting.metadata(article.meta))


def setting_first(write: Emitter, options: EmitOptions) -> Emitter:
    """An emitter that sets the article before it writes it; the same one where these options ask for nothing."""
    return partial(_write, write) if Typesetting(options.script, options.spacing) else write


def setting_all_first(write: Together, options: EmitOptions) -> Together:
    """The same of a writer of several articles."""
    return partial(_write_all, write) if Typesetting(options.script, options.spacing) else write


def _write_all(write: Together, articles: Sequence[Article], options: EmitOptions) -> list[bytes | MirrorpressError]:
    return write([typeset(one, options) for one in articles], options)


def _write(write: Emitter, article: Article, options: EmitOptions) -> bytes:
    return write(typeset(article, options), options)


@dataclass(slots=True)
class _Line:
    """Pieces of text with nothing but inline tags between them. at: their places; joints: those between them.

    tags: what has stood behind the last piece.
    """

    at: list[int] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def take(self, index: int) -> None:
        if self.at:
            self.joints.append(_joint(self.tags))
        self.at.append(index)
        self.tags = []


def set_markup(markup: str, setting: Typesetting) -> str:
    """Serialised HTML or XHTML, all text and all descriptions in it set; tags and addresses stay as they are."""
    pieces = _TAG.split(markup)
    line = _Line()
    inside_address = False
    unspaced = 0  # elements that are open whose text is never spaced
    spans: list[bool] = []  # of those that are open, whether words go on over them
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            if piece and not inside_address:
                line.take(index)
            continue
        named = _NAME.match(piece)
        name, closes = named[1] if named else "", piece.startswith("</")
        joins = name in _INLINE
        if name == "span":
            # one with a class stands by itself, as a notice in place of a picture
            joins = (not spans or spans.pop()) if closes else " class=" not in piece
            if not closes:
                spans.append(joins)
        if joins:
            line.tags.append(piece)
        else:
            _set_line(pieces, line, setting, spaced=not unspaced)
            line = _Line()
            if name in _NEVER_SPACED:
                unspaced = max(unspaced + (-1 if closes else 1), 0)
            inside_address = piece == _ADDRESS or (inside_address and piece != "</p>")
        if '="' in piece:
            pieces[index] = _SAID.sub(lambda said: f' {said[1]}="{_said(said[2], setting)}"', piece)
    _set_line(pieces, line, setting, spaced=not unspaced)
    return "".join(pieces)


def _joint(tags: list[str]) -> Joint:
    """Where a space goes that tags stand in the way of: outside of the elements; where there is no outside, nowhere."""
    if any(' id="' in tag for tag in tags):
        return "none"
    closing = sum(tag.startswith("</") for tag in tags)
    return "behind" if closing == len(tags) else "none" if closing else "before"


def _set_line(pieces: list[str], line: _Line, setting: Typesetting, *, spaced: bool) -> None:
    written = [pieces[index] for index in line.at]
    if not any(map(_HAN.search, written)):
        return
    texts = [unescape(one) if "&" in one else one for one in written]
    for index, before, after in zip(line.at, texts, setting.line(texts, line.joints, spaced=spaced), strict=True):
        if after != before:
            pieces[index] = escape(after, quote=False).replace("\u00a0", "&#160;")


def _said(value: str, setting: Typesetting) -> str:
    """The value of an attribute that says something."""
    return escape(setting.text(unescape(value))) if _HAN.search(value) else value
