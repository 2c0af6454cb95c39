"""The gate in the API: its policy and changes of it, its state, its decisions and its journal."""

from datetime import datetime
from typing import Annotated, Any

from django.http import StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from nianjian.engines.gate.decision_search import DecisionFilter
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.slices import LazyRows
from nianjian.features.dial_policy import decisions, operations
from nianjian.features.dial_policy.decisions import GateState
from nianjian.features.dial_policy.operations import (
    GateCap,
    GateChannel,
    GateProblem,
    GatePurpose,
    GateSetting,
    ObservingLine,
)
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read
from nianjian.platform.api.paging import Cut, Page, after, paged
from nianjian.platform.api.parameter_types import Day, Text
from nianjian.platform.api.routes import mount
from nianjian.platform.home.http import as_attachment
from nianjian.platform.operations.operation import REGISTRY

router = Router(tags=["gate"])
GATE = operations.GATE.path


class GatePolicy(Schema):
    """What the gate goes by; ``enforce`` false: it only looks on; ``told`` false: its snapshot is older.

    ``problems``: why it cannot be told; caps and purposes behind a rule that cannot be read are left out.
    Caps, channels, isolated display numbers and what is set beside the rulebook are lists of their own.
    """

    enterprise: str
    enforce: bool
    told: bool
    problems: list[GateProblem]
    purposes: list[GatePurpose]
    choices: list[str]


@read(router, GATE, act=Permission.READ, answer=GatePolicy)
def gate_policy(request: Request, code: str) -> operations.PolicySummary:
    """What the gate allows."""
    return _allowed(request, code)


@read(router, f"{GATE}/caps", act=Permission.READ, answer=Page[GateCap])
def gate_caps(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The caps, as the gate counts them."""
    return paged(request, cut, _allowed(request, code).caps)


@read(router, f"{GATE}/channels", act=Permission.READ, answer=Page[GateChannel])
def gate_channels(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The lines that the gate knows."""
    return paged(request, cut, _allowed(request, code).channels)


@read(router, f"{GATE}/observing", act=Permission.READ, answer=Page[ObservingLine])
def gate_observing(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """New lines, whose calls all go until a person switches enforcing on, with the cap that their calls propose."""
    return paged(request, cut, operations.list_observing_lines(enterprise=code, actor=request.actor))


@read(router, f"{GATE}/isolated-displays", act=Permission.READ, answer=Page[str])
def gate_isolated_displays(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """The displayed numbers that are isolated: white list only."""
    return paged(request, cut, _allowed(request, code).isolated_displays)


@read(router, f"{GATE}/standing", act=Permission.READ, answer=Page[GateSetting])
def gate_standing(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """What is set beside the rulebook now."""
    return paged(request, cut, _allowed(request, code).set)


@read(router, f"{GATE}/settings", act=Permission.READ, answer=Page[GateSetting])
def gate_settings(request: Request, code: str, cut: Query[Cut]) -> dict[str, object]:
    """What was ever set, newest first."""

    def read(first: int, count: int) -> list[GateSetting]:
        return operations.list_history(enterprise=code, actor=request.actor, first=first, most=count)

    return paged(request, cut, LazyRows(read))


def _allowed(request: Request, code: str) -> operations.PolicySummary:
    return operations.summarize_policy(enterprise=code, actor=request.actor)


CSV = "text/csv"
MOST = 500


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


@read(router, f"{GATE}/state", act=Permission.READ, answer=GateState)
def gate_state(request: Request, code: str) -> GateState:
    """Snapshot and process of the gate."""
    return decisions.get_state(enterprise=code, actor=request.actor)


@read(router, f"{GATE}/decisions", act=Permission.READ, answer=GateDecisions)
def gate_decisions(request: Request, code: str, asked: Query[DecisionsWanted]) -> dict[str, Any]:
    """The newest decisions that fit."""
    filters = DecisionFilter(enterprise=code, **asked.dict(exclude={"limit"}))
    matches = decisions.list_recent_decisions(filters=filters, limit=asked.limit, actor=request.actor)
    reached = None if matches.reached is None else matches.reached + 1  # others of that millisecond may follow
    return {
        "items": [decisions.decision_to_document(one) for one in matches.decisions],
        "more": matches.more,
        "reached": reached,
    }


@read(router, f"{GATE}/journal", act=Permission.READ, media=(CSV,))
def gate_journal(request: Request, code: str, asked: Query[JournalWanted]) -> StreamingHttpResponse:
    """A day's decisions as CSV, oldest first, people's numbers masked; of a long day a part, `Link` tells the next."""
    day = asked.day or clock.today()
    part = decisions.read_journal(enterprise=code, day=day, actor=request.actor, since=asked.since)
    answer = StreamingHttpResponse(part.lines, content_type=f"{CSV}; charset=utf-8")
    if part.following is not None:
        answer.headers["Link"] = f'<{after(request, day=day, since=part.following)}>; rel="next"'
    return as_attachment(answer, f"gate-{code}-{day}.csv")


mount(router, REGISTRY.of(operations.GATE))
