"""Where pictures beside articles come from: which may be shown, and what becomes of those that are gone."""

from __future__ import annotations

import errno
import os
import shutil
import struct
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import fsspec
import pytest

from benchmarks.linking import JPEG, PNG
from benchmarks.walking import Here
from convert.batch.articles.beside import Beside
from convert.batch.articles.picture_files import Copy, portions, suffix_of
from convert.batch.articles.relinking import MOVED, Relinking
from convert.batch.pictures.cache import PictureCache
from convert.batch.pictures.source import MAX_PICTURE
from convert.batch.preflight import check_folders
from convert.batch.run import Options, run
from convert.batch.verifying.verification import verify_outputs
from convert.config import Config, OutputOptions, load_config
from convert.errors import ConfigError, SourceError
from convert.stores import Address, Folder
from tests.test_batch import config
from tests.test_linking import files, go, holds, verdict
from tests.test_pictures_beside import body, cached, picture, show, there, told

FAR = "https://p.example/far.jpg"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done in this process."""
    monkeypatch.setattr("convert.batch.engines.engine.Pool", Here)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """An article with a picture of the mirror, and one with a picture on the web that was fetched for a volume."""
    picture(tmp_path, "img/a.jpg", JPEG + b"a")
    show(tmp_path, "one", "img/a.jpg")
    show(tmp_path, "two", FAR)
    cached(tmp_path, FAR)
    return tmp_path


def evict(desk: Path) -> None:
    """Somebody deletes the cache, as the guide says."""
    shutil.rmtree(desk / "out/.cache")


# --- files of the mirror


def test_a_picture_that_becomes_a_link_out_of_the_mirror_is_not_followed(desk: Path) -> None:
    """Nothing from outside comes into the output, and verify does not take the old copy for the mirror's."""
    text = told("./img/{name}")
    go(desk, text)
    (desk / "secret.jpg").write_bytes(JPEG + b"secret")
    file = desk / "in/img/a.jpg"
    file.unlink()
    file.symlink_to(desk / "secret.jpg")
    (differing,) = verdict(desk, text).differing
    assert (differing.path, differing.differences[0].check) == ("one.md", "pictures")
    go(desk, text)
    assert "content/one/img/a.jpg" not in there(desk)
    assert "![一张图](img/a.jpg)" in body(desk, "content/one/index.md")
    file.unlink()
    file.symlink_to("b.jpg")
    picture(desk, "img/b.jpg", PNG)
    go(desk, text)
    assert there(desk)["content/one/img/b.jpg"] == PNG
    file.unlink()
    picture(desk, "img/a.jpg", JPEG)
    go(desk, text)
    assert there(desk)["content/one/img/a.jpg"] == JPEG


def test_links_within_the_mirror_are_followed_wherever_they_lead_by_now(desk: Path) -> None:
    """As a first run would follow them, though no article has changed."""
    text = told()
    go(desk, text)
    file = desk / "in/img/a.jpg"
    file.rename(desk / "in/img/b.jpg")
    file.symlink_to("b.jpg")
    go(desk, text)
    assert there(desk)["content/one/b.jpg"] == JPEG + b"a"
    for change in ("elsewhere", "file"):
        file.unlink()
        if change == "elsewhere":
            picture(desk, "img/c.jpg", PNG)
            file.symlink_to("c.jpg")
        else:
            picture(desk, "img/a.jpg", PNG)
        cached_beside = files(desk / "out")
        go(desk, text)
        assert files(desk / "out") != cached_beside
        assert verdict(desk, text).exit_code == 0


@pytest.mark.parametrize("address", [".git/config.png", "img/.hidden.jpg", "../out/content/one/a.jpg"])
def test_what_is_no_part_of_the_mirror_is_no_picture(desk: Path, address: str) -> None:
    """Hidden files are passed over among sources, too."""
    text = told()
    picture(desk, address)
    show(desk, "three", address)
    go(desk, text)
    assert f"![一张图]({address})" in body(desk, "content/three/index.md")
    assert not [name for name in there(desk) if "three" in name]
    holds_web(desk, text)


