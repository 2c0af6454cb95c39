"""How an item of the list stands: a table, and that nothing unknown is ready."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nianjian.features.dossier.finding import Verdict
from nianjian.features.dossier.states import Facts, MaterialState, evaluate_material

DAY = date(2027, 3, 1)
NEXT = DAY + timedelta(days=1)
BEFORE = DAY - timedelta(days=1)
GOOD = Verdict.READY


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (None, MaterialState.MISSING),
        (Facts(GOOD), MaterialState.TO_CONFIRM),
        (Facts(Verdict.NEEDS_PERSON), MaterialState.TO_CONFIRM),
        (Facts(Verdict.NOT_READY), MaterialState.NOT_READY),
        (Facts(Verdict.NOT_READY, confirmed=True), MaterialState.NOT_READY),
        (Facts(GOOD, confirmed=True), MaterialState.READY),
        (Facts(Verdict.NEEDS_PERSON, confirmed=True), MaterialState.READY),
        (Facts(GOOD, confirmed=True, returned=True), MaterialState.RETURNED),
        (Facts(GOOD, confirmed=True, valid_until=DAY), MaterialState.READY),
        (Facts(GOOD, confirmed=True, valid_until=BEFORE), MaterialState.EXPIRED),
        (Facts(GOOD, confirmed=True, effective_on=DAY), MaterialState.READY),
        (Facts(GOOD, confirmed=True, effective_on=NEXT), MaterialState.EXPIRED),
        (Facts(GOOD, valid_until=BEFORE), MaterialState.TO_CONFIRM),
    ],
)
def test_the_newest_version_decides(newest: Facts | None, expected: MaterialState) -> None:
    assert evaluate_material(newest, not_applicable=False, on=DAY) is expected
    assert evaluate_material(newest, not_applicable=True, on=DAY) is MaterialState.NOT_APPLICABLE
