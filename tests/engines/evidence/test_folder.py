"""Which file a reference means, and that nothing outside the folder is ever found or opened."""

import hashlib
import os
import random
import re
import time
import unicodedata
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from nianjian.engines.evidence import recordings
from nianjian.engines.evidence.recordings import AMBIGUOUS, MISSING, OUTSIDE, UNSEARCHED, Draw
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.lake.schema import CALLS

LONG = "2026/08/27/q-13800138000-20260827-1.wav"


def still() -> None:
    """Nobody watches."""


def found(root: Path, reference: str) -> Path | str:
    """As the flow does it: by path, then by name."""
    parts = recordings.split_reference(reference)
    if not parts:
        return OUTSIDE
    at = recordings.find_below(root, parts)
    if at != MISSING:
        return at
    return recordings.find_recording(root, parts, recordings.index_folder(root, [parts[-1]], still))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    base = tmp_path / "rec"
    for name in ("2026/08/27/q-13800138000-20260827-1.wav", "2026/08/26/1.wav", "top.wav", "in/two.wav", "out/two.wav"):
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (tmp_path / "secret.wav").write_bytes(b"secret")
    return recordings.resolve_root(base)


@pytest.mark.parametrize(
    ("reference", "file"),
    [
        (LONG, LONG),
        (f"/var/spool/asterisk/monitor/{LONG}", LONG),
        ("D:\\rec\\2026\\08\\26\\1.wav", "2026/08/26/1.wav"),
        ("http://pbx/rec/2026/08/26/1.wav?token=9", "2026/08/26/1.wav"),
        ("https://pbx/get.php?file=top.wav", "top.wav"),
        ("http://pbx/%74op.wav", "top.wav"),
        ("q-13800138000-20260827-1.wav", LONG),
        ("q-13800138000-20260827-1", LONG),
        ("http://pbx/other/q-13800138000-20260827-1.wav", LONG),
        ("./1.wav", "2026/08/26/1.wav"),
        ("08/26/1.wav", "2026/08/26/1.wav"),
        ("2026/08/27/1.wav", MISSING),  # a file of that name lies in another day's folder
        ("none.wav", MISSING),
        ("two.wav", AMBIGUOUS),
        ("in/two.wav", "in/two.wav"),
        ("../secret.wav", OUTSIDE),
        ("2026/../../secret.wav", OUTSIDE),
        ("http://pbx/rec/../../secret.wav", OUTSIDE),
        ("http://[broken", OUTSIDE),
        ("http://pbx/%2e%2e/secret.wav", OUTSIDE),
        ("..\\secret.wav", OUTSIDE),
        ("/etc/passwd", MISSING),
        ("a\0b.wav", OUTSIDE),
        ("\ud800.wav", MISSING),
        ("x" * 5000 + ".wav", MISSING),
        ("2026", MISSING),  # a folder
    ],
)  # fmt: skip
def test_a_reference_means_one_file_below_the_folder(root: Path, reference: str, file: str) -> None:
    at = found(root, reference)
    assert (str(at.relative_to(root)) if isinstance(at, Path) else at) == file


def test_links_that_lead_out_are_refused(root: Path, tmp_path: Path) -> None:
    (root / "link.wav").symlink_to(tmp_path / "secret.wav")
    (root / "deep").mkdir()
    (root / "deep/hidden-20260827.wav").symlink_to(tmp_path / "secret.wav")
    (root / "same.wav").symlink_to(root / "top.wav")
    (root / "loop.wav").symlink_to(root / "loop.wav")
    assert found(root, "link.wav") == OUTSIDE
    assert found(root, "hidden-20260827.wav") == OUTSIDE
    assert found(root, "same.wav") == root / "top.wav"
    assert found(root, "loop.wav") == MISSING
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/far.wav").write_bytes(b"x")
    assert found(root, "none.wav") == MISSING
    (root / "disk2").symlink_to(tmp_path / "elsewhere")
    assert found(root, "disk2/far.wav") == OUTSIDE
    assert found(root, "far.wav") == UNSEARCHED, "it may lie behind the link, so it is not known to be missing"
    with pytest.raises(OSError), recordings.open_recording(root / "link.wav"):  # noqa: PT011 -- any: it must not open
        pass


def test_what_is_no_file_is_not_waited_for_and_what_is_no_folder_refused(root: Path) -> None:
    for wrong in (root / "gone", root / "top.wav"):
        with pytest.raises(NianjianError, match="recordings_folder_wrong"):
            recordings.resolve_root(wrong)
    (root / "dir.wav").mkdir()
    os.mkfifo(root / "pipe.wav")
    assert found(root, "dir.wav") == MISSING
    assert found(root, "pipe.wav") == MISSING
    with pytest.raises(OSError), recordings.open_recording(root / "pipe.wav"):  # noqa: PT011 -- any: it must not wait
        pass


def test_a_name_in_the_bytes_of_gbk_is_found(root: Path) -> None:
    name = "录音-张三.wav"
    below = os.fsencode(root) + b"/sub"
    Path(os.fsdecode(below)).mkdir()
    Path(os.fsdecode(below + b"/" + name.encode("gb18030"))).write_bytes(b"x")
    for reference in (name, f"sub/{name}", f"http://pbx/{name}"):
        at = found(root, reference)
        assert isinstance(at, Path)
        assert at.read_bytes() == b"x"


