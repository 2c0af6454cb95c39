"""Match tickets with calls: find the call that a complaint is about, and store what was found or decided.

A recorded call id comes first; then calls of the complained number to the complainant: close to the time that the
complaint names, else on that day (D2), else the last ones before the complaint. One call alone at the best of these
is taken as the call; where there are several, the best one is a proposal and never more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import MOMENT, REJECTED, SCHEMAS
from nianjian.features.complaints import queries
from nianjian.features.complaints.models import Complaint, Proposal
from nianjian.features.complaints.operations import TICKETS
from nianjian.features.complaints.publishing import publish_facts
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.home import wiring
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.operations.fields import Choice, Flag, Key, OptionalKeys
from nianjian.platform.operations.operation import Body, Job, operation
from nianjian.platform.registers.columns import Row
from nianjian.platform.registers.versions import Plan, Source, column_values, write_plan
from nianjian.platform.rulebook.rulebooks import rulebook

# The product's own reach, no rule names one: complaints come within days of their call.
DAYS: Final = 7
LINKS: Final = ("id", "ten_minutes", "day", "before")  # by grade
SHOWN: Final = 2  # the call and its runner-up

QUERY_SCHEMA: Final = pa.schema(
    [
        ("complaint_id", pa.string()),
        ("complainant", pa.int64()),
        ("complained", pa.int64()),
        ("named_ts", MOMENT),  # 来电时间; NULL: not told
        ("told_ts", MOMENT),  # when the complaint was made, as far as that is known
        ("asked_call", pa.string()),
    ]
)


ResultRow = Mapping[str, Any]
"""A row of a table of the lake, or of `best`."""


class Confidence(StrEnum):
    """How sure a match is; only `HIGH` is written to the ticket without a person."""

    HIGH = "high"  # one call alone fits
    MEDIUM = "medium"  # the last of several before the complaint, or one that is not on the day named
    LOW = "low"  # several fit equally
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the lake; ``started`` is wall time in Asia/Shanghai, ISO."""

    call_id: str
    source: str
    started: str
    line_id: str | None
    team_id: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for a ticket; ``candidates``: calls that fit as well as the first."""

    complaint: str
    link: str
    confidence: Confidence
    candidates: int
    call: Call | None
    runner_up: Call | None


def match_calls(
    engine: Engine, tables: Mapping[str, ir.Table], keys: frozenset[str] | None, own_ids: frozenset[str], minutes: int
) -> list[Match]:
    """Find the calls of the tickets ``keys`` (None: of all) in tables of an engine."""
    facts = [
        row
        for row in engine.rows(tables["complaint_fact"])
        if (row["complaint_id"] in keys if keys is not None else row["exclusion"] is None)
    ]
    rows = build_complaint_table(facts, own_ids)
    span = reach(rows, minutes)
    candidates: list[dict[str, object]] = []
    complaints = engine.hold("asked", rows)
    if span is not None:
        near = by_numbers(tables["calls"], complaints, minutes=minutes, first=span[0], last=span[1])
        if rows["asked_call"].null_count < rows.num_rows:
            near = near.union(by_id(tables["calls"], complaints))
        candidates = engine.rows(best(near))
    return judged(rows["complaint_id"].to_pylist(), candidates, engine.rows(tables["line_dim"]))


def build_complaint_table(facts: Iterable[ResultRow], own_ids: frozenset[str]) -> pa.Table:
    """The complaints to be matched, from rows of ``complaint_fact``; the call ids of ``own_ids`` a run had found."""
    rows = [
        {
            "complaint_id": row["complaint_id"],
            "complainant": row["complainant"],
            "complained": row["complained"],
            "named_ts": row["call_ts"],
            "told_ts": row["accepted_ts"] or row["arrived_ts"],
            "asked_call": None if row["complaint_id"] in own_ids else row["call_id"],
        }
        for row in facts
    ]
    return pa.Table.from_pylist(rows, QUERY_SCHEMA)


def reach(complaints: pa.Table, minutes: int) -> tuple[datetime, datetime] | None:
    """First and last moment at which a call can matter, so that an engine skips the rest; None: none can."""
    moments: list[datetime] = [
        moment for name in ("named_ts", "told_ts") for moment in complaints[name].to_pylist() if moment is not None
    ]
    if not moments:
        return None
    return min(moments) - timedelta(days=DAYS), max(moments) + max(timedelta(days=1), timedelta(minutes=minutes))


def by_numbers(calls: ir.Table, complaints: ir.Table, *, minutes: int, first: datetime, last: datetime) -> ir.Table:
    """Calls of the complained number to the complainant that lie in reach, with how well they fit."""
    rows = _outbound(calls)
    rows = rows.filter(rows.start_ts >= ibis.literal(first), rows.start_ts <= ibis.literal(last))
    near = complaints.inner_join(rows, [complaints.complainant == rows.callee, complaints.complained == rows.display])
    spare = ibis.interval(minutes=minutes)
    close = _fill_null((near.start_ts >= near.named_ts - spare) & (near.start_ts <= near.named_ts + spare))
    day = _fill_null(near.start_ts.date() == near.named_ts.date())
    before = _fill_null(
        (near.start_ts <= near.told_ts + spare) & (near.start_ts >= near.told_ts - ibis.interval(days=DAYS))
    )
    near = near.filter(close | day | before)
    return _graded(near, ibis.cases((close, 1), (day, 2), else_=3))


def by_id(calls: ir.Table, complaints: ir.Table) -> ir.Table:
    """Calls whose id is recorded with the complaint."""
    with_id = complaints.filter(complaints.asked_call.notnull())
    rows = _outbound(calls)
    return _graded(with_id.inner_join(rows, [with_id.asked_call == rows.call_id]), ibis.literal(0))


def best(fitting: ir.Table) -> ir.Table:
    """At most `SHOWN` calls a complaint, the best first, with how many fit as well; legs of a call are one."""
    one = ibis.window(group_by=[fitting.complaint_id, fitting.source, fitting.one_call], order_by=_order(fitting))
    legs = fitting.mutate(leg_rank=ibis.row_number().over(one))
    legs = legs.filter(legs.leg_rank == 0)
    alike = legs.mutate(alike=legs.count().over(ibis.window(group_by=[legs.complaint_id, legs.grade])))
    ranked = alike.mutate(
        rank=ibis.row_number().over(ibis.window(group_by=[alike.complaint_id], order_by=_order(alike)))
    )
    names = ("complaint_id", "call_id", "source", "start_ts", "line_id", "team_id", "named", "grade", "alike", "rank")
    return ranked.filter(ranked.rank < SHOWN).select(*names)


def judged(complaints: Sequence[str], candidates: Iterable[ResultRow], lines: Iterable[ResultRow]) -> list[Match]:
    """One match a complaint out of the rows of `best`; ``lines``: rows of ``line_dim``, whose a line was on a day."""
    teams: defaultdict[str, list[ResultRow]] = defaultdict(list)
    for line in lines:
        teams[line["line_id"]].append(line)
    by_ticket: defaultdict[str, list[ResultRow]] = defaultdict(list)
    for row in sorted(candidates, key=lambda row: row["rank"]):
        by_ticket[row["complaint_id"]].append(row)
    return [_judge_ticket(name, by_ticket[name], teams) for name in complaints]


def _judge_ticket(complaint: str, rows: Sequence[ResultRow], teams: Mapping[str, Sequence[ResultRow]]) -> Match:
    if not rows:
        return Match(complaint, "", Confidence.NONE, 0, None, None)
    first = rows[0]
    link, alike = LINKS[first["grade"]], int(first["alike"])
    off = link == "before" and bool(first["named"])  # the complaint names another day
    if alike == 1:
        confidence = Confidence.MEDIUM if off else Confidence.HIGH
    else:
        confidence = Confidence.MEDIUM if link == "before" and not off else Confidence.LOW
    runner_up = _call(rows[1], teams) if len(rows) > 1 else None
    return Match(complaint, link, confidence, alike, _call(first, teams), runner_up)


def _call(row: ResultRow, teams: Mapping[str, Sequence[ResultRow]]) -> Call:
    started: datetime = row["start_ts"]
    team = row["team_id"] or _team(teams.get(row["line_id"] or "", ()), started.date())
    return Call(row["call_id"], row["source"], started.isoformat(sep=" ", timespec="seconds"), row["line_id"], team)


def _team(lines: Iterable[ResultRow], day: date) -> str | None:
    holds = [line for line in lines if (line["valid_from"] or date.min) <= day <= (line["valid_to"] or date.max)]
    newest = max(holds, key=lambda line: line["valid_from"] or date.min, default=None)
    return None if newest is None else newest["team_id"]


def _outbound(calls: ir.Table) -> ir.Table:
    """Customer legs that left the platform, or of which it is not known."""
    tests = calls.test.fill_null(ibis.literal(value=False))  # a drill or test call is nobody's nuisance
    rows = calls.filter(calls.part != REJECTED, calls.direction == "out", calls.leg == "customer", ~tests)
    return rows.filter(rows.delivered.fill_null(ibis.literal(value=True))).select(
        "source", "call_id", "call_key", "callee", "display", "start_ts", "line_id", "team_id"
    )


def _graded(pairs: ir.Table, grade: ir.Value) -> ir.Table:
    """``away``: seconds from the time named; where none is, the later call comes first by its start."""
    away = (pairs.start_ts.epoch_seconds().cast("int64") - pairs.named_ts.epoch_seconds().cast("int64")).abs()
    names = ("complaint_id", "source", "call_id", "start_ts", "line_id", "team_id")
    return pairs.select(
        *names,
        one_call=pairs.call_key.coalesce(pairs.call_id),
        named=pairs.named_ts.notnull(),
        grade=grade.cast("int64"),
        away=away.fill_null(0),
    )


def _order(rows: ir.Table) -> list[ir.Value]:
    """Best first. Before the complaint the latest counts, whatever time it names."""
    away = ibis.ifelse(rows.grade == len(LINKS) - 1, 0, rows.away)
    return [rows.grade, away, rows.start_ts.desc(), rows.call_id]


def _fill_null(condition: ir.BooleanColumn) -> ir.BooleanColumn:
    return condition.fill_null(ibis.literal(value=False))


DECIDED: Final = (Proposal.CONFIRMED, Proposal.DISMISSED)
REASON: Final = "match"  # of versions that a match made

_LINKED: Final = ("call_id", "line_id", "team_id")

CallValues = Mapping[str, str | None]


def store_matches(
    *, enterprise: str, matches: Sequence[Match], snapshot: int | None, seen: datetime, actor: Actor
) -> dict[str, int]:
    """Keep a run's answers; a ticket with an unambiguous call takes it, and loses one that is so no more.

    ``seen``: the moment as of which it read the tickets; of one that was edited since, the next run finds the answer.
    How many answers of each state, and how many tickets changed (``linked``). What a person has decided on stays.
    """
    now = clock.now()
    with transaction.atomic():
        lock_enterprise(enterprise)
        proposals = {one.key: one for one in Proposal.objects.filter(enterprise_id=enterprise)}
        later = {key for key, one in proposals.items() if one.state in DECIDED}
        written = queries.current_tickets(enterprise, drills=True).filter(recorded_at__gt=seen)
        later |= {key for key, reason in written.values_list("key", "reason") if reason != REASON}  # by somebody
        open_ = [one for one in matches if one.complaint not in later]
        fresh: list[Proposal] = []
        changed: list[Proposal] = []
        calls: dict[str, CallValues | None] = {}
        rows = queries.load_current_tickets(enterprise, [one.complaint for one in open_ if one.complaint in proposals])
        for one in open_:
            old = proposals.get(one.complaint)
            row = old or Proposal(enterprise_id=enterprise, key=one.complaint)
            if one.complaint in rows:  # what a person wrote over a call since is the person's
                row.filled = list_filled_fields(row, {name: getattr(rows[one.complaint], name) for name in _LINKED})
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
        Proposal.objects.bulk_update(changed, [*queries.FOUND, "filled", "snapshot", "made_at"], batch_size=100)
        counted = {state: sum(row.state == state for row in by_key.values()) for state in Proposal.STATES}
        counts = {state: count for state, count in counted.items() if count} | {"linked": linked}
        if calls:
            record(verb="complaints.match", enterprise=enterprise, actor=actor, data={**counts, "calls": snapshot})
    return counts


def delete_orphaned_proposals(*, enterprise: str) -> int:
    """Delete proposals of tickets of which no version is left, inside the caller's transaction; how many."""
    there = Complaint.objects.filter(enterprise_id=enterprise).values("key")
    return Proposal.objects.filter(enterprise_id=enterprise).exclude(key__in=there).delete()[0]


