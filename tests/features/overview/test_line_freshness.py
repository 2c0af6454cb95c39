"""When each line last carried a call: counted with a portrait from real calls, told against the register of today."""

from datetime import date
from pathlib import Path

import pytest

from nianjian.engines.kernel import clock
from nianjian.features.calls.operations import import_calls, undo_calls
from nianjian.features.portrait import line_usage
from nianjian.features.portrait.operations import run_portrait
from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers.models import Line

HEADER = "话单ID,方向,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,线路编号"
CALLS = (("L1", "2026-11-20"), ("L1", "2026-11-02"), ("L2", "2026-11-12"), ("L3", "2026-11-13"), ("L9", "2026-03-01"))


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-25")


def _line(enterprise: str, key: str, **more: object) -> None:
    Line(enterprise_id=enterprise, key=key, line_id=key, recorded_at=clock.now(), file="", **more).save()


def _import(path: Path, calls: tuple[tuple[str, str], ...], operator: Actor, *more: str) -> str:
    rows = [
        f"{line}-{day},呼出,95013,{13900000000 + at},{day} 10:00:00,{day} 10:00:05,{day} 10:01:00,接通,{line}"
        for at, (line, day) in enumerate(calls)
    ]
    path.write_text("\n".join([HEADER, *rows, *more]) + "\n", encoding="utf-8")
    return import_calls(
        enterprise="demo", patterns=[str(path)], source="auto", mapping_file=None, timezone="Asia/Shanghai",
        replace=None, actor=operator, progress=lambda *_figures: None,
    ).batch  # fmt: skip


def _run(operator: Actor) -> None:
    run_portrait(
        enterprise="demo", year=2026, as_of=None, province=None, today=None, raw=False, actor=operator
    )  # fmt: skip


def test_silent_lines_are_told_the_longest_first(demo: str, operator: Actor, tmp_path: Path) -> None:
    assert line_usage.find_line_usage(demo, clock.today()) is None, "nothing was counted"
    missed = "missed,呼出,95013,13900000099,2026-11-20 11:00:00,,2026-11-20 11:00:30,平台拦截,L1"
    _import(tmp_path / "calls.csv", CALLS, operator, missed)
    _run(operator)
    assert line_usage.find_line_usage(demo, clock.today()) is None, "no line is in the register"
    for key in ("L1", "L2", "L3", "L4"):
        _line(demo, key)
    _line(demo, "L9", state="stopped")
    _line(demo, "L8", closed_on=date(2026, 11, 1))
    usage = line_usage.find_line_usage(demo, clock.today())
    assert usage is not None
    assert (usage.counted, usage.newest, usage.silent) == (date(2026, 11, 25), date(2026, 11, 20), 2)
    rows = [(one.line, one.last, one.before, one.silent) for one in usage.lines]
    assert rows == [
        ("L4", None, None, True),
        ("L2", date(2026, 11, 12), 8, True),
        ("L3", date(2026, 11, 13), 7, False),
        ("L1", date(2026, 11, 20), 0, False),
    ]
    loads = line_usage.list_line_loads(demo)
    assert loads.keys() == {"L1", "L2", "L3"}, "L9 had no call in these 30 days"
    assert loads["L1"] == line_usage.LineLoad(days=2, busiest=2, whole=False), "an attempt is counted, as the gate does"


def test_an_undone_batch_is_not_counted_the_next_time(demo: str, operator: Actor, tmp_path: Path) -> None:
    _line(demo, "L1")
    _import(tmp_path / "a.csv", CALLS[1:2], operator)
    batch = _import(tmp_path / "b.csv", CALLS[:1], operator)
    _run(operator)
    first = line_usage.find_line_usage(demo, clock.today())
    undo_calls(batch=batch, actor=operator)
    _run(operator)
    second = line_usage.find_line_usage(demo, clock.today())
    assert first is not None
    assert second is not None
    assert (first.newest, second.newest) == (date(2026, 11, 20), date(2026, 11, 2))