@pytest.mark.long
def test_a_large_folder_is_gone_through_to_its_bound_only(tmp_path: Path) -> None:
    base = tmp_path / "many"
    for part in range(20):
        (base / str(part)).mkdir(parents=True)
        here = os.open(base / str(part), os.O_RDONLY)
        for number in range(10_000):
            os.close(os.open(f"{part}-{number}.wav", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        os.close(here)
    beats: list[int] = []
    begun = time.monotonic()
    index = recordings.index_folder(base, ["7-77.wav", "none.wav"], lambda: beats.append(1))
    assert time.monotonic() - begun < 20
    assert (index.seen, index.whole, len(beats)) == (200_020, True, 20)
    assert index.files == {"7-77.wav": [("7", "7-77.wav")]}, "no other name is kept"
    bounded = recordings.index_folder(base, ["none.wav"], still, 150_000)
    assert (bounded.seen, bounded.whole) == (150_000, False)
    assert recordings.find_recording(base, ("none.wav",), bounded) == UNSEARCHED
    assert recordings.find_recording(base, ("none.wav",), index) == MISSING

    def stop() -> None:
        raise NianjianError("job_cancelled")

    with pytest.raises(NianjianError, match="job_cancelled"):
        recordings.index_folder(base, ["none.wav"], stop)


def test_what_a_record_says_of_its_recording() -> None:
    record = '{"录音地址":"http://r/1.wav","录音时长":"60","record_id":"abc","is_recorded":"1"}'
    assert recordings.list_references(record) == ["http://r/1.wav", "abc"]
    assert recordings.list_references('{"recordingfile":"x-1.gsm","note":"y.wav","rec_status":"ok"}') == ["x-1.gsm"]
    assert recordings.list_references('{"录音":"有","recording":null,"Record":" "}') == []
    assert recordings.list_references(None) == []


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("/rec/2026/q-13800138000-x.wav", "q-138****8000-x.wav"),
        ("http://pbx/13900000001.wav", "139****0001.wav"),
        ("李小明-1.wav", "李**-1.wav"),
        ("../../secret/138 0013 8000.wav", "138 **** **00.wav"),
        ("95013-77.wav", "95013-77.wav"),
        ("13900000001-2026-08-01.wav", "139****0001-2026-08-01.wav"),
        ("13900000001-138-0013-8000.wav", "139****0001-138-****-**00.wav"),
        ("95013-13800138000.wav", "95013-138****8000.wav"),
        ("9501313800138000.wav", "950***********00.wav"),
    ],
)
def test_a_files_name_is_masked(reference: str, shown: str) -> None:
    assert recordings.mask_file_name(reference) == shown


def test_no_long_number_is_ever_shown() -> None:
    for reference in (
        "600-13800138000-20260831-100000-1725082800.12.wav", "8613800138000.wav", "0571-88888888_1.wav",
        "138-0013-8000.wav", "１３８００１３８０００.wav", "..13800138000", "x" * 9 + "110105194912310021.mp3",
    ):  # fmt: skip
        masked = re.sub(r"[^\d*]", "", unicodedata.normalize("NFKC", recordings.mask_file_name(reference)))
        for number in ("13800138000", "057188888888", "110105194912310021"):
            assert not any(number[at : at + 8] in masked for at in range(len(number) - 7)), masked


# Which calls are drawn: by their digest with the seed and by nothing else, the same on every engine.

FIRST, LAST = date(2026, 8, 2), date(2026, 8, 9)
USUAL = {"part": "2026-08", "direction": "out", "leg": "customer", "delivered": True, "answered": True, "test": False}
NAMED = '{"录音":"a.wav"}'
OTHERS: tuple[dict[str, Any], ...] = (
    {"answered": False}, {"direction": "in"}, {"test": True}, {"part": "rejected"}, {"leg": "agent"}, {"extra": None},
    {"extra": '{"录音":""}'},
)  # fmt: skip


def rows() -> list[dict[str, Any]]:
    chance = random.Random(11)
    records = []
    for number in range(240):
        start = datetime(2026, 8, 1) + timedelta(minutes=67 * number)  # noqa: DTZ001 -- wall time
        call = {"source": chance.choice(["a", "b"]), "call_id": f"c{number // 2}", "extra": NAMED, "start_ts": start}
        other = chance.choice(OTHERS) if chance.random() < 0.3 else {}
        records.append(USUAL | {"file": "f", "line": number} | call | other)
    chance.shuffle(records)
    return records


def expected(records: list[dict[str, Any]], seed: str, count: int) -> list[tuple[date, str]]:
    days: dict[date, list[tuple[str, str]]] = {}
    for one in records:
        day = one["start_ts"].date()
        if FIRST <= day <= LAST and one["extra"] == NAMED and all(one[key] == value for key, value in USUAL.items()):
            digest = hashlib.sha256(f"{seed} {one['source']} {one['call_id']}".encode()).hexdigest()
            days.setdefault(day, []).append((digest, f"{one['call_id']}"))
    return [(day, key) for day, some in sorted(days.items()) for _digest, key in sorted(some)[:count]]


def drawn(engine: DuckDBEngine, calls: Any, draw: Draw) -> list[dict[str, Any]]:
    ids = sorted({str(row["call_id"]) for row in engine.rows(recordings.draw_ids(calls, draw))})
    return engine.rows(recordings.draw_sample(calls, draw, ids))


def test_the_draw_is_that_of_the_digests() -> None:
    records, seeds = rows(), ("0123456789abcdef", "fedcba9876543210")
    with closing(DuckDBEngine()) as engine:
        calls = engine.hold("calls", pa.Table.from_pylist(records, schema=CALLS))
        for seed, count in product(seeds, (1, 3, 50)):
            sample = drawn(engine, calls, Draw(FIRST, LAST, seed, count))
            assert [(one["day"], one["call_id"]) for one in sample] == expected(records, seed, count)
            assert all(one["extra"] == NAMED for one in sample)
        nothing = engine.hold("nothing", CALLS.empty_table())
        assert drawn(engine, nothing, Draw(FIRST, LAST, "s", 1)) == []
    assert expected(records, seeds[0], 1) != expected(records, seeds[1], 1)
