"""Count the figures before an isolation and since (R5), and say what is still open before a report goes out."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from nianjian.engines.gate.snapshot import files
from nianjian.engines.gate.snapshot.lists import NumberList
from nianjian.engines.gate.snapshot.read import open_snapshot
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.frame import DAY, Window
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dial_policy.operations import facts as gate_facts
from nianjian.features.dial_policy.operations import feed as gate_feed
from nianjian.features.rectification import (
    drill_down_rows,
    gate_decisions,
    isolate,
    locate,
    recheck,
    states,
    white_list,
)
from nianjian.features.rectification.cases import query, service
from nianjian.features.rectification.cases.model import Case, Paper
from nianjian.features.rectification.operations import lakes
from nianjian.features.rectification.operations.cases import book, own
from nianjian.features.rectification.operations.isolate import enforced
from nianjian.features.rectification.orders import query as orders
from nianjian.features.rectification.orders.model import Order
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env
from nianjian.platform.jobs.progress import Progress, Steps, silent

Json = dict[str, Any]

LOG: Final = logging.getLogger(__name__)
COUNTING = lakes.SETTING_UP + 13  # steps of `_counted`
LOOKING = lakes.SETTING_UP + 1  # steps of `_tickets`


def measure(*, case: str, first: date | None, last: date | None, actor: Actor, progress: Progress = silent) -> Json:
    """Count both windows and keep them with the case: ``first`` begins the earlier one, ``last`` ends the later one.

    ``rectify_unknown``, ``rectify_closed``, and those of `measurable`.
    """
    found = own(case, actor, Act.REPORT)
    order, days = measurable(found, first, last)
    told = _counted(found.enterprise_id, order, days, Steps(progress, found.pk, COUNTING))
    data = {"snapshot": told["snapshot"], "from": told[isolate.BEFORE]["from"], "to": told[isolate.AFTER]["to"]}
    service.step(case=found, step=states.MEASURED, data=data, actor=actor, measured=told)
    return told


def measurable(case: Case, first: date | None, last: date | None) -> tuple[Order, dict[str, Window]]:
    """The order in force and the days before it and since; ``rectify_case_not_isolated``, ``rectify_days_reversed``."""
    order = orders.effective(case)
    if order is None:
        raise NianjianError("rectify_case_not_isolated", case=case.pk)
    day, end = orders.day(order), min(last or clock.today(), clock.today())
    for start, stop in ((first or day - DAY, day - DAY), (day, end)):
        if start > stop:
            raise NianjianError("rectify_days_reversed", first=start.isoformat(), last=stop.isoformat())
    return order, isolate.windows(day, end, first)


def _counted(enterprise: str, order: Order, days: Mapping[str, Window], step: Steps) -> Json:
    """Both windows as the tables stand now."""
    isolated = orders.day(order)
    rules = book(enterprise, min(days[isolate.AFTER].first, clock.today()))
    channel = isolate.Channel(order.key, order.channel, order.cap)
    step()
    consents = _consents(enterprise)
    with lakes.tables(enterprise, rules, step) as tables:
        parts = {name: _figures(tables, channel, window, rules, step) for name, window in days.items()}
        for name, window in days.items():
            told = _white_listed(tables, channel, window, consents or (), step)
            parts[name]["channel"] |= told if consents is not None else {}
        step()
        moment = orders.moment(order).replace(tzinfo=None)
        asked = isolate.that_day(tables.dated["calls"], tables.dated["line_dim"], channel, moment)
        day = {"day": isolated.isoformat(), **tables.engine.rows(asked)[0]}
        snapshot = tables.snapshot
    step()
    return {
        **parts,
        "isolated": isolated.isoformat(),
        "key": order.key,
        "channel": order.channel,
        "cap": order.cap,
        "cap_before": order.cap_before,
        "that_day": day,
        "gate": gate_decisions.summarize_decisions(
            files.decisions_folder(env.read().home),
            enterprise,
            channel,
            int(orders.moment(order).timestamp() * 1000),
            days[isolate.AFTER].end - DAY,
            lines=_lines(enterprise, order.key, order.channel),
        ),
        "over_cap": [list(one) for one in isolate.over_cap(parts[isolate.AFTER], day, order.cap)],
        "snapshot": snapshot,
        "rulebook": {"id": rules.id, "version": rules.version, "sha256": rules.sha256},
    }


def _lines(enterprise: str, key: str, team: str) -> list[str]:
    """The lines that the register gives a team; none for another channel."""
    if key != "team":
        return []
    return [line["name"] for line in gate_facts.channels(enterprise, set(), set()) if line["team"] == team]


def _figures(tables: lakes.Tables, channel: isolate.Channel, window: Window, rules: Rulebook, step: Steps) -> Json:
    sources = lakes.terms(rules).sources
    tickets = locate.select_counted_tickets(tables.tickets, tables.dated["complaint_fact"], window, sources)
    asked = isolate.questions(tables.cube, tickets, channel, window)
    rows = {}
    for name, expression in asked.items():
        step()
        rows[name] = tables.engine.rows(expression)
    return isolate.figures(rows, window, rules)


def _consents(enterprise: str) -> Sequence[NumberList] | None:
    """The lists of consents by which the gate decides now; None: it has no snapshot that can be read.

    Nothing is written for that: figures are counted whatever becomes of the gate, and of other enterprises' lists.
    """
    try:
        tenant = open_snapshot(gate_feed.root()).tenants.get(enterprise)
    except NianjianError:
        LOG.warning("counted without consents: the gate's snapshot cannot be read", exc_info=True)
        return None
    return None if tenant is None else tenant.consented


def _white_listed(
    tables: lakes.Tables, channel: isolate.Channel, window: Window, consents: Sequence[NumberList], step: Steps
) -> Json:
    """How many of the channel's calls in a window went to callees with a consent on file at that moment."""
    asked = isolate.attempts(tables.dated["calls"], tables.dated["line_dim"], channel, window, white_list.ALSO)
    step()
    called = tables.engine.rows(white_list.callees(asked)) if consents else []
    step()
    spans = tables.engine.hold("consents", white_list.spans(called, consents))
    return white_list.summarize_counts(tables.engine.rows(white_list.count_listed_attempts(asked, spans))[0])


