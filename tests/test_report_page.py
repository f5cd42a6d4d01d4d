"""The page of a report: what it shows, how it escapes, and what it comes to for no article and for very many."""

from __future__ import annotations

import datetime
import re
import time
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from lxml import etree  # type: ignore[import-untyped,unused-ignore] # its stubs are a package of their own
from lxml import html as lxml_html

from convert.report.chart import YEARS
from convert.report.figures import articles, clock, day, duration, share, size
from convert.report.hypertext import Html, element, href, joined, mixed, named, quoted
from convert.report.page import page
from convert.report.sections import FIRST, NAMED, SECTIONS
from convert.report.tables import OPEN
from tests import reports

Data = dict[str, Any]
CASES = {"ordinary": reports.ordinary, "empty": reports.empty, "huge": reports.huge}


def tree(report: Data, run: Data) -> Any:
    """The page as an XML parser reads it, which takes nothing that is not well-formed."""
    return etree.fromstring(page(report, run), etree.XMLParser(resolve_entities=False, huge_tree=True))


def shown(parent: Any) -> str:
    """The words of an element, with single spaces."""
    return " ".join("".join(parent.itertext()).split())


def section(root: Any, anchor: str) -> Any:
    """One section of the page."""
    (found,) = root.xpath("//section[@id=$anchor]", anchor=anchor)
    return found


def changed(**report: Any) -> tuple[Data, Data]:
    """An empty run whose report has some keys."""
    old, run = reports.empty()
    return old | report, run


def with_months(months: dict[str, dict[str, int]], **names: str) -> Any:
    """The page of a report in which there are only months."""
    return tree(*changed(months=months, channels=names))


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_well_formed_and_whole(name: str) -> None:
    """Parsers of XML and of HTML see the same elements; headings, landmarks and contents are there."""
    data = page(*CASES[name]())
    assert data.startswith(b"<!DOCTYPE html>\n")
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
    lenient = lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True))
    assert [one.tag for one in root.iter()] == [one.tag for one in lenient.iter()]
    assert root.get("lang") == "en"
    assert [one.tag for one in root.find("body")] == ["header", "nav", "main", "footer"]
    assert len(root.findall(".//h1")) == 1
    anchors = [f"#{anchor}" for anchor, _, _ in SECTIONS]
    assert root.xpath("//nav//a/@href") == anchors
    assert root.xpath("//section/@id") == [one[1:] for one in anchors]
    assert [shown(one) for one in root.iter("h2")] == [title for _, title, _ in SECTIONS]
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(root.xpath("//@aria-labelledby")) <= set(ids)
    assert not root.xpath("//h3[not(ancestor::section)]")


@pytest.mark.parametrize("name", CASES)
def test_a_page_needs_no_network_and_no_script(name: str) -> None:
    """Nothing is loaded or run, the policy forbids it besides, and no link leads out of the folder."""
    root = tree(*CASES[name]())
    assert not root.xpath("//script | //img | //iframe | //object | //@*[starts-with(name(), 'on')]")
    assert [dict(one.attrib) for one in root.iter("link")] == [{"rel": "icon", "href": "data:,"}]
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    (style,) = root.iter("style")
    assert not re.search(r"url\(|@import|[<&]", style.text)
    for address in root.xpath("//a/@href"):
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc, parts.query) == ("", "", ""), address
        assert not address.startswith("/")
        assert ".." not in PurePosixPath(parts.path).parts


@pytest.mark.parametrize("name", CASES)
def test_the_same_arguments_give_the_same_bytes(name: str) -> None:
    """Whatever the order in which keys came."""
    report, run = CASES[name]()
    turned = {key: dict(reversed(value.items())) if isinstance(value, dict) else value for key, value in report.items()}
    run_turned = run | {"reasons": dict(reversed(run["reasons"].items()))}
    assert page(report, run) == page(*CASES[name]()) == page(turned, run_turned)


def test_missing_keys_count_as_empty() -> None:
    """A report of an older version is shown as far as it goes."""
    root = tree({}, {})
    assert shown(root.find(".//h1")) == "Report of a run"
    assert "All is well." in shown(root.find(".//header"))


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        ({}, "All is well."),
        ({"failed": [{"path": "a", "reason": "a: no"}]}, "1 failed."),
        ({"differs": [{"path": "a", "count": 1, "differences": ["b"]}]}, "1 differs."),
        (
            {
                "failed": [{"path": "a", "reason": "a: no"}] * 1200,
                "differs": [{"path": "a", "count": 1, "differences": ["b"], "output": ""}] * 2,
            },
            "1,200 failed, 2 differ.",
        ),
    ],
)
def test_the_verdict_is_one_line(report: Data, verdict: str) -> None:
    """It says whether anything failed or differs, in the heading and in the title."""
    root = tree(*changed(**report))
    (found,) = root.xpath("//header/p[contains(@class, 'verdict')]")
    assert found.text == verdict
    assert found.get("class") == ("verdict good" if verdict == "All is well." else "verdict bad")
    assert root.findtext(".//title") == f"Mirrorpress · 14 July 2021 · {verdict[0].lower()}{verdict[1:-1]}"


