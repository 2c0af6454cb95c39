"""What people do to tickets. Closing takes one ticket at a time, by design.

Each act is one transaction with one audit entry, and writes another version of the row: nothing that was recorded is
edited. The audit entry names tickets, moments and fields, never a value.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.words import mark
from nianjian.features.complaints import queries
from nianjian.features.complaints.documents import Ticketed, to_document
from nianjian.features.complaints.models import Complaint
from nianjian.features.complaints.queries import list_tickets, ticket_as_dict
from nianjian.features.complaints.sheet import COMPLAINTS, latest_moment
from nianjian.features.complaints.sla_warnings import alert_arrivals, clear_close_warning
from nianjian.features.complaints.states import DUPLICATE, EXCLUSIONS, TicketAction, find_refusal, state_of
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.operations.fields import (
    MOST,
    Choice,
    Flag,
    Key,
    Keys,
    Line,
    Moment,
    OptionalLine,
    Param,
    RowTexts,
    Text,
    Upload,
    Version,
    Versions,
    YesNo,
)
from nianjian.platform.operations.operation import Body, Resource, operation
from nianjian.platform.registers import entries, row_keys
from nianjian.platform.registers.attachments import attach_to_row
from nianjian.platform.registers.columns import Row
from nianjian.platform.registers.versions import Plan, Source, column_values, write_plan

REASON: Final = 500  # characters

Change = Callable[[Complaint], Row]


def create_ticket(*, enterprise: str, texts: Mapping[str, str], actor: Actor) -> str:
    """Open a ticket from texts by field, as the sheet reads them; its number, made where none is given.

    Without a moment of arrival it arrives now; without one of acceptance it was accepted as it arrived.
    ``register_row_faulty`` with findings, ``complaint_exists``, ``complaint_reference_known``.
    """
    cells = {name: text for name, text in texts.items() if text.strip()}
    cells.setdefault("arrived_at", _typed(clock.now()))
    cells.setdefault("accepted_at", cells["arrived_at"])
    numbered = "ticket_id" in cells
    cells.setdefault("ticket_id", _make_number())
    read = entries.read_entry(COMPLAINTS, cells)
    if read.keyed is None:
        findings = tuple({"field": field, "code": one.code, **one.values()} for field, one in read.findings)
        raise NianjianError("register_row_faulty", findings=findings)
    row, key = read.keyed.row, read.keyed.key
    with transaction.atomic():
        lock_enterprise(enterprise)
        while queries.load_current_tickets(enterprise, [key]):
            if numbered:
                raise NianjianError("complaint_exists", complaint=key)
            row["ticket_id"] = key = _make_number()  # two arrived in one second and drew the same
        existing = queries.find_key_by_reference(enterprise, row.get("source"), row.get("reference"))
        if existing is not None:
            raise NianjianError("complaint_reference_known", reference=row["reference"], complaint=existing)
        plan = Plan(Complaint, Source(str(actor), clock.now()))
        plan.add(enterprise, key, row)
        write_plan(plan)
        data = {"complaint": key, "fields": [name for name, value in row.items() if value is not None]}
        _note("add", enterprise, actor, data | ({"drill": True} if row.get("drill") else {}))
        alert_arrivals(enterprise=enterprise, complaints=[key])
    return key


def _make_number() -> str:
    return f"TS-{clock.now().astimezone(clock.ZONE):%Y%m%d%H%M%S}-{secrets.token_hex(2)}"


def apply_action(
    act: TicketAction,
    enterprise: str,
    complaints: Sequence[str],
    change: Change,
    actor: Actor,
    *,
    at: datetime,
    reason: str = "",
    versions: Sequence[int] | None = None,
    first: TicketAction | None = None,
) -> None:
    """Do an action to each ticket or to none; ``change`` gives what changes in a row.

    ``first``: another action that the change holds, too, and that comes before it at the same moment.
    ``complaint_unknown``, ``register_row_stale`` if somebody wrote since ``versions``, ``complaint_act_refused``,
    ``complaint_moment_too_early``, ``register_nothing_chosen``, ``register_too_many``.
    """
    keys = list(dict.fromkeys(complaints))
    if not keys:
        raise NianjianError("register_nothing_chosen")
    if len(keys) > MOST:
        raise NianjianError("register_too_many", most=MOST)
    with transaction.atomic():
        lock_enterprise(enterprise)
        rows = queries.load_current_tickets(enterprise, keys)
        plan = Plan(Complaint, Source(str(actor), clock.now(), reason=reason.strip()[:REASON] or None))
        fields: set[str] = set()
        for key in keys:
            if (row := rows.get(key)) is None:
                raise NianjianError("complaint_unknown", complaint=key)
            facts, action = queries.ticket_facts(row), first or act
            if code := find_refusal(facts, action, at):
                raise NianjianError(code, complaint=key, state=state_of(facts).value, act=action.value, at=_typed(at))
            if versions is not None and row.pk not in versions:
                raise NianjianError("register_row_stale")
            changes = change(row)
            fields |= {name for name, value in changes.items() if getattr(row, name) != value}
            plan.correct(row, column_values(row, COMPLAINTS) | changes)
        write_plan(plan)
        data: dict[str, object] = {"complaints": keys, "at": at.isoformat(), "fields": sorted(fields)}
        drills = sorted(row.key for row in rows.values() if row.drill)
        _note(act.value, enterprise, actor, data | ({"drills": drills} if drills else {}))


def _note(act: str, enterprise: str, actor: Actor, data: Mapping[str, object]) -> None:
    record(verb=f"complaints.{act}", enterprise=enterprise, actor=actor, data=data)


def resolve_moment(at: datetime | None) -> datetime:
    """Now, or the moment given (aware); ``complaint_moment_in_future``."""
    moment = clock.now().replace(microsecond=0) if at is None else at
    if moment > latest_moment():
        raise NianjianError("complaint_moment_in_future", at=_typed(moment))
    return moment


def _typed(moment: datetime) -> str:
    return f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"


TICKETS: Final = Resource(
    name="ticket",
    plural="tickets",
    path="/enterprises/{code}/complaints",
    read=lambda enterprise, actor, keys: list_tickets(enterprise=enterprise, actor=actor).of(keys),
    missing=lambda key: NianjianError("complaint_unknown", complaint=key),
    document=to_document,
    schema=Ticketed,
    row=ticket_as_dict,
    key_of=row_keys.decode_key,
    key_help=mark("the ticket's number"),
)


WHEN: Final = Param(
    label=mark("When"), hint=mark("Empty: now."), metavar="T", error="complaint_moment_unreadable",
    help=mark("when, like 2026-03-01 22:15:00; default: now"),
)  # fmt: skip
WHY: Final = Param(label=mark("Reason"), metavar="TEXT", help=mark("why"))


@operation("complaints.add", on=TICKETS, permission=Permission.MANAGE_DATA)
def open_ticket(*, enterprise: str, texts: RowTexts, actor: Actor) -> str:
    """Open a ticket; its number. Raises what `create_ticket` raises."""
    return create_ticket(enterprise=enterprise, texts=texts, actor=actor)


@operation(
    "complaints.respond", on=TICKETS, permission=Permission.MANAGE_DATA, label=mark("Record a response"),
    command="respond", help=mark("record the first response by a person"), path="/responses",
    body=Body(
        "Responded",
        "Tickets, all or none; several need a ``text``. ``automatic``: an answer of no person, which stops no clock.",
    ),
)  # fmt: skip
def respond(
    *,
    enterprise: str,
    complaints: Keys,
    actor: Actor,
    at: Annotated[Moment, WHEN] = None,
    text: Annotated[
        Line,
        Param(label=mark("Answer given"), rows=2, metavar="TEXT",
              help=mark("the answer given; required for several tickets")),
    ] = "",
    by: Annotated[
        Line,
        Param(label=mark("Who responded"), hint=mark("Empty: you."), metavar="NAME",
              help=mark("who responded; default: the person recording it")),
    ] = "",
    automatic: Annotated[Flag, Param(help=mark("an automatic answer: it does not count as a response"))] = False,
    versions: Versions = None,
) -> None:  # fmt: skip
    """Record first responses.

    ``complaint_text_missing``: several at once need a text of the writer's own.
    """
    if len(complaints) > 1 and not automatic and not text.strip():
        raise NianjianError("complaint_text_missing")
    moment = resolve_moment(at)
    act = TicketAction.ACKNOWLEDGE if automatic else TicketAction.RESPOND

    def change(row: Complaint) -> Row:
        if automatic:
            return {"auto_replied_at": row.auto_replied_at or moment}
        return {"responded_at": moment, "responded_by": by.strip() or actor.name}

    apply_action(act, enterprise, complaints, change, actor, at=moment, reason=text, versions=versions)


@operation(
    "complaints.callback", on=TICKETS, permission=Permission.MANAGE_DATA, label=mark("Record a call-back"),
    command="callback", help=mark("record a call-back"),
    path="/tickets/{ticket}/callback", body=Body("CalledBack", "What the call gave."),
)  # fmt: skip
def callback(
    *,
    enterprise: str,
    complaint: Key,
    actor: Actor,
    at: Annotated[Moment, WHEN] = None,
    result: Annotated[
        Text,
        Param(label=mark("Result of the call"), rows=2, metavar="R", help=mark("result of the call-back"),
              optional_option=True),
    ],
    version: Version = None,
) -> None:  # fmt: skip
    """Record a call-back and what it gave.

    The first thing a person does is the response, too. ``complaint_result_missing``.
    """
    if not result.strip():
        raise NianjianError("complaint_result_missing")
    moment = resolve_moment(at)
    apply_action(
        TicketAction.CALL_BACK, enterprise, [complaint], lambda row: _call_back(row, moment, result, actor), actor,
        at=moment, versions=_one(version),
    )  # fmt: skip


def _call_back(row: Complaint, at: datetime, result: str, actor: Actor) -> Row:
    """What a call-back changes; the first thing that a person does is the response, too."""
    values: Row = {"called_back_at": at, "callback_result": result.strip()}
    return values if row.responded_at else values | {"responded_at": at, "responded_by": actor.name}


@operation(
    "complaints.close", on=TICKETS, permission=Permission.MANAGE_DATA, label=mark("Close the ticket"),
    command="close", help=mark("close one ticket: it needs a call-back and a result"),
    path="/tickets/{ticket}/close",
    body=Body(
        "Closed",
        "``result``: what was done, where it is not recorded yet. ``callback``: the result of a call-back then.",
    ),
)  # fmt: skip
def close(
    *,
    enterprise: str,
    complaints: Keys,
    actor: Actor,
    at: Annotated[Moment, WHEN] = None,
    result: Annotated[
        Text,
        Param(label=mark("Result"), hint=mark("Empty: the measures already recorded."), rows=2, metavar="R",
              help=mark("the result")),
    ] = "",
    upheld: Annotated[YesNo, Param(label=mark("Upheld"), help=mark("whether the complaint was justified"))] = None,
    callback: Annotated[
        Text,
        Param(label=mark("Result of the call-back"), metavar="R",
              help=mark("result of a call-back made at the same time, which is recorded with it")),
    ] = "",
    version: Version = None,
) -> None:  # fmt: skip
    """Close a ticket: it needs a result and a call-back, recorded before or with it, a new one after each reopening.

    ``complaint_mass_close`` for more than one, ``complaint_callback_missing``, ``complaint_callback_old``,
    ``complaint_result_missing``.
    """
    if len(complaints) != 1:
        raise NianjianError("complaint_mass_close", count=len(complaints))
    moment = resolve_moment(at)

    def change(row: Complaint) -> Row:
        values: Row = {"closed_at": moment, "measures": result.strip() or row.measures}
        if not values["measures"]:
            raise NianjianError("complaint_result_missing")
        values |= _call_back(row, moment, callback, actor) if callback.strip() else {}
        return values if upheld is None else values | {"upheld": upheld}

    first = TicketAction.CALL_BACK if callback.strip() else None
    apply_action(
        TicketAction.CLOSE, enterprise, complaints, change, actor, at=moment, versions=_one(version), first=first
    )


@operation(
    "complaints.unclose", on=TICKETS, permission=Permission.MANAGE_DATA, label=mark("Take the closing back"),
    command="unclose", help=mark("take back your own closing, as long as nothing else was recorded since"),
    path="/tickets/{ticket}/unclose", body=Body("Unclosed", "What to go on from."),
)  # fmt: skip
def unclose(*, enterprise: str, complaint: Key, actor: Actor, version: Version = None) -> None:
    """Take back one's own closing that was a slip: the ticket stands as it stood before.

    The closing stays in the history and in the audit log. ``complaint_unclose_refused``: somebody else closed the
    ticket, or something else was recorded since; then it is reopened. The clock of closing warns anew.
    """

    def change(row: Complaint) -> Row:
        before = queries.find_before_closing(row, actor)
        if before is None:
            raise NianjianError("complaint_unclose_refused", complaint=complaint)
        return column_values(before, COMPLAINTS)

    with transaction.atomic():
        apply_action(
            TicketAction.UNCLOSE, enterprise, [complaint], change, actor, at=clock.now(), versions=_one(version)
        )
        clear_close_warning(enterprise=enterprise, key=complaint)


@operation(
    "complaints.reopen", on=TICKETS, permission=Permission.MANAGE_DATA, label=mark("Reopen the ticket"),
    command="reopen", help=mark("reopen a closed ticket; the clocks keep their start"),
    path="/tickets/{ticket}/reopen", body=Body("Reopened", "Why."),
)  # fmt: skip
def reopen(
    *,
    enterprise: str,
    complaint: Key,
    actor: Actor,
    at: Annotated[Moment, WHEN] = None,
    reason: Annotated[Line, WHY] = "",
    version: Version = None,
) -> None:
    """Open a closed ticket again; the clocks keep their start.

    The clock of closing warns anew.
    """
    moment = resolve_moment(at)
    change: Row = {"reopened_at": moment}
    with transaction.atomic():
        apply_action(
            TicketAction.REOPEN, enterprise, [complaint], lambda _row: change, actor, at=moment, reason=reason,
            versions=_one(version),
        )  # fmt: skip
        clear_close_warning(enterprise=enterprise, key=complaint)


@operation(
    "complaints.exclude", on=TICKETS, permission=Permission.MANAGE_DATA, label=mark("Exclude the ticket"),
    command="exclude", help=mark("exclude a ticket from all figures, with a reason"),
    path="/tickets/{ticket}/exclude",
    body=Body("Excluded", "Why it counts nowhere; of a duplicate the ticket that stays."),
)  # fmt: skip
def exclude(
    *,
    enterprise: str,
    complaint: Key,
    actor: Actor,
    exclusion: Annotated[
        str,
        Choice(EXCLUSIONS),
        Param(label=mark("Why it is not counted"), option="reason", metavar="R",
              help=mark("not_accepted, not_own_number, duplicate or not_a_call")),
    ],
    duplicate_of: Annotated[
        Line,
        Param(label=mark("Ticket to keep"), hint=mark("For a duplicate."), option="of", metavar="I",
              help=mark("for a duplicate: the ticket to keep")),
    ] = "",
    reason: Annotated[
        Line, Param(label=mark("Note"), option="note", metavar="TEXT", help=mark("further details"))
    ] = "",
    version: Version = None,
) -> None:  # fmt: skip
    """Let a ticket count nowhere.

    ``complaint_exclusion_unknown``, ``complaint_duplicate_wrong``.
    """
    if exclusion not in EXCLUSIONS:
        raise NianjianError("complaint_exclusion_unknown", exclusion=exclusion, exclusions=", ".join(EXCLUSIONS))
    first = duplicate_of.strip()
    if first and (
        exclusion != DUPLICATE or first == complaint or not queries.load_current_tickets(enterprise, [first])
    ):
        raise NianjianError("complaint_duplicate_wrong", complaint=complaint, other=first)
    change: Row = {"exclusion": exclusion, "duplicate_of": first or None}
    apply_action(
        TicketAction.EXCLUDE, enterprise, [complaint], lambda _row: change, actor, at=clock.now(), reason=reason,
        versions=_one(version),
    )  # fmt: skip


@operation(
    "complaints.readmit", on=TICKETS, permission=Permission.MANAGE_DATA, label=mark("Withdraw the exclusion"),
    command="readmit", help=mark("withdraw an exclusion"),
    path="/tickets/{ticket}/readmit", body=Body("Readmitted", "Why the exclusion was wrong."),
)  # fmt: skip
def readmit(
    *, enterprise: str, complaint: Key, actor: Actor, reason: Annotated[Line, WHY] = "", version: Version = None
) -> None:
    """Take an exclusion back."""
    change: Row = {"exclusion": None, "duplicate_of": None}
    apply_action(
        TicketAction.READMIT, enterprise, [complaint], lambda _row: change, actor, at=clock.now(), reason=reason,
        versions=_one(version),
    )  # fmt: skip


@operation(
    "complaints.assign", on=TICKETS, permission=Permission.MANAGE_DATA, label=mark("Assign the ticket"),
    command="assign", help=mark("assign tickets to a person or a team"), path="/assignments",
    body=Body("Assigned", 'Tickets, all or none, for a person or a team; "" takes it away, null leaves it.'),
)  # fmt: skip
def assign(
    *,
    enterprise: str,
    complaints: Keys,
    actor: Actor,
    assignee: Annotated[
        OptionalLine,
        Param(label=mark("Person"), option="to", metavar="WHO",
              help=mark("account or staff number; an empty text removes the assignment")),
    ] = None,
    team: Annotated[OptionalLine, Param(label=mark("Team"), metavar="T", help=mark("the team"))] = None,
    versions: Versions = None,
) -> None:  # fmt: skip
    """Give tickets to a person or a team.

    ``complaint_assignee_missing``.
    """
    values = {"assignee": assignee, "team_id": team}
    change: Row = {name: value.strip() or None for name, value in values.items() if value is not None}
    if not change:
        raise NianjianError("complaint_assignee_missing")
    apply_action(
        TicketAction.ASSIGN, enterprise, complaints, lambda _row: change, actor, at=clock.now(), versions=versions
    )


@operation("complaints.attach", on=TICKETS, permission=Permission.MANAGE_DATA)
def attach_paper(*, enterprise: str, complaint: Key, name: Line, content: Upload, actor: Actor) -> int:
    """Put a paper beside a ticket; its id. ``complaint_unknown``, and what `attach_to_row` raises."""
    if (row := queries.load_current_tickets(enterprise, [complaint]).get(complaint)) is None:
        raise NianjianError("complaint_unknown", complaint=complaint)
    return attach_to_row(register=queries.KIND, row=row, name=name, content=content, actor=actor)


def _one(version: int | None) -> list[int] | None:
    return None if version is None else [version]
