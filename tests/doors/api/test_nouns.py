"""Each noun: what it tells, what it does, what is masked, what is another's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

Ask = Callable[..., Client]
DEMO = "/api/v1/enterprises/demo"
LINES = "线路编号,名称,团队,启用日期\nL1,一号,T1,2025-01-01\nL2,二号,T2,2025-01-01\n"
SEATS = "坐席编号,类型,姓名,证件号\nS1,人工,王小明,11010519491231002X\n"


def _post(client: Client, address: str, body: Any = None, key: str = "") -> Any:
    headers = {"idempotency-key": key} if key else {}
    content = "" if body is None else json.dumps(body)
    return client.post(address, content, content_type="application/json", headers=headers)


def _upload(client: Client, address: str, content: bytes, **query: str) -> Any:
    from urllib.parse import urlencode  # noqa: PLC0415 -- beside its use

    return client.post(f"{address}?{urlencode(query)}", content, content_type="application/octet-stream")


def _imported(kind: str, text: str, tmp_path: Path) -> None:
    from nianjian.accounts.query import Actor  # noqa: PLC0415 -- after Django
    from nianjian.registers.importing import import_sheet  # noqa: PLC0415

    file = tmp_path / f"{kind}.csv"
    file.write_text(text, encoding="utf-8")
    receipt = import_sheet(kind=kind, path=file, enterprise="demo", actor=Actor("tester"))
    assert receipt.ok, receipt.errors


def _batch() -> str:
    from nianjian.registers.batches.model import Batch, BatchFile  # noqa: PLC0415 -- after Django

    rows = {"read": 3, "loaded": 2, "duplicate": 0, "rejected": 1}
    made = Batch.objects.create(
        id="B1", enterprise_id="demo", created_at=datetime(2026, 1, 1, tzinfo=UTC), created_by="os:t"
    )
    BatchFile.objects.create(
        batch=made, position=0, name="a.csv", sha256="0" * 64, generation=0, receipt={"name": "a.csv", "rows": rows}
    )
    return made.id


def test_an_enterprise_tells_its_light(site: Ask) -> None:
    told = site().get(DEMO).json()
    assert told == {"code": "demo", "name": "示范", "province": "北京", "year": 2026, "light": told["light"]}
    assert told["light"]


def test_enterprises_are_those_that_concern_one(site: Ask) -> None:
    told = site("inspector").get("/api/v1/enterprises").json()
    assert [one["code"] for one in told["items"]] == ["demo"]


def test_people(site: Ask) -> None:
    client = site()
    told = client.get(f"{DEMO}/people?q=ann").json()["items"]
    assert [(one["name"], one["open"]) for one in told] == [("anna", True)]
    assert client.get(f"{DEMO}/people?q=zz").json()["items"] == []
    assert site("data_officer", name="dora").get(f"{DEMO}/people").status_code == 403


def test_portraits_are_masked(site: Ask, sample: dict[str, Any]) -> None:
    client = site("inspector")
    assert client.get(f"{DEMO}/portraits").json() == {"years": [2026]}
    told = client.get(f"{DEMO}/portraits/2026").json()
    assert told["light"] == sample["light"]
    shown = {row["key"] for one in told["metrics"] for row in one["splits"].get("display", ())}
    kept = {row["key"] for one in sample["metrics"] for row in one["splits"].get("display", ())}
    assert shown
    assert {key for key in kept if key and key.startswith("1")}.isdisjoint(shown)
    assert client.get(f"{DEMO}/portraits/2025").status_code == 409
    assert client.get(f"{DEMO}/portraits/2026?run=20260101-000000-000000").status_code == 404


def test_runs_are_kept_compared_and_asked_for(site: Ask, sample: dict[str, Any]) -> None:
    from nianjian.flows import portraits  # noqa: PLC0415 -- after Django

    with portraits.staged("demo", 2026, sample) as put:
        put()
    client = site()
    first = client.get(f"{DEMO}/portraits/2026/runs?limit=1").json()
    second = client.get(first["next"]).json()
    ids = [first["items"][0]["id"], second["items"][0]["id"]]
    assert second["next"] is None
    told = client.get(f"{DEMO}/portraits/2026/comparison?before={ids[1]}&after={ids[0]}").json()
    assert [one["id"] for one in told["runs"]] == [ids[1], ids[0]]
    job = _post(client, f"{DEMO}/portraits/2026/runs", {"as_of": "2026-12-31"}, key="k")
    assert job.status_code == 202
    again = _post(client, f"{DEMO}/portraits/2026/runs", {"as_of": "2026-12-31"}, key="k")
    assert again.json()["id"] == job.json()["id"]
    assert len(client.get(f"{DEMO}/jobs").json()["items"]) == 1
    assert _post(site("inspector", name="ines"), f"{DEMO}/portraits/2026/runs", {}).status_code == 403


def test_a_simulation_changes_nothing(site: Ask, sample: dict[str, Any]) -> None:
    told = site("inspector").get(f"{DEMO}/portraits/2026/simulation?close_tickets=1").json()
    assert told["before"]["light"] == sample["light"]
    assert told["before"] != told["after"]


def test_an_export_stands_in_the_chain(site: Ask) -> None:
    client = site()
    answer = client.post(f"{DEMO}/portraits/2026/exports/xlsx")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    newest = client.get(f"{DEMO}/audit?verb=portrait.export").json()["items"]
    assert [one["actor"] for one in newest] == ["user:anna"]


def test_jobs_are_the_enterprises_own(site: Ask) -> None:
    from nianjian.accounts.query import Actor  # noqa: PLC0415 -- after Django
    from nianjian.flows import jobs  # noqa: PLC0415

    payload = {"year": 2026, "secret": "stays inside"}
    mine, theirs = (
        jobs.enqueue(kind=jobs.RUN_PORTRAIT, enterprise=code, payload=payload, actor=Actor("tester"))
        for code in ("demo", "other")
    )
    client = site()
    told = client.get(f"{DEMO}/jobs/{mine}").json()
    assert (told["id"], told["state"], told["error"]) == (mine, "waiting", None)
    assert "payload" not in told
    assert client.get(f"{DEMO}/jobs/{theirs}").status_code == 404
    assert site(enterprise="", name="root").get(f"{DEMO}/jobs/{theirs}").status_code == 404
    stopped = _post(client, f"{DEMO}/jobs/{mine}/stop")
    assert (stopped.status_code, stopped.json()["state"]) == (202, "stopped")
    assert _post(client, f"{DEMO}/jobs/{mine}/stop").json()["code"] == "job_over"


def test_batches_and_their_undo(site: Ask) -> None:
    batch = _batch()
    client = site()
    told = client.get(f"{DEMO}/batches").json()["items"]
    assert [(one["batch"], one["rows"]["rejected"]) for one in told] == [(batch, 1)]
    assert client.get(f"{DEMO}/batches/{batch}").json() == told[0]
    assert client.get(f"{DEMO}/batches/B2").json()["code"] == "batch_unknown"
    job = _post(client, f"{DEMO}/batches/{batch}/undo").json()
    assert (job["kind"], job["state"]) == ("calls.undo", "waiting")
    reader = site("inspector", name="ines")
    assert _post(reader, f"{DEMO}/batches/{batch}/undo").status_code == 403
    assert _post(reader, f"{DEMO}/batches/{batch}/rejects/file").status_code == 403


def test_a_batch_of_another_enterprise_does_not_exist_here(site: Ask) -> None:
    batch = _batch()
    client = site(enterprise="")
    assert client.get(f"/api/v1/enterprises/other/batches/{batch}").status_code == 404
    assert _post(client, f"/api/v1/enterprises/other/batches/{batch}/undo").status_code == 404


def test_registers_are_listed_masked(site: Ask, tmp_path: Path) -> None:
    _imported("seats", SEATS, tmp_path)
    client = site()
    states = {one["kind"]: one["rows"] for one in client.get(f"{DEMO}/registers").json()["items"]}
    assert (states["seats"], states["lines"]) == (1, 0)
    told = client.get(f"{DEMO}/registers/seats").json()["items"]
    assert told[0]["values"]["seat_id"] == "S1"
    assert "11010519491231002X" not in json.dumps(told)
    assert "王小明" not in json.dumps(told, ensure_ascii=False)
    assert client.get(f"{DEMO}/registers/seats?as_at=2019-01-01").status_code == 200
    assert client.get(f"{DEMO}/registers/nothing").status_code == 404
    assert client.get(f"{DEMO}/registers/seats?sort=nothing").status_code == 422


def test_an_outsourcer_sees_rows_of_the_own_team_alone(site: Ask, tmp_path: Path) -> None:
    _imported("lines", LINES, tmp_path)
    client = site("outsourcer", team="T1")
    assert [one["key"] for one in client.get(f"{DEMO}/registers/lines").json()["items"]] == ["L1"]
    assert [one["key"] for one in client.get(f"{DEMO}/registers/lines?team=T2").json()["items"]] == ["L1"]
    assert client.get(f"{DEMO}/registers/consents").status_code == 404
    assert client.get(f"{DEMO}/batches").status_code == 403
    told = client.get(f"{DEMO}/portraits/2026").json()
    assert told["team"] == "T1"
    assert "light" not in told
    assert client.get(DEMO).json()["light"] is None


def test_a_sheet_is_handed_to_the_worker(site: Ask) -> None:
    from nianjian.queue import query  # noqa: PLC0415 -- after Django

    client = site()
    answer = _upload(client, f"{DEMO}/registers/lines/imports", LINES.encode(), name="lines.csv")
    assert answer.status_code == 202
    kept = Path(str(query.job(answer.json()["id"]).payload["file"]))
    assert kept.read_text(encoding="utf-8") == LINES
    checked = _upload(client, f"{DEMO}/registers/lines/imports", LINES.encode(), name="lines.csv", check="true")
    assert checked.json()["kind"] == "registers.check"


def test_call_records_are_handed_to_the_worker(site: Ask) -> None:
    answer = _upload(site(), f"{DEMO}/calls/imports", "话单ID\n1\n".encode(), name="a.csv", source="generic")
    assert (answer.status_code, answer.json()["kind"]) == (202, "calls.import")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"source": "nothing"}, "source_unknown"),
        ({"timezone": "Nowhere/City"}, "timezone_unknown"),
        ({"mapping": "none"}, "mapping_unknown"),
        ({"replaces": "B9"}, "batch_unknown"),
    ],
)
def test_an_import_that_is_refused_leaves_nothing(site: Ask, query: dict[str, str], code: str) -> None:
    from nianjian.registers.drafts import query as drafts  # noqa: PLC0415 -- after Django

    answer = _upload(site(), f"{DEMO}/calls/imports", b"x", name="a.csv", **query)
    assert answer.json()["code"] == code
    assert drafts.drafts("demo", "user:anna") == []


def test_an_empty_or_too_large_file_is_refused(site: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = site()
    assert _upload(client, f"{DEMO}/calls/imports", b"", name="a.csv").json()["code"] == "file_empty"
    monkeypatch.setattr("nianjian.flows.wizard.uploads.limit", lambda: 3)
    assert _upload(client, f"{DEMO}/calls/imports", b"1234", name="a.csv").json()["code"] == "upload_too_large"


def test_rules_and_an_overlay_that_a_second_person_approves(site: Ask) -> None:
    anna, berta = site(), site("compliance_lead", name="berta")
    rules = anna.get(f"{DEMO}/rules?limit=200").json()["items"]
    one = anna.get(f"{DEMO}/rules/{rules[0]['key']}").json()
    assert one == rules[0]
    assert anna.get(f"{DEMO}/rules/nothing").status_code == 404
    refused = _post(anna, f"{DEMO}/rules/nothing/overlays", {"value": "1", "valid_from": "2026-01-01", "reason": "x"})
    assert refused.json()["code"] == "overlay_rule_unknown"
    asked = _overlay(anna, rules)
    assert asked.status_code == 202
    approval = asked.json()["approval"]
    listed = anna.get(f"{DEMO}/approvals").json()["items"]
    assert [(row["approval"], row["state"]) for row in listed] == [(approval, "pending")]
    address = f"{DEMO}/approvals/{approval}/decision"
    assert _post(anna, address, {"decision": "yes"}).json()["code"] == "approval_same_person"
    assert _post(site("inspector", name="ines"), address, {"decision": "yes"}).status_code == 403
    done = _post(berta, address, {"decision": "yes"})
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert _post(berta, address, {"decision": "no"}).json()["code"] == "approval_decided"
    assert anna.get(f"/api/v1/enterprises/other/approvals/{approval}").status_code == 404


def _overlay(client: Client, rules: list[dict[str, Any]]) -> Any:
    """Ask for another value of the first rule that takes one."""
    body = {"value": "31", "valid_from": "2026-01-01", "reason": "trial"}
    for rule in rules:
        answer = _post(client, f"{DEMO}/rules/{rule['key']}/overlays", body)
        if answer.status_code == 202:
            return answer
    raise AssertionError("no rule takes another value")


def test_a_token_that_may_only_read_withdraws_nothing(site: Ask) -> None:
    client = site()
    approval = _overlay(client, client.get(f"{DEMO}/rules?limit=200").json()["items"]).json()["approval"]
    address = f"{DEMO}/approvals/{approval}/decision"
    assert _post(site(scopes=["read"]), address, {"decision": "no"}).status_code == 403
    assert _post(client, address, {"decision": "no"}).json()["state"] == "refused"


def test_the_chain_is_read_and_checked(site: Ask) -> None:
    client = site(enterprise="")
    first = client.get("/api/v1/audit?limit=2").json()
    second = client.get(first["next"]).json()
    numbers = [one["seq"] for one in (*first["items"], *second["items"])]
    assert numbers == sorted(numbers, reverse=True)
    assert first["items"][0]["hash"] == first["head"]
    assert client.get("/api/v1/audit/verification").json()["valid"] is True
    own = site("auditor", name="otto")
    assert {one["enterprise"] for one in own.get(f"{DEMO}/audit").json()["items"]} == {"demo"}
    assert own.get("/api/v1/audit").status_code == 403


def test_a_webhooks_secret_is_told_once(site: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianjian.notify.sending.place", lambda *_given: None)
    client = site()
    body = {"url": "https://example.org/hook", "events": ["portrait.run"]}
    made = _post(client, f"{DEMO}/webhooks", body, key="k").json()
    assert made["secret"]
    again = _post(client, f"{DEMO}/webhooks", body, key="k").json()
    assert again == {**made, "secret": None}
    listed = client.get(f"{DEMO}/webhooks").json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert "secret" not in listed[0]
    address = f"{DEMO}/webhooks/{made['id']}"
    assert _post(client, f"{address}/test").status_code == 202
    sent = client.get(f"{address}/deliveries").json()["items"]
    assert [one["event"] for one in sent] == ["webhook.test"]
    assert _post(client, f"{address}/deliveries/{sent[0]['id']}/again").status_code == 202
    assert client.delete(address).status_code == 200
    assert client.get(address).json()["code"] == "webhook_unknown"
    assert site("data_officer", name="dora").get(f"{DEMO}/webhooks").status_code == 403


def test_a_row_is_written_changed_ended_and_remembered(site: Ask) -> None:
    client = site()
    address = f"{DEMO}/registers/lines/rows"
    new = {"values": {"line_id": "L1", "team": "T1"}, "since": "2025-01-01", "reason": "new"}
    assert (made := _post(client, address, new, key="k")).status_code == 201
    assert _post(client, address, new, key="k").json() == made.json() == {"key": "L1"}
    assert _post(client, address, new).json()["code"] == "register_row_exists"
    assert _post(client, address, {"values": {"lyne": "L3"}}).json()["code"] == "filter_unknown"
    row = client.get(f"{address}/L1").json()
    change = {"version": row["version"], "values": {"team": "T2"}, "start": "2026-01-01"}
    assert _post(client, f"{address}/L1/changes", change).status_code == 200
    assert _post(client, f"{address}/L1/changes", change).json()["code"] == "register_row_stale"
    assert client.get(f"{address}/L1?as_at=2025-06-01").json()["values"]["team"] == "T1"
    now = client.get(f"{address}/L1?as_at=2026-06-01").json()
    assert now["values"]["team"] == "T2"
    ended = _post(client, f"{address}/L1/end", {"version": now["version"], "start": "2026-07-01", "reason": "gone"})
    assert ended.status_code == 200
    assert client.get(f"{address}/L1?as_at=2026-08-01").status_code == 404
    assert len(client.get(f"{address}/L1/history").json()["items"]) >= 3
    assert _post(site("inspector", name="ines"), address, new).status_code == 403


def test_an_address_of_one_row_writes_to_no_other(site: Ask, tmp_path: Path) -> None:
    _imported("lines", LINES, tmp_path)
    client = site()
    version = client.get(f"{DEMO}/registers/lines/rows/L2").json()["version"]
    change = {"version": version, "values": {"name": "x"}}
    assert _post(client, f"{DEMO}/registers/lines/rows/L1/changes", change).status_code == 404
    assert client.get(f"{DEMO}/registers/lines/rows/L2").json()["values"]["name"] == "二号"


def test_a_reveal_stands_in_the_chain(site: Ask, tmp_path: Path) -> None:
    _imported("seats", SEATS, tmp_path)
    client = site()
    assert _post(client, f"{DEMO}/registers/seats/rows/S1/reveal").json()["values"]["person"] == "王小明"
    assert len(client.get(f"{DEMO}/audit?verb=registers.reveal").json()["items"]) == 1
    reader = site("inspector", name="ines")
    assert _post(reader, f"{DEMO}/registers/seats/rows/S1/reveal").status_code == 403
