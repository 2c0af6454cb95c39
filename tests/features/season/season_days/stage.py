"""The stage of the walk: three provinces, two templates, what people do on which day, what is written down of it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final

from django.db import connection
from tests.support.written import licences

from nianjian.engines.kernel import clock
from nianjian.features.approvals.operations import approve
from nianjian.features.rectification.operations import open_case
from nianjian.features.rectification.storage import Notice
from nianjian.features.rulebook.operations import request_overlay
from nianjian.features.season import closing, operations
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.models import Enterprise
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.notifications.models import Channel, Choice, Message

ROOT, SECOND = Actor("root"), Actor("second", USER)
YEAR: Final = 2023
FIRST, LAST = date(2023, 10, 1), date(2024, 7, 31)
DAY: Final = timedelta(days=1)
#: Role, end of the quiet hours that began the evening before, digest.
PEOPLE: Final[Mapping[str, tuple[str, time, time, time | None]]] = {
    "boss": ("administrator", time(0), time(0), None),
    "clerk": ("data_officer", time(20), time(9), None),
    "lead": ("compliance_lead", time(21), time(8), time(8, 30)),
}
LEGAL: Final = {"name": "法定", "code": "legal", "track": "licence", "rules": ["deadline.licence.legal"]}
NUMBERS: Final = {
    "name": "法定（码号年报）", "code": "legal_code_number", "track": "code_number",
    "rules": ["deadline.code_number.legal"],
}  # fmt: skip
GUIDE: Final = {
    "name": "指南", "code": "guide", "track": "licence",
    "rules": ["deadline.guide.entry_test", "deadline.guide.close", "deadline.guide.official"],
}  # fmt: skip
Act = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Case:
    """A province's overlays (key, value, first day), templates, licences, and the acts of each day."""

    province: str
    overlays: Sequence[tuple[str, str, date]]
    templates: Sequence[Mapping[str, Any]]
    licences: Sequence[str]
    acts: Mapping[date, Sequence[Act]] = field(default_factory=dict)


class Clock:
    """A moment that the test moves; `clock.now` gives it."""

    def __init__(self) -> None:
        self.at = datetime.combine(FIRST, time(7), clock.ZONE)

    def set(self, day: date, hour: time) -> datetime:
        """Make it that moment of Beijing."""
        self.at = datetime.combine(day, hour, clock.ZONE)
        return self.at

    def __call__(self) -> datetime:
        """As `clock.now`."""
        return self.at


def file(track: str, day: date, licence: str | None = None) -> Act:
    """Hand in a report."""
    return lambda code: operations.note_report(
        enterprise=code, year=YEAR, track=track, licence=licence, day=day, receipt="1", actor=ROOT
    )


def notice(day: date, licence: str) -> Act:
    """A notice to one licence."""
    return lambda code: operations.note_notice(
        enterprise=code, year=YEAR, track="licence", licence=licence, day=day, notice="渝通知", actor=ROOT
    )


def assign(task: str, owner: str) -> Act:
    """Name who does it."""
    return lambda code: operations.assign_task(enterprise=code, year=YEAR, task=task, owner=owner, actor=ROOT)


def snooze(task: str, until: date) -> Act:
    """Let it rest."""
    return lambda code: operations.snooze_task(
        enterprise=code, year=YEAR, task=task, until=until, reason="等系统", actor=ROOT
    )


def done(task: str, day: date) -> Act:
    """Say that a test was passed."""
    return lambda code: operations.note_test_result(
        enterprise=code, year=YEAR, task=task, day=day, passed=True, note="截图", actor=ROOT
    )


def case(received: date) -> Act:
    """A notice of rectification arrives."""
    return lambda code: open_case(enterprise=code, notice=Notice(received), paper=None, actor=ROOT)


def close() -> Act:
    """Close the season for good."""
    return lambda code: closing.close_season(enterprise=code, year=YEAR, actor=ROOT, without_package=True)


