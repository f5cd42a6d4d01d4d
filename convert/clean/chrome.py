"""Remove page furniture that the profile names by selectors."""

from __future__ import annotations

from convert.article import Article, Context
from convert.tree import opening_tag

RULE = "chrome"


def remove_chrome(article: Article, context: Context) -> None:
    """Remove what the profile's `chrome` selector finds, with all that it holds."""
    if not article.profile.chrome:
        return
    for element in article.body.select(article.profile.chrome):
        if article.body not in element.ancestors:
            continue  # went with an element round it
        text = element.text.strip()
        for picture in element.select("img, a[href]"):
            address = picture.attr("src") or picture.attr("href") or ""
            if address:
                article.note(RULE, "removed", address, of="attribute")
        if text:
            article.note(RULE, "removed", text)
        elif not element.select_one("img, a[href]") and element.attrs:
            article.note(RULE, "removed", opening_tag(element), of="element")
        element.extract()
