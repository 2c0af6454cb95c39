"""What the live screens count: calls of a real Master.csv, decisions of a journal."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from tests.support.switch_files import asterisk_row

from nianjian.engines.gate import decision_journal
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Request, Verdict
from nianjian.engines.gate.snapshot import files
from nianjian.engines.intake import tail
from nianjian.engines.intake.formats.freeswitch_post import parse_leg
from nianjian.engines.kernel import clock
from nianjian.features.screens import counts, posted
from nianjian.features.screens import watch as module
from nianjian.features.screens.connections import AsteriskManager
from nianjian.features.screens.watch import Watch

SAMPLES = Path(__file__).parents[2] / "samples"
MASTER = SAMPLES / "asterisk-22.10.1_Master.csv"


def day_of(row: list[str]) -> date:
    return datetime.fromtimestamp(int(row[19].split("-")[-1].split(".")[0]), clock.ZONE).date()


def rows() -> list[list[str]]:
    with MASTER.open(newline="") as file:
        return list(csv.reader(file))


def test_a_real_record_of_six_hundred_calls() -> None:
    records = rows()
    (day,) = {day_of(row) for row in records}
    counted = counts.AsteriskCounts(day)
    for line in MASTER.read_bytes().splitlines():
        counted.take(line)
    expected = json.loads((SAMPLES / "expected.json").read_text())["asterisk"]
    assert sum(counted.counts.values()) == expected["calls"] == 600
    outcomes = {
        "answered": expected["answered"],
        "busy": expected["busy"],
        "no_answer": expected["no_answer"],
        "failed": 0,
    }
    assert counted.counts == {**outcomes, "switch": 0, "undialled": expected["refused_by_gate"]}
    assert (counted.rows, counted.damaged) == (expected["rows_master_csv"], 0)


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
    counter = counts.AsteriskCounts(day_of(row))
    second = int(row[19].split(".")[0].split("-")[-1])
    for number in range(3 * counts.RECENT):
        row[16] = row[19] = f"{second}.{number}"
        counter.take(",".join(f'"{cell}"' for cell in row).encode())
    assert sum(counter.counts.values()) == 3 * counts.RECENT
    assert len(counter.plain()["recent"]) == counts.RECENT


def test_a_new_day_begins_at_nothing() -> None:
    day = day_of(rows()[0])
    counted = counts.AsteriskCounts(day)
    counted.take(MASTER.read_bytes().splitlines()[0])
    counted.on(date(day.year + 1, 1, 1))
    assert sum(counted.counts.values()) == 0


NOW = 1_790_000_000_000


def decided(number: int, *, allow: bool = True, reason: str = "allow", code: str = "demo", seen: str = "") -> bytes:
    request = Request(code, "95013001", "13800138000", "L01", f"c{number}", NOW)
    return decision_journal.decision_line(
        request, Verdict(allow, reason, "r", None, None, f"g-{number}", seen), NOW + number, 1
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


# Calls of a FreeSWITCH and of a real Kamailio, counted by the live screens.

TESTS = Path(__file__).parents[2]
ACC = sorted((TESTS / "samples/kamailio").glob("acc_[0-9]*.log"))
SYSLOG = TESTS / "samples/kamailio/acc_syslog_style.log"
KNOWN = json.loads((TESTS / "samples/expected.json").read_text())["kamailio"]
BEGAN = 1_795_561_916
DAY = datetime.fromtimestamp(BEGAN, clock.ZONE).date()
CODES = KNOWN["final_codes"]
WANTED = {
    "answered": KNOWN["answered"], "busy": KNOWN["busy"], "no_answer": CODES["408"] + CODES["480"],
    "failed": CODES["404"] + CODES["603"], "switch": 0, "undialled": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    "files", [*permutations(ACC), (SYSLOG,)], ids=lambda files: "-".join(one.stem for one in files)
)
def test_a_real_kamailio_of_four_hundred_calls_in_any_order_of_its_files(files: tuple[Path, ...]) -> None:
    counted = counts.KamailioCounts(DAY)
    for file in files:
        for line in file.read_bytes().splitlines():
            counted.take(line)
            counted = counts.KamailioCounts.of(json.loads(json.dumps(counted.plain())))
    assert counted.counts == WANTED
    assert sum(counted.counts.values()) == KNOWN["calls"] == counted.rows
    assert (counted.damaged, counted.plain()["open"], counted.plain()["early"]) == (0, {}, [])


def row(method: str, code: int, call: str = "c1", tag: str = "t", at: int = BEGAN) -> bytes:
    return f"{method}|f|{tag}|{call}|{code}|x|{at}|{at}.1|95013|13800138000|127.0.0.1|".encode()


def test_a_call_of_kamailio_has_ended_with_its_bye_whichever_row_is_read_first() -> None:
    counted = counts.KamailioCounts(DAY)
    counted.take(row("INVITE", 200))
    assert sum(counted.counts.values()) == 0, "it goes on"
    counted.take(row("INVITE", 491))
    counted.take(row("INVITE", 200))
    counted.take(row("BYE", 200))
    counted.take(row("BYE", 481))
    counted.take(row("BYE", 200, "c2"))
    counted.take(row("INVITE", 200, "c2"))
    assert {name: count for name, count in counted.counts.items() if count} == {"answered": 2}


def test_a_challenge_is_no_answer_and_a_refusal_in_the_route_is_no_call_to_anybody() -> None:
    counted = counts.KamailioCounts(DAY)
    for line in (row("INVITE", 407), row("INVITE", 180), row("CANCEL", 200), row("ACK", 200)):
        counted.take(line)
    assert sum(counted.counts.values()) == 0
    counted.take(row("INVITE", 403, "a", tag=""))
    counted.take(row("INVITE", 403, "b"))
    counted.take(row("INVITE", 408, "c", tag=""))
    assert {name: count for name, count in counted.counts.items() if count} == {
        "undialled": 1,
        "failed": 1,
        "no_answer": 1,
    }


def test_kamailio_calls_of_another_day_and_lines_that_are_no_rows() -> None:
    counted = counts.KamailioCounts(date(2001, 1, 1))
    for line in (row("INVITE", 486), row("INVITE", 200, "d"), row("BYE", 200, "d"), b"kamailio[1]: INFO: ready", b""):
        counted.take(line)
    assert (sum(counted.counts.values()), counted.damaged) == (0, 0)
    for line in (b"INVITE|f|t|c", b"INVITE|f|t||486|x|1|", b"INVITE|f|t|c|boom|x|1795561916|", b"\xff|\x00|||||||"):
        counted.take(line)
    assert (sum(counted.counts.values()), counted.damaged) == (0, 4)


def test_what_is_remembered_of_kamailio_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "OPEN", 10)
    monkeypatch.setattr(counts, "EARLY", 10)
    counted = counts.KamailioCounts(DAY)
    for number in range(50):
        counted.take(row("INVITE", 200, f"a{number}"))
        counted.take(row("BYE", 200, f"b{number}"))
    state = counted.plain()
    assert (len(state["open"]), len(state["early"])) == (10, 10)


A, B = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def document(uuid: str = A, *, answered: bool = True, **variables: str) -> str:
    """A leg as FreeSWITCH posts it."""
    times = {"created_time": f"{BEGAN}000000", "hangup_time": f"{BEGAN + 30}000000"}
    times["answered_time"] = f"{BEGAN + 5}000000" if answered else "0"
    profile = {"caller_id_number": "1001", "destination_number": "13800138000", "context": "default", "uuid": uuid}
    fields = {"uuid": uuid, "direction": "inbound", "call_uuid": A, "hangup_cause": "NORMAL_CLEARING"} | variables
    return json.dumps(
        {"core-uuid": "x", "variables": fields, "callflow": [{"caller_profile": profile, "times": times}]}
    )


def counted_of(*documents: str) -> dict[str, int]:
    counted = counts.FreeSwitchCounts(DAY)
    for text in documents:
        counted.take(parse_leg(text).line)
        counted = counts.FreeSwitchCounts.of(json.loads(json.dumps(counted.plain())))
    assert counted.damaged == 0
    return {name: count for name, count in counted.counts.items() if count}


def test_both_legs_of_a_freeswitch_are_one_call_whichever_comes_first() -> None:
    legs = [document(bridge_uuid=B), document(B, direction="outbound")]
    assert counted_of(*legs) == counted_of(*reversed(legs)) == {"answered": 1}


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        ("USER_BUSY", "busy"), ("NO_ANSWER", "no_answer"), ("ORIGINATOR_CANCEL", "no_answer"),
        ("CALL_REJECTED", "failed"), ("UNALLOCATED_NUMBER", "failed"), ("SOMETHING_NEW", "failed"),
    ],
)  # fmt: skip
def test_the_called_legs_cause_counts(cause: str, outcome: str) -> None:
    text = document(answered=False, last_bridge_hangup_cause=cause, hangup_cause="NORMAL_CLEARING")
    assert counted_of(text) == {outcome: 1}


def test_a_leg_that_was_never_to_be_connected_is_the_switch_alone() -> None:
    assert counted_of(document()) == {"switch": 1}
    assert counted_of(document(answered=False)) == {"undialled": 1}
    assert counted_of(document(direction="outbound")) == {"answered": 1}, "one that the switch itself has dialled"


def test_what_cannot_be_read_is_counted_as_damaged() -> None:
    counted = counts.FreeSwitchCounts(DAY)
    for line in (b"", b"{", b'{"variables":{}}', b"\xff", b'{"variables":{"uuid":"u"}}'):
        counted.take(line)
    assert (sum(counted.counts.values()), counted.damaged) == (0, 5)


# The watch over live sources: what it keeps, when a source is heard of, one watch a home, and a kill between.


class Home:
    """A home with a file of records, and switches that answer as they are told."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = home
        self.master = home.parent / "Master.csv"
        self.master.write_text("")
        self.now: int | None = 0
        self.gate = True
        self._number = 0
        monkeypatch.setenv("NIANJIAN_HOME", str(home))
        monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{self.master} demo:pbx=ami://u:s@127.0.0.1:1")
        monkeypatch.setattr(module, "_health", lambda: (self.gate, None))
        monkeypatch.setattr(module, "REST", 0)
        monkeypatch.setattr(AsteriskManager, "calls", lambda _self: self._calls())

    def _calls(self) -> int:
        if self.now is None:
            raise OSError("gone")
        return self.now

    def call(self, disposition: str = "ANSWERED") -> None:
        self._number += 1
        with self.master.open("a") as file:
            file.write(asterisk_row(self._number, disposition))

    def beats(self) -> dict[str, Any]:
        content = json.loads((posted.folder(self.path) / posted.BEATS).read_text())
        assert isinstance(content, dict)
        return content

    def switch(self) -> dict[str, Any]:
        beat = self.beats()["switches"]["demo:pbx"]
        assert isinstance(beat, dict)
        return beat

    def counts(self) -> dict[str, int]:
        stored = posted.read(posted.folder(self.path) / posted.name("demo", "pbx"))
        assert stored is not None
        return {name: count for name, count in stored["calls"]["counts"].items() if count}


