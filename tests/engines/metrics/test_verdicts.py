"""Every verdict from counts equals the one that is found by trying all ways to settle what is unknown."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.support import portrait_verdicts as verdicts

from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.lights import Limit, Verdict
from nianjian.engines.metrics.metric import decimal_text, figures

few = st.integers(0, 6)
some = st.integers(0, 120)


def told(verdict: Verdict, unit: str) -> dict[str, Any]:
    low, high = verdict.bounds or (None, None)
    return {
        **figures(verdict, unit),
        "bounds": {"low": decimal_text(low, unit), "high": decimal_text(high, unit)},
        "flags": {flag.code: flag.count for flag in verdict.flags},
    }


@given(filed=some, idle=some, beyond=few, unknown=few, opened=few, attached=st.booleans())
def test_seats(*, filed: int, idle: int, beyond: int, unknown: int, opened: int, attached: bool) -> None:
    both, opened = max(0, filed - idle), min(opened, unknown)
    counts = Counter(
        filed=filed,
        opened=both + beyond + opened,
        opened_and_filed=both,
        unfiled_open=beyond,
        unknown_filing=unknown,
        unknown_filing_open=opened,
    )
    found = lights.seat_vacancy(
        filed=filed,
        opened=counts["opened"],
        opened_and_filed=both,
        unfiled_open=beyond,
        limit=Limit(Decimal("0.30"), ">"),
        unknown=unknown,
        unknown_open=opened,
        attached=attached,
    )
    light = verdicts.seat_light(counts, attached=attached)
    assert told(found, "%") == {
        **verdicts.figures(filed - counts["opened"], filed, "%", light),
        "bounds": verdicts.seat_bounds(counts),
        "flags": verdicts.seat_flags(counts),
    }


@given(
    complaints=few,
    calls=st.sampled_from([0, 1, 9_998, 9_999, 10_000, 19_999, 20_000, 29_990, 49_999]),
    untold=st.sampled_from([0, 0, 1, 2, 40]),
    undated=st.integers(0, 2),
    attached=st.booleans(),
)
def test_complaints(*, complaints: int, calls: int, untold: int, undated: int, attached: bool) -> None:
    found = lights.complaint_rate(
        complaints=complaints,
        answered=calls,
        limit=Limit(Decimal("0.0001"), ">"),
        low_volume=10_000,
        undated=undated,
        unknown=untold,
        attached=attached,
    )
    light = verdicts.rate_light(complaints, calls, untold=untold, undated=undated, attached=attached)
    assert told(found, "‱") == {
        **verdicts.figures(complaints, calls, "‱", light),
        "bounds": verdicts.span(verdicts.rate_ways(complaints, calls, untold, undated), "‱"),
        "flags": verdicts.rate_flags(complaints, calls, untold, undated),
    }


@given(own=some, land=some, mobile=some, foreign=st.sampled_from([0, 0, 0, 1]), other=few, dark=st.integers(0, 3))
def test_numbers(*, own: int, land: int, mobile: int, foreign: int, other: int, dark: int) -> None:
    counts = Counter(own_short=own, landline=land, mobile=mobile, other_short=foreign, other=other, unknown=dark)
    found = lights.number_consistency(
        counts={NumberClass(name): count for name, count in counts.items()},
        evasion=Limit(Decimal("0.70"), ">="),
        unknown=Limit(Decimal("0.01"), ">"),
    )
    total = counts.total()
    assert told(found, "%") == {
        **verdicts.figures(own, total, "%", verdicts.number_light(counts)),
        "bounds": verdicts.span([(own + d, total) for d in range(dark + 1)], "%"),
        "flags": verdicts.number_flags(counts),
    }
    for flag in found.flags:
        if flag.code == "evasion" and flag.bounds is not None:
            shown = {"low": decimal_text(flag.bounds[0], "%"), "high": decimal_text(flag.bounds[1], "%")}
            assert (flag.light.value, shown) == (verdicts.evasion(counts)["light"], verdicts.evasion(counts)["bounds"])


@given(tickets=some, waiting=few, shut=few, unsure=few)
def test_closing(*, tickets: int, waiting: int, shut: int, unsure: int) -> None:
    done = max(0, tickets - waiting)
    found = lights.closing_rate(
        closed=done, tickets=tickets, limit=Limit(Decimal("0.98"), ">="), undated_closed=shut, undated_open=unsure
    )
    assert told(found, "%") == {
        **verdicts.figures(done, tickets, "%", verdicts.closing_light(done, tickets, shut, unsure)),
        "bounds": verdicts.span(verdicts.closing_ways(done, tickets, shut, unsure), "%"),
        "flags": verdicts.closing_flags(done, tickets, shut + unsure),
    }
