"""The lines that a mirror of the Epoch Times puts round an article."""

from __future__ import annotations

_PAGE = """### {title}

---

#### [首页](../../../..?{name}) &nbsp;|&nbsp; [评论](../../../../../epoch-comment?{name})


<div class="post_content" id="artbody" itemprop="articleBody">
<!-- article content begin -->
{body}
<!-- article content end -->
<div id="below_article_ad"></div>
</div>


---

原文链接（需翻墙）：https://www.epochtimes.com/gb/{year}/{month}/{day}/{name}.htm
"""


def enveloped(title: str, body: str, name: str, date: tuple[int, int, int]) -> str:
    """A page of a mirror. body: HTML; name: the article's id; date: year without its century, month, day."""
    year, month, day = date
    return _PAGE.format(title=title, body=body, name=name, year=year, month=month, day=day)
