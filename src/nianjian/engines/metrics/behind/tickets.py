"""Complaints behind complaint rate and closing rate, with what the complaint itself says."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.metrics.behind.ask import EXCLUDED, Ask
from nianjian.engines.metrics.definitions import closing_rate, complaint_rate
from nianjian.engines.metrics.frame import DAY, Frame, Window
from nianjian.engines.metrics.metric import Rules, kinds_of, whole
from nianjian.engines.metrics.tables import latest

ORDER: Final = ("accepted_ts", "complaint_id")
SAID: Final = ("complaint_id", "reference", "complainant", "complained", "call_ts", "category")
TICKETS: Final = frozenset({"complaints", "undated"})


def behind_rate(tickets: ir.Table, complaint_fact: ir.Table, ask: Ask, window: Window, rules: Rules) -> ir.Table:
    """Complaints of D2: counted ones, those of a channel, those left out for a reason, those without a day."""
    told = tickets.filter(tickets.source.isin(kinds_of(rules, complaint_rate.CARD.rules[4])))
    if ask.component == "undated":
        told = told.filter(told.accepted_day.isnull(), told.excluded_rate.isnull())
    else:
        told = told.filter(told.accepted_day >= window.first, told.accepted_day < window.end)
        reason = ask.component.removeprefix(EXCLUDED) if ask.component.startswith(EXCLUDED) else None
        told = told.filter(told.excluded_rate.isnull() if reason is None else told.excluded_rate == reason)
    source = ask.component.removeprefix("complaints_")
    if source != ask.component:
        told = told.filter(told.source == source)
    return _with_words(_narrowed(told.mutate(reason=told.excluded_rate), ask), complaint_fact)


def behind_closing(
    tickets: ir.Table, complaint_fact: ir.Table, ask: Ask, *, window: Window, frame: Frame, rules: Rules
) -> ir.Table:
    """Tickets of D4 as they stand at the end of the as-of day."""
    if ask.component.startswith(EXCLUDED):
        end = ibis.literal(datetime.combine(frame.as_of + DAY, time()))
        left = tickets.filter(tickets.accepted_day >= window.first, tickets.accepted_day < window.end)
        left = left.filter(left.accepted_ts < end, left.excluded_ticket == ask.component.removeprefix(EXCLUDED))
        return _with_words(_narrowed(left.mutate(reason=left.excluded_ticket), ask), complaint_fact)
    hours = whole(rules.rule(closing_rate.CARD.rules[1]).value)
    told = closing_rate.flag_closed_tickets(tickets, frame, hours)
    if ask.component == "undated":
        told = told.filter(told.accepted_day.isnull())
    else:
        told = told.filter(told.accepted_day >= window.first, told.accepted_day < window.end, told.exists == 1)
    match ask.component:
        case "closed":
            told = told.filter(told.closed == 1)
        case "open":
            told = told.filter(told.closed == 0)
        case "on_time":
            told = told.filter(told.on_time == 1)
        case "undated_arrival":
            told = told.filter(told.closed == 1, told.arrival_missing == 1)
        case _:
            pass
    told = told.mutate(display=told.display.cast("int64"), reason=told.excluded_ticket)
    return _with_words(_narrowed(told, ask), complaint_fact)


def _narrowed(told: ir.Table, ask: Ask) -> ir.Table:
    for split, key in ask.keys.items():
        if split == "display":  # keys are texts, a landline with its 0
            told = told.filter(told.display.isnull() if key is None else told.display == int(key))
        else:
            told = told.filter(told[split].isnull() if key is None else told[split] == key)
    return told


def _with_words(told: ir.Table, complaint_fact: ir.Table) -> ir.Table:
    said = latest(complaint_fact, "complaint_id").select(*SAID).rename(said_id="complaint_id")
    return told.left_join(said, told.complaint_id == said.said_id).drop("said_id")
