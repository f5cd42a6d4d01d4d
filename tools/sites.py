"""The tools, called as their users call them: each builds a folder, and says what is on its pages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pypandoc
import pytest

from tools.mirror import Run

HERE = Path(__file__).parent


@dataclass(slots=True)
class Page:
    """A page as its tool shows it: title, day, and the body's HTML."""

    title: str
    date: str
    html: str


@dataclass(slots=True)
class Site:
    """What a tool built: pages by their Markdown files, the tags and authors that it counts, and its warnings."""

    pages: dict[str, Page] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: the section of config.yaml for it, how it builds, and where to get it.

    bare: whether it makes links of addresses however they are written.
    """

    markdown: str
    build: Callable[[Run], Site]
    get: str
    is_there: Callable[[], bool]
    bare: bool = False


def need(tool: Tool) -> None:
    """Skip a test whose tool is missing, and say how to get it."""
    if not tool.is_there():
        pytest.skip(f"this tool is missing: {tool.get}")


def call(command: list[str], folder: Path, timeout: int = 1800) -> str:
    """What a command prints that is called in a folder; where it fails, so does the test."""
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=timeout, check=False)
    told = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, told[-3000:]
    return told


def _warnings(told: str, pattern: str = r"(?i)\b(?:warn(?:ing)?|error)\b") -> list[str]:
    return [line for line in told.splitlines() if re.search(pattern, line)]


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder, by their paths."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


# --- Hugo

_HUGO = {
    "config.toml": 'baseURL = "https://example.org/"\nenableEmoji = true\nhasCJKLanguage = true\nbuildFuture = true\n'
    'disableKinds = ["RSS", "sitemap", "404", "section"]\n'
    '[taxonomies]\ntag = "tags"\nauthor = "authors"\ncategory = "categories"\n'
    "[markup.goldmark.renderer]\nunsafe = true\n",
    "layouts/_default/single.html": "{{ .Content }}",
    "layouts/_default/list.html": "{{ .Title }}",
    "layouts/index.html": "{{ $pages := slice }}{{ range .Site.RegularPages }}{{ $pages = $pages | append (dict "
    '"path" .File.Path "title" .Title "date" (cond .Date.IsZero "" (.Date.Format "2006-01-02")) '
    '"url" .RelPermalink) }}{{ end }}'
    "{{ $tags := slice }}{{ range .Site.Taxonomies.tags.Alphabetical }}"
    "{{ $tags = $tags | append .Page.Title }}{{ end }}"
    "{{ $authors := slice }}{{ range .Site.Taxonomies.authors.Alphabetical }}"
    "{{ $authors = $authors | append .Page.Title }}{{ end }}"
    '{{ dict "pages" $pages "tags" $tags "authors" $authors | jsonify }}',
}


def hugo(run: Run) -> Site:
    """Build with Hugo."""
    write(run.output, _HUGO)
    told = call(["hugo"], run.output)
    index = json.loads((run.output / "public/index.html").read_text(encoding="utf-8"))
    site = Site(tags=set(index["tags"]), authors=set(index["authors"]), warnings=_warnings(told))
    for one in index["pages"]:
        file = run.output / "public" / one["url"].strip("/") / "index.html"
        site.pages["content/" + one["path"]] = Page(one["title"], one["date"], file.read_text(encoding="utf-8"))
    return site


# --- Jekyll

_DUMP = (
    '{% assign all = site.posts | concat: site.articles %}{"pages":[{% for page in all %}{"path":'
    '{{ page.path | jsonify }},"title":{{ page.title | jsonify }},"date":{{ page.date | date: "%Y-%m-%d" | jsonify }},'
    '"authors":{{ page.authors | jsonify }},"tags":{{ page.tags | jsonify }},"html":{{ page.content | jsonify }}}'
    "{% unless forloop.last %},{% endunless %}{% endfor %}]}"
)
_JEKYLL = {
    "_config.yml": "future: true\ncollections: {articles: {output: true}}\n"
    "exclude: [catalogue.sqlite, report.json, report.html]\n",
    "_layouts/post.html": "<h1>{{ page.title | escape }}</h1>{{ content }}",
    "index.json": f"---\n---\n{_DUMP}",
}


def jekyll(run: Run) -> Site:
    """Build with Jekyll."""
    write(run.output, _JEKYLL)
    told = call(["jekyll", "build", "--trace"], run.output)
    index = json.loads((run.output / "_site/index.json").read_text(encoding="utf-8"))
    site = Site(warnings=_warnings(told, r"(?i)\b(?:warn(?:ing)?|error|conflict|deprecat)"))
    for one in index["pages"]:
        dated = one["path"].startswith("_posts/")
        site.pages[one["path"]] = Page(one["title"], one["date"] or "" if dated else "", one["html"])
        site.tags.update(one["tags"] or [])
        site.authors.update(one["authors"] or [])
    return site


# --- MkDocs

_MKDOCS = {
    "mkdocs.yml": "site_name: mirror\ntheme: {name: null, custom_dir: theme}\n"
    "validation: {links: {not_found: info, unrecognized_links: info}}\nuse_directory_urls: false\n",
    "theme/main.html": "<title>{{ page.title | e }}</title><meta name=date content='{{ page.meta.date }}'>"
    "<meta name=author content='{{ page.meta.author | e }}'>"
    "{% for tag in page.meta.tags %}<meta name=tag content='{{ tag | e }}'>{% endfor %}<main>{{ page.content }}</main>",
}


def mkdocs(run: Run) -> Site:
    """Build with MkDocs, which ends with an error where it would warn."""
    write(run.output, _MKDOCS)
    told = call([sys.executable, "-m", "mkdocs", "build", "--strict"], run.output)
    site = Site(warnings=_warnings(told, r"^(?:WARNING|ERROR)"))
    for path in run.articles:
        page = run.output / "site" / Path(path).relative_to("docs").with_suffix(".html")
        head, _, rest = page.read_text(encoding="utf-8").partition("<main>")
        title = re.findall(r"<title>(.*?)</title>", head, re.S)[0]
        date = re.findall(r"name=date content='(.*?)'", head)[0]
        site.pages[path] = Page(unescape(title), date, rest.removesuffix("</main>"))
        site.tags.update(map(unescape, re.findall(r"name=tag content='(.*?)'", head)))
        names = unescape(re.findall(r"name=author content='(.*?)'", head)[0])
        site.authors.update(names.split(", ") if names else [])
    return site


# --- pandoc

_READ = """
local list = io.open(arg[1])
local files = pandoc.json.decode(list:read("a"), false)
local made = pandoc.List()
local function plain(value)
  if value == nil then return "" end
  return pandoc.write(pandoc.Pandoc({pandoc.Plain(value)}), "plain", {wrap_text = "none"}):gsub("\\n$", "")
