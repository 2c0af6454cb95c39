"""The live screens in a browser before a switch under load: what the tests of every kind of switch share."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any, Final

from tests.support.fixtures import Shell, shell_of
from tests.support.sipp import dial
from tests.support.site import Site, environment

from nianjian.engines.kernel import clock

HOUSE: Final = ("--enterprise", "demo")
DISPLAY: Final = "95013001"
MINUTES: Final = float(os.environ.get("SCREENS_MINUTES", "20" if os.environ.get("SOAK") == "1" else "1"))
GONE: Final = 30.0  # seconds after which a screen must say that its source is gone: 8, and what a busy machine adds
PATIENCE: Final = 30.0
CALLED: Final = [f"1390013{place:04}" for place in range(16)]
REFUSING: Final = [f"1370013{place:04}" for place in range(4)]  # they want no calls
LINK: Final = """
from nianjian.platform.home import wiring
wiring.prepare()
from nianjian.platform.accounts.query import Actor
from nianjian.features.screens.operations import create_link
print(create_link(enterprise="demo", name="hall", days=1, actor=Actor("tester")).path)
"""
REGISTERS: Final = {
    "numbers": (
        "码号,批准总位长,用途,有效期止,备案状态,备案日期,呼出权限\n95013,8,外呼回访,2099-12-31,已备案,2024-02-01,是\n"
    ),
    "lines": "线路编号,状态,启用日期\nL01,启用,2025-01-01\n",
    "consents": "号码,用途,取得时间\n" + "".join(f"{one},售后回访,2026-01-05 10:00:00\n" for one in CALLED),
    "do-not-call": "号码,范围,登记时间\n" + "".join(f"{one},全部,2026-01-05 10:00:00\n" for one in REFUSING),
}


def enterprise(folder: Path) -> Shell:
    """An enterprise whose people are called, and some who want no calls; its home lies in the folder."""
    tomorrow = datetime.combine(clock.today() + timedelta(days=1), datetime.min.time(), clock.ZONE)
    if (left := tomorrow - clock.now()) < timedelta(minutes=MINUTES + 4):  # the screens begin anew at midnight
        time.sleep(left.total_seconds() + 1)
    shell = shell_of(folder / "home")
    assert shell("enterprise", "add", "demo", "--name", "示范", "--province", "北京").code == 0
    for kind, text in REGISTERS.items():
        (folder / f"{kind}.csv").write_text(text)
        result = shell("registers", "import", kind, f"{kind}.csv", *HOUSE, "--json")
        assert result.code == 0, result
    assert shell("gate", "policy", "set", "L01", "--cap", "default", "--enforce", *HOUSE).code == 0
    return shell


@dataclass
class Screen:
    """A screen in a browser."""

    page: Any

    def figure(self, tile: str) -> str:
        return str(self.page.locator(f"[data-tile={tile}] .value").inner_text())

    def lines(self, tile: str) -> dict[str, int]:
        rows = self.page.locator(f"[data-tile={tile}] li").all_inner_texts()
        pairs = (re.split(r"\s*\n\s*|\s(?=[\d,]+$)", row.strip()) for row in rows)
        return {name: int(count.replace(",", "")) for name, count in pairs}

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
        metrics = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
        tools.detach()
        return int(metrics["JSHeapUsedSize"]), int(metrics["Nodes"])


@dataclass
class Load:
    """Rounds of calls, one after the other, until it is told to stop."""

    folder: Path
    port: int
    numbers: Sequence[str]
    seen: list[tuple[str, int]]
    stopping: bool = False
    rounds: int = 0

    def run(self) -> None:
        while not self.stopping:
            self.rounds += 1
            self.seen += dial(self.folder / f"round{self.rounds}", self.port, self.numbers, display=DISPLAY)


@contextmanager
def loaded(folder: Path, port: int, numbers: Sequence[str]) -> Iterator[Load]:
    load = Load(folder, port, numbers, [])
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
    memory: dict[int, int] = {}
    server = 0
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            words = b""
            with suppress(OSError):  # over meanwhile
                words = (place / "cmdline").read_bytes()
            if b"nianjian" in words and f"127.0.0.1:{port}".encode() in words:
                server = int(place.name)
    for place in Path(f"/proc/{server}/task").glob("*/children"):
        for child in [server, *map(int, place.read_text().split())]:
            status = Path(f"/proc/{child}/status").read_text()
            memory[child] = int(re.search(r"VmRSS:\s+(\d+)", status)[1])  # type: ignore[index]
    return memory


def linked(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LINK], env=environment(folder), check=True, capture_output=True, text=True
    )
    return done.stdout.strip().removeprefix("/")


def flat(heavy: list[tuple[dict[int, int], tuple[int, int]]]) -> None:
    """Neither a process nor the page grows: the last third against the second."""
    third = len(heavy) // 3
    middle, last = heavy[third : 2 * third], heavy[-third:]
    for process in heavy[-1][0]:
        before, after = (max(one[0].get(process, 0) for one in part) for part in (middle, last))
        assert after <= before + 10_240, (process, before, after)
    for place, room in ((0, 1 << 20), (1, 500)):
        before, after = (max(one[1][place] for one in part) for part in (middle, last))
        assert after <= before + room, (place, before, after)
