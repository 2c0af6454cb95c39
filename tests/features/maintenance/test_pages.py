"""What machines that watch are told, and whom the figures are kept from."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.maintenance import health as figures
from nianjian.features.maintenance.backup import VERB
from nianjian.features.maintenance.health import Health
from nianjian.platform.audit.record import record
from nianjian.platform.jobs.models import Job, Worker

pytestmark = pytest.mark.django_db
NUMBER = "13800138000"


def _figures(answer: bytes) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(answer.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def _job(state: str) -> None:
    Job(id=f"J{state}", kind="x", state=state, requested_by="user:anna", created_at=clock.now()).save()


def test_a_well_house_says_so_to_everybody(site: Client) -> None:
    answer = site.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "lake": "ok", "worker": "none"}}
    assert answer.headers["Cache-Control"] == "no-store"
    assert site.post("/healthz").status_code == 405


def test_a_silent_worker_is_told_and_pages_go_on(site: Client) -> None:
    Worker(name="w", started_at=clock.now(), beat_at=clock.now() - timedelta(minutes=5)).save()
    assert site.get("/healthz").json()["checks"]["worker"] == "ok"  # nothing waits for it
    _job(Job.WAITING)
    answer = site.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["worker"]) == (200, "silent")


def test_a_lake_that_cannot_be_written_is_503(site: Client, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    found = _figures(answer.content)
    assert found["nianjian_up"] == {(): 1}
    assert found["nianjian_jobs"][("state", "waiting"),] == 1
    assert found["nianjian_jobs"][("state", "done"),] == 0
    assert found["nianjian_audit_head"][()] >= 1
    lights = list(found["nianjian_light"])
    assert [dict(labels)["enterprise"] for labels in lights] == ["demo"]
    assert set(found["nianjian_portrait_age_seconds"]) == {(("enterprise", "demo"), ("year", "2026"))}
    requests = found["nianjian_requests_total"]
    assert requests[(("method", "GET"), ("route", "-"), ("status", "404"))] >= 1
    text = answer.content.decode()
    assert NUMBER not in text
    assert "示范" not in text  # the enterprise's code is enough
    assert not re.search(r"anna|tester", text)


def test_figures_are_for_this_machine_alone(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"host": "127.0.0.1:8000"}
    assert site.get("/metrics", headers=here, REMOTE_ADDR="192.0.2.7").status_code == 403
    assert site.get("/metrics", headers=here, REMOTE_ADDR="::1").status_code == 200
    assert site.get("/metrics").status_code == 403  # asked for under a name, as a proxy does
    monkeypatch.setenv("NIANJIAN_HTTPS", "yes")
    assert site.get("/metrics", headers=here).status_code == 403


def test_figures_for_the_holder_of_the_token(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_METRICS_TOKEN", "s3cret")
    refused = site.get("/metrics", headers={"host": "127.0.0.1:8000"})
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert site.get("/metrics", headers={"authorization": "Bearer other"}).status_code == 401
    given = site.get("/metrics", headers={"authorization": "Bearer s3cret"}, REMOTE_ADDR="192.0.2.7")
    assert given.status_code == 200


def test_a_line_for_each_request_names_no_number(site: Client, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("nianjian.requests")
    logger.addHandler(caplog.handler)
    try:
        site.get(f"/e/{NUMBER}/2026/by/number/?q={NUMBER}")
        site.get(f"/{NUMBER}")
    finally:
        logger.removeHandler(caplog.handler)
    told = [{name: getattr(record, name) for name in ("method", "route", "status")} for record in caplog.records]
    assert told[-1] == {"method": "GET", "route": "-", "status": 404}
    assert told[0]["route"].startswith("/e/<str:code>/")
    assert NUMBER not in str(told) + caplog.text


def test_the_last_backup_is_shown_with_its_age(demo: str) -> None:
    chief = signed_in("chief")
    assert "还没有做过备份" in chief.get("/backup/").content.decode()
    record(verb=VERB, enterprise="", actor="os:root", data={"archive": "nianjian-2026-11-24.tar", "keys": True})
    shown = chief.get("/backup/").content.decode()
    assert ("nianjian-2026-11-24.tar" in shown, "平台操作员" in shown, "root" in shown) == (True, True, False)
    assert signed_in("lead", "administrator", "demo").get("/backup/").status_code == 403
