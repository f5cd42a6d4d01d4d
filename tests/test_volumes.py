"""Which articles make which volume."""

from __future__ import annotations

import datetime
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convert.errors import ConfigError
from convert.volumes import Collection, Member, Volume, Window, plan_volumes, split_volume
from convert.where import FIELDS, parse_where

DAY = datetime.date(2021, 7, 14)


def member(number: int, day: datetime.date | None = DAY, **fields: Any) -> Member:
    """An invented article."""
    known: dict[str, Any] = {
        "publisher": "示例报",
        "channel": "c1",
        "categories": ("要闻",),
        "mirror": "sample",
        "title": "题",
        "date": day,
        "id": f"n{number}",
    }
    facts = {name: value for name, value in {**known, **fields}.items() if value not in ("", (), None)}
    return Member(f"sample/c1/n{number}.md", facts)


def days(count: int, start: datetime.date = datetime.date(2021, 7, 1), each: int = 1) -> list[Member]:
    """Articles on consecutive days, `each` of them a day."""
    return [member(n, start + datetime.timedelta(days=n // each)) for n in range(count * each)]


def names(volumes: list[Volume]) -> list[str]:
    """The volumes' file names without folder and suffix."""
    return [volume.file.removeprefix("epub/").removesuffix(".epub") for volume in volumes]


@st.composite
def member_fields(draw: st.DrawFn) -> dict[str, Any]:
    """What an article of two publishers and three channels over two months is known by; some know little."""
    many = st.lists(st.sampled_from(["茶", "桥", "船"]), max_size=2, unique=True).map(tuple)
    offset = draw(st.none() | st.integers(0, 61))
    return {
        "day": None if offset is None else datetime.date(2021, 6, 20) + datetime.timedelta(days=offset // 2),
        "publisher": draw(st.sampled_from(["甲报", "乙报", ""])),
        "channel": draw(st.sampled_from(["c1", "c2", ""])),
        "tags": draw(many),
        "words": draw(st.sampled_from([None, 9, 10])),
    }


def members(most: int = 40) -> st.SearchStrategy[list[Member]]:
    """Articles."""
    each = st.lists(member_fields(), max_size=most)
    return each.map(lambda found: [member(number, **fields) for number, fields in enumerate(found)])


def collections(*groupings: tuple[str, ...]) -> st.SearchStrategy[Collection]:
    """Collections with these groupings, and anything else."""
    return st.builds(
        Collection,
        title=st.just("集"),
        file=st.just("epub/x.epub"),
        group_by=st.sampled_from(groupings),
        sections=st.sampled_from([(), ("channel",), ("day", "channel"), ("tag",)]),
        order_by=st.sampled_from(["date", "-date", "title", "id", "path", "-words", "tags"]),
        max_articles=st.integers(1, 12),
    )


SINGLE = [(), ("publisher",), ("publisher", "month"), ("channel", "week"), ("day",), ("year", "category"), ("words",)]
COLLECTIONS = collections(*SINGLE)
SEVERAL = collections(*SINGLE, ("tag",), ("tag", "month"), ("publisher", "tags"))


@pytest.mark.slow
@settings(deadline=None)
@given(COLLECTIONS, members(), st.randoms(use_true_random=False))
def test_every_article_is_in_one_volume_whatever_the_order(
    collection: Collection, articles: list[Member], dice: random.Random
) -> None:
    """Each article is in exactly one volume, no volume is over the limit, and the order of the input is nothing."""
    volumes = plan_volumes(collection, articles)
    placed = [path for volume in volumes for path in volume.members]
    assert sorted(placed) == sorted(one.path for one in articles)
    assert all(len(volume.members) <= collection.max_articles for volume in volumes)
    assert all(len(volume.labels) == len(volume.members) for volume in volumes)
    shuffled = list(articles)
    dice.shuffle(shuffled)
    assert plan_volumes(collection, shuffled) == volumes


@settings(deadline=None)
@given(SEVERAL, members())
def test_files_and_keys_are_unique(collection: Collection, articles: list[Member]) -> None:
    """No two volumes share a key, or a file name where case does not count."""
    volumes = plan_volumes(collection, articles)
    assert len({volume.file.casefold() for volume in volumes}) == len(volumes)
    assert len({volume.key for volume in volumes}) == len(volumes)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(SEVERAL, members(), member_fields())
def test_a_later_article_touches_the_volume_of_its_day_only(
    collection: Collection, articles: list[Member], fields: dict[str, Any]
) -> None:
    """One article more changes, of each group that it belongs to, one volume or the parts of one day.

    Where that volume was full, it gives way to smaller ones, which hold what it held and the new article.
    """
    new = member(9999, **fields)
    before = {volume.key: volume for volume in plan_volumes(collection, articles)}
    after = {volume.key: volume for volume in plan_volumes(collection, [*articles, new])}
    changed = [volume for key, volume in before.items() if after.get(key) != volume]
    groups = {volume.group for volume in after.values() if new.path in volume.members}
    for group in groups | {volume.group for volume in changed}:
        assert group in groups, "a volume of another group was touched"
        old = [volume for volume in changed if volume.group == group]
        fresh = [volume for key, volume in after.items() if volume.group == group and before.get(key) != volume]
        held = sorted(path for volume in old for path in volume.members)
        assert sorted(path for volume in fresh for path in volume.members) == sorted([*held, new.path])
        if len(old) == 1 and not old[0].part:
            (one,) = old
            # It grew, or it was full and gave way.
            assert [one.key] == [volume.key for volume in fresh] or len(one.members) == collection.max_articles
        else:
            # Nothing, or the numbered parts of its day, or of what has no date.
            assert {(volume.first, volume.last) for volume in old} <= {(new.date, new.date)}


@pytest.mark.slow
@settings(deadline=None)
@given(members())
def test_the_place_in_a_series_follows_the_calendar(articles: list[Member]) -> None:
    """Volumes of a series sort by position as they sort by date."""
    volumes = [one for one in plan_volumes(Collection(max_articles=3), articles) if one.first is not None]
    for series in {volume.series for volume in volumes}:
        mine = [volume for volume in volumes if volume.series == series]
        by_position = sorted(mine, key=lambda volume: float(volume.position))
        assert [one.first for one in by_position] == sorted(one.first for one in mine if one.first)


def test_a_month_splits_into_weeks_days_and_parts() -> None:
    """A group over the limit goes down the calendar only as far as it has to."""
    busy = [member(1000 + n, datetime.date(2021, 7, 14)) for n in range(12)]
    volumes = plan_volumes(Collection(max_articles=10), [*days(31), *busy])
    assert names(volumes) == [
        "示例报-2021-07-12",
        "示例报-2021-07-13",
        "示例报-2021-07-14-1",
        "示例报-2021-07-14-2",
        "示例报-2021-07-15",
        "示例报-2021-07-16",
        "示例报-2021-07-17",
        "示例报-2021-07-18",
        "示例报-2021-07-W26",
        "示例报-2021-07-W27",
        "示例报-2021-07-W29",
        "示例报-2021-07-W30",
    ]
    assert {volume.series for volume in volumes} == {"示例报"}
    assert [volume.title for volume in volumes][2] == "示例报 2021-07-14（1）"
    assert [volume.position for volume in volumes][2] == "202107.1401"
    assert [volume.position for volume in volumes][8] == "202107.01"


def test_a_month_within_the_limit_stays_whole() -> None:
    """The first volume of a month is the month."""
    (volume,) = plan_volumes(Collection(), days(31))
    assert (volume.title, volume.file) == ("示例报 2021-07", "epub/示例报-2021-07.epub")
    assert (volume.position, volume.first, volume.last) == (
        "202107",
        datetime.date(2021, 7, 1),
        datetime.date(2021, 7, 31),
    )


def test_weeks_are_cut_off_at_the_ends_of_their_month() -> None:
    """An ISO week over the turn of a month is in two volumes, each named after its month."""
    articles = days(8, datetime.date(2021, 7, 28), each=2)
    volumes = plan_volumes(Collection(max_articles=6), articles)
    assert names(volumes) == ["示例报-2021-07-28", "示例报-2021-07-29", "示例报-2021-07-30", "示例报-2021-07-31",
                              "示例报-2021-08-W30", "示例报-2021-08-W31"]  # fmt: skip


def test_without_a_month_the_calendar_begins_with_the_year() -> None:
    """A collection that is not grouped in time splits into years first, and its file names say so."""
    articles = [*days(3), member(50, datetime.date(2020, 1, 1)), member(51, None)]
    collection = Collection("全集", "all.epub", group_by=(), max_articles=4)
    volumes = plan_volumes(collection, articles)
    assert [volume.file for volume in volumes] == ["all-2020.epub", "all-2021.epub", "all-undated.epub"]
    assert [volume.title for volume in volumes] == ["全集 2020", "全集 2021", "全集 日期不详"]
    assert [volume.position for volume in volumes] == ["2020", "2021", "0"]
    (whole,) = plan_volumes(Collection("全集", "all.epub", group_by=()), articles)
    assert (whole.title, whole.series, whole.position) == ("全集", "", "")


def test_articles_without_date_or_publisher_have_a_volume() -> None:
    """What has no date is undated; what has no publisher goes by its mirror's folder."""
    volumes = plan_volumes(Collection(max_articles=2), [member(n, None, publisher="") for n in range(3)])
    assert names(volumes) == ["sample-undated-1", "sample-undated-2"]
    assert volumes[0].title == "sample 日期不详（1）"
    (nowhere,) = plan_volumes(Collection(), [Member("a.md")])
    assert nowhere.file == "epub/other-undated.epub"


def test_sections_make_the_reading_order_and_the_labels() -> None:
    """Articles stand by section first, in the order of the channels' ids, and by date within."""
    articles = [
        member(1, DAY, channel="c10", categories=("体育",)),
        member(2, DAY, channel="c9", categories=("科技",)),
        member(3, DAY - datetime.timedelta(days=1), channel="c10", categories=("体育",)),
        member(4, DAY, channel="", categories=()),
    ]
    (volume,) = plan_volumes(Collection(), articles)
    assert [path[-5:-3] for path in volume.members] == ["n2", "n3", "n1", "n4"]
    assert volume.labels == (("科技",), ("体育",), ("体育",), ("其他",))


@pytest.mark.parametrize(
    ("key", "section", "title"),
    [
        ("year", "2021年", "2021"),
        ("month", "2021年7月", "2021-07"),
        ("week", "2021年第27周", "2021 第27周"),
        ("day", "2021年7月5日", "2021-07-05"),
    ],
)
def test_a_time_is_spoken_in_the_contents_and_sorted_in_a_title(key: str, section: str, title: str) -> None:
    """A line of the contents says a date as people do; a title that readers sort by keeps the digits' order."""
    article = member(1, datetime.date(2021, 7, 5))
    (volume,) = plan_volumes(Collection(f"{{{key}}}", "a.epub", group_by=(key,), sections=(key,)), [article])
    assert (volume.labels, volume.title) == (((section,),), title)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("CON", "CON_.epub"),
        ("a/b\\c:d*e?", "a_b_c_d_e_.epub"),
        ("..", "_..epub"),
        ("尾点.", "尾点..epub"),
        ("\tx\x00 ", "x_ .epub"),
    ],
)
def test_file_names_are_fit_for_every_file_system(value: str, expected: str) -> None:
    """A publisher's name never leads out of the folder, and never is one that Windows refuses."""
    collection = Collection("{publisher}", "{publisher}.epub", group_by=("publisher",))
    (volume,) = plan_volumes(collection, [member(1, publisher=value)])
    assert volume.file == expected


def test_long_names_are_cut_and_stay_apart() -> None:
    """Names that are the same up to the limit of a file system get marks of their own."""
    collection = Collection("{publisher}", "{publisher}.epub", group_by=("publisher",))
    volumes = plan_volumes(collection, [member(n, publisher="很长的名字" * 40 + str(n)) for n in range(2)])
    assert len({volume.file for volume in volumes}) == 2
    assert all(len(volume.file.encode()) < 255 for volume in volumes)


def test_a_template_that_names_too_little_marks_every_volume() -> None:
    """A file name that leaves a group key out has a digest from the first volume on, so that it never changes."""
    collection = Collection("{month}", "{month}.epub")
    (alone,) = plan_volumes(collection, [member(1, publisher="甲报")])
    both = plan_volumes(collection, [member(1, publisher="甲报"), member(2, publisher="乙报")])
    assert len(alone.file) == len("2021-07-12345678.epub")
    assert alone in both
    assert len({volume.file for volume in both}) == 2


def test_volumes_of_one_name_all_get_a_mark() -> None:
    """Where names differ in case only, a digest tells them apart."""
    collection = Collection("{publisher}", "{publisher}.epub", group_by=("publisher",))
    articles = [member(1, publisher="News"), member(2, publisher="NEWS"), member(3, publisher="Other")]
    files = [volume.file for volume in plan_volumes(collection, articles)]
    assert len({file.casefold() for file in files}) == 3
    assert [len(file) for file in files] == [len("NEWS-12345678.epub")] * 2 + [len("Other.epub")]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"group_by": ("publisher", "planet")}, "'planet'"),
        ({"sections": ("weekday",)}, "'weekday'"),
        ({"title": "{publisher} {town}"}, "{town}"),
        ({"title": "{publisher:>9}"}, "{publisher:>9}"),
        ({"title": "{publisher"}, "braces"),
        ({"title": "{channel}"}, "add channel to group_by"),
        ({"file": "../{publisher}-{month}.epub"}, "inside the output folder"),
        ({"file": "/{month}.epub"}, "inside the output folder"),
        ({"file": "{month}.zip"}, ".epub"),
        ({"group_by": ("tgs",)}, "did you mean 'tags'?"),
        ({"sections": ("year", "month", "week", "day")}, "4 levels; expected at most 3"),
        ({"order_by": "mood"}, "'mood'"),
        ({"order_by": "-dat"}, "did you mean 'date'?"),
        ({"max_articles": 901}, "to 900"),
        ({"max_bytes": -1}, "0 sets no limit"),
        ({"max_articles": 0}, "from 1"),
    ],
)
def test_a_wrong_collection_is_a_config_error(fields: dict[str, Any], words: str) -> None:
    """The message names the value and what was expected."""
    with pytest.raises(ConfigError) as caught:
        plan_volumes(Collection(**fields), [])
    assert words in caught.value.message
    assert caught.value.message.startswith("volumes: ")


