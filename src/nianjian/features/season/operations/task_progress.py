"""What the product itself knows of each task of the plan; nobody ticks what can be looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from nianjian.engines.kernel.periods import Season
from nianjian.engines.kernel.workdays import Due
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.tasks import Seen
from nianjian.engines.season.tracks import Track
from nianjian.features.complaints import queries as complaints
from nianjian.features.dossier.materials import Line
from nianjian.features.dossier.operations.checklist import list_all_items
from nianjian.features.dossier.states import DONE
from nianjian.features.portrait import portraits
from nianjian.features.reconciliation import queries as reconciliation
from nianjian.features.rectification import operations as rectification
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit import query as audit

REGISTERS: Final = "deadline.guide.consistency"
ALLOWED: Final = "deadline.guide.consistency.open_differences"
KINDS: Final = {"number": "numbers", "line": "lines", "seat": "seats"}
FINE: Final = frozenset({"green", "yellow_explained", "na"})
CLOSING: Final = "closing_rate"
OLD_TICKETS: Final = "old_tickets"
#: Task -> advice of the portrait that it is about; what the first names is counted.
ADVICE: Final[Mapping[str, Sequence[str]]] = {
    "stopped_seats": ("cut_stopped_seats", "close_idle_seat"),
    "marketing_lines": ("move_line",),
    OLD_TICKETS: ("close_tickets",),
}
EFFECT: Final = ("code", "metric", "count", "light", "value", "overall", "line", "warnings", "with_cut")


@dataclass(frozen=True, slots=True)
class ProgressQuery:
    """Of whom, of which data year, on which day, by which rules; ``start``: the plan's first day."""

    enterprise: str
    year: int
    today: date
    start: date
    book: Rulebook
    actor: Actor


def collect_task_progress(asked: ProgressQuery, tracks: Sequence[Track]) -> dict[str, Seen]:
    """By task; what cannot be seen is not in it."""
    portrait = portraits.find_portrait(asked.enterprise, asked.year)
    lines = list_all_items(asked.enterprise, asked.year, asked.today)
    year_end = Season("", asked.year).year_end
    return {
        "portrait": Seen(portrait is not None, int(portrait is not None), 1, _light(portrait)),
        **_advice(portrait),
        "consistency": _reconciled(asked, since=asked.start, until=asked.today),
        "filed_base": _reconciled(asked, since=year_end, until=year_end),
        "items": _items(lines),
        "package": _package(asked, lines),
        "drill": _drill(asked),
        "rectification": _cases(asked),
        **{f"file_{name}": _filed(tracks, name) for name in {one.track for one in tracks}},
    }


def _light(portrait: Mapping[str, Any] | None) -> dict[str, Any]:
    return {} if portrait is None else {"light": str(portrait["light"])}


def _advice(portrait: Mapping[str, Any] | None) -> dict[str, Seen]:
    """D5: the tasks of January, each with the effect that the portrait has computed before anybody acts.

    Nothing is known of them without a portrait of the data year.
    """
    if portrait is None:
        return {}
    lights = {one["slug"]: str(one["light"]) for one in portrait["metrics"]}
    units = [{"slug": one["slug"], "unit": one["unit"]} for one in portrait["metrics"]]
    found = {}
    for task, codes in ADVICE.items():
        steps = [one for one in portrait.get("advice") or () if one["code"] in codes]
        told = [{name: one[name] for name in EFFECT if name in one} for one in steps]
        fine = lights.get(CLOSING) in FINE if task == OLD_TICKETS else codes[0] not in {one["code"] for one in steps}
        total = sum(int(one["count"]) for one in steps if one["code"] == codes[0])
        found[task] = Seen(fine, 0, total, {"advice": told, "metrics": units})
    return found


def _reconciled(asked: ProgressQuery, *, since: date, until: date) -> Seen:
    """The newest run of each register as at these days, without more open differences than the rule allows."""
    kinds = [KINDS[str(one)] for one in asked.book.items(REGISTERS) if str(one) in KINDS]
    allowed = asked.book.integer(ALLOWED)
    newest = {
        kind: reconciliation.list_runs(asked.enterprise, kind).filter(as_of__gte=since, as_of__lte=until).first()
        for kind in kinds
    }
    ids = [run.pk for run in newest.values() if run is not None]
    opened = reconciliation.count_open(ids)
    passed = [kind for kind, run in newest.items() if run is not None and opened.get(run.pk, 0) <= allowed]
    figures = {"runs": len(ids), "open_differences": sum(opened.values())}
    return Seen(len(passed) == len(kinds), len(passed), len(kinds), figures)


def _items(lines: Sequence[Line]) -> Seen:
    ready = sum(one.state in DONE for one in lines)
    missing = [{"item": one.item, "state": one.state.value, "owner": one.owner,
                "due": one.due.isoformat() if one.due else None} for one in lines if one.state not in DONE]  # fmt: skip
    return Seen(ready == len(lines), ready, len(lines), {"missing": missing})


def _package(asked: ProgressQuery, lines: Sequence[Line]) -> Seen:
    """Built of exactly the versions that stand now: a paper that changed since makes it to be built again."""
    act = next(
        (
            one
            for one in audit.acts(enterprise=asked.enterprise, verb="dossier.built")
            if one.data.get("year") == asked.year
        ),
        None,
    )
    if act is None:
        return Seen(complete=False, total=1)
    items = cast("Mapping[str, Mapping[str, Any]]", act.data.get("items") or {})
    bound = {item: told.get("version") for item, told in items.items()}
    now = {one.item: one.newest.number for one in lines if one.newest is not None and one.state in DONE}
    current = not act.data.get("draft") and all(bound.get(item) == number for item, number in now.items())
    return Seen(current, int(current), 1, {"draft": bool(act.data.get("draft")), "manifest": act.data.get("manifest")})


def _drill(asked: ProgressQuery) -> Seen:
    """Every ticket of a drill since the plan began is closed, and there is one."""
    found = complaints.current_tickets(asked.enterprise, drills=True).filter(drill=True)
    found = found.filter(arrived_at__date__gte=asked.start)
    total, closed = found.count(), found.exclude(closed_at=None).count()
    return Seen(total > 0 and closed == total, closed, total)


def _cases(asked: ProgressQuery) -> Seen:
    """Cases that still wait, the earliest due first; nothing to do where there is none."""
    waiting = rectification.list_waiting(asked.enterprise)
    if not waiting:
        return Seen(complete=True)
    due, since = waiting[0][1].due, min(case.received for case, _days in waiting)
    told = [{"case": case.pk, "due": days.due.day.isoformat()} for case, days in waiting]
    figures, ends = {"cases": told}, Due(due.day, due.provisional)
    return Seen(complete=False, total=len(waiting), figures=figures, due=ends, begins=since)


def _filed(tracks: Sequence[Track], name: str) -> Seen:
    own = [one for one in tracks if one.track == name]
    done = sum(not one.open for one in own)
    return Seen(done == len(own), done, len(own))
