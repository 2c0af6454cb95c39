"""Cases as doors ask for them: whether the role allows it, the days by rulebook and calendar, the room's service."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.rectification import plan, states
from nianjian.features.rectification.cases import query, service
from nianjian.features.rectification.cases.model import Case, Paper
from nianjian.features.rectification.cases.papers import Content
from nianjian.features.rectification.cases.service import Notice
from nianjian.features.rectification.orders import query as orders
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import Rulebooks, rulebook

Json = dict[str, Any]
Running = tuple[Case, plan.Plan]


def tenant(enterprise: str | None) -> str:
    """The enterprise that is meant: the named one, or the only one there is; ``rectify_enterprise_needed``."""
    if enterprise is not None:
        return enterprise
    codes = [one.code for one in accounts.enterprises()]
    if len(codes) != 1:
        raise NianjianError("rectify_enterprise_needed", count=len(codes))
    return codes[0]


def book(enterprise: str, day: date) -> Rulebook:
    """The rulebook of an enterprise on a day."""
    where = accounts.enterprise(enterprise).province or None
    return rulebook(day=day, province=where, enterprise=enterprise)


class Days:
    """What the days of an enterprise's cases are counted by, read once for many of them."""

    def __init__(self, enterprise: str) -> None:
        where = accounts.enterprise(enterprise).province or None
        self._books = Rulebooks(province=where, enterprise=enterprise)
        self._calendar = calendar()

    def plan(self, case: Case) -> plan.Plan:
        """The days of a case, counted with today's calendar: a notice of holidays that came since moves them."""
        return plan.plan(case.received, case.printed_due, self._books.on(case.received), self._calendar)

    def reminder(self, case: Case) -> Json | None:
        """When to ask after the opinion, once submitted; a reminder, never an overdue verdict."""
        if case.submitted_on is None:
            return None
        found = plan.reminder(case.submitted_on, self._books.on(case.submitted_on), self._calendar)
        return {"day": found.day.isoformat(), "provisional": found.provisional}


def planned(case: Case) -> plan.Plan:
    """The days of one case."""
    return Days(case.enterprise_id).plan(case)


def waiting(enterprise: str) -> list[Running]:
    """Cases whose report has not been submitted, with their days, the earliest due first."""
    return waiting_of([enterprise]).get(enterprise, [])


def waiting_of(enterprises: Collection[str]) -> dict[str, list[Running]]:
    """The same of many enterprises, by code: one query for all, and the days only of those that have such cases."""
    found: dict[str, list[Running]] = {}
    days: dict[str, Days] = {}
    for case in query.waiting(enterprises):
        code = case.enterprise_id
        if code not in days:
            days[code] = Days(code)
        found.setdefault(code, []).append((case, days[code].plan(case)))
    return {code: sorted(several, key=lambda one: one[1].due.day) for code, several in found.items()}


def own(case: str, actor: Actor, act: Act = Act.READ) -> Case:
    """A case that the actor may see; ``rectify_unknown``, also for whom its enterprise does not concern."""
    found = query.case(case)
    try:
        require(actor, found.enterprise_id, Act.READ)
    except NianjianError as refused:
        raise NianjianError("rectify_unknown", case=case) from refused
    require(actor, found.enterprise_id, act)
    return found


def open_case(*, enterprise: str, notice: Notice, paper: Content | None, actor: Actor) -> Json:
    """Open a case of a notice; its number and its days. A receipt in the future is a plan.

    ``role_missing``, ``rulebook_day_too_early``, ``workdays_beyond_calendar``, and those of `service.open_case`.
    """
    require(actor, enterprise, Act.LOAD)
    days = plan.plan(notice.received, notice.printed_due, book(enterprise, notice.received), calendar())
    case = service.open_case(enterprise=enterprise, notice=notice, paper=paper, actor=actor)
    return {"id": case.pk, **told_plan(days)}


def told_plan(days: plan.Plan) -> Json:
    """The days as JSON."""
    return {
        "due": days.due.day.isoformat(),
        "due_at": days.due_at.isoformat(),
        "target": days.target.day.isoformat(),
        "provisional": days.provisional,
        "target_provisional": days.target.provisional,
        "printed": days.printed,
    }


