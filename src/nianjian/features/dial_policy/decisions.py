"""Ask the gate and read what it decided: a question, the journal, a replay, and the state of snapshot and process."""

import csv
import heapq
import http.client
import io
import json
import os
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import structs

from nianjian.engines.gate.counters.meters import AHEAD, DAY
from nianjian.engines.gate.decision import Refusal, decide
from nianjian.engines.gate.decision_journal import SUFFIX, Decision
from nianjian.engines.gate.decision_search import (
    DecisionFilter,
    DecisionMatches,
    decisions_between,
    end_of_part,
    part_beginnings,
    read_decisions,
    search_decisions,
)
from nianjian.engines.gate.question import ALLOWED, Request, Used
from nianjian.engines.gate.replay import replay_decisions
from nianjian.engines.gate.snapshot import files, write
from nianjian.engines.gate.snapshot.read import ALARM, FRESH, STALE, open_snapshot, read_checked_at
from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.formulas import harmless_row
from nianjian.features.dial_policy import feed
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env

PERSONAL: Final = frozenset({"callee", "caller_callee"})
PATIENCE: Final = 5.0  # seconds for a running gate to answer
UNREACHABLE: Final = (OSError, ValueError, http.client.HTTPException)
WHY_UNREACHED: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...]] = (  # the first that fits
    (TimeoutError, "TimeoutError"),
    (ssl.SSLCertVerificationError, "SSLError"),
    (socket.gaierror, "NameResolutionError"),
    (ConnectionResetError, "broken_off"),
    ((ssl.SSLError, http.client.HTTPException, json.JSONDecodeError, UnicodeDecodeError), "no_gate"),
    (ValueError, "no_address"),
)
LINES: Final = 20_000  # of the journal that are read for one page: a fraction of a second


@dataclass(frozen=True, slots=True)
class Question:
    """A call as a person asks about it; ``at`` None: now."""

    enterprise: str
    display: str
    callee: str
    channel: str
    purpose: str = ""
    team: str = ""
    at: datetime | None = None

    def request(self, call_id: str) -> Request:
        """As the gate takes it."""
        at = int((self.at or clock.now()).timestamp() * 1000)
        names = (self.enterprise, self.display, self.callee, self.channel)
        return Request(*names, call_id=call_id, at=at, team=self.team, purpose=self.purpose)


def check_call(*, question: Question, actor: Actor) -> dict[str, Any]:
    """Decide by a snapshot that was just fed, without any counter: ``slots`` are those that the gate would ask.

    ``enforce`` False: the gate looks on at this call; then ``would`` is the reason for which it would refuse.
    ``role_missing``, ``enterprise_unknown``, and those of `gate_feed.feed` and `open_snapshot`.
    """
    require_permission(actor, question.enterprise, Permission.READ)
    accounts.enterprise(question.enterprise)
    feed.feed(enterprise=question.enterprise, lists=True)
    snapshot = open_snapshot(feed.snapshot_folder())
    request = question.request("check")
    outcome = decide(request, snapshot, int(clock.now().timestamp() * 1000))
    document: dict[str, Any] = {"allow": True, "reason": ALLOWED, "rule": "", "retry_at": None, "slots": []}
    if isinstance(outcome, Refusal):
        document |= {"allow": False, "reason": outcome.reason, "rule": outcome.rule, "retry_at": outcome.retry_at}
    else:
        document["slots"] = [
            {"key": slot.cap.key, "value": slot.value, "window": slot.cap.semantics, "limit": slot.cap.limit}
            | {"counts": slot.cap.counts, "rule": slot.cap.rule}
            for slot in outcome
        ]
    observes = snapshot.tenants[question.enterprise].observes(request)
    if observes and not document["allow"]:
        document |= {"allow": True, "would": document["reason"]}
    return document | {"enforce": not observes, "generation": snapshot.generation, "taken": False}


