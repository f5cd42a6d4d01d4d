"""Clean: an ordered list of rules brings a body to canonical HTML (docs/canonical.md). Each rule is one file."""

from __future__ import annotations

from operator import attrgetter

from convert.article import Article, Context, Rule
from convert.clean.boilerplate import drop_boilerplate
from convert.clean.breaks import split_at_breaks
from convert.clean.characters import clean_characters
from convert.clean.chrome import remove_chrome
from convert.clean.embeds import link_embeds
from convert.clean.emphasis import tidy_emphasis
from convert.clean.figures import build_figures
from convert.clean.headings import level_headings
from convert.clean.links import mend_links
from convert.clean.pictures import mend_pictures
from convert.clean.presentation import unwrap_presentation
from convert.clean.punctuation import free_punctuation
from convert.clean.structure import build_structure
from convert.clean.subheads import find_subheads
from convert.clean.tables import sort_tables
from convert.clean.tidy import tidy
from convert.clean.trackers import remove_trackers
from convert.clean.whitespace import heal_whitespace
from convert.passes import Stage

RULES: dict[str, Rule] = {
    "chrome": remove_chrome,
    "embeds": link_embeds,
    "trackers": remove_trackers,
    "pictures": mend_pictures,
    "links": mend_links,
    "characters": clean_characters,
    "tables": sort_tables,
    "figures": build_figures,
    "presentation": unwrap_presentation,
    "whitespace": heal_whitespace,
    "structure": build_structure,
    "breaks": split_at_breaks,
    "emphasis": tidy_emphasis,
    "boilerplate": drop_boilerplate,
    "headings": level_headings,
    "subheads": find_subheads,
    "punctuation": free_punctuation,
    "tidy": tidy,
}
"""The built-in rules by name, in the order in which `default` runs them."""


CLEAN = Stage("rule", RULES, attrgetter("clean"), attrgetter("rules"))


def clean(article: Article, context: Context) -> Article:
    """Run the rules over an article, in order: the context's own, where its profile names none.

    Returns the same article. Raises RuleError where a rule raises; the message names the rule.
    """
    return CLEAN.run(article, context)