USUAL: Final[dict[date, Sequence[Act]]] = {
    date(2024, 1, 8): [assign("items", "clerk"), assign("drill", "王工")],
    date(2024, 2, 1): [snooze("stopped_seats", date(2024, 2, 20))],
    date(2024, 3, 18): [done("entry_test", date(2024, 3, 18))],
}
GUANGDONG: Final = (
    ("deadline.licence.legal", "02-29", date(2024, 1, 20)),
    ("deadline.guide.close", "04-19", date(2024, 1, 20)),
)
CHONGQING: Final = (("deadline.licence.system_close", "04-21", date(2024, 1, 1)),)
ZHEJIANG: Final = (("deadline.code_number.legal", "03-22", date(2023, 12, 1)),)
CASES: Final[Mapping[str, Case]] = {
    # The province names an earlier day in January; the licence report in time on it, the code-number report late.
    "guangdong-legal": Case("广东", GUANGDONG, [LEGAL, NUMBERS], ["B2-1"], USUAL | {
        date(2024, 2, 5): [case(date(2024, 2, 5))],
        date(2024, 2, 29): [file("licence", date(2024, 2, 29))],
        date(2024, 4, 3): [file("code_number", date(2024, 4, 3))],
    }),
    # The guide alone with an earlier closing day; handed in four days late.
    "guangdong-guide": Case("广东", GUANGDONG, [GUIDE], ["B2-1"], USUAL | {
        date(2024, 4, 23): [file("licence", date(2024, 4, 23))],
    }),
    # A notice gives one of two licences another day; the other one is in time on the Monday after Sunday 31 March.
    "chongqing-legal": Case("重庆", CHONGQING, [LEGAL, NUMBERS], ["B2-1", "B2-2"], USUAL | {
        date(2024, 2, 5): [notice(date(2024, 4, 10), "B2-1")],
        date(2024, 3, 20): [file("code_number", date(2024, 3, 20))],
        date(2024, 4, 1): [file("licence", date(2024, 4, 1), "B2-2")],
        date(2024, 4, 12): [file("licence", date(2024, 4, 12), "B2-1")],
    }),
    # The notice's day comes before the guide's; the other licence is never handed in.
    "chongqing-guide": Case("重庆", CHONGQING, [GUIDE], ["B2-1", "B2-2"], USUAL | {
        date(2024, 2, 5): [notice(date(2024, 4, 10), "B2-1")],
        date(2024, 4, 9): [file("licence", date(2024, 4, 9), "B2-1")],
    }),
    # An earlier day for the code-number report, which is late; the season is closed in April.
    "zhejiang-legal": Case("浙江", ZHEJIANG, [LEGAL, NUMBERS], ["B2-1"], USUAL | {
        date(2024, 3, 15): [file("licence", date(2024, 3, 15))],
        date(2024, 3, 26): [file("code_number", date(2024, 3, 26))],
        date(2024, 3, 28): [close()],
    }),
    # Both in time on their last days; the drill and a case of rectification go on after that.
    "zhejiang-guide": Case("浙江", ZHEJIANG, [GUIDE, NUMBERS], ["B2-1"], USUAL | {
        date(2024, 2, 5): [case(date(2024, 2, 5))],
        date(2024, 3, 22): [file("code_number", date(2024, 3, 22))],
        date(2024, 4, 30): [file("licence", date(2024, 4, 30))],
    }),
}  # fmt: skip