def test_the_heading_has_the_date() -> None:
    """Day, weekday, hour and zone; what is no time is shown as it is."""
    root = tree(*reports.ordinary())
    assert shown(root.find(".//h1")) == "Report of 14 July 2021"
    assert root.find(".//h1/time").get("datetime") == "2021-07-14T04:17:05+08:00"
    lead = shown(root.find(".//header/p[@class='lead']"))
    assert lead.startswith("Wednesday, 04:17 UTC+08:00. 141 articles from 150 sources; 16 converted in 1 min 23 s")
    report, run = reports.empty()
    assert shown(tree(report, run | {"started": "<noon>"}).find(".//h1")) == "Report of <noon>"


def test_hostile_words_stay_words() -> None:
    """Markup in titles, reasons, notes and names is text, and what no document may hold is an escape."""
    report, run = reports.ordinary()
    bad = reports.SCRIPT
    report["channels"] |= {"ncid283": bad, "ncid9": bad}
    report["passed_over"][bad] = 1
    report["outputs"][bad] = 1
    report["notes"][bad] = {bad: {"count": 1, "examples": [reports.note(bad, bad, bad, bad)]}}
    report["volumes"].append(reports.volume(bad, bad, 1, 1, **{bad: 1, "other": 2}))
    report["months"][bad] = {bad: 1}
    report["duplicates"][0] |= {"path": bad, "aliases": [bad], "output": bad}
    report["differs"][0] |= {"path": bad, "differences": [bad], "output": bad}
    root = tree(report, run | {"version": bad, "started": bad, "reasons": {bad: 1}})
    assert not root.xpath("//script | //img | //body//title[not(ancestor::svg)]")
    escaped = r"<img src=x onerror=alert(1)>\x00\x1b\x85\u202e\ufffe"
    assert shown(root).count(escaped) > 20
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", shown(root))


def test_bytes_that_are_no_unicode_are_shown_and_linked() -> None:
    """A file's name in another encoding is an escape to the eye, and its own bytes in a link; so is half a pair."""
    report, run = reports.ordinary()
    report["volumes"] = [
        reports.volume("epub/caf\udce9.epub", "caf\udce9", 1, 1),
        reports.volume("epub/\ud800.epub", "", 1, 1),
    ]
    (volumes,) = section(tree(report, run), "volumes").xpath(".//table[@class='wide']")
    assert volumes.xpath(".//a/@href") == ["epub/caf%E9.epub", "epub/%ED%A0%80.epub"]
    assert [shown(one) for one in volumes.iter("a")] == ["caf\\udce9", "epub/\\ud800.epub"]


def test_links_name_files_whatever_their_names_hold() -> None:
    """Signs that mean something in an address are escaped, and a path never leads to another machine."""
    for path in (reports.ODD, "a b/c&d.md", "javascript:alert(1)", "a;b=c,d@e", "//example.org/x", "/x", "…/溪.md"):
        address = href(path)
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", ""), address
        assert not address.startswith("/")
        assert unquote_to_bytes(address).decode().removeprefix("./") == path.removeprefix("/")


def test_a_link_leads_to_the_output_where_there_is_one() -> None:
    """Examples of notes, differences, copies and slow articles lead to their outputs; without one they are words."""
    root = tree(*reports.ordinary())
    assert section(root, "differs").xpath(".//a/@href") == ["markdown/pages/ncid282/n99000008.md"]
    assert section(root, "slowest").xpath(".//a/@href") == ["markdown/pages/caf_.md"]
    assert section(root, "notes").xpath(".//a/@href") == [
        "markdown/pages/c%3F%23%25.md",
        "markdown/c_.md",
        "markdown/pages/b.md",
    ]
    assert section(root, "copies").xpath(".//a/@href")[0] == "markdown/pages/ncid282/n99000004.md"
    assert not section(root, "failed").xpath(".//a")
    assert root.xpath("//footer//a/@href") == ["report.json"]


