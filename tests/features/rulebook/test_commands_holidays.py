"""A last day before and after the year's notice is imported, at the shell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.fixtures import Shell

DUE = ("holidays", "due", "--from", "2026-12-28", "--workdays", "10")


def test_the_provisional_mark_goes_with_the_notice(shell: Shell, tmp_path: Path) -> None:
    assert "暂定" in shell(*DUE).out
    assert shell("holidays", "list", "--json").json["provisional_from"] == 2027
    path = tmp_path / "2027.json"
    path.write_text('{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-04", "isOffDay": true}]}')
    assert "2027：已导入 1 个休息日" in shell("holidays", "import", str(path)).out
    assert shell(*DUE, "--json").json == {
        "from": "2026-12-28", "workdays": 10, "due": "2027-01-12", "provisional": False,
    }  # fmt: skip
    assert shell("holidays", "list", "--json").json["provisional_from"] == 2028
    bad = tmp_path / "bad.csv"
    bad.write_text("日期,休息/上班\n2027-01-01,也许\n")
    told = shell("holidays", "import", str(bad))
    assert told.code == 1
    assert "第 2 行" in told.out
