"""Riding seals of a long file: stamps that share a sheet, found and followed over every joint."""

from __future__ import annotations

import random
from functools import lru_cache

import cv2
import numpy as np
from tests.support.scans import ink
from tests.support.scans.ink import Print

from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.editions.package import Rules, plan
from nianjian.features.dossier.seals import seam
from nianjian.features.dossier.seals.mask import whiten

MM = seam.DPI / 25.4
SHEETS = 29
HIGH = round(297 * MM)


@lru_cache(maxsize=1)
def planned() -> list[list[seam.PlacedSlice]]:
    """The slices of each sheet, stamped as the planner says."""
    made = plan(SHEETS, Rules.of(Rulebook.on(clock.today())), duplex=False)
    strips = [np.full((HIGH, round(seam.STRIP_MM * MM), 3), 252, np.uint8) for _sheet in range(SHEETS)]
    for one in made.stamps:
        rng = random.Random(one.number)
        layer = ink.coverage(Print("round", 42, 42, "normal", "浙江华信通信科技有限公司"), seam.DPI, rng)
        layer = ink.worn(layer, rng)[:, 16:-16]
        cuts = np.linspace(0, layer.shape[1], one.sheets + 1).round().astype(int)
        top = round(HIGH * (1 - float(one.height)) - layer.shape[0] / 2)
        for place, sheet in enumerate(range(one.first - 1, one.last)):
            part = layer[:, cuts[place] : cuts[place + 1]]
            ink.stamp(strips[sheet], part, "normal", strips[sheet].shape[1] - part.shape[1], top)
    return [seam.find_strip_slices(whiten(cv2.GaussianBlur(strip, (0, 0), 0.6))) for strip in strips]


def test_a_shared_sheet_has_two_slices_and_no_joint_is_open() -> None:
    pages = planned()
    counts = [len(one) for one in pages]
    assert min(counts) == 1
    assert counts.count(2) == 1, "two stamps share a sheet"
    assert seam.find_broken_joints(pages) == ((), True)


def test_sheets_taken_out_moved_or_without_their_slice_are_told() -> None:
    pages = planned()
    fewer = pages[:5] + pages[8:]
    assert seam.find_broken_joints(fewer)[1] is False, "three of fifteen: the stamp does not add up to a seal"
    swapped = [*pages[:6], pages[9], *pages[7:9], pages[6], *pages[10:]]
    assert set(seam.find_broken_joints(swapped)[0]) & {5, 6, 8, 9}
    gone = [*pages[:20], [], *pages[21:]]
    assert {19, 20} <= set(seam.find_broken_joints(gone)[0])


def test_a_joint_between_two_stamps_that_share_no_sheet_is_open() -> None:
    pages = planned()
    shared = next(place for place, one in enumerate(pages) if len(one) == 2)
    apart = [list(one) for one in pages]
    del apart[shared][0]
    assert set(seam.find_broken_joints(apart)[0]) & {shared - 1, shared}