def ask_running_gate(*, question: Question, call_id: str, gate: str, actor: Actor) -> dict[str, Any]:
    """Put the question to a running gate: it counts, and stands in its journal.

    ``gate``: its address, "" for that of NIANJIAN_GATE_URL; the token is that of the enterprise in
    NIANJIAN_GATE_TOKENS. ``gate_not_reached``.
    """
    gate = gate or env.text("NIANJIAN_GATE_URL", os.environ)
    require_permission(actor, question.enterprise, Permission.REQUEST)
    fields = structs.asdict(question.request(call_id))
    body = {name: value for name, value in fields.items() if value != "" and (name != "at" or question.at)}
    try:
        status, answer = _ask(gate, question.enterprise, "POST", "/v1/decide", json.dumps(body).encode(), PATIENCE)
    except UNREACHABLE as fault:  # the reason that has words (`texts.errors.NAMES`), else what the system says
        cause = next((reason for kinds, reason in WHY_UNREACHED if isinstance(fault, kinds)), "")
        reason = cause or (isinstance(fault, OSError) and fault.strerror) or type(fault).__name__
        raise NianjianError("gate_not_reached", url=gate, reason=reason) from fault
    if not isinstance(answer, dict) or "allow" not in answer:
        detail = answer.get("detail") if isinstance(answer, dict) else None  # of a gate that refuses the question
        problem = "gate_token_wrong" if detail and status == http.client.UNAUTHORIZED else detail or "no_gate"
        raise NianjianError("gate_not_reached", url=gate, reason=str(problem))
    return {**answer, "taken": True}


def _ask(  # noqa: PLR0917 -- a request of HTTP
    address: str, enterprise: str, method: str, path: str, body: bytes | None, patience: float
) -> tuple[int, Any]:
    """Status and answer of the process, asked with the token of the enterprise where there are tokens.

    `UNREACHABLE`, also for what is no address of http or https.
    """
    from nianjian.platform.home.gate import tokens  # noqa: PLC0415 -- only this loads the gate's process

    by_token = tokens(env.text("NIANJIAN_GATE_TOKENS", os.environ))
    token = next((token for token, code in by_token.items() if code == enterprise), "")
    headers = {"Content-Type": "application/json"} if body else {}
    at = urlsplit(address)
    if at.scheme not in LINKS or not at.hostname:
        raise ValueError(address)
    with closing(LINKS[at.scheme](at.hostname, at.port, timeout=patience)) as link:
        link.request(method, path, body, headers | ({"Authorization": f"Bearer {token}"} if token else {}))
        answer = link.getresponse()
        return answer.status, json.loads(answer.read())


def search_journal(*, filters: DecisionFilter, limit: int, actor: Actor, lines: int | None = None) -> DecisionMatches:
    """Search the journal, at most so many ``lines`` of it; without an enterprise only for whom may read everywhere.

    ``role_missing``.
    """
    require_permission(actor, filters.enterprise, Permission.READ)
    return search_decisions(files.decisions_folder(env.read().home), filters, limit, lines=lines)


def list_recent_decisions(*, filters: DecisionFilter, limit: int, actor: Actor) -> DecisionMatches:
    """Search as `search_journal`, for who waits for the answer: one day where nothing says since when, at most `LINES`.

    The day is that of ``until``, today without. All enterprises write into one journal: a quiet one must not read
    through what a busy one has asked. ``role_missing``.
    """
    if filters.since is None:
        today = datetime.combine(clock.today(), time(), clock.ZONE)
        last = int(today.timestamp() * 1000) if filters.until is None else filters.until - 1
        filters = replace(filters, since=last - (last + AHEAD) % DAY)
    return search_journal(filters=filters, limit=limit, actor=actor, lines=LINES)


@dataclass(frozen=True, slots=True)
class DecisionCounter:
    """The counter that decided; ``counts``: what it counts."""

    key: str
    window: str
    used: int
    limit: int
    counts: str


@dataclass(frozen=True, slots=True)
class DecisionDocument:
    """A decision as a door shows it: numbers of people masked, ``at`` with milliseconds, ``retry_at`` epoch seconds."""

    at: str
    enterprise: str
    channel: str
    team: str
    purpose: str
    call_id: str
    display: str
    callee: str
    decision_id: str
    allow: bool
    reason: str
    rule: str
    retry_at: int | None
    observed: str | None
    counter: DecisionCounter | None
    generation: int


