"""Files of a switch that were rotated: which are read, how much of them, and that a gap lets nothing be concluded."""

import bz2
import csv
import gzip
import io
import lzma
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nianjian.features.screens.sources import Records
from nianjian.features.test_calls import landings
from nianjian.features.test_calls.landings import PlacedCall, ReadPart, SwitchRecords, VoicemailSigns

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEST = PlacedCall("B1", "95013", "13800000001", "c0ffee", NOON, NOON + timedelta(seconds=1))
SIGNS = VoicemailSigns(("voicemail",))


def _row(at: datetime, caller: str = "13911112222", app: str = "Wait") -> list[str]:
    unique, stamp = f"{int(at.timestamp())}.7", f"{at:%Y-%m-%d %H:%M:%S}"
    row = ["", caller, "95013", "in", f'"" <{caller}>', "PJSIP/HZ-GW-01-00000001", "", app, "", stamp, stamp, stamp]
    return [*row, "1", "1", "ANSWERED", "3", unique, "", "", unique, "1"]


def _text(*rows: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()


def _write(path: Path, content: bytes, until: datetime) -> Path:
    path.write_bytes(content)
    os.utime(path, (until.timestamp(), until.timestamp()))
    return path


def _read(path: Path, *tests: PlacedCall) -> SwitchRecords:
    return landings.read_switch(Records("asterisk", path), "live:pbx", tests or (TEST,), SIGNS, lambda: None)


OURS = _text(_row(NOON - HOUR), _row(NOON, TEST.caller), _row(NOON + HOUR))


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("Master.csv.1", bytes),
        ("Master.csv-20261121", bytes),
        ("Master-20261121.csv", bytes),
        ("Master.csv.2026-11-21T00:00", bytes),
        ("Master.csv.1.gz", gzip.compress),
        ("Master-20261121.csv.gz", gzip.compress),
        ("Master.csv-20261121.bz2", bz2.compress),
        ("Master.csv.1.xz", lzma.compress),
    ],
)
def test_a_rotated_file_is_read(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    _write(tmp_path / name, pack(OURS), NOON + 2 * HOUR)
    _write(tmp_path / "Master.csv", _text(_row(NOON + 3 * DAY)), NOON + 3 * DAY)
    switch = _read(tmp_path / "Master.csv")
    assert [one.callers for one in switch.records] == [(TEST.caller,)]
    assert switch.covers(TEST)


@pytest.mark.parametrize("name", ["Master.csv.txt", "Master2.csv", "Master.csv~", "Other.csv.1", "Master.csv.1.sql"])
def test_another_file_is_not(tmp_path: Path, name: str) -> None:
    _write(tmp_path / name, OURS, NOON + 2 * HOUR)
    assert not _read(tmp_path / "Master.csv").moments


def test_only_files_of_the_time_are_opened(tmp_path: Path) -> None:
    """A file holds what came after the last write of the one before it: those wholly before or after are left alone."""
    for day in range(-5, 6):
        at = NOON + day * DAY
        _write(tmp_path / f"Master.csv-202611{at.day:02}", _text(_row(at)), at + 6 * HOUR)
    _write(tmp_path / "Master.csv", b"", NOON + 6 * DAY)
    files, lost = landings.choose_files([tmp_path / "Master.csv"], NOON - DAY, NOON + DAY)
    assert [one.path.name[-2:] for one in files] == ["sv", "21", "20", "19"]
    assert lost is None


def test_a_week_in_one_file_is_read_for_its_first_day(tmp_path: Path) -> None:
    _write(tmp_path / "Master.csv.1", OURS + _text(_row(NOON + 6 * DAY)), NOON + 6 * DAY)
    _write(tmp_path / "Master.csv", b"", NOON + 7 * DAY)
    switch = _read(tmp_path / "Master.csv")
    assert switch.records
    assert switch.covers(TEST)


@pytest.mark.parametrize(
    ("name", "content"),
    [("Master.csv.2.gz", gzip.compress(OURS)[:-9]), ("Master.csv.2.gz", b"no gzip"), ("Master.csv.2.zst", b"\x28\xb5")],
)
def test_what_cannot_be_read_may_hold_it(tmp_path: Path, name: str, content: bytes) -> None:
    """Calls on both sides stand in other files; the one between them might hold the test's."""
    _write(tmp_path / "Master.csv.3", _text(_row(NOON - 6 * HOUR)), NOON - 5 * HOUR)
    path = _write(tmp_path / name, content, NOON + HOUR)
    _write(tmp_path / "Master.csv", _text(_row(NOON + 3 * HOUR)), NOON + 3 * HOUR)
    switch = _read(tmp_path / "Master.csv")
    assert not switch.covers(TEST)
    path.unlink()
    assert _read(tmp_path / "Master.csv").covers(TEST)


def test_the_part_that_is_too_much_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [_row(NOON + step * HOUR) for step in range(-20, 21)]
    _write(tmp_path / "Master.csv", _text(*rows), NOON + 20 * HOUR)
    assert _read(tmp_path / "Master.csv").covers(TEST)
    length = len(_text(rows[0]))
    monkeypatch.setattr(landings, "MOST", length * 25)  # from five hours before on
    assert _read(tmp_path / "Master.csv").covers(TEST)
    monkeypatch.setattr(landings, "MOST", length * 15)  # from six hours after on: what was before is in another file
    _write(tmp_path / "Master.csv.1", _text(_row(NOON - 21 * HOUR)), NOON - 21 * HOUR)
    assert not _read(tmp_path / "Master.csv").covers(TEST)
    late = PlacedCall("B2", "95013", "1", "", NOON + 8 * HOUR, NOON + 8 * HOUR)
    assert _read(tmp_path / "Master.csv", TEST, late).covers(late)


def test_a_packed_file_unpacks_to_so_much_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [_row(NOON + step * HOUR) for step in range(-3, 4)]
    length = len(_text(rows[0]))
    _write(tmp_path / "Master.csv.1.gz", gzip.compress(_text(*rows) + b"x" * 50_000_000), NOON + 4 * HOUR)
    monkeypatch.setattr(landings, "MOST", length * 2)
    part = ReadPart()
    assert len(list(landings.read_lines(tmp_path / "Master.csv.1.gz", part, length * 2))) == 2
    assert (part.is_behind, part.read <= length * 3) == (True, True)
    _write(tmp_path / "Master.csv", _text(_row(NOON + 5 * HOUR)), NOON + 5 * HOUR)
    assert not _read(tmp_path / "Master.csv").covers(TEST)


def test_a_line_without_end_is_left_out_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landings, "LONGEST", 10)
    path = _write(tmp_path / "acc.log", b"short\n" + b"y" * 35 + b"\nlast\ntorn", NOON)
    assert list(landings.read_lines(path, ReadPart(), 1000)) == [b"short", b"last"]


