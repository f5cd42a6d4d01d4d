"""What the workers of a verification do: read outputs back, and hold them against their articles."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from convert.batch.books.binder import Task
from convert.batch.checks import Differing, check_article, check_book, differing
from convert.batch.dataset.sharding import shard_of
from convert.batch.engines.workers import reason, worker
from convert.batch.planning.plan import Job
from convert.batch.summary import Failure
from convert.config import Output
from convert.emit.epub import BookOptions, wording
from convert.emit.epub.chapter import language_of
from convert.errors import SourceError
from convert.typesetting import Typesetting
from convert.verify import Book, BookChapter, Claim, Difference, View, chapter_body, read_book
from convert.volumes import Member

MAX_BOOK = 512 * 1024 * 1024
"""Bytes of a volume that is read; a run writes none that is nearly as large."""


@dataclass(frozen=True, slots=True)
class Read:
    """One article, converted again.

    wanted, failure: as of `Done`. differing: where its outputs differ from it. shard: as `shard_of` gives it.
    claims: what its Markdown file says of other files.
    """

    path: str
    member: Member | None = None
    wanted: tuple[tuple[int, str], ...] = ()
    failure: str = ""
    differing: Differing | None = None
    shard: tuple[str, str] = ("", "")
    claims: tuple[Claim, ...] = ()


@dataclass(slots=True)
class BookRead:
    """What came of a volume: how many chapters were compared, and what differs, by article."""

    chapters: int = 0
    failures: list[Failure] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)


def read_jobs(jobs: Sequence[Job], check: bool) -> list[Read]:
    """Convert articles again, and where `check` says so, hold their files in the output folder against them."""
    me = worker()
    reads = []
    for job, article in me.articles(jobs):
        try:
            if isinstance(article, Exception):
                raise article
            claims = me.claims()
            found = check_article(article, _files(job), thorough=True, claims=claims) if check else []
            told = differing(job.path, found)
            member, wanted, shard = me.member(article), me.wanted(article, job), shard_of(me.config, article)
            made = tuple(claims.made) if claims else ()
            reads.append(Read(job.path, member, wanted, differing=told, shard=shard, claims=made))
        except Exception as error:
            reads.append(Read(job.path, failure=reason(job.path, error)))
    return reads


def _files(job: Job) -> Iterator[tuple[Output, str, bytes | None]]:
    """The files that a run wrote of a job."""
    me = worker()
    for output, target in zip(me.outputs, job.targets, strict=True):
        if target is not None:
            yield output, target, read_output(target, me.base.max_bytes * 4)


def read_output(target: str, most: int) -> bytes | None:
    """A file of the output, or None where it is not there. Raises SourceError where it cannot be read."""
    sink = worker().sink
    return sink.read(target, most) if sink.holds(target) else None


def read_books(tasks: Sequence[tuple[Task, frozenset[str], dict[str, str]]]) -> BookRead:
    """Read one volume back, and hold the chapters of the chosen articles against them.

    tasks: the volume, the paths of the chosen articles, and the titles of all that must be in it.
    """
    ((task, chosen, titles),) = tasks
    result = BookRead()
    name = task.volume.file
    try:
        data = read_output(name, MAX_BOOK)
    except SourceError as error:
        result.failures.append(Failure(name, error.message))
        return result
    if data is None:
        result.differing.append(Differing(name, 1, (Difference("missing", name, "a volume", "nothing"),)))
        return result
    book = read_book(name, data)
    faults = [*book.faults, *check_book(data, name)]
    if book.chapters or not book.faults:
        places = _matched(task, titles, book, faults)
        _compare(task, book, [job for job in task.jobs if job.path in chosen], places, result)
    if one := differing(name, faults):
        result.differing.append(one)
    return result


def _compare(
    task: Task, book: Book, jobs: Sequence[Job], chapters: Mapping[str, BookChapter], result: BookRead
) -> None:
    name = task.volume.file
    setting = Typesetting(task.collection.script, task.collection.spacing)
    # a book in Chinese of whichever script gives its articles that name no language what Chinese is given
    chinese = wording.of(book.language) is wording.CHINESE
    options = BookOptions(language="zh-Hans" if chinese else book.language)
    places = {path: chapter.file for path, chapter in chapters.items()}
    for job, article in worker().articles(jobs):
        if isinstance(article, Exception):
            continue  # the comparison of its files has told of it
        result.chapters += 1
        chapter = chapters.get(job.path)
        found = [Difference("missing", name, f"a chapter {article.meta.title!r}", "nothing")]
        if chapter is not None:
            own = setting.of(language_of(article.meta, options))
            told = chapter_body(View(article), chapter, places, task.collection.pictures == "omit", own)
            found = [replace(one, place=f"{name}, {one.place}") for one in told]
        if one := differing(job.path, found):
            result.differing.append(one)


def _matched(task: Task, titles: Mapping[str, str], book: Book, faults: list[Difference]) -> dict[str, BookChapter]:
    """Each article's chapter, found by its title; the chapters of a section must stand in the articles' order."""
    volume = task.volume
    setting = Typesetting(task.collection.script)
    waiting: defaultdict[str, deque[tuple[int, BookChapter]]] = defaultdict(deque)
    for number, chapter in enumerate(book.chapters):
        waiting[_heading(chapter.title)].append((number, chapter))
    matched: dict[str, BookChapter] = {}
    last: dict[tuple[str, ...], int] = {}
    labelled = [*volume.labels, *[()] * (len(volume.members) - len(volume.labels))]
    for path, labels in zip(volume.members, labelled, strict=True):
        title = titles[path] if _heading(titles[path]) else wording.of(book.language).untitled
        # chapters in another language keep theirs
        here = waiting[_heading(setting.name(title))] or waiting[_heading(title)]
        if not here:
            continue
        number, matched[path] = here.popleft()
        if number < last.get(labels, -1):
            place = f"{volume.file}, {matched[path].file}"
            faults.append(Difference("book", place, "the order of the plan", "an earlier place"))
        last[labels] = number
    for left in waiting.values():
        faults += [Difference("book", f"{volume.file}, {one.file}", "", f"a chapter {one.title!r}") for _, one in left]
    return matched


def _heading(title: str) -> str:
    """A title without what a heading cannot show."""
    return "".join(sign for sign in title if sign.isprintable() and not sign.isspace())
