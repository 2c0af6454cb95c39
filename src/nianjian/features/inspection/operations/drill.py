"""The drill of the on-site check (现场演练): planned, run, led, and its report."""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

import msgspec
from django.db import transaction

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.kernel.numbers import Shape
from nianjian.engines.kernel.states import WORST_FIRST, State, overall_state, parse_state
from nianjian.engines.paper.texts.season import DRILL
from nianjian.engines.paper.words import words
from nianjian.engines.season.plan import Scope
from nianjian.features.complaints import one_click
from nianjian.features.complaints import operations as service
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import Clock
from nianjian.features.complaints.models import Warned
from nianjian.features.complaints.one_click import list_doors
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.complaints.sla_warnings import ARRIVAL
from nianjian.features.complaints.states import TicketAction
from nianjian.features.inspection import states
from nianjian.features.inspection.documents import (
    DrillBegun,
    DrillHeld,
    DrillReport,
    RecordedCheck,
    RecordedTest,
    StepResult,
    TimelineEntry,
    ToMend,
)
from nianjian.features.inspection.operations import readiness
from nianjian.features.inspection.operations.room import build_notifications
from nianjian.features.inspection.queries import Json
from nianjian.features.inspection.states import FORWARD, ONE_CLICK, STEPS, THROWN, DrillPlan, DrillStep
from nianjian.features.test_calls import states as test_states
from nianjian.features.test_calls.operations import calls as callback
from nianjian.features.test_calls.queries import CallBasis as Tests
from nianjian.features.test_calls.queries import list_routes
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import USER, Actor, list_readers, lock_enterprise
from nianjian.platform.accounts.roles import Permission, allows
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.notifications import channels as choices
from nianjian.platform.notifications import outbox
from nianjian.platform.notifications.outbox import Notification
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.vault import keyring


def check_plan(enterprise: str, planned: DrillPlan) -> None:
    """Refuse a plan that cannot be held.

    ``drill_source_unknown``, ``drill_minutes_wrong``: whole minutes, each step no earlier than the one before;
    ``drill_player_unknown``: an account that may not work on tickets here; ``drill_inject_unknown``.
    """
    if planned.source not in states.SOURCES:
        raise NianjianError("drill_source_unknown", source=planned.source[:40], sources=", ".join(states.SOURCES))
    most, steps = states.LONGEST_MINUTES, [step for step in STEPS if step != states.ARRIVED]
    minutes = [planned.minutes.get(step, STEPS[step][1]) for step in steps]
    ordered = minutes == sorted(minutes) and 1 <= minutes[0] <= minutes[-1] <= most
    if not ordered or set(planned.minutes) - set(steps):
        raise NianjianError("drill_minutes_wrong", most=most)
    for role, name in planned.players.items():
        valid = role in states.PLAYED and (not name or accounts.exists(name))
        if not valid or (name and not has_permission(Actor(name, USER), enterprise, Permission.MANAGE_DATA)):
            raise NianjianError("drill_player_unknown", player=name[:80])
    for one in planned.thrown:
        if one not in THROWN:
            raise NianjianError("drill_inject_unknown", inject=one[:40], injects=", ".join(THROWN))


def _plan_of(entry: audit.Act) -> DrillPlan:
    """The plan of the drill that this entry began; one from before there were scripts has the usual one."""
    return DrillPlan(**cast("dict[str, Any]", entry.data.get("script") or {}))


DIGEST_LETTERS: Final = 16  # letters that stand for the ticket where a message's matter has little room


def _notifications(entry: audit.Act, what: str, actor: Actor) -> list[Notification]:
    """For inboxes and, where chosen, channels, marked as a drill."""
    readers = list_readers(str(entry.enterprise)).items()
    able = [name for name, roles in readers if allows(roles, Permission.MANAGE_DATA)]
    scopes = {name: Scope(chosen) for name, chosen in choices.list_scopes(able).items()}
    role, _minutes = THROWN[what]
    ticket = str(entry.data["drill"])
    about = f"{DRILL}:{hashlib.sha256(ticket.encode()).hexdigest()[:DIGEST_LETTERS]}"
    leads = actor.name if actor.kind == USER else ""
    names = choose_recipients(_plan_of(entry).players.get(role, ""), able, scopes, leads)
    return build_notifications(names, about, what, {"drill": ticket, "inject": what, "role": role})


