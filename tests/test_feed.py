"""The OPDS feed: what the specifications ask for, an independent reader of Atom, and every link followed over HTTP."""

from __future__ import annotations

import datetime
import functools
import http.server
import io
import re
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import feedparser
import pytest
from lxml import etree  # type: ignore[import-untyped,unused-ignore] # its stubs are a package of their own
from PIL import Image

from convert.batch.run import Options, run
from convert.batch.verifying.verification import verify_outputs
from convert.config import OutputOptions, load_config
from convert.emit.epub.metadata import About, Person
from convert.emit.opds import FEED_TYPE, PER_PAGE, Listing, pages, pages_needed
from convert.errors import ConfigError
from tests.test_batch import config, mirror, page, tree
from tests.test_cli import command

ATOM = "{http://www.w3.org/2005/Atom}"
TERMS = "{http://purl.org/dc/terms/}"
BOOK = "http://opds-spec.org/acquisition/open-access"
IMAGES = ("http://opds-spec.org/image", "http://opds-spec.org/image/thumbnail")


def about(number: int, **more: Any) -> About:
    """What an invented volume says of itself; the higher the number, the newer it is."""
    day = datetime.date(2021, 1, 1) + datetime.timedelta(days=number)
    said: dict[str, Any] = {
        "identifier": f"urn:uuid:00000000-0000-5000-8000-{number:012}",
        "title": f"海边 {day}",
        "language": "zh-Hans",
        "creators": (Person("柏小满", "aut"),),
        "contributors": (),
        "publishers": ("海边日报",),
        "date": day.isoformat(),
        "sources": (),
        "subjects": ("天气",),
        "description": "共1篇：小镇放晴",
        "series": "",
        "position": "",
        "modified": datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC),
        "pictures": False,
        "described": True,
        "conforms_to": "",
        "rights": "各归其主",
        "summary": "",
    }
    return About(**{**said, **more})


def listing(number: int, **more: Any) -> Listing:
    """An invented volume with two covers."""
    name = f"海边-{number}"
    return Listing(
        f"epub/{name}.epub", 7, about(number, **more), f"epub/covers/{name}.jpg", f"epub/covers/small/{name}.jpg"
    )


def one_page(*listings: Listing, file: str = "epub/feed.xml", title: str = "书架") -> bytes:
    """The only page of a feed of some volumes."""
    ((path, data),) = pages(title, [file], listings)
    assert path == file
    return data


def links(element: Any) -> dict[str, Any]:
    """The links of a feed or an entry, by relation; each relation stands there once."""
    found = [(link.get("rel"), link) for link in element.findall(f"{ATOM}link")]
    assert len(dict(found)) == len(found)
    return dict(found)


def problems(data: bytes) -> list[str]:
    """What a page breaks of RFC 4287 and OPDS 1.2; the quotations say which rule is meant."""
    feed = etree.fromstring(data)
    wrong = [] if feed.tag == f"{ATOM}feed" else ["the root is no atom:feed"]
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        # RFC 4287, 4.1.1 and 4.1.2: "MUST contain exactly one atom:id / atom:title / atom:updated element".
        once = {name: element.findall(f"{ATOM}{name}") for name in ("id", "title", "updated")}
        wrong += [f"not one {name}" for name, found in once.items() if len(found) != 1 or not found[0].text]
        # RFC 4287, 3.3: a date construct "MUST conform to the date-time production in RFC3339".
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated") or ""):
            wrong.append("updated is no date-time in UTC")
        # RFC 4287, 4.2.6: the content of atom:id "MUST be an IRI".
        if not re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", element.findtext(f"{ATOM}id") or ""):
            wrong.append("the id is no urn:uuid")
        wrong += link_problems(element)
    # RFC 4287, 4.1.1: feeds "MUST contain one or more atom:author elements, unless all of the entries do".
    if feed.find(f"{ATOM}author/{ATOM}name") is None:
        wrong.append("the feed has no author")
    # RFC 4287, 4.1.1: entries with one id are versions of one, which a feed without their history must not hold.
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        wrong.append("an id stands twice")
    # OPDS 1.2, 2.1 and 2.6: a feed document "should contain" links with the relations `start` and `self`.
    wrong += [f"no link {name}" for name in ("self", "start") if name not in links(feed)]
    for entry in entries:
        wrong += entry_problems(entry)
    return wrong


