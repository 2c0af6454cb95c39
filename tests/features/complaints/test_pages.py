"""Pages of tickets: the list, a ticket with every act, forward lists, the public page of a number."""

import io
import itertools
import re
import zipfile
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from tests.features.complaints.conftest import BOSS, ago, opened
from tests.support.claims import list_sentences
from tests.support.import_pages import work
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.paper.typeset import qr_png
from nianjian.features.complaints import forwards, one_click, operations
from nianjian.features.complaints.forms import Filter
from nianjian.features.complaints.models import Complaint, Door, Proposal
from nianjian.features.complaints.queries import list_tickets, load_channels, load_current_tickets
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_user
from nianjian.platform.audit.query import acts
from nianjian.platform.claims.models import STANDING
from nianjian.platform.claims.storage import store_statements
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import storage
from nianjian.platform.registers.overlays import Overlay
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tickets"), pytest.mark.postgres]
HOME = "/e/demo/complaints/"
ROW: Any = {"enterprise": "demo", "since": None, "reason": "", "actor": BOSS}
PNG = b"\x89PNG\r\n\x1a\n picture"


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return str(answer.content.decode())


def names(page: str) -> list[str]:
    return re.findall(r'data-row="/e/demo/complaints/t/([^/"]+)/"', page)


def row(ticket: str = "I1") -> Complaint:
    return load_current_tickets("demo", [ticket])[ticket]


def act(client: Client, act: str, ticket: str = "I1", **data: object) -> Any:
    return client.post(f"{HOME}t/{ticket}/act/{act}/", {"version": row(ticket).pk} | data)


LEFT = {"late": "逾期 1 小时 0 分", "soon": "还有 15 分", "young": "还有 1 小时 30 分"}


@pytest.mark.parametrize(("hour", "order"), [(12, ["late", "soon", "young"]), (1, ["young", "late", "soon"])])
def test_of_those_that_came_on_one_day_the_first_due_stands_first_with_the_time_left(
    officer: Client, monkeypatch: pytest.MonkeyPatch, hour: int, order: list[str]
) -> None:
    there = datetime.combine(clock.today(), time(hour), clock.ZONE).astimezone(UTC)
    monkeypatch.setattr(clock, "now", lambda: there)
    for name, hours in (("late", 3), ("young", 0.5), ("soon", 1.75)):
        opened(name, arrived_at=ago(hours))
    assert names(page := text(officer.get(HOME))) == order
    assert re.findall(r'aria-label="([^"]+), 查看 \w+"', page) == [LEFT[name] for name in order]
    assert "13800138000" not in page
    officer.cookies["COLUMNS-complaints"] = "complainant"
    page = text(officer.get(f"{HOME}?sort=-ticket"))
    assert names(page) == ["young", "soon", "late"]
    assert "138****8000" in page


def test_what_is_overdue_stands_first_on_overview_season_and_list_and_at_the_line(
    officer: Client, outsourcer: Client
) -> None:
    before = text(officer.get("/e/demo/"))
    assert "逾期未办结" not in before + text(officer.get("/e/demo/season/"))
    assert count_at_the_line(before) == []
    for name, hours, team in (("hour", 1.0, ""), ("three", 3.0, "T1"), ("years", 9600.0, "T2")):
        opened(name, arrived_at=ago(hours), team_id=team)
    opened("drilled", arrived_at=ago(9600), drill="是")
    address, (year, month, day) = "/e/demo/complaints/?hand=overdue&amp;drill=no", map(int, ago(9598)[:10].split("-"))
    match = re.search(r'id="obstacles">\s*<li><a href="([^"]+)">([^<]+)</a>', text(officer.get("/e/demo/season/")))
    assert match
    assert match[1] == address
    assert match[2].startswith(f"2 张投诉工单逾期未办结；最早的 years 自{year}年{month}月{day}日起")
    overview, listed = text(officer.get("/e/demo/")), text(officer.get(address.replace("&amp;", "&")))
    first = overview.split('class="worklist"')[1].split("</li>")[0]
    assert address in first
    assert "办结 2 张逾期投诉工单" in first
    assert names(listed) == ["three", "years"], "by age, today's first"
    assert count_at_the_line(overview) == count_at_the_line(listed) == ["2"], "as the page of the day counts"
    assert count_at_the_line(text(outsourcer.get(HOME))) == ["1"]


def count_at_the_line(page: str) -> list[str]:
    return re.findall(r'class="count urgent">\s*(\d+)', page.partition("</aside>")[0])


