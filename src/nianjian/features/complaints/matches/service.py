"""Keep what a run found, and what people decide: one transaction, one audit entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import query
from nianjian.features.complaints.match import Confidence, Match
from nianjian.features.complaints.model import Complaint, Proposal
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.registers.columns import Row
from nianjian.platform.registers.versions import Plan, Source, column_values, write_plan

DECIDED: Final = (Proposal.CONFIRMED, Proposal.DISMISSED)
REASON: Final = "match"  # of versions that a match made
_ANSWER: Final = ("state", "link", "confidence", "candidates", "call", "runner_up")
_LINKED: Final = ("call_id", "line_id", "team_id")

Call = Mapping[str, str | None]


def keep(
    *, enterprise: str, found: Sequence[Match], snapshot: int | None, seen: datetime, actor: Actor
) -> dict[str, int]:
    """Keep a run's answers; a ticket with an unambiguous call takes it, and loses one that is so no more.

    ``seen``: the moment as of which it read the tickets; of one that was edited since, the next run finds the answer.
    How many answers of each state, and how many tickets changed (``linked``). What a person has decided on stays.
    """
    now = clock.now()
    with transaction.atomic():
        lock_enterprise(enterprise)
        known = {one.key: one for one in Proposal.objects.filter(enterprise_id=enterprise)}
        later = _edited(enterprise, seen) | {key for key, one in known.items() if one.state in DECIDED}
        open_ = [one for one in found if one.complaint not in later]
        fresh: list[Proposal] = []
        changed: list[Proposal] = []
        calls: dict[str, Call | None] = {}
        rows = query.load_current_tickets(enterprise, [one.complaint for one in open_ if one.complaint in known])
        for one in open_:
            old = known.get(one.complaint)
            row = old or Proposal(enterprise_id=enterprise, key=one.complaint)
            if one.complaint in rows:  # what a person wrote over a call since is the person's
                row.filled = still_filled(row, {name: getattr(rows[one.complaint], name) for name in _LINKED})
            answer = _answer(one)
            if old is None or any(getattr(row, name) != value for name, value in answer.items()):
                calls[row.key] = answer["call"] if answer["state"] == Proposal.ASSERTED else None
            for name, value in answer.items():
                setattr(row, name, value)
            row.snapshot, row.made_at = snapshot, now
            (fresh if old is None else changed).append(row)
        by_key = {row.key: row for row in (*fresh, *changed)}
        linked = _link(enterprise, calls, by_key, actor)
        Proposal.objects.bulk_create(fresh, batch_size=200)
        Proposal.objects.bulk_update(changed, [*_ANSWER, "filled", "snapshot", "made_at"], batch_size=100)
        counted = {state: sum(row.state == state for row in by_key.values()) for state in Proposal.STATES}
        told = {state: count for state, count in counted.items() if count} | {"linked": linked}
        if calls:
            record(verb="complaints.match", enterprise=enterprise, actor=actor, data={**told, "calls": snapshot})
    return told


def decide(*, enterprise: str, complaint: str, actor: Actor, confirmed: bool, runner_up: bool) -> None:
    """Confirm a proposal, or its runner-up, or dismiss it; ``complaint_proposal_missing`` where none waits."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = Proposal.objects.filter(enterprise_id=enterprise, key=complaint, state=Proposal.PROPOSED).first()
        if row is None or (confirmed and runner_up and row.runner_up is None):
            raise NianjianError("complaint_proposal_missing", complaint=complaint)
        if confirmed and runner_up:
            row.call, row.runner_up = row.runner_up, row.call
        row.state = Proposal.CONFIRMED if confirmed else Proposal.DISMISSED
        row.decided_by, row.decided_at = str(actor), clock.now()
        _link(enterprise, {complaint: row.call if confirmed else None}, {complaint: row}, actor)
        row.save(update_fields=["state", "decided_by", "decided_at", "call", "runner_up", "filled"])
        told = {"complaint": complaint, "decision": row.state, "runner_up": runner_up}
        record(verb="complaints.match.decide", enterprise=enterprise, actor=actor, data=told)


def delete_left(*, enterprise: str) -> int:
    """Delete proposals of tickets of which no version is left, inside the caller's transaction; how many."""
    kept_keys = Complaint.objects.filter(enterprise_id=enterprise).values("key")
    count, _each = Proposal.objects.filter(enterprise_id=enterprise).exclude(key__in=kept_keys).delete()
    return count


def still_filled(proposal: Proposal, values: Call) -> list[str]:
    """Which of a ticket's ``values`` are still those that the proposal's call has filled."""
    call = proposal.call or {}
    return [name for name in proposal.filled if name in values and values[name] == call.get(name)]


def _edited(enterprise: str, since: datetime) -> set[str]:
    """Tickets of which somebody wrote another version; a match's own writing edits nothing."""
    rows = query.tickets(enterprise, drills=True).filter(recorded_at__gt=since)
    return {key for key, reason in rows.values_list("key", "reason") if reason != REASON}


def _answer(one: Match) -> dict[str, Any]:
    if one.call is None:
        state = Proposal.NONE
    else:
        state = Proposal.ASSERTED if one.confidence is Confidence.HIGH else Proposal.PROPOSED
    return {
        "state": state,
        "link": one.link,
        "confidence": one.confidence.value,
        "candidates": one.candidates,
        "call": None if one.call is None else one.call.as_dict(),
        "runner_up": None if one.runner_up is None else one.runner_up.as_dict(),
    }


def _link(enterprise: str, calls: Mapping[str, Call | None], proposals: Mapping[str, Proposal], actor: Actor) -> int:
    """Write call, line and team where nothing else stands, and take away what an earlier call had filled; how many."""
    plan = Plan(Complaint, Source(str(actor), clock.now(), reason=REASON))
    for key, row in query.load_current_tickets(enterprise, list(calls)).items():
        call, proposal = calls[key] or {}, proposals[key]
        own = {name: None if name in proposal.filled else getattr(row, name) for name in _LINKED}
        made: Row = {name: own[name] or call.get(name) for name in _LINKED}
        proposal.filled = [name for name in _LINKED if own[name] is None and made[name] is not None]
        if any(getattr(row, name) != value for name, value in made.items()):
            plan.correct(row, column_values(row, COMPLAINTS) | made)
    write_plan(plan)
    return len(plan.new)