def link_problems(element: Any) -> list[str]:
    """What the links of a feed or an entry break."""
    wrong = []
    for link in element.findall(f"{ATOM}link"):
        # RFC 3986, 2 and 4.2: ASCII signs only, and no colon in the first segment of a relative reference.
        href = link.get("href") or ""
        if not re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", href) or urlsplit(href).scheme or href[0] == "/":
            wrong.append(f"{href!r} is no relative reference")
        # OPDS 1.2, 2.3: "Links to Acquisition Feeds must use the type attribute …;kind=acquisition".
        if element.tag == f"{ATOM}feed" and link.get("type") != FEED_TYPE:
            wrong.append("a link between feeds has another type")
        # RFC 4287, 4.2.7.6: `length` is an advisory length in octets.
        if not (link.get("length") or "0").isdecimal():
            wrong.append("length is no number")
    return wrong


def entry_problems(entry: Any) -> list[str]:
    """What an entry breaks of OPDS 1.2."""
    wrong = []
    by_relation = links(entry)
    # OPDS 1.2, 5.4: entries "must contain at least one Acquisition Link"; 5.3: it "must include a `type` attribute".
    if by_relation[BOOK].get("type") != "application/epub+zip":
        wrong.append("no link to an EPUB")
    # OPDS 1.2, 5.2.2: "the image Resources must be in GIF, JPEG, or PNG format".
    wrong += ["a picture of another type" for name in IMAGES if by_relation[name].get("type") != "image/jpeg"]
    # OPDS 1.2, 5.1.3: atom:summary "must use a `type` attribute of `text`", "must not contain child elements".
    summary = entry.find(f"{ATOM}summary")
    if summary.get("type") != "text" or len(summary):
        wrong.append("the summary is no text")
    # OPDS 1.2, 5.1.1: what Dublin Core must leave or should leave to Atom.
    wrong += [
        f"dc:{name}"
        for name in ("title", "creator", "subject", "rights", "description")
        if entry.find(f"{TERMS}{name}") is not None
    ]
    # RFC 4287, 4.2.2: a category "MUST have a `term` attribute".
    if not all(one.get("term") for one in entry.findall(f"{ATOM}category")):
        wrong.append("a category without a term")
    return wrong


def test_a_page_keeps_the_rules() -> None:
    """Of Atom and OPDS; with every kind of volume."""
    bare = about(2, creators=(), publishers=(), subjects=(), date="")
    assert problems(one_page(listing(1), Listing("b.epub", 1, bare, "covers/b.jpg", "covers/small/b.jpg"))) == []
    assert problems(one_page()) == []


def test_a_feed_without_volumes_to_the_letter() -> None:
    """It has an id, a time before all volumes, and an author, as Atom asks; readers that come early find a feed."""
    kind = "application/atom+xml;profile=opds-catalog;kind=acquisition"
    assert one_page(file="feed.xml").decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/terms/">\n'
        "  <id>urn:uuid:a48f7054-82c8-5884-8572-b1ded2a6d9a9</id>\n"
        "  <title>书架</title>\n"
        "  <updated>1980-01-01T00:00:00Z</updated>\n"
        "  <author>\n    <name>Mirrorpress</name>\n  </author>\n"
        "  <generator>Mirrorpress</generator>\n"
        f'  <link rel="self" href="feed.xml" type="{kind}"/>\n'
        f'  <link rel="start" href="feed.xml" type="{kind}"/>\n'
        "</feed>\n"
    )


def test_the_checks_see_what_is_wrong() -> None:
    """A check that cannot fail is none."""
    good = one_page(listing(1)).decode()
    for old, new in (
        ("<updated>2021-01-02T", "<updated>2021-01-02 "),
        ("<id>urn:uuid:0000", "<id>0000"),
        ('rel="self"', 'rel="related"'),
        ("kind=acquisition", "kind=navigation"),
        ("application/epub+zip", "application/zip"),
        ("%E6%B5%B7", "海"),
        ('type="text"', 'type="html"'),
        (' term="天气"', ""),
        ("<name>Mirrorpress</name>", ""),
        ("</entry>", "<dc:title>海边</dc:title></entry>"),
    ):
        assert old in good
        assert problems(good.replace(old, new, 1).encode()), new


