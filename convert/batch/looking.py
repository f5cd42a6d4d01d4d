"""The first look at sources in a worker: which article each holds, and whether copies say the same."""

from __future__ import annotations

from collections.abc import Sequence

from convert.batch.engines.workers import Worker, reason, worker
from convert.catalogue import Look
from convert.errors import MirrorpressError, SourceError
from convert.files import digest_of
from convert.parse import identity
from convert.tree import fragment


def look_at(paths: Sequence[str]) -> list[Look]:
    """Tell of each source which article it holds."""
    me = worker()
    return [_look(me, path) for path in me.in_turn(paths)]


def _look(me: Worker, path: str) -> Look:
    try:
        if not path.isprintable():
            _check_name(path)
        source = me.read(path)
        found = identity(source, me.base)
    except Exception as error:
        return Look(path, failure=reason(path, error))
    body = digest_of(found.body.encode(errors="surrogatepass"))
    content = digest_of(source.data)
    return Look(path, found.publisher, found.id, len(found.body), body, "", content, found.profile.name)


def _check_name(path: str) -> None:
    """Refuse a path that is no Unicode: no output, book or note could name it."""
    try:
        path.encode()
    except UnicodeEncodeError:
        raise SourceError(path, "its name is not UTF-8", "", "rename the file, or its folder") from None


def compare(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those pairs (copy, source) whose visible text differs, white space aside."""
    me = worker()
    texts: dict[str, str] = {}

    def text(path: str) -> str:
        if path not in texts:
            body = identity(me.read(path), me.base).body
            texts[path] = "".join(fragment(body).text.split())
        return texts[path]

    different = []
    for copy, source in pairs:
        try:
            if text(copy) != text(source):
                different.append((copy, source))
        except (MirrorpressError, MemoryError):
            # It was there a moment ago, or it is too much for this process; what it says cannot be told.
            different.append((copy, source))
    return different