def test_outputs_are_never_taken_for_pictures(desk: Path) -> None:
    """Where the output lies in the input, a second run would show what the first has made."""
    show(desk, "three", "made/content/one/a.jpg")
    inside = config(desk, told()).model_copy(update={"output": OutputOptions(path=desk / "in/made")})
    for _ in range(2):
        summary = run(inside)
    assert summary.converted.total() == 0
    assert "![一张图](made/content/one/a.jpg)" in (desk / "in/made/content/three/index.md").read_text("utf-8")
    assert verify_outputs(inside).exit_code == 0


def test_no_picture_lies_where_another_one_s_address_leads(tmp_path: Path) -> None:
    """An article whose picture is not there would show a stranger's."""
    text = told(article="all/{stem}.md")
    show(tmp_path, "a/one", "x.jpg")
    show(tmp_path, "b/two", "x.jpg")
    picture(tmp_path, "b/x.jpg")
    go(tmp_path, text)
    assert "![一张图](x.jpg)" in body(tmp_path, "all/one.md")
    assert "all/x.jpg" not in there(tmp_path)
    assert list(there(tmp_path).values()) == [JPEG]
    holds(tmp_path, text)


@pytest.mark.parametrize("why", ["large", "refused", "none"])
def test_a_picture_that_cannot_be_shown_is_told_of(desk: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    """By every run, and keeps none busy."""
    text = told()
    reason = "a file that is too large, or cannot be read"
    with monkeypatch.context() as patched:
        if why == "large":
            os.truncate(desk / "in/img/a.jpg", MAX_PICTURE + 1)
        elif why == "refused":
            refuse(patched)
        else:
            picture(desk, "img/a.jpg", b"<html>404")
            reason = "a file that is no picture, or damaged"
        assert go(desk, text).lacking == {reason: 1}
        patched.setattr(Relinking, "outdated", None)
        assert go(desk, text).lacking == {reason: 1}
    assert "![一张图](img/a.jpg)" in body(desk, "content/one/index.md")
    picture(desk, "img/a.jpg", JPEG)
    assert not go(desk, text).lacking
    assert there(desk)["content/one/a.jpg"] == JPEG


def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system lets nobody read pictures of the mirror."""
    read = Folder.read

    def refused(self: Folder, path: str, most: int) -> bytes:
        if path.endswith(".jpg"):
            raise SourceError(path, "may not be read")
        return read(self, path, most)

    sees = Folder.sees
    monkeypatch.setattr(Folder, "read", refused)
    monkeypatch.setattr(Folder, "sees", lambda self, path: not path.endswith(".jpg") and sees(self, path))


def test_what_may_be_read_by_now_is_read(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time of change does not tell of permissions."""
    text = told()
    with monkeypatch.context() as patched:
        refuse(patched)
        go(desk, text)
    assert "content/one/a.jpg" not in there(desk)
    go(desk, text)
    assert there(desk)["content/one/a.jpg"] == JPEG + b"a"


# --- pictures from the web


def holds_web(desk: Path, text: str) -> None:
    """A further run has nothing to do, and verify finds nothing; a first run would have none of the web's pictures."""
    before = files(desk / "out")
    summary = go(desk, text)
    assert (summary.converted.total(), summary.failures) == (0, [])
    assert files(desk / "out") == before
    result = verdict(desk, text)
    assert (result.failures, result.differing) == ([], [])


@pytest.mark.parametrize("change", ["evicted", "fetched anew"])
def test_a_picture_from_the_web_is_copied_from_where_it_lies_already(desk: Path, change: str) -> None:
    """When another article shows it, or its own has another name, whatever has become of the cache."""
    text = told(article="content/{title}/index.md")
    go(desk, text)
    evict(desk) if change == "evicted" else cached(desk, FAR, PNG)
    show(desk, "three", FAR)
    assert not go(desk, text).failures
    assert there(desk)["content/three/far.jpg"] == JPEG
    holds_web(desk, text)
    file = desk / "in/two.md"
    file.write_text(file.read_text("utf-8").replace("# two", "# 新题"), encoding="utf-8")
    (desk / "in/three.md").unlink()
    show(desk, "one", "img/a.jpg")
    assert not go(desk, text).failures
    assert {name: data for name, data in there(desk).items() if "far" in name} == {"content/新题/far.jpg": JPEG}
    holds_web(desk, text)


def test_a_picture_from_the_web_that_is_nowhere_any_more_is_forgotten(desk: Path) -> None:
    """Its article shows the address again, until somebody fetches it anew."""
    text = told()
    go(desk, text)
    evict(desk)
    (desk / "out/content/two/far.jpg").unlink()
    assert go(desk, text).converted == Counter({MOVED: 1})
    assert f"![一张图]({FAR})" in body(desk, "content/two/index.md")
    holds_web(desk, text)
    cached(desk, FAR, PNG)
    go(desk, text)
    assert there(desk)["content/two/far.jpg"] == PNG
    holds_web(desk, text)


def test_a_picture_from_the_web_that_was_altered_is_had_from_the_cache_as_it_is_now(desk: Path) -> None:
    """Where no file holds it as it was first had."""
    text = told()
    go(desk, text)
    cached(desk, FAR, PNG)
    (desk / "out/content/two/far.jpg").write_bytes(b"mine")
    assert not go(desk, text).failures
    assert there(desk)["content/two/far.jpg"] == PNG
    holds_web(desk, text)


@pytest.mark.parametrize("titles", [("二", "一"), ("三", "一")])
def test_pictures_from_the_web_change_places(tmp_path: Path, titles: tuple[str, str]) -> None:
    """Neither is written over the only bytes of the other."""
    text = told(article="content/{title}/index.md")
    other = "https://q.example/far.jpg"
    cached(tmp_path, FAR, JPEG)
    cached(tmp_path, other, PNG)
    show(tmp_path, "one", FAR)
    show(tmp_path, "two", other)
    for name, title in (("one", "一"), ("two", "二")):
        retitle(tmp_path, name, name, title)
    go(tmp_path, text)
    evict(tmp_path)
    for name, before, title in (("one", "一", titles[0]), ("two", "二", titles[1])):
        retitle(tmp_path, name, before, title)
    assert not go(tmp_path, text).failures
    assert there(tmp_path) == {f"content/{titles[0]}/far.jpg": JPEG, f"content/{titles[1]}/far.jpg": PNG}
    holds_web(tmp_path, text)


def test_nothing_is_written_over_the_only_bytes_of_another_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the cache takes nothing in; the next run goes on."""
    text = told(article="content/{title}/index.md")
    other = "https://q.example/far.jpg"
    for name, address, data, title in (("one", FAR, JPEG, "一"), ("two", other, PNG, "二")):
        cached(tmp_path, address, data)
        show(tmp_path, name, address)
        retitle(tmp_path, name, name, title)
    go(tmp_path, text)
    evict(tmp_path)
    retitle(tmp_path, "one", "一", "二")
    retitle(tmp_path, "two", "二", "一")

    def full(self: PictureCache, address: str, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(PictureCache, "put", full)
        summary = run(config(tmp_path, text), Options(prune=True))
        assert "No space left" in summary.failures[0].reason
    assert not go(tmp_path, text).failures
    assert there(tmp_path) == {"content/二/far.jpg": JPEG, "content/一/far.jpg": PNG}
    holds_web(tmp_path, text)


def test_a_cache_that_markdown_has_filled_is_trimmed_too(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the size that the config gives; pictures that lie beside articles stay."""
    text = told(pictures="fetch") + "pictures: {cache_bytes: 1, negative_days: 7}\n"
    for file in (desk / "out/.cache").rglob("*.picture"):
        os.utime(file, (1, 1))
    go(desk, text)
    show(desk, "two", FAR, "https://p.example/near.jpg")

    class Fetched:
        fetched = 1

    def fetch(told: Config, addresses: list[str], progress: object) -> Fetched:
        for file in (desk / "out/.cache").rglob("*.picture"):
            os.utime(file, (1, 1))
        for one in addresses:
            cached(desk, one, PNG)
        return Fetched()

    monkeypatch.setattr("convert.batch.articles.beside.fetch_pictures", fetch)
    go(desk, text)
    assert [file.read_bytes() for file in (desk / "out/.cache").rglob("*.picture")] == [PNG]
    assert there(desk)["content/two/far.jpg"] == JPEG
    holds_web(desk, text)


def retitle(desk: Path, name: str, before: str, title: str) -> None:
    """Give an article another title."""
    file = desk / f"in/{name}.md"
    file.write_text(file.read_text("utf-8").replace(f"# {before}\n", f"# {title}\n"), encoding="utf-8")
    os.utime(file, (1_500_000_000 + len(title), 1_500_000_000 + sum(map(ord, title))))


def test_a_copy_from_the_web_with_other_bytes_is_found_without_the_cache(desk: Path) -> None:
    """What it was when it was first had, the catalogue knows."""
    text = told()
    go(desk, text)
    evict(desk)
    assert verdict(desk, text).exit_code == 0
    (desk / "out/content/two/far.jpg").write_bytes(PNG)
    (differing,) = verdict(desk, text).differing
    assert (differing.path, differing.differences[0].found) == ("two.md", "other bytes")


# --- names


def test_a_folder_of_pictures_takes_no_article_s_name(desk: Path) -> None:
    """A file `one` and a folder `one` cannot both be there."""
    text = told("./{stem}/{name}", article="md/{folder}/{stem}")
    assert not go(desk, text).failures
    (name,) = [name for name in there(desk) if name.endswith("/a.jpg")]
    assert name.startswith("md/one-")
    assert f"![一张图]({name.removeprefix('md/')})" in body(desk, "md/one")
    holds_web(desk, text)


@pytest.mark.parametrize(
    ("path", "article", "found"),
    [
        ("report.json/{name}", "{stem}.md", "emit.markdown.picture_path: report.json/{name}: a run writes a file"),
        ("Catalogue.sqlite/{name}", "{stem}.md", "emit.markdown.picture_path"),
        ("./{name}", "report.html/{stem}.md", "emit.markdown.path"),
    ],
)
def test_a_template_takes_no_name_of_a_run_s_own_files(desk: Path, path: str, article: str, found: str) -> None:
    """They would be in one another's way."""
    with pytest.raises(ConfigError) as caught:
        check_folders(config(desk, told(path, article=article)))
    assert found in caught.value.message


# --- when something breaks


def test_a_store_that_refuses_everything_ends_the_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told once, no article is written back to addresses, and the next run goes on."""
    system = fsspec.filesystem("memory")
    page = "# 一\n\n![图](a{0}.jpg)\n\n海边放晴。\n"
    for number in range(130):
        system.pipe_file(f"/refusing/in/{number}.md", page.format(number).encode())
        system.pipe_file(f"/refusing/in/a{number}.jpg", JPEG + bytes([number]))
    text = told().replace("emit:", "input: {address: 'memory://refusing/in'}\nemit:")
    text = text.replace("emit:", "output: {path: out, address: 'memory://refusing/out'}\nemit:")
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    options = load_config(tmp_path / "config.yaml")
    each = Address.each

    def refusing(self: Address, asked: str, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        calls = list(calls)
        if asked == "pipe_file" and any(str(call[0]).endswith(".jpg") for call in calls):
            return [PermissionError("denied") for _ in calls]
        return each(self, asked, calls)

    try:
        with monkeypatch.context() as patched:
            patched.setattr(Address, "each", refusing)
            summary = run(options)
        assert [one.path for one in summary.failures] == ["memory://refusing/out"]
        assert "denied" in summary.stopped
        assert "![图](a7.jpg)".encode() in system.cat_file("/refusing/out/content/7/index.md")
        summary = run(options)
        assert (summary.failures, summary.stopped, summary.pictures) == ([], "", 130)
        assert b"(a7.jpg)" in system.cat_file("/refusing/out/content/7/index.md")
        assert verify_outputs(options).exit_code == 0
    finally:
        system.rm("/refusing", recursive=True)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_run_that_is_asked_to_end_among_its_pictures_is_taken_up(tmp_path: Path, at: int) -> None:
    """What was there before stays there, and nothing is forgotten that may be nowhere else."""
    text = told(article="content/{title}/index.md")
    for number in range(4):
        address = f"https://p.example/{number}.jpg"
        cached(tmp_path, address, JPEG + bytes([number]))
        picture(tmp_path, f"img/{number}.jpg", PNG + bytes([number]))
        show(tmp_path, f"p{number}", address, f"img/{number}.jpg")
        retitle(tmp_path, f"p{number}", f"p{number}", f"{number} 号")
    go(tmp_path, text)
    evict(tmp_path)
    before = there(tmp_path)
    for number in range(4):
        retitle(tmp_path, f"p{number}", f"{number} 号", f"新 {number} 号")
        picture(tmp_path, f"img/{number}.jpg", PNG + bytes([number, number]))
    took = []
    take = Beside.take

    def counted(self: Beside, *rest: Any) -> None:
        took.append(1)
        take(self, *rest)

    with patch.object(Beside, "take", counted):
        summary = run(config(tmp_path, text), Options(prune=True), stop=lambda: 15 if len(took) >= at else 0)
    assert (summary.signal, len(took)) == (15, at)
    assert before.items() <= there(tmp_path).items()
    assert not go(tmp_path, text).failures
    assert sorted(there(tmp_path).values()) == sorted(
        data for n in range(4) for data in (JPEG + bytes([n]), PNG + bytes([n, n]))
    )
    holds_web(tmp_path, text)


FAULTY = """
import multiprocessing, os, time
from pathlib import Path
from convert.files import Outbox
from convert.stores import Folder

def rule(article, context):
    pass

def faulty(call, which):
    def called(self, path, *rest):
        broken = Path(__file__).with_name("broken")
        fault, _, place = broken.read_text().partition(" ") if broken.exists() else ("", "", "")
        while path.endswith("b.jpg") and place == which:
            os._exit(9) if fault == "dies" else time.sleep(1)
        return call(self, path, *rest)
    return called

if multiprocessing.parent_process():
    Folder.read = faulty(Folder.read, "read")
    Outbox.put = faulty(Outbox.put, "copied")
"""


@pytest.mark.long
@pytest.mark.parametrize(("fault", "place"), [("hangs", "read"), ("hangs", "copied"), ("dies", "copied")])
def test_a_picture_that_costs_a_worker_costs_no_other(
    desk: Path, monkeypatch: pytest.MonkeyPatch, fault: str, place: str
) -> None:
    """One on a share that hangs is waited for as long as an article is."""
    picture(desk, "img/b.jpg", PNG)
    show(desk, "one", "img/a.jpg", "img/b.jpg")
    own = f"own_pictures_{fault}_{place}"
    (desk / f"{own}.py").write_text(FAULTY, encoding="utf-8")
    (desk / "broken").write_text(f"{fault} {place}", encoding="utf-8")
    monkeypatch.undo()
    text = told("attachments/{name}").replace("jobs: 1,", "jobs: 1, seconds: 2,")
    options = config(desk, f"clean: [default, '{own}:rule']\n{text}")
    summary = run(options)
    (failure,) = {one.reason for one in summary.failures}
    assert failure.startswith("img/b.jpg: the process that worked on it ")
    assert {"hangs": "did not end within 2 s", "dies": "it died"}[fault] in failure
    assert "![一张图](img/b.jpg)" in body(desk, "content/one/index.md")
    assert there(desk)["attachments/a.jpg"] == JPEG + b"a"
    (desk / "broken").unlink()
    summary = run(options)
    assert (summary.failures, summary.exit_code) == ([], 0)
    assert there(desk)["attachments/b.jpg"] == PNG
    assert run(options).converted.total() == 0


# --- what is a picture


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"BMW built it", ""),
        (b"BM" + bytes(12) + struct.pack("<I", 40) + bytes(36), ".bmp"),
        (b"<!doctype html><html><body><svg><path/></svg>404</body></html>", ""),
        (b"<html><svg/></html>", ""),
        (b"see <svg>", ""),
        (b"<svgs/>", ""),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn <b> -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', ".svg"),
        (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd" [<!ENTITY a "b">]>\n<svg:svg/>', ".svg"),
        (b"<!--" + b" " * 2000 + b"--><svg>", ".svg"),
        (b"nonsenseWEBP", ""),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", ".webp"),
        (b"II*\x00 no browser shows it", ""),
    ],
)
def test_a_picture_is_known_by_what_it_begins_with(data: bytes, suffix: str) -> None:
    """A page with a drawing in it is none, nor a text about cars."""
    assert suffix_of(data) == suffix


def test_pictures_that_go_to_a_worker_together_are_no_larger_than_the_largest() -> None:
    """A worker may hold all of them until a store has them."""
    some = [Copy(str(number), f"{number}.jpg", size=MAX_PICTURE // 3) for number in range(64)]
    chunks = list(portions([*some, Copy("l", "l.jpg", size=MAX_PICTURE), *some[:2]], jobs=1))
    assert max(sum(one.size for one in chunk) for chunk in chunks) <= MAX_PICTURE
    assert [one for chunk in chunks for one in chunk] == [*some, Copy("l", "l.jpg", size=MAX_PICTURE), *some[:2]]
    assert list(portions([], jobs=1)) == []
