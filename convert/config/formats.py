"""What config.yaml may say of the formats that are written."""

from __future__ import annotations

import posixpath
import warnings
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    model_validator,
)
from pydantic_core import PydanticCustomError

from convert.config.dataset import DatasetOptions
from convert.config.flavour import Flavour
from convert.config.front_matter import FrontMatterOptions, just_a_preset
from convert.config.section import Section, empty_section
from convert.config.width import Width
from convert.errors import ConfigError
from convert.names import PathTemplate, PictureTemplate
from convert.reading import refused
from convert.typesetting import ScriptName, Spacing


def _check_template(text: str) -> str:
    try:
        template = PathTemplate.parse(text)
    except ConfigError as error:
        raise refused(error.found, error.expected, error.todo) from None
    if not any(name for _, name, _ in template.pieces):
        raise refused(f"{text!r} gives every article one name", "a path with a field, as {folder} and {stem}")
    return text


def _check_picture_path(text: str) -> str:
    try:
        PictureTemplate.parse(text)
    except ConfigError as error:
        raise refused(error.found, error.expected, error.todo) from None
    return text


Template: TypeAlias = Annotated[StrictStr, AfterValidator(_check_template)]


class TypesetOutput(Section):
    """path: the template of the files' paths.

    script: the configuration of OpenCC by which the text is turned; `none` turns nothing.
    spacing: `pangu` puts a space between Han characters and Latin letters or digits.
    """

    path: Template
    script: ScriptName = "none"
    spacing: Spacing = "none"


class CustomOutput(TypesetOutput):
    """The output of pandoc, or of an emitter given as `module:function`."""


class MarkdownOutput(TypesetOutput):
    """Markdown.

    undated: the template of the paths of articles without a date. flavour: the dialect, for the tool that reads it.
    front_matter: its layout, or the name of a preset. title: whether it stands as a heading above the body too.
    links: `relative` and `wiki` have links to other articles of the mirror lead to their files.
    pictures: `beside` writes pictures that the mirror has as files; `fetch` asks the web for those that it has not.
    picture_path: the template of these files' paths.
    """

    path: Template = "markdown/{folder}/{stem}.md"
    undated: Template | None = None
    flavour: Flavour = "gfm"
    front_matter: Annotated[FrontMatterOptions, BeforeValidator(just_a_preset)] = FrontMatterOptions()
    title: StrictBool = False
    links: Literal["keep", "relative", "wiki"] = "keep"
    pictures: Literal["keep", "beside", "fetch"] = "keep"
    picture_path: Annotated[StrictStr, AfterValidator(_check_picture_path)] = "./{name}"

    @property
    def rewrites(self) -> bool:
        """Whether some addresses of an article may stand otherwise in its file."""
        return self.links != "keep" or self.pictures != "keep"

    @property
    def vault(self) -> str:
        """The folders that all paths begin with, whatever the article: Obsidian opens the last of them as a vault."""
        fixed = [template.partition("{")[0] for template in (self.path, self.undated) if template]
        return posixpath.commonpath([one.rpartition("/")[0] for one in fixed])

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.links == "wiki" and self.flavour != "obsidian":
            expected, todo = "the flavour obsidian, whose links these are", "write `links: relative`, or change flavour"
            raise refused(f"found wiki with the flavour {self.flavour}", expected, todo, "links")
        try:
            self.front_matter.layout(self.flavour)
        except PydanticCustomError as error:
            raise refused(**{**(error.context or {}), "key": "front_matter"}) from None
        return self


class TextOutput(TypesetOutput):
    """Plain text. width: the columns of a line; 0 breaks none."""

    path: Template = "text/{folder}/{stem}.txt"
    width: Width = 0


class HtmlOutput(TypesetOutput):
    """HTML: a whole document, for other programs."""

    path: Template = "html/{folder}/{stem}.html"


class JsonOutput(TypesetOutput):
    """JSON, for programs. flavour: the dialect of the Markdown in it."""

    path: Template = "json/{folder}/{stem}.json"
    flavour: Flavour = "gfm"


def formats_of_pandoc(names: Iterable[str]) -> list[str]:
    """Those of some names of formats that are pandoc's. It is asked only where there is one that could be."""
    plain = [name for name in names if ":" not in name]
    if not plain:
        return []
    from convert.emit.pandoc import formats  # seldom wanted, and so are the modules that calling a program takes

    known = formats()
    return [name for name in plain if name in known]


def _with_path(name: str, value: object) -> object:
    """The options of a format of pandoc: `docx/{folder}/{stem}.docx` and so on, where they name no path."""
    from convert.emit.pandoc import suffix

    options = {} if value is None else value
    return {"path": f"{name}/{{folder}}/{{stem}}.{suffix(name)}", **options} if isinstance(options, dict) else options


# the format's name hides a method of the model that nobody calls any more (pydantic has `model_dump_json` in its place)
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message='Field name "json"')

    class EmitSection(BaseModel):
        """The formats that are written, each with its options; one that is left out is not written.

        `dataset` has many articles in each of its files. A further key is one of pandoc's formats, or an emitter of
        one's own, as `module:function`.
        """

        model_config = ConfigDict(frozen=True, extra="allow")
        __pydantic_extra__: dict[str, CustomOutput] = Field(init=False)

        markdown: Annotated[MarkdownOutput | None, BeforeValidator(empty_section)] = None
        text: Annotated[TextOutput | None, BeforeValidator(empty_section)] = None
        html: Annotated[HtmlOutput | None, BeforeValidator(empty_section)] = None
        json: Annotated[JsonOutput | None, BeforeValidator(empty_section)] = None  # type: ignore[assignment]  # see above
        dataset: Annotated[DatasetOptions | None, BeforeValidator(empty_section)] = None

        @model_validator(mode="before")
        @classmethod
        def _give_paths(cls, data: Any) -> Any:
            """Formats of pandoc without a path get one like those of the others."""
            if not isinstance(data, dict):
                return data
            found = formats_of_pandoc(str(name) for name in data if name not in cls.model_fields)
            return {name: _with_path(str(name), value) if name in found else value for name, value in data.items()}

        def by_pandoc(self) -> list[str]:
            """The formats that pandoc writes."""
            return formats_of_pandoc(self.__pydantic_extra__)

        def own(self) -> list[str]:
            """The formats that neither Mirrorpress nor pandoc writes, but a function of one's own."""
            by_pandoc = self.by_pandoc()
            return [name for name in self.__pydantic_extra__ if name not in by_pandoc]

        def formats(self) -> dict[str, TypesetOutput]:
            """The options of every format of which an article has a file, by its name, in the order of the fields."""
            every = {name: getattr(self, name) for name in type(self).model_fields} | self.__pydantic_extra__
            return {name: options for name, options in every.items() if isinstance(options, TypesetOutput)}
