"""Records of every source, written from the documentation by someone who had not seen the readers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support import call_files
from tests.support.call_files import Desk, Rows

from nianjian.engines.intake.formats import catalogue

HERE = Path(__file__).parent
SOURCES = sorted(path.parent.name for path in HERE.glob("*/case.json"))
AT_LEAST = 30
SAME = [name for name in call_files.COLUMNS if name not in {"batch", "file", "line", "raw", "extra", "reason_column"}]


def _case(source: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((HERE / source / "case.json").read_text(encoding="utf-8"))
    return loaded


def _expected(source: str) -> list[dict[str, Any]]:
    text = (HERE / source / "expected.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


FILES = [(source, file) for source in SOURCES for file in _case(source)["files"]]


def _id(value: object) -> str:
    return value["name"] if isinstance(value, dict) else str(value)


Take = Callable[..., tuple[dict[str, Any], Rows]]


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Take:
    """Import a file into a lake of its own, once a file and way; its receipt and its rows."""
    done: dict[tuple[str, str, str], tuple[dict[str, Any], Rows]] = {}

    def imported(source: str, file: dict[str, Any], *, name: str = "auto") -> tuple[dict[str, Any], Rows]:
        key = (source, file["name"], name)
        if key not in done:
            desk = Desk(tmp_path_factory.mktemp("lake"))
            used = HERE / source / file["mapping"] if "mapping" in file else None
            path = HERE / source / file["name"]
            (receipt,) = desk.take(path, source=name, timezone=file["timezone"], mapping_file=used)
            done[key] = receipt, desk.rows()
        return done[key]

    return imported


def _value(name: str, wanted: object) -> object:
    if name in {"display", "callee"}:
        return call_files.printed(wanted)  # type: ignore[arg-type]
    if name in {"start", "ring", "answer", "end"}:
        return call_files.wall(wanted)  # type: ignore[arg-type]
    return wanted


def _faults(row: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """What differs between a lake row and the documentation."""
    found = []
    for name, wanted in expected.items():
        if name in {"file", "line", "why", "call", "counted", "call_id"}:
            continue
        column = f"{name}_ts" if name in {"start", "ring", "answer", "end"} else name
        any_of = wanted["any"] if isinstance(wanted, dict) else [wanted]
        if row[column] not in [_value(name, one) for one in any_of]:
            found.append(f"{column}: expected {wanted!r}, got {row[column]!r}")
    if "call_id" in expected and expected["call_id"] not in str(row["call_id"]):
        found.append(f"call_id: expected {expected['call_id']!r}, got {row['call_id']!r}")
    if "call" not in expected and expected.get("counted", call_files.counted(row)) != call_files.counted(row):
        found.append(f"counted: expected {expected['counted']!r}, got {call_files.counted(row)!r}")
    return found


def _compare(expected: dict[str, Any], row: dict[str, Any] | None) -> list[str]:
    if expected.get("duplicate"):
        return [] if row is None else ["a duplicate lies in the lake"]
    if row is None:
        return ["neither loaded nor rejected"]
    if "rejected" in expected:
        if row["part"] != call_files.REJECTED:
            return ["loaded, though it must be rejected"]
        return [] if row["reason"] in expected["rejected"] else [f"rejected as {row['reason']}"]
    if row["part"] == call_files.REJECTED:
        return [f"rejected as {row['reason']} in {row['reason_column']}"]
    return _faults(row, expected)


def _calls_differ(file: dict[str, Any], expected: list[dict[str, Any]], rows: Rows) -> list[str]:
    """Calls by their counts, and each call of several rows by itself."""
    calls = call_files.calls(call_files.good(rows))
    wanted = file["calls"]
    found = []
    got = {
        "calls": len(calls),
        "delivered": sum(call["counted"] != "no" for call in calls.values()),
        "answered": sum(call["counted"] == "answered" for call in calls.values()),
    }
    if got["calls"] != wanted["calls"]:
        found.append(f"calls: expected {wanted['calls']}, got {got['calls']}")
    for name in ("delivered", "answered"):
        low, high = wanted[name]
        if not low <= got[name] <= high:
            found.append(f"{name}: expected {low} to {high}, got {got[name]}")
    at = {row["line"]: row["call_key"] for row in call_files.good(rows)}
    for name in {line["call"] for line in expected if "call" in line}:
        members = [line for line in expected if line.get("call") == name]
        keys = {at.get(line["line"]) for line in members}
        if len(keys) != 1 or (len(members) > 1 and None in keys):
            found.append(f"call {name}: its rows have the keys {sorted(map(str, keys))}")
            continue
        rank = max(("no", "delivered", "answered").index(line.get("counted", "no")) for line in members)
        one = next(call for (_, key), call in calls.items() if key in keys or call["call_key"] in keys)
        if len(members) > 1 and one["counted"] != ("no", "delivered", "answered")[rank]:
            found.append(f"call {name}: expected {('no', 'delivered', 'answered')[rank]}, got {one['counted']}")
    return found


def test_every_source_has_enough_rows() -> None:
    assert {source: len(_expected(source)) for source in SOURCES if len(_expected(source)) < AT_LEAST} == {}
    assert set(SOURCES) == set(catalogue())


@pytest.mark.parametrize(("source", "file"), [pair for pair in FILES if "rows" in pair[1]], ids=_id)
def test_rows_equal_the_documentation(take: Take, source: str, file: dict[str, Any]) -> None:
    receipt, rows = take(source, file)
    expected = [line for line in _expected(source) if line["file"] == file["name"]]
    at = {row["line"]: row for row in rows}
    faults = [
        f"{line['line']}: {fault} ({line['why']})"
        for line in expected
        for fault in _compare(line, at.get(line["line"]))
    ]
    faults += _calls_differ(file, expected, rows)
    if receipt["rows"] != file["rows"]:
        faults.append(f"rows: expected {file['rows']}, got {receipt['rows']}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("source", "file"), [pair for pair in FILES if "same_as" in pair[1]], ids=_id)
def test_another_form_gives_the_same_rows(take: Take, source: str, file: dict[str, Any]) -> None:
    """CSV, JSON lines, JSON array, another encoding or order of columns: the same rows come out."""
    first = next(one for one in _case(source)["files"] if one["name"] == file["same_as"])
    receipt, rows = take(source, file)
    other, wanted = take(source, first)
    assert receipt["rows"] == other["rows"]
    differ = [
        f"row {at}: {name}: {row[name]!r}, in {first['name']} {twin[name]!r}"
        for at, (row, twin) in enumerate(zip(rows, wanted, strict=True), 1)
        for name in SAME
        if row[name] != twin[name]
    ]
    assert not differ, "\n".join(differ)


@pytest.mark.parametrize("source", ["asterisk", "freeswitch_json", "tinet"])
def test_a_named_source_gives_what_auto_gives(take: Take, source: str) -> None:
    file = next(file for file in _case(source)["files"] if "mapping" not in file)
    automatic, rows = take(source, file)
    named, wanted = take(source, file, name=source)
    assert automatic["source"] == named["source"] == source
    assert rows
    assert [row["call_id"] for row in rows] == [row["call_id"] for row in wanted]
