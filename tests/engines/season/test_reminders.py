"""Which reminder is due on which day, and who gets it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nianjian.engines.kernel.workdays import Due, Season
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import Deadline, Kind, build_tracks
from nianjian.engines.season.plan import (
    DUE,
    Moments,
    Person,
    PlannedTask,
    Reminder,
    Scope,
    Task,
    TaskNote,
    TaskProgress,
    TaskState,
    due,
    moments,
    recipients,
    stage,
)

END = date(2027, 3, 31)
RULE = moments(Rulebook.on(date(2027, 1, 1), "浙江"))


@pytest.mark.parametrize(
    ("today", "found"),
    [
        ("2027-02-28", None),
        ("2027-03-01", ("before-30", "2027-03-01")),
        ("2027-03-16", ("before-30", "2027-03-01")),  # made up for, once
        ("2027-03-17", ("before-14", "2027-03-17")),
        ("2027-03-24", ("before-7", "2027-03-24")),
        ("2027-03-28", ("before-3", "2027-03-28")),
        ("2027-03-30", ("before-1", "2027-03-30")),
        ("2027-03-31", ("before-0", "2027-03-31")),
        ("2027-04-01", ("late-1", "2027-04-01")),
        ("2027-04-02", ("late-2", "2027-04-02")),
    ],
)
def test_the_table_of_a_report(today: str, found: tuple[str, str] | None) -> None:
    told = stage(END, date.fromisoformat(today), RULE["track"])
    assert (None if told is None else (told[0], told[1].isoformat())) == found


def test_the_days_are_counted_to_the_day_to_which_the_law_moves() -> None:
    sunday, monday = date(2024, 3, 31), date(2024, 4, 1)
    legal = Deadline(
        "licence", "legal", "法定", Kind.CLOSES, sunday, Due(monday, provisional=False), "第三十五条", "law"
    )
    told = []
    for at in range(-1, 3):
        today = sunday + timedelta(days=at)
        (one,) = due(build_tracks([Season("B2-1", 2023)], [legal], {}, today), [], RULE, today)
        told.append((one.stage, one.due, one.left))
    assert told == [("before-3", monday, 2), ("before-1", monday, 1), ("before-0", monday, 0), ("late-1", monday, -1)]


def test_a_task_is_named_every_week_when_it_is_late() -> None:
    told = [stage(END, END + timedelta(days=at), RULE["task"]) for at in (1, 7, 8, 14, 15)]
    assert [one and one[0] for one in told] == ["late-1", "late-1", "late-8", "late-8", "late-15"]


def _task(state: TaskState, name: str = "items", owner: str = "") -> Task:
    plan = PlannedTask(name, "materials", "materials.list", "", (), date(2027, 2, 1), Due(END, provisional=False))
    return Task(plan, state, plan.begins, plan.due, TaskProgress(complete=False), TaskNote(owner=owner))


def test_only_what_is_to_be_done_is_reminded_of() -> None:
    for state in TaskState:
        assert bool(due([], [_task(state)], RULE, END)) is (state in DUE)
    assert not due([], [_task(TaskState.OPEN, "file_licence")], RULE, END), "the report's own reminder tells it"


def test_many_licences_are_one_reminder_and_a_report_handed_in_is_none() -> None:
    days = [
        Deadline(name, "legal", "法定", Kind.CLOSES, END, Due(END, provisional=False), "第三十五条", "law")
        for name in ("licence", "code_number")
    ]
    seasons = [Season(f"B2-{at}", 2026) for at in range(1000)]
    filed = {("B2-7", "licence"): date(2027, 3, 1)} | {
        (one.licence, "code_number"): date(2027, 3, 1) for one in seasons
    }
    today = date(2027, 3, 29)
    (found,) = due(build_tracks(seasons, days, filed, today), [], RULE, today)
    assert (found.about, found.open, found.left) == ("track:licence", 999, 2)
    assert not due(build_tracks(seasons, [], {}, today), [], RULE, today), "no day is known: nothing can be said"


def test_licences_with_different_days_are_counted_apart() -> None:
    early, late = date(2027, 3, 15), date(2027, 5, 31)
    days = [
        Deadline("licence", "legal", "法定", Kind.CLOSES, END, Due(END, provisional=False), "第三十五条", "law"),
        *(
            Deadline("licence", "notice", "通知", Kind.CLOSES, day, Due(day, provisional=False), "通知", "notice",
                     printed=True, licence=number, partial=True)
            for number, day in (("B2-1", early), ("B2-2", late))
        ),
    ]  # fmt: skip
    seasons = [Season(f"B2-{at}", 2026) for at in range(1, 5)]
    today = date(2027, 3, 1)
    told = [(one.due, one.left, one.open) for one in due(build_tracks(seasons, days, {}, today), [], RULE, today)]
    assert told == [(early, 14, 1), (END, 30, 2)], "the fourth one, at the end of May, is not due for a word yet"
    filed = {("B2-1", "licence"): today}
    then = [(one.due, one.open) for one in due(build_tracks(seasons, days, filed, late), [], RULE, late)]
    assert then == [(END, 2), (late, 1)]


def _plan(row: tuple[str, str, str, tuple[str, ...]], state: TaskState) -> Task:
    name, module, track, after = row
    plan = PlannedTask(name, module, "x", track, after, date(2027, 2, 1), Due(END, provisional=False))
    return Task(plan, state, plan.begins, plan.due, TaskProgress(complete=False), TaskNote())


@pytest.mark.parametrize(
    ("handed", "told"),
    [
        ((), {"portrait", "consistency", "filed_base", "items", "package", "entry_test", "drill", "rectification"}),
        (("file_licence",), {"portrait", "consistency", "filed_base", "drill", "rectification"}),
        (
            ("file_code_number",),
            {"portrait", "consistency", "items", "package", "entry_test", "drill", "rectification"},
        ),
        (("file_licence", "file_code_number"), {"drill", "rectification"}),
    ],
)
def test_what_handing_in_has_settled_is_not_reminded_of(handed: tuple[str, ...], told: set[str]) -> None:
    rows = (
        ("portrait", "self_check", "", ()),
        ("consistency", "data", "", ()),
        ("filed_base", "data", "", ("consistency",)),
        ("items", "materials", "", ()),
        ("package", "materials", "", ("items",)),
        ("entry_test", "drill", "licence", ()),
        ("drill", "drill", "", ()),
        ("rectification", "closing", "", ()),
        ("file_licence", "closing", "licence", ("package", "consistency")),
        ("file_code_number", "closing", "code_number", ("consistency", "filed_base")),
    )
    standing = [_plan(row, TaskState.DONE if row[0] in handed else TaskState.LATE) for row in rows]
    today = END + timedelta(days=1)
    assert {one.about.partition(":")[2] for one in due([], standing, RULE, today)} == told


LEAD, ADMIN, CLERK = (
    Person("lead", frozenset({"compliance_lead"})),
    Person("root", frozenset({"administrator"})),
    Person("clerk", frozenset({"data_officer"})),
)


def _of(about: str, left: int, owner: str = "") -> Reminder:
    return Reminder(about, "before-7", END, END, left, owner=owner)


@pytest.mark.parametrize(
    ("about", "left", "owner", "names"),
    [
        ("track:licence", 30, "", ["lead"]),
        ("track:licence", 3, "", ["lead", "root"]),  # escalated
        ("track:licence", -1, "", ["lead", "root"]),
        ("task:items", 7, "", ["clerk", "lead"]),
        ("task:items", 7, "clerk", ["clerk"]),
        ("task:items", 7, "王工", ["clerk", "lead"]),  # a name that is no account
        ("task:items", -7, "clerk", ["clerk", "root"]),
    ],
)
def test_who_gets_it(about: str, left: int, owner: str, names: list[str]) -> None:
    of = RULE[about.partition(":")[0]]
    assert recipients(_of(about, left, owner), [LEAD, ADMIN, CLERK], of) == names


def test_what_people_choose() -> None:
    of = Moments((0,), 1, ("compliance_lead",), -99, ("administrator",))
    everything = Person("kim", frozenset({"auditor"}), Scope.ALL)
    own = Person("lead", frozenset({"compliance_lead"}), Scope.OWN)
    none = Person("clerk", frozenset({"data_officer"}), Scope.NONE)
    assert recipients(_of("track:licence", 5), [everything, LEAD, none], of) == ["kim", "lead"]
    assert recipients(_of("task:items", 5, "lead"), [own, CLERK], of) == ["lead"]
    assert recipients(_of("track:licence", 5), [own, none, ADMIN], of) == ["root"], "somebody is told"
    assert recipients(_of("track:licence", 5), [everything, own, ADMIN], of) == ["kim", "root"], (
        "who only sees is not it"
    )
    deaf = Person("root", frozenset({"administrator"}), Scope.NONE)
    assert recipients(_of("task:items", 5, "clerk"), [own, none, deaf], of) == ["root"]


@pytest.mark.parametrize("province", ["浙江", "重庆", "北京"])
@pytest.mark.parametrize(("template", "end"), [("legal", "2027-03-31"), ("guide", "2027-04-30")])
def test_a_whole_season_day_by_day(province: str, template: str, end: str) -> None:
    """From October to July each moment comes on its day, once, and every day after the last one."""
    last = date.fromisoformat(end)
    deadline = Deadline("licence", template, "", Kind.CLOSES, last, Due(last, provisional=False), "", "law")
    rule = moments(Rulebook.on(date(2027, 1, 1), province))
    told: dict[tuple[str, date], date] = {}
    day = date(2026, 10, 1)
    while day <= date(2027, 7, 31):
        for one in due(build_tracks([Season("B2-1", 2026)], [deadline], {}, day), [], rule, day):
            told.setdefault((one.stage, one.day), day)
        day += timedelta(days=1)
    before = {(f"before-{left}", last - timedelta(days=left)) for left in (30, 14, 7, 3, 1, 0)}
    over = (date(2027, 7, 31) - last).days
    late = {(f"late-{at}", last + timedelta(days=at)) for at in range(1, over + 1)}
    assert set(told) == before | late
    assert all(planned == first for (_stage, planned), first in told.items()), "on its day, not later"
