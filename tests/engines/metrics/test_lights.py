"""What the tables of `tests/rules` and the oracle of `test_verdicts` leave out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.lights import Light, Limit

VACANCY = Limit(Decimal("0.30"), ">")
EVASION = Limit(Decimal("0.70"), ">=")
UNKNOWN = Limit(Decimal("0.01"), ">")


def test_seat_twin_and_attachment() -> None:
    """Unfiled open seats do not hide idle filed ones; an attachment explains the yellow only."""
    verdict = lights.seat_vacancy(filed=100, opened=75, opened_and_filed=60, unfiled_open=15, limit=VACANCY)
    assert [(f.code, f.light) for f in verdict.flags] == [("over_limit", Light.YELLOW), ("unfiled_open", Light.RED)]
    assert verdict.light is Light.RED
    explained = lights.seat_vacancy(
        filed=100, opened=60, opened_and_filed=60, unfiled_open=0, limit=VACANCY, attached=True
    )
    assert explained.light is Light.YELLOW_EXPLAINED
    assert explained.attachment_needed


@pytest.mark.parametrize(
    ("untold", "light"),
    [
        ({}, "green"),
        ({NumberClass.OWN_SHORT: 500}, "green"),
        ({NumberClass.LANDLINE: 1666}, "green"),
        ({NumberClass.LANDLINE: 1667}, "insufficient"),  # with all of them 1,867 of 2,667: over 70 %
        ({NumberClass.OTHER_SHORT: 1}, "insufficient"),
        ({NumberClass.UNKNOWN: 200}, "insufficient"),
    ],
)
def test_calls_of_unknown_answer_never_leave_a_light_that_they_could_change(
    untold: dict[NumberClass, int], light: str
) -> None:
    counts = {NumberClass.OWN_SHORT: 800, NumberClass.LANDLINE: 200}
    verdict = lights.number_consistency(counts=counts, evasion=EVASION, unknown=UNKNOWN, untold=untold)
    assert (verdict.numerator, verdict.denominator, verdict.light) == (800, 1000, light)
    assert [flag.count for flag in verdict.flags if flag.code == "answer_unknown"] == [*untold.values()]


def test_calls_of_unknown_answer_may_lift_a_red_light_which_is_then_unknown() -> None:
    counts = {NumberClass.OWN_SHORT: 20, NumberClass.LANDLINE: 80}
    verdict = lights.number_consistency(
        counts=counts, evasion=EVASION, unknown=UNKNOWN, untold={NumberClass.OWN_SHORT: 900}
    )
    assert verdict.light == "insufficient"
    assert verdict.bounds == (Fraction(20, 100), Fraction(920, 1000))


def test_worst_first() -> None:
    assert lights.worst([Light.GREEN, Light.NA, Light.YELLOW]) is Light.YELLOW
    assert lights.worst([Light.YELLOW, Light.INSUFFICIENT]) is Light.INSUFFICIENT
    assert lights.overall([Light.NA, Light.NA]) is Light.INSUFFICIENT
    assert lights.overall([Light.NA, Light.YELLOW_EXPLAINED, Light.GREEN]) is Light.YELLOW_EXPLAINED
