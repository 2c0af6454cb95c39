"""The emergency procedure for complaints (R9): complete, editable, of the enterprise's own facts."""

from datetime import date
from pathlib import Path
from threading import Event

import docx
import pytest
from django.urls import reverse
from tests.features.dossier.test_claims import read_text
from tests.support.fixtures import Import
from tests.support.people import signed_in
from tests.support.worlds import begin

from nianjian.doors.cli.main import main
from nianjian.doors.site.worker import Worker
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.claims import BLANK
from nianjian.features.dossier.operations.fill_in import list_blanks, state_claim
from nianjian.features.dossier.operations.generate import ITEMS, generate
from nianjian.features.portrait.models import Task
from nianjian.features.portrait.operations import run_portrait
from nianjian.platform.accounts.query import Actor

pytestmark = pytest.mark.django_db
YEAR = 2026
SOP = "complaint_sop"


@pytest.fixture
def enterprise(  # noqa: PLR0917 -- fixtures
    own_home: None, monkeypatch: pytest.MonkeyPatch, demo: str, anna: Actor, load: Import, tmp_path: Path
) -> str:
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-01-20")

    def fill() -> None:
        load("lines", "线路编号,名称,运营商,落地网关,团队,停用日期", ("L1", "杭州中继", "中国电信", "HZ-1", "T1", ""))
        run_portrait(enterprise=demo, year=YEAR, as_of=None, province=None, today=None, raw=False, actor=anna)

    begin("a line and a portrait", tmp_path, fill)
    return demo


def _read(folder: Path) -> dict[str, str]:
    """Ending of a file -> its text, without spaces."""
    return {path.suffix: "".join(read_text(path).split()) for path in folder.iterdir()}


def test_it_is_complete_with_limits_sources_channels_and_routine(enterprise: str, anna: Actor, tmp_path: Path) -> None:
    often = {"every": 7, "due": date(2027, 2, 1), "recorded_at": clock.now(), "recorded_by": "anna"}
    Task.objects.create(enterprise_id=enterprise, text="抽查白名单", owner="王强", **often)
    state_claim(enterprise=enterprise, actor=anna, year=YEAR, claim="sop_lead", part="name", text="李敏")
    state_claim(enterprise=enterprise, actor=anna, year=YEAR, claim="sop_trigger", text="单日3件")
    (made,) = generate(enterprise=enterprise, year=YEAR, items=(SOP,), folder=tmp_path / "out", actor=anna)
    texts = _read(tmp_path / "out")
    lines = docx.Document(str(next((tmp_path / "out").glob("*.docx")))).paragraphs
    assert [one for one in lines if one.paragraph_format.first_line_indent and not one.text] == [], "an empty line"
    assert texts.keys() == {".docx", ".pdf", ".xlsx"}
    for ending in (".docx", ".pdf"):
        text = texts[ending]
        for fact in (
            "由每日300次降至30次", "10个工作日内", "到达后2小时内", "到达后24小时内", "的0.01%",
            "《呼叫中心许可证年检通关指南》后续改（代办机构文章，非官方文件）", "杭州中继", "抽查白名单", "王强",
            f"总负责人：李敏，职务：{BLANK}，电话：{BLANK}，负责启动和终止应急处置。（本企业自述）",
            "：单日3件。（本企业自述）", f"24小时值班电话：{BLANK}", "截至2026年12月31日，台账登记在用中继线1条。",
            f"施行日期：{BLANK}", "投诉应急处置记录表", "编制人", "批准人",
        ):  # fmt: skip
            assert fact in text, (ending, fact)
        assert made.run not in text
    assert {"claim_blank"} <= {finding.code for finding in made.findings}


def test_it_is_no_item_of_the_checklist(enterprise: str, anna: Actor) -> None:
    assert SOP in ITEMS, "one of the files"
    with pytest.raises(NianjianError, match="dossier_item_not_generated"):
        generate(enterprise=enterprise, year=YEAR, items=(SOP,), folder=None, actor=anna)


def test_it_is_stated_and_made_by_page_and_command(
    enterprise: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = signed_in("mary", "compliance_lead", enterprise)
    due = client.get(reverse("dossier-procedure-due", args=[enterprise])).content.decode()
    address = reverse("dossier-procedure", args=[enterprise, YEAR])
    assert 'name="sop_duty.telephone"' in due
    sent = {"sop_duty.telephone": "0571-12345678", "sop_report.name": "赵岚"}
    assert client.post(reverse("dossier-state", args=[enterprise, YEAR, SOP]), sent, follow=True).status_code == 200
    assert client.post(reverse("dossier-state", args=[enterprise, 99999, SOP]), sent).status_code == 404
    told = {blank.part: blank.text for blank in list_blanks(
        enterprise=enterprise, year=YEAR, item=SOP, actor=Actor("mary")
    ) if blank.claim == "sop_report"}  # fmt: skip
    assert told["name"] == "赵*"
    client.post(reverse("dossier-package-generate", args=[enterprise, YEAR]), {"item": SOP, "as_files": "on"})
    assert Worker("w1", Event()).step()
    assert reverse("dossier-package", args=[enterprise, YEAR]) in client.get(address).content.decode()
    where = ["--enterprise", enterprise, "--season", str(YEAR)]
    main(["dossier", "generate", SOP, *where, "--output", str(tmp_path / "out")])
    assert "Emergency procedure" in capsys.readouterr().out
    assert "赵岚" in _read(tmp_path / "out")[".docx"]
