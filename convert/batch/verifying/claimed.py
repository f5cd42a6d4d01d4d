"""What a verification makes of what Markdown files say of other files: the plan knows whose those are, the mirror what
pictures they hold.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from turbohtml import parse_fragment

from convert.batch.articles.picture_files import suffix_of
from convert.batch.checks import Differing, differing
from convert.batch.engines.engine import Engine
from convert.batch.engines.pool import Lost, chunked
from convert.batch.engines.workers import Worker, worker
from convert.batch.links.claims import aim, has_query, place_in, wrong_link
from convert.batch.pictures.cache import PictureCache, web_address
from convert.batch.pictures.source import MAX_PICTURE, OwnPictures, picture_path
from convert.batch.planning.plan import Job
from convert.batch.refresh import lost
from convert.batch.summary import Failure
from convert.batch.verifying.readback import read_output
from convert.catalogue import CATALOGUE, read_catalogue
from convert.catalogue.references import copies, sources
from convert.config import Config
from convert.errors import SourceError
from convert.files import digest_of
from convert.verify import Claim, Difference
from convert.verify.reading import cmark_gfm, front_matter_cut


class Shown(NamedTuple):
    """A picture that a Markdown file shows: the article's source, the address there, the file, and the picture's.

    picture: its path below the output; nothing where what stands there leads to no file of it.
    kept: whether the address stands in the file, which is right as long as there is no such picture. copied: whether a
    run has written a picture to that path. had: a digest of one from the web, as it was first had; empty if unknown.
    """

    path: str
    address: str
    file: str
    picture: str
    kept: bool
    copied: bool = False
    had: bytes = b""


class Claimed:
    """The files of a verification: each Markdown file, and which article it is of.

    formats: the names of the outputs that jobs have targets for. known: of each source its publisher and id.
    """

    def __init__(
        self,
        config: Config,
        jobs: Sequence[Job],
        formats: Sequence[str],
        known: Mapping[str, tuple[str, str]],
    ) -> None:
        assert config.emit.markdown
        self.config = config
        self.vault = config.emit.markdown.vault
        self.linking = config.emit.markdown.links != "keep"
        self.showing = config.emit.markdown.pictures != "keep"
        at = formats.index("markdown")
        self.files = {job.path: file for job in jobs if (file := job.targets[at])}
        self.owners = {file: known[path] for path, file in self.files.items() if path in known and known[path][1]}
        failing, self.copies, self.had = _known(config)
        self.leads: dict[tuple[str, str], str] = {}
        for path, file in self.files.items():
            if file in self.owners and path not in failing:
                self.leads.setdefault(self.owners[file], file)

    def compare(
        self, claims: Mapping[str, Sequence[Claim]], pool: Engine, failures: list[Failure]
    ) -> Iterator[Differing]:
        """What is not as the files of some articles say.

        claims: by the articles' sources. failures: gets those of which nobody knows.
        """
        anchors: dict[str, Container[str]] = {}
        seconds = self.config.batch.seconds
        for files, read in pool.run(read_anchors, chunked(self.placed(claims), pool.jobs), seconds):
            if isinstance(read, Lost):
                failures.append(Failure(files[0], lost(self.config, files[0], read)))
            else:
                anchors.update(zip(files, read, strict=True))
        yield from self.links(claims, anchors)
        for shown, result in pool.run(compare_pictures, chunked(self.pictures(claims), pool.jobs), seconds):
            if isinstance(result, Lost):
                failures.append(Failure(shown[0].file, lost(self.config, shown[0].file, result)))
            else:
                yield from result

    def placed(self, claims: Mapping[str, Sequence[Claim]]) -> list[str]:
        """The files whose places have to be known: links lead to places there, or should."""
        found = set()
        for path, made in claims.items():
            for one in made:
                if one.kind == "link" and place_in(one.address):
                    found.add(aim(self.files[path], one.found, self.vault))
                    found.add(self.leads.get((one.publisher, one.id), ""))
        return sorted(found & self.owners.keys())

    def links(
        self, claims: Mapping[str, Sequence[Claim]], anchors: Mapping[str, Container[str]]
    ) -> Iterator[Differing]:
        """The articles with links that lead to no file, or to another article's. anchors: of the files of `placed`."""
        files = self.leads if self.linking else {}
        for path, made in claims.items():
            found = [
                told
                for one in made
                if one.kind == "link"
                and (told := wrong_link(one, self.files[path], self.vault, self.owners, files, anchors))
            ]
            if differs := differing(path, found):
                yield differs

    def pictures(self, claims: Mapping[str, Sequence[Claim]]) -> list[Shown]:
        """The pictures that files show and that are to be compared."""
        result = []
        for path, made in claims.items():
            for one in made:
                if self.showing and one.kind == "picture":
                    web, kept = web_address(one.address), one.found == one.address
                    at = "" if has_query(one.found) and not kept else aim(self.files[path], one.found, "")
                    had = self.had.get(web, b"") if web else b""
                    result.append(Shown(path, one.address, self.files[path], at, kept, at in self.copies, had))
        return result


