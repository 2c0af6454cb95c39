"""The live screens before a real Asterisk under load: they count what the switch counts, and say when it is gone.

Two minutes are watched, twenty with SOAK=1, or as many as SCREENS_MINUTES says.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest
from tests.doors.cli.conftest import Shell, shell_of
from tests.support.asterisk import Asterisk
from tests.support.gate_served import GateProcess
from tests.support.services import free_port
from tests.support.sipp import Carrier, dial, trunk_to
from tests.support.site import Site, browsing, environment, serving

from nianjian.gate import places
from nianjian.gate.decisions.search import decisions
from nianjian.kernel import clock
from nianjian.paper.texts.gate.words import REASONS

pytestmark = pytest.mark.long

HOUSE: Final = ("--enterprise", "demo")
DISPLAY: Final = "95013001"
MINUTES: Final = float(os.environ.get("SCREENS_MINUTES", "20" if os.environ.get("SOAK") == "1" else "2"))
GONE: Final = 10.0  # seconds after which a screen must say that its source is gone
PATIENCE: Final = 30.0
ROUND: Final = [f"711390013{place:04}" for place in range(16)] + [f"711370013{place:04}" for place in range(4)]
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
LINK: Final = """
from nianjian.config import wiring
wiring.prepare()
from nianjian.accounts.query import Actor
from nianjian.flows.inspection.screens import links
print(links.add(enterprise="demo", name="hall", days=1, actor=Actor("tester"))["path"])
"""
REGISTERS: Final = {
    "numbers": (
        "码号,批准总位长,用途,有效期止,备案状态,备案日期,呼出权限\n95013,8,外呼回访,2099-12-31,已备案,2024-02-01,是\n"
    ),
    "lines": "线路编号,状态,启用日期\nL01,启用,2025-01-01\n",
    "consents": "号码,用途,取得时间\n" + "".join(f"{one[2:]},售后回访,2026-01-05 10:00:00\n" for one in ROUND[:16]),
    "do-not-call": "号码,范围,登记时间\n" + "".join(f"{one[2:]},全部,2026-01-05 10:00:00\n" for one in ROUND[16:]),
}


@pytest.fixture
def house(tmp_path: Path) -> Shell:
    """An enterprise whose people are called, and some who want no calls."""
    tomorrow = datetime.combine(clock.today() + timedelta(days=1), datetime.min.time(), clock.ZONE)
    if (left := tomorrow - clock.now()) < timedelta(minutes=MINUTES + 4):  # the screens begin anew at midnight
        time.sleep(left.total_seconds() + 1)
    shell = shell_of(tmp_path / "home")
    assert shell("enterprise", "add", "demo", "--name", "示范", "--province", "北京").code == 0
    for kind, text in REGISTERS.items():
        (tmp_path / f"{kind}.csv").write_text(text)
        told = shell("registers", "import", kind, f"{kind}.csv", *HOUSE, "--json")
        assert told.code == 0, told
    return shell


@dataclass
class Screen:
    """A screen in a browser."""

    page: Any

    def figure(self, tile: str) -> str:
        return str(self.page.locator(f"[data-tile={tile}] .value").inner_text())

    def lines(self, tile: str) -> dict[str, int]:
        rows = self.page.locator(f"[data-tile={tile}] li").all_inner_texts()
        found = (re.split(r"\s*\n\s*|\s(?=[\d,]+$)", row.strip()) for row in rows)
        return {name: int(count.replace(",", "")) for name, count in found}

    def state(self, tile: str) -> str:
        classes = str(self.page.locator(f"[data-tile={tile}]").get_attribute("class")).split()
        return next(one for one in ("fresh", "stale", "absent") if one in classes)

    def until(self, holds: Callable[[], bool], patience: float, what: str) -> float:
        """Wait until it holds; after how many seconds it did."""
        begun = time.monotonic()
        while time.monotonic() - begun < patience:
            if holds():
                return time.monotonic() - begun
            self.page.wait_for_timeout(100)
        raise AssertionError(what, self.page.locator("body").inner_text())

    def weight(self) -> tuple[int, int]:
        """Bytes of the script's heap and elements of the document, behind a collection."""
        tools = self.page.context.new_cdp_session(self.page)
        tools.send("HeapProfiler.collectGarbage")
        tools.send("Performance.enable")
        told = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
        tools.detach()
        return int(told["JSHeapUsedSize"]), int(told["Nodes"])


@dataclass
class Load:
    """Rounds of calls, one after the other, until it is told to stop."""

    folder: Path
    port: int
    seen: list[tuple[str, int]]
    stopping: bool = False
    rounds: int = 0

    def run(self) -> None:
        while not self.stopping:
            self.rounds += 1
            self.seen += dial(self.folder / f"round{self.rounds}", self.port, ROUND, display=DISPLAY)


