"""Cases as people use them: open, read, measures and papers, isolation by two persons, watch list and routine."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Final

from django.db import transaction
from django.http import Http404

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.kernel.identifiers import licence_number
from nianjian.engines.paper.words import mark
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dial_policy import facts as gate_facts
from nianjian.features.dial_policy import operations as gate_policy
from nianjian.features.portrait import portraits, watch_list
from nianjian.features.portrait.watch_limits import CloserLimit, apply_stricter_limits
from nianjian.features.rectification import assessment, queries, states, storage
from nianjian.features.rectification.documents import (
    CaseDetail,
    CaseEvent,
    CaseMeasure,
    CaseOpened,
    CaseOrder,
    CasePaper,
    CaseReminder,
    CaseStep,
    CaseSummary,
    IsolationAsked,
    Json,
    MeasureNumber,
    PaperKept,
    PaperNumber,
    PendingOrder,
    RoutineTask,
    WatchedLicence,
    WatchList,
)
from nianjian.features.rectification.models import Case, Measure, Order, Paper, Task
from nianjian.features.rectification.storage import Notice, PaperContent
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit.record import record
from nianjian.platform.operations.fields import (
    Choice,
    Day,
    Key,
    Kind,
    Limits,
    Line,
    Number,
    OptionalNumber,
    Param,
    Text,
)
from nianjian.platform.operations.operation import Answer, Body, Resource, operation
from nianjian.platform.registers import gate_policies as policies
from nianjian.platform.registers import queries as rows
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import Rulebooks, rulebook

TITLES: Final = "rectification.assessment.titles"
Running = tuple[Case, states.CasePlan]


def default_enterprise(enterprise: str | None) -> str:
    """The enterprise that is meant: the named one, or the only one there is; ``rectify_enterprise_needed``."""
    if enterprise is not None:
        return enterprise
    codes = [one.code for one in accounts.enterprises()]
    if len(codes) != 1:
        raise NianjianError("rectify_enterprise_needed", count=len(codes))
    return codes[0]


def rulebook_on(enterprise: str, day: date) -> Rulebook:
    """The rulebook of an enterprise on a day."""
    where = accounts.enterprise(enterprise).province or None
    return rulebook(day=day, province=where, enterprise=enterprise)


def _read_cases(enterprise: str, actor: Actor, keys: Sequence[str]) -> list[Case]:
    require_permission(actor, enterprise, Permission.READ)
    cases = {case.pk: case for case in queries.list_cases(enterprise).filter(pk__in=keys)}
    return [cases[key] for key in keys if key in cases]


CASES: Final = Resource(
    name="case",
    plural="cases",
    path="/enterprises/{code}/rectification",
    read=_read_cases,
    missing=lambda _key: Http404(),
    document=lambda case: summarize_case(case, Days(case.enterprise_id)),
    schema=CaseSummary,
    row=lambda case: to_builtins(summarize_case(case, Days(case.enterprise_id))),
    key_of=str,
    key_help=mark("the case it belongs to"),
)


class Days:
    """What the days of an enterprise's cases are counted by, read once for many of them."""

    def __init__(self, enterprise: str) -> None:
        where = accounts.enterprise(enterprise).province or None
        self._books = Rulebooks(province=where, enterprise=enterprise)
        self._calendar = calendar()

    def plan(self, case: Case) -> states.CasePlan:
        """The days of a case, counted with today's calendar: a notice of holidays that came since moves them."""
        return states.plan_case(case.received, case.printed_due, self._books.on(case.received), self._calendar)

    def reminder(self, case: Case) -> CaseReminder | None:
        """When to ask after the opinion, once submitted; a reminder, never an overdue verdict."""
        if case.submitted_on is None:
            return None
        plan = states.plan_reminder(case.submitted_on, self._books.on(case.submitted_on), self._calendar)
        return CaseReminder(plan.day, plan.provisional)


def list_waiting(enterprise: str) -> list[Running]:
    """Cases whose report has not been submitted, with their days, the earliest due first."""
    return map_waiting([enterprise]).get(enterprise, [])


def map_waiting(enterprises: Collection[str]) -> dict[str, list[Running]]:
    """The same of many enterprises, by code: one query for all, and the days only of those that have such cases."""
    by_code: dict[str, list[Running]] = {}
    days: dict[str, Days] = {}
    for case in queries.list_waiting(enterprises):
        code = case.enterprise_id
        if code not in days:
            days[code] = Days(code)
        by_code.setdefault(code, []).append((case, days[code].plan(case)))
    return {code: sorted(several, key=lambda one: one[1].due.day) for code, several in by_code.items()}


