"""`mirrorpress verify`: every kind of damage to what lies in the output folder is told with file and place."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from convert.batch.run import Options, run
from convert.batch.verifying.verification import verify_outputs
from convert.config import Config, InputOptions, load_config
from convert.errors import NothingToReadError
from tests.test_cli import command

PAGE = """### 湖边的图书馆{id}

---

#### [首页](../../../..?{id}) &nbsp;|&nbsp; [评论](../../../../../other?{id})

<div><img src="https://p.example/{id}.jpg"/>
<div class="caption">
 湖边的早晨。（李小红／示例社）
</div></div><hr/><div class="post_content" id="artbody">
 <p>
  【大纪元2021年07月14日讯】（大纪元记者王小明报导）湖边的
  <ok href="https://n.example/tag/1.html">
   图书馆
  </ok>
  今天开门，
  <strong>
   第一天
  </strong>
  来了300人，读者可以看
  <ok href="https://n.example/2.html">
   第二页
  </ok>
  。
 </p>
 <h4>
  怎样借书
 </h4>
 <p>
  带
  <em>
   一张
  </em>
  照片。水是H
  <sub>
   2
  </sub>
  O，注
  <sup>
   1
  </sup>
  ，<s>旧的</s>不算。
  <br/>
  第二行 有空格。
 </p>
 <p>
  书是船。
 </p>
 <p>
  水是路。
 </p>
 <ul><li>小说</li><li>诗歌</li></ul>
 <ol start="3"><li>登记</li><li>取书</li></ol>
 <blockquote><p>湖水很静。</p></blockquote>
 <table><thead><tr><th>日</th><th>人数</th></tr></thead><tbody><tr><td>一</td><td>300</td></tr></tbody></table>
 <p>
  1. 不是列表，*不是* 强调，a &lt; b 。
 </p>
 <figure><img src="https://p.example/b.jpg"/><figcaption>第二张照片。</figcaption></figure>
 <p>
  责任编辑：赵小兰
 </p>
</div>

---

原文链接（需翻墙）：https://www.epochtimes.com/gb/21/7/14/{id}.htm
"""

CONFIG = """input: in
output: out
emit:
  markdown: {path: "md/{date:%Y}/{id}.md", title: true}
  text: {path: "txt/{stem}.txt"}
  html: {path: "html/{folder}/{stem}.html"}
volumes:
  - {title: 湖, file: "epub/lake.epub", group_by: [], sections: []}
