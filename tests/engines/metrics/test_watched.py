"""R8: internal limits of 80 % give a second light beside the guide's; the oracle compares whole numbers."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics import lights, metric
from nianjian.engines.metrics.lights import Flag, Light, Limit, Verdict

FACTOR = Decimal("0.80")
VACANCY, RATE = Limit(Decimal("0.30"), ">"), Limit(Decimal("0.0001"), ">")
EVASION, UNKNOWN = Limit(Decimal("0.70"), ">="), Limit(Decimal("0.05"), ">")
COUNTS = st.integers(1, 3000)


def internal(verdict: Verdict) -> Flag | None:
    """The flag of the internal limit."""
    return next((flag for flag in verdict.flags if flag.code == metric.INTERNAL), None)


@given(COUNTS, COUNTS)
@example(100, 76)
@example(100, 75)
@example(100, 70)
@example(100, 69)
def test_vacancy(filed: int, opened: int) -> None:
    opened = min(opened, filed)

    def judged(limit: Limit) -> Verdict:
        return lights.seat_vacancy(filed=filed, opened=opened, opened_and_filed=opened, unfiled_open=0, limit=limit)

    guide, strict = judged(VACANCY), VACANCY.scaled(FACTOR)
    verdict, second = metric.flag_stricter(guide, judged(strict), strict)
    assert verdict.light is guide.light
    assert (second is Light.YELLOW) == (100 * (filed - opened) > 24 * filed)
    flag = internal(verdict)
    assert (flag is not None) == (100 * (filed - opened) > 24 * filed and not 10 * (filed - opened) > 3 * filed)
    if flag is not None:
        assert (flag.count, flag.share, flag.limit) == (filed - opened, Fraction(filed - opened, filed), strict)
    assert [one for one in verdict.flags if one.code != metric.INTERNAL] == list(guide.flags)


@given(st.integers(0, 4), st.integers(1, 60_000))
@example(1, 12_500)
@example(1, 12_499)
@example(1, 9_999)
def test_complaints(complaints: int, answered: int) -> None:
    def judged(limit: Limit) -> Verdict:
        return lights.complaint_rate(complaints=complaints, answered=answered, limit=limit)

    strict = RATE.scaled(FACTOR)
    verdict, second = metric.flag_stricter(judged(RATE), judged(strict), strict)
    assert verdict.light is judged(RATE).light
    assert (second is Light.YELLOW) == (12_500 * complaints > answered)
    assert (internal(verdict) is not None) == (12_500 * complaints > answered >= 10_000 * complaints)


@given(COUNTS, COUNTS, COUNTS)
@example(44, 30, 26)
@example(45, 30, 25)
@example(30, 40, 30)
def test_evasion(own: int, landline: int, mobile: int) -> None:
    counts = dict.fromkeys(NumberClass, 0)
    counts |= {NumberClass.OWN_SHORT: own, NumberClass.LANDLINE: landline, NumberClass.MOBILE: mobile}

    def judged(limit: Limit) -> Verdict:
        return lights.number_consistency(counts=counts, evasion=limit, unknown=UNKNOWN)

    strict, part, whole = EVASION.scaled(FACTOR), landline + mobile, own + landline + mobile
    verdict, second = metric.flag_stricter(judged(EVASION), judged(strict), strict)
    assert verdict.light is judged(EVASION).light
    assert (second is Light.RED) == (100 * part >= 56 * whole)
    assert (internal(verdict) is not None) == (100 * part >= 56 * whole and 10 * part < 7 * whole)
