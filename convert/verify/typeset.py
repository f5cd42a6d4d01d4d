"""Proves that text which was set for an output, in another script or with spaces, is that of the article.

What OpenCC makes of each line is worked out here once more, from the article, and must be there to the letter. Spaces
between Han and Latin are taken away on both sides before anything is compared; none of the article's own may be gone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from convert.article import Article, Metadata
from convert.typesetting import Typesetting
from convert.verify.difference import Difference, apart, short
from convert.verify.tokens import Tag, tokens
from convert.verify.view import View

# Tags that stand in a line, over which words go on; `@` is where an identifier stands (`convert.verify.shown`).
_IN_LINE = frozenset({"a", "em", "strong", "s", "@"})
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LATIN = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_SPACE = re.compile(rf"(?<=[{_HAN}]) (?=[{_LATIN}])|(?<=[{_LATIN}%‰+]) (?=[{_HAN}])")
_NEVER_TURNED = frozenset({"date", "source", "id", "channel", "image", "words"})
_SPACED = frozenset({"title", "description", "image_caption"})


def typeset_copy(view: View, copy: Article, setting: Typesetting) -> list[Difference]:
    """Hold a copy of an article that was set for an output against the article.

    setting: what was asked for; what of it is for text in another language, is known by the article's language.
    """
    own = setting.of(view.article.meta.lang)
    wanted = unspaced(turned(tokens(view.html), own))
    got = unspaced(tokens(copy.body.inner_html))
    found = []
    if wanted.tokens != got.tokens:
        pairs = zip_longest(wanted.tokens, got.tokens, fillvalue="")
        one, other = next((str(one), str(other)) for one, other in pairs if one != other)
        found.append(Difference("typesetting", view.path, *apart(one, other)))
    elif missing := sorted(wanted.spaces - got.spaces):
        line, place = missing[0]
        found.append(Difference("typesetting", f"{view.path}, line {line + 1}", "a space", f"none at {place}"))
    return found + _metadata(view, copy.meta, own)


def turned(form: Sequence[Tag | str], setting: Typesetting) -> list[Tag | str]:
    """Tokens with their lines, and the descriptions of pictures, in the script that is asked for."""
    result = _joined(form)
    if setting.script == "none":
        return result
    alone = Typesetting(setting.script)
    for at, token in enumerate(result):
        if isinstance(token, Tag) and token.name == "img" and (alt := token.get("alt")):
            pairs = [(key, alone.name(alt) if key == "alt" else value) for key, value in token.attributes]
            result[at] = Tag(token.name, False, tuple(pairs))
    for places in _lines(result):
        texts = [str(result[at]) for at in places]
        for at, text in zip(places, alone.line(texts, ["none"] * (len(texts) - 1)), strict=True):
            result[at] = text
    return result


@dataclass(frozen=True, slots=True)
class Unspaced:
    """Tokens without the spaces between Han and Latin.

    spaces: where they stood: the number of the line, or of the picture counted down from -1, and the place in it.
    """

    tokens: list[Tag | str]
    spaces: set[tuple[int, int]]


def unspaced(form: Sequence[Tag | str]) -> Unspaced:
    """Take the spaces between Han and Latin out of tokens; a line is one text, whatever tags stand in it."""
    result = _joined(form)
    spaces: set[tuple[int, int]] = set()
    described = [(at, one) for at, one in enumerate(result) if isinstance(one, Tag) and one.get("alt")]
    for number, (at, tag) in enumerate(described, 1):
        (alt,), gone = _without_spaces([tag.get("alt") or ""])
        result[at] = Tag(tag.name, False, tuple((key, alt if key == "alt" else value) for key, value in tag.attributes))
        spaces.update((-number, place) for place in gone)
    for number, line in enumerate(_lines(result)):
        texts, gone = _without_spaces([str(result[at]) for at in line])
        spaces.update((number, place) for place in gone)
        for at, text in zip(line, texts, strict=True):
            result[at] = text
    return Unspaced([one for one in result if one != ""], spaces)


def _without_spaces(pieces: Sequence[str]) -> tuple[list[str], list[int]]:
    """The pieces of a line without the spaces between Han and Latin, and where these stood, counted without them."""
    gone = [one.start() for one in _SPACE.finditer("".join(pieces))]
    result = []
    start = number = 0
    for piece in pieces:
        cut, parts = 0, []
        while number < len(gone) and gone[number] < start + len(piece):
            parts.append(piece[cut : gone[number] - start])
            cut = gone[number] - start + 1
            number += 1
        result.append("".join([*parts, piece[cut:]]))
        start += len(piece)
    return result, [place - before for before, place in enumerate(gone)]


def _joined(form: Sequence[Tag | str]) -> list[Tag | str]:
    """Tokens with no text directly behind another, and none that is empty."""
    result: list[Tag | str] = []
    for token in form:
        if isinstance(token, str) and result and isinstance(result[-1], str):
            result[-1] += token
        elif token != "":
            result.append(token)
    return result


def _lines(form: Sequence[Tag | str]) -> list[list[int]]:
    """The places of the texts of each line."""
    lines: list[list[int]] = [[]]
    for at, token in enumerate(form):
        if isinstance(token, str):
            lines[-1].append(at)
        elif token.name not in _IN_LINE and lines[-1]:
            lines.append([])
    return [one for one in lines if one]


def _metadata(view: View, copy: Metadata, setting: Typesetting) -> list[Difference]:
    """What is known by its spelling must be as it was, all else in the script that is asked for."""
    alone = Typesetting(setting.script)
    wanted, got = dict(view.article.meta.items()), dict(copy.items())
    found = []
    for key in [*wanted, *(key for key in got if key not in wanted)]:
        expected, there = wanted.get(key), got.get(key)
        if key == "lang":
            expected = setting.language(str(expected))
        elif key not in _NEVER_TURNED and isinstance(expected, str):
            expected = alone.name(expected)
        elif key not in _NEVER_TURNED and isinstance(expected, list):
            expected = [alone.name(one) for one in expected]
        if expected != there and not (key in _SPACED and _is_spaced(str(expected), str(there))):
            pair = short(repr(expected)), short(repr(there))
            found.append(Difference("typesetting", f"{view.path}, {key}", *pair))
    return found


def _is_spaced(expected: str, found: str) -> bool:
    """Whether a text is another one with further spaces between Han and Latin."""
    (one, before), (other, after) = _without_spaces([expected]), _without_spaces([found])
    return one == other and set(before) <= set(after)
