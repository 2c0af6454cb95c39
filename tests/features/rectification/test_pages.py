"""A case on its pages: from the form of the notice to the report, and who may do what."""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.support import portrait_data as data
from tests.support.bad_channel import HEADER, PDF, TODAY, calls, complaints, stay
from tests.support.import_pages import work
from tests.support.people import signed_in
from tests.support.worlds import begin

from nianjian.engines.kernel import clock
from nianjian.features.approvals.operations import approve
from nianjian.features.complaints import operations
from nianjian.features.dial_policy.operations import set_mode
from nianjian.features.portrait.operations import run_portrait
from nianjian.features.rectification import evidence, reports
from nianjian.features.rectification.models import Event
from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.service import add_enterprise, set_own_display_name
from nianjian.platform.home import wiring
from nianjian.platform.jobs import query
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import gate_policies as policies
from nianjian.platform.registers.storage import import_sheet
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db
HOME = "/e/demo/rectification/"


@pytest.fixture
def lead(db: None, home: Path, keys: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A lead of an enterprise with a bad channel; ten days later."""
    stay(monkeypatch)
    monkeypatch.setenv("NIANJIAN_TODAY", (TODAY + timedelta(days=10)).isoformat())
    begin("bad channel of pages", home, lambda: _fill(home))
    return signed_in("anna", "compliance_lead", "demo")


def _fill(home: Path) -> None:
    boss = Actor("tester")
    add_enterprise(code="demo", name="示范", province="北京", actor=boss)
    data.append(wiring.lake("demo"), calls(), "b0")
    for kind, header, rows in (
        ("lines", "线路编号,状态", [("L1", "在用"), ("L2", "在用"), ("L3", "在用")]),
        ("complaints", HEADER, complaints()),
    ):
        path = home / f"{kind}.csv"
        path.write_text("\n".join([header, *(",".join(row) for row in rows)]), encoding="utf-8")
        import_sheet(kind=kind, path=path, enterprise="demo", actor=boss)


@pytest.fixture
def case(lead: Client, home: Path) -> str:
    """A case of the lead whose cause is located; its address."""

    def locate() -> str:
        case = opened(lead)
        located(lead, case)
        return case

    address = begin("located case", home, locate)
    lead.force_login(User.objects.get(pk="anna"))
    return address


def opened(client: Client) -> str:
    notice = SimpleUploadedFile("通知书.pdf", PDF, "application/pdf")
    body = {
        "received": TODAY.isoformat(),
        "due": "",
        "number": "京通管改1号",
        "causes": "历史投诉率偏高",
        "file": notice,
    }
    answer = client.post(f"{HOME}open/", body)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["location"])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def worked(client: Client, address: str, body: dict[str, str] | None = None) -> str:
    """Ask for long work on a page and let the worker do it; the page of the job."""
    answer = client.post(address, body or {})
    assert answer.status_code == 302, answer.content.decode()
    assert "/data/jobs/" in answer.headers["location"]
    work()
    return text(client, answer.headers["location"])


def located(client: Client, case: str) -> str:
    """Locate in the last month; the page of the job."""
    days = {"first": (TODAY - timedelta(days=30)).isoformat(), "last": TODAY.isoformat()}
    return worked(client, f"{case}locate/run/", days)


def behind(page: str) -> str:
    """The address of the complaints behind L1 on the page of a location."""
    (address,) = set(re.findall(r'href="([^"]*complaints/[^"]*key=L1[^"]*)"', page))
    return address.replace("&amp;", "&")


def isolated(client: Client, case: str) -> None:
    """Isolate L1, by two persons."""
    body = {"key": "line", "channel": "L1", "cap": "30", "reason": "投诉集中", "end": "投诉下降"}
    assert client.post(f"{case}isolate/", body).status_code == 302
    (approval,) = re.findall(r'href="(/e/demo/approvals/A\w+/)"', text(client, f"{case}isolate/"))
    second = signed_in("bo", "compliance_lead", "demo")
    assert "L1" in text(second, approval)
    second.post(approval, {"decision": "yes"})


def test_what_lacks_at_the_gate_leads_there(lead: Client, case: str) -> None:
    isolated(lead, case)
    assert "查看拨前闸" not in text(lead, case)
    asked = set_mode(enterprise="demo", enforce=False, reason="试运行", actor=Actor("anna", USER))
    approve(approval=str(asked.approval), actor=Actor("bo", USER))
    page = text(lead, case)
    assert "拨前闸处于试运行" in page
    assert re.search(r'href="/e/demo/gate/"\s*>\s*查看拨前闸', page)


def test_who_has_nobody_to_decide_is_led_to_a_colleague_and_a_request_is_withdrawn_where_it_was_made(
    lead: Client,
) -> None:
    case = opened(lead)
    alone = text(lead, f"{case}isolate/")
    assert 'name="channel"' not in alone
    assert "请联系管理员添加" in alone or "邀请同事" in alone
    signed_in("bo", "compliance_lead", "demo")
    assert 'name="channel"' in text(lead, f"{case}isolate/")
    body = {"key": "line", "channel": "L1", "cap": "30", "reason": "投诉集中", "end": "投诉下降"}
    page = lead.post(f"{case}isolate/", body, follow=True).content.decode()
    note = page.partition('<div class="messages"')[2].partition("</form>")[0]
    action, values = re.search(r'action="([^"]+)"', note), dict(re.findall(r'name="(\w+)" value="([^"]*)"', note))
    assert action
    assert "等待批准人审批" in page
    lead.post(action[1], values)
    assert "等待批准人审批" not in text(lead, f"{case}isolate/")


def test_an_isolation_needs_no_case_and_is_lifted_without_one(lead: Client) -> None:
    second = signed_in("bo", "compliance_lead", "demo")
    page = f"{HOME}isolate/?key=line&channel=L1"
    assert re.search(r'name="channel"[^>]*value="L1"', text(lead, page))
    assert 'value="L1"' not in text(lead, f"{HOME}isolate/"), "nothing was found of it"
    body = {"key": "line", "channel": "L1", "cap": "30", "reason": "投诉集中", "end": "投诉下降"}
    waits = lead.post(page, body, follow=True).content.decode()
    assert "等待批准人审批" in waits
    assert not re.search(r'name="channel"[^>]*value="L1"', text(lead, page)), "it is asked for already"
    (approval,) = re.findall(r'href="(/e/demo/approvals/A\w+/)">等待', waits)
    second.post(approval, {"decision": "yes"})
    assert re.search(rf'<td[^>]*>\s*<a\s+href="{HOME}isolate/"', text(lead, f"{HOME}isolated/"))
    (order,) = re.findall(r'name="order" value="(\w+)"', text(lead, f"{HOME}isolate/"))
    answer = lead.post(f"{HOME}isolate/lift/", {"order": order, "reason": "复核合格"}, follow=True)
    (approval,) = re.findall(r'href="(/e/demo/approvals/A\w+/)">等待', answer.content.decode())
    second.post(approval, {"decision": "yes"})
    empty = text(lead, f"{HOME}isolated/")
    assert "没有已隔离的通道" in empty
    assert f'<a class="button primary" href="{HOME}isolate/">隔离通道</a>' in empty
    assert f'href="{HOME}isolate/"' not in text(signed_in("ivan", "tester", "demo"), f"{HOME}isolated/")
    case = opened(lead)
    assert lead.get(page).headers["location"] == f"{case}isolate/?key=line&channel=L1", "it belongs to the case"


def test_from_the_notice_to_the_report(lead: Client) -> None:
    case = opened(lead)
    assert "京通管改1号" in text(lead, HOME)
    assert "尚未定位" in text(lead, case)
    assert f'href="{case}locate/"' in located(lead, case)
    page = text(lead, f"{case}locate/")
    assert "线路 L1" in page
    assert re.search(r'<a href="[^"]*key=L1"><rect class="hit"', page), "a bar leads to its complaints"
    assert behind(page)
    assert "13900000000" not in page
    signed_in("bo", "compliance_lead", "demo")
    form = text(lead, f"{case}isolate/")
    assert 'value="L1"' in form
    body = {"key": "line", "channel": "L1", "cap": "30", "reason": "投诉集中", "end": "投诉下降"}
    assert lead.post(f"{case}isolate/", body | {"channel": "L9"}).status_code == 422
    isolated(lead, case)
    standing = policies.find_policy_in_force("demo", "channel", "L1")
    assert standing is not None
    assert standing.values == {"cap": 30, "white_list": True}
    form = text(lead, f"{case}isolate/")
    assert 'value="L1"' not in form, "it is isolated already"
    assert re.search(r"<td[^>]*>ann?\w*</td>\s*<td[^>]*>bo</td>", form), "who asked and who approved"
    assert re.search(r"有效 (今天|\d+月\d+日) \d\d:\d\d<", form)
    worked(lead, f"{case}end/", {"act": "measure"})
    body = {"text": "每周抽查", "owner": "王五", "due": TODAY.isoformat(), "every": "7"}
    lead.post(f"{case}tasks/", body)
    (measure,) = re.findall(r'name="done" value="(\d+)"', text(lead, case))
    lead.post(f"{case}tasks/", {"done": measure})
    paper = SimpleUploadedFile("报告.pdf", PDF + b"2", "application/pdf")
    paper_form = {
        "kind": "test_report",
        "file": paper,
        "issuer": "某中心",
        "number": "1",
        "scope": "线路L1",
        "dated": str(TODAY + timedelta(days=1)),
    }
    lead.post(f"{case}paper/", paper_form)
    (number,) = re.findall(r'name="read" value="(\d+)"', text(lead, case))
    lead.post(f"{case}paper/", {"read": number})
    assert "已通读并确认" in text(lead, case)
    assert "已就绪" not in text(lead, case)
    assert "已无未完成事项" in worked(lead, f"{case}end/", {"act": "check"})
    assert "已就绪" in text(lead, case)
    page = worked(lead, f"{case}report/docx/")
    (file,) = re.findall(r'href="([^"]*/reports/J\w+/)"', page)
    answer = lead.get(file)
    assert "draft" not in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert "每周抽查" in book.read("word/document.xml").decode()
    assert "已于" in worked(lead, f"{case}end/", {"act": "submit"})
    worked(lead, f"{case}end/", {"act": "close", "check": "复核"})
    assert "每周抽查" in text(lead, f"{HOME}watch/")
    order = re.findall(r'name="order" value="(\w+)"', text(lead, f"{case}isolate/"))[0]
    lead.post(f"{case}lift/", {"order": order, "reason": "已整改"})
    assert "等待批准人审批" in text(lead, f"{case}isolate/")


def test_no_act_can_be_pressed_before_its_time_and_the_page_says_why(lead: Client, case: str) -> None:
    fresh = opened(lead)
    page = text(lead, fresh)
    assert "nianjian rectify" not in page
    assert f'action="{fresh}locate/run/"' in page
    for act in ("measure", "submit", "close"):
        assert f'value="{act}"' not in page, "its step has not come"
        assert lead.post(f"{fresh}end/", {"act": act, "check": "复核"}).status_code == 409, act
    assert not query.under_way("demo")
    assert f'<a class="button primary" href="{case}isolate/">' in text(lead, case)
    isolated(lead, case)
    assert re.search(r'value="measure"\s*>', text(lead, case))
    lead.post(f"{case}end/", {"act": "measure"})
    lead.post(f"{case}end/", {"act": "measure"})
    assert len(query.under_way("demo")) == 1
    page = text(lead, case)
    assert re.search(r'value="measure"\s+disabled', page)
    assert "该任务正在进行" in page


def test_what_was_reported_must_hold_when_it_is_handed_in(lead: Client) -> None:
    case = opened(lead)
    number = case.rstrip("/").rpartition("/")[2]
    for place, step in enumerate(("located", "isolated", "measured", "reported")):
        Event(case_id=number, step=step, at=clock.now(), actor="t", data={"place": place}).save()
    page = text(lead, case)
    assert re.search(r'value="submit"\s+disabled', page)
    answer = lead.post(f"{case}end/", {"act": "submit"})
    assert answer.status_code == 409
    assert "尚无通道被隔离" in answer.content.decode()


def test_looking_writes_nothing_into_the_lake(lead: Client, case: str) -> None:
    lake = wiring.lake("demo")
    operations.open_ticket(enterprise="demo", texts={"source": "12321", "reference": "unseen-1"}, actor=Actor("tester"))
    before = lake.snapshot()
    reader = signed_in("carl", "auditor", "demo")
    address = behind(text(reader, f"{case}locate/"))
    assert ".wav" not in text(reader, address)
    assert not query.under_way("demo")
    assert '<form method="post" action="?' not in text(reader, address)
    assert lead.post(address).status_code == 302
    assert 'id="progress"' in text(reader, address)
    work()
    page = text(reader, address)
    assert ".wav" in page
    assert "发布时的状态" in page
    assert "unseen-1" not in page
    for place in (case, f"{case}?check=1", f"{case}locate/", f"{HOME}watch/", HOME):
        text(reader, place)
    assert lake.snapshot() == before
    located(lead, case)
    assert lake.snapshot() != before


def test_after_a_look_that_failed_or_was_stopped_one_can_look_again(lead: Client, case: str) -> None:
    address = behind(text(lead, f"{case}locate/"))
    again = re.compile(r'<form method="post" action="\?group=line&amp;key=L1&amp;page=1">')
    assert again.search(text(lead, address))
    for state, error in (("stopped", {}), ("failed", {"code": "engine_missing", "values": {}})):
        lead.post(address)
        assert not again.search(text(lead, address))
        Job.objects.filter(state=Job.WAITING).update(state=state, error=error, finished_at=clock.now())
        page = text(lead, address)
        assert 'id="progress"' in page
        assert again.search(page)
    lead.post(address)
    work()
    assert ".wav" in text(lead, address)
    lead.post(address)
    page = text(lead, address)
    assert ".wav" in page
    assert 'id="progress"' in page
    Job.objects.filter(state=Job.WAITING).update(state="stopped", finished_at=clock.now())
    page = text(lead, address)
    assert ".wav" in page
    assert again.search(page)


def test_only_groups_that_are_named_in_full_are_looked_up(lead: Client, case: str) -> None:
    assert lead.post(f"{opened(lead)}complaints/?group=line&key=L1").status_code == 409  # nothing is located yet
    behind_it = f"{case}complaints/?group="
    for group in ("line&key=L9", "complainant&key=13900000000", "complainant&key=139****0000", "team&key=L1"):
        answer = lead.post(f"{behind_it}{group}")
        assert answer.status_code == 409, group
        # the form that switches the language leads back to the address that was asked for
        page = re.sub(r'<input[^>]* name="back"[^>]*>', "", answer.content.decode())
        assert "13900000000" not in page
    assert not query.under_way("demo")
    assert lead.post(f"{behind_it}line&key=L1").status_code == 302


def test_complaints_that_were_looked_up_are_kept_for_a_week(lead: Client, case: str) -> None:
    address = behind(text(lead, f"{case}locate/"))
    lead.post(address)
    work()
    assert ".wav" in text(lead, address)
    assert evidence.delete_expired_lookups() == 0
    Job.objects.update(finished_at=clock.now() - evidence.LOOKUP_RETENTION)
    assert evidence.delete_expired_lookups() == 1
    assert evidence.delete_expired_lookups() == 0
    (job,) = Job.objects.filter(kind="rectify.tickets")
    assert not {"tickets", "key"} & {*job.payload, *job.result}
    page = text(lead, address)
    assert ".wav" not in page
    assert '<form method="post" action="?' in page


def test_a_report_is_kept_for_a_week(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(lead)
    page = worked(lead, f"{case}report/pdf/")
    (file,) = re.findall(r'href="([^"]*/reports/J\w+/)"', page)
    assert lead.get(file).content.startswith(b"%PDF")
    assert "-draft.pdf" in lead.get(file).headers["content-disposition"]
    assert lead.get(file.replace("/reports/J", "/reports/K")).status_code == 404
    assert reports.delete_expired_reports() == 0
    Job.objects.update(finished_at=clock.now() - reports.REPORT_RETENTION)
    stored = set(blobs.blobs())
    assert reports.delete_expired_reports() == 1
    assert len(stored - set(blobs.blobs())) == 1
    assert lead.get(file).status_code == 404


def test_a_case_of_another_enterprise_is_not_there(lead: Client) -> None:
    case = opened(lead)
    add_enterprise(code="other", name="别家", province="北京", actor=Actor("tester"))
    everywhere = signed_in("root2")
    assert everywhere.get(case.replace("/demo/", "/other/")).status_code == 404
    assert everywhere.get(f"{HOME}R00000000/").status_code == 404


def test_the_forms_say_what_is_wrong(lead: Client) -> None:
    answer = lead.post(f"{HOME}open/", {"received": "2026-05-06", "due": "2026-05-05", "causes": ""})
    assert answer.status_code == 422
    assert "早于签收日" in answer.content.decode()
    body = {"licence": "浙B2-20080101", "since": "2026-06-01", "source": "省管局来函"}
    assert lead.post(f"{HOME}watch/", body).status_code == 302
    assert lead.post(f"{HOME}watch/", body).status_code == 422
    assert "浙B2-20080101" in text(lead, f"{HOME}watch/")


def test_a_metric_without_figures_is_not_within_the_stricter_limits(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R8, and in the January after, when no portrait of the new year exists."""
    flag = {"licence": "京B2-20080101", "since": "2026-06-01", "source": "北京市通信管理局"}
    assert lead.post(f"{HOME}watch/", flag).status_code == 302
    run_portrait(enterprise="demo", year=TODAY.year, as_of=None, province=None, today=None, raw=False, actor=Actor("x"))
    monkeypatch.setenv("NIANJIAN_TODAY", f"{TODAY.year + 1}-01-11")
    page = text(lead, f"{HOME}watch/")
    assert f"按更严的内部限值看 {TODAY.year} 数据年度" in page
    rows = dict(re.findall(r'<tr>\s*<td data-label="指标">([^<]+)</td>(.*?)</tr>', page, re.DOTALL))
    assert "未证明" in rows["坐席空置率"], "there is no seat"
    assert "触及" in rows["投诉率"]


def test_papers_and_pages_call_people_and_channels_by_their_names(lead: Client, home: Path) -> None:
    path = home / "teams.csv"
    before, later = (TODAY + timedelta(days=days) for days in (-60, 5))
    for kind, rows in (
        ("teams", f"团队编号,名称,变更日期\nT03,速达外包,{before}"),
        ("teams", f"团队编号,名称,变更日期\nT03,改名外包,{later}"),  # after the location
        ("lines", f"线路编号,团队,变更日期\nL1,T03,{before}"),
    ):
        path.write_text(rows, encoding="utf-8")
        import_sheet(kind=kind, path=path, enterprise="demo", actor=Actor("tester"))
    case = opened(lead)
    located(lead, case)
    isolated(lead, case)
    set_own_display_name(display_name="李敏", actor=Actor("anna", "user"))
    set_own_display_name(display_name="李敏", actor=Actor("bo", "user"))
    assert "李敏（anna）" in text(lead, f"{case}isolate/")
    set_own_display_name(display_name="王强", actor=Actor("bo", "user"))
    page = worked(lead, f"{case}report/docx/")
    (file,) = re.findall(r'href="([^"]*/reports/J\w+/)"', page)
    with zipfile.ZipFile(io.BytesIO(lead.get(file).content)) as book:
        paper = re.sub(r"<[^>]+>", "", book.read("word/document.xml").decode())
    assert "经李敏提出、王强批准，对线路L1 速达外包" in paper
    pages = [text(lead, address) for address in (case, f"{case}locate/", f"{case}isolate/")]
    (approval,) = re.findall(r'href="(/e/demo/approvals/A\w+/)"', text(lead, "/e/demo/approvals/"))
    approved = text(lead, approval)
    assert all(part in approved for part in ("李敏", "王强", "L1 速达外包"))
    assert all("L1 速达外包" in page for page in pages[1:])
    assert pages[0].count("李敏 + 王强") == 2, "who isolated: on the line of the step, and in the course of the case"
    assert not [one for one in (paper, approved, *pages) if "user:" in one]
