"""Test calls: asked for as work, placed with pacing, each kept as soon as it is over."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel import numbers as kernel_numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.sip import agent
from nianjian.engines.sip.call_trace import Plan, Seen
from nianjian.features.test_calls import input_validation
from nianjian.features.test_calls.operations import again
from nianjian.features.test_calls.operations.grounds import Grounds, Json, source
from nianjian.features.test_calls.operations.presenters import trial_to_document
from nianjian.features.test_calls.operations.routes import MOST, Way
from nianjian.features.test_calls.routes import query as routes
from nianjian.features.test_calls.trials import service
from nianjian.features.test_calls.trials.service import Frame
from nianjian.features.test_calls.verdict import TOKEN, VERDICTS, WITNESSES, judge, of_told
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress, silent

HOLD: Final = 300  # milliseconds that an answered call is kept up
LISTEN: Final = 8000  # at most, where a token is waited for
DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class _Planned:
    """A call with what it is judged by."""

    frame: Frame
    plan: Plan
    way: Way
    expected: tuple[str, ...]
    filed: bool  # whether the ledger's gateway answers from there


def enqueue_test_calls(*, enterprise: str, numbers: Sequence[str], names: Sequence[str], actor: Actor) -> str:
    """Put tests of some numbers (none: all filed ones) over kept routes (none: all); the job.

    ``role_missing``, ``callback_number_wrong``, ``callback_number_unfiled``, ``callback_route_unknown``, and what
    `_wanted` raises. Only who sits at the shell can have numbers called that are nobody's of the enterprise.
    """
    grounds = Grounds.of(enterprise, actor, flow.NEEDS[flow.CALLBACK_TEST])
    ways = kept_ways(enterprise, names)
    wanted = _wanted(grounds, numbers)
    for one in wanted:
        grounds.own(one)
    _not_too_many(len(wanted) * len(ways))
    given = {"numbers": wanted if numbers else [], "routes": [one.name for one in ways]}
    return flow.enqueue_once(kind=flow.CALLBACK_TEST, enterprise=enterprise, payload=given, actor=actor)


def run_test_calls(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put; how many calls had which verdict."""
    found = run(
        enterprise=enterprise,
        numbers=[str(one) for one in given["numbers"]],
        ways=kept_ways(enterprise, [str(one) for one in given["routes"]]),
        actor=actor,
        progress=progress,
    )
    return {"counts": found["counts"], "verdict": found["verdict"]}


def run(
    *,
    enterprise: str,
    numbers: Sequence[str],
    ways: Sequence[Way],
    actor: Actor,
    gateway: str = "",
    progress: Progress = silent,
) -> Json:
    """Call each number over each way now, and keep what was seen; one that raises in ``progress`` ends what lasts.

    What has begun by then is kept, too: the number was called.

    ``gateway``: where they must land, instead of the ledger's; what passes there is proved only where the ledger's
    gateway answers from there, too. ``role_missing``, ``callback_no_numbers``,
    ``callback_no_way``, ``callback_too_many``, ``callback_number_wrong``, ``callback_gateway_wrong``.
    """
    grounds = Grounds.of(enterprise, actor, Act.REPORT)
    if not ways:
        raise NianjianError("callback_no_way")
    wanted = _wanted(grounds, numbers)
    calls = len(wanted) * len(ways)
    _not_too_many(calls)
    planned: list[_Planned] = []
    rows: list[Json] = []
    started = clock.now()
    at_work = "、".join(kernel_numbers.mask(one) for one in wanted[:3])

    def keep(place: int, seen: Seen) -> None:
        rows.append(_kept(grounds, planned[place], seen, actor))

    def took(place: int, seen: Seen) -> None:
        keep(place, seen)
        progress(rows[-1]["number"], len(rows), calls)

    def tick() -> None:
        progress(at_work, len(rows), calls)

    for number in wanted:  # names are looked up, which may take long
        tick()
        planned += [_planned(grounds, number, way, gateway) for way in ways]
    tick()
    try:
        agent.place_calls(
            [(one.way.via, one.plan) for one in planned], pace=grounds.pace, took=took, tick=tick, rest=keep
        )
    finally:
        if rows:
            again.after_tests(enterprise, started)
    counts = dict.fromkeys(VERDICTS, 0) | Counter(str(one["verdict"]) for one in rows)
    verdict = next((one for one in ("fail", "unproved", "pass") if counts[one]), "unproved")
    return {"rows": rows, "counts": counts, "verdict": verdict, "limit_s": grounds.limit / 1000}


def _wanted(grounds: Grounds, given: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(input_validation.number(one) for one in given)) if given else list(grounds.ledger)
    if not found:
        raise NianjianError("callback_no_numbers")
    return found


def _not_too_many(count: int) -> None:
    if count > MOST:
        raise NianjianError("callback_too_many", count=count, most=MOST)


def kept_ways(enterprise: str, names: Sequence[str]) -> list[Way]:
    """The kept ways of these names, none: all; ``callback_route_unknown``, ``callback_no_way``."""
    found = [routes.route(enterprise, name) for name in names] if names else routes.routes(enterprise)
    if not found:
        raise NianjianError("callback_no_way")
    return [Way.over(one) for one in found]


def _planned(grounds: Grounds, number: str, way: Way, gateway: str) -> _Planned:
    if way.witness not in WITNESSES:
        raise NianjianError("callback_witness_unknown", witness=way.witness, witnesses=", ".join(WITNESSES))
    named = gateway.strip() or grounds.ledger.get(number, "")
    expected = grounds.addresses(named, told=bool(gateway.strip()))
    filed = set(expected) <= set(grounds.addresses(grounds.ledger.get(number, "")))
    token = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}" if way.witness == TOKEN else ""
    frame = Frame(
        number=number,
        limit_ms=grounds.limit,
        route=way.name,
        carrier=way.carrier.strip()[:60],
        via=str(way.via),
        gateway=named,
        rulebook=grounds.stamp,
        source=source(),
    )
    hold = LISTEN if token else HOLD
    return _Planned(frame, Plan(number, way.caller, grounds.wait, hold, way.account, token), way, expected, filed)


def _kept(grounds: Grounds, one: _Planned, seen: Seen, actor: Actor) -> Json:
    limit, token = grounds.limit, one.plan.token
    verdict = judge(seen, limit=limit, expected=one.expected, witness=one.way.witness, token=token)
    verdict = verdict if one.filed else of_told(verdict)
    begun = clock.now() if not seen.begun else datetime.fromtimestamp(seen.begun / 1000, clock.ZONE)
    kept = service.keep(
        enterprise=grounds.enterprise, frame=one.frame, seen=seen, verdict=verdict, begun_at=begun, actor=actor
    )
    return trial_to_document(kept)
