"""A folder of files through another program to Markdown, on all cores, as its users do it. Run as a file, by itself.

    python -P converting.py NAME SOURCE TARGET FAILED [--prepared]

Imports nothing of Mirrorpress, so that no program pays for another. FAILED is written: one line for each file that
could not be converted. A converter is made once for each process. With `--prepared` a program gets what somebody who
knows the mirrors would give it: the title as a heading, none of the other lines above and below the HTML, and masked
links under their own name.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeAlias

Converter: TypeAlias = Callable[[str], str]
"""A source's text to Markdown."""

CHUNK = 16
_ABOVE = re.compile(r"\A[^<]*(?=<)")
_BELOW = re.compile(
    r"(?:<img src='[^']*' width='0px'[^>]*>\s*|<hr/>\s*手机上长按[^\n]*\n.*|\n---\s*原文链接.*)+\Z", re.S
)
_MASKED = re.compile(r"(</?)ok\b")


def prepared(text: str) -> str:
    """A source without the mirror's lines round the HTML, its title a heading, its links named as HTML names them."""
    title, _, rest = text.partition("\n")
    heading = f"<h1>{title.removeprefix('### ')}</h1>\n" if title.startswith("### ") else f"{title}\n"
    return heading + _MASKED.sub(r"\1a", _BELOW.sub("", _ABOVE.sub("", rest)))


def html_to_markdown() -> Converter:
    """Kreuzberg's converter in Rust, with its defaults."""
    from html_to_markdown import convert

    return lambda text: convert(text).content or ""


def turbohtml() -> Converter:
    """turbohtml's own Markdown writer over its own tree, with its defaults."""
    from turbohtml import parse

    return lambda text: parse(text).to_markdown()


def markdownify() -> Converter:
    """markdownify over BeautifulSoup, with its defaults but for headings as other programs write them."""
    from markdownify import ATX
    from markdownify import markdownify as convert

    return lambda text: convert(text, heading_style=ATX)


def markitdown() -> Converter:
    """Microsoft's converter, told that the file is HTML: by its name alone it would hand Markdown on unread."""
    from markitdown import MarkItDown, StreamInfo

    convert = MarkItDown(enable_plugins=False).convert_stream
    kind = StreamInfo(mimetype="text/html", extension=".html", charset="utf-8")
    return lambda text: convert(io.BytesIO(text.encode("utf-8")), stream_info=kind).text_content


def trafilatura() -> Converter:
    """trafilatura, with what it can keep kept: links, pictures, tables, metadata, and text rather too much of."""
    from trafilatura import extract

    keep = partial(extract, include_links=True, include_images=True, with_metadata=True, favor_recall=True)
    return lambda text: keep(text, output_format="markdown") or ""


def pandoc() -> Converter:
    """pandoc's command, once for each file; told that a page's divisions are nothing that it should keep as HTML."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "-f", "html-native_divs-native_spans", "-t", "gfm", "--wrap=none"]

    def convert(text: str) -> str:
        done = subprocess.run(command, input=text.encode("utf-8"), capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.decode("utf-8", "replace").strip())
        return done.stdout.decode("utf-8")

    return convert


def defuddle() -> Converter:
    """defuddle, which finds a page's article by itself, as its command runs it, in one Node for all files."""
    script = Path(__file__).parent / "node" / "defuddle.mjs"
    pipe = subprocess.PIPE
    node = subprocess.Popen(["node", str(script)], stdin=pipe, stdout=pipe, encoding="utf-8")
    asked, told = node.stdin, node.stdout
    if asked is None or told is None:  # for type checkers: both are pipes
        raise RuntimeError("no pipes")

    def convert(text: str) -> str:
        asked.write(f"{json.dumps(text)}\n")
        asked.flush()
        line = told.readline()
        answer = json.loads(line) if line else {"error": "Node has ended"}
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return str(answer["markdown"])

    return convert


def calibre() -> Converter:
    """calibre's command, once for each file; told the encoding, and to keep links and pictures."""
    kept = ["--input-encoding=utf-8", "--txt-output-formatting=markdown", "--keep-links", "--keep-image-references"]

    def convert(text: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            page, written = Path(folder, "page.html"), Path(folder, "page.txt")
            page.write_text(text, encoding="utf-8")
            command = ["ebook-convert", str(page), str(written), *kept]
            done = subprocess.run(command, capture_output=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr.decode("utf-8", "replace").strip())
            return written.read_text(encoding="utf-8")

    return convert


CONVERTERS: dict[str, Callable[[], Converter]] = {
    "html-to-markdown": html_to_markdown,
    "turbohtml": turbohtml,
    "markdownify": markdownify,
    "markitdown": markitdown,
    "trafilatura": trafilatura,
    "pandoc": pandoc,
    "defuddle": defuddle,
    "calibre": calibre,
}
_made: list[Converter] = []


def _start(name: str) -> None:
    """Make this process's converter."""
    _made[:] = [CONVERTERS[name]()]


def _one(path: str, source: Path, target: Path, ready: bool) -> str:
    """Convert one file; returns why it could not be converted, or nothing."""
    try:
        text = (source / path).read_bytes().decode("utf-8")
        written = _made[0](prepared(text) if ready else text)
        (target / path).write_text(written, encoding="utf-8")
    except Exception as error:  # whatever it is, it is one failure, and the rest goes on
        return f"{path}: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return ""


def convert_all(name: str, source: Path, target: Path, ready: bool) -> Iterable[str]:
    """Convert every file below a folder with so many processes as there are cores; returns the failures."""
    files = (path for path in source.rglob("*.md") if path.name != "README.md")
    paths = sorted(path.relative_to(source).as_posix() for path in files)
    for folder in {(target / path).parent for path in paths}:
        folder.mkdir(parents=True, exist_ok=True)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with multiprocessing.Pool(cores, _start, (name,)) as pool:
        told = pool.map(partial(_one, source=source, target=target, ready=ready), paths, CHUNK)
        pool.close()
        pool.join()
    return [one for one in told if one]


if __name__ == "__main__":
    name, source, target, failed = sys.argv[1:5]
    lines = convert_all(name, Path(source), Path(target), "--prepared" in sys.argv[5:])
    Path(failed).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
