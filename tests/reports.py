"""Reports of invented runs, for the tests of their page: an ordinary one, an empty one, one of a huge mirror."""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]

ODD = "epub/溪#报 100%? \"'&<b>-2021.epub"
"""A name that has everything a link must escape, on a file system that allows it."""

BYTES = "pages/caf\udce9.md"
"""The path of a file whose name is no UTF-8."""

SCRIPT = "</script></title><script>alert(1)</script><img src=x onerror=alert(1)>\x00\x1b\x85\u202e\ufffe"
"""Words that want to be markup, and characters that no page may hold."""


def note(path: str, text: str, to: str = "", output: str = "") -> Data:
    """An example of a note."""
    return {"path": path, "text": text, "to": to, "output": output}


def volume(file: str, title: str, articles: int, size: int, **reasons: int) -> Data:
    """A volume; reasons: missing pictures by reason, with _ for spaces."""
    told = {reason.replace("_", " "): count for reason, count in reasons.items()}
    return {
        "file": file,
        "title": title,
        "articles": articles,
        "bytes": size,
        "missing": sum(told.values()),
        "reasons": told,
    }


def ordinary() -> tuple[Data, Data]:
    """A run with a bit of everything: failures, differences, odd names, words that want to be markup."""
    months: dict[str, dict[str, int]] = {
        "2019-12": {"ncid283": 5, "": 2},
        "2021-05": {"ncid283": 12, "ncid282": 30, "nsc1035": 4, "": 3},
        "2021-06": {"ncid283": 20, "ncid282": 41, "ncid1": 2, "ncid2": 3, "ncid3": 4, "ncid4": 5, "ncid5": 6},
        "2021-07": {"ncid283": 1},
        "undated": {"nsc1035": 2, "ncid282": 1},
    }
    report: Data = {
        "articles": 141,
        "channels": {"ncid283": "菜园", "ncid282": "天气", "nsc1035": "清溪诗刊", "ncid1": "集市", "ncid2": "集市"},
        "copies": 7,
        "differs": [
            {
                "path": "pages/ncid282/n99000008.md",
                "count": 5,
                "differences": ["markdown/pages/ncid282/n99000008.md: “雨” is lost; expected “小雨”"],
                "output": "markdown/pages/ncid282/n99000008.md",
            }
        ],
        "duplicates": [
            {
                "path": "pages/ncid282/n99000004.md",
                "aliases": ["pages/ncid283/n99000004.md", "pages/nsc1035/n99000004.md", "pages/ncid1/n99000004.md"],
                "count": 4,
                "output": "markdown/pages/ncid282/n99000004.md",
            },
            {"path": BYTES, "aliases": ["pages/b.md"], "count": 1, "output": "markdown/pages/caf_.md"},
        ],
        "failed": [
            {"path": BYTES, "reason": f"{BYTES}: 5,000,000 bytes; expected at most 4,194,304; raise parse.max_bytes"},
            {"path": "pages/a.html", "reason": f"pages/a.html: emitter 'mine' raised ValueError: {SCRIPT}"},
        ],
        "months": months,
        "notes": {
            "characters": {
                "changed": {
                    "count": 362,
                    "examples": [note("pages/a.md", "\xa0", " "), note(BYTES, " a\u200b\x07", "a", "markdown/c_.md")],
                }
            },
            "credits": {
                "moved": {
                    "count": 12,
                    "examples": [note("pages/b.md", "责任编辑：简素", "editors", "markdown/pages/b.md")],
                },
                "wrong": {"count": 1, "examples": [note("pages/c.md", SCRIPT, "authors", "markdown/pages/c?#%.md")]},
            },
        },
        "outputs": {"markdown": 141, "text": 141},
        "passed_over": {"hidden file": 2, "other suffix": 2, "the mirror's apparatus": 7},
        "pictures": {"not in the mirror": 9, "too large": 1},
        "sources": 150,
        "variants": 1,
        "volumes": [
            volume("epub/latest.epub", "最新一周", 11, 306_340, not_in_the_mirror=9, too_large=1),
            volume(ODD, SCRIPT, 1, 999),
            volume("epub/清溪日报-2021-05.epub", "清溪日报 2021年5月", 130, 12_345_678),
        ],
    }
    run: Data = {
        "started": "2021-07-14T04:17:05+08:00",
        "seconds": 83.4,
        "converted": 16,
        "unchanged": 125,
        "failed": 2,
        "removed": 1,
        "reasons": {"changed": 3, "new": 11, "<config>": 1, "failed before": 1},
        "volumes_built": 2,
        "slowest": [{"path": BYTES, "output": "markdown/pages/caf_.md", "milliseconds": 1234.5}],
        "version": "0.1.0",
    }
    return report, run


def empty() -> tuple[Data, Data]:
    """A run over a mirror in which there is no article."""
    report: Data = {"articles": 0, "copies": 0, "sources": 0, "variants": 0}
    report |= {key: {} for key in ("channels", "months", "notes", "outputs", "passed_over", "pictures")}
    report |= {key: [] for key in ("differs", "duplicates", "failed", "volumes")}
    run: Data = {"started": "2021-07-14T04:17:05+00:00", "seconds": 0.2, "converted": 0, "unchanged": 0, "failed": 0}
    run |= {"removed": 0, "reasons": {}, "volumes_built": 0, "slowest": [], "version": "0.1.0"}
    return report, run


def huge() -> tuple[Data, Data]:
    """A run over 106,362 articles of 25 years, each month with sixty channels, with 200 rules and 2,000 volumes."""
    report, run = empty()
    keys = [f"{year}-{month:02}" for year in range(1999, 2024) for month in range(1, 13)]
    months = {
        key: {f"ncid{channel}": 1 + (number * (60 - channel)) // 1250 for channel in range(60)}
        for number, key in enumerate(keys)
    }
    months["undated"] = {"": 106_362 - sum(sum(counts.values()) for counts in months.values())}
    article = "pages/ncid283/n{}.md"
    examples = [note(article.format(13088611 + number), "山水桥" * 39, "", "markdown/a.md") for number in range(3)]
    report |= {
        "articles": 106_362,
        "sources": 140_000,
        "copies": 33_638,
        "channels": {f"ncid{channel}": f"第{channel}版" for channel in range(60)},
        "months": months,
        "notes": {
            f"boilerplate.rule-{number}": {"removed" if number % 3 else "moved": {"count": 7, "examples": examples}}
            for number in range(200)
        },
        "failed": [
            {"path": article.format(number), "reason": f"{article.format(number)}: needs more than 2,048 MB of memory"}
            for number in range(3000)
        ],
        "volumes": [
            volume(
                f"epub/清溪日报-{number:04}.epub", f"清溪日报 第{number}期", 300, 45_000_000, not_in_the_mirror=number
            )
            for number in range(2000)
        ],
    }
    run |= {"seconds": 11_530.2, "converted": 106_362, "failed": 3000, "reasons": {"new": 106_362}}
    run["slowest"] = [{"path": article.format(9), "output": "markdown/a.md", "milliseconds": 60_000}] * 20
    return report, run
