"""Papers as typst pages: audit reports, licences, identity cards, payment lists. All names and codes are invented."""

import json
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import manimgx_fonts_cjk
import typst

FONTS: Final = Path(manimgx_fonts_cjk.__file__).parent
HEAD: Final = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: (x: 28mm, y: 26mm), footer: align(center, text(9pt)[#context [第 #counter(page).display() 页 共 #counter(page).final().first() 页]]))
#set text(font: "Noto Sans CJK SC", size: 11pt, lang: "zh", region: "cn")
#set par(leading: 0.9em, justify: true)
"""
SOURCES: Final[Mapping[str, str]] = {
    "audit_report": HEAD + """
#for (style, words) in d.blocks {
  if style == "title" { align(center, text(20pt, weight: "bold", words)) }
  else if style == "heading" { block(above: 1.4em, text(12pt, weight: "bold", words)) }
  else if style == "sign" { block(above: 2em, align(right, words)) }
  else if style == "code" { block(above: 2em, text(9pt, words)) }
  else { par(first-line-indent: (amount: 2em, all: true), words) }
}
""",
    "pairs": HEAD + """
#align(center, text(24pt, weight: "bold", d.title))
#if d.top != "" [#align(right, text(11pt, d.top))]
#v(10mm)
#for (label, value) in d.pairs { grid(columns: (38mm, 1fr), row-gutter: 5mm, text(fill: rgb("#7a5c1e"), label), value); v(4mm) }
#v(1fr)
#align(right, d.foot)
""",
    "table": HEAD + """
#align(center, text(16pt, weight: "bold", d.title))
#text(9pt, d.top)
#table(columns: d.columns.map(it => 1fr), align: center + horizon, inset: 5pt, table.header(..d.columns.map(it => text(9.5pt, weight: "bold", it))), ..d.rows.flatten().map(it => text(9.5pt, it)))
""",
}  # fmt: skip
NAMES: Final = ["王建国", "李晓燕", "张瀚文", "刘垚", "陈淼", "赵翀", "黄瑶", "周喆", "吴昊天", "徐婧怡", "孙皓轩", "马骁", "朱奕辰", "胡雯倩", "林彧", "郭煜祺", "何梓萱", "高嵩", "罗玥", "梁赟", "宋琬", "郑旻", "谢雨霏", "韩煊", "唐璟", "冯钰莹", "于晟睿", "董翊", "萧逸", "程颢", "曹芮", "袁懿", "邓垲", "许昕妤", "傅珺", "沈屹", "曾祺", "彭彧涵", "吕鑫", "苏睿", "卢嘉懿", "蒋晗", "蔡妍", "贾斌", "丁磊", "魏洁", "薛蕾", "叶蓁", "阎晖", "余霏", "潘媛", "杜毓", "戴逸尘", "夏禾", "钟灵", "汪洋", "田甜", "任毅", "姜楠", "范晓", "方圆", "石岩", "姚远", "谭咏", "廖凡", "邹琪", "熊猛", "金鑫", "陆离", "郝蕊", "孔祥", "白露", "崔巍", "康宁", "毛宁", "邱实", "秦岚", "江涛", "史册", "顾城", "侯亮", "邵峰", "孟欣", "龙骧", "万里", "段奕宏"]  # fmt: skip
WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def pictures(kind: str, data: Mapping[str, Any], dpi: int) -> list[bytes]:
    """The pages as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.typ"
        source.write_text(SOURCES[kind], encoding="utf-8")
        made: Any = typst.compile(
            str(source),
            root=folder,
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            format="png",
            ppi=dpi,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    return list(made) if isinstance(made, list) else [made]


def credit(draw: random.Random) -> str:
    """A credit code of a company with the right check digit."""
    body = (
        "91"
        + "".join(draw.choice("0123456789") for _ in range(6))
        + "MA"
        + "".join(draw.choice(SIGNS) for _ in range(7))
    )
    total = sum(SIGNS.index(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True))
    return body + SIGNS[(31 - total % 31) % 31]


def identity(draw: random.Random) -> tuple[str, str]:
    """A number with the right check digit, and the birth date as a card prints it."""
    year, month, day = draw.randint(1960, 2000), draw.randint(1, 12), draw.randint(1, 28)
    body = f"33010{draw.randint(1, 9)}{year}{month:02}{day:02}{draw.randint(0, 999):03}"
    total = sum(int(sign) * (2 ** (17 - at) % 11) for at, sign in enumerate(body))
    return body + "10X98765432"[total % 11], f"{year}年{month}月{day}日"


def company(draw: random.Random) -> str:
    """A firm's name that may stand nowhere."""
    return (
        draw.choice(("杭州", "宁波", "温州", "嘉兴"))
        + "".join(draw.sample("云桥启明瀚海聚信恒通博远晟睿鑫淼", 3))
        + draw.choice(("通信技术有限公司", "信息科技股份有限公司", "客户服务有限公司"))
    )


def business_licence(draw: random.Random) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """(source, data, truth)."""
    truth = {
        "name": company(draw),
        "credit_code": credit(draw),
        "legal_representative": draw.choice(NAMES),
        "valid_until": "2045-06-17" if draw.random() < 0.6 else "forever",
    }
    until = "2015年06月18日 至 2045年06月17日" if truth["valid_until"] != "forever" else "2015年06月18日 至 长期"
    pairs = [
        ["名　　称", truth["name"]],
        ["类　　型", "有限责任公司（自然人投资或控股）"],
        ["法定代表人", truth["legal_representative"]],
        ["注册资本", "壹仟万元整"],
        ["成立日期", "2015年06月18日"],
        ["营业期限", until],
        ["住　　所", "浙江省杭州市西湖区文三路90号"],
    ]
    return (
        "pairs",
        {
            "title": "营 业 执 照",
            "top": f"统一社会信用代码 {truth['credit_code']}",
            "pairs": pairs,
            "foot": "登记机关 2023年05月09日",
        },
        truth,
    )


def licence(draw: random.Random) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The licence, one part of it."""
    truth = {
        "number": f"{draw.choice(('浙', '粤', '京', ''))}B2-20{draw.randint(10, 24)}{draw.randint(0, 9999):04}",
        "name": company(draw),
        "expiry": f"{draw.randint(2027, 2031)}-0{draw.randint(1, 9)}-1{draw.randint(0, 9)}",
    }
    year, month, day = truth["expiry"].split("-")
    pairs = [
        ["单位名称", truth["name"]],
        ["法定代表人", draw.choice(NAMES)],
        ["业务种类", "国内呼叫中心业务"],
        ["业务覆盖范围", "浙江省"],
        ["有 效 期", f"至{year}年{month}月{day}日"],
    ]
    return (
        "pairs",
        {
            "title": "增值电信业务经营许可证",
            "top": f"（副本） 经营许可证编号：{truth['number']}",
            "pairs": pairs,
            "foot": "发证机关：浙江省通信管理局 2022年03月01日",
        },
        truth,
    )


def id_card(draw: random.Random) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Both sides on one page."""
    number, born = identity(draw)
    truth = {
        "person_name": draw.choice(NAMES),
        "id_number": number,
        "expiry": f"20{draw.randint(28, 45)}-03-1{draw.randint(0, 9)}",
    }
    year = int(truth["expiry"][:4])
    pairs = [
        ["姓　名", truth["person_name"]],
        ["性　别", "男　民　族　汉"],
        ["出　生", born],
        ["住　址", "浙江省杭州市上城区中山中路12号"],
        ["公民身份号码", number],
        ["签发机关", "杭州市公安局上城分局"],
        ["有效期限", f"{year - 20}.03.{truth['expiry'][-2:]}-{year}.03.{truth['expiry'][-2:]}"],
    ]
    return "pairs", {"title": "居 民 身 份 证", "top": "", "pairs": pairs, "foot": ""}, truth


def payments(draw: random.Random, people: int = 20) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """One row a person: name, number (masked), period, months."""
    names = draw.sample(NAMES, people)
    first, count = draw.choice((("202611", 3), ("202610", 4), ("202612", 2), ("202608", 6)))
    begin = int(first[:4]) * 12 + int(first[4:]) - 1
    last = begin + count - 1
    period = f"{first}-{last // 12}{last % 12 + 1:02}"
    rows = [
        [str(place), name, f"3301**********{draw.randint(1000, 9999)}", period, str(count)]
        for place, name in enumerate(names, 1)
    ]
    truth = {"months": count, "people": people, "names": sorted(names)}
    return (
        "table",
        {
            "title": "社会保险参保缴费清单",
            "top": f"单位名称：{company(draw)}　险种：职工基本养老保险",
            "columns": ["序号", "姓名", "证件号码", "缴费起止年月", "缴费月数"],
            "rows": rows,
        },
        truth,
    )