def choose_recipients(player: str, able: Sequence[str], scopes: dict[str, Scope], leads: str) -> list[str]:
    """The player, whatever was chosen: the drill is a duty of today. Without one all who work on tickets.

    Of these, who leads the drill only where nobody else is there, and who wants to hear nothing likewise.
    """
    if player and player in able:
        return [player]
    others = [name for name in able if name != leads]
    return sorted([name for name in others if scopes.get(name) is not Scope.NONE] or others or able)


VERB: Final = "drill.run"
CALLS: Final = 3  # numbers that are called where nobody says how many
MOST_CALLS: Final = 50
PHONE: Final = b"drill.phone"
CALLED_SHAPES: Final = frozenset({Shape.MOBILE, Shape.LANDLINE, Shape.INTERNATIONAL, Shape.SERVICE_400_800})


def enqueue_drill(
    *, enterprise: str, phone: str, calls: int, actor: Actor, planned: DrillPlan = states.USUAL_PLAN
) -> str:
    """Put a drill; its job.

    ``role_missing``, ``drill_no_door``, ``drill_calls_wrong``, ``drill_phone_wrong``, what `check_plan` raises.
    """
    _require_can_run(enterprise, calls, planned, actor)
    waiting = queue.newest(enterprise, flow.DRILL, {}, *queue.UNDER_WAY)
    if waiting is not None:  # one drill at a time
        return waiting.id
    number, sealed = _normalise_phone(phone), ""
    if number:  # a person's number does not lie open among the work
        sealed = base64.b64encode(keyring.current().encrypt(number.encode(), PHONE)).decode("ascii")
    payload = {"phone": sealed, "calls": calls, "script": planned.to_document()}
    return flow.enqueue_once(kind=flow.DRILL, enterprise=enterprise, payload=payload, actor=actor)


def run_drill_job(*, enterprise: str, payload: Mapping[str, Any], actor: Actor, progress: Progress) -> DrillBegun:
    """Do what `enqueue_drill` has put."""
    sealed, planned = str(payload["phone"]), DrillPlan(**payload.get("script") or {})
    phone, calls = keyring.decrypt(base64.b64decode(sealed), PHONE).decode() if sealed else "", int(payload["calls"])
    return run_drill(enterprise=enterprise, phone=phone, calls=calls, actor=actor, planned=planned, progress=progress)


def run_drill(
    *,
    enterprise: str,
    actor: Actor,
    phone: str = "",
    calls: int = CALLS,
    planned: DrillPlan = states.USUAL_PLAN,
    progress: Progress = silent,
) -> DrillBegun:
    """Run it now; the drill's ticket in ``drill``. ``phone``: whom the call-back calls, "": nobody.

    ``calls``: so many filed numbers are called over each kept way. ``role_missing``, ``enterprise_unknown``,
    ``drill_no_door``, ``drill_calls_wrong``, ``drill_phone_wrong``, what `check_plan` raises.
    """
    token, dialled = _require_can_run(enterprise, calls, planned, actor), _normalise_phone(phone)
    stands = readiness.check_readiness(enterprise=enterprise, as_of=None, actor=actor, progress=progress)
    tested = _make_test_calls(enterprise, calls, actor, progress)
    data = {"as_of": stands.as_of, "checks": to_builtins(stands.checks), "rulebook": stands.rulebook, **tested}
    data["script"] = planned.to_document()
    ticket = begin_drill(enterprise=enterprise, token=token, phone=dialled, data=data, actor=actor)
    return DrillBegun(ticket, stands.as_of, stands.shares["all"], tested["calls"])