@pytest.fixture
def home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    (tmp_path / "live").mkdir()
    return Home(tmp_path / "live", monkeypatch)


@pytest.fixture
def watch(home: Home) -> Iterator[Watch]:
    watcher = Watch()
    yield watcher
    watcher.close()


def test_calls_are_counted_once_over_restarts(home: Home, watch: Watch) -> None:
    home.call()
    assert watch.look()
    home.call("BUSY")
    watch.look()
    watch.close()
    home.call()
    again = Watch()
    again.look()
    again.close()
    assert home.counts() == {"answered": 2, "busy": 1}


def test_a_kill_before_the_counts_are_kept_counts_once(
    home: Home, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.call()
    watch.look()
    home.call()
    with monkeypatch.context() as broken:
        broken.setattr(posted, "write", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            watch.look()
    watch.close()
    again = Watch()
    again.look()
    again.close()
    assert home.counts() == {"answered": 2}


def test_a_switch_that_lives_keeps_a_quiet_file_fresh_and_a_dead_one_does_not(home: Home, watch: Watch) -> None:
    home.now = 3
    watch.look()
    first = home.switch()
    assert first["now"] == 3
    assert first["records_at"] is not None, "nothing was written, and the switch says that it lives"
    home.now = None
    watch.look()
    dead = home.switch()
    assert dead["silent"]
    assert (dead["records_at"], dead["now_at"]) == (first["records_at"], first["now_at"])


def test_a_file_without_a_manager_is_heard_of_only_when_it_grows(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{home.master}")
    alone = Watch()
    alone.look()
    assert home.switch()["records_at"] is None
    home.call()
    alone.look()
    heard = home.switch()["records_at"]
    alone.look()
    assert heard is not None
    assert home.switch()["records_at"] == heard
    alone.close()


def test_a_file_that_is_gone_is_said_and_not_fresh(home: Home, watch: Watch) -> None:
    watch.look()
    before = home.switch()["records_at"]
    home.master.unlink()
    watch.look()
    assert home.switch()["problem"]
    assert home.switch()["records_at"] == before


def test_what_is_read_in_pieces_is_not_up_to_now(home: Home, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROUNDS", 1)
    real = tail.read_tail
    monkeypatch.setattr(tail, "read_tail", lambda path, place: real(path, place, 400))
    for _ in range(5):
        home.call()
    watch.look()
    assert home.switch()["problem"] == "behind"
    assert home.switch()["records_at"] is None
    for _ in range(10):
        watch.look()
    assert home.switch()["problem"] is None
    assert home.counts() == {"answered": 5}


def test_only_one_watches_a_home(home: Home, watch: Watch) -> None:
    assert watch.look()
    other = Watch()
    assert not other.look()
    watch.close()
    assert other.look()
    other.close()


def test_nothing_to_watch_makes_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "")
    assert not Watch().look()
    assert list(home.path.iterdir()) == []


def test_the_gate_is_watched_without_a_setting(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "")
    alone = Watch()
    now = clock.milliseconds()
    journal = Journal(files.decisions_folder(home.path), "g1")
    journal.open(now)
    journal.note(
        Request("demo", "95013001", "13800138000", "L01", "c", now),
        Verdict(allow=True, reason="allow", rule="r"),
        1,
        now,
    )
    journal.flush()
    assert alone.look()
    stored = posted.read(posted.folder(home.path) / posted.GATE)
    assert stored is not None
    assert stored["asked"]["demo"]["allowed"] == 1
    heard = home.beats()["gate"]["at"]
    assert heard is not None
    home.gate = False
    alone.look()
    assert home.beats()["gate"] == {"at": heard, "silent": True, "problem": None}
    journal.close()
    alone.close()


def test_what_is_kept_is_private(home: Home, watch: Watch) -> None:
    watch.look()
    place = posted.folder(home.path)
    assert place.stat().st_mode & 0o777 == 0o700
    assert all(one.stat().st_mode & 0o077 == 0 for one in place.glob("*.json"))
