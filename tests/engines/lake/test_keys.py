"""Hashes in order: the same as any sort gives, for few, many and unevenly spread ones."""

import numpy as np
import pytest

from nianjian.engines.lake.keys import Hashes, in_order


def drawn(count: int, *, most: int = 2**64) -> Hashes:
    return np.random.default_rng(count).integers(0, most, count, dtype=np.uint64)


@pytest.mark.parametrize(
    "hashes",
    [drawn(0), drawn(1), drawn(500), drawn(200_000), drawn(200_000, most=1000), np.repeat(drawn(50_000), 3)],
    ids=["none", "one", "few", "many", "all at one end", "each three times"],
)
def test_in_order(hashes: Hashes) -> None:
    before = hashes.copy()
    assert np.array_equal(in_order(hashes), np.sort(hashes))
    assert np.array_equal(hashes, before)
