"""The SQL that each metric's questions become on DuckDB: a change of meaning is seen in review.

After a wanted change: `WRITE_SNAPSHOTS=1 pytest tests/unit/portrait/test_sql_snapshots.py`.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from nianjian.lake.schema import SCHEMAS
from nianjian.portrait.catalogue import METRICS
from nianjian.portrait.frame import Frame
from nianjian.portrait.metric import Tables
from nianjian.portrait.tables.daily import daily
from nianjian.portrait.tables.facts import facts
from nianjian.portrait.tables.matching import complaint_match
from nianjian.portrait.tables.materialised import DAILY, TICKETS
from nianjian.portrait.tables.tickets import tickets
from nianjian.rules.rulebook import Rulebook

FOLDER = Path(__file__).parents[2] / "snapshots"
WRITE = os.environ.get("WRITE_SNAPSHOTS") == "1"


def table(name: str, schema: pa.Schema) -> ibis.Table:
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)


def expressions() -> dict[str, ibis.Table]:
    frame = Frame(2026, date(2026, 12, 31), today=date(2027, 2, 1))
    tables = Tables(table("daily", DAILY.schema), table("seat_dim", SCHEMAS["seat_dim"]), table("tickets", TICKETS))
    lake = {name: table(name, schema) for name, schema in SCHEMAS.items()}
    match = complaint_match(lake["calls"], lake["complaint_fact"], minutes=10, by_id=True)
    found = {
        "table.daily": daily(facts(lake["calls"]), lake["number_dim"], lake["line_dim"]),
        "table.tickets": tickets(lake["complaint_fact"], match, lake["line_dim"]),
    }
    book = Rulebook.on(date(2026, 12, 31))
    for definition in METRICS:
        for name, expression in definition.questions(tables, frame, book).items():
            found[f"{definition.card.slug}.{name}"] = expression
    return found


@pytest.mark.parametrize("name", sorted(expressions()))
def test_sql(name: str) -> None:
    sql = str(ibis.to_sql(expressions()[name], dialect="duckdb")) + "\n"
    path = FOLDER / f"{name}.sql"
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(sql, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == sql


def test_no_snapshot_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(expressions())