def test_each_view_and_each_filter_shows_its_own(officer: Client) -> None:
    storage.create_row(kind="teams", texts={"team_id": "T1", "name": "速达外包"}, **ROW)
    storage.create_row(kind="lines", texts={"line_id": "L1", "name": "中继一", "team": "T1"}, **ROW)
    opened("out")
    operations.exclude(enterprise="demo", complaint="out", exclusion="not_accepted", actor=BOSS)
    opened("drill", drill="是")
    opened("A1", line_id="L1", category="骚扰", reference="JB-7", complainant="13800139999", assignee="olga")
    opened("B1", category="营销", source="企业", team_id="T1")
    channels = load_channels("demo")
    for query, expected in (
        ("", "A1 B1"), ("state=all", "A1 B1 out"), ("state=excluded", "out"), ("assignee=olga", "A1"),
        ("unassigned=on", "B1"), ("drill=yes", "drill"), ("state=nonsense&hand=x", "A1 B1"), ("hand=met", ""),
        ("line=L1", "A1"), ("team=T1", "A1 B1"), ("kind=营销", "B1"), ("source=enterprise", "B1"), ("q=a", "A1"),
        ("q=jb-", "A1"), ("q=9999", "A1"), ("q=8000", "B1"), ("q=95013001", "A1 B1"),
    ):  # fmt: skip
        filters = Filter(QueryDict(query), channels=channels, categories=["骚扰", "营销"]).wanted()
        tickets = list_tickets(enterprise="demo", actor=BOSS, filters=filters).tickets()
        assert sorted(one.row.key for one in tickets) == expected.split(), query
    page = text(officer.get(f"{HOME}?state=nonsense&hand=x&page=zz"))
    assert sorted(names(page)) == ["A1", "B1"]
    views = re.search(r'<nav class="sub".*?</nav>', page, re.DOTALL)
    assert views
    labels = ["未办结 2", "我的 1", "无人认领 1", "待响应 2", "已办结", "演练 1"]
    assert re.findall(r">([^<>]+?)\s*</a>", views[0]) == labels
    row = page.partition('data-row="/e/demo/complaints/t/A1/"')[2].partition("</tr>")[0]
    assert re.search(r"L1</span>\s*速达外包", row), "a code never stands without its name"
    page = text(officer.get(f"{HOME}?unassigned=on&line=L1&q=zz"))
    assert "没有符合筛选的工单" in page
    assert f'href="{HOME}?unassigned=on"' in page, "the view stays when its filters are cleared"


def test_a_ticket_without_a_line_says_how_far_its_match_is_wherever_its_line_is_asked_for(officer: Client) -> None:
    storage.create_row(kind="lines", texts={"line_id": "L1", "name": "中继一"}, **ROW)
    opened("A1", line_id="L1", call_id="c-1")
    opened("B1")
    opened("C1")
    call = {"call_id": "c-2", "source": "x", "started": "2026-03-01T15:12:00", "line_id": "L1", "team_id": None}
    proposal = {"state": "proposed", "link": "day", "confidence": "low", "candidates": 2, "call": call}
    Proposal(enterprise_id="demo", key="C1", made_at=clock.now(), **proposal).save()
    page = text(officer.get(HOME))
    for ticket, words in (("B1", "未匹配通话"), ("C1", "通话待确认")):
        cells = page.partition(f'data-row="{HOME}t/{ticket}/"')[2].partition("</tr>")[0]
        assert words in cells, ticket
    narrowed = text(officer.get(f"{HOME}?line=L1"))
    assert names(narrowed) == ["A1"]
    assert "另有 2 件未办结工单未写明线路" in narrowed
    assert "未写明线路" not in page
    assert re.search("对应通话</h3>", narrowed)
    assert re.search("投诉人所述通话</h3>", text(officer.get(f"{HOME}?row=B1")))


def test_a_list_has_pages_and_stands_in_groups_by_age(officer: Client) -> None:
    for number in range(25):
        opened(f"I{number:02}", arrived_at=ago(0.01))
    opened("ancient", arrived_at=ago(2400))
    pages = [text(officer.get(f"{HOME}{query}")) for query in ("", "?page=2")]
    assert (len(names(pages[0])), names(pages[1])) == (25, ["ancient"])
    assert [re.findall(r'<tr class="group"><th[^>]*>(\w+)', page) for page in pages] == [["今天"], ["更早"]]


def test_a_ticket_is_answered_and_closed_beside_the_list(officer: Client) -> None:
    opened("I1", arrived_at=ago(1))
    opened("I2", arrived_at=ago(0.5))
    panel = text(officer.get(f"{HOME}?unassigned=on&row=I2")).partition('id="peek"')[2]
    assert f'action="{HOME}t/I2/act/respond/"' in panel
    assert f'href="{HOME}t/I2/"' in panel
    back = {"list": "unassigned=on"}
    answer = act(officer, "respond", text="已联系", **back)
    assert answer.headers["location"] == f"{HOME}?unassigned=on&row=I1&done=respond#peek"
    panel = text(officer.get(answer.headers["location"])).partition('id="peek"')[2]
    assert "I1 的响应已记录：" in panel
    assert f'action="{HOME}t/I1/act/close/"' in panel
    answer = act(officer, "close", callback="满意", result="致歉", **back)
    assert (row().callback_result, row().measures, row().closed_at) == ("满意", "致歉", row().called_back_at)
    assert [one.verb for one in acts()][:2] == ["complaints.close", "complaints.respond"], "one entry for both"
    page = text(officer.get(answer.headers["location"]))
    assert names(page) == ["I2"]
    panel = page.partition('id="peek"')[2]
    assert re.search(r"I1 已办结。 \d{4} 数据年度结案率：0.00 % → 50.00 %（1 / 2）。 指南口径：仍为黄灯。", panel), (
        panel
    )
    assert "还有 1 张未办结。" in panel
    assert 'row=I2">' in panel, "the next ticket"
    assert "I1 已办结" not in text(officer.get(f"{HOME}?row=I2&done=close")), "nobody claims what is not so"


