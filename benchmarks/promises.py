"""What holds for every input: which of it one source breaks, and the smallest source that still breaks it."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from benchmarks import context
from convert import Article, Source, convert
from convert.clean import clean
from convert.clean.boilerplate import HEAD, TAIL
from convert.emit import EMITTERS, EmitOptions, typeset
from convert.errors import MirrorpressError, RuleError
from convert.parse import parse
from convert.typesetting import Typesetting
from convert.verify import (
    Difference,
    View,
    canonical,
    conservation,
    front_matter,
    invention,
    plain_text,
    reads_back,
    typeset_copy,
)

SECONDS = 5.0  # of CPU: a small article takes a thousandth of that
WRAPPED, SPACED = EmitOptions(width=24), EmitOptions(spacing="pangu")
TRIES = 1500  # sources that are tried in cutting one down
PIECES = re.compile(r"<[^<>]*>|[^<>\n]*\n|[^<>\n]+|[<>]")


class TooSlow(BaseException):
    """A source took longer than any of its size may. No Exception, so that no stage takes it for a rule's own."""


def broken(source: Source) -> dict[str, str]:
    """The promises that a source breaks: by the name of the check, what it says."""
    try:
        with limited(SECONDS):
            return _broken(source)
    except TooSlow as error:
        return {"too slow": str(error)}
    except MirrorpressError as error:
        # a rule or step that raised is a fault; any other error of ours is an answer
        return {"raised": error.message} if isinstance(error, RuleError) else {}
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {error}"}


def _broken(source: Source) -> dict[str, str]:
    article = convert(Source(source.path, source.data), context())
    markdown, text = _written(article)
    again = _written(convert(Source(source.path, source.data), context()))
    view = View(article)
    found: dict[str, list[Difference]] = {
        "canonical": canonical(view),
        "reads back": reads_back(markdown.decode(), view)[0],
        "plain text": plain_text(text.decode(), view),
        "front matter": front_matter(markdown.decode(), article),
        "lost": conservation(view),
        "invented": invention(view),
    }
    found |= _set(article, view)
    told = {check: str(differences[0]) for check, differences in found.items() if differences}
    if again != (markdown, text):
        told["differs the second time"] = "not the same bytes"
    cleaned = clean(parse(Source(source.path, source.data), context()), context())
    once = cleaned.body.inner_html
    twice = clean(cleaned, context()).body.inner_html
    if twice != once and not _shifted(cleaned):
        told["cleaned twice"] = _where(once, twice)
    return told


def _set(article: Article, view: View) -> dict[str, list[Difference]]:
    """What outputs break that set their text in their own way."""
    lines = EMITTERS["text"].write(article, WRAPPED).decode()
    copy = typeset(article, SPACED)
    there = View(copy)
    markdown = EMITTERS["markdown"].write(copy, SPACED).decode()
    return {
        "wrapped text": plain_text(lines, view, wrapped=True),
        "typesetting": typeset_copy(view, copy, Typesetting(SPACED.script, SPACED.spacing)),
        "canonical, spaced": canonical(there),
        "reads back, spaced": reads_back(markdown, there)[0],
    }


def _shifted(article: Article) -> bool:
    """Whether lines at the ends of a long article went, so that others are among its first or last blocks now."""
    gone = sum(note.rule.startswith("boilerplate") for note in article.notes)
    return gone > 0 and len(article.body) + gone > HEAD + TAIL


def _written(article: Article) -> tuple[bytes, bytes]:
    return EMITTERS["markdown"].write(article, EmitOptions()), EMITTERS["text"].write(article, EmitOptions())


def _where(one: str, other: str) -> str:
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - 30)
    return f"{one[start : at + 50]!r} became {other[start : at + 50]!r}"


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the block when it has had its seconds of CPU; where there is no such clock, never."""
    if not hasattr(signal, "SIGVTALRM"):
        yield
        return
    old = signal.signal(signal.SIGVTALRM, _end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, old)


def _end(number: int, frame: FrameType | None) -> None:
    raise TooSlow("more CPU than any source of its size may take")


def smallest(source: Source, check: str) -> bytes:
    """The smallest part of a source's bytes, found by leaving out tags, lines and characters, that fails a check."""
    tries = TRIES

    def fails(data: bytes) -> bool:
        nonlocal tries
        tries -= 1
        return check in broken(Source(source.path, data))

    def cut_down(pieces: Sequence[str]) -> list[str]:
        return _without_needless(pieces, lambda some: tries > 0 and fails(_bytes("".join(some))))

    text = source.data.decode("utf-8", "surrogateescape")
    pieces = cut_down(PIECES.findall(text))
    pieces = cut_down(pieces)
    characters = cut_down([one for piece in pieces for one in ([piece] if piece.startswith("<") else piece)])
    characters = cut_down([one for piece in characters for one in re.findall(r"\s[^\s=<>]+=\"[^\"]*\"|[\s\S]", piece)])
    smaller = _bytes("".join(characters))
    return smaller if check in broken(Source(source.path, smaller)) else source.data


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _without_needless(pieces: Sequence[str], fails: Callable[[Sequence[str]], bool]) -> list[str]:
    """Pieces without those that can be left out, in ever smaller groups."""
    kept = list(pieces)
    size = max(1, len(kept) // 2)
    while True:
        at = 0
        while at < len(kept):
            rest = kept[:at] + kept[at + size :]
            if rest and fails(rest):
                kept = rest
            else:
                at += size
        if size == 1:
            return kept
        size //= 2
