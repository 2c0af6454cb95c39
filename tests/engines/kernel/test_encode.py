"""The one way from a result to JSON."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path

import msgspec
import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins, to_json, to_message_values


class Light(Enum):
    """A value that is no text by itself."""

    GREEN = "green"


class Inner(msgspec.Struct):
    """A part."""

    share: Decimal


@dataclass(frozen=True, slots=True)
class Whole:
    """One of each kind."""

    light: Light
    day: date
    at: datetime
    stored: datetime
    parts: tuple[Inner, ...]
    names: frozenset[str]
    path: Path
    from_: int


WHOLE = Whole(
    Light.GREEN,
    date(2027, 3, 1),
    datetime(2027, 3, 1, 9, 30, tzinfo=clock.ZONE),
    datetime(2027, 3, 1, 1, 30, 0, 123456, UTC),
    (Inner(Decimal("0.10")),),
    frozenset({"b", "a"}),
    Path("a/b"),
    1,
)


def test_every_kind_is_written_in_the_order_of_its_fields() -> None:
    assert to_json(WHOLE) == (
        '{"light": "green", "day": "2027-03-01", "at": "2027-03-01T09:30:00+08:00",'
        ' "stored": "2027-03-01T01:30:00.123Z", "parts": [{"share": "0.10"}], "names": ["a", "b"],'
        ' "path": "a/b", "from": 1}'
    )
    assert to_builtins({"本": WHOLE})["本"]["parts"] == [{"share": "0.10"}]


@pytest.mark.parametrize("value", [datetime(2027, 3, 1, 9), object(), Whole])  # noqa: DTZ001 -- that is the fault
def test_a_moment_without_a_zone_and_a_stranger_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_json({"value": value})


def test_no_error_is_lost_for_what_its_message_holds() -> None:
    assert to_message_values({"file": Path("a"), "day": date(2027, 3, 1)}) == {"file": "a", "day": "2027-03-01"}
