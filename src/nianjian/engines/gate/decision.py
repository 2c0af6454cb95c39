"""May this call be dialled? Pure: a request, a snapshot and a moment give a refusal or the counters to be taken."""

from dataclasses import dataclass
from typing import Final

from nianjian.engines.gate import question
from nianjian.engines.gate.policy import Purpose, Slot
from nianjian.engines.gate.question import Request
from nianjian.engines.gate.snapshot.read import Snapshot
from nianjian.engines.gate.snapshot.tenant import CallPath, FiledNumber, Tenant, consent_subject

EAST: Final = 28_800  # seconds that Asia/Shanghai is ahead of UTC; it has no summer time
DAY: Final = 86_400
MINUTE: Final = 60
MINUTES: Final = 1440

RULES: Final = {
    "number-unknown": "numbers.match",
    "number-expired": "numbers.match",
    "number-not-outbound": "law.notice81.access_numbers",
    "number-wrong-purpose": "gate.purposes",
    "no-channel": "law.notice138.line_register",
    "callee-unreadable": "numbers.match",
    "do-not-call": "law.notice138.marketing",
    "no-consent": "gate.consent",
    "not-on-white-list": "rectification.white_list",
    "gate-unavailable": "gate.snapshot.deny",
}
"""The rule behind each refusal; that of the hours is the purpose's own, that of a cap the cap's."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """``reason`` as in `question.REASONS`, the rule's key, and the next chance (epoch seconds; None: not by waiting).

    ``fail_open``: the gate cannot know, and the operator's switch of this purpose says that the call may go.
    """

    reason: str
    rule: str
    retry_at: int | None = None
    fail_open: bool = False


def decide(request: Request, snapshot: Snapshot, now: int) -> Refusal | tuple[Slot, ...]:
    """The refusal, or the slots that must all be taken, in the order of the enterprise's caps.

    ``now`` is the gate's own clock in epoch milliseconds, by which the snapshot is judged; hours, days and consents
    hold at ``request.at``. No error: what cannot be read is refused.
    """
    tenant = snapshot.tenants.get(request.enterprise)
    if tenant is None:
        return _refusal("number-unknown")
    if snapshot.stale(now):
        return Refusal("gate-unavailable", RULES["gate-unavailable"], fail_open=fails_open(request, snapshot))
    return _decide(request, tenant)


def _decide(request: Request, tenant: Tenant) -> Refusal | tuple[Slot, ...]:
    way = tenant.way((request.display, request.channel, request.purpose))
    if way is None or way.minute != request.at // 60_000:
        result = _find_way(request, tenant)
        if isinstance(result, Refusal):
            return result
        way = result
    callee = question.number_key(request.callee)
    reason = _callee_problem(tenant, callee, request, way)
    if reason:
        return _refusal(reason)
    return way.slots or tenant.slots(request, way.display, callee, way.channel, way.purpose)


def _find_way(request: Request, tenant: Tenant) -> Refusal | CallPath:
    """What does not depend on the callee: it holds for a minute, and most calls of a minute go few ways."""
    if tenant.problem:
        return _refusal("gate-unavailable")
    minute = request.at // 60_000
    purpose = tenant.purpose(request.purpose)
    second = request.at // 1000
    day, into = divmod(second + EAST, DAY)
    display, rows = tenant.display(request.display)
    if reason := _display_problem(tenant, rows, request.purpose, day):
        return _refusal(reason)
    line = tenant.lines.get(request.channel)
    if line is None or not line.on(day):
        return _refusal("no-channel")
    if not any(start <= into // MINUTE < end for start, end in purpose.hours):
        return Refusal("hours", purpose.hours_rule, _next_opening(purpose, second, into))
    isolated = line.channel.isolated or display in tenant.isolated_displays
    way = CallPath(minute, display, line.channel, purpose, isolated, tenant.fixed(line.channel))
    tenant.remember(request.display, request.channel, request.purpose, way)
    return way


def fails_open(request: Request, snapshot: Snapshot) -> bool:
    """Whether the operator's switch lets this call go where counters cannot know."""
    tenant = snapshot.tenants.get(request.enterprise)
    return tenant is not None and tenant.purpose(request.purpose).fail_open


def _refusal(reason: str) -> Refusal:
    return Refusal(reason, RULES[reason])


def _display_problem(tenant: Tenant, rows: tuple[FiledNumber, ...], purpose: str, day: int) -> str:
    """Why the display number may not be shown; "" where one of its rows allows it."""
    reason = "number-unknown"
    for row in rows:
        if not row.stands(day) or not row.filed or (row.filed_on is not None and day < row.filed_on):
            continue
        if (row.since is not None and day < row.since) or (row.until is not None and row.until < day):
            reason = "number-expired"
        elif not row.outbound:
            reason = "number-not-outbound"
        elif not tenant.right_for(row, purpose):
            reason = "number-wrong-purpose"
        else:
            return ""
    return reason


def _callee_problem(tenant: Tenant, callee: int, request: Request, way: CallPath) -> str:
    """Why this callee may not be dialled now; "" where nothing forbids it."""
    if callee == question.UNREADABLE:
        return "callee-unreadable"
    second = request.at // 1000
    if tenant.refused and tenant.is_refused(callee, second, way.purpose):
        return "do-not-call"
    purpose = way.purpose
    if purpose.needs_consent and not tenant.has_consent(callee, second, consent_subject(purpose, request.purpose)):
        return "no-consent"
    # The register's team of the channel has told already; where it knows none, the one that the switch names counts.
    isolated = way.isolated or (not way.channel.team and request.team in tenant.isolated_teams)
    if isolated and not tenant.has_consent(callee, second, ""):
        return "not-on-white-list"
    return ""


def _next_opening(purpose: Purpose, second: int, into: int) -> int | None:
    """The next second at which the purpose's hours begin; None where they never do."""
    midnight = second - into
    starts = sorted(start for start, end in purpose.hours if start < end)
    coming = [midnight + start * MINUTE for start in starts if start * MINUTE > into]
    if coming:
        return coming[0]
    return midnight + DAY + starts[0] * MINUTE if starts else None


CLOCK_REASON: Final = "clock"  # the reason
CLOCK_RULE: Final = "gate.at.tolerance"


def is_beyond_clock_bound(at: int, now: int, tolerance: int | None) -> bool:
    """Whether a moment lies too far from now, before or after it; all in milliseconds. None: there is no bound."""
    return tolerance is not None and abs(at - now) > tolerance


def clock_refusal(request: Request, snapshot: Snapshot, now: int) -> Refusal | None:
    """The refusal of a question whose ``at`` lies beyond its enterprise's bound; None: it may be decided.

    For the running gate alone: who only looks (dry run, replay) may ask about any moment. ``now``: epoch milliseconds.
    """
    tenant = snapshot.tenants.get(request.enterprise)
    if tenant is None or not is_beyond_clock_bound(request.at, now, tenant.policy.tolerance):
        return None
    return Refusal(CLOCK_REASON, CLOCK_RULE)
