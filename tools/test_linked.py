"""Links and pictures of a built site lead where the articles' do. `make test-tools` runs this, as its neighbours."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.linking import PNG
from tests.test_pictures_beside import lake
from tools import mirror
from tools.linked import LINKED
from tools.sites import need


@pytest.mark.parametrize("name", LINKED)
def test_links_lead_to_pages_and_pictures_to_files(name: str, tmp_path: Path) -> None:
    """Each link of one article leads to the page of the other one, each picture to a file with the mirror's bytes."""
    linking = LINKED[name]
    need(linking.tool)
    profiles = lake(tmp_path)
    run = mirror.run(tmp_path / "in", tmp_path, linking.markdown, profiles)
    shown = linking.build(run)
    assert sorted(shown) == sorted(run.articles)
    (one, two) = sorted(shown)
    for path, other in ((one, two), (two, one)):
        links, pictures = shown[path]
        assert links == [linking.page(other)] * 4
        assert len(pictures) == 1
        assert (run.output / linking.built / pictures[0]).read_bytes() == PNG
