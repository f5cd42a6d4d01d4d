"""Links between articles that lead to their files: which, by what path, and whatever changes between two runs."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.walking import Here
from convert.batch.articles.relinking import MOVED, Relinking
from convert.batch.links.leading import relative
from convert.batch.run import Options, run
from convert.batch.summary import Summary
from convert.batch.verifying.verification import Verdict, verify_outputs
from convert.catalogue import CATALOGUE
from convert.catalogue.rows import Reference
from convert.cli import main
from convert.config import OutputOptions
from convert.errors import ConfigError
from tests.test_batch import config, page, tree
from tests.test_incremental import settle

SITE = "https://www.epochtimes.com/gb/21/7/14/"
PLAIN = "emit: {markdown: {links: relative}}\nvolumes: []\nfeed: false\nbatch: {jobs: 1}\n"
TITLED = """emit: {markdown: {links: LINKS, FLAVOUR path: "vault/{channel}/{title}.md"}}
volumes: []
feed: false
batch: {jobs: 1, prune: true}
"""


def titled(links: str = "relative") -> str:
    """A config whose files' names hang on titles."""
    return TITLED.replace("LINKS", links).replace("FLAVOUR", "flavour: obsidian," if links == "wiki" else "")


def link(id_: str, text: str = "那篇旧文", host: str = SITE) -> str:
    """A link to an article, as the mirrors have it."""
    return f'见<ok href="{host}{id_}.htm">{text}</ok>。'


def write(desk: Path, path: str, body: str, title: str = "小镇放晴", id_: str = "") -> None:
    """Write a page that is old enough for its time of change to be trusted."""
    page(desk / "in", path, body, title, id_)
    settle(desk)


def go(desk: Path, text: str = PLAIN, **options: object) -> Summary:
    """One run."""
    told = config(desk, text)
    summary = run(told, Options(**{"prune": told.batch.prune, **options}))  # type: ignore[arg-type]
    assert not summary.differing, summary.differing
    return summary


def fresh(desk: Path, text: str = PLAIN) -> dict[str, bytes]:
    """What a first run makes of the same."""
    shutil.rmtree(desk / "fresh", ignore_errors=True)
    run(config(desk, text).model_copy(update={"output": OutputOptions(path=desk / "fresh")}))
    return files(desk / "fresh")


def holds(desk: Path, text: str = PLAIN) -> None:
    """The outputs are those of a first run, another run has nothing to do, and verify finds nothing."""
    assert files(desk / "out") == fresh(desk, text)
    assert go(desk, text).converted.total() == 0
    result = verdict(desk, text)
    assert (result.failures, result.differing) == ([], [])


def files(folder: Path) -> dict[str, bytes]:
    """Every output of an article or picture."""
    return {name: data for name, data in tree(folder).items() if not name.startswith("report")}


def said(desk: Path, path: str) -> str:
    """A Markdown file, without its front matter."""
    return (desk / "out" / path).read_text(encoding="utf-8").rpartition("---\n")[2].strip()


def verdict(desk: Path, text: str = PLAIN) -> Verdict:
    """What `mirrorpress verify` says."""
    return verify_outputs(config(desk, text))


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done in this process: workers take long to start, and other tests have them."""
    monkeypatch.setattr("convert.batch.engines.engine.Pool", Here)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Two articles that link to one another, and one that nobody links to."""
    write(tmp_path, "pages/c1/n1.md", link("n2"), "一")
    write(tmp_path, "pages/c2/n2.md", link("n1"), "二")
    write(tmp_path, "pages/c2/n3.md", "码头上来了一只猫。", "三")
    return tmp_path


def test_links_stay_as_they_are_unless_the_config_says_otherwise(desk: Path) -> None:
    """And the catalogue knows nothing of them."""
    go(desk, "volumes: []\nbatch: {jobs: 1}\n")
    assert f"({SITE}n2.htm)" in said(desk, "markdown/pages/c1/n1.md")
    with sqlite3.connect(desk / "out" / CATALOGUE) as catalogue:
        assert catalogue.execute("SELECT count(*) FROM reference").fetchone() == (0,)


