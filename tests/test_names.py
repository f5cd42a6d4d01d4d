"""names.py: templates are filled from what is known, and names fit every file system."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convert.article import Metadata
from convert.errors import ConfigError
from convert.names import OutputNames, PathTemplate, safe_part, safe_path, slug

META = Metadata(title="A Day: at the Sea", id="n42", publisher="The/Paper", channel="c7", date=date(2021, 7, 4))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("markdown/{folder}/{stem}.md", "markdown/pages/c7/n42.md"),
        ("{date:%Y/%m}/{id}.md", "2021/07/n42.md"),
        ("{date}-{slug}.md", "2021-07-04-a-day-at-the-sea.md"),
        ("{date:%G-W%V-%u %j %y}.md", "2021-W26-7 185 21.md"),
        ("{title}.md", "A Day_ at the Sea.md"),
        ("{publisher}/{channel}/{lang}.md", "The_Paper/c7/und.md"),
        ("{{x}}/{id}.md", "{x}/n42.md"),
    ],
)
def test_templates_are_filled_from_path_and_metadata(template: str, expected: str) -> None:
    """A value's own slash never makes a folder; a date's format may."""
    assert PathTemplate.parse(template).fill("pages/c7/n42.md", META) == expected


def test_fields_without_a_value_read_as_something_plain() -> None:
    """No output is called by an empty name."""
    template = PathTemplate.parse("{publisher}/{channel}/{date:%Y/%m}/{id}-{slug}.md")
    assert template.fill("n42.md", Metadata()) == "unknown/unknown/undated/n42-n42.md"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{fodler}/{stem}.md", r"no field {fodler}; expected one of {folder} .*did you mean {folder}\?"),
        ("{}.md", "no field {}"),
        ("{date.year}.md", r"no field {date.year}"),
        ("{stem:>9}.md", "the field {stem} takes no format"),
        ("{stem!r}.md", "the field {stem} takes no format"),
        ("{date:%H}.md", "the date format '%H'; expected codes out of %Y"),
        ("{date:%-d}.md", "the date format"),
        ("{stem.md", "the braces do not pair"),
        ("../{stem}.md", "leads out of the output folder"),
        ("a/..", "leads out"),
        ("/etc/{stem}", "no relative path"),
        ("C:/{stem}", "no relative path"),
        ("a\\{stem}", "no relative path"),
        ("", "no relative path"),
    ],
)
def test_a_wrong_template_is_refused_with_the_choices(template: str, message: str) -> None:
    """Every refusal quotes the template."""
    with pytest.raises(ConfigError, match=message) as caught:
        PathTemplate.parse(template)
    assert repr(template) in caught.value.where


def test_a_template_knows_whether_the_path_alone_decides() -> None:
    """Names that follow from the path are settled before anything is converted."""
    assert PathTemplate.parse("{folder}/{stem}.md").from_path
    assert not PathTemplate.parse("{folder}/{id}.md").from_path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ('a<b>c:d"e|f?g*h\\i\x00\x1f\x7f\x9f.md', "a_b_c_d_e_f_g_h_i____.md"),
        ("con.md", "con_.md"),
        ("NUL", "NUL_"),
        ("com1.tar.md", "com1_.tar.md"),
        ("lpt² .md", "lpt²_ .md"),
        ("conin$.md", "conin$_.md"),
        ("console.md", "console.md"),
        ("a.", "a_"),
        ("a. . ", "a_"),
        (" a ", "a"),
        (".hidden.md", "_hidden.md"),
        ("..", "__"),
        ("bad\udc80byte.md", "bad_byte.md"),
        ("e\u0301.md", "\xe9.md"),
    ],
)
def test_parts_that_a_file_system_refuses_are_changed(name: str, expected: str) -> None:
    """Windows' signs and device names, dots and spaces at the edges, and bytes that are no Unicode."""
    assert safe_part(name) == expected


def test_a_long_part_is_cut_before_its_suffix_between_two_signs() -> None:
    """255 bytes are 85 Han characters of three bytes; the suffix stays whole."""
    name = safe_part("海" * 200 + ".md")
    assert name == "海" * 84 + ".md"
    assert len(name.encode()) == 255


@given(st.text(max_size=300))
def test_any_text_becomes_a_path_that_every_file_system_takes(text: str) -> None:
    """No part is empty, too long, hidden, a device, or leads out; doing it twice changes nothing."""
    path = safe_path(text)
    assert safe_path(path) == path
    for part in path.split("/"):
        assert 0 < len(part.encode()) <= 255
        assert not part.startswith((".", " "))
        assert not part.endswith((".", " "))
        assert not set(part) & set('<>:"|?*\\')
        assert part.isprintable() or not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in part)


def test_a_slug_keeps_letters_of_any_script() -> None:
    """Words are joined by hyphens, in lower case."""
    assert slug("《海边》：Ａ Day, 2 Nights!") == "海边-a-day-2-nights"


def test_names_that_differ_in_case_or_normalisation_only_are_one_name() -> None:
    """On a FAT card or a Mac the second file would take the place of the first."""
    names = OutputNames(["report.json"])
    assert names.settle("News/a.md", "1") == "News/a.md"
    for twin in ("news/A.md", "NEWS/a.md", "Report.json"):
        settled = names.settle(twin, twin)
        assert settled != twin
        assert settled.rpartition(".")[0].startswith(twin.rpartition(".")[0] + "-")
    assert names.settle("e\u0301.md", "2") == "e\u0301.md"
    assert names.settle("\xe9.md", "3") != "\xe9.md"


def test_a_marked_name_follows_from_its_owner_alone() -> None:
    """Which further twins there are does not change the mark."""
    first, second = OutputNames(["a.md"]), OutputNames(["a.md"])
    second.settle("a.md", "x.txt")
    assert first.settle("a.md", "y.html") == second.settle("a.md", "y.html")


def test_even_a_taken_mark_is_got_round() -> None:
    """The same owner may want the same name more than once."""
    names = OutputNames()
    assert len({names.settle("a.md", "owner") for _ in range(100)}) == 100


def test_an_output_never_takes_the_name_of_a_folder() -> None:
    """A file `a` cannot stand beside a folder `a`."""
    names = OutputNames()
    names.reserve_folders(["x/a.md/b.md", "c.md"])
    assert names.settle("x/a.md/b.md", "1") == "x/a.md/b.md"
    assert names.settle("X/a.md", "2") != "X/a.md"
    assert names.settle("c.md", "3") == "c.md"


def test_a_folder_never_takes_the_name_of_a_file() -> None:
    """What lies in it lies together, under a mark that follows from the folder's own path."""
    names = OutputNames(["report.json"])
    names.keep("md/p", "p.md")
    first, second = names.settle("md/P/img/x.jpg", "1"), names.settle("md/P/y.jpg", "2")
    assert first.startswith("md/P-")
    assert first.endswith("/img/x.jpg")
    assert second == f"{first.removesuffix('/img/x.jpg')}/y.jpg"
    assert names.settle("report.json/x.md", "3").startswith("report-")
    assert names.settle("md/q/x.jpg", "4") == "md/q/x.jpg"
    assert names.settle("md/q", "5") != "md/q"


def test_names_can_be_kept_from_files_and_not_from_folders() -> None:
    """As those of files that somebody else may come to see."""
    names = OutputNames()
    names.avoid(["img"])
    assert names.settle("img", "1") != "img"
    assert names.settle("img/x.jpg", "2") == "img/x.jpg"