def built(code: str, scenario: Case, at: Clock) -> None:
    """The enterprise, its people with a channel each, its licences, the approved overlays; all in September."""
    at.set(date(2023, 9, 1), time(10))
    add_enterprise(code=code, name=code, province=scenario.province, actor=ROOT)
    Enterprise.objects.update(created_at=at())
    for name, (role, begins, ends, digest) in PEOPLE.items():
        add_user(name=name, role=role, enterprises=[code], actor=ROOT)
        Channel(id=f"N-{name}", user=name, kind="json", address=f"json://{name}/", mask="x", code="x", made_at=at(),
                confirmed_at=at()).save()  # fmt: skip
        Choice(user=name, scope="role", quiet_from=begins, quiet_until=ends, digest=digest, changed_at=at()).save()
    # Who approves in the whole installation wants to hear nothing.
    add_user(name=SECOND.name, role="compliance_lead", enterprises=[], actor=ROOT)
    Choice(user=SECOND.name, scope="none", changed_at=at()).save()
    licences(code, *scenario.licences)
    of_all = [(key, value, scenario.province, None, since) for key, value, since in scenario.overlays]
    templates = (
        "deadline.templates",
        json.dumps(list(scenario.templates), ensure_ascii=False),
        None,
        code,
        at().date(),
    )
    for key, value, province, enterprise, since in [*of_all, templates]:
        request = request_overlay(key=key, value=value, province=province, enterprise=enterprise, valid_from=since,
                                valid_to=None, reason="省通知", actor=ROOT)  # fmt: skip
        approve(approval=request.id, actor=SECOND)


def told_at_once(lines: Iterable[str]) -> list[str]:
    """One line for matters of which the same is told to the same people, and for tasks that come into one state."""
    groups = dict[tuple[str, str], list[str]]()
    for line in lines:
        what, _colon, how = line.partition(": ")
        kind, name, rest = (*what.split(" ", 2), "", "")[:3]
        alike = kind in {"told", "task"}
        key = (kind, f"{rest and ' '}{rest}: {how}") if alike else (what, f": {how}")
        groups.setdefault(key, []).extend([name] if alike else [])
    return [" ".join([kind, *names]) + rest for (kind, rest), names in groups.items()]


def standing(code: str, day: date) -> dict[str, str]:
    """Where everything stands, one line a thing."""
    season = summarize_season(enterprise=code, year=YEAR, today=day, actor=ROOT)
    first = season.earliest
    assert first is not None
    states = {"earliest": f"{first.date} {first.track}", "plan": str(season.start)}
    for one in season.tracks:
        late = f" {one.path} {one.light}" if one.light else ""
        states[f"report {one.track} {one.licence}"] = f"{one.state} by {one.due or '-'}{late}"
    states |= {f"task {one.task}": one.state for one in season.tasks}
    return states | {"flags": " ".join(one.code for one in season.risk_flags) or "-"}


def told_since(newest: int) -> Iterator[str]:
    """What was told since a message, one line a matter: stage, days left, licences; who, and when it arrived."""
    rows = Message.objects.filter(pk__gt=newest).prefetch_related("dispatches").order_by("about", "stage", "user")

    def matter(one: Message) -> tuple[str, str, int, int]:
        return one.about, one.stage, int(one.values["left"]), int(one.values["open"])

    for (about, stage, left, count), group in groupby(rows, key=matter):
        people = " ".join(f"{one.user}@{_arrived(one)}" for one in group)
        yield f"told {about} {stage} ({left} days{f', {count} licences' if count else ''}): {people}"


def _arrived(one: Message) -> str:
    (sent,) = one.dispatches.all()
    assert sent.state == "delivered"
    assert sent.sent_at is not None
    assert sent.sent_at.astimezone(clock.ZONE).date() == clock.today()
    return f"{sent.sent_at.astimezone(clock.ZONE):%H:%M}"


@contextmanager
def nothing_written() -> Iterator[None]:
    """No statement inside changes a row, in whatever table: jobs that run twice change nothing."""

    def watched(execute: Callable[..., Any], sql: str, params: object, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django's shape
        result = execute(sql, params, many, context)
        if sql.split(None, 1)[0].upper() in {"INSERT", "UPDATE", "DELETE", "REPLACE"}:
            assert context["cursor"].rowcount <= 0, sql
        return result

    with connection.execute_wrapper(watched):
        yield