def test_chinese_is_marked() -> None:
    """Names, and what a sentence quotes, but not the sentence."""
    root = tree(*reports.ordinary())
    marked = {shown(one) for one in root.xpath("//*[@lang='zh']")}
    assert {"天气", "清溪诗刊", "最新一周", "责任编辑：简素", "雨", "小雨"} <= marked
    assert all(re.search("[\u3400-\u9fff]", words) for words in marked)
    assert named("Weather") == "<span>Weather</span>"
    assert mixed("“雨，雪。” is lost", "p") == '<p>“<span lang="zh">雨，雪</span>。” is lost</p>'


def test_what_nobody_sees_is_shown_in_samples() -> None:
    """In the text of a note, a no-break space or a control has its code; an ordinary space stays one."""
    assert quoted("a \xa0\u200b") == "<samp>a <i>U+00A0</i><i>U+200B</i></samp>"
    notes = section(tree(*reports.ordinary()), "notes")
    assert "U+00A0 → " in shown(notes)
    assert "aU+200BU+0007 → a" in shown(notes)


def test_elements_escape_what_they_hold_once() -> None:
    """Text and attributes are escaped, finished HTML is not, and what is None is left out."""
    assert element("p", "<&>\"'", title="<\"'>", lang=None) == (
        '<p title="&lt;&quot;&#x27;&gt;">&lt;&amp;&gt;&quot;&#x27;</p>'
    )
    assert element("p", element("b", "<"), None, Html("<br/>")) == "<p><b>&lt;</b><br/></p>"
    assert element("rect", class_="a", data_month="b") == '<rect class="a" data-month="b"/>'
    assert joined("&", None, Html("&amp;")) == "&amp;&amp;"


def test_the_chart_has_a_bar_a_month() -> None:
    """Its parts are as high as the counts say, the largest channel at the foot; pointing at it tells the numbers."""
    report, run = reports.ordinary()
    root = tree(report, run)
    bars = {one.get("data-month"): one for one in root.xpath("//*[@class='month']")}
    assert list(bars) == ["2019-12", "2021-05", "2021-06", "2021-07"]
    for key, bar in bars.items():
        parts = [one for one in bar.iter("rect") if one.get("class") != "all"]
        total = sum(report["months"][key].values())
        assert int(bar.get("data-articles")) == total
        # the axis ends at 100 articles, and is 200 pixels high
        assert sum(float(one.get("height")) for one in parts) == pytest.approx(2 * total, abs=0.1)
        edges = [200.0, *(float(one.get("y")) for one in parts)]
        for one, below, above in zip(parts, edges, edges[1:], strict=False):
            assert below - above == pytest.approx(float(one.get("height")), abs=0.02)
    assert bars["2021-05"].findtext("title") == "May 2021: 49 articles\n天气 30\n菜园 12\n清溪诗刊 4\nno channel 3"
    assert bars["2021-07"].findtext("title") == "July 2021: 1 article\n菜园 1"
    (rest,) = root.xpath("//*[local-name()='g'][@class='undated']")
    assert rest.findtext("title") == "undated: 3 articles\n天气 1\n清溪诗刊 2"
    assert [one.get("width") for one in rest.iter("rect")] == ["100%", "0.71%", "1.42%"]


def test_seven_channels_have_a_colour() -> None:
    """The others are grey; names that several channels share have the id with them."""
    months = {"2021-05": {f"n{number}": 100 - number for number in range(10)}}
    root = with_months(months, n0="集市", n3="集市", n1="天气", n8="菜园")
    legend = [shown(one) for one in root.xpath("//ul[@class='legend']/li")]
    assert legend == [
        "集市 (n0) 100",
        "天气 99",
        "n2 98",
        "集市 (n3) 97",
        "n4 96",
        "n5 95",
        "n6 94",
        "other 276",
    ]
    colours = root.xpath("//*[@class='month']/rect/@class")
    assert colours == ["all", *(f"c{number}" for number in range(7)), "rest"]
    assert "other" not in shown(with_months({"2021-05": {"a": 1}}))


def test_a_month_among_thousands_is_still_seen() -> None:
    """A bar is never lower than a pixel."""
    root = with_months({"2021-05": {"a": 100_000, "b": 1}, "2021-06": {"a": 1, "b": 2}})
    heights = [float(one) for one in root.xpath("//*[@data-month='2021-06']/rect[@class!='all']/@height")]
    assert sum(heights) == pytest.approx(1, abs=0.02)


