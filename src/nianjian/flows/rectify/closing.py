"""Close a case (R9): the figures are counted once more, and only when they bear out the measures is it over."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.flows.rectify import cases, evidence
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.rectification import isolate, states
from nianjian.rectification.cases import service
from nianjian.rectification.watch import service as watch

Json = dict[str, Any]


def close(*, case: str, check: str, actor: Actor) -> Json:
    """Close a submitted case after an effectiveness check; its recurring measures become the routine.

    ``rectify_unknown``, ``rectify_step_early``, ``rectify_text_missing``, ``rectify_not_effective`` with what speaks
    against it.
    """
    held = cases.own(case, actor, Act.REPORT)
    states.check(held.pk, states.CLOSED, service.done(held))
    if not check.strip():
        raise NianjianError("rectify_text_missing", field="check")
    counted = evidence.until_today(held)
    against = isolate.effective(counted)
    if against:
        raise NianjianError("rectify_not_effective", case=case, findings=tuple({"code": code} for code in against))
    with transaction.atomic():
        routine = watch.make_routine(case=held, start=clock.today(), actor=actor)
        data = {"after": counted[isolate.AFTER], "snapshot": counted["snapshot"], "tasks": len(routine)}
        told = {"check": check.strip()[: service.MOST], **counted}
        done = service.step(case=held, step=states.CLOSED, data=data, actor=actor, checked=told)
    return {"id": done.pk, "state": done.state, "effective": True, "tasks": len(routine), "after": data["after"]}
