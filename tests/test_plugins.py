"""Rules, steps, emitters and profiles of installed packages: found, listed, named in a config, and blamed by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from convert.batch.planning.fingerprint import packages
from convert.config import load_config
from tests.packages import PAGE, command, install, notes, pages, run, written

pytestmark = pytest.mark.long

RULES = '''
    """Rules of frogs."""
    from convert.clean.soup import soup_rule

    def drop_share(article, context):
        """Remove what asks to be shared, and say so."""
        for block in article.body.select(".share"):
            article.note_removed("drop_share", [block])
            block.extract()

    def silent(article, context):
        """Remove the first paragraph without a word."""
        article.body.select_one("p").extract()

    def of_a_soup(soup):
        """Remove what asks to be shared."""
        soup.find(class_="share").decompose()

    @soup_rule
    def decorated(soup):
        """Remove the first paragraph of a soup."""
        soup.find("p").decompose()

    def fussy(article, context):
        """Raise where a bell is met."""
        if article.meta.title == "bell":
            raise KeyError("clapper")

    def tag(article, context):
        """Give every article a tag."""
        article.meta.tags = ["frog"]

    def write_names(article, options):
        """The title in capitals."""
        return article.meta.title.upper().encode()

    NUMBER = 42
'''
PROFILE = """
    name: frog
    about: pages of the frog gazette
    recognise: {start: '<html>'}
    chrome: .share
"""
FROGS = {
    "mirrorpress.rules": {
        "share": "frogs.rules:drop_share",
        "silent": "frogs.rules:silent",
        "soup": "frogs.rules:of_a_soup",
        "decorated": "frogs.rules:decorated",
        "fussy": "frogs.rules:fussy",
    },
    "mirrorpress.steps": {"frog-tag": "frogs.rules:tag"},
    "mirrorpress.emitters": {"names": "frogs.rules:write_names"},
    "mirrorpress.profiles": {"frog-gazette": "frogs:gazette.yaml"},
}
FILES = {"frogs/__init__.py": "", "frogs/rules.py": RULES, "frogs/gazette.yaml": PROFILE}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an input, and the package frog-rules installed."""
    pages(tmp_path)
    install(tmp_path / "site", "frog-rules", FROGS, FILES)
    return tmp_path


@pytest.mark.parametrize(
    ("rule", "gone"),
    [("share", "分享到"), ("silent", "茶要慢慢喝。"), ("soup", "分享到"), ("decorated", "茶要慢慢喝。")],
)
def test_a_rule_of_a_package_is_named_by_its_entry_point(folder: Path, rule: str, gone: str) -> None:
    """What it takes away stands in notes under that name, whether or not it says so, and nothing counts as lost."""
    done = run(folder, f"clean: [{rule}, default]\n")
    assert (done.returncode, done.stderr.count("lost")) == (0, 0), done.stderr
    assert gone not in written(folder, "tea")
    assert notes(folder, rule if rule != "share" else "drop_share") == [
        ("bell.html", "removed", gone),
        ("tea.html", "removed", gone),
    ]


def test_steps_emitters_and_profiles_of_a_package_work_likewise(folder: Path) -> None:
    """Each under its entry point's name, and the format with `convert --to` as well."""
    config = (
        "parse: {profiles: [frog-gazette, auto]}\nenrich: [default, frog-tag]\n"
        "emit: {markdown: , names: {path: 'names/{stem}.txt'}}\n"
    )
    done = run(folder, config)
    assert done.returncode == 0, done.stderr
    assert "tags: [frog]" in written(folder, "tea")
    assert "分享到" not in written(folder, "tea")
    assert notes(folder, "chrome") == [("bell.html", "removed", "分享到"), ("tea.html", "removed", "分享到")]
    assert (folder / "out" / "names" / "tea.txt").read_text(encoding="utf-8") == "TEA"
    assert command(folder, "convert", "in/tea.html", "--to", "names", config=config).stdout == "TEA"


def test_lists_name_the_package(folder: Path) -> None:
    """`rules`, `profiles` and `formats` show what packages add, and which ones."""
    rules = command(folder, "rules").stdout
    assert "clean, from packages:\n  decorated  Remove the first paragraph of a soup. (frog-rules 1.2)\n" in rules
    assert "enrich, from packages:\n  frog-tag  Give every article a tag. (frog-rules 1.2)\n" in rules
    said = command(folder, "profiles").stdout
    assert said.endswith("from packages:\n  frog-gazette  pages of the frog gazette (frog-rules 1.2)\n")
    assert "from packages:\n  names  The title in capitals. (frog-rules 1.2)\n" in command(folder, "formats").stdout


