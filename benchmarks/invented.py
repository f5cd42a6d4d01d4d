"""The bodies of invented articles: stock phrases about a river, in the blocks that real pages have, and as often.

`PARTS` says in how many pages a kind of block stands and how often there, as counted over some 130,000 real pages. HTML
is laid out as the mirrors have it: every tag on a line of its own, one space deeper for each level.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

WHO = (
    "林禾", "柏小满", "简素", "乔木然", "康家的孩子", "渡口的船夫", "水文站的老师", "种榆树的人", "养鸭的姑姑", "邮差",
    "玛丽‧艾尔德（Mary Alder）", "修伞的师傅", "约翰‧里弗斯", "一名不愿具名的钓鱼人", "镇上的Wi-Fi管理员",
)  # fmt: skip
WHERE = (
    "河边", "井口", "渡口", "集市上", "榆树下", "水文站", "学校的操场", "石桥那头", "菜园里", "山脚",
    "Alder Creek镇", "旧磨坊", "第3号码头", "图书馆门前",
)  # fmt: skip
DID = (
    "看见一只青蛙", "把木船推下水", "数了三遍台阶", "记下今天的水位", "晒干了半篓薄荷", "修好漏雨的屋檐",
    "种下两排番茄", "借来一架旧望远镜", "补好一张渔网", "给石桥量了尺寸", "抄下《河湾志》的一页", "等最后一班渡船",
)  # fmt: skip
SAID = (
    "今年的水来得早", "这不是天气，是机器在打喷嚏", "过了夜就不是那个数字了", "先看看再说", "谁也不知道它怎么上来的",
    "路还长，慢慢走", "鸭子比我们先知道", "桥是给人走的，也是给人停的", "数字不会说谎，尺子会",
)  # fmt: skip
HEADS = (
    "水声", "鸟声", "土比肥要紧", "云的名字", "走过石桥", "渡口的早晨", "一把尺子量两次 数字还是不同", "谁在夜里开闸",
    "薄荷的三种晒法", "1. 涨水之前",
)  # fmt: skip
TAGS = ("榆树", "水文", "渡口", "青蛙", "番茄", "薄荷", "石桥", "望远镜", "集市", "Alder Creek", "河湾志", "旧磨坊")
NAMES = ("林禾", "柏小满", "简素", "乔木然", "宋知秋", "罗砚", "方晓庭", "叶青禾", "卫闻", "秦亦舟")
AGENCIES = ("（{name}／示例图片社）", "(Mary Alder/Example Images)", "（{name}提供）", "（公有领域）", "（网页截图）")
ASSETS = "https://i.epochtimes.com/assets/uploads/2022/05/"
TAILS = (
    (0.07, "《河湾纪事》制作组"),
    (0.04, "欢迎订阅YouTube频道："),
    (0.03, "──转自河湾周报"),
    (0.02, "本文只代表作者的观点和陈述。"),
    (0.004, "（待续）"),
)


def sentence(rng: random.Random) -> str:
    """One invented sentence, of some 25 characters."""
    who, where, did = rng.choice(WHO), rng.choice(WHERE), rng.choice(DID)
    match rng.randrange(6):
        case 0:
            return f"{who}在{where}{did}。"
        case 1:
            return f"“{rng.choice(SAID)}，”{who}说，“{rng.choice(SAID)}。”"
        case 2:
            return f"{rng.randrange(2, 28)}日清晨，{where}有{rng.randrange(2, 9000)}个人{did}，{who}也在里面。"
        case 3:
            return f"后来{who}又到{where}，{did}，直到天黑（{rng.randrange(1, 12)}点）。"
        case 4:
            metres, year = rng.randrange(10, 999) / 10, rng.randrange(1950, 2020)
            return f"{where}的水位是{metres}米，比{year}年低了{rng.randrange(1, 60)}%。"
        case _:
            return f"{who}表示，{rng.choice(SAID)}；{rng.choice(SAID)}。"


def sentences(rng: random.Random) -> str:
    """The text of one paragraph: mostly some 80 characters, seldom over 250."""
    return "".join([sentence(rng) for _ in range(min(12, 1 + int(rng.gammavariate(2.3, 1.05))))])


def indented(text: str, depth: int) -> str:
    """Lines, so many spaces deeper."""
    spaces = " " * depth
    return "".join([f"{spaces}{line}\n" for line in text.split("\n")])


@dataclass(frozen=True, slots=True)
class Page:
    """What the blocks of one page share: its random numbers, its own number, its tags, and its habits within a line."""

    rng: random.Random
    number: int
    tags: Sequence[str]
    habits: frozenset[str]


def link(address: str, text: str) -> str:
    """A link under the name that the mirrors give to it."""
    return f'<ok href="{address}">\n {text}\n</ok>'


def paragraph(page: Page, opening: str = "") -> str:
    """One paragraph, with what stands within its lines: links to tags, bold, emphasis, spans."""
    rng = page.rng
    lines = [opening + sentences(rng)]
    if page.tags and rng.random() < 0.25:
        tag = rng.choice(page.tags)
        # The mirrors' linker cuts words in two.
        before = rng.choice(("", "老", "就在", "说起"))
        lines[0] += before
        lines += [link(f"https://www.epochtimes.com/gb/tag/{quote(tag)}.html", tag), "的事，" + sentence(rng)]
    if page.habits:
        for habit, (_, chance, write) in HABITS.items():
            if habit in page.habits and rng.random() < chance:
                lines += [write(rng), sentence(rng)]
    return "<p>\n" + indented("\n".join(lines), 1) + "</p>"


def _marked(name: str) -> Callable[[random.Random], str]:
    return lambda rng: f"<{name}>\n {rng.choice(SAID)}\n</{name}>"


def _reference(rng: random.Random) -> str:
    address = rng.choice(("https://river.example/{}.html", "https://www.epochtimes.com/gb/19/5/2/n{}.htm?a=1&amp;b=2"))
    return link(address.format(rng.randrange(10_000_000)), rng.choice(("记录", "Alder Creek Gazette", "调查报告")))


# Name: in how many pages, in how many of their paragraphs, and what.
HABITS: dict[str, tuple[float, float, Callable[[random.Random], str]]] = {
    "bold": (0.05, 0.2, _marked("b")),
    "strong": (0.03, 0.2, _marked("strong")),
    "emphasis": (0.07, 0.11, _marked("em")),
    "references": (0.2, 0.1, _reference),
    "spans": (0.04, 0.2, lambda rng: f'<span class="s1">\n {sentence(rng)}\n</span>'),
    "spaces": (0.12, 0.05, lambda rng: f"见\u00a0{rng.choice(HEADS)}\u00a0一节。"),
    "line breaks": (0.15, 0.1, lambda rng: "<br/>"),
}


def heading(page: Page) -> str:
    """A subhead, as most pages have it; in pages that are fond of bold it is bold as well."""
    text = page.rng.choice(HEADS)
    return f"<h4>\n <b>\n  {text}\n </b>\n</h4>" if "bold" in page.habits else f"<h4>\n {text}\n</h4>"


def deep_heading(page: Page) -> str:
    """A subhead of the other level."""
    return f"<h3>\n {page.rng.choice(HEADS)}\n</h3>"


def bold_line(page: Page) -> str:
    """A subhead that is a bold paragraph."""
    return f"<p>\n <b>\n  {page.rng.choice(HEADS)}\n </b>\n</p>"


def credit(rng: random.Random) -> str:
    """Who made a picture."""
    return rng.choice(AGENCIES).format(name=rng.choice(NAMES))


def figure(page: Page) -> str:
    """A picture with a link to the large one, its caption and credit."""
    name = f"id{page.number}-{page.rng.randrange(100_000)}"
    return (
        f'<figure aria-describedby="caption-{name}" class="wp-caption alignnone" style="width: 600px">\n'
        f' <ok href="{ASSETS}{name}.jpg" target="_blank">\n'
        f'  <img alt="" class="size-large" src="{ASSETS}{name}-600x400.jpg"/>\n </ok>\n'
        f' <br/><figcaption class="wp-caption-text" id="caption-{name}">\n'
        f"  {sentence(page.rng)}{credit(page.rng)}\n </figcaption><br/>\n</figure><br/>"
    )


def picture(page: Page) -> str:
    """A picture in a paragraph, with its caption in the next cell of a layout table."""
    name = f"/i6/{page.rng.randrange(10**9)}"
    return (
        '<table border="0" cellpadding="3" width="100%">\n <tr>\n  <td align="center">\n'
        f'   <ok href="{name}.jpg">\n    <img src="{name}--ss.jpg"/>\n   </ok>\n  </td>\n </tr>\n'
        f' <tr>\n  <td align="center">\n   <span class="bn12">\n    {sentence(page.rng)}{credit(page.rng)}\n'
        "   </span>\n  </td>\n </tr>\n</table>"
    )


def table(page: Page) -> str:
    """A table of figures."""
    rows = [("地点", "水位（米）", "人数")]
    rows += [(name, str(page.rng.randrange(99) / 10), str(page.rng.randrange(900))) for name in WHERE[:5]]
    cells = ["".join(f"  <td>\n   {cell}\n  </td>\n" for cell in row) for row in rows]
    return '<table border="1" width="400">\n' + "".join(f" <tr>\n{row} </tr>\n" for row in cells) + "</table>"


def list_(page: Page) -> str:
    """A list."""
    items = "".join(f" <li>\n  {sentence(page.rng)}\n </li>\n" for _ in range(page.rng.randrange(2, 7)))
    return f"<ul>\n{items}</ul>"


def numbered_line(page: Page) -> str:
    """A paragraph that begins as an item of a list does."""
    mark = page.rng.choice(("1. ", "2、", "• ", "► ", "◆", "3）"))
    return f"<p>\n {mark}{sentence(page.rng)}\n</p>"


def quotation(page: Page) -> str:
    """What somebody posted elsewhere, as it is embedded."""
    number = page.rng.randrange(10**18)
    posted = link(f"https://twitter.com/alder/status/{number}?ref_src=twsrc%5Etfw", "May 5, 2022")
    return (
        '<blockquote class="twitter-tweet">\n <p dir="ltr" lang="en">\n  The river is up again, and nobody opened the'
        f" gate\n </p>\n <p>\n  — Mary Alder (@alder)\n{indented(posted, 2)} </p>\n</blockquote>"
    )


def verse(page: Page) -> str:
    """A paragraph of lines."""
    lines = "\n <br/>\n ".join(f"{page.rng.choice(SAID)}，" for _ in range(page.rng.randrange(4, 24)))
    return f"<p>\n {lines}\n</p>"


def bare_text(page: Page) -> str:
    """Text that stands in no paragraph."""
    return sentences(page.rng)


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of block: the share of pages that have it, how many there are then for each paragraph, and its writer."""

    share: float
    often: float
    write: Callable[[Page], str]


