"""One article on the page: its notes, its source, and what was made of it, a pane each."""

from __future__ import annotations

from convert.article import Note
from convert.messages import later, tr, trn
from convert.preview.marked import marked
from convert.preview.rendered import rendered
from convert.preview.shown import Shown
from convert.report.hypertext import Child, Html, element, joined, named, quoted
from convert.verify.reading import front_matter_cut

PANES = {
    "notes": later("Notes"),
    "source": later("Source"),
    "rendered": later("Rendered"),
    "markdown": later("Markdown"),
    "text": later("Text"),
    "metadata": later("Metadata"),
}
"""The panes, and what each is called. The first two stand beside one of the others where there is room."""

_OTHER = {"attribute": later("attribute"), "element": later("element")}
"""What a note may be of besides text."""

_CUT = 400
"""Characters of a note that the list quotes, where the whole is marked in the source."""

_SHOWN = 4000
"""Characters of a note that has no place, and of what another became."""


def article_section(one: Shown, anchor: str, alone: bool) -> Html:
    """An article's section. anchor: its id, and the beginning of the ids in it.

    alone: the page has no other, and says its title itself, in a heading with the id `{anchor}-title`.
    """
    lang = one.article.meta.lang or None
    contents = {
        "notes": _notes(one, anchor),
        "source": _sample(marked(one.source, one.notes, one.places, anchor), lang),
        "rendered": element("div", rendered(front_matter_cut(one.markdown)), class_="prose", lang=lang),
        "markdown": _sample(one.markdown, lang),
        "text": _sample(one.text, lang),
        "metadata": _metadata(one),
    }
    panes = [_pane(anchor, name, content, "h2" if alone else "h3") for name, content in contents.items()]
    return element(
        "section",
        None if alone else named(one.title, "h2", id=f"{anchor}-title"),
        element("p", one.article.path, tr(" · profile {name}", name=one.article.profile.name), class_="path"),
        element("div", *panes, class_="panes"),
        id=anchor,
        class_="article",
        aria_labelledby=f"{anchor}-title",
        data_output="rendered",
        data_view="source",
    )


def _pane(anchor: str, name: str, content: Html, heading: str) -> Html:
    head = f"{anchor}-{name}"
    return joined(
        "\n",
        element(
            "div",
            element(heading, tr(PANES[name]), id=head),
            content,
            class_=f"pane {name}",
            data_pane=name,
            role="region",
            tabindex="0",
            aria_labelledby=f"{head} {anchor}-title",
        ),
    )


def _sample(content: Child, lang: str | None) -> Html:
    """A text as it stands in its file. A parser takes one line end off behind the tag (HTML, 13.1.2.5)."""
    return element("pre", "\n", content, lang=lang)


def _notes(one: Shown, anchor: str) -> Html:
    if not one.notes:
        return element("p", tr("None: nothing was taken away, moved, changed or guessed."), class_="quiet")
    return element("ol", *(_note(one, number, note, anchor) for number, note in enumerate(one.notes)))


def _note(one: Shown, number: int, note: Note, anchor: str) -> Html:
    line = one.line(number)
    text = _short(note.text, _SHOWN if line is None else _CUT)
    place = tr("no place can be told") if line is None else tr("line {number:,}", number=line)
    link = text if line is None else element("a", text, href=f"#{anchor}p{number}")
    became = joined(" → ", _short(note.to, _SHOWN)) if note.to else None
    return element(
        "li",
        element(
            "p",
            element("span", note.kind, class_=f"kind {note.kind}"),
            " ",
            element("b", note.rule),
            " ",
            element(
                "span",
                place if note.of == "text" else tr("{of}, {place}", of=tr(_OTHER[note.of]), place=place),
                class_="quiet",
            ),
        ),
        element("p", link, became, class_="said"),
        id=f"{anchor}n{number}",
        tabindex="-1",
        data_note=str(number),
        data_rule=note.rule,
        data_kind=note.kind,
    )


def _short(text: str, most: int) -> Html:
    more = len(text) - most
    if more <= 0:
        return quoted(text)
    rest = trn(" … and {number:,} character more", " … and {number:,} characters more", more)
    return joined(quoted(text[:most]), rest)


def _metadata(one: Shown) -> Html:
    rows = []
    for name, value in one.article.meta.items():
        told = ", ".join(value) if isinstance(value, list) else str(value)
        origin = one.article.origin.get(name, "")
        rows.append(element("tr", element("th", name, scope="row"), named(told, "td"), element("td", origin)))
    head = [element("th", title, scope="col") for title in (tr("Key"), tr("Value"), tr("Read from"))]
    table = element("table", element("thead", element("tr", *head)), element("tbody", *rows))
    return element("div", table, class_="scrolls")
