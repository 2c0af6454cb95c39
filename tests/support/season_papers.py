"""The seven papers that a firm brings for its package, drawn, sealed in red and scanned; all of them invented."""

import random
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from bench.reading import audit_texts, papers, scanner
from PIL import ImageFont

DPI: Final = 300
COMPANY: Final = "示例呼叫科技有限公司"
HEAD: Final = "周敏"  # the legal representative


def brought(names: list[str]) -> dict[str, bytes]:
    """Item -> PDF of a scan; ``names``: of people, for the list of social-insurance payments."""
    return {item: _scan(source, data) for item, (source, data) in _papers(names).items()}


def _papers(names: list[str]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    draw = random.Random(7)
    licence = {
        "title": "增值电信业务经营许可证", "top": "经营许可证编号：B2-20240078",
        "foot": "发证机关：工业和信息化部 2024年03月01日",
        "pairs": [["证照", "正本和副本"], ["单位名称", COMPANY], ["法定代表人", HEAD], ["业务种类", "国内呼叫中心业务"],
                  ["业务覆盖范围", "全国"], ["有 效 期", "至2029年02月28日"]],
    }  # fmt: skip
    business = {
        "title": "营 业 执 照", "top": "统一社会信用代码 91110000600037341L", "foot": "登记机关 2023年05月09日",
        "pairs": [["名　　称", COMPANY], ["类　　型", "有限责任公司"], ["法定代表人", HEAD],
                  ["成立日期", "2015年06月18日"],
                  ["营业期限", "2015年06月18日 至 2045年06月17日"], ["住　　所", "杭州市余杭区文一西路"]],
    }  # fmt: skip
    articles = {
        "title": "公司章程", "top": COMPANY, "foot": "2024年01月05日",
        "pairs": [["第一条", f"{COMPANY}依法设立。"], ["第二条", "经营范围为呼叫中心业务。"],
                  ["第三条", "本章程经全体股东通过。"]],
    }  # fmt: skip
    shares = {
        "title": "股权结构表", "top": f"单位名称：{COMPANY}", "columns": ["股东名称", "出资额（万元）", "持股比例"],
        "rows": [["王建国", "600", "60%"], ["李晓燕", "400", "40%"], ["合计", "1000", "100%"]],
    }  # fmt: skip
    number, born = papers.identity(draw)
    card = {
        "title": "居 民 身 份 证", "top": "", "foot": "",
        "pairs": [["姓　名", HEAD], ["性　别", "女　民　族　汉"], ["出　生", born],
                  ["住　址", "杭州市上城区中山中路12号"], ["公民身份号码", number],
                  ["签发机关", "杭州市公安局上城分局"], ["有效期限", "2020.03.12-2040.03.12"]],
    }  # fmt: skip
    paid = {
        "title": "社会保险参保缴费清单", "top": f"单位名称：{COMPANY}　险种：职工基本养老保险",
        "columns": ["序号", "姓名", "证件号码", "缴费起止年月", "缴费月数"],
        "rows": [[str(at), name, f"3301**********{1000 + at}", "202611-202701", "3"]
                 for at, name in enumerate(names, 1)],
    }  # fmt: skip
    standard = next(one for one in audit_texts.texts() if one.name == "standard, small firms")  # on one page
    blocks = [(style, text.replace(audit_texts.COMPANY, COMPANY)) for style, text in audit_texts.filled(standard)]
    return {
        "business_licence": ("pairs", business), "licence": ("pairs", licence), "articles": ("pairs", articles),
        "shareholders": ("table", shares), "audit_report": ("audit_report", {"blocks": blocks}),
        "legal_person_id": ("pairs", card), "social_insurance": ("table", paid),
    }  # fmt: skip


def _scan(source: str, data: Mapping[str, Any]) -> bytes:
    font = ImageFont.truetype(str(next(papers.FONTS.glob("*.ttc"))), 40)
    draw, pages = random.Random(1), []
    for png in papers.pictures(source, data, DPI):
        image = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR))
        pages.append(scanner.scanned(scanner.stamped(image, DPI, COMPANY, (150, 245), font), scanner.CLEAN, draw))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scan.pdf")
        scanner.bound(path, pages, DPI)
        return path.read_bytes()