def list_filled_fields(proposal: Proposal, values: CallValues) -> list[str]:
    """Which of a ticket's ``values`` are still those that the proposal's call has filled."""
    call = proposal.call or {}
    return [name for name in proposal.filled if name in values and values[name] == call.get(name)]


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
        "call": None if one.call is None else asdict(one.call),
        "runner_up": None if one.runner_up is None else asdict(one.runner_up),
    }


def _link(
    enterprise: str, calls: Mapping[str, CallValues | None], proposals: Mapping[str, Proposal], actor: Actor
) -> int:
    """Write call, line and team where nothing else stands, and take away what an earlier call had filled; how many."""
    plan = Plan(Complaint, Source(str(actor), clock.now(), reason=REASON))
    for key, row in queries.load_current_tickets(enterprise, list(calls)).items():
        call, proposal = calls[key] or {}, proposals[key]
        own = {name: None if name in proposal.filled else getattr(row, name) for name in _LINKED}
        values: Row = {name: own[name] or call.get(name) for name in _LINKED}
        proposal.filled = [name for name in _LINKED if own[name] is None and values[name] is not None]
        if any(getattr(row, name) != value for name, value in values.items()):
            plan.correct(row, column_values(row, COMPLAINTS) | values)
    write_plan(plan)
    return len(plan.new)


