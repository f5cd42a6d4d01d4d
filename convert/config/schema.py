"""What config.yaml may say: every option, its type and its default."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)
from pydantic import ValidationInfo as Info

from convert.clean import RULES
from convert.config.batch import BatchOptions
from convert.config.delivery import DeliverOptions, FeedOptions, just_a_folder, on_or_off
from convert.config.extensions import added, find, is_reference, rule_of
from convert.config.formats import EmitSection, MarkdownOutput, TextOutput
from convert.config.pictures import PictureOptions
from convert.config.places import InputOptions, OutputOptions, just_a_path
from convert.config.section import Section, base_of, empty_section
from convert.enrich import STEPS
from convert.errors import ConfigError, UsageError, nearest
from convert.plugins import Kind
from convert.profiles import Profile, load_profiles, packaged_profiles, shipped_names
from convert.reading import JoinedConfigError, refused, refused_file
from convert.typesetting import ScriptName, Spacing
from convert.volumes import MOST_ARTICLES, Collection, Window, check_collection
from convert.where import parse_where

DEFAULT = "default"
_SHIPPED = Collection()


def _check_profile(name: str, info: Info) -> str:
    try:
        loaded = load_profiles([name], base_of(info))
        if name in shipped_names():
            packaged_profiles()  # where a package takes the name of a shipped one, it is not clear which was meant
        for profile in loaded:
            _check_passes(profile, name)
    except JoinedConfigError as error:
        raise refused_file(error.errors) from None
    except ConfigError as error:
        found = error.found if error.where == "parse.profiles" else f"{error.where}: {error.found}"
        raise refused(found, error.expected, error.todo) from None
    return name


def _check_passes(profile: Profile, where: str) -> None:
    """Raise ConfigError where a profile's own list names a rule or step that there is not."""
    for word, names, known in (("rule", profile.clean, RULES), ("step", profile.enrich, STEPS)):
        for name in names:
            if name not in known:
                expected = f"one of {', '.join(known)}"
                raise ConfigError(where, f"there is no {word} {name!r}", expected, nearest(name, known))


def _one_of(known: Iterable[str], word: Kind) -> AfterValidator:
    """A validator of one name in a list of rules or steps."""
    names = list(known)

    def check(name: str, info: Info) -> str:
        if name == DEFAULT:
            return name
        try:
            packaged = {} if is_reference(name) else added(word)
        except ConfigError as error:
            raise refused(f"{error.where}: {error.found}", error.expected, error.todo) from None
        if name in names:
            return name
        if is_reference(name) or name in packaged:
            return check_own(word, name, info)
        choices = f"{DEFAULT}, one of {', '.join([*names, *packaged])}, or module:function"
        raise refused(f"there is no {word} {name!r}", choices, nearest(name, [DEFAULT, *names, *packaged]))

    return AfterValidator(check)


def _each_once(known: Iterable[str], word: str) -> AfterValidator:
    """A validator of a list of rules or steps: none runs twice."""
    names = list(known)

    def check(chosen: tuple[str, ...]) -> tuple[str, ...]:
        spread = [one for name in chosen for one in (names if name == DEFAULT else [name])]
        for one in spread:
            if spread.count(one) > 1:
                inside = " (`default` holds it)" if DEFAULT in chosen and one in names else ""
                raise refused(f"the {word} {one!r} stands twice{inside}", f"each {word} once", "remove one of them")
        return chosen

    return AfterValidator(check)


def check_own(kind: Kind, name: str, info: Info) -> str:
    """Look up a rule, step or emitter of one's own. Raises a validator's error where there is none."""
    try:
        if kind == "rule":
            rule_of(name, base_of(info), settles=True)
        else:
            find(kind, name, base_of(info))
    except ConfigError as error:
        found = error.found if is_reference(name) else f"{error.where}: {error.found}"
        raise refused(found, error.expected, error.todo) from None
    return name


def _check_where(text: str | None) -> str | None:
    try:
        parse_where(text or "title")
    except UsageError as error:
        place = error.where.removeprefix("where: ")
        raise refused(f"{place}: {error.found}", error.expected, error.todo) from None
    return text


ProfileName: TypeAlias = Annotated[StrictStr, AfterValidator(_check_profile)]
RuleName: TypeAlias = Annotated[StrictStr, _one_of(RULES, "rule")]
StepName: TypeAlias = Annotated[StrictStr, _one_of(STEPS, "step")]
RuleList: TypeAlias = Annotated[tuple[RuleName, ...], _each_once(RULES, "rule")]
StepList: TypeAlias = Annotated[tuple[StepName, ...], _each_once(STEPS, "step")]


class ParseOptions(Section):
    """profiles: `auto`, names, or paths of YAML files; tried in order. max_bytes: a larger source is refused."""

    profiles: tuple[ProfileName, ...] = ("auto",)
    max_bytes: Annotated[StrictInt, Field(ge=1)] = 4 * 1024 * 1024


