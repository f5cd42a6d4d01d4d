"""The pictures that articles show, as files of the output: which there have to be, under what names.

Names follow from the articles and the pictures alone, whatever was written first, as those of articles do.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from urllib.parse import unquote, urlsplit

from convert.batch.articles.picture_files import SUFFIXES, Copied, Copy, aside, copy_pictures, portions, read_pictures
from convert.batch.engines.pool import Lost, chunked, until
from convert.batch.links.claims import aim
from convert.batch.means import Means
from convert.batch.pictures.cache import PictureCache, web_address
from convert.batch.pictures.source import MAX_PICTURE, NO_PICTURE, OwnPictures, fetch_pictures
from convert.batch.planning.outdated import Disk
from convert.batch.refresh import lost
from convert.batch.summary import Failure
from convert.catalogue import Output
from convert.catalogue.references import (
    PICTURE,
    Place,
    Source,
    copies,
    pictures_shown,
    put_sources,
    references,
    sources,
)
from convert.config.formats import MarkdownOutput
from convert.errors import SourceError
from convert.messages import later
from convert.names import OutputNames, PictureTemplate, safe_part

LACKING = {
    False: NO_PICTURE,
    True: later("a file that is too large, or cannot be read"),
}
"""Why a picture that is there is not shown, by whether its bytes are unknown."""


class Beside:
    """The pictures of one run.

    reserved: names in the output folder that no picture may take.
    """

    def __init__(self, means: Means, options: MarkdownOutput, reserved: Sequence[str]) -> None:
        self.config, self.store, self.sink, self.catalogue = means.config, means.store, means.sink, means.catalogue
        self.pool, self.summary, self.progress = means.pool, means.summary, means.progress
        self.options, self.reserved = options, reserved
        self.disk = Disk(self.sink)
        self.template = PictureTemplate.parse(options.picture_path)
        self.cache = PictureCache(self.config.picture_cache)
        self.own = OwnPictures(self.store, self.config.output)
        self._settled: dict[str, str | None] = {}

    # --- what there is

    def source(self, shown: str) -> str | None:
        """The picture that an article shows, as a `Source` names it; None where it can be none.

        shown: as of `Reference.id`. Where a path leads may change, though no article does.
        """
        if web_address(shown):
            return shown
        if shown not in self._settled:
            self._settled[shown] = self.own.settle(shown)
        return self._settled[shown]

    def shown(self) -> set[str]:
        """The pictures that articles show, whether there are such or not."""
        return {source for one in pictures_shown(self.catalogue) if (source := self.source(one))}

    @cached_property
    def intact(self) -> dict[str, Output]:
        """The files that are as earlier runs wrote them, by their paths."""
        return {path: made for path, made in copies(self.catalogue).items() if not self.disk.reason(made)}

    def is_current(self) -> bool:
        """Whether all is as an earlier run left it: no picture has come, gone or changed, and every file is there."""
        known = sources(self.catalogue)
        shown = self.shown()
        new, gone = self.compare(shown, known)
        if self.options.pictures == "fetch" and any(
            not self.cache.failure(one) for one in self.unfetched(shown, known)
        ):
            return False
        return not new and not gone and len(self.intact) == len(copies(self.catalogue))

    def compare(self, shown: set[str], known: Mapping[str, Source]) -> tuple[list[str], list[str]]:
        """Which pictures have to be read, and which of those that are known are not there any more, or not shown."""
        new, gone = self.compare_fetched(shown, known)
        gone += sorted(known.keys() - shown)
        for source in sorted(shown):
            if web_address(source):
                continue
            before, about = known.get(source), self.store.about(source)
            if about is None:
                gone += [source] if before else []
            elif before is None or about.stamp is None or (before.size, before.stamp) != (about.size, about.stamp):
                new.append(source)
            # permissions change without a file's time of change
            elif not before.digest and about.size <= MAX_PICTURE and self.store.sees(source):
                new.append(source)
        return new, gone

    def compare_fetched(self, shown: set[str], known: Mapping[str, Source]) -> tuple[list[str], list[str]]:
        """The same of those from the web.

        One stays as it was first had, whatever has become of the cache, as long as some file holds it.
        """
        new, gone = [], []
        held = {made.digest for made in self.intact.values()}
        for source in filter(web_address, sorted(shown)):
            before = known.get(source)
            if before and (not before.suffix or before.digest in held or self.cache.has(aside(source, before.digest))):
                continue
            if self.cache.has(source):
                new.append(source)
            elif before:
                gone.append(source)
        return new, gone

    def lacking(self) -> Counter[str]:
        """How many pictures are there and yet not shown, by reason."""
        return Counter(LACKING[not one.digest] for one in sources(self.catalogue).values() if not one.suffix)

    # --- what there has to be

    def make(self, places: Mapping[str, Place], ended: Callable[[], bool]) -> dict[tuple[str, str], str]:
        """Write the files that have to be, and forget those that nothing shows.

        Returns by the article's name and the picture's address the path of its file.
        """
        shown = self.shown()
        if self.options.pictures == "fetch":
            self.fetch(shown)
        self.read(shown, ended)
        known = sources(self.catalogue)
        wanted: dict[tuple[str, str], tuple[str, str]] = {}
        aimed: set[str] = set()
        for one in references(self.catalogue, PICTURE):
            if one.name not in places:
                continue
            source = self.source(one.id)
            if source in known and known[source].suffix:
                wanted[one.name, one.address] = (self.wanted(places[one.name], known[source]), source)
            elif not web_address(one.id):
                aimed.add(aim(places[one.name].file, one.address, ""))
        paths = self.name(set(wanted.values()), aimed)
        there = self.copy({paths[one]: known[one[1]] for one in wanted.values()}, ended)
        if self.options.pictures == "fetch":
            self.cache.trim(self.config.pictures.cache_bytes)
        return {key: paths[one] for key, one in wanted.items() if paths[one] in there}

    def unfetched(self, shown: set[str], known: Mapping[str, Source]) -> list[str]:
        """The pictures on the web that neither an earlier run nor the cache has."""
        return [one for one in sorted(shown) if web_address(one) and one not in known and not self.cache.has(one)]

    def fetch(self, shown: set[str]) -> None:
        """Ask the web for pictures that neither an earlier run nor the cache has."""
        _, gone = self.compare_fetched(shown, sources(self.catalogue))
        with self.catalogue.transaction():
            put_sources(self.catalogue, (), gone)
        asked = self.unfetched(shown, sources(self.catalogue))
        if not asked:
            return
        fetched = fetch_pictures(self.config, asked, lambda done, total: self.progress(later("pictures"), done, total))
        self.summary.fetched = (self.summary.fetched or 0) + fetched.fetched

    def read(self, shown: set[str], ended: Callable[[], bool]) -> None:
        """Have pictures looked at that are new or have changed."""
        new, gone = self.compare(shown, sources(self.catalogue))
        found: list[Source] = []
        chunks = until(ended, chunked(new, self.pool.jobs))
        for some, result in self.pool.run(read_pictures, chunks, self.config.batch.seconds):
            if isinstance(result, Lost):
                self.summary.failures.append(Failure(some[0], lost(self.config, some[0], result)))
            else:
                found += result
        # of a run that is ended nobody knows whether the rest is there
        unread = set() if ended() else set(new) - {one.source for one in found}
        with self.catalogue.transaction():
            put_sources(self.catalogue, found, [*gone, *unread])

    def wanted(self, place: Place, picture: Source) -> str:
        """The path that a picture is to have for an article."""
        web = web_address(picture.source)
        name = posixpath.basename(unquote(urlsplit(web).path) if web else picture.source) or "picture"
        if posixpath.splitext(name)[1].lower() not in SUFFIXES:
            name += picture.suffix
        return self.template.fill(place.name, place.file, safe_part(name))

    def name(self, wanted: set[tuple[str, str]], aimed: set[str]) -> dict[tuple[str, str], str]:
        """The path of each picture (path that is wanted, picture): no two share one, nor one with another output.

        aimed: paths that addresses lead to which stay as they are; a picture there would be shown in place of another.
        """
        names = OutputNames(self.reserved)
        others = [one for one in self.catalogue.outputs() if one.format != PICTURE]
        for one in others:
            names.keep(one.path, one.path)
        names.avoid(aimed)
        names.reserve_folders([*(one.path for one in others), *(path for path, _ in wanted)])
        return {(path, source): names.settle(path, source) for path, source in sorted(wanted)}

    # --- copying

    def copy(self, wanted: Mapping[str, Source], ended: Callable[[], bool]) -> set[str]:
        """Write files, by their paths; returns the paths of those that are there."""
        there = {
            path for path, source in wanted.items() if (made := self.intact.get(path)) and made.digest == source.digest
        }
        todo = self.todo({path: source for path, source in sorted(wanted.items()) if path not in there})
        with self.catalogue.transaction():
            self.catalogue.touch_outputs(self.disk.touched)
        done = 0
        chunks = until(ended, portions(todo, self.pool.jobs))
        for some, result in self.pool.run(copy_pictures, chunks, self.config.batch.seconds):
            self.take(some, result, wanted, there)
            done += len(some)
            self.progress(later("pictures"), done, len(todo))
        # one that could not be copied may be in no other file
        needed = {source.digest for path, source in wanted.items() if path not in there}
        for one in todo:
            if one.held in wanted and one.digest not in needed:
                self.cache.drop(aside(one.source, one.digest))
        with self.catalogue.transaction():
            for path, made in copies(self.catalogue).items():
                if path not in wanted and made.digest not in needed and not ended():
                    self.catalogue.put_outputs(path, ())
        return there

    def todo(self, wanted: Mapping[str, Source]) -> list[Copy]:
        """What has to be copied, and which file holds a picture from the web that the cache may have no more."""
        held = {made.digest: path for path, made in self.intact.items()}
        # rather one that stays
        held |= {made.digest: path for path, made in self.intact.items() if path not in wanted}
        result: list[Copy] = []
        spared: set[str] = set()
        for path, source in wanted.items():
            at = held.get(source.digest, "") if web_address(source.source) else ""
            if at in wanted and not self.put_aside(source, at):
                spared.add(at)
            result.append(Copy(source.source, path, source.size, source.digest, at))
        return [one for one in result if one.path not in spared]

    def put_aside(self, picture: Source, path: str) -> bool:
        """Keep a picture from the web whose only file is about to be written over; returns whether it may be."""
        try:
            self.cache.put(aside(picture.source, picture.digest), self.sink.read(path, MAX_PICTURE))
        except (OSError, SourceError) as error:
            told = f"{path}: cannot be put into the cache ({error}); the next run tries again"
            self.summary.failures.append(Failure(path, told))
            return False
        return True

    def take(self, some: Sequence[Copy], result: Copied | Lost, wanted: Mapping[str, Source], there: set[str]) -> None:
        """Take in what came of a chunk."""
        if isinstance(result, Lost):
            self.summary.failures.append(Failure(some[0].path, lost(self.config, some[0].source, result)))
            return
        with self.catalogue.transaction():
            for one in result.outputs:
                self.catalogue.put_outputs(one.path, [one])
                there.add(one.path)
                if one.digest != wanted[one.path].digest:
                    source = wanted[one.path].source
                    told = f"{source}: changed while it was being copied; the next run takes it as it is then"
                    self.summary.failures.append(Failure(source, told))
        self.summary.failures += [Failure(path, told) for path, told in sorted(result.failed.items())]
        self.summary.stopped = self.summary.stopped or result.ended
