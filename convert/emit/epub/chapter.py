"""One article as one chapter: a document, or several where the article is very long."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from convert.article import Metadata
from convert.emit.epub import addresses
from convert.emit.epub.body import Frame, write_body
from convert.emit.epub.footnotes import Footnotes, find_footnotes
from convert.emit.epub.gallery import Gallery
from convert.emit.epub.identifiers import new_ids
from convert.emit.epub.markup import attribute, document, escape, legal, one_line
from convert.emit.epub.options import BookOptions, Chapter
from convert.emit.epub.split import split_body
from convert.emit.epub.wording import Wording

# BCP 47 (RFC 5646), well-formed tags as far as articles use them.
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TITLE_ID = "title"


@dataclass(frozen=True, slots=True)
class Document:
    """One finished document of the book: its file name, title and bytes."""

    file: str
    title: str
    data: bytes


def name_chapters(chapters: Sequence[Chapter]) -> dict[str, str]:
    """For each chapter's path a stem for its documents: short, ASCII, and the same whatever else is in the book.

    The stem is made of the article's id; where two are the same, each gets eight digits of its path's SHA-256.
    """
    stems: dict[str, str] = {}
    for chapter in chapters:
        name = chapter.meta.id or chapter.path.rpartition("/")[2].rpartition(".")[0]
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
        stems[chapter.path] = stem if re.match(r"[a-z]", stem) else f"a{stem}"
    seen = list(stems.values())
    repeated = {stem for stem in seen if seen.count(stem) > 1} | {"nav", "cover", "a"}
    return {
        path: f"{stem}-{sha256(path.encode()).hexdigest()[:8]}" if stem in repeated else stem
        for path, stem in stems.items()
    }


def title_of(meta: Metadata, words: Wording) -> str:
    """A chapter's title on one line; never empty."""
    return one_line(meta.title) or words.untitled


def language_of(meta: Metadata, options: BookOptions) -> str:
    """A chapter's language, the book's where the article names none that can be."""
    return meta.lang if _LANG.fullmatch(meta.lang) else options.language


def language_of_most(chapters: Sequence[Chapter]) -> str:
    """The language of most chapters, of equally common ones the first; one that names none counts as Chinese."""
    default = BookOptions(language="zh-Hans")
    return Counter(language_of(chapter.meta, default) for chapter in chapters).most_common(1)[0][0]


def write_chapter(
    chapter: Chapter, stem: str, chapters: Mapping[str, str], gallery: Gallery, options: BookOptions
) -> list[Document]:
    """The documents of one chapter, at least one.

    stem: what its file names begin with. chapters: the volume's chapters, path to first document.
    """
    body = legal(chapter.body)
    limit = options.chapter_bytes
    while True:
        documents = _documents(chapter, body, limit, stem, chapters, gallery, options)
        largest = max(len(one.data) for one in documents)
        # Documents are larger than their share of the source: by the frame, and by notices in place of pictures.
        if largest <= options.chapter_bytes or limit < options.chapter_bytes // 8:
            return documents
        limit = limit * 2 // 3


def _documents(
    chapter: Chapter,
    body: str,
    limit: int,
    stem: str,
    chapters: Mapping[str, str],
    gallery: Gallery,
    options: BookOptions,
) -> list[Document]:
    groups = split_body(body, limit)
    files = [f"{stem}.xhtml", *(f"{stem}_{number}.xhtml" for number in range(2, len(groups) + 1))]
    title = title_of(chapter.meta, options.wording)
    # Most articles have no links within: they need no second look.
    footnotes = find_footnotes(groups) if 'href="#' in body else Footnotes()
    ids = new_ids(groups, [_TITLE_ID]) if ' id="' in body else {}
    lang = language_of(chapter.meta, options)
    documents = []
    for number, group in enumerate(groups):
        frame = Frame(chapter.path, title, files, number, ids, chapters, gallery, footnotes)
        heading = title if number == 0 else options.wording.continued(title, number + 1, len(groups))
        html = write_body(group, frame)
        about = _about(chapter.meta, options.wording) if number == 0 else ""
        documents.append(Document(files[number], heading, document(heading, _section(heading, about, html), lang)))
    return documents


def _section(title: str, about: str, html: str) -> str:
    return (
        f'<section epub:type="chapter" role="doc-chapter" aria-labelledby="{_TITLE_ID}">\n'
        f'<h1 id="{_TITLE_ID}">{escape(title)}</h1>\n{about}{html}</section>'
    )


def _about(meta: Metadata, words: Wording) -> str:
    """The line under the title: date, people, channel, and where the article came from."""
    pieces: list[tuple[str, str]] = []
    if meta.date is not None:
        pieces.append(("date", f'<time datetime="{meta.date.isoformat()}">{words.day(meta.date)}</time>'))
    for kind, people, phrase in _PEOPLE:
        if names := words.between_names.join(names_of(getattr(meta, people))):
            pieces.append((kind, escape(phrase(words, names))))
    places = [one_line(text) for text in (meta.via or meta.publisher, *(meta.categories or [meta.channel]))]
    pieces.extend(("place", escape(text)) for text in dict.fromkeys(places) if text)
    if source := addresses.outside(meta.source):
        pieces.append(("source", f'<a href="{attribute(source)}">{escape(words.original)}</a>'))
    line = " ".join(f'<span class="{kind}">{html}</span>' for kind, html in pieces)
    return f'<p class="about">{line}</p>\n' if line else ""


_PEOPLE: tuple[tuple[str, str, Callable[[Wording, str], str]], ...] = (
    ("authors", "authors", lambda _, names: names),
    ("translators", "translators", lambda words, names: words.translated(names)),
    ("editors", "editors", lambda words, names: words.edited(names)),
)


def names_of(people: Sequence[str]) -> list[str]:
    """People's names, each once, in their order."""
    return [name for name in dict.fromkeys(one_line(person) for person in people) if name]
