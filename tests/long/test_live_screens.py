"""The live screens before a real Asterisk under load: they count what the switch counts, and say when it is gone.

A minute is watched, twenty with SOAK=1, or as many as SCREENS_MINUTES says.
"""

import csv
import json
import os
import re
import tempfile
import time
from collections import Counter
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
from tests.support.asterisk import Asterisk
from tests.support.gate_served import GateProcess
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
from tests.support.services import free_port
from tests.support.sipp import Carrier, dial, trunk_to
from tests.support.site import Site, browsing, serving

from nianjian.engines.gate.decision_search import read_decisions
from nianjian.engines.gate.snapshot import files
from nianjian.engines.paper.texts.gate import REASONS

pytestmark = pytest.mark.long

ROUND: Final = [f"71{number}" for number in (*CALLED, *REFUSING)]
PLAN: Final = """
[dialler](+)
exten => _71X.,1,Set(CALLEE=${FILTER(0-9,${EXTEN:2})})
 same => n,Gosub(gate-http,s,1(L01))
 same => n,GotoIf($["${GATE}" != "allow"]?refused)
 same => n,Dial(PJSIP/${CALLEE}@carrier,25)
 same => n,Hangup(${HANGUPCAUSE})
 same => n(refused),Hangup(21)
"""
CSV: Final = "[csv]\nusegmtime=no\nloguniqueid=yes\nloguserfield=yes\nnewcdrcolumns=yes\n"
MANAGER: Final = """[general]
enabled=yes
bindaddr=127.0.0.1
port={port}
[screens]
secret=of-the-test
write=reporting
"""


def master(switch: Asterisk) -> list[list[str]]:
    with (switch.folder / "log/cdr-csv/Master.csv").open(newline="") as file:
        return list(csv.reader(file))


def own_count(switch: Asterisk) -> int:
    """Calls that the switch has handled by its own word."""
    return int(re.search(r"(\d+) calls? processed", switch.tell("core show calls"))[1])  # type: ignore[index]


def test_what_the_screens_count_is_what_the_switch_counts(tmp_path: Path) -> None:
    enterprise(tmp_path)
    manager = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="live-") as short,  # Asterisk's socket stands in it
        GateProcess(tmp_path / "home", feeds=True, NIANJIAN_KEYS=str(tmp_path / "keys.json")) as gate,
        Carrier(Path(short) / "carrier") as carrier,
    ):
        more = {"pjsip.conf": trunk_to(carrier.port), "extensions.conf": PLAN, "cdr.conf": CSV}
        more |= {"manager.conf": MANAGER.format(port=manager)}
        live = f"demo:pbx=asterisk://{short}/ast/log/cdr-csv/Master.csv"
        live += f" demo:pbx=ami://screens:of-the-test@127.0.0.1:{manager}"
        with (
            Asterisk(Path(short) / "ast", gate.http, gate.fastagi, more) as switch,
            serving(tmp_path, NIANJIAN_LIVE=live, NIANJIAN_GATE_URL=f"http://127.0.0.1:{gate.http}") as site,
            browsing() as browser,
        ):
            path = linked(tmp_path)
            office, gateway = (
                Screen(browser.new_page(viewport={"width": 1920, "height": 1080}, locale="en-GB")) for _ in range(2)
            )
            office.page.goto(site.address + path + "office/")
            gateway.page.goto(site.address + path + "gateway/")
            _watched(office, gateway, switch, gate, site, Path(short))
            _gone(office, gateway, switch, gate, site)


