"""What a test call proves, and how a number stands after its tests. Pure; the limits come from the rulebook.

Two questions: was it answered in time, and does the number land on its gateway. An answer alone proves no landing: any
switch that answers everything would pass. Unknown is never passed. A number is green only where the newest test of
every carrier that counts passed within the days that count.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from nianjian.engines.kernel.states import State
from nianjian.engines.sip.message import CallTrace
from nianjian.engines.sip.secure import FAULTS as TLS

VERDICTS: Final = (State.PASSED, State.FAILED, State.NOT_PROVED)
NONE, ADDRESS, TOKEN = "none", "address", "token"
WITNESSES: Final = (NONE, ADDRESS, TOKEN)
"""How landing is proved: a one-time token that the gateway echoes, or the address that answers (SIP trunks only)."""
FILED_GATEWAY, ELSEWHERE, UNSEEN, SILENT, UNNAMED = "filed", "elsewhere", "unseen", "silent", "unnamed"
VOICEMAIL: Final = "voicemail"
LANDINGS: Final = (FILED_GATEWAY, ELSEWHERE, VOICEMAIL, UNSEEN, SILENT, UNNAMED)
"""What the own call records say of a landing: at the ledger's gateway; at another one; in a voicemail, wherever; not
recorded though there are records of that time; no records of that time; recorded, but nothing in the record can be held
against the ledger."""
AGAINST: Final[Mapping[str, str]] = {ELSEWHERE: "wrong_gateway", VOICEMAIL: "voicemail", UNSEEN: "record_missing"}
"""What of it speaks against a test that SIP did not find failed, and the reason it fails for."""
STOPPED = "stopped"  # by a person, or because the worker ended
RECORDS = "records"  # a witness that is found later, in the own call records
LIFTED: Final = frozenset({"landing_unproved", "gateway_unknown"})
"""Why a landing is not proved where SIP saw nothing that speaks against it."""

FINAL: Final[Mapping[int, str]] = {
    403: "refused", 603: "refused", 607: "refused", 608: "refused", 404: "number_unknown", 604: "number_unknown",
    410: "number_gone", 408: "timeout", 504: "timeout", 480: "unavailable", 484: "number_incomplete", 486: "busy",
    600: "busy", 487: "cancelled", 415: "codec", 488: "codec", 606: "codec", 500: "gateway_error",
    502: "gateway_error", 503: "gateway_out", 420: "extension", 421: "extension", 494: "extension",
}  # fmt: skip
#: Q.850 says more than a code that says only "not now" or "failed".
CAUSES: Final[Mapping[int, str]] = {
    1: "number_unknown", 17: "busy", 18: "timeout", 19: "rang_unanswered", 20: "unavailable", 21: "refused",
    27: "gateway_out", 28: "number_incomplete", 34: "gateway_out", 38: "gateway_out", 41: "gateway_out",
    42: "gateway_out",
}  # fmt: skip
VAGUE: Final = frozenset({0, 480, 500, 503, 603})
SERVER, GLOBAL, REDIRECTED = 500, 600, 400
REASONS: Final = tuple(
    dict.fromkeys(
        ("answered", "answered_late", "landing_unproved", "gateway_unknown", "gateway_told", "wrong_gateway",
         "token_unheard",
         "voicemail", *FINAL.values(), "redirected", "failed", "auth_needed", "auth_wrong", "auth_algorithm",
         "unreachable", "no_reply", "trying_only", "early_media_only", "rang_unanswered", STOPPED,
         "not_dialled", "other_answered", "record_missing", *(f"tls_{one}" for one in TLS))
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """``in_time`` None: it cannot be told. ``witness``: what proved the landing, none if nothing did."""

    verdict: str
    reason: str
    in_time: bool | None
    gateway: str = ""
    witness: str = NONE


def judge(seen: CallTrace, *, limit: int, expected: Sequence[str], witness: str, token: str = "") -> Verdict:
    """Judge a call: answered within ``limit`` milliseconds, included, on one of the ``expected`` addresses."""
    places = [one for one in (seen.contact, seen.media) if one]  # its Contact, else where its sound is
    gateway = next((one for one in places if one in expected), places[0] if places else "")
    if seen.answer is None:
        if seen.end == "stopped":
            return Verdict(State.NOT_PROVED, STOPPED, None, gateway)
        return Verdict(State.FAILED, unanswered_reason(seen), in_time=False, gateway=gateway)
    fault = _answer_fault(seen, limit)
    if not fault and expected and gateway not in expected:
        fault = "wrong_gateway"
    if fault:
        return Verdict(State.FAILED, fault, seen.answer <= limit, gateway)
    if witness == TOKEN:
        proof, lacking = bool(token) and token in seen.heard, "token_unheard"
    else:
        proof, lacking = witness == ADDRESS and bool(expected), "landing_unproved" if expected else "gateway_unknown"
    if proof:
        return Verdict(State.PASSED, "answered", in_time=True, gateway=gateway, witness=witness)
    return Verdict(State.NOT_PROVED, lacking, in_time=True, gateway=gateway)


def without_ledger(verdict: Verdict) -> Verdict:
    """A landing at an address that was given for one test is not one at the ledger's gateway: it proves nothing."""
    if verdict.verdict != State.PASSED:
        return verdict
    return replace(verdict, verdict=State.NOT_PROVED, reason="gateway_told", witness=NONE)