def test_a_rule_of_a_package_that_raises_costs_that_article_only(folder: Path) -> None:
    """The article is named with the rule; the other one is converted."""
    done = run(folder, "clean: [default, fussy]\n")
    assert done.returncode == 1
    assert "bell.html: rule 'fussy' raised KeyError: 'clapper'" in done.stderr
    assert written(folder, "tea")
    assert not (folder / "out" / "markdown" / "bell.md").exists()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("frogs.missing:rule", "loading 'frogs.missing:rule' raised ModuleNotFoundError: No module named"),
        ("frogs.rules:absent", "loading 'frogs.rules:absent' raised AttributeError: "),
        ("frogs.broken:rule", "loading 'frogs.broken:rule' raised ZeroDivisionError: division by zero"),
        ("frogs.rules:NUMBER", "'odd' names a int; expected a function"),
    ],
)
def test_a_broken_package_is_named(folder: Path, value: str, said: str) -> None:
    """In the error of a config, with its line, and below the lists, which show what works."""
    broken = FILES | {"frogs/broken.py": "1 / 0"}
    install(folder / "site", "odd-rules", {"mirrorpress.rules": {"odd": value}}, broken, "3.0")
    done = command(folder, "check", config="clean: [default, odd]\n")
    assert done.returncode == 2
    assert f"config.yaml:6:18: clean[1]: odd-rules: mirrorpress.rules: odd: {said}" in done.stderr
    assert "Traceback" not in done.stderr
    if "NUMBER" not in value:
        assert "mend or uninstall odd-rules 3.0" in done.stderr
        listed = command(folder, "rules")
        assert (listed.returncode, "share " in listed.stdout, said in listed.stderr) == (2, True, True)
    assert command(folder, "check").returncode == 0, "nobody asked for it"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("none.yaml", "'frogs:none.yaml' names no file; expected package:file.yaml"),
        ("bad.yaml", "name: found 'ribbit'"),
    ],
)
def test_a_broken_profile_of_a_package_is_named(folder: Path, file: str, said: str) -> None:
    """Where its file is missing, and where the file says what no profile may say."""
    files = {"frogs/bad.yaml": "name: bad\nabout: bad\nmasked_tags: {ok: a}\nheadings: ribbit\n"}
    install(folder / "site", "odd-rules", {"mirrorpress.profiles": {"odd": f"frogs:{file}"}}, files, "3.0")
    done = command(folder, "check", config="parse: {profiles: [odd]}\n")
    assert done.returncode == 2
    assert "parse.profiles[0]: odd-rules: mirrorpress.profiles: odd: " in done.stderr
    assert said.replace("name: ", "headings: ") in done.stderr
    assert "mend or uninstall odd-rules 3.0" in done.stderr


@pytest.mark.parametrize(
    ("group", "name", "config"),
    [
        ("rules", "tidy", "clean: [structure, tidy]\n"),
        ("steps", "words", "enrich: [words]\n"),
        ("profiles", "epoch", "parse: {profiles: [epoch]}\n"),
        ("emitters", "epub", "emit: {epub: {path: '{id}.epub'}}\n"),
    ],
)
def test_a_name_of_mirrorpress_is_refused(folder: Path, group: str, name: str, config: str) -> None:
    """A package that takes it is named wherever the name is used, by `check`, and by the list of its kind."""
    install(folder / "site", "rude-rules", {f"mirrorpress.{group}": {name: "frogs.rules:tag"}}, {})
    kind = {"emitters": "format"}.get(group, group.removesuffix("s"))
    said = f"rude-rules: mirrorpress.{group}: {name}: the {kind} {name!r} is also one of Mirrorpress's own"
    listing = {"profiles": "profiles", "emitters": "formats"}.get(group, "rules")
    for done in (command(folder, "check", config=config), command(folder, "check"), command(folder, listing)):
        assert done.returncode == 2
        assert said in done.stderr
        assert "have rude-rules give it another name, or uninstall it" in done.stderr
    assert command(folder, "run").returncode == 0, "the built-in defaults do not hang on what is installed"


@pytest.mark.parametrize("config", ["emit: {docx: }\n", "emit: {odt: }\n", ""])
def test_a_name_of_pandoc_is_refused(folder: Path, config: str) -> None:
    """Which of both would be written must not hang on what is installed; what pandoc cannot write is free."""
    install(folder / "site", "free-rules", {"mirrorpress.emitters": {"pdf": "frogs.rules:write_names"}}, {})
    assert command(folder, "check", config="emit: {pdf: {path: '{id}.pdf'}}\n").returncode == 0
    install(folder / "site", "rude-rules", {"mirrorpress.emitters": {"docx": "frogs.rules:write_names"}}, {})
    done = command(folder, "check", config=config)
    assert done.returncode == 2
    assert "rude-rules: mirrorpress.emitters: docx: the format 'docx' is also one of pandoc's" in done.stderr
    assert "have rude-rules give it another name, or uninstall it" in done.stderr


