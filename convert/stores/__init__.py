"""Where sources are read from: a folder, a git repository without a checkout, or an address."""

from convert.stores.address import OWN_PROCESS, Address, changed_at, content_of, is_address
from convert.stores.folder import Folder, mirror_of
from convert.stores.git import Repository, open_repository
from convert.stores.remote import Remote
from convert.stores.store import INDEX, README, SUFFIXES, UNREAD, Entry, Listing, Sieve, Store, shown

__all__ = [
    "INDEX",
    "OWN_PROCESS",
    "README",
    "SUFFIXES",
    "UNREAD",
    "Address",
    "Entry",
    "Folder",
    "Listing",
    "Remote",
    "Repository",
    "Sieve",
    "Store",
    "changed_at",
    "content_of",
    "is_address",
    "mirror_of",
    "open_repository",
    "shown",
]
