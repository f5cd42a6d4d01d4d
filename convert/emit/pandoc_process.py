"""Calls pandoc: in its sandbox, under a limit of time, the same bytes for the same document.

One process writes many documents where pandoc was built with its server (manual of `pandoc-server`, *running as a CGI
program*): under that name it answers one request on its standard input, opens no port, and works with what is in the
request alone. Where that fails, for whatever reason, each document gets a process of its own.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from convert.errors import MissingToolError

SECONDS = 60
"""How long a process of pandoc may take."""

_ALONE = frozenset({"dzslides", "man", "ms"})
"""Formats that the server writes otherwise than the command: without files that come with pandoc, or its version."""

_CGI = {
    "REQUEST_METHOD": "POST", "PATH_INFO": "/batch", "CONTENT_TYPE": "application/json",
    "HTTP_ACCEPT": "application/json", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "PANDOC_SERVER_TIMEOUT": str(SECONDS),
}  # fmt: skip


class PandocFailedError(Exception):
    """pandoc did not write a document; the text says why."""


@cache
def program() -> str:
    """The path of pandoc. Raises MissingToolError where there is none."""
    import pypandoc  # here and below: it takes longer than any other format, and is seldom wanted

    try:
        return str(pypandoc.get_pandoc_path())
    except OSError:
        raise MissingToolError("pandoc", "is not installed", "", "install the package pypandoc-binary") from None


@cache
def version() -> str:
    """The version of pandoc. Raises MissingToolError where there is none."""
    import pypandoc

    program()
    return str(pypandoc.get_pandoc_version())


@cache
def writers() -> tuple[str, ...]:
    """The names of all formats that pandoc says it writes, sorted. Raises MissingToolError where there is none."""
    import pypandoc

    program()
    return tuple(sorted(pypandoc.get_pandoc_formats()[1]))


def write_documents(documents: Sequence[str], to: str) -> list[bytes | PandocFailedError]:
    """Documents of HTML in one of pandoc's formats, in their order, or why there is none.

    Raises MissingToolError without pandoc.
    """
    results: list[bytes | None] = [None] * len(documents)
    if len(documents) > 1 and to not in _ALONE:
        results = _together(documents, to) or results
    return [_alone(one, to) if data is None else data for one, data in zip(documents, results, strict=True)]


def _together(documents: Sequence[str], to: str) -> list[bytes | None] | None:
    """Documents written by one process, None for each that was not; or None where there is no such process."""
    options = {"from": "html", "to": to, "standalone": True, "wrap": "none"}
    request = json.dumps([{"text": one, **options} for one in documents]).encode()
    environment = {**_CGI, "CONTENT_LENGTH": str(len(request))}
    call = ["pandoc-server.cgi"]  # by its name pandoc knows what it is to be
    try:
        done = subprocess.run(
            call, executable=program(), env=environment, input=request, capture_output=True, timeout=SECONDS, check=True
        )
        head, _, answer = done.stdout.partition(b"\n\n")
        replies: list[dict[str, Any]] = json.loads(answer) if b"Status: 200" in head else []
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return [_data(one) for one in replies] if len(replies) == len(documents) else None


def _data(reply: dict[str, Any]) -> bytes | None:
    if "output" not in reply:
        return None
    output = str(reply["output"])
    return base64.b64decode(output) if reply.get("base64") else output.encode()


def _alone(document: str, to: str) -> bytes | PandocFailedError:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.zip"  # by this suffix pandoc makes one file of a format that is a folder
        # nothing of the user's own, templates of theirs least of all
        call = [program(), "--from=html", f"--to={to}", "--sandbox", "--standalone", "--wrap=none", "--quiet",
                f"--data-dir={folder}", f"--output={path}"]  # fmt: skip
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "0"}  # the time that it has as a server
        try:
            data = document.encode("utf-8", "replace")
            done = subprocess.run(
                call, env=environment, cwd=folder, input=data, capture_output=True, timeout=SECONDS, check=False
            )
            if done.returncode == 0:
                return path.read_bytes()
            reason = " ".join(done.stderr.decode(errors="replace").split()) or f"ended with code {done.returncode}"
        except subprocess.TimeoutExpired:
            reason = f"took longer than {SECONDS} seconds"
        except OSError as error:
            reason = f"cannot be run ({error.strerror or error})"
        return PandocFailedError(reason)
