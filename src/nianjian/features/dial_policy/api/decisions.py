"""How the gate is and what it decided: to read, and a day of it to take away."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.gate.decision_search import DecisionFilter
from nianjian.engines.kernel import clock
from nianjian.features.dial_policy.api.policy import GATE
from nianjian.features.dial_policy.operations import check, live
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read
from nianjian.platform.api.paging import after
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.home.http import as_attachment

router = Router(tags=["gate"])
CSV = "text/csv"
MOST = 500


class SnapshotState(Schema):
    """The snapshot in the home: fresh, alarm (it is old), stale, untold or missing.

    Untold: the feed could not tell of this enterprise, ``problem`` says why. ``epoch``: the newest of its caps' epochs.
    """

    state: str
    problem: dict[str, Any] | None
    generation: int | None
    age_s: int | None
    version: int | None
    epoch: int | None


class ProcessState(Schema):
    """The running gate: ok, alarm, refusing, refused (it wants another token) or unreached; its counters.

    ``alarms``: snapshot_old, snapshot_untaken, enterprise_refused, journal_unwritten.
    """

    url: str
    status: str
    alarms: list[str]
    generation: int | None
    age_s: int | None
    problem: str
    counters: str | None
    available: bool | None
    reason: str
    decisions: dict[str, int]


class GateState(Schema):
    """How the gate is."""

    enterprise: str
    snapshot: SnapshotState
    process: ProcessState


class Counted(Schema):
    """The counter that decided."""

    key: str
    window: str
    used: int
    limit: int


class GateDecision(Schema):
    """One answer; numbers of people are masked, ``retry_at`` are epoch seconds."""

    at: datetime
    decision_id: str
    channel: str
    team: str
    display: str
    callee: str
    purpose: str
    call_id: str
    allow: bool
    reason: str
    observed: str | None
    rule: str
    retry_at: int | None
    counter: Counted | None
    generation: int


class GateDecisions(Schema):
    """The newest that fit; ``more``: there are older ones.

    ``reached`` (epoch milliseconds): as many lines as one question may read were read before the page was full; to go
    on from there, give it as ``until``.
    """

    items: list[GateDecision]
    more: bool
    reached: int | None


class DecisionsWanted(Schema):
    """Which decisions, of moments from ``since`` on and before ``until`` (epoch milliseconds).

    Without ``since`` of one day alone: that of ``until``, today without.
    """

    channel: Text = ""
    display: Text = ""
    callee: Text = ""
    reason: Text = ""
    call_id: Text = ""
    allow: bool | None = None
    since: Annotated[int, Field(ge=0, le=2**53)] | None = None
    until: Annotated[int, Field(ge=0, le=2**53)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50


class JournalWanted(Schema):
    """The day; today if none. ``since`` (epoch milliseconds): where the part before has ended."""

    day: Day | None = None
    since: Annotated[int, Field(ge=0, le=2**53)] | None = None


@read(router, f"{GATE}/state", act=Act.READ, answer=GateState)
def gate_state(request: Request, code: str) -> dict[str, Any]:
    """Snapshot and process of the gate."""
    return live.state(enterprise=code, actor=request.actor)


@read(router, f"{GATE}/decisions", act=Act.READ, answer=GateDecisions)
def gate_decisions(request: Request, code: str, asked: Query[DecisionsWanted]) -> dict[str, Any]:
    """The newest decisions that fit."""
    wanted = DecisionFilter(enterprise=code, **asked.dict(exclude={"limit"}))
    found = check.lately(wanted=wanted, limit=asked.limit, actor=request.actor)
    reached = None if found.reached is None else found.reached + 1  # others of that millisecond may follow
    return {"items": [check.plain(one) for one in found.decisions], "more": found.more, "reached": reached}


@read(router, f"{GATE}/journal", act=Act.READ, media=(CSV,))
def gate_journal(request: Request, code: str, asked: Query[JournalWanted]) -> StreamingHttpResponse:
    """A day's decisions as CSV, oldest first, people's numbers masked; of a long day a part, `Link` tells the next."""
    day = asked.day or clock.today()
    part = live.journal(enterprise=code, day=day, actor=request.actor, since=asked.since)
    answer = StreamingHttpResponse(part.lines, content_type=f"{CSV}; charset=utf-8")
    if part.following is not None:
        answer.headers["Link"] = f'<{after(request, day=day, since=part.following)}>; rel="next"'
    return as_attachment(answer, f"gate-{code}-{day}.csv")
