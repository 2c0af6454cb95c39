"""Reads of cases and of isolation orders."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification import states
from nianjian.features.rectification.models import Case, Event, Measure, Order, Paper


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as a value."""

    step: str
    at: datetime
    actor: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure as a value."""

    id: int
    text: str
    owner: str
    due: date
    every: int | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper as a value."""

    id: int
    kind: str
    name: str
    sha256: str
    size: int
    issuer: str
    number: str
    dated: date | None
    recorded_at: datetime


def get_case(id_: str) -> Case:
    """One case; ``rectify_unknown``."""
    found = Case.objects.filter(pk=id_).first()
    if found is None:
        raise NianjianError("rectify_unknown", case=id_)
    return found


def list_cases(enterprise: str) -> QuerySet[Case]:
    """The cases of an enterprise, newest first."""
    return Case.objects.filter(enterprise_id=enterprise).order_by("-opened_at", "-pk")


def list_waiting(enterprises: Collection[str]) -> QuerySet[Case]:
    """Cases of several enterprises whose report has not been submitted."""
    return Case.objects.filter(enterprise_id__in=enterprises, submitted_on=None).exclude(state=states.CLOSED)


def list_events(case: Case) -> list[EventRow]:
    """What was done, in order."""
    return [EventRow(one.step, one.at, one.actor, one.data) for one in Event.objects.filter(case=case).order_by("pk")]


def list_measures(case: Case) -> list[MeasureRow]:
    """The measures by their day."""
    return [
        MeasureRow(one.pk, one.text or "", one.owner or "", one.due, one.every, one.done_on)
        for one in Measure.objects.filter(case=case).order_by("due", "pk")
    ]


def list_papers(case: Case, kind: str | None = None) -> list[PaperRow]:
    """The papers, oldest first; of one kind if given."""
    found = Paper.objects.filter(case=case).order_by("pk")
    return [_paper_row(one) for one in (found.filter(kind=kind) if kind else found)]


def _paper_row(one: Paper) -> PaperRow:
    return PaperRow(
        one.pk, one.kind, one.name or "", one.sha256, one.size, one.issuer, one.number, one.dated, one.recorded_at
    )


def list_isolations(enterprise: str) -> QuerySet[Order]:
    """The isolations of an enterprise that hold now, oldest first."""
    holding = Order.objects.filter(kind=Order.ISOLATE, approved_at__isnull=False, lifted_at=None)
    return holding.filter(enterprise_id=enterprise).order_by("approved_at", "pk")


def find_in_force(enterprise: str, key: str, channel: str) -> Order | None:
    """The isolation of a channel that holds now; None: it is not isolated."""
    return list_isolations(enterprise).filter(key=key, channel=channel).first()


def get_order_of_approval(approval: str) -> Order:
    """The order of a request; ``rectify_order_unknown``."""
    found = Order.objects.filter(approval=approval).first()
    if found is None:
        raise NianjianError("rectify_order_unknown", order=approval)
    return found


def map_orders(ids: Collection[str]) -> dict[str, Order]:
    """These orders by id, as far as there are any, each with the isolation that it lifts."""
    return {one.pk: one for one in Order.objects.filter(pk__in=ids).select_related("lifts")}


def list_proposed(like: Order) -> list[Order]:
    """Orders of the same kind for the same channel that are not in force."""
    same = Order.objects.filter(enterprise_id=like.enterprise_id, kind=like.kind, key=like.key, channel=like.channel)
    return list(same.filter(approved_at=None))


def list_orders(case: Case) -> list[Order]:
    """Every order of a case, asked for or in force, oldest first."""
    return list(Order.objects.filter(case=case).order_by("proposed_at", "pk"))


def find_effective(case: Case) -> Order | None:
    """The case's newest isolation that was put in force, lifted or not; None: there was none."""
    found = Order.objects.filter(case=case, kind=Order.ISOLATE, approved_at__isnull=False)
    return found.order_by("-approved_at", "-pk").first()


def effective_moment(order: Order) -> datetime:
    """When an order was put in force, Shanghai time; ``rectify_order_pending`` before."""
    if order.approved_at is None:
        raise NianjianError("rectify_order_pending", approval=order.approval)
    return order.approved_at.astimezone(clock.ZONE)


def effective_day(order: Order) -> date:
    """The Shanghai day on which an order was put in force; ``rectify_order_pending`` before."""
    return effective_moment(order).date()


def wall_time(moment: datetime | None) -> str | None:
    """A moment in Shanghai, ISO 8601."""
    return None if moment is None else moment.astimezone(clock.ZONE).isoformat(timespec="seconds")


def order_document(order: Order) -> dict[str, object]:
    """The order as JSON; moments are Shanghai time."""
    return {
        "order": order.pk,
        "kind": order.kind,
        "case": order.case_id,
        "key": order.key,
        "channel": order.channel,
        "cap": order.cap,
        "cap_before": order.cap_before,
        "white_list": order.white_list,
        "reason": order.reason,
        "end": order.end,
        "approval": order.approval,
        "proposed_by": order.proposed_by,
        "proposed_at": wall_time(order.proposed_at),
        "approved_by": order.approved_by or None,
        "approved_at": wall_time(order.approved_at),
        "lifted_at": wall_time(order.lifted_at),
    }
