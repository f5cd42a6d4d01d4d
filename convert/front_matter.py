"""How front matter is laid out: Mirrorpress's own keys, and presets for the tools that read it.

Sources: Hugo's page on front matter (its field names are reserved; all others belong under `params`), Jekyll's on
front matter and on posts, and its SEO plug-in's; Obsidian's help on properties and tags; MkDocs's on meta-data and the
authors of Material's blog; pandoc's manual on metadata blocks and EPUB metadata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Literal, TypeAlias

from convert.article import Metadata
from convert.errors import ConfigError
from convert.names import check_date_format, parse_fields, text_values, write_date

KEYS = tuple(one.name for one in fields(Metadata))
"""Mirrorpress's own names, in their order."""

Scalar: TypeAlias = str | int | float | bool
Added: TypeAlias = Scalar | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A layout of front matter. Keys are Mirrorpress's own names; `rename` alone holds those that are written.

    rename: what a key is called; a point puts it into a mapping, as in `params.source`.
    drop: keys that are left out.
    add: further keys, or others' values: constants, or texts with fields as an output's path has them.
    lists: whether a key's value is written as a `list` of texts or as one `string`.
    dates: the form of a day, as in `%Y/%m/%d`; empty for a date of YAML.
    markdown: whether the tool reads texts in it as Markdown, (pandoc).
    tags: whether tags are names without spaces (Obsidian); where one is changed, `keywords` has all as they are.
    written: whether there is any front matter.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    add: Mapping[str, Added] = field(default_factory=dict)
    lists: Mapping[str, Literal["list", "string"]] = field(default_factory=dict)
    dates: str = ""
    markdown: bool = False
    tags: bool = False
    written: bool = True

    def name(self, key: str) -> str:
        """What a key is called in the file."""
        return self.rename.get(key, key)

    def changed(self, other: FrontMatter) -> FrontMatter:
        """This preset with what a config says besides; its `add` takes a key away whose value is empty."""
        add = {name: value for name, value in {**self.add, **other.add}.items() if value not in ("", ())}
        return replace(
            self,
            rename={**self.rename, **other.rename},
            drop=(*self.drop, *other.drop),
            add=add,
            lists={**self.lists, **other.lists},
            dates=other.dates or self.dates,
        )


OWN = FrontMatter()

_PARAMS = (
    "translators", "editors", "publisher", "via", "source", "id", "lang", "channel", "image_caption", "image_credit",
    "dateline", "byline", "words",
)  # fmt: skip

PRESETS: dict[str, FrontMatter] = {
    "gfm": OWN,
    "none": FrontMatter(written=False),
    "hugo": FrontMatter(
        rename={key: f"params.{key}" for key in _PARAMS} | {"image": "images"}, lists={"image": "list"}
    ),
    "jekyll": FrontMatter(rename={"id": "article_id"}, add={"layout": "post"}),
    "obsidian": FrontMatter(add={"aliases": ("{title}",)}, tags=True),
    "mkdocs": FrontMatter(rename={"authors": "author"}, lists={"authors": "string"}),
    "pandoc": FrontMatter(rename={"authors": "author", "tags": "keywords", "description": "abstract"}, markdown=True),
}
"""By name; `default` stands for the one that is called like the flavour."""


def preset(name: str, flavour: str) -> FrontMatter:
    """A preset. name: its own, or `default` for that of a flavour."""
    return PRESETS[flavour if name == "default" else name]


def fill_added(value: Added, path: str, meta: Metadata) -> Added | None:
    """An added value for one article; None where it names a field that the article does not have.

    path: the source's, for `{folder}` and `{stem}`.
    """
    if isinstance(value, str):
        return _filled(value, path, meta)
    if isinstance(value, tuple):
        filled = [one for one in (_filled(text, path, meta) for text in value) if one is not None]
        return tuple(filled) or None
    return value


def _filled(text: str, path: str, meta: Metadata) -> str | None:
    if "{" not in text and "}" not in text:
        return text
    values = text_values(path, meta)
    result = ""
    for literal, name, form in parse_fields("", text):
        value = "" if not name else write_date(meta.date, form) if name == "date" else values[name]
        if name and not value:
            return None
        result += literal + value
    return result


def check_layout(layout: FrontMatter) -> None:
    """Look whether a layout can be written: right templates, and no two values under one name.

    Raises ConfigError, whose place begins with the part of the layout that is wrong.
    """
    for value in layout.add.values():
        for text in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
            parse_fields(f"add: {text!r}", text)
    check_date_format("dates", layout.dates)
    names = [layout.name(key) for key in KEYS if key not in layout.drop]
    names += [name for name in layout.add if name not in names]
    _check_names(names)


def _check_names(names: Sequence[str], where: str = "rename") -> None:
    for name in names:
        if not name or "" in name.split(".") or not name.isprintable():
            raise ConfigError(where, f"no key can be called {name!r}", "a name, or several joined by points", "")
        if names.count(name) > 1:
            raise ConfigError(
                where, f"two keys are called {name!r}", "a name of its own for each", "rename or drop one"
            )
        above = name.rpartition(".")[0]
        while above:
            if above in names:
                raise ConfigError(where, f"{above!r} is a key and holds {name!r}", "one of the two", "rename one")
            above = above.rpartition(".")[0]