@dataclass(frozen=True, slots=True)
class ChangedDecision(DecisionDocument):
    """A decision that is another one ``now``: the reason of today."""

    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What deciding again gave; ``damaged``: lines that were skipped."""

    files: list[str]
    decided: int
    same: int
    differ: int
    without_snapshot: int
    damaged: int
    differing: list[ChangedDecision]


def replay_journal(*, what: str, actor: Actor) -> Replay:
    """Decide a file's or a day's decisions again, as far as the actor may read; ``gate_day_unknown``."""
    paths = _journal_files(what)
    notes = DecisionMatches([])
    by_code: dict[str, bool] = {}

    def readable() -> Iterator[Decision]:
        for path in paths:
            for one in read_decisions(path, notes):
                code = one.request.enterprise
                if by_code.setdefault(code, has_permission(actor, code, Permission.READ)):
                    yield one

    result = replay_decisions(readable(), feed.snapshot_folder())
    return Replay(
        files=[str(path) for path in paths],
        decided=result.decided,
        same=result.same,
        differ=result.differ,
        without_snapshot=result.without_snapshot,
        damaged=notes.damaged,
        differing=[ChangedDecision(**_read_fields(one), now=now) for one, now in result.differing],
    )


def _journal_files(what: str) -> list[Path]:
    path = Path(what)
    if path.is_file():
        return [path]
    try:
        paths = _day_files(date.fromisoformat(what))
    except ValueError as fault:
        raise NianjianError("gate_day_unknown", day=what) from fault
    if not paths:
        raise NianjianError("gate_day_unknown", day=what)
    return paths


def decision_to_document(one: Decision) -> DecisionDocument:
    """A decision as a door shows it: numbers of people masked."""
    return DecisionDocument(**_read_fields(one))


def _read_fields(one: Decision) -> dict[str, Any]:
    request, verdict = one.request, one.verdict
    return {
        "at": format_moment(one.decided_at),
        **{name: getattr(request, name) for name in ("enterprise", "channel", "team", "purpose", "call_id")},
        "display": numbers.mask(request.display),
        "callee": numbers.mask(request.callee),
        **{name: getattr(verdict, name) for name in ("decision_id", "allow", "reason", "rule", "retry_at")},
        "observed": verdict.observed or None,
        "counter": None if verdict.counter is None else _masked(verdict.counter),
        "generation": one.generation,
    }


def _masked(counter: Used) -> DecisionCounter:
    """A counter's name may hold a callee's number: callee:138…, caller_callee:95013001>138…."""
    key, colon, value = counter.key.partition(":")
    if key in PERSONAL:
        value = ">".join(numbers.mask(part) for part in value.split(">"))
    return DecisionCounter(f"{key}{colon}{value}", counter.window, counter.used, counter.limit, counter.counts)


def format_moment(at: int) -> str:
    """Epoch milliseconds as ISO text in Asia/Shanghai."""
    return datetime.fromtimestamp(at / 1000, clock.ZONE).isoformat(timespec="milliseconds")


STATE_PATIENCE: Final = 1.0  # seconds for the process to say how it is: a page waits for it
LINKS: Final[Mapping[str, type[http.client.HTTPConnection]]] = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}
MISSING: Final = "missing"
UNREACHED: Final = "unreached"
UNTOLD: Final = "untold"
REFUSED: Final = "enterprise_refused"  # an alarm
COLUMNS: Final = (
    "at", "decision_id", "channel", "team", "display", "callee", "purpose", "call_id", "allow", "reason", "observed",
    "rule", "retry_at", "counter", "window", "used", "limit", "generation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SnapshotState:
    """The snapshot in the home: fresh, alarm (it is old), stale, untold or missing.

    Untold: the feed could not tell of this enterprise, ``problem`` says why. ``epoch``: the newest of its caps' epochs.
    """

    state: str
    problem: dict[str, Any] | None
    generation: int | None
    age_s: int | None
    version: int | None
    epoch: int | None


@dataclass(frozen=True, slots=True)
class ProcessState:
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


@dataclass(frozen=True, slots=True)
class GateState:
    """How the gate is."""

    enterprise: str
    snapshot: SnapshotState
    process: ProcessState


def get_state(*, enterprise: str, actor: Actor) -> GateState:
    """``snapshot`` as it lies in the home, ``process`` as the running gate tells it; ``role_missing``.

    A snapshot has a state of fresh, alarm, stale, untold (the feed could not tell of this enterprise; ``problem`` says
    why) or missing. A process that does not answer has the status ``unreached``, one that wants another token
    ``refused``; else ok, alarm (``alarms`` names each) or refusing.
    """
    require_permission(actor, enterprise, Permission.READ)
    return GateState(enterprise, get_snapshot_state(enterprise), _process(enterprise))


def get_snapshot_state(enterprise: str) -> SnapshotState:
    """How the snapshot of an enterprise lies in the home; asks no process."""
    place = feed.snapshot_folder()
    manifest = write.current_manifest(place)
    tenant = None if manifest is None else write.read_tenant(place, enterprise)
    if manifest is None or tenant is None:
        return SnapshotState(MISSING, problem=None, generation=None, age_s=None, version=None, epoch=None)
    age = int(clock.now().timestamp()) - read_checked_at(place, manifest)
    fault = feed.find_refusal(tenant)
    state_of = STALE if age > manifest.deny_age else ALARM if age > manifest.alarm_age else FRESH
    epoch = max((int(cap["epoch"]) for cap in tenant["caps"]), default=None)
    return SnapshotState(
        state=UNTOLD if fault is not None and state_of != STALE else state_of,
        problem=None if fault is None else {"code": fault.code, "values": dict(fault.values)},
        generation=manifest.generation,
        age_s=age,
        version=tenant["version"],
        epoch=epoch,
    )


def _process(enterprise: str) -> ProcessState:
    address = env.text("NIANJIAN_GATE_URL", os.environ)
    state = _read_state(address, enterprise)
    counters, snapshot, journal_of = state.get("counters"), state.get("snapshot"), state.get("journal")
    counters = counters if isinstance(counters, Mapping) else {}
    snapshot = snapshot if isinstance(snapshot, Mapping) else {}
    unwritten = journal_of.get("problem") if isinstance(journal_of, Mapping) else ""
    alarms, refused_of, reasons = (state.get(name) for name in ("alarms", "refused", "decisions"))
    own = isinstance(refused_of, Mapping) and enterprise in refused_of  # others' refusals are theirs
    return ProcessState(
        url=address,
        status=state["status"],
        alarms=[str(one) for one in alarms if one != REFUSED or own] if isinstance(alarms, list) else [],
        generation=snapshot.get("generation"),
        age_s=snapshot.get("age_s"),
        problem=snapshot.get("problem") or unwritten or "",
        counters=counters.get("kind"),
        available=counters.get("available"),
        reason=counters.get("reason") or "",
        decisions=dict(reasons.get(enterprise, {})) if isinstance(reasons, Mapping) else {},
    )


def _read_state(address: str, enterprise: str) -> dict[str, Any]:
    """What the process says of itself."""
    try:
        status, state = _ask(address, enterprise, "GET", "/v1/state", None, STATE_PATIENCE)
    except UNREACHABLE:
        return {"status": UNREACHED}
    if status == http.client.UNAUTHORIZED:
        return {"status": "refused"}
    return state if isinstance(state, dict) and "status" in state and "counters" in state else {"status": UNREACHED}


@dataclass(frozen=True, slots=True)
class JournalPart:
    """``lines`` of a CSV; ``following``: the moment with which the next part of the day begins, None: this is the last.

    Epoch milliseconds.
    """

    lines: Iterator[str]
    following: int | None


def read_journal(*, enterprise: str, day: date, actor: Actor, since: int | None = None) -> JournalPart:
    """A day's decisions, oldest first, numbers of people masked; ``role_missing``.

    ``since``: where the part before has ended; None: the day's first part. All enterprises write into one journal, and
    a part ends after so many bytes of it. Memory holds one decision a file of the day; a cell that a table program
    would run as a formula begins with '.
    """
    require_permission(actor, enterprise, Permission.READ)
    paths = _day_files(day)
    until = end_of_part(paths, since)
    return JournalPart(_lines(enterprise, paths, since, until), until)


def list_parts(*, enterprise: str, day: date, actor: Actor) -> list[int]:
    """The moments (epoch milliseconds) with which a day's parts begin, but the first; ``role_missing``."""
    require_permission(actor, enterprise, Permission.READ)
    return part_beginnings(_day_files(day))


def count_allowed(*, enterprise: str, day: date, actor: Actor) -> int:
    """How many calls of a day the gate let through; ``role_missing``."""
    require_permission(actor, enterprise, Permission.READ)
    streams = (decisions_between(path, enterprise, None, None) for path in _day_files(day))
    return sum(decision.verdict.allow for decision in chain.from_iterable(streams))


def _day_files(day: date) -> list[Path]:
    return sorted((files.decisions_folder(env.read().home) / day.isoformat()).glob(f"*{SUFFIX}"))


def _lines(enterprise: str, paths: Sequence[Path], since: int | None, until: int | None) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)
    streams = (decisions_between(path, enterprise, since, until) for path in paths)
    for one in heapq.merge(*streams, key=lambda one: one.decided_at):
        document = decision_to_document(one)
        cells = {name: getattr(document.counter, name, None) for name in ("window", "used", "limit")}
        cells["counter"] = getattr(document.counter, "key", None)
        values = [cells[name] if name in cells else getattr(document, name) for name in COLUMNS]
        yield _line(["" if value is None else str(value) for value in values])


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(harmless_row(cells))
    return out.getvalue()
