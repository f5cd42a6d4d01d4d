"""The pictures that articles show, as files of the output: which there have to be, under what names.

Names follow from the articles and the pictures alone, whatever was written first, as those of articles do.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from convert.batch.articles.picture_files import SUFFIXES, Copied, Copy, copy_pictures, read_pictures
from convert.batch.engines.engine import Engine
from convert.batch.engines.pool import Lost, chunked, until
from convert.batch.pictures.cache import PictureCache, web_address
from convert.batch.pictures.source import fetch_pictures
from convert.batch.planning.outdated import Disk
from convert.batch.summary import Failure, Progress, Summary
from convert.catalogue import Catalogue
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
from convert.catalogue.rows import Reference
from convert.config import Config
from convert.config.formats import MarkdownOutput
from convert.names import OutputNames, PictureTemplate, safe_part
from convert.sinks import Sink
from convert.stores import Store


class Beside:
    """The pictures of one run.

    reserved: names in the output folder that no picture may take.
    """

    def __init__(
        self,
        config: Config,
        options: MarkdownOutput,
        store: Store,
        sink: Sink,
        catalogue: Catalogue,
        pool: Engine,
        summary: Summary,
        progress: Progress,
        reserved: Sequence[str],
    ) -> None:
        self.config, self.options, self.store, self.sink = config, options, store, sink
        self.catalogue, self.pool, self.summary, self.progress = catalogue, pool, summary, progress
        self.reserved = reserved
        self.disk = Disk(sink)
        self.template = PictureTemplate.parse(options.picture_path)
        self.cache = PictureCache(config.picture_cache)

    def is_current(self) -> bool:
        """Whether all is as an earlier run left it: no picture has come, gone or changed, and every file is there."""
        known = sources(self.catalogue)
        shown = pictures_shown(self.catalogue)
        new, gone = self.compare(shown, known)
        if self.options.pictures == "fetch" and any(
            not self.cache.failure(one) for one in self.unfetched(shown, known)
        ):
            return False
        return not new and not gone and not any(map(self.disk.reason, copies(self.catalogue).values()))

    def compare(self, shown: set[str], known: Mapping[str, Source]) -> tuple[list[str], list[str]]:
        """Which pictures have to be read, and which of those that are known are not there any more, or not shown.

        One from the web that was once had is not asked for again, whatever has become of the cache.
        """
        new, gone = [], sorted(known.keys() - shown)
        for source in sorted(shown):
            before = known.get(source)
            if web_address(source):
                if before is None and self.cache.has(source):
                    new.append(source)
                continue
            about = self.store.about(source)
            if about is None:
                gone += [source] if before else []
            elif before is None or about.stamp is None or (before.size, before.stamp) != (about.size, about.stamp):
                new.append(source)
        return new, gone

    def make(self, places: Mapping[str, Place], ended: Callable[[], bool]) -> dict[tuple[str, str], str]:
        """Write the files that have to be, and forget those that nothing shows.

        Returns by the article's name and the picture's address the path of its file.
        """
        shown = pictures_shown(self.catalogue)
        if self.options.pictures == "fetch":
            self.fetch(shown)
        self.read(shown, ended)
        known = sources(self.catalogue)
        wanted = {
            (one.name, one.address): (self.wanted(one, places[one.name], known[one.id]), one.id)
            for one in references(self.catalogue, PICTURE)
            if one.name in places and one.id in known and known[one.id].suffix
        }
        paths = self.name(set(wanted.values()))
        there = self.copy({paths[one]: known[one[1]] for one in wanted.values()}, ended)
        return {key: paths[one] for key, one in wanted.items() if paths[one] in there}

    def unfetched(self, shown: set[str], known: Mapping[str, Source]) -> list[str]:
        """The pictures on the web that neither an earlier run nor the cache has."""
        return [one for one in sorted(shown) if web_address(one) and one not in known and not self.cache.has(one)]

    def fetch(self, shown: set[str]) -> None:
        """Ask the web for pictures that neither an earlier run nor the cache has."""
        asked = self.unfetched(shown, sources(self.catalogue))
        if not asked:
            return
        fetched = fetch_pictures(self.config, asked, lambda done, total: self.progress("pictures", done, total))
        self.summary.fetched = (self.summary.fetched or 0) + fetched.fetched

    def read(self, shown: set[str], ended: Callable[[], bool]) -> None:
        """Have pictures looked at that are new or have changed."""
        new, gone = self.compare(shown, sources(self.catalogue))
        found: list[Source] = []
        for some, result in self.pool.run(read_pictures, until(ended, chunked(new, self.pool.jobs))):
            if isinstance(result, Lost):
                self.summary.failures.append(Failure(some[0], f"{some[0]}: {result.value}"))
            else:
                found += result
        lost = set(new) - {one.source for one in found}
        with self.catalogue.transaction():
            put_sources(self.catalogue, found, [*gone, *lost])

    def wanted(self, reference: Reference, place: Place, picture: Source) -> str:
        """The path that a picture is to have for an article."""
        web = web_address(reference.id)
        name = posixpath.basename(unquote(urlsplit(web).path) if web else reference.id) or "picture"
        if posixpath.splitext(name)[1].lower() not in SUFFIXES:
            name += picture.suffix
        return self.template.fill(place.name, place.file, safe_part(name))

    def name(self, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """The path of each picture (path that is wanted, picture): no two share one, nor one with another output."""
        names = OutputNames(self.reserved)
        others = [one for one in self.catalogue.outputs() if one.format != PICTURE]
        for one in others:
            names.keep(one.path, one.path)
        names.reserve_folders([*(one.path for one in others), *(path for path, _ in wanted)])
        return {(path, source): names.settle(path, source) for path, source in sorted(wanted)}

    def copy(self, wanted: Mapping[str, Source], ended: Callable[[], bool]) -> set[str]:
        """Write files, by their paths; returns the paths of those that are there."""
        before = copies(self.catalogue)
        there = {
            path
            for path, source in wanted.items()
            if (made := before.get(path)) and made.digest == source.digest and not self.disk.reason(made)
        }
        todo = [Copy(source.source, path) for path, source in sorted(wanted.items()) if path not in there]
        with self.catalogue.transaction():
            self.catalogue.touch_outputs(self.disk.touched)
            for path in before.keys() - wanted.keys():
                self.catalogue.put_outputs(path, ())
        done = 0
        for some, result in self.pool.run(copy_pictures, until(ended, chunked(todo, self.pool.jobs))):
            self.take(some, result, wanted, there)
            done += len(some)
            self.progress("pictures", done, len(todo))
        return there

    def take(self, some: Sequence[Copy], result: Copied | Lost, wanted: Mapping[str, Source], there: set[str]) -> None:
        """Take in what came of a chunk."""
        if isinstance(result, Lost):
            self.summary.failures.append(Failure(some[0].path, f"{some[0].source}: {result.value}"))
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
