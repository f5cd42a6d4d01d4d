"""Writes a chapter's blocks as XHTML: a walk over canonical HTML with one handler for each element that needs one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from turbohtml import Element, Node, Text

from convert.emit.epub import addresses
from convert.emit.epub.footnotes import Footnotes
from convert.emit.epub.gallery import Gallery, Shot
from convert.emit.epub.identifiers import REFERENCE
from convert.emit.epub.markup import attribute, escape

_BLOCKS = frozenset({"p", "ul", "ol", "li", "blockquote", "pre", "table", "thead", "tbody", "tr", "figure", "hr"})
_PLAIN = frozenset({"p", "ul", "li", "blockquote", "pre", "thead", "tbody", "tr", "table"}) | {
    "figcaption", "strong", "em", "sup", "sub", "code", "s",
}  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_VERSE = 30  # characters that a line of verse has at most


@dataclass(slots=True)
class Frame:
    """What the blocks of one document need to know of the chapter and the book round them.

    path: the source's path. title: the chapter's title. files: the chapter's documents, and number: which of them
    this is. ids: as `new_ids` gives them. chapters: other chapters of the volume, path to document.
    """

    path: str
    title: str
    files: Sequence[str]
    number: int
    ids: Mapping[str, tuple[int, str]]
    chapters: Mapping[str, str]
    gallery: Gallery
    footnotes: Footnotes = field(default_factory=Footnotes)


def write_body(blocks: Iterable[Node], frame: Frame) -> str:
    """The blocks of one document as XHTML, a line for each block."""
    return _BodyWriter(frame).write(blocks)


class _BodyWriter:
    """Walks without recursion, so that no nesting is too deep: the stack holds nodes to write and finished text."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.words = frame.gallery.options.wording
        self.out: list[str] = []
        self.stack: list[Node | str] = []
        self.levels: list[int] = []
        self.written: set[str] = set()
        self.link_depth = 0
        self.handlers: dict[str, Callable[[Element], None]] = {
            "a": self.link,
            "br": lambda _: self.out.append("<br/>"),
            "hr": lambda _: self.out.append("<hr/>\n"),
            "img": self.picture,
            "figure": self.figure,
            "ol": self.numbered,
            "td": self.cell,
            "th": self.cell,
            "p": self.paragraph,
            "li": self.item,
            **dict.fromkeys(_HEADINGS, self.heading),
            **dict.fromkeys(_PLAIN - {"p", "li"}, self.plain),
        }

    def write(self, blocks: Iterable[Node]) -> str:
        self.push(blocks)
        while self.stack:
            node = self.stack.pop()
            if isinstance(node, str):
                self.out.append(node)
                # The end of a link stands on the stack as text; after it a new link may begin.
                if node == "</a>":
                    self.link_depth -= 1
            elif type(node) is Text:
                self.out.append(escape(node.data))
            elif isinstance(node, Element):
                handler = self.handlers.get(node.tag)
                if handler is not None:
                    handler(node)
                else:
                    # An element that is not canonical, from someone's own rule: its text counts, its tag does not.
                    self.push(node.children)
        return "".join(self.out)

    def push(self, nodes: Iterable[Node | str]) -> None:
        self.stack.extend(reversed(list(nodes)))

    def open(self, tag: str, element: Element, attributes: str = "", after: str = "") -> None:
        """Write a tag, and leave content and end tag on the stack."""
        self.out.append(f"<{tag}{self.identifier(element)}{attributes}>")
        end = f"</{tag}>{after}"
        if tag in _BLOCKS:
            end += "\n"
        self.push([*element.children, end])

    def identifier(self, element: Element) -> str:
        """The attribute `id`, once a document for each."""
        return self.claimed(element.attr("id") or "")

    def claimed(self, name: str) -> str:
        """The attribute `id` for a name of the source, where this document has it and has not given it yet."""
        if name not in self.frame.ids:
            return ""
        number, fresh = self.frame.ids[name]
        if number != self.frame.number or fresh in self.written:
            return ""
        self.written.add(fresh)
        return f' id="{attribute(fresh)}"'

    def plain(self, element: Element) -> None:
        self.open(element.tag, element)

    def heading(self, element: Element) -> None:
        """A heading, at most one level below the one that it stands under; the chapter's title is level 1."""
        level = _HEADINGS[element.tag]
        while self.levels and self.levels[-1] >= level:
            self.levels.pop()
        self.levels.append(level)
        self.open(f"h{min(len(self.levels) + 1, 6)}", element, after="\n")

    def numbered(self, element: Element) -> None:
        start = element.attr("start") or ""
        valid = re.fullmatch(r"-?[0-9]{1,9}", start) and start != "1"
        self.open("ol", element, f' start="{int(start)}"' if valid else "")

    def cell(self, element: Element) -> None:
        """A cell; a header cell without text would be announced as an empty header, so it becomes a plain one."""
        head = element.tag == "th" and bool(element.text.strip())
        spans = "".join(
            f' {name}="{span}"'
            for name, most in (("colspan", 1000), ("rowspan", 65534))
            if (span := _span(element.attr(name), most)) > 1
        )
        in_head = any(isinstance(one, Element) and one.tag == "thead" for one in element.ancestors)
        self.open("th" if head else "td", element, spans + (' scope="col"' if head and in_head else ""))

    def paragraph(self, element: Element) -> None:
        if element in self.frame.footnotes.notes:
            self.note(element, "<p>", "</p>\n")
        else:
            self.open("p", element, ' class="lines"' if _is_verse(element) else "")

    def item(self, element: Element) -> None:
        if element in self.frame.footnotes.notes:
            self.out.append("<li>")
            self.push(["</li>\n"])
            self.note(element, "", "")
        else:
            self.plain(element)

    def note(self, element: Element, before: str, after: str) -> None:
        """A footnote; where the source gives no way back, a sign leads there."""
        reference = self.frame.footnotes.notes[element]
        # Readers show the element that a reference leads to: the whole note, not the mark that opens it.
        name = self.identifier(element) or self.claimed((reference.attr("href") or "")[1:])
        back = ""
        if not any(link in self.frame.footnotes.backlinks for link in element.find_all("a")):
            goal = self.reference_name(reference)
            part = self.part_of(reference)
            file = "" if part == self.frame.number else self.frame.files[part]
            label = attribute(self.words.back)
            back = f' <a href="{file}#{goal}" epub:type="backlink" role="doc-backlink" title="{label}">↩</a>'
        self.out.append(f'<aside{name} epub:type="footnote" role="doc-footnote">{before}')
        self.push([*element.children, f"{back}{after}</aside>\n"])

    def link(self, element: Element) -> None:
        """A link that leads somewhere; of others the text stays."""
        footnotes = self.frame.footnotes
        href = self.href(element.attr("href") or "")
        empty = not element.text.strip() and not any(self.shows(image) for image in element.find_all("img"))
        if href is None or empty or self.link_depth:
            name = self.identifier(element)
            self.out.append(f"<span{name}>" if name else "")
            self.push([*element.children, "</span>" if name else ""])
            return
        role = name = ""
        if element in footnotes.references:
            role = ' epub:type="noteref" role="doc-noteref"'
            name = self.identifier(element)
            if not name and element in footnotes.notes.values():
                name = f' id="{self.reference_name(element)}"'
        elif element in footnotes.backlinks:
            role = ' epub:type="backlink" role="doc-backlink"'
        elif not element.text.strip() and not any(image.attr("alt") for image in element.find_all("img")):
            role = f' aria-label="{attribute(self.words.link)}"'
        self.out.append(f'<a href="{attribute(href)}"{name or self.identifier(element)}{role}>')
        self.link_depth += 1
        self.push([*element.children, "</a>"])

    def reference_name(self, link: Element) -> str:
        """The identifier of a reference to a note: its own, or one made of the note's."""
        own = self.frame.ids.get(link.attr("id") or "")
        if own is not None:
            return attribute(own[1])
        target = self.frame.ids.get((link.attr("href") or "")[1:])
        return REFERENCE + attribute(target[1] if target else "")

    def part_of(self, link: Element) -> int:
        """The number of the document that a reference stands in."""
        return self.frame.footnotes.parts.get(link, self.frame.number)

    def href(self, href: str) -> str | None:
        """Where a link leads in the book, or outside; None where it would lead nowhere."""
        frame = self.frame
        if href.startswith("#"):
            target = frame.ids.get(href[1:]) or frame.ids.get(unquote(href[1:]))
            if target is None:
                return None
            number, name = target
            return f"#{name}" if number == frame.number else f"{frame.files[number]}#{name}"
        chapter = addresses.inside(frame.path, href)
        if chapter is not None:
            return frame.chapters.get(chapter)
        return addresses.outside(href)

    def picture(self, element: Element) -> None:
        """A picture in running text."""
        src, alt = element.attr("src") or "", element.attr("alt") or ""
        found = self.frame.gallery.get(self.frame.path, src)
        if isinstance(found, Shot):
            self.frame.gallery.describe(alt, self.frame.title)
            self.out.append(_image(found, alt))
        elif found is None:
            self.out.append(escape(alt))
        else:
            words = " ".join(piece for piece in (self.words.missing, escape(alt), self.address(src)) if piece)
            self.out.append(f'<span class="missing">{words}</span>')

    def shows(self, image: Element) -> bool:
        """Whether anything is seen of a picture; of those that are left out on purpose their descriptions are."""
        return bool(image.attr("alt") or self.frame.gallery.get(self.frame.path, image.attr("src") or ""))

    def figure(self, element: Element) -> None:
        """A picture with its caption; without the picture a notice that says so, its address, and the caption."""
        image, caption = element.select_one("img"), element.select_one("figcaption")
        if image is None:
            self.push(element.children)
            return
        src, alt = image.attr("src") or "", image.attr("alt") or ""
        anchor = element.select_one("a:has(img)")
        target = self.href((anchor.attr("href") or "") if anchor is not None else "") if anchor is not None else None
        found = self.frame.gallery.get(self.frame.path, src)
        rest: list[Node | str] = [caption] if caption is not None else []
        if isinstance(found, Shot):
            self.frame.gallery.describe(alt, self.frame.title, caption.text if caption is not None else "")
            shown = _image(found, alt)
            if target is not None:
                label = "" if alt else f' aria-label="{attribute(self.words.link)}"'
                shown = f'<a href="{attribute(target)}"{label}>{shown}</a>'
            self.out.append(f"<figure{self.identifier(element)}>{shown}")
        elif found is None:
            # Pictures are left out on purpose: what they say in words stays.
            if caption is None and not alt:
                return
            shown = f"<p>{escape(alt)}</p>" if alt else ""
            self.out.append(f'<figure{self.identifier(element)} class="omitted">{shown}')
        else:
            shown = f"<p>{self.words.missing}{escape(found.reason)}{escape(alt)}</p>"
            lines = [self.address(src)]
            if target is not None and target != addresses.outside(src):
                lines.append(f'<a href="{attribute(target)}">{escape(target)}</a>')
            shown += "".join(f'<p class="address">{line}</p>' for line in lines if line)
            self.out.append(f'<figure{self.identifier(element)} class="missing">{shown}')
        self.push([*rest, "</figure>\n"])

    def address(self, src: str) -> str:
        """A picture's address, as a link where it is one."""
        target = addresses.outside(src)
        if target is None or self.link_depth:
            return escape(src)
        return f'<a href="{attribute(target)}">{escape(src)}</a>'


def _is_verse(paragraph: Element) -> bool:
    """Whether a paragraph is lines, none of them long, rather than prose with a break in it."""
    lines = [""]
    for child in paragraph.children:
        if isinstance(child, Element) and child.tag == "br":
            lines.append("")
        else:
            lines[-1] += child.text
    return len(lines) > 1 and max(map(len, lines)) <= _VERSE


def _image(shot: Shot, alt: str) -> str:
    return f'<img src="{shot.file}" alt="{attribute(alt)}"/>'


def _span(value: str | None, most: int) -> int:
    """A span that HTML allows (HTML, *Attributes common to td and th elements*), 1 for any other value."""
    if value is None or not value.isascii() or not value.isdigit():
        return 1
    return min(int(value[:6]), most)
