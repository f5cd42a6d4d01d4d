"""Invented articles for the tests of the preview: an ordinary one, one in Markdown, a hostile and a huge one."""

from __future__ import annotations

from collections.abc import Sequence

from convert.article import Context, Source
from convert.clean import RULES
from convert.emit import EMITTERS, EmitOptions
from convert.enrich import STEPS
from convert.pipeline import convert
from convert.preview import Shown, show
from convert.profiles import load_profiles

ORDINARY = """### 河边的老钟楼又响了

---

#### [首页](../../../..?n99000201) &nbsp;|&nbsp; [评论](../../../../../epoch-comment?n99000201)


<div class="post_content" id="artbody" itemprop="articleBody">
 <!-- article content begin -->
 <p>
  【大纪元2021年03月05日讯】（大纪元记者程小满综合报导）停了十一年的
  <ok href="https://www.epochtimes.com/gb/tag/%E9%92%9F%E6%A5%BC.html">
   钟楼
  </ok>
  昨天又响了&hellip;&hellip;
 </p>
 <p>
  <strong>
   听新闻：
  </strong>
 </p>
 <p>
  镇上的人说，钟声比记忆里的低一些。《听新闻》是镇上的广播节目。
 </p>
 <p>
  责任编辑：方如意#
 </p>
 <!-- article content end -->
 <div id="below_article_ad"></div>
</div>
<hr/>
原文链接（需翻墙）：https://www.epochtimes.com/gb/21/3/5/n99000201.htm
"""

MARKDOWN = (
    "# 雨后的**菜园**\n\n韭菜长得快，*豆角*爬上了架。\n\n- 茄子\n- 辣椒 & 葱\n\n[种子](https://example.org/seeds)\n"
)

HOSTILE = """<title>"><script>hostile = 1</script></title>
<p onclick="hostile = 2" style="background: url(https://example.org/a.png)">一段文字
</script><script>hostile = 3</script>
<img src=x onerror="hostile = 4"><svg onload="hostile = 5"><a href="javascript:hostile = 6">点</a></svg></p>
<p>&lt;script&gt;hostile = 7&lt;/script&gt; --> ]]> </pre></textarea></style> `<img src=x onerror=hostile=8>`</p>
<iframe src="javascript:parent.hostile = 9"></iframe><base href="https://example.org/">
<meta http-equiv="refresh" content="0; url=https://example.org/">
<form action="https://example.org/"><button name="elements">送</button></form>
<p id="index">索引</p><p id="a0n0">号</p><link rel="stylesheet" href="https://example.org/s.css">
"""


def context() -> Context:
    """What the stages know: the shipped profiles, rules and steps."""
    return Context(load_profiles(), RULES, STEPS, max_bytes=8 * 1024 * 1024)


def shown(text: str, path: str = "pages/nsc1/n99000201.md") -> Shown:
    """A source, converted and looked at."""
    article = convert(Source(path, text.encode()), context())
    written = [EMITTERS[name].write(article, EmitOptions()).decode() for name in ("markdown", "text")]
    return show(article, *written)


def huge() -> str:
    """Four megabytes: lines of a hundred thousand characters, tags of all kinds in between."""
    line = "长" * 100_000
    pieces = [f"<p>{line}<b>{number}</b>&nbsp;&#{0x4E00 + number};</p>\n" for number in range(14)]
    return "".join(pieces) + "<script>" + "x" * 50_000 + "</script>" + "&amp;" * 20_000


def many() -> Sequence[Shown]:
    """A folder's articles."""
    return [
        shown(ORDINARY),
        shown(MARKDOWN, "notes/garden.md"),
        shown(HOSTILE, "pages/<b>&amp; 100%/n1.html"),
    ]
