"""What interfaces say of the live screens: their figures, the links of kiosks, and their sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Life:
    """How fresh a figure is, as old as the oldest of its sources; ``silent``: those that give no sign of life.

    ``state``: fresh, stale or absent (no source is set up); ``since``: when it was last true.
    """

    state: str
    since: str | None
    age_ms: int | None
    problem: str | None
    silent: list[str]


@dataclass(frozen=True, slots=True)
class CurrentCalls(Life):
    """Calls of this moment; ``count`` None: not known."""

    count: int | None


@dataclass(frozen=True, slots=True)
class EndedCalls(Life):
    """Ended calls of today ``by`` outcome; rows that were ``damaged``, and before when records may be missing."""

    all: int
    by: Mapping[str, int]
    damaged: int
    gap: str | None


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often something was counted."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class GateAnswers(Life):
    """Today's answers of the gate; ``observed``: what it would have refused."""

    allowed: int
    blocked: int
    reasons: list[CodeCount]
    observed: list[CodeCount]
    newest: str | None


@dataclass(frozen=True, slots=True)
class ClockLeft:
    """``left_s``: seconds that are left, negative: over; None: it does not run."""

    hand: str
    left_s: int | None


@dataclass(frozen=True, slots=True)
class TicketClocks:
    """An open ticket with its clocks."""

    ticket: str | None
    state: str
    response: ClockLeft
    close: ClockLeft


@dataclass(frozen=True, slots=True)
class OpenTickets:
    """Open tickets, and those of them that are late; the first ones with their clocks."""

    state: str
    open: int
    late: int
    tickets: list[TicketClocks]


@dataclass(frozen=True, slots=True)
class ScreenFigures:
    """What both screens say: at which moment, and for how many seconds a figure counts as fresh."""

    enterprise: str
    at: str
    fresh_s: int


@dataclass(frozen=True, slots=True)
class OfficeFigures(ScreenFigures):
    """The screen of the back office (呼叫中心系统管理后台)."""

    now: CurrentCalls
    calls: EndedCalls
    gate: GateAnswers
    displays: list[CodeCount]
    complaints: OpenTickets
    decisions: list[dict[str, Any]]  # as the gate's decisions are told everywhere


@dataclass(frozen=True, slots=True)
class GatewayFigures(ScreenFigures):
    """The screen of the gateway's log (码号网关日志平台); ``ended``: its search read so far back and no further."""

    gate: GateAnswers
    displays: list[CodeCount]
    decisions: list[dict[str, Any]]
    ended: str | None


@dataclass(frozen=True, slots=True)
class ScreenTold:
    """``told``: figures of today, each with a state (fresh, stale, absent) and since when it was last known."""

    screen: str
    told: dict[str, Any]  # the figures of either screen


@dataclass(frozen=True, slots=True)
class ScreenLinkTold:
    """An open link without its secret; ``made_by`` is empty for the operator of the shell."""

    link: str
    name: str
    made_by: str
    made_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class ScreenLinkMade(ScreenLinkTold):
    """The same with the beginning of the address, behind which ``office/`` or ``gateway/`` follows."""

    path: str


@dataclass(frozen=True, slots=True)
class ScreenLinks:
    """The open links, newest first."""

    links: list[ScreenLinkTold]


@dataclass(frozen=True, slots=True)
class ScreenLinkEnded:
    """Which link was ended."""

    link: str


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source of the screens; ``fixed``: the server's setting names it, nobody changes it here.

    ``place`` is told without name and password, ``secret`` says whether one is kept. ``state``: fresh, or stale without
    a sign of life; ``since``: its last one, null: none so far. ``posts_to``: the path to which the switch posts.
    """

    source: str
    name: str
    kind: str
    place: str
    user: str
    secret: bool
    fixed: bool
    state: str
    since: str | None
    problem: str | None
    posts_to: str | None
    set_by: str | None
    set_at: str | None


@dataclass(frozen=True, slots=True)
class RemovedSource:
    """The source that is no more."""

    source: str


@dataclass(frozen=True, slots=True)
class ScreenSources:
    """The sources that are set up, those of the server's setting first."""

    sources: list[SourceEntry]
