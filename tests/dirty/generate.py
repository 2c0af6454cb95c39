"""The file in which every tenth row is broken: deterministic bytes, and what must come of each line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.dirty.kinds import HEADER, KINDS, Kind, Row, cells, join

FIRST = datetime(2026, 3, 2, 8, 30)  # noqa: DTZ001 - wall time, as call files have it
EVERY = 10
DISPLAYS = ("95013", "95188", "02161234567", "13911112222", "4001234567", "96123")


@dataclass(frozen=True, slots=True)
class Dirty:
    """``good``: physical line → row; ``bad``: physical line → kind."""

    data: bytes
    good: dict[int, Row]
    bad: dict[int, Kind]


def row(number: int) -> Row:
    """Good row ``number`` (from 1): every call a minute after the one before (over and over 69 days), ids D000001…"""
    start = FIRST + timedelta(minutes=number % 100_000)
    answered = number % 3 != 0
    values = (
        f"D{number:06d}",
        "呼入" if number % 11 == 0 else "呼出",
        "8001",
        DISPLAYS[number % len(DISPLAYS)],
        f"138{number:08d}",
        str(start),
        str(start + timedelta(seconds=3)),
        str(start + timedelta(seconds=9)) if answered else "",
        str(start + timedelta(seconds=60)),
        "接通" if answered else "未接通",
        f"S{number % 7:03d}",
        "机器人" if number % 5 == 0 else "人工",
        f"L{number % 4}",
        f"T{number % 3}",
        "营销",
        {0: "甲,乙", 1: '他说"好"'}.get(number % 13, "备注"),
    )
    return dict(zip(HEADER, values, strict=True))


def line(values: Row) -> bytes:
    return join(cells(values))


def dirty(*, rounds: int = 2) -> Dirty:
    """``rounds`` times all kinds, nine good rows before each."""
    out = [join(HEADER)]
    good: dict[int, Row] = {}
    bad: dict[int, Kind] = {}
    for number in range(1, EVERY * rounds * len(KINDS) + 1):
        values = row(number)
        at = number + 1
        if number % EVERY:
            good[at] = values
            out.append(line(values))
        else:
            bad[at] = KINDS[(number // EVERY - 1) % len(KINDS)]
            out.append(bad[at].line(values))
    return Dirty(b"\n".join(out) + b"\n", good, bad)


def clean(count: int, *, first: int = 1) -> list[bytes]:
    """Header and ``count`` good lines, without line ends."""
    return [join(HEADER), *(line(row(number)) for number in range(first, first + count))]
