"""What an article's body refers to: other articles by their addresses, pictures, and places within the article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convert.article import Article
from convert.batch.pictures.cache import web_address
from convert.batch.pictures.source import picture_path
from convert.catalogue.references import PICTURE
from convert.catalogue.rows import Reference
from convert.config.formats import MarkdownOutput
from convert.emit import Rewrites
from convert.parse.linked import article_at
from convert.profiles import Profile


def references_of(
    article: Article, name: str, options: MarkdownOutput, profiles: Sequence[Profile]
) -> tuple[Reference, ...]:
    """What the body of an article refers to, each address once, as far as the options ask for it.

    name: the article's own. profiles: those that know addresses of articles.
    """
    found: dict[tuple[str, str], Reference] = {}
    if options.links != "keep":
        for one in (*_links(article, name, profiles), *_anchors(article, name)):
            found[one.kind, one.address] = one
    if options.pictures != "keep":
        for one in _pictures(article, name):
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


def _pictures(article: Article, name: str) -> Iterator[Reference]:
    for image in article.body.select("img[src]"):
        address = image.attr("src") or ""
        # what lies at a path, and whether it may be shown, is looked at by each run
        if source := web_address(address) or picture_path(article.path, address):
            yield Reference(name, PICTURE, address, id=source)


def rewrites(references: Iterable[Reference]) -> Rewrites:
    """What the writer is told of references."""
    links: dict[str, str] = {}
    wiki: dict[str, str] = {}
    pictures: dict[str, str] = {}
    for one in references:
        if one.target:
            (pictures if one.kind == PICTURE else links)[one.address] = one.target
        if one.wiki:
            wiki[one.address] = one.wiki
    return Rewrites(links, wiki, pictures)


def settled(found: Iterable[Reference], known: Iterable[Reference], wiki: bool) -> tuple[Reference, ...]:
    """What a body refers to, with what is known to stand for it in the file.

    wiki: whether that may be a wiki link; an earlier run may have had another config.
    """
    targets = {(one.kind, one.address): {"target": one.target, "wiki": one.wiki if wiki else ""} for one in known}
    return tuple([one._replace(**targets.get((one.kind, one.address), {})) for one in found])
