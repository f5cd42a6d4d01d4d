"""The lead picture: its address, caption and credit. It stays at the head of the body."""

from __future__ import annotations

import re

from turbohtml import Element

from convert.article import Article, Context

# the bracket that closes a caption
CREDIT = re.compile(r"[（(]([^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*)[）)]{0,2}\s*[△∆▲]?\s*$")
BEFORE_STOP = re.compile(r"[（(]([^（）()]*)[）)]\s*[。.]\s*$")
MARKS = " △∆▲"  # what stands behind a credit and says nothing


FIRST = 3  # blocks; a short line above the picture is a kicker or a second title
SENTENCE = re.compile(r"[。！？.!?…：:]\s*$")
SHORT = 40  # characters


def _lead(body: Element) -> Element | None:
    """The figure before all text but a short line, if there is one."""
    for index, block in enumerate(body.children):
        if type(block) is not Element or index >= FIRST:
            return None
        if block.tag == "figure":
            return block
        text = block.text
        if block.tag != "p" or len(text) > SHORT or "【" in text or SENTENCE.search(text):
            return None
    return None


def read_image(article: Article, context: Context) -> None:
    """Read the picture that stands before all text; pictures in the text are none of the metadata's."""
    first = _lead(article.body)
    if first is None:
        return
    image = first.select_one("img")
    if image is None:
        return
    article.meta.image = image.attr("src") or ""
    article.origin["image"] = "lead picture"
    caption = first.select_one("figcaption")
    if caption is None:
        return
    text = " ".join(caption.text.split())
    credit = CREDIT.search(text)
    if credit is None and (stopped := BEFORE_STOP.search(text)) is not None:
        # a bracket that a sentence ends with is a credit only if it reads like one
        told = article.profile.pictures.credit
        credit = stopped if told is not None and told.search(stopped[1]) else None
    if credit is not None and credit[1].strip(MARKS):
        article.meta.image_credit = credit[1].strip(MARKS)
        article.origin["image_credit"] = "caption"
        text = text[: credit.start()].strip()
    if text:
        article.meta.image_caption = text
        article.origin["image_caption"] = "caption"
