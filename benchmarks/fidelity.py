"""What an output leaves wrong: each check is one function of what an article is and what a Markdown reader finds.

The same checks for every program; benchmarks/outputs.py says how articles and outputs are read for them. A check
answers yes, no, or nothing, where it does not concern an article.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from benchmarks.corpus import TRACKERS
from benchmarks.outputs import APART, Got, Wanted, addresses, lines, pieces, plain
from convert.verify.bare import bare

HEADINGS = "h1, h2, h3, h4, h5, h6"
# Texts of the lines that the mirrors put above and below an article.
APPARATUS = ("首页|", "[首页]", "手机上长按并复制", "原文链接（需翻墙）", "原文链接：http", "原文地址（需翻墙访问）")
_EDGES = re.compile(r"^\W+|\W+$")
_NUMBER = re.compile(r"\d{1,9}[.)]")
_LONG = 10  # characters: shorter pieces may come twice by chance

Check: TypeAlias = Callable[[Wanted, Got], "bool | None"]
"""Whether an output has a fault; nothing, where the fault does not concern the article."""


def apparatus(wanted: Wanted, got: Got) -> bool:
    """A line of the mirror's own is in the text: its navigation, its closing line, its share of links."""
    return any(one in got.text for one in APPARATUS)


def tracker(wanted: Wanted, got: Got) -> bool | None:
    """The output names the host of a tracking picture that the source has."""
    hosts = [host for host in TRACKERS if host in wanted.source]
    return any(host in got.output for host in hosts) if hosts else None


def untitled(wanted: Wanted, got: Got) -> bool:
    """The title is neither metadata nor a heading of its own."""
    title = plain(wanted.article.meta.title)
    headings = [plain(one.text) for one in got.tree.select(HEADINGS)]
    return title not in headings and plain(str(got.front.get("title", ""))) != title


def _date(got: Got) -> str:
    """The day that the metadata tells, as text; defuddle calls it `published`."""
    value = got.front.get("date", got.front.get("published"))
    return value.isoformat()[:10] if isinstance(value, datetime.date) else str(value or "")[:10]


def undated(wanted: Wanted, got: Got) -> bool | None:
    """The article's date, which its address and dateline tell, is not in the metadata."""
    return not _date(got) if wanted.article.meta.date else None


def misdated(wanted: Wanted, got: Got) -> bool | None:
    """The metadata has a date that is not the article's."""
    day = wanted.article.meta.date
    return _date(got) not in ("", day.isoformat()) if day else None


def unsigned(wanted: Wanted, got: Got) -> bool | None:
    """An author whom the article names is not in the metadata, under `author` or `authors`."""
    names = wanted.article.meta.authors
    told = plain(str(got.front.get("authors", got.front.get("author", ""))))
    return any(plain(name) not in told for name in names) if names else None


def lost(wanted: Wanted, got: Got) -> bool:
    """A piece of the article's body, which a browser shows, is missing."""
    return any(not _there(piece, got) for piece in pieces(wanted.lines) if piece in wanted.shown)


def _there(piece: str, got: Got) -> bool:
    """Whether a piece is in the text; a number that became an item's is shown by the list."""
    return piece in got.text or bool((number := _NUMBER.match(piece)) and piece[number.end() :] in got.text)


def gone(wanted: Wanted, got: Got) -> bool | None:
    """A piece that the page's container shows is neither in the text nor, behind its label, in the metadata."""
    return bool(_gone(wanted, got)) if wanted.inner else None


def untold(wanted: Wanted, got: Got) -> bool | None:
    """A piece that is gone is in none of the notes that the program writes of what it took away or moved."""
    return any(not _noted(piece, got) for piece in _gone(wanted, got)) if wanted.inner else None


def _gone(wanted: Wanted, got: Got) -> list[str]:
    shown = pieces(lines(wanted.inner))
    return [piece for piece in shown if not _there(piece, got) and not _in_values(piece, got)]


def _noted(piece: str, got: Got) -> bool:
    """Whether a note has the piece, or notes have parts of it and the text the rest."""
    for note in got.notes:
        if piece in note:
            return True
        piece = piece.replace(note, "") if note else piece
    return piece in got.text


def _in_values(piece: str, got: Got) -> bool:
    text = piece.rpartition("：")[2].strip("#＃◇@△ ")
    return bool(text) and (text in got.values or all(one in got.values for one in re.split("[、，,；;/／]", text)))


def invented(wanted: Wanted, got: Got) -> bool:
    """A piece of the text is nowhere in the source as a browser shows it, or a long one is there more often.

    An address that the source has, of a video, say, may stand as text in place of what it leads to.
    """
    found = Counter(pieces(got.lines))
    return any(
        piece not in wanted.shown or (len(piece) >= _LONG and count > wanted.shown.count(piece))
        for piece, count in found.items()
        if bare(piece) not in wanted.addresses
    )


def unlinked(wanted: Wanted, got: Got) -> bool | None:
    """The address of a link in the article's body is no link's any more."""
    return _missing(wanted.links, addresses(got.tree, "a[href]", "href"))