def _watched(  # noqa: PLR0917 -- all that plays
    office: Screen, gateway: Screen, switch: Asterisk, gate: GateProcess, site: Site, folder: Path
) -> None:
    office.until(lambda: office.state("now") == "fresh" and office.state("reasons") == "fresh", PATIENCE, "no life")
    calls: list[tuple[str, int]] = []
    talking = Thread(
        target=lambda: calls.extend(dial(folder / "one", switch.port, ROUND[:1], display=DISPLAY, talk=9000))
    )
    talking.start()
    office.until(lambda: office.figure("now") == "1", PATIENCE, "the call of now")
    talking.join()
    office.until(lambda: office.figure("now") == "0", PATIENCE, "its end")

    def alive() -> bool:
        return {office.state("calls"), office.state("now"), gateway.state("log")} == {"fresh"}

    until = time.monotonic() + 60 * MINUTES
    heavy: list[tuple[dict[int, int], tuple[int, int]]] = []
    before = 0
    with loaded(folder, switch.port, ROUND) as load:
        while time.monotonic() < until:
            office.page.wait_for_timeout(10_000)
            office.until(alive, GONE, "life under load")
            count = int(office.figure("calls").replace(",", ""))
            assert count > before, "the load is seen while it runs"
            before = count
            heavy.append((resident(site), office.weight()))
    _equal(office, gateway, switch, gate, calls + load.seen)
    flat(heavy)
    log_text = gateway.page.locator("[data-tile=log]").inner_text()
    assert "139****" in log_text
    assert "137****" in log_text
    assert not re.search(r"13[79]0013\d{4}", office.page.content() + gateway.page.content()), "numbers are masked"
    gateway.page.select_option("select[name=reason]", "refused")
    answers = gateway.page.locator("[data-tile=log] td.answer")
    gateway.until(lambda: set(answers.all_inner_texts()) == {"blocked"}, GONE, "filter")
    (folder / "told.json").write_text(json.dumps({"calls": len(calls + load.seen), "rounds": load.rounds}))


def _equal(office: Screen, gateway: Screen, switch: Asterisk, gate: GateProcess, calls: list[tuple[str, int]]) -> None:
    """By SIPp, by the switch's own counter, by its records and by the gate's journal, on both screens."""
    answered = sum(status == 200 for _number, status in calls)
    until = time.monotonic() + PATIENCE
    while len({row[19] for row in master(switch)}) < len(calls):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert own_count(switch) == len(calls)
    journal = [
        one.verdict for path in files.decisions_folder(gate.home).glob("*/*.log") for one in read_decisions(path)
    ]
    refused = Counter(one.reason for one in journal if not one.allow)
    expected = (f"{len(calls):,}", f"{refused.total():,}")
    office.until(lambda: (office.figure("calls"), office.figure("blocked")) == expected, GONE, f"{expected}")
    assert office.figure("answered") == f"{answered:,}"
    outcomes = office.lines("outcomes")
    assert outcomes["answered"] == answered
    assert outcomes["not dialled onwards"] == len(calls) - answered
    assert sum(outcomes.values()) == len(calls)
    assert office.lines("reasons") == {REASONS[code]: count for code, count in refused.items()}
    assert office.lines("displays") == {"own 95/96 number": len(journal)}
    expected = (f"{len(journal) - refused.total():,}", f"{refused.total():,}")
    gateway.until(lambda: (gateway.figure("allowed"), gateway.figure("blocked")) == expected, GONE, f"{expected}")


def _gone(office: Screen, gateway: Screen, switch: Asterisk, gate: GateProcess, site: Site) -> None:
    """Each source is killed; what came from it turns grey, and nothing else does."""
    assert switch.process is not None
    switch.process.kill()
    took = office.until(lambda: office.state("calls") == office.state("now") == "stale", GONE, "the switch is gone")
    assert office.figure("now") == "–"
    assert "no data since" in office.page.locator("[data-tile=calls] .note").inner_text()
    assert office.state("reasons") == gateway.state("log") == office.state("complaints") == "fresh"
    gate.kill()
    later = gateway.until(lambda: gateway.state("log") == gateway.state("blocked") == "stale", GONE, "the gate is gone")
    for process in resident(site):
        os.kill(process, 9)
    last = office.until(lambda: office.page.locator("#lost").is_visible(), GONE, "the server is gone")
    print(f"grey after {took:.1f} s (switch), {later:.1f} s (gate), said after {last:.1f} s (server)")  # noqa: T201
