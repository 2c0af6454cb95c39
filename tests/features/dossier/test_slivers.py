"""What is said of a riding seal's slivers: only what is clear is a fault."""

from __future__ import annotations

import numpy as np

from nianjian.features.dossier.seals.seam import Sliver, evaluate_slivers, likeness

LONG = 200


def _cut(*marks: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    line = np.zeros(LONG, np.float32)
    for mark in marks:
        line[mark : mark + 8] = 1
    return line


ARC, STAR, STRANGE = _cut(20, 170), _cut(60, 90, 130), _cut(5, 175)
RUNS_ON = Sliver(ARC, ARC)


def test_a_print_goes_on_where_the_cuts_are_alike_though_a_sheet_slipped() -> None:
    assert likeness(RUNS_ON, RUNS_ON) > 0.99
    assert likeness(RUNS_ON, Sliver(np.roll(ARC, 10), ARC)) > 0.99
    assert likeness(Sliver(STAR, STAR), Sliver(STRANGE, STRANGE)) < 0.35


def test_a_sheet_without_a_sliver_between_sheets_with_one_is_missing() -> None:
    told = evaluate_slivers({1: [(1, RUNS_ON), (2, RUNS_ON), (3, None), (4, RUNS_ON), (5, RUNS_ON)]})
    assert told == {1: "joins", 2: "joins", 3: "missing", 4: "joins", 5: "joins"}


def test_a_sliver_of_another_print_joins_on_neither_side() -> None:
    strange = Sliver(STRANGE, STRANGE)
    row = [
        (1, Sliver(STAR, STAR)),
        (2, Sliver(STAR, STAR)),
        (3, strange),
        (4, Sliver(STAR, STAR)),
        (5, Sliver(STAR, STAR)),
    ]
    assert evaluate_slivers({1: row}) == {1: "joins", 2: "joins", 3: "does_not_join", 4: "joins", 5: "joins"}
    at_the_end = [(1, Sliver(STAR, STAR)), (2, Sliver(STAR, STAR)), (3, strange)]
    assert evaluate_slivers({1: at_the_end})[3] == "does_not_join", "its neighbour goes on beyond"


def test_what_is_seen_of_less_than_half_of_the_sheets_tells_nothing() -> None:
    assert set(evaluate_slivers({1: [(1, RUNS_ON), (2, None), (3, None)]}).values()) == {"cannot_tell"}


def test_the_worse_of_two_stamps_on_one_sheet_counts() -> None:
    whole, torn = [(1, RUNS_ON), (2, RUNS_ON)], [(2, RUNS_ON), (3, None), (4, RUNS_ON)]
    assert evaluate_slivers({1: whole, 2: torn})[3] == "missing"
    assert evaluate_slivers({1: whole, 2: [(2, None), (3, RUNS_ON), (4, RUNS_ON)]})[2] == "missing"
