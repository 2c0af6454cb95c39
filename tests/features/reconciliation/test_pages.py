"""Reconciliation on its pages: from the export to the written-down difference; a pair decided by a person."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.support import portrait_data as data
from tests.support.asking import DEMO, Ask, upload
from tests.support.import_pages import work
from tests.support.people import signed_in

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation import storage
from nianjian.features.reconciliation.models import Difference, Proposal, Run
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.home import wiring
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import mappings
from nianjian.platform.registers.storage import import_sheet

pytestmark = pytest.mark.django_db
HOME = "/e/demo/reconcile/"
BOSS = Actor("tester")


@pytest.fixture
def lead(db: None, home: Path, keys: None) -> Client:
    add_enterprise(code="demo", name="示范", province="北京", actor=BOSS)
    path = home / "lines.csv"
    path.write_text("线路编号,名称,状态,启用日期\nL01,甲,启用,2025-01-01\n", encoding="utf-8")
    import_sheet(kind="lines", path=path, enterprise="demo", actor=BOSS)
    return signed_in("anna", "compliance_lead", "demo")


def test_from_the_export_to_a_passed_run(lead: Client) -> None:
    assert "还没有比对" in lead.get(HOME).content.decode()
    refused = lead.post(f"{HOME}new/", {"what": "filing", "kind": "lines"})
    assert refused.status_code == 422
    export = SimpleUploadedFile("export.csv", "线路编号,名称,启用日期\nL01,乙,2025-01-01\n".encode(), "text/csv")
    response = lead.post(f"{HOME}new/", {"what": "filing", "kind": "lines", "file": export, "as_of": "2026-12-31"})
    assert response.status_code == 302
    work()
    job_page = lead.get(response.headers["Location"]).content.decode()
    (address,) = set(re.findall(rf'href="({HOME}C[0-9a-f]+/)"', job_page))
    page = lead.get(address).content.decode()
    assert "有未处理差异" in page
    (one,) = set(re.findall(rf'href="({address}differences/\d+/)"', page))
    waits = re.search(rf'<a href="{address}\?state=open">([^<]+)</a>', lead.get("/e/demo/").content.decode())
    assert waits
    assert waits[1] == "处理 1 处差异：中继线"
    assert one in lead.get(f"{address}?state=open").content.decode()
    detail = lead.get(one).content.decode()
    assert "甲" in detail
    assert "乙" in detail
    lacking = lead.post(one, {"state": "explained", "owner": "王五"})
    assert lacking.status_code == 422
    assert Difference.objects.get().state == "open"
    done = lead.post(one, {"state": "explained", "owner": "王五", "cause": "名称未更新"}, follow=True).content.decode()
    assert "通过" in done
    assert "处差异" not in lead.get("/e/demo/").content.decode()
    sheet = lead.post(f"{address}sheet/")
    assert sheet.content.startswith(b"PK")
    narrowed = lead.get(f"{address}?state=open").content.decode()
    assert "没有符合条件的差异" in narrowed


def test_people_are_masked_until_somebody_looks_and_decides(lead: Client) -> None:
    who = "11010519491231002X"
    row = Difference(
        key="b" * 64, result="lacks_wage", state="open", month="2026-03",
        label=f'{{"name": "张三", "identity": "{who}", "seat": "S1"}}',
    )  # fmt: skip
    details = f'{{"name": "张叁", "account": "1234", "person": "张三", "identity": "{who}"}}'
    pair = Proposal(kind="name", subject="1" * 64, person="2" * 64, told=details, likeness=50)
    matrix = {"2026-03": {"lacks_wage": {"count": 1, "explained": 0}}}
    run = Run(
        enterprise_id="demo", kind="people", as_of=date(2026, 3, 31), first=date(2026, 3, 1),
        counts={"lacks_wage": 1}, told={"matrix": matrix},
    )  # fmt: skip
    storage.store_run(run=run, differences=[row], proposals=[pair], actor=BOSS)
    page = lead.get(f"{HOME}{run.pk}/").content.decode()
    assert who not in page
    assert "张叁" not in page
    assert "2026-03" in page
    proposal = Proposal.objects.get()
    full = lead.post(f"{HOME}{run.pk}/pairs/{proposal.pk}/reveal/").content.decode()
    assert who in full
    assert "张叁" in full
    difference = Difference.objects.get()
    assert who in lead.post(f"{HOME}{run.pk}/differences/{difference.pk}/reveal/").content.decode()
    assert lead.post(f"{HOME}{run.pk}/pairs/{proposal.pk}/", {"decision": "confirm"}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("confirmed", "user:anna")
    reader = signed_in("ivy", "tester", "demo")
    assert reader.get(f"{HOME}{run.pk}/").status_code == 200
    assert reader.post(f"{HOME}{run.pk}/pairs/{proposal.pk}/reveal/").status_code == 403
    assert reader.post(f"{HOME}{run.pk}/sheet/").status_code == 403
    assert Run.objects.count() == 1


def test_call_sources_are_drawn_and_told(lead: Client) -> None:
    details = {"by_day": [{"day": "2026-03-02", "calls": {"crm": 2, "switch": 4}}], "sources": ["crm", "switch"]}
    row = Difference(
        key="2026-03-02|L1", result="parted", state="open", likely="answered_only",
        label='{"day": "2026-03-02", "line": "L1"}', fields='{"crm": ["2", "2"], "switch": ["4", "2"]}',
    )  # fmt: skip
    run = Run(
        enterprise_id="demo", kind="sources", as_of=date(2026, 3, 2), first=date(2026, 3, 1),
        counts={"same": 0, "parted": 1}, told=details,
    )  # fmt: skip
    storage.store_run(run=run, differences=[row], actor=BOSS)
    page = lead.get(f"{HOME}{run.pk}/").content.decode()
    assert '<li class="lines s1">crm 2</li><li class="lines s2">switch 4</li>' in page
    assert "<tspan" in page
    assert '<td>2026-03-02</td><td class="n">2</td><td class="n">4</td>' in page, "the same as a table"
    assert "某来源只有接通的呼叫" in page
    assert "更正单" not in page
    assert "switch" in lead.get(f"{HOME}{run.pk}/differences/{Difference.objects.get().pk}/").content.decode()


def _csv(name: str, text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/csv")


def test_headings_of_an_export_that_nobody_knows_are_chosen_on_the_page(lead: Client) -> None:
    text = "资源号,叫法,开\nL01,甲,01/01/2025\n"
    form = {"what": "filing", "kind": "lines", "as_of": "2026-12-31"}
    first = lead.post(f"{HOME}new/", form | {"file": _csv("e.csv", text)})
    assert first.status_code == 422  # nothing was put: the page offers the headings instead
    page = first.content.decode()
    assert "资源号 – L01" in page
    assert not Run.objects.exists()
    chosen = {"heading_line_id": "资源号", "heading_name": "叫法", "heading_opened_on": "开"}
    faulty = lead.post(f"{HOME}new/look/", form | chosen | {"file": _csv("e.csv", text)}).content.decode()
    assert "第 2 行，开" in faulty
    chosen |= {"dates": "%d/%m/%Y"}
    sound = lead.post(f"{HOME}new/look/", form | chosen | {"file": _csv("e.csv", text)}).content.decode()
    assert "共 1 行，均可读取" in sound
    done = lead.post(f"{HOME}new/", form | chosen | {"file": _csv("e.csv", text), "keep_as": "某省导出"})
    assert done.status_code == 302
    work()
    assert Run.objects.get().counts == {"same": 1, "only_ours": 0, "only_theirs": 0, "field_differs": 0}
    again = lead.post(f"{HOME}new/", form | {"kept": "某省导出", "file": _csv("e.csv", text)})
    assert again.status_code == 302
    work()
    assert [one.counts["same"] for one in Run.objects.all()] == [1, 1]
    assert mappings.list_mapping_names("demo") == []  # it is none of call records
    with pytest.raises(NianjianError, match="mapping_name_taken"):
        mappings.save_mapping(enterprise="demo", name="某省导出", data={"columns": {}}, actor=BOSS)


def test_a_carriers_bill_with_headings_of_its_own(lead: Client) -> None:
    text = "账单日,中继,条数,分钟\n2026-03-02,L01,2,2.5\n"
    bill = {"what": "bill", "together": "on"}
    assert lead.post(f"{HOME}new/look/", bill).status_code == 422
    seen = lead.post(f"{HOME}new/look/", bill | {"file": _csv("b.csv", text)}).content.decode()
    assert "账单日 – 2026-03-02" in seen
    chosen = {"heading_period": "账单日", "heading_calls": "条数", "heading_minutes": "分钟", "timezone": "UTC"}
    chosen["unit"] = "6"
    wrong = lead.post(f"{HOME}new/", bill | chosen | {"file": _csv("b.csv", text), "timezone": "Mars"})
    assert wrong.status_code == 422
    done = lead.post(f"{HOME}new/", bill | chosen | {"file": _csv("b.csv", text)})
    assert done.status_code == 302
    work()
    run = Run.objects.get()
    assert (run.counts, run.told["bill_unit"], run.file) == ({"same": 0, "parted": 1}, 6, "b.csv")
    page = lead.get(f"{HOME}{run.pk}/").content.decode()
    assert "b.csv" in page
    one = lead.get(f"{HOME}{run.pk}/differences/{Difference.objects.get().pk}/").content.decode()
    assert "carrier-bill" in one
    assert "2.50" in one
    assert lead.post(f"{HOME}new/", bill | {"file": _csv("b.csv", text), "words": "x"}).status_code == 422


def test_switches_beside_each_other_are_said_on_the_page(lead: Client) -> None:
    at = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- wall time
    rows = [
        {"source": source, "call_id": f"{source}{n}", "start_ts": at, "line_id": "L1", "answered": False,
         "direction": "out", "test": False, "leg": "customer", "part": "2026-03"}
        for source, count in (("asterisk", 3), ("freeswitch", 1), ("crm", 4)) for n in range(count)
    ]  # fmt: skip
    data.append(wiring.lake("demo"), rows, "b0")
    days = {"what": "sources", "first": "2026-03-02", "last": "2026-03-02"}
    for beside, parted in (("", 1), ("asterisk，freeswitch", 0)):
        assert lead.post(f"{HOME}new/", days | {"beside": beside}).status_code == 302
        work()
        run = Run.objects.order_by("-made_at")[0]
        assert run.counts == {"same": 1 - parted, "parted": parted}
    assert "asterisk + freeswitch · crm" in lead.get(f"{HOME}{run.pk}/").content.decode()
    assert lead.post(f"{HOME}new/", days | {"beside": "9" * 5000}).status_code == 422
    assert "各来源都是并列的交换机：合计" in lead.get(f"{HOME}new/").content.decode()
    assert lead.post(f"{HOME}new/", days | {"together": "on"}).status_code == 302
    work()
    whole = Run.objects.order_by("-made_at")[0]
    assert (whole.told["together"], whole.told["sources"]) == (True, ["records"])
    assert "没有可比对的" in lead.get(f"{HOME}{whole.pk}/").content.decode()


BILLS = f"{DEMO}/reconciliations/bills"
BILL = "账期,线路编号,通话数,计费分钟\n2026-03-02,L01,2,2.5\n".encode()


def test_who_only_reads_has_no_bill_compared(api: Ask) -> None:
    assert upload(api("tester"), BILLS, BILL, name="bill.csv").status_code == 403
    assert not Job.objects.exists()


def test_a_bill_is_compared_and_told_with_its_minutes(api: Ask) -> None:
    lead = api("compliance_lead")
    response = upload(lead, BILLS, BILL, name="bill.csv", together="true")
    assert response.status_code == 202, response.content
    work()
    job = Job.objects.get()
    assert (job.state, job.result["counts"]) == ("done", {"same": 0, "parted": 1})
    (one,) = lead.get(f"{DEMO}/reconciliations/{job.result['run']}/differences").json()["items"]
    assert one["fields"]["carrier-bill"] == {"calls": 2, "answered": None, "minutes": "2.50"}
    wrong = upload(lead, BILLS, BILL, name="b.csv", mapping="unit: 7")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "mapping_invalid")
