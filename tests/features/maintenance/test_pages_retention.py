"""The retention's page: what it tells to whom, and an erasure asked for there and done by the worker."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.support.import_pages import begun, calls, committed, sent, work
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.paper.days import day_text
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.maintenance import retention
from nianjian.platform.accounts.models import Membership
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.query import acts
from nianjian.platform.home import wiring
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers.models import Person

pytestmark = pytest.mark.django_db
PAGE = "/e/demo/retention/"
LATER = "2030-06-15"  # the calls of March 2026 are over their time


@pytest.fixture
def filled(home: Path, keys: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Five calls and two rejected rows of March 2026, one person who left in 2025; it is 2030 now."""
    del home, keys
    add_enterprise(code="demo", name="示范", province="北京", actor=Actor("tester"))
    client = signed_in("anna")
    draft = begun(client)
    sent(client, draft, ("calls.csv", calls()))
    committed(client, draft)
    gone = date(2025, 6, 30)
    Person(
        enterprise_id="demo", key="E1", recorded_at=clock.now() - timedelta(days=700), file="", valid_to=gone
    ).save()  # fmt: skip
    monkeypatch.setenv("NIANJIAN_TODAY", LATER)
    return client


def _text(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def _count(client: Client) -> None:
    first, second = (client.post(f"{PAGE}count/").headers["Location"] for _ in range(2))
    assert first == second
    assert "统计正在进行" in _text(client)
    work()
    assert f'href="{PAGE}"' in _text(client, first)


def _rows() -> int:
    return sum(file.rows for file in wiring.lake("demo").old_files("calls"))


def test_every_class_stands_with_its_rule_level_and_source(filled: Client) -> None:
    assert "2026-03" not in _text(filled), "nothing is counted while the page is asked for"
    _count(filled)
    text = _text(filled)
    for said in (
        "话单",
        "36 个月",
        "内部规则",
        "操作日志",
        "永久；至少 3 年",
        "网络数据安全管理条例",
        "2027-06-15",
        "2026-03",
    ):
        assert said in text
    assert "/e/demo/rules/retention.keep.calls/" in text
    assert "尚未清除过任何记录。" in text


def test_what_is_due_is_erased_by_the_worker_and_told_afterwards(filled: Client) -> None:
    assert _rows() == 7
    assert "超期 8 行。" not in _text(filled)
    _count(filled)
    assert "超期 8 行。" in _text(filled)
    answer = filled.post(f"{PAGE}erase/")
    assert _rows() == 7, "the page waits for nothing"
    assert "正在清除" in _text(filled)
    work()
    assert _rows() == 0
    assert not Person.objects.exists()
    told = _text(filled, answer.headers["Location"])
    assert "话单 5" in told
    assert f'href="{PAGE}"' in told
    text = _text(filled)
    assert "没有超期的记录。" in text
    assert f"{day_text(clock.now().astimezone(clock.ZONE).date(), clock.today(), words(CHINESE))} 清除的行" in text
    assert "2027-06 以前的话单 5 行" in text
    assert "2029-06-15 以前未收的话单 2 行" in text
    assert "2027-06-15 以前失效的 1 行" in text
    assert {act.actor for act in acts(verb="retention.erase")} == {"user:anna"}
    filled.post(f"{PAGE}erase/")
    work()
    assert len(list(acts(verb="retention.erase"))) == 2, "an erasure of nothing leaves no entry"


def test_a_count_from_before_an_erasure_is_not_shown(filled: Client) -> None:
    _count(filled)
    retention.run_retention(
        actor=Actor("tester"), enterprise="demo", dry_run=False
    )  # by the shell, where no count follows
    text = _text(filled)
    assert "超期" in text
    assert ("超期 8 行。" in text, "没有超期的记录。" in text) == (False, False)
    _count(filled)
    assert "没有超期的记录。" in _text(filled)


def test_who_reads_the_chain_reads_it_and_erases_nothing(filled: Client) -> None:
    del filled
    reader = signed_in("rita", role="auditor", enterprise="demo")
    text = _text(reader)
    assert "由管理员清除。" in text
    assert f"{PAGE}erase/" not in text
    assert f'href="{PAGE}"' in _text(reader, "/e/demo/rules/"), "the settings lead there"


def test_work_that_lost_its_right_on_the_way_erases_nothing(filled: Client) -> None:
    filled.post(f"{PAGE}erase/")
    Membership.objects.filter(user_id="anna").update(role="auditor")
    work()
    (job,) = queue.jobs("demo", newest=1)
    assert (job.kind, job.state, job.error["code"]) == (flow.ERASE_OVER, "failed", "role_missing")
    assert _rows() == 7
