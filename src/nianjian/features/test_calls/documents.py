"""What interfaces say of test calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

CallState = Literal["passed", "failed", "not_proved", "in_progress"]


@dataclass(frozen=True, slots=True)
class CallbackRecord:
    """A record of a test call: ``named``: gateways, lines, trunks, hosts and the switch as it names them.

    ``voicemail``: the application or context by which it says that a voicemail answered, null for none.
    """

    source: str
    call: str
    at: str
    named: list[str]
    voicemail: str | None


@dataclass(frozen=True, slots=True)
class CallbackLanding:
    """A look into the own call records, dated; what was sealed with the call stays as it is.

    ``verdict``: filed (at the ledger's gateway), elsewhere, voicemail (one answered), unseen (not recorded though there
    are records of that time), silent (no records of that time) or unnamed (nothing in the record can be held against
    the ledger); ``sources``: each with whether it has records before and after the call. ``made_by`` system:clock: it
    was looked for unasked, after an import or a run of tests.
    """

    verdict: str
    at: str
    expected: str | None
    seen: list[str]
    records: list[CallbackRecord]
    sources: dict[str, bool]
    made_by: str


@dataclass(frozen=True, slots=True)
class Callback:
    """A test call in one line, its number masked where it is a person's. Seconds are exact to the millisecond.

    ``verdict``: passed, failed or not_proved, in_progress while a call by hand is under way; ``reason``: its code;
    ``answer_in_time`` null: it cannot be told; ``witness``: what proved the landing (none, address, token, person).
    ``counts``, ``counts_reason`` and ``counts_witness`` (also records): what counts beside ``landing``, the newest
    look into the call records, null before one; where the two differ the worse counts.
    """

    counts: CallState
    counts_reason: str | None
    counts_witness: str
    landing: CallbackLanding | None
    trial: str
    number: str
    how: str
    verdict: CallState
    reason: str | None
    answer_in_time: bool | None
    answer_s: float | None
    ringing_s: float | None
    trying_s: float | None
    early_s: float | None
    over_s: float | None
    limit_s: float
    status: int | None
    phrase: str | None
    q850: int | None
    gateway_expected: str | None
    gateway_seen: str | None
    witness: str
    route: str | None
    carrier: str | None
    via: str | None
    begun_at: str
    made_by: str


@dataclass(frozen=True, slots=True)
class CallbackMessage:
    """A SIP message, parties masked, secrets left out; ``at_ms``: after the first INVITE."""

    at_ms: int
    sent: bool
    first: str
    text: str


@dataclass(frozen=True, slots=True)
class CallbackTold(Callback):
    """A test call with what else was seen, and its messages."""

    looks: list[CallbackLanding]
    enterprise: Annotated[str, Field(exclude=True)]  # the API has it in the address
    note: str | None
    source: dict[str, Any]
    rulebook: dict[str, Any]
    sha256: str | None
    server: str | None
    fault: str | None
    media: str | None
    contact: str | None
    routes: list[str]
    codec: str | None
    voicemail: str | None
    resent: int
    messages: list[CallbackMessage]


@dataclass(frozen=True, slots=True)
class CallbackNumber:
    """A filed number: ``light`` green, yellow, red or insufficient; ``carriers``: each one's state."""

    number: str
    gateway: str | None
    light: str
    carriers: dict[str, str]
    newest: Callback | None


@dataclass(frozen=True, slots=True)
class CallbackGateway:
    """From which addresses a gateway of the ledger answers."""

    name: str
    hosts: list[str]


@dataclass(frozen=True, slots=True)
class CallCounts:
    """How many calls had which verdict."""

    counts: Mapping[str, int]
    verdict: str


@dataclass(frozen=True, slots=True)
class PlacedCalls:
    """The test calls that were placed, each."""

    rows: list[Callback]
    counts: Mapping[str, int]
    verdict: str
    limit_s: float


@dataclass(frozen=True, slots=True)
class LandedCall:
    """A test call and its newest look."""

    trial: str
    number: str
    landing: CallbackLanding


@dataclass(frozen=True, slots=True)
class LandingCounts:
    """How many test calls had which landing."""

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CheckedLandings:
    """The looks, each."""

    rows: list[LandedCall]
    counts: Mapping[str, int]
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRoute:
    """A way for test calls; its password and key are never told. ``certificate_until``: last day of our own one."""

    name: str
    via: str
    line: str | None
    carrier: str | None
    caller: str
    account: bool
    own_ca: bool
    certificate_until: str | None
    witness: str
    daily_at: str | None
    daily_flaw: str | None = None  # why its daily test does not run, or counts nowhere
    next_at: str | None


@dataclass(frozen=True, slots=True)
class Routing:
    """Ways and gateways; ``numbers``: so many are filed."""

    routes: list[CallbackRoute]
    numbers: int
    gateways: list[CallbackGateway]
