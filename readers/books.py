"""The books that the reading engines open: those of seeds/, and one that has everything a chapter can hold."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw

from tests.envelope import enveloped

ROOT = Path(__file__).parent.parent
RICH = "清溪周报-2021.epub"
"""The book that `write_rich` makes."""

_CONFIG = """
input: mirror
output: out
emit: {}
volumes:
  - {title: "清溪周报 {year}", file: "清溪周报-{year}.epub", group_by: [year], sections: [month, channel]}
"""

_PROSE = (
    "春天的河水涨了三尺，渡口的老船工把缆绳又放长一截，说水认得旧路，绕一个弯还会回来。岸边的茶棚从清早开到黄昏，" * 3
)

_PICTURE = '<div align=center><img alt="{}" src="../resources/1/{}?raw=true" /><br/>{}</div>'

# A chapter of a book, since of all mirrors those of books have pictures of their own.
_BRIDGE = f"""## {{title}}

####  [桥边的字](#桥边的字-1)

---

{_PROSE}

{_PICTURE.format("画：河上一座三孔石桥，桥下有船", "bridge.png", "三孔石桥。（林禾插图）")}

### 桥边的字

桥上刻着**慢行**两个字，传说是*第三任*桥工写的，H<sub>2</sub>O 与 2<sup>10</sup> 则是学生后来添的。

{_PROSE}

---

{_PICTURE.format("照片：傍晚的渡船", "boat.jpg", "傍晚的渡船，船头朝着对岸的灯。（罗砚摄影）")}

{_PROSE}

原文链接：http://www.epochtimes.com/gb/21/{{month}}/{{day}}/{{name}}.htm

---
#### [《桥》目录](../README.md#contents) &nbsp;|&nbsp; [禁闻聚合](https://github.com/gfw-breaker/banned-news/blob/master/README.md)


<img src='http://gfw-breaker.win/qiao.md/chapters/1.md' width='0px' height='0px'/>
"""

_TABLES = f"""<p>【大纪元2021年05月22日讯】{_PROSE}</p>
<table><thead><tr><th>桥名</th><th>全长（步）</th><th>桥墩</th></tr></thead><tbody>
<tr><td>小木桥</td><td>6</td><td>0</td></tr><tr><td>洗衣桥</td><td>12</td><td>2</td></tr>
<tr><td>牛桥</td><td>20</td><td>4</td></tr></tbody></table>
<p>下面的一张更宽：</p>
<table><thead><tr>{"".join(f"<th>{month}月水位</th>" for month in range(1, 13))}</tr></thead>
<tbody><tr>{"".join(f"<td>{level}.5米</td>" for level in range(1, 13))}</tr>
<tr><td colspan="12">洪水的那一年没有记录，见https://www.example.org/water/levels/of/the/clear/stream/2021/index.html</td></tr>
</tbody></table>
<ul><li>先立架，后下石；</li><li>左右齐，莫偏心。</li></ul>
<ol><li>拆架日，师傅先。</li><li>锣鼓响，众人随。</li></ol>"""

_POEM = f"""<p>【大纪元2021年06月02日讯】{_PROSE}</p>
<p>春水初生，<br/>春林初盛。<br/>茶在山上，<br/>人在山下。</p>
<p>一叶渡船来，<br/>两岸杏花开。<br/>借问桥何处？<br/>船家指绿苔。</p>
<blockquote><p>石头能背一座山，却提不起一桶水。</p></blockquote>
<p>{_PROSE}</p>"""

_NOTES = f"""<p>【大纪元2021年06月03日讯】老桥有两本账<ok href="#_edn1" name="_ednref1"><sup>[1]</sup></ok>，
一本记石头，一本记人<ok href="#_edn2" name="_ednref2"><sup>[2]</sup></ok>。</p>
{f"<p>{_PROSE}</p>" * 8}
<p><ok href="#_ednref1" name="_edn1"><sup>[1]</sup></ok> 《石账》第一册，藏在茶棚的柜子里。</p>
<p><ok href="#_ednref2" name="_edn2"><sup>[2]</sup></ok> 《人账》只剩封面。</p>"""

# Channel, month, day, number, title, body: two months of two channels, so that the contents have three levels.
_ARTICLES = (
    ("ncid1349361", 5, 22, "n99000102", "清溪上的桥：尺寸与水位", _TABLES),
    ("ncid282", 6, 2, "n99000103", "渡口的诗 与 “慢行” & 其它", _POEM),
    ("ncid1349361", 6, 3, "n99000104", "老桥的两本账", _NOTES),
)


def write_seeds(folder: Path) -> list[Path]:
    """Make the volumes of seeds/ as `make run` does, in `folder`; returns them in the order of their names."""
    _run(["run", "--quiet", "--config", str(ROOT / "config.yaml"), "--output", str(folder)])
    return sorted((folder / "epub").glob("*.epub"))


def write_rich(folder: Path) -> Path:
    """Make a mirror with pictures, tables, poems and footnotes in `folder`, and its one volume; returns the volume."""
    mirror = folder / "mirror"
    shutil.copytree(ROOT / "seeds" / "scripts", mirror / "scripts")
    for channel, month, day, name, title, body in _ARTICLES:
        page = mirror / "pages" / channel / f"{name}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(enveloped(title, body, name, (21, month, day)), encoding="utf-8")
    book = mirror / "books" / "qiao"
    (book / "chapters").mkdir(parents=True)
    (book / "resources" / "1").mkdir(parents=True)
    chapter = _BRIDGE.format(title="【桥】从木头到石头", month=5, day=21, name="n99000101")
    (book / "chapters" / "1.md").write_text(chapter, encoding="utf-8")
    (book / "resources" / "1" / "bridge.png").write_bytes(_drawing())
    (book / "resources" / "1" / "boat.jpg").write_bytes(_photograph())
    config = folder / "config.yaml"
    config.write_text(_CONFIG, encoding="utf-8")
    _run(["run", "--quiet", "--config", str(config)])
    return folder / "out" / RICH


def _run(arguments: list[str]) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    subprocess.run([sys.executable, "-m", "convert", *arguments], env=environment, check=True, timeout=600)


def _drawing() -> bytes:
    """Lines on white: a bridge."""
    image = Image.new("RGB", (900, 500), "white")
    draw = ImageDraw.Draw(image)
    draw.line((0, 420, 900, 420), fill="black", width=4)
    for left in (120, 340, 560):
        draw.arc((left, 240, left + 200, 600), 180, 360, fill="black", width=8)
    draw.line((60, 220, 820, 220), fill="black", width=10)
    return _encoded(image, "PNG")


def _photograph() -> bytes:
    """Many colours: a sky over water."""
    sky = Image.linear_gradient("L").resize((1200, 700))
    return _encoded(Image.merge("RGB", (sky, sky.rotate(180), Image.radial_gradient("L").resize((1200, 700)))), "JPEG")


def _encoded(image: Image.Image, form: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form)
    return stream.getvalue()
