"""GitHub's Markdown reader, cmark-gfm, called so that what it allocates is freed again.

cmarkgfm's own functions free neither the tree nor the HTML that cmark gives them, some hundred kilobytes an article.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

from cmarkgfm.cmark import Options, _cmark, core_extensions_ensure_registered, find_syntax_extension

_lib: Any = _cmark.lib
_ffi: Any = _cmark.ffi


class _Allocator(ctypes.Structure):
    """`cmark_mem` of cmark.h."""

    _fields_ = (
        ("calloc", ctypes.c_void_p),
        ("realloc", ctypes.c_void_p),
        ("free", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    )


@cache
def _free() -> tuple[Callable[[int], object], Callable[[int], object]]:
    """What frees a tree, and what frees a text: cmark's own functions, which cmarkgfm does not hand on.

    Where its library hides them (it does on Windows), nothing is freed.
    """
    try:
        library = ctypes.CDLL(_cmark.__file__)
        free_node = library.cmark_node_free
        allocator = library.cmark_get_default_mem_allocator
    except (OSError, AttributeError):
        return (lambda _: None), (lambda _: None)
    free_node.argtypes, free_node.restype = [ctypes.c_void_p], None
    allocator.argtypes, allocator.restype = [], ctypes.POINTER(_Allocator)
    return free_node, allocator().contents.free


@cache
def _extension(name: str) -> Any:
    core_extensions_ensure_registered()
    return find_syntax_extension(name)


def markdown_to_html(text: str, *extensions: str) -> str:
    """Markdown as HTML, with raw HTML let through and the extensions named: `table`, `strikethrough`, `autolink`."""
    free_node, free_text = _free()
    parser = _lib.cmark_parser_new(Options.CMARK_OPT_UNSAFE)
    try:
        for name in extensions:
            _lib.cmark_parser_attach_syntax_extension(parser, _extension(name))
        data = text.encode("utf-8", "surrogatepass")
        _lib.cmark_parser_feed(parser, data, len(data))
        root = _lib.cmark_parser_finish(parser)
        used = _lib.cmark_parser_get_syntax_extensions(parser)
        written = _lib.cmark_render_html(root, Options.CMARK_OPT_UNSAFE, used)
        html: bytes = _ffi.string(written)
        free_text(int(_ffi.cast("uintptr_t", written)))
        free_node(int(_ffi.cast("uintptr_t", root)))
    finally:
        _lib.cmark_parser_free(parser)
    return html.decode("utf-8", "replace")
