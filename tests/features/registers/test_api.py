"""Registers over the API: lists, rows, sheets and files of calls handed to the worker; masked, and one's own."""

import json
from pathlib import Path

import pytest
from tests.support.asking import DEMO, Ask, post, upload

pytestmark = pytest.mark.postgres

LINES = "线路编号,名称,团队,启用日期\nL1,一号,T1,2025-01-01\nL2,二号,T2,2025-01-01\n"
SEATS = "坐席编号,类型,姓名,证件号\nS1,人工,王小明,11010519491231002X\n"


def _imported(kind: str, text: str, tmp_path: Path) -> None:
    from nianjian.platform.accounts.query import Actor  # noqa: PLC0415 -- after Django
    from nianjian.platform.registers.storage import import_sheet  # noqa: PLC0415

    file = tmp_path / f"{kind}.csv"
    file.write_text(text, encoding="utf-8")
    receipt = import_sheet(kind=kind, path=file, enterprise="demo", actor=Actor("tester"))
    assert receipt.ok, receipt.errors


def test_registers_are_listed_masked(api: Ask, tmp_path: Path) -> None:
    _imported("seats", SEATS, tmp_path)
    client = api()
    states = {one["kind"]: one["rows"] for one in client.get(f"{DEMO}/registers").json()["items"]}
    assert (states["seats"], states["lines"]) == (1, 0)
    told = client.get(f"{DEMO}/registers/seats").json()["items"]
    assert told[0]["values"]["seat_id"] == "S1"
    assert "11010519491231002X" not in json.dumps(told)
    assert "王小明" not in json.dumps(told, ensure_ascii=False)
    assert client.get(f"{DEMO}/registers/seats?as_at=2019-01-01").status_code == 200
    assert client.get(f"{DEMO}/registers/nothing").status_code == 404
    assert client.get(f"{DEMO}/registers/seats?sort=nothing").status_code == 422


def test_an_outsourcer_sees_rows_of_the_own_team_alone(api: Ask, tmp_path: Path) -> None:
    _imported("lines", LINES, tmp_path)
    client = api("outsourcer", team="T1")
    assert [one["key"] for one in client.get(f"{DEMO}/registers/lines").json()["items"]] == ["L1"]
    assert [one["key"] for one in client.get(f"{DEMO}/registers/lines?team=T2").json()["items"]] == ["L1"]
    assert client.get(f"{DEMO}/registers/consents").status_code == 404
    assert client.get(f"{DEMO}/batches").status_code == 403
    told = client.get(f"{DEMO}/portraits/2026").json()
    assert told["team"] == "T1"
    assert "light" not in told
    assert client.get(DEMO).json()["light"] is None


def test_a_sheet_is_handed_to_the_worker(api: Ask) -> None:
    from nianjian.platform.jobs import query  # noqa: PLC0415 -- after Django

    client = api()
    answer = upload(client, f"{DEMO}/registers/lines/imports", LINES.encode(), name="lines.csv")
    assert answer.status_code == 202
    kept = Path(str(query.job(answer.json()["id"]).payload["file"]))
    assert kept.read_text(encoding="utf-8") == LINES
    checked = upload(client, f"{DEMO}/registers/lines/imports", LINES.encode(), name="lines.csv", check="true")
    assert checked.json()["kind"] == "registers.check"


def test_a_row_is_written_changed_ended_and_remembered(api: Ask) -> None:
    client = api()
    address = f"{DEMO}/registers/lines/rows"
    from tests.support.teams import standing  # noqa: PLC0415 -- after Django

    standing("demo", "T1", "T2")
    wrong = post(client, address, {"values": {"line_id": "L1", "team": "T9"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "register_row_faulty")
    assert "T9" in wrong.content.decode()
    new = {"values": {"line_id": "L1", "team": "T1"}, "since": "2025-01-01", "reason": "new"}
    assert (made := post(client, address, new, key="k")).status_code == 201
    assert post(client, address, new, key="k").json() == made.json() == {"key": "L1"}
    assert post(client, address, new).json()["code"] == "register_row_exists"
    assert post(client, address, {"values": {"lyne": "L3"}}).json()["code"] == "filter_unknown"
    row = client.get(f"{address}/L1").json()
    change = {"version": row["version"], "values": {"team": "T2"}, "start": "2026-01-01"}
    assert post(client, f"{address}/L1/changes", change).status_code == 200
    assert post(client, f"{address}/L1/changes", change).json()["code"] == "register_row_stale"
    assert client.get(f"{address}/L1?as_at=2025-06-01").json()["values"]["team"] == "T1"
    now = client.get(f"{address}/L1?as_at=2026-06-01").json()
    assert now["values"]["team"] == "T2"
    ended = post(client, f"{address}/L1/end", {"version": now["version"], "start": "2026-07-01", "reason": "gone"})
    assert ended.status_code == 200
    assert client.get(f"{address}/L1?as_at=2026-08-01").status_code == 404
    assert len(client.get(f"{address}/L1/history").json()["items"]) >= 3


def test_an_address_of_one_row_writes_to_no_other(api: Ask, tmp_path: Path) -> None:
    _imported("lines", LINES, tmp_path)
    client = api()
    version = client.get(f"{DEMO}/registers/lines/rows/L2").json()["version"]
    change = {"version": version, "values": {"name": "x"}}
    assert post(client, f"{DEMO}/registers/lines/rows/L1/changes", change).status_code == 404
    assert client.get(f"{DEMO}/registers/lines/rows/L2").json()["values"]["name"] == "二号"


def test_a_reveal_stands_in_the_chain(api: Ask, tmp_path: Path) -> None:
    _imported("seats", SEATS, tmp_path)
    client = api()
    assert post(client, f"{DEMO}/registers/seats/rows/S1/reveal").json()["values"]["person"] == "王小明"
    assert len(client.get(f"{DEMO}/audit?verb=registers.reveal").json()["items"]) == 1
