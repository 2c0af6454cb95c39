"""Readiness for the on-site check (人、号、系统): one list of everything that stands, what is unknown not passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.claims import RELEASED, UNKNOWN
from nianjian.features.dossier.operations.checklist import lines as items
from nianjian.features.dossier.operations.checklist import missing
from nianjian.features.inspection import readiness
from nianjian.features.inspection.operations.checks import answers, dialling, logs
from nianjian.features.inspection.operations.checks.grounds import Grounds, Json
from nianjian.features.inspection.readiness import NUMBERS, PEOPLE, SYSTEM, Check
from nianjian.features.reconciliation.operations import list_runs
from nianjian.features.test_calls.operations import presenters as callback
from nianjian.features.test_calls.operations.grounds import Grounds as Tests
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.rulebook.deadlines import data_year, upcoming
from nianjian.platform.rulebook.holidays import calendar

STEPS: Final = 6
STATES: Final = {"passed": readiness.PASSED, "failed": readiness.FAILED}
LOGS: Final = {"ok": readiness.PASSED, "unknown": readiness.UNKNOWN}
#: Card -> the part that it speaks of and the guide's row.
CARDS: Final[Mapping[str, tuple[str, str]]] = {
    "own_numbers": (NUMBERS, "S7"),
    "number_use": (NUMBERS, "S3"),
    "number_filing": (NUMBERS, "S3"),
    "robot_abilities": (SYSTEM, "S7"),
    "tickets_in_time": (SYSTEM, "S8"),
    "one_click": (SYSTEM, "S5"),
    "control": (SYSTEM, "S5"),
}


def check_readiness(*, enterprise: str, as_of: date | None, actor: Actor, progress: Progress = silent) -> Json:
    """Everything anew, as at a day (None: today). ``role_missing``, ``inspection_day_wrong``.

    Cost: that of `answers.look`.
    """
    grounds = Grounds.of(enterprise, as_of, actor)
    progress("", 0, STEPS)
    kept = logs.check_logs(enterprise=enterprise, as_of=grounds.day, actor=actor)
    progress("", 1, STEPS)
    dialled = dialling.check_dialling(enterprise=enterprise, as_of=grounds.day, actor=actor)
    progress("", 2, STEPS)
    cards = answers.build_cards(grounds, kept, dialled)
    progress("", 5, STEPS)
    checks = [
        *_reconciled(grounds),
        _callback(grounds),
        *_cards(cards, robots=any(dialled["ai"]["seats"].values()) or bool(dialled["ai"]["calls"])),
        *_logs(kept),
        _dialling(dialled),
        _dossier(grounds),
    ]
    return {
        "enterprise": enterprise,
        "as_of": grounds.day.isoformat(),
        "at": cards["at"],
        "state": readiness.state(checks),
        "shares": {part or "all": _share(checks, part) for part in ("", *readiness.PARTS)},
        "checks": [_told(one) for one in checks],
        "answers": {"released": cards["released"], "all": cards["all"]},
        "rulebook": grounds.stamp(),
    }


def _share(checks: list[Check], part: str) -> Json:
    passed, count = readiness.share(checks, part)
    return {"passed": passed, "all": count}


def _told(one: Check) -> Json:
    return {
        "check": one.check, "part": one.part, "rule": one.rule, "state": one.state, "why": one.why, "day": one.day
    }  # fmt: skip


def _reconciled(grounds: Grounds) -> Iterator[Check]:
    """The newest run of each kind, whatever its age: its day stands beside it."""
    parts = {"people": (PEOPLE, "S2"), "seats": (PEOPLE, "S2"), "numbers": (NUMBERS, "S3"), "lines": (NUMBERS, "S3"),
             "sources": (SYSTEM, "S6")}  # fmt: skip
    for kind, (part, rule) in parts.items():
        found = list_runs(enterprise=grounds.enterprise, actor=grounds.actor, count=1, kind=kind)
        verdict = str(found[0]["verdict"]) if found else "never"
        day = str(found[0]["as_of"]) if found else None
        yield Check(f"reconcile_{kind}", part, rule, STATES.get(verdict, readiness.UNKNOWN), f"run_{verdict}", day)


def _callback(grounds: Grounds) -> Check:
    """Every filed number: green only where its newest tests passed in the days that count, as it stands today."""
    counts = callback.count_lights(Tests.of(grounds.enterprise, grounds.actor, Act.READ))
    total = sum(counts.values())
    if counts["red"]:
        return Check("callback", NUMBERS, "S4", readiness.FAILED, "callback_red")
    if not total or counts["green"] < total:
        return Check("callback", NUMBERS, "S4", readiness.UNKNOWN, "callback_open" if total else "callback_no_numbers")
    return Check("callback", NUMBERS, "S4", readiness.PASSED, "callback_green", clock.today().isoformat())


def _cards(told: Json, *, robots: bool) -> Iterator[Check]:
    """Cards that are checks too; a firm without robots needs none of their abilities."""
    for one in told["cards"]:
        if one["card"] not in CARDS or (one["card"] == "robot_abilities" and not robots):
            continue
        part, rule = CARDS[one["card"]]
        state = {RELEASED: readiness.PASSED, UNKNOWN: readiness.UNKNOWN}.get(one["state"], readiness.FAILED)
        why = "card_holds" if state == readiness.PASSED else str(one["lacks"][0]["code"])
        yield Check(one["card"], part, rule, state, why, told["as_of"])


def _logs(told: Json) -> Iterator[Check]:
    for one in told["logs"]:
        state = LOGS.get(one["state"], readiness.FAILED)
        yield Check(f"log_{one['log']}", SYSTEM, "S6", state, one["why"], told["until"])


def _dialling(told: Json) -> Check:
    """Predictive dialling is no fault where it is declared; undeclared it is, so what is found needs a person."""
    free = "over_seldom" if any(one["over"] for one in told["teams"]) else "agents_free"
    why: Any = {"found": "predictive_found", "not_found": free}.get(told["verdict"], "predictive_untold")
    state = {"found": readiness.FAILED, "not_found": readiness.PASSED}.get(told["verdict"], readiness.UNKNOWN)
    return Check("predictive", SYSTEM, "S5", state, why, told["to"])


def _dossier(grounds: Grounds) -> Check:
    year = data_year(upcoming(grounds.book, grounds.day, calendar()), grounds.day)
    found = items(grounds.enterprise, year, grounds.actor, grounds.day)
    left = missing(found)
    state = readiness.FAILED if left else readiness.PASSED
    return Check("dossier", SYSTEM, "M15", state, "items_missing" if left else "items_ready", grounds.day.isoformat())
