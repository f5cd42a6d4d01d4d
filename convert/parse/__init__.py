"""Parse: a source's bytes into an Article whose body is the tree that a browser would build."""

from __future__ import annotations

from dataclasses import dataclass

from convert.article import Article, Context, Source
from convert.parse.body import read_body
from convert.parse.decode import decode
from convert.parse.envelope import Envelope, find_address, open_envelope
from convert.profiles import Profile

__all__ = ["Identity", "identity", "parse"]

HEAD = TAIL = 2048


@dataclass(frozen=True, slots=True)
class Identity:
    """Which article a source holds.

    publisher, id: of its address; both empty where there is no address that the profile knows.
    profile: the profile that recognised it. body: what stands inside the envelope, as it is in the file.
    """

    publisher: str
    id: str
    profile: Profile
    body: str


def parse(source: Source, context: Context) -> Article:
    """Read a source: decode it, choose its profile, open the envelope, and read the body into a tree.

    Nothing raises on dirty input; what is odd becomes a note. Raises SourceError for a source that is larger than
    `context.max_bytes`, or no text.
    """
    decoded = decode(source, context.max_bytes)
    profile = recognise(decoded.text, context.profiles)
    article = Article(source, profile, body=None)  # type: ignore[arg-type]  # read_body fills it two lines below
    article.notes.extend(decoded.notes)
    envelope = open_envelope(decoded.text, profile)
    read_body(article, envelope)
    return article


def recognise(text: str, profiles: tuple[Profile, ...]) -> Profile:
    """The first profile that recognises a text by its first and last 2,048 characters; the last one takes all."""
    ends = text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n\x00\n{text[-TAIL:]}"
    for profile in profiles:
        look = profile.recognise
        if look is not None and look.start.match(ends) and all(pattern.search(ends) for pattern in look.found):
            return profile
    return profiles[-1]


def identity(source: Source, context: Context) -> Identity:
    """Tell which article a source holds, without building a tree. Raises SourceError as `parse` does."""
    text = decode(source, context.max_bytes).text
    profile = recognise(text, context.profiles)
    envelope: Envelope = open_envelope(text, profile)
    found = find_address(envelope.address, profile)
    publisher, id_ = (found.publisher, found.id) if found else ("", "")
    return Identity(publisher, id_, profile, envelope.body)
