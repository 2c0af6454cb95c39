"""Whole seasons from October to July, day by day: what changes on which day, by province and template."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from nianjian.engines.kernel.workdays import Season
from nianjian.engines.rules.holidays import builtin
from nianjian.engines.rules.rulebook import Overlay, Rulebook
from nianjian.engines.season.deadlines import (
    Deadline,
    build_tracks,
    conflicts,
    earliest,
    list_risks,
    of_season,
    season_day,
    shuts,
)
from nianjian.engines.season.plan import Plan, TaskProgress, evaluate_tasks, plan

pytestmark = pytest.mark.long
CALENDAR = builtin()
DAY = timedelta(days=1)
LEGAL = '[{"name":"法定","code":"legal","track":"licence","rules":["deadline.licence.legal"]}]'
GUIDE = (
    '[{"name":"指南","code":"guide","track":"licence",'
    '"rules":["deadline.guide.entry_test","deadline.guide.close","deadline.guide.official"]}]'
)
TEMPLATES: Mapping[str, Mapping[str, object]] = {
    "both": {},
    "legal": {"key": "deadline.templates", "value": LEGAL},
    "guide": {"key": "deadline.templates", "value": GUIDE},
}
# A notice of the province that comes into force in the middle of the season.
NOTICE: Overlay = {"key": "deadline.licence.legal", "value": "02-26", "province": "广东", "valid_from": "2027-01-20"}


@cache
def _season(day: date, filed_in: int, province: str, templates: str) -> tuple[tuple[Deadline, ...], Plan | None, Any]:
    overlays = [one for one in (TEMPLATES[templates], NOTICE) if one]
    book = Rulebook.on(day, province, overlays=overlays)
    deadlines = of_season(book, filed_in, CALENDAR)
    shut = shuts(book, filed_in)
    return deadlines, plan(book, filed_in, deadlines, CALENDAR), None if shut is None else shut[0]


def _on(day: date, year: int, province: str, templates: str, filed: dict[tuple[str, str], date]) -> dict[str, object]:
    deadlines, planned, shut = _season(season_day(day, year + 1), year + 1, province, templates)
    first = earliest(deadlines)
    assert first is not None
    both = build_tracks([Season("", year)], deadlines, filed, day)
    risks = list_risks(both, shut, day, conflict=bool(conflicts(deadlines)), provisional=False, licences=True)
    seen = {f"file_{one.track}": TaskProgress(not one.open) for one in both} | {"portrait": TaskProgress(complete=True)}
    states = {one.plan.task: one.state.value for one in evaluate_tasks(planned.tasks, seen, {}, day)}
    return {
        "earliest": f"{first.day} {first.template}",
        "started": day >= planned.start,
        "licence": both[0].state.value,
        "code_number": both[1].state.value,
        "flags": " ".join(risks),
        "items": states["items"],
        "filing": states["file_licence"],
    }


def _changes(year: int, province: str, templates: str, filed: dict[tuple[str, str], date]) -> Iterator[tuple[str, ...]]:
    day, before = date(year, 10, 1), dict[str, object]()
    while day <= date(year + 1, 7, 31):
        now = _on(day, year, province, templates, filed)
        if day.day == 1:
            assert now == _on(day, year, province, templates, filed), "asked twice, the same"
        if before:
            yield from ((day.isoformat(), name, str(value)) for name, value in now.items() if value != before.get(name))
        before, day = now, day + DAY


LATE = "late_report bad_list"
CLOSED = f"system_closed {LATE}"
AGAINST = " templates_conflict"
PROVINCES = (("北京", 2026), ("广东", 2026), ("重庆", 2024))


def _usual(year: int, *, code_number: bool, against: str) -> list[tuple[str, str, str]]:
    """A season whose earliest day is 31 March."""
    both = [(f"{year}-04-01", "code_number", "late")] if code_number else []
    return [
        (f"{year - 1}-12-31", "started", "True"),
        (f"{year}-02-10", "items", "open"),
        (f"{year}-03-05", "items", "late"),
        (f"{year}-03-18", "filing", "blocked"),
        (f"{year}-04-01", "licence", "late"),
        *both,
        (f"{year}-04-01", "flags", f"{LATE}{against}"),
        (f"{year}-04-01", "filing", "late"),
        (f"{year}-05-01", "flags", f"{CLOSED}{against}"),
    ]


def _early(*, code_number: bool, against: str) -> list[tuple[str, str, str]]:
    """A notice of 20 January that names 26 February: the plan moves on that day."""
    both = [("2027-04-01", "code_number", "late")] if code_number else []
    return [
        ("2026-12-31", "started", "True"),
        ("2027-01-20", "earliest", "2027-02-26 legal"),
        ("2027-01-20", "items", "open"),
        ("2027-01-30", "items", "late"),
        ("2027-02-15", "filing", "blocked"),
        ("2027-02-27", "licence", "late"),
        ("2027-02-27", "flags", f"{LATE}{against}"),
        ("2027-02-27", "filing", "late"),
        *both,
        ("2027-05-01", "flags", f"{CLOSED}{against}"),
    ]


#: The guide alone: its 30 April drives, and it is over on the day on which the system is said to close.
GUIDED = [
    ("2027-01-30", "started", "True"),
    ("2027-03-12", "items", "open"),
    ("2027-04-03", "items", "late"),
    ("2027-04-19", "filing", "blocked"),
    ("2027-05-01", "licence", "late"),
    ("2027-05-01", "flags", f"{CLOSED}{AGAINST}"),
    ("2027-05-01", "filing", "late"),
]
TABLE: Mapping[tuple[str, str], list[tuple[str, str, str]]] = {
    ("北京", "both"): _usual(2027, code_number=True, against=AGAINST),
    ("北京", "legal"): _usual(2027, code_number=False, against=""),
    ("北京", "guide"): GUIDED,
    ("广东", "both"): _early(code_number=True, against=AGAINST),
    ("广东", "legal"): _early(code_number=False, against=""),
    ("广东", "guide"): GUIDED,
    # Chongqing's own notice of 2025 names 31 March, whatever the templates.
    ("重庆", "both"): _usual(2025, code_number=True, against=AGAINST),
    ("重庆", "legal"): _usual(2025, code_number=False, against=""),
    ("重庆", "guide"): _usual(2025, code_number=False, against=AGAINST),
}


@pytest.mark.parametrize(("province", "year"), PROVINCES)
@pytest.mark.parametrize("templates", list(TEMPLATES))
def test_what_changes_on_which_day(province: str, year: int, templates: str) -> None:
    assert list(_changes(year, province, templates, {})) == TABLE[province, templates]


def test_reports_handed_in_on_the_last_day_and_after_it() -> None:
    filed = {("", "licence"): date(2027, 3, 31), ("", "code_number"): date(2027, 4, 2)}
    assert [one for one in _changes(2026, "北京", "both", filed) if one[0] > "2027-03-18"] == [
        ("2027-03-31", "licence", "filed"),
        ("2027-03-31", "filing", "done"),
        ("2027-04-01", "code_number", "late"),
        ("2027-04-01", "flags", f"late_report{AGAINST}"),
        ("2027-04-02", "code_number", "filed_late"),  # what the guide says of late reports holds once it is handed in
    ]
