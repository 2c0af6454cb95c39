"""A portrait can be computed again from the tables as they stood then: to the byte, whatever was written since."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

from tests.support import portrait_data as data

from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.run import run
from nianjian.engines.rules.rulebook import Rulebook


def test_an_earlier_snapshot_gives_the_earlier_portrait(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path), "E1")
    data.write(lake, data.everything(5))
    asked = {"lake": lake, "rulebook": Rulebook.on(date(2026, 12, 31)), "enterprise": "E1", "year": 2026}
    engine = DuckDBEngine()
    try:
        before = run(**asked, engine=engine)
        data.change(lake, add={"later": data.calls(Random(5), 40, first=100_000)}, remove=())
        lake.replace("number_dim", data.arrow("number_dim", data.number_dim(Random(6))), digest="later")
        lake.replace("seat_dim", data.arrow("seat_dim", data.seat_dim(Random(7), 30)), digest="later")
        after = run(**asked, engine=engine)
        assert after.as_json() != before.as_json()
        assert run(**asked, engine=engine, snapshot=before.snapshot).as_json() == before.as_json()
    finally:
        engine.close()
