"""The SQL that each metric's questions become on DuckDB: a change of meaning is seen in review.

After a wanted change: `WRITE_SNAPSHOTS=1 pytest tests/engines/metrics/test_sql_snapshots.py`.
"""

import os
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.metrics.definitions import METRICS
from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.metric import Tables
from nianjian.engines.metrics.tables import (
    DAILY,
    TICKETS,
    TICKETS_VERSION,
    VERSION,
    ComplaintCounting,
    complaint_match,
    daily,
    daily_rollup,
    facts,
    leave_lazy,
    tickets,
    tickets_rollup,
)
from nianjian.engines.rules.rulebook import Rulebook

FOLDER = Path(__file__).parents[2] / "snapshots"
WORDS = ("marketing", "营销")
WRITE = os.environ.get("WRITE_SNAPSHOTS") == "1"


def table(name: str, schema: pa.Schema) -> ibis.Table:
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)


def expressions() -> dict[str, ibis.Table]:
    frame = Frame(2026, date(2026, 12, 31), today=date(2027, 2, 1))
    tables = Tables(table("daily", DAILY), table("seat_dim", SCHEMAS["seat_dim"]), table("tickets", TICKETS))
    lake = {name: table(name, schema) for name, schema in SCHEMAS.items()}
    match = complaint_match(lake["calls"], lake["complaint_fact"], minutes=10, by_id=True)
    queries = {
        "table.daily": daily(facts(lake["calls"], WORDS), lake["number_dim"], lake["line_dim"], WORDS),
        "table.tickets": tickets(lake["complaint_fact"], match, lake["line_dim"]),
    }
    book = Rulebook.on(date(2026, 12, 31))
    for definition in METRICS:
        for name, expression in definition.questions(tables, frame, book).items():
            queries[f"{definition.card.slug}.{name}"] = expression
    return queries


EXPRESSIONS = expressions()


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_sql(name: str) -> None:
    sql = str(ibis.to_sql(EXPRESSIONS[name], dialect="duckdb")) + "\n"
    path = FOLDER / f"{name}.sql"
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(sql, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == sql


@cache
def kept() -> dict[str, tuple[str, list[ibis.Table], pa.Schema]]:
    """The tables that a home keeps: the version in force, what builds them (whole and by days), their columns."""
    lake = {name: table(name, schema) for name, schema in SCHEMAS.items()}
    by_days = [
        daily_rollup(WORDS).build(lake, None, leave_lazy),
        daily_rollup(WORDS).build(lake, [date(2026, 3, 2), date(2026, 3, 3)], leave_lazy),
        daily_rollup(WORDS).spread(lake["calls"], table("changed", SCHEMAS["calls"])),
    ]
    whole = [tickets_rollup(ComplaintCounting()).build(lake)]
    return {"VERSION": (VERSION, by_days, DAILY), "TICKETS_VERSION": (TICKETS_VERSION, whole, TICKETS)}


@pytest.mark.parametrize("name", ["VERSION", "TICKETS_VERSION"])
def test_whoever_changes_what_is_kept_changes_its_version(name: str) -> None:
    """Otherwise a home in use would go on answering from tables that were counted the former way."""
    version, queries, schema = kept()[name]
    meaning = [*(str(ibis.to_sql(one, dialect="duckdb")) for one in queries), str(schema)]
    digest = sha256("\n".join(meaning).encode()).hexdigest()[:12]
    assert digest == version, f"write {name}: Final = {digest!r} in portrait/tables/materialised.py"


def test_no_snapshot_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(EXPRESSIONS)