def undo(page: str) -> tuple[str, dict[str, str]] | None:
    """Address and values of the form that takes the act back."""
    note = page.partition('<div class="note good"')[2].partition("</div>")[0]
    form = re.search(r'action="([^"]+)"', note)
    return (form[1], dict(re.findall(r'name="(\w+)" value="([^"]*)"', note))) if form else None


def test_an_act_is_taken_back_where_its_result_stands(officer: Client) -> None:
    opened("I1", arrived_at=ago(1))
    act(officer, "respond", text="已联系")
    page = act(officer, "close", callback="满意", result="致歉", list="unassigned=on").headers["location"]
    offered = undo(text(officer.get(page)))
    assert offered
    answer = officer.post(*offered)
    assert answer.headers["location"] == f"{HOME}?unassigned=on&row=I1&done=unclose#peek"
    assert (row().closed_at, row().called_back_at, row().measures) == (None, None, None)
    page = text(officer.get(answer.headers["location"]))
    assert "I1 的办结已撤回" in page
    assert undo(page) is None
    assert "撤回办结" in text(officer.post(*offered), 422), "it was taken back already"
    for name, data, field, was in (
        ("assign", {"assignee": "olga"}, "assignee", None),
        ("exclude", {"exclusion": "not_a_call"}, "exclusion", None),
    ):
        page = text(officer.get(act(officer, name, **data).headers["location"]))
        back = undo(page)
        assert back, name
        assert getattr(row(), field) != was
        assert officer.post(*back).status_code == 302, name
        assert getattr(row(), field) == was
    act(officer, "close", callback="满意", result="致歉")
    assert undo(text(signed_in("ann", "data_officer", "demo").get(f"{HOME}t/I1/?done=close"))) is None, "not hers"


def test_an_outsourcer_reads_of_no_other_team_and_sees_no_form(officer: Client, outsourcer: Client) -> None:
    for key, name in (("T1", "甲外包"), ("T2", "乙外包")):
        for kind, texts in (("teams", {"team_id": key, "name": name}), ("lines", {"line_id": f"L{key}", "team": key})):
            storage.create_row(kind=kind, texts=texts, **ROW)
    opened("I1", team_id="T1", line_id="LT1")
    page, every = (text(one.get(HOME)) for one in (outsourcer, officer))
    for word, visible in (("LT1", True), ("LT2", False), ("乙外包", False), ('name="team"', False)):
        assert (word in page, word in every) == (visible, True)
    assert names(page) == ["I1"]
    assert "<form" not in page.partition('id="peek"')[2].partition("</aside>")[0]
    assert 'name="row"' not in page.partition("<main")[2]
    assert "由可以办理工单的人办理；您只能查看" in text(outsourcer.get(f"{HOME}t/I1/"))


def test_the_list_is_taken_along(officer: Client) -> None:
    for name in ("I1", "I2", "I3"):
        opened(name)
    for query, data, expected in (
        ("", {"row": ["I1", "I2"]}, {"I1", "I2"}), ("?q=I3", {}, {"I3"}), ("?drill=yes", {}, set()),
    ):  # fmt: skip
        answer = officer.post(f"{HOME}export/{query}", data)
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            cells = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        assert {name for name in ("I1", "I2", "I3") if f">{name}<" in cells} == expected, query
        assert "13800138000" not in cells


def test_an_empty_list_says_what_to_do(officer: Client, outsourcer: Client) -> None:
    page = text(officer.get(HOME))
    assert "还没有投诉工单" in page
    assert f'href="{HOME}new/"' in page
    assert f"{HOME}match/" not in page
    assert f'href="{HOME}new/"' not in text(outsourcer.get(HOME))


