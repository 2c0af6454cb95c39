"""Write tickets: each act is one transaction with one audit entry, and writes another version of the row.

Nothing that was recorded is edited. The audit entry names tickets, moments and fields, never a value. Who may act is
asked by the operation: a public page may open a ticket, too.
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
from nianjian.features.complaints.model import Complaint
from nianjian.features.complaints.sheet import COMPLAINTS, latest
from nianjian.features.complaints.states import Act, refusal, state
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.operations.fields import MOST
from nianjian.platform.registers import entries
from nianjian.platform.registers.columns import Row
from nianjian.platform.registers.versions import Plan, Source, column_values, write_plan

REASON: Final = 500  # characters

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
    read = entries.read_entry(COMPLAINTS, given)
    if read.keyed is None:
        found = tuple({"field": field, "code": one.code, **one.values()} for field, one in read.findings)
        raise NianjianError("register_row_faulty", findings=found)
    row, key = read.keyed.row, read.keyed.key
    with transaction.atomic():
        lock_enterprise(enterprise)
        if query.load_current_tickets(enterprise, [key]):
            raise NianjianError("complaint_exists", complaint=key)
        known = query.find_key_by_reference(enterprise, row.get("source"), row.get("reference"))
        if known is not None:
            raise NianjianError("complaint_reference_known", reference=row["reference"], complaint=known)
        plan = Plan(Complaint, Source(str(actor), clock.now()))
        plan.add(enterprise, key, row)
        write_plan(plan)
        told = {"complaint": key, "fields": [name for name, value in row.items() if value is not None]}
        _note("add", enterprise, actor, told | ({"drill": True} if row.get("drill") else {}))
    return key


def apply_action(
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
    """Do an action to each ticket or to none; ``change`` gives what changes in a row.

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
        rows = query.load_current_tickets(enterprise, wanted)
        plan = Plan(Complaint, Source(str(actor), clock.now(), reason=reason.strip()[:REASON] or None))
        fields: set[str] = set()
        for key in wanted:
            row = _open(rows.get(key), key, act, at)
            if versions is not None and row.pk not in versions:
                raise NianjianError("register_row_stale")
            made = change(row)
            fields |= {name for name, value in made.items() if getattr(row, name) != value}
            plan.correct(row, column_values(row, COMPLAINTS) | made)
        write_plan(plan)
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


def resolve_moment(at: datetime | None) -> datetime:
    """Now, or the moment given (aware); ``complaint_moment_in_future``."""
    found = clock.now().replace(microsecond=0) if at is None else at
    if found > latest():
        raise NianjianError("complaint_moment_in_future", at=_typed(found))
    return found


def _typed(moment: datetime) -> str:
    return moment.astimezone(clock.ZONE).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def _number() -> str:
    return f"TS-{clock.now().astimezone(clock.ZONE):%Y%m%d%H%M%S}-{secrets.token_hex(2)}"
