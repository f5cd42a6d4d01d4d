"""Everything that is known of an article, as one JSON object: for programs."""

from __future__ import annotations

import datetime
import json

from convert.article import Article
from convert.emit import markdown, text
from convert.emit.options import EmitOptions


def write(article: Article, options: EmitOptions) -> bytes:
    """The article as a JSON object in UTF-8 (docs/json.md says what each key holds).

    Its Markdown is the body's in the flavour of `options`, without front matter and title.
    """
    meta = {
        key: value.isoformat() if isinstance(value, datetime.date) else value for key, value in article.meta.items()
    }
    record = {
        "path": article.path,
        "aliases": list(article.source.aliases),
        "digest": article.source.digest,
        "profile": article.profile.name,
        "metadata": meta,
        "origin": {key: article.origin[key] for key in meta if key in article.origin},
        "notes": [note._asdict() for note in sorted(article.notes)],
        "html": article.body.inner_html,
        "markdown": markdown.write_body(article.body, options.flavour),
        "text": "\n\n".join(text.blocks(article.body.children)),
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")
