"""A synthetic mirror: any number of invented articles in the shapes and sizes of real ones, the same for one seed.

    python -m benchmarks.synthetic DIR [--articles N] [--seed S]

Files are some 7 KB on average; a sixth of them repeat in another channel, as in real mirrors; most pages are of the
`epoch` family, a few of the `minghui` family with nested paragraphs. The text is made of stock phrases about a river.
"""

from __future__ import annotations

import argparse
import datetime
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

CHANNELS = {
    "ncid277": "河湾要闻", "ncid278": "水文", "ncid280": "学校", "ncid282": "社会万象", "ncid283": "集市",
    "nsc1025": "随笔", "nsc1035": "书评", "nf4379": "老榆树专题",
}  # fmt: skip
WHO = [
    "林禾",
    "柏小满",
    "简素",
    "乔木然",
    "康家的孩子",
    "渡口的船夫",
    "水文站的老师",
    "种榆树的人",
    "养鸭的姑姑",
    "邮差",
]
WHERE = ["河边", "井口", "渡口", "集市上", "榆树下", "水文站", "学校的操场", "石桥那头", "菜园里", "山脚"]
DID = [
    "看见一只青蛙",
    "把木船推下水",
    "数了三遍台阶",
    "记下今天的水位",
    "晒干了半篓薄荷",
    "修好漏雨的屋檐",
    "种下两排番茄",
    "借来一架旧望远镜",
]
SAID = [
    "今年的水来得早",
    "这不是天气，是机器在打喷嚏",
    "过了夜就不是那个数字了",
    "先看看再说",
    "谁也不知道它怎么上来的",
    "路还长，慢慢走",
]
TAGS = ["榆树", "水文", "渡口", "青蛙", "番茄", "薄荷", "石桥", "望远镜", "集市", "Alder Creek"]
HEADS = ["水声", "鸟声", "土比肥要紧", "云的名字", "走过石桥", "渡口的早晨"]
NAMES = ["林禾", "柏小满", "简素", "乔木然", "宋知秋", "罗砚"]
NAVIGATION = (
    "#### [首页](../../../..?{id}) &nbsp;|&nbsp; [评论](../../../../../epoch-comment?{id}) &nbsp;|&nbsp; "
    "[专题](../../../../../epoch-special?{id}) &nbsp;|&nbsp; [禁闻](../../../../../epoch-news?{id}) &nbsp;|&nbsp; "
    "[禁书](../../../../../books?{id}) &nbsp;|&nbsp; "
    "[翻墙](https://github.com/gfw-breaker/nogfw/blob/master/README.md?{id})"
)
TRACKER = "<img src='http://gfw-breaker.win/epoch-news/{path}' width='0px' height='0px'/>"
SHARE = (
    "<hr/>\n手机上长按并复制下列链接或二维码分享本文章：<br/>\nhttps://mirror.example/pages/{path} <br/>\n"
    "<a href='https://mirror.example/pages/{path}'><img src='https://mirror.example/pages/{path}.png'/></a> <br/>\n"
    "原文地址（需翻墙访问）：{address}\n\n\n------------------------\n#### [首页](../..) &nbsp;|&nbsp; [Web代理](x)\n"
)
NUMERALS = "零一二三四五六七八九"


def sentence(rng: random.Random) -> str:
    """One invented sentence."""
    who, where, did = rng.choice(WHO), rng.choice(WHERE), rng.choice(DID)
    match rng.randrange(4):
        case 0:
            return f"{who}在{where}{did}。"
        case 1:
            return f"“{rng.choice(SAID)}，”{who}说，“{rng.choice(SAID)}。”"
        case 2:
            return f"{rng.randrange(2, 28)}日清晨，{where}有{rng.randrange(2, 900)}个人{did}，{who}也在里面。"
        case _:
            return f"后来{who}又到{where}，{did}，直到天黑（{rng.randrange(1, 12)}点）。"


def paragraph(rng: random.Random, tags: Sequence[str]) -> str:
    """One paragraph as the mirrors print it: a line break at every tag."""
    lines = ["".join(sentence(rng) for _ in range(rng.randrange(1, 6)))]
    if tags and rng.random() < 0.45:
        tag = rng.choice(tags)
        lines += [
            f'<ok href="https://www.epochtimes.com/gb/tag/{quote(tag)}.html">', f" {tag}", "</ok>",
            "的事，" + sentence(rng),
        ]  # fmt: skip
    if rng.random() < 0.06:
        lines += ["<b>", f" {rng.choice(SAID)}", "</b>", "。" + sentence(rng)]
    return " <p>\n" + "".join(f"  {line}\n" for line in lines) + " </p>\n"


def figure(rng: random.Random, number: int) -> str:
    """A picture with its caption and credit."""
    address = f"https://i.epochtimes.com/assets/uploads/2022/05/id{number}-{rng.randrange(10_000)}-600x400.jpg"
    return (
        f' <figure class="wp-caption">\n  <img src="{address}"/>\n  <br/>\n  <figcaption class="wp-caption-text">\n'
        f"   {sentence(rng)}（{rng.choice(NAMES)}／示例图片社）\n  </figcaption>\n </figure>\n"
    )