def test_a_link_leads_to_the_other_articles_file(desk: Path) -> None:
    """By a path from its own file; circles are nothing special, and a second run has nothing to do."""
    summary = go(desk)
    assert (summary.links, summary.converted) == (2, Counter({"new": 3}))
    assert said(desk, "markdown/pages/c1/n1.md").endswith("见[那篇旧文](../c2/n2.md)。")
    assert said(desk, "markdown/pages/c2/n2.md").endswith("见[那篇旧文](../c1/n1.md)。")
    assert f"source: {SITE}n1.htm" in (desk / "out/markdown/pages/c1/n1.md").read_text(encoding="utf-8")
    assert go(desk).converted.total() == 0
    result = verdict(desk)
    assert (result.articles, result.failures, result.differing) == (3, [], [])


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("http://www.epochtimes.com/gb/21/7/14/n2.htm", True),
        ("https://epochtimes.com/gb/21/7/14/n2.html", True),
        ("//www.epochtimes.com/gb/21/7/14/n2.htm", True),
        (f"{SITE}n2.htm?from=home&amp;x=1", True),
        (f"{SITE}n2.htm#comments", True),
        ("/gb/21/7/14/n2.htm", True),
        (f"{SITE}n9.htm", False),
        (f"{SITE}n2.htm.bak", False),
        (f"{SITE}n2.htm/page/2", False),
        (f"https://search.example/?q={SITE}n2.htm", False),
        ("https://mobile.example/gb/21/7/14/n2.htm", False),
        ("https://www.epochtimes.com/gb/tag/2.html", False),
        ("mailto:n2@www.epochtimes.com", False),
    ],
)
def test_which_article_a_link_leads_to_its_address_says(desk: Path, address: str, leads: bool) -> None:
    """As the profiles know it, with or without `www.`, a query, a fragment; no address within another one."""
    write(desk, "pages/c1/n1.md", f'见<ok href="{address}">那篇旧文</ok>。')
    go(desk)
    assert said(desk, "markdown/pages/c1/n1.md").endswith("[那篇旧文](../c2/n2.md)。") is leads
    assert verdict(desk).exit_code == 0


