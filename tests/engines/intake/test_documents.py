"""Documents and lines read piece by piece: one broken record costs itself only, a line is found again by its number."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from tests.engines.intake.conftest import HEADER, Desk, row

from nianjian.engines.intake import lines as documents
from nianjian.engines.intake.lines import Damage, json_records


def _refuse(text: str) -> object:
    raise ValueError(text)


def _read(text: str, size: int) -> tuple[list[tuple[int, object]], list[Damage]]:
    """Records and damages when the text comes in blocks of ``size`` bytes."""
    data, bad = text.encode(), list[Damage]()
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    found = [(line, json.loads(record)) for line, record in json_records(blocks, bad, _refuse)]
    return found, bad


TEXTS = {
    "array": '[\n{"a": 1},\n{"a": "呼出"}, {"a": {"b": [{"c": 2}]}}\n]\n',
    "answer around": '{"Code": 0, "Data": {"List": [\n {"a": 1},\n\n {"a": 2}\n]}, "More": [{"x": 1}]}',
    "broken in the middle": '[\n{"a": 1},\n{"a": oops, "b": "x"},\n{"a": 3}\n]',
    "broken off": '[\n{"a": 1},\n{"a": 2},\n{"a": "unfini',
    "one after another": '[{"a": 1}\n{"a": 2}\n]',
    "empty": "[]",
    "nothing": "  \n",
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_the_size_of_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch, name: str, size: int) -> None:
    whole = _read(TEXTS[name], 1 << 20)
    monkeypatch.setattr(documents, "SMALL", 64)
    monkeypatch.setattr(documents, "_STEP", 16)
    assert _read(TEXTS[name], size) == whole


def test_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SMALL", 64)
    monkeypatch.setattr(documents, "_STEP", 16)
    found, bad = _read(TEXTS["broken in the middle"], 5)
    assert found == [(2, {"a": 1}), (4, {"a": 3})]
    assert [(damage.line, damage.code) for damage in bad] == [(3, "json_invalid")]
    found, bad = _read(TEXTS["broken off"], 5)
    assert found == [(2, {"a": 1}), (3, {"a": 2})]
    assert [(damage.line, damage.code) for damage in bad] == [(4, "json_invalid")]
    assert [line for line, _ in _read(TEXTS["answer around"], 5)[0]] == [2, 4]


def test_memory_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """6 MB of records and one of 4 MB that no call can be, where the longest record has 800 KB."""
    monkeypatch.setattr(documents, "SMALL", documents.SMALL // 10)
    monkeypatch.setattr(documents, "_STEP", documents._STEP // 10)
    good = (json.dumps({"a": "x" * 500}) + ",\n").encode() * 200

    def blocks() -> Iterator[bytes]:
        yield b"[\n"
        for _ in range(30):
            yield good
        yield b'{"a": "'
        for _ in range(40):
            yield b"y" * 100_000
        yield b'"},\n'
        for _ in range(30):
            yield good
        yield b'{"a": 1}]'

    bad: list[Damage] = []
    tracemalloc.start()
    count = sum(1 for _ in json_records(blocks(), bad, _refuse))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60 * 200 + 1
    assert [(damage.line, damage.code) for damage in bad] == [(6_002, "json_invalid")]
    assert peak < 8 << 20


def test_a_large_document_loads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SMALL", documents.SMALL // 10)
    rows = [dict(zip(HEADER.split(","), row(number).split(","), strict=True)) for number in range(1, 2_001)]
    text = json.dumps({"Code": 200, "Data": {"List": rows}}, ensure_ascii=False)
    assert len(text) > documents.SMALL // 2
    receipt = desk.take((text + " " * documents.SMALL).encode(), "calls.json")
    assert (receipt.rows.loaded, receipt.reasons) == (2_000, {})


WHOLE = [b"one\n", b"\n", b"three, a longer one\n", b"4\n", b"five"]


@pytest.mark.parametrize("block", [1, 5, 6, 1000])
@pytest.mark.parametrize("last", [b"five", b"five\n"])
def test_lines_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, last: bytes) -> None:
    monkeypatch.setattr(documents, "_BLOCK", block)
    text = [*WHOLE[:-1], last]
    path = tmp_path / "calls.csv"
    path.write_bytes(b"".join(text))
    for count in range(len(text) + 1):
        for places in combinations(range(1, len(text) + 1), count):
            assert list(documents.lines_at(path, places)) == [text[place - 1] for place in places]
