"""What is open before a report goes out: one gap after another, until none is left."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.frame import Window
from nianjian.engines.paper.texts.errors import ERRORS
from nianjian.engines.rules.holidays import builtin
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.rectification import figures, states
from nianjian.features.rectification.gaps import REMEDIES, Facts, list_gaps
from nianjian.features.rectification.states import plan_case, plan_reminder

PART: dict[str, Any] = {"channel": {"by_day": []}, "complaints": 1}
MEASURED: dict[str, Any] = {"before": PART, "after": PART, "over_cap": [], "cap": 30}
CLOSED = Facts(
    done=frozenset({states.OPENED, states.LOCATED, states.ISOLATED, states.MEASURED}),
    isolated=date(2026, 3, 2),
    pending=False,
    lifted=False,
    enforced=True,
    measured=MEASURED,
    again=MEASURED,
    open_tickets=(),
    late_tickets=(),
    measures=((date(2026, 3, 5), date(2026, 3, 4)),),
    tests=(date(2026, 3, 3),),
)
CHANGED = {**MEASURED, "after": {**PART, "complaints": 2}}
OFF = {
    **MEASURED,
    "after": {**PART, "channel": {**PART["channel"], **figures.summarize_counts({"listed": 7, "known": 10})}},
}
OVER = {**MEASURED, "over_cap": [["2026-03-05", 31]]}


def test_a_closed_loop_has_no_gap_and_every_gap_can_be_told() -> None:
    assert list_gaps(CLOSED) == []
    assert set(REMEDIES) <= set(ERRORS)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"done": frozenset({states.OPENED})}, "not_located"),
        ({"isolated": None}, "not_isolated"),
        ({"isolated": None, "pending": True}, "isolation_pending"),
        ({"lifted": True}, "isolation_lifted"),
        ({"enforced": False}, "not_enforced"),
        ({"enforced": False, "observing": True}, "gate_observing"),
        ({"measured": None}, "not_measured"),
        ({"again": CHANGED}, "figures_changed"),
        ({"measured": OVER, "again": OVER}, "over_cap"),
        ({"measured": OFF, "again": OFF}, "off_white_list"),
        ({"again": OFF}, "off_white_list"),
        ({"open_tickets": ("Q1", "Q2")}, "tickets_open"),
        ({"late_tickets": ("Q1",)}, "tickets_late"),
        ({"measures": ()}, "measures_missing"),
        ({"measures": ((date(2026, 3, 5), None),)}, "measures_open"),
        ({"tests": ()}, "test_report_missing"),
        ({"tests": (date(2026, 3, 2),)}, "test_report_early"),
    ],
)
def test_each_gap_is_told_with_what_to_do(changed: dict[str, Any], code: str) -> None:
    (gap,) = list_gaps(replace(CLOSED, **changed))
    assert gap.code == code
    assert gap.blocks is (code not in {"tickets_late", "off_white_list"})
    ERRORS[code].format(**gap.values)
    assert gap.do == REMEDIES[code]


def test_a_consent_that_comes_later_changes_no_figure() -> None:
    def counted(listed: int) -> dict[str, Any]:
        channel = {**PART["channel"], **figures.summarize_counts({"listed": listed, "known": 10})}
        return {**MEASURED, "before": {**PART, "channel": channel}}

    assert set(counted(1)["before"]["channel"]) == {"by_day", *figures.FIGURES}
    for measured, again in ((MEASURED, counted(1)), (counted(1), counted(2)), (counted(1), MEASURED)):
        assert list_gaps(replace(CLOSED, measured=measured, again=again)) == []
    more = {**MEASURED, "before": {**PART, "channel": {"by_day": [["2026-03-01", 4]]}}}
    assert [gap.code for gap in list_gaps(replace(CLOSED, measured=counted(1), again=more))] == ["figures_changed"]


def test_a_share_of_landlines_and_mobiles_is_not_red_for_other_short_numbers() -> None:
    classes = [
        {"display_class": name, "delivered": 50, "answered": 50, "unknown": 0} for name in ("own_short", "other_short")
    ]
    rows: dict[str, Any] = {"classes": classes, "recorded": [], "days": [], "complaints": []}
    summary = figures.summarize_figures(rows, Window(date(2026, 3, 1), date(2026, 3, 2)), Rulebook.on(date(2026, 3, 2)))
    assert (summary["evasion"], summary["evasion_light"], summary["consistency_light"]) == ("0.0000", "green", "red")
    old = {name: value for name, value in summary.items() if name != "evasion_light"}  # an older program's
    assert figures.same_figures({"before": old, "after": old}, {"before": summary, "after": summary})


BOOK, CALENDAR = Rulebook.on(date(2026, 12, 31)), builtin()


def test_the_last_day_ends_with_the_office_and_the_reminder_is_counted_from_the_submission() -> None:
    days = plan_case(date(2026, 9, 24), None, BOOK, CALENDAR)
    assert days.due_at == datetime(2026, 10, 15, 17, tzinfo=clock.ZONE)
    assert plan_reminder(date(2026, 4, 28), BOOK, CALENDAR).day == date(2026, 5, 21)
    assert plan_reminder(date(2026, 12, 20), BOOK, CALENDAR).provisional


def test_a_printed_day_wins_even_where_the_calendar_is_not_known() -> None:
    days = plan_case(date(2027, 2, 1), date(2027, 3, 1), BOOK, CALENDAR)
    assert (days.due.day, days.provisional, days.printed) == (date(2027, 3, 1), False, True)
    assert days.target.provisional
    assert days.target.day < days.due.day
    tight = plan_case(date(2026, 5, 6), date(2026, 5, 8), BOOK, CALENDAR)
    assert tight.target.day == tight.due.day == date(2026, 5, 8)


def test_locating_and_isolating_come_in_either_order() -> None:
    states.check_step("R1", states.ISOLATED, {states.OPENED})
    states.check_step("R1", states.LOCATED, {states.OPENED, states.ISOLATED})
    assert states.state_of({states.OPENED, states.ISOLATED}) == states.ISOLATED
    assert states.state_of({states.OPENED, states.LOCATED, states.ISOLATED, "paper_added"}) == states.ISOLATED


@pytest.mark.parametrize(
    ("step", "done", "code"),
    [
        (states.REPORTED, {states.OPENED, states.LOCATED, states.ISOLATED}, "rectify_step_early"),
        (states.SUBMITTED, {states.OPENED, states.MEASURED}, "rectify_step_early"),
        (states.CLOSED, {states.OPENED, states.REPORTED}, "rectify_step_early"),
        (states.LOCATED, set(states.STEPS), "rectify_closed"),
    ],
)
def test_no_step_is_done_before_its_time(step: str, done: set[str], code: str) -> None:
    with pytest.raises(NianjianError) as caught:
        states.check_step("R1", step, done)
    assert caught.value.code == code