batch: {jobs: 1}
"""
BOOK = "epub/lake.epub"

# name of the damage, the file it is done to (`md`, `txt`, `html`, `book`), the piece replaced, what replaces it (None
# deletes the whole file), and the check that must tell
DAMAGE: list[tuple[str, str, str, str | None, str]] = [
    ("a dropped sentence", "md", "今天开门，", "", "reads back"),
    ("a changed character", "md", "300人", "800人", "reads back"),
    ("a swapped link", "md", "n.example/2.html", "n.example/3.html", "reads back"),
    ("a link gone, its text kept", "md", "[第二页](https://n.example/2.html)", "第二页", "reads back"),
    ("an eaten space", "md", "第二行 有", "第二行有", "reads back"),
    ("lost bold", "md", "**第一天**", "第一天", "reads back"),
    ("bold as emphasis", "md", "**第一天**", "*第一天*", "reads back"),
    ("lost emphasis", "md", "*一张*", "一张", "reads back"),
    ("lost subscript", "md", "<sub>2</sub>", "2", "reads back"),
    ("lost superscript", "md", "<sup>1</sup>", "1", "reads back"),
    ("lost strikethrough", "md", "~~旧的~~", "旧的", "reads back"),
    ("a broken table", "md", "| --- | --- |", "| --- |", "reads back"),
    ("a lost table cell", "md", "| 一 | 300 |", "| 300 |", "reads back"),
    ("a duplicated paragraph", "md", "书是船。\n", "书是船。\n\n书是船。\n", "reads back"),
    ("an escaped character gone", "md", "\\*不是\\*", "*不是*", "reads back"),
    ("an escaped list mark gone", "md", "1\\. 不是", "1. 不是", "reads back"),
    ("a dropped picture", "md", "![](https://p.example/b.jpg)\\\n", "", "reads back"),
    ("another picture", "md", "p.example/b.jpg", "p.example/c.jpg", "reads back"),
    ("a lost list item", "md", "- 小说\n", "", "reads back"),
    ("a list that starts elsewhere", "md", "3. 登记\n4. 取书", "1. 登记\n2. 取书", "reads back"),
    ("merged paragraphs", "md", "书是船。\n\n水是路。", "书是船。\n水是路。", "reads back"),
    ("paragraphs in each other's place", "md", "书是船。\n\n水是路。", "水是路。\n\n书是船。", "reads back"),
    ("a heading of another level", "md", "## 怎样", "### 怎样", "reads back"),
    ("a lost heading", "md", "## 怎样借书", "怎样借书", "reads back"),
    ("a lost hard break", "md", "不算。\\\n", "不算。", "reads back"),
    ("a hard break made soft", "md", "不算。\\\n", "不算。\n", "reads back"),
    ("a lost quotation", "md", "> 湖水", "湖水", "reads back"),
    ("the title gone from above the body", "md", "# 湖边", "湖边", "reads back"),
    ("the end cut off", "md", "第二张照片。\n", "", "reads back"),
    ("bytes that are no UTF-8", "md", "第二张", "\udcff第二张", "encoding"),
    ("another date", "md", "date: 2021-07-14", "date: 2021-07-15", "front matter"),
    ("a date as text", "md", "date: 2021-07-14", 'date: "2021-07-14"', "front matter"),
    ("a lost author", "md", "authors: [王小明]\n", "", "front matter"),
    ("a key too many", "md", "authors:", "mood: good\nauthors:", "front matter"),
    ("a key that stands twice", "md", "authors: [王小明]\n", "authors: [王小明]\nauthors: [王小明]\n", "front matter"),
    ("front matter that is no YAML", "md", "authors: [王小明]", "authors: [王小明", "front matter"),
    ("front matter without its end", "md", "---\n\n# ", "\n\n# ", "front matter"),
    ("a deleted Markdown file", "md", "", None, "missing"),
    ("a changed character in the text", "txt", "300人", "800人", "plain text"),
    ("a dropped sentence in the text", "txt", "书是船。", "", "plain text"),
    ("a doubled sentence in the text", "txt", "书是船。", "书是船。书是船。", "plain text"),
    ("an eaten space in the text", "txt", "第二行 有", "第二行有", "plain text"),
    ("merged paragraphs in the text", "txt", "书是船。\n\n水是路。", "书是船。水是路。", "plain text"),
    ("a line split in the text", "txt", "今天开门，", "今天\n开门，", "plain text"),
    ("the address gone from the text", "txt", "https://www.epochtimes.com", "", "plain text"),
    ("a deleted text file", "txt", "", None, "missing"),
    ("a paragraph gone from the HTML", "html", "<p>书是船。</p>\n", "", "html"),
    ("an attribute in the HTML", "html", "<p>书是船。", '<p class="x">书是船。', "html"),
    ("another title in the HTML", "html", "<h1>湖边", "<h1>海边", "html"),
    ("a deleted HTML file", "html", "", None, "missing"),
    ("a chapter without a paragraph", "book", "<p>书是船。</p>\n", "", "book"),
    ("a changed character in a chapter", "book", "300人", "800人", "book"),
    ("lost bold in a chapter", "book", "<strong>第一天</strong>", "第一天", "book"),
    ("a swapped link in a chapter", "book", "n.example/2.html", "n.example/3.html", "book"),
    ("a lost link in a chapter", "book", '<a href="https://n.example/2.html">第二页</a>', "第二页", "book"),
    ("a heading of another level in a chapter", "book", "<h2>怎样借书</h2>", "<h3>怎样借书</h3>", "book"),
    ("a lost list item in a chapter", "book", "<li>小说</li>\n", "", "book"),
    ("a list that starts elsewhere in a chapter", "book", ' start="3"', "", "book"),
    ("a lost line break in a chapter", "book", "不算。<br/>", "不算。", "book"),
    ("a lost caption in a chapter", "book", "<figcaption>第二张照片。</figcaption>", "", "book"),
    ("a lost picture's address in a chapter", "book", "https://p.example/b.jpg", "https://p.example/c.jpg", "book"),
    (
        "a lost picture's link in a chapter",
        "book",
        'href="https://p.example/b.jpg"',
        'href="https://p.example/c.jpg"',
        "book",
    ),
    ("merged paragraphs in a chapter", "book", "书是船。</p>\n<p>", "书是船。", "book"),
    ("ill-formed XHTML", "book", "书是船。</p>", "书是船。", "book"),
    ("another title of a chapter", "book", '<h1 id="title">湖边', '<h1 id="title">海边', "missing"),
]


def article_id(number: int) -> str:
    """The id of the article that one kind of damage is done to."""
    return f"n1{number:05}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an invented mirror, an article for each kind of damage and two more, and what a run made of it."""
    folder = tmp_path_factory.mktemp("mirror")
    pages = folder / "in" / "pages" / "c1"
    pages.mkdir(parents=True)
    for number in range(len(DAMAGE) + 2):
        (pages / f"{article_id(number)}.md").write_text(PAGE.format(id=article_id(number)), encoding="utf-8")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    summary = run(load_config(folder / "config.yaml"))
    assert (summary.failures, summary.differing, summary.verified) == ([], [], len(DAMAGE) + 2)
    return folder


