"""A synthetic mirror: any number of invented articles in the shapes and sizes of real ones, the same for one seed.

    python -m benchmarks.synthetic DIR [--articles N] [--seed S] [--change N]

Shares are those counted over some 130,000 real pages; sizes are those of 4,000 of them, weighted to the same shares.
Half of the files are smaller than 6.5 KB, a tenth are larger than 15.5 KB, the mean is 8.5 KB, the largest have some
250 KB. A fifth of the articles repeat in two to six channels: most such copies are the same bytes, a third name their
own place in a tracker, some have another text or title. Four fifths of the files are news in twelve channels; the
others are comment, special topics, and pages of the `minghui` family with paragraphs that nest. The first files are the
same, however many more there are, and any number of them spreads over all years.
"""

from __future__ import annotations

import argparse
import datetime
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.invented import ASSETS, DID, NAMES, WHERE, WHO, body, credit, indented, page_of, sentence

MOST = 1_000_000  # files: beyond, addresses of the `minghui` family would have more digits than real ones
SLOTS = 2_250_000  # addresses of a family's articles in the order of their dates
STEP = 1_390_583  # has no divisor in common with SLOTS: no two articles share a slot, and any number spreads evenly


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One kind of pages.

    weight: how many articles of a thousand are of it. channels: their names and weights by their folders.
    first, days: when it was published. number, apart: of the first day's address, and how far neighbours are apart.
    middle, more: of `benchmarks.invented.body`.
    lead, byline, tagged, columns, repeated: shares of the pages with a lead picture, with a byline, with tags, with the
    other kind of container, and of the articles in several channels.
    """

    weight: int
    channels: Mapping[str, tuple[str, int]]
    first: datetime.date
    days: int
    number: int
    apart: int = 0
    middle: float = 0
    lead: float = 0
    byline: float = 0
    tagged: float = 0
    columns: float = 0
    repeated: float = 0
    more: Mapping[str, float] = field(default_factory=dict)


NEWS = Family(
    weight=758,
    channels={
        "ncid1349361": ("下游新闻", 196), "ncid277": ("河湾要闻", 175), "ncid1078159": ("上游新闻", 158),
        "ncid1078160": ("上游社会", 91), "ncid283": ("集市", 81), "nf1412576": ("两岸往来", 79),
        "ncid280": ("水文", 75), "ncid1349362": ("湖区新闻", 71), "ncid1078158": ("上游集市", 53),
        "ncid282": ("社会万象", 46), "ncid278": ("学校", 33), "ncid279": ("聚会", 6),
    },
    first=datetime.date(2020, 1, 1), days=1400, number=11_780_000, apart=1, middle=14,
    lead=0.78, byline=0.72, tagged=0.98, columns=0.15, repeated=0.27, more={"bold lines": 0.005},
)  # fmt: skip
COMMENT = Family(
    weight=143,
    channels={"nsc1025": ("随笔", 5), "nsc993": ("诗页", 2), "nsc1035": ("书评", 3)},
    first=datetime.date(2006, 1, 1), days=5000, number=1_200_000, apart=4, middle=20,
    lead=0.58, tagged=0.92, columns=0.05,
    more={"bold lines": 0.16, "subheads": 0.25, "verses": 0.08, "tables": 0.01},
)  # fmt: skip
SPECIAL = Family(
    weight=71,
    channels={"nf4379": ("老榆树专题", 1), "nf4386": ("石桥专题", 1)},
    first=datetime.date(2006, 6, 1), days=5000, number=1_200_002, apart=4, middle=26,
    lead=0.52, byline=0.3, tagged=0.92, columns=0.17,
    more={"bold lines": 0.4, "subheads": 0.29, "figures": 0.25, "tables": 0.02, "pictures": 0.04},
)  # fmt: skip
NESTED = Family(
    weight=28, channels={"78": ("", 2), "73": ("", 1)}, first=datetime.date(2000, 1, 1), days=7600, number=100_000
)
FAMILIES = (NEWS, COMMENT, SPECIAL, NESTED)
TIMES = ((2, 630), (3, 270), (4, 80), (5, 15), (6, 5))  # channels of an article that has several, and how many do
NAVIGATION = (
    "#### [首页](../../../..?{id}) &nbsp;|&nbsp; [评论](../../../../../epoch-comment?{id}) &nbsp;|&nbsp; "
    "[专题](../../../../../epoch-special?{id}) &nbsp;|&nbsp; [禁闻](../../../../../epoch-news?{id}) &nbsp;|&nbsp; "
    "[禁书](../../../../../books?{id}) &nbsp;|&nbsp; "
    "[翻墙](https://github.com/gfw-breaker/nogfw/blob/master/README.md?{id})"
)
TRACKER = "\n\n\n<img src='http://gfw-breaker.win/epoch-news/pages/{path}' width='0px' height='0px'/>"
SHARE = (
    "<hr/>\n手机上长按并复制下列链接或二维码分享本文章：<br/>\nhttps://mirror.example/pages/{path} <br/>\n"
    "<a href='https://mirror.example/pages/{path}'><img src='https://mirror.example/pages/{path}.png'/></a> <br/>\n"
    "原文地址（需翻墙访问）：{address}\n\n\n------------------------\n#### [首页](../..) &nbsp;|&nbsp; [Web代理](x)\n"
)
BELOW = ' <div id="below_article_ad">\n </div>\n'
NUMERALS = "零一二三四五六七八九"
EDITOR = " <p>\n  责任编辑："
CLOSING = " <!-- article content end -->"
ENDS = (EDITOR, CLOSING, "\n</div>\n\n<hr/>")  # what follows the last paragraph of a body


def article(seed: int, index: int) -> Iterator[tuple[str, str]]:
    """Path below `pages/` and text of one article, then those of its copies in other channels.

    seed, index: all that it depends on.
    """
    rng = random.Random(f"{seed} {index}")
    family = rng.choices(FAMILIES, [one.weight for one in FAMILIES])[0]
    slot = index * STEP % SLOTS
    day = family.first + datetime.timedelta(days=slot * family.days // SLOTS)
    count = rng.choices(*zip(*TIMES, strict=True))[0] if rng.random() < family.repeated else 1
    channels = _channels(rng, family, count)
    if family is NESTED:
        yield nested_page(rng, f"{channels[0]}/{family.number + index}.md", family.number + index, day)
        return
    number = family.number + slot * family.apart
    paths = [f"{channel}/n{number}.md" for channel in channels]
    tracked = rng.random() < (0.37 if family is NEWS else 0)
    title, text = page(rng, number, day, family)
    for path in paths:
        tracker = TRACKER.format(path=path) if tracked else ""
        yield path, text.replace("{tracker}", tracker)
        # The next copy: what was published meanwhile is another text, or has another title.
        chance = rng.random()
        if chance < 0.045:
            text = _with(text, f" <p>\n  {sentence(rng)}\n </p>\n")
        elif chance < 0.06:
            text = text.replace(title, f"{title}（更新）", 1)


def _channels(rng: random.Random, family: Family, count: int) -> list[str]:
    """So many different channels of a family, by their weights."""
    names, weights = list(family.channels), [weight for _, weight in family.channels.values()]
    found: dict[str, None] = {}
    while len(found) < count:
        found[rng.choices(names, weights)[0]] = None
    return list(found)


def page(rng: random.Random, number: int, day: datetime.date, family: Family) -> tuple[str, str]:
    """The title and the text of one page of the epoch family, with `{tracker}` where a tracker may stand."""
    id_, author = f"n{number}", rng.choice(NAMES)
    title = f"{rng.choice(WHO)}{rng.choice(DID)} {rng.choice(WHERE)}第{rng.randrange(1, 977)}回"
    if family is COMMENT and rng.random() < 0.68:
        title = f"{author}：{title}"
    opening = f"【大纪元{day:%Y年%m月%d日}讯】"
    if rng.random() < family.byline:
        opening += f"（大纪元记者{author}{rng.choice(['综合', '纽约', '台湾台北', '采访'])}报导）"
    column = rng.random() < family.columns
    lead = _lead(rng, number, title) if rng.random() < family.lead else ""
    blocks = body(page_of(rng, number, family.tagged), opening, family.middle, family.more)
    editor = f"{EDITOR}{rng.choice(NAMES)}{rng.choice(['', '#', '＃', ' #', '◇'])}\n </p>\n"
    if rng.random() > (0.99 if family is NEWS else 0.8):
        editor = ""
    return title, (
        f"### {title}\n\n---\n\n{NAVIGATION.format(id=id_)}\n\n\n{lead}"
        f'<div class="{"column" if column else "post_content"}" id="artbody" itemprop="articleBody">\n'
        f" <!-- article content begin -->\n{''.join([indented(block, 1) for block in blocks])}{editor}{CLOSING}\n"
        f"{'' if column else BELOW}</div>{{tracker}}\n\n---\n\n"
        f"原文链接（需翻墙）：https://www.epochtimes.com/gb/{day:%y}/{day.month}/{day.day}/{id_}.htm"
    )


def _lead(rng: random.Random, number: int, title: str) -> str:
    """The picture above the body, with its caption and credit."""
    return (
        f'<div><img alt="{title}" class="attachment-djy_600_400 size-djy_600_400 wp-post-image" '
        f'src="{ASSETS}id{number}-600x400.jpg"/>\n<div class="caption">\n {sentence(rng)}{credit(rng)}\n'
        "</div></div><hr/>"
    )


def nested_page(rng: random.Random, path: str, number: int, day: datetime.date) -> tuple[str, str]:
    """The path and the text of one page of the minghui family, whose paragraphs nest: hundreds deep in the longest."""
    year = "".join(NUMERALS[int(digit)] for digit in str(day.year))
    opening = f"【明慧网{year}年{_numeral(day.month)}月{_numeral(day.day)}日】"
    depth = max(2, min(280, round(rng.lognormvariate(2.85, 0.9))))
    paragraphs = [f"{' ' * at}<p>\n{' ' * at} {_nested_text(rng, at)}\n" for at in range(1, depth + 1)]
    closing = "".join([f"{' ' * at}</p>\n" for at in range(depth, 0, -1)])
    address = f"http://www.minghui.org/mh/articles/{day.year}/{day.month}/{day.day}/河湾的事-{number}.html"
    return path, (
        f"### {rng.choice(WHO)}{rng.choice(DID)}（第{rng.randrange(1, 977)}回）\n------------------------\n\n"
        "#### [首页](../..) &nbsp;&nbsp;|&nbsp;&nbsp; [法轮功真相](x)\n\n\n"
        f'<div class="ar_articleContent" id="ar_bArticleContent">\n {opening}{sentence(rng)}\n'
        f"{''.join(paragraphs)}{closing.rstrip()}\n</div>\n\n{SHARE.format(path=path, address=address)}"
    )


def _numeral(number: int) -> str:
    """A number below 100 in Chinese, as dates have it."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else NUMERALS[tens]) + ("十" if tens else "") + (NUMERALS[ones] if ones else "")


