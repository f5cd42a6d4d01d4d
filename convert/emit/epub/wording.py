"""The words that a book itself says, in Chinese like its articles."""

from __future__ import annotations

import datetime

from convert.volumes import spoken

CONTENTS = "目录"
COVER = "封面"
BODY = "正文"
LANDMARKS = "导览"
UNTITLED = "无题"
ORIGINAL = "原文"
LINK = "打开链接"
BACK = "返回正文"
MISSING = "［图片未收入本书］"
NOT_IN_MIRROR = "镜像中没有这张图片。"
NOT_FETCHED = "没有取到这张图片。"
UNREADABLE = "图片文件无法读取。"
RIGHTS = "各篇文章的版权归其作者与发布者所有。"


def span(first: datetime.date | None, last: datetime.date | None) -> str:
    """The days from the first to the last, without saying twice what they share; empty where there are none."""
    if first is None or last is None:
        return ""
    if first == last:
        return spoken(first)
    if first.year != last.year:
        return f"{spoken(first)}—{spoken(last)}"
    if first.month != last.month:
        return f"{spoken(first)}—{last.month}月{last.day}日"
    return f"{spoken(first)}—{last.day}日"


def articles(count: int) -> str:
    """How many articles there are."""
    return f"共{count}篇"


def translated(names: str) -> str:
    """Who translated."""
    return f"{names} 编译"


def edited(names: str) -> str:
    """Who edited."""
    return f"责任编辑：{names}"


def continued(title: str, number: int, count: int) -> str:
    """The title of a later part of a long article."""
    return f"{title}（{number}/{count}）"


def accessibility(pictures: bool, described: bool) -> str:
    """A sentence on who can read the book, and how."""
    if not pictures:
        return "全书为文字，附可导航的目录；结构标记完整，可由读屏软件朗读。"
    if described:
        return "文字配有图片，图片均有替代文字；附可导航的目录，可由读屏软件朗读。"
    return "文字配有图片，部分图片没有替代文字；附可导航的目录，文字可由读屏软件朗读。"
