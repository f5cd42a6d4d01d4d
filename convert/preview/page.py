"""The page that shows articles beside their sources: one file of HTML with a script of its own, and no other."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files

from convert.article import NoteKind
from convert.errors import SourceError
from convert.messages import TAGS, Language, speaking, spoken, tr, trn
from convert.preview.panes import PANES, article_section
from convert.preview.shown import Shown
from convert.report.figures import articles
from convert.report.hypertext import Html, element, joined, mixed, named
from convert.report.page import base_style

KINDS: tuple[NoteKind, ...] = ("removed", "moved", "changed", "guessed", "wrong")
"""The kinds of notes (docs/notes.md)."""

Result = Shown | SourceError
"""What there is of one source: the article, or why it could not be converted."""


def page(results: Sequence[Result], name: str, total: int, version: str = "", language: Language = "en") -> bytes:
    """The page as HTML in UTF-8; the same arguments give the same bytes.

    results: what is shown, in this order. name: what was asked for, a file or a folder. total: how many sources there
    are, which may be more than are shown. version: of Mirrorpress. language: what the page is written in.
    """
    with speaking(language):
        return _page(results, name, total, version)


def _page(results: Sequence[Result], name: str, total: int, version: str) -> bytes:
    shown = [one for one in results if isinstance(one, Shown)]
    single = total == 1 and len(shown) == 1
    script, style = _asset("page.js"), base_style() + "\n" + _asset("page.css")
    title = shown[0].title if single else name
    sections = [article_section(one, f"a{number}", single) for number, one in enumerate(shown)]
    body = joined(
        _header(shown, title, total, single),
        "\n",
        _bar(shown, single),
        "\n",
        element("main", None if single else _index(results), *sections),
        "\n",
        element("footer", element("p", tr("Made by {name}.", name=f"Mirrorpress {version}".rstrip()))),
        element("script", Html(script)),
    )
    html = element(
        "html",
        _head(title, script, style),
        "\n",
        element("body", "\n", body, "\n", class_="one" if single else "many"),
        lang=TAGS[spoken()],
    )
    return f"<!DOCTYPE html>\n{html}\n".encode()


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _head(title: str, script: str, style: str) -> Html:
    # Content Security Policy Level 3: nothing is loaded or sent, and nothing runs but the page's own script
    policy = (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{title} · {tr('Mirrorpress preview')}"),
        element("link", rel="icon", href="data:,"),
        element("style", Html(style)),
    )


def _digest(content: str) -> str:
    """The source expression that allows one script or style: CSP Level 3, 2.3.1, `hash-source`."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _header(shown: Sequence[Shown], title: str, total: int, single: bool) -> Html:
    notes = sum(len(one.notes) for one in shown)
    placed = sum(len(one.places) for one in shown)
    lead = trn(
        "{number:,} note, {placed:,} of them marked at their place in the source.",
        "{number:,} notes, {placed:,} of them marked at their place in the source.",
        notes,
        placed=placed,
    )
    if not single:
        some = articles(len(shown))
        if len(shown) < total:
            some = trn(
                "The first {shown:,} of {number:,} source",
                "The first {shown:,} of {number:,} sources",
                total,
                shown=len(shown),
            )
        lead = tr("{articles}; {notes}", articles=some, notes=lead)
    return element(
        "header",
        element("p", tr("Mirrorpress preview"), class_="kicker"),
        named(title, "h1", id="a0-title" if single else None),
        element("p", lead, class_="lead"),
    )