end
local function all(values)
  local result = pandoc.List()
  for _, one in ipairs(values or {}) do result:insert((plain(one))) end
  return result
end
for _, name in ipairs(files) do
  local file = io.open(name)
  local read = pandoc.read(file:read("a"), "markdown")
  file:close()
  made:insert({
    title = plain(read.meta.title), date = plain(read.meta.date), authors = all(read.meta.author),
    tags = all(read.meta.keywords), html = pandoc.write(read, "html", {wrap_text = "none"}),
  })
end
print(pandoc.json.encode(made))
"""


def pandoc(run: Run) -> Site:
    """Read with pandoc, all files in one process; fifty also by its command, which fails where it would warn."""
    program = pypandoc.get_pandoc_path()
    paths = list(run.articles)
    for path in paths[:50]:
        call([program, path, "--to=html", "--standalone", "--fail-if-warnings", "--output=page.html"], run.output)
    write(run.output, {"read.lua": _READ, "files.json": json.dumps(paths)})
    told = call([program, "lua", "read.lua", "files.json"], run.output)
    site = Site(warnings=_warnings(told[: told.index("[")], "."))
    for path, one in zip(paths, json.loads(told[told.index("[") :]), strict=True):
        site.pages[path] = Page(one["title"], one["date"], one["html"])
        site.tags.update(one["tags"])
        site.authors.update(one["authors"])
    return site


# --- Obsidian


def obsidian(run: Run) -> Site:
    """Read as a vault: Obsidian's YAML and marks, by a reader of its dialect (vault.mjs)."""
    (run.output / "files.json").write_text(json.dumps(list(run.articles)), encoding="utf-8")
    told = call(["node", str(HERE / "vault.mjs"), "files.json"], run.output)
    site = Site()
    for path, one in json.loads(told).items():
        meta = one["properties"]
        site.pages[path] = Page(meta.get("title", ""), meta.get("date", ""), one["html"])
        site.tags.update(meta.get("keywords", meta.get("tags", [])))
        site.authors.update(meta.get("authors", []))
        site.warnings += [f"{path}: {warning}" for warning in one["warnings"]]
    return site


def _has(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _has_mkdocs() -> bool:
    done = subprocess.run([sys.executable, "-m", "mkdocs", "--version"], capture_output=True, check=False)
    return done.returncode == 0


TOOLS: dict[str, Tool] = {
    "hugo": Tool('{path: "content/{folder}/{stem}.md", flavour: hugo}', hugo, "Debian's package `hugo`", _has("hugo")),
    "jekyll": Tool(
        '{path: "_posts/{date:%Y-%m-%d}-{slug}.md", undated: "_articles/{folder}/{stem}.md", flavour: jekyll}',
        jekyll,
        "Debian's package `jekyll`",
        _has("jekyll"),
    ),
    "mkdocs": Tool(
        '{path: "docs/{folder}/{stem}.md", flavour: mkdocs}', mkdocs, "Mirrorpress's extra `tools`", _has_mkdocs
    ),
    "pandoc": Tool('{path: "{folder}/{stem}.md", flavour: pandoc}', pandoc, "it comes with Mirrorpress", lambda: True),
    "obsidian": Tool(
        '{path: "{channel}/{title}.md", flavour: obsidian}',
        obsidian,
        "Debian's packages `nodejs` and `npm`, then `make test-tools`",
        lambda: shutil.which("node") is not None and (HERE / "node_modules").is_dir(),
        bare=True,
    ),
}
