"""Digests of what articles and volumes are made from besides their sources: what they say has changed is made anew.

Code counts as its files' bytes, and so do modules of one's own that the config names, in a package together with its
version; what those import does not.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from convert.batch.inputs.sources import Found, Mirrors, read_index
from convert.config import Config
from convert.config.extensions import TAKEN, Extension, find
from convert.config.formats import MarkdownOutput
from convert.emit.dataset import PACKAGES, suffix_of
from convert.emit.epub import source_date_epoch
from convert.errors import SourceError
from convert.files import read_limited
from convert.messages import later
from convert.plugins import Kind
from convert.profiles import Profile
from convert.stores import INDEX

_PACKAGE = Path(__file__).parents[2]
_MOST = 4 * 1024 * 1024  # bytes of a module

_ARTICLES = (
    "*.py", "parse/**/*.py", "clean/**/*.py", "enrich/**/*.py", "emit/*.py", "typesetting/*.py", "profiles/*.py",
    "config/building.py", "config/calibre.py", "config/extensions.py", "batch/articles/emitting.py",
    "batch/articles/rewriting.py", "batch/links/references.py", "batch/pictures/cache.py", "batch/pictures/source.py",
)  # fmt: skip
"""The files that make an article's outputs from a source, and tell what its body refers to."""

_REWRITES = (
    "batch/articles/relinking.py", "batch/articles/rewriting.py", "batch/articles/beside.py",
    "batch/articles/picture_files.py", "batch/links/claims.py", "batch/links/holding.py", "batch/links/leading.py",
    "batch/pictures/cache.py", "batch/pictures/source.py", "catalogue/references.py", "emit/epub/pictures.py",
    "names.py",
)  # fmt: skip
"""The files that say what stands in Markdown in place of addresses."""

_VOLUMES = (
    "*.py", "where/**/*.py", "volumes/**/*.py", "typesetting/*.py", "emit/**/*", "batch/books/binder.py",
    "batch/books/one_book.py", "batch/books/feed.py", "batch/pictures/source.py",
)  # fmt: skip
"""The files that choose articles for a book, and make it of them."""

_DATASET = ("batch/dataset/sharding.py", "verify/**/*.py")
"""The files that make a dataset of articles, besides those that make the articles' outputs."""

_ARTICLE_PACKAGES = ("turbohtml", "cmarkgfm", "pyyaml")
_VOLUME_PACKAGES = ("turbohtml", "ebooklib", "pillow")

REASONS = (
    later("the program has changed"),
    later("the config has changed"),
    later("its profile has changed"),
    later("the names of its channels or its mirror have changed"),
)
"""What each part of what an article depends on means when it differs."""


class Dependencies:
    """What the articles of a run depend on besides their sources."""

    def __init__(self, config: Config, profiles: Sequence[Profile], mirrors: Mirrors) -> None:
        self._mirrors = mirrors
        self._profiles = {one.name: _short(one.model_dump_json()) for one in profiles}
        self._code = _short(_code(_ARTICLES), *map(version, [*_ARTICLE_PACKAGES, *_opencc(config.scripts)]))
        self._config = _short(
            config.model_dump_json(include={"clean", "enrich", "emit"}, exclude={"emit": {"dataset"}}),
            *_own_code(config),
            *_other_programs(config),
            # any profile may know the address that a link leads to
            *(self._profiles.values() if config.emit.markdown and config.emit.markdown.rewrites else ()),
        )
        self.looking = _short(self._code, str(config.parse.max_bytes), *self._profiles.values())
        self._known: dict[tuple[str, ...], str] = {}

    def of(self, paths: Sequence[str], profile: str) -> str:
        """What an article depends on, in four parts: code, config, profile, names of its channels and mirror.

        paths: of its source and of its copies. profile: the name of the one that recognised it.
        """
        key = (profile, *(path.rpartition("/")[0] for path in paths))
        if key not in self._known:
            named = sorted(self._mirrors.named(paths).items())
            channels = _short(self._mirrors.name(paths[0]), *(f"{id_}={name}" for id_, name in named))
            self._known[key] = f"{self._code} {self._config} {self._profiles.get(profile, '')} {channels}"
        return self._known[key]

    def settled(self, config: Config, found: Found) -> str:
        """A digest of everything that any article depends on, and its outputs' names, besides the sources."""
        indexes = [read_index(found.store, one.removesuffix(INDEX).rstrip("/")) for one in sorted(found.indexes)]
        described = [found.store.name_of(""), *sorted(found.described)]
        above = self._mirrors.mirror("")
        if above is not None:
            indexes.append(read_index(found.store, above))
        return _short(self.looking, self._config, config.batch.duplicates, *described, *indexes)


