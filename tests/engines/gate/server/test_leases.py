"""Leases against a switch that is a table in this process: what is granted, recalled, given back, lost."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.support.gate import NOON, cap, snapshot, tenant
from tests.support.gate_server import channel_used, made

from nianjian.engines.gate.counters import meters
from nianjian.engines.gate.kamailio import SilentError, SwitchLeases, list_leasable
from nianjian.engines.gate.policy import Cap
from nianjian.engines.gate.server.gate import Gate

LINE = cap("L01", 30)


class Tables:
    """What `kamailio.Rpc` speaks to: the three tables, and one call as the route counts it."""

    def __init__(self) -> None:
        self.since = "Mon"
        self.silent = False
        self.epoch: dict[str, str] = {}
        self.granted: dict[str, int] = {}
        self.used: dict[str, int] = {}

    def restart(self) -> None:
        self.since = "Tue"
        self.epoch, self.granted, self.used = {}, {}, {}

    def call(self, key: str = "L01", day: int = meters.day_number(NOON)) -> str:
        if key not in self.epoch:
            return "no lease"
        name = f"{key}:{meters.day_name(day).replace('-', '')}:{self.epoch[key]}"
        if name not in self.granted:
            return "503"
        if self.used.get(name, 0) >= self.granted[name]:
            return "403"
        self.used[name] = self.used.get(name, 0) + 1
        return "302"

    def calls(self, count: int, **more: Any) -> int:
        return [self.call(**more) for _ in range(count)].count("302")

    async def up_since(self) -> str:
        if self.silent:
            raise SilentError
        return self.since

    async def set_numbers(self, table: str, values: Any) -> None:
        if self.silent:
            raise SilentError
        getattr(self, table).update(dict(values))

    set_text = set_numbers

    async def delete(self, table: str, names: Any) -> None:
        for name in names:
            getattr(self, table).pop(name, None)

    async def numbers(self, table: str, names: list[str]) -> list[int]:
        return [getattr(self, table).get(name, 0) for name in names]

    async def texts(self, table: str, names: list[str]) -> list[str]:
        return [getattr(self, table).get(name, "") for name in names]


def lines(
    limit: int, epoch: int = 1, *, isolated: bool = False, observing: bool = False, **more: Any
) -> dict[str, Any]:
    mode = {"isolated": isolated, "observing": observing}
    channels = [{"name": "L01", "team": "", **mode, "days": [[None, None]]}]
    return tenant(channels=channels, caps=[asdict(cap("L01", limit, epoch))], **more)


def renew(gate: Gate, root: Path, config: dict[str, Any]) -> None:
    snapshot(root, config)
    gate.held.refresh()  # type: ignore[attr-defined]
    gate.counters.policy("acme", [Cap(**one) for one in config["caps"]])


def leased(gate: Gate, switch: Tables) -> SwitchLeases:
    return SwitchLeases(gate, switch)  # type: ignore[arg-type]


def begun(tmp_path: Path) -> tuple[Gate, Tables, SwitchLeases]:
    """A gate with a cap of 30 on one line, and a switch that holds nothing yet."""
    gate, switch = made(tmp_path, lines(30)), Tables()
    return gate, switch, leased(gate, switch)


async def spent(leases: SwitchLeases, switch: Tables, *, turns: int, calls: int) -> int:
    """How many calls are let through, so many after each turn."""
    allowed = 0
    for _ in range(turns):
        await leases.turn()
        allowed += switch.calls(calls)
    return allowed


async def test_blocks_come_until_the_cap_is_spent(tmp_path: Path) -> None:
    gate, switch, leases = begun(tmp_path)
    assert await spent(leases, switch, turns=12, calls=7) == 30
    assert switch.call() == "403"
    assert channel_used(gate, LINE, "L01") == 30


async def test_a_lower_cap_recalls_and_gives_back_what_was_not_used(tmp_path: Path) -> None:
    gate, switch, leases = begun(tmp_path)
    await leases.turn()
    assert switch.calls(4) == 4
    renew(gate, tmp_path, lines(6, epoch=2))
    await leases.turn()
    assert leases.given_back == 6
    allowed = 4
    for _ in range(6):
        allowed += switch.calls(3)
        await leases.turn()
    assert allowed == 6
    assert channel_used(gate, LINE, "L01") == 6


async def test_an_isolated_channel_has_no_lease(tmp_path: Path) -> None:
    gate, switch, leases = begun(tmp_path)
    await leases.turn()
    renew(gate, tmp_path, lines(30, epoch=2, isolated=True))
    await leases.turn()
    assert switch.call() == "no lease"
    assert channel_used(gate, LINE, "L01") == 0


async def test_what_went_down_with_the_switch_counts_as_used(tmp_path: Path) -> None:
    _gate, switch, leases = begun(tmp_path)
    await leases.turn()
    assert switch.calls(3) == 3
    switch.restart()
    assert switch.call() == "no lease"
    assert await spent(leases, switch, turns=8, calls=6) == 20


async def test_a_new_gate_recalls_what_its_predecessor_granted(tmp_path: Path) -> None:
    gate, switch = made(tmp_path, lines(30)), Tables()
    await leased(gate, switch).turn()
    assert switch.calls(3) == 3
    leases = leased(gate, switch)
    assert await spent(leases, switch, turns=8, calls=6) == 20
    assert sum(switch.used.values()) == 23


async def test_a_switch_that_is_silent_during_a_recall_loses_tokens_and_wins_none(tmp_path: Path) -> None:
    gate, switch, leases = begun(tmp_path)
    await leases.turn()
    renew(gate, tmp_path, lines(12, epoch=2))
    switch.silent = True
    with pytest.raises(SilentError):
        await leases.turn()
    allowed = switch.calls(4)
    switch.silent = False
    for _ in range(6):
        await leases.turn()
        allowed += switch.calls(5)
    assert allowed == 12


async def test_midnight_has_its_first_block_before_it_comes(tmp_path: Path) -> None:
    gate, switch, leases = begun(tmp_path)
    await leases.turn()
    today, end = meters.day_number(NOON), meters.day_end(meters.day_number(NOON))
    assert switch.call(day=today + 1) == "503", "a gate that is dead at midnight: no grant for the new day"
    gate.moment = lambda: end - 30_000
    await leases.turn()
    assert switch.calls(12, day=today + 1) == 10
    gate.moment = lambda: end + 1000
    await leases.turn()
    await leases.turn()
    assert switch.calls(40, day=today + 1) == 10
    assert switch.call(day=today) == "302", "yesterday's tokens are yesterday's: only its own key has them"


async def test_a_stale_snapshot_grants_nothing_more(tmp_path: Path) -> None:
    gate, switch, leases = begun(tmp_path)
    gate.moment = lambda: NOON + 2 * 86_400_000
    await leases.turn()
    assert switch.call() == "no lease"


@pytest.mark.parametrize(
    "told",
    [
        lines(30, isolated=True),
        lines(30, observing=True),
        lines(30, enforce=False),
        tenant(caps=[asdict(cap("L01")), {**asdict(cap("L01")), "name": "callee", "key": "callee", "only": ""}]),
        tenant(caps=[{**asdict(cap("L01")), "window": "sliding", "seconds": 60}]),
        tenant(caps=[{**asdict(cap("L01")), "counts": "answered"}]),
        tenant(caps=[]),
    ],
    ids=["isolated", "a new line", "looks on", "another key", "another window", "answered calls", "no cap"],
)
def test_what_a_switch_cannot_count_is_not_leased(tmp_path: Path, told: dict[str, Any]) -> None:
    latest = made(tmp_path, told).held.snapshot
    assert latest is not None
    assert list(list_leasable(latest.tenants["acme"])) == []
