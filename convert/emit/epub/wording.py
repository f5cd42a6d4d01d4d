"""The words that a book itself says: in Chinese where its articles are Chinese, else in English."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from convert.volumes import spoken

_CHINESE = frozenset({"", "zh", "yue"})
"""The languages, by the first part of their tags, whose readers read Chinese; what names none is taken for Chinese."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A book's own words in Chinese.

    between_names, between_titles, between_notes: what stands between people, between headlines, and on the cover's last
    line. colon: what stands before a list.
    """

    contents: str = "目录"
    cover: str = "封面"
    body: str = "正文"
    landmarks: str = "导览"
    untitled: str = "无题"
    original: str = "原文"
    link: str = "打开链接"
    back: str = "返回正文"
    missing: str = "［图片未收入本书］"
    not_in_mirror: str = "镜像中没有这张图片。"
    not_fetched: str = "没有取到这张图片。"
    unreadable: str = "图片文件无法读取。（{reason}）"
    rights: str = "各篇文章的版权归其作者与发布者所有。"
    all_text: str = "全书为文字，附可导航的目录；结构标记完整，可由读屏软件朗读。"
    all_described: str = "文字配有图片，图片均有替代文字；附可导航的目录，可由读屏软件朗读。"
    not_described: str = "文字配有图片，部分图片没有替代文字；附可导航的目录，文字可由读屏软件朗读。"
    between_names: str = "、"
    between_titles: str = "；"
    between_notes: str = "　"
    colon: str = "："

    def day(self, day: datetime.date) -> str:
        """A day."""
        return spoken(day)

    def span(self, first: datetime.date | None, last: datetime.date | None) -> str:
        """The days from the first to the last, without saying twice what they share; empty where there are none."""
        if first is None or last is None:
            return ""
        if first == last:
            return self.day(first)
        return self._days(first, last)

    def _days(self, first: datetime.date, last: datetime.date) -> str:
        if first.year != last.year:
            return f"{spoken(first)}—{spoken(last)}"
        if first.month != last.month:
            return f"{spoken(first)}—{last.month}月{last.day}日"
        return f"{spoken(first)}—{last.day}日"

    def articles(self, count: int) -> str:
        """How many articles there are."""
        return f"共{count}篇"

    def translated(self, names: str) -> str:
        """Who translated."""
        return f"{names} 编译"

    def edited(self, names: str) -> str:
        """Who edited."""
        return f"责任编辑：{names}"

    def continued(self, title: str, number: int, count: int) -> str:
        """The title of a later part of a long article."""
        return f"{title}（{number}/{count}）"

    def accessibility(self, pictures: bool, described: bool) -> str:
        """A sentence on who can read the book, and how."""
        if not pictures:
            return self.all_text
        return self.all_described if described else self.not_described


class _English(Wording):
    """The same in English."""

    __slots__ = ()

    def day(self, day: datetime.date) -> str:
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def _days(self, first: datetime.date, last: datetime.date) -> str:
        if first.year != last.year:
            return f"{self.day(first)} – {self.day(last)}"
        if first.month != last.month:
            return f"{first.day} {_MONTHS[first.month - 1]} – {self.day(last)}"
        return f"{first.day}–{self.day(last)}"

    def articles(self, count: int) -> str:
        return "1 article" if count == 1 else f"{count} articles"

    def translated(self, names: str) -> str:
        return f"Translated by {names}"

    def edited(self, names: str) -> str:
        return f"Edited by {names}"

    def continued(self, title: str, number: int, count: int) -> str:
        return f"{title} ({number}/{count})"


# not the locale's: a book is the same on every machine
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

CHINESE = Wording()
ENGLISH = _English(
    contents="Contents",
    cover="Cover",
    body="Text",
    landmarks="Landmarks",
    untitled="Untitled",
    original="Original",
    link="Open the link",
    back="Back to the text",
    missing="[A picture is not in this book.] ",
    not_in_mirror="The mirror does not have it. ",
    not_fetched="It could not be fetched. ",
    unreadable="Its file cannot be read. ({reason}) ",
    rights="The rights in each article are its authors’ and its publisher’s.",
    all_text="All of the book is text, with navigable contents; its structure is marked up, so that screen readers can"
    " read it aloud.",
    all_described="Text with pictures, all of which have alternative text; with navigable contents; screen readers can"
    " read it aloud.",
    not_described="Text with pictures, some of which have no alternative text; with navigable contents; screen readers"
    " can read the text aloud.",
    between_names=", ",
    between_titles="; ",
    between_notes=" · ",
    colon=": ",
)

UNREADABLE = tuple(one.unreadable.partition("{reason}")[0] for one in (CHINESE, ENGLISH))
"""What is said of a picture whose file cannot be read begins with one of these."""


def of(language: str) -> Wording:
    """The words for readers of a language: English is what others are likeliest to know."""
    return CHINESE if language.partition("-")[0].lower() in _CHINESE else ENGLISH
