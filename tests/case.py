"""A case: a folder of tests/cases with an input beside what must come of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from convert.article import Article, Context, Source
from convert.clean import RULES
from convert.emit import EMITTERS, EmitOptions
from convert.enrich import STEPS
from convert.pipeline import convert
from convert.profiles import load_profiles

CASES = Path(__file__).parent / "cases"
EXPECTED = ("expected.md", "expected.txt", "expected.meta.yaml", "expected.notes.jsonl")


@dataclass(frozen=True)
class Case:
    """One case. `case.yaml` says why it exists, and may give the source's path and the mirror's channels."""

    folder: Path
    source: Source
    context: Context
    why: str

    @classmethod
    def read(cls, topic: str) -> Case:
        """Read a case. Raises AssertionError where it does not say why it exists."""
        folder = CASES / topic
        facts: dict[str, Any] = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
        assert facts.get("why"), f"{folder}/case.yaml: no `why`; expected one sentence saying why the case exists"
        path = next(path for path in sorted(folder.iterdir()) if path.stem == "input")
        source = Source(facts.get("path", f"pages/ncid282/{topic}{path.suffix}"), path.read_bytes())
        context = Context(load_profiles(), RULES, STEPS, channels=facts.get("channels", {}))
        return cls(folder, source, context, facts["why"])

    @property
    def expected(self) -> Path:
        """The folder of what must come of it."""
        return self.folder

    def article(self) -> Article:
        """The article that the pipeline makes of the input."""
        return convert(Source(self.source.path, self.source.data), self.context)

    def results(self) -> dict[str, str]:
        """What comes of the input, by the name of the file that expects it."""
        article = self.article()
        meta = {name: {"value": value, "from": article.origin.get(name, "")} for name, value in article.meta.items()}
        notes = [json.dumps(note._asdict(), ensure_ascii=False) for note in sorted(article.notes)]
        return {
            "expected.md": EMITTERS["markdown"].write(article, EmitOptions()).decode(),
            "expected.txt": EMITTERS["text"].write(article, EmitOptions()).decode(),
            "expected.meta.yaml": yaml.safe_dump(meta, allow_unicode=True, sort_keys=False, width=1000),
            "expected.notes.jsonl": "".join(f"{note}\n" for note in notes),
        }
