"""What an Asterisk record says of application and context stays beside the call: a robot's call is told by it."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from tests.engines.intake.conftest import Desk

from nianjian.engines.intake.format import FileMapping

SAMPLES = Path(__file__).parents[3] / "samples"
KEPT = ("dcontext", "channel", "dstchannel", "lastapp", "lastdata")
PLACES = (3, 5, 6, 7, 8)  # of a Master.csv, counted from 0
EXPORT = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,uniqueid\n"
    "2026-03-02 10:00:00,,95013,13800138000,airobot,PJSIP/a-1,,AGI,robot.py,9,5,ANSWERED,1772413057.57\n"
)


@pytest.mark.parametrize("name", ["asterisk-22.10.1_Master.csv", "asterisk-22.10.1_Master_predictive_and_robot.csv"])
def test_every_row_keeps_what_its_record_says(desk: Desk, name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    receipt = desk.take(data, name, mapping=FileMapping(timezone="Asia/Shanghai"))
    told = [json.loads(extra) for (extra,) in desk.rows("extra", "part <> 'rejected'")]
    assert len(told) == receipt.rows.loaded
    theirs = Counter(
        tuple(row[place] or None for place in PLACES) for row in csv.reader(data.decode("utf-8").splitlines())
    )
    assert receipt.rows.loaded == theirs.total()
    assert Counter(tuple(one[name] for name in KEPT) for one in told) == theirs


def test_the_robots_of_a_run_can_be_told_from_the_queue(desk: Desk) -> None:
    name = "asterisk-22.10.1_Master_predictive_and_robot.csv"
    desk.take((SAMPLES / name).read_bytes(), name, mapping=FileMapping(timezone="Asia/Shanghai"))
    context = "json_extract_string(extra, '$.dcontext')"
    found = desk.rows("count(*)", f"part <> 'rejected' and answered and {context} = 'airobot'")
    assert found == [(17,)], "so many robot calls of the run were answered"


def test_columns_of_an_export_keep_their_names(desk: Desk) -> None:
    desk.take(EXPORT.encode(), "cdr.csv", mapping=FileMapping(source="asterisk", timezone="Asia/Shanghai"))
    ((extra,),) = desk.rows("extra")
    told = json.loads(extra)
    assert {name: told[name] for name in KEPT} == {
        "dcontext": "airobot", "channel": "PJSIP/a-1", "dstchannel": None, "lastapp": "AGI", "lastdata": "robot.py",
    }  # fmt: skip
