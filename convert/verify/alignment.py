"""Proves that a source's text is its output's text with the notes' pieces put back, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

BUDGET = 4000  # places tried; articles need one or two for each note
SECOND_LOOK = 100
SLACK = 4  # a piece may end its own length and this far before the difference that it makes: what follows begins alike
WINDOWS = (24, 12, 6, 3, 1)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that the other side does not have, and where it stands there and here."""

    at: int
    other: int
    text: str


@dataclass(slots=True)
class Alignment:
    """What is left after source and output were laid side by side.

    lost: stretches of the source in neither output nor note; invented: the reverse.
    unused: notes' pieces (what stood there, what it became) that found no place.
    kept: the stretches that stand in both: place in the source, place in the output, length.
    """

    lost: list[Run] = field(default_factory=list)
    invented: list[Run] = field(default_factory=list)
    unused: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many characters are not explained."""
        return sum(len(run.text) for run in (*self.lost, *self.invented))


def _agree(one: str, at: int, other: str, there: int) -> int:
    """How many characters are equal from the two places on."""
    room = min(len(one) - at, len(other) - there)
    if one[at : at + room] == other[there : there + room]:
        return room
    good, step = 0, 64
    while one[at + good : at + good + step] == other[there + good : there + good + step]:
        good += step
        step *= 2
    while step:
        if one[at + good : at + good + step] == other[there + good : there + good + step]:
            good += step
        step //= 2
    return min(good, room)


@dataclass(slots=True)
class _State:
    """A point of the search: how far both texts are explained, with which pieces still to be used.

    before: the point that it was reached from; same: how many characters from there on are the same in both texts.
    """

    at: int
    there: int
    pieces: Counter[tuple[str, str]]
    before: _State | None = None
    same: int = 0

    def on(self, same: int) -> _State:
        """The point that many equal characters further on."""
        return _State(self.at + same, self.there + same, self.pieces, self, same)

    def kept(self) -> list[tuple[int, int, int]]:
        """The equal stretches on the way to here: place in the source, place in the output, length."""
        stretches = []
        state = self
        while state.before is not None:
            if state.same:
                stretches.append((state.before.at, state.before.there, state.same))
            state = state.before
        return stretches[::-1]


class _Walk:
    """A search for the places of the pieces, depth first; the furthest point is kept."""

    def __init__(self, source: str, output: str, optional: Collection[tuple[str, str]]) -> None:
        self.source = source
        self.output = output
        self.optional = optional
        self.left = BUDGET

    def places(self, state: _State, at: int, there: int, piece: tuple[str, str]) -> Iterator[tuple[int, int]]:
        """Where a piece may begin, in both texts, so that it makes the difference at (at, there)."""
        was, now = piece
        back = at - state.at
        text, here, low = (self.source, at, state.at) if was else (self.output, there, state.there)
        part = was or now
        low = max(low, here - back, here - 2 * len(part) - SLACK)
        place = text.rfind(part, low, here + len(part))
        while place >= 0:
            gone = here - place
            if was and self.output.startswith(now, there - gone):
                yield place, there - gone
            elif not was:
                yield at - gone, place
            place = text.rfind(part, low, place + len(part) - 1)

    def steps(self, state: _State, at: int, there: int) -> Iterator[_State]:
        """Every way on from the point (at, there), where the texts begin to differ; the most promising last."""
        found: list[tuple[int, int, int, int, int, tuple[str, str]]] = []
        for piece in state.pieces:
            for begin, twin in self.places(state, at, there, piece):
                onward = (begin + len(piece[0]), twin + len(piece[1]))
                agreed = _agree(self.source, onward[0], self.output, onward[1])
                found.append((onward[0] + agreed, -begin, begin, *onward, piece))
        for *_, begin, onward_at, onward_there, piece in sorted(found):
            pieces = state.pieces.copy()
            pieces[piece] -= 1
            yield _State(onward_at, onward_there, +pieces, state, begin - state.at)

    def due(self, state: _State) -> int:
        """How many pieces must still find a place."""
        return sum(count for piece, count in state.pieces.items() if piece not in self.optional)

    def run(self, start: _State) -> tuple[_State, bool]:
        """Explain both texts to their ends from a point; returns the furthest point and whether it is the end."""
        stack, best = [start], start
        end: _State | None = None
        while stack and self.left > 0:
            self.left -= 1
            state = stack.pop()
            agreed = _agree(self.source, state.at, self.output, state.there)
            at, there = state.at + agreed, state.there + agreed
            if at == len(self.source) and there == len(self.output):
                if not self.due(state):
                    return state.on(agreed), True
                # Every character is explained; a little more search may give every piece its place as well.
                if end is None or self.due(state) < self.due(end):
                    end = state.on(agreed)
                self.left = min(self.left, SECOND_LOOK)
                continue
            if (at, there) > (best.at, best.there) or best is start:
                best = state.on(agreed)
            stack.extend(self.steps(state, at, there))
        return (end, True) if end else (best, False)

    def resume(self, at: int, there: int) -> tuple[int, int]:
        """The nearest point after a difference from which the texts agree again."""
        for window in WINDOWS:
            for ahead in range(0, 400, window):
                skipped = self.source.find(self.output[there + ahead : there + ahead + window], at)
                added = self.output.find(self.source[at + ahead : at + ahead + window], there)
                ways = []
                if skipped >= 0 and there + ahead + window <= len(self.output):
                    ways.append((skipped - at + ahead, skipped, there + ahead))
                if added >= 0 and at + ahead + window <= len(self.source):
                    ways.append((added - there + ahead, at + ahead, added))
                if ways:
                    return min(ways)[1:]
        return len(self.source), len(self.output)


def _straight(source: str, output: str, pieces: Sequence[tuple[str, str]]) -> list[tuple[int, int, int]] | None:
    """The equal stretches, where every piece can be put back at the first place that offers itself, as is usual.

    At each difference the longest piece that stands right there is taken, and without one the piece that can be moved
    there over text that is the same. Returns None where that leads nowhere: then it takes a search.
    """
    left = list(pieces)
    kept: list[tuple[int, int, int]] = []
    at = there = 0
    while True:
        same = _agree(source, at, output, there)
        begin, twin = at + same, there + same
        if not left:
            if same:
                kept.append((at, there, same))
            return kept if begin == len(source) and twin == len(output) else None
        here = [one for one in left if source.startswith(one[0], begin) and output.startswith(one[1], twin)]
        if here:
            piece = max(here, key=lambda one: len(one[0]))
        else:
            found = _before(source, output, left, at, begin, twin)
            if found is None:
                return None
            gone, piece = found
            begin, twin = begin - gone, twin - gone
        left.remove(piece)
        if begin > at:
            kept.append((at, there, begin - at))
        at, there = begin + len(piece[0]), twin + len(piece[1])


def _before(
    source: str, output: str, left: Sequence[tuple[str, str]], low: int, at: int, there: int
) -> tuple[int, tuple[str, str]] | None:
    """A piece that begins before a difference, and how far: the text behind it begins as it does itself."""
    for piece in left:
        was, now = piece
        if not was:
            continue
        begin = source.rfind(was, max(low, at - len(was)), at + len(was) - 1)
        if begin >= 0 and begin < at and output.startswith(now, there - (at - begin)):
            gone = at - begin
            # what follows the piece must explain the text that stood at the difference
            if source[begin + len(was) : at + len(was) + 1] == output[there - gone + len(now) : there + len(now) + 1]:
                return gone, piece
    return None


def align(
    source: str, output: str, pieces: Iterable[tuple[str, str]], optional: Collection[tuple[str, str]] = ()
) -> Alignment:
    """Lay an output's text beside its source's.

    source, output: texts without white space.
    pieces: for each note what stood in the source and what stands in the output instead (nothing, for a removal).
    optional: further pieces that need not be used.

    The proof is exact: the source must be the output with every piece put back where it stood, each in one
    stretch. Where a piece is not in one stretch (another piece stood inside it) or the search's budget is used
    up, the texts are resynchronised, and what then stays unexplained is balanced with the unused pieces as
    multisets of characters: nothing lost goes unseen, only its order is no longer proved.
    """
    pieces = [piece for piece in pieces if piece[0] != piece[1]]
    if (kept := _straight(source, output, pieces)) is not None:
        return Alignment(kept=kept)
    result = Alignment()
    walk = _Walk(source, output, frozenset(optional))
    state = _State(0, 0, Counter(piece for piece in (*pieces, *optional) if piece[0] != piece[1]))
    while True:
        state, finished = walk.run(state)
        if finished:
            break
        at, there = walk.resume(state.at, state.there)
        while at > state.at and there > state.there and source[at - 1] == output[there - 1]:
            at, there = at - 1, there - 1
        if at > state.at:
            result.lost.append(Run(state.at, state.there, source[state.at : at]))
        if there > state.there:
            result.invented.append(Run(state.there, state.at, output[state.there : there]))
        state = _State(at, there, state.pieces, state)
        walk.left = max(walk.left, 200)
    result.unused = state.pieces
    result.kept = state.kept()
    if result.lost or result.invented:
        _balance(result)
    for piece in optional:
        del result.unused[piece]
    return result


def _balance(result: Alignment) -> None:
    """Drop the stretches that unused pieces explain as multisets of characters, and count those pieces as used."""
    was: Counter[str] = Counter()
    now: Counter[str] = Counter()
    for before, after in result.unused.elements():
        was.update(before)
        now.update(after)
    result.lost = _unexplained(result.lost, was)
    result.invented = _unexplained(result.invented, now)
    for piece in list(result.unused):
        # A piece is used where the pool that it filled has been drawn from.
        if not Counter(piece[0]) <= was or not Counter(piece[1]) <= now:
            del result.unused[piece]


def _unexplained(runs: list[Run], pool: Counter[str]) -> list[Run]:
    """The runs that the pool cannot pay for, the longest being paid first; the pool shrinks by those it can."""
    kept = []
    for run in sorted(runs, key=lambda run: -len(run.text)):
        price = Counter(run.text)
        if price <= pool:
            pool.subtract(price)
        else:
            kept.append(run)
    return sorted(kept, key=lambda run: run.at)
