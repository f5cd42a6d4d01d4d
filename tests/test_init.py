"""`mirrorpress init`: what it finds in a folder, and the config that it writes."""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from convert.cli.app import app
from convert.config import Config, load_config
from convert.errors import MirrorpressError, NothingToReadError, UsageError
from convert.starting import surveying
from convert.starting.config import starting_config
from convert.starting.surveying import Survey, survey

SEEDS = Path(__file__).parent.parent / "seeds"

ARTICLE = """### 第{number}号花圃

---

#### [首页](../../../..?n{number})


<div class="post_content" id="artbody" itemprop="articleBody">
<!-- article content begin -->
<p>【大纪元{day:%Y年%m月%d日}讯】第{number}号花圃的月季开了，园丁一早就来浇水。</p>
<p><img src="{picture}"/></p>
<!-- article content end -->
</div>
<hr/>
原文链接（需翻墙）：https://www.epochtimes.com/gb/{day:%y}/{day.month}/{day.day}/n{number}.htm
"""


def write(
    folder: Path, number: int, channel: str, day: datetime.date, picture: str = "https://example.org/a.jpg"
) -> None:
    """Write one invented article into a mirror."""
    file = folder / "pages" / channel / f"n{number}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(ARTICLE.format(number=number, day=day, picture=picture), "utf-8")


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror of twelve sources in two channels, two of them copies, beside the working folder."""
    folder = tmp_path / "mirror"
    for number in range(10):
        write(folder, 99000300 + number, "ncid1", datetime.date(2021, 3, 1 + number))
    for number in range(2):
        write(folder, 99000300 + number, "nsc2", datetime.date(2021, 3, 1 + number))
    (folder / "scripts").mkdir()
    (folder / "scripts" / "index.csv").write_text("ncid1,花木\nnsc2,园艺：随笔\n", "utf-8")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return folder


def run(*arguments: str) -> Any:
    """The command, in this process."""
    return CliRunner().invoke(app, [*arguments], standalone_mode=False)


def written(seen: Survey) -> str:
    """The config of a survey, for a folder beside the one that the config lies in."""
    return starting_config(seen, Path("mirror"), Path("out"), Path("config.yaml"))


def loaded(text: str, folder: Path) -> Config:
    """A config read from a file."""
    file = folder / "tried.yaml"
    file.write_text(text, "utf-8")
    return load_config(file)


def test_what_there_is_is_counted(mirror: Path) -> None:
    """Sources, copies, channels with their names, profiles, publishers and days; everything, where it is little."""
    seen = survey(mirror, Path("out"))
    assert (seen.sources, seen.looked, seen.failed, seen.copies) == (12, 12, 0, 2)
    assert seen.channels == {"ncid1": 10, "nsc2": 2}
    assert seen.names["ncid1"] == "花木"
    assert seen.names["nsc2"] == "园艺：随笔"
    assert seen.profiles == {"epoch": 12}
    assert seen.publishers == {"大纪元": 12}
    assert (min(seen.days), max(seen.days)) == (datetime.date(2021, 3, 1), datetime.date(2021, 3, 10))
    assert (seen.own, seen.web) == (0, 12)
    assert seen.repository is None
    assert seen.whole


def test_pictures_in_the_mirror_are_told_from_those_on_the_web(mirror: Path) -> None:
    """By whether the file is there."""
    (mirror / "notes").mkdir()
    (mirror / "notes" / "a.jpg").write_bytes(b"\xff\xd8\xff")
    (mirror / "notes" / "garden.md").write_text("# 菜园\n\n![韭菜](a.jpg)\n\n![豆角](gone.jpg)\n", "utf-8")
    seen = survey(mirror, Path("out"))
    assert (seen.own, seen.web) == (1, 13)


def test_of_a_large_mirror_a_sample_is_read(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spread evenly; numbers are estimates then, and the config says so."""
    for number in range(48):
        write(mirror, 99000400 + number, "nsc2", datetime.date(2021, 5, 1 + number % 30))
    monkeypatch.setattr(surveying, "SAMPLE", 20)
    seen = survey(mirror, Path("out"))
    assert (seen.sources, seen.looked) == (60, 20)
    assert seen.profiles == {"epoch": 20}
    assert seen.channels == {"ncid1": 10, "nsc2": 50}
    assert seen.copies == 2  # files of one name, held against each other
    text = written(seen)
    assert "# sources: 60, of which a sample of 20 was read: numbers behind `about` are estimates" in text
    assert "# Recognised: about epoch 60." in text
    assert "# Copies: about 2 of the sources." in text


