"""Real records of real switches: the counts of `tests/samples/expected.json` and the far end's ground truth."""

import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.support import call_files
from tests.support.call_files import Desk, Rows

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
MASTER = "asterisk-22.10.1_Master.csv"
GATEWAY = "asterisk-22.10.1_cdr_custom_Gateway.csv"
PREDICTIVE = "asterisk-22.10.1_Master_predictive_and_robot.csv"
ACC = ("kamailio/acc_1.log", "kamailio/acc_129.log", "kamailio/acc_130.log")
CDRS = ("kamailio/cdrs_1.log", "kamailio/cdrs_129.log", "kamailio/cdrs_130.log")
SYSLOG = "kamailio/acc_syslog_style.log"
LAST_DIGITS = 11  # the dialled string may begin with a 7 or 8 of the dialplan


@cache
def _truth(name: str) -> dict[tuple[int, int], int]:
    """(displayed number, callee) → final SIP code at the far end; the pair is unique in each run."""
    lines = [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]
    return {(int(line["shown"].lstrip("0")), int(line["to"])): line["code"] for line in lines}


def _take(folder: Path, *names: str, mapping_file: Path | None = None) -> tuple[list[dict[str, Any]], Rows]:
    desk = Desk(folder)
    taken = [desk.take(SAMPLES / name, timezone="UTC", mapping_file=mapping_file) for name in names]
    return [receipt for receipts in taken for receipt in receipts], desk.rows()


def _pair(call: dict[str, Any]) -> tuple[int, int]:
    digits = call["callee_raw"] or str(call["callee"])
    return call["display"], int(digits[-LAST_DIGITS:])


def _result(calls: list[dict[str, Any]]) -> dict[str, int]:
    dialled = [call for call in calls if call["delivered"]]
    results = Counter("answered" if call["answered"] else call["result"] for call in dialled)
    return {
        "calls": len(calls),
        "dialled": len(dialled),
        "answered": results["answered"],
        "busy": results["busy"],
        "no_answer": len(dialled) - results["answered"] - results["busy"],
        "refused_by_gate": len(calls) - len(dialled),
    }


def _per_number(calls: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    numbers = {text: call_files.printed(text) for text in EXPECTED["asterisk"]["per_displayed_number"]}
    return {text: _result([c for c in calls if c["display"] == value]) for text, value in numbers.items()}


@pytest.mark.parametrize("name", sorted(EXPECTED["files"]))
def test_a_sample_is_the_record_that_was_made(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == EXPECTED["files"][name]["sha256"]


def _whole(receipts: list[dict[str, Any]], rows: Rows, read: int) -> None:
    total = Counter[str]()
    for receipt in receipts:
        total.update(receipt["rows"])
    assert dict(total) == {"read": read, "loaded": read, "duplicate": 0, "rejected": 0}
    assert len(rows) == read == len(call_files.good(rows))


@pytest.mark.parametrize("form", ["master", "custom"])
def test_asterisk(tmp_path: Path, form: str) -> None:
    mapping = None
    if form == "custom":
        mapping = tmp_path / "custom.yaml"
        conf = SAMPLES / "config/cdr_custom.conf"
        mapping.write_text(f"source: asterisk\ncdr_custom_conf: {conf}\n", encoding="utf-8")
    receipts, rows = _take(tmp_path, MASTER if form == "master" else GATEWAY, mapping_file=mapping)
    _whole(receipts, rows, EXPECTED["asterisk"]["rows_master_csv"])
    calls = list(call_files.calls(rows).values())
    wanted = EXPECTED["asterisk"]
    assert _result(calls) == {name: wanted[name] for name in _result(calls)}
    assert _per_number(calls) == wanted["per_displayed_number"]
    assert {str(row["start_ts"])[:10] for row in rows} == {"2026-11-25"}
    truth = _truth("carrier_ground_truth.jsonl")
    mine = {_pair(call): call for call in calls if call["delivered"]}
    assert mine.keys() == truth.keys()
    assert {pair: truth[pair] for pair, call in mine.items() if call["answered"] != (truth[pair] == 200)} == {}
    assert {pair for pair, call in mine.items() if (call["result"] == "busy") != (truth[pair] == 486)} == set()
    assert {call["counted"] for call in mine.values()} == {"answered", "delivered"}


def test_asterisk_predictive_and_robot(tmp_path: Path) -> None:
    receipts, rows = _take(tmp_path, PREDICTIVE)
    wanted = EXPECTED["predictive_and_robot"]
    _whole(receipts, rows, wanted["rows_master_csv"])
    calls = list(call_files.calls(rows).values())
    got = _result(calls)
    assert {name: got[name] for name in ("calls", "answered", "busy", "no_answer")} == {
        name: wanted[name] for name in ("calls", "answered", "busy", "no_answer")
    }
    assert got["dialled"] == wanted["first_channel_is_trunk"]
    assert {call["display"] for call in calls} == {int(wanted["displayed_number"])}
    assert sum(row["leg"] == "agent" for row in rows) == wanted["rows_of_agent_legs"]


@pytest.mark.parametrize("names", [ACC, CDRS], ids=["flat files", "cdrs"])
def test_kamailio(tmp_path: Path, names: tuple[str, ...]) -> None:
    receipts, rows = _take(tmp_path, *names)
    wanted = EXPECTED["kamailio"]
    cdrs = names == CDRS
    _whole(receipts, rows, wanted["cdrs_rows"] if cdrs else wanted["acc_rows"])
    calls = list(call_files.calls(rows).values())
    got = _result(calls)
    assert (got["calls"], got["dialled"], got["answered"]) == (wanted["calls"], wanted["calls"], wanted["answered"])
    truth = _truth("kamailio/far_end.jsonl")
    mine = {_pair(call): call for call in calls}
    assert mine.keys() == truth.keys()
    assert {pair for pair, call in mine.items() if call["answered"] != (truth[pair] == 200)} == set()
    if not cdrs:
        assert (got["busy"], got["no_answer"]) == (wanted["busy"], wanted["no_answer"])
        numbers = wanted["per_displayed_number"]
        per = _per_number(calls)
        assert {text: {name: per[text][name] for name in one} for text, one in numbers.items()} == numbers


def test_kamailio_all_forms_together_are_the_same_calls(tmp_path: Path) -> None:
    """The syslog form, then flat files and the CDRs of the same calls: still 400 calls, 202 answered."""
    receipts, rows = _take(tmp_path, SYSLOG, *ACC, *CDRS)
    assert receipts[0]["rows"]["loaded"] == EXPECTED["kamailio"]["acc_rows"]
    assert all(receipt["rows"]["rejected"] == 0 for receipt in receipts)
    assert sum(r["rows"]["read"] for r in receipts) == sum(
        r["rows"]["loaded"] + r["rows"]["duplicate"] for r in receipts
    )
    got = _result(list(call_files.calls(rows).values()))
    assert (got["calls"], got["dialled"], got["answered"]) == (400, 400, 202)
