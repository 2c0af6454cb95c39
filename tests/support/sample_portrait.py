"""A small real portrait: a lake of a few hundred rows, computed by the portrait itself."""

import atexit
import shutil
import tempfile
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS, COMPLAINT_FACT, LINE_DIM, NUMBER_DIM, SEAT_DIM
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.run import run
from nianjian.engines.rules.rulebook import Rulebook

YEAR = 2026
DISPLAYS = ((95013, "short"), (13800138000, "mobile"), (1062345678, "landline"), (None, "none"))


def _call(number: int) -> dict[str, object]:
    start = datetime(YEAR, 1 + number % 12, 1 + number % 27, 9) + timedelta(minutes=number)  # noqa: DTZ001 -- wall time
    display, shape = DISPLAYS[0 if number % 4 else number // 4 % 4]
    answered = number % 3 == 0
    return {
        "source": "generic", "call_id": f"c{number}", "direction": "out", "leg": "customer", "display": display,
        "display_shape": shape, "display_confidence": "good" if display else "none", "callee": 13900000000 + number,
        "callee_shape": "mobile", "start_ts": start,
        "answer_ts": start + timedelta(seconds=5) if answered else None,
        "end_ts": start + timedelta(seconds=60), "result": "answered" if answered else "no_answer", "delivered": True,
        "answered": answered, "test": False, "agent_kind": "robot" if number % 5 == 0 else "human",
        "line_id": f"L{number % 3}", "batch": "B1", "file": "0" * 64, "line": number, "part": f"{start:%Y-%m}",
    }  # fmt: skip


def _complaint(number: int) -> dict[str, object]:
    moment = datetime(YEAR, 3, 1 + number, 10)  # noqa: DTZ001 -- wall time
    return {
        "complaint_id": f"T{number}", "source": "12321" if number % 2 else "12300", "reference": f"R{number}",
        "accepted_ts": moment, "arrived_ts": moment, "complainant": 13900000000 + number, "complained": 95013,
        "closed_ts": moment + timedelta(hours=5 * number) if number % 3 else None,
        "exclusion": "not_a_call" if number == 4 else None,
        "line_id": "L1",
        "team_id": "T1",
    }  # fmt: skip


@cache
def _written() -> Path:
    """A folder with the tables, written once a process."""
    folder = tempfile.mkdtemp(prefix="sample-lake-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    lake = Lake(folder, "demo")
    _write(lake)
    return lake.folder


def fill(lake: Lake) -> None:
    """Write calls and dated tables of one enterprise."""
    if lake.folder.exists():
        _write(lake)
    else:
        shutil.copytree(_written(), lake.folder)


def _write(lake: Lake) -> None:
    def put(name: str, schema: pa.Schema, rows: list[dict[str, object]], partition_by: tuple[str, ...] = ()) -> None:
        table = pa.Table.from_pylist([{field: row.get(field) for field in schema.names} for row in rows], schema)
        lake.replace(name, table, digest=name, partition_by=partition_by)

    put("calls", CALLS, [_call(number) for number in range(600)], ("part",))
    put("number_dim", NUMBER_DIM, [{"root": 95013, "root_length": 5, "total_length": 5, "filed": True}])
    put("line_dim", LINE_DIM, [{"line_id": f"L{n}", "team_id": f"T{n % 2}"} for n in range(3)])
    seats: list[dict[str, object]] = [
        {"seat_id": f"S{n}", "kind": "robot" if n > 90 else "human", "filing": "filed",
         "filed_on": date(2025, 1, 1), "opened_on": date(2025, 2, 1) if n < 60 else None}
        for n in range(100)
    ]  # fmt: skip
    put("seat_dim", SEAT_DIM, seats)
    put("complaint_fact", COMPLAINT_FACT, [_complaint(number) for number in range(12)])


def portrait(folder: Path, enterprise: str = "demo") -> dict[str, Any]:
    """The portrait of data year 2026 as JSON-ready values."""
    lake = Lake(str(folder / "lake"), enterprise)
    fill(lake)
    engine = DuckDBEngine()
    try:
        book = Rulebook.on(date(YEAR, 12, 31), "北京")
        result = run(lake=lake, engine=engine, rulebook=book, enterprise=enterprise, year=YEAR, raw=True)
        return result.as_dict()
    finally:
        engine.close()
