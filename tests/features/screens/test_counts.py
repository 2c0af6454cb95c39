"""What the live screens count: calls of a real Master.csv, decisions of a journal."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

from nianjian.engines.gate import decision_journal
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Request, Verdict
from nianjian.engines.kernel import clock
from nianjian.features.screens import counts

SAMPLES = Path(__file__).parents[2] / "samples"
MASTER = SAMPLES / "asterisk-22.10.1_Master.csv"


def day_of(row: list[str]) -> date:
    return datetime.fromtimestamp(int(row[19].split("-")[-1].split(".")[0]), clock.ZONE).date()


def rows() -> list[list[str]]:
    with MASTER.open(newline="") as file:
        return list(csv.reader(file))


def test_a_real_record_of_six_hundred_calls() -> None:
    found = rows()
    (day,) = {day_of(row) for row in found}
    counted = counts.AsteriskCounts(day)
    for line in MASTER.read_bytes().splitlines():
        counted.take(line)
    known = json.loads((SAMPLES / "expected.json").read_text())["asterisk"]
    assert sum(counted.counts.values()) == known["calls"] == 600
    wanted = {"answered": known["answered"], "busy": known["busy"], "no_answer": known["no_answer"], "failed": 0}
    assert counted.counts == {**wanted, "switch": 0, "undialled": known["refused_by_gate"]}
    assert (counted.rows, counted.damaged) == (known["rows_master_csv"], 0)


def test_a_restart_between_any_two_rows_changes_nothing() -> None:
    day = day_of(rows()[0])
    whole, broken = counts.AsteriskCounts(day), counts.AsteriskCounts(day)
    for line in MASTER.read_bytes().splitlines()[:400]:
        whole.take(line)
        broken.take(line)
        broken = counts.AsteriskCounts.of(json.loads(json.dumps(broken.plain())))
    assert broken.counts == whole.counts


def test_calls_of_another_day_and_rows_that_are_none_do_not_count() -> None:
    line = MASTER.read_bytes().splitlines()[0]
    counted = counts.AsteriskCounts(date(2001, 1, 1))
    counted.take(line)
    assert sum(counted.counts.values()) == 0
    for bad in (b"", b"half,a,row", line[: len(line) // 2], line.replace(b'"', b"", 1), b"\xff\x00" * 40):
        counted.take(bad)
    assert sum(counted.counts.values()) == 0
    assert counted.damaged >= 4


def test_what_is_remembered_of_calls_does_not_grow() -> None:
    row = rows()[0]
    known = counts.AsteriskCounts(day_of(row))
    second = int(row[19].split(".")[0].split("-")[-1])
    for number in range(3 * counts.RECENT):
        row[16] = row[19] = f"{second}.{number}"
        known.take(",".join(f'"{cell}"' for cell in row).encode())
    assert sum(known.counts.values()) == 3 * counts.RECENT
    assert len(known.plain()["recent"]) == counts.RECENT


def test_a_new_day_begins_at_nothing() -> None:
    day = day_of(rows()[0])
    counted = counts.AsteriskCounts(day)
    counted.take(MASTER.read_bytes().splitlines()[0])
    counted.on(date(day.year + 1, 1, 1))
    assert sum(counted.counts.values()) == 0


NOW = 1_790_000_000_000


def decided(number: int, *, allow: bool = True, reason: str = "allow", code: str = "demo", seen: str = "") -> bytes:
    asked = Request(code, "95013001", "13800138000", "L01", f"c{number}", NOW)
    return decision_journal.decision_line(
        asked, Verdict(allow, reason, "r", None, None, f"g-{number}", seen), NOW + number, 1
    )


def journal(tmp_path: Path) -> tuple[Path, date]:
    day = datetime.fromtimestamp(NOW / 1000, clock.ZONE).date()
    path = tmp_path / day.isoformat() / "g1.log"
    path.parent.mkdir()
    return path, day


def test_decisions_are_counted_as_they_are_written(tmp_path: Path) -> None:
    path, day = journal(tmp_path)
    counted = counts.DecisionTotals(day)
    assert counted.read(tmp_path) == (False, False)
    lines = [decided(1), decided(2, allow=False, reason="cap"), decided(3, code="other"), decided(4, seen="hours")]
    whole = f"{decision_journal.HEADER}\n".encode() + b"".join(lines)
    path.write_bytes(whole[:-10])
    counted.read(tmp_path)
    assert counted.asked["demo"].allowed == 1, "a half line counts once it is whole"
    path.write_bytes(whole)
    counted = counts.load_decisions(json.loads(json.dumps(counted.plain())))
    counted.read(tmp_path)
    demo = counted.asked["demo"]
    assert (demo.allowed, demo.blocked, demo.observed) == (2, {"cap": 1}, {"hours": 1})
    assert demo.displays == {"95013001": 3}
    assert counted.asked["other"].allowed == 1
    assert counted.read(tmp_path) == (False, False)


def test_a_line_that_the_gate_cuts_away_is_not_waited_for(tmp_path: Path) -> None:
    path, day = journal(tmp_path)
    counted = counts.DecisionTotals(day)
    path.write_bytes(decided(1) + b"damaged line\n")
    counted.read(tmp_path)
    assert (counted.asked["demo"].allowed, counted.damaged) == (1, 1)
    path.write_bytes(decided(1))
    counted.read(tmp_path)
    path.write_bytes(decided(1) + decided(2))
    counted.read(tmp_path)
    assert counted.asked["demo"].allowed == 2


def test_it_reads_what_the_gates_own_journal_writes(tmp_path: Path) -> None:
    written = Journal(tmp_path, "g1")
    written.open(NOW)
    for number in range(50):
        allow = bool(number % 2)
        verdict = Verdict(allow, "allow" if allow else "do-not-call", "r", None, None, f"g-{number}", "")
        written.note(Request("demo", "95013001", "13800138000", "L01", f"c{number}", NOW), verdict, 1, NOW)
    written.back("demo", "c1")
    written.close()
    counted = counts.DecisionTotals(datetime.fromtimestamp(NOW / 1000, clock.ZONE).date())
    counted.read(tmp_path)
    assert (counted.asked["demo"].allowed, counted.asked["demo"].blocked) == (25, {"do-not-call": 25})
    assert counted.damaged == 0
