"""The long work of a case: put for the worker after what can be told at once, and what the last of it gave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from nianjian.accounts.query import Actor
from nianjian.flows import jobs
from nianjian.flows.rectify import cases, closing, evidence, locate, report
from nianjian.kernel.errors import NianjianError
from nianjian.portrait.frame import DAY
from nianjian.queue import query as queue
from nianjian.queue.models import Job
from nianjian.queue.query import JobValue
from nianjian.rectification import locate as dimensions
from nianjian.rectification import states
from nianjian.rectification.cases import query, service
from nianjian.rectification.cases.model import Case
from nianjian.rectification.orders import query as orders
from nianjian.rectification.recheck import Gap

COUNTED: Final = frozenset({"figures_changed", "tickets_open", "tickets_late"})  # gaps that only counting finds
AFTER_CHECK: Final = frozenset({states.REPORTED, states.SUBMITTED})  # events that leave a check as true as it was


def ask_location(*, case: str, first: date | None, last: date | None, actor: Actor) -> str:
    """Put a location; its job. ``rectify_unknown``, ``role_missing``, ``rectify_days_reversed``, ``rectify_closed``."""
    held = cases.own(case, actor, jobs.NEEDS[jobs.RECTIFY_LOCATE])
    states.check(held.pk, states.LOCATED, service.done(held))
    locate.window(first, last)
    return _put(jobs.RECTIFY_LOCATE, held, {"first": _iso(first), "last": _iso(last)}, actor)


def ask_figures(*, case: str, first: date | None, last: date | None, actor: Actor) -> str:
    """Put a count of the figures; its job.

    ``rectify_unknown``, ``role_missing``, ``rectify_not_isolated``, ``rectify_closed``.
    """
    held = cases.own(case, actor, jobs.NEEDS[jobs.RECTIFY_MEASURE])
    if orders.effective(held) is None:
        raise NianjianError("rectify_not_isolated", channel=held.pk)
    states.check(held.pk, states.MEASURED, service.done(held))
    return _put(jobs.RECTIFY_MEASURE, held, {"first": _iso(first), "last": _iso(last)}, actor)


def ask_check(*, case: str, actor: Actor) -> str:
    """Put a check of everything, counted anew; its job. ``rectify_unknown``, ``role_missing``."""
    held = cases.own(case, actor, jobs.NEEDS[jobs.RECTIFY_CHECK])
    return _put(jobs.RECTIFY_CHECK, held, {}, actor)


def ask_report(*, case: str, form: str, language: str, actor: Actor) -> str:
    """Put a report; its job. ``rectify_unknown``, ``role_missing``, ``rectify_form_unknown``."""
    held = cases.own(case, actor, jobs.NEEDS[jobs.RECTIFY_REPORT])
    return _put(jobs.RECTIFY_REPORT, held, {"form": report.checked_form(form), "language": language}, actor)


def ask_closing(*, case: str, check: str, actor: Actor) -> str:
    """Put a closing; its job. As `closing.ready`."""
    held = closing.ready(case=case, check=check, actor=actor)
    return _put(jobs.RECTIFY_CLOSE, held, {"check": check.strip()[: service.MOST]}, actor)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a location, and which page of its complaints; ``key`` None: those that name none."""

    dimension: str
    key: str | None
    page: int

    def payload(self, held: Case) -> dict[str, object]:
        """What the work is given: the days are those of the location, whose end is not included."""
        where = held.located or {"from": None, "to": None}
        last = None if where["to"] is None else date.fromisoformat(where["to"]) - DAY
        told = {"dimension": self.dimension, "key": self.key, "page": self.page}
        return {**told, "first": where["from"], "last": _iso(last)}


def ask_tickets(*, case: str, group: Group, actor: Actor) -> str:
    """Put a look at the complaints of a group; its job. ``rectify_unknown``, ``rectify_dimension_unknown``."""
    held = cases.own(case, actor, jobs.NEEDS[jobs.RECTIFY_TICKETS])
    if group.dimension not in dimensions.DIMENSIONS:
        known = ", ".join(dimensions.DIMENSIONS)
        raise NianjianError("rectify_dimension_unknown", dimension=group.dimension, dimensions=known)
    return _put(jobs.RECTIFY_TICKETS, held, group.payload(held), actor)


def tickets_of(*, case: str, group: Group, actor: Actor, states: Collection[str] = ()) -> JobValue | None:
    """The newest look at a page of a group, in one of ``states`` (none: in any); None: none since the location.

    ``rectify_unknown``.
    """
    held = cases.own(case, actor)
    wanted = {"case": held.pk, **group.payload(held)}
    return queue.newest(held.enterprise_id, jobs.RECTIFY_TICKETS, wanted, *states)


def under_way(enterprise: str, case: str) -> dict[str, JobValue]:
    """Kind -> the work of a case that waits or runs."""
    return {one.kind: one for one in queue.under_way(enterprise) if one.payload.get("case") == case}


@dataclass(frozen=True, slots=True)
class Looked:
    """What is open. ``at``: the last check of everything (None: never); ``fresh``: nothing changed in the case since.

    What only counting finds is among the ``gaps`` while the check is fresh.
    """

    gaps: tuple[Gap, ...]
    at: datetime | None
    fresh: bool

    @property
    def ready(self) -> bool:
        """Whether report and test report may go out."""
        return self.fresh and not any(gap.blocks for gap in self.gaps)


def looked(*, case: str, actor: Actor) -> Looked:
    """What is open as far as it is known without waiting for the lake; ``rectify_unknown``."""
    held = cases.own(case, actor)
    found = evidence.standing(held)
    last = queue.newest(held.enterprise_id, jobs.RECTIFY_CHECK, {"case": held.pk}, Job.DONE)
    if last is None or last.started_at is None:
        return Looked(tuple(found), None, fresh=False)
    changed = max(one.at for one in query.events(held) if one.step not in AFTER_CHECK)
    fresh = changed < last.started_at
    if fresh:
        found += [gap for gap in _gaps(last) if gap.code in COUNTED]
    return Looked(tuple(found), last.finished_at, fresh)


def _gaps(job: JobValue) -> list[Gap]:
    told = cast("list[dict[str, Any]]", job.result.get("gaps", []))
    return [Gap(str(one["code"]), bool(one["blocks"]), one["values"]) for one in told]


def _put(kind: str, held: Case, payload: Mapping[str, object], actor: Actor) -> str:
    """The job; one that does the same already is not put twice."""
    whole = {"case": held.pk, **payload}
    same = queue.newest(held.enterprise_id, kind, whole, *queue.UNDER_WAY)
    if same is not None:
        return same.id
    return jobs.enqueue(kind=kind, enterprise=held.enterprise_id, payload=whole, actor=actor)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
