"""Holds a file in one of pandoc's formats against its article: every letter and digit is there, in order."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape

from convert.tree import texts
from convert.verify.difference import Difference, short
from convert.verify.view import View

# What is kept together in every format: between such runs stand marks, spaces and commands, each written its own way.
_RUN = re.compile(r"[^\W_]+")
_DOCUMENTS = (".xml", ".xhtml", ".html", ".opf", ".ipynb")
_ZIP = b"PK\x03\x04"  # APPNOTE.TXT of PKWARE, 4.3.7
_MOST = 64 * 1024 * 1024  # bytes that a document of a zip may unpack to

# Commands of roff that stand for one sign, and of a terminal; tags; references to characters behind a backslash.
_COMMAND = re.compile(r"\\\((?:lq|rq|oq|cq|dq)|\\f\[\w+\]|\\m\[\]|\x1b\[[\d;]*m")
_TAG = re.compile(r"</?[\w:]+(?:\s[^<>\n]*)?/?>")
_NUMBERED = re.compile(r"\\u?(\d{3,7})( ?\?)?")
_NUMBERS = frozenset({"native", "rtf"})
"""Formats in which characters beyond ASCII are numbers behind a backslash."""


def foreign_file(data: bytes, view: View, form: str) -> list[Difference]:
    """Look for the article in a file: its title, and each run of letters and digits of its body, in their order.

    form: the format's name. How a format writes punctuation, spaces and structure is not compared, nor what it holds
    besides; characters that a run of letters is written with must stand there as they are, or as references.
    Returns the first run that is missing; what comes behind it cannot be placed any more.
    """
    try:
        text = text_of(data, form)
    except (UnicodeDecodeError, zipfile.BadZipFile, RuntimeError) as error:
        return [Difference("file", view.path, f"a file of the format {form}", str(error))]
    title = _RUN.findall(view.article.meta.title.casefold())
    missing = next((run for run in title if run not in text), None)
    if missing is not None:
        return [Difference("file", view.path, short(missing), "", short(view.article.meta.title))]
    at = 0
    # a terminal shows the lines of a table's cells side by side
    tables = view.article.body.select("table") if form == "ansi" else []
    apart = {one for table in tables for one in texts(table)}
    for part in (one.data for one in texts(view.article.body) if one not in apart):
        for run in _RUN.finditer(part.casefold()):
            place = text.find(run[0], at)
            if place < 0:
                return [Difference("file", view.path, short(run[0]), "", short(part[max(0, run.start() - 20) :]))]
            at = place + len(run[0])
    return []


def text_of(data: bytes, form: str) -> str:
    """What a file says, one document after the other, without the tags and references that hold it."""
    text = _COMMAND.sub("", documents(data).replace("\\n", " "))
    if form in _NUMBERS:
        text = _NUMBERED.sub(lambda match: chr(int(match[1])), text).replace("\\&", "")
    if form != "opml":  # whose tags hold the text
        text = _TAG.sub(" ", text)
    return unescape(unescape(text)).casefold()  # a terminal shows headings in capitals


def documents(data: bytes) -> str:
    """A file's text, or that of all documents in a zip. Raises UnicodeDecodeError, BadZipFile or RuntimeError."""
    if not data.startswith(_ZIP):
        return data.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [
            one.filename for one in archive.infolist() if one.filename.endswith(_DOCUMENTS) and one.file_size < _MOST
        ]
        return "\n".join(archive.read(name).decode() for name in names)
