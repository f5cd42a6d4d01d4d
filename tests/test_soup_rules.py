"""People's own rules: the documented soup rule end to end, and a rule that raises."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "drop_promos.py"
PAGE = "<h1>{title}</h1><p>茶要慢慢喝。</p><p>加入读书会，每月一书。</p>"
CONFIG = """
input: in
output: out
clean: [default, {rule}]
volumes: []
"""


def run(folder: Path, rule: str) -> subprocess.CompletedProcess[str]:
    """The command over two pages, with one more rule."""
    (folder / "in").mkdir()
    for name in ("tea", "bell"):
        (folder / "in" / f"{name}.html").write_text(PAGE.format(title=name), encoding="utf-8")
    (folder / "config.yaml").write_text(CONFIG.format(rule=rule), encoding="utf-8")
    command = [sys.executable, "-m", "convert", "run", "--config", str(folder / "config.yaml")]
    command += ["--notes", str(folder / "notes.jsonl")]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.mark.slow
def test_the_documented_soup_rule_removes_and_says_so(tmp_path: Path) -> None:
    """The example of the guide works from config.yaml, and what it removes is noted under its name."""
    shutil.copy(EXAMPLE, tmp_path)
    result = run(tmp_path, "drop_promos:drop_promos")
    assert result.returncode == 0, result.stderr
    written = (tmp_path / "out" / "markdown" / "tea.md").read_text(encoding="utf-8")
    assert "茶要慢慢喝。" in written
    assert "读书会" not in written
    notes = [json.loads(line) for line in (tmp_path / "notes.jsonl").read_text(encoding="utf-8").splitlines()]
    own = [note for note in notes if note["rule"] == "drop_promos:drop_promos"]
    assert [(note["kind"], note["text"]) for note in own] == [("removed", "加入读书会，每月一书。")] * 2


@pytest.mark.slow
def test_a_rule_that_raises_costs_that_article_only(tmp_path: Path) -> None:
    """The article is named with the rule and the reason; the other one is converted; the exit code says so."""
    source = "def fussy(article, context):\n    if article.meta.title == 'bell':\n        raise KeyError('clapper')\n"
    (tmp_path / "own.py").write_text(source, encoding="utf-8")
    result = run(tmp_path, "own:fussy")
    assert result.returncode == 1
    assert (tmp_path / "out" / "markdown" / "tea.md").exists()
    assert not (tmp_path / "out" / "markdown" / "bell.md").exists()
    said = result.stdout + result.stderr
    assert "bell.html" in said
    assert "own:fussy" in said
    assert "clapper" in said
    assert "Traceback" not in said
