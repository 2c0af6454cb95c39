"""The list of tickets and a ticket's page: what is shown to whom, in which order, and every act."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.features.complaints.conftest import BOSS, ago, opened
from tests.support.import_pages import work
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.complaints import forwards, operations
from nianjian.features.complaints.models import Complaint, Proposal
from nianjian.features.complaints.queries import load_current_tickets
from nianjian.platform.audit.query import acts as chain
from nianjian.platform.jobs.models import Job
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tickets"), pytest.mark.postgres]
HOME = "/e/demo/complaints/"
PNG = b"\x89PNG\r\n\x1a\n picture"


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return str(answer.content.decode())


def names(page: str) -> list[str]:
    return re.findall(r'<a href="/e/demo/complaints/t/([^/"]+)/">', page)


def row(ticket: str = "I1") -> Complaint:
    return load_current_tickets("demo", [ticket])[ticket]


def act(client: Client, act: str, ticket: str = "I1", **given: object) -> Any:
    return client.post(f"{HOME}t/{ticket}/act/{act}/", {"version": row(ticket).pk} | given)


def test_those_due_soonest_stand_first_with_the_time_left(officer: Client) -> None:
    opened("late", arrived_at=ago(3))
    opened("young", arrived_at=ago(0.5))
    opened("soon", arrived_at=ago(1.75))
    page = text(officer.get(HOME))
    assert names(page) == ["late", "soon", "young"]
    assert re.findall(r'badge (\w+)">([^<]+)', page)[::2] == [
        ("bad", "超时 1 小时 0 分"), ("warn", "剩 0 小时 14 分"), ("plain", "剩 1 小时 29 分"),
    ]  # fmt: skip
    assert names(text(officer.get(f"{HOME}?sort=-ticket"))) == ["young", "soon", "late"]
    assert names(text(officer.get(f"{HOME}?hand=warned"))) == ["soon"]
    assert names(text(officer.get(f"{HOME}?q=you"))) == ["young"]
    assert "13800138000" not in page
    assert "138****8000" in page


def test_what_is_overdue_stands_first_on_overview_season_and_list(officer: Client) -> None:
    assert "投诉逾期" not in text(officer.get("/e/demo/")) + text(officer.get("/e/demo/season/"))
    for name, hours in (("hour", 1.0), ("three", 3.0), ("years", 9600.0)):
        opened(name, arrived_at=ago(hours))
    opened("drilled", arrived_at=ago(9600), drill="是")
    address, since = "/e/demo/complaints/?hand=overdue&amp;drill=no", ago(9598)[:15]
    for page, start in (("/e/demo/", "blockers"), ("/e/demo/season/", "obstacles")):
        found = re.search(rf'<h2 id="{start}">.*?<li><a href="([^"]+)">([^<]+)</a>', text(officer.get(page)), re.DOTALL)
        assert found
        assert found[1] == address
        assert found[2].startswith(f"投诉逾期未办结2件；最早的一件（years）自{since}")
    assert "今天就要处理：2件投诉已逾期，尚未办结。" in text(officer.get("/e/demo/"))
    assert names(text(officer.get(address.replace("&amp;", "&")))) == ["years", "three"]


def test_only_work_left_is_shown_unless_asked_for(officer: Client) -> None:
    opened("out")
    operations.exclude(enterprise="demo", complaint="out", exclusion="not_accepted", actor=BOSS)
    opened("open", assignee="1001", drill="是")
    assert names(text(officer.get(HOME))) == ["open"]
    assert set(names(text(officer.get(f"{HOME}?state=all")))) == {"out", "open"}
    assert names(text(officer.get(f"{HOME}?state=excluded"))) == ["out"]
    assert names(text(officer.get(f"{HOME}?assignee=1001"))) == ["open"]
    assert "没有符合条件的工单" in text(officer.get(f"{HOME}?drill=no"))
    assert names(text(officer.get(f"{HOME}?state=nonsense&hand=x&page=zz"))) == ["open"]


def test_fifty_a_page(officer: Client) -> None:
    for number in range(51):
        opened(f"I{number:02}", arrived_at=ago(1 - number / 100))
    first, second = text(officer.get(HOME)), text(officer.get(f"{HOME}?page=2"))
    assert (len(names(first)), names(second)) == (50, ["I50"])


def test_an_empty_list_says_what_to_do(officer: Client, outsourcer: Client) -> None:
    page = text(officer.get(HOME))
    assert "还没有投诉工单" in page
    assert f'href="{HOME}new/"' in page
    assert f"{HOME}match/" not in page
    assert f'href="{HOME}new/"' not in text(outsourcer.get(HOME))


def test_a_ticket_from_new_to_closed_and_again(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    opened("I1")
    real, passed = clock.now, itertools.count(1)
    assert "结案" not in "".join(re.findall(r"<summary>([^<]+)</summary>", text(officer.get(f"{HOME}t/I1/"))))
    for name, given in (
        ("respond", {"text": "已联系"}),
        ("callback", {"result": "满意"}),
        ("close", {"result": "致歉", "upheld": "no"}),
        ("reopen", {"reason": "再次来电"}),
    ):
        later = timedelta(minutes=next(passed))  # people need more than a second, which is what a ticket keeps
        monkeypatch.setattr(clock, "now", lambda later=later: real() + later)
        assert act(officer, name, **given).status_code == 302, name
    assert row().upheld is False
    assert act(officer, "close", result="致歉").status_code == 422  # not without another call-back
    page = text(officer.get(f"{HOME}t/I1/"))
    assert page.index("再次来电") < page.index("已联系")
    assert "满意" not in page, "what a complainant said is masked"


def test_a_refusal_stands_in_its_form_and_changes_nothing(officer: Client) -> None:
    opened("I1")
    seen = row().pk
    page = text(act(officer, "close", result="致歉"), 422)
    assert "回访" in page
    page = text(act(officer, "callback", result=""), 422)
    assert 'href="#callback_result"' in page
    assert '<details class="more" open>' in page
    assert act(officer, "assign", assignee="1001").status_code == 302
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
    chosen = {"ticket": ["I1", "I2"], "version": [row(name).pk for name in ("I1", "I2", "I3")]}
    assert "已分派 2 张工单" in text(
        officer.post(f"{HOME}several/?sort=ticket", chosen | {"act": "assign", "team": "T1"}, follow=True)
    )
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


def test_personal_values_are_masked_and_a_reveal_is_told(officer: Client, outsourcer: Client) -> None:
    opened("I1", content="天天打来推销", team_id="T1")
    page = text(officer.get(f"{HOME}t/I1/"))
    assert not [secret for secret in ("13800138000", "天天打来推销") if secret in page]
    page = text(officer.post(f"{HOME}t/I1/reveal/"))
    assert "13800138000" in page
    assert "天天打来推销" in page
    assert next(one.verb for one in chain()) == "registers.reveal"
    assert outsourcer.post(f"{HOME}t/I1/reveal/").status_code == 403


def test_a_paper_is_kept_beside_a_ticket(officer: Client) -> None:
    opened("I1")
    officer.post(f"{HOME}t/I1/papers/", {"file": SimpleUploadedFile("录音.png", PNG, "image/png")})
    assert "录音.png" in text(officer.get(f"{HOME}t/I1/"))
    refused = officer.post(f"{HOME}t/I1/papers/", {"file": SimpleUploadedFile("a.exe", b"MZ")}, follow=True)
    assert 'class="notice error"' in text(refused)


def test_a_ticket_is_opened_by_hand(officer: Client) -> None:
    page = text(officer.get(f"{HOME}new/"))
    assert 'name="closed_at"' not in page, "what happens later is recorded by acts"
    assert text(officer.post(f"{HOME}new/", {"source": ""}), 422)
    given = {
        "source": "企业",
        "complained": "95013001",
        "arrived_at": "2026-03-01T22:15:00",
        "closed_at": "2026-03-02T00:00:00",
    }
    answer = officer.post(f"{HOME}new/", given)
    assert answer.status_code == 302
    made = Complaint.objects.get()
    assert (made.source, made.closed_at) == ("enterprise", None)
    assert "2026-03-02 00:15" in text(officer.get(answer.headers["location"]))


def test_a_forward_list_with_headings_of_its_own(officer: Client) -> None:
    sheet = "举报编号,举报手机,外显,何时\nA-1,13800138000,95013001,20260301151200\n"
    given = {
        "source": "12321", "arrived": "2026-03-02T09:00", "heading_reference": "举报编号",
        "heading_complainant": "举报手机", "heading_complained": "外显",
        "heading_called_at": "何时", "moments": "%Y%m%d%H%M%S",
    }  # fmt: skip

    def sent(content: str) -> str:
        file = SimpleUploadedFile("清单.csv", content.encode(), "text/csv")
        job = officer.post(f"{HOME}forwards/", given | {"file": file}).headers["location"]
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
    made = Complaint.objects.get()
    assert (made.reference, made.complained, f"{made.called_at:%H%M}") == ("A-1", "95013001", "0712")
    assert "1 张未变" in sent(sheet)
    differs = sent(sheet.replace("95013001", "95013002"))
    assert f'href="{HOME}t/12321-A-1/"' in differs
    assert len(list(blobs.blobs())) == 1, "the marked workbook; the lists themselves are gone"
    Job.objects.update(finished_at=clock.now() - forwards.KEPT)
    assert forwards.delete_expired_files() == 1
    assert not list(blobs.blobs())
    assert officer.get(marked).status_code == 404


def test_a_ticket_whose_number_holds_a_slash(officer: Client) -> None:
    opened("A/1")
    (name,) = names(text(officer.get(HOME)))
    assert "A/1" in text(officer.get(f"{HOME}t/{name}/"))


def test_strangers_and_other_tenants_find_nothing(tickets: SimpleNamespace) -> None:
    del tickets
    opened("I1")
    assert Client().get(HOME).status_code == 302
