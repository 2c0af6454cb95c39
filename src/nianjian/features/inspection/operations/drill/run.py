"""Run a drill: look at readiness, make test calls where a way is kept, open a ticket as a complaint would come in.

The ticket comes last: a drill that is stopped or fails before leaves nothing but its test calls.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import Shape
from nianjian.features.complaints.one_click import list_doors
from nianjian.features.inspection.operations.checks import readiness
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.operations.drill.script import ONE_CLICK, Planned, checked, open_ticket
from nianjian.features.test_calls.operations import work as callback
from nianjian.features.test_calls.operations.grounds import Grounds as Tests
from nianjian.features.test_calls.routes.query import routes
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.vault import keyring

VERB: Final = "drill.run"
CALLS: Final = 3  # numbers that are called where nobody says how many
MOST: Final = 50
PHONE: Final = b"drill.phone"
CALLED: Final = frozenset({Shape.MOBILE, Shape.LANDLINE, Shape.INTERNATIONAL, Shape.SERVICE_400_800})


def enqueue_drill(*, enterprise: str, phone: str, calls: int, actor: Actor, planned: Planned = Planned()) -> str:  # noqa: B008 -- frozen
    """Put a drill; its job.

    ``role_missing``, ``drill_no_door``, ``drill_calls_wrong``, ``drill_phone_wrong``, what `script.checked` raises.
    """
    _may(enterprise, calls, planned, actor)
    waiting = queue.newest(enterprise, flow.DRILL, {}, *queue.UNDER_WAY)
    if waiting is not None:  # one drill at a time
        return waiting.id
    given = {"phone": _sealed(_dialled(phone)), "calls": calls, "script": planned.kept()}
    return flow.enqueue_once(kind=flow.DRILL, enterprise=enterprise, payload=given, actor=actor)


def run_job(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put."""
    phone, calls = _opened(str(given["phone"])), int(given["calls"])
    planned = Planned(**given.get("script") or {})
    return run(enterprise=enterprise, phone=phone, calls=calls, actor=actor, planned=planned, progress=progress)


def run(
    *,
    enterprise: str,
    actor: Actor,
    phone: str = "",
    calls: int = CALLS,
    planned: Planned = Planned(),  # noqa: B008 -- frozen
    progress: Progress = silent,
) -> Json:
    """Run it now; the drill's ticket, the same in ``drill``. ``phone``: whom the call-back calls, "": nobody.

    ``calls``: so many filed numbers are called over each kept way. ``role_missing``, ``enterprise_unknown``,
    ``drill_no_door``, ``drill_calls_wrong``, ``drill_phone_wrong``, what `script.checked` raises.
    """
    token, dialled = _may(enterprise, calls, planned, actor), _dialled(phone)
    stands = readiness.check_readiness(enterprise=enterprise, as_of=None, actor=actor, progress=progress)
    tested = _tested(enterprise, calls, actor, progress)
    told = {"as_of": stands["as_of"], "checks": stands["checks"], "rulebook": stands["rulebook"], **tested}
    told["script"] = planned.kept()
    ticket = begin(enterprise=enterprise, token=token, phone=dialled, told=told, actor=actor)
    return {"drill": ticket, "as_of": stands["as_of"], "readiness": stands["shares"]["all"], "calls": tested["calls"]}


def begin(*, enterprise: str, token: str, phone: str, told: Json, actor: Actor) -> str:
    """Open the ticket and note what was seen before; the ticket. What `script.opened` raises."""
    source = str(told.get("script", {}).get("source", ONE_CLICK))
    with transaction.atomic():
        ticket = open_ticket(enterprise=enterprise, source=source, token=token, phone=phone, actor=actor)
        record(verb=VERB, enterprise=enterprise, actor=actor, data={"drill": ticket, **told})
    return ticket


def _may(enterprise: str, calls: int, planned: Planned, actor: Actor) -> str:
    """Give the token of the address that is used, the first one by number; "" where none is needed."""
    require(actor, enterprise, flow.NEEDS[flow.DRILL])
    accounts.enterprise(enterprise)
    if not 0 <= calls <= MOST:
        raise NianjianError("drill_calls_wrong", calls=str(calls)[:20], most=MOST)
    checked(enterprise, planned)
    if planned.source != ONE_CLICK:
        return ""
    door = list_doors(enterprise).first()
    if door is None:
        raise NianjianError("drill_no_door")
    return str(door.token)


def _dialled(phone: str) -> str:
    """One spelling of a number that can be called back, "" for none."""
    if not phone.strip():
        return ""
    found = numbers.normalise(phone)
    if found.shape not in CALLED:
        raise NianjianError("drill_phone_wrong")
    return numbers.printed(found.shape, found.value)


def _sealed(phone: str) -> str:
    """A person's number does not lie open among the work."""
    return base64.b64encode(keyring.current().encrypt(phone.encode(), PHONE)).decode("ascii") if phone else ""


def _opened(phone: str) -> str:
    return keyring.decrypt(base64.b64decode(phone), PHONE).decode() if phone else ""


def _tested(enterprise: str, calls: int, actor: Actor, progress: Progress) -> Json:
    """Call numbers over each kept way; ``why`` says why none was called, "" where some were."""
    wanted = list(Tests.of(enterprise, actor, flow.NEEDS[flow.CALLBACK_TEST]).ledger)[:calls]
    why = "calls_unasked" if not calls else "" if routes(enterprise) else "calls_no_way"
    why = why or ("" if wanted else "calls_no_numbers")
    if why:
        return {"calls": {}, "why": why, "tests": []}
    ways = callback.kept_ways(enterprise, ())
    found = callback.run(enterprise=enterprise, numbers=wanted, ways=ways, actor=actor, progress=progress)
    counts = {name: found["counts"][name] for name in ("pass", "fail", "unproved")}
    tests = [
        {
            "id": one["trial"],
            "number": one["number"],
            "route": one["route"],
            "verdict": one["verdict"],
            "reason": one["reason"],
            "answer_ms": None if one["answer_s"] is None else round(one["answer_s"] * 1000),
        }
        for one in found["rows"]
    ]
    return {"calls": counts, "why": "", "tests": tests}
