"""Where a space goes between Han and Latin in a copy of an article: outside of marks, and never where text is exact."""

from __future__ import annotations

import pytest

from convert.emit.typeset import set_markup
from convert.typesetting import Typesetting

SPACED = Typesetting(spacing="pangu")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>桥<strong>old</strong>船</p>", "<p>桥 <strong>old</strong> 船</p>"),
        ('<p><a href="x">桥</a>old</p>', '<p><a href="x">桥</a> old</p>'),
        ("<p>桥<em><strong>old</strong></em></p>", "<p>桥 <em><strong>old</strong></em></p>"),
        # there is no outside between two marks, and a place may be led to
        ("<p><em>桥</em><strong>old</strong></p>", "<p><em>桥</em><strong>old</strong></p>"),
        ('<p>桥<a id="n1"></a>old</p>', '<p>桥<a id="n1"></a>old</p>'),
        ('<p>桥<strong id="n1">old</strong></p>', '<p>桥<strong id="n1">old</strong></p>'),
        # text without a tag behind it
        ("桥old", "桥 old"),
        ("<p>桥</p>桥old", "<p>桥</p>桥 old"),
        # code and what stands above or below a line is exact
        ("<p><code>桥old</code>桥old</p>", "<p><code>桥old</code>桥 old</p>"),
        ("<pre>桥old</pre><p>桥old</p>", "<pre>桥old</pre><p>桥 old</p>"),
        ("<p>x桥<sup>2</sup>桥2</p>", "<p>x 桥<sup>2</sup>桥 2</p>"),
        ("<p><sup><code>桥a</code>桥a</sup>桥a</p>", "<p><sup><code>桥a</code>桥a</sup>桥 a</p>"),
        # another line, another item, a notice in place of a picture
        ("<p>桥<br>old</p>", "<p>桥<br>old</p>"),
        ("<ul><li>桥</li><li>old</li></ul>", "<ul><li>桥</li><li>old</li></ul>"),
        ("<p>桥<span>old</span></p>", "<p>桥 <span>old</span></p>"),
        ('<p>桥<span class="missing">old</span>桥</p>', '<p>桥<span class="missing">old</span>桥</p>'),
        # an address, in text and in attributes; what else attributes say is set
        ('<p class="address">桥old</p><p>桥old</p>', '<p class="address">桥old</p><p>桥 old</p>'),
        (
            '<img src="桥a" alt="桥old" title="桥a"><a aria-label="桥a" href="桥a">桥</a>',
            '<img src="桥a" alt="桥 old" title="桥 a"><a aria-label="桥 a" href="桥a">桥</a>',
        ),
        # what is escaped stays so, quotes stay quotes
        ("<p>桥old&amp;\"'&lt;</p>", "<p>桥 old&amp;\"'&lt;</p>"),
        ("<p>桥\u00a0a桥b</p>", "<p>桥&#160;a 桥 b</p>"),
        ("<p>old bridge</p>", "<p>old bridge</p>"),
    ],
)
def test_markup_is_spaced(before: str, after: str) -> None:
    """Text and descriptions are; tags and addresses stay as they are."""
    assert set_markup(before, SPACED) == after