def weigh(verdict: str, reason: str, landing: str) -> tuple[str, str]:
    """Verdict and reason that count once the records were looked at (``landing`` "": they were not).

    The worse of both; a record at the ledger's gateway proves a landing that nothing else had shown, and no more.
    """
    if landing == FILED_GATEWAY and verdict == State.NOT_PROVED and reason in LIFTED:
        return State.PASSED, "answered"
    if landing in AGAINST and verdict in {State.PASSED, State.NOT_PROVED}:
        return State.FAILED, AGAINST[landing]
    return verdict, reason


def _answer_fault(seen: CallTrace, limit: int) -> str:
    """What is wrong with an answer, wherever it came from; "" for nothing."""
    if seen.answer is not None and seen.answer > limit:
        return "answered_late"
    if seen.voicemail:
        return "voicemail"
    return "codec" if seen.codec is None else ""


def unanswered_reason(seen: CallTrace) -> str:
    """Why a call was not answered."""
    if seen.tls or seen.auth in {"needed", "wrong", "algorithm"}:
        return f"tls_{seen.tls}" if seen.tls else f"auth_{seen.auth}"
    if seen.end == "final":
        return _final(seen)
    if seen.end == "unreachable":
        return "unreachable"
    if seen.end == "silent" and seen.trying is None and not seen.ringing:
        return "no_reply"
    if seen.ringing is not None:
        return "rang_unanswered"
    return "early_media_only" if seen.early is not None else "trying_only"


def _final(seen: CallTrace) -> str:
    if seen.status in VAGUE and seen.cause is not None and seen.cause in CAUSES:
        return CAUSES[seen.cause]
    if seen.status in FINAL:
        return FINAL[seen.status]
    if seen.status < REDIRECTED:
        return "redirected"
    return "gateway_error" if SERVER <= seen.status < GLOBAL else "failed"


GREEN, YELLOW, RED, UNKNOWN = "green", "yellow", "red", "insufficient"
MISSING, OLD, OUTSIDE, FEW = "missing", "old", "outside", "few"


@dataclass(frozen=True, slots=True)
class FinishedTest:
    """A test: when it began, over which carrier ("": none named), and its verdict."""

    at: datetime
    carrier: str
    verdict: str


@dataclass(frozen=True, slots=True)
class NumberStatus:
    """``carriers``: carrier -> passed, failed, not_proved, old, outside (working hours), few (passes) or missing."""

    light: str
    carriers: Mapping[str, str]


def judge_number(
    tests: Iterable[FinishedTest],
    *,
    carriers: Sequence[str],
    now: datetime,
    days: int,
    least: int = 1,
    working: Callable[[datetime], bool] = lambda _moment: True,
) -> NumberStatus:
    """Judge by the newest test of each carrier; a carrier counts for every name that holds its word (中国移动).

    ``least``: how many tests of a carrier have to pass within the days. ``working``: whether a moment lies in working
    hours; a test at another moment counts neither for nor against.
    """
    newest: dict[str, FinishedTest] = {}
    passed: Counter[str] = Counter()
    outside: set[str] = set()
    last: FinishedTest | None = None
    since = now - timedelta(days=days)
    for one in sorted(tests, key=lambda one: one.at):
        names = {carrier for carrier in carriers if carrier in one.carrier}
        if one.at >= since and not working(one.at):
            outside |= names
            continue
        last = one
        newest |= dict.fromkeys(names, one)
        passed.update(names if one.at >= since and one.verdict == State.PASSED else ())
    verdicts = dict.fromkeys(carriers, MISSING)
    verdicts |= {carrier: one.verdict if one.at >= since else OLD for carrier, one in newest.items()}
    verdicts |= {carrier: FEW for carrier, one in verdicts.items() if one == State.PASSED and passed[carrier] < least}
    verdicts |= {carrier: OUTSIDE for carrier in outside if verdicts[carrier] in {MISSING, OLD}}
    if State.FAILED in verdicts.values() or (last is not None and last.at >= since and last.verdict == State.FAILED):
        light = RED
    elif last is None or last.at < since:
        light = UNKNOWN
    else:
        light = GREEN if verdicts and set(verdicts.values()) == {State.PASSED} else YELLOW
    return NumberStatus(light, verdicts)
