"""The live screens before a FreeSWITCH's posts: a real HTTP client at speed, many posts twice, a server that is killed.

The records are of the documented form (`tests/sources/freeswitch_json`), with ids and times of now; no real FreeSWITCH
was there. A minute is watched, twenty with SOAK=1, or as many as SCREENS_MINUTES says.
"""

import base64
import http.client
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final
from uuid import UUID

import pytest
from tests.support.live_screens import GONE, MINUTES, PATIENCE, Screen, enterprise, flat, linked, resident
from tests.support.site import Site, browsing, serving

from nianjian.engines.intake.formats.freeswitch_post import extract_leg_id
from nianjian.engines.kernel import clock
from nianjian.features.screens import posted

pytestmark = pytest.mark.long

SOURCES: Final = Path(__file__).parents[1] / "sources" / "freeswitch_json"
LIVE: Final = "demo:fs=post://fs1:of-the-test@freeswitch"
WHO: Final = {
    "Authorization": "Basic " + base64.b64encode(b"fs1:of-the-test").decode(),
    "Content-Type": "application/json",
}
CAUSES: Final = (("NORMAL_CLEARING", "answered"), ("USER_BUSY", "busy"), ("NO_ANSWER", "no_answer"))
PAUSE: Final = 0.02  # seconds between two calls
FILLING: Final = {f"variable_{number}": "%20" * 60 for number in range(30)}  # a leg has some 8 KB


def legs(number: int) -> tuple[list[str], str]:
    """Both legs of a call that has just ended, the called one first as a switch ends them, and what became of it."""
    cause, outcome = CAUSES[number % len(CAUSES)]
    one: dict[str, Any] = json.loads(next(iter(sorted((SOURCES / "documents").glob("a_*.json")))).read_text())
    at, ids = int(clock.now().timestamp()), [str(UUID(int=2 * number + place)) for place in (0, 1)]
    times = {"created_time": f"{at}000000", "hangup_time": f"{at + 1}000000"}
    times["answered_time"] = f"{at}500000" if outcome == "answered" else "0"
    documents = []
    for uuid, direction in ((ids[1], "outbound"), (ids[0], "inbound")):
        flow = {**one["callflow"][0], "times": times}
        flow["caller_profile"] = {**flow["caller_profile"], "uuid": uuid}
        variables = {**FILLING, "uuid": uuid, "call_uuid": ids[0], "direction": direction, "hangup_cause": cause}
        variables |= {"last_bridge_hangup_cause": cause} if direction == "inbound" else {}
        documents.append(json.dumps({**one, "variables": variables, "callflow": [flow]}))
    return documents, outcome


def post(port: int, text: str) -> int:
    """As FreeSWITCH does it, with a connection of its own; 0: no answer."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("POST", "/live/demo/fs/cdr?uuid=x", text, WHO)
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()


@dataclass
class Switch:
    """Calls that end one after the other, their legs posted by several threads until it is told to stop."""

    port: int
    outcomes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    stopping: Event = field(default_factory=Event)

    def run(self) -> None:
        with ThreadPoolExecutor(4) as pool:
            for number in count():
                if self.stopping.wait(PAUSE):
                    return
                documents, outcome = legs(number)
                sent = documents + documents if number % 10 == 0 else documents
                self.statuses.update(pool.map(lambda text: post(self.port, text), sent))
                self.outcomes[outcome] += 1


@contextmanager
def switched(port: int) -> Iterator[Switch]:
    switch = Switch(port)
    thread = Thread(target=switch.run)
    thread.start()
    try:
        yield switch
    finally:
        switch.stopping.set()
        thread.join()


def port_of(site: Site) -> int:
    return int(site.address.rstrip("/").rpartition(":")[2])


def test_what_was_posted_is_what_the_screen_counts(tmp_path: Path) -> None:
    enterprise(tmp_path)
    with serving(tmp_path, NIANJIAN_LIVE=LIVE) as site, browsing() as browser:
        screen = Screen(browser.new_page(viewport={"width": 1920, "height": 1080}, locale="en-GB"))
        screen.page.goto(site.address + linked(tmp_path) + "office/")
        assert screen.state("calls") == "stale", "nothing was posted yet"
        assert screen.figure("calls") == "–"
        until = time.monotonic() + 60 * MINUTES
        heavy: list[tuple[dict[int, int], tuple[int, int]]] = []
        before = 0
        with switched(port_of(site)) as switch:
            screen.until(lambda: screen.state("calls") == "fresh", PATIENCE, "no life")
            while time.monotonic() < until:
                screen.page.wait_for_timeout(10_000)
                screen.until(lambda: screen.state("calls") == "fresh", GONE, "life under load")
                call_count = int(screen.figure("calls").replace(",", ""))
                assert call_count > before, "the load is seen while it runs"
                before = call_count
                heavy.append((resident(site), screen.weight()))
        assert set(switch.statuses) == {200}, switch.statuses
        whole = switch.outcomes.total()
        screen.until(lambda: screen.figure("calls") == f"{whole:,}", GONE, f"{whole}")
        words = {"answered": "answered", "busy": "busy", "no_answer": "not answered"}
        outcomes = {name: figure for name, figure in screen.lines("outcomes").items() if figure}
        assert outcomes == {words[name]: figure for name, figure in switch.outcomes.items()}
        assert len(lines(tmp_path)) == 2 * whole
        took = screen.until(lambda: screen.state("calls") == "stale", GONE, "the switch posts no more")
        assert "no data since" in screen.page.locator("[data-tile=calls] .note").inner_text()
        flat(heavy)
        print(f"{whole} calls, grey after {took:.1f} s; KiB and page at the end: {heavy[-1]}")  # noqa: T201


def lines(folder: Path) -> list[str]:
    files = sorted(posted.folder_of(posted.folder(folder / "home"), "demo", "fs").glob("*.jsonl"))
    return [extract_leg_id(line) for path in files for line in path.read_bytes().splitlines()]


def test_what_was_told_as_kept_is_there_once_whenever_the_server_is_killed(tmp_path: Path) -> None:
    enterprise(tmp_path)
    leg_ids: list[str] = []
    numbers = count()
    for _ in range(3):
        with serving(tmp_path, NIANJIAN_LIVE=LIVE) as site:
            port, over = port_of(site), Event()

            def keep_on(port: int = port, over: Event = over) -> None:
                while not over.is_set():
                    sent = {json.loads(text)["variables"]["uuid"]: text for text in legs(next(numbers))[0]}
                    leg_ids.extend(uuid for uuid, text in sent.items() if post(port, text) == 200)

            posting = [Thread(target=keep_on) for _ in range(3)]
            for thread in posting:
                thread.start()
            until = time.monotonic() + PATIENCE
            kept = len(leg_ids)
            while len(leg_ids) < kept + 40 and time.monotonic() < until:
                time.sleep(0.05)
            for process in resident(site):
                os.kill(process, 9)
            over.set()
            for thread in posting:
                thread.join()
    counts = Counter(lines(tmp_path))
    assert len(leg_ids) > 100
    assert set(counts.values()) == {1}
    assert set(leg_ids) <= set(counts)
