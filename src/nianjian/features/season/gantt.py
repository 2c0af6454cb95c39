"""The plan as a picture of lines over days, placed here and drawn by the template. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

Json = Mapping[str, Any]
WIDE: Final = 1000
LEFT: Final = 260  # for the names
LINE: Final = 26
HEAD: Final = 24
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A task's line: ``state`` colours it, in units of the picture."""

    name: str
    state: str
    x: float
    y: int
    wide: float
    text: int  # y of the name


@dataclass(frozen=True, slots=True)
class Mark:
    """An upright: a month's first day, today, a deadline."""

    x: float
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """``high`` and ``wide`` of the picture."""

    wide: int
    high: int
    bars: Sequence[Bar]
    marks: Sequence[Mark]


def gantt(told: Json, names: Mapping[str, str]) -> Gantt | None:
    """Place the tasks between the plan's start and the season's last deadline; None where there is no plan."""
    if not told["tasks"]:
        return None
    days = [date.fromisoformat(one["date"]) for track in told["tracks"] for one in track["deadlines"]]
    tasks = [(one, date.fromisoformat(one["begins"]), date.fromisoformat(one["due"])) for one in told["tasks"]]
    today = date.fromisoformat(told["today"])
    first = min([date.fromisoformat(told["start"]), *(begins for _one, begins, _due in tasks)])
    last = max([*days, *(due for _one, _begins, due in tasks)])
    per_day = (WIDE - LEFT) / ((last - first).days + 1)

    def at(day: date) -> float:
        return round(LEFT + (day - first).days * per_day, 1)

    bars = [
        Bar(
            names[one["task"]],
            one["state"],
            at(begins),
            HEAD + place * LINE + 5,
            round(max(at(due + _DAY) - at(min(begins, due)), 2.0), 1),
            HEAD + place * LINE + 17,
        )
        for place, (one, begins, due) in enumerate(tasks)
    ]
    marks = [Mark(at(day), f"{day:%m-%d}", "month") for day in _months(first, last)]
    marks += [Mark(at(day + _DAY), "", "deadline") for day in sorted({*days})]
    marks += [Mark(at(today), "", "today")] if first <= today <= last else []
    return Gantt(WIDE, HEAD + len(bars) * LINE + 6, bars, marks)


def _months(first: date, last: date) -> list[date]:
    found, day = [], first.replace(day=1)
    while day <= last:
        found += [day] if day >= first else []
        day = (day + _DAY * 32).replace(day=1)
    return found