WINDOW: Final = "portrait.complaint_rate.match_window"  # minutes around the time that a complaint names
DECISIONS: Final = ("confirm", "runner_up", "dismiss")
TABLES: Final = ("calls", "line_dim", "complaint_fact")


def _require_tickets(*, enterprise: str, complaints: Sequence[str] | None, again: bool) -> None:
    """Raise ``complaint_unknown`` for a ticket that is not there."""
    del again
    existing = queries.current_tickets(enterprise).filter(key__in=list(complaints or ())).values_list("key", flat=True)
    if missing := set(complaints or ()) - set(existing):
        raise NianjianError("complaint_unknown", complaint=min(missing))


@operation(
    "complaints.match", on=TICKETS, permission=Permission.MANAGE_DATA, path="/matches",
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
    publish_facts(lake, enterprise)
    minutes = rulebook(day=None, province=tenant.province or None, enterprise=enterprise).integer(WINDOW)
    with lake.lock():  # tickets, calls and lines of one moment
        versions = {name: lake.version(name) for name in TABLES}
        files = {name: lake.files(name) for name in TABLES}
    months, own_ids = _select_tickets(enterprise, complaints or None, versions["calls"], again=again)
    matches: list[Match] = []
    with closing(wiring.engine()) as engine:
        tables = {name: engine.table(name, files[name], SCHEMAS[name]) for name in TABLES}
        for place, month in enumerate(months):
            progress(month, place, len(months))
            matches += match_calls(engine, tables, months[month], own_ids, minutes)
    counts = store_matches(enterprise=enterprise, matches=matches, snapshot=versions["calls"], seen=seen, actor=actor)
    return {"looked_at": len(matches)} | counts


@operation(
    "complaints.decide", on=TICKETS, permission=Permission.MANAGE_DATA, path="/tickets/{ticket}/match",
    body=Body("MatchDecision", "Whether it is the proposed call, the runner-up, or neither."),
)  # fmt: skip
def decide(*, enterprise: str, complaint: Key, actor: Actor, decision: Annotated[str, Choice(DECISIONS)]) -> None:
    """Confirm the call that was found, or its runner-up, or dismiss both.

    The ticket takes the confirmed one. ``complaint_proposal_missing`` where none waits.
    """
    confirmed, runner_up = decision != "dismiss", decision == "runner_up"
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = Proposal.objects.filter(enterprise_id=enterprise, key=complaint, state=Proposal.PROPOSED).first()
        if row is None or (runner_up and row.runner_up is None):
            raise NianjianError("complaint_proposal_missing", complaint=complaint)
        if runner_up:
            row.call, row.runner_up = row.runner_up, row.call
        row.state = Proposal.CONFIRMED if confirmed else Proposal.DISMISSED
        row.decided_by, row.decided_at = str(actor), clock.now()
        _link(enterprise, {complaint: row.call if confirmed else None}, {complaint: row}, actor)
        row.save(update_fields=["state", "decided_by", "decided_at", "call", "runner_up", "filled"])
        data = {"complaint": complaint, "decision": row.state, "runner_up": runner_up}
        record(verb="complaints.match.decide", enterprise=enterprise, actor=actor, data=data)


def _select_tickets(
    enterprise: str, complaints: Sequence[str] | None, calls: int | None, *, again: bool
) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Tickets to be looked at, by month of acceptance, and those whose call id a run has written.

    So each look reaches over few days of calls.
    """
    tickets = queries.current_tickets(enterprise)
    rows = tickets.filter(exclusion=None) if complaints is None else tickets.filter(key__in=list(complaints))
    proposals = {one.key: one for one in Proposal.objects.filter(enterprise_id=enterprise)}
    fields = rows.values_list("key", "recorded_at", "reason", "call_id", "accepted_at")
    recorded = {key: (at, reason, call, accepted) for key, at, reason, call, accepted in fields}
    if missing := set(complaints or ()) - recorded.keys():
        raise NianjianError("complaint_unknown", complaint=min(missing))
    by_month, own_ids = defaultdict[str, set[str]](set), set()
    for key, (recorded_at, reason, call_id, accepted) in recorded.items():
        proposal, newer = proposals.get(key), again
        if proposal is not None:
            if "call_id" in list_filled_fields(proposal, {"call_id": call_id}):
                own_ids.add(key)
            if proposal.state in DECIDED:
                continue
            newer |= proposal.snapshot != calls
            newer |= proposal.made_at < recorded_at and reason != REASON  # a match's own writing makes no ticket newer
        if proposal is None or newer:
            by_month[f"{accepted.astimezone(clock.ZONE):%Y-%m}" if accepted else ""].add(key)
    return {month: frozenset(by_month[month]) for month in sorted(by_month)}, frozenset(own_ids)
