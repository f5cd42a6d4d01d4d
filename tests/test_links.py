"""Addresses of links and pictures: which are kept as they are, which are mended, which lead nowhere."""

from __future__ import annotations

import pytest
from turbohtml import Element, Text

from convert.article import Article, Context, Metadata, Source
from convert.clean import RULES
from convert.clean.addresses import mend
from convert.enrich import STEPS
from convert.profiles import load_profiles
from convert.tree import fragment

PROFILE = next(profile for profile in load_profiles() if profile.name == "epoch")
BASE = "https://www.example.org/gb/n1.htm"


@pytest.mark.parametrize("scheme", "http https ftp ftps".split())
def test_addresses_of_hosts_are_kept(scheme: str) -> None:
    """Every scheme with an authority; its name is written small, and an address without a host leads nowhere."""
    assert mend(f"{scheme}://a.example/b", BASE) == f"{scheme}://a.example/b"
    assert mend(f"{scheme.upper()}://a.example/b", BASE) == f"{scheme}://a.example/b"
    assert mend(f"{scheme}:a.example", BASE) is None


@pytest.mark.parametrize("scheme", "mailto tel sms magnet news irc xmpp geo".split())
def test_other_schemes_that_a_reader_may_follow_are_kept(scheme: str) -> None:
    """What follows is kept but for what may not stand in an address; nothing behind it leads nowhere."""
    assert mend(f"{scheme}:ab", BASE) == f"{scheme}:ab"
    assert mend(f"{scheme}:a b", BASE) == f"{scheme}:a%20b"
    assert mend(f"{scheme}: ", BASE) is None


@pytest.mark.parametrize("scheme", "javascript vbscript data file about blob view-source x".split())
def test_other_schemes_lead_nowhere(scheme: str) -> None:
    """What would run, read this machine, or is not known is no address, in whatever letters."""
    assert mend(f"{scheme}:ab", BASE) is None
    assert mend(f"{scheme.upper()}://a.example/b", BASE) is None


@pytest.mark.parametrize(
    ("address", "mended"),
    [
        ("b.htm", "https://www.example.org/gb/b.htm"),
        ("/b", "https://www.example.org/b"),
        ("//a.example/b", "https://a.example/b"),
        ("#n1", "#n1"),
        ("#n 1", "#n%201"),
        ("a.com", "http://a.com"),
        ("www.a.com/b", "http://www.a.com/b"),
        ("a.com:80/b", "http://a.com:80/b"),
        ("a.computer", "https://www.example.org/gb/a.computer"),
        ("", None),
        (" \u3000", None),
        ("\u3000https://a.example/b\xa0", "https://a.example/b"),
        ("https://a.exam\nple/b", "https://a.example/b"),
        ("http://https://a.example/b", "https://a.example/b"),
        ("HTTP:/https://a.example/b", "https://a.example/b"),
        ("https:\\\\a.example\\b", "https://a.example/b"),
        ("https://a.example/旧桥", "https://a.example/旧桥"),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ("https://a.example/%zz%41", "https://a.example/%25zz%41"),
        ("https://a.example/[1]", "https://a.example/%5B1%5D"),
        ("https://a.example/\x07b", "https://a.example/%07b"),
        ("https://a.example:8080?b=c&d#e", "https://a.example:8080?b=c&d#e"),
        ("https://user@a.example/", "https://user@a.example/"),
        ("https://[::1]/b", "https://[::1]/b"),
        ("https://桥.example/b", "https://桥.example/b"),
        ("https://桥/b", None),
        ("https://a b/c", None),
        ("https://", None),
    ],
)
def test_an_address_is_mended(address: str, mended: str | None) -> None:
    """Relative ones are resolved, white space and controls go or are written so that they may stand there."""
    assert mend(address, BASE) == mended


def test_without_a_base_an_address_stays_relative() -> None:
    """What a page says of its own mirror is kept as it is there."""
    assert mend("../b c.htm", "") == "../b%20c.htm"


@pytest.mark.parametrize("part", "caption colgroup col thead tbody tfoot tr".split())
def test_a_text_in_a_table_goes_before_it_and_its_parts_stay(part: str) -> None:
    """Unwrapping may leave text in a table; what a table is made of is no such thing."""
    body = fragment("<table><tr><th>甲</th><th>乙</th></tr><tr><td>丙</td><td>丁</td></tr></table>")
    table = body.select_one("table")
    assert table is not None
    table.insert(0, Text("桥"))
    table.append(Element(part))
    article = Article(Source("pages/ncid282/n1.md", b""), PROFILE, body, Metadata(title="旧桥"))
    RULES["tables"](article, Context((PROFILE,), RULES, STEPS))
    rows = "<thead><tr><th>甲</th><th>乙</th></tr></thead><tbody><tr><td>丙</td><td>丁</td></tr></tbody>"
    assert body.inner_html.replace("<div></div>", "") == f"桥<table>{rows}</table>"
