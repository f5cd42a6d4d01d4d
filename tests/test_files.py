"""files.py: sources are read within limits, outputs are whole or not there, and names fit every file system."""

from __future__ import annotations

import os
import stat
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convert.article import Metadata
from convert.errors import ConfigError, OutputError, SourceError
from convert.files import OutputNames, PathTemplate, move_file, read_source, safe_part, safe_path, slug, write_file


def test_a_source_is_read_with_its_path_and_aliases(tmp_path: Path) -> None:
    """The path stays relative to the input, whatever the machine."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "n1.md").write_bytes(b"text")
    source = read_source(tmp_path, "pages/n1.md", 10, ("pages/n2.md",))
    assert (source.path, source.data, source.aliases) == ("pages/n1.md", b"text", ("pages/n2.md",))


def test_a_source_as_large_as_the_limit_is_read(tmp_path: Path) -> None:
    """The limit is the largest size that is read, not the first that is refused."""
    (tmp_path / "a.md").write_bytes(b"1234567890")
    assert read_source(tmp_path, "a.md", 10).data == b"1234567890"
    with pytest.raises(SourceError, match=r"a\.md: 10 bytes; expected at most 9; raise parse\.max_bytes"):
        read_source(tmp_path, "a.md", 9)


def test_a_vanished_source_is_an_error_of_that_source(tmp_path: Path) -> None:
    """A file that was moved away between finding and reading is named."""
    with pytest.raises(SourceError, match=r"gone\.md: there is no such file"):
        read_source(tmp_path, "gone.md", 10)


def test_a_folder_is_no_source(tmp_path: Path) -> None:
    """Reading a folder says what to do instead."""
    (tmp_path / "pages").mkdir()
    with pytest.raises(SourceError, match="pages: this is a folder; expected a file"):
        read_source(tmp_path, "pages", 10)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_forbidden_source_is_an_error_of_that_source(tmp_path: Path) -> None:
    """A file without read permission is named."""
    (tmp_path / "a.md").write_bytes(b"text")
    (tmp_path / "a.md").chmod(0)
    with pytest.raises(SourceError, match="may not be read"):
        read_source(tmp_path, "a.md", 10)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_read_to_its_end_but_not_over_the_limit(tmp_path: Path) -> None:
    """`convert <(…)` gives a pipe, which has no size of its own."""
    read_end, write_end = os.pipe()
    os.write(write_end, b"from a pipe")
    os.close(write_end)
    assert read_source(Path("/dev/fd"), str(read_end), 100).data == b"from a pipe"
    os.close(read_end)


def test_writing_makes_folders_and_leaves_nothing_else(tmp_path: Path) -> None:
    """The temporary file is gone when the output is there."""
    write_file(tmp_path, "a/b/c.md", b"text")
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "b", "c.md"]
    assert (tmp_path / "a/b/c.md").read_bytes() == b"text"


def test_writing_replaces_the_old_file(tmp_path: Path) -> None:
    """A second writing leaves the second text."""
    write_file(tmp_path, "a.md", b"old")
    write_file(tmp_path, "a.md", b"new")
    assert (tmp_path / "a.md").read_bytes() == b"new"


def test_writing_the_same_bytes_leaves_the_file_alone(tmp_path: Path) -> None:
    """Programs that watch or copy the output see no change where there is none."""
    write_file(tmp_path, "a.md", b"text")
    os.utime(tmp_path / "a.md", (1, 1))
    write_file(tmp_path, "a.md", b"text")
    assert (tmp_path / "a.md").stat().st_mtime == 1
    write_file(tmp_path, "a.md", b"next")
    assert (tmp_path / "a.md").stat().st_mtime > 1


def test_outputs_get_the_permissions_that_the_user_asks_for(tmp_path: Path) -> None:
    """The umask decides, as with every other program."""
    old = os.umask(0o027)
    try:
        write_file(tmp_path, "a.md", b"text")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.md").stat().st_mode) == 0o640


def test_what_stands_in_the_way_of_an_output_is_named(tmp_path: Path) -> None:
    """A folder with the output's name stays, and no temporary file is left beside it."""
    (tmp_path / "a.md" / "inside").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"a\.md: cannot be written"):
        write_file(tmp_path, "a.md", b"text")
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    """A path that runs through a file cannot be written."""
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        write_file(tmp_path, "a/b.md", b"text")


def test_what_a_killed_process_left_is_overwritten(tmp_path: Path) -> None:
    """The temporary name follows from the output's, so that leftovers do not pile up."""
    write_file(tmp_path, "a.md", b"text")
    real = os.replace
    left: list[Path] = []

    def keep(temporary: str, target: str) -> None:
        left.append(Path(temporary))
        real(temporary, target)

    os.replace = keep  # type: ignore[assignment]
    try:
        write_file(tmp_path, "a.md", b"once")
        left[0].write_bytes(b"half a te")
        write_file(tmp_path, "a.md", b"more")
    finally:
        os.replace = real
    assert left[0] == left[1]
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    assert (tmp_path / "a.md").read_bytes() == b"more"


def test_a_staged_output_moves_to_its_name(tmp_path: Path) -> None:
    """Moving makes the folders that the name needs."""
    write_file(tmp_path, ".staging/1", b"text")
    move_file(tmp_path, ".staging/1", "2021/07/a.md")
    assert (tmp_path / "2021/07/a.md").read_bytes() == b"text"


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