def _nested_text(rng: random.Random, depth: int) -> str:
    """A paragraph's text; one in seven has a link to the glossary, one in sixteen is a bold line."""
    text = "".join([sentence(rng) for _ in range(rng.randrange(1, 9))])
    spaces = " " * (depth + 1)
    match rng.randrange(48):
        case 0 | 1 | 2 | 3 | 4 | 5 | 6:
            address = f"http://www.minghui.org/mh/glossary.html#{rng.randrange(1, 40)}"
            return f'{text}有\n{spaces}<ok href="{address}">\n{spaces} 榆树\n{spaces}</ok>\n{spaces}的地方。'
        case 7 | 8 | 9:
            return f"<b>\n{spaces} {rng.choice(WHERE)}的故事\n{spaces}</b>"
    return text


def pages(articles: int, seed: int) -> Iterator[tuple[str, str]]:
    """Paths below `pages/` and texts of so many files; copies in other channels count among them.

    Raises ValueError for more files than there are addresses.
    """
    if articles > MOST:
        raise ValueError(f"articles: {articles:,}; expected at most {MOST:,}; ask for fewer, or for several mirrors")
    made = index = 0
    while made < articles:
        for path, text in article(seed, index):
            if made < articles:
                yield path, text
                made += 1
        index += 1


