"""The Chinese pages: whatever can be compared without knowing a language is the same as in the English ones."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.pages import named
from tests.translations import (
    PAIRS,
    blocks_that_differ,
    figures_that_differ,
    ill_set,
    links_that_differ,
    names_that_differ,
    uneven,
)

EACH = pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=named)


def told(lines: Iterable[str]) -> None:
    """Fail with all that was found, a line each."""
    found = list(lines)
    assert not found, "\n".join(["a page says what its counterpart does not:", *found])


@EACH
def test_each_page_leads_to_its_counterpart(english: Path, chinese: Path) -> None:
    """The line below the title of each leads to the other."""
    shown = [page.read_text(encoding="utf-8").splitlines()[2] for page in (english, chinese)]
    below = chinese.relative_to(english.parent).as_posix()
    assert shown == [f"[中文]({below})", f"[English]({'../' * below.count('/')}{english.name})"]


@EACH
def test_pages_have_the_same_parts(english: Path, chinese: Path) -> None:
    """As many headings, of the same levels, and below each as many paragraphs, items, rows and code blocks."""
    told(uneven(english, chinese))


@EACH
def test_code_is_the_same(english: Path, chinese: Path) -> None:
    """Commands, configs and excerpts are those of the English page, apart from comments."""
    told(blocks_that_differ(english, chinese))


@EACH
def test_names_are_the_same(english: Path, chinese: Path) -> None:
    """What stands in code in a paragraph or a cell stands there in both."""
    told(names_that_differ(english, chinese))


@EACH
def test_links_lead_to_the_same_places(english: Path, chinese: Path) -> None:
    """A link leads to the same place, on the Chinese page where there is one."""
    told(links_that_differ(english, chinese))


@EACH
def test_figures_are_the_same(english: Path, chinese: Path) -> None:
    """Measured numbers are the same in each row and paragraph."""
    told(figures_that_differ(english, chinese))


@EACH
def test_chinese_is_set_as_chinese(english: Path, chinese: Path) -> None:
    """Wide marks, a space between Han and Latin, a line for each paragraph."""
    told(ill_set(chinese))


ENGLISH = """# Tea

[中文](tea.zh.md)

Water boils at `100` degrees; see [steam](https://example.org/steam).

```sh
boil --to 100  # in Celsius
```

<!-- figures -->
| figure | result |
|---|---|
| time of `boil` | 0.68 s; 4,121 |
<!-- /figures -->
"""

CHINESE = """# 茶

[English](tea.md)

水在 `100` 度沸腾；见[蒸汽](https://example.org/steam)。

```sh
boil --to 100  # 摄氏度
```

<!-- figures -->
| 指标 | 结果 |
|---|---|
| `boil` 的时间 | 0.68 s；4,121 |
<!-- /figures -->
"""

CHANGES = {
    "a block less": ("```sh\nboil --to 100  # 摄氏度\n```\n", "", "tea.zh.md: has 0 code blocks, tea.md 1"),
    "a paragraph more": ("```sh", "水很热。\n\n```sh", "tea.zh.md: has 3 paragraphs below “茶”, tea.md 2"),
    "another level": ("# 茶", "## 茶", "tea.zh.md: has headings of the levels [2], tea.md [1]"),
    "another row": ("4,121 |\n", "4,121 |\n| 温度 | 9 |\n", "tea.zh.md: has 3 rows, tea.md 2"),
    "another command": (
        "--to 100",
        "--to 90",
        "tea.zh.md: code block 1 says 'boil --to 90 #', in tea.md 'boil --to 100 #'",
    ),
    "another mark": (
        "```sh",
        "<!-- run -->\n```sh",
        "tea.zh.md: code block 1 is ('run', '', 0, 'sh'), in tea.md ('', '', 0, 'sh')",
    ),
    "another name": (
        "| `boil`",
        "| `cook`",
        "tea.zh.md: row “`cook` 的时间” says cook, where tea.md in row “time of `boil`” says boil",
    ),
    "another figure": (
        "0.68",
        "0.70",
        "tea.zh.md: row “`boil` 的时间” says 0.70, where tea.md in row “time of `boil`” says 0.68",
    ),
    "a figure less": (
        "；4,121",
        "",
        "tea.zh.md: row “`boil` 的时间” says nothing more, where tea.md in row “time of `boil`” says 4,121",
    ),
    "figures in another order": (
        "0.68 s；4,121",
        "4,121；0.68 s",
        "tea.zh.md: row “`boil` 的时间” says 4,121, 0.68, tea.md 0.68, 4,121",
    ),
    "another link": (
        "org/steam",
        "org/water",
        "tea.zh.md: “水在 `100` 度沸腾；见蒸汽。” says https://example.org/water,"
        " where tea.md in “Water boils at `100` degrees; see steam.” says https://example.org/steam",
    ),
    "no space": (
        "在 `100`",
        "在`100`",
        "tea.zh.md: “水在`100` 度沸腾；见蒸汽。” has “在`” without a space, or with a narrow mark",
    ),
    "a narrow mark": (
        "沸腾；",
        "沸腾;",
        "tea.zh.md: “水在 `100` 度沸腾;见蒸汽。” has “腾;” without a space, or with a narrow mark",
    ),
    "a line end": (
        "沸腾；",
        "沸腾；\n",
        "tea.zh.md: “水在 `100` 度沸腾；见蒸汽。” has a line end, which browsers show as a space",
    ),
}


def differences(folder: Path, chinese: str) -> list[str]:
    """What all comparisons say of the page about tea, and of another one in Chinese."""
    pages = (folder / "tea.md", folder / "tea.zh.md")
    for page, text in zip(pages, (ENGLISH, chinese), strict=True):
        page.write_text(text, encoding="utf-8")
    compared = (uneven, blocks_that_differ, names_that_differ, links_that_differ, figures_that_differ)
    return [line for compare in compared for line in compare(*pages)] + list(ill_set(pages[1]))


def test_pages_that_agree_leave_nothing_to_say(tmp_path: Path) -> None:
    """Other words, comments and marks are no difference."""
    assert differences(tmp_path, CHINESE) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_that_was_changed_in_one_language_is_named(change: str, tmp_path: Path) -> None:
    """The message says where which page has what, and what its counterpart has."""
    old, new, message = CHANGES[change]
    assert old in CHINESE
    assert message in differences(tmp_path, CHINESE.replace(old, new, 1))
