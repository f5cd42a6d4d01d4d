"""The channel: the folder that the source lies in, and the channel's name."""

from __future__ import annotations

from convert.article import Article, Context

NO_CHANNELS = frozenset({"", "pages", "chapters", "articles", "posts"})


def read_channel(article: Article, context: Context) -> None:
    """Take the channel from the source's folder, and the names of all channels that hold a copy of the article."""
    folders = [path.rpartition("/")[0].rpartition("/")[2] for path in (article.path, *article.source.aliases)]
    if folders[0] not in NO_CHANNELS:
        article.meta.channel = folders[0]
        article.origin["channel"] = "folder"
    names = [context.channels.get(one) or article.profile.channels.get(one) or "" for one in folders]
    article.meta.categories = list(dict.fromkeys(name for name in names if name))
    if article.meta.categories:
        article.origin["categories"] = "channel index"
