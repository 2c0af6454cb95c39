"""Read isolation orders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification.cases.model import Case
from nianjian.features.rectification.orders.model import Order


def isolations(enterprise: str) -> QuerySet[Order]:
    """The isolations of an enterprise that hold now, oldest first."""
    holding = Order.objects.filter(kind=Order.ISOLATE, approved_at__isnull=False, lifted_at=None)
    return holding.filter(enterprise_id=enterprise).order_by("approved_at", "pk")


def in_force(enterprise: str, key: str, channel: str) -> Order | None:
    """The isolation of a channel that holds now; None: it is not isolated."""
    return isolations(enterprise).filter(key=key, channel=channel).first()


def of_approval(approval: str) -> Order:
    """The order of a request; ``rectify_order_unknown``."""
    found = Order.objects.filter(approval=approval).first()
    if found is None:
        raise NianjianError("rectify_order_unknown", order=approval)
    return found


def orders(ids: Collection[str]) -> dict[str, Order]:
    """These orders by id, as far as there are any, each with the isolation that it lifts."""
    return {one.pk: one for one in Order.objects.filter(pk__in=ids).select_related("lifts")}


def proposed(like: Order) -> list[Order]:
    """Orders of the same kind for the same channel that are not in force."""
    same = Order.objects.filter(enterprise_id=like.enterprise_id, kind=like.kind, key=like.key, channel=like.channel)
    return list(same.filter(approved_at=None))


def of_case(case: Case) -> list[Order]:
    """Every order of a case, asked for or in force, oldest first."""
    return list(Order.objects.filter(case=case).order_by("proposed_at", "pk"))


def effective(case: Case) -> Order | None:
    """The case's newest isolation that was put in force, lifted or not; None: there was none."""
    found = Order.objects.filter(case=case, kind=Order.ISOLATE, approved_at__isnull=False)
    return found.order_by("-approved_at", "-pk").first()


def moment(order: Order) -> datetime:
    """When an order was put in force, Shanghai time; ``rectify_order_pending`` before."""
    if order.approved_at is None:
        raise NianjianError("rectify_order_pending", approval=order.approval)
    return order.approved_at.astimezone(clock.ZONE)


def day(order: Order) -> date:
    """The Shanghai day on which an order was put in force; ``rectify_order_pending`` before."""
    return moment(order).date()


def wall(moment: datetime | None) -> str | None:
    """A moment in Shanghai, ISO 8601."""
    return None if moment is None else moment.astimezone(clock.ZONE).isoformat(timespec="seconds")


def plain(order: Order) -> dict[str, object]:
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
        "proposed_at": wall(order.proposed_at),
        "approved_by": order.approved_by or None,
        "approved_at": wall(order.approved_at),
        "lifted_at": wall(order.lifted_at),
    }
