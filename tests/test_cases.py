"""Every case of tests/cases: what comes out is what is expected, and it proves more than that."""

from __future__ import annotations

import pytest

from convert.clean import clean
from convert.emit import EMITTERS, EmitOptions
from convert.verify import canonical, conservation, plain_text, reads_back
from tests.case import CASES, EXPECTED, Case

TOPICS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
# Cases whose expectation says what is right while the code does not do it yet; each fails strictly, so that mending the
# code takes its line out of here.
NOT_YET = {
    "characters-entities": "entities escaped twice: only the commonest are read once more",
    "dateline-text-before": "a byline behind a dateline that damaged text stands before",
    "whitespace-digits": "a Latin letter cut off a number in Chinese text",
    "whitespace-english": "English words cut by a bracket or a single capital",
}


def _expected() -> list[object]:
    """The topics, with those that are known to fail marked."""
    marks = {topic: pytest.mark.xfail(reason=reason, strict=True) for topic, reason in NOT_YET.items()}
    return [pytest.param(topic, marks=marks[topic]) if topic in marks else topic for topic in TOPICS]


@pytest.mark.parametrize("topic", _expected())
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
    assert not canonical(article.path, article.body)
    assert not conservation(article.source, article)
    assert not reads_back(markdown, article)[0]
    assert not plain_text(text, article)
    once = article.body.inner_html
    again = clean(article, case.context).body.inner_html
    assert again == once
