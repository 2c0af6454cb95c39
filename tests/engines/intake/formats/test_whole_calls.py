"""Two rows of one call, imported: which of them stands for the call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.engines.intake.formats.test_freeswitch import A, B, document, row
from tests.support import call_files

from nianjian.engines.intake import load, read
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.tables import facts

LOG = (
    "uniqueid,lead_id,call_date,start_epoch,end_epoch,length_in_sec,status,phone_number,user\n"
    "1.1,7,2026-03-02 10:00:00,1772416800,1772416830,30,SALE,13800138000,6001\n"
)
DIAL = "call_date,lead_id,outbound_cid,uniqueid,extension\n2026-03-02 10:00:00,7,95013,1.1,13800138000\n"
LEGS = "\n".join(json.dumps(leg) for leg in (document(), document(originator=A, uuid=B, caller_id_number="95013")))


ROWS = [row().replace('"1001"', '"8001"'), row(leg=B, other="").replace('"1001"', '"95013"')]
LONG = [row().replace('"1001"', '"80012345"'), ROWS[1]]  # a site whose extensions look like numbers
BOTH = [document(variables={"effective_caller_id_number": "95188", "bridge_uuid": B}),
        document(originator=A, uuid=B, caller_id_number="95013")]  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [
        {"legs.jsonl": LEGS},
        {"legs.jsonl": "\n".join(map(json.dumps, BOTH))},
        {"Master.csv": "\n".join(ROWS)},
        {"Master.csv": "\n".join(ROWS[::-1])},
        {"Master.csv": "\n".join(LONG)},
        {"Master.csv": "\n".join(LONG[::-1])},
        {"log.csv": LOG, "dial.csv": DIAL},
    ],
)
def test_the_row_that_knows_what_was_shown_stands_for_the_call(tmp_path: Path, files: dict[str, str]) -> None:
    calls = counted(tmp_path, files)
    assert [(call["display"], call["delivered"], call["answered"]) for call in calls] == [(95013, 1, 1)]


def test_a_customers_leg_without_a_number_shows_none(tmp_path: Path) -> None:
    withheld = row(leg=B, other="").replace('"1001"', '"anonymous"')
    (call,) = counted(tmp_path, {"Master.csv": f"{LONG[0]}\n{withheld}"})
    assert (call["display"], call["shape"]) == (None, "none")


def test_what_freeswitch_dialled_is_no_reason_to_refuse_a_row(tmp_path: Path) -> None:
    cases = [
        *((callee, "default", "internal", "none") for callee in ("voicemail", "alice", "conference-main", "&park")),
        ("*97", "default", "internal", "other"), ("*72*1234", "default", "internal", "other"),
        ("100", "public", "in", "other"), ("9011442079460000", "public", "in", "other"),
        ("00041245085789", "public", "in", "none"), ("' or 1=1", "public", "in", "none"),
        ("03201234567", "default", "out", "none"),
    ]  # fmt: skip
    lines = [
        row(callee, context, leg=A.replace("1111", f"{number:04}", 1), other="")
        for number, (callee, context, *_) in enumerate(cases)
    ]
    found = call_files.rows(taken(tmp_path, {"Master.csv": "\n".join(lines)}))
    assert [(one["reason"], one["direction"], one["callee_shape"]) for one in found] == [
        (None, direction, shape) for *_, direction, shape in cases
    ]


def counted(tmp_path: Path, files: dict[str, str]) -> list[dict[str, object]]:
    """The outbound calls of the files, each once."""
    lake = taken(tmp_path, files)
    engine = DuckDBEngine()
    calls = engine.rows(facts(engine.table("calls", lake.files("calls"), CALLS)).out)
    engine.close()
    return calls


def taken(tmp_path: Path, files: dict[str, str]) -> Lake:
    """The lake with the files in it; no row is refused."""
    lake = Lake(url=str(tmp_path / "lake"), enterprise="e")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        for item in read.list_items([tmp_path / name]):
            receipt = load.import_file(
                lake=lake, item=item, batch=f"B2026030209000{len(name):04x}", timezone="Asia/Shanghai"
            )
            assert receipt.rows.rejected == 0
    return lake
