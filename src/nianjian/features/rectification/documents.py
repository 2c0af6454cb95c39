"""What interfaces say of cases, their channel, the watch list and the routine.

What a case keeps of its location, figures and closing is stored JSON, as are an event's ``data``: older programs have
written them with other keys, and ``from`` names no field.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nianjian.features.portrait.watch_limits import CloserLimit

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A case that was just opened."""

    due: date
    due_at: str
    target: date
    provisional: bool
    target_provisional: bool
    printed: bool
    id: str


@dataclass(frozen=True, slots=True)
class CaseReminder:
    """When to ask after the opinion; no limit for anybody."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in one line; ``late``: the last day is over and nothing is handed in.

    ``due_at``: close of office on the last day; ``printed``: the notice names it; ``provisional``: it may move.
    """

    enterprise: str
    id: str
    notice: str
    received: date
    state: str
    causes: list[str]
    submitted_on: date | None
    due: date
    due_at: str
    target: date
    provisional: bool
    target_provisional: bool
    printed: bool
    late: bool
    reminder: CaseReminder | None


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A step, and which steps must be done before it."""

    step: str
    done: bool
    open_for: list[str]


@dataclass(frozen=True, slots=True)
class CaseOrder:
    """An order, moments in Shanghai time; ``waiting``: for a second person. ``cap`` None: no cap."""

    order: str
    case: str | None
    kind: str
    key: str
    channel: str
    white_list: bool
    reason: str
    end: str
    approval: str
    proposed_by: str
    cap: int | None
    cap_before: int | None
    proposed_at: str
    approved_by: str | None
    approved_at: str | None
    lifted_at: str | None
    waiting: bool


@dataclass(frozen=True, slots=True)
class CaseMeasure:
    """A measure; ``every``: days after which it is done again."""

    id: int
    text: str
    owner: str
    due: date
    every: int | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class CasePaper:
    """A paper without its content; ``read_by``: who has read it and confirmed what is said of it."""

    id: int
    kind: str
    name: str
    sha256: str
    size: int
    issuer: str
    number: str
    dated: date | None
    scope: str
    titled: bool | None
    read_by: str | None


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """What was done; ``actors``: of an isolation who asked for it and who approved it, else the ``actor`` alone."""

    step: str
    at: str
    actor: str
    actors: list[str]
    data: Json


@dataclass(frozen=True, slots=True)
class CaseDetail(CaseSummary):
    """A case with everything in it but the content of its papers."""

    steps: list[CaseStep]
    located: Json | None
    measured: Json | None
    checked: Json | None
    orders: list[CaseOrder]
    measures: list[CaseMeasure]
    papers: list[CasePaper]
    events: list[CaseEvent]


@dataclass(frozen=True, slots=True)
class PaperKept:
    """A paper; ``sha256`` of its plain content."""

    id: int
    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class MeasureNumber:
    """The measure's number."""

    id: int


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """The paper's number."""

    id: int


@dataclass(frozen=True, slots=True)
class IsolationAsked:
    """The request that a second person must approve; ``cap`` null: lifted, the channel has none again."""

    approval: str
    state: str
    channel: str
    cap: int | None


@dataclass(frozen=True, slots=True)
class PendingOrder:
    """The same with the ``order`` that the request is about."""

    approval: str
    state: str
    order: str
    channel: str
    cap: int | None


@dataclass(frozen=True, slots=True)
class CaseGap:
    """``do``: what closes it; ``blocks``: nothing goes out while it stands."""

    code: str
    blocks: bool
    do: str
    values: Json


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """What a check of everything has found; ``ready``: report and test report may go out."""

    case: str
    ready: bool
    gaps: list[CaseGap]


@dataclass(frozen=True, slots=True)
class CaseGaps:
    """What is open before report and test report go out; ``checked_at``: when everything was counted anew last.

    ``fresh``: the case has not changed since; until then what only counting finds is not among the gaps.
    """

    ready: bool
    fresh: bool
    checked_at: datetime | None
    gaps: list[CaseGap]


@dataclass(frozen=True, slots=True)
class TicketCall:
    """A call that a complaint may be about; ``recordings``: names of files, numbers of persons masked."""

    call_id: str
    source: str
    started: str | None
    answered: bool | None
    line: str | None
    how: str
    recordings: list[str]


@dataclass(frozen=True, slots=True)
class GroupTicket:
    """A complaint of a group with the calls it may be about; times as the lake has them."""

    id: str
    source: str
    accepted: str | None
    called: str | None
    complained: str | None
    complainant: str | None
    line: str | None
    team: str | None
    how: str | None
    calls: list[TicketCall]


@dataclass(frozen=True, slots=True)
class GroupTickets:
    """A page of a group's complaints, as last published ``at``; ``more``: there are further pages."""

    dimension: str
    key: str | None
    page: int
    more: bool
    at: str | None
    tickets: list[GroupTicket]


@dataclass(frozen=True, slots=True)
class CauseLocated:
    """What a location has found: the complaints that were compared, and the groups that stand out."""

    case: str
    complaints: int
    named: list[Json]


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """The case whose figures were counted; it keeps them."""

    case: str


@dataclass(frozen=True, slots=True)
class CaseSubmission:
    """That report and test report were handed in."""

    case: str
    id: str
    state: str
    submitted_on: date
    day: date
    in_time: bool
    reminder: CaseReminder | None


@dataclass(frozen=True, slots=True)
class CaseClosing:
    """That a case was closed; ``effective`` None: nothing proves the measures. ``after``: the figures since."""

    case: str
    id: str
    state: str
    effective: bool | None
    tasks: int
    after: Json


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report that was set for whoever fetches it; ``blob``: where it lies sealed."""

    case: str
    form: str
    name: str
    media: str
    sha256: str
    draft: bool
    gaps: list[CaseGap]
    blob: str


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report that was written to a file."""

    case: str
    file: str
    sha256: str
    draft: bool
    gaps: list[CaseGap]


@dataclass(frozen=True, slots=True)
class WatchedLicence:
    """A licence of the list: from ``since`` on; ``until``: the first day it no longer is, null: still."""

    licence: str
    since: date
    until: date | None
    source: str
    case: str | None


@dataclass(frozen=True, slots=True)
class CloserLimits:
    """The portrait's metrics; none where nobody is watched."""

    year: int
    items: list[CloserLimit]


@dataclass(frozen=True, slots=True)
class WatchList:
    """The list; of a data ``year`` also its portrait under the stricter limits."""

    watched: list[WatchedLicence]
    year: int | None = None
    closer: list[CloserLimit] | None = None


@dataclass(frozen=True, slots=True)
class RoutineTask:
    """A recurring task: due on ``due``, then every so many days after it was done."""

    id: int
    text: str
    owner: str
    every: int
    due: date
    late: bool
    done_on: date | None
    case: str | None
