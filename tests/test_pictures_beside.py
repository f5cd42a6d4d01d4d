"""Pictures beside the articles: copied from the mirror, under names of their own, and followed when they change."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import fsspec
import pytest

from benchmarks.linking import JPEG, PNG, PROFILE
from benchmarks.walking import Here
from convert.batch.articles.beside import Beside
from convert.batch.articles.relinking import MOVED
from convert.batch.pictures.cache import PictureCache
from convert.batch.run import run
from convert.batch.verifying.verification import verify_outputs
from convert.catalogue import CATALOGUE
from convert.config import Config, OutputOptions, load_config
from convert.config.formats import MarkdownOutput
from convert.emit.escapes import INLINE as FLAVOURS
from convert.errors import ConfigError
from convert.names import PictureTemplate
from tests.test_batch import config
from tests.test_incremental import settle
from tests.test_linking import Killed, files, go, holds, verdict
from tests.test_stores import commit

LAKE = """# {title}

[![湖](<img/湖 边.png>)](https://lake.example/{other})

见[那篇旧文](https://lake.example/{other})，[手机上](http://m.lake.example/{other}?from=1)。

| 日 | 看 |
|---|---|
| 一 | [表里](https://lake.example/{other}) |

尾。

来源：https://lake.example/{id}
"""


def told(path: str = "./{name}", pictures: str = "beside", article: str = "content/{stem}/index.md") -> str:
    """A config with pictures beside the articles."""
    markdown = f'{{pictures: {pictures}, picture_path: "{path}", path: "{article}"}}'
    return f"emit: {{markdown: {markdown}}}\nvolumes: []\nfeed: false\nbatch: {{jobs: 1, prune: true}}\n"


def picture(desk: Path, path: str, data: bytes = JPEG) -> None:
    """A picture of the mirror."""
    file = desk / "in" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def show(desk: Path, name: str, *addresses: str, before: str = "") -> None:
    """A page of a mirror that no profile knows, with pictures between its paragraphs."""
    pictures = "\n\n".join(f"![一张图](<{one}>)\n\n海边放晴。" for one in addresses)
    file = desk / "in" / f"{name}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"# {name}\n\n{before}{pictures}\n", encoding="utf-8")
    settle(desk)


def lake(desk: Path) -> str:
    """Two articles of a site that has pictures of its own, and what a config says of it."""
    picture(desk, "img/湖 边.png", PNG)
    (desk / "lake.yaml").write_text(PROFILE, encoding="utf-8")
    for name, title, id_, other in (("one", "一 号", 1, 2), ("two", "二号", 2, 1)):
        (desk / "in" / f"{name}.md").write_text(LAKE.format(title=title, id=id_, other=other), encoding="utf-8")
    settle(desk)
    return "parse: {profiles: [lake.yaml]}\n"


def body(desk: Path, path: str) -> str:
    """A Markdown file."""
    return (desk / "out" / path).read_text(encoding="utf-8")


def there(desk: Path) -> dict[str, bytes]:
    """The pictures of the output."""
    return {name: data for name, data in files(desk / "out").items() if not name.endswith((".md", ".json"))}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done in this process."""
    monkeypatch.setattr("convert.batch.engines.engine.Pool", Here)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Two articles with one picture of the mirror in common, and one of its own each."""
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        picture(tmp_path, f"img/{name}", JPEG + name.encode())
    show(tmp_path, "one", "img/a.jpg", "img/b.jpg", "https://p.example/far.jpg", "img/none.jpg")
    show(tmp_path, "two", "img/b.jpg", "./img/c.jpg")
    return tmp_path


def test_pictures_lie_in_the_article_s_own_folder(desk: Path) -> None:
    """A bundle, as Hugo has it; what the mirror does not have keeps its address."""
    text = told()
    summary = go(desk, text)
    assert (summary.pictures, summary.links, summary.converted) == (4, 0, Counter({"new": 2}))
    one = body(desk, "content/one/index.md")
    assert "![一张图](a.jpg)" in one
    assert "![一张图](https://p.example/far.jpg)" in one
    assert "![一张图](img/none.jpg)" in one
    assert there(desk) == {
        "content/one/a.jpg": JPEG + b"a.jpg",
        "content/one/b.jpg": JPEG + b"b.jpg",
        "content/two/b.jpg": JPEG + b"b.jpg",
        "content/two/c.jpg": JPEG + b"c.jpg",
    }
    holds(desk, text)


def test_a_picture_of_several_articles_is_written_once(desk: Path) -> None:
    """Below a folder that all of them share; the front matter has the picture where the body has it from."""
    text = told("attachments/{name}")
    go(desk, text)
    assert sorted(there(desk)) == ["attachments/a.jpg", "attachments/b.jpg", "attachments/c.jpg"]
    assert "![一张图](../../attachments/b.jpg)" in body(desk, "content/one/index.md")
    assert "![一张图](../../attachments/b.jpg)" in body(desk, "content/two/index.md")
    assert "\nimage: ../../attachments/a.jpg\n" in body(desk, "content/one/index.md").replace('"', "")
    holds(desk, text)


def test_two_pictures_share_no_name(tmp_path: Path) -> None:
    """Not even where a file system knows no case; and no picture takes an article's name."""
    text = told("all/{name}", article="all/{stem}.svg.md")
    for place in ("x/a.jpg", "y/a.jpg", "y/A.JPG"):
        picture(tmp_path, place, JPEG + place.encode())
    show(tmp_path, "one", "y/a.jpg", "x/a.jpg", "y/A.JPG")
    go(tmp_path, text)
    assert len({name.casefold() for name in there(tmp_path)}) == 3
    assert sorted(there(tmp_path).values()) == [JPEG + b"x/a.jpg", JPEG + b"y/A.JPG", JPEG + b"y/a.jpg"]
    holds(tmp_path, text)
    show(tmp_path, "one", "y/a.jpg")
    go(tmp_path, text)
    assert sorted(there(tmp_path)) == ["all/a.jpg"]
    holds(tmp_path, text)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("湖 边.jpg", "%E6%B9%96%20%E8%BE%B9.jpg"),
        ("100%25 a (1).jpg", "100%25%20a%20%281%29.jpg"),
        ("con.jpg", "con_.jpg"),
        ("a:b?.jpg", "a_b_.jpg"),
        ("picture", "picture.jpg"),
        ("photo.php", "photo.php.jpg"),
        ("photo.JPEG", "photo.JPEG"),
    ],
)
def test_names_are_such_as_every_file_system_takes(tmp_path: Path, name: str, written: str) -> None:
    """And end with what tools know pictures by."""
    text = told()
    picture(tmp_path, f"img/{name.replace('%25', '%')}")
    address = name.replace("?", "%3F")
    show(tmp_path, "one", f"img/{address}")
    go(tmp_path, text)
    assert f"![一张图]({written})" in body(tmp_path, "content/one/index.md")
    assert list(there(tmp_path).values()) == [JPEG]
    holds(tmp_path, text)


def test_what_is_no_picture_is_not_copied(desk: Path) -> None:
    """Some mirrors have pages of errors under the names of pictures."""
    text = told()
    picture(desk, "img/a.jpg", b"<html>404</html>")
    picture(desk, "img/c.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    go(desk, text)
    assert "![一张图](img/a.jpg)" in body(desk, "content/one/index.md")
    assert sorted(there(desk)) == ["content/one/b.jpg", "content/two/b.jpg", "content/two/c.jpg"]
    holds(desk, text)


# --- what changes between two runs


def test_a_picture_that_has_changed_is_copied_again(desk: Path) -> None:
    """Though no article has: its file's size or time of change tells."""
    text = told()
    go(desk, text)
    picture(desk, "img/b.jpg", PNG)
    assert go(desk, text).converted.total() == 0
    assert there(desk)["content/two/b.jpg"] == PNG
    holds(desk, text)


def test_a_picture_that_comes_or_goes_is_followed(desk: Path) -> None:
    """The articles that show it are written once more."""
    text = told()
    go(desk, text)
    picture(desk, "img/none.jpg")
    assert go(desk, text).converted == Counter({MOVED: 1})
    assert "![一张图](none.jpg)" in body(desk, "content/one/index.md")
    (desk / "in/img/b.jpg").unlink()
    assert go(desk, text).converted == Counter({MOVED: 2})
    assert sorted(there(desk)) == ["content/one/a.jpg", "content/one/none.jpg", "content/two/c.jpg"]
    holds(desk, text)


def test_a_copy_that_wins_shows_its_own_pictures(tmp_path: Path) -> None:
    """The same address is another picture there."""
    text = lake(tmp_path) + told()
    go(tmp_path, text)
    file = tmp_path / "in/one.md"
    other = tmp_path / "in/z/one.md"
    picture(tmp_path, "z/img/湖 边.png", PNG + b"z")
    other.write_text(file.read_text(encoding="utf-8").replace("尾。", "这里还有更多的话。"), encoding="utf-8")
    settle(tmp_path)
    go(tmp_path, text)
    assert there(tmp_path) == {"content/one/湖 边.png": PNG + b"z", "content/two/湖 边.png": PNG}
    holds(tmp_path, text)


def test_pictures_that_nobody_shows_any_more_are_left_over(desk: Path) -> None:
    """And pruned when that is asked for."""
    text = told("attachments/{name}").replace("prune: true", "prune: false")
    go(desk, text)
    (desk / "in/two.md").unlink()
    summary = go(desk, text)
    assert (summary.leftovers, summary.pictures) == (2, 2)
    assert go(desk, text, prune=True).removed == 2
    assert sorted(there(desk)) == ["attachments/a.jpg", "attachments/b.jpg"]
    holds(desk, text)


@pytest.mark.parametrize("damage", ["delete", "alter", "touch"])
def test_files_that_are_not_what_was_written_are_made_again(desk: Path, damage: str) -> None:
    """Without the articles being converted."""
    text = told()
    go(desk, text)
    file = desk / "out/content/two/b.jpg"
    if damage == "delete":
        file.unlink()
    elif damage == "alter":
        file.write_bytes(b"mine")
    else:
        os.utime(file, (1, 1))
    assert go(desk, text).converted.total() == 0
    holds(desk, text)


@pytest.mark.parametrize("place", ["Beside.read", "Beside.take", "Relinking.take"])
def test_a_run_that_is_killed_among_its_pictures_is_taken_up(
    desk: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Before they are read, when they are written and the catalogue does not know it, and behind them."""
    text = told("attachments/{name}")
    module = "beside" if place.startswith("Beside") else "relinking"

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(f"convert.batch.articles.{module}.{place}", killed)
        with pytest.raises(Killed):
            go(desk, text)
    go(desk, text)
    holds(desk, text)
    (desk / "out" / CATALOGUE).unlink()
    go(desk, text)
    holds(desk, text)


def test_a_config_that_wants_no_pictures_leaves_none(desk: Path) -> None:
    """Nor anything of them in the catalogue."""
    linked = told(pictures="keep").replace("pictures:", "links: relative, pictures:")
    for text in (told(), linked, told(), told(pictures="keep")):
        go(desk, text)
        assert bool(there(desk)) is ("beside" in text)
        holds(desk, text)
    with sqlite3.connect(desk / "out" / CATALOGUE) as catalogue:
        assert catalogue.execute("SELECT count(*) FROM reference").fetchone() == (0,)
        assert catalogue.execute("SELECT count(*) FROM picture").fetchone() == (0,)


def test_another_template_moves_them(desk: Path) -> None:
    """And back."""
    for path in ("./{name}", "attachments/{stem}/{name}", "./pictures/{name}", "./{name}"):
        go(desk, told(path))
        holds(desk, told(path))


def test_links_and_pictures_go_together(tmp_path: Path) -> None:
    """In one link as well, which leads to an article and holds a picture; under a profile that knows more hosts."""
    text = lake(tmp_path) + told().replace("pictures:", "links: relative, pictures:")
    go(tmp_path, text)
    one = body(tmp_path, "content/one/index.md")
    assert "[![湖](%E6%B9%96%20%E8%BE%B9.png)](../two/index.md)" in one
    assert "[手机上](../two/index.md)" in one
    assert "[![湖](%E6%B9%96%20%E8%BE%B9.png)" in body(tmp_path, "content/two/index.md")
    holds(tmp_path, text)


def test_what_is_html_in_the_file_keeps_its_addresses(tmp_path: Path) -> None:
    """Tools do not look there for paths of Markdown files; and verify knows the difference."""
    text = lake(tmp_path) + told().replace("pictures:", "links: relative, pictures:")
    head = "<thead><tr><th>日</th><th>看</th></tr></thead>"
    cells = '<tr><td>一</td><td><a href="https://lake.example/2">二</a></td></tr><tr><td colspan="2">'
    table = f'<table>{head}<tbody>{cells}见<img src="img/湖 边.png" alt="湖"></td></tr></tbody></table>'
    file = tmp_path / "in/one.md"
    file.write_text(file.read_text(encoding="utf-8").replace("尾。", f"{table}\n\n尾。"), encoding="utf-8")
    settle(tmp_path)
    go(tmp_path, text)
    assert '<a href="https://lake.example/2">二</a>' in body(tmp_path, "content/one/index.md")
    assert '<img src="img/湖%20边.png" alt="湖">' in body(tmp_path, "content/one/index.md")
    holds(tmp_path, text)


@pytest.mark.parametrize("flavour", sorted(FLAVOURS))
def test_every_flavour_has_links_and_pictures(tmp_path: Path, flavour: str) -> None:
    """And an independent reader finds what they lead to."""
    options = f"flavour: {flavour}, links: relative, pictures:"
    text = lake(tmp_path) + told().replace("pictures:", options)
    go(tmp_path, text)
    assert body(tmp_path, "content/one/index.md").count("](../two/index.md)") == 4
    holds(tmp_path, text)


def test_workers_write_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever their number."""
    text = lake(tmp_path) + told().replace("pictures:", "links: relative, pictures:")
    wanted = files_of_a_run(tmp_path, text, "fresh")
    monkeypatch.undo()
    assert files_of_a_run(tmp_path, text.replace("jobs: 1", "jobs: 2"), "out") == wanted
    assert run(config(tmp_path, text.replace("jobs: 1", "jobs: 2"))).converted.total() == 0


def files_of_a_run(desk: Path, text: str, output: str) -> dict[str, bytes]:
    """What one run writes into a folder."""
    run(config(desk, text).model_copy(update={"output": OutputOptions(path=desk / output)}))
    return files(desk / output)


# --- pictures from the web


def cached(desk: Path, address: str, data: bytes = JPEG) -> None:
    """A picture that was fetched earlier."""
    cache = PictureCache(desk / "out/.cache/pictures")
    cache.prepare()
    cache.put(address, data)


def test_pictures_that_were_fetched_are_taken_too(desk: Path) -> None:
    """As long as nobody asks for another address they stay, whatever has become of the cache."""
    text = told()
    go(desk, text)
    cached(desk, "https://p.example/far.jpg")
    assert go(desk, text).converted == Counter({MOVED: 1})
    assert "![一张图](far.jpg)" in body(desk, "content/one/index.md")
    assert there(desk)["content/one/far.jpg"] == JPEG
    for file in (desk / "out/.cache").rglob("*.picture"):
        file.unlink()
    assert go(desk, text).converted.total() == 0
    assert verdict(desk, text).exit_code == 0
    assert there(desk)["content/one/far.jpg"] == JPEG


def test_pictures_are_fetched_where_the_config_says_so(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once; those of the mirror's own are never asked for."""
    asked: list[str] = []

    class Fetched:
        fetched = 1

    def fetch(told: Config, addresses: list[str], progress: object) -> Fetched:
        asked.extend(addresses)
        for one in addresses:
            cached(desk, one, PNG)
        return Fetched()

    monkeypatch.setattr("convert.batch.articles.beside.fetch_pictures", fetch)
    text = told(pictures="fetch")
    summary = go(desk, text)
    assert (asked, summary.fetched) == (["https://p.example/far.jpg"], 1)
    assert there(desk)["content/one/far.jpg"] == PNG
    assert go(desk, text).converted.total() == 0
    assert len(asked) == 1
    assert verdict(desk, text).exit_code == 0


# --- wherever they lie


def test_a_git_repository_has_pictures_too(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read from its objects, and a commit that changes one is noticed."""
    commit(desk / "in")
    text = told()
    monkeypatch.setattr("tests.test_linking.config", lambda desk, text: config(desk, text, "{git: in}"))
    go(desk, text)
    assert there(desk)["content/two/c.jpg"] == JPEG + b"c.jpg"
    holds(desk, text)
    picture(desk, "img/c.jpg", PNG)
    commit(desk / "in")
    assert go(desk, text).converted.total() == 0
    assert there(desk)["content/two/c.jpg"] == PNG
    holds(desk, text)


def test_pictures_go_where_the_articles_go(tmp_path: Path) -> None:
    """From one address to another; what lies in this process's memory is written by it alone."""
    system = fsspec.filesystem("memory")
    page = "# 一\n\n![图](a.jpg)\n\n海边放晴。\n"
    system.pipe({"/beside/in/one.md": page.encode(), "/beside/in/a.jpg": JPEG})
    text = told().replace("emit:", "input: {address: 'memory://beside/in'}\nemit:")
    text = text.replace("emit:", "output: {path: out, address: 'memory://beside/out'}\nemit:")
    try:
        file = tmp_path / "config.yaml"
        file.write_text(text, encoding="utf-8")
        told_of = load_config(file)
        assert run(told_of).pictures == 1
        assert system.cat_file("/beside/out/content/one/a.jpg") == JPEG
        assert b"![\xe5\x9b\xbe](a.jpg)" in system.cat_file("/beside/out/content/one/index.md")
        assert run(told_of).converted.total() == 0
        assert verify_outputs(told_of).exit_code == 0
        system.pipe_file("/beside/out/content/one/a.jpg", PNG)
        assert verify_outputs(told_of).exit_code == 1
        run(told_of)
        assert system.cat_file("/beside/out/content/one/a.jpg") == JPEG
    finally:
        system.rm("/beside", recursive=True)


# --- what is proved


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("(b.jpg)", "(c.jpg)", "other bytes"),
        ("(b.jpg)", "(d.jpg)", "nothing"),
        ("(b.jpg)", "(../one/a.jpg)", "other bytes"),
    ],
)
def test_a_picture_that_shows_another_one_is_found(desk: Path, old: str, new: str, found: str) -> None:
    """Or none."""
    text = told()
    go(desk, text)
    file = desk / "out/content/two/index.md"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    (one,) = verdict(desk, text).differing
    assert ("pictures", found) in {(told.check, told.found) for told in one.differences}


@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_a_picture_with_other_bytes_is_found(desk: Path, damage: str) -> None:
    """A file is held against the mirror's."""
    text = told()
    go(desk, text)
    file = desk / "out/content/two/c.jpg"
    file.write_bytes(PNG) if damage == "altered" else file.unlink()
    (one,) = verdict(desk, text).differing
    (told_of,) = one.differences
    assert str(told_of).startswith("content/two/index.md, content/two/c.jpg: pictures: found")


def test_a_picture_of_the_front_matter_that_is_another_one_is_found(desk: Path) -> None:
    """It has to lie where the body has it from."""
    text = told()
    go(desk, text)
    file = desk / "out/content/one/index.md"
    file.write_text(file.read_text(encoding="utf-8").replace("image: a.jpg", "image: b.jpg"), encoding="utf-8")
    (one,) = verdict(desk, text).differing
    assert {told.check for told in one.differences} == {"front matter"}


def test_a_run_finds_a_picture_that_its_own_writer_took_for_another(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands under the path in the file is held against the picture that the source shows."""
    text = told()
    right = Beside.make

    def wrong(self: Beside, *rest: Any) -> dict[tuple[str, str], str]:
        return {key: path.replace("two/b.jpg", "two/c.jpg") for key, path in right(self, *rest).items()}

    with monkeypatch.context() as patched:
        patched.setattr(Beside, "make", wrong)
        summary = run(config(desk, text))
    (differing,) = summary.differing
    assert differing.path == "two.md"
    assert str(differing.differences[0]).startswith(
        "content/two/index.md, img/b.jpg: pictures: found 'content/two/c.jpg'"
    )
    go(desk, text)
    holds(desk, text)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("attachments", "no field {name}"),
        ("../{name}", "leads out of the output folder"),
        ("./../{name}", "leads out of the output folder"),
        ("/{name}", "no relative path"),
        ("{date}/{name}", "there is no field {date}; expected one of {folder} {stem} {name}"),
    ],
)
def test_a_template_leads_nowhere_else(tmp_path: Path, path: str, expected: str) -> None:
    """And has a name of its own for each picture."""
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, told(path))
    assert "emit.markdown.picture_path" in caught.value.message
    assert expected in caught.value.message


def test_the_fields_of_a_template() -> None:
    """The source's folder and stem, as other paths have them; `./` is the folder of the article's file."""
    fill = PictureTemplate.parse("all/{folder}/{stem}/{name}").fill
    assert fill("pages/c1/n1.md", "md/n1.md", "a.jpg") == "all/pages/c1/n1/a.jpg"
    assert PictureTemplate.parse("./{stem}/{name}").fill("pages/n1.md", "md/x.md", "a.jpg") == "md/n1/a.jpg"
    assert MarkdownOutput().picture_path == "./{name}"
