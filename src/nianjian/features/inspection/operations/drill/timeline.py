"""The timeline of a drill as it runs, for who leads it: what is due, what was done, what is thrown in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.drill import Step
from nianjian.features.inspection.injects import ACTS, GIVEN, HANDLED, THROWN, Line, Script, timeline
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.operations.drill import notifications as told_of
from nianjian.features.inspection.operations.drill.run import VERB
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Act as May
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record

INJECT: Final = "drill.inject"
MOST: Final = 1000  # injects of all drills that are looked through, the newest first


def lines(held: audit.Act, done: Sequence[Step], *, at: datetime) -> list[Json]:
    """The timeline of the drill that this entry began, from what its ticket tells; see `told`."""
    known = {one.step: (one.at, one.by) for one in done if one.at is not None}
    begun = known.get("arrived", (datetime.fromisoformat(held.at), ""))[0]
    found = timeline(Script.of(held.data.get("script")), begun, known, _injected(held), at)  # type: ignore[arg-type]
    return [to_document(one, begun) for one in found]


def to_document(one: Line, begun: datetime) -> Json:
    """A line as JSON; seconds count from the arrival."""
    return {
        "what": one.what,
        "thrown": one.thrown,
        "role": one.role,
        "player": one.player or None,
        "due_at": _wall(one.due),
        "due_s": None if one.due is None else int((one.due - begun).total_seconds()),
        "state": one.state,
        "at": _wall(one.at),
        "taken_s": None if one.at is None else int((one.at - begun).total_seconds()),
        "by": one.by or None,
        "ended_at": _wall(one.ended),
    }


def inject(*, enterprise: str, drill: str, what: str, act: str, actor: Actor) -> None:
    """Note that an inject was given, which tells whom it hits, or that it was handled; a second time is refused.

    ``role_missing``, ``drill_unknown``, ``drill_inject_unknown``, ``drill_inject_refused``: handled before it was
    given, or done already.
    """
    require(actor, enterprise, May.REPORT)
    if what not in THROWN or act not in ACTS:
        raise NianjianError("drill_inject_unknown", inject=what[:40], injects=", ".join(THROWN))
    with transaction.atomic():
        lock_enterprise(enterprise)
        held = next((one for one in audit.acts(enterprise=enterprise, verb=VERB) if one.data["drill"] == drill), None)
        if held is None:
            raise NianjianError("drill_unknown", drill=drill[:80])
        done = _injected(held).get(what, {})
        if act in done or (act == HANDLED and GIVEN not in done):
            raise NianjianError("drill_inject_refused")
        data = {"drill": drill, "inject": what, "act": act}
        record(verb=INJECT, enterprise=enterprise, actor=actor, data=data)
        if act == GIVEN:
            told_of.notify_recipients(held, what, actor)


def _injected(held: audit.Act) -> dict[str, dict[str, tuple[datetime, str]]]:
    """Inject -> act -> (at, by)."""
    found: dict[str, dict[str, tuple[datetime, str]]] = {}
    for one in audit.acts(enterprise=held.enterprise, verb=INJECT, newest=MOST):
        if one.data.get("drill") == held.data["drill"]:
            acts = found.setdefault(str(one.data["inject"]), {})
            acts[str(one.data["act"])] = (datetime.fromisoformat(one.at), one.actor)
    return found


def _wall(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(clock.ZONE).isoformat(timespec="seconds")