def begin_drill(*, enterprise: str, token: str, phone: str, data: Json, actor: Actor) -> str:
    """Open the ticket as it would come, marked so that it counts nowhere, and note what was seen before; its number.

    A forward of 12321 (转办) is entered by who leads the drill, as a forward is entered by a person.
    """
    source = DrillPlan(**data.get("script", {})).source
    texts = {
        "source": FORWARD, "reference": f"drill-{secrets.token_hex(8)}", "complainant": phone,
        "category": one_click.OTHER, "content": one_click.DRILL, "drill": "是",
    }  # fmt: skip
    with transaction.atomic():
        if source == ONE_CLICK:
            ticket = one_click.open_drill_ticket(token=token, phone=phone, actor=actor)
        else:
            ticket = service.create_ticket(enterprise=enterprise, texts=texts, actor=actor)
        record(verb=VERB, enterprise=enterprise, actor=actor, data={"drill": ticket, **data})
    return ticket


def _require_can_run(enterprise: str, calls: int, planned: DrillPlan, actor: Actor) -> str:
    """Give the token of the address that is used, the first one by number; "" where none is needed."""
    require_permission(actor, enterprise, flow.NEEDS[flow.DRILL])
    accounts.enterprise(enterprise)
    if not 0 <= calls <= MOST_CALLS:
        raise NianjianError("drill_calls_wrong", calls=str(calls)[:20], most=MOST_CALLS)
    check_plan(enterprise, planned)
    if planned.source != ONE_CLICK:
        return ""
    door = get_or_raise(list_doors(enterprise), "drill_no_door")
    return str(door.token)


def _normalise_phone(phone: str) -> str:
    """One spelling of a number that can be called back, "" for none."""
    if not phone.strip():
        return ""
    number = numbers.normalise(phone)
    if number.shape not in CALLED_SHAPES:
        raise NianjianError("drill_phone_wrong")
    return numbers.printed(number.shape, number.value)


def _make_test_calls(enterprise: str, calls: int, actor: Actor, progress: Progress) -> Json:
    """Call numbers over each kept way: what the chain keeps; ``why`` none was called, "" where some were."""
    roots = list(Tests.of(enterprise, actor, flow.NEEDS[flow.CALLBACK_TEST]).ledger)[:calls]
    why = "calls_unasked" if not calls else "" if list_routes(enterprise) else "calls_no_way"
    why = why or ("" if roots else "calls_no_numbers")
    if why:
        return {"calls": {}, "why": why, "tests": []}
    ways = callback.list_ways(enterprise, ())
    result = callback.place_test_calls(enterprise=enterprise, numbers=roots, ways=ways, actor=actor, progress=progress)
    counts = {state: result.counts[state] for state in test_states.VERDICTS}
    tests = [
        {
            "id": one.trial,
            **{name: getattr(one, name) for name in ("number", "route", "verdict", "reason")},
            "answer_ms": None if one.answer_s is None else round(one.answer_s * 1000),
        }
        for one in result.rows
    ]
    return {"calls": counts, "why": "", "tests": tests}


INJECT: Final = "drill.inject"
MOST_INJECTS: Final = 1000  # injects of all drills that are looked through, the newest first


def list_lines(entry: audit.Act, done: Sequence[DrillStep], *, at: datetime) -> list[TimelineEntry]:
    """The timeline of the drill that this entry began, from what its ticket tells; seconds count from the arrival."""
    by_step = {one.step: (one.at, one.by) for one in done if one.at is not None}
    begun = by_step.get("arrived", (datetime.fromisoformat(entry.at), ""))[0]
    lines = states.build_timeline(_plan_of(entry), begun, by_step, _list_injects(entry), at)
    return [_line_to_document(one, begun) for one in lines]


def _line_to_document(one: states.TimelineLine, begun: datetime) -> TimelineEntry:
    return TimelineEntry(
        what=one.what,
        thrown=one.thrown,
        role=one.role,
        player=one.player or None,
        due_at=_to_text(one.due),
        due_s=_seconds_after(begun, one.due),
        state=one.state,
        at=_to_text(one.at),
        taken_s=_seconds_after(begun, one.at),
        by=one.by or None,
        ended_at=_to_text(one.ended),
    )


