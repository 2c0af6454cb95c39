"""Count the figures before an isolation and since (R5), and say what is still open before a report goes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.config import env
from nianjian.flows.rectify import lakes
from nianjian.flows.rectify.cases import book, own
from nianjian.flows.rectify.isolate import enforced
from nianjian.gate import places
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.portrait.frame import DAY, Window
from nianjian.rectification import behind, decided, isolate, locate, recheck, states
from nianjian.rectification.cases import query, service
from nianjian.rectification.cases.model import Case, Paper
from nianjian.rectification.orders import query as orders
from nianjian.rectification.orders.model import Order
from nianjian.rules.rulebook import Rulebook

Json = dict[str, Any]


def measure(*, case: str, first: date | None, last: date | None, actor: Actor) -> Json:
    """Count both windows and keep them with the case: ``first`` begins the earlier one, ``last`` ends the later one.

    ``rectify_unknown``, ``rectify_not_isolated``, ``rectify_closed``.
    """
    found = own(case, actor, Act.REPORT)
    order = orders.effective(found)
    if order is None:
        raise NianjianError("rectify_not_isolated", channel=found.pk)
    days = isolate.windows(orders.day(order), min(last or clock.today(), clock.today()), first)
    told = _counted(found.enterprise_id, order, days)
    data = {"snapshot": told["snapshot"], "from": told[isolate.BEFORE]["from"], "to": told[isolate.AFTER]["to"]}
    service.step(case=found, step=states.MEASURED, data=data, actor=actor, measured=told)
    return told


def _counted(enterprise: str, order: Order, days: Mapping[str, Window]) -> Json:
    """Both windows as the tables stand now."""
    isolated = orders.day(order)
    rules = book(enterprise, min(days[isolate.AFTER].first, clock.today()))
    channel = isolate.Channel(order.key, order.channel, order.cap)
    with lakes.tables(enterprise, rules) as tables:
        parts = {name: _figures(tables, channel, window, rules) for name, window in days.items()}
        moment = orders.moment(order).replace(tzinfo=None)
        asked = isolate.that_day(tables.dated["calls"], tables.dated["line_dim"], channel, moment)
        day = {"day": isolated.isoformat(), **tables.engine.rows(asked)[0]}
        snapshot = tables.snapshot
    return {
        **parts,
        "isolated": isolated.isoformat(),
        "key": order.key,
        "channel": order.channel,
        "cap": order.cap,
        "cap_before": order.cap_before,
        "that_day": day,
        "gate": decided.told(
            places.decisions(env.read().home),
            enterprise,
            channel,
            int(orders.moment(order).timestamp() * 1000),
            days[isolate.AFTER].end - DAY,
        ),
        "over_cap": [list(one) for one in isolate.over_cap(parts[isolate.AFTER], day, order.cap)],
        "snapshot": snapshot,
        "rulebook": {"id": rules.id, "version": rules.version, "sha256": rules.sha256},
    }


def _figures(tables: lakes.Tables, channel: isolate.Channel, window: Window, rules: Rulebook) -> Json:
    sources = lakes.terms(rules).sources
    tickets = locate.counted(tables.tickets, tables.dated["complaint_fact"], window, sources)
    asked = isolate.questions(tables.cube, tickets, channel, window)
    rows = {name: tables.engine.rows(expression) for name, expression in asked.items()}
    return isolate.figures(rows, window, rules)


def again(case: Case) -> Json | None:
    """The measured windows counted once more, from the tables as they stand now; None: nothing was measured."""
    order = orders.effective(case)
    if case.measured is None or order is None:
        return None
    days = {
        name: Window(date.fromisoformat(case.measured[name]["from"]), date.fromisoformat(case.measured[name]["to"]))
        for name in (isolate.BEFORE, isolate.AFTER)
    }
    return _counted(case.enterprise_id, order, days)


def until_today(case: Case) -> Json:
    """The earlier window as it was measured, the later one up to today; ``rectify_not_isolated``."""
    order = orders.effective(case)
    if order is None or case.measured is None:
        raise NianjianError("rectify_not_isolated", channel=case.pk)
    first = date.fromisoformat(case.measured[isolate.BEFORE]["from"])
    return _counted(case.enterprise_id, order, isolate.windows(orders.day(order), clock.today(), first))


def gaps(*, case: str, actor: Actor, count: bool = True) -> list[recheck.Gap]:
    """What is open before report and test report go out; ``rectify_unknown``.

    Without ``count`` the figures are not counted again and no tickets are looked through: nothing waits for the lake.
    """
    return of_case(own(case, actor), count=count)


def of_case(case: Case, *, count: bool = True) -> list[recheck.Gap]:
    """The gaps of a case that the actor may see; as `gaps`."""
    order = orders.effective(case)
    waiting, late = _tickets(case, order) if count else ([], [])
    facts = recheck.Facts(
        done=service.done(case),
        isolated=None if order is None else orders.day(order),
        pending=any(one.approved_at is None for one in orders.of_case(case)),
        lifted=order is not None and order.lifted_at is not None,
        enforced=order is not None and enforced(order),
        measured=case.measured,
        again=again(case) if count else None,
        open_tickets=waiting,
        late_tickets=late,
        measures=[(one.due, one.done_on) for one in query.measures(case)],
        tests=[one.dated for one in query.papers(case, Paper.TEST_REPORT) if one.dated is not None],
    )
    return recheck.gaps(facts)


def _tickets(case: Case, order: Order | None) -> tuple[list[str], list[str]]:
    """The channel's tickets of the measured days: those that are open, and those that were closed late."""
    if order is None or case.measured is None:
        return [], []
    rules = book(case.enterprise_id, clock.today())
    window = Window(
        date.fromisoformat(case.measured[isolate.BEFORE]["from"]),
        date.fromisoformat(case.measured[isolate.AFTER]["to"]),
    )
    with lakes.tables(case.enterprise_id, rules) as tables:
        counted = locate.counted(tables.tickets, tables.dated["complaint_fact"], window, lakes.terms(rules).sources)
        hours = rules.integer("complaints.close")
        rows = tables.engine.rows(behind.unsettled(counted, order.key, order.channel, hours))
    return (
        [str(row["complaint_id"]) for row in rows if row["waiting"]],
        [str(row["complaint_id"]) for row in rows if not row["waiting"]],
    )
