"""The live screens before a real Kamailio under load, which asks the gate: they count what it counts itself.

A minute is watched, twenty with SOAK=1, or as many as SCREENS_MINUTES says.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
from tests.support.gate_served import GateProcess
from tests.support.kamailio_switch import Switch
from tests.support.live_screens import (
    CALLED,
    DISPLAY,
    GONE,
    MINUTES,
    PATIENCE,
    REFUSING,
    Screen,
    enterprise,
    flat,
    linked,
    loaded,
    resident,
)
from tests.support.sipp import Carrier, dial
from tests.support.site import Site, browsing, serving

pytestmark = pytest.mark.long

ROUND: Final = (*CALLED, *REFUSING)
BUSY: Final = f"sip:{CALLED[0][:-1]}[0-2]@"  # three of those who are called


def test_what_the_screen_counts_is_what_kamailio_counts(tmp_path: Path) -> None:
    enterprise(tmp_path)
    with (
        tempfile.TemporaryDirectory(prefix="kam-") as short,  # sockets stand in it
        GateProcess(tmp_path / "home", feeds=True, NIANJIAN_KEYS=str(tmp_path / "keys.json")) as gate,
        Carrier(Path(short) / "carrier", busy=BUSY) as carrier,
        Switch(Path(short) / "k", carrier.port, gate.http) as switch,
    ):
        live = f"demo:kam=kamailio://{switch.accounts} demo:kam=jsonrpc://{switch.socket}"
        address = f"http://127.0.0.1:{gate.http}"
        with serving(tmp_path, NIANJIAN_LIVE=live, NIANJIAN_GATE_URL=address) as site, browsing() as browser:
            screen = Screen(browser.new_page(viewport={"width": 1920, "height": 1080}, locale="en-GB"))
            screen.page.goto(site.address + linked(tmp_path) + "office/")
            _watched(screen, switch, site, Path(short))
            _gone(screen, switch)


def _watched(screen: Screen, switch: Switch, site: Site, folder: Path) -> None:
    screen.until(lambda: screen.state("now") == screen.state("calls") == "fresh", PATIENCE, "no life")
    calls: list[tuple[str, int]] = []
    number = CALLED[5:6]
    talking = Thread(target=lambda: calls.extend(dial(folder / "one", switch.port, number, display=DISPLAY, talk=9000)))
    talking.start()
    screen.until(lambda: screen.figure("now") == "1", PATIENCE, "the call of now")
    assert screen.figure("calls") == "0", "one that goes on has not ended, though its answer is accounted"
    talking.join()
    screen.until(lambda: (screen.figure("now"), screen.figure("calls")) == ("0", "1"), PATIENCE, "its end")
    until = time.monotonic() + 60 * MINUTES
    heavy: list[tuple[dict[int, int], tuple[int, int]]] = []
    before = 0
    with loaded(folder, switch.port, ROUND) as load:
        while time.monotonic() < until:
            screen.page.wait_for_timeout(10_000)
            screen.until(lambda: screen.state("calls") == screen.state("now") == "fresh", GONE, "life under load")
            count = int(screen.figure("calls").replace(",", ""))
            assert count > before, "the load is seen while it runs"
            before = count
            heavy.append((resident(site), screen.weight()))
    _equal(screen, switch, calls + load.seen)
    flat(heavy)
    print(f"{len(calls + load.seen)} calls; KiB and page at the end: {heavy[-1]}")  # noqa: T201


def _equal(screen: Screen, switch: Switch, calls: Sequence[tuple[str, int]]) -> None:
    """By SIPp, by Kamailio's own statistics and by the screen."""
    seen = Counter(status for _number, status in calls)
    assert set(seen) == {200, 403, 486}, seen
    screen.until(lambda: screen.figure("calls") == f"{len(calls):,}", PATIENCE, f"{len(calls)}")
    own = switch.counted()
    assert (own["active"], own["early"]) == (0, 0)
    assert (own["processed"] - own["failed"], own["failed"]) == (seen[200], seen[486]), "failed ones are processed too"
    outcomes = screen.lines("outcomes")
    assert (outcomes["answered"], outcomes["busy"], outcomes["not dialled onwards"]) == (
        seen[200],
        seen[486],
        seen[403],
    )
    assert sum(outcomes.values()) == len(calls)
    assert screen.figure("answered") == f"{own['processed'] - own['failed']:,}"
    screen.until(lambda: screen.figure("blocked") == f"{seen[403]:,}", PATIENCE, "blocked, of the gate's own figures")


def _gone(screen: Screen, switch: Switch) -> None:
    switch.kill()
    took = screen.until(lambda: screen.state("calls") == screen.state("now") == "stale", GONE, "the switch is gone")
    assert screen.figure("now") == "–"
    assert "no data since" in screen.page.locator("[data-tile=calls] .note").inner_text()
    assert screen.state("reasons") == "fresh"
    print(f"grey after {took:.1f} s")  # noqa: T201
