"""A file that is written is read line by line, each line once, whatever happens to the file or to the reader."""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from nianjian.engines.intake.tail import MARK, Place, TailLines, read_tail


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


class Reader:
    """Reads until there is nothing more, and may die between two reads: its place goes through JSON."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place: Place | None = None
        self.lines: list[bytes] = []
        self.gaps = self.torn = 0

    def read(self, most: int = 1 << 16) -> list[bytes]:
        came: list[bytes] = []
        while True:
            place = None if self.place is None else Place(**json.loads(json.dumps(asdict(self.place))))
            news: TailLines = read_tail(self.path, place, most)
            self.place = news.place
            self.gaps += news.gap
            self.torn += news.torn
            came += news.lines
            if not news.more:
                self.lines += came
                return came


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "Master.csv"
    path.write_text("")
    return path


@pytest.fixture
def reader(log: Path) -> Reader:
    """It has read the line "one"."""
    reader = Reader(log)
    add(log, "one\n")
    assert reader.read() == [b"one"]
    return reader


def test_lines_come_once_and_a_half_one_when_it_is_whole(log: Path) -> None:
    reader = Reader(log)
    assert reader.read() == []
    add(log, "one\ntw")
    assert reader.read() == [b"one"]
    assert reader.read() == []
    add(log, "o\r\nthree\n")
    assert reader.read() == [b"two", b"three"]
    assert (reader.gaps, reader.torn) == (0, 0)


def test_a_file_that_is_not_there_is_an_error_and_its_place_stays(log: Path, reader: Reader) -> None:
    log.rename(log.with_name("away"))
    with pytest.raises(FileNotFoundError):
        reader.read()
    log.with_name("away").rename(log)
    add(log, "two\n")
    assert reader.read() == [b"two"]


@pytest.mark.parametrize("most", [1 << 16, 40, 16])
def test_a_moved_file_is_read_to_its_end_first(log: Path, most: int) -> None:
    reader = Reader(log)
    add(log, "one-1234567\n")
    reader.read(most)
    add(log, "two-1234567\n")
    log.rename(log.with_name("Master.csv.1"))
    add(log, "three-12345\n")
    assert reader.read(most) == [b"two-1234567", b"three-12345"]
    add(log, "four-123456\n")
    assert reader.read(most) == [b"four-123456"]
    assert reader.gaps == 0


def test_several_moves_while_nobody_read(log: Path, reader: Reader) -> None:
    for number in range(2, 5):
        add(log, f"more-{number}\n")
        log.rename(log.with_name(f"Master.csv-2026110{number}"))
        os.utime(log.with_name(f"Master.csv-2026110{number}"), (number, number))
    log.write_text("now\n")
    assert reader.read() == [b"more-2", b"more-3", b"more-4", b"now"]


def test_a_copied_and_emptied_file_loses_nothing(log: Path, reader: Reader) -> None:
    add(log, "two\n")
    shutil.copy(log, log.with_name("Master.csv.1"))
    os.truncate(log, 0)
    add(log, "three\n")
    assert reader.read() == [b"two", b"three"]
    assert reader.gaps == 0


@pytest.mark.parametrize("after", ["x\n", "another\n" * 100])
def test_an_emptied_file_without_a_copy_is_read_anew_and_the_gap_is_said(log: Path, after: str) -> None:
    reader = Reader(log)
    add(log, "one\ntwo\n")
    reader.read()
    os.truncate(log, 0)
    add(log, after)
    assert reader.read() == after.encode().splitlines()
    assert reader.gaps == 1


def test_the_same_file_under_another_node_is_read_on(log: Path, reader: Reader) -> None:
    """Restored from a backup, copied to another disk, or a machine that numbers its disks anew."""
    shutil.copy(log, log.with_name("copy"))
    log.with_name("copy").rename(log)
    add(log, "two\n")
    assert reader.read() == [b"two"]
    assert reader.gaps == 0


def test_a_copy_beside_is_not_taken_for_the_moved_file(log: Path, reader: Reader) -> None:
    add(log, "two\n")
    shutil.copy(log, log.with_name("Master.csv.bak"))
    os.utime(log.with_name("Master.csv.bak"), (1, 1))
    log.rename(log.with_name("Master.csv.1"))
    log.write_text("three\n")
    assert reader.read() == [b"two", b"three"]


def test_an_empty_file_that_is_moved_is_read_under_its_new_name(log: Path) -> None:
    reader = Reader(log)
    reader.read()
    add(log, "one\n")
    log.rename(log.with_name("Master.csv.1"))
    log.write_text("two\n")
    assert reader.read() == [b"one", b"two"]
    assert reader.gaps == 0


def test_a_packed_old_file_is_no_text(log: Path, reader: Reader) -> None:
    log.rename(log.with_name("Master.csv.1.gz"))
    add(log, "two\n")
    assert reader.read() == [b"two"]
    assert reader.gaps == 1


def test_a_line_without_end_in_a_moved_file_is_told(log: Path) -> None:
    reader = Reader(log)
    add(log, "one\ntw")
    reader.read()
    log.rename(log.with_name("Master.csv.1"))
    add(log, "three\n")
    assert reader.read() == [b"three"]
    assert reader.torn == 1


def test_a_line_longer_than_a_read_is_passed_over(log: Path) -> None:
    reader = Reader(log)
    add(log, "x" * 100 + "\nshort\n")
    assert reader.read(64)[-1] == b"short"
    assert reader.torn == 1


def test_many_lines_in_small_reads(log: Path) -> None:
    reader = Reader(log)
    expected = [f"line {number}".encode() for number in range(2000)]
    for start in range(0, 2000, 100):
        add(log, "".join(f"line {number}\n" for number in range(start, start + 100)))
        reader.read(MARK)
    assert reader.lines == expected
