"""Links between articles, and pictures beside them, in the tools: where a reader of the built site ends up.

`tools/test_linked.py` builds the mirror of `tests/test_pictures_beside.py`, whose two articles link to one another.
"""

from __future__ import annotations

import json
import posixpath
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

from turbohtml import parse

from tools.mirror import Run
from tools.sites import HERE, TOOLS, Tool, call, write

Built: TypeAlias = dict[str, tuple[list[str], list[str]]]


@dataclass(frozen=True, slots=True)
class Linking:
    """How a tool has links and pictures followed.

    tool: which. markdown: the section of config.yaml. build: gives of each article, by its Markdown file, where links
    lead and where pictures lie, both below the built site. built: that site, below the output. page: the page of a
    Markdown file, below the site.
    """

    tool: Tool
    markdown: str
    build: Callable[[Run], Built]
    built: str
    page: Callable[[str], str]


def _followed(run: Run, linking: Linking) -> Built:
    """Where links and pictures of built pages lead to, as files below the built site."""
    root = run.output / linking.built
    result = {}
    for path in run.articles:
        page = linking.page(path)
        tree = parse((root / page).read_text(encoding="utf-8"))
        links = [_file(root, page, one.attr("href") or "") for one in tree.select("a[href]")]
        result[path] = (links, [_file(root, page, one.attr("src") or "") for one in tree.select("img[src]")])
    return result


def _file(root: Path, page: str, address: str) -> str:
    path = unquote(address.removeprefix("https://example.org"))
    full = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(page), path)
    settled = posixpath.normpath(full)
    return f"{settled}/index.html" if (root / settled).is_dir() else settled


# --- Hugo

_HUGO = {
    "config.toml": 'baseURL = "https://example.org/"\n'
    'disableKinds = ["RSS", "sitemap", "404", "section", "taxonomy", "term"]\n'
    "[markup.goldmark.renderer]\nunsafe = true\n",
    "layouts/_default/single.html": "{{ .Content }}",
    "layouts/index.html": "{{ .Title }}",
    # what newer versions bring along, and `useEmbedded` asks for
    "layouts/_default/_markup/render-link.html": "{{ $u := urls.Parse .Destination }}{{ $href := .Destination }}"
    "{{ if not $u.IsAbs }}{{ with .Page.GetPage $u.Path }}{{ $href = .RelPermalink }}{{ end }}{{ end }}"
    '<a href="{{ $href | safeURL }}">{{ .Text | safeHTML }}</a>',
}


def hugo(run: Run) -> Built:
    """Build with Hugo, pages in bundles."""
    write(run.output, _HUGO)
    call(["hugo"], run.output)
    return _followed(run, LINKED["hugo"])


# --- MkDocs


def mkdocs(run: Run) -> Built:
    """Build with MkDocs, which ends with an error where a link leads to no file."""
    text = "site_name: mirror\ntheme: {name: null, custom_dir: theme}\nvalidation: {links: {not_found: warn}}\n"
    write(run.output, {"mkdocs.yml": text, "theme/main.html": "{{ page.content }}"})
    call([sys.executable, "-m", "mkdocs", "build", "--strict"], run.output)
    return _followed(run, LINKED["mkdocs"])


# --- Obsidian


def obsidian(run: Run) -> Built:
    """Read as a vault: links in its own form by their path there, without the suffix; pictures by relative ones."""
    (run.output / "files.json").write_text(json.dumps(list(run.articles)), encoding="utf-8")
    told = json.loads(call(["node", str(HERE / "vault.mjs"), "files.json", "linked"], run.output))
    result = {}
    for path, one in told.items():
        base = posixpath.dirname(path)
        links = [f"vault/{name}.md" for name in one["wiki"]]
        links += [posixpath.normpath(posixpath.join(base, unquote(address))) for address in one["links"]]
        pictures = [posixpath.normpath(posixpath.join(base, unquote(address))) for address in one["pictures"]]
        result[path] = (links, pictures)
    return result


def _bundle(path: str) -> str:
    """Hugo's page of a bundle."""
    return f"{Path(path).relative_to('content').parent.as_posix()}/index.html"


def _in_a_folder(path: str) -> str:
    """MkDocs's page of a file."""
    return f"{Path(path).relative_to('docs').with_suffix('').as_posix()}/index.html"


_BOTH = "pictures: beside, flavour: "
LINKED: dict[str, Linking] = {
    "hugo": Linking(
        TOOLS["hugo"],
        f'{{path: "content/{{stem}}/index.md", links: relative, {_BOTH}hugo}}',
        hugo,
        "public",
        _bundle,
    ),
    "mkdocs": Linking(
        TOOLS["mkdocs"],
        f'{{path: "docs/{{title}}/{{stem}}.md", links: relative, picture_path: "docs/img/{{name}}", {_BOTH}mkdocs}}',
        mkdocs,
        "site",
        _in_a_folder,
    ),
    "obsidian": Linking(
        TOOLS["obsidian"],
        f'{{path: "vault/{{stem}}/{{title}}.md", links: wiki, picture_path: "vault/attachments/{{name}}", '
        f"{_BOTH}obsidian}}",
        obsidian,
        ".",
        str,
    ),
}
