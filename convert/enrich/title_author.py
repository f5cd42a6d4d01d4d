"""The author who stands in the title, as columns have it: `张三：…`.

In news such a name is mostly somebody who is quoted, so that there it takes a known columnist, or one whom the text,
which has no byline, does not name again.
"""

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
    if trusted or all(one in names.columnists or _writes(one, article) for one in people):
        article.meta.authors = list(people)
        article.origin["authors"] = "title"
        article.note(RULE, "guessed", match["names"], "authors")


def _writes(name: str, article: Article) -> bool:
    """Whether a name in the title of a text without byline can only be its author's."""
    names = article.profile.names
    compound = name[:2] in names.compound_surnames
    if article.meta.byline or not 2 <= len(name) <= (4 if compound else 3):
        return False
    if not (compound or name[0] in names.surnames):
        return False
    if names.not_in_title is not None and names.not_in_title.search(name):
        return False
    return name not in article.body.text
