"""The reverse plan and where its tasks stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nianjian.engines.kernel.workdays import Due
from nianjian.engines.rules.holidays import builtin
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import NoticeDeadline, of_season
from nianjian.engines.season.plan import (
    Plan,
    Progress,
    Task,
    TaskNote,
    TaskProgress,
    TaskState,
    evaluate_tasks,
    plan,
    progress,
    workdays_between,
)

CALENDAR = builtin()


def _plan(filed_in: int = 2027, *printed: NoticeDeadline) -> Plan:
    book = Rulebook.on(date(filed_in, 1, 1))
    found = plan(book, filed_in, of_season(book, filed_in, CALENDAR, printed), CALENDAR)
    assert found is not None
    return found


def test_five_milestones_between_the_start_and_the_earliest_day() -> None:
    found = _plan()
    assert (found.start, found.end) == (date(2026, 12, 31), date(2027, 3, 31))
    assert [(one.name_zh, one.begins.isoformat(), one.due.day.isoformat()) for one in found.milestones] == [
        ("前置自查", "2026-12-31", "2027-01-18"),
        ("数据治理", "2027-01-19", "2027-02-09"),
        ("材料固化", "2027-02-10", "2027-03-04"),
        ("现场演练", "2027-03-05", "2027-03-17"),
        ("整改闭环", "2027-03-18", "2027-03-31"),
    ]
    assert all(one.due.provisional for one in found.milestones), "no notice for 2027 yet"


def test_days_off_move_a_day_back_where_the_calendar_is_known() -> None:
    found = _plan(2026)
    assert not any(one.due.provisional for one in found.milestones)
    assert all(CALENDAR.is_workday(one.due.day) for one in found.milestones)
    assert all(CALENDAR.is_workday(one.due.day) for one in found.tasks)
    assert all(CALENDAR.is_workday(one.begins) and one.begins <= one.due.day for one in found.tasks)


def test_the_tasks_have_their_days() -> None:
    days = {one.task: (one.begins.isoformat(), one.due.day.isoformat()) for one in _plan().tasks}
    assert days["stopped_seats"] == ("2027-01-04", "2027-01-29"), "the guide's January"
    assert workdays_between(date(2027, 1, 4), date(2027, 1, 29), CALENDAR) == 20
    assert days["entry_test"] == ("2027-03-15", "2027-03-17"), "not before the entry opens"
    assert days["file_licence"][1] == "2027-03-31"
    assert days["items"] == ("2027-02-10", "2027-03-04")


def test_a_task_with_a_day_of_its_own_begins_no_later_than_that_day() -> None:
    due, since = Due(date(2026, 12, 4), provisional=False), date(2026, 11, 20)
    waits = {"rectification": TaskProgress(complete=False, total=1, due=due, begins=since)}
    for seen, begins in ((since, since), (None, due.day)):
        task = _tasks(date(2026, 11, 27), {"rectification": replace(waits["rectification"], begins=seen)})
        assert (task["rectification"].begins, task["rectification"].due) == (begins, due)
    assert _tasks(date(2026, 11, 27), waits)["rectification"].state is TaskState.OPEN
    assert _tasks(date(2026, 12, 5), waits)["rectification"].state is TaskState.LATE


def test_an_early_notice_pulls_everything_before_it() -> None:
    found = _plan(2027, NoticeDeadline("licence", date(2027, 1, 22), "通知"))
    assert (found.start, found.end) == (date(2026, 10, 22), date(2027, 1, 22))
    early = {one.task: one.due.day for one in found.tasks}
    assert max(day for task, day in early.items() if task != "file_code_number") == date(2027, 1, 22)
    assert early["file_code_number"] == date(2027, 3, 31)
    assert all(one.begins <= one.due.day for one in found.tasks)


def _tasks(today: date, seen: dict[str, TaskProgress] | None = None, **said: TaskNote) -> dict[str, Task]:
    return {one.plan.task: one for one in evaluate_tasks(_plan().tasks, seen or {}, said, today)}


@pytest.mark.parametrize(
    ("today", "task", "state"),
    [
        (date(2026, 12, 30), "portrait", TaskState.AHEAD),
        (date(2026, 12, 31), "portrait", TaskState.OPEN),
        (date(2027, 1, 18), "portrait", TaskState.OPEN),
        (date(2027, 1, 19), "portrait", TaskState.LATE),
        (date(2027, 1, 19), "stopped_seats", TaskState.BLOCKED),
        (date(2027, 1, 19), "consistency", TaskState.OPEN),
    ],
)
def test_a_task_from_day_to_day(today: date, task: str, state: TaskState) -> None:
    assert _tasks(today)[task].state is state


def test_what_is_known_and_said_decides() -> None:
    today = date(2027, 1, 20)
    found = _tasks(
        today,
        {
            "portrait": TaskProgress(complete=True),
            "drill": TaskProgress(complete=False, applicable=False),
            "items": TaskProgress(complete=False, done=3, total=13, due=Due(date(2027, 1, 10), provisional=False)),
        },
        entry_test=TaskNote(done_on=date(2027, 1, 20), note="已通过"),
        consistency=TaskNote(done_on=date(2027, 1, 20)),
        filed_base=TaskNote(snoozed_until=date(2027, 1, 21), reason="导出未到"),
    )
    states = {name: one.state for name, one in found.items()}
    assert states["portrait"] is states["entry_test"] is TaskState.DONE
    assert states["drill"] is TaskState.NOT_APPLICABLE
    assert states["stopped_seats"] is TaskState.OPEN, "what it waited for is done"
    assert states["consistency"] is TaskState.OPEN, "the product sees it: nobody's word ends it"
    assert states["filed_base"] is TaskState.SNOOZED
    assert states["items"] is TaskState.LATE, "its own day counts"
    assert progress(list(found.values())) == Progress(2, 12)
    assert progress(list(found.values()), "self_check") == Progress(1, 1)
    later = _tasks(date(2027, 1, 21), filed_base=TaskNote(snoozed_until=date(2027, 1, 21), reason="x"))
    assert later["filed_base"].state is TaskState.BLOCKED
    early = _tasks(date(2027, 1, 19), entry_test=TaskNote(done_on=date(2027, 1, 20)))
    assert early["entry_test"].state is not TaskState.DONE