def test_a_volume_splits_one_step_further() -> None:
    """A book that became too large goes down the calendar, and a day into halves that keep its number."""
    collection, articles = Collection(max_articles=50), days(31)
    (month,) = plan_volumes(collection, articles)
    weeks = split_volume(collection, articles, month)
    assert names(weeks)[0] == "示例报-2021-07-W26"
    assert sorted(path for week in weeks for path in week.members) == sorted(month.members)
    many = [member(n) for n in range(80)]
    second = plan_volumes(collection, many)[1]
    assert names([second]) == ["示例报-2021-07-14-2"]
    assert names(split_volume(collection, many, second)) == ["示例报-2021-07-14-2-1", "示例报-2021-07-14-2-2"]
    (single,) = plan_volumes(collection, [member(1)])
    assert split_volume(collection, [member(1)], single) == []


def test_an_article_is_in_a_volume_for_each_of_its_tags() -> None:
    """And for each author; of sections it is in the first one only."""
    articles = [member(1, tags=("茶", "桥")), member(2, tags=("茶",)), member(3)]
    volumes = plan_volumes(Collection("{tag}", "{tag}.epub", group_by=("tag",), sections=("tag",)), articles)
    found = {volume.title: [path[-5:-3] for path in volume.members] for volume in volumes}
    assert found == {"茶": ["n1", "n2"], "桥": ["n1"], "其他": ["n3"]}
    assert [volume.labels for volume in volumes if volume.title == "桥"] == [(("茶",),)]
    both = plan_volumes(
        Collection("{author}", "{author}.epub", group_by=("author",)), [member(1, authors=("张甲", "李乙", "张甲"))]
    )
    assert [volume.title for volume in both] == ["张甲", "李乙"]


