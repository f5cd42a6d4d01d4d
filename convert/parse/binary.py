"""Which bytes are no text, whatever the file is called."""

from __future__ import annotations

from convert.errors import SourceError

HEAD = 4096
"""The bytes from the start that are looked at."""

STRAY = 8
"""Control characters that any text may have picked up; a longer one may have one in 64 bytes."""

MAGIC = {
    b"PK\x03\x04": "a zip archive, as EPUB and DOCX are",
    b"%PDF-": "a PDF",
    b"\x7fELF": "a program",
    b"GIF87a": "a GIF picture",
    b"GIF89a": "a GIF picture",
    b"\x89PNG\r\n\x1a\n": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x1f\x8b\x08": "a gzip archive",
    b"BZh91AY&SY": "a bzip2 archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a document of an old Office",
    b"SQLite format 3\x00": "a SQLite database",
}
"""What files begin with that are no text, and what they are."""

# white space, and escape, with which terminals' colours begin, are in texts
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b")
_EXPECTED = "text in UTF-8, UTF-16 with a byte order mark, or GB 18030"


def refuse_binary(path: str, data: bytes) -> None:
    """Raise SourceError for a file that is no text: by what it begins with, or by the control characters in it.

    A stray NUL does not make a text binary: `decode` takes it out, and says so. Text in UTF-16 must not come here.
    """
    for magic, what in MAGIC.items():
        if data.startswith(magic):
            raise SourceError(path, f"this is {what}", _EXPECTED, "take it out of the input, or name another file")
    head = data[:HEAD]
    nuls = head.count(0)
    if nuls and len(head) - len(head.translate(None, _CONTROLS)) > max(STRAY, len(head) // 64):
        found = f"this is no text: its first {len(head):,} bytes hold {nuls:,} that are zero"
        raise SourceError(path, found, _EXPECTED, "take it out of the input, or save it as UTF-8")