def test_many_years_stand_in_strips() -> None:
    """Five years a strip and one scale for all; strips without an article are left out, and named."""
    years = {f"{year}-06": {"a": year - 1990} for year in (1991, 2007, 2008, 2020)}
    root = with_months(years)
    strips = root.xpath("//*[@class='strip']")
    assert [one.find("svg").get("aria-label") for one in strips] == [
        "1991–1995: 1 article in 1 month",
        "2006–2010: 35 articles in 2 months",
        "2016–2020: 30 articles in 1 month",
    ]
    assert [shown(one) for one in root.xpath("//figure/p")] == ["1996–2005: no articles", "2011–2015: no articles"]
    assert len({tuple(one.xpath(".//line[@class='grid']/@y1")) for one in strips}) == 1
    assert len(tree(*reports.huge()).xpath("//*[@class='strip']")) == 25 // YEARS
    # one strip as long as that does
    assert len(with_months({"2017-01": {"": 1}, "2021-12": {"": 1}}).xpath("//*[@class='strip']")) == 1


def test_what_is_no_month_counts_as_undated() -> None:
    """Keys that are no month of the calendar make no bar."""
    root = with_months(
        {"2021-13": {"a": 1}, "21-05": {"a": 2}, "undated": {"a": 3}, "2021-05": {}, "2021-04": {"a": 0}}
    )
    assert not root.xpath("//*[@class='month']")
    assert shown(root.xpath("//div[@class='undated']/p")[0]) == "Undated: 6 articles, 100.0% of all"


def test_the_numbers_of_the_chart_are_a_table() -> None:
    """A row a month and a column a colour, with sums; and every channel with its share."""
    report, run = reports.ordinary()
    months, channels = section(tree(report, run), "came-in").xpath(".//details//table")
    rows = [[shown(cell) for cell in row] for row in months.iter("tr")]
    assert rows[0] == ["Month", "天气", "菜园", "ncid5", "清溪诗刊", "no channel", "ncid4", "ncid3", "other", "All"]
    assert rows[3] == ["June 2021", "41", "20", "6", "", "", "5", "4", "5", "81"]
    assert rows[5] == ["undated", "1", "", "", "2", "", "", "", "", "3"]
    for row in rows[1:]:
        assert sum(int(cell or 0) for cell in row[1:-1]) == int(row[-1])
    assert [shown(cell) for cell in channels.findall(".//tr")[1]] == ["天气", "ncid282", "72", "51.1%"]
    assert len(channels.findall(".//tr")) == 1 + 9


def test_why_articles_were_converted() -> None:
    """Reasons, the most frequent first, under their sum; what else became of articles; files by format."""
    articles, formats = section(tree(*reports.ordinary()), "converted").iter("table")
    assert [[shown(cell) for cell in row] for row in articles.iter("tr")] == [
        ["Articles", "Number"],
        ["Converted", "16"],
        ["new", "11"],
        ["changed", "3"],
        ["<config>", "1"],
        ["failed before", "1"],
        ["Unchanged", "125"],
        ["Failed", "2"],
        ["Removed", "1"],
        ["Volumes built", "2"],
    ]
    assert [shown(row) for row in formats.iter("tr")][1:] == ["markdown141", "text141"]


def test_failures_and_differences_have_their_reasons() -> None:
    """Each path once, then why; a difference more than is shown is counted."""
    root = tree(*reports.ordinary())
    failed = [[shown(part) for part in one] for one in section(root, "failed").iter("li")]
    assert failed[0] == ["pages/caf\\udce9.md", "5,000,000 bytes; expected at most 4,194,304; raise parse.max_bytes"]
    (differs,) = section(root, "differs").iter("li")
    assert [shown(part) for part in differs] == [
        "pages/ncid282/n99000008.md",
        "markdown/pages/ncid282/n99000008.md: “雨” is lost; expected “小雨”",
        "and 4 more",
    ]
    long = changed(failed=[{"path": "a", "reason": "a: " + "x" * 5000}])
    assert len(shown(section(tree(*long), "failed"))) < 700


def test_notes_are_told_by_kind_and_rule() -> None:
    """What wants eyes stands first, then the most frequent rule; each unfolds its examples."""
    notes = section(tree(*reports.ordinary()), "notes")
    assert [shown(one) for one in notes.iter("h3")] == [
        "wrong 1 odd, and left as it was",
        "changed 362 became something else",
        "moved 12 stands in the metadata now",
    ]
    assert [shown(one) for one in notes.iter("summary")] == ["credits 1", "characters 362", "credits 12"]
    last = notes.findall(".//details")[-1]
    assert shown(last.find(".//li")) == "pages/b.md责任编辑：简素 → editors"


