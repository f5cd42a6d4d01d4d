"""What a recipe says of one page, and rules over a soup, without a run: order, edges, and what is told."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag

from convert.article import Article, Context, Metadata, Source
from convert.clean import RULES
from convert.clean.recipe import BasicNewsRecipe, Spec, classes, clean_page, cleans, prefixed_classes
from convert.clean.soup import SoupRule, soup_rule
from convert.enrich import STEPS
from convert.profiles import load_profiles
from convert.tree import fragment

PROFILE = next(profile for profile in load_profiles() if profile.name == "epoch")


def page(recipe: type[BasicNewsRecipe], body: str) -> str:
    """The body's content after a recipe was followed."""
    soup = BeautifulSoup(f"<html><head><title>旧桥</title></head><body>{body}</body></html>", "html.parser")
    found = clean_page(recipe, soup).find("body")
    assert isinstance(found, Tag)
    return found.decode_contents()


def following(**said: object) -> type[BasicNewsRecipe]:
    """A recipe that says this."""
    return type("Recipe", (BasicNewsRecipe,), said)


ASIDE = {"name": "aside"}
STORY = {"attrs": {"id": "story"}}


@pytest.mark.parametrize(
    ("said", "before", "after"),
    [
        ({"remove_tags": ASIDE}, "<p>桥</p><aside>船</aside><aside>渡</aside>", "<p>桥</p>"),
        ({"remove_tags": [ASIDE, {"name": "nav"}]}, "<nav>船</nav><p>桥</p><aside>渡</aside>", "<p>桥</p>"),
        ({"keep_only_tags": STORY}, "<p>船</p><div id='story'>桥</div>", '<div id="story">桥</div>'),
        (
            {"keep_only_tags": [STORY, ASIDE]},
            "<aside>渡</aside><p>船</p><div id='story'>桥</div>",
            '<div id="story">桥</div><aside>渡</aside>',
        ),
        (
            {"remove_tags_before": STORY},
            "<p>船</p><div><b>渡</b><i id='story'>桥</i>头</div><p>尾</p>",
            '<div><i id="story">桥</i>头</div><p>尾</p>',
        ),
        (
            {"remove_tags_after": STORY},
            "<p>船</p><div><b>渡</b><i id='story'>桥</i>头</div><p>尾</p>",
            '<p>船</p><div><b>渡</b><i id="story">桥</i></div>',
        ),
        ({"remove_tags_after": STORY}, "<p>船</p><p>桥</p>", "<p>船</p><p>桥</p>"),
        ({"remove_tags_after": [STORY, ASIDE]}, "<aside>渡</aside><p>船</p>", "<aside>渡</aside>"),
        (
            {"remove_attributes": ["alt", "id"]},
            "<p id='a' class='b'><i alt='c'>桥</i></p>",
            '<p class="b"><i>桥</i></p>',
        ),
        ({"preprocess_regexps": [(re.compile("船"), "桥"), (re.compile("桥+"), "渡")]}, "<p>船桥</p>", "<p>渡</p>"),
        ({"preprocess_regexps": [(re.compile("<p>"), lambda match: "<p>旧")]}, "<p>桥</p>", "<p>旧桥</p>"),
        ({}, "<p>桥</p>", "<p>桥</p>"),
    ],
)
def test_a_page_is_what_the_recipe_says(said: dict[str, object], before: str, after: str) -> None:
    """Each thing that a recipe can say, once alone and once several times; nothing else of the page changes."""
    assert page(following(**said), before) == after


def test_hooks_come_before_and_behind_the_attributes() -> None:
    """The first hook still sees an attribute that goes, the second does not, and is told that the page is the first."""
    seen: list[object] = []

    class Hooked(BasicNewsRecipe):
        remove_attributes = ("alt",)

        def preprocess_html(self, soup: BeautifulSoup) -> BeautifulSoup | None:
            seen.append(soup.i and soup.i.get("alt"))
            return None

        def postprocess_html(self, soup: BeautifulSoup, first_fetch: bool) -> BeautifulSoup | None:
            seen.extend([soup.i and soup.i.get("alt"), first_fetch])
            return BeautifulSoup("<body>新桥</body>", "html.parser")

    assert page(Hooked, "<i alt='船'>桥</i>") == "新桥"
    assert seen == ["船", None, True]


def test_each_page_has_a_recipe_of_its_own() -> None:
    """What a hook keeps on its recipe is gone with the page."""

    class Counting(BasicNewsRecipe):
        pages = 0

        def preprocess_html(self, soup: BeautifulSoup) -> BeautifulSoup | None:
            self.pages += 1
            self.log.info("read", self.pages)
            soup.append(str(self.pages))
            return soup

    soups = [clean_page(Counting, BeautifulSoup("<p>桥</p>", "html.parser")) for _ in range(2)]
    assert [str(soup) for soup in soups] == ["<p>桥</p>1"] * 2