def test_a_volume_of_a_tag_that_is_too_large_is_split_by_itself() -> None:
    """It stays the volume of its tag, whatever else its articles are about."""
    collection = Collection("{tag}", "{tag}.epub", group_by=("tag",))
    articles = [member(n, DAY + datetime.timedelta(days=n * 20), tags=("桥", "茶")) for n in range(3)]
    tea = next(volume for volume in plan_volumes(collection, articles) if volume.title == "茶")
    assert [volume.file for volume in split_volume(collection, articles, tea)] == ["茶-2021-07.epub", "茶-2021-08.epub"]


@pytest.mark.parametrize("key", [*FIELDS, "author", "tag", "category", "day", "week", "month", "year"])
def test_every_metadata_key_can_group(key: str) -> None:
    """What has no value is a volume of its own."""
    fields: dict[str, Any] = {name: ("甲",) if kind == "list" else "甲" for name, kind in FIELDS.items()}
    nothing: dict[str, Any] = dict.fromkeys(FIELDS)
    articles = [member(1, None, **nothing), member(2, **{**fields, "date": DAY, "words": 7})]
    volumes = plan_volumes(Collection("{" + key + "}", "{" + key + "}.epub", group_by=(key,)), articles)
    assert [len(volume.members) for volume in volumes] == [1, 1]