def get_visible_case(case: str, actor: Actor, act: Permission = Permission.READ) -> Case:
    """A case that the actor may see; ``rectify_unknown``, also for whom its enterprise does not concern."""
    case_row = queries.get_case(case)
    try:
        require_permission(actor, case_row.enterprise_id, Permission.READ)
    except NianjianError as refused:
        raise NianjianError("rectify_unknown", case=case) from refused
    require_permission(actor, case_row.enterprise_id, act)
    return case_row


def open_case(*, enterprise: str, notice: Notice, paper: PaperContent | None, actor: Actor) -> CaseOpened:
    """Open a case of a notice; its number and its days. A receipt in the future is a plan.

    ``role_missing``, ``rulebook_day_too_early``, ``workdays_beyond_calendar``, ``enterprise_unknown``,
    ``rectify_due_before_receipt``, ``rectify_text_long``.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    days = states.plan_case(notice.received, notice.printed_due, rulebook_on(enterprise, notice.received), calendar())
    tenant = accounts.enterprise(enterprise)
    if notice.printed_due is not None and notice.printed_due < notice.received:
        raise NianjianError("rectify_due_before_receipt", due=str(notice.printed_due), received=str(notice.received))
    with transaction.atomic():
        case = Case(
            id=f"R{secrets.token_hex(4)}",
            enterprise_id=tenant.code,
            notice=storage.check_short_text("number", notice.number, storage.NUMBER),
            received=notice.received,
            printed_due=notice.printed_due,
            causes=[one.strip() for one in notice.causes if one.strip()],
            state=states.OPENED,
            opened_at=clock.now(),
            opened_by=str(actor),
        )
        case.save(force_insert=True)
        data = queries.row_document(case, "received", "printed_due", "notice")
        if paper is None:
            storage.record_event(case, states.OPENED, data, actor)
        else:
            with storage.store_paper(case, Paper.NOTICE, paper, actor) as row:
                storage.record_event(case, states.OPENED, data | {"sha256": row.sha256}, actor)
    return CaseOpened(id=case.pk, **_day_fields(days))


def _day_fields(days: states.CasePlan) -> dict[str, Any]:
    """The days, by the names that documents have for them."""
    return {
        "due": days.due.day,
        "due_at": days.due_at.isoformat(),
        "target": days.target.day,
        "provisional": days.provisional,
        "target_provisional": days.target.provisional,
        "printed": days.printed,
    }


def list_cases(*, enterprise: str, actor: Actor, first: int = 0, count: int | None = None) -> list[CaseSummary]:
    """The cases of an enterprise, newest first, ``count`` (None: all) from the ``first`` on; ``role_missing``."""
    require_permission(actor, enterprise, Permission.READ)
    days = Days(enterprise)
    cases = queries.list_cases(enterprise)[first : None if count is None else first + count]
    return [summarize_case(case, days) for case in cases]


def get_only_open_case(*, enterprise: str, actor: Actor) -> str:
    """The enterprise's one case that is not closed; ``rectify_case_needed`` where there is none, or several."""
    case_ids = list_open_cases(enterprise=enterprise, actor=actor)
    if len(case_ids) != 1:
        raise NianjianError("rectify_case_needed", count=len(case_ids))
    return case_ids[0]


def list_open_cases(*, enterprise: str, actor: Actor) -> list[str]:
    """The enterprise's cases that are not closed; ``role_missing``."""
    require_permission(actor, enterprise, Permission.READ)
    return list(queries.list_cases(enterprise).exclude(state=states.CLOSED).values_list("pk", flat=True))


def summarize_case(case: Case, days: Days) -> CaseSummary:
    """A case in one line."""
    return queries.to_document(CaseSummary, case, **_summary_fields(case, days))


def _summary_fields(case: Case, days: Days) -> dict[str, Any]:
    """What a summary says beside the case's own columns."""
    planned = days.plan(case)
    late = case.submitted_on is None and clock.today() > planned.due.day
    return {"enterprise": case.enterprise_id, **_day_fields(planned), "late": late, "reminder": days.reminder(case)}


