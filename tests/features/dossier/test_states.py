"""How an item of the list stands: a table, and that nothing unknown is ready."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nianjian.features.dossier.finding import Verdict
from nianjian.features.dossier.materials.states import Facts, State, state

DAY = date(2027, 3, 1)
NEXT = DAY + timedelta(days=1)
BEFORE = DAY - timedelta(days=1)
GOOD = Verdict.READY


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (None, State.MISSING),
        (Facts(GOOD), State.TO_CONFIRM),
        (Facts(Verdict.NEEDS_PERSON), State.TO_CONFIRM),
        (Facts(Verdict.NOT_READY), State.NOT_READY),
        (Facts(Verdict.NOT_READY, confirmed=True), State.NOT_READY),
        (Facts(GOOD, confirmed=True), State.READY),
        (Facts(Verdict.NEEDS_PERSON, confirmed=True), State.READY),
        (Facts(GOOD, confirmed=True, returned=True), State.RETURNED),
        (Facts(GOOD, confirmed=True, valid_until=DAY), State.READY),
        (Facts(GOOD, confirmed=True, valid_until=BEFORE), State.EXPIRED),
        (Facts(GOOD, confirmed=True, effective_on=DAY), State.READY),
        (Facts(GOOD, confirmed=True, effective_on=NEXT), State.EXPIRED),
        (Facts(GOOD, valid_until=BEFORE), State.TO_CONFIRM),
    ],
)
def test_the_newest_version_decides(newest: Facts | None, expected: State) -> None:
    assert state(newest, not_applicable=False, on=DAY) is expected
    assert state(newest, not_applicable=True, on=DAY) is State.NOT_APPLICABLE