def test_the_command_says_how_many_links_there_are(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that lead to files, whichever run wrote them; nothing where the config wants none."""
    config(desk, PLAIN)
    for _ in range(2):
        assert main(["run", "--config", str(desk / "config.yaml")]) == 0
        assert "linked       2 links lead to articles' files\n" in capsys.readouterr().out
    config(desk, PLAIN.replace("relative", "keep"))
    assert main(["run", "--config", str(desk / "config.yaml")]) == 0
    assert "linked" not in capsys.readouterr().out


# --- what changes between two runs


def test_a_target_that_comes_later_is_linked_then(desk: Path) -> None:
    """The article that links to it is written once more, and that is told as the reason."""
    (desk / "in/pages/c2/n2.md").unlink()
    assert go(desk).links == 0
    assert f"({SITE}n2.htm)" in said(desk, "markdown/pages/c1/n1.md")
    write(desk, "pages/c2/n2.md", link("n1"), "二")
    assert go(desk, dry_run=True).converted == Counter({"new": 1})
    assert go(desk).converted == Counter({"new": 1, MOVED: 1})
    assert said(desk, "markdown/pages/c1/n1.md").endswith("见[那篇旧文](../c2/n2.md)。")
    holds(desk)


def test_a_link_to_what_has_gone_has_its_address_again(desk: Path) -> None:
    """Though its file is left over: nobody keeps it up to date any more. A rehearsal knows it."""
    go(desk)
    (desk / "in/pages/c2/n2.md").unlink()
    assert go(desk, dry_run=True).converted == Counter({MOVED: 1})
    assert go(desk).converted == Counter({MOVED: 1})
    assert f"({SITE}n2.htm)" in said(desk, "markdown/pages/c1/n1.md")
    assert (desk / "out/markdown/pages/c2/n2.md").exists()
    go(desk, prune=True)
    holds(desk)


def test_a_link_to_an_article_that_fails_has_its_address(desk: Path) -> None:
    """And leads to its file when it is right again."""
    go(desk)
    write(desk, "pages/c2/n2.md", "长" * 3000, "二")
    text = PLAIN + "parse: {max_bytes: 4096}\n"
    summary = run(config(desk, text))
    assert [one.path for one in summary.failures] == ["pages/c2/n2.md"]
    assert f"({SITE}n2.htm)" in said(desk, "markdown/pages/c1/n1.md")
    assert [one.path for one in verdict(desk, text).failures] == ["pages/c2/n2.md"]
    assert verdict(desk, text).differing == []
    write(desk, "pages/c2/n2.md", link("n1"), "二")
    go(desk, text)
    assert said(desk, "markdown/pages/c1/n1.md").endswith("(../c2/n2.md)。")
    holds(desk, text)


def test_a_target_with_another_name_is_followed(desk: Path) -> None:
    """Names may hang on metadata, and are settled when all articles are converted."""
    text = titled()
    go(desk, text)
    assert "(../c2/%E4%BA%8C.md)" in said(desk, "vault/c1/一.md")
    write(desk, "pages/c2/n2.md", link("n1"), "又一个 100% (新)")
    assert go(desk, text).converted == Counter({"changed": 1, MOVED: 1})
    assert "(../c2/%E5%8F%88%E4%B8%80%E4%B8%AA%20100%25%20%28%E6%96%B0%29.md)" in said(desk, "vault/c1/一.md")
    holds(desk, text)


def test_twins_that_differ_in_case_have_a_link_each(desk: Path) -> None:
    """To many file systems they are one name; when the first goes, the other takes it, and links follow."""
    text = titled()
    write(desk, "pages/c2/n4.md", "白。", "Lamp")
    write(desk, "pages/c2/n5.md", "黑。", "lamp")
    write(desk, "pages/c1/n1.md", link("n4", "白灯") + link("n5", "黑灯"), "一")
    go(desk, text)
    body = said(desk, "vault/c1/一.md")
    assert "[白灯](../c2/Lamp.md)" in body
    assert "[黑灯](../c2/lamp-" in body
    holds(desk, text)
    (desk / "in/pages/c2/n4.md").unlink()
    go(desk, text)
    assert "[黑灯](../c2/lamp.md)" in said(desk, "vault/c1/一.md")
    holds(desk, text)


def test_a_link_within_an_article_to_itself_leads_to_its_own_file(desk: Path) -> None:
    """With its fragment, where a place of that name is in the file; without, where there is none."""
    body = (
        '<a href="#b">下</a>'
        + link("n3", host=SITE)
        + f'<ok href="{SITE}n3.htm#b">这里</ok>'
        + (f'<ok href="{SITE}n3.htm#c">那里</ok><p id="b">尾。</p>')
    )
    write(desk, "pages/c2/n3.md", body, "三")
    write(desk, "pages/c1/n1.md", f'<ok href="{SITE}n3.htm#b">远处</ok><ok href="{SITE}n3.htm#c">无处</ok>')
    go(desk)
    assert "[那篇旧文](n3.md)" in said(desk, "markdown/pages/c2/n3.md")
    assert "[这里](n3.md#b)[那里](n3.md)" in said(desk, "markdown/pages/c2/n3.md")
    assert "[远处](../c2/n3.md#b)[无处](../c2/n3.md)" in said(desk, "markdown/pages/c1/n1.md")
    holds(desk)


def test_a_link_to_a_copy_leads_to_the_article(desk: Path) -> None:
    """Copies share their address, and the article has one file."""
    write(desk, "pages/c3/n2.md", link("n1") + "晚上又起风了。", "二")
    go(desk)
    assert said(desk, "markdown/pages/c1/n1.md").endswith("(../c2/n2.md)。")
    holds(desk)


def test_where_copies_are_kept_a_link_leads_to_the_first(desk: Path) -> None:
    """Only from one of them to their own address it leads to its own file."""
    text = PLAIN.replace("jobs: 1", "jobs: 1, duplicates: keep")
    for folder in ("c2", "c3"):
        write(desk, f"pages/{folder}/n2.md", link("n2", "本文") + link("n1"), "二")
    go(desk, text)
    assert said(desk, "markdown/pages/c1/n1.md").endswith("(../c2/n2.md)。")
    assert "[本文](n2.md)" in said(desk, "markdown/pages/c3/n2.md")
    holds(desk, text)


def test_what_is_converted_again_keeps_its_links(desk: Path) -> None:
    """Whatever the reason, and without being written twice."""
    go(desk)
    (desk / "out/markdown/pages/c1/n1.md").write_text("damaged", encoding="utf-8")
    assert go(desk).converted == Counter({"an output was altered": 1})
    holds(desk)
    (desk / "out/markdown/pages/c1/n1.md").unlink()
    go(desk, force=True)
    holds(desk)


def test_a_config_that_changes_its_mind_leaves_nothing_of_it(desk: Path) -> None:
    """On and off, and from one form to the other, in the catalogue too."""
    plain = PLAIN.replace("links: relative", "links: keep")
    wiki = PLAIN.replace("links: relative", "links: wiki, flavour: obsidian")
    for text in (PLAIN, plain, wiki, PLAIN, wiki, plain):
        go(desk, text)
        holds(desk, text)
    with sqlite3.connect(desk / "out" / CATALOGUE) as catalogue:
        assert catalogue.execute("SELECT count(*) FROM reference").fetchone() == (0,)


def test_only_some_articles_are_linked_with_all(desk: Path) -> None:
    """A run over some of the sources leaves the others' links right."""
    go(desk)
    write(desk, "pages/c2/n2.md", "没有了。", "二")
    write(desk, "pages/c2/n3.md", link("n2"), "三")
    go(desk, only="*n3*")
    assert said(desk, "markdown/pages/c2/n3.md").endswith("(n2.md)。")
    go(desk)
    holds(desk)


class Killed(BaseException):
    """Ends a run as a signal would that nobody can catch."""


@pytest.mark.parametrize("place", ["names", "before", "between", "after"])
def test_a_run_that_is_killed_between_the_passes_is_taken_up(
    desk: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """When the names are settled, before and behind the second writing, and before the catalogue knows of it."""
    text = titled()

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        if place == "names":
            patched.setattr("convert.batch.articles.making.Articles.settle_names", killed)
        elif place == "before":
            patched.setattr("convert.batch.articles.relinking.Relinking.run", killed)
        elif place == "between":
            patched.setattr("convert.batch.articles.relinking.Relinking.take", killed)
        else:
            patched.setattr("convert.batch.articles.relinking.Relinking.check", killed)
        with pytest.raises(Killed):
            go(desk, text)
    go(desk, text)
    holds(desk, text)


# --- Obsidian's own links


def test_a_wiki_link_has_the_path_in_the_vault(desk: Path) -> None:
    """The vault is the folder that all paths begin with; a bar in a table has a backslash."""
    text = titled("wiki")
    row = f"<tr><td>一</td><td>{link('n2', '表里')}</td></tr>"
    cells = f"<table><tr><th>日</th><th>人</th></tr>{row}</table>"
    write(desk, "pages/c1/n1.md", f"{link('n2', '有_的 字')}</p>{cells}<p>尾。", "一")
    go(desk, text)
    body = said(desk, "vault/c1/一.md")
    assert "见[[c2/二|有_的 字]]。" in body
    assert "| 一 | 见[[c2/二\\|表里]]。 |" in body
    assert "[[c1/一|那篇旧文]]" in said(desk, "vault/c2/二.md")
    holds(desk, text)


@pytest.mark.parametrize(
    ("inner", "written"),
    [
        ("那篇旧文", "[[c2/二|那篇旧文]]"),
        ("<strong>那</strong>篇", "[**那**篇](../c2/%E4%BA%8C.md)"),
        ("甲|乙", "[甲\\|乙](../c2/%E4%BA%8C.md)"),
        ("[甲]", "[\\[甲\\]](../c2/%E4%BA%8C.md)"),
        ("*甲*", "[\\*甲\\*](../c2/%E4%BA%8C.md)"),
        ('<img src="https://p.example/a.jpg">', "[![](https://p.example/a.jpg)](../c2/%E4%BA%8C.md)"),
    ],
)
def test_what_no_wiki_link_can_say_is_a_path(desk: Path, inner: str, written: str) -> None:
    """Between its brackets is plain text, and neither bars nor brackets."""
    text = titled("wiki")
    write(desk, "pages/c1/n1.md", f"见{link('n2', inner).removeprefix('见')}", "一")
    go(desk, text)
    assert said(desk, "vault/c1/一.md").endswith(f"见{written}。")
    holds(desk, text)


@pytest.mark.parametrize("title", ["二 # 三", "[二]", "二^三", "100%%"])
def test_a_name_that_no_wiki_link_takes_has_a_path(desk: Path, title: str) -> None:
    """Obsidian reads headings, blocks and brackets in the path of its own links."""
    text = titled("wiki")
    write(desk, "pages/c2/n2.md", link("n1"), title)
    go(desk, text)
    assert "[那篇旧文](../c2/" in said(desk, "vault/c1/一.md")
    holds(desk, text)


def test_brackets_of_the_article_are_no_wiki_links(desk: Path) -> None:
    """Neither in its text nor in its code, whatever stands in them."""
    text = titled("wiki")
    body = "他写[[c2/二|假的]]。</p><pre><code>[[c2/二|代码]]\n```\n[[x|y]]</code></pre><p>" + link("n2")
    write(desk, "pages/c1/n1.md", body, "一")
    go(desk, text)
    assert "\n[[c2/二|代码]]\n" in "\n" + said(desk, "vault/c1/一.md").replace("````", "")
    holds(desk, text)


def test_wiki_links_are_for_obsidian(desk: Path) -> None:
    """Other flavours would show the brackets."""
    with pytest.raises(ConfigError, match="links: found wiki with the flavour gfm; expected the flavour obsidian"):
        config(desk, PLAIN.replace("relative", "wiki"))


# --- what is proved


def spoil(desk: Path, path: str, old: str, new: str) -> None:
    """Change an output, as somebody or a fault of the program would."""
    file = desk / "out" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("(../c2/n2.md)", "(../c2/n3.md)", "markdown/pages/c2/n3.md"),
        ("(../c2/n2.md)", "(../c2/n9.md)", "markdown/pages/c2/n9.md, which is no article's file"),
        ("(../c2/n2.md)", "(n2.md)", "markdown/pages/c1/n2.md, which is no article's file"),
        ("(../c2/n2.md)", "(../../../text/pages/c2/n2.txt)", "text/pages/c2/n2.txt, which is no article's file"),
        ("(../c2/n2.md)", f"({SITE}n2.htm)", f"{SITE}n2.htm"),
    ],
)
def test_a_link_that_leads_elsewhere_is_found(desk: Path, old: str, new: str, found: str) -> None:
    """To another article, to no file, to a file of the article that is not this one, or to its address."""
    go(desk)
    spoil(desk, "markdown/pages/c1/n1.md", old, new)
    (told,) = verdict(desk).differing
    assert [(one.check, one.expected, one.found) for one in told.differences] == [
        ("links", "markdown/pages/c2/n2.md", found)
    ]


