"""What the product sees of a season, what people say, and that saying it twice changes nothing."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from tests.support.people import signed_in
from tests.support.written import licences, overlay

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.overview.attention import list_late_reports, with_reports
from nianjian.features.portrait.declarations import declare_not_applicable
from nianjian.features.portrait.operations import run_portrait
from nianjian.features.reconciliation.models import Run
from nianjian.features.rectification.operations import open_case
from nianjian.features.rectification.storage import Notice
from nianjian.features.rulebook.operations import request_overlay
from nianjian.features.season import feeds, operations
from nianjian.features.season.documents import SeasonSteps, SeasonTask, list_days
from nianjian.features.season.feeds import list_entries
from nianjian.features.season.models import Note
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.models import Enterprise
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.models import Entry
from nianjian.platform.registers.filings import Filing
from nianjian.platform.registers.licences import Licence
from nianjian.platform.rulebook.deadlines import calendars

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TODAY = date(2027, 2, 1)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OVERRIDE, TODAY.isoformat())


def _days(enterprise: str) -> list[tuple[str, str]]:
    calendar = with_reports(calendars({enterprise: "浙江"}, TODAY), TODAY)[enterprise]
    return [(one.track, one.day.isoformat()) for one in calendar.deadlines]


def test_each_licence_has_both_reports(demo: str, operator: Actor) -> None:
    licences(demo, "B2-1")
    licences(demo, "B2-2", issued=date(2026, 12, 31))
    licences(demo, "B2-3", issued=date(2027, 1, 1))  # reports next year
    season = summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator)
    assert [(one.licence, one.track) for one in season.tracks] == [
        (licence, track) for licence in ("B2-1", "B2-2") for track in ("licence", "code_number")
    ]
    assert "no_licence" not in {one.code for one in season.risk_flags}
    scope: dict[str, Any] = {"enterprise": demo, "year": 2026, "track": "licence", "day": TODAY, "actor": operator}
    operations.note_report(licence="B2-1", **scope)
    with pytest.raises(NianjianError, match="season_licence_unknown"):
        operations.note_report(licence="B2-3", **scope)
    half = summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator)
    assert [one.state for one in half.tracks] == ["filed", "on_time", "on_time", "on_time"]
    filing = {one.task: one for one in half.tasks}["file_licence"]
    assert (filing.steps, filing.finished) == (SeasonSteps(1, 2), False)
    assert ("licence", "2027-03-31") in _days(demo), "one licence still has to report"
    operations.note_report(licence=None, **scope)
    assert _days(demo) == [("code_number", "2027-03-31")]


def test_a_notice_wins_on_the_overview_too(demo: str, operator: Actor) -> None:
    scope: dict[str, Any] = {"enterprise": demo, "year": 2026, "track": "licence", "licence": None, "actor": operator}
    operations.note_notice(day=date(2027, 2, 26), notice="浙通知", **scope)
    assert _days(demo) == [("licence", "2027-02-26"), ("code_number", "2027-03-31")]
    first = summarize_season(enterprise=demo, year=None, today=TODAY, actor=operator).earliest
    assert first is not None
    assert (first.date, first.level) == (date(2027, 2, 26), "notice")
    operations.note_notice(day=None, **scope)
    assert _days(demo)[0] == ("licence", "2027-03-31")


def test_a_notice_to_one_licence_takes_nothing_off_the_others(
    demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    licences(demo, "B2-1", "B2-2")
    scope: dict[str, Any] = {"enterprise": demo, "year": 2026, "track": "licence", "actor": operator}
    operations.note_notice(licence="B2-1", day=date(2027, 5, 31), notice="延期通知", **scope)
    after = date(2027, 4, 1)

    def states(day: date) -> list[tuple[str | None, str, str]]:
        season = summarize_season(enterprise=demo, year=2026, today=day, actor=operator)
        return [(one.licence, str(one.due), one.state) for one in season.tracks if one.track == "licence"]

    assert states(after) == [("B2-1", "2027-05-31", "on_time"), ("B2-2", "2027-03-31", "late")]
    first = summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator).earliest
    assert first is not None
    assert first.date == date(2027, 3, 31)
    assert ("licence", "2027-03-31") in _days(demo)
    Enterprise.objects.update(created_at=clock.now() - timedelta(days=900))
    assert [(one.track, one.due) for one in list_late_reports({demo: "浙江"}, after)[demo]] == [
        ("licence", date(2027, 3, 31)),
        ("code_number", date(2027, 3, 31)),
    ]
    monkeypatch.setenv(clock.OVERRIDE, after.isoformat())
    operations.note_report(licence="B2-2", day=after, **scope)
    assert [one.track for one in list_late_reports({demo: "浙江"}, after)[demo]] == ["code_number"]
    assert list_late_reports({demo: "浙江"}, date(2027, 6, 1))[demo][0].due == date(2027, 5, 31)
    operations.note_notice(licence="B2-2", day=date(2027, 6, 15), notice="延期通知", **scope)
    season = summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator)
    assert {one.date for one in season.tracks[0].deadlines if one.printed} == {date(2027, 5, 31)}, "its own"


def test_saying_it_twice_changes_nothing(demo: str, operator: Actor) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026, "actor": operator}

    def say() -> None:
        operations.note_report(track="licence", licence=None, day=TODAY, **of)
        operations.note_notice(track="code_number", licence=None, day=date(2027, 3, 1), notice="通知", **of)
        operations.assign_task(task="items", owner="王工", **of)
        operations.snooze_task(task="items", until=date(2027, 2, 9), reason="等章", **of)
        operations.note_test_result(task="entry_test", day=TODAY, passed=True, note="截图", **of)
        operations.snooze_task(task="drill", until=None, **of)

    say()
    entries, rows = Entry.objects.count(), (list(Filing.objects.values()), list(Note.objects.values()))
    season = summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator)
    say()
    assert Entry.objects.count() == entries
    assert (list(Filing.objects.values()), list(Note.objects.values())) == rows
    assert not Note.objects.filter(task="drill").exists(), "waking what never slept writes nothing"
    assert summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator) == season


def test_what_is_refused(demo: str, operator: Actor) -> None:
    of: dict[str, Any] = {"enterprise": demo, "year": 2026, "actor": operator}
    for task, day, code in (
        ("consistency", TODAY, "season_task_computed"),
        ("entry_test", TODAY, "entry_test_by_picture"),
        ("entry_test", date(2027, 2, 2), "season_day_ahead"),
        ("nothing", TODAY, "season_task_unknown"),
    ):
        with pytest.raises(NianjianError, match=code):
            operations.mark_task_done(**of, task=task, day=day, note="x")
    with pytest.raises(NianjianError, match="season_snooze_too_long"):
        operations.snooze_task(**of, task="items", until=date(2027, 4, 1), reason="x")
    for day, fault in ((date(2026, 12, 31), "season_day_early"), (date(2027, 2, 2), "season_day_ahead")):
        with pytest.raises(NianjianError, match=fault):
            operations.note_report(**of, track="licence", licence=None, day=day)
    assert not Entry.objects.filter(verb__startswith="season.").exists()


def test_a_case_of_rectification_brings_its_own_day(demo: str, operator: Actor) -> None:
    before = {one.task: one for one in summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator).tasks}
    assert before["rectification"].state == "not_applicable", "there is no case"
    open_case(enterprise=demo, notice=Notice(date(2027, 1, 4), date(2027, 1, 20), "", []), paper=None, actor=operator)
    after = {one.task: one for one in summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator).tasks}
    assert (after["rectification"].due, after["rectification"].state) == (date(2027, 1, 20), "late")


def test_a_notices_day_after_june_keeps_its_season_running(demo: str, operator: Actor) -> None:
    def year(day: date) -> int:
        return summarize_season(enterprise=demo, year=None, today=day, actor=operator).year

    july = date(2027, 7, 20)
    assert (year(date(2027, 6, 30)), year(july)) == (2026, 2027)
    licences(demo, "B2-1")
    scope: dict[str, Any] = {"enterprise": demo, "year": 2026, "track": "licence", "licence": "B2-1", "actor": operator}
    operations.note_notice(day=date(2027, 8, 31), notice="延期通知", **scope)
    assert (year(july), year(date(2027, 8, 31)), year(date(2027, 9, 1))) == (2026, 2026, 2027)
    assert _days_on(demo, july)[0] == ("licence", "2027-08-31"), "the overview counts to it"
    Licence.objects.all().delete()
    licences(demo, "B2-2")
    assert year(july) == 2027, "it speaks of a licence that does not report"


def _days_on(enterprise: str, today: date) -> list[tuple[str, str]]:
    calendar = with_reports(calendars({enterprise: "浙江"}, today), today)[enterprise]
    return [(one.track, one.day.isoformat()) for one in calendar.deadlines]


def test_the_headline_counts_to_the_day_to_which_the_law_moves(demo: str, operator: Actor) -> None:
    """31 March 2024 is a Sunday; by the legal template alone the report is in time on Monday, 1 April."""
    legal = [{"name": "法定", "code": "legal", "track": "licence", "rules": ["deadline.licence.legal"]}]
    overlay("deadline.templates", json.dumps(legal), date(2023, 1, 1))
    days = (date(2024, 3, 29), date(2024, 3, 31), date(2024, 4, 1), date(2024, 4, 2))
    seasons = [summarize_season(enterprise=demo, year=2023, today=day, actor=operator) for day in days]
    first = [one.earliest for one in seasons if one.earliest]
    assert [(one.date, one.last_day) for one in first] == [(date(2024, 3, 31), date(2024, 4, 1))] * 4
    assert [one.left.days for one in first] == [3, 1, 0, -1]
    assert [one.left.workdays for one in first] == [1, 1, 0, 0]
    assert [one.tracks[0].state for one in seasons] == ["on_time", "on_time", "on_time", "late"]
    assert seasons[0].milestones[-1].due == date(2024, 3, 29), "the plan works towards the day as the law names it"


def test_two_notices_of_one_name_are_two_days(demo: str, operator: Actor) -> None:
    licences(demo, "B2-1", "B2-2", "B2-3")
    scope: dict[str, Any] = {"enterprise": demo, "year": 2026, "track": "licence", "actor": operator}

    def noticed() -> list[tuple[str, tuple[str, ...], str]]:
        tracks = summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator).tracks
        return [(str(day.date), licences, mark) for day, licences, mark in list_days(tracks) if day.printed]

    operations.note_notice(licence=None, day=date(2027, 2, 26), notice="浙通知", **scope)
    assert noticed() == [("2027-02-26", (), "")], "to every licence: one day"
    before = _uids(demo, operator)
    operations.note_notice(licence="B2-2", day=date(2027, 3, 5), notice="浙通知", **scope)
    assert noticed() == [("2027-02-26", ("B2-1", "B2-3"), ""), ("2027-03-05", ("B2-2",), "B2-2")]
    after = _uids(demo, operator)
    assert before.items() <= after.items(), "what stood there keeps its UID and its day"
    (fresh,) = after.keys() - before.keys()
    operations.note_notice(licence="B2-2", day=date(2027, 3, 8), notice="浙通知", **scope)
    assert _uids(demo, operator)[fresh] == date(2027, 3, 8), "a day that moves moves the event"


def _uids(enterprise: str, actor: Actor) -> dict[str, date]:
    season = summarize_season(enterprise=enterprise, year=2026, today=TODAY, actor=actor)
    days = [one for one in list_entries(season, "zh-hans") if "deadline" in one.about]
    by_uid = {feeds.build_uid(one.about): one.day for one in days}
    assert len(by_uid) == len(days), "no UID twice"
    return by_uid


def test_the_feed_calls_no_missed_report_done_and_keeps_it_in_the_next_season(
    demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Enterprise.objects.update(created_at=clock.now())

    def legal(day: date) -> dict[str, str]:
        monkeypatch.setenv(clock.OVERRIDE, day.isoformat())
        season = summarize_season(enterprise=demo, year=None, today=day, actor=operator)
        days = [
            one for one in list_entries(season, "zh-hans") if one.day == date(2027, 3, 31) and "task" not in one.about
        ]
        return {one.title: one.category for one in days}

    assert set(legal(TODAY).values()) == {"open"}
    missed = legal(date(2027, 4, 2))
    assert set(missed.values()) == {"overdue"}
    scope: dict[str, Any] = {"enterprise": demo, "year": 2026, "track": "licence", "licence": None, "actor": operator}
    operations.note_report(day=date(2027, 4, 2), **scope)
    assert {title for title, category in legal(date(2027, 4, 2)).items() if category == "done"} == {
        title for title in missed if title.startswith("许可年报")
    }
    assert legal(date(2027, 7, 1)) == {"2026 年度码号年报逾期：2027年3月31日已截止，只能补报。": "overdue"}
    page = signed_in("anna").get("/e/demo/season/").content.decode()
    assert '<a href="/e/demo/season/?year=2026">2026 年度码号年报逾期：' in page
    operations.note_report(day=date(2027, 7, 1), **scope | {"track": "code_number"})
    assert legal(date(2027, 7, 1)) == {}


def test_the_feed_calls_a_late_task_overdue(demo: str, operator: Actor) -> None:
    def found(day: date) -> dict[str, str]:
        told = summarize_season(enterprise=demo, year=2026, today=day, actor=operator)
        return {one.about[-1]: one.category for one in list_entries(told, "zh-hans") if "task" in one.about}

    told = summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator)
    (due,) = [one.due for one in told.tasks if one.task == "drill"]
    assert [found(due)["drill"], found(due + timedelta(days=1))["drill"]] == ["open", "overdue"]


def test_a_missed_report_is_red_whatever_was_set(demo: str, operator: Actor) -> None:
    """Approved when the light could still be set; such rows are in old databases, so it is written as a row."""
    overlay("deadline.guide.late_light", "green", date(2027, 1, 1))
    season = summarize_season(enterprise=demo, year=2026, today=date(2027, 7, 1), actor=operator)
    assert {(one.state, one.light) for one in season.tracks} == {("late", "red")}
    with pytest.raises(NianjianError, match="overlay_rule_fixed"):
        request_overlay(
            key="deadline.guide.late_light", value="green", province=None, enterprise=demo, reason="试用",
            valid_from=TODAY, valid_to=None, actor=operator,
        )  # fmt: skip


def test_an_empty_register_makes_no_task_done(demo: str, operator: Actor, anna: Actor, keys: None) -> None:
    """A portrait and comparisons of nothing; then the seats are declared not applicable by a person."""
    del keys
    for kind in ("numbers", "lines", "seats"):
        for day in (date(2026, 12, 31), TODAY):
            Run.objects.create(
                id=f"{kind}{day.year}", enterprise_id=demo, kind=kind, as_of=day, counts={}, told={},
                made_at=clock.now(), made_by="os:root",
            )  # fmt: skip

    def tasks() -> dict[str, SeasonTask]:
        run: dict[str, Any] = {"as_of": TODAY, "province": None, "today": None, "raw": False}
        run_portrait(enterprise=demo, year=2026, actor=anna, **run)
        season = summarize_season(enterprise=demo, year=2026, today=TODAY, actor=operator)
        return {task.task: task for task in season.tasks}

    Run.objects.filter(kind="seats").update(counts={"same": 2}, told={"unclear": 2})  # an export of keys alone
    by_task = tasks()
    assert [name for name, task in by_task.items() if task.state == "done"] == []
    unproved = {"portrait", "stopped_seats", "old_tickets", "consistency", "filed_base", "drill"}
    assert {name for name, task in by_task.items() if task.status in {"not_proved", "overdue"}} >= unproved
    assert by_task["portrait"].figures["empty_registers"] == ["complaints", "seats"]
    declare_not_applicable(enterprise=demo, actor=anna, metric="seat_vacancy", year=2026, reason="未租用坐席")
    Run.objects.update(counts={"same": 2}, told={"unclear": 0})
    after = tasks()
    assert after["consistency"].state == after["filed_base"].state == "done"
    assert after["stopped_seats"].status == "not_applicable"
    assert after["portrait"].figures["empty_registers"] == ["complaints"]