def body(rng: random.Random, number: int, tags: Sequence[str], opening: str) -> str:
    """The body between the envelope's lines."""
    parts = [f" <p>\n  {opening}{sentence(rng)}\n </p>\n"]
    for _ in range(max(3, round(rng.lognormvariate(2.75, 0.45)))):
        if rng.random() < 0.09:
            parts.append(f" <h4>\n  {rng.choice(HEADS)}\n </h4>\n")
        if rng.random() < 0.05:
            parts.append(figure(rng, number))
        parts.append(paragraph(rng, tags))
    return "".join(parts)


def epoch_page(rng: random.Random, number: int, day: datetime.date, channel: str) -> tuple[str, str]:
    """The path and the text of one page of the epoch family."""
    id_ = f"n{number}"
    path = f"{channel}/{id_}.md"
    title = f"{rng.choice(WHO)}{rng.choice(DID)} {rng.choice(WHERE)}第{number % 977}回"
    author = rng.choice(NAMES)
    tags = rng.sample(TAGS, rng.randrange(0, 5))
    opening = f"【大纪元{day:%Y年%m月%d日}讯】" + (f"（大纪元记者{author}综合报导）" if rng.random() < 0.75 else "")
    lead = ""
    if rng.random() < 0.74:
        lead = (
            f'<div><img alt="{title}" class="wp-post-image" src="https://i.epochtimes.com/assets/uploads/2022/05/'
            f'id{number}-600x400.jpg"/>\n<div class="caption">\n {sentence(rng)}（{author}／示例图片社）\n'
            "</div></div><hr/>"
        )
    editor = f" <p>\n  责任编辑：{rng.choice(NAMES)}{rng.choice(['', '#', '＃', ' #', '◇'])}\n </p>\n"
    tracker = "\n\n\n" + TRACKER.format(path=path) if rng.random() < 0.37 else ""
    text = (
        f"### {title}\n\n---\n\n{NAVIGATION.format(id=id_)}\n\n\n{lead}"
        '<div class="post_content" id="artbody" itemprop="articleBody">\n <!-- article content begin -->\n'
        f"{body(rng, number, tags, opening)}{editor}"
        ' <!-- article content end -->\n <div id="below_article_ad">\n </div>\n</div>'
        f"{tracker}\n\n---\n\n原文链接（需翻墙）：https://www.epochtimes.com/gb/{day:%y}/{day.month}/{day.day}/{id_}.htm"
    )
    return path, text


def minghui_page(rng: random.Random, number: int, day: datetime.date) -> tuple[str, str]:
    """The path and the text of one page of the minghui family, whose paragraphs nest."""
    path = f"78/{number}.md"
    year = "".join(NUMERALS[int(digit)] for digit in str(day.year))
    opening = f"【明慧网{year}年{NUMERALS[1 + day.month % 9]}月{NUMERALS[1 + day.day % 9]}日】"
    paragraphs = [f"<p>\n{' ' * (depth % 40)}{sentence(rng)}{sentence(rng)}\n" for depth in range(rng.randrange(8, 40))]
    address = f"http://www.minghui.org/mh/articles/{day.year}/{day.month}/{day.day}/河湾的事-{number}.html"
    text = (
        f"### {rng.choice(WHO)}{rng.choice(DID)}（第{number % 977}回）\n------------------------\n\n"
        "#### [首页](../..) &nbsp;&nbsp;|&nbsp;&nbsp; [法轮功真相](x)\n\n\n"
        f'<div class="content" id="ar_bArticleContent">\n<p>\n {opening}{sentence(rng)}\n'
        f"{''.join(paragraphs)}{'</p>' * (len(paragraphs) + 1)}\n</div>\n\n{SHARE.format(path=path, address=address)}"
    )
    return path, text


def pages(articles: int, seed: int) -> Iterator[tuple[str, str]]:
    """Paths below `pages/` and texts of so many files; copies in other channels count among them."""
    rng = random.Random(seed)
    first = datetime.date(2020, 1, 1)
    made = 0
    while made < articles:
        number = 10_000_000 + made
        day = first + datetime.timedelta(days=made * 1400 // max(articles, 1))
        if rng.random() < 0.03:
            yield minghui_page(rng, 300_000 + made, day)
            made += 1
            continue
        channels = rng.sample(list(CHANNELS), 2)
        path, text = epoch_page(rng, number, day, channels[0])
        yield path, text
        made += 1
        if made < articles and rng.random() < 0.19:
            yield path.replace(channels[0], channels[1], 1), text
            made += 1


def write_mirror(folder: Path, articles: int, seed: int = 1) -> int:
    """Write a mirror into a folder; returns how many bytes its articles have."""
    total = 0
    (folder / "scripts").mkdir(parents=True, exist_ok=True)
    index = "".join(f"{id_},{name}\n" for id_, name in CHANNELS.items())
    (folder / "scripts" / "index.csv").write_text(index, encoding="utf-8")
    (folder / "README.md").write_text("# 河湾的镜像\n", encoding="utf-8")
    for path, text in pages(articles, seed):
        file = folder / "pages" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode()
        file.write_bytes(data)
        total += len(data)
    return total


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a mirror and say what it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--articles", type=int, default=10_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    options = parser.parse_args(arguments)
    total = write_mirror(options.folder, options.articles, options.seed)
    print(f"{options.articles:,} files of {total // max(1, options.articles):,} bytes on average in {options.folder}")


if __name__ == "__main__":
    main()
