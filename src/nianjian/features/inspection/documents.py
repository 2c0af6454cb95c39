"""What interfaces say of the on-site check."""

from collections.abc import Mapping
from dataclasses import dataclass

from nianjian.engines.kernel.claims import Figures, Lack
from nianjian.engines.kernel.states import State

# The checks; what the worker keeps of one is read back as JSON, since older programs kept less.


@dataclass(frozen=True, slots=True)
class Check:
    """``rule``: the row of the guide; ``why``: the code of what makes the state; ``day``: when it was seen."""

    check: str
    part: str
    rule: str
    state: State
    why: str
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of all checks have passed."""

    passed: int
    all: int


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many of all answer cards may be said."""

    released: int
    all: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """``shares``: by part of the check, and of ``all``."""

    enterprise: str
    as_of: str
    at: str
    state: State
    shares: Mapping[str, Share]
    checks: list[Check]
    answers: AnswerCount
    rulebook: dict[str, str]


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """``stated``: the enterprise's own word, None: it states nothing; ``from_``: since when it counts."""

    card: str
    state: str
    figures: Figures
    lacks: list[Lack]
    stated: bool | None
    from_: str | None


@dataclass(frozen=True, slots=True)
class AnswerCards:
    """``problem``: the code of why calls cannot be counted."""

    enterprise: str
    as_of: str
    at: str
    cards: list[AnswerCard]
    released: int
    all: int
    problem: str | None
    rulebook: dict[str, str]


@dataclass(frozen=True, slots=True)
class TeamHour:
    """An hour of a team."""

    hour: str
    calls: int
    owned: int
    answered: int
    alone: int
    late: int
    attended: int
    legs: int
    robots: int
    robots_answered: int
    over: int
    ringing: int
    widest: int


@dataclass(frozen=True, slots=True)
class DialledCall:
    """A call that was dialled while so many rang and so many agents were free, masked."""

    at: str
    call: str
    source: str
    callee: str | None
    ringing: int
    free: int
    answered: bool
    agent: bool


@dataclass(frozen=True, slots=True)
class TeamDialling:
    """A team's verdict. ``showing``: in so many hours it shows, ``hours`` are the clearest; ``rows``: of the first."""

    team: str | None
    verdict: str
    why: str
    calls: int
    owned: int
    answered: int
    alone: int
    late: int
    attended: int
    legs: int
    robots: int
    robots_answered: int
    over: int
    ringing: int
    widest: int
    showing: int
    hours: list[TeamHour]
    rows: list[DialledCall]


@dataclass(frozen=True, slots=True)
class SuspectGroup:
    """Calls of one source that look like a robot's by one evidence."""

    source: str
    evidence: str
    context: str | None
    application: str | None
    calls: int
    from_: str | None
    to: str | None


@dataclass(frozen=True, slots=True)
class SuspectCall:
    """One of them, masked."""

    at: str | None
    call: str
    source: str
    callee: str | None
    evidence: str
    context: str | None
    application: str | None
    talk_s: int | None


@dataclass(frozen=True, slots=True)
class Suspects:
    """Calls that look like an unregistered robot's."""

    verdict: str
    calls: int
    groups: list[SuspectGroup]
    groups_left_out: int
    rows: list[SuspectCall]


@dataclass(frozen=True, slots=True)
class RobotSeats:
    """``undated``: not closed, and nobody knows since when they are open, if they are."""

    open: int
    undated: int
    filed: int


@dataclass(frozen=True, slots=True)
class Transfers:
    """Robots' calls that ``asked`` for an agent, were put through to one, and within the limit."""

    asked: int
    put_through: int
    in_time: int
    middle_ms: int | None
    longest_ms: int | None


@dataclass(frozen=True, slots=True)
class RobotUse:
    """AI outbound: seats, calls and transfers of robots. ``limit_s``: how soon a transfer is immediate."""

    verdict: str
    suggested: Suspects
    seats: RobotSeats
    calls: int
    answered: int
    transfers: Transfers
    limit_s: int


