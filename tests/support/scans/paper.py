"""Pages as they come out of the printer, set by typst, at 200 dpi."""

import json
import random
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import cv2
import manimgx_fonts_cjk
import numpy as np
import typst
from numpy.typing import NDArray

DPI: Final = 200
Page = NDArray[np.uint8]

_HEAD: Final = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: 22mm)
#set text(font: "Noto Sans CJK SC", size: 11pt, lang: "zh")
#let red = rgb(d.red)
"""
_BODIES: Final = {
    "text": """
#align(center, text(17pt, weight: "bold", d.title))
#v(5mm)
#for p in d.paragraphs [#par(first-line-indent: 2em, justify: true, p) #v(2mm)]
#align(right)[#d.firm #linebreak() 二〇二七年二月十八日]
""",
    "table": """
#align(center, text(15pt, weight: "bold", d.title))
#table(columns: 5, stroke: 0.6pt, inset: 5pt, ..d.cells.flatten())
#align(right)[#d.firm]
""",
    "licence": """
#set page(margin: 16mm, background: {
  place(rect(width: 100%, height: 100%, fill: rgb("#fdfaf0"), stroke: none))
  place(dx: 9mm, dy: 9mm, rect(width: 192mm, height: 279mm, stroke: 5pt + rgb("#b08d3c")))
  place(dx: 12mm, dy: 12mm, rect(width: 186mm, height: 273mm, stroke: 1pt + rgb("#3d7a54")))
})
#align(center)[
  #v(8mm)
  #circle(radius: 11mm, fill: rgb("#c8161d"), stroke: 3pt + rgb("#e0b040"))
  #text(30pt, weight: "bold", fill: rgb("#222222"), d.title)
]
#v(6mm)
#for (key, value) in d.pairs [#text(fill: rgb("#7a5c1e"), key)　#value #v(4mm)]
#let dots = tiling(size: (2mm, 2mm), rect(width: 1mm, height: 1mm, fill: black))
#place(bottom + left, rect(width: 28mm, height: 28mm, fill: dots))
""",
    "letterhead": """
#align(center, text(32pt, weight: "bold", fill: red, d.firm.clusters().slice(0, 8).join() + "文件"))
#v(2mm)
#align(center)[通管〔2027〕#d.number 号]
#line(length: 100%, stroke: 1.6pt + red)
#v(5mm)
#align(center, text(17pt, weight: "bold", d.title))
#for p in d.paragraphs.slice(0, 4) [#par(first-line-indent: 2em, justify: true, p) #v(2mm)]
#align(right)[#d.firm]
""",
    "chart": """
#align(center, text(15pt, weight: "bold", d.title))
#par(justify: true, d.paragraphs.at(0))
#v(6mm)
#stack(dir: ltr, spacing: 4mm, ..d.bars.map(h => rect(width: 11mm, height: h * 1mm, fill: red)))
#v(6mm)
#par(justify: true, d.paragraphs.at(1))
#align(right)[#d.firm]
""",
    "red_cells": """
#align(center, text(15pt, weight: "bold", fill: red, d.title))
#table(columns: 5, stroke: 0.6pt + red, inset: 5pt,
  ..d.cells.flatten().enumerate().map(((i, c)) => if calc.rem(i, 3) == 0 { text(fill: red, c) } else { c }))
#align(right)[#d.firm]
""",
    "grid": """
#set page(background: {
  for i in range(26) { place(dx: 20mm, dy: 20mm + i * 10mm, line(length: 170mm, stroke: 0.5pt + red)) }
  for i in range(18) { place(dx: 20mm + i * 10mm, dy: 20mm, line(angle: 90deg, length: 250mm, stroke: 0.5pt + red)) }
})
#align(center, text(15pt, d.title))
#for p in d.paragraphs.slice(0, 3) [#par(leading: 1.1em, p) #v(3mm)]
""",
}
KINDS: Final = tuple(_BODIES)
COLOURED: Final = frozenset({"licence", "letterhead"})
"""Pages whose original shows colour of its own."""

_CHARACTERS: Final = (
    "公司业务管理制度信息安全责任呼叫中心坐席号码投诉处理记录年度"
    "报告编制审核经营许可资源使用情况说明财务会计准则重大方面公允反映按照规定"
)
_PLACES: Final = "浙江广东江苏四川湖北山东河南福建上海北京天津重庆"
_NAMES: Final = "华信天成鼎盛瑞博恒通智联云启德润佳和"


def firm(rng: random.Random) -> str:
    """A company's name as a seal bears it."""
    name = "".join(rng.sample(_NAMES, rng.choice((2, 3, 4))))
    tail = rng.choice(("信息技术有限公司", "通信科技有限公司", "网络服务股份有限公司", "科技有限公司"))
    return rng.choice([_PLACES[i : i + 2] for i in range(0, len(_PLACES), 2)]) + name + tail


@lru_cache(maxsize=64)
def page(kind: str, seed: int) -> Page:
    """A clean page, BGR; the same seed gives the same page."""
    rng = random.Random(f"{kind}-{seed}")

    def words(count: int) -> str:
        return "".join(rng.choices(_CHARACTERS, k=count))

    data = {
        "red": rng.choice(("#d7000f", "#c00000", "#e60012", "#ff0000")),
        "title": words(rng.randint(5, 10)),
        "firm": firm(rng),
        "number": str(rng.randint(1, 99)),
        "paragraphs": [words(rng.randint(60, 190)) + "。" for _ in range(rng.randint(5, 8))],
        "cells": [[words(rng.randint(2, 6)) for _ in range(5)] for _ in range(rng.randint(12, 30))],
        "pairs": [[words(4), words(rng.randint(6, 24))] for _ in range(8)],
        "bars": [rng.randint(8, 70) for _ in range(rng.randint(4, 9))],
    }
    compiler: Any = typst  # its types know no font list
    output: Any = compiler.compile(
        (_HEAD + _BODIES[kind]).encode(),
        font_paths=[str(Path(manimgx_fonts_cjk.__file__).parent)],
        ignore_system_fonts=True,
        format="png",
        ppi=DPI,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    first = output[0] if isinstance(output, list) else output
    image = cv2.imdecode(np.frombuffer(first, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8)
