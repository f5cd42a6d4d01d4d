"""Thirty invented articles whose texts and titles are made of what the tools for Markdown take for syntax."""

# ruff: noqa: E501 - an article a line, so that the table can be read as one

from __future__ import annotations

from pathlib import Path

from tests.envelope import enveloped

_TAGGED = '<p><a href="https://www.epochtimes.com/gb/tag/{0}.html">{0}</a>是本文的题目。</p>'

# title, and the lines of the body: a paragraph each, but where a line is HTML
_ARTICLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("短代码 {{&lt; figure &gt;}} 与 {{% note %}}", ("{{&lt; figure src=1 &gt;}}", "茶账里写着{{% note %}}水{{% /note %}}。")),
    ("模板 {% include x %} 与 {{ page.title }}", ("{% include head.html %}", "他写{{ page.title }}，又写{% raw %}。", "{#注#}")),
    ("==标亮== 与 %%注释%%", ("==渡口==的石阶有%%十二%%级。", "=== 三个等号", "%% 一整行")),
    ("#号 与 # 号", ("#渡口 今天水浅。", "# 号后面有空格", "桥在#东边，C# 也在。", "<h3>末尾有号 #</h3>", "<h3>C#</h3>")),
    ("脚注 [^1] 与 ^[旁注]", ("石头[^1]有两本账^[在柜子里]。", "[^1]: 这一行不是脚注", "[石]: https://example.org/ 也不是")),
    ("价钱 $5 与 $x$ 与 $$y$$", ("茶$5一碗，$x$不卖，$$y$$也不卖。", "\\(a\\)与\\[b\\]是账上的记号。", "$$\n")),
    ("::: 围栏", ("::: note", "水位", ":::", "::: warning 水涨了 :::")),
    ("[[双括号]] 与 ![[图]]", ("[[桥]]在[[河|渡口]]，![[图.png]]在柜子里。", "[TOC]", "[[_TOC_]]")),
    ("^上^ 与 ~下~ 与 ~~划~~", ("水^上^有~下~，~~划掉~~的没有。", "~~~", "段末有名 ^abc123")),
    ("@引 与 [@账, 12]", ("@石账 说过，[@人账, 第三页]也说过，-@水账没说。", "写信给a@example.org。")),
    (":smile: 与 :100:", ("他笑:smile:，得:100:分，:+1:。", "时间12:30:45不变。", ":笑:")),
    ("*[缩写]: 全称", ("*[HTML]: 超文本", "HTML是缩写。", "*星* **双星** _线_ __双线__ 1_2_3")),
    ("{: .attr} 与 {#id}", ("一段话{: .attr}", "{: .整段}", "<h3>小标题 {#id .类}</h3>", "{::comment}不见{:/comment}")),
    ('"引号" 与 \'单引号\' -- 与 ---', ('"渡口"的\'老桥\' -- 三里 --- 五里...完', "don't & 'tis <<书>>", "“引”……")),
    ("--- 分隔", ("---", "***", "___", "- - -", "* * *", "===")),
    ("title: 像元数据", ("author: 不是作者", "tags: [不, 是]", "---", "date: 2021-01-01", "...")),
    ("- 列表 与 1. 数字", ("- 不是列表", "+ 不是", "1. 不是", "12) 不是", "1234567890. 不是", "a. no", "(1) 不是", "(c) no", "i. no", "#. 不是")),
    ("> 引文 与 > [!note]", ("> 不是引文", "&gt; [!note] 不是提示", "> > 两层")),
    ("!!! note 与 ??? 与 === \"签\"", ("!!! note", '=== "签"', "??? 问", "/// 块", "--8&lt;-- \"文件\"")),
    ("表 | 格", ("甲 | 乙", "---|---", "| 丙 | 丁 |", "+---+---+", "Table: 不是表名", ": 不是解释")),
    ("`代码` 与 ``` 与 \\", ("`不是代码`", "```", "\\* \\_ \\\\ 反斜线\\", "路径 C:\\temp\\new")),
    ("&amp;amp; 与 &amp;copy; 与 &amp;#35;", ("&amp;amp; &amp;copy; &amp;#35; &amp;lt;b&amp;gt; AT&amp;T", "x &lt; y &gt; z &lt;b&gt;粗&lt;/b&gt; &lt;!--more--&gt;")),
    ("地址 http://example.org/a_b", ("见http://example.org/a_b*c和www.example.org，ftp://example.org。", "mailto:a@example.org")),
    (
        "强调“紧挨”汉字",
        (
            "<p>他说<strong>“慢行”</strong>是桥，<em>慢</em>字在<strong>前，</strong>后面有<b><i>两层</i></b>。</p>",
            "<p>H<sub>2</sub>O与2<sup>10</sup>，<del>划掉</del>一句。</p>",
        ),
    ),
    (
        "列表里的列表",
        (
            "<ul><li>石<ul><li>青石<ol><li>大 *的*</li><li>小 {{x}}</li></ol></li></ul></li><li>木 | 竹</li></ul>",
            "<ol start=\"5\"><li>五</li><li>六</li></ol>",
            "<ul><li>[x] 做完</li><li>[ ] 没做</li></ul><ul><li>另一张</li></ul>",
        ),
    ),
    (
        "表格",
        (
            "<table><thead><tr><th>桥 | 名</th><th>长</th></tr></thead><tbody><tr><td>小木桥<br/>{{旧}}</td><td>$6</td></tr>"
            "<tr><td>*牛桥*</td><td></td></tr></tbody></table>",
            "<table><tr><td>一</td><td>二_三_</td></tr></table>",
            '<table><tr><td colspan="2">{% 合 %} *并*</td></tr><tr><td>(a) 左</td><td>#右</td></tr></table>',
        ),
    ),
    (
        "代码与诗",
        (
            "<pre>{{&lt; x &gt;}}\n  {% y %}\n\n:smile: *z*</pre>",
            "<p>写<code>{{&lt; x &gt;}}</code>和<code>{% y %}</code>，还有<code>a|b</code>与<code>&lt;!--more--&gt;</code>。</p>",
            "<p>春水初生，<br/># 春林初盛。<br/>- 茶在山上，<br/>1. 人在山下。</p>",
        ),
    ),
    (
        "链接与图",
        (
            '<p><a href="https://example.org/a_(b)?x={{1}}&amp;y=2">[链 *接*] {{x}}</a>与<a href="https://example.org/x_y">'
            "https://example.org/x_y</a>。</p>",
            '<p><img src="https://example.org/a_b.jpg" alt="桥 {{旧}} *图* [一] :smile:"/></p>',
            "<blockquote><p># 引文里的号</p><p>- 引文里的横</p></blockquote>",
        ),
    ),
    ("Mr. Smith went -- \"home\"", ("Mr. Smith and Dr. Jones, e.g. p. 5, met Gov. Lee... 'Yes,' he said.", "A. Name", "IV. Part")),
    ("Liquid 与 {{ '{{' }} 与 {%- x -%}", ("{%- if x -%}是{%- endif -%}", "{{ '甲' | upcase }}", "}} %} 收尾 {{")),
)  # fmt: skip


def write_hostile(mirror: Path) -> None:
    """Write the articles into a mirror, as a mirror's own pages are written."""
    folder = mirror / "pages" / "ncid282"
    folder.mkdir(parents=True)
    (mirror / "scripts").mkdir()
    (mirror / "scripts" / "index.csv").write_text("ncid282,渡口杂记\n", encoding="utf-8")
    for number, (title, lines) in enumerate(_ARTICLES):
        name = f"n990010{number:02}"
        body = "\n".join(line if line.startswith("<") else f"<p>{line}</p>" for line in lines)
        body = _TAGGED.format(f"渡口{number}") + "\n" + body
        page = enveloped(title, body, name, (22, number % 12 + 1, number % 28 + 1))
        (folder / f"{name}.md").write_text(page, encoding="utf-8")
