"""Single lines of a file are found again by their numbers, wherever the blocks in which it is read end."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from nianjian.engines.intake import lines

WHOLE = [b"one\n", b"\n", b"three, a longer one\n", b"4\n", b"five"]


@pytest.mark.parametrize("block", [1, 5, 6, 1000])
@pytest.mark.parametrize("last", [b"five", b"five\n"])
def test_lines_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, last: bytes) -> None:
    monkeypatch.setattr(lines, "_BLOCK", block)
    text = [*WHOLE[:-1], last]
    path = tmp_path / "calls.csv"
    path.write_bytes(b"".join(text))
    for count in range(len(text) + 1):
        for places in combinations(range(1, len(text) + 1), count):
            assert list(lines.lines_at(path, places)) == [text[place - 1] for place in places]