def test_volumes_have_sizes_and_say_what_they_lack() -> None:
    """A link, the number of articles, the size, and missing pictures; with several reasons, those too."""
    volumes, pictures = section(tree(*reports.ordinary()), "volumes").iter("table")
    rows = [[shown(cell) for cell in row] for row in volumes.iter("tr")][1:]
    assert rows[0] == ["最新一周epub/latest.epubno picture: 9 not in the mirror; 1 too large", "11", "306.3 kB", "10"]
    assert rows[2] == ["清溪日报 2021年5月epub/清溪日报-2021-05.epub", "130", "12.3 MB", ""]
    assert [shown(row) for row in pictures.iter("tr")][1:] == ["not in the mirror9", "too large1"]
    assert "3 volumes, 12.7 MB together; 2 built in this run." in shown(section(tree(*reports.ordinary()), "volumes"))


def test_copies_and_what_was_passed_over() -> None:
    """How many copies, how many of them differ, the articles with the most; reasons for passing over by number."""
    root = tree(*reports.ordinary())
    copies = section(root, "copies")
    assert "7 sources are copies of an article; 1 copy has another text. Those with the most:" in shown(copies)
    assert shown(copies.findall(".//tr")[1]).endswith("pages/nsc1035/n99000004.md pages/ncid1/n99000004.md and 1 more4")
    assert [shown(row) for row in section(root, "passed-over").iter("tr")][1:] == [
        "the mirror's apparatus7",
        "hidden file2",
        "other suffix2",
    ]


def test_an_empty_report_says_so() -> None:
    """Each section has a sentence, and none an empty table or chart."""
    root = tree(*reports.empty())
    assert not root.xpath("//svg | //details")
    for anchor, title, _ in SECTIONS:
        words = shown(section(root, anchor)).removeprefix(title)
        assert words, anchor
    assert shown(section(root, "came-in")) == "What came inThere are no articles."


def test_a_huge_report_stays_a_page() -> None:
    """Long lists unfold and none is lost but failures, which the report names; below two megabytes, in a moment."""
    report, run = reports.huge()
    start = time.process_time()
    data = page(report, run)
    assert time.process_time() - start < 1
    assert len(data) < 2_000_000
    root = tree(report, run)
    assert len(root.xpath("//*[@class='month']")) == 300
    volumes = section(root, "volumes")
    assert len(volumes.xpath("./div//tbody/tr")) == OPEN
    assert len(volumes.xpath("./details//tbody/tr")) == 2000 - OPEN
    assert shown(volumes.find("details/summary")) == "1,950 more"
    failed = section(root, "failed")
    assert len(failed.xpath("./ul/li")) == FIRST
    assert len(failed.xpath("./details//li")) == NAMED - FIRST
    assert "2,500 more are named in report.json." in shown(failed)
    assert len(section(root, "notes").xpath(".//details[not(@class)]")) == 200


def test_figures_are_those_that_people_write() -> None:
    """Counts, sizes, times and shares; a unit does not leave its number."""
    assert [articles(number) for number in (0, 1, 2726)] == ["0 articles", "1 article", "2,726 articles"]
    sizes = [size(number) for number in (0, 1, 999, 1000, 45_200_000, 999_999, 3_000_000_000_000, 10**16)]
    assert sizes == [
        "0 bytes",
        "1 byte",
        "999 bytes",
        "1.0\xa0kB",
        "45.2\xa0MB",
        "1.0\xa0MB",
        "3.0\xa0TB",
        "10,000.0\xa0TB",
    ]
    times = [duration(seconds) for seconds in (0, 0.035, 0.9996, 16.53, 59.97, 83.4, 3599.7, 11_530)]
    assert times == [
        "0\xa0ms",
        "35\xa0ms",
        "1.0\xa0s",
        "16.5\xa0s",
        "1\xa0min 0\xa0s",
        "1\xa0min 23\xa0s",
        "1\xa0h 0\xa0min",
        "3\xa0h 12\xa0min",
    ]
    assert [share(part, 106_362) for part in (0, 1, 3400, 106_362)] == ["0%", "under 0.1%", "3.2%", "100.0%"]
    assert share(0, 0) == "0%"


def test_times_have_their_zone_where_they_have_one() -> None:
    """English names of days and months, whatever the locale."""
    moment = datetime.datetime.fromisoformat("2026-02-03T04:17:00-03:30")
    assert (day(moment), clock(moment)) == ("3 February 2026", "Tuesday, 04:17 UTC-03:30")
    assert clock(moment.replace(tzinfo=None)) == "Tuesday, 04:17"