def again(case: Case, step: Steps) -> Json | None:
    """The measured windows counted once more, from the tables as they stand now; None: nothing was measured."""
    order = orders.effective(case)
    if case.measured is None or order is None:
        return None
    days = {
        name: Window(date.fromisoformat(case.measured[name]["from"]), date.fromisoformat(case.measured[name]["to"]))
        for name in (isolate.BEFORE, isolate.AFTER)
    }
    return _counted(case.enterprise_id, order, days, step)


def until_today(case: Case, step: Steps) -> Json:
    """The earlier window as it was measured, the later one up to today; ``rectify_case_not_isolated``."""
    order = orders.effective(case)
    if order is None or case.measured is None:
        raise NianjianError("rectify_case_not_isolated", case=case.pk)
    first = date.fromisoformat(case.measured[isolate.BEFORE]["from"])
    return _counted(case.enterprise_id, order, isolate.windows(orders.day(order), clock.today(), first), step)


def gaps(*, case: str, actor: Actor, progress: Progress = silent) -> list[recheck.Gap]:
    """What is open before report and test report go out, everything counted anew; ``rectify_unknown``."""
    held = own(case, actor)
    return of_case(held, Steps(progress, held.pk, COUNTING + LOOKING))


def list_gaps_without_lake(case: Case) -> list[recheck.Gap]:
    """What is open as far as no figures are counted and no tickets looked through: nothing waits for the lake."""
    return of_case(case, None)


def of_case(case: Case, step: Steps | None, *, sending: bool = False) -> list[recheck.Gap]:
    """The gaps of a case that the actor may see; without ``step`` as `standing`.

    ``sending``: the report that was set is to go out, so it must say what the case says now.
    """
    order = orders.effective(case)
    waiting, late = ([], []) if step is None else _tickets(case, order, step)
    facts = recheck.Facts(
        done=service.list_completed_steps(case),
        isolated=None if order is None else orders.day(order),
        pending=any(one.approved_at is None for one in orders.of_case(case)),
        lifted=order is not None and order.lifted_at is not None,
        enforced=order is not None and enforced(order),
        measured=case.measured,
        again=None if step is None else again(case, step),
        open_tickets=waiting,
        late_tickets=late,
        measures=[(one.due, one.done_on) for one in query.measures(case)],
        outdated=sending and _outdated(case),
        tests=[one.dated for one in query.papers(case, Paper.TEST_REPORT) if one.dated is not None],
    )
    return recheck.gaps(facts)


def _outdated(case: Case) -> bool:
    """Whether the case was located or measured anew after its report was set."""
    newest: dict[str, Any] = {}
    for one in query.events(case):
        newest[one.step] = max(one.at, newest.get(one.step, one.at))
    reported = newest.get(states.REPORTED)
    return reported is None or any(
        newest[name] > reported for name in (states.LOCATED, states.MEASURED) if name in newest
    )


def _tickets(case: Case, order: Order | None, step: Steps) -> tuple[list[str], list[str]]:
    """The channel's tickets of the measured days: those that are open, and those that were closed late."""
    if order is None or case.measured is None:
        return [], []
    rules = book(case.enterprise_id, clock.today())
    window = Window(
        date.fromisoformat(case.measured[isolate.BEFORE]["from"]),
        date.fromisoformat(case.measured[isolate.AFTER]["to"]),
    )
    with lakes.tables(case.enterprise_id, rules, step) as tables:
        counted = locate.select_counted_tickets(
            tables.tickets, tables.dated["complaint_fact"], window, lakes.terms(rules).sources
        )
        hours = rules.integer("complaints.close")
        step()
        rows = tables.engine.rows(drill_down_rows.unsettled(counted, order.key, order.channel, hours))
    return (
        [str(row["complaint_id"]) for row in rows if row["waiting"]],
        [str(row["complaint_id"]) for row in rows if not row["waiting"]],
    )
