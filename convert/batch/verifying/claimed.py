"""What a verification makes of what Markdown files say of other files: the plan knows whose those are, the mirror what
pictures they hold.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from convert.batch.articles.picture_files import suffix_of
from convert.batch.checks import Differing, differing
from convert.batch.engines.workers import worker
from convert.batch.links.claims import aim, wrong_link
from convert.batch.pictures.cache import PictureCache, web_address
from convert.batch.pictures.source import MAX_PICTURE, picture_source
from convert.batch.planning.plan import Job
from convert.batch.verifying.readback import read_output
from convert.catalogue import CATALOGUE, read_catalogue
from convert.config import Config
from convert.errors import SourceError
from convert.verify import Claim, Difference


class Shown(NamedTuple):
    """A picture that a Markdown file shows: the article's source, the address there, the file, and the picture's.

    picture: its path below the output; nothing where what stands there leads to no file of it.
    kept: whether the address stands in the file, which is right as long as there is no such picture.
    """

    path: str
    address: str
    file: str
    picture: str
    kept: bool


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
        self.vault = config.emit.markdown.vault
        self.linking = config.emit.markdown.links != "keep"
        self.showing = config.emit.markdown.pictures != "keep"
        at = formats.index("markdown")
        self.files = {job.path: file for job in jobs if (file := job.targets[at])}
        self.owners = {file: known[path] for path, file in self.files.items() if path in known and known[path][1]}
        failing = _failing(config)
        self.leads: dict[tuple[str, str], str] = {}
        for path, file in self.files.items():
            if file in self.owners and path not in failing:
                self.leads.setdefault(self.owners[file], file)

    def links(self, claims: Mapping[str, Sequence[Claim]]) -> Iterator[Differing]:
        """The articles with links that lead to no file, or to another article's."""
        files = self.leads if self.linking else {}
        for path, made in claims.items():
            found = [
                told
                for one in made
                if one.kind == "link" and (told := wrong_link(one, self.files[path], self.vault, self.owners, files))
            ]
            if differs := differing(path, found):
                yield differs

    def pictures(self, claims: Mapping[str, Sequence[Claim]]) -> list[Shown]:
        """The pictures that files show and that are to be compared."""
        return [
            Shown(path, one.address, self.files[path], aim(self.files[path], one.found, ""), one.found == one.address)
            for path, made in claims.items()
            for one in made
            if self.showing and one.kind == "picture"
        ]


def _failing(config: Config) -> Container[str]:
    """The sources that the run could not convert: links to these keep their addresses."""
    file = config.output.path / CATALOGUE
    if not file.exists():
        return ()
    with read_catalogue(file) as catalogue:
        return catalogue.failing()


def compare_pictures(shown: Sequence[Shown]) -> list[Differing]:
    """Hold the files of pictures against the mirror's, in a worker."""
    me = worker()
    source = picture_source(me.store, PictureCache(me.config.picture_cache))
    result = []
    for one in shown:
        data = source(one.path, one.address)
        # the cache may have got one since, for a book
        if one.kept and (data is None or not suffix_of(data) or web_address(one.address)):
            continue
        made, found = None, "nothing"
        try:
            made = read_output(one.picture, MAX_PICTURE) if one.picture else None
        except SourceError as error:
            found = error.found
        # one from the web may have left the cache since
        if made is None or (data != made and not (data is None and web_address(one.address))):
            place = f"{one.file}, {one.picture or 'a picture'}"
            told = Difference("pictures", place, f"the picture {one.address}", found if made is None else "other bytes")
            result.append(Differing(one.path, 1, (told,)))
    return result
