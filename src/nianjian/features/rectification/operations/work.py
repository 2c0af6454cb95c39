"""The long work of a case: put for the worker after what can be told at once, and what the last of it gave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.frame import DAY
from nianjian.features.rectification import locate as dimensions
from nianjian.features.rectification import states
from nianjian.features.rectification.cases import service
from nianjian.features.rectification.cases.model import Case
from nianjian.features.rectification.operations import cases, closing, evidence, locate, report
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.query import JobValue


def ask_location(*, case: str, first: date | None, last: date | None, actor: Actor) -> str:
    """Put a location; its job. ``rectify_unknown``, ``role_missing``, ``rectify_closed``, and those of the window."""
    held = cases.own(case, actor, flow.NEEDS[flow.RECTIFY_LOCATE])
    states.check(held.pk, states.LOCATED, service.list_completed_steps(held))
    locate.window(first, last)
    return _put(flow.RECTIFY_LOCATE, held, {"first": _iso(first), "last": _iso(last)}, actor)


def ask_figures(*, case: str, first: date | None, last: date | None, actor: Actor) -> str:
    """Put a count of the figures; its job.

    ``rectify_unknown``, ``role_missing``, ``rectify_closed``, and those of `evidence.measurable`.
    """
    held = cases.own(case, actor, flow.NEEDS[flow.RECTIFY_MEASURE])
    evidence.measurable(held, first, last)
    states.check(held.pk, states.MEASURED, service.list_completed_steps(held))
    return _put(flow.RECTIFY_MEASURE, held, {"first": _iso(first), "last": _iso(last)}, actor)


def ask_check(*, case: str, actor: Actor) -> str:
    """Put a check of everything, counted anew; its job. ``rectify_unknown``, ``role_missing``."""
    held = cases.own(case, actor, flow.NEEDS[flow.RECTIFY_CHECK])
    return _put(flow.RECTIFY_CHECK, held, {}, actor)


def ask_report(*, case: str, form: str, language: str, actor: Actor) -> str:
    """Put a report; its job. ``rectify_unknown``, ``role_missing``, ``rectify_form_unknown``."""
    held = cases.own(case, actor, flow.NEEDS[flow.RECTIFY_REPORT])
    return _put(flow.RECTIFY_REPORT, held, {"form": report.checked_form(form), "language": language}, actor)


def ask_submission(*, case: str, day: date, actor: Actor) -> str:
    """Put the handing in of a day; its job. As `closing.sendable`."""
    held = closing.sendable(case=case, day=day, actor=actor)
    return _put(flow.RECTIFY_SUBMIT, held, {"day": day.isoformat()}, actor)


def ask_closing(*, case: str, check: str, actor: Actor) -> str:
    """Put a closing; its job. As `closing.ready`."""
    held = closing.ready(case=case, check=check, actor=actor)
    return _put(flow.RECTIFY_CLOSE, held, {"check": check.strip()[: service.MOST]}, actor)


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
    """Put a look at the complaints of a group; its job.

    The group is one that the location names, where its number is masked by its ``ref``: what is asked stands with the
    work for whoever reads it, and a person's number does not.
    ``rectify_unknown``, ``role_missing``, ``rectify_dimension_unknown``, ``rectify_group_unknown``.
    """
    held = cases.own(case, actor, flow.NEEDS[flow.RECTIFY_TICKETS])
    if group.dimension not in dimensions.DIMENSIONS:
        known = ", ".join(dimensions.DIMENSIONS)
        raise NianjianError("rectify_dimension_unknown", dimension=group.dimension, dimensions=known)
    found = (held.located or {}).get("dimensions", {}).get(group.dimension, {}).get("groups", ())
    if group.key not in {one.get("ref") or one["key"] for one in found} or "*" in (group.key or ""):
        key = "–" if group.key is None else numbers.mask(group.key)
        raise NianjianError("rectify_group_unknown", dimension=group.dimension, key=key, case=held.pk)
    return _put(flow.RECTIFY_TICKETS, held, group.payload(held), actor)


def tickets_of(*, case: str, group: Group, actor: Actor, states: Collection[str] = ()) -> JobValue | None:
    """The newest look at a page of a group, in one of ``states`` (none: in any); None: none since the location.

    ``rectify_unknown``.
    """
    held = cases.own(case, actor)
    wanted = {"case": held.pk, **group.payload(held)}
    return queue.newest(held.enterprise_id, flow.RECTIFY_TICKETS, wanted, *states)


def under_way(enterprise: str, case: str) -> dict[str, JobValue]:
    """Kind -> the work of a case that waits or runs."""
    return {one.kind: one for one in queue.under_way(enterprise, {"case": case})}


def _put(kind: str, held: Case, payload: Mapping[str, object], actor: Actor) -> str:
    """The job; one that does the same already is not put twice."""
    whole = {"case": held.pk, **payload}
    return flow.enqueue_once(kind=kind, enterprise=held.enterprise_id, payload=whole, actor=actor)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