class VolumeOptions(Section):
    """A collection of volumes; the fields are those of `convert.volumes.Collection`, which explains them."""

    title: StrictStr = _SHIPPED.title
    file: StrictStr = _SHIPPED.file
    where: Annotated[StrictStr | None, AfterValidator(_check_where)] = None
    within: StrictStr | None = None
    group_by: tuple[StrictStr, ...] = _SHIPPED.group_by
    sections: tuple[StrictStr, ...] = _SHIPPED.sections
    order_by: StrictStr = _SHIPPED.order_by
    max_articles: StrictInt = _SHIPPED.max_articles
    max_bytes: StrictInt = _SHIPPED.max_bytes
    pictures: Literal["mirror", "fetch", "omit"] = _SHIPPED.pictures
    grayscale: StrictBool = _SHIPPED.grayscale
    style: Literal["book", "plain"] = _SHIPPED.style
    script: ScriptName = _SHIPPED.script
    spacing: Spacing = _SHIPPED.spacing

    @model_validator(mode="after")
    def _check(self) -> Self:
        try:
            check_collection(self.collection())
        except ConfigError as error:
            raise refused(f"found {error.found}", error.expected, error.todo, error.where.rpartition(" ")[2]) from None
        return self

    def collection(self) -> Collection:
        """The same for the planner of the volumes."""
        options = self.model_dump()
        options["where"] = parse_where(self.where) if self.where else None
        options["within"] = Window.parse(self.within) if self.within else None
        return Collection(**options)


LATEST = VolumeOptions(
    title="最新一周",
    file="epub/latest.epub",
    within="7 days",
    group_by=(),
    order_by="-date",
    max_articles=MOST_ARTICLES,
)
"""What is new, in one book: the second collection of the shipped config."""


class Config(Section):
    """Every option of config.yaml, with its default; that file explains them.

    input: where the articles lie. output: where everything is written to. parse: how articles are recognised and
    unwrapped. clean: the cleaning rules, in their order. enrich: the enriching steps, in their order. emit: the formats
    that are written; one that is left out is not. volumes: the collections of EPUB volumes; none for an empty list.
    pictures: how pictures are fetched, for collections that want that. feed: the OPDS feed of the volumes; false for
    none. deliver: folders that volumes are copied into. batch: how a run is done.
    """

    input: Annotated[InputOptions, BeforeValidator(just_a_path)] = Field(default="seeds", validate_default=True)
    output: Annotated[OutputOptions, BeforeValidator(just_a_path)] = Field(default="out", validate_default=True)
    parse: Annotated[ParseOptions, BeforeValidator(empty_section)] = ParseOptions()
    clean: RuleList = (DEFAULT,)
    enrich: StepList = (DEFAULT,)
    emit: EmitSection = EmitSection(markdown=MarkdownOutput(), text=TextOutput())
    volumes: tuple[VolumeOptions, ...] = (VolumeOptions(), LATEST)
    pictures: Annotated[PictureOptions, BeforeValidator(empty_section)] = PictureOptions()
    feed: Annotated[FeedOptions | None, BeforeValidator(on_or_off)] = FeedOptions()
    deliver: tuple[Annotated[DeliverOptions, BeforeValidator(just_a_folder)], ...] = ()
    batch: Annotated[BatchOptions, BeforeValidator(empty_section)] = BatchOptions()
    _base: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _check_files(self) -> Self:
        """Two collections that choose the same articles, or whose file is one, may not share its name."""
        seen: dict[tuple[str, str | None], int] = {}
        for number, one in enumerate(self.volumes):
            of = one.where if "{" in one.file else None
            if (first := seen.setdefault((one.file, of), number)) != number:
                found = f"volumes[{first}] and volumes[{number}] both make {one.file!r}"
                raise refused(
                    found, "a `file` for each", "name the second one's, as in file: epub/other.epub", "volumes"
                )
        return self

    def model_post_init(self, context: Any, /) -> None:
        """Keep the folder that relative paths start from."""
        self._base = (context or {}).get("base", Path())

    def without_outputs(self) -> Config:
        """The same config with nothing to write."""
        return self.model_copy(update={"emit": EmitSection(), "volumes": ()})

    def absolute(self) -> Config:
        """The same config with no path that hangs on the working folder or on who reads it: for other machines."""
        places = {"input": self.input.absolute(), "output": self.output.absolute()}
        pictures = self.pictures.model_copy(update={"cache": str(self.picture_cache.absolute())})
        copy = self.model_copy(update={**places, "pictures": pictures})
        copy._base = self._base.absolute()
        return copy

    @property
    def scripts(self) -> list[ScriptName]:
        """The configurations of OpenCC that the formats ask for; volumes ask by themselves."""
        return [one.script for one in self.emit.formats().values() if one.script != "none"]

    @property
    def base(self) -> Path:
        """The folder of the config file: where profiles and people's own modules are looked for."""
        return self._base

    @property
    def picture_cache(self) -> Path:
        """The folder of fetched pictures."""
        return self.output.path / Path(self.pictures.cache).expanduser()
