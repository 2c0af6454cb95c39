"""The lines of posted records: each leg once over threads and processes, whole whatever died, the index rebuilt."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from nianjian.engines.intake.formats.freeswitch_post import Leg, parse_leg
from nianjian.features.screens import posted
from nianjian.features.screens.posted import Spool, file_of, older

DAY = date(2026, 3, 2)
EACH = 300
OTHER = """
import sys
from datetime import date
from pathlib import Path
from tests.features.screens.test_posted import DAY, EACH, made
from nianjian.features.screens.posted import Spool
spool = Spool(Path(sys.argv[1]))
print(sum(spool.keep(DAY, one.uuid, one.line) for one in map(made, range(EACH))))
"""


def made(number: int) -> Leg:
    return parse_leg(json.dumps({"variables": {"uuid": f"leg-{number}", "start_epoch": "1772413260"}}))


def keep(spool: Spool, number: int) -> bool:
    one = made(number)
    return spool.keep(DAY, one.uuid, one.line)


def lines(folder: Path) -> list[bytes]:
    return file_of(folder, DAY).read_bytes().splitlines()


def test_a_leg_is_kept_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s")
    assert [keep(spool, 1), keep(spool, 2), keep(spool, 1)] == [True, True, False]
    assert lines(tmp_path / "s") == [made(1).line, made(2).line]
    again = Spool(tmp_path / "s")
    assert [keep(again, 2), keep(again, 3), keep(spool, 3)] == [False, True, False]


def test_it_is_private(tmp_path: Path) -> None:
    keep(Spool(tmp_path / "s"), 1)
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700
    assert file_of(tmp_path / "s", DAY).stat().st_mode & 0o777 == 0o600


def test_threads_and_processes_keep_each_leg_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER, str(tmp_path / "s")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        spool = Spool(tmp_path / "s")
        with ThreadPoolExecutor(4) as pool:
            ours = sum(pool.map(lambda number: keep(spool, number % EACH), range(4 * EACH)))
        theirs = int(other.communicate(timeout=60)[0])
    assert ours + theirs == EACH
    assert sorted(lines(tmp_path / "s")) == sorted(made(number).line for number in range(EACH))


def test_a_line_that_broke_off_is_cut_away(tmp_path: Path) -> None:
    keep(Spool(tmp_path / "s"), 1)
    with file_of(tmp_path / "s", DAY).open("ab") as file:
        file.write(made(2).line[:50])
    assert keep(Spool(tmp_path / "s"), 2)
    assert lines(tmp_path / "s") == [made(1).line, made(2).line]


def test_what_could_not_be_made_durable_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path / "s")
    keep(spool, 1)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("no space")))
        with pytest.raises(OSError, match="no space"):
            keep(spool, 2)
    assert keep(spool, 2), "the switch tries again"
    assert lines(tmp_path / "s") == [made(1).line, made(2).line]


def test_a_file_that_was_removed_begins_anew(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "s")
    assert keep(spool, 1)
    file_of(tmp_path / "s", DAY).unlink()
    assert keep(spool, 1)
    assert lines(tmp_path / "s") == [made(1).line]


def test_only_some_days_are_known_by_heart(tmp_path: Path) -> None:
    spool, one = Spool(tmp_path / "s"), made(1)
    days = [date(2026, 3, day) for day in range(1, 11)]
    assert all(spool.keep(day, one.uuid, one.line) for day in days)
    assert not any(spool.keep(day, one.uuid, one.line) for day in days)
    assert len(spool._known) == posted.DAYS


def test_files_of_days_before_one(tmp_path: Path) -> None:
    folder, one = posted.folder_of(tmp_path, "demo", "fs1"), made(1)
    for day in (date(2026, 2, 28), date(2026, 3, 1)):
        Spool(folder).keep(day, one.uuid, one.line)
    assert [path.stem for path in older(tmp_path, "demo", date(2026, 3, 1))] == ["2026-02-28"]
    assert older(tmp_path, "other", date(2099, 1, 1)) == []
    (folder / "2026-02-27-copy.jsonl").write_bytes(b"{}\n")  # no file of a day: whose it is, is not known
    assert [path.stem for path in older(tmp_path, "demo", date(2026, 3, 1))] == ["2026-02-28"]
    assert posted.oldest(tmp_path, "demo") == date(2026, 2, 28)
    assert posted.oldest(tmp_path, "other") is None


def test_legs_of_files_are_counted_and_a_line_that_broke_off_is_none(tmp_path: Path) -> None:
    spool, day = Spool(tmp_path / "s"), date(2026, 3, 1)
    for number in range(1, 4):
        spool.keep(day, made(number).uuid, made(number).line)
    file = file_of(tmp_path / "s", day)
    assert posted.legs([file, tmp_path / "gone.jsonl"]) == 3
    with file.open("ab") as end:
        end.write(b'{"broken')
    assert posted.legs([file]) == 3