def list_order_documents(orders: Sequence[Order]) -> list[CaseOrder]:
    """Orders, each with whether it still waits for a second person."""
    waiting = queries.list_undecided_orders(orders)
    return [queries.order_document(one, waiting=one in waiting) for one in orders]


def get_case_detail(*, case: str, actor: Actor) -> CaseDetail:
    """Everything of a case but the content of its papers; ``rectify_unknown``."""
    case_row = get_visible_case(case, actor)
    orders = list(queries.list_orders(case_row))
    requesters = {one.pk: one.proposed_by for one in orders}
    done, readers = storage.list_completed_steps(case_row), queries.list_readers(case_row)
    return queries.to_document(
        CaseDetail,
        case_row,
        **_summary_fields(case_row, Days(case_row.enterprise_id)),
        steps=[CaseStep(step, step in done, list(states.missing_steps(step, done))) for step in states.STEPS],
        orders=list_order_documents(orders),
        measures=[queries.to_document(CaseMeasure, one) for one in queries.list_measures(case_row)],
        papers=[
            queries.to_document(CasePaper, one, read_by=readers.get(one.pk)) for one in queries.list_papers(case_row)
        ],
        events=[
            CaseEvent(
                step=one.step,
                at=queries.wall_time(one.at),
                actor=one.actor,
                actors=[*filter(None, [requesters.get(str(one.data.get("order")))]), one.actor],
                data=dict(one.data),
            )
            for one in queries.list_events(case_row)
        ],
    )


@operation(
    "rectification.measure_add", on=CASES, permission=Permission.MANAGE_DATA, path="/{case}/measures",
    body=Body("NewMeasure", "``every``: days after which it is done again once the case is closed."),
    answer=Answer(schema=MeasureNumber, status=201, document=lambda _request, _case, number: MeasureNumber(number)),
)  # fmt: skip
def add_measure(
    *,
    enterprise: str,
    actor: Actor,
    case: Key,
    text: Annotated[Text, Param(filled=True)],
    owner: Annotated[Text, Limits(1, 120)],
    due: Day,
    every: Annotated[OptionalNumber, Limits(1, 3660)] = None,
) -> int:
    """Name a measure with its owner.

    ``rectify_unknown``, ``rectify_closed``, ``rectify_text_missing``.
    """
    with transaction.atomic():
        row = storage.lock_open_case(queries.get_case_of(enterprise, case))
        words = {"text": storage.check_text("text", text), "owner": storage.check_text("owner", owner)}
        days = {"due": due, "every": every or None}
        measure = Measure.objects.create(case=row, **words, **days, added_at=clock.now(), added_by=str(actor))
        data = {"measure": measure.pk, **queries.row_document(measure, *days)}
        storage.record_event(row, "measure_added", data, actor)
    return int(measure.pk)


def complete_measure(*, case: str, measure: int, day: date, actor: Actor) -> None:
    """Say that a measure was carried out.

    ``rectify_unknown``, ``rectify_day_ahead``, ``rectify_closed``, ``rectify_measure_unknown``.
    """
    case_row = get_visible_case(case, actor, Permission.MANAGE_DATA)
    if day > clock.today():
        raise NianjianError("rectify_day_ahead", day=day.isoformat())
    with transaction.atomic():
        row = storage.lock_open_case(case_row)
        if not queries.list_measures(row).filter(pk=measure).update(done_on=day):
            raise NianjianError("rectify_measure_unknown", case=case, measure=measure)
        storage.record_event(row, "measure_done", {"measure": measure, "day": day.isoformat()}, actor)


def add_paper(*, case: str, kind: str, paper: PaperContent, actor: Actor, **said: Any) -> PaperKept:  # noqa: ANN401 -- issuer, number, dated, scope
    """Keep a paper; ``rectify_paper_kind``, ``rectify_day_ahead``, and those of the service."""
    case_row = get_visible_case(case, actor, Permission.MANAGE_DATA)
    if kind not in Paper.KINDS:
        raise NianjianError("rectify_paper_kind", kind=kind, kinds=", ".join(Paper.KINDS))
    if (dated := said.get("dated")) is not None and dated > clock.today():
        raise NianjianError("rectify_day_ahead", day=dated.isoformat())
    titled = None
    if kind == Paper.TEST_REPORT:
        titles = rulebook_on(case_row.enterprise_id, clock.today()).items(TITLES)
        titled = assessment.is_assessment(paper.body, [str(title) for title in titles])
    stored = storage.add_paper(case=case_row, kind=kind, content=paper, actor=actor, titled=titled, **said)
    return PaperKept(stored.pk, stored.kind, stored.sha256)


