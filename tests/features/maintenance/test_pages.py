"""What machines that watch are told, and whom the figures are kept from."""

import logging
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from tests.support.import_pages import begun, calls, committed, sent, work
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.paper.days import day_text
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.maintenance import health as figures
from nianjian.features.maintenance import retention
from nianjian.features.maintenance.backup import VERB
from nianjian.features.maintenance.health import Health
from nianjian.platform.accounts.models import Membership
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.query import acts
from nianjian.platform.audit.record import record
from nianjian.platform.home import wiring
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job, Worker
from nianjian.platform.registers.models import Person

pytestmark = pytest.mark.django_db
NUMBER = "13800138000"


def _figures(answer: bytes) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    samples: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(answer.decode()):
        for sample in family.samples:
            samples.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return samples


def _job(state: str) -> None:
    Job(id=f"J{state}", kind="x", state=state, requested_by="user:anna", created_at=clock.now()).save()


def test_a_well_house_says_so_to_everybody_and_what_fails_is_503(
    site: Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = site.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "lake": "ok", "worker": "none"}}
    assert answer.headers["Cache-Control"] == "no-store"
    assert site.post("/healthz").status_code == 405
    Worker(name="w", started_at=clock.now(), beat_at=clock.now() - timedelta(minutes=5)).save()
    assert site.get("/healthz").json()["checks"]["worker"] == "ok"  # nothing waits for it
    _job(Job.WAITING)
    answer = site.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["worker"]) == (200, "silent"), "pages go on"
    monkeypatch.setenv("NIANJIAN_LAKE_URL", str(home / "gone" / "lake"))
    answer = site.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["lake"]) == (503, "fail")


def test_a_database_that_fails_is_503(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr(figures, "worker_state", refuse)
    answer = site.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "fail")
    assert Health({"database": "ok", "worker": "silent"}).well


def test_figures_of_the_house(site: Client) -> None:
    _job(Job.WAITING)
    _job(Job.FAILED)
    assert site.get(f"/no/such/{NUMBER}").status_code == 404
    answer = site.get("/metrics", headers={"host": "127.0.0.1:8000"})
    assert answer.status_code == 200
    samples = _figures(answer.content)
    assert samples["nianjian_up"] == {(): 1}
    assert samples["nianjian_jobs"][("state", "waiting"),] == 1
    assert samples["nianjian_jobs"][("state", "done"),] == 0
    assert samples["nianjian_audit_head"][()] >= 1
    lights = list(samples["nianjian_light"])
    assert [dict(labels)["enterprise"] for labels in lights] == ["demo"]
    assert set(samples["nianjian_portrait_age_seconds"]) == {(("enterprise", "demo"), ("year", "2026"))}
    requests = samples["nianjian_requests_total"]
    assert requests[(("method", "GET"), ("route", "-"), ("status", "404"))] >= 1
    text = answer.content.decode()
    assert NUMBER not in text
    assert "示范" not in text  # the enterprise's code is enough
    assert not re.search(r"anna|tester", text)


def test_figures_are_for_this_machine_alone_or_the_holder_of_the_token(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"host": "127.0.0.1:8000"}
    assert site.get("/metrics", headers=here, REMOTE_ADDR="192.0.2.7").status_code == 403
    assert site.get("/metrics", headers=here, REMOTE_ADDR="::1").status_code == 200
    assert site.get("/metrics").status_code == 403  # asked for under a name, as a proxy does
    monkeypatch.setenv("NIANJIAN_HTTPS", "yes")
    assert site.get("/metrics", headers=here).status_code == 403
    monkeypatch.setenv("NIANJIAN_METRICS_TOKEN", "s3cret")
    refused = site.get("/metrics", headers=here)
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert site.get("/metrics", headers={"authorization": "Bearer other"}).status_code == 401
    response = site.get("/metrics", headers={"authorization": "Bearer s3cret"}, REMOTE_ADDR="192.0.2.7")
    assert response.status_code == 200


def test_a_line_for_each_request_names_no_number(site: Client, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("nianjian.requests")
    logger.addHandler(caplog.handler)
    try:
        site.get(f"/e/{NUMBER}/2026/by/number/?q={NUMBER}")
        site.get(f"/{NUMBER}")
    finally:
        logger.removeHandler(caplog.handler)
    records = [{name: getattr(record, name) for name in ("method", "route", "status")} for record in caplog.records]
    assert records[-1] == {"method": "GET", "route": "-", "status": 404}
    assert records[0]["route"].startswith("/e/<str:code>/")
    assert NUMBER not in str(records) + caplog.text


def test_the_last_backup_is_shown_with_its_age(demo: str) -> None:
    chief = signed_in("chief")
    assert "还没有做过备份" in chief.get("/backup/").content.decode()
    record(verb=VERB, enterprise="", actor="os:root", data={"archive": "nianjian-2026-11-24.tar", "keys": True})
    page = chief.get("/backup/").content.decode()
    assert ("nianjian-2026-11-24.tar" in page, "平台操作员" in page, "root" in page) == (True, True, False)


# The retention's page: what it tells to whom, and an erasure asked for there and done by the worker.

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


def test_what_is_due_is_told_by_class_erased_by_the_worker_and_told_afterwards(filled: Client) -> None:
    text = _text(filled)
    assert ("2026-03" in text, "超期 8 行。" in text) == (False, False), (
        "nothing is counted while the page is asked for"
    )
    _count(filled)
    text = _text(filled)
    for said in (
        "话单", "36 个月", "内部规则", "操作日志", "永久；至少 3 年", "网络数据安全管理条例", "2027-06-15", "2026-03",
        "/e/demo/rules/retention.keep.calls/", "尚未清除过任何记录。", "超期 8 行。",
    ):  # fmt: skip
        assert said in text
    reader = signed_in("rita", role="auditor", enterprise="demo")
    text = _text(reader)
    assert ("由管理员清除。" in text, f"{PAGE}erase/" in text) == (True, False), "who reads the chain erases nothing"
    assert f'href="{PAGE}"' in _text(reader, "/e/demo/rules/"), "the settings lead there"
    answer = filled.post(f"{PAGE}erase/")
    assert _rows() == 7, "the page waits for nothing"
    assert "正在清除" in _text(filled)
    work()
    assert _rows() == 0
    assert not Person.objects.exists()
    page = _text(filled, answer.headers["Location"])
    assert "话单 5" in page
    assert f'href="{PAGE}"' in page
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


def test_a_count_from_before_an_erasure_is_not_shown_and_who_lost_the_right_erases_nothing(filled: Client) -> None:
    filled.post(f"{PAGE}erase/")
    Membership.objects.filter(user_id="anna").update(role="auditor")
    work()
    (job,) = queue.jobs("demo", newest=1)
    assert (job.kind, job.state, job.error["code"]) == (flow.ERASE_OVER, "failed", "role_missing")
    assert _rows() == 7
    Membership.objects.filter(user_id="anna").update(role="administrator")
    _count(filled)
    # By the shell, where no count follows.
    retention.run_retention(actor=Actor("tester"), enterprise="demo", dry_run=False)
    text = _text(filled)
    assert "超期" in text
    assert ("超期 8 行。" in text, "没有超期的记录。" in text) == (False, False)
    _count(filled)
    assert "没有超期的记录。" in _text(filled)
