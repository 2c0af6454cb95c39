"""A paper as a Word file: what Word demands of it, and what keeps its pages whole."""

import io
import zipfile

import docx
from docx.oxml.ns import qn
from tests.support.word_structure import list_faults

from nianjian.engines.paper.official import Grid, OfficialPaper, Part
from nianjian.engines.paper.official_word import official_docx

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