def unpictured(wanted: Wanted, got: Got) -> bool | None:
    """A picture of the article's body is missing."""
    return _missing(wanted.pictures, addresses(got.tree, "img[src]", "src"))


def _missing(wanted: set[str], got: set[str]) -> bool | None:
    """Whether an address is missing; one that was resolved, or left relative, is the same."""
    rest = wanted - got
    return any(not any(one.endswith(f"/{other}") for other in got) for one in rest) if wanted else None


def headless(wanted: Wanted, got: Got) -> bool | None:
    """A heading of the page, other than the title, is no heading any more."""
    titles = [text for text in wanted.told(HEADINGS) if text != plain(wanted.article.meta.title)]
    return any(title not in got.told(HEADINGS) for title in titles) if titles else None


def glued(wanted: Wanted, got: Got) -> bool | None:
    """The caption of a picture stands in one line with other text."""
    captions = [caption for caption in wanted.captions if len(caption) >= _LONG]
    found = [plain(line) for line in got.lines]
    return any(one not in found and any(one in line for line in found) for one in captions) if captions else None


def torn(wanted: Wanted, got: Got) -> bool:
    """A line of the article, as a paragraph is one, is all there, but in several."""
    found = [plain(line) for line in got.lines]
    whole = set(found)
    return any(
        line in got.text and line not in whole and not any(line in one for one in found)
        for line in map(plain, wanted.lines)
        if len(line) >= _LONG
    )


def joined(wanted: Wanted, got: Got) -> bool:
    """Two lines of the article, one behind the other, are one."""
    told = [plain(line) for line in wanted.lines]
    pairs = [one + two for one, two in pairwise(told) if len(one) >= _LONG and len(two) >= _LONG]
    found = [plain(line) for line in got.lines]
    return any(pair in got.text and any(pair in line for line in found) for pair in pairs)


def stray(wanted: Wanted, got: Got) -> bool:
    """An asterisk, underscore, backslash or tilde shows in the text oftener than in the source; addresses aside."""
    text = "".join(line for line in map(plain, got.lines) if bare(line) not in wanted.addresses)
    return any(text.count(sign) > max(map(str.count, wanted.shown.split("\n"), [sign] * 2)) for sign in r"*_\~")


def faint(wanted: Wanted, got: Got) -> bool | None:
    """A passage that the page has in bold is neither bold nor a heading; signs at its edges may be plain."""
    passages = [_EDGES.sub("", passage) for passage in wanted.told("b, strong")]
    return any(one not in got.told(f"strong, b, th, {HEADINGS}") for one in passages) if passages else None


def markup(wanted: Wanted, got: Got) -> bool:
    """The output has HTML in it: an element or attribute that a reader does not make of Markdown."""
    return got.raw


def apart(wanted: Wanted, got: Got) -> bool:
    """Spaces stand between Chinese characters where the source has none within a line: its line ends at tags."""
    return sum(len(APART.findall(line)) for line in got.lines) > wanted.apart


def dangerous(wanted: Wanted, got: Got) -> bool:
    """A script, an event's handler or a `javascript:` address is in what a reader makes of the output."""
    links = (plain(one.attr("href") or "").lower() for one in got.tree.select("a[href]"))
    return got.scripts or any(link.startswith(("javascript:", "vbscript:", "data:text/html")) for link in links)


CHECKS: dict[str, Check] = {
    "the mirror's own lines left in": apparatus,
    "tracking picture left in": tracker,
    "title not told": untitled,
    "date not told": undated,
    "another date told": misdated,
    "author not told": unsigned,
    "text of the article lost": lost,
    "text that the page shows gone": gone,
    "text gone that no note tells of": untold,
    "text invented or doubled": invented,
    "links lost": unlinked,
    "pictures lost": unpictured,
    "headings lost": headless,
    "bold lost": faint,
    "marks that show as text": stray,
    "captions run into other text": glued,
    "paragraphs torn apart": torn,
    "paragraphs run together": joined,
    "spaces put between Chinese characters": apart,
    "HTML left in": markup,
    "scripts left in": dangerous,
}


@dataclass(slots=True)
class Faults:
    """How many outputs have each fault, how many articles each concerns, and the paths of the first that have it."""

    found: Counter[str]
    concerned: Counter[str]
    examples: dict[str, list[str]]

    def merge(self, other: Faults) -> None:
        """Add what another worker found."""
        self.found += other.found
        self.concerned += other.concerned
        for name, paths in other.examples.items():
            self.examples.setdefault(name, []).extend(paths)


def faults(wanted: Wanted, output: str, notes: Sequence[str] = ()) -> Faults:
    """Every check of one output of an article. notes: the texts that the program says it took away or moved."""
    got = Got(output, notes)
    answers = {name: check(wanted, got) for name, check in CHECKS.items()}
    found = [name for name, answer in answers.items() if answer]
    concerned = Counter(name for name, answer in answers.items() if answer is not None)
    return Faults(Counter(found), concerned, {name: [wanted.article.path] for name in found})
