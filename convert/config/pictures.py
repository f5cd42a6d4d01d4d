"""What config.yaml may say of fetching pictures."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StrictStr

from convert.config.section import Section
from convert.errors import nearest
from convert.reading import refused

PROXIES = ("http", "https", "socks5", "socks5h")
"""Schemes of proxies; either kind of SOCKS leaves the looking up of names to the proxy."""


def _check_proxy(proxy: str) -> str:
    expected = "environment, none, or an address as in socks5://127.0.0.1:9050"
    try:
        parts = urlsplit(proxy)
        fits = parts.scheme in PROXIES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if proxy not in ("environment", "none") and not fits:
        raise refused("", expected, nearest(proxy, ["environment", "none"]))
    return proxy


def _check_line(text: str) -> str:
    if not text.strip() or not text.isascii() or not text.isprintable():
        raise refused("", "a line of ASCII", "HTTP takes no other signs")
    return text


def _check_folder(name: str) -> str:
    if not name.strip() or "\0" in name:
        raise refused("", "a folder, as in .cache/pictures")
    return name


Seconds: TypeAlias = Annotated[StrictInt, Field(ge=1, le=3600)]


class PictureOptions(Section):
    """How pictures are fetched for collections that say `pictures: fetch`, and where they are kept.

    proxy: `environment`, `none` or an address. timeout: seconds for connecting and for each wait; total: for a picture.
    retries: after an error that may pass. max_bytes: of one picture. per_host: requests to one host at a time; pause:
    seconds between the starts of two. minutes: for all of a run, 0 for no limit. allow_private: addresses that are not
    public too. cache: a folder below the output, or an absolute one; cache_bytes: its size, 0 for no limit.
    negative_days: how long a picture that is gone is not asked for again. user_agent: what servers are told.
    """

    proxy: Annotated[StrictStr, AfterValidator(_check_proxy)] = "environment"
    timeout: Seconds = 10
    total: Seconds = 60
    retries: Annotated[StrictInt, Field(ge=0, le=10)] = 2
    max_bytes: Annotated[StrictInt, Field(ge=1, le=40_000_000)] = 10_000_000
    per_host: Annotated[StrictInt, Field(ge=1, le=16)] = 2
    pause: Annotated[float, Field(ge=0, le=3600, strict=True, allow_inf_nan=False)] = 0.1
    minutes: Annotated[StrictInt, Field(ge=0)] = 0
    allow_private: StrictBool = False
    cache: Annotated[StrictStr, AfterValidator(_check_folder)] = ".cache/pictures"
    cache_bytes: Annotated[StrictInt, Field(ge=0)] = 10_000_000_000
    negative_days: Annotated[StrictInt, Field(ge=0, le=3650)] = 7
    user_agent: Annotated[StrictStr, AfterValidator(_check_line)] = "Mozilla/5.0"
