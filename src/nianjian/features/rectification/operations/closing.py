"""Hand a report in and close the case (R9): what was reported must still hold, and the figures must bear it out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification import isolate, states
from nianjian.features.rectification.cases import service
from nianjian.features.rectification.cases.model import Case
from nianjian.features.rectification.operations import cases, evidence
from nianjian.features.rectification.watch import service as watch
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs.progress import Progress, Steps, silent

Json = dict[str, Any]


def sendable(*, case: str, day: date, actor: Actor) -> Case:
    """The case, if its report may go out as far as no figures are counted.

    ``rectify_unknown``, ``rectify_day_ahead``, ``rectify_step_early``, ``rectify_gaps_open`` with what is open.
    """
    held = cases.own(case, actor, Act.REPORT)
    if day > clock.today():
        raise NianjianError("rectify_day_ahead", day=day.isoformat())
    states.check(held.pk, states.SUBMITTED, service.list_completed_steps(held))
    _nothing_open(held, None)
    return held


def _nothing_open(held: Case, step: Steps | None) -> None:
    if against := [gap for gap in evidence.of_case(held, step, sending=True) if gap.blocks]:
        findings = tuple({"code": gap.code, **gap.values} for gap in against)
        raise NianjianError("rectify_gaps_open", case=held.pk, findings=findings)


def submit(*, case: str, day: date, actor: Actor, progress: Progress = silent) -> Json:
    """Note that report and test report were handed in; the day to ask after the opinion.

    Everything that the report tells is counted once more before: its figures, caps and tickets as they stand now.
    As `sendable`, and ``rectify_gaps_open`` with what the count finds open again.
    """
    held = sendable(case=case, day=day, actor=actor)
    _nothing_open(held, Steps(progress, held.pk, evidence.COUNTING + evidence.LOOKING))
    days = cases.Days(held.enterprise_id)
    data: Mapping[str, Any] = {"day": day.isoformat(), "in_time": day <= days.plan(held).due.day}
    done = service.step(case=held, step=states.SUBMITTED, data=data, actor=actor, submitted_on=day)
    reminder = days.reminder(done)
    return {"id": done.pk, "state": done.state, "submitted_on": day.isoformat(), **data, "reminder": reminder}


def ready(*, case: str, check: str, actor: Actor) -> Case:
    """The case, if it may be closed as far as no figures are counted.

    ``rectify_unknown``, ``rectify_closed``, ``rectify_step_early``, ``rectify_text_missing``.
    """
    held = cases.own(case, actor, Act.REPORT)
    states.check(held.pk, states.CLOSED, service.list_completed_steps(held))
    if not check.strip():
        raise NianjianError("rectify_text_missing", field="check")
    return held


def close(*, case: str, check: str, actor: Actor, progress: Progress = silent) -> Json:
    """Close a submitted case after an effectiveness check; its recurring measures become the routine.

    As `ready`, and ``rectify_not_effective`` with what speaks against it.
    """
    held = ready(case=case, check=check, actor=actor)
    counted = evidence.until_today(held, Steps(progress, held.pk, evidence.COUNTING))
    against = isolate.effective(counted)
    if against:
        raise NianjianError("rectify_not_effective", case=case, findings=tuple({"code": code} for code in against))
    with transaction.atomic():
        routine = watch.make_routine(case=held, start=clock.today(), actor=actor)
        data = {"after": counted[isolate.AFTER], "snapshot": counted["snapshot"], "tasks": len(routine)}
        told = {"check": check.strip()[: service.MOST], **counted}
        done = service.step(case=held, step=states.CLOSED, data=data, actor=actor, checked=told)
    return {"id": done.pk, "state": done.state, "effective": True, "tasks": len(routine), "after": data["after"]}