def test_the_text_of_a_format_of_a_package_can_be_set(folder: Path) -> None:
    """In another script, or with spaces, as that of all formats; by the config, and by the command's options."""
    config = "emit: {names: {path: 'names/{stem}.txt', spacing: pangu}}\n"
    (folder / "in" / "tea.html").write_text(PAGE.format(title="茶tea"), encoding="utf-8")
    assert run(folder, config).returncode == 0
    assert (folder / "out" / "names" / "tea.txt").read_text(encoding="utf-8") == "茶 TEA"
    call = ("convert", "in/tea.html", "--to", "names")
    assert command(folder, *call, config=config).stdout == "茶 TEA"
    assert command(folder, *call, config="emit: {markdown: }\n").stdout == "茶TEA"
    assert command(folder, *call, "--spacing", "pangu", config="emit: {markdown: }\n").stdout == "茶 TEA"


def test_two_packages_with_one_name_are_both_named(folder: Path) -> None:
    """Which of them was meant must not hang on the order in which they are found."""
    install(folder / "site", "toad-rules", {"mirrorpress.rules": {"share": "frogs.rules:silent"}}, {}, "0.1")
    done = command(folder, "check", config="clean: [default, share]\n")
    assert done.returncode == 2
    assert (
        "toad-rules: mirrorpress.rules: share: the rule 'share' is also one of the package frog-rules 1.2"
        in done.stderr
    )


def test_an_unknown_name_is_answered_with_those_of_packages(folder: Path) -> None:
    """The nearest one is offered."""
    done = command(folder, "check", config="clean: [default, decorate]\n")
    assert "there is no rule 'decorate'" in done.stderr
    assert "did you mean 'decorated'?" in done.stderr
    done = command(folder, "check", config="emit: {name: {path: 'x/{id}'}}\n")
    assert "there is no format 'name'; expected one of markdown, " in done.stderr
    assert "did you mean 'names'?" in done.stderr


def test_a_new_version_of_a_package_makes_articles_anew(folder: Path) -> None:
    """And so does a module whose file has changed; without either nothing is made again."""
    config = "clean: [default, silent]\n"

    def converted() -> str:
        done = command(folder, "run", config=config)
        assert done.returncode == 0, done.stderr
        return done.stdout.partition("\n")[0].split()[1]

    assert [converted(), converted()] == ["2", "0"]
    (folder / "site" / "frog_rules-1.2.dist-info").rename(folder / "site" / "frog_rules-1.3.dist-info")
    about = folder / "site" / "frog_rules-1.3.dist-info" / "METADATA"
    about.write_text(about.read_text(encoding="utf-8").replace("1.2", "1.3"), encoding="utf-8")
    assert [converted(), converted()] == ["2", "0"]
    module = folder / "site" / "frogs" / "rules.py"
    module.write_text(module.read_text(encoding="utf-8") + "\n# mended\n", encoding="utf-8")
    assert [converted(), converted()] == ["2", "0"]


def test_a_cluster_must_have_the_same_version_of_the_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a package adds is compared as Mirrorpress and its own dependencies are; what is not named is not."""
    monkeypatch.syspath_prepend(str(folder / "site"))
    for text, wanted in (("clean: [default, share]\n", True), ("clean: [default]\n", False)):
        (folder / "own.yaml").write_text(text, encoding="utf-8")
        assert ("frog-rules" in packages(load_config(folder / "own.yaml"))) is wanted


def test_a_profile_of_a_package_runs_no_code_of_it(folder: Path) -> None:
    """A profile is data: the package is found, and not imported."""
    install(
        folder / "site",
        "data-rules",
        {"mirrorpress.profiles": {"data": "ponds:gazette.yaml"}},
        {"ponds/__init__.py": "raise SystemError('imported')", "ponds/gazette.yaml": PROFILE},
    )
    done = command(folder, "inspect", "in/tea.html", config="parse: {profiles: [data]}\n")
    assert done.returncode == 0, done.stderr
    assert "(profile frog)" in done.stdout


def test_an_own_rule_before_the_others_sees_the_page_as_it_is(tmp_path: Path) -> None:
    """Classes, scripts and frames are still there; what no reader sees leaves no note as text."""
    html = PAGE.format(title="pond").replace("<p>茶", "<script>var x = '茶';</script><p>茶")
    pages(tmp_path, pond=html)
    install(tmp_path / "site", "frog-rules", FROGS, FILES)
    done = run(tmp_path, "clean: [soup, default]\n")
    assert done.returncode == 0, done.stderr
    assert [text for path, _, text in notes(tmp_path, "soup") if path == "pond.html"] == ["分享到"]
    assert "茶要慢慢喝。" in written(tmp_path, "pond")