@operation(
    "rectification.assessment_read", on=CASES, permission=Permission.MANAGE_DATA, path="/{case}/assessments",
    body=Body("AssessmentRead", "The number of a technical assessment in the case."),
    answer=Answer(schema=PaperNumber, document=lambda _request, _case, number: PaperNumber(number)),
)  # fmt: skip
def confirm_assessment(
    *, enterprise: str, actor: Actor, case: Key, paper: Annotated[Number, Limits(1, 2**31 - 1)]
) -> int:
    """Say that one has read a technical assessment and found its issuer, number, date and scope as they are noted.

    ``rectify_unknown``, ``rectify_closed``, ``rectify_paper_unknown``.
    """
    storage.confirm_assessment(case=queries.get_case_of(enterprise, case), paper=paper, actor=actor)
    return paper


# What a channel had before of which nothing was set: a line observed, all else had no cap.
UNSET: Final[Mapping[str, Any]] = {"cap": None, "white_list": False, "enforce": False}


ASKED: Final = Answer(
    schema=IsolationAsked, status=202,
    document=lambda _request, _case, one: IsolationAsked(one.approval, one.state, one.channel, one.cap),
)  # fmt: skip
CaseKey = Annotated[str | None, Kind.KEY]
ChannelKey = Annotated[str, Choice(storage.KEYS)]
Channel = Annotated[Line, Limits(1, 120)]
Words = Annotated[Text, Param(filled=True)]


@operation(
    "rectification.isolate", on=CASES, permission=Permission.REQUEST, path="/{case}/isolations", answer=ASKED,
    body=Body(
        "NewIsolation",
        "``cap``: attempts a natural day, the rulebook's if null; ``end``: what must be true before it is lifted.",
    ),
)  # fmt: skip
def request_isolation(
    *,
    enterprise: str,
    actor: Actor,
    case: CaseKey = None,
    key: ChannelKey = "line",
    channel: Channel,
    cap: Annotated[OptionalNumber, Limits(0, 1_000_000)] = None,
    reason: Words,
    end: Words,
) -> PendingOrder:
    """Ask for an isolation; the gate follows when a second person has approved.

    ``cap`` None: what the rulebook says (30), or what the gate allows already if that is less. White list only,
    whatever the cap. A displayed number is taken by its digits, however it is written.
    ``rectify_unknown``, ``rectify_closed``, ``rectify_cap_not_lower``, ``rectify_reason_missing``,
    ``rectify_end_missing``, ``rectify_key_unknown``, ``rectify_channel_missing``, ``rectify_isolated_already``,
    ``rectify_text_long``, ``approval_pending``.
    """
    channel = storage.check_short_text("channel", _plain_channel(key, channel), storage.CHANNEL)
    if not channel:
        raise NianjianError("rectify_channel_missing")
    case_row = None if case is None else queries.get_case_of(enterprise, case)
    if case_row is not None and case_row.state == states.CLOSED:
        raise NianjianError("rectify_closed", case=case_row.pk)
    if key == "line" and all(line["name"] != channel for line in gate_facts.list_channels(enterprise, set())):
        raise NianjianError("gate_channel_unknown", channel=channel)  # at once, not only when it is approved
    rules = rulebook_on(enterprise, clock.today())
    after, before = rules.integer("rectification.frequency.after"), queries.find_gate_cap(enterprise, key, channel)
    if before is None:
        before = rules.integer("rectification.frequency.before")
    if cap is not None and (cap > before or before <= cap > after):
        raise NianjianError("rectify_cap_not_lower", cap=cap, before=before)
    cap = min(after, before) if cap is None else cap
    if key not in storage.KEYS:
        raise NianjianError("rectify_key_unknown", key=key, keys=", ".join(storage.KEYS))
    for code, text in (("rectify_reason_missing", reason), ("rectify_end_missing", end)):
        if not text.strip():
            raise NianjianError(code, channel=channel)
    if queries.find_in_force(enterprise, key, channel) is not None:
        raise NianjianError("rectify_isolated_already", channel=channel)
    terms: Json = {"key": key, "channel": channel, "cap": cap, "cap_before": before}
    words: Json = {"reason": reason.strip(), "end": end.strip()}
    words["gate_before"] = queries.find_gate_values(enterprise, key, channel)  # written anew when it is approved
    order = Order(enterprise_id=enterprise, case=case_row, kind=Order.ISOLATE, white_list=True, **terms, **words)
    return _pending(order, storage.request_approval(order, storage.ISOLATE, actor))


