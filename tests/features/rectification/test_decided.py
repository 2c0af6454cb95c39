"""The gate's journal told of one channel, and spans of consents that overlap nowhere."""

from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Request, Verdict
from nianjian.features.rectification.figures import Channel, merge_spans, summarize_decisions

SINCE = int(datetime(2026, 3, 2, 4, tzinfo=UTC).timestamp() * 1000)  # noon in Shanghai
HOUR = 3_600_000
CHANNEL = Channel("line", "L1", 30)


def write(folder: Path, answers: list[tuple[int, str, str, str]]) -> None:
    journal = Journal(folder, "one")
    journal.open(answers[0][0])
    for place, (at, enterprise, channel, reason) in enumerate(answers):
        request = Request(enterprise, "95013001", "13800138000", channel, f"c{place}", at)
        journal.note(request, Verdict(reason == "allow", reason, decision_id=str(place)), 1, at)
    journal.close()


def test_a_channel_is_told_from_the_moment_on(tmp_path: Path) -> None:
    rows = [(SINCE - 1, "demo", "L1", "allow")]
    rows += [(SINCE + place, "demo", "L1", "allow") for place in range(30)]
    rows += [(SINCE + 40, "demo", "L1", "cap"), (SINCE + 41, "demo", "L1", "not-on-white-list")]
    rows += [
        (SINCE + 42, "demo", "L1", "hours"),
        (SINCE + 43, "other", "L1", "cap"),
        (SINCE + 44, "demo", "L12", "cap"),
    ]
    rows += [(SINCE + 13 * HOUR, "demo", "L1", "allow"), (SINCE + 40 * HOUR, "demo", "L1", "allow")]
    write(tmp_path, rows)
    summary = summarize_decisions(tmp_path, "demo", CHANNEL, SINCE, date(2026, 3, 3))
    assert summary == {
        "asked": 34,
        "allowed": 31,
        "over_cap": 1,
        "not_on_white_list": 1,
        "refused_otherwise": 1,
        "white_listed": 33,
        "white_list_share": "97.0588",
        "most": 30,
        "by_day": [["2026-03-02", 30], ["2026-03-03", 1]],
    }


def test_a_team_is_its_lines_and_a_number_is_itself_however_it_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    journal.open(SINCE)
    requests = [
        Request("demo", "+86 95013001", "13800138000", "L1", "c1", SINCE),
        Request("demo", "95013001", "13800138000", "L2", "c2", SINCE, "", "T1"),
        Request("demo", "95013002", "13800138000", "L3", "c3", SINCE),
    ]
    for one in requests:
        journal.note(one, Verdict(allow=True, reason="allow", decision_id=one.call_id), 1, SINCE)
    journal.close()
    day = date(2026, 3, 2)
    assert summarize_decisions(tmp_path, "demo", Channel("team", "T1", 30), SINCE, day, lines=("L1",))["asked"] == 2
    assert summarize_decisions(tmp_path, "demo", Channel("team", "T1", 30), SINCE, day)["asked"] == 1
    assert summarize_decisions(tmp_path, "demo", Channel("display", "95013001", 30), SINCE, day)["asked"] == 2


def test_no_journal_tells_nothing(tmp_path: Path) -> None:
    summary = summarize_decisions(tmp_path / "none", "demo", CHANNEL, SINCE, date(2026, 3, 3))
    assert (summary["asked"], summary["white_list_share"], summary["by_day"]) == (0, None, [])


SECONDS = st.integers(0, 30)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(SECONDS, SECONDS), max_size=8))
def test_merged_spans_hold_the_same_seconds_once(found: list[tuple[int, int]]) -> None:
    merged = list(merge_spans(found))
    assert {second for start, end in found for second in range(start, end)} == {
        second for start, end in merged for second in range(start, end)
    }
    assert all(end < start for (_first, end), (start, _last) in pairwise(merged))