def test_an_entry_says_what_the_volume_says() -> None:
    """Every fact is where OPDS readers look for it."""
    (entry,) = etree.fromstring(one_page(listing(3))).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == "urn:uuid:00000000-0000-5000-8000-000000000003"
    assert entry.findtext(f"{ATOM}title") == "海边 2021-01-04"
    assert entry.findtext(f"{ATOM}updated") == "2021-01-04T00:00:00Z"
    assert [name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")] == ["柏小满"]
    terms = [entry.findtext(f"{TERMS}{name}") for name in ("language", "publisher", "issued")]
    assert terms == ["zh-Hans", "海边日报", "2021-01-04"]
    assert [(one.get("term"), one.get("label")) for one in entry.findall(f"{ATOM}category")] == [("天气", "天气")]
    assert entry.findtext(f"{ATOM}summary") == "共1篇：小镇放晴"
    assert entry.findtext(f"{ATOM}rights") == "各归其主"
    assert links(entry)[BOOK].get("length") == "7"


def test_the_newest_volume_comes_first() -> None:
    """By its last change, then by its date, then by its name; whatever order the volumes come in."""
    when = datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.UTC)
    some = [listing(1), listing(3), listing(2), listing(4, modified=when, date=""), listing(5, modified=when)]
    data = one_page(*some)
    ids = [int((one.text or "")[-1]) for one in etree.fromstring(data).findall(f"{ATOM}entry/{ATOM}id")]
    assert ids == [5, 4, 3, 2, 1]
    assert data == one_page(*some[::-1])
    assert etree.fromstring(data).findtext(f"{ATOM}updated") == "2024-05-06T07:08:09Z"


def test_links_are_relative_to_the_page() -> None:
    """Wherever feed and volume lie, and whatever signs their names have."""
    odd = Listing("epub/week/a b#1?%&;:é海.epub", 1, about(1), "x.jpg", "y.jpg")
    for file in ("feed.xml", "epub/feed.xml", "opds/deep/feed.xml", "epub/week/feed.xml"):
        (entry,) = etree.fromstring(one_page(odd, file=file)).findall(f"{ATOM}entry")
        href = links(entry)[BOOK].get("href")
        address = urlsplit(urljoin(f"http://localhost/{file}", href))
        assert (unquote(address.path), address.query, address.fragment) == (f"/{odd.file}", "", "")


def test_a_feed_has_an_id_of_its_own_that_stays() -> None:
    """The same whatever is in it; another for another feed."""

    def id_of(data: bytes) -> str | None:
        return str(etree.fromstring(data).findtext(f"{ATOM}id"))

    assert id_of(one_page(listing(1))) == id_of(one_page(listing(2)))
    assert id_of(one_page(listing(1))) != id_of(one_page(listing(1), title="b"))
    assert id_of(one_page(listing(1))) != id_of(one_page(listing(1), file="feed.xml"))


def test_what_xml_cannot_hold_is_escaped_or_left_out() -> None:
    """A title from a config may be anything."""
    feed = etree.fromstring(one_page(listing(1, title='<a> & "b"'), title="<\x08b>"))
    assert feed.findtext(f"{ATOM}title") == "<b>"
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == '<a> & "b"'
    assert etree.fromstring(one_page(title=" ")).findtext(f"{ATOM}title") == "Mirrorpress"


