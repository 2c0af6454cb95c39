"""The days of a season, against the tables of the domain reference."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Due, Season
from nianjian.engines.rules.holidays import builtin
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import (
    Deadline,
    Kind,
    Licence,
    NoticeDeadline,
    Risk,
    TrackState,
    build_tracks,
    closing,
    conflicts,
    deciding,
    earliest,
    list_reporting,
    list_risks,
    of_season,
    plan_start,
    season_day,
    shuts,
    track_state,
)
from nianjian.engines.season.plan import (
    DUE,
    Moments,
    Person,
    Plan,
    PlannedTask,
    Progress,
    Reminder,
    Scope,
    Task,
    TaskNote,
    TaskProgress,
    TaskState,
    due,
    evaluate_tasks,
    moments,
    plan,
    progress,
    recipients,
    stage,
    workdays_between,
)

CALENDAR = builtin()


def _season(year: int, province: str | None = None, **overlaid: str) -> tuple[Rulebook, tuple[Deadline, ...]]:
    overlays = [{"key": key.replace("__", "."), "value": value} for key, value in overlaid.items()]
    book = Rulebook.on(season_day(date(year, 11, 26), year + 1), province, overlays=overlays)
    return book, of_season(book, year + 1, CALENDAR)


def test_the_days_of_data_year_2026() -> None:
    book, deadlines = _season(2026)
    rows = [
        (one.day.isoformat(), one.day.strftime("%a"), one.template, one.track, one.kind, one.level) for one in deadlines
    ]
    assert rows == [
        ("2027-01-01", "Fri", "legal", "licence", Kind.OPENS, "law"),
        ("2027-03-15", "Mon", "guide", "licence", Kind.OPENS, "guide"),
        ("2027-03-31", "Wed", "legal", "licence", Kind.CLOSES, "law"),
        ("2027-03-31", "Wed", "legal_code_number", "code_number", Kind.CLOSES, "notice"),
        ("2027-04-30", "Fri", "guide", "licence", Kind.CLOSES, "guide"),
        ("2027-06-30", "Wed", "guide", "licence", Kind.CLOSES, "guide"),
    ]
    assert all(one.citation for one in deadlines)
    first = earliest(deadlines)
    assert "第三十五条" in first.citation
    assert plan_start(book, deadlines) == date(2026, 12, 31), "three months before, by the rule of month ends"
    shut = shuts(book, 2027)
    assert shut[0] == date(2027, 4, 30)
    assert [[one.day.month for one in few] for few in conflicts(deadlines)] == [[3, 4, 6]]


@pytest.mark.parametrize(
    ("year", "province", "track", "day", "template"),
    [
        (2026, None, "licence", date(2027, 3, 31), "legal"),
        (2026, None, "code_number", date(2027, 3, 31), "legal_code_number"),
        (2024, "重庆", "licence", date(2025, 3, 31), "notice"),
        (2017, "广东", "licence", date(2018, 3, 31), "legal"),
    ],
)
def test_the_deciding_day(year: int, province: str | None, track: str, day: date, template: str) -> None:
    one = deciding(_season(year, province)[1], track)
    assert (one.day, one.template) == (day, template)


def test_a_notice_of_a_province_opens_later() -> None:
    opens = {
        where: min(one.day for one in _season(2024, where)[1] if one.kind is Kind.OPENS) for where in ("重庆", "北京")
    }
    assert opens == {"重庆": date(2025, 1, 10), "北京": date(2025, 1, 1)}


def test_a_term_of_the_law_moves_off_a_holiday_and_a_printed_day_does_not() -> None:
    by_template = {one.template: one.last for one in closing(_season(2023)[1]) if one.day == date(2024, 3, 31)}
    assert by_template["legal"].day == date(2024, 4, 1), "31 March 2024 is a Sunday"
    assert not by_template["legal"].provisional
    assert by_template["legal_code_number"].day == date(2024, 3, 31)
    assert {one.last.provisional for one in closing(_season(2026)[1]) if one.template == "legal"} == {True}


def test_a_day_printed_on_the_own_notice_wins_over_the_templates() -> None:
    book = Rulebook.on(date(2027, 1, 1))
    for day in (date(2027, 2, 26), date(2027, 4, 15)):
        deadlines = of_season(book, 2027, CALENDAR, [NoticeDeadline("licence", day, "粤通知〔2027〕1号")])
        one = deciding(deadlines, "licence")
        assert (one.day, one.citation, one.printed) == (day, "粤通知〔2027〕1号", True)
        first = earliest(deadlines)
        assert first.day == min(day, date(2027, 3, 31)), "the other report keeps its own day"


def test_an_overlay_of_the_guide_alone() -> None:
    only = '[{"name": "指南", "code": "guide", "track": "licence", "rules": ["deadline.guide.close"]}]'
    _book, deadlines = _season(2026, deadline__templates=only)
    first = earliest(deadlines)
    assert first.day == date(2027, 4, 30)
    assert deciding(deadlines, "code_number") is None


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 26), date(2027, 1, 1)),
        (date(2027, 2, 3), date(2027, 2, 3)),
        (date(2028, 2, 3), date(2027, 12, 31)),
    ],
)
def test_the_rulebook_of_a_season(today: date, day: date) -> None:
    assert season_day(today, 2027) == day


def test_a_season_beyond_the_calendar_is_refused() -> None:
    for year in (1900, 2199):
        with pytest.raises(NianjianError, match="season_year_wrong"):
            Season("", year)
    assert (Season("A", 2026).filed_in, Season("A", 2026).year_end) == (2027, date(2026, 12, 31))


# The reverse plan and where its tasks stand.


def _plan(filed_in: int = 2027, *printed: NoticeDeadline) -> Plan:
    book = Rulebook.on(date(filed_in, 1, 1))
    schedule = plan(book, filed_in, of_season(book, filed_in, CALENDAR, printed), CALENDAR)
    assert schedule is not None
    return schedule


def test_five_milestones_between_the_start_and_the_earliest_day() -> None:
    schedule = _plan()
    assert (schedule.start, schedule.end) == (date(2026, 12, 31), date(2027, 3, 31))
    assert [(one.name_zh, one.begins.isoformat(), one.due.day.isoformat()) for one in schedule.milestones] == [
        ("前置自查", "2026-12-31", "2027-01-18"),
        ("数据治理", "2027-01-19", "2027-02-09"),
        ("材料固化", "2027-02-10", "2027-03-04"),
        ("现场演练", "2027-03-05", "2027-03-17"),
        ("整改闭环", "2027-03-18", "2027-03-31"),
    ]
    assert all(one.due.provisional for one in schedule.milestones), "no notice for 2027 yet"


def test_days_off_move_a_day_back_where_the_calendar_is_known() -> None:
    schedule = _plan(2026)
    assert not any(one.due.provisional for one in schedule.milestones)
    assert all(CALENDAR.is_workday(one.due.day) for one in schedule.milestones)
    assert all(CALENDAR.is_workday(one.due.day) for one in schedule.tasks)
    assert all(CALENDAR.is_workday(one.begins) and one.begins <= one.due.day for one in schedule.tasks)


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
    schedule = _plan(2027, NoticeDeadline("licence", date(2027, 1, 22), "通知"))
    assert (schedule.start, schedule.end) == (date(2026, 10, 22), date(2027, 1, 22))
    early = {one.task: one.due.day for one in schedule.tasks}
    assert max(day for task, day in early.items() if task != "file_code_number") == date(2027, 1, 22)
    assert early["file_code_number"] == date(2027, 3, 31)
    assert all(one.begins <= one.due.day for one in schedule.tasks)


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
    tasks = _tasks(
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
    states = {name: one.state for name, one in tasks.items()}
    assert states["portrait"] is states["entry_test"] is TaskState.DONE
    assert states["drill"] is TaskState.NOT_APPLICABLE
    assert states["stopped_seats"] is TaskState.OPEN, "what it waited for is done"
    assert states["consistency"] is TaskState.OPEN, "the product sees it: nobody's word ends it"
    assert states["filed_base"] is TaskState.SNOOZED
    assert states["items"] is TaskState.LATE, "its own day counts"
    assert progress(list(tasks.values())) == Progress(2, 12)
    assert progress(list(tasks.values()), "self_check") == Progress(1, 1)
    later = _tasks(date(2027, 1, 21), filed_base=TaskNote(snoozed_until=date(2027, 1, 21), reason="x"))
    assert later["filed_base"].state is TaskState.BLOCKED
    early = _tasks(date(2027, 1, 19), entry_test=TaskNote(done_on=date(2027, 1, 20)))
    assert early["entry_test"].state is not TaskState.DONE


# Where a report stands from day to day, who must report, and what is said then.

FOUND = of_season(Rulebook.on(date(2027, 1, 1)), 2027, builtin())
SHUT = date(2027, 4, 30)


@pytest.mark.parametrize(
    ("today", "filed_on", "expected"),
    [
        (date(2026, 10, 1), None, TrackState.ON_TIME),
        (date(2027, 3, 31), None, TrackState.ON_TIME),
        (date(2027, 4, 1), None, TrackState.LATE),
        (date(2027, 3, 31), date(2027, 3, 31), TrackState.FILED),
        (date(2027, 7, 1), date(2027, 3, 31), TrackState.FILED),
        (date(2027, 4, 1), date(2027, 4, 1), TrackState.FILED_LATE),
        (date(2027, 3, 1), date(2027, 3, 2), TrackState.ON_TIME),  # looked at from the day before
        (date(2027, 4, 1), date(2027, 4, 2), TrackState.LATE),
    ],
)
def test_the_last_day_is_in_time(today: date, filed_on: date | None, expected: TrackState) -> None:
    tracks = build_tracks([Season("A", 2026)], FOUND, {("A", "licence"): filed_on} if filed_on else {}, today)
    assert [one.track for one in tracks] == ["licence", "code_number"]
    assert tracks[0].state is expected
    assert tracks[0].open is (expected in {TrackState.ON_TIME, TrackState.LATE})


def test_without_a_day_nobody_can_say() -> None:
    assert track_state(None, None, date(2027, 5, 1)) is TrackState.UNDATED
    assert track_state(None, date(2027, 4, 1), date(2027, 5, 1)) is TrackState.FILED


@pytest.mark.parametrize(
    ("issued", "until", "reports"),
    [
        (date(2026, 12, 31), None, True),
        (date(2027, 1, 1), None, False),  # next year
        (None, None, True),
        (date(2020, 1, 1), date(2027, 1, 1), True),  # lapses while reports are taken
        (date(2020, 1, 1), date(2026, 12, 31), False),
    ],
)
def test_who_must_report(issued: date | None, until: date | None, *, reports: bool) -> None:
    assert bool(list_reporting([Licence("A", issued, until)], 2026)) is reports


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 3, 31), []),
        (date(2027, 4, 1), [Risk.LATE_REPORT, Risk.BAD_LIST]),
        (date(2027, 4, 30), [Risk.LATE_REPORT, Risk.BAD_LIST]),
        (date(2027, 5, 1), [Risk.SYSTEM_CLOSED, Risk.LATE_REPORT, Risk.BAD_LIST]),
    ],
)
def test_what_is_said(today: date, expected: list[Risk]) -> None:
    tracks = build_tracks([Season("A", 2026)], FOUND, {}, today)
    assert list_risks(tracks, SHUT, today, conflict=False, provisional=False, licences=True) == expected
    filed = build_tracks([Season("A", 2026)], FOUND, {("A", "licence"): date(2027, 3, 1)}, today)
    late = [Risk.LATE_REPORT] if today > date(2027, 3, 31) else []
    assert list_risks(filed, SHUT, today, conflict=False, provisional=False, licences=True) == late
    both = {("A", "licence"): date(2027, 4, 1), ("A", "code_number"): date(2027, 3, 31)}
    late_one = build_tracks([Season("A", 2026)], FOUND, both, today)
    risks = list_risks(late_one, SHUT, today, conflict=False, provisional=False, licences=True)
    assert risks == late, "a late report stays one when it is handed in"
    risks = list_risks(filed, None, today, conflict=True, provisional=True, licences=False)
    assert risks[-3:] == [Risk.NO_LICENCE, Risk.CONFLICT, Risk.PROVISIONAL]


# Which reminder is due on which day, and who gets it.

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
    moment = stage(END, date.fromisoformat(today), RULE["track"])
    assert (None if moment is None else (moment[0], moment[1].isoformat())) == found


def test_the_days_are_counted_to_the_day_to_which_the_law_moves() -> None:
    sunday, monday = date(2024, 3, 31), date(2024, 4, 1)
    legal = Deadline(
        "licence", "legal", "法定", Kind.CLOSES, sunday, Due(monday, provisional=False), "第三十五条", "law"
    )
    reminders = []
    for at in range(-1, 3):
        today = sunday + timedelta(days=at)
        (one,) = due(build_tracks([Season("B2-1", 2023)], [legal], {}, today), [], RULE, today)
        reminders.append((one.stage, one.due, one.left))
    assert reminders == [
        ("before-3", monday, 2),
        ("before-1", monday, 1),
        ("before-0", monday, 0),
        ("late-1", monday, -1),
    ]


def test_a_task_is_named_every_week_when_it_is_late() -> None:
    stages = [stage(END, END + timedelta(days=at), RULE["task"]) for at in (1, 7, 8, 14, 15)]
    assert [one and one[0] for one in stages] == ["late-1", "late-1", "late-8", "late-8", "late-15"]


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
    (reminder,) = due(build_tracks(seasons, days, filed, today), [], RULE, today)
    assert (reminder.about, reminder.open, reminder.left) == ("track:licence", 999, 2)
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
    reminders = [(one.due, one.left, one.open) for one in due(build_tracks(seasons, days, {}, today), [], RULE, today)]
    assert reminders == [(early, 14, 1), (END, 30, 2)], "the fourth one, at the end of May, is not due for a word yet"
    filed = {("B2-1", "licence"): today}
    then = [(one.due, one.open) for one in due(build_tracks(seasons, days, filed, late), [], RULE, late)]
    assert then == [(END, 2), (late, 1)]


def _reminders_plan(row: tuple[str, str, str, tuple[str, ...]], state: TaskState) -> Task:
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
    standing = [_reminders_plan(row, TaskState.DONE if row[0] in handed else TaskState.LATE) for row in rows]
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
    by_moment: dict[tuple[str, date], date] = {}
    day = date(2026, 10, 1)
    while day <= date(2027, 7, 31):
        for one in due(build_tracks([Season("B2-1", 2026)], [deadline], {}, day), [], rule, day):
            by_moment.setdefault((one.stage, one.day), day)
        day += timedelta(days=1)
    before = {(f"before-{left}", last - timedelta(days=left)) for left in (30, 14, 7, 3, 1, 0)}
    over = (date(2027, 7, 31) - last).days
    late = {(f"late-{at}", last + timedelta(days=at)) for at in range(1, over + 1)}
    assert set(by_moment) == before | late
    assert all(planned == first for (_stage, planned), first in by_moment.items()), "on its day, not later"
