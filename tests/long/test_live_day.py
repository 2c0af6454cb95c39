"""A day of the live watch, compressed: a look a second of it, calls all day, rotations, kills, midnight; memory flat.

Every 72nd second of a day is looked at, with SOAK=1 every one, or as many looks as DAY_LOOKS says: a divisor of 86,400
that 24 divides.
"""

import csv
import gc
import io
import json
import os
import pathlib
import random
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Request, Verdict
from nianjian.engines.gate.snapshot import files
from nianjian.engines.intake.formats.freeswitch_post import parse_leg
from nianjian.engines.kernel import clock
from nianjian.features.screens import posted
from nianjian.features.screens import watch as module
from nianjian.features.screens.connections import AsteriskManager
from nianjian.features.screens.posted import Spool
from nianjian.features.screens.watch import Watch

pytestmark = [pytest.mark.long, pytest.mark.django_db]  # the watch asks which sources pages have set

SECONDS: Final = int(os.environ.get("DAY_LOOKS", "86400" if os.environ.get("SOAK") == "1" else "1200"))
STEP: Final = 86_400 // SECONDS
GROWTH: Final = 1 << 20  # bytes that may come and go
BEGIN: Final = datetime(2026, 11, 20, 16, tzinfo=UTC)  # midnight in Shanghai


class Day:
    """The clock, the switches' records and the gate's journal of that day."""

    def __init__(self, home: Path) -> None:
        self.at = BEGIN
        self.master = home / "cdr" / "Master.csv"
        self.master.parent.mkdir()
        self.master.touch()
        self.journal = Journal(files.decisions_folder(home), "g1")
        self.journal.open(self.milliseconds())
        self.calls = self.decisions = 0
        self._rows = 0
        self.acc = home / "acc"
        self.acc.mkdir()
        self._spool = Spool(posted.folder_of(posted.folder(home), "demo", "fs"))

    def milliseconds(self) -> int:
        return int(self.at.timestamp() * 1000)

    def second(self, play: random.Random) -> None:
        """Some calls, each asked of the gate; a second row of every answered one."""
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        for _ in range(play.choice([0, 0, 1, 3])):
            self.calls += 1
            unique = f"{int(self.at.timestamp())}.{self.calls}"
            allow = play.random() < 0.9
            verdict = Verdict(allow=allow, reason="allow" if allow else "cap", rule="r", decision_id=f"g1-{self.calls}")
            request = Request("demo", "95013001", f"138{self.calls:08}", "L01", unique, self.milliseconds())
            self.journal.note(request, verdict, 1, self.milliseconds())
            self.decisions += 1
            self._elsewhere(unique, allow=allow)
            for app in ("Dial", "Return") if allow else ("Return",):
                self._rows += 1
                stamp = self.at.strftime("%Y-%m-%d %H:%M:%S")
                ends = ("PJSIP/a", "PJSIP/b" if app == "Dial" else "", app, "x", stamp, stamp, stamp, 1, 1)
                word = "ANSWERED" if allow else "NO ANSWER"
                row = ("", "95013001", "138", "out", "", *ends, word, "DOC", unique, "", "", unique, self._rows)
                rows.writerow(row)
        self.journal.flush()
        with self.master.open("a") as file:
            file.write(text.getvalue())

    def _elsewhere(self, unique: str, *, allow: bool) -> None:
        """The same call of a Kamailio, by two processes, and of a FreeSWITCH, which posts it twice."""
        at, code = int(self.at.timestamp()), "200" if allow else "486"
        for file, method in enumerate(("INVITE", "BYE") if allow else ("INVITE",)):
            with (self.acc / f"acc_{file}.log").open("a") as out:
                out.write(f"{method}|f|t|{unique}|{code}|x|{at}|{at}.1|95013001|138|127.0.0.1|\n")
        variables = {"uuid": unique, "start_epoch": str(at), "originate_disposition": "x", "hangup_cause": "USER_BUSY"}
        variables |= {"answer_epoch": str(at), "end_epoch": str(at + 1)} if allow else {}
        one = parse_leg(json.dumps({"variables": variables}))
        for _ in range(2):
            self._spool.keep(self.at.astimezone(clock.ZONE).date(), one.uuid, one.line)

    def rotate(self, hour: int) -> None:
        """As logrotate does, by turns with a move and with a copy."""
        old = self.master.with_name(f"Master.csv.{hour}")
        if hour % 2:
            self.master.rename(old)
            self.master.touch()
        else:
            old.write_bytes(self.master.read_bytes())
            os.truncate(self.master, 0)
        for earlier in sorted(self.master.parent.glob("Master.csv.*"), key=lambda one: one.stat().st_mtime_ns)[:-3]:
            earlier.unlink()


