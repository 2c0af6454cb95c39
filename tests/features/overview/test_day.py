"""The day's verdict: the first reason that holds, and the order of a portfolio."""

import itertools
from dataclasses import replace
from fractions import Fraction

import pytest

from nianjian.features.overview.verdict import (
    FINE,
    GRAVITY,
    NEAR,
    OLD,
    Mood,
    Reason,
    Situation,
    decide,
    gravest,
    urgency,
)

CALM = Situation("green", days_left=NEAR + 1, age=0)


@pytest.mark.parametrize(
    ("now", "mood", "reason"),
    [
        (CALM, Mood.GOOD, Reason.GOOD),
        (replace(CALM, light="yellow_explained"), Mood.GOOD, Reason.GOOD),
        (replace(CALM, days_left=None, age=None), Mood.GOOD, Reason.GOOD),
        (replace(CALM, days_left=0), Mood.GOOD, Reason.GOOD),  # near, but nothing is open
        (replace(CALM, age=OLD), Mood.GOOD, Reason.GOOD),
        (replace(CALM, age=OLD + 1), Mood.WATCH, Reason.STALE),
        (replace(CALM, tasks=1, age=99), Mood.WATCH, Reason.TASKS),
        (replace(CALM, blockers=1, tasks=1), Mood.WATCH, Reason.BLOCKED),
        (replace(CALM, light="yellow", blockers=1), Mood.WATCH, Reason.YELLOW),
        (replace(CALM, light="insufficient"), Mood.WATCH, Reason.UNDECIDED),
        (replace(CALM, light="yellow", days_left=NEAR), Mood.ACT, Reason.DEADLINE),
        (replace(CALM, blockers=1, days_left=NEAR), Mood.ACT, Reason.DEADLINE),
        (replace(CALM, light="red", days_left=NEAR), Mood.ACT, Reason.RED),
        (replace(CALM, light="red", late=1), Mood.ACT, Reason.RED),
        (replace(CALM, late=1), Mood.ACT, Reason.LATE),
        (replace(CALM, light="", late=1), Mood.ACT, Reason.LATE),
        (replace(CALM, late=1, overdue=1), Mood.ACT, Reason.LATE),
        (replace(CALM, blockers=1, overdue=1), Mood.ACT, Reason.OVERDUE),
        (replace(CALM, light="", overdue=1), Mood.ACT, Reason.OVERDUE),
        (replace(CALM, light="red", overdue=1), Mood.ACT, Reason.RED),
        (replace(CALM, light=""), Mood.WATCH, Reason.NOTHING_YET),
        (replace(CALM, light="", days_left=NEAR), Mood.ACT, Reason.NOTHING_YET),
    ],
)
def test_the_first_reason_that_holds(now: Situation, mood: Mood, reason: Reason) -> None:
    verdict = decide(now)
    assert (verdict.mood, verdict.reason) == (mood, reason)


def test_a_day_is_good_only_when_nothing_is_open_and_the_gravest_light_decides() -> None:
    for light, blockers, tasks, left, age in itertools.product(
        ("", *GRAVITY), (0, 2), (0, 2), (None, 0, 30), (None, 0, 30)
    ):
        verdict = decide(Situation(light, blockers, tasks, left, age))
        calm = light in FINE and not blockers and not tasks and (age is None or age <= OLD)
        assert (verdict.mood is Mood.GOOD) == calm
    assert gravest(["green", "yellow", "insufficient"]) == "insufficient"
    assert gravest(["red", "insufficient"]) == "red"
    assert gravest([]) == ""


def test_most_red_then_the_nearest_day_then_the_least_room_comes_first() -> None:
    two, one = Situation("red", days_left=90, red=2), Situation("red", days_left=3, red=1)
    near, tight, unknown, roomy, dark = (
        Situation("green", days_left=5, room=Fraction(1, 2)),
        Situation("green", days_left=90, room=Fraction(-1, 10)),
        Situation("", days_left=90),
        Situation("yellow", days_left=90, room=Fraction(1, 2)),
        Situation("green", days_left=None),
    )
    expected = [two, one, near, tight, unknown, roomy, dark]
    assert sorted([dark, roomy, unknown, tight, near, one, two], key=urgency) == expected