@pytest.mark.parametrize("count", [PER_PAGE, PER_PAGE + 1, 2 * PER_PAGE + 5])
def test_a_long_feed_has_pages(count: int) -> None:
    """RFC 5005, 3: next, previous, first and last lead through all entries, each of which stands there once."""
    files = [f"epub/{number}.xml" for number in range(pages_needed(count))]
    made = dict(pages("书架", files, [listing(number) for number in range(count)]))
    assert list(made) == files
    seen: list[str] = []
    at, before = files[0], ""
    while at:
        feed = etree.fromstring(made[at])
        assert problems(made[at]) == []
        to = {name: urljoin(at, link.get("href")) for name, link in links(feed).items()}
        assert (to["self"], to["start"]) == (at, files[0])
        assert to.get("previous", "") == before
        if len(files) > 1:
            assert (to["first"], to["last"]) == (files[0], files[-1])
        seen += [str(one.text) for one in feed.findall(f"{ATOM}entry/{ATOM}id")]
        at, before = to.get("next", ""), at
    assert len(seen) == count
    assert seen == sorted(seen, reverse=True)
    assert len({etree.fromstring(data).findtext(f"{ATOM}id") for data in made.values()}) == 1


# --- a run


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The output folder of a run over a small mirror, with volumes in two folders."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    page(mirror(tmp_path / "in"), "pages/c3/n100009.md", "旧灯塔今天关了门。", "旧灯塔")
    assert run(config(tmp_path, VOLUMES)).exit_code == 0
    return tmp_path / "out"


VOLUMES = """
volumes:
  - {title: "{publisher} {month}"}
  - {title: "{channel}", file: "epub/channels/{channel} #1.epub", group_by: [channel], sections: []}
"""


@pytest.fixture
def server(shelf: Path) -> Iterator[str]:
    """A plain web server over the output folder: its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            """Print nothing."""

    handler = functools.partial(Quiet, directory=str(shelf))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()
        thread.join()


def fetch(address: str) -> tuple[bytes, dict[str, str]]:
    """What a plain web server gives, and its headers; without a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=30) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.slow
def test_an_independent_reader_subscribes_and_gets_every_book(server: str, shelf: Path) -> None:
    """feedparser reads the feed; each of its links gives what its type says, and of the length that it says."""
    address = f"{server}epub/feed.xml"
    data, headers = fetch(address)
    read = feedparser.parse(data, response_headers={**headers, "content-location": address})
    assert not read.bozo, read.bozo_exception
    assert (read.version, read.feed.title) == ("atom10", "Mirrorpress")
    assert len(read.entries) == 4
    for entry in read.entries:
        by_relation = {link.rel: link for link in entry.links}
        assert set(by_relation) == {BOOK, *IMAGES}
        book, _ = fetch(by_relation[BOOK].href)
        assert len(book) == int(by_relation[BOOK].length)
        with zipfile.ZipFile(io.BytesIO(book)) as zipped:
            assert entry.id.encode() in zipped.read("EPUB/content.opf")
        sizes = []
        for name in IMAGES:
            with Image.open(io.BytesIO(fetch(by_relation[name].href)[0])) as image:
                assert (image.format, by_relation[name].type) == ("JPEG", "image/jpeg")
                sizes.append(max(image.size))
        assert sizes == [600, 300]
        assert entry.updated_parsed[:6] == (2021, 7, 14, 0, 0, 0)
    assert {link.href for link in read.feed.links} == {address}


@pytest.mark.slow
def test_a_plain_folder_serves_too(shelf: Path) -> None:
    """Each relative link leads to a file."""
    feed = shelf / "epub" / "feed.xml"
    assert problems(feed.read_bytes()) == []
    hrefs = [link.get("href") for link in etree.parse(feed).iter(f"{ATOM}link")]
    assert len(hrefs) == 2 + 4 * 3
    assert all((feed.parent / unquote(href)).is_file() for href in hrefs)


@pytest.mark.slow
def test_the_same_bytes_from_any_number_of_jobs(tmp_path: Path, shelf: Path) -> None:
    """Feed and covers are outputs like all others."""
    first = tree(shelf)
    text = f"batch: {{jobs: 1}}\n{VOLUMES}"
    again = config(tmp_path, text).model_copy(update={"output": OutputOptions(path=tmp_path / "again")})
    run(again)
    assert tree(tmp_path / "again") == first
    times = {shelf / name: (shelf / name).stat().st_mtime_ns for name in tree(shelf)}
    run(config(tmp_path, VOLUMES), Options(force=True))
    # A file that would not change is not written.
    assert {path: path.stat().st_mtime_ns for path in times} == times


