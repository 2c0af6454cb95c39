"""Reads of cases and of isolation orders."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final, TypeVar, cast

from django.db.models import QuerySet

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.paper.rectification import ChannelNames
from nianjian.features.dial_policy.rules import MODE, enforces
from nianjian.features.rectification import states
from nianjian.features.rectification.documents import CaseOrder
from nianjian.features.rectification.models import Case, Event, Measure, Order, Paper
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.registers import gate_policies as policies
from nianjian.platform.registers.queries import list_channels

T = TypeVar("T")
PAPER_READ, PAPER_CORRECTED = "paper_read", "paper_corrected"  # events of a case


def get_case(id_: str) -> Case:
    """One case; ``rectify_unknown``."""
    return get_or_raise(Case.objects.filter(pk=id_), "rectify_unknown", case=id_)


def get_case_of(enterprise: str, case: str) -> Case:
    """One case of an enterprise; ``rectify_unknown``, also for another one's."""
    case_row = get_case(case)
    if case_row.enterprise_id != enterprise:
        raise NianjianError("rectify_unknown", case=case)
    return case_row


def list_cases(enterprise: str) -> QuerySet[Case]:
    """The cases of an enterprise, newest first."""
    return Case.objects.filter(enterprise_id=enterprise).order_by("-opened_at", "-pk")


def find_newest_open(enterprise: str) -> Case | None:
    """The first of `list_cases` that is not closed, its key alone; None: there is none."""
    return list_cases(enterprise).exclude(state=states.CLOSED).only("pk").first()


def list_waiting(enterprises: Collection[str]) -> QuerySet[Case]:
    """Cases of several enterprises whose report has not been submitted."""
    return Case.objects.filter(enterprise_id__in=enterprises, submitted_on=None).exclude(state=states.CLOSED)


def list_events(case: Case) -> QuerySet[Event]:
    """What was done, in order."""
    return Event.objects.filter(case=case).order_by("pk")


def list_measures(case: Case) -> QuerySet[Measure]:
    """The measures by their day."""
    return Measure.objects.filter(case=case).order_by("due", "pk")


def get_channel_names(case: Case) -> ChannelNames:
    """Names of lines and teams on the day of the last location; before one, today."""
    located = list_events(case).filter(step=states.LOCATED).last()
    return list_channel_names(
        case.enterprise_id, clock.today() if located is None else located.at.astimezone(clock.ZONE).date()
    )


def list_channel_names(enterprise: str, day: date) -> ChannelNames:
    """Names of lines and teams as the registers have them on a day.

    A line is called by the team that uses it, for that is whom its complaints concern, else by its own name.
    """
    teams, lines = list_channels(enterprise, day)
    return {"team": teams, "line": {key: team or name for key, (name, team) in lines.items()}}


def list_papers(case: Case) -> QuerySet[Paper]:
    """The papers, oldest first."""
    return Paper.objects.filter(case=case).order_by("pk")


def list_readers(case: Case) -> dict[int, str]:
    """Paper -> who has read it and confirmed what is said of it; a correction since undoes that."""
    readers: dict[int, str] = {}
    numbers = {paper.sha256: paper.pk for paper in list_papers(case) if paper.kind == Paper.TEST_REPORT}
    for event in list_events(case).filter(step__in=(PAPER_READ, PAPER_CORRECTED)):
        if event.step == PAPER_READ:
            readers[int(event.data["paper"])] = event.actor
        else:
            readers.pop(numbers.get(event.data["sha256"], 0), None)
    return readers


def has_reader(paper: Paper, readers: Mapping[int, str]) -> bool:
    """Whether somebody answers for an assessment: its text names it one, or a person has read it."""
    return bool(paper.titled) or paper.pk in readers


def list_isolations(enterprise: str) -> QuerySet[Order]:
    """The isolations of an enterprise that hold now, oldest first."""
    holding = Order.objects.filter(kind=Order.ISOLATE, approved_at__isnull=False, lifted_at=None)
    return holding.filter(enterprise_id=enterprise).order_by("approved_at", "pk")


def find_in_force(enterprise: str, key: str, channel: str) -> Order | None:
    """The isolation of a channel that holds now; None: it is not isolated."""
    return list_isolations(enterprise).filter(key=key, channel=channel).first()


def get_order_of_approval(approval: str) -> Order:
    """The order of a request; ``rectify_order_unknown``."""
    return get_or_raise(Order.objects.filter(approval=approval), "rectify_order_unknown", order=approval)


