"""What a drill has shown, as its ticket stands now: steps with times, checks, what to mend; as data and as PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from nianjian.accounts import query as accounts
from nianjian.accounts.access import require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act as May
from nianjian.audit import query as audit
from nianjian.complaints import query as complaints
from nianjian.complaints.states import Act
from nianjian.complaints.warned.model import Warned
from nianjian.flows.complaints.promise import promise
from nianjian.flows.inspection.checks.grounds import Json
from nianjian.flows.inspection.drill.run import VERB
from nianjian.inspection import drill, readiness
from nianjian.inspection.drill import Seen, Step
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.paper.words import words
from nianjian.registers.rows.query import Sight

MOST: Final = 100  # drills that are looked through, the newest first
MEDIA: Final = "application/pdf"
#: Act on a ticket -> the step that it does.
ACTS: Final[Mapping[str, str]] = {Act.RESPOND: "responded", Act.CALL_BACK: "called_back", Act.CLOSE: "closed"}


def listed(*, enterprise: str, actor: Actor) -> list[Json]:
    """The drills, newest first: ticket, when it began and who began it; ``role_missing``, ``enterprise_unknown``."""
    require(actor, enterprise, May.READ)
    accounts.enterprise(enterprise)
    return [
        {"drill": str(one.data["drill"]), "begun_at": _wall(datetime.fromisoformat(one.at)), "begun_by": one.actor}
        for one in _held(enterprise)
    ]


def report(*, enterprise: str, actor: Actor, name: str = "") -> Json:
    """One drill by its ticket, the newest without one; ``role_missing``, ``enterprise_unknown``, ``drill_unknown``.

    ``state`` is passed only where every step and every check has passed. ``mend``: what has not, failed first.
    """
    require(actor, enterprise, May.READ)
    tenant, now = accounts.enterprise(enterprise), clock.now()
    held = next((one for one in _held(enterprise) if name in {"", one.data["drill"]}), None)
    ticket = "" if held is None else str(held.data["drill"])
    row = complaints.standing(enterprise, [ticket]).get(ticket)
    if held is None or row is None:
        raise NianjianError("drill_unknown", drill=name[:80])
    checks = cast("Sequence[Mapping[str, Any]]", held.data["checks"])
    done = drill.steps(
        Seen(
            facts=complaints.facts(row),
            promise=promise(enterprise),
            warned=_warned(enterprise, ticket),
            by=_who(enterprise, ticket),
            calls=cast("Mapping[str, int]", held.data["calls"]),
            calls_why=str(held.data["why"]),
        ),
        now,
    )
    told = [_step(one) for one in done]
    counts = drill.counted(str(one["state"]) for one in (*told, *checks))
    return {
        "drill": ticket,
        "enterprise": enterprise,
        "name": tenant.name,
        "begun_at": _wall(datetime.fromisoformat(held.at)),
        "begun_by": held.actor,
        "as_of": held.data["as_of"],
        "at": _wall(now),
        "state": drill.whole(counts),
        "counts": counts,
        "steps": told,
        "tests": held.data["tests"],
        "checks": checks,
        "mend": [
            {"what": one.get("step") or one.get("check"), "state": one["state"], "why": one["why"]}
            for state in (readiness.FAILED, readiness.UNKNOWN)
            for one in (*told, *checks)
            if one["state"] == state
        ],
        "rulebook": held.data["rulebook"],
    }


def paper(*, enterprise: str, actor: Actor, language: str, name: str = "") -> tuple[str, bytes]:
    """Name and content of the report as PDF; what `report` raises, ``drawing_failed``."""
    from nianjian.paper.inspection.drill import pdf  # noqa: PLC0415 -- the printer loads for a report alone

    told = report(enterprise=enterprise, actor=actor, name=name)
    return f"drill-{enterprise}-{told['as_of']}.pdf", pdf(told, words(language))


def written(*, enterprise: str, actor: Actor, language: str, path: Path, name: str = "") -> None:
    """Write it to a file; what `paper` raises, OSError."""
    _name, content = paper(enterprise=enterprise, actor=actor, language=language, name=name)
    path.write_bytes(content)


def _held(enterprise: str) -> list[audit.Act]:
    return list(audit.acts(enterprise=enterprise, verb=VERB, newest=MOST))


def _warned(enterprise: str, ticket: str) -> datetime | None:
    """When the first warning of the ticket's clocks was given."""
    found = Warned.objects.filter(enterprise_id=enterprise, key=ticket).order_by("warned_at").first()
    return None if found is None else found.warned_at


def _who(enterprise: str, ticket: str) -> dict[str, str]:
    """Step -> who recorded it last; a call-back to a new ticket is its response, too."""
    past = reversed(complaints.past(Sight(enterprise, clock.today()), ticket))
    found = {"arrived" if one.act == "add" else ACTS.get(one.act, ""): one.by for one in past}
    return {"responded": found.get("called_back", "")} | found


def _step(one: Step) -> Json:
    return {
        "step": one.step,
        "state": one.state,
        "why": one.why,
        "at": None if one.at is None else _wall(one.at),
        "taken_s": None if one.taken is None else int(one.taken.total_seconds()),
        "limit_s": None if one.limit is None else int(one.limit.total_seconds()),
        "by": one.by or None,
    }


def _wall(moment: datetime) -> str:
    return moment.astimezone(clock.ZONE).isoformat(timespec="seconds")
