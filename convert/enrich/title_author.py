"""The author who stands in the title, as columns have it: `张三：…`."""

from __future__ import annotations

from convert.article import Article, Context
from convert.enrich.people import read_names

RULE = "title_author"


def read_title_author(article: Article, context: Context) -> None:
    """Take the author from the title where the channel is one of columns, or the name a known columnist's."""
    names = article.profile.names
    if article.meta.authors or names.title_author is None:
        return
    match = names.title_author.match(article.meta.title)
    if match is None:
        return
    people = read_names(match["names"], names)
    if not people:
        return
    folder = article.source.folder.rpartition("/")[2]
    trusted = names.title_author_channels is not None and names.title_author_channels.search(folder)
    if trusted or all(one in names.columnists for one in people):
        article.meta.authors = list(people)
        article.origin["authors"] = "title"
        article.note(RULE, "guessed", match["names"], "authors")
