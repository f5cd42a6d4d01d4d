"""Where sources are read from: a folder, or a git repository without a checkout."""

from convert.stores.folder import Folder, mirror_of
from convert.stores.git import Repository, open_repository
from convert.stores.store import INDEX, README, SUFFIXES, UNREAD, Entry, Listing, Sieve, Store

__all__ = [
    "INDEX",
    "README",
    "SUFFIXES",
    "UNREAD",
    "Entry",
    "Folder",
    "Listing",
    "Repository",
    "Sieve",
    "Store",
    "mirror_of",
    "open_repository",
]
