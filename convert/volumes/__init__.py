"""Which articles make which volume: collections, their keys, and the plan of their volumes."""

from __future__ import annotations

from convert.volumes.collection import MOST_ARTICLES, Collection, Window, check_collection
from convert.volumes.keys import Member, in_order, spoken
from convert.volumes.planning import Volume, chosen, plan_volumes, split_volume

__all__ = [
    "MOST_ARTICLES",
    "Collection",
    "Member",
    "Volume",
    "Window",
    "check_collection",
    "chosen",
    "in_order",
    "plan_volumes",
    "split_volume",
    "spoken",
]
