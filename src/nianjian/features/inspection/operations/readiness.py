"""Readiness for the on-site check (人、号、系统), and every check as work for the worker."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Annotated, Final

import msgspec

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.claims import RELEASED, UNKNOWN
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.states import State, overall_state, parse_state
from nianjian.features.dossier.operations.checklist import count_missing as missing
from nianjian.features.dossier.operations.checklist import list_items as items
from nianjian.features.inspection import states
from nianjian.features.inspection.documents import (
    AnswerCards,
    AnswerCount,
    Check,
    Dialling,
    Readiness,
    Retention,
    Share,
)
from nianjian.features.inspection.operations import answers, dialling, logs
from nianjian.features.inspection.queries import CheckBasis, Json, resolve_day
from nianjian.features.inspection.states import NUMBERS, PEOPLE, SYSTEM
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.queries import CallBasis as Tests
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job as JobRow
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.operations.fields import Choice, OptionalDay
from nianjian.platform.operations.operation import Area, Body, Job, operation
from nianjian.platform.registers.seats import has_seats
from nianjian.platform.rulebook.deadlines import data_year, upcoming
from nianjian.platform.rulebook.holidays import calendar

INSPECTION: Final = Area(path="/enterprises/{code}")
STEPS: Final = 6
LOGS: Final = {"ok": State.PASSED, "unknown": State.NOT_PROVED}
REFUTED: Final = "statement_refuted"  # a lack: the records show what the enterprise denies
NEVER_COMPARED: Final = (State.NOT_PROVED, "run_never")
#: Card -> the part that it speaks of and the guide's row.
CARDS: Final[Mapping[str, tuple[str, str]]] = {
    "own_numbers": (NUMBERS, "S7"), "number_use": (NUMBERS, "S3"), "number_filing": (NUMBERS, "S3"),
    "robot_abilities": (SYSTEM, "S7"), "tickets_in_time": (SYSTEM, "S8"), "one_click": (SYSTEM, "S5"),
    "control": (SYSTEM, "S5"),
}  # fmt: skip


def check_readiness(*, enterprise: str, as_of: date | None, actor: Actor, progress: Progress = silent) -> Readiness:
    """Everything anew, as at a day (None: today); costs `check_answers`. ``role_missing``, ``inspection_day_wrong``."""
    grounds = CheckBasis.of(enterprise, as_of, actor)
    progress("", 0, STEPS)
    retention = logs.check_logs(enterprise=enterprise, as_of=grounds.day, actor=actor)
    progress("", 1, STEPS)
    dialled = dialling.check_dialling(enterprise=enterprise, as_of=grounds.day, actor=actor)
    progress("", 2, STEPS)
    cards = answers.build_cards(grounds, retention, dialled)
    progress("", 5, STEPS)
    # a robot's seat is open or may be; a register without any seat rules none out
    ai = dialled.ai
    robots = ai.calls or ai.seats.open or ai.seats.undated or ai.seats.filed or not has_seats(grounds.enterprise)
    checks = [
        *_reconciliation_checks(grounds),
        _callback_check(grounds),
        *_card_checks(cards, robots=bool(robots)),
        *(
            Check(f"log_{one.log}", SYSTEM, "S6", LOGS.get(one.state, State.FAILED), one.why, retention.until)
            for one in retention.logs
        ),
        _dialling_check(dialled, cards),
        _dossier_check(grounds),
    ]
    parts = {part or "all": [one.state for one in checks if part in {"", one.part}] for part in ("", *states.PARTS)}
    return Readiness(
        enterprise=enterprise,
        as_of=grounds.day.isoformat(),
        at=cards.at,
        state=overall_state(one.state for one in checks),
        shares={part: Share(of.count(State.PASSED), len(of)) for part, of in parts.items()},
        checks=checks,
        answers=AnswerCount(cards.released, cards.all),
        rulebook=grounds.stamp(),
    )


def _reconciliation_checks(grounds: CheckBasis) -> Iterator[Check]:
    """The newest run of each kind; one of an earlier season, or of other registers, proves nothing of today's."""
    parts = {"people": (PEOPLE, "S2"), "seats": (PEOPLE, "S2"), "numbers": (NUMBERS, "S3"), "lines": (NUMBERS, "S3"),
             "sources": (SYSTEM, "S6")}  # fmt: skip
    for kind, (part, rule) in parts.items():
        comparison = answers.find_comparison(grounds, kind)
        if comparison is None:
            state, why = NEVER_COMPARED
        elif comparison.verdict == State.PASSED and not comparison.recent:
            state, why = State.NOT_PROVED, "run_long_ago"
        else:
            state, why = State(comparison.verdict), f"run_{comparison.verdict}"
        yield Check(f"reconcile_{kind}", part, rule, state, why, None if comparison is None else comparison.as_of)


def _callback_check(grounds: CheckBasis) -> Check:
    """Every filed number: green only where its newest tests passed in the days that count, as it stands today."""
    counts = queries.count_lights(Tests.of(grounds.enterprise, grounds.actor, Permission.READ))
    total = sum(counts.values())
    if counts["red"]:
        return Check("callback", NUMBERS, "S4", State.FAILED, "callback_red")
    if not total or counts["green"] < total:
        return Check("callback", NUMBERS, "S4", State.NOT_PROVED, "callback_open" if total else "callback_no_numbers")
    return Check("callback", NUMBERS, "S4", State.PASSED, "callback_green", clock.today().isoformat())


