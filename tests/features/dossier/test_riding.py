from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.editions.package import Rules, plan

BOOK = Rulebook.on(date(2026, 11, 1))
SEAL = Rules.of(BOOK)
A4_MM = 297


def test_the_example_of_the_rulebook() -> None:
    made = plan(57, SEAL)
    assert [(one.first, one.last) for one in made.stamps] == [(1, 20), (20, 39), (39, 57)]
    assert SEAL.sheets == 20


@given(sheets=st.integers(1, 3000), diameter=st.decimals(4, 45, places=1), duplex=st.booleans())
def test_every_joint_is_covered_and_no_sliver_is_too_thin(sheets: int, diameter: Decimal, *, duplex: bool) -> None:
    rules = Rules.of(BOOK, diameter)
    made = plan(sheets, rules, duplex=duplex)
    assert made.uncovered() == ()
    sizes = [one.sheets for one in made.stamps]
    assert sheets == 1 or max(sizes) - min(sizes) <= 1
    assert all(one.sliver_mm >= rules.sliver_mm and one.sheets <= rules.most for one in made.stamps)
    for left, right in zip(made.stamps, made.stamps[1:], strict=False):
        assert left.last == right.first, "neighbours share one sheet"
        assert abs(left.height - right.height) * A4_MM > diameter, "their slices do not touch"
    if made.stamps:
        assert (made.stamps[0].first, made.stamps[-1].last) == (1, sheets)
    slices = [(one.sheet, one.height) for one in made.slices()]
    assert len(slices) == len(set(slices)) == sum(sizes)


def test_the_fewest_stamps() -> None:
    assert [len(plan(sheets, SEAL).stamps) for sheets in (1, 2, 20, 21, 39, 40)] == [0, 1, 1, 2, 2, 3]


def test_two_sides_count_as_one_sheet() -> None:
    made = plan(3, SEAL, duplex=True)
    assert [made.pages(sheet) for sheet in (1, 2, 3)] == [(1, 2), (3, 4), (5, 6)]
    assert plan(3, SEAL).pages(3) == (3,)


@pytest.mark.parametrize("sheets", [0, -1, 100_001])
def test_a_wrong_number_of_sheets(sheets: int) -> None:
    with pytest.raises(NianjianError, match="riding_seal_sheets"):
        plan(sheets, SEAL)


@pytest.mark.parametrize("wide", ["3.9", "45.1"])
def test_a_seal_that_is_none(wide: str) -> None:
    with pytest.raises(NianjianError, match="riding_seal_diameter"):
        Rules.of(BOOK, Decimal(wide))