@pytest.mark.parametrize(
    ("order", "expected"), [("words", "213"), ("-words", "123"), ("id", "123"), ("-id", "321"), ("-date", "312")]
)
def test_the_order_is_by_any_field_and_what_lacks_it_comes_last(order: str, expected: str) -> None:
    """Numbers by value, either way."""
    articles = [member(1, DAY, words=10), member(2, None, words=9), member(3, DAY + datetime.timedelta(days=1))]
    (volume,) = plan_volumes(Collection("集", "x.epub", group_by=(), sections=(), order_by=order), articles)
    assert "".join(path[-4] for path in volume.members) == expected


def test_a_condition_chooses_articles() -> None:
    """Those that it does not hold for are in no volume."""
    collection = Collection(where=parse_where("tags ~ 茶 and date = 2021-07"))
    articles = [member(1, tags=("茶",)), member(2), member(3, datetime.date(2021, 8, 1), tags=("茶",))]
    assert [volume.members for volume in plan_volumes(collection, articles)] == [("sample/c1/n1.md",)]


@pytest.mark.parametrize(
    ("window", "newest", "first"),
    [
        ("7 days", "2021-07-14", "2021-07-08"),
        ("1 day", "2021-07-14", "2021-07-14"),
        ("4 weeks", "2021-07-14", "2021-06-17"),
        ("3 months", "2021-07-14", "2021-04-15"),
        ("1 month", "2021-03-31", "2021-03-01"),
        ("1 month", "2021-01-31", "2021-01-01"),
        ("1 year", "2024-02-29", "2023-03-01"),
        ("2months", "2021-01-05", "2020-11-06"),
        ("999999 weeks", "2021-01-05", "0001-01-01"),
        ("999999 years", "2021-01-05", "0001-01-01"),
    ],
)
def test_a_window_ends_with_its_newest_day(window: str, newest: str, first: str) -> None:
    """Both ends counted."""
    assert Window.parse(window).first(datetime.date.fromisoformat(newest)) == datetime.date.fromisoformat(first)


