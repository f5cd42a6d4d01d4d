"""The preview: source and outputs of some articles side by side, as one page that needs no network."""

from __future__ import annotations

from convert.preview.page import page
from convert.preview.shown import Shown, show

__all__ = ["Shown", "page", "show"]
