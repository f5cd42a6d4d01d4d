"""What the catalogue tells of everything that there is: the questions behind the report."""

from __future__ import annotations

import json
from typing import Any

from convert.catalogue.catalogue import Catalogue

EXAMPLES = 3
"""Examples of each kind of note."""

_MOST = 20


def notes(catalogue: Catalogue) -> dict[str, dict[str, dict[str, Any]]]:
    """By rule, then kind: how many notes there are, and examples, each of another source."""
    told: dict[str, dict[str, dict[str, Any]]] = {}
    ask = catalogue.connection.execute
    for rule, kind, count in ask("SELECT rule, kind, sum(count) FROM note GROUP BY rule, kind").fetchall():
        rows = ask(
            'SELECT path, text, "to", name FROM note WHERE rule = ? AND kind = ? ORDER BY path LIMIT ?',
            (rule, kind, EXAMPLES),
        ).fetchall()
        examples = [
            {"path": path, "text": text, "to": to, "output": output_of(catalogue, name)}
            for path, text, to, name in rows
        ]
        told.setdefault(rule, {})[kind] = {"count": count, "examples": examples}
    return told


def output_of(catalogue: Catalogue, name: str) -> str:
    """The path of an article's Markdown file, or of its first other one, or nothing."""
    paths = {one.format: one.path for one in catalogue.outputs_of(name)}
    return paths.get("markdown") or next(iter(paths.values()), "")


def outputs(catalogue: Catalogue) -> dict[str, int]:
    """How many files of articles there are, by format."""
    rows = catalogue.connection.execute(
        "SELECT format, count(*) FROM output WHERE owner IN (SELECT name FROM article) GROUP BY format ORDER BY format"
    )
    return dict(rows.fetchall())


def months(catalogue: Catalogue) -> dict[str, dict[str, int]]:
    """How many articles there are, by month and by the id of their channel."""
    told: dict[str, dict[str, int]] = {}
    rows = catalogue.connection.execute(
        "SELECT coalesce(substr(date, 1, 7), 'undated') AS month, coalesce(channel, '') AS folder, count(*)"
        " FROM article GROUP BY month, folder ORDER BY month, folder"
    )
    for month, channel, count in rows:
        told.setdefault(month, {})[channel] = count
    return told


def channels(catalogue: Catalogue) -> dict[str, str]:
    """The names of channels by their id: the first category of an article is that of its own channel."""
    rows = catalogue.connection.execute(
        "SELECT channel, min(json_extract(categories, '$[0]')) FROM article"
        " WHERE channel IS NOT NULL AND categories IS NOT NULL GROUP BY channel ORDER BY channel"
    )
    return {channel: name for channel, name in rows if name}


def duplicates(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The articles with most copies."""
    rows = catalogue.connection.execute(
        "SELECT name, path, aliases FROM article WHERE aliases <> '[]'"
        " ORDER BY json_array_length(aliases) DESC, name LIMIT ?",
        (_MOST,),
    ).fetchall()
    told = []
    for name, path, text in rows:
        aliases = json.loads(text)
        told.append({"path": path, "aliases": aliases[:3], "count": len(aliases), "output": output_of(catalogue, name)})
    return told


def differing(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Articles and volumes whose files are not what their sources say."""
    rows = catalogue.connection.execute(
        "SELECT path, differs, differences, name FROM article WHERE differs"
        " UNION ALL SELECT file, differs, differences, file FROM volume WHERE differs ORDER BY 1"
    ).fetchall()
    return [
        {"path": path, "count": count, "differences": json.loads(found), "output": output_of(catalogue, name)}
        for path, count, found, name in rows
    ]


def volumes(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The volumes that there are, with the pictures that each has to do without, by reason."""
    rows = catalogue.connection.execute(
        "SELECT file, title, articles, missing FROM volume WHERE NOT split ORDER BY file"
    ).fetchall()
    told = []
    for file, title, articles, text in rows:
        missing = json.loads(text)
        reasons = missing["reasons"]
        told.append(
            {
                "file": file, "title": title, "articles": articles, "missing": sum(reasons.values()),
                "reasons": reasons, "bytes": missing["bytes"],
            }
        )  # fmt: skip
    return told


def failures(catalogue: Catalogue) -> list[dict[str, str]]:
    """What failed, and why."""
    rows = catalogue.connection.execute("SELECT path, reason FROM failure ORDER BY path")
    return [{"path": path, "reason": reason} for path, reason in rows]


def slowest(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The articles whose conversion took longest."""
    rows = catalogue.connection.execute(
        "SELECT path, name, milliseconds FROM article ORDER BY milliseconds DESC LIMIT ?", (_MOST,)
    ).fetchall()
    return [
        {"path": path, "output": output_of(catalogue, name), "milliseconds": milliseconds}
        for path, name, milliseconds in rows
    ]


def copies(catalogue: Catalogue) -> int:
    """How many sources are copies of an article."""
    return int(catalogue.connection.execute("SELECT total(json_array_length(aliases)) FROM article").fetchone()[0])
