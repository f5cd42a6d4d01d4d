"""What an address in running text is: it is never turned into another script, never spaced, never broken."""

from __future__ import annotations

import re

# A scheme has a limit, so that a long run of letters is looked at once and not once from each of them.
# Chinese characters belong to an address where they stand behind a sign that no word ends with.
ADDRESS = re.compile(
    r"((?:[a-z][a-z0-9+.-]{0,30}://|\.{1,2}/|www\.)(?:[!-~]|(?<=[/=?&#_.%+-])[\u3400-\u9fff]+)*)", re.IGNORECASE
)
"""One group, so that `split` gives text and addresses in turn."""
