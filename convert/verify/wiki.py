"""Obsidian's own links, `[[path|text]]`, for a reader that knows none: written as its links, and read from its HTML."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

_WIKI_LINK = re.compile(r"(?<!\\)\[\[([^\[\]|\\#^`\n]+)(\\?\|)([^\[\]|\\`\n]+)\]\]")


class WikiLinks:
    """The wiki links of a Markdown file. markdown: the file with links in their place that every reader knows.

    Where the reader takes such a link for code or finds it in HTML it is none, as to Obsidian, and its letters come
    back in what was read. The bar stays where it was, with its backslash: in a table it would end the cell.
    """

    def __init__(self, markdown: str) -> None:
        self._paths: list[str] = []
        # an ampersand, since readers write it in another way in code than in HTML that they let through
        sign = "wiki"
        while f"{sign}&" in markdown:
            sign += "i"
        self._there = re.compile(rf"\[([^\[\]]*)\]\({sign}(&(?:amp;)?)(\d+)(\\?\|)\)")
        self._address = re.compile(rf"{sign}&(\d+)\|")
        self.markdown = _WIKI_LINK.sub(lambda found: self._out(found, sign), markdown) if "[[" in markdown else markdown

    def _out(self, found: re.Match[str], sign: str) -> str:
        self._paths.append(found[1])
        return f"[{found[3]}]({sign}&{len(self._paths) - 1}{found[2]})"

    def put_back(self, read: str) -> str:
        """What the reader wrote, with the letters of those that it did not take for links."""
        return self._there.sub(self._back, read) if self._paths else read

    def _back(self, found: re.Match[str]) -> str:
        path = self._paths[int(found[3])]
        return f"[[{path if found[2] == '&' else html.escape(path)}{found[4]}{found[1]}]]"

    def path(self, address: str) -> str:
        """The path of the note that a link of the reader's leads to; nothing where it is no wiki link."""
        found = self._address.fullmatch(unquote(address)) if self._paths else None
        return self._paths[int(found[1])] if found else ""
