"""Enrich: an ordered list of steps reads the metadata. Each step is one file."""

from __future__ import annotations

from operator import attrgetter

from convert.article import Article, Context, Step
from convert.enrich.byline import read_byline
from convert.enrich.channel import read_channel
from convert.enrich.credits import read_credits
from convert.enrich.date import settle_date
from convert.enrich.dateline import read_dateline
from convert.enrich.description import describe
from convert.enrich.image import read_image
from convert.enrich.language import read_language
from convert.enrich.tags import read_tags
from convert.enrich.title_author import read_title_author
from convert.enrich.via import read_via
from convert.enrich.words import count_words
from convert.passes import Stage

STEPS: dict[str, Step] = {
    "tags": read_tags,
    "dateline": read_dateline,
    "byline": read_byline,
    "credits": read_credits,
    "image": read_image,
    "via": read_via,
    "title_author": read_title_author,
    "date": settle_date,
    "channel": read_channel,
    "language": read_language,
    "description": describe,
    "words": count_words,
}
"""The built-in steps by name, in the order in which `default` runs them."""


ENRICH = Stage("step", STEPS, attrgetter("enrich"), attrgetter("steps"))


def enrich(article: Article, context: Context) -> Article:
    """Run the steps over an article, in order: the context's own, where its profile names none.

    Returns the same article. Raises RuleError where a step raises; the message names the step.
    """
    return ENRICH.run(article, context)