@pytest.fixture
def lake(made: Path, tmp_path: Path) -> Config:
    """The config of a copy of that folder."""
    shutil.copytree(made, tmp_path / "lake")
    return load_config(tmp_path / "lake" / "config.yaml")


def file_of(kind: str, name: str) -> str:
    """Where a run puts an article's output of a kind."""
    return {"md": f"md/2021/{name}.md", "txt": f"txt/{name}.txt", "html": f"html/pages/c1/{name}.html"}.get(kind, BOOK)


def replaced(data: bytes, old: str, new: str) -> bytes:
    """A file with one piece of it replaced, the last one: the front matter repeats the body's first sentences."""
    text = data.decode()
    assert old in text, f"the damage must hit something: {old!r}"
    return new.join(text.rsplit(old, 1)).encode("utf-8", "surrogateescape")


def damage_book(file: Path, edits: dict[str, Callable[[bytes], bytes]]) -> None:
    """Write a book anew, with some of its documents edited."""
    stream = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            edit = edits.pop(info.filename.rpartition("/")[2], None)
            new.writestr(info, edit(data) if edit else data)
    assert not edits, edits
    file.write_bytes(stream.getvalue())


def damage_all(output: Path) -> None:
    """Do every kind of damage, each to an article of its own."""
    books: dict[str, Callable[[bytes], bytes]] = {}
    for number, (_, kind, old, new, _) in enumerate(DAMAGE):
        file = output / file_of(kind, article_id(number))
        if kind == "book":
            books[f"{article_id(number)}.xhtml"] = lambda data, old=old, new=new or "": replaced(data, old, new)  # type: ignore[misc]
        elif new is None:
            file.unlink()
        else:
            file.write_bytes(replaced(file.read_bytes(), old, new))
    damage_book(output / BOOK, books)