@pytest.mark.slow
def test_the_time_is_the_volumes_own_or_the_one_that_is_asked_for(tmp_path: Path, shelf: Path) -> None:
    """SOURCE_DATE_EPOCH stands in every `updated`; the clock in none."""
    feed = shelf / "epub" / "feed.xml"
    assert set(re.findall("<updated>(.*?)</updated>", feed.read_text())) == {"2021-07-14T00:00:00Z"}
    # A process of its own: workers have the environment that the first of them was started with.
    assert command(tmp_path, "run", "--quiet", SOURCE_DATE_EPOCH="1700000000").returncode == 0
    assert set(re.findall("<updated>(.*?)</updated>", feed.read_text())) == {"2023-11-14T22:13:20Z"}


def test_a_feed_has_the_name_that_the_config_gives_it(tmp_path: Path) -> None:
    """File and title."""
    mirror(tmp_path / "in")
    run(config(tmp_path, "feed: {file: opds/all.xml, title: 我的书架}\n"))
    data = (tmp_path / "out" / "opds" / "all.xml").read_bytes()
    assert problems(data) == []
    assert etree.fromstring(data).findtext(f"{ATOM}title") == "我的书架"
    assert not (tmp_path / "out" / "epub" / "feed.xml").exists()


@pytest.mark.parametrize("text", ["feed: false\n", "volumes: []\n"])
def test_no_feed_where_none_is_wanted_or_there_is_no_volume(tmp_path: Path, text: str) -> None:
    """Nor any cover beside the volumes."""
    mirror(tmp_path / "in")
    assert run(config(tmp_path, text)).exit_code == 0
    assert not [name for name in tree(tmp_path / "out") if name.endswith((".xml", ".jpg"))]


@pytest.mark.slow
def test_the_pages_of_a_long_feed_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the first, with its name and a number."""
    monkeypatch.setattr("convert.emit.opds.PER_PAGE", 2)
    mirror(tmp_path / "in")
    run(config(tmp_path, f"batch: {{jobs: 1}}\n{VOLUMES}"))
    names = {name for name in tree(tmp_path / "out") if name.endswith(".xml")}
    assert names == {"epub/feed.xml", "epub/feed-2.xml"}


@pytest.mark.slow
def test_no_output_takes_the_name_of_the_feed(tmp_path: Path) -> None:
    """Two paths never become one file."""
    mirror(tmp_path / "in")
    run(config(tmp_path, "emit: {html: {path: epub/feed.xml}}\n"))
    out = tree(tmp_path / "out")
    assert problems(out["epub/feed.xml"]) == []
    assert len([name for name in out if name.startswith("epub/feed-")]) == 3
    # A verification makes the same plan.
    assert verify_outputs(config(tmp_path, "emit: {html: {path: epub/feed.xml}}\n")).exit_code == 0


@pytest.mark.slow
def test_a_feed_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """And the volumes are there all the same."""
    mirror(tmp_path / "in")
    (tmp_path / "out" / "epub" / "feed.xml").mkdir(parents=True)
    summary = run(config(tmp_path))
    assert summary.exit_code == 1
    assert [one.path for one in summary.failures] == ["epub/feed.xml"]
    assert "feed.xml: cannot be written" in summary.failures[0].reason
    assert (tmp_path / "out" / "epub" / "大纪元-2021-07.epub").is_file()


@pytest.mark.parametrize(
    "file", ["../feed.xml", "/feed.xml", "feed.atom", "a:b.xml", "C:/feed.xml", "aux/feed.xml", ""]
)
def test_a_feed_stays_in_the_output_folder(tmp_path: Path, file: str) -> None:
    """With a name that every file system takes."""
    with pytest.raises(ConfigError, match=r"feed\.file: found .*; expected a path below the output folder that ends"):
        config(tmp_path, f"feed: {{file: '{file}'}}\n")


def test_an_empty_section_is_the_default(tmp_path: Path) -> None:
    """`feed:` with its lines commented out says nothing."""
    assert config(tmp_path, "feed:\n").feed == load_config(None).feed