@pytest.mark.parametrize(
    ("said", "followed"),
    [
        ({"title": "Pond", "feeds": ["x"]}, False),
        ({"remove_tags": ASIDE}, True),
        ({"remove_tags_before": ASIDE}, True),
        ({"remove_tags_after": ASIDE}, True),
        ({"remove_attributes": ["alt"]}, True),
        ({"keep_only_tags": ASIDE}, True),
        ({"preprocess_regexps": [(re.compile("a"), "b")]}, True),
        ({"preprocess_html": lambda self, soup: soup}, True),
        ({"postprocess_html": lambda self, soup, first: soup}, True),
    ],
)
def test_a_recipe_cleans_where_it_says_something_of_the_page(said: dict[str, object], followed: bool) -> None:
    """Anything that is followed makes it a rule; feeds and a title alone do not."""
    assert cleans(following(**said)) is followed


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        (classes("share promo"), ["box share", "promo"]),
        (prefixed_classes("sh box"), ["box share", "boxes"]),
    ],
)
def test_specifications_of_classes(spec: Spec, found: list[str]) -> None:
    """An element with one of the classes, or with one that begins so; none without a class."""
    soup = BeautifulSoup(
        '<p class="box share"></p><p class="promo"></p><p class="boxes"></p><p class=""></p><p></p>', "html.parser"
    )
    assert [str(tag) for tag in soup.find_all(**spec)] == [f'<p class="{name}"></p>' for name in found]


@pytest.mark.parametrize(
    ("html", "options", "text"),
    [
        ("<p>旧 <b> 桥</b>\n头</p>", {}, "旧 桥 头"),
        ("<p>旧 <b> 桥</b></p>", {"normalize_whitespace": False}, "旧  桥"),
        ('<p><img alt="桥"/><img title="船"/>头</p>', {}, "桥船头"),
        ('<p><img alt="桥"/>头</p>', {"use_alt": False}, "头"),
        ('<p><b><img alt="桥"/></b></p>', {"use_alt": False}, ""),
    ],
)
def test_the_text_in_a_tag(html: str, options: dict[str, bool], text: str) -> None:
    """White space becomes one blank, an element without text gives its alternative text, where that is asked for."""
    assert BasicNewsRecipe.tag_to_string(BeautifulSoup(html, "html.parser").p, **options) == text


def test_the_text_in_no_tag() -> None:
    """Nothing has no text, and a text is its own."""
    assert (BasicNewsRecipe.tag_to_string(None), BasicNewsRecipe.tag_to_string("桥 ")) == ("", "桥 ")


@pytest.mark.parametrize("name", ["index_to_soup", "get_browser"])
def test_a_recipe_that_wants_to_fetch_is_refused(name: str) -> None:
    """The reason is said in the error."""
    with pytest.raises(RuntimeError, match=r"^the recipe wants to fetch a page, and a rule fetches nothing$"):
        getattr(BasicNewsRecipe(), name)("https://pond.example/")


def article(html: str, title: str = "旧桥") -> Article:
    """An article with this body."""
    return Article(Source("pages/ncid282/n1.md", b""), PROFILE, fragment(html), Metadata(title=title))


CONTEXT = Context((PROFILE,), RULES, STEPS)


def test_a_rule_over_a_soup_gets_the_body_and_says_what_went() -> None:
    """The soup is the body's content; what it loses is noted under the function's name; what comes out is canonical."""
    seen: list[str] = []

    def shorten(soup: BeautifulSoup) -> None:
        seen.append(str(soup))
        assert soup.i is not None
        soup.i.replace_with(BeautifulSoup("<section>头</section>", "html.parser"))

    one = article("<p>桥<i>船</i></p>")
    rule = soup_rule(shorten)
    rule(one, CONTEXT)
    assert seen == ["<p>桥<i>船</i></p>"]
    assert one.body.inner_html == "<p>桥</p><p>头</p>"
    assert rule.name == f"{shorten.__module__}:shorten"
    assert {note.rule for note in one.notes} == {rule.name}
    assert "船" in "".join(note.text for note in one.notes)


def test_a_rule_that_does_not_settle_leaves_the_body_to_the_next() -> None:
    """Called under another name, with rules behind it, it leaves what the function made."""
    rule = soup_rule(lambda soup: BeautifulSoup("<section>桥</section>", "html.parser")).called("own", False)
    one = article("<p>桥</p>")
    rule(one, CONTEXT)
    assert one.body.inner_html == "<section>桥</section>"
    assert (rule.name, rule.settles, rule.page) == ("own", False, False)


def test_a_rule_over_a_page_gets_title_and_body() -> None:
    """The title stands in the head, escaped; of what comes back the body's content is taken."""
    seen: list[str] = []

    def keep(soup: BeautifulSoup) -> BeautifulSoup:
        seen.append(str(soup))
        return BeautifulSoup("<html><head><title>x</title></head><body><p>桥</p></body></html>", "html.parser")

    one = article("<p>桥</p>", title='桥 & 船 <"旧">')
    SoupRule(keep, "own", page=True)(one, CONTEXT)
    assert seen == ['<html><head><title>桥 &amp; 船 &lt;"旧"&gt;</title></head><body><p>桥</p></body></html>']
    assert one.body.inner_html == "<p>桥</p>"
    assert not one.notes