def _bar(shown: Sequence[Shown], single: bool) -> Html:
    """What the script needs: which pane is seen, which notes, and the way from one to the next."""
    rules = Counter(note.rule for one in shown for note in one.notes)
    kinds = Counter(note.kind for one in shown for note in one.notes)
    views = [
        element("button", tr(title), type="button", data_view=view, aria_pressed="false")
        for view, title in PANES.items()
    ]
    return element(
        "form",
        None if single else element("a", tr("Index"), href="#index", class_="up"),
        element("div", *views, role="group", aria_label=tr("What is shown"), class_="views"),
        element(
            "div",
            _select(tr("Rule"), "rule", tr("all rules"), sorted(rules.items())),
            _select(tr("Kind"), "kind", tr("all kinds"), [(kind, kinds[kind]) for kind in KINDS if kinds[kind]]),
            element("button", tr("Previous"), type="button", data_step="-1", aria_keyshortcuts="p"),
            element("button", tr("Next"), type="button", data_step="1", aria_keyshortcuts="n"),
            element(
                "output",
                aria_live="polite",
                # the script fills in the numbers
                data_one=trn("{number} note", "{number} notes", 1),
                data_many=tr("{count} notes"),
                data_at=tr("{at} of {count}"),
            ),
            class_="notes-bar",
        ),
        class_="bar",
        aria_label=tr("View and notes"),
        hidden="hidden",
    )


def _select(label: str, name: str, everything: str, options: Sequence[tuple[str, int]]) -> Html:
    choices = [element("option", f"{one} ({count:,})", value=one) for one, count in options]
    unchosen = element("option", everything, value="")
    return element("label", element("span", label), " ", element("select", unchosen, *choices, name=name))


def _index(results: Sequence[Result]) -> Html:
    """The articles with the counts of their notes, and the notes of all of them by rule."""
    rows, number = [], 0
    for one in results:
        if isinstance(one, Shown):
            rows.append(_row(one, f"a{number}"))
            number += 1
        else:
            rows.append(_failed(one))
    head = [element("th", title, scope="col") for title in (tr("Article"), tr("Notes"), tr("By rule"))]
    table = element("table", element("thead", element("tr", *head)), element("tbody", *rows))
    return element(
        "section",
        element("h2", tr("Articles"), id="index-title"),
        element("div", table, class_="list"),
        element("h2", tr("Notes by rule")),
        element(
            "div",
            _rules(results),
            class_="scrolls",
            tabindex="0",
            role="region",
            aria_label=tr("Notes by rule and kind"),
        ),
        id="index",
        aria_labelledby="index-title",
    )


def _row(one: Shown, anchor: str) -> Html:
    rules = Counter(note.rule for note in one.notes)
    counts = [element("span", f"{rule} ", element("b", f"{count:,}")) for rule, count in sorted(rules.items())]
    link = element("a", named(one.title), href=f"#{anchor}")
    return element(
        "tr",
        element("th", link, element("span", one.article.path, class_="path"), scope="row"),
        # the unit is shown where the head of the table is not
        element("td", f"{len(one.notes):,}", class_="number", data_unit=tr(" notes")),
        element("td", *[joined(count, " ") for count in counts], class_="counts"),
    )


def _failed(error: SourceError) -> Html:
    name = element("span", error.where, class_="path")
    why = element("td", tr("Failed: "), mixed(error.message, "span"), class_="bad")
    return element("tr", element("th", name, scope="row"), element("td"), why)


def _rules(results: Sequence[Result]) -> Html:
    """Rules and kinds, with their notes, and the articles in which there are some."""
    notes: Counter[tuple[str, str]] = Counter()
    articles: Counter[tuple[str, str]] = Counter()
    for one in results:
        if isinstance(one, Shown):
            here = [(note.rule, note.kind) for note in one.notes]
            notes.update(here)
            articles.update(set(here))
    rows = [
        element(
            "tr",
            element("th", rule, scope="row"),
            element("td", element("span", kind, class_=f"kind {kind}")),
            element("td", f"{count:,}", class_="number"),
            element("td", f"{articles[rule, kind]:,}", class_="number"),
        )
        for (rule, kind), count in sorted(notes.items())
    ]
    head = [element("th", title, scope="col") for title in (tr("Rule"), tr("Kind"), tr("Notes"), tr("Articles"))]
    return element("table", element("thead", element("tr", *head)), element("tbody", *rows))
