"""Spans of consents: what overlaps or touches is one, so that no call is counted twice."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nianjian.features.rectification.figures import merge_spans

SECONDS = st.integers(0, 30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(SECONDS, SECONDS), max_size=8))
def test_merged_spans_hold_the_same_seconds_once(found: list[tuple[int, int]]) -> None:
    told = list(merge_spans(found))
    assert {second for start, end in found for second in range(start, end)} == {
        second for start, end in told for second in range(start, end)
    }
    assert all(end < start for (_first, end), (start, _last) in pairwise(told))