def _card_checks(cards: AnswerCards, *, robots: bool) -> Iterator[Check]:
    """Cards that are checks too; a firm without robots needs none of their abilities."""
    for one in cards.cards:
        if one.card not in CARDS or (one.card == "robot_abilities" and not robots):
            continue
        part, rule = CARDS[one.card]
        state = {RELEASED: State.PASSED, UNKNOWN: State.NOT_PROVED}.get(one.state, State.FAILED)
        why = "card_holds" if state == State.PASSED else one.lacks[0].code
        yield Check(one.card, part, rule, state, why, cards.as_of)
    for one in cards.cards:
        if any(lack.code == REFUTED for lack in one.lacks):
            yield Check(one.card, SYSTEM, "S5", State.FAILED, REFUTED, cards.as_of)


def _dialling_check(result: Dialling, cards: AnswerCards) -> Check:
    """Predictive dialling that is found must be answered for; records that cannot tell prove nothing.

    Neither do records that show none against the enterprise's own word.
    """
    free = "over_seldom" if any(one.over for one in result.teams) else "agents_free"
    verdicts = {"found": (State.FAILED, "predictive_found"), "not_found": (State.PASSED, free)}
    state, why = verdicts.get(result.verdict, (State.NOT_PROVED, "predictive_untold"))
    if state == State.PASSED and any(one.card == "predictive" and one.stated for one in cards.cards):
        state, why = State.NOT_PROVED, "stated_otherwise"
    return Check("predictive", SYSTEM, "S5", state, why, result.to)


def _dossier_check(grounds: CheckBasis) -> Check:
    year = data_year(upcoming(grounds.book, grounds.day, calendar()), grounds.day)
    left = missing(items(grounds.enterprise, year, grounds.actor, grounds.day))
    state, why = (State.FAILED, "items_missing") if left else (State.PASSED, "items_ready")
    return Check("dossier", SYSTEM, "M15", state, why, grounds.day.isoformat())


PartCheck = Readiness | AnswerCards | Dialling | Retention
PARTS: Final[Mapping[str, Callable[..., PartCheck]]] = {
    "readiness": check_readiness,
    "answers": answers.check_answers,
    "dialling": dialling.check_dialling,
    "retention": logs.check_logs,
}


def _check_request(*, enterprise: str, part: str, as_of: date | None) -> None:
    """``inspection_part_unknown``, ``inspection_day_wrong``."""
    del enterprise
    _find_check(part)
    resolve_day(as_of)


@operation(
    "inspection.look",
    on=INSPECTION,
    permission=Permission.REPORT,
    path="/inspection",
    body=Body("InspectionAsked", "A part, and as at which day; today where it is absent."),
    job=Job(kind=flow.INSPECT, repeatable=True, check=_check_request),
)
def look(
    *,
    enterprise: str,
    actor: Actor,
    part: Annotated[str, Choice(("readiness", "answers", "dialling", "retention"))],
    as_of: OptionalDay = None,
    progress: Progress = silent,
) -> PartCheck:
    """Look at a part anew: readiness, answer cards, how calls are dialled, or how far logs reach back."""
    return _find_check(part)(enterprise=enterprise, as_of=as_of, actor=actor, progress=progress)


def check_now(*, enterprise: str, part: str, actor: Actor) -> PartCheck:
    """A check as it comes out at this moment, kept nowhere; what the check raises, ``inspection_part_unknown``."""
    return _find_check(part)(enterprise=enterprise, as_of=None, actor=actor)


def newest_check(*, enterprise: str, part: str, actor: Actor) -> Json | None:
    """The newest finished check with the ``job`` and the moment at which it ended; None: there is none.

    JSON as the worker has stored it: one of an older program lacks what that did not look at.
    ``role_missing``, ``inspection_part_unknown``.
    """
    require_permission(actor, enterprise, Permission.READ)
    _find_check(part)
    job = queue.newest(enterprise, flow.INSPECT, {"part": part}, JobRow.DONE)
    if job is None:
        return None
    ended = job.finished_at and job.finished_at.isoformat(timespec="seconds")
    return {**_in_present_codes(job.result), "job": job.id, "ended_at": ended}


def newest_readiness(*, enterprise: str, actor: Actor) -> Readiness | None:
    """That of readiness, of which all programs have stored the same; None: there is none. ``role_missing``."""
    stored = newest_check(enterprise=enterprise, part="readiness", actor=actor)
    return None if stored is None else msgspec.convert(stored, Readiness)


def _in_present_codes(result: Json) -> Json:
    """A stored readiness check in today's codes; the other parts have none that ever changed."""
    if "checks" not in result:
        return result
    checks = [{**check, "state": parse_state(str(check["state"]))} for check in result["checks"]]
    return {**result, "state": parse_state(str(result["state"])), "checks": checks}


def running_check(*, enterprise: str, part: str) -> str | None:
    """The job of a check that waits or runs."""
    job = queue.newest(enterprise, flow.INSPECT, {"part": part}, *queue.UNDER_WAY)
    return None if job is None else job.id


def _find_check(part: str) -> Callable[..., PartCheck]:
    if part not in PARTS:
        raise NianjianError("inspection_part_unknown", part=part, parts=", ".join(PARTS))
    return PARTS[part]
