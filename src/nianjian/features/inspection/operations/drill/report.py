"""What a drill has shown, as its ticket stands now: steps with times, checks, what to mend; as data and as PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.words import words
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.models import Complaint, Warned
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.complaints.states import Act
from nianjian.features.inspection import drill, readiness
from nianjian.features.inspection.drill import Seen, Step
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.operations.drill import timeline
from nianjian.features.inspection.operations.drill.run import VERB
from nianjian.features.inspection.operations.drill.script import FORWARD, ONE_CLICK
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act as May
from nianjian.platform.audit import query as audit
from nianjian.platform.registers.queries import ReadScope

MOST: Final = 100  # drills that are looked through, the newest first
SOON: Final = ("responded_s", "called_back_s", "closed_s")
MEDIA: Final = "application/pdf"
OPENED: Final = {ONE_CLICK: "one_click_opened", FORWARD: "forward_opened"}
#: Act on a ticket -> the step that it does.
ACTS: Final[Mapping[str, str]] = {Act.RESPOND: "responded", Act.CALL_BACK: "called_back", Act.CLOSE: "closed"}


def list_drills(*, enterprise: str, actor: Actor) -> list[Json]:
    """The drills, newest first: ticket, when it began, who began it, how soon its steps were done (seconds).

    ``role_missing``, ``enterprise_unknown``.
    """
    require(actor, enterprise, May.READ)
    accounts.enterprise(enterprise)
    held = list(_held(enterprise))
    rows = complaints.load_current_tickets(enterprise, [str(one.data["drill"]) for one in held])
    return [
        {
            "drill": str(one.data["drill"]),
            "begun_at": _wall(datetime.fromisoformat(one.at)),
            "begun_by": one.actor,
            **_soon(rows.get(str(one.data["drill"]))),
        }
        for one in held
    ]


def _running(done: Sequence[Step], now: datetime) -> int:
    """Seconds since the arrival: the stopwatch; the moment itself does not stop it, the closing does."""
    at = {one.step: one.at for one in done}
    begun, end = at.get("arrived"), at.get("closed") or now
    return 0 if begun is None else int((end - begun).total_seconds())


def _soon(row: Complaint | None) -> Json:
    """Seconds from the arrival to each step; None: not done yet."""
    found: Json = dict.fromkeys(SOON)
    facts = None if row is None else complaints.ticket_facts(row)
    if facts is None or facts.arrived is None:
        return found
    done = (facts.responded, facts.called_back, facts.finished)
    return {
        name: None if at is None else int((at - facts.arrived).total_seconds())
        for name, at in zip(SOON, done, strict=True)
    }


def report(*, enterprise: str, actor: Actor, name: str = "") -> Json:
    """One drill by its ticket, the newest without one; ``role_missing``, ``enterprise_unknown``, ``drill_unknown``.

    ``state`` is passed only where every step and every check has passed. ``mend``: what has not, failed first.
    """
    require(actor, enterprise, May.READ)
    tenant, now = accounts.enterprise(enterprise), clock.now()
    held = next((one for one in _held(enterprise) if name in {"", one.data["drill"]}), None)
    ticket = "" if held is None else str(held.data["drill"])
    row = complaints.load_current_tickets(enterprise, [ticket]).get(ticket)
    if held is None or row is None:
        raise NianjianError("drill_unknown", drill=name[:80])
    checks = cast("Sequence[Mapping[str, Any]]", held.data["checks"])
    script = cast("Mapping[str, Any]", held.data.get("script") or {})  # none was kept of the first drills
    done = drill.steps(
        Seen(
            facts=complaints.ticket_facts(row),
            promise=load_service_levels(enterprise),
            warned=_warned(enterprise, ticket),
            by=_who(enterprise, ticket),
            calls=cast("Mapping[str, int]", held.data["calls"]),
            calls_why=str(held.data["why"]),
            opened=OPENED[str(script.get("source", ONE_CLICK))],
        ),
        now,
    )
    told = [_step(one) for one in done]
    counts = drill.count_states(str(one["state"]) for one in (*told, *checks))
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
        "running_s": _running(done, now),
        "timeline": timeline.lines(held, done, at=now),
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
    from nianjian.engines.paper.inspection.drill import pdf  # noqa: PLC0415 -- the printer loads for a report alone

    told = report(enterprise=enterprise, actor=actor, name=name)
    return f"drill-{enterprise}-{told['as_of']}.pdf", pdf(told, words(language))


def write_report(*, enterprise: str, actor: Actor, language: str, path: Path, name: str = "") -> None:
    """Write it to a file; what `paper` raises, OSError."""
    _name, content = paper(enterprise=enterprise, actor=actor, language=language, name=name)
    path.touch(0o600)
    path.write_bytes(content)


def _held(enterprise: str) -> list[audit.Act]:
    return list(audit.acts(enterprise=enterprise, verb=VERB, newest=MOST))


def _warned(enterprise: str, ticket: str) -> datetime | None:
    """When the first warning of the ticket's clocks was given."""
    found = Warned.objects.filter(enterprise_id=enterprise, key=ticket).order_by("warned_at").first()
    return None if found is None else found.warned_at


def _who(enterprise: str, ticket: str) -> dict[str, str]:
    """Step -> who recorded it last; a call-back to a new ticket is its response, too."""
    past = reversed(complaints.list_history(ReadScope(enterprise, clock.today()), ticket))
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