def test_a_ticket_from_new_to_closed_and_again(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    opened("I1")
    real, passed = clock.now, itertools.count(1)
    assert 'name="result"' not in text(officer.get(f"{HOME}t/I1/")).partition('id="next"')[2].partition("</section>")[0]
    for name, data in (
        ("respond", {"text": "已联系"}),
        ("callback", {"result": "满意"}),
        ("close", {"result": "致歉", "upheld": "no"}),
        ("reopen", {"reason": "再次来电"}),
    ):
        later = timedelta(minutes=next(passed))  # people need more than a second, which is what a ticket keeps
        monkeypatch.setattr(clock, "now", lambda later=later: real() + later)
        assert act(officer, name, **data).status_code == 302, name
    assert row().upheld is False
    assert act(officer, "close", result="致歉").status_code == 422  # not without another call-back
    page = text(officer.get(f"{HOME}t/I1/"))
    assert page.index("再次来电") < page.index("已联系")
    assert not re.search(r"<dd>\s*满意", page), "what a complainant said is masked"


def test_a_refusal_stands_in_its_form_and_changes_nothing(officer: Client) -> None:
    opened("I1")
    seen = row().pk
    page = text(act(officer, "close", result="致歉"), 422)
    assert "回访" in page
    page = text(act(officer, "callback", result=""), 422)
    assert 'href="#callback_result"' in page
    assert '<details class="fold" open>' in page
    assert act(officer, "assign", assignee="1001").status_code == 422, "chosen among people"
    assert act(officer, "assign", assignee="olga").headers["location"] == f"{HOME}t/I1/?done=assign"
    assert "I1 的负责人：olga" in text(officer.get(f"{HOME}t/I1/?done=assign"))
    stale = officer.post(f"{HOME}t/I1/act/respond/", {"version": seen})
    assert stale.status_code == 422
    assert row().responded_at is None
    assert officer.post(f"{HOME}t/I1/act/nonsense/", {"version": seen}).status_code == 404
    assert act(officer, "respond", at="2999-01-01T00:00").status_code == 422


def test_exclude_as_duplicate_and_readmit(officer: Client) -> None:
    opened("I1")
    opened("I2")
    assert act(officer, "exclude", "I2", exclusion="duplicate", duplicate_of="I2").status_code == 422
    assert act(officer, "exclude", "I2", exclusion="duplicate", duplicate_of="I1").status_code == 302
    assert f'href="{HOME}t/I1/"' in text(officer.get(f"{HOME}t/I2/"))
    assert act(officer, "readmit", "I2", reason="误排除").status_code == 302
    assert row("I2").exclusion is None


def test_several_are_assigned_or_answered_and_never_closed(officer: Client) -> None:
    for name in ("I1", "I2", "I3"):
        opened(name)
    add_user(name="ann", role="compliance_lead", enterprises=["demo"], actor=BOSS)
    add_user(name="reader", role="auditor", enterprises=["demo"], actor=BOSS)
    storage.create_row(kind="teams", texts={"team_id": "T1", "name": "速达外包"}, **ROW)
    people = re.findall(r'name="assignee"\s+value="(\w+)"', text(officer.get(HOME)).partition("<main")[2])
    assert people == ["olga", "ann"], "the reader first, and nobody who may not"
    chosen = {"row": ["I1", "I2"], "version": [row(name).pk for name in ("I1", "I2", "I3")]}
    for wrong in ({"assignee": "reader"}, {"assignee": ""}, {"team": "T9"}):
        refused = officer.post(f"{HOME}several/", chosen | {"act": "assign"} | wrong, follow=True)
        assert 'class="notice error"' in text(refused)
    data = chosen | {"act": "assign", "assignee": "ann", "team": "T1"}
    page = text(officer.post(f"{HOME}several/?sort=ticket", data, follow=True))
    assert "2 张工单已分派给ann" in page
    assert [row(name).assignee for name in ("I1", "I2", "I3")] == ["ann", "ann", None]
    assert [row(name).team_id for name in ("I1", "I2", "I3")] == ["T1", "T1", None]
    stale = officer.post(f"{HOME}several/", chosen | {"act": "respond", "text": "x"}, follow=True)
    assert 'class="notice error"' in text(stale)
    chosen["version"] = [row(name).pk for name in ("I1", "I2")]
    officer.post(f"{HOME}several/", chosen | {"act": "respond", "text": " "})
    assert row().responded_at is None
    officer.post(f"{HOME}several/", chosen | {"act": "respond", "text": "已转办"})
    assert [row(name).responded_at is not None for name in ("I1", "I2", "I3")] == [True, True, False]
    officer.post(f"{HOME}several/", chosen | {"act": "close", "text": "x"})
    assert row().closed_at is None


def test_several_that_had_one_owner_are_given_back_at_once(officer: Client) -> None:
    for name, owner in (("I1", ""), ("I2", ""), ("I3", "olga")):
        opened(name, assignee=owner)
    add_user(name="ann", role="compliance_lead", enterprises=["demo"], actor=BOSS)

    def give(*names: str) -> str:
        data = {"row": names, "version": [row(name).pk for name in names], "act": "assign", "assignee": "ann"}
        return text(officer.post(f"{HOME}several/?sort=ticket", data, follow=True)).partition('id="messages"')[2]

    form = give("I1", "I2").partition("<form")[2].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(value)
    back = re.search(r'action="([^"]+)"', form)
    assert back
    page = text(officer.post(back[1], sent, follow=True))
    assert "2 张工单已恢复到分派前的状态" in page
    assert [row(name).assignee for name in ("I1", "I2")] == [None, None]
    assert 'class="notice error"' in text(officer.post(back[1], sent, follow=True)), "they stand otherwise by now"
    assert 'value="back"' not in give("I1", "I3"), "of two owners"


def test_a_match_is_confirmed_by_a_person(officer: Client) -> None:
    opened("I1")
    call = {"call_id": "c-1", "source": "x", "started": "2026-03-01T15:12:00", "line_id": "L1", "team_id": "T1"}
    Proposal(
        enterprise_id="demo", key="I1", state="proposed", link="day", confidence="low", candidates=2,
        call=call, runner_up=call | {"call_id": "c-2"}, made_at=clock.now(),
    ).save()  # fmt: skip
    page = text(officer.get(f"{HOME}t/I1/"))
    assert re.search("c-1.*c-2", page, re.DOTALL)
    assert "有歧义" in page or "歧义" in page
    officer.post(f"{HOME}t/I1/call/", {"decision": "runner_up"})
    assert (row().call_id, row().line_id) == ("c-2", "L1")
    assert 'value="confirm"' not in text(officer.get(f"{HOME}t/I1/"))


def test_all_tickets_are_matched_by_one_button_and_one_on_its_page(officer: Client, outsourcer: Client) -> None:
    opened("I1")
    opened("I2")
    assert f'action="{HOME}match/"' in text(officer.get(HOME))
    assert f"{HOME}match/" not in text(outsourcer.get(HOME))
    job = officer.post(f"{HOME}match/").headers["location"]
    assert officer.post(f"{HOME}match/").headers["location"] == job
    work()
    assert "共查看 2 张工单" in text(officer.get(job))
    assert Proposal.objects.filter(state=Proposal.NONE).count() == 2
    one = officer.post(f"{HOME}t/I1/call/", {"decision": "look"}).headers["location"]
    work()
    assert f'href="{HOME}t/I1/#call"' in text(officer.get(one))


def test_personal_values_are_masked_and_a_reveal_is_told(officer: Client) -> None:
    opened("I1", content="天天打来推销", team_id="T1")
    page = text(officer.get(f"{HOME}t/I1/"))
    assert not [secret for secret in ("13800138000", "天天打来推销") if secret in page]
    page = text(officer.post(f"{HOME}t/I1/reveal/"))
    assert "13800138000" in page
    assert "天天打来推销" in page
    assert next(one.verb for one in acts()) == "registers.reveal"


def test_a_ticket_is_opened_by_hand(officer: Client) -> None:
    page = text(officer.get(f"{HOME}new/"))
    assert 'name="closed_at"' not in page, "what happens later is recorded by acts"
    fields = re.findall(r'name="(\w+)"', page.partition('id="new-ticket"')[2].partition("<details")[0])
    assert fields[:2] == ["csrfmiddlewaretoken", "writer"]
    assert fields[2:] == ["source", "complainant", "complained", "called_at", "category", "content"]
    assert text(officer.post(f"{HOME}new/", {"source": ""}), 422)
    data = {
        "source": "企业",
        "complained": "95013001",
        "arrived_at": "2026-03-01T22:15:00",
        "closed_at": "2026-03-02T00:00:00",
    }
    answer = officer.post(f"{HOME}new/", data)
    assert answer.status_code == 302
    ticket = Complaint.objects.get()
    assert (ticket.source, ticket.closed_at) == ("enterprise", None)
    page = text(officer.get(answer.headers["location"]))
    assert "3月2日 00:15" in page
    assert "已登记；时限从到达时起算" in page


def test_a_forward_list_with_headings_of_its_own(officer: Client) -> None:
    sheet = "举报编号,举报手机,外显,何时\nA-1,13800138000,95013001,20260301151200\n"
    data = {
        "source": "12321", "arrived": "2026-03-02T09:00", "heading_reference": "举报编号",
        "heading_complainant": "举报手机", "heading_complained": "外显",
        "heading_called_at": "何时", "moments": "%Y%m%d%H%M%S",
    }  # fmt: skip

    def sent(content: str) -> str:
        file = SimpleUploadedFile("清单.csv", content.encode(), "text/csv")
        job = officer.post(f"{HOME}forwards/", data | {"file": file}).headers["location"]
        work()
        return text(officer.get(job))

    assert text(officer.get(f"{HOME}forwards/"))
    assert (
        officer.post(f"{HOME}forwards/", {"source": "12321", "file": SimpleUploadedFile("a", b"")}).status_code == 422
    )
    assert not Job.objects.exists()
    wrong = sent(sheet.replace("20260301151200", "昨天"))
    assert "整张清单都没有导入" in wrong
    assert "第 2 行，何时：" in wrong
    assert "任务失败" not in wrong
    assert not Complaint.objects.exists()
    (marked,) = re.findall(r'href="([^"]*/marked/)"', wrong)
    with zipfile.ZipFile(io.BytesIO(officer.get(marked).content)) as book:
        assert any("昨天" in book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert signed_in("bert", "data_officer", "demo").get(marked).status_code == 404
    assert "新开 1 张工单" in sent(sheet)
    ticket = Complaint.objects.get()
    assert (ticket.reference, ticket.complained, f"{ticket.called_at:%H%M}") == ("A-1", "95013001", "0712")
    assert "1 张未变" in sent(sheet)
    differs = sent(sheet.replace("95013001", "95013002"))
    assert f'href="{HOME}t/12321-A-1/"' in differs
    assert len(list(blobs.blobs())) == 1, "the marked workbook; the lists themselves are gone"
    Job.objects.update(finished_at=clock.now() - forwards.KEPT)
    assert forwards.delete_expired_files() == 1
    assert not list(blobs.blobs())
    assert officer.get(marked).status_code == 404


def test_a_paper_is_kept_beside_a_ticket_whose_number_holds_a_slash(officer: Client) -> None:
    opened("A/1")
    (name,) = names(text(officer.get(HOME)))
    officer.post(f"{HOME}t/{name}/papers/", {"file": SimpleUploadedFile("录音.png", PNG, "image/png")})
    page = text(officer.get(f"{HOME}t/{name}/"))
    assert "A/1" in page
    assert "录音.png" in page
    refused = officer.post(f"{HOME}t/{name}/papers/", {"file": SimpleUploadedFile("a.exe", b"MZ")}, follow=True)
    assert 'class="notice error"' in text(refused)


HERE = "/e/demo/complaints/forwards/"
LIST = (
    "举报编号,举报手机,被投诉号码,举报内容\nA-1,13800138000,95013001,天天打来说了不要还打影响休息请处理一下这件事情\n"
)


def look(client: Client, content: str = LIST, **more: str) -> tuple[int, str]:
    data = {"source": "12321", "file": SimpleUploadedFile("list.csv", content.encode()), **more}
    answer = client.post(f"{HERE}look/", data)
    return answer.status_code, answer.content.decode()


def options(text: str, field: str) -> list[tuple[str, str]]:
    """Value and label of each choice."""
    (select,) = re.findall(rf'<select name="heading_{field}".*?</select>', text, re.DOTALL)
    return re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', select)


def test_its_headings_and_values_stand_beside_the_choice(officer: Client) -> None:
    status, text = look(officer)
    assert status == 200
    choices = options(text, "reference")
    assert choices[0] == ("", "—")
    assert ("举报编号", "举报编号 – A-1") in choices
    assert options(text, "complained")[0][1].endswith("被投诉号码")  # recognised by itself
    assert "13800138000" not in text
    assert "影响休息" not in text
    status, text = look(officer, heading_reference="举报编号", heading_complainant="举报手机")
    assert status == 200
    assert "138****8000" in text
    assert re.search(r'<option value="举报编号" selected>', text)
    assert not Complaint.objects.exists()
    assert not Job.objects.filter(kind=flow.IMPORT_FORWARDS).exists()
    data = {"source": "12321", "heading_reference": "举报编号", "file": SimpleUploadedFile("l.csv", LIST.encode())}
    assert officer.post(HERE, data).status_code == 302
    assert Job.objects.get(kind=flow.IMPORT_FORWARDS).payload["mapping"]["columns"] == {"reference": "举报编号"}


def test_what_is_no_list_is_said(officer: Client) -> None:
    assert officer.post(f"{HERE}look/", {}).status_code == 422
    assert look(officer, " ")[0] == 422
    assert look(officer, "\0\0\0")[0] in {200, 422}


ADDRESSES = "/e/demo/complaints/one-click/"


def form(client: Client, address: str) -> dict[str, str]:
    """The fields of the page as it was loaded, filled in."""
    page = client.get(address)
    assert page.status_code == 200
    (once,) = re.findall(r'name="once" value="([^"]+)"', page.content.decode())
    return {
        "complainant": "138 0013 8000",
        "called_at": "2026-03-01T15:12",
        "category": "营销骚扰",
        "content": "天天打来",
        "once": once,
    }


def sent(client: Client, address: str, **more: str) -> Any:
    return client.post(address, form(client, address) | more)


def without_token(answer: Any) -> str:
    """The page without the browser's own token."""
    return re.sub(r"\b\w{64}\b", "", str(answer.content.decode()))


def test_a_stranger_opens_a_ticket_whose_clocks_run(tickets: SimpleNamespace) -> None:
    stranger = Client(enforce_csrf_checks=True)
    answer = sent(stranger, tickets.address)
    assert answer.status_code == 302
    row = Complaint.objects.get()
    assert (row.source, row.complained, row.complainant, row.category, row.content) == (
        "one_click", "95013001", "13800138000", "营销骚扰", "天天打来",
    )  # fmt: skip
    assert f"{row.called_at:%H:%M}" == "07:12"  # UTC
    (ticket,) = list_tickets(enterprise="demo", actor=Actor("tester")).tickets()
    assert (ticket.state, ticket.response.hand, ticket.close.hand) == ("new", "running", "running")
    page = without_token(stranger.get(answer.headers["location"]))
    assert row.ticket_id in page
    assert "13800138000" not in page + answer.headers["location"]
    assert not stranger.cookies.get("sessionid")
    entry = next(one for one in acts() if one.verb == "complaints.add")
    assert entry.actor == "public:one-click"
    entries = str([dict(one.data) for one in acts()])
    assert not [secret for secret in ("13800138000", "天天", tickets.door.token) if secret in entries]
    receipt = answer.headers["location"].rsplit("/", 1)[1]
    other = one_click.open_door(enterprise="demo", number="95013002", actor=Actor("tester"))
    for made_up in (f"/c/{other.token}/done/{receipt}", f"{tickets.address}/done/TS-1"):
        assert Client().get(made_up).status_code == 404


def test_the_public_pages_promise_only_what_a_person_has_adopted(tickets: SimpleNamespace) -> None:
    stranger = Client()
    receipt = sent(stranger, tickets.address).headers["location"]

    def promises(address: str = tickets.address) -> list[str]:
        return list_sentences(re.sub(r"<[^>]+>", "", stranger.get(address).content.decode()))

    for address in (tickets.address, receipt):
        assert promises(address) == []
        page = stranger.get(address).content.decode()
        assert "本企业收到后尽快答复。" in page
        assert not re.search("小时|承诺|只用于", page)
    admin = signed_in("ada", "administrator", "demo")
    answer = admin.post(f"{ADDRESSES}promise/", {"response": "4", "close": "48", "purpose": "on"}, follow=True)
    assert "未按承诺办理" not in answer.content.decode()
    page = stranger.get(tickets.address).content.decode()
    assert "我们承诺4小时内人工答复，48小时内办结。" in page
    assert "您提供的信息只用于处理本次投诉。" in page
    assert "我们将核查是哪次通话" in stranger.get(receipt).content.decode()
    long_ago = (clock.now() - timedelta(days=3)).isoformat(timespec="seconds")
    operations.create_ticket(
        enterprise="demo", texts={"source": "12321", "arrived_at": long_ago, "complained": "95013001"},
        actor=Actor("tester"),
    )  # fmt: skip
    assert "近90天内有2次未按承诺办理。" in admin.get(ADDRESSES).content.decode()
    half = admin.post(f"{ADDRESSES}promise/", {"response": "4"}, follow=True).content.decode()
    assert "两个时限要么都承诺" in half
    assert "one_click_promise" in promises()
    admin.post(f"{ADDRESSES}promise/", {})
    assert promises() == []
    for hours in ("abc", "0", "99999999999"):
        store_statements(
            enterprise="demo", claim="one_click_promise", year=STANDING, actor=Actor("tester"),
            texts={"response_hours": hours, "close_hours": "48"},
        )  # fmt: skip
        assert promises() == [], "no number of hours: no promise"


def test_the_same_page_sent_twice_is_one_ticket(tickets: SimpleNamespace) -> None:
    client = Client()
    data = form(client, tickets.address)
    first, second = client.post(tickets.address, data), client.post(tickets.address, data)
    assert Complaint.objects.count() == 1
    places = [str(one.headers["location"]) for one in (first, second)]  # a receipt holds the second of its making
    pages = [without_token(client.get(place)).replace(place, "") for place in places]
    assert pages[0] == pages[1]
    assert Complaint.objects.get().ticket_id in pages[0]


def test_a_page_nobody_loaded_is_not_taken(tickets: SimpleNamespace) -> None:
    client = Client()
    data = form(client, tickets.address)
    other = one_click.open_door(enterprise="demo", number="95013002", actor=Actor("tester"))
    for once, address in (("", tickets.address), ("abc", tickets.address), (data["once"], f"/c/{other.token}")):
        answer = client.post(address, data | {"once": once})
        assert answer.status_code == 422
        (fresh,) = re.findall(r'name="once" value="([^"]+)"', without_token(answer))
        assert fresh != once
    assert not Complaint.objects.exists()
    assert client.post(f"/c/{other.token}", data | {"once": fresh}).status_code == 302


def test_what_cannot_be_read_is_said_at_its_field(tickets: SimpleNamespace) -> None:
    client = Client()
    data = form(client, tickets.address)
    for name, value in (
        ("complainant", "abc"), ("complainant", ""), ("complainant", "12"), ("category", "别的"),
        ("called_at", "2999-01-01T00:00"), ("called_at", "昨天"), ("content", "字" * 2001), ("complainant", "1" * 33),
    ):  # fmt: skip
        answer = client.post(tickets.address, data | {name: value})
        assert answer.status_code == 422, value
        assert f'href="#id_{name}"' in without_token(answer)
    assert not Complaint.objects.exists()


def test_the_answer_is_the_same_whoever_complains_and_needs_no_script(tickets: SimpleNamespace) -> None:
    """Whether a number is known here, or has complained before, nobody learns."""
    client = Client()
    pages = []
    for complainant in ("13800138000", "13800138000", "13900139000"):
        answer = sent(client, tickets.address, complainant=complainant)
        body = without_token(client.get(answer.headers["location"])).replace(answer.headers["location"], "HERE")
        pages.append(re.sub(r"TS-[0-9a-f-]+", "TICKET", body))
    assert pages[0] == pages[1] == pages[2]
    answer = Client().get(tickets.address, headers={"accept-language": "en"})
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    page = without_token(answer)
    assert "Your telephone number" in page
    assert "onclick" not in page
    assert "95013001" in page


def test_an_address_that_ended_is_as_one_that_never_was(tickets: SimpleNamespace) -> None:
    one_click.close_door(enterprise="demo", door=tickets.door.pk, actor=Actor("tester"))
    ended, never = Client().get(tickets.address), Client().get("/c/AAAAAAAAAAAAAAAA")
    assert (ended.status_code, never.status_code) == (404, 404)
    assert without_token(ended).replace(tickets.door.token, "") == without_token(never).replace("AAAAAAAAAAAAAAAA", "")
    assert "示范" not in without_token(never)
    again = one_click.open_door(enterprise="demo", number="95013001", actor=Actor("tester"))
    assert again.token != tickets.door.token


def _limited(name: str, value: int) -> None:
    """An overlay of the rulebook in force."""
    now, today = clock.now(), clock.today()
    Overlay.objects.create(
        id=name, key=f"complaints.one_click.{name}", value=value, enterprise="demo", valid_from=today, reason="r",
        proposed_by="user:a", proposed_at=now, approval="x", approved_by="user:b", approved_at=now,
    )  # fmt: skip


def test_too_many_from_one_place_or_of_one_number(tickets: SimpleNamespace) -> None:
    assert one_click.load_limits("demo") == one_click.OneClickLimits(address=30, number=5)
    _limited("per_number", 2)
    client = Client()
    assert [sent(client, tickets.address).status_code for _turn in range(3)] == [302, 302, 429]
    assert sent(client, tickets.address, complainant="+86 138-0013-8000").status_code == 429, "another spelling"
    assert sent(client, tickets.address, complainant="13900139000").status_code == 302
    _limited("per_address", 5)
    other = Client(REMOTE_ADDR="192.0.2.7")
    codes = [sent(other, tickets.address, complainant=f"1390013900{turn}").status_code for turn in range(6)]
    assert codes == [302] * 5 + [429]
    assert sent(Client(REMOTE_ADDR="192.0.2.8"), tickets.address, complainant="13700137000").status_code == 302


def test_an_administrator_makes_shows_and_ends_addresses(tickets: SimpleNamespace) -> None:
    client = signed_in("anna")
    answer = client.post(ADDRESSES, {"number": "9501 3009"})
    assert answer.status_code == 302
    door = Door.objects.get(number="95013009")
    assert re.fullmatch(r"[\w-]{16}", door.token)
    assert "9501" not in door.token
    page = without_token(client.get(answer.headers["location"]))
    address = f"http://testserver/c/{door.token}"
    assert f"&lt;a href=&quot;{address}&quot;" in page
    assert f"一键投诉：{address}" in page
    assert "COMPLAINT_ENTERPRISE=demo" in page
    assert "deploy/freeswitch/complaint.xml" in page
    for kind, begins in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        assert client.get(f"{ADDRESSES}{door.pk}/code.{kind}").content.startswith(begins)
    assert client.get(f"{ADDRESSES}{door.pk}/code.gif").status_code == 404
    assert client.post(ADDRESSES, {"number": "95013009"}).status_code == 422
    assert client.post(ADDRESSES, {"number": "x"}).status_code == 422
    assert client.post(f"{ADDRESSES}{door.pk}/close/").status_code == 302
    assert Client().get(f"/c/{door.token}").status_code == 404
    verbs = [one.verb for one in acts() if one.verb.startswith("complaints.door")]
    assert verbs[:2] == ["complaints.door.close", "complaints.door.open"]
    assert door.token not in str([dict(one.data) for one in acts()])


def test_what_goes_to_others_carries_the_address_that_is_set(
    tickets: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("anna")
    address = f"{ADDRESSES}{tickets.door.pk}/"
    code = client.get(f"{address}code.svg").content
    assert client.get(f"{address}code.svg", headers={"host": "localhost"}).content != code
    monkeypatch.setenv("NIANJIAN_URL", "https://check.example.org")
    assert f"一键投诉：https://check.example.org/c/{tickets.door.token}" in without_token(client.get(address))
    codes = [client.get(f"{address}code.svg", headers=host).content for host in ({}, {"host": "localhost"})]
    assert codes[0] == codes[1] != code


def test_the_png_is_what_its_matrix_says() -> None:
    """Read back by the reference of the format's own checks: sizes, checksums, bits."""
    import struct  # noqa: PLC0415 -- this test alone
    import zlib  # noqa: PLC0415

    content = qr_png([[True, False, True], [False, True, False]], 3)
    place, chunks = 8, {}
    while place < len(content):
        size, name = struct.unpack(">I4s", content[place : place + 8])
        data = content[place + 8 : place + 8 + size]
        (check,) = struct.unpack(">I", content[place + 8 + size : place + 12 + size])
        assert check == zlib.crc32(name + data)
        chunks[name] = data
        place += 12 + size
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (9, 6, 1, 0, 0, 0, 0)
    lines = zlib.decompress(chunks[b"IDAT"])
    assert len(lines) == 6 * 3
    bits = [f"{int.from_bytes(lines[n * 3 + 1 : n * 3 + 3]):016b}"[:9] for n in range(6)]
    assert bits == ["000111000"] * 3 + ["111000111"] * 3
