"""Two rows of one call, imported: which of them stands for the call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.intake.formats.test_freeswitch import A, B, document

from nianjian.intake import load, read
from nianjian.lake.duckdb_engine import DuckDBEngine
from nianjian.lake.schema import CALLS
from nianjian.lake.tables import Lake
from nianjian.portrait.tables.facts import facts

LOG = (
    "uniqueid,lead_id,call_date,start_epoch,end_epoch,length_in_sec,status,phone_number,user\n"
    "1.1,7,2026-03-02 10:00:00,1772416800,1772416830,30,SALE,13800138000,6001\n"
)
DIAL = "call_date,lead_id,outbound_cid,uniqueid,extension\n2026-03-02 10:00:00,7,95013,1.1,13800138000\n"
LEGS = "\n".join(json.dumps(leg) for leg in (document(), document(originator=A, uuid=B, caller_id_number="95013")))


@pytest.mark.parametrize(
    "files", [{"legs.jsonl": LEGS}, {"log.csv": LOG, "dial.csv": DIAL}], ids=["freeswitch", "vicidial"]
)
def test_the_row_that_knows_what_was_shown_stands_for_the_call(tmp_path: Path, files: dict[str, str]) -> None:
    lake = Lake(url=str(tmp_path / "lake"), enterprise="e")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        for item in read.items([tmp_path / name]):
            receipt = load.import_file(
                lake=lake, item=item, batch=f"B2026030209000{len(name):04x}", timezone="Asia/Shanghai"
            )
            assert receipt.rows.rejected == 0
    engine = DuckDBEngine()
    calls = engine.rows(facts(engine.table("calls", lake.files("calls"), CALLS)).out)
    engine.close()
    assert [(call["display"], call["delivered"], call["answered"]) for call in calls] == [(95013, 1, 1)]
