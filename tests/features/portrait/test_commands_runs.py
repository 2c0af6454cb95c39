"""Runs are kept: the list, what changed between two, and the files that a run can write."""

from pathlib import Path
from typing import Any

import pytest
from tests.support.fixtures import Shell

SEATS = "坐席编号,类型,备案状态,备案日期,开通日期\n"


def run(demo: Shell, *more: str) -> Any:
    return demo("portrait", "run", "--enterprise", "demo", "--year", "2026", "--as-of", "2026-06-30", *more)


@pytest.fixture
def two(cli: Shell, tmp_path: Path) -> tuple[str, str]:
    """Ids of two runs, older and newer: a register was imported between them."""
    assert run(cli, "--json").code == 0
    sheet = tmp_path / "seats.csv"
    sheet.write_text(f"{SEATS}S1,人工,已备案,2025-01-01,2025-02-01\nS2,人工,已备案,2025-01-01,\n", encoding="utf-8")
    done = cli("registers", "import", "seats", str(sheet), "--enterprise", "demo")
    assert done.code == 0, done.out + done.err
    assert run(cli, "--json").code == 0
    told = cli("portrait", "runs", "--enterprise", "demo", "--year", "2026", "--json").json["runs"]
    assert [one["actor"].partition(":")[0] for one in told] == ["os", "os"]
    assert told[0]["sha256"] != told[1]["sha256"]
    return told[1]["id"], told[0]["id"]


def test_two_runs_are_compared(cli: Shell, two: tuple[str, str]) -> None:
    where = ("--enterprise", "demo", "--year", "2026")
    told = cli("portrait", "compare", *two, *where, "--json")
    assert told.code == 0
    assert told.json["causes"] == ["data"]
    assert [one["table"] for one in told.json["tables"]] == ["seat_dim"]
    vacancy = told.json["metrics"][0]
    assert {one["code"]: one["after"] for one in vacancy["components"]}["filed"] == 2
    assert [act["verb"] for act in told.json["between"]] == ["registers.import"]
    said = cli("portrait", "compare", *two, *where)
    for words in ("数据有变", "备案坐席: 0 → 2", "registers" if "registers" in said.out else "台账"):
        assert words in said.out
    listed = cli("portrait", "runs", *where)
    assert two[0] in listed.out
    assert cli("portrait", "compare", two[0], "20260101-000000-000000", *where, "--json").json["error"]["code"] == (
        "portrait_run_unknown"
    )


def test_a_run_writes_its_forms_and_their_entries(cli: Shell, tmp_path: Path) -> None:
    page, sheet = tmp_path / "p.html", tmp_path / "p.xlsx"
    assert run(cli, "--html", str(page), "--xlsx", str(sheet), "--json").code == 0
    assert "合规画像" in page.read_text(encoding="utf-8")
    assert sheet.read_bytes().startswith(b"PK")
    assert cli("audit", "verify", "--json").code == 0
