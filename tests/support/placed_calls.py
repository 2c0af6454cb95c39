"""Test calls that were placed, and the call records of them as they are imported."""

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tests.support.answerer import Answerer

from nianjian.engines.kernel import clock
from nianjian.engines.sip.message import Via
from nianjian.features.calls.operations import import_calls
from nianjian.features.test_calls.models import Trial
from nianjian.features.test_calls.operations import calls
from nianjian.features.test_calls.operations.calls import CallWay
from nianjian.platform.accounts.query import Actor

LEDGER = "码号,批准总位长,备案状态,备案日期,指定落地网关"
CALLS = "话单ID,方向,主叫号码,被叫号码,开始时间,接通时间,结束时间,结果,线路编号,用途"
CALLER = "13800000001"
HOUR = timedelta(hours=1)


def place_call(far: Answerer, who: Actor, witness: str = "address", number: str = "95013") -> Trial:
    """One test call, kept."""
    way = CallWay(Via("127.0.0.1", far.port), CALLER, witness=witness, carrier="中国移动")
    (row,) = calls.place_test_calls(enterprise="demo", numbers=(number,), ways=[way], actor=who).rows
    return Trial.objects.get(pk=row.trial)


def stamp(moment: datetime) -> str:
    """As a call record writes it."""
    return f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"


def record(  # noqa: PLR0917 -- the cells of a row
    name: str, at: datetime, line: str = "", caller: str = CALLER, callee: str = "95013", mark: str = "客服"
) -> tuple[str, ...]:
    """The record of an answered call of five seconds."""
    begin, end = stamp(at), stamp(at + timedelta(seconds=5))
    return (name, "呼入", caller, callee, begin, begin, end, "接通", line, mark)


def records_beside(at: datetime) -> list[tuple[str, ...]]:
    """Calls of others before and after: the records cover that time."""
    return [record(f"x{step}", at + HOUR * step, "HZ-GW-01", "13911112222") for step in (-2, 2)]


def import_records(path: Path, who: Actor, rows: Sequence[Sequence[str]]) -> None:
    """Write a file of records and import it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([CALLS.split(","), *rows])
    import_file(path, who)


def import_file(path: Path, who: Actor, zone: str = "Asia/Shanghai") -> None:
    """Import a file of calls as it is."""
    import_calls(
        enterprise="demo", patterns=[str(path)], source="auto", mapping_file=None, timezone=zone, replace=None,
        actor=who, progress=lambda *_figures: None,
    )  # fmt: skip
