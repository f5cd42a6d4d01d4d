"""Examples of every command, shown below its help."""

from __future__ import annotations

import typer

from convert.messages import later

EXAMPLES: dict[str, tuple[str, ...]] = {
    "run": (
        "mirrorpress run",
        "mirrorpress run --input mirror --output out --jobs 4",
        "mirrorpress run --only 'pages/nsc1035/*' --dry-run",
    ),
    "init": (
        "mirrorpress init",
        "mirrorpress init mirror -o news.yaml",
        "mirrorpress init mirror -o - | less",
    ),
    "watch": ("mirrorpress watch --config news.yaml", "mirrorpress watch --poll --quiet"),
    "convert": (
        "mirrorpress convert seeds/pages/nsc1035/n99000006.md",
        "mirrorpress convert article.html --to docx -o article.docx",
        "mirrorpress convert article.html --flavour hugo",
        "mirrorpress convert - --to text --width 72 < article.html",
    ),
    "epub": (
        "mirrorpress epub 'pages/*/n1308*.md' -o week.epub --title 'One week'",
        "mirrorpress epub --where 'words > 2000' -o long-reads.epub",
    ),
    "preview": (
        "mirrorpress preview seeds/pages/nsc1035/n99000006.md --open",
        "mirrorpress preview mirror/pages -o preview.html --limit 20",
    ),
    "inspect": ("mirrorpress inspect seeds/pages/nsc1035/n99000006.md",),
    "notes": ("mirrorpress notes seeds > notes.jsonl", "mirrorpress notes article.html | grep removed"),
    "verify": ("mirrorpress verify", "mirrorpress verify out/markdown", "mirrorpress verify book.epub"),
    "check": ("mirrorpress check --config news.yaml", "mirrorpress check --schema config > config-schema.json"),
    "schedule": (
        "mirrorpress schedule --every 1h",
        "mirrorpress schedule --every 1d --cron --install",
        "mirrorpress schedule --remove",
    ),
    "list": (
        "mirrorpress list --where 'channel = ncid283 and words > 500'",
        "mirrorpress list --search '\"one phrase\" -another' --format json",
        "mirrorpress list volumes --format csv > volumes.csv",
    ),
    "index": ("mirrorpress index", "mirrorpress index --force"),
    "rules": ("mirrorpress rules",),
    "profiles": ("mirrorpress profiles",),
    "formats": ("mirrorpress formats",),
}
"""Command lines by command, simple ones first; what a shell does to them stands behind `<`, `>` or `|`."""


def show_examples(app: typer.Typer) -> None:
    """Put each command's examples below its help."""
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        if name in EXAMPLES:
            # \b: lines stay lines
            command.epilog = "\n".join(["\b", later("Examples:"), *(f"  {line}" for line in EXAMPLES[name])])
