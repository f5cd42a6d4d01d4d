"""Benchmarks measure on what real mirrors are like, and the same each time."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import context, converting
from benchmarks.cost import measure
from benchmarks.fidelity import CHECKS, faults
from benchmarks.outputs import Wanted
from benchmarks.synthetic import change, pages, write_mirror
from convert import Source, convert
from convert.batch.run import run
from convert.config import Config
from convert.emit import EMITTERS, EmitOptions

FILES = 400


def digest(folder: Path) -> str:
    """One digest of all files below a folder and their paths."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.md")):
        total.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return total.hexdigest()


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic mirror, which no test changes."""
    folder = tmp_path_factory.mktemp("mirror")
    write_mirror(folder, FILES, 7)
    return folder


def test_the_same_seed_gives_the_same_bytes(mirror: Path, tmp_path: Path) -> None:
    """A synthetic mirror is the same in every process for one seed, and another for another."""
    command = [sys.executable, "-m", "benchmarks.synthetic", str(tmp_path / "a"), "--articles", str(FILES)]
    root = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONHASHSEED": "1234"}
    subprocess.run([*command, "--seed", "7"], check=True, capture_output=True, cwd=root, env=environment)
    write_mirror(tmp_path / "b", FILES, 8)
    assert digest(tmp_path / "a") == digest(mirror)
    assert digest(tmp_path / "b") != digest(mirror)


@pytest.mark.slow
def test_as_many_files_as_asked_for(mirror: Path) -> None:
    """A synthetic mirror has so many articles, and the first are the same, however many follow."""
    assert len(list((mirror / "pages").rglob("*.md"))) == FILES
    assert list(pages(FILES, 7))[:100] == list(pages(100, 7))
    assert len({path for path, _ in pages(5000, 7)}) == 5000


def test_more_files_than_there_are_addresses() -> None:
    """A mirror that would need addresses unlike real ones is refused."""
    with pytest.raises(ValueError, match="expected at most 1,000,000"):
        next(pages(1_000_001, 1))


def test_synthetic_articles_are_read_as_real_ones(mirror: Path) -> None:
    """Every synthetic article is recognised, has title, date and address, and nothing is found wrong with it."""
    families: Counter[str] = Counter()
    for path in sorted((mirror / "pages").rglob("*.md")):
        name = path.relative_to(mirror).as_posix()
        article = convert(Source(name, path.read_bytes()), context())
        families[article.profile.name] += 1
        assert article.meta.title, name
        assert article.meta.date, name
        assert article.meta.id == path.stem, name
        assert not [note for note in article.notes if note.kind == "wrong"], name
    assert set(families) == {"epoch", "minghui"}


@pytest.mark.slow
def test_sizes_are_those_of_real_mirrors() -> None:
    """Half of the files are smaller than some 6.5 KB, a tenth are larger than some 15; a quarter are copies."""
    made = list(pages(4000, 3))
    sizes = sorted(len(text.encode()) for _, text in made)
    assert 5800 < sizes[2000] < 7000
    assert 13_000 < sizes[3600] < 16_500
    ids = {path.rpartition("/")[2] for path, _ in made}
    assert 0.2 < 1 - len(ids) / len(made) < 0.27
    assert len({path.partition("/")[0] for path, _ in made}) == 19


@pytest.mark.slow
def test_copies_merge(mirror: Path, tmp_path: Path) -> None:
    """A run writes each synthetic article once, and tells of the copies whose text differs."""
    config = Config.model_validate({"input": mirror, "output": tmp_path / "out", "volumes": [], "batch": {"jobs": 1}})
    summary = run(config)
    ids = {path.stem for path in (mirror / "pages").rglob("*.md")}
    assert not summary.failures
    assert not summary.differing
    assert summary.articles == len(ids)
    assert summary.copies == FILES - len(ids)
    assert 0 < summary.notes["identity.variant", "wrong"] < summary.copies / 4
    assert {kind for _, kind in summary.notes} == {"removed", "moved", "changed", "guessed", "wrong"}
    assert len(list((tmp_path / "out" / "markdown").rglob("*.md"))) == len(ids)


def test_change_adds_a_sentence_to_so_many_articles(tmp_path: Path) -> None:
    """`change` makes the bodies of chosen articles longer by one paragraph, and leaves every other file alone."""
    write_mirror(tmp_path / "a", 120, 2)
    write_mirror(tmp_path / "b", 120, 2)
    before = {path: path.read_bytes() for path in (tmp_path / "a").rglob("*.md")}
    changed = change(tmp_path / "a", 12, 5)
    assert changed == change(tmp_path / "b", 12, 5)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    differing = {path for path, data in before.items() if path.read_bytes() != data}
    assert sorted(path.relative_to(tmp_path / "a").as_posix() for path in differing) == changed
    assert len({path.stem for path in differing}) == 12
    for path in differing:
        name = path.relative_to(tmp_path / "a").as_posix()
        old = convert(Source(name, before[path]), context()).body.text
        new = convert(Source(name, path.read_bytes()), context()).body.text
        assert len("".join(new.split())) > len("".join(old.split())), name


def test_change_of_more_articles_than_there_are(tmp_path: Path) -> None:
    """`change` says so where a mirror has fewer articles than it is to change."""
    write_mirror(tmp_path, 3)
    with pytest.raises(ValueError, match="expected 50 to change"):
        change(tmp_path, 50)


@pytest.fixture(scope="module")
def wanted(mirror: Path) -> Wanted:
    """One synthetic article with a lead picture, links, an author and a heading."""
    for path in sorted((mirror / "pages").rglob("*.md")):
        article = convert(Source(path.relative_to(mirror).as_posix(), path.read_bytes()), context())
        found = Wanted(article)
        if found.captions and found.links and article.meta.authors and article.body.select("h4, h3") and found.inner:
            return found
    raise AssertionError("no such article")


def markdown(wanted: Wanted) -> str:
    """What Mirrorpress writes of an article."""
    return EMITTERS["markdown"].write(wanted.article, EmitOptions()).decode("utf-8")


def test_what_mirrorpress_writes_has_no_fault(mirror: Path) -> None:
    """The fidelity table has no fault of Mirrorpress's Markdown but lines that it takes away on purpose."""
    for path in sorted((mirror / "pages").rglob("*.md"))[::7]:
        name = path.relative_to(mirror).as_posix()
        one = Wanted(convert(Source(name, path.read_bytes()), context()))
        notes = [note.text for note in one.article.notes]
        assert set(faults(one, markdown(one), notes).found) <= {"text that the page shows gone"}, name