def rewriting_depends_on(options: MarkdownOutput) -> str:
    """What stands in Markdown in place of addresses depends on besides the articles."""
    return _short(_code(_REWRITES), options.links, options.pictures, options.picture_path, options.vault)


def volumes_depend_on(config: Config) -> str:
    """What the volumes depend on besides their articles and the collections of the config."""
    programs = map(version, [*_VOLUME_PACKAGES, *_opencc(one.script for one in config.volumes)])
    epoch = source_date_epoch(os.environ)
    return _short(_code(_VOLUMES), *programs, str(epoch), str(config.feed is not None), config.batch.verify == "off")


def dataset_depends_on(config: Config) -> str:
    """What the files of the dataset depend on besides their articles, and what those depend on."""
    programs = map(version, _dataset_packages(config))
    return _short(str(config.emit.dataset), _code(_DATASET), *programs, config.batch.verify == "off")


def _dataset_packages(config: Config) -> list[str]:
    package = PACKAGES.get(suffix_of(config.emit.dataset.path)) if config.emit.dataset else None
    return [package] if package else []


def packages(config: Config) -> list[str]:
    """The packages that outputs are made with, besides Mirrorpress: where their versions differ, outputs may."""
    opencc = _opencc([*config.scripts, *(one.script for one in config.volumes)])
    pandoc = ["pypandoc-binary"] if config.emit.by_pandoc() else []
    own = [one.plugin.package for one in _own(config) if one.plugin]
    further = [*opencc, *pandoc, *_dataset_packages(config), *own]
    return list(dict.fromkeys([*_ARTICLE_PACKAGES, *_VOLUME_PACKAGES, *further]))


def _opencc(scripts: Iterable[str]) -> list[str]:
    """The package, where one of these asks for it."""
    return ["opencc"] if any(one != "none" for one in scripts) else []


def program() -> str:
    """A digest of the whole package: two processes that have the same one make the same of the same."""
    return _short(_code(("**/*.py", "profiles/*.yaml")))


def why(before: str, now: str) -> str:
    """Why an article has to be made again whose dependencies were, and are now, these; nothing where they are equal."""
    if before == now:
        return ""
    pairs = zip(before.split(" "), now.split(" "), REASONS, strict=False)
    return next((reason for old, new, reason in pairs if old != new), REASONS[0])


def _own(config: Config) -> list[Extension]:
    """The functions of one's own that the config names; what reading the config found."""
    chosen: tuple[tuple[Kind, Iterable[str]], ...] = (
        ("rule", config.clean),
        ("step", config.enrich),
        ("format", config.emit.own()),
    )
    return [find(kind, name, config.base) for kind, names in chosen for name in names if name not in {*TAKEN[kind]}]


def _own_code(config: Config) -> Iterator[str | bytes]:
    """The files that they stand in, and the versions of their packages."""
    for one in sorted(_own(config), key=lambda one: one.name):
        yield _read(one.file) if one.file else b""
        yield one.plugin.told if one.plugin else ""


def _other_programs(config: Config) -> list[str]:
    """What formats are made with that other programs write."""
    if not config.emit.by_pandoc():
        return []
    from convert.emit.pandoc import made_with

    return [made_with()]


def _read(file: Path) -> bytes:
    try:
        return read_limited(file, _MOST, str(file))
    except SourceError:
        return b""  # whoever needs it will say so


@cache
def _code(patterns: tuple[str, ...]) -> str:
    """A digest of files of this package."""
    files = {file for pattern in patterns for file in _PACKAGE.glob(pattern) if file.is_file()}
    kept = sorted(file for file in files if file.suffix != ".pyc")
    return _short(*(piece for file in kept for piece in (file.name, file.read_bytes())))


def _short(*parts: str | bytes | bool) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode(errors="surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
