"""Whoever copies text from a paper copies what can be seen, and nothing else."""

from __future__ import annotations

import unicodedata
from typing import Any

import pypdfium2
import pytest

from nianjian.engines.paper.charts import Share, ShareChart, paper_svg
from nianjian.engines.paper.portrait_pdf import Stamp, portrait_pdf
from nianjian.engines.paper.typeset import HERE, typeset
from nianjian.engines.paper.words import words

CODE = "20270120-090000-000001-abcdef0123456789"
RUN = "1" * 64
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
NAMES = "print steps riding places none contents of summary page gaps annex seal date empty colon"
WORDS = dict.fromkeys(NAMES.split(), "x")
BASE: dict[str, Any] = {
    "lang": "zh", "title": CODE, "enterprise": f"示例{UNSEEN}公司", "heading": "材料", "over": "许可", "spine": "材料",
    "notice": CODE, "foot": CODE, "pages": 2, "words": WORDS, "wide": False, "signs": [], "sections": [],
    "code": True,
}  # fmt: skip
CHART = paper_svg(ShareChart("teams", CODE, CODE, (Share(CODE + UNSEEN, 3, f"3{UNSEEN}"),)), words("zh_Hans"), 600)
BLANK_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
TABLE = {
    "title": CODE, "header": [CODE, "编号"], "rows": [[CODE, f"A{UNSEEN}1"]], "total": [], "shares": [1, 20],
    "right": [False, False],
}  # fmt: skip
PAGE = {"number": CODE, "middle": CODE, "notice": CODE, "left": 10, "marks": []}
DATA: dict[str, dict[str, Any]] = {
    "chart.typ": {},
    "dossier_item.typ": {"facts": [["编号", CODE]], "tables": [TABLE]},
    "dossier_front.typ": {"facts": [["编号", CODE]], "boards": [{"title": "通用", "rows": [{
        "number": "1.", "title": CODE, "page": 3}]}]},
    "dossier_layer.typ": {"pages": [PAGE]},
    "dossier_printer.typ": {
        "facts": [["编号", CODE]], "steps": [CODE], "head": ["1"] * 6, "stamps": [[CODE] * 6], "seal_head": ["1"] * 3,
        "seals": [[CODE] * 3], "wrap": {"width": 440, "ticks": [], "spine": 10, "size": 0},
    },
    "official.typ": {
        "addressee": CODE, "draft": "", "opening": CODE, "closing": CODE, "signed": True, "facts": [["编号", CODE]],
        "parts": [], "annexes": [{"title": CODE, "lines": [CODE], "grids": [TABLE], "charts": []}],
    },
}  # fmt: skip


@pytest.mark.parametrize("source", sorted(path.name for path in HERE.glob("*.typ")))
def test_a_pdf_holds_no_sign_that_nobody_sees(source: str, sample: dict[str, Any]) -> None:
    if source == "portrait.typ":
        made = portrait_pdf(sample, "zh", Stamp(CODE + UNSEEN, RUN, 1, "2" * 64))
    else:
        made = typeset(source, BASE | DATA[source], {"code": BLANK_PICTURE, "chart": CHART}, "pdf", tagged=False)
    with pypdfium2.PdfDocument(made) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    assert CODE in text.replace("\r\n", ""), "a code that is broken over lines is read as it is"
    assert not {RUN, "2" * 16, str(sample["rulebook"]["version"])} & set(text.split()), "they stand in the code"
    assert {sign for sign in text if unicodedata.category(sign) == "Cf"} == set()