# Each fault, and how an output comes by it.
DAMAGE: dict[str, Callable[[str, Wanted], str]] = {
    "the mirror's own lines left in": lambda text, _: text + "\n[首页](../..) | [评论](x)\n",
    "title not told": lambda text, _: text.replace("title: ", "name: ", 1),
    "date not told": lambda text, _: text.replace("\ndate: ", "\nday: ", 1),
    "another date told": lambda text, _: re.sub(r"\ndate: .*", "\ndate: 1999-12-31", text, count=1),
    "author not told": lambda text, _: text.replace("\nauthors:", "\nwriters:", 1),
    "text of the article lost": lambda text, one: text.replace(one.captions[0][:5], "", 2),
    "text that the page shows gone": lambda text, _: text.replace("责任", "").replace("在", ""),
    "text gone that no note tells of": lambda text, _: text.replace("在", ""),
    "text invented or doubled": lambda text, _: text + "\n谁也没有写过这一句话。\n",
    "links lost": lambda text, _: text.replace("https://www.epochtimes.com/gb/tag/", "#"),
    "pictures lost": lambda text, _: text.replace("![", "["),
    "headings lost": lambda text, _: re.sub(r"^#+ ", "", text, flags=re.M),
    "marks that show as text": lambda text, _: text + "\n\\*\\*河\n",
    "captions run into other text": lambda text, _: re.sub(r"([）)])\n\n(?=\S)", r"\1", text),
    "paragraphs torn apart": lambda text, _: text.replace("。", "。\n\n"),
    "paragraphs run together": lambda text, _: re.sub(r"\n\n(?!#|!)", "", text),
    "spaces put between Chinese characters": lambda text, _: text.replace("的", "的 "),
    "HTML left in": lambda text, _: text + "\n<div>\n\n河\n\n</div>\n",
    "scripts left in": lambda text, _: text + "\n[河](javascript:alert%281%29)\n",
}


@pytest.mark.parametrize("fault", DAMAGE)
def test_a_fault_is_found(fault: str, wanted: Wanted) -> None:
    """Each check of the fidelity table finds the fault that it is for, in an output that was without."""
    good = markdown(wanted)
    assert good != (bad := DAMAGE[fault](good, wanted))
    notes = [note.text for note in wanted.article.notes]
    assert fault in faults(wanted, bad, notes).found
    assert fault not in faults(wanted, good, notes).found or fault == "text that the page shows gone"


def test_every_fault_is_tested() -> None:
    """Every check of the fidelity table has a test, but for two that only some articles concern."""
    assert set(CHECKS) - set(DAMAGE) == {"tracking picture left in", "bold lost"}


def test_faults_that_some_articles_concern(mirror: Path) -> None:
    """A tracking picture left in and bold lost are found where an article has any."""
    seen = set()
    for path in sorted((mirror / "pages").rglob("*.md")):
        source = path.read_text(encoding="utf-8")
        if "width='0px'" in source or "<b>" in source:
            one = Wanted(convert(Source(path.relative_to(mirror).as_posix(), source.encode()), context()))
            text = markdown(one).replace("**", "") + "\n![](http://gfw-breaker.win/a.md)\n"
            seen |= set(faults(one, text).found) & {"tracking picture left in", "bold lost"}
    assert seen == {"tracking picture left in", "bold lost"}


def test_other_converters_get_what_somebody_who_knows_the_mirrors_would_give(mirror: Path) -> None:
    """Prepared sources have their title as a heading, their links, their body, and none of the mirror's lines."""
    for path in sorted((mirror / "pages").rglob("*.md"))[::5]:
        text = converting.prepared(path.read_text(encoding="utf-8"))
        assert text.startswith("<h1>"), path.name
        assert text.rstrip().endswith("</div>"), path.name
        assert not re.search(r"首页\]|<ok|width='0px'|原文|二维码", text), path.name


def test_a_folder_through_another_converter(mirror: Path, tmp_path: Path) -> None:
    """The script that runs other programs writes a Markdown file for each source, and says what failed."""
    script = str(Path(converting.__file__))
    paths = [str(mirror), str(tmp_path / "out"), str(tmp_path / "failed")]
    subprocess.run([sys.executable, "-P", script, "turbohtml", *paths], check=True, capture_output=True)
    assert len(list((tmp_path / "out").rglob("*.md"))) == FILES
    assert not (tmp_path / "failed").read_text(encoding="utf-8")


@pytest.mark.slow
def test_cpu_of_processes_that_nobody_waits_for() -> None:
    """The cost of a command has the CPU of its grandchildren, too, whose parent ended before them."""
    burn = "import time\nwhile time.process_time() < 0.6: pass"
    leave = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
    if sys.platform == "linux":
        assert measure([sys.executable, "-c", leave], 1).cpu >= 0.6
    assert measure([sys.executable, "-c", burn], 1).cpu >= 0.6