@contextmanager
def loaded(folder: Path, port: int) -> Iterator[Load]:
    load = Load(folder, port, [])
    thread = Thread(target=load.run)
    thread.start()
    try:
        yield load
    finally:
        load.stopping = True
        thread.join()


def resident(site: Site) -> dict[int, int]:
    """KiB that the server and its worker hold, by process."""
    port = site.address.rstrip("/").rpartition(":")[2]
    found: dict[int, int] = {}
    server = 0
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            words = (place / "cmdline").read_bytes() if (place / "cmdline").exists() else b""
            if b"nianjian" in words and f"127.0.0.1:{port}".encode() in words:
                server = int(place.name)
    for place in Path(f"/proc/{server}/task").glob("*/children"):
        for child in [server, *map(int, place.read_text().split())]:
            status = Path(f"/proc/{child}/status").read_text()
            found[child] = int(re.search(r"VmRSS:\s+(\d+)", status)[1])  # type: ignore[index]
    return found


def master(switch: Asterisk) -> list[list[str]]:
    with (switch.folder / "log/cdr-csv/Master.csv").open(newline="") as file:
        return list(csv.reader(file))


def own_count(switch: Asterisk) -> int:
    """Calls that the switch has handled by its own word."""
    return int(re.search(r"(\d+) calls? processed", switch.tell("core show calls"))[1])  # type: ignore[index]


def linked(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LINK], env=environment(folder), check=True, capture_output=True, text=True
    )
    return done.stdout.strip().removeprefix("/")


def test_what_the_screens_count_is_what_the_switch_counts(house: Shell, tmp_path: Path) -> None:
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
    made: list[tuple[str, int]] = []
    talking = Thread(
        target=lambda: made.extend(dial(folder / "one", switch.port, ROUND[:1], display=DISPLAY, talk=9000))
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
    with loaded(folder, switch.port) as load:
        while time.monotonic() < until:
            office.page.wait_for_timeout(10_000)
            office.until(alive, GONE, "life under load")
            count = int(office.figure("calls").replace(",", ""))
            assert count > before, "the load is seen while it runs"
            before = count
            heavy.append((resident(site), office.weight()))
    _equal(office, gateway, switch, gate, made + load.seen)
    _flat(heavy)
    shown = gateway.page.locator("[data-tile=log]").inner_text()
    assert "139****" in shown
    assert "137****" in shown
    assert not re.search(r"13[79]0013\d{4}", office.page.content() + gateway.page.content()), "numbers are masked"
    gateway.page.select_option("select[name=reason]", "refused")
    answers = gateway.page.locator("[data-tile=log] td.answer")
    gateway.until(lambda: set(answers.all_inner_texts()) == {"blocked"}, GONE, "filter")
    (folder / "told.json").write_text(json.dumps({"calls": len(made + load.seen), "rounds": load.rounds}))


def _equal(office: Screen, gateway: Screen, switch: Asterisk, gate: GateProcess, made: list[tuple[str, int]]) -> None:
    """By SIPp, by the switch's own counter, by its records and by the gate's journal, on both screens."""
    answered = sum(status == 200 for _number, status in made)
    until = time.monotonic() + PATIENCE
    while len({row[19] for row in master(switch)}) < len(made):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert own_count(switch) == len(made)
    journal = [one.verdict for path in places.decisions(gate.home).glob("*/*.log") for one in decisions(path)]
    refused = Counter(one.reason for one in journal if not one.allow)
    wanted = (f"{len(made):,}", f"{refused.total():,}")
    office.until(lambda: (office.figure("calls"), office.figure("blocked")) == wanted, GONE, f"{wanted}")
    assert office.figure("answered") == f"{answered:,}"
    outcomes = office.lines("outcomes")
    assert outcomes["answered"] == answered
    assert outcomes["not dialled on"] == len(made) - answered
    assert sum(outcomes.values()) == len(made)
    assert office.lines("reasons") == {REASONS[code]: count for code, count in refused.items()}
    assert office.lines("displays") == {"own 95/96 number": len(journal)}
    wanted = (f"{len(journal) - refused.total():,}", f"{refused.total():,}")
    gateway.until(lambda: (gateway.figure("allowed"), gateway.figure("blocked")) == wanted, GONE, f"{wanted}")


def _flat(heavy: list[tuple[dict[int, int], tuple[int, int]]]) -> None:
    """Neither a process nor the page grows: the last third against the second."""
    third = len(heavy) // 3
    middle, last = heavy[third : 2 * third], heavy[-third:]
    for process in heavy[-1][0]:
        before, after = (max(one[0].get(process, 0) for one in part) for part in (middle, last))
        assert after <= before + 10_240, (process, before, after)
    for place, room in ((0, 1 << 20), (1, 500)):
        before, after = (max(one[1][place] for one in part) for part in (middle, last))
        assert after <= before + room, (place, before, after)


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