@pytest.mark.parametrize("text", ["", "7", "days", "0 days", "-1 days", "7 hours", "７ days", "7 days ago"])
def test_a_window_that_is_none_is_a_config_error(text: str) -> None:
    """With an example of one."""
    with pytest.raises(ConfigError, match="as in `7 days`"):
        Window.parse(text)


def test_a_window_follows_the_newest_article_and_no_clock() -> None:
    """Of the whole input, whatever the collection's condition takes of it; what has no date is outside."""
    collection = Collection("新", "new.epub", group_by=(), within=Window(7, "day"))
    articles = [*days(31), member(100, None)]
    (volume,) = plan_volumes(collection, articles)
    assert (volume.file, volume.key, len(volume.members)) == ("new.epub", "new.epub", 7)
    assert (volume.first, volume.last) == (datetime.date(2021, 7, 25), datetime.date(2021, 7, 31))
    new = member(101, datetime.date(2021, 8, 5), tags=("茶",))
    (later,) = plan_volumes(collection, [*articles, new])
    assert (later.key, later.first, len(later.members)) == (volume.key, datetime.date(2021, 7, 30), 3)
    asked = Collection("新", "new.epub", group_by=(), within=Window(7, "day"), where=parse_where("not tags"))
    (other,) = plan_volumes(asked, [*articles, new])
    assert len(other.members) == 2
    assert plan_volumes(collection, [member(100, None)]) == []


def test_a_collection_says_which_facts_it_needs() -> None:
    """What it does not ask for need not be kept."""
    articles = [member(n, DAY, words=n, tags=("茶",), via="电台", byline="长") for n in range(5)]
    collection = Collection(
        "{tag} {via}", "{tag}-{via}.epub", group_by=("tag", "via"), order_by="-words", where=parse_where("not editors")
    )
    needed = collection.fields
    assert needed == {"tags", "via", "words", "editors", "channel", "categories", "date", "id"}
    bare = [Member(one.path, {name: one.facts[name] for name in one.facts.keys() & needed}) for one in articles]
    assert plan_volumes(collection, bare) == plan_volumes(collection, articles)
