"""技术测评报告: a kind of its own, with issuer, number, date and scope; another paper does not pass as one."""

import io
from typing import Any

import docx
import pytest
from tests.features.rectification.test_rectification import TODAY
from tests.support.bad_channel import PDF

from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.inspection import paper_content as printed
from nianjian.engines.paper.inspection import paper_pdf
from nianjian.engines.paper.rectification import ReportStamp, build_report
from nianjian.features.rectification import evidence, operations
from nianjian.features.rectification.storage import Notice, paper_content
from nianjian.platform.accounts.query import Actor

pytestmark = pytest.mark.django_db
ABOUT = {"issuer": "某测评中心", "number": "CP-1", "scope": "外呼线路L1的频次限制和白名单"}


@pytest.fixture
def case(demo: str, anna: Actor, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NIANJIAN_TODAY", TODAY.isoformat())
    return operations.open_case(enterprise=demo, notice=Notice(TODAY), paper=None, actor=anna).id


def _pdf(title: str, line: str) -> bytes:
    return paper_pdf(printed(title, [("说明", line)], [], "", str))


def _docx(*lines: str) -> bytes:
    book, stream = docx.Document(), io.BytesIO()
    for line in lines:
        book.add_paragraph(line)
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "titled"),
    [
        ("报告.pdf", lambda: _pdf("呼叫中心技术测评报告", "测评机构：某测评中心"), True),
        ("报告.docx", lambda: _docx("系统检测报告"), True),
        ("扫描件.pdf", lambda: PDF, None),
        ("章程.pdf", lambda: _pdf("示例呼叫中心有限公司章程", "第一章　总则"), False),
        ("章程.docx", lambda: _docx("公司章程"), False),
        ("审议.docx", lambda: _docx("公司章程", "第九条", "股东会审议董事会报送的技术测评报告"), False),
        ("委托.pdf", lambda: _pdf("公司章程", "公司应当每年委托第三方机构出具技术测评报告。"), False),
        ("审阅.docx", lambda: _docx("公司章程", "审阅技术测评报告并形成决议"), False),
        (
            "决议.docx",
            lambda: _docx("股东会决议", "一、听取董事会关于系统技术测评报告的说明", "技术测评报告的内容属实"),
            False,
        ),
        ("竖排.docx", lambda: _docx("检", "测", "报", "告", "编号 A-1"), True),
        ("封面.docx", lambda: _docx("某测评中心", "呼叫中心平台技术测评报告（2026年）"), True),
    ],
)
def test_only_an_assessment_is_kept_as_one(
    case: str, anna: Actor, name: str, body: Any, *, titled: bool | None
) -> None:
    paper = paper_content(name, body())
    said: dict[str, Any] = {"case": case, "paper": paper, "actor": anna, **ABOUT, "dated": TODAY}
    if titled is False:
        with pytest.raises(NianjianError) as refused:
            operations.add_paper(kind="test_report", **said)
        assert refused.value.code == "rectify_test_report_other"
        operations.add_paper(kind="annex", **said)
    else:
        operations.add_paper(kind="test_report", **said)
    (stored,) = operations.get_case_detail(case=case, actor=anna).papers
    assert (stored.kind, stored.titled) == ("annex" if titled is False else "test_report", titled or None)
    assert stored.scope == ABOUT["scope"]


@pytest.mark.parametrize("missing", ["issuer", "number", "scope"])
def test_an_assessment_says_who_tested_what(case: str, anna: Actor, missing: str) -> None:
    said: dict[str, Any] = {**ABOUT, missing: " "}
    with pytest.raises(NianjianError) as refused:
        operations.add_paper(
            case=case, kind="test_report", paper=paper_content("a.pdf", PDF), actor=anna, dated=TODAY, **said
        )
    assert refused.value.code == "rectify_test_report_incomplete"


def test_a_scan_is_an_assessment_once_a_person_has_read_it(case: str, anna: Actor) -> None:
    said: dict[str, Any] = {"case": case, "kind": "test_report", "paper": paper_content("章程扫描件.pdf", PDF), **ABOUT}
    number = operations.add_paper(actor=anna, dated=TODAY, **said).id

    def state() -> tuple[bool, str | None, bool]:
        gaps = {gap.code for gap in evidence.preview_gaps(case=case, actor=anna).gaps}
        detail = operations.get_case_detail(case=case, actor=anna)
        report = build_report(
            to_builtins(detail),
            {"tickets": []},
            [],
            "zh_Hans",
            ReportStamp("示例", "", draft=True, seq=1, digest="0" * 64),
        )
        printed = any("某测评中心" in line for part in report.parts for line in part.lines)
        return "test_report_unread" in gaps, detail.papers[0].read_by, printed

    assert state() == (True, None, False), "a person's typed words alone make no assessment"
    operations.confirm_assessment(enterprise="demo", case=case, paper=number, actor=anna)
    assert state() == (False, str(anna), True)
    operations.add_paper(actor=anna, dated=TODAY, **said | {"scope": "全部线路"})
    assert state() == (True, None, False), "what was corrected since nobody has read"
    with pytest.raises(NianjianError) as refused:
        operations.confirm_assessment(enterprise="demo", case=case, paper=number + 1, actor=anna)
    assert refused.value.code == "rectify_paper_unknown"