def _pending(order: Order, approval: Approval) -> PendingOrder:
    return PendingOrder(approval.id, approval.state, order.pk, order.channel, queries.find_cap(order))


def usual_cap(enterprise: str) -> int:
    """The cap that the rulebook names for an isolated channel."""
    return rulebook_on(enterprise, clock.today()).integer("rectification.frequency.after")


@operation(
    "rectification.lift", on=CASES, permission=Permission.REQUEST, path="/{case}/lifts", answer=ASKED,
    body=Body("CaseLift", "The isolated channel, and why it is let go."),
)  # fmt: skip
def request_lift(
    *, enterprise: str, actor: Actor, case: CaseKey = None, key: ChannelKey = "line", channel: Channel, reason: Words
) -> PendingOrder:
    """Ask to lift an isolation.

    ``rectify_not_isolated``, ``rectify_reason_missing``, ``approval_pending``.
    """
    del case  # one channel has one isolation, whichever case it belongs to
    standing = queries.find_in_force(enterprise, key, _plain_channel(key, channel))
    if standing is None:
        raise NianjianError("rectify_not_isolated", channel=channel)
    if not reason.strip():
        raise NianjianError("rectify_reason_missing", channel=standing.channel)
    terms: Json = {name: getattr(standing, name) for name in ("enterprise_id", "case", "key", "channel")}
    caps = {"cap": standing.cap_before, "cap_before": standing.cap, "white_list": False}
    order = Order(kind=Order.LIFT, lifts=standing, reason=reason.strip(), end="", **terms, **caps)
    return _pending(order, storage.request_approval(order, storage.LIFT, actor))


def approve_isolation(approval: str, actor: Actor) -> Json:
    """Carry out what the second person agrees to: order, the case's step and the gate's policy in one transaction.

    Lifted, the channel gets back what the gate allowed before. Raises what `approvals.storage.approve_request` and
    `gate_policy.apply_approved_cap` raise.
    """
    with transaction.atomic():
        order_row = queries.get_order_of_approval(approval)
        before = gate_policy.find_values(order_row.enterprise_id, queries.GATE[order_row.key], order_row.channel)
        order = storage.approve_order(approval=approval, actor=actor, gate_before=before)
        values: Mapping[str, Any] = {"cap": order.cap, "white_list": order.white_list}
        if order.lifts is not None:
            values = order.lifts.gate_before or {**UNSET, **({} if order.key == "line" else {"uncapped": True})}
        gate_policy.apply_approved_cap(
            enterprise=order.enterprise_id,
            key=queries.GATE[order.key],
            name=order.channel,
            values=values,
            reason=order.reason,
            approval=approval,
            requester=order.proposed_by,
            actor=actor,
        )
        if order.case is not None and order.lifts is None and order.case.state != states.CLOSED:
            data = {"order": order.pk, "key": order.key, "channel": order.channel, "cap": order.cap}
            storage.record_step(case=order.case, step=states.ISOLATED, data=data, actor=actor)
    return {"key": order.key, "channel": order.channel, "cap": values["cap"], "white_list": values["white_list"]}


def _plain_channel(key: str, channel: str) -> str:
    """A displayed number as records and rows print it; everything else as it is written."""
    number = numbers.normalise(channel) if key == "display" else None
    return channel.strip() if number is None or number.value is None else numbers.printed(number.shape, number.value)


def is_enforced(order: Order) -> bool:
    """Whether the gate holds the channel of an isolation to its cap, or a lower one, and to the white list.

    It holds none while it only looks on.
    """
    if queries.is_gate_observing(order.enterprise_id):
        return False
    standing = policies.find_policy_in_force(
        order.enterprise_id, queries.GATE[order.key], queries.gate_name(order.key, order.channel)
    )
    values = {} if standing is None else standing.values
    cap = values.get("cap")
    return bool(values.get("white_list")) and cap is not None and cap <= order.cap


