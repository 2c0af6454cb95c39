"""Cases worked out by hand, from the file that a switch wrote to the light."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest
from tests.support.fixtures import Import, Sheet

from nianjian.features.calls.operations import import_calls
from nianjian.features.portrait.operations import run_portrait
from nianjian.platform.accounts.query import Actor

pytestmark = pytest.mark.django_db
Json = dict[str, Any]
CALLS = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,Privacy"
NUMBERS = "码号,批准总位长,备案状态,备案日期,呼出权限,有效期起"
OWN = ("95013", "5", "已备案", "2024-01-01", "是", "2024-01-01")


@pytest.fixture(autouse=True)
def _today(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-01-20")


def test_a_withheld_display_is_unknown_and_never_the_caller(
    demo: str, operator: Actor, anna: Actor, load: Import, sheet: Sheet
) -> None:
    """6,999 of 10,000 show landline or mobile, 100 say in their ways that it is withheld: 69.99 % to 70.99 %."""
    load("numbers", NUMBERS, OWN)
    withheld = cycle(
        [("anonymous", ""), ("unknown", ""), ("Restricted", ""), ("withheld", ""), ("未知", ""), ("匿名", ""),
         ("", "id"), ("-", "user;id"), ("8001", ""), ("", "header")]
    )  # fmt: skip
    shown = [("13800138000", "")] * 3000 + [("02188886666", "none")] * 3999 + [("95013", "")] * 2901
    shown += [next(withheld) for _ in range(100)]
    at = ("2026-03-05 10:00:00", "2026-03-05 10:00:05", "2026-03-05 10:01:05", "接通")
    rows = [
        (f"c{n}", "呼出", "95013", display, f"139{n:08d}", *at, privacy) for n, (display, privacy) in enumerate(shown)
    ]
    path = sheet(CALLS, *rows, name="calls.csv")
    how: Json = {"source": "auto", "mapping_file": None, "timezone": None, "replace": None}
    import_calls(enterprise=demo, patterns=[str(path)], actor=operator, progress=lambda *_figures: None, **how)
    ran = run_portrait(enterprise=demo, year=2026, as_of=None, province=None, today=None, raw=False, actor=anna)
    told = ran.metric("number_consistency").as_dict()
    counts = {name: number for name, number in told["components"].items() if number}
    assert counts == {"own_short": 2901, "landline": 3999, "mobile": 3000, "unknown": 100, "delivered": 10_000}
    assert (told["light"], told["twins"]["evasion"]["bounds"]) == (
        "insufficient",
        {"low": "69.9900", "high": "70.9900"},
    )
    assert told["bounds"] == {"low": "29.0100", "high": "30.0100"}
