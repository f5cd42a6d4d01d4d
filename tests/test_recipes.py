"""Recipes of calibre as cleaning rules: unchanged, followed in calibre's order, and told in notes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from convert.config.extensions import rule_of
from convert.errors import ConfigError
from tests.packages import command, install, notes, pages, run, written

RECIPE = """
    #!/usr/bin/env python
    # vim:fileencoding=utf-8
    import re
    from calibre.ebooks.BeautifulSoup import BeautifulSoup
    from calibre.web.feeds.news import BasicNewsRecipe, classes


    class Pond(BasicNewsRecipe):
        title = 'The Pond'
        oldest_article = 7
        no_stylesheets = True
        keep_only_tags = [dict(name='div', attrs={'id': 'story'})]
        remove_tags = [classes('share promo'), dict(name='aside')]
        remove_tags_after = dict(attrs={'class': 'end'})
        remove_attributes = ['alt']
        preprocess_regexps = [(re.compile(r'！+'), lambda match: '！')]
        feeds = [('News', 'https://pond.example/feed')]

        def preprocess_html(self, soup):
            for tag in soup.findAll('p', attrs={'class': 'ad'}):
                tag.extract()
            assert soup.find('body') is not None
            assert self.tag_to_string(soup.find('title')) == 'pond'
            self.log('cleaned', soup.title)
            return soup
