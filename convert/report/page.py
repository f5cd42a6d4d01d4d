"""The page that tells an operator of a run: `report.html`, one file that needs no network and no script."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from convert.messages import TAGS, Language, speaking, spoken, tr, trn
from convert.report.figures import articles, clock, day, duration
from convert.report.hypertext import Html, element, joined
from convert.report.sections import SECTIONS

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Content Security Policy Level 3: a page that holds words from the web loads nothing, runs nothing, sends nothing."""


def page(report: Mapping[str, Any], run: Mapping[str, Any], language: Language = "en") -> bytes:
    """The report as a page of HTML in UTF-8; the same arguments give the same bytes.

    report: the content of `report.json`; its paths of outputs are relative to the folder that the page lies in.
    run: what is not the same each time: `started` (ISO 8601), `seconds`, how many articles were `converted`,
    `unchanged`, `failed` and `removed`, `reasons` (articles by why they were converted), `volumes_built`,
    `slowest` (path, output and milliseconds of each), `version`. In both, a key that is missing counts as empty.
    language: what the page is written in.
    """
    with speaking(language):
        return _page(report, run)


def _page(report: Mapping[str, Any], run: Mapping[str, Any]) -> bytes:
    good, verdict = _verdict(report)
    parts = [(anchor, tr(title), write(report, run)) for anchor, title, write in SECTIONS]
    body = joined(
        _header(report, run, good, verdict),
        "\n",
        _contents([(anchor, title) for anchor, title, _ in parts]),
        "\n",
        element("main", *(_section(*part) for part in parts)),
        "\n",
        _footer(run),
    )
    moment = _moment(run)
    title = " · ".join(["Mirrorpress", *([day(moment)] if moment else []), verdict])
    html = element("html", _head(title), "\n", element("body", "\n", body, "\n"), lang=TAGS[spoken()])
    return f"<!DOCTYPE html>\n{html}\n".encode()


def base_style() -> str:
    """What pages of Mirrorpress look like, as CSS: colours by day and night, typefaces, text, links and samples."""
    return files(__package__).joinpath("base.css").read_text("utf-8")


def _verdict(report: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether all is well, and a few words that say so."""
    failed, differ = len(report.get("failed", ())), len(report.get("differs", ()))
    told = [trn("{number:,} failed", "{number:,} failed", failed)] if failed else []
    told += [trn("{number:,} differs", "{number:,} differ", differ)] if differ else []
    return not told, tr(", ").join(told) or tr("all is well")


def _head(title: str) -> Html:
    style = Html(base_style() + "\n" + files(__package__).joinpath("page.css").read_text("utf-8"))
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        # what the page is called, and where it lies, is nobody's business
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        # without one, browsers ask a server for its favicon.ico
        element("link", rel="icon", href="data:,"),
        element("style", style),
    )


def _header(report: Mapping[str, Any], run: Mapping[str, Any], good: bool, verdict: str) -> Html:
    moment = _moment(run)
    started = str(run.get("started", ""))
    when = element("time", day(moment), datetime=started) if moment else started or tr("a run")
    sources = report.get("sources", 0)
    lead = tr(
        "{articles} from {sources}; {converted:,} converted in {duration}.",
        articles=articles(report.get("articles", 0)),
        sources=trn("{number:,} source", "{number:,} sources", sources),
        converted=run.get("converted", 0),
        duration=duration(run.get("seconds", 0)),
    )
    before, after = tr("Report of {when}").split("{when}")
    return element(
        "header",
        element("p", "Mirrorpress", class_="kicker"),
        element("h1", before, when, after),
        element("p", tr("{sentence}.", sentence=_capital(verdict)), class_=f"verdict {'good' if good else 'bad'}"),
        element("p", tr("{when}. ", when=clock(moment)) if moment else None, lead, class_="lead"),
    )


def _moment(run: Mapping[str, Any]) -> datetime.datetime | None:
    """When the run started, where that is a time."""
    try:
        return datetime.datetime.fromisoformat(str(run.get("started", "")))
    except ValueError:
        return None


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _contents(parts: list[tuple[str, str]]) -> Html:
    items = [element("li", element("a", title, href=f"#{anchor}"), "\n") for anchor, title in parts]
    return element("nav", element("ul", *items), aria_label=tr("Contents"))


def _section(anchor: str, title: str, content: Html) -> Html:
    return joined(
        "\n",
        element(
            "section",
            element("h2", title, id=f"{anchor}-title"),
            content,
            id=anchor,
            aria_labelledby=f"{anchor}-title",
        ),
    )


def _footer(run: Mapping[str, Any]) -> Html:
    name = f"Mirrorpress {run.get('version', '')}".rstrip()
    made = tr("Made by {name}. The same for programs is {file}.")
    before, after = made.split("{file}")
    return element(
        "footer",
        element("p", before.format(name=name), element("a", "report.json", href="report.json"), after),
    )
