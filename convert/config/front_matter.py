"""What config.yaml may say of the layout of front matter."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from convert.config.section import Section
from convert.errors import ConfigError, nearest
from convert.front_matter import KEYS, PRESETS, FrontMatter, check_layout, preset
from convert.reading import refused

CHOICES = ("default", *PRESETS)


def _check_preset(name: str) -> str:
    if name not in CHOICES:
        raise refused("", f"one of {', '.join(CHOICES)}", nearest(name, CHOICES))
    return name


def _check_key(name: str) -> str:
    if name not in KEYS:
        raise refused(f"there is no key {name!r}", f"one of {', '.join(KEYS)}", nearest(name, KEYS))
    return name


Preset = Annotated[StrictStr, AfterValidator(_check_preset)]
Key = Annotated[StrictStr, AfterValidator(_check_key)]
Value = StrictStr | StrictBool | StrictInt | StrictFloat | tuple[StrictStr, ...]


class FrontMatterOptions(Section):
    """The layout of front matter; what is made of it is a `convert.front_matter.FrontMatter`.

    preset: the keys for a tool, to begin with; `default` is that of the flavour. rename: what a key is called, by
    Mirrorpress's own names. drop: keys that are left out. add: further keys, as constants or as texts with fields.
    lists: whether a key's value is written as a `list` of texts or as one `string`. dates: the form of a day, as in
    %Y/%m/%d; none for a date of YAML.
    """

    preset: Preset = "default"
    rename: dict[Key, StrictStr] = Field(default_factory=dict)
    drop: tuple[Key, ...] = ()
    add: dict[StrictStr, Value] = Field(default_factory=dict)
    lists: dict[Key, Literal["list", "string"]] = Field(default_factory=dict)
    dates: StrictStr | None = None

    def layout(self, flavour: str) -> FrontMatter | str:
        """The layout for a flavour; the name of its preset where nothing else is said.

        Raises a validator's error where it cannot be written.
        """
        if not (self.rename or self.drop or self.add or self.lists or self.dates):
            return self.preset
        begun = preset(self.preset, flavour)
        layout = begun.changed(FrontMatter(self.rename, self.drop, self.add, self.lists, self.dates or ""))
        try:
            check_layout(layout)
        except ConfigError as error:
            place = error.where.partition(": ")[2]
            found = f"{place}: {error.found}" if place else error.found
            raise refused(found, error.expected, error.todo, error.where.partition(":")[0]) from None
        return layout


def just_a_preset(value: object) -> object:
    """A mapping for the name of a preset alone."""
    return {"preset": value} if isinstance(value, str) else value
