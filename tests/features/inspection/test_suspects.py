"""Calls that look like a robot's that nobody registered, judged against real records with their ground truth."""

import csv
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.support.call_files import Desk

from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS, LINE_DIM
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.inspection import dialling
from nianjian.features.inspection.dialling import RobotSigns

SAMPLES = Path(__file__).parents[2] / "samples"
MIXED, PLAIN = "asterisk-22.10.1_Master_predictive_and_robot.csv", "asterisk-22.10.1_Master.csv"
DAY, NINE = date(2026, 3, 2), datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- wall time
BOOK = Rulebook.on(date(2026, 11, 27))
SIGNS = RobotSigns(
    [str(one).lower() for one in BOOK.items("inspection.robot.applications")],
    [str(one).lower() for one in BOOK.items("inspection.robot.contexts")],
    BOOK.integer("inspection.robot.talk_seconds"),
    Decimal("0.5"),
)


def asked(table: pa.Table, day: date, signs: RobotSigns) -> tuple[str, list[Any], dict[str, str]]:
    """(what is suggested, the groups, call -> its evidence)."""
    with closing(DuckDBEngine()) as engine:
        dim = engine.hold("line_dim", pa.Table.from_pylist([], schema=LINE_DIM))
        of = dialling.select_rows(engine.hold("calls", table), dim, day, day)
        rows = dialling.mark_suspects(dialling.extract_signs(dialling.aggregate_calls(of)), signs)
        said, groups = dialling.weigh_groups(engine.rows(dialling.group_suspects(rows)), signs)
        keys = {(one["source"], one["evidence"]) for one in groups}
        calls = engine.rows(dialling.sample_suspects(rows, 1_000_000))
        return said, groups, {
            str(one["one"]): str(one["evidence"]) for one in calls if (one["source"], one["evidence"]) in keys
        }  # fmt: skip


def imported(name: str, folder: Path) -> pa.Table:
    desk = Desk(folder)
    desk.take(SAMPLES / name, timezone="UTC")
    return pa.Table.from_pylist(desk.rows(), schema=CALLS)


def robots_of(name: str) -> set[str]:
    """Linked ids of answered calls that the dial plan of the run gave to the robot: its context is the ground truth."""
    with (SAMPLES / name).open() as file:
        return {row[19] for row in csv.reader(file) if row[3] == "airobot" and row[14] == "ANSWERED"}


def test_real_records_with_their_ground_truth(tmp_path: Path) -> None:
    truth, table = robots_of(MIXED), imported(MIXED, tmp_path)
    assert len(truth) == 17
    nameless = replace(SIGNS, contexts=[])  # an enterprise whose contexts nobody named
    for signs, evidence in ((SIGNS, dialling.CONTEXT), (nameless, dialling.NO_AGENT)):
        said, groups, by_call = asked(table, date(2026, 11, 25), signs)
        assert (said, {one["evidence"] for one in groups}) == (dialling.SUGGESTED, {evidence})
        right = len(truth & set(by_call))
        assert right == len(by_call) == len(truth), "precision and recall are 1"


def test_real_records_without_a_robot_suggest_none_and_prove_none(tmp_path: Path) -> None:
    said, groups, by_call = asked(imported(PLAIN, tmp_path), date(2026, 11, 25), SIGNS)
    assert (said, groups, by_call) == (dialling.UNKNOWN, [], {}), "no agent is named, so nothing is ruled out"


def row(call: str, talk: int, extra: str | None = None, **more: object) -> dict[str, Any]:
    return {
        "source": "generic", "call_id": call, "direction": "out", "leg": "customer", "delivered": True, "test": False,
        "start_ts": NINE, "answer_ts": NINE, "end_ts": NINE + timedelta(seconds=talk), "part": "2026-03",
        "answered": True, "extra": extra,
    } | more  # fmt: skip


def of(rows: Sequence[dict[str, Any]], signs: RobotSigns = SIGNS) -> tuple[str, dict[str, str]]:
    said, _groups, by_call = asked(pa.Table.from_pylist(list(rows), schema=CALLS), DAY, signs)
    return said, by_call


def test_what_a_call_ended_in_and_who_was_on_it() -> None:
    def told(app: str, far: str = "", where: str = "x") -> str:
        return f'{{"dcontext":"{where}","dstchannel":"{far}","lastapp":"{app}"}}'

    said, by_call = of([
        row("agi", 5, told("AGI")), row("ari", 5, told("Stasis")), row("play", 5, told("Playback")),
        row("queue", 90, told("Queue")), row("dial", 90, told("Dial", "PJSIP/1001-1")), row("wait", 9, told("Wait")),
        row("agent", 90, told("AGI"), agent_id="S1", agent_kind="human"),
        row("named", 90, told("Dial", "PJSIP/1001-1", "AiRobot"), agent_id="S1", agent_kind="human"),
        row("own", 90, told("AGI"), agent_id="R1", agent_kind="robot"),
    ])  # fmt: skip
    assert said == dialling.SUGGESTED
    assert by_call == {
        "agi": "application", "ari": "application", "play": "application", "wait": "no_agent", "named": "context",
    }  # fmt: skip


def test_a_long_talk_without_an_agent_counts_only_where_agents_are_else_named() -> None:
    people = [row(f"p{number}", 60, agent_id="S1", agent_kind="human") for number in range(3)]
    assert of([*people, row("short", 29), row("long", 30)]) == (dialling.SUGGESTED, {"long": "talk_alone"})
    assert of([*people[:1], row("a", 60), row("b", 60)]) == (dialling.UNKNOWN, {})


def test_none_only_where_an_agent_was_on_every_answered_call() -> None:
    agent = row("a", 60, agent_id="S1", agent_kind="human")
    assert of([agent]) == (dialling.NONE, {})
    assert of([agent, row("b", 3)]) == (dialling.UNKNOWN, {})
    assert of([row("c", 3, answered=False, answer_ts=None)]) == (dialling.UNKNOWN, {})


def test_what_is_suggested_is_no_verdict_but_rules_nothing_out() -> None:
    assert dialling.judge_robots(0, 0, 5, 0) == dialling.NOT_FOUND
    assert dialling.judge_robots(0, 0, 5, 0, suggested=True) == dialling.UNKNOWN
    assert dialling.judge_robots(1, 0, 5, 0, suggested=True) == dialling.FOUND


def test_an_enterprise_names_contexts_of_its_own() -> None:
    own = {
        "key": "inspection.robot.contexts", "value": '["Sales-AI"]', "enterprise": "demo", "valid_from": "2026-01-01",
    }  # fmt: skip
    book = Rulebook.on(date(2026, 11, 27), enterprise="demo", overlays=[own])
    contexts = [str(one).lower() for one in book.items("inspection.robot.contexts")]
    extra = '{"dcontext":"sales-ai","dstchannel":"PJSIP/1001-1","lastapp":"Dial"}'
    assert of([row("a", 9, extra)], replace(SIGNS, contexts=contexts)) == (dialling.SUGGESTED, {"a": "context"})
    assert of([row("a", 9, extra)])[0] == dialling.UNKNOWN
