"""What is done to tickets: each act is one transaction with one audit entry, and writes another version of the row.

Nothing that was recorded is edited. The audit entry names tickets, moments and fields, never a value. Who may act is
asked by the flow: a public page may open a ticket, too. Closing takes one ticket at a time, by design.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import query
from nianjian.features.complaints.clocks import Clock
from nianjian.features.complaints.model import Complaint
from nianjian.features.complaints.sheet import COMPLAINTS, latest
from nianjian.features.complaints.states import DUPLICATE, EXCLUSIONS, Act, refusal, state
from nianjian.features.complaints.warned.model import Warned
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.registers.rows import entry
from nianjian.platform.registers.tables.column import Row
from nianjian.platform.registers.versions.plan import Plan, Source, kept
from nianjian.platform.registers.versions.service import write

REASON: Final = 500  # characters
MOST: Final = 200  # tickets of one act

Change = Callable[[Complaint], Row]


def add(*, enterprise: str, texts: Mapping[str, str], actor: Actor) -> str:
    """Open a ticket from texts by field, as the sheet reads them; its number, made where none is given.

    Without a moment of arrival it arrives now; without one of acceptance it was accepted as it arrived.
    ``register_row_faulty`` with findings, ``complaint_exists``, ``complaint_reference_known``.
    """
    given = {name: text for name, text in texts.items() if text.strip()}
    given.setdefault("arrived_at", _typed(clock.now()))
    given.setdefault("accepted_at", given["arrived_at"])
    given.setdefault("ticket_id", _number())
    read = entry.read(COMPLAINTS, given)
    if read.keyed is None:
        found = tuple({"field": field, "code": one.code, **one.values()} for field, one in read.findings)
        raise NianjianError("register_row_faulty", findings=found)
    row, key = read.keyed.row, read.keyed.key
    with transaction.atomic():
        lock_enterprise(enterprise)
        if query.standing(enterprise, [key]):
            raise NianjianError("complaint_exists", complaint=key)
        known = query.with_reference(enterprise, row.get("source"), row.get("reference"))
        if known is not None:
            raise NianjianError("complaint_reference_known", reference=row["reference"], complaint=known)
        plan = Plan(Complaint, Source(str(actor), clock.now()))
        plan.add(enterprise, key, row)
        write(plan)
        told = {"complaint": key, "fields": [name for name, value in row.items() if value is not None]}
        _note("add", enterprise, actor, told | ({"drill": True} if row.get("drill") else {}))
    return key


def respond(
    *,
    enterprise: str,
    complaints: Sequence[str],
    actor: Actor,
    at: datetime | None = None,
    text: str = "",
    by: str = "",
    automatic: bool = False,
    versions: Sequence[int] | None = None,
) -> None:
    """Record the first response of a person to one ticket or several; of an ``automatic`` one, that it went out.

    Several at once need a ``text`` of the writer's own. ``by``: who responded; without it, who writes. ``versions``:
    those that the writer saw. ``complaint_text_missing``, and what `_acted` raises.
    """
    if len(complaints) > 1 and not automatic and not text.strip():
        raise NianjianError("complaint_text_missing")
    moment = _moment(at)
    act = Act.ACKNOWLEDGE if automatic else Act.RESPOND

    def change(row: Complaint) -> Row:
        if automatic:
            return {"auto_replied_at": row.auto_replied_at or moment}
        return {"responded_at": moment, "responded_by": by.strip() or actor.name}

    _acted(act, enterprise, complaints, change, actor, at=moment, reason=text, versions=versions)


def callback(
    *,
    enterprise: str,
    complaint: str,
    result: str,
    actor: Actor,
    at: datetime | None = None,
    version: int | None = None,
) -> None:
    """Record a call-back and what it gave; the first thing a person does is the response, too.

    ``complaint_result_missing``, and what `_acted` raises.
    """
    told, moment = _result(result), _moment(at)

    def change(row: Complaint) -> Row:
        made: Row = {"called_back_at": moment, "callback_result": told}
        return made if row.responded_at else made | {"responded_at": moment, "responded_by": actor.name}

    _acted(Act.CALL_BACK, enterprise, [complaint], change, actor, at=moment, versions=_one(version))


def close(
    *,
    enterprise: str,
    complaint: str,
    actor: Actor,
    result: str = "",
    at: datetime | None = None,
    upheld: bool | None = None,
    version: int | None = None,
) -> None:
    """Close one ticket: it needs a recorded call-back, a new one after each reopening, and a result, given or recorded.

    ``complaint_callback_missing``, ``complaint_callback_old``, ``complaint_result_missing``, and what `_acted` raises.
    """
    moment = _moment(at)

    def change(row: Complaint) -> Row:
        made: Row = {"closed_at": moment, "measures": result.strip() or row.measures}
        if not made["measures"]:
            raise NianjianError("complaint_result_missing")
        return made if upheld is None else made | {"upheld": upheld}

    _acted(Act.CLOSE, enterprise, [complaint], change, actor, at=moment, versions=_one(version))


def reopen(
    *,
    enterprise: str,
    complaint: str,
    actor: Actor,
    at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Take a closing back; the clocks keep their start, and that of closing warns anew. Raises what `_acted` raises."""
    moment = _moment(at)
    with transaction.atomic():
        _acted(
            Act.REOPEN,
            enterprise,
            [complaint],
            lambda _row: {"reopened_at": moment},
            actor,
            at=moment,
            reason=reason,
            versions=_one(version),
        )
        Warned.objects.filter(enterprise_id=enterprise, key=complaint, clock=Clock.CLOSE.value).delete()


