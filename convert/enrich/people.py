"""Names of people, taken out of the words that stand round them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from convert.profiles import Names

HAN_NAME = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,4}\Z")
FOREIGN_NAME = re.compile(r"[\u3400-\u9fff]{1,8}(?:[·‧•・．.][\u3400-\u9fff]{1,8}){1,3}\Z")
LATIN_NAME = re.compile(
    r"[A-Z\u00c0-\u00de][A-Za-z\u00c0-\u024f’'.\-]*(?: [A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f’'.\-]*){0,5}\Z"
)
BETWEEN = re.compile(
    r"\s*[、／/，,﹑；;&]\s*|\s+(?:和|与|and)\s+|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])|(?<=[A-Za-z.])(?:和|与)(?=[A-Z])"
)
# Kangxi radicals that stand for the characters they look like (Unicode, Kangxi Radicals, compatibility mappings)
RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}


@lru_cache(maxsize=4096)  # reporters and editors come again and again
def read_names(text: str, names: Names) -> tuple[str, ...] | None:
    """The names in a piece of text such as `张三、李四台湾台北综合`, in order, without repeats.

    Verbs and places that stand glued to a name are taken off by the profile's lists. Returns none where the
    text names an office or a place only, and None where it was not understood.
    """
    found: dict[str, None] = {}
    nobody = names.not_people
    for part in BETWEEN.split(text.translate(RADICALS).strip()):
        before = names.reporter.match(part) if names.reporter is not None else None
        start = before.end() if before is not None else 0
        # an office's name is no person's, but for one that a reporter is introduced with (`大纪元时报张三`)
        if nobody is not None and any(match.end() > start for match in nobody.finditer(part)):
            continue
        name = _bare(part, names)
        if not name or (nobody is not None and nobody.search(name)):
            continue
        if not is_name(name):
            name = _before_place(name, names.places)
            if not name:
                return None
        found[name] = None
    return tuple(found)


def is_name(text: str) -> bool:
    """Whether a text has the form of one person's name."""
    return bool(HAN_NAME.match(text) or FOREIGN_NAME.match(text) or (len(text) > 1 and LATIN_NAME.match(text)))


def _bare(name: str, names: Names) -> str:
    """A name without the verbs and places behind it."""
    name = name.strip(" \u3000:：")
    if names.reporter is not None:
        before = names.reporter.match(name)
        name = name[before.end() :] if before else name
    while name:
        shorter = _without(name, names.verbs, 2)
        if shorter is None:
            shorter = _without(name, names.places, 2)
        if shorter is None:
            break
        name = shorter.strip()
    return name.strip()


def _before_place(name: str, places: tuple[str, ...]) -> str:
    """The name before a known place, where an unknown one follows it (`张三美国某市`); empty where that is no name."""
    starts = [start for place in places if (start := name.find(place, 2)) > 0]
    before = name[: min(starts)].strip() if starts else ""
    return before if is_name(before) else ""


def _without(name: str, endings: tuple[str, ...], least: int) -> str | None:
    """A name without the longest ending that leaves at least `least` characters, or nothing at all."""
    if not name.endswith(endings):
        return None
    fitting = [
        one for one in endings if name.endswith(one) and (len(name) == len(one) or len(name) - len(one) >= least)
    ]
    if not fitting:
        return None
    return name[: len(name) - len(max(fitting, key=len))]
