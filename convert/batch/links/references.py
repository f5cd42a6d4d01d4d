"""What an article's body refers to: other articles by their addresses, pictures, and places within the article."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote, urlsplit

from convert.article import Article
from convert.batch.pictures.cache import web_address
from convert.catalogue.rows import Reference
from convert.config.formats import MarkdownOutput
from convert.emit import Rewrites
from convert.parse.linked import article_at
from convert.profiles import Profile
from convert.stores import Store


def references_of(
    article: Article, name: str, options: MarkdownOutput, profiles: Sequence[Profile], store: Store
) -> tuple[Reference, ...]:
    """What the body of an article refers to, each address once, as far as the options ask for it.

    name: the article's own. profiles: those that know addresses of articles.
    """
    found: dict[tuple[str, str], Reference] = {}
    if options.links != "keep":
        for one in (*_links(article, name, profiles), *_anchors(article, name)):
            found[one.kind, one.address] = one
    if options.pictures != "keep":
        for one in _pictures(article, name, store):
            found[one.kind, one.address] = one
    return tuple(found.values())


def _links(article: Article, name: str, profiles: Sequence[Profile]) -> Iterator[Reference]:
    for anchor in article.body.select("a[href]"):
        address = anchor.attr("href") or ""
        if known := article_at(address, profiles):
            yield Reference(name, "link", address, *known)


def _anchors(article: Article, name: str) -> Iterator[Reference]:
    for element in article.body.select("[id]"):
        yield Reference(name, "anchor", element.attr("id") or "")


def _pictures(article: Article, name: str, store: Store) -> Iterator[Reference]:
    for image in article.body.select("img[src]"):
        address = image.attr("src") or ""
        if source := _source(article.path, address, store):
            yield Reference(name, "picture", address, id=source)


def _source(path: str, address: str, store: Store) -> str | None:
    """Where a picture is looked for: in a file of the mirror, or at an address on the web."""
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that hold no address of IPv6
        return None
    if parts.scheme or parts.netloc:
        return web_address(address)
    return store.settle(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else None


def rewrites(references: Iterable[Reference]) -> Rewrites:
    """What the writer is told of references."""
    links: dict[str, str] = {}
    wiki: dict[str, str] = {}
    pictures: dict[str, str] = {}
    for one in references:
        if one.target:
            (pictures if one.kind == "picture" else links)[one.address] = one.target
        if one.wiki:
            wiki[one.address] = one.wiki
    return Rewrites(links, wiki, pictures)


def settled(found: Iterable[Reference], known: Iterable[Reference], wiki: bool) -> tuple[Reference, ...]:
    """What a body refers to, with what is known to stand for it in the file.

    wiki: whether that may be a wiki link; an earlier run may have had another config.
    """
    targets = {(one.kind, one.address): {"target": one.target, "wiki": one.wiki if wiki else ""} for one in known}
    return tuple([one._replace(**targets.get((one.kind, one.address), {})) for one in found])