def list_orders(case: Case) -> list[Order]:
    """Every order of a case, asked for or in force, oldest first."""
    return list(Order.objects.filter(case=case).select_related("lifts").order_by("proposed_at", "pk"))


def list_orders_of_no_case(enterprise: str) -> list[Order]:
    """Every order of an enterprise that belongs to no case, oldest first."""
    orders = Order.objects.filter(enterprise_id=enterprise, case=None).select_related("lifts")
    return list(orders.order_by("proposed_at", "pk"))


def list_undecided_orders(orders: Collection[Order]) -> list[Order]:
    """Those of the orders that still wait for a second person."""
    waiting = [one for one in orders if one.approved_at is None]
    refused = approvals.list_refused([one.approval for one in waiting]) if waiting else set()
    return [one for one in waiting if one.approval not in refused]


def find_effective(case: Case) -> Order | None:
    """The case's newest isolation that was put in force, lifted or not; None: there was none."""
    orders = Order.objects.filter(case=case, kind=Order.ISOLATE, approved_at__isnull=False)
    return orders.order_by("-approved_at", "-pk").first()


def to_document(kind: type[T], row: object, **more: object) -> T:
    """A row as a document of a ``kind``: its columns by their names, and what ``more`` says."""
    names = [field.name for field in fields(cast("Any", kind)) if field.name not in more]
    columns = {name: getattr(row, name) for name in names}
    return kind(**columns, **more)


def row_document(row: object, *names: str) -> dict[str, Any]:
    """Columns of a row as an entry of the chain has them; days as ISO text."""
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


def wall_time(moment: datetime) -> str:
    """A moment in Shanghai, ISO 8601."""
    return moment.astimezone(clock.ZONE).isoformat(timespec="seconds")


GATE: Final = {"line": "channel", "display": "display", "team": "team"}  # what the gate calls a key


def gate_name(key: str, channel: str) -> str:
    """What the gate calls a channel: a displayed number by its digits."""
    value = numbers.normalise(channel).value if key == "display" else None
    return channel if value is None else str(value)


def is_gate_observing(enterprise: str) -> bool:
    """Whether the gate only looks on at all calls of the enterprise (试运行): then no isolation refuses any."""
    mode = policies.find_policy_in_force(enterprise, MODE, "")
    return mode is not None and not mode.values["enforce"]


def find_gate_values(enterprise: str, key: str, channel: str) -> dict[str, Any] | None:
    """What the gate holds a channel to now, with ``enforce``; None: nothing was set."""
    standing = policies.find_policy_in_force(enterprise, GATE.get(key, key), gate_name(key, channel))
    return None if standing is None else {**standing.values, "enforce": enforces(standing)}


def find_gate_cap(enterprise: str, key: str, channel: str) -> int | None:
    """The cap of a day that was set for a channel; None: none was."""
    cap = (find_gate_values(enterprise, key, channel) or {}).get("cap")
    return None if cap is None else int(cap)


def find_cap_before(order: Order) -> int | None:
    """The cap that an order replaces; None: the gate held the channel to none.

    A channel that is enforced without a cap of its own is held to the rulebook's, which the order has noted.
    """
    before = order.gate_before or {}
    cap = before.get("cap")
    if order.kind == Order.LIFT or (cap is None and before.get("enforce") and not before.get("uncapped")):
        return order.cap_before
    return None if cap is None else int(cap)


def find_cap(order: Order) -> int | None:
    """The cap that an order orders; a lifting gives back what held before the isolation, None: no cap."""
    return order.cap if order.lifts is None else find_cap_before(order.lifts)


def order_document(order: Order, *, waiting: bool) -> CaseOrder:
    """The order; moments are Shanghai time."""
    return CaseOrder(
        order=order.pk,
        case=order.case_id,
        kind=order.kind,
        key=order.key,
        channel=order.channel,
        white_list=order.white_list,
        reason=order.reason,
        end=order.end,
        approval=order.approval,
        proposed_by=order.proposed_by,
        cap=find_cap(order),
        cap_before=find_cap_before(order),
        proposed_at=wall_time(order.proposed_at),
        approved_by=order.approved_by or None,
        approved_at=None if order.approved_at is None else wall_time(order.approved_at),
        lifted_at=None if order.lifted_at is None else wall_time(order.lifted_at),
        waiting=waiting,
    )


def map_orders(approvals: Collection[str]) -> dict[str, Order]:
    """The orders that these requests are about, by request; other requests are left out."""
    return {order.approval: order for order in Order.objects.filter(approval__in=approvals)}
