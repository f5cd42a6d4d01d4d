"""The report of a run as a page: one file of HTML that needs no network and no script."""

from __future__ import annotations

from convert.report.page import page

__all__ = ["page"]