PARTS: dict[str, Part] = {
    "subheads": Part(0.38, 0.15, heading),
    "other subheads": Part(0.03, 0.2, deep_heading),
    "bold lines": Part(0.045, 0.12, bold_line),
    "figures": Part(0.17, 0.14, figure),
    "pictures": Part(0.005, 0.05, picture),
    "tables": Part(0.007, 0.02, table),
    "lists": Part(0.006, 0.03, list_),
    "numbered lines": Part(0.047, 0.18, numbered_line),
    "quotations": Part(0.013, 0.04, quotation),
    "verses": Part(0.022, 0.15, verse),
    "bare text": Part(0.03, 0.04, bare_text),
    "unclosed paragraphs": Part(0.04, 0.05, lambda page: f"<p>\n {sentences(page.rng)}"),
    "gaps": Part(0.028, 0.03, lambda page: '<div class="video_fit_container">\n</div>'),
    "centres": Part(0.066, 0.04, lambda page: "<p>\n <center>\n </center>\n</p>"),
    "empty paragraphs": Part(0.1, 0.04, lambda page: "<p>\n</p>"),
}


def body(page: Page, opening: str, middle: float, more: Mapping[str, float]) -> list[str]:
    """The blocks of a body, each without its indentation.

    opening: what stands before the first sentence. middle: half of the pages have more paragraphs than two and these.
    more: shares of `PARTS` that are other than there.
    """
    rng = page.rng
    # Real lengths spread as a lognormal distribution does, with a few that are much longer.
    count = 2 + min(900, round(rng.lognormvariate(math.log(middle), 0.78)))
    blocks = [[paragraph(page)] for _ in range(count)]
    blocks[0] = [paragraph(page, opening)]
    for name, part in PARTS.items():
        if rng.random() < more.get(name, part.share):
            for _ in range(max(1, round(count * part.often))):
                blocks[rng.randrange(count)].append(part.write(page))
    found = [block for some in blocks for block in some]
    return found + [_tail(line) for share, line in TAILS if rng.random() < share]


def _tail(line: str) -> str:
    """A closing line that is no part of the article, as pages end with."""
    if line.endswith("："):
        line += "\n" + link("https://www.youtube.com/@river", "https://www.youtube.com/@river")
    return "<p>\n" + indented(line, 1) + "</p>"


def page_of(rng: random.Random, number: int, tagged: float) -> Page:
    """The shared facts of one page.

    tagged: the share of pages that have links to tags.
    """
    tags = rng.sample(TAGS, rng.randrange(1, 7)) if rng.random() < tagged else []
    return Page(rng, number, tags, frozenset(name for name, (share, _, _) in HABITS.items() if rng.random() < share))