def _measure_memory() -> int:
    """Bytes that are held; the interpreter's own table of names, which pathlib makes it renew, left out."""
    taken = tracemalloc.take_snapshot().filter_traces(
        [tracemalloc.Filter(inclusive=False, filename_pattern=pathlib.__file__)]
    )
    return sum(one.size for one in taken.traces)


def _same(home: Path, day: Day, allowed: int) -> None:
    """The other switches had the same calls."""
    for name in ("kam", "fs"):
        other = posted.read(posted.folder(home) / posted.name("demo", name))
        assert other is not None
        counts = other["calls"]["counts"]
        assert (counts["answered"], counts["busy"]) == (allowed, day.calls - allowed), name
        assert (sum(counts.values()), other["calls"]["damaged"], other["gap"]) == (day.calls, 0, None), name


def test_a_day_is_counted_to_the_call_and_nothing_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path))
    day = Day(tmp_path)
    live = f"demo:pbx=asterisk://{day.master} demo:pbx=ami://u:s@127.0.0.1:1"
    monkeypatch.setenv("NIANJIAN_LIVE", f"{live} demo:kam=kamailio://{day.acc} demo:fs=post://u:s@freeswitch")
    monkeypatch.setattr(os, "fsync", lambda _handle: None)  # a day's worth; that it is done is tested elsewhere
    monkeypatch.setattr(module, "_health", lambda: (True, None))
    monkeypatch.setattr(AsteriskManager, "calls", lambda _self: 2)
    monkeypatch.setattr(clock, "now", lambda: day.at)
    monkeypatch.setattr(clock, "milliseconds", day.milliseconds)
    play = random.Random(20261120)
    watch = Watch()
    sizes: list[int] = []
    tracemalloc.start()
    for second in range(SECONDS - 1):
        day.at = BEGIN + timedelta(seconds=second * STEP)
        day.second(play)
        assert watch.look()
        if second % (SECONDS // 24) == SECONDS // 48:
            day.rotate(second // (SECONDS // 24))
        if second % (SECONDS // 12) == SECONDS // 24:  # killed: the next one knows what is kept alone
            watch.close()
            watch = Watch()
        if second % (SECONDS // 12) == SECONDS // 13:
            gc.collect()
            sizes.append(_measure_memory())
    tracemalloc.stop()
    watch.look()
    figures = posted.read(posted.folder(tmp_path) / posted.name("demo", "pbx"))
    gate = posted.read(posted.folder(tmp_path) / posted.GATE)
    assert figures is not None
    assert gate is not None
    assert sum(figures["calls"]["counts"].values()) == day.calls
    assert (figures["calls"]["damaged"], figures["gap"]) == (0, None)
    decisions = gate["asked"]["demo"]
    assert decisions["allowed"] + sum(decisions["blocked"].values()) == day.decisions
    assert figures["calls"]["counts"]["answered"] == decisions["allowed"]
    _same(tmp_path, day, decisions["allowed"])
    print(f"{SECONDS} looks, {day.calls} calls; bytes held: {sizes}")  # noqa: T201
    assert max(sizes[6:]) - max(sizes[2:6]) < GROWTH, sizes
    assert sum(one.stat().st_size for one in posted.folder(tmp_path).glob("*.json")) < GROWTH
    day.at = BEGIN + timedelta(days=1)  # midnight
    day.second(random.Random(1))
    watch.look()
    figures = posted.read(posted.folder(tmp_path) / posted.name("demo", "pbx"))
    assert figures is not None
    assert figures["calls"]["day"] == "2026-11-22"
    watch.close()
    day.journal.close()