"""
POND = """<html><body><h1>pond</h1><nav><a href="/home">首页</a></nav>
<div id="story"><p>池塘很静！！！</p><p class="ad">买一只青蛙。</p><img src="frog.jpg" alt="一只青蛙">
<div class="box share"><p>分享到</p></div><aside><a href="https://pond.example/more">更多</a></aside>
<p class="end">青蛙叫了一声。</p><p>下一篇：荷花</p></div>
<div class="foot">版权所有</div></body></html>"""
CALL = "clean: [{}, default]\n"


def recipe(folder: Path, text: str, name: str = "pond.recipe") -> str:
    """A recipe beside the config; returns its name."""
    install(folder, "unused", {}, {name: text})
    return name


@pytest.mark.slow
def test_a_recipe_works_unchanged(tmp_path: Path) -> None:
    """What it keeps, removes and replaces is so in the Markdown, and each piece that goes is in a note of its name."""
    pages(tmp_path, pond=POND)
    (tmp_path / "in" / "tea.html").unlink()
    (tmp_path / "in" / "bell.html").unlink()
    name = recipe(tmp_path, RECIPE)
    done = run(tmp_path, CALL.format(name))
    assert done.returncode == 0, done.stderr
    body = written(tmp_path, "pond").rpartition("---\n")[2]
    assert body == "\n池塘很静！\n\n![](frog.jpg)\n\n青蛙叫了一声。\n"
    said = notes(tmp_path, name)
    gone = "".join(text for _, kind, text in said if kind in ("removed", "changed"))
    for text in (
        "首页",
        "/home",
        "买一只青蛙。",
        "分享到",
        "更多",
        "https://pond.example/more",
        "下一篇：荷花",
        "版权所有",
    ):
        assert text in gone
    assert ("pond.html", "removed", "一只青蛙") in said


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pond.recipe:Pond", "rules/pond.py:Pond", "pond_module:Pond"])
def test_a_recipe_is_named_by_file_or_module(tmp_path: Path, name: str) -> None:
    """As a file alone, a file and a class, or a module and a class."""
    pages(tmp_path)
    file = name.partition(":")[0]
    recipe(tmp_path, RECIPE, file if "." in file else f"{file}.py")
    done = command(tmp_path, "check", config=CALL.format(name))
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_recipe_of_a_package_is_a_rule(tmp_path: Path) -> None:
    """Named by its entry point, listed with its title."""
    pages(tmp_path)
    text = """
        from calibre.web.feeds.news import BasicNewsRecipe

        class Shares(BasicNewsRecipe):
            title = 'No shares'
            remove_tags = dict(attrs={'class': 'share'})
    """
    points = {"mirrorpress.rules": {"shares": "ponds:Shares"}}
    install(tmp_path / "site", "pond-recipes", points, {"ponds/__init__.py": text})
    done = run(tmp_path, CALL.format("shares"))
    assert done.returncode == 0, done.stderr
    assert notes(tmp_path, "shares") == [("bell.html", "removed", "分享到"), ("tea.html", "removed", "分享到")]
    assert "shares  No shares (pond-recipes 1.2)" in command(tmp_path, "rules").stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "call", ["clean: [pond_hook:preprocess_html, default]\n", "clean: [default, pond_hook:preprocess_html]\n"]
)
def test_a_plain_hook_may_return_another_soup(tmp_path: Path, call: str) -> None:
    """Before the other rules and behind them: what comes out is canonical, and what went is told."""
    pages(tmp_path)
    text = """
        from bs4 import BeautifulSoup

        def preprocess_html(soup):
            first = soup.body.find('p').get_text()
            return BeautifulSoup(f'<html><body><section><font>{first}</font></section></body></html>', 'html.parser')
    """
    recipe(tmp_path, text, "pond_hook.py")
    done = run(tmp_path, call)
    assert done.returncode == 0, done.stderr
    assert written(tmp_path, "tea").rpartition("---\n")[2] == "\n茶要慢慢喝。\n"
    assert ("tea.html", "removed", "分享到") in notes(tmp_path, "pond_hook:preprocess_html")


@pytest.mark.slow
def test_a_recipe_keeps_nothing_from_one_article_to_the_next(tmp_path: Path) -> None:
    """Each page has an object of its own, so that what comes out does not hang on the order of the articles."""
    pages(tmp_path)
    text = """
        from calibre.web.feeds.news import BasicNewsRecipe

        class Pond(BasicNewsRecipe):
            seen = 0

            def preprocess_html(self, soup):
                self.seen += 1
                assert self.seen == 1
    """
    done = run(tmp_path, CALL.format(recipe(tmp_path, text)))
    assert done.returncode == 0, done.stderr
    assert written(tmp_path, "bell")


@pytest.mark.slow
def test_a_recipe_that_fetches_costs_that_article_only(tmp_path: Path) -> None:
    """The article, the recipe and the reason are named."""
    pages(tmp_path)
    text = """
        from calibre.web.feeds.news import BasicNewsRecipe

        class Pond(BasicNewsRecipe):
            def preprocess_html(self, soup):
                if soup.title.string == 'bell':
                    self.index_to_soup('https://pond.example/')
                return soup
    """
    done = run(tmp_path, CALL.format(recipe(tmp_path, text)))
    assert done.returncode == 1
    said = "rule 'pond.recipe' raised RuntimeError: the recipe wants to fetch a page, and a rule fetches nothing"
    assert f"bell.html: {said}" in done.stderr
    assert written(tmp_path, "tea")


def raised(folder: Path, name: str, text: str) -> str:
    """The message of the error that a recipe gives."""
    recipe(folder, text)
    with pytest.raises(ConfigError) as caught:
        rule_of(name, folder, settles=True)
    return caught.value.message


BASE = "from calibre.web.feeds.news import BasicNewsRecipe\n"
NOTHING = f"{BASE}class Pond(BasicNewsRecipe):\n    feeds = []\n"
TWO = f"{BASE}class A(BasicNewsRecipe):\n    pass\nclass B(BasicNewsRecipe):\n    pass\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pond.recipe", NOTHING, "the recipe Pond says nothing of pages; expected one of preprocess_html, "),
        ("pond.recipe", TWO, "the file has the recipes A, B; expected one of them, as in pond.recipe:A; name it"),
        ("pond.recipe", "x = 1\n", "there is no recipe in the file; expected a class of BasicNewsRecipe"),
        ("pond.recipe:C", TWO, "has no function 'C'; expected one of A, B, BasicNewsRecipe"),
        (
            "pond.recipe",
            "from calibre.utils.date import utcnow\n",
            "No module named 'calibre.utils'; expected only what",
        ),
        ("pond.recipe", "from calibre import strftime\n", "cannot import name 'strftime'"),
        ("pond.recipe", "print 'pond'\n", "importing 'pond.recipe' raised SyntaxError"),
        ("lake.recipe", "", "lake.recipe cannot be read (No such file or directory)"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_said(tmp_path: Path, name: str, text: str, said: str) -> None:
    """Before a run begins."""
    assert said in raised(tmp_path, name, text)


def test_calibre_is_stood_in_for_while_a_recipe_is_imported_only(tmp_path: Path) -> None:
    """What else runs in this process finds no calibre, or the one that it had."""
    recipe(tmp_path, NOTHING.replace("feeds = []", "remove_attributes = ['style']"))
    before = dict(sys.modules)
    rule_of("pond.recipe", tmp_path, settles=True)
    assert {name for name in sys.modules if name.startswith("calibre")} == {
        name for name in before if name.startswith("calibre")
    }
