"""Whoever copies text from a paper copies what can be seen, and nothing else."""

import io
import unicodedata
import zipfile
from typing import Any

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from tests.support.word_structure import list_faults

from nianjian.engines.paper.charts import Share, ShareChart, paper_svg
from nianjian.engines.paper.official import Grid, OfficialPaper, Part
from nianjian.engines.paper.official_word import official_docx
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
        pdf = portrait_pdf(sample, "zh", Stamp(CODE + UNSEEN, RUN, 1, "2" * 64))
    else:
        pdf = typeset(source, BASE | DATA[source], {"code": BLANK_PICTURE, "chart": CHART}, "pdf", tagged=False)
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    assert CODE in text.replace("\r\n", ""), "a code that is broken over lines is read as it is"
    assert not {RUN, "2" * 16, str(sample["rulebook"]["version"])} & set(text.split()), "they stand in the code"
    assert {sign for sign in text if unicodedata.category(sign) == "Cf"} == set()


# A paper as a Word file: what Word demands of it, and what keeps its pages whole.

COUNTS = Grid(("项目", "件数"), (("受理", "3"), ("办结", "2")), ("合计", "5"), right=(False, True))
PAPER = OfficialPaper(
    title="用户投诉处理记录",
    enterprise="示例 & 子公司",
    code="nianjian item=x",
    addressee="浙江省通信管理局",
    draft="草稿",
    opening="现报送如下。",
    facts=(("企业", "示例"),),
    parts=(
        Part("统计口径", ("负责人：＿＿＿＿＿＿＿＿，职务：＿＿＿＿＿＿＿＿。",), (COUNTS,)),
        Part("其他", (), (Grid(("甲",), ()),)),
    ),
    closing="特此报告。",
    annexes=(Part("明细", grids=(COUNTS,)), Part("清单", grids=(COUNTS,))),
    signs=("填表人",),
    wide=True,
)


def test_word_opens_it_without_repair() -> None:
    body = official_docx(PAPER)
    assert list_faults(body) == []
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        footer = archive.read("word/footer1.xml")
        assert "FangSong" in archive.read("word/fontTable.xml").decode(), "where 仿宋 has another name"
    inside = footer.replace(b"<w:fldSimple", b"<w:r><w:fldSimple").replace(b"</w:fldSimple>", b"</w:fldSimple></w:r>")
    broken = _replace(body, "word/footer1.xml", inside)
    assert list_faults(broken) == ["word/footer1.xml: r holds ['fldSimple']"] * 2


def test_what_belongs_together_stays_on_one_page() -> None:
    book = docx.Document(io.BytesIO(official_docx(PAPER)))
    lines = {line.text: line.paragraph_format.keep_with_next for line in book.paragraphs if line.text}
    end = ("特此报告。", "附件：1. 明细", "　　　2. 清单", f"填表人：{'_' * 16}", "示例 & 子公司（盖章）")
    assert [lines[text] for text in end] == [True] * len(end)
    assert not lines["＿＿＿＿年＿＿月＿＿日"]
    (blank,) = (text for text in lines if text.startswith("负责人"))
    assert blank == f"负责人：{'_' * 16}，职务：{'_' * 16}。", "Word breaks a line inside wide signs"
    assert "无" in lines, "a table without a row says so, as in the PDF"
    keeps = [row._tr.findall(f".//{qn('w:keepNext')}") != [] for row in book.tables[1].rows]
    assert keeps == [False, False, True, False], "no page begins with the total"
    breaks = [line for line in book.paragraphs if line._p.pPr is not None and line._p.pPr.sectPr is not None]
    assert len(breaks) == 2
    assert breaks[0].text == "＿＿＿＿年＿＿月＿＿日", "a break of its own could fill a page alone"
    assert [section.different_first_page_header_footer for section in book.sections] == [True, False, False]


def test_a_table_that_ends_the_body_stays_with_the_signature() -> None:
    paper = OfficialPaper(title="自查报告", enterprise="示例", code="x", parts=(Part("清单", grids=(COUNTS,)),))
    (table,) = docx.Document(io.BytesIO(official_docx(paper))).tables
    assert table.rows[-1]._tr.findall(f".//{qn('w:keepNext')}")


def _replace(body: bytes, name: str, part: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, part if entry == name else old.read(entry))
    return out.getvalue()