def note_inject(*, enterprise: str, drill: str, what: str, act: str, actor: Actor) -> None:
    """Note that an inject was given, which tells whom it hits, or that it was handled; a second time is refused.

    ``role_missing``, ``drill_unknown``, ``drill_inject_unknown``, ``drill_inject_refused``: handled before it was
    given, or done already.
    """
    require_permission(actor, enterprise, Permission.REPORT)
    if what not in THROWN or act not in states.ACTS:
        raise NianjianError("drill_inject_unknown", inject=what[:40], injects=", ".join(THROWN))
    with transaction.atomic():
        lock_enterprise(enterprise)
        entry = next((one for one in audit.acts(enterprise=enterprise, verb=VERB) if one.data["drill"] == drill), None)
        if entry is None:
            raise NianjianError("drill_unknown", drill=drill[:80])
        done = _list_injects(entry).get(what, {})
        if act in done or (act == states.HANDLED and states.GIVEN not in done):
            raise NianjianError("drill_inject_refused")
        record(verb=INJECT, enterprise=enterprise, actor=actor, data={"drill": drill, "inject": what, "act": act})
        if act == states.GIVEN:
            news = outbox.filter_new(enterprise, _notifications(entry, what, actor))
            outbox.add_notifications(enterprise=enterprise, news=news, now=clock.now())


def _list_injects(entry: audit.Act) -> dict[str, dict[str, tuple[datetime, str]]]:
    by_inject: dict[str, dict[str, tuple[datetime, str]]] = {}
    for one in audit.acts(enterprise=entry.enterprise, verb=INJECT, newest=MOST_INJECTS):
        if one.data.get("drill") == entry.data["drill"]:
            acts = by_inject.setdefault(str(one.data["inject"]), {})
            acts[str(one.data["act"])] = (datetime.fromisoformat(one.at), one.actor)
    return by_inject


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _seconds_after(begun: datetime, at: datetime | None) -> int | None:
    return None if at is None else _seconds(at - begun)


def _to_text(moment: datetime | None) -> str | None:
    return None if moment is None else _wall(moment)


def _wall(moment: datetime) -> str:
    return moment.astimezone(clock.ZONE).isoformat(timespec="seconds")


MOST_DRILLS: Final = 100  # drills that are looked through, the newest first
SOON: Final = ("responded_s", "called_back_s", "closed_s")
PDF_MEDIA: Final = "application/pdf"
OPENED: Final = {ONE_CLICK: "one_click_opened", FORWARD: "forward_opened"}
#: Act on a ticket -> the step that it does.
STEPS_OF_ACTIONS: Final[Mapping[str, str]] = {
    TicketAction.RESPOND: "responded", TicketAction.CALL_BACK: "called_back", TicketAction.CLOSE: "closed"
}  # fmt: skip


def list_drills(*, enterprise: str, actor: Actor) -> list[DrillHeld]:
    """The drills, newest first: ticket, when it began, who began it, how soon its steps were done (seconds).

    ``role_missing``, ``enterprise_unknown``.
    """
    require_permission(actor, enterprise, Permission.READ)
    accounts.enterprise(enterprise)
    entries = list(_list_entries(enterprise))
    rows = complaints.load_current_tickets(enterprise, [str(one.data["drill"]) for one in entries])
    drills = []
    for one in entries:
        ticket, taken = str(one.data["drill"]), dict[str, int | None].fromkeys(SOON)
        facts = complaints.ticket_facts(rows[ticket]) if ticket in rows else None
        if facts is not None and facts.arrived is not None:
            done = (facts.responded, facts.called_back, facts.finished)
            taken = {name: _seconds_after(facts.arrived, at) for name, at in zip(SOON, done, strict=True)}
        drills.append(DrillHeld(ticket, _wall(datetime.fromisoformat(one.at)), one.actor, **taken))
    return drills


