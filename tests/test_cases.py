"""Every case of tests/cases: what comes out is what is expected, and it proves more than that."""

from __future__ import annotations

import pytest

from convert.clean import clean
from convert.emit import EMITTERS, EmitOptions
from convert.verify import View, canonical, conservation, plain_text, reads_back
from tests.case import CASES, EXPECTED, Case

TOPICS = sorted(path.name for path in CASES.iterdir() if path.is_dir())


@pytest.mark.parametrize("topic", TOPICS)
def test_what_comes_out_is_what_is_expected(topic: str) -> None:
    """Markdown, text, metadata and notes are those of the expectation files; a missing file is a failure."""
    case = Case.read(topic)
    results = case.results()
    for name in EXPECTED:
        path = case.folder / name
        assert path.exists(), f"{path}: missing; read what comes out, then `make accept TOPIC={topic}`"
        assert results[name] == path.read_text(encoding="utf-8"), f"{topic}: {case.why}"


@pytest.mark.parametrize("topic", TOPICS)
def test_it_proves_more_than_equality(topic: str) -> None:
    """The same bytes twice, clean twice is clean once, nothing is lost, and the Markdown reads back."""
    case = Case.read(topic)
    assert case.results() == case.results()
    article = case.article()
    markdown = EMITTERS["markdown"].write(article, EmitOptions()).decode()
    text = EMITTERS["text"].write(article, EmitOptions()).decode()
    view = View(article)
    assert not canonical(view)
    assert not conservation(view)
    assert not reads_back(markdown, view)[0]
    assert not plain_text(text, view)
    once = article.body.inner_html
    again = clean(article, case.context).body.inner_html
    assert again == once