def list_cases(*, enterprise: str, actor: Actor, first: int = 0, count: int | None = None) -> list[Json]:
    """The cases of an enterprise, newest first, ``count`` (None: all) from the ``first`` on; ``role_missing``."""
    require(actor, enterprise, Act.READ)
    days = Days(enterprise)
    found = query.cases(enterprise)[first : None if count is None else first + count]
    return [summary(case, days) for case in found]


def only_open(*, enterprise: str, actor: Actor) -> str:
    """The enterprise's one case that is not closed; ``rectify_case_needed`` where there is none, or several."""
    found = still_open(enterprise=enterprise, actor=actor)
    if len(found) != 1:
        raise NianjianError("rectify_case_needed", count=len(found))
    return found[0]


def still_open(*, enterprise: str, actor: Actor) -> list[str]:
    """The enterprise's cases that are not closed; ``role_missing``."""
    require(actor, enterprise, Act.READ)
    return list(query.cases(enterprise).exclude(state=states.CLOSED).values_list("pk", flat=True))


def summary(case: Case, days: Days) -> Json:
    """A case in one line."""
    planned = days.plan(case)
    late = case.submitted_on is None and clock.today() > planned.due.day
    return {
        "id": case.pk,
        "enterprise": case.enterprise_id,
        "notice": case.notice,
        "received": case.received.isoformat(),
        **told_plan(planned),
        "state": case.state,
        "causes": list(case.causes),
        "submitted_on": None if case.submitted_on is None else case.submitted_on.isoformat(),
        "late": late,
        "reminder": days.reminder(case),
    }


def get_case_detail(*, case: str, actor: Actor) -> Json:
    """Everything of a case but the content of its papers; ``rectify_unknown``."""
    found = own(case, actor)
    done = service.list_completed_steps(found)
    return {
        **summary(found, Days(found.enterprise_id)),
        "steps": [
            {"step": step, "done": step in done, "open_for": list(states.missing(step, done))} for step in states.STEPS
        ],
        "located": found.located,
        "measured": found.measured,
        "checked": found.checked,
        "orders": [orders.plain(one) for one in orders.of_case(found)],
        "measures": [
            {"id": one.id, "text": one.text, "owner": one.owner, "due": one.due.isoformat(), "every": one.every,
             "done_on": None if one.done_on is None else one.done_on.isoformat()}
            for one in query.measures(found)
        ],
        "papers": [
            {"id": one.id, "kind": one.kind, "name": one.name, "sha256": one.sha256, "size": one.size,
             "issuer": one.issuer, "number": one.number,
             "dated": None if one.dated is None else one.dated.isoformat()}
            for one in query.papers(found)
        ],
        "events": [
            {"step": one.step, "at": orders.wall(one.at), "actor": one.actor, "data": dict(one.data)}
            for one in query.events(found)
        ],
    }  # fmt: skip


def add_measure(*, case: str, text: str, owner: str, due: date, every: int | None, actor: Actor) -> int:
    """Name a measure and its owner; its number. ``rectify_unknown``, and those of the service."""
    found = own(case, actor, Act.LOAD)
    return int(service.add_measure(case=found, text=text, owner=owner, due=due, every=every, actor=actor).pk)


def measure_done(*, case: str, measure: int, day: date, actor: Actor) -> None:
    """Say that a measure was carried out; ``rectify_unknown``, ``rectify_day_ahead``, and those of the service."""
    found = own(case, actor, Act.LOAD)
    if day > clock.today():
        raise NianjianError("rectify_day_ahead", day=day.isoformat())
    service.measure_done(case=found, measure=measure, day=day, actor=actor)


def add_paper(*, case: str, kind: str, paper: Content, actor: Actor, **said: Any) -> Json:  # noqa: ANN401 -- issuer, number, dated
    """Keep a paper; ``rectify_paper_kind``, ``rectify_day_ahead``, and those of the service."""
    found = own(case, actor, Act.LOAD)
    if kind not in Paper.KINDS:
        raise NianjianError("rectify_paper_kind", kind=kind, kinds=", ".join(Paper.KINDS))
    if (dated := said.get("dated")) is not None and dated > clock.today():
        raise NianjianError("rectify_day_ahead", day=dated.isoformat())
    kept = service.add_paper(case=found, kind=kind, content=paper, actor=actor, **said)
    return {"id": kept.pk, "kind": kept.kind, "sha256": kept.sha256}
