"""Write the watch list and the routine; one transaction and one audit entry an act."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.portrait.models import Task, Watch
from nianjian.features.rectification.cases import free_text
from nianjian.features.rectification.cases.model import Case, Measure
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record


def flag(*, enterprise: str, licence: str, since: date, source: str, case: Case | None, actor: Actor) -> Watch:
    """Set the flag on a licence; ``rectify_text_missing``, ``rectify_text_long``, ``rectify_watched_already``."""
    tenant = accounts.enterprise(enterprise)
    for name, text in (("licence", licence), ("source", source)):
        if not text.strip():
            raise NianjianError("rectify_text_missing", field=name)
    plain = free_text.short("licence", licence, free_text.LICENCE)
    with transaction.atomic():
        if Watch.objects.filter(enterprise_id=tenant.code, licence=plain, until=None).exists():
            raise NianjianError("rectify_watched_already", licence=plain)
        row = Watch(
            enterprise_id=tenant.code,
            licence=plain,
            since=since,
            source=source.strip(),
            case=case,
            recorded_at=clock.now(),
            recorded_by=str(actor),
        )
        row.save(force_insert=True)
        data = {"licence": row.licence, "since": since.isoformat(), "case": row.case_id}
        record(verb="rectify.watch", enterprise=tenant.code, actor=actor, data=data)
    return row


def unflag(*, enterprise: str, licence: str, until: date, actor: Actor) -> Watch:
    """Take the flag off from a day on; ``rectify_not_watched``."""
    with transaction.atomic():
        row = (
            Watch.objects.select_for_update()
            .filter(enterprise_id=enterprise, licence=licence.strip(), until=None, since__lte=until)
            .first()
        )
        if row is None:
            raise NianjianError("rectify_not_watched", licence=licence.strip())
        row.until = until
        row.save(update_fields=["until"])
        data = {"licence": row.licence, "until": until.isoformat()}
        record(verb="rectify.unwatch", enterprise=enterprise, actor=actor, data=data)
    return row


def make_routine(*, case: Case, start: date, actor: Actor) -> list[Task]:
    """Turn the case's recurring measures into tasks of the routine, each once; the caller closes the case beside."""
    made = []
    with transaction.atomic():
        for measure in Measure.objects.filter(case=case, every__isnull=False).order_by("pk"):
            task = Task(
                enterprise_id=case.enterprise_id,
                case=case,
                text=measure.text,
                owner=measure.owner,
                every=measure.every or 0,
                due=start + timedelta(days=measure.every or 0),
                recorded_at=clock.now(),
                recorded_by=str(actor),
            )
            task.save(force_insert=True)
            made.append(task)
        if made:
            data = {"case": case.pk, "tasks": len(made)}
            record(verb="rectify.routine", enterprise=case.enterprise_id, actor=actor, data=data)
    return made


def complete_task(*, enterprise: str, task: int, day: date, actor: Actor) -> Task:
    """Say that a task was done on a day; it is due again ``every`` days later. ``rectify_task_unknown``."""
    with transaction.atomic():
        row = Task.objects.select_for_update().filter(enterprise_id=enterprise, pk=task, stopped_on=None).first()
        if row is None:
            raise NianjianError("rectify_task_unknown", task=task)
        row.done_on, row.due = day, day + timedelta(days=row.every)
        row.save(update_fields=["done_on", "due"])
        data = {"task": task, "day": day.isoformat(), "due": row.due.isoformat()}
        record(verb="rectify.task_done", enterprise=enterprise, actor=actor, data=data)
    return row
