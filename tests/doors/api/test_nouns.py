"""Enterprises, people, portraits, jobs and batches over the API: what they tell, what is masked, what is another's."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.asking import DEMO, Ask, post
from tests.support.import_pages import work


def _batch() -> str:
    from nianjian.platform.registers.batches import Batch, BatchFile  # noqa: PLC0415 -- after Django

    rows = {"read": 3, "loaded": 2, "duplicate": 0, "rejected": 1}
    batch = Batch.objects.create(
        id="B1", enterprise_id="demo", created_at=datetime(2026, 1, 1, tzinfo=UTC), created_by="os:t"
    )
    BatchFile.objects.create(
        batch=batch, position=0, name="a.csv", sha256="0" * 64, generation=0, receipt={"name": "a.csv", "rows": rows}
    )
    return batch.id


def test_an_enterprise_tells_its_light(api: Ask) -> None:
    enterprise = api().get(DEMO).json()
    assert enterprise == {
        "code": "demo",
        "name": "示范",
        "province": "北京",
        "year": 2026,
        "light": enterprise["light"],
    }
    assert enterprise["light"]


def test_enterprises_are_those_that_concern_one(api: Ask) -> None:
    body = api("tester").get("/api/v1/enterprises").json()
    assert [one["code"] for one in body["items"]] == ["demo"]


def test_people(api: Ask) -> None:
    client = api()
    items = client.get(f"{DEMO}/people?q=ann").json()["items"]
    assert [(one["name"], one["open"]) for one in items] == [("anna", True)]
    assert client.get(f"{DEMO}/people?q=zz").json()["items"] == []
    assert api("data_officer", name="dora").get(f"{DEMO}/people").status_code == 403


def test_portraits_are_masked(api: Ask, sample: dict[str, Any]) -> None:
    client = api("tester")
    assert client.get(f"{DEMO}/portraits").json() == {"years": [2026]}
    portrait = client.get(f"{DEMO}/portraits/2026").json()
    assert portrait["light"] == sample["light"]
    displays = {row["key"] for one in portrait["metrics"] for row in one["splits"].get("display", ())}
    sample_keys = {row["key"] for one in sample["metrics"] for row in one["splits"].get("display", ())}
    assert displays
    assert {key for key in sample_keys if key and key.startswith("1")}.isdisjoint(displays)
    assert client.get(f"{DEMO}/portraits/2025").status_code == 409
    assert client.get(f"{DEMO}/portraits/2026?run=20260101-000000-000000").status_code == 404


def test_runs_are_kept_compared_and_asked_for(api: Ask, sample: dict[str, Any]) -> None:
    from nianjian.features.portrait import portraits  # noqa: PLC0415 -- after Django

    with portraits.stage_portrait("demo", 2026, sample) as put:
        put()
    client = api()
    first = client.get(f"{DEMO}/portraits/2026/runs?limit=1").json()
    second = client.get(first["next"]).json()
    ids = [first["items"][0]["id"], second["items"][0]["id"]]
    assert second["next"] is None
    comparison = client.get(f"{DEMO}/portraits/2026/comparison?before={ids[1]}&after={ids[0]}").json()
    assert [one["id"] for one in comparison["runs"]] == [ids[1], ids[0]]
    job = post(client, f"{DEMO}/portraits/2026/runs", {"as_of": "2026-12-31"}, key="k")
    assert job.status_code == 202
    again = post(client, f"{DEMO}/portraits/2026/runs", {"as_of": "2026-12-31"}, key="k")
    assert again.json()["id"] == job.json()["id"]
    assert len(client.get(f"{DEMO}/jobs").json()["items"]) == 1
    assert post(api("tester", name="ines"), f"{DEMO}/portraits/2026/runs", {}).status_code == 403


def test_a_simulation_changes_nothing(api: Ask, sample: dict[str, Any]) -> None:
    simulation = api("tester").get(f"{DEMO}/portraits/2026/simulation?close_tickets=1").json()
    assert simulation["before"]["light"] == sample["light"]
    assert simulation["before"] != simulation["after"]


def test_an_export_stands_in_the_chain(api: Ask) -> None:
    client = api()
    answer = client.post(f"{DEMO}/portraits/2026/exports/xlsx")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    newest = client.get(f"{DEMO}/audit?verb=portrait.export").json()["items"]
    assert [one["actor"] for one in newest] == ["user:anna"]


def test_jobs_are_the_enterprises_own(api: Ask) -> None:
    from nianjian.platform.accounts.query import Actor  # noqa: PLC0415 -- after Django
    from nianjian.platform.jobs import flow  # noqa: PLC0415

    payload = {"year": 2026, "secret": "stays inside"}
    mine, theirs = (
        flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise=code, payload=payload, actor=Actor("tester"))
        for code in ("demo", "other")
    )
    client = api()
    job = client.get(f"{DEMO}/jobs/{mine}").json()
    assert (job["id"], job["state"], job["error"]) == (mine, "waiting", None)
    assert "payload" not in job
    assert client.get(f"{DEMO}/jobs/{theirs}").status_code == 404
    assert api(enterprise="", name="root").get(f"{DEMO}/jobs/{theirs}").status_code == 404
    stopped = post(client, f"{DEMO}/jobs/{mine}/stop")
    assert (stopped.status_code, stopped.json()["state"]) == (202, "stopped")
    assert stopped.json() == client.get(f"{DEMO}/jobs/{mine}").json()  # moments too, to the same fraction
    assert post(client, f"{DEMO}/jobs/{mine}/stop").json()["code"] == "job_over"


def test_batches_and_their_undo(api: Ask) -> None:
    batch = _batch()
    client = api()
    items = client.get(f"{DEMO}/batches").json()["items"]
    assert [(one["batch"], one["rows"]["rejected"]) for one in items] == [(batch, 1)]
    assert client.get(f"{DEMO}/batches/{batch}").json() == items[0]
    assert client.get(f"{DEMO}/batches/B2").json()["code"] == "batch_unknown"
    job = post(client, f"{DEMO}/batches/{batch}/undo").json()
    assert (job["kind"], job["state"]) == ("calls.undo", "waiting")
    reader = api("tester", name="ines")
    assert post(reader, f"{DEMO}/batches/{batch}/undo").status_code == 403
    assert post(reader, f"{DEMO}/batches/{batch}/rejects/files").status_code == 403
    assert post(reader, f"{DEMO}/batches/{batch}/rejects/files/J1").status_code == 403


def test_a_batch_of_another_enterprise_does_not_exist_here(api: Ask) -> None:
    batch = _batch()
    client = api(enterprise="")
    assert client.get(f"/api/v1/enterprises/other/batches/{batch}").status_code == 404
    assert post(client, f"/api/v1/enterprises/other/batches/{batch}/undo").status_code == 404


def test_the_overview_says_what_is_in_the_way(api: Ask) -> None:
    overview = api().get(f"{DEMO}/overview").json()
    assert (overview["year"], overview["light"]) == (2026, api(name="berta").get(DEMO).json()["light"])
    assert overview["mood"]
    assert [one["day"] for one in overview["deadlines"]] == sorted(one["day"] for one in overview["deadlines"])


def test_rows_behind_a_figure_are_masked_and_revealed_by_whom_it_may(api: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from nianjian.features.portrait import operations  # noqa: PLC0415 -- after Django

    calls: list[Any] = []

    def shown(**params: Any) -> Any:
        calls.append(params)
        return operations.RowPage(
            "tickets", ({"complaint_id": "C1", "complainant": "138****0000"},), 1, more=True, month=None
        )

    monkeypatch.setattr(operations, "list_rows", shown)
    client = api()
    address = f"{DEMO}/portraits/2026/rows"
    body = client.get(f"{address}?metric=complaint_rate&component=complaints&team=T1").json()
    assert body["items"][0]["complainant"] == "138****0000"
    assert "page=2" in body["next"]
    assert calls[0]["ask"].keys == {"team": "T1"}
    assert client.get(f"{address}?metric=nothing&component=complaints").json()["code"] == "portrait_rows_unknown"
    row = {"row": {"kind": "tickets", "complaint_id": "C1"}}
    assert post(api("tester", name="ines"), f"{address}/reveal", row).status_code == 403
    assert post(client, f"{address}/reveal", {"row": {"kind": "seats"}}).status_code == 422


def test_how_long_records_are_kept_and_their_erasure(api: Ask) -> None:
    items = api("auditor", name="otto").get(f"{DEMO}/retention").json()["items"]
    calls = next(one for one in items if one["record_class"] == "calls")
    assert (calls["over"], calls["oldest"]) == (None, None)
    assert post(api("auditor", name="otto"), f"{DEMO}/retention/counts").status_code == 202
    work()
    counted = api("auditor", name="otto").get(f"{DEMO}/retention").json()
    assert counted["counted_at"]
    assert {one["over"] for one in counted["items"]} == {0}
    assert calls["since"] < "2026"
    address = f"{DEMO}/retention/erasures"
    assert post(api("auditor", name="otto"), address).status_code == 403
    assert (answer := post(api(), address)).status_code == 202
    assert answer.json()["kind"] == "retention.run"
    assert api("data_officer", name="dora").get(f"{DEMO}/retention").status_code == 403