@pytest.mark.parametrize("new", ["(https://other.example/n2.htm)", "(/c2/n2.md)", "(#n2)", ""])
def test_a_link_to_another_address_is_found(desk: Path, new: str) -> None:
    """That is no claim, and differs from the source like any other text."""
    go(desk)
    spoil(desk, "markdown/pages/c1/n1.md", "(../c2/n2.md)", new)
    (told,) = verdict(desk).differing
    assert {one.check for one in told.differences} == {"reads back"}


def test_a_wiki_link_that_leads_elsewhere_is_found(desk: Path) -> None:
    """By its path in the vault."""
    text = titled("wiki")
    go(desk, text)
    spoil(desk, "vault/c1/一.md", "[[c2/二|", "[[c2/三|")
    (told,) = verdict(desk, text).differing
    assert [(one.check, one.expected, one.found) for one in told.differences] == [
        ("links", "vault/c2/二.md", "vault/c2/三.md")
    ]


@pytest.mark.parametrize("links", ["relative", "wiki"])
def test_a_run_finds_a_link_that_its_own_writer_got_wrong(
    desk: Path, monkeypatch: pytest.MonkeyPatch, links: str
) -> None:
    """What the second pass was told to write is not asked when it is held against whose file is whose."""
    text = titled(links)
    right = Relinking.linked

    def wrong(self: Relinking, one: Reference, *rest: Any) -> Reference:
        told = right(self, one, *rest)
        swap = {"%E4%BA%8C": "%E4%B8%89", "二": "三"}
        for old, new in swap.items():
            told = told._replace(target=told.target.replace(old, new), wiki=told.wiki.replace(old, new))
        return told

    with monkeypatch.context() as patched:
        patched.setattr(Relinking, "linked", wrong)
        run(config(desk, text))
        summary = run(config(desk, text))  # and in each run until it is right
    (differing,) = summary.differing
    assert differing.path == "pages/c1/n1.md"
    assert str(differing.differences[0]).startswith(
        f"vault/c1/一.md, {SITE}n2.htm: links: found 'vault/c2/三.md'; expected 'vault/c2/二.md'"
    )
    assert summary.exit_code == 1
    go(desk, text)
    holds(desk, text)
    with sqlite3.connect(desk / "out" / CATALOGUE) as catalogue:
        assert catalogue.execute("SELECT sum(differs) FROM article").fetchone() == (0,)


@pytest.mark.parametrize(
    ("target", "file", "path"),
    [
        ("a.md", "b.md", "a.md"),
        ("a.md", "a.md", "a.md"),
        ("x/a.md", "x/b.md", "a.md"),
        ("x/y/a.md", "x/b.md", "y/a.md"),
        ("a.md", "x/y/b.md", "../../a.md"),
        ("x/a.md", "x/a.md/b.md", "../a.md"),
        ("湖/a b%.md", "湖2/c.md", "../%E6%B9%96/a%20b%25.md"),
        ("x/a#(1).md", "y/c.md", "../x/a%23%281%29.md"),
        ("", "y/c.md", ""),
    ],
)
def test_a_path_from_file_to_file(target: str, file: str, path: str) -> None:
    """Percent-encoded, and no longer than it has to be."""
    assert relative(target, file) == path