def exclude(
    *,
    enterprise: str,
    complaint: str,
    exclusion: str,
    actor: Actor,
    duplicate_of: str = "",
    reason: str = "",
    version: int | None = None,
) -> None:
    """Let a ticket count nowhere, with its reason code; a duplicate may name the ticket that stays.

    ``complaint_exclusion_unknown``, ``complaint_duplicate_wrong``, and what `_acted` raises.
    """
    if exclusion not in EXCLUSIONS:
        raise NianjianError("complaint_exclusion_unknown", exclusion=exclusion, exclusions=", ".join(EXCLUSIONS))
    first = duplicate_of.strip()
    if first and (exclusion != DUPLICATE or first == complaint or not query.standing(enterprise, [first])):
        raise NianjianError("complaint_duplicate_wrong", complaint=complaint, other=first)
    made: Row = {"exclusion": exclusion, "duplicate_of": first or None}
    _acted(
        Act.EXCLUDE,
        enterprise,
        [complaint],
        lambda _row: made,
        actor,
        at=clock.now(),
        reason=reason,
        versions=_one(version),
    )


def readmit(*, enterprise: str, complaint: str, actor: Actor, reason: str = "", version: int | None = None) -> None:
    """Take an exclusion back. Raises what `_acted` raises."""
    made: Row = {"exclusion": None, "duplicate_of": None}
    _acted(
        Act.READMIT,
        enterprise,
        [complaint],
        lambda _row: made,
        actor,
        at=clock.now(),
        reason=reason,
        versions=_one(version),
    )


def assign(
    *,
    enterprise: str,
    complaints: Sequence[str],
    actor: Actor,
    assignee: str | None = None,
    team: str | None = None,
    versions: Sequence[int] | None = None,
) -> None:
    """Give tickets to a person or a team; "" takes it away, None leaves it.

    ``complaint_assignee_missing``, and what `_acted` raises.
    """
    given = {"assignee": assignee, "team_id": team}
    made: Row = {name: value.strip() or None for name, value in given.items() if value is not None}
    if not made:
        raise NianjianError("complaint_assignee_missing")
    _acted(Act.ASSIGN, enterprise, complaints, lambda _row: made, actor, at=clock.now(), versions=versions)


def _acted(
    act: Act,
    enterprise: str,
    complaints: Sequence[str],
    change: Change,
    actor: Actor,
    *,
    at: datetime,
    reason: str = "",
    versions: Sequence[int] | None = None,
) -> None:
    """Do an act to each ticket or to none.

    ``complaint_unknown``, ``register_row_stale`` if somebody wrote since ``versions``, ``complaint_act_refused``,
    ``complaint_moment_too_early``, ``register_nothing_chosen``, ``register_too_many``.
    """
    wanted = list(dict.fromkeys(complaints))
    if not wanted:
        raise NianjianError("register_nothing_chosen")
    if len(wanted) > MOST:
        raise NianjianError("register_too_many", most=MOST)
    with transaction.atomic():
        lock_enterprise(enterprise)
        rows = query.standing(enterprise, wanted)
        plan = Plan(Complaint, Source(str(actor), clock.now(), reason=reason.strip()[:REASON] or None))
        fields: set[str] = set()
        for key in wanted:
            row = _open(rows.get(key), key, act, at)
            if versions is not None and row.pk not in versions:
                raise NianjianError("register_row_stale")
            made = change(row)
            fields |= {name for name, value in made.items() if getattr(row, name) != value}
            plan.correct(row, kept(row, COMPLAINTS) | made)
        write(plan)
        told: dict[str, object] = {"complaints": wanted, "at": at.isoformat(), "fields": sorted(fields)}
        drills = sorted(row.key for row in rows.values() if row.drill)
        _note(act.value, enterprise, actor, told | ({"drills": drills} if drills else {}))


def _open(row: Complaint | None, key: str, act: Act, at: datetime) -> Complaint:
    if row is None:
        raise NianjianError("complaint_unknown", complaint=key)
    facts = query.facts(row)
    code = refusal(facts, act, at)
    if code is not None:
        raise NianjianError(code, complaint=key, state=state(facts).value, act=act.value, at=_typed(at))
    return row


def _note(act: str, enterprise: str, actor: Actor, told: Mapping[str, object]) -> None:
    record(verb=f"complaints.{act}", enterprise=enterprise, actor=actor, data=told)


def _moment(at: datetime | None) -> datetime:
    """Now, or the moment given (aware); ``complaint_moment_in_future``."""
    found = clock.now().replace(microsecond=0) if at is None else at
    if found > latest():
        raise NianjianError("complaint_moment_in_future", at=_typed(found))
    return found


def _result(text: str) -> str:
    if not text.strip():
        raise NianjianError("complaint_result_missing")
    return text.strip()


def _one(version: int | None) -> list[int] | None:
    return None if version is None else [version]


def _typed(moment: datetime) -> str:
    return moment.astimezone(clock.ZONE).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def _number() -> str:
    return f"TS-{clock.now().astimezone(clock.ZONE):%Y%m%d%H%M%S}-{secrets.token_hex(2)}"
