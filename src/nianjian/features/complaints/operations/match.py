"""Match tickets with calls: publish the tickets, look through the lake, keep the answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Annotated, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.features.complaints import match, query
from nianjian.features.complaints.matches import service
from nianjian.features.complaints.model import Proposal
from nianjian.features.complaints.operations.publish import publish
from nianjian.features.complaints.operations.resource import TICKETS
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act as Permission
from nianjian.platform.home import wiring
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.operations.fields import Choice, Flag, Key, OptionalKeys
from nianjian.platform.operations.operation import Body, Job, operation
from nianjian.platform.rulebook.rulebooks import rulebook

WINDOW: Final = "portrait.complaint_rate.match_window"  # minutes around the time that a complaint names
DECISIONS: Final = ("confirm", "runner_up", "dismiss")
TABLES: Final = ("calls", "line_dim", "complaint_fact")


def _require_tickets(*, enterprise: str, complaints: Sequence[str] | None, again: bool) -> None:
    """Raise ``complaint_unknown`` for a ticket that is not there."""
    del again
    known = query.tickets(enterprise).filter(key__in=list(complaints or ())).values_list("key", flat=True)
    if missing := set(complaints or ()) - set(known):
        raise NianjianError("complaint_unknown", complaint=min(missing))


@operation(
    "complaints.match", on=TICKETS, permission=Permission.LOAD, path="/matches",
    job=Job(kind=flow.MATCH_TICKETS, repeatable=True, check=_require_tickets),
    body=Body(
        "MatchAsked",
        "Which tickets, all where none are named; ``again``: also those for which nothing new can be found.",
    ),
)  # fmt: skip
def match_tickets(
    *,
    enterprise: str,
    actor: Actor,
    complaints: OptionalKeys = None,
    again: Flag = False,
    progress: Progress = silent,
) -> dict[str, int]:
    """Look for the calls of tickets: work for the worker, whose result counts what was found.

    Without ``complaints`` all that are not excluded; what nothing new can be found for is left out, unless ``again``.
    What a person decided stays in any case. The calls are looked through month by month of the tickets: what a run
    finds is kept at its end, or not at all. How many of each state, ``linked`` and ``looked_at``.
    ``complaint_unknown``.
    """
    tenant = accounts.enterprise(enterprise)
    lake = wiring.lake(enterprise)
    progress("", 0, 0)
    seen = clock.now()
    publish(lake, enterprise)
    minutes = rulebook(day=None, province=tenant.province or None, enterprise=enterprise).integer(WINDOW)
    with lake.lock():  # tickets, calls and lines of one moment
        versions = {name: lake.version(name) for name in TABLES}
        files = {name: lake.files(name) for name in TABLES}
    wanted, own_ids = _wanted(enterprise, complaints or None, versions["calls"], again=again)
    months, found = _months(enterprise, wanted), list[match.Match]()
    with closing(wiring.engine()) as engine:
        tables = {name: engine.table(name, files[name], SCHEMAS[name]) for name in TABLES}
        for place, month in enumerate(months):
            progress(month, place, len(months))
            found += match.match_calls(engine, tables, months[month], own_ids, minutes)
    told = service.keep(enterprise=enterprise, found=found, snapshot=versions["calls"], seen=seen, actor=actor)
    return {"looked_at": len(found)} | told


@operation(
    "complaints.decide", on=TICKETS, permission=Permission.LOAD, path="/tickets/{ticket}/match",
    body=Body("MatchDecision", "Whether it is the proposed call, the runner-up, or neither."),
)  # fmt: skip
def decide(*, enterprise: str, complaint: Key, actor: Actor, decision: Annotated[str, Choice(DECISIONS)]) -> None:
    """Confirm the call that was found, or its runner-up, or dismiss both.

    The ticket takes the confirmed one. Raises what `matches.service.decide` raises.
    """
    service.decide(
        enterprise=enterprise,
        complaint=complaint,
        actor=actor,
        confirmed=decision != "dismiss",
        runner_up=decision == "runner_up",
    )


def _wanted(
    enterprise: str, complaints: Sequence[str] | None, calls: int | None, *, again: bool
) -> tuple[frozenset[str], frozenset[str]]:
    """Numbers of the tickets to be looked at, and of those whose call id a run has written."""
    tickets = query.tickets(enterprise)
    rows = tickets.filter(exclusion=None) if complaints is None else tickets.filter(key__in=list(complaints))
    known = {one.key: one for one in Proposal.objects.filter(enterprise_id=enterprise)}
    fields = rows.values_list("key", "recorded_at", "reason", "call_id")
    recorded = {key: (at, reason, call_id) for key, at, reason, call_id in fields}
    if missing := set(complaints or ()) - recorded.keys():
        raise NianjianError("complaint_unknown", complaint=min(missing))
    wanted, own_ids = set(), set()
    for key, (recorded_at, reason, call_id) in recorded.items():
        proposal = known.get(key)
        if proposal is not None and "call_id" in service.still_filled(proposal, {"call_id": call_id}):
            own_ids.add(key)
        if proposal is None or (
            proposal.state not in service.DECIDED and (again or _older(proposal, calls, recorded_at, reason))
        ):
            wanted.add(key)
    return frozenset(wanted), frozenset(own_ids)


def _months(enterprise: str, wanted: frozenset[str]) -> dict[str, frozenset[str]]:
    """Month of acceptance -> tickets, so that each look reaches over few days of calls."""
    by_month: defaultdict[str, set[str]] = defaultdict(set)
    for key, accepted in query.tickets(enterprise, drills=True).values_list("key", "accepted_at"):
        if key in wanted:
            by_month[f"{accepted.astimezone(clock.ZONE):%Y-%m}" if accepted else ""].add(key)
    return {month: frozenset(by_month[month]) for month in sorted(by_month)}


def _older(proposal: Proposal, calls: int | None, recorded_at: datetime, reason: str | None) -> bool:
    """Whether calls or ticket are newer than what was found; a match's own writing makes no ticket newer."""
    return proposal.snapshot != calls or (proposal.made_at < recorded_at and reason != service.REASON)