@dataclass(frozen=True, slots=True)
class Dialling:
    """How calls of some days were dialled."""

    enterprise: str
    as_of: str
    from_: str
    to: str
    verdict: str
    teams: list[TeamDialling]
    teams_left_out: int
    ai: RobotUse
    limits: dict[str, int | str]
    calls_version: int | None
    rulebook: dict[str, str]


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without a record."""

    from_: str
    to: str
    days: int


@dataclass(frozen=True, slots=True)
class LogReach:
    """How far a kind of log reaches back. ``excused``: reason -> days."""

    log: str
    state: str
    why: str
    must_reach: str
    oldest: str | None
    unbroken_since: str | None
    days: int
    missing_days: int
    gaps: list[Gap]
    gaps_left_out: int
    excused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FailingCall:
    """A sampled call without its recording."""

    day: str
    at: str
    callee: str
    file: str
    verdict: str
    talk_ms: int | None
    length_ms: int | None


@dataclass(frozen=True, slots=True)
class RecordingSample:
    """``folder``: where it comes from; ``searched``: so many files and folders, ``searched_whole``: all there are."""

    folder: str
    seed: str
    a_day: int
    tolerance_s: int
    calls: int
    days: int
    days_kept: int
    verdicts: Mapping[str, int]
    by_size: int
    searched: int
    searched_whole: bool
    failing: list[FailingCall]
    failing_left_out: int


@dataclass(frozen=True, slots=True)
class ChainState:
    """The audit chain."""

    valid: bool
    entries: int
    last: str | None


@dataclass(frozen=True, slots=True)
class Retention:
    """Every kind of log up to a day."""

    enterprise: str
    as_of: str
    until: str
    state: str
    logs: list[LogReach]
    calls_version: int | None
    sample: RecordingSample
    chain: ChainState
    rulebook: dict[str, str]


# The drill.


@dataclass(frozen=True, slots=True)
class DrillBegun:
    """``drill``: its ticket; ``calls``: test calls by verdict."""

    drill: str
    as_of: str
    readiness: Share
    calls: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DrillHeld:
    """A drill: its ticket, when it began, who began it, after how many seconds its steps were done; null: not yet."""

    drill: str
    begun_at: str
    begun_by: str
    responded_s: int | None
    called_back_s: int | None
    closed_s: int | None


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step; ``taken_s``: since the complaint arrived, ``limit_s``: so much is allowed."""

    step: str
    state: State
    why: str
    at: str | None
    taken_s: int | None
    limit_s: int | None
    by: str | None


@dataclass(frozen=True, slots=True)
class RecordedTest:
    """A test call as the chain keeps it, which puts names in order."""

    answer_ms: int | None
    id: str
    number: str
    reason: str | None
    route: str | None
    verdict: State


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """A check likewise."""

    check: str
    day: str | None
    part: str
    rule: str
    state: State
    why: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A step or an inject; seconds count from the arrival."""

    what: str
    thrown: bool
    role: str
    player: str | None
    due_at: str | None
    due_s: int | None
    state: str
    at: str | None
    taken_s: int | None
    by: str | None
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class ToMend:
    """A step or check that has not passed."""

    what: str
    state: State
    why: str


@dataclass(frozen=True, slots=True)
class DrillReport:
    """``state``: what its steps have shown; ``readiness``: what the checks had, when it began.

    ``counts`` and ``mend`` (what has not passed, failed first) are of both.
    """

    drill: str
    enterprise: str
    name: str
    begun_at: str
    begun_by: str
    as_of: str
    at: str
    state: State
    readiness: State
    counts: Mapping[str, int]
    steps: list[StepResult]
    tests: list[RecordedTest]
    checks: list[RecordedCheck]
    running_s: int | None
    timeline: list[TimelineEntry]
    mend: list[ToMend]
    rulebook: dict[str, str]


# The inspection day.


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """What happens when."""

    at: str
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Post:
    """Who stands where."""

    place: str
    who: str
    task: str


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan of the notice; ``sha256`` and ``size`` (bytes) of its content; ``pages`` 0: kept and not read."""

    scan: int
    name: str
    media_type: str
    sha256: str
    size: int
    pages: int
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A day as it is kept."""

    day: str
    notice: str
    authority: str
    received_on: str | None
    place: str
    agenda: list[AgendaLine]
    posts: list[Post]
    scans: list[Scan]


@dataclass(frozen=True, slots=True)
class ScreensSigned:
    """A note, ``signed`` by the account that made it."""

    seen_on: str
    stand: bool
    signed: str


@dataclass(frozen=True, slots=True)
class ScreensNote:
    """Who has seen when whether both screens stand in the room, and through which day that counts."""

    seen_on: str
    stand: bool
    signed: str
    noted_at: str
    until: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Whether the notice is here, and until when it usually comes."""

    state: str
    submitted_on: str | None
    expected_by: str | None
    received_on: str | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the guide with the evidence behind it."""

    rule: str
    state: State
    evidence: list[Check]


@dataclass(frozen=True, slots=True)
class NewestDrill:
    """The drill that counts."""

    drill: str
    begun_at: str
    state: State
    steps: list[StepResult]


@dataclass(frozen=True, slots=True)
class Sheet:
    """``visit`` None where no day is kept, ``looked_at`` where nobody looked; ``rows``: S1 to S10."""

    enterprise: str
    name: str
    today: str
    visit: Visit | None
    days: list[str]
    notice: Notice
    looked_at: str | None
    state: State
    counts: Mapping[str, int]
    rows: list[SheetRow]
    screens: ScreensNote | None
    drill: NewestDrill | None
    rulebook: dict[str, str]


@dataclass(frozen=True, slots=True)
class InspectorTold:
    """An inspector; ``until`` null: no link lets them in now."""

    user: str
    until: str | None


@dataclass(frozen=True, slots=True)
class Inspectors:
    """All of an enterprise."""

    inspectors: list[InspectorTold]


# The inspection room.


@dataclass(frozen=True, slots=True)
class RoomEntry:
    """A line of the room's log: who looked at a row; with a ``subject``, who asked to be shown its original."""

    entry: int
    rule: str
    subject: str | None
    at: str
    by: str
    answered_at: str | None
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class Room:
    """What the inspection room shows of a day, and its log, the newest line first; ``open``: it may be changed."""

    day: str
    open: bool
    items: list[str]
    log: list[RoomEntry]
