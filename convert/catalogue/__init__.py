"""The catalogue: the SQLite file that knows every source, article, output and volume of an output folder.

It is how a run knows what has changed, and what `mirrorpress list` asks. Only the main process of a run writes to it.
docs/catalogue.md explains its tables.
"""

from __future__ import annotations

from convert.catalogue.catalogue import Catalogue
from convert.catalogue.opening import CATALOGUE, DamagedError, open_catalogue, read_catalogue, set_aside
from convert.catalogue.rows import Known, Leftover, Look, Outcome, Output, Shelved

__all__ = [
    "CATALOGUE",
    "Catalogue",
    "DamagedError",
    "Known",
    "Leftover",
    "Look",
    "Outcome",
    "Output",
    "Shelved",
    "open_catalogue",
    "read_catalogue",
    "set_aside",
]
