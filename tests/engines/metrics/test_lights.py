"""Edge values and worked tables of D1-D4, written out from the guide's definitions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.lights import Light, Limit

VACANCY = Limit(Decimal("0.30"), ">")
COMPLAINTS = Limit(Decimal("0.0001"), ">")
EVASION = Limit(Decimal("0.70"), ">=")
UNKNOWN = Limit(Decimal("0.01"), ">")
CLOSING = Limit(Decimal("0.98"), ">=")


@pytest.mark.parametrize(
    ("filed", "opened", "light", "more", "cut"),
    [
        (100, 70, "green", 0, 0),
        (100, 69, "yellow", 1, 2),
        (100, 60, "yellow", 10, 15),
        (100, 65, "yellow", 5, 8),
        (3, 2, "yellow", 1, 1),
        (50, 52, "red", 0, 0),
        (0, 0, "na", 0, 0),
        (0, 4, "red", 0, 0),
    ],
)
def test_seat_table(filed: int, opened: int, light: str, more: int, cut: int) -> None:
    verdict = lights.seat_vacancy(
        filed=filed, opened=opened, opened_and_filed=min(filed, opened), unfiled_open=0, limit=VACANCY
    )
    assert verdict.light == light
    assert (verdict.value is None) == (filed == 0)
    assert lights.seats_to_open(filed=filed, opened=opened, limit=VACANCY) == more
    assert lights.seats_to_cut(filed=filed, opened=opened, limit=VACANCY) == cut


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


def test_seat_of_unknown_filing_is_never_green() -> None:
    def light(**counts: int) -> Light:
        return lights.seat_vacancy(limit=VACANCY, unfiled_open=0, **counts).light

    assert light(filed=100, opened=81, opened_and_filed=80, unknown=1, unknown_open=1) is Light.INSUFFICIENT
    assert light(filed=100, opened=70, opened_and_filed=70, unknown=1) is Light.INSUFFICIENT
    assert light(filed=100, opened=90, opened_and_filed=90, unknown=1) is Light.GREEN


@pytest.mark.parametrize(
    ("complaints", "answered", "light", "allowed"),
    [
        (1, 10_000, "green", 1),
        (1, 9_999, "yellow", 0),
        (125, 1_250_000, "green", 125),
        (126, 1_250_000, "yellow", 125),
        (125, 1_259_999, "green", 125),
        (0, 500, "green", 0),
        (2, 0, "red", 0),
        (0, 0, "na", 0),
        (150, 1_000_000, "yellow", 100),
        (150, 4_000_000, "green", 400),
    ],
)
def test_complaint_table(complaints: int, answered: int, light: str, allowed: int) -> None:
    verdict = lights.complaint_rate(complaints=complaints, answered=answered, limit=COMPLAINTS)
    assert verdict.light == light
    assert lights.allowance(answered, COMPLAINTS) == allowed
    if answered:
        assert (verdict.light is Light.YELLOW) == (complaints > allowed)


@pytest.mark.parametrize(
    ("complaints", "answered", "unknown", "light", "low", "high"),
    [
        (1, 10_000, 5, "green", Fraction(1, 10_005), Fraction(1, 10_000)),  # green at both ends
        (1, 9_999, 0, "yellow", Fraction(1, 9_999), Fraction(1, 9_999)),
        (1, 9_999, 1, "insufficient", Fraction(1, 10_000), Fraction(1, 9_999)),  # answered, it would be green
        (2, 9_999, 1, "yellow", Fraction(2, 10_000), Fraction(2, 9_999)),
        (1, 0, 5, "insufficient", Fraction(1, 5), None),  # red, if none of them was answered
        (0, 0, 5, "insufficient", Fraction(0), Fraction(0)),  # nothing to tell of, or green
    ],
)
def test_calls_of_unknown_answer(
    *, complaints: int, answered: int, unknown: int, light: str, low: Fraction, high: Fraction | None
) -> None:
    verdict = lights.complaint_rate(complaints=complaints, answered=answered, unknown=unknown, limit=COMPLAINTS)
    assert (verdict.light, verdict.bounds) == (light, (low, high))
    assert (verdict.numerator, verdict.denominator) == (complaints, answered)
    assert ("answer_unknown" in {flag.code for flag in verdict.flags}) == bool(unknown)


def test_complaint_low_volume_and_undated() -> None:
    low = lights.complaint_rate(complaints=0, answered=500, limit=COMPLAINTS, low_volume=10_000)
    assert [(flag.code, flag.light) for flag in low.flags] == [("low_volume", Light.GREEN)]
    assert low.light is Light.GREEN
    unsure = lights.complaint_rate(complaints=1, answered=10_000, limit=COMPLAINTS, undated=1)
    assert unsure.light is Light.INSUFFICIENT
    sure = lights.complaint_rate(complaints=2, answered=10_000, limit=COMPLAINTS, undated=1)
    assert sure.light is Light.YELLOW


@pytest.mark.parametrize(
    ("counts", "light", "codes"),
    [
        ((260, 0, 500, 200, 30, 0, 10), "red", {"evasion": "red"}),
        ((261, 0, 500, 199, 30, 0, 10), "insufficient", {"evasion": "insufficient"}),
        ((280, 0, 400, 250, 30, 29, 11), "insufficient", {"evasion": "green", "unknown_high": "insufficient"}),
        ((900, 1, 60, 39, 0, 0, 0), "red", {"evasion": "green", "other_short": "red"}),
        ((1000, 0, 0, 0, 0, 0, 0), "green", {"evasion": "green"}),
        ((990, 0, 0, 0, 0, 0, 10), "green", {"evasion": "green"}),
        ((0, 0, 0, 0, 0, 0, 0), "na", {}),
    ],
)
def test_number_table(counts: tuple[int, ...], light: str, codes: dict[str, str]) -> None:
    verdict = lights.number_consistency(
        counts=dict(zip(NumberClass, counts, strict=True)), evasion=EVASION, unknown=UNKNOWN
    )
    assert verdict.light == light
    assert {flag.code: flag.light for flag in verdict.flags} == codes


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


@pytest.mark.parametrize(
    ("closed", "tickets", "light", "need"),
    [
        (49, 50, "green", 0),
        (48, 49, "yellow", 1),
        (97_996, 100_000, "yellow", 4),
        (98_000, 100_000, "green", 0),
        (0, 0, "na", 0),
    ],
)
def test_closing_table(closed: int, tickets: int, light: str, need: int) -> None:
    assert lights.closing_rate(closed=closed, tickets=tickets, limit=CLOSING).light == light
    assert lights.tickets_to_close(closed=closed, tickets=tickets, limit=CLOSING) == need


def test_closing_undated() -> None:
    unsure = lights.closing_rate(closed=49, tickets=50, limit=CLOSING, undated_open=1)
    assert unsure.light is Light.INSUFFICIENT
    assert unsure.bounds is not None
    assert unsure.bounds[0] < unsure.bounds[1]


def test_worst_first() -> None:
    assert lights.worst([Light.GREEN, Light.NA, Light.YELLOW]) is Light.YELLOW
    assert lights.worst([Light.YELLOW, Light.INSUFFICIENT]) is Light.INSUFFICIENT
    assert lights.overall([Light.NA, Light.NA]) is Light.INSUFFICIENT
    assert lights.overall([Light.NA, Light.YELLOW_EXPLAINED, Light.GREEN]) is Light.YELLOW_EXPLAINED


def test_watched_licence_has_stricter_limits() -> None:
    """R8: 80 % of each threshold, in integers 100(F-O) > 24F, 12500C > D, 100(L+M) >= 56E."""
    factor = Decimal("0.8")
    assert not VACANCY.scaled(factor).met(24, 100)
    assert VACANCY.scaled(factor).met(25, 100)
    assert not COMPLAINTS.scaled(factor).met(1, 12_500)
    assert COMPLAINTS.scaled(factor).met(1, 12_499)
    assert EVASION.scaled(factor).met(56, 100)
