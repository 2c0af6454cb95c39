"""What a common store is told before it counts: every unit that was taken, whatever would be decided today."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.support.gate import CALLEE, CONSENTED, NOON, REFUSED, cap, purpose, request, snapshot, tenant
from tests.support.gate_store import opened, server, take

from nianjian.engines.gate.counters import meters
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.policy import Cap, Slot
from nianjian.engines.gate.question import Verdict
from nianjian.engines.gate.refill import Figures, count_figures, open_journals, refill_store
from nianjian.engines.gate.snapshot.read import open_snapshot

ALLOWED = Verdict(allow=True, reason="allow")
HOUR, DAY, TODAY = meters.HOUR, meters.DAY, meters.day_number(NOON)
MONTH = Cap("month", "callee", "sliding", 10, "r", seconds=30 * 86_400)
THREE_DAYS = Cap("three-days", "callee", "anchored", 1, "r", seconds=72 * 3600)
MINUTE = Cap("minute", "callee", "sliding", 1, "r", seconds=60)


def allowed(folder: Path, *requests: dict[str, Any], process: str = "main") -> None:
    """Decisions of one process that let calls go; each takes its moment from ``at``."""
    for one in requests:
        at = one.get("at", NOON)
        journal = Journal(folder, process)
        journal.open(at)
        journal.note(request(**one), ALLOWED, 1, at)
        journal.close()


def counted(tmp_path: Path, config: dict[str, Any]) -> Figures:
    snapshot(tmp_path / "snapshot", config)
    folders = [tmp_path / "decisions"]
    latest = open_snapshot(tmp_path / "snapshot")
    return count_figures(open_journals(folders, latest, NOON), latest, NOON)


def test_a_channel_that_was_isolated_since_keeps_what_it_has_used(tmp_path: Path) -> None:
    allowed(tmp_path / "decisions", *({"channel": "L02", "call_id": f"c{one}"} for one in range(45)))
    snapshot(tmp_path / "snapshot")  # L02 is isolated, at most 30 a day, and nobody of those has consented
    latest = open_snapshot(tmp_path / "snapshot")

    async def left(url: str) -> int:
        generation, figures_found = await refill_store(url, [tmp_path / "decisions"], latest, NOON)
        assert figures_found.allows == {(("acme", "channel-day.L02", "L02"), TODAY): 45}
        caps = latest.tenants["acme"].policy.caps
        gate = await opened(valkey, caps_of={"acme": caps}, generation=generation, moment=lambda: NOON)
        slot = Slot(next(one for one in caps if one.only == "L02"), "L02")
        pending = (take(gate, slot, call=f"new{one}", now=NOON, enterprise="acme") for one in range(30))
        answers = [taken.allowed for taken in await asyncio.gather(*pending)]
        await gate.stop()
        return sum(answers)

    with server() as valkey:
        assert asyncio.run(left(valkey.url)) == 0


def test_what_is_forbidden_by_now_was_taken_all_the_same(tmp_path: Path) -> None:
    allowed(
        tmp_path / "decisions",
        {"callee": REFUSED},  # on the do-not-call list since
        {"display": "95999001"},  # no longer filed
        {"purpose": "marketing", "callee": CONSENTED},  # out of the hours since
        {"channel": "L09"},  # no longer in the register
    )
    shut = [purpose("marketing", hours=((0, 1),)), purpose("unnamed"), purpose("other")]
    config = tenant(caps=[asdict(cap("L01")), asdict(MONTH)], purposes=shut)
    figures = counted(tmp_path, config)
    assert figures.allows == {(("acme", "channel-day.L01", "L01"), TODAY): 3}
    units = sorted(unit.key[2] for unit in figures.units)
    assert units == sorted([REFUSED, CALLEE, CONSENTED, CALLEE]), (
        "of a channel that is gone the callee is counted still"
    )


def test_a_cap_of_many_days_keeps_its_counts(tmp_path: Path) -> None:
    ages = (31 * DAY, 29 * DAY, 71 * HOUR, 30 * HOUR, 0)
    allowed(tmp_path / "decisions", *({"at": NOON - age, "call_id": str(age)} for age in ages))
    config = tenant(caps=[asdict(one) for one in (cap("L01"), MONTH, THREE_DAYS, MINUTE)])
    figures = counted(tmp_path, config)
    by_cap = {one.name: [unit.at for unit in figures.units if unit.cap == one] for one in (MONTH, THREE_DAYS, MINUTE)}
    assert by_cap["month"] == [NOON - age for age in ages[1:]]
    assert by_cap["three-days"] == [NOON - age for age in ages[2:]]
    assert by_cap["minute"] == [NOON], "a window that is over long since is not filled"
    assert {day for _key, day in figures.allows} == {TODAY - 1, TODAY}


def test_only_processes_of_late_may_hold_tokens(tmp_path: Path) -> None:
    allowed(tmp_path / "decisions", {"at": NOON - 9 * DAY}, process="gone")
    allowed(tmp_path / "decisions", {}, {"at": NOON - DAY}, process="here")
    assert counted(tmp_path, tenant(caps=[asdict(MONTH)])).gates == 1