def test_all_files_together_are_bounded_the_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landings, "BUDGET", len(_text(_row(NOON))) * 3)
    for day in range(-3, 1):
        _write(tmp_path / f"Master.csv.{1 - day}", _text(*[_row(NOON + day * DAY)] * 2), NOON + day * DAY + HOUR)
    _write(tmp_path / "Master.csv", _text(_row(NOON + HOUR * 6)), NOON + 6 * HOUR)
    old = PlacedCall("B0", "95013", "1", "", NOON - 2 * DAY, NOON - 2 * DAY)
    switch = _read(tmp_path / "Master.csv", old, TEST)
    assert len(switch.moments) == 3
    assert not switch.covers(old)
    monkeypatch.setattr(landings, "FILES", 2)
    files, lost = landings.choose_files([tmp_path / "Master.csv"], NOON - 3 * DAY, NOON + DAY)
    assert ([one.path.name for one in files], lost) == (["Master.csv", "Master.csv.1"], NOON - DAY + HOUR)


def test_files_that_move_while_they_are_read_tell_nothing_of_what_is_missing(tmp_path: Path) -> None:
    path = _write(tmp_path / "Master.csv", _text(_row(NOON - HOUR), _row(NOON + HOUR)), NOON + HOUR)
    assert _read(path).covers(TEST)

    def rotate() -> None:
        if not (tmp_path / "Master.csv.1").exists():
            path.rename(tmp_path / "Master.csv.1")
            _write(path, b"", NOON + HOUR)

    switch = landings.read_switch(Records("asterisk", path), "live:pbx", [TEST], SIGNS, rotate)
    assert not switch.covers(TEST)


def test_a_folder_of_a_proxy_has_rotated_files_too(tmp_path: Path) -> None:
    def line(call: str, at: datetime) -> bytes:
        return f"INVITE|a|b|{call}|200|OK|{int(at.timestamp())}\n".encode()

    _write(tmp_path / "acc_1.log.1.gz", gzip.compress(line("x", NOON - HOUR) + line("c0ffee", NOON)), NOON)
    _write(tmp_path / "acc_2.log-20261120", line("y", NOON + HOUR), NOON + HOUR)
    for name in ("acc_1.log", "acc_2.log"):
        _write(tmp_path / name, line(name, NOON + 2 * DAY), NOON + 2 * DAY)
    switch = landings.read_switch(Records("kamailio", tmp_path), "live:edge", [TEST], SIGNS, lambda: None)
    assert [one.call for one in switch.records] == ["c0ffee"]
    assert switch.covers(TEST)


def test_what_stops_the_work_stops_the_reading(tmp_path: Path) -> None:
    path = _write(tmp_path / "Master.csv", OURS, NOON)

    def tick() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        landings.read_switch(Records("asterisk", path), "live:pbx", [TEST], SIGNS, tick)
