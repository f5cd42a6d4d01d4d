"""A rule of one's own over a BeautifulSoup soup: paragraphs that only advertise a book club go.

Put the file beside your config.yaml and name the function there: `clean: [default, drop_promos:drop_promos]`.
What the rule takes away stands in the notes under its name.
"""

from bs4 import BeautifulSoup

from convert.clean.soup import soup_rule


@soup_rule
def drop_promos(soup: BeautifulSoup) -> None:
    """Remove every paragraph that begins with the book club's call."""
    for paragraph in soup.find_all("p"):
        if paragraph.get_text().startswith("加入读书会"):
            paragraph.decompose()
