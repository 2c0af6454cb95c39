"""Isolate a channel (R3, R4) and lift it again: asked for by one person, carried out when a second has agreed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dial_policy.operations import facts as gate_facts
from nianjian.features.dial_policy.operations import policy as gate_policy
from nianjian.features.rectification import states
from nianjian.features.rectification.cases import service as cases
from nianjian.features.rectification.operations.cases import book, own
from nianjian.features.rectification.orders import query, service
from nianjian.features.rectification.orders.model import Order
from nianjian.features.rectification.orders.service import IsolationTerms
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import gate_policies as policies

Json = dict[str, Any]

GATE: Final = {"line": "channel", "display": "display", "team": "team"}  # what the gate calls a key
DEFAULT: Final = {"cap": None, "white_list": False}


def request_isolation(
    *,
    enterprise: str,
    case: str | None,
    key: str,
    channel: str,
    cap: int | None,
    reason: str,
    end: str,
    actor: Actor,
) -> Json:
    """Ask for an isolation; ``cap`` None: what the rulebook says (30), or what the gate allows already if that is less.

    White list only, whatever the cap. A displayed number is taken by its digits, however it is written.
    ``role_missing``, ``rectify_unknown``, ``rectify_closed``, ``rectify_cap_not_lower``, those of `service.isolate`.
    """
    channel = _plain(key, channel)
    if not channel:
        raise NianjianError("rectify_channel_missing")
    held = None if case is None else own(case, actor, Act.REQUEST)
    enterprise = enterprise if held is None else held.enterprise_id
    require(actor, enterprise, Act.REQUEST)
    if held is not None and held.state == states.CLOSED:
        raise NianjianError("rectify_closed", case=held.pk)
    _check(enterprise, key, channel)
    rules = book(enterprise, clock.today())
    after, before = rules.integer("rectification.frequency.after"), _allowed(enterprise, key, channel, rules)
    if cap is not None and before <= cap > after:
        raise NianjianError("rectify_cap_not_lower", cap=cap, before=before)
    wanted = IsolationTerms(
        key=key,
        channel=channel,
        cap=min(after, before) if cap is None else cap,
        cap_before=before,
        white_list=True,
        reason=reason,
        end=end,
    )
    order, asked = service.isolate(enterprise=enterprise, case=held, wanted=wanted, actor=actor)
    return {"approval": asked.id, "state": asked.state, "order": order.pk, "channel": order.channel, "cap": order.cap}


def usual_cap(enterprise: str) -> int:
    """The cap that the rulebook names for an isolated channel."""
    return book(enterprise, clock.today()).integer("rectification.frequency.after")


def ask_lift(*, enterprise: str, key: str, channel: str, reason: str, actor: Actor, case: str | None = None) -> Json:
    """Ask to lift an isolation; ``case`` names the enterprise where it is given.

    ``role_missing``, ``rectify_unknown``, ``rectify_not_isolated``, and those of `service.lift`.
    """
    if case is not None:
        enterprise = own(case, actor, Act.REQUEST).enterprise_id
    require(actor, enterprise, Act.REQUEST)
    standing = query.in_force(enterprise, key, _plain(key, channel))
    if standing is None:
        raise NianjianError("rectify_not_isolated", channel=channel)
    order, asked = service.lift(isolation=standing, reason=reason, actor=actor)
    return {"approval": asked.id, "state": asked.state, "order": order.pk, "channel": order.channel, "cap": order.cap}


def approved(approval: str, actor: Actor) -> Json:
    """Carry out what the second person agrees to: order, the case's step and the gate's policy in one transaction.

    Lifted, the channel gets back what the gate allowed before. Errors as `service.approve` and `gate_policy.carry`.
    """
    with transaction.atomic():
        found = query.of_approval(approval)
        standing = policies.find_policy_in_force(found.enterprise_id, GATE[found.key], gate_name(found))
        before = None if standing is None else standing.values
        order = service.approve(approval=approval, actor=actor, gate_before=before)
        values: Mapping[str, Any] = {"cap": order.cap, "white_list": order.white_list}
        if order.lifts is not None:
            values = order.lifts.gate_before or DEFAULT
        gate_policy.carry(
            enterprise=order.enterprise_id,
            key=GATE[order.key],
            name=order.channel,
            cap=values["cap"],
            white_list=values["white_list"],
            reason=order.reason,
            approval=approval,
            actor=actor,
        )
        if order.case is not None and order.lifts is None and order.case.state != states.CLOSED:
            data = {"order": order.pk, "key": order.key, "channel": order.channel, "cap": order.cap}
            cases.step(case=order.case, step=states.ISOLATED, data=data, actor=actor)
    return {"key": order.key, "channel": order.channel, "cap": values["cap"], "white_list": values["white_list"]}


def gate_name(order: Order) -> str:
    """What the gate calls the channel: a displayed number by its digits."""
    return _gate_name(order.key, order.channel)


def _gate_name(key: str, channel: str) -> str:
    value = numbers.normalise(channel).value if key == "display" else None
    return channel if value is None else str(value)


def _plain(key: str, channel: str) -> str:
    """A displayed number as records and rows print it; everything else as it is written."""
    found = numbers.normalise(channel) if key == "display" else None
    return channel.strip() if found is None or found.value is None else numbers.printed(found.shape, found.value)


def _allowed(enterprise: str, key: str, channel: str, rules: Rulebook) -> int:
    """How many attempts a day the channel has before: the gate's own cap where one stands, else the rulebook's."""
    standing = policies.find_policy_in_force(enterprise, GATE.get(key, key), _gate_name(key, channel))
    cap = None if standing is None else standing.values.get("cap")
    return rules.integer("rectification.frequency.before") if cap is None else int(cap)


def enforced(order: Order) -> bool:
    """Whether the gate holds the channel of an isolation to its cap, or a lower one, and to the white list."""
    standing = policies.find_policy_in_force(order.enterprise_id, GATE[order.key], gate_name(order))
    values = {} if standing is None else standing.values
    cap = values.get("cap")
    return bool(values.get("white_list")) and cap is not None and cap <= order.cap


def _check(enterprise: str, key: str, channel: str) -> None:
    """``gate_channel_unknown`` at once for a line that stands in no register, not only when it is approved."""
    lines = gate_facts.channels(enterprise, set(), set()) if key == "line" else ()
    if key == "line" and not any(line["name"] == channel.strip() for line in lines):
        raise NianjianError("gate_channel_unknown", channel=channel)


def describe_requests(subjects: Collection[str]) -> dict[str, Json]:
    """What requests ask for, by subject, to be read before saying yes; of a lifting, what it was to wait for."""
    return {id_: _told(order) for id_, order in query.orders(subjects).items()}


def _told(order: Order) -> Json:
    names = ("channel", "cap", "cap_before", "white_list", "reason", "case")
    one = query.plain(order)
    end = order.end if order.lifts is None else order.lifts.end
    return {"by": order.key, **{name: one[name] for name in names}, "end": end}
