"""Remove page furniture that the profile names by selectors."""

from __future__ import annotations

from turbohtml import Element

from convert.article import UNSEEN, Article, Context
from convert.tree import opening_tag

RULE = "chrome"
PARAGRAPH = 30  # characters outside links: less is a label or a title


def remove_chrome(article: Article, context: Context) -> None:
    """Remove what the profile's `chrome` selector finds, with all that it holds."""
    if not article.profile.chrome:
        return
    for element in article.body.select(article.profile.chrome):
        if article.body not in element.ancestors or element.closest(UNSEEN) not in (None, element):
            continue  # went with an element round it, or stands in one of which no reader sees anything
        if _holds_article(element) or _is_credit(element.text.strip(), article):
            element.unwrap()
            continue
        if element.text.strip() or element.select_one("[href], [src]") is not None:
            article.note_removed(RULE, [element])
        else:
            article.note(RULE, "removed", opening_tag(element), of="element")
        element.extract()


def _holds_article(element: Element) -> bool:
    """Whether furniture holds paragraphs: a broken page can put the whole article inside it."""
    for paragraph in element.select("p"):
        links = sum(len(link.text) for link in paragraph.select("a"))
        if len(paragraph.text.strip()) - links >= PARAGRAPH:
            return True
    return False


def _is_credit(text: str, article: Article) -> bool:
    """Whether furniture holds just a line of credit that an editor's tool wrapped up."""
    roles = article.profile.names.roles
    return bool(text) and any(text.startswith(role) and text[len(role) : len(role) + 1] in "：:" for role in roles)
