"""Runs are kept: the list, what changed between two, and the files that a run can write."""

from pathlib import Path
from typing import Any

from tests.support.fixtures import Shell

WHERE = ("--enterprise", "demo", "--year", "2026")


def test_runs_write_their_forms_and_are_compared(cli: Shell, tmp_path: Path) -> None:
    """A register is imported between the two."""

    def run(*more: str) -> Any:
        done = cli("portrait", "run", *WHERE, "--as-of", "2026-06-30", *more, "--json")
        assert done.code == 0, done.out + done.err

    page, book, sheet = (tmp_path / name for name in ("p.html", "p.xlsx", "seats.csv"))
    run("--html", str(page), "--xlsx", str(book))
    assert "合规画像" in page.read_text(encoding="utf-8")
    assert book.read_bytes().startswith(b"PK")
    header = "坐席编号,类型,备案状态,备案日期,开通日期\n"
    sheet.write_text(f"{header}S1,人工,已备案,2025-01-01,2025-02-01\nS2,人工,已备案,2025-01-01,\n", encoding="utf-8")
    assert cli("registers", "import", "seats", str(sheet), "--enterprise", "demo").code == 0
    run()
    new, old = cli("portrait", "runs", *WHERE, "--json").json["runs"]
    assert [one["actor"].partition(":")[0] for one in (new, old)] == ["os", "os"]
    assert new["sha256"] != old["sha256"]
    assert old["id"] in cli("portrait", "runs", *WHERE).out
    result = cli("portrait", "compare", old["id"], new["id"], *WHERE, "--json")
    assert (result.code, result.json["causes"]) == (0, ["data"])
    assert [one["table"] for one in result.json["tables"]] == ["seat_dim"]
    vacancy = result.json["metrics"][0]
    assert {one["code"]: one["after"] for one in vacancy["components"]}["filed"] == 2
    assert [act["verb"] for act in result.json["between"]] == ["registers.import"]
    said = cli("portrait", "compare", old["id"], new["id"], *WHERE).out
    for words in ("数据有变", "备案坐席: 0 → 2", "台账"):
        assert words in said
    unknown = cli("portrait", "compare", old["id"], "20260101-000000-000000", *WHERE, "--json")
    assert unknown.json["error"]["code"] == "portrait_run_unknown"
    assert cli("audit", "verify", "--json").code == 0