def test_equal_names_alone_make_no_copies(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only a sample is read, two files of one name are copies if their addresses say so."""
    for channel in ("nsc3", "nsc4"):
        folder = mirror / "pages" / channel
        folder.mkdir()
        for number in range(4):
            (folder / f"{number}.md").write_text(f"# 另一篇 {channel} {number}\n\n没有地址的文字。\n", "utf-8")
    monkeypatch.setattr(surveying, "SAMPLE", 5)
    assert survey(mirror, Path("out")).copies == 2  # of six files with a twin by name, a third has one by address


def test_the_config_loads_and_says_what_was_found(mirror: Path) -> None:
    """The command writes it, it is right, and what was found stands at the options that it concerns."""
    done = run("init", "../mirror")
    assert done.exception is None
    text = Path("config.yaml").read_text("utf-8")
    config = load_config(Path("config.yaml"))
    assert config.input.path.resolve() == mirror
    assert [volume.file for volume in config.volumes] == ["epub/all.epub", "epub/latest.epub"]
    for line in (
        "# sources: 12; 1 other files or folders are passed over",
        "# dates: 2021-03-01 to 2021-03-10",
        "# Recognised: epoch 12.",
        "# Copies: 2 of the sources.",
        "    # Pictures: none in files of the mirror, 12 elsewhere.",
    ):
        assert line in text.splitlines()
    assert re.search(r"^#   ncid1 +10  花木$", text, re.MULTILINE)
    assert run("check").output.endswith("The config is right.\n")
    assert "would convert 10 articles of 12 sources" in run("run", "--dry-run").output


def test_the_command_says_what_it_found_and_what_to_type_next(mirror: Path) -> None:
    """The two commands name the config, unless it is the one that is taken anyway."""
    told = run("init", str(mirror)).output
    assert re.search(r"^  channels +ncid1 花木 10, nsc2 园艺：随笔 2$", told, re.MULTILINE)
    assert told.endswith("  mirrorpress run --dry-run   says what a run would do\n  mirrorpress run\n")
    told = run("init", str(mirror), "-o", "other.yaml").output
    assert told.endswith("  mirrorpress run --config other.yaml\n")


def test_without_a_folder_it_is_the_working_one(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its output is then inside, and passed over; the config is no source."""
    monkeypatch.chdir(mirror)
    (mirror / "out").mkdir()
    (mirror / "out" / "n1.md").write_text("# 已写\n", "utf-8")
    done = run("init")
    assert done.exception is None
    assert load_config(Path("config.yaml")).input.path.resolve() == mirror
    assert re.search(r"^  sources +12;", done.output, re.MULTILINE)


def test_only_what_differs_from_the_defaults_is_live(mirror: Path) -> None:
    """The input, and the volumes, which a person edits; everything else is a comment."""
    text = written(survey(mirror, Path("out")))
    assert list(yaml.safe_load(text)) == ["input", "volumes"]


OPTION = re.compile(r"^(?P<indent> *)# (?P<line>(?P<name>[a-z_]+):(?: .*)?(?:\n *#   \S.*)*)$", re.MULTILINE)


def test_every_option_in_a_comment_may_be_used_as_it_is(mirror: Path, tmp_path: Path) -> None:
    """Each by itself, in place of the line that is live, if there is one."""
    git(mirror, "init", "-q")
    git(mirror, "remote", "add", "origin", "https://example.org/mirror.git")
    text = written(survey(mirror, Path("out")))
    names = []
    for match in OPTION.finditer(text):
        if match["name"] in ("sources", "dates", "publishers"):
            continue
        names.append(match["name"])
        live = re.sub(r"^( *)#   ", r"\1  ", match["indent"] + match["line"], flags=re.MULTILINE)
        changed = text[: match.start()] + live + text[match.end() :]
        if match["name"] == "input":
            changed = changed.replace("input: ../mirror\n", "", 1) if "\ninput: ../mirror\n" in changed else changed
            changed = re.sub(r"^input: (?![{]).*\n", "", changed, flags=re.MULTILINE)
        loaded(changed, tmp_path / "work")
    wanted = ["input", "input", "output", "parse", "emit", "where", "pictures", "script", "feed", "deliver", "batch"]
    assert names == wanted


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    call = ["git", "-c", "user.name=n", "-c", "user.email=n@example.org", *arguments]
    subprocess.run(call, cwd=folder, check=True, capture_output=True)


needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


@needs_git
def test_a_folder_in_git_gets_the_options_for_it(mirror: Path) -> None:
    """The update only where there is somewhere to pull from."""
    git(mirror, "init", "-q")
    text = written(survey(mirror / "pages", Path("out")))
    assert "update" not in text
    assert ", folder: pages}" in text
    git(mirror, "remote", "add", "origin", "https://example.org/mirror.git")
    assert "update: git pull --ff-only}" in written(survey(mirror, Path("out")))


@needs_git
def test_a_bare_repository_is_read_as_one(mirror: Path, tmp_path: Path) -> None:
    """`input` is then `git`, and what is new is fetched into its branch."""
    git(mirror, "init", "-q", "-b", "trunk")
    git(mirror, "add", ".")
    git(mirror, "commit", "-q", "-m", "pages")
    git(tmp_path, "clone", "-q", "--bare", "mirror", "bare.git")
    seen = survey(tmp_path / "bare.git", Path("out"))
    assert (seen.sources, seen.copies) == (12, 2)
    file = Path("config.yaml")
    text = starting_config(seen, tmp_path / "bare.git", Path("out"), file)
    assert "update: 'git fetch origin trunk:trunk'}" in text
    file.write_text(text, "utf-8")
    config = load_config(file)
    assert config.input.git is not None
    assert config.input.git.resolve() == tmp_path / "bare.git"


def survey_of(sources: int, days: dict[datetime.date, int], channels: int = 3) -> Survey:
    """A folder of which all sources were read."""
    counts = Counter({f"ncid{number}": sources // channels for number in range(channels)})
    return Survey("mirror", sources, sources, channels=counts, days=Counter(days), profiles=Counter(epoch=sources))


def spread(sources: int, days: int) -> dict[datetime.date, int]:
    """So many articles over so many days."""
    return {datetime.date(2021, 1, 1) + datetime.timedelta(day): sources // days for day in range(days)}


@pytest.mark.parametrize(
    ("seen", "group_by", "most"),
    [
        (survey_of(200, spread(200, 100)), (), 300),
        (survey_of(3650, spread(3650, 365)), ("publisher", "month"), 400),
        (survey_of(36500, spread(36500, 365)), ("publisher", "week"), 900),
        (survey_of(365000, spread(365000, 365)), ("publisher", "day"), 900),
        (survey_of(3000, spread(30, 30)), ("publisher", "channel"), 900),
    ],
)
def test_the_first_volume_fits_what_there_is(
    seen: Survey, group_by: tuple[str, ...], most: int, tmp_path: Path
) -> None:
    """One book of a small mirror; then by month, week or day as they fit; by channel, where there are no dates."""
    config = loaded(written(seen), tmp_path)
    assert config.volumes[0].group_by == group_by
    assert config.volumes[0].max_articles == most
    assert config.volumes[1] == Config.model_validate({}).volumes[1]


def test_names_from_a_mirror_stay_in_their_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line ends, YAML's and templates' signs: the config is the same one."""
    monkeypatch.chdir(tmp_path)
    odd = 'a: "b" #c {x} $input'
    folder = tmp_path / odd
    write(folder, 99000300, "x$y", datetime.date(2021, 3, 1))
    seen = survey(folder, Path("out"))
    seen.names["x$y"] = "一\nvolumes: []\r二\u2028三" + "长" * 200
    seen.publishers = Counter({"社\ninput: elsewhere": 1})
    text = starting_config(seen, folder, Path("out"), Path("config.yaml"))
    config = loaded(text, tmp_path)
    assert config.input.path.resolve() == folder
    assert config.volumes[0].title == odd.replace("{", "{{").replace("}", "}}")
    assert list(yaml.safe_load(text)) == ["input", "volumes"]
    assert max(map(len, text.splitlines())) < 200


def test_a_name_that_no_file_can_hold_is_refused(tmp_path: Path) -> None:
    """With what to do."""
    folder = tmp_path / "a\nb"
    write(folder, 99000300, "ncid1", datetime.date(2021, 3, 1))
    with pytest.raises(UsageError, match="its name cannot stand in a config"):
        starting_config(survey(folder, Path("out")), folder, Path("out"), tmp_path / "config.yaml")


def test_a_config_that_is_there_stays(mirror: Path) -> None:
    """Unless --force says otherwise; the standard output is always free."""
    Path("config.yaml").write_text("output: mine\n", "utf-8")
    error = run("init", str(mirror)).exception
    assert isinstance(error, MirrorpressError)
    assert error.exit_code == 2
    assert "there is such a file" in error.message
    assert Path("config.yaml").read_text("utf-8") == "output: mine\n"
    printed = run("init", str(mirror), "-o", "-").output
    assert Path("config.yaml").read_text("utf-8") == "output: mine\n"
    assert run("init", str(mirror), "--force").exception is None
    assert Path("config.yaml").read_text("utf-8") == printed


def test_a_folder_without_articles_is_nothing_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no config is written."""
    monkeypatch.chdir(tmp_path)
    assert isinstance(run("init").exception, NothingToReadError)
    assert not Path("config.yaml").exists()


def test_a_single_file_needs_no_config(mirror: Path) -> None:
    """What converts one is named."""
    error = run("init", str(mirror / "pages" / "ncid1" / "n99000300.md")).exception
    assert isinstance(error, UsageError)
    assert "this is a file; expected a folder; `mirrorpress convert`" in error.message


def test_the_sample_mirror_is_told_as_it_is() -> None:
    """Its files, its mirrors' profiles, its copies."""
    seen = survey(SEEDS, Path("out"))
    assert (seen.sources, seen.copies, seen.failed) == (20, 2, 0)
    assert seen.profiles == {"epoch": 16, "minghui": 2, "books": 1, "minghui-epoch": 1}