def write_mirror(folder: Path, articles: int, seed: int = 1) -> int:
    """Write a mirror into a folder; returns how many bytes its articles have. Raises ValueError as `pages` does."""
    total = 0
    (folder / "scripts").mkdir(parents=True, exist_ok=True)
    names = {id_: name for family in FAMILIES for id_, (name, _) in family.channels.items()}
    index = "".join(f"{id_},{name}\n" for id_, name in names.items() if name)
    (folder / "scripts" / "index.csv").write_text(index, encoding="utf-8")
    (folder / "README.md").write_text("# 河湾的镜像\n", encoding="utf-8")
    for id_ in names:
        (folder / "pages" / id_).mkdir(parents=True, exist_ok=True)
    for path, text in pages(articles, seed):
        data = text.encode()
        (folder / "pages" / path).write_bytes(data)
        total += len(data)
    return total


def change(folder: Path, count: int, seed: int = 1) -> list[str]:
    """Change the texts of so many articles of a mirror in place: a paragraph of one sentence is added to each body.

    folder: the mirror, as `write_mirror` made it, or a real one of these families. seed: which articles, and what is
    added; of an article with copies one file changes.
    Returns the paths below the folder, with slashes, in order. Raises ValueError where there are not so many articles.
    """
    files = {path.stem: path for path in sorted(folder.glob("**/pages/*/*.md"), reverse=True)}
    rng = random.Random(f"change {seed}")
    candidates = [files[stem] for stem in sorted(files)]
    rng.shuffle(candidates)
    changed: list[str] = []
    for path in candidates:
        if len(changed) == count:
            break
        text = path.read_bytes().decode("utf-8")
        longer = _with(text, f" <p>\n  {sentence(rng)}\n </p>\n")
        if longer != text:
            path.write_bytes(longer.encode("utf-8"))
            changed.append(path.relative_to(folder).as_posix())
    if len(changed) < count:
        raise ValueError(f"{folder}: {len(changed)} articles; expected {count} to change; ask for fewer")
    return sorted(changed)


def _with(text: str, block: str) -> str:
    """A page's text with one block more at the end of its body; the same text where no end is known."""
    for end in ENDS:
        at = text.rfind(end)
        if at >= 0:
            return f"{text[:at]}{block if end[0] == ' ' else chr(10) + block.rstrip()}{text[at:]}"
    return text


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a mirror, or change one, and say what it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--articles", type=int, default=10_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument(
        "--change", type=int, default=0, metavar="N", help="change N articles of the mirror that is there"
    )
    options = parser.parse_args(arguments)
    try:
        if options.change:
            print(*change(options.folder, options.change, options.seed), sep="\n")
            return
        total = write_mirror(options.folder, options.articles, options.seed)
    except ValueError as error:
        parser.error(str(error))
    print(f"{options.articles:,} files of {total // max(1, options.articles):,} bytes on average in {options.folder}")


if __name__ == "__main__":
    main()