def describe_requests(subjects: Collection[str]) -> dict[str, Json]:
    """What requests ask for, by subject, to be read before saying yes; of a lifting, what it was to wait for.

    A lifting gives the channel back what held before, which may be no cap at all.
    """
    columns = ("channel", "white_list", "reason")
    return {
        order.pk: {"by": order.key, **queries.row_document(order, *columns), "case": order.case_id}
        | {"cap": queries.find_cap(order), "cap_before": queries.find_cap_before(order)}
        | {"end": (order.lifts or order).end}
        for order in Order.objects.filter(pk__in=subjects).select_related("lifts")
    }


def change_watch_list(
    *,
    enterprise: str,
    case: str | None,
    licence: str | None,
    source: str,
    since: date | None,
    until: date | None,
    year: int | None,
    actor: Actor,
) -> WatchList:
    """Put a licence on the list or take it off (``until``), then say how the list stands.

    ``role_missing``, ``rectify_unknown``, ``rectify_licence_unusual``, those of the storage and of
    `list_stricter_limits`.
    """
    if licence is not None and until is not None:
        require_permission(actor, enterprise, Permission.MANAGE_DATA)
        storage.unflag_licence(enterprise=enterprise, licence=licence.strip(), until=until, actor=actor)
    elif licence is not None:
        require_permission(actor, enterprise, Permission.MANAGE_DATA)
        case_row = None if case is None else get_visible_case(case, actor, Permission.MANAGE_DATA)
        plain = storage.check_short_text("licence", licence, storage.LICENCE)
        enterprise = accounts.enterprise(enterprise).code
        registered = rows.find_row("licences", rows.ReadScope(enterprise, clock.today()), plain)
        if plain and registered is None and not licence_number(plain).usual:
            raise NianjianError("rectify_licence_unusual", licence=plain)
        flag: Json = {"licence": plain, "since": since or clock.today(), "source": source.strip(), "case": case_row}
        storage.flag_licence(enterprise=enterprise, actor=actor, **flag)
    licences = list_watched_licences(enterprise=enterprise, year=year, actor=actor)
    if year is None:
        return WatchList(licences)
    return WatchList(licences, year, list_stricter_limits(enterprise=enterprise, year=year, actor=actor))


def list_watched_licences(*, enterprise: str, year: int | None, actor: Actor) -> list[WatchedLicence]:
    """The watched licences, of a data year if given; ``role_missing``."""
    require_permission(actor, enterprise, Permission.READ)
    return [queries.to_document(WatchedLicence, one) for one in watch_list.list_watched_licences(enterprise, year)]


def list_stricter_limits(*, enterprise: str, year: int, actor: Actor) -> list[CloserLimit]:
    """The year's portrait under the stricter internal limits beside the guide's; nothing where nobody is watched.

    ``role_missing``, ``rectify_portrait_missing``.
    """
    require_permission(actor, enterprise, Permission.READ)
    if not watch_list.list_watched_licences(enterprise, year):
        return []
    portrait = portraits.find_portrait(enterprise, year)
    if portrait is None:
        raise NianjianError("rectify_portrait_missing", year=year)
    rules = rulebook_on(enterprise, date.fromisoformat(portrait["period"]["as_of"]))
    return apply_stricter_limits(portrait, rules)


def update_routine(*, enterprise: str, done: int | None, day: date | None, actor: Actor) -> list[RoutineTask]:
    """Note that a task was done, if one is named, and list the routine; ``role_missing``, ``rectify_task_unknown``."""
    if done is not None:
        require_permission(actor, enterprise, Permission.MANAGE_DATA)
        when = day or clock.today()
        if when > clock.today():
            raise NianjianError("rectify_day_ahead", day=when.isoformat())
        with transaction.atomic():
            waiting = Task.objects.select_for_update().filter(enterprise_id=enterprise, pk=done, stopped_on=None)
            row = get_or_raise(waiting, "rectify_task_unknown", task=done)
            row.done_on, row.due = when, when + timedelta(days=row.every)
            row.save(update_fields=["done_on", "due"])
            data = {"task": done, "day": when.isoformat(), "due": row.due.isoformat()}
            record(verb="rectify.task_done", enterprise=enterprise, actor=actor, data=data)
    require_permission(actor, enterprise, Permission.READ)
    today = clock.today()
    return [
        queries.to_document(RoutineTask, one, late=one.due < today) for one in watch_list.list_routine_tasks(enterprise)
    ]