@pytest.fixture(scope="module")
def told(made: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the command says when every kind of damage was done."""
    folder = tmp_path_factory.mktemp("damaged") / "lake"
    shutil.copytree(made, folder)
    damage_all(folder / "out")
    done = command(folder, "verify")
    assert done.returncode == 1, done.stderr
    return done.stdout.decode().splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(DAMAGE)), ids=[one[0] for one in DAMAGE])
def test_damage_on_disk_is_told_with_file_and_place(told: list[str], number: int) -> None:
    """Each kind by the check that is made for it, with the file's name and the source's."""
    name, (_, kind, _, _, check) = article_id(number), DAMAGE[number]
    lines = [line for line in told if name in line and f": {check}: " in line]
    assert any(file_of(kind, name) in line for line in lines), told


@pytest.mark.slow
def test_nothing_else_is_told(told: list[str]) -> None:
    """Articles without damage are not named, and a line for all ends it."""
    count = len(DAMAGE)
    assert not [line for line in told if article_id(count) in line or article_id(count + 1) in line]
    assert told[-1].startswith(f"verified {count + 2} articles, {3 * (count + 2)} files, {count + 2} chapters")
    assert "differ" in told[-1]


@pytest.mark.slow
def test_an_undamaged_output_passes(made: Path) -> None:
    """Exit code 0, and one line."""
    done = command(made, "verify", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    done = command(made, "verify", "--against", "source", "in/pages/c1/n100001.md")
    assert done.stdout == b"verified 1 article, 3 files, 1 chapter of volumes: nothing differs\n"


@pytest.mark.slow
def test_paths_choose_what_is_verified(lake: Config) -> None:
    """Sources and outputs mean their article, a volume all of its articles, a folder what is in it."""
    output = lake.output.path
    deleted, damaged = output / file_of("txt", article_id(0)), output / file_of("md", article_id(1))
    deleted.unlink()
    damaged.write_bytes(replaced(damaged.read_bytes(), "300人", "800人"))
    for path, count, differing in (
        (deleted, 1, [0]),
        (damaged, 1, [1]),
        (lake.input.path / "pages/c1/n100001.md", 1, [1]),
        (output / file_of("html", article_id(2)), 1, []),
        (output / "txt", len(DAMAGE) + 2, [0, 1]),
        (output / BOOK, len(DAMAGE) + 2, [0, 1]),
    ):
        verdict = verify_outputs(lake, [path])
        assert verdict.articles == count, path
        assert [one.path for one in verdict.differing] == [f"pages/c1/{article_id(one)}.md" for one in differing], path


def test_a_path_that_means_nothing_is_told(lake: Config) -> None:
    """Neither a source nor an output: exit code 3."""
    with pytest.raises(NothingToReadError, match="nothing to verify"):
        verify_outputs(lake, [lake.output.path / "md" / "none.md"])
    with pytest.raises(NothingToReadError):
        verify_outputs(lake.model_copy(update={"input": InputOptions(path=lake.input.path / "none")}))


@pytest.mark.slow
def test_a_volume_that_is_gone_or_broken_is_told(lake: Config) -> None:
    """A deleted one, and one that is no zip."""
    (lake.output.path / BOOK).write_bytes(b"no book")
    assert [(one.path, one.differences[0].check) for one in verify_outputs(lake).differing] == [(BOOK, "book")]
    (lake.output.path / BOOK).unlink()
    assert [(one.path, one.differences[0].check) for one in verify_outputs(lake).differing] == [(BOOK, "missing")]


@pytest.mark.slow
def test_a_volume_in_another_script_is_compared_too(lake: Config) -> None:
    """With what OpenCC makes of each article; that it is broken, or gone, is told like that of any other."""
    turned = lake.volumes[0].model_copy(update={"script": "s2t"})
    config = lake.model_copy(update={"volumes": (turned,), "emit": lake.emit.model_copy(update={"html": None})})
    run(config)
    assert verify_outputs(config).differing == []
    whole = (lake.output.path / BOOK).read_bytes()
    swap = partial(replaced, old="湖水很靜", new="湖水很静")
    damage_book(lake.output.path / BOOK, {f"{article_id(0)}.xhtml": swap})
    (told,) = verify_outputs(config).differing
    assert (told.path, [one.check for one in told.differences]) == (f"pages/c1/{article_id(0)}.md", ["book"])
    (lake.output.path / BOOK).write_bytes(whole)
    damage_book(lake.output.path / BOOK, {f"{article_id(0)}.xhtml": lambda data: data.replace(b"</section>", b"")})
    told, *others = verify_outputs(config).differing
    assert (told.path, told.differences[0].check) == (BOOK, "book")
    assert [one.path for one in others] == [f"pages/c1/{article_id(0)}.md"]
    (lake.output.path / BOOK).unlink()
    assert [(one.path, one.differences[0].check) for one in verify_outputs(config).differing] == [(BOOK, "missing")]


@pytest.mark.slow
def test_a_changed_source_differs_from_its_outputs(lake: Config) -> None:
    """Outputs that are older than their source are not what it says."""
    source = lake.input.path / "pages/c1/n100003.md"
    source.write_bytes(replaced(source.read_bytes(), "湖水很静", "湖水很冷"))
    (differing,) = verify_outputs(lake, [source]).differing
    assert {one.check for one in differing.differences} == {"reads back", "plain text", "html", "book"}


def lossy(config: Config, verify: str) -> Config:
    """The config with a rule that takes text away and says so of its last sign only."""
    (config.base / "lossy.py").write_text(
        "def drop(article, context):\n    for item in article.body.select('blockquote'):\n"
        "        article.note('lossy:drop', 'removed', item.text.strip()[-1])\n        item.extract()\n",
        encoding="utf-8",
    )
    text = CONFIG.replace("batch: {jobs: 1}", f"batch: {{jobs: 1, verify: {verify}}}\nclean: [default, 'lossy:drop']")
    (config.base / "lossy.yaml").write_text(text.replace("output: out", "output: lossy"), encoding="utf-8")
    return load_config(config.base / "lossy.yaml")


@pytest.mark.slow
def test_a_run_verifies_what_it_writes(lake: Config) -> None:
    """A rule that loses text is found out, named in summary and report; the outputs stay, the exit code is 1."""
    config = lossy(lake, "changed")
    summary = run(config, Options(limit=2))
    assert summary.exit_code == 1
    assert [one.path for one in summary.differing] == ["pages/c1/n100000.md", "pages/c1/n100001.md"]
    assert "lost" in {one.check for one in summary.differing[0].differences}
    report = json.loads((config.output.path / "report.json").read_bytes())
    assert [one["path"] for one in report["differs"]] == ["pages/c1/n100000.md", "pages/c1/n100001.md"]
    assert "湖水很静" in report["differs"][0]["differences"][0]
    assert (config.output.path / "txt/n100000.txt").is_file()


@pytest.mark.slow
def test_a_run_verifies_nothing_else_unless_it_is_told(lake: Config) -> None:
    """`changed` passes over what is written already, `all` does not, `off` looks at nothing."""
    text = (lake.base / "config.yaml").read_text(encoding="utf-8").replace("md/{date:%Y}/{id}.md", "md/{stem}.md")
    for verify, first, again in (("changed", 2, 0), ("all", 2, 2), ("off", 0, 0)):
        file = lake.base / f"{verify}.yaml"
        changed = text.replace("jobs: 1", f"jobs: 1, verify: {verify}").replace("output: out", f"output: out-{verify}")
        file.write_text(changed, encoding="utf-8")
        config = load_config(file)
        assert run(config, Options(limit=2)).verified == first
        assert run(config, Options(limit=2)).verified == again
