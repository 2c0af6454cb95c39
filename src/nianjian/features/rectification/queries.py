"""Reads of cases and of isolation orders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification import states
from nianjian.features.rectification.models import Case, Event, Measure, Order, Paper


def get_case(id_: str) -> Case:
    """One case; ``rectify_unknown``."""
    found = Case.objects.filter(pk=id_).first()
    if found is None:
        raise NianjianError("rectify_unknown", case=id_)
    return found


def get_case_of(enterprise: str, case: str) -> Case:
    """One case of an enterprise; ``rectify_unknown``, also for another one's."""
    found = get_case(case)
    if found.enterprise_id != enterprise:
        raise NianjianError("rectify_unknown", case=case)
    return found


def list_cases(enterprise: str) -> QuerySet[Case]:
    """The cases of an enterprise, newest first."""
    return Case.objects.filter(enterprise_id=enterprise).order_by("-opened_at", "-pk")


def list_waiting(enterprises: Collection[str]) -> QuerySet[Case]:
    """Cases of several enterprises whose report has not been submitted."""
    return Case.objects.filter(enterprise_id__in=enterprises, submitted_on=None).exclude(state=states.CLOSED)


def list_events(case: Case) -> QuerySet[Event]:
    """What was done, in order."""
    return Event.objects.filter(case=case).order_by("pk")


def list_measures(case: Case) -> QuerySet[Measure]:
    """The measures by their day."""
    return Measure.objects.filter(case=case).order_by("due", "pk")


def list_papers(case: Case) -> QuerySet[Paper]:
    """The papers, oldest first."""
    return Paper.objects.filter(case=case).order_by("pk")


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


def list_orders(case: Case) -> list[Order]:
    """Every order of a case, asked for or in force, oldest first."""
    return list(Order.objects.filter(case=case).order_by("proposed_at", "pk"))


def find_effective(case: Case) -> Order | None:
    """The case's newest isolation that was put in force, lifted or not; None: there was none."""
    found = Order.objects.filter(case=case, kind=Order.ISOLATE, approved_at__isnull=False)
    return found.order_by("-approved_at", "-pk").first()


def row_document(row: object, *names: str) -> dict[str, Any]:
    """Columns of a row as JSON; days as ISO text."""
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


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
    columns = ("kind", "key", "channel", "cap", "cap_before", "white_list", "reason", "end", "approval", "proposed_by")
    return {
        "order": order.pk,
        "case": order.case_id,
        **row_document(order, *columns),
        "proposed_at": wall_time(order.proposed_at),
        "approved_by": order.approved_by or None,
        "approved_at": wall_time(order.approved_at),
        "lifted_at": wall_time(order.lifted_at),
    }