def build_report(*, enterprise: str, actor: Actor, name: str = "") -> DrillReport:
    """One drill by its ticket, the newest without one; ``role_missing``, ``enterprise_unknown``, ``drill_unknown``."""
    require_permission(actor, enterprise, Permission.READ)
    tenant, now = accounts.enterprise(enterprise), clock.now()
    entry = next((one for one in _list_entries(enterprise) if name in {"", one.data["drill"]}), None)
    ticket = "" if entry is None else str(entry.data["drill"])
    row = complaints.load_current_tickets(enterprise, [ticket]).get(ticket)
    if entry is None or row is None:
        raise NianjianError("drill_unknown", drill=name[:80])
    checks = msgspec.convert(_recorded_states(entry.data["checks"], "state"), list[RecordedCheck])
    warned = dict(Warned.objects.filter(enterprise_id=enterprise, key=ticket).values_list("clock", "warned_at"))
    done = states.judge_steps(
        states.DrillRecord(
            facts=complaints.ticket_facts(row),
            promise=load_service_levels(enterprise),
            warned=warned.get(ARRIVAL),
            reminded={one: warned[one.value] for one in Clock if one.value in warned},
            by=_who_did(enterprise, ticket),
            calls={parse_state(code): count for code, count in cast("Mapping[str, int]", entry.data["calls"]).items()},
            calls_why=str(entry.data["why"]),
            opened=OPENED[_plan_of(entry).source],
        ),
        now,
    )
    steps = [_step_to_document(one) for one in done]
    of_both: Sequence[StepResult | RecordedCheck] = (*steps, *checks)
    at = {one.step: one.at for one in done}
    begun = at.get("arrived")
    return DrillReport(
        drill=ticket,
        enterprise=enterprise,
        name=tenant.name,
        begun_at=_wall(datetime.fromisoformat(entry.at)),
        begun_by=entry.actor,
        as_of=str(entry.data["as_of"]),
        at=_wall(now),
        state=states.judge_drill(done),
        readiness=overall_state(one.state for one in checks),
        counts=states.count_states(one.state for one in of_both),
        steps=steps,
        tests=msgspec.convert(_recorded_states(entry.data["tests"], "verdict"), list[RecordedTest]),
        checks=checks,
        running_s=0 if begun is None else _seconds_after(begun, at.get("closed") or now),  # the closing stops it
        timeline=list_lines(entry, done, at=now),
        mend=[
            ToMend(one.step if isinstance(one, StepResult) else one.check, one.state, one.why)
            for state in WORST_FIRST
            for one in of_both
            if one.state == state != State.PASSED
        ],
        rulebook=cast("dict[str, str]", entry.data["rulebook"]),
    )


def build_report_pdf(*, enterprise: str, actor: Actor, language: str, name: str = "") -> tuple[str, bytes]:
    """Name and content of the report as PDF; what `build_report` raises, ``drawing_failed``."""
    from nianjian.engines.paper.inspection import drill_pdf  # noqa: PLC0415 -- the printer loads for a report alone

    report = build_report(enterprise=enterprise, actor=actor, name=name)
    return f"drill-{enterprise}-{report.as_of}.pdf", drill_pdf(to_builtins(report), words(language))


def _list_entries(enterprise: str) -> list[audit.Act]:
    return list(audit.acts(enterprise=enterprise, verb=VERB, newest=MOST_DRILLS))


def _who_did(enterprise: str, ticket: str) -> dict[str, str]:
    """Step -> who recorded it last; a call-back to a new ticket is its response, too."""
    past = reversed(complaints.list_history(ReadScope(enterprise, clock.today()), ticket))
    by_step = {"arrived" if one.act == "add" else STEPS_OF_ACTIONS.get(one.act, ""): one.by for one in past}
    return {"responded": by_step.get("called_back", "")} | by_step


def _recorded_states(rows: object, column: str) -> list[Json]:
    """Rows of the chain, which keeps the codes of its day, in today's."""
    return [{**row, column: parse_state(str(row[column]))} for row in cast("Sequence[Mapping[str, Any]]", rows)]


def _step_to_document(one: DrillStep) -> StepResult:
    return StepResult(
        step=one.step,
        state=one.state,
        why=one.why,
        at=_to_text(one.at),
        taken_s=_seconds(one.taken),
        limit_s=_seconds(one.limit),
        by=one.by or None,
    )
