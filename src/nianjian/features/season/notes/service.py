"""Write what was said of a task; one transaction and one audit entry an act. The caller knows the task."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.season.tasks import BY_HAND
from nianjian.features.season.notes.model import Note
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record

EMPTY: Final[dict[str, Any]] = {"owner": "", "done_on": None, "note": "", "snoozed_until": None, "reason": ""}


def assign(*, enterprise: str, year: int, task: str, owner: str, actor: Actor) -> Note:
    """Name who does it; empty: nobody."""
    return _written(
        enterprise=enterprise,
        year=year,
        task=task,
        given={"owner": owner.strip()},
        actor=actor,
        verb="season.task_assigned",
    )


def mark_task_done(*, enterprise: str, year: int, task: str, day: date | None, note: str, actor: Actor) -> Note:
    """Say that it was done on a day, with a note; None takes it back.

    ``season_task_computed`` where the product sees it itself, ``season_reason_missing`` without a note.
    """
    if task not in BY_HAND:
        raise NianjianError("season_task_computed", task=task)
    if day is not None and not note.strip():
        raise NianjianError("season_reason_missing", task=task)
    given = {"done_on": day, "note": note.strip() if day else ""}
    return _written(
        enterprise=enterprise,
        year=year,
        task=task,
        given=given,
        actor=actor,
        verb="season.task_done" if day else "season.task_reopened",
    )


def snooze(*, enterprise: str, year: int, task: str, until: date | None, reason: str, last: date, actor: Actor) -> Note:
    """Let it rest until a day, with a reason; None wakes it. ``last``: the day beyond which nothing may rest.

    ``season_reason_missing``, ``season_snooze_too_long``.
    """
    if until is not None and not reason.strip():
        raise NianjianError("season_reason_missing", task=task)
    if until is not None and until > last:
        raise NianjianError("season_snooze_too_long", task=task, last=last.isoformat())
    given = {"snoozed_until": until, "reason": reason.strip() if until else ""}
    return _written(
        enterprise=enterprise,
        year=year,
        task=task,
        given=given,
        actor=actor,
        verb="season.task_snoozed" if until else "season.task_woken",
    )


def _written(*, enterprise: str, year: int, task: str, given: dict[str, Any], verb: str, actor: Actor) -> Note:
    """Write the fields; the same again writes nothing. What people wrote stays out of the chain."""
    tenant = accounts.enterprise(enterprise)
    here: dict[str, Any] = {"enterprise_id": tenant.code, "year": year, "task": task}
    stamp: dict[str, Any] = {"recorded_at": clock.now(), "recorded_by": str(actor)}
    with transaction.atomic():
        held = Note.objects.select_for_update().filter(**here).first()
        row = held or Note(**here, **EMPTY)
        if all(getattr(row, name) == value for name, value in given.items()):
            return row
        if held is None:  # a second writer of the same moment meets the first one's row
            row, _made = Note.objects.get_or_create(**here, defaults=EMPTY | stamp)
        for name, value in given.items():
            setattr(row, name, value)
        row.recorded_at, row.recorded_by = stamp["recorded_at"], stamp["recorded_by"]
        row.save()
        days = {name: value.isoformat() for name, value in given.items() if isinstance(value, date)}
        record(verb=verb, enterprise=tenant.code, actor=actor, data={"year": year, "task": task, **days})
    return row