def _known(config: Config) -> tuple[Container[str], Container[str], Mapping[str, bytes]]:
    """What the catalogue tells of runs.

    The sources that they could not convert: links to these keep their addresses. The paths that they have written
    pictures to, and digests of those from the web, as they were first had.
    """
    file = config.output.path / CATALOGUE
    if not file.exists():
        return (), (), {}
    with read_catalogue(file) as catalogue:
        had = {one.source: one.digest for one in sources(catalogue).values()}
        return catalogue.failing(), copies(catalogue).keys(), had


def read_anchors(files: Sequence[str]) -> list[frozenset[str]]:
    """The names of the places in Markdown files, in a worker; none in one that cannot be read, which others tell."""
    result = []
    for file in files:
        try:
            data = read_output(file, worker().base.max_bytes * 4) or b""
        except SourceError:
            data = b""
        tree = parse_fragment(cmark_gfm(front_matter_cut(data.decode("utf-8", "replace"))), positions=False)
        result.append(frozenset(one.attr("id") or "" for one in tree.select("[id]")))
    return result


def compare_pictures(shown: Sequence[Shown]) -> list[Differing]:
    """Hold the files of pictures against the mirror's, in a worker."""
    result = []
    for one in shown:
        if found := _wrong(one):
            expected = f"the address {one.address}" if found == "a picture" else f"the picture {one.address}"
            place = f"{one.file}, {one.picture or 'a picture'}"
            told = Difference("pictures", place, expected, found)
            result.append(Differing(one.path, 1, (told,)))
    return result


def _wrong(one: Shown) -> str:
    """What was found in place of a picture, or nothing."""
    me = worker()
    web = web_address(one.address)
    if web and one.kept:  # the cache may have got one since, for a book
        return ""
    data = PictureCache(me.config.picture_cache).get(web) if web else _own(me, one)
    is_one = web is not None or (data is not None and suffix_of(data) != "")
    if one.kept and not is_one and not one.copied:
        return ""
    try:
        made = read_output(one.picture, MAX_PICTURE) if one.picture else None
    except SourceError as error:
        return error.found
    if one.kept and not is_one:
        return "" if made is None else "a picture"
    if made is None or (one.kept and has_query(one.address)):
        return "nothing"
    if web:
        # it stays as it was first had, whatever the cache holds by now
        had = one.had or (digest_of(data) if data is not None else b"")
        return "other bytes" if had and digest_of(made) != had else ""
    return "" if made == data else "other bytes"


def _own(me: Worker, one: Shown) -> bytes | None:
    """The picture of the mirror that an article shows, or None."""
    own = OwnPictures(me.store, me.config.output)
    path = picture_path(one.path, one.address)
    place = own.settle(path) if path else None
    try:
        return own.read(place) if place else None
    except SourceError:
        return None  # too large, or unreadable: no run shows it
