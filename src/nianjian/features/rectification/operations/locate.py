"""Locate (R2): which number, line or team draws the complaints, kept with the case, down to tickets and their calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, cast

import ibis.expr.types as ir

from nianjian.engines.evidence.recordings import list_references, mask_file_name
from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.frame import DAY, Window
from nianjian.engines.paper.call_masking import call_id
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.rectification import drill_down_rows, locate, states
from nianjian.features.rectification.cases import service
from nianjian.features.rectification.operations import lakes
from nianjian.features.rectification.operations.cases import book, own
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress, Steps, silent, unwatched
from nianjian.platform.vault import keyring

YEAR: Final = timedelta(days=365)
GROUPS: Final = 50  # of a dimension that are told; the others are in the sums
PAGE: Final = 50  # tickets shown at once
KEPT: Final = timedelta(days=7)  # complaints that were looked up on a page
REF: Final = "ref:"
REF_LENGTH: Final = 24  # hex digits
NUMBERED: Final = frozenset({"display", locate.COMPLAINANT})

Json = dict[str, Any]


def window(first: date | None, last: date | None) -> Window:
    """The days asked for: a year up to today where none are named; ``rectify_day_ahead``, ``rectify_days_reversed``."""
    end = last or clock.today()
    if end > clock.today():  # nothing is known of those days: a case would be located by nothing
        raise NianjianError("rectify_day_ahead", day=end.isoformat())
    begin = first or end - YEAR + DAY
    if begin > end:
        raise NianjianError("rectify_days_reversed", first=begin.isoformat(), last=end.isoformat())
    return Window(begin, end + DAY)


def run(
    *,
    enterprise: str,
    case: str | None,
    first: date | None,
    last: date | None,
    actor: Actor,
    progress: Progress = silent,
) -> Json:
    """Locate in a period, both days included; with a case it is one of its steps. Numbers of persons are masked.

    ``role_missing``, ``rectify_unknown``, ``rectify_days_reversed``, ``rectify_closed``.
    """
    held = None if case is None else own(case, actor, Act.REPORT)
    enterprise = enterprise if held is None else held.enterprise_id
    require(actor, enterprise, Act.REPORT)
    days = window(first, last)
    rules = book(enterprise, min(days.end - DAY, clock.today()))
    said = lakes.terms(rules)
    step = Steps(progress, case or "", lakes.SETTING_UP + len(locate.DIMENSIONS) + 3)
    with lakes.tables(enterprise, rules, step) as tables:
        found = located(tables, days, said, step)
        snapshot = tables.snapshot
    told: Json = {
        "enterprise": enterprise,
        "case": case,
        "from": days.first.isoformat(),
        "to": days.end.isoformat(),
        "sources": list(said.sources),
        "level": str(rules.decimal("rectification.locate.level")),
        "complaints": found["line"].complaints,
        "named": [
            {"dimension": dimension, "key": group.key} for dimension, one in found.items() for group in one.named
        ],
        "dimensions": {dimension: _masked(one.as_dict(GROUPS)) for dimension, one in found.items()},
        "snapshot": snapshot,
        "rulebook": {"id": rules.id, "version": rules.version, "sha256": rules.sha256},
    }
    told["named"] = [one | {"key": _mask(one["dimension"], one["key"])} for one in told["named"]]
    if held is not None:
        data = {"from": told["from"], "to": told["to"], "named": told["named"], "snapshot": snapshot}
        service.step(case=held, step=states.LOCATED, data=data, actor=actor, located=told)
    return told


def located(
    tables: lakes.Tables, days: Window, said: locate.Terms, step: Steps | None = None
) -> Mapping[str, locate.Location]:
    """Every dimension of a period; the calls to the largest complainants are looked up for these alone."""
    tickets = locate.select_counted_tickets(tables.tickets, tables.dated["complaint_fact"], days, said.sources)
    asked = locate.questions(tables.cube, tickets, days)
    step = step or unwatched()
    rows = {}
    for name, expression in asked.items():
        step()
        rows[name] = tables.engine.rows(expression)
    step()
    known = [row for row in rows[locate.COMPLAINANT] if row["key"] is not None]
    known.sort(key=lambda row: (-cast("int", row["complaints"]), cast("int", row["key"])))
    callees = [cast("int", row["key"]) for row in known[:GROUPS]]
    if callees:
        rows["calls_to"] = tables.engine.rows(locate.calls_to(tables.dated["calls"], callees, days))
    return locate.answer(rows, said)


def _masked(told: Json) -> Json:
    dimension = str(told["dimension"])
    groups = [one | {"key": _mask(dimension, one["key"]), "ref": _ref(dimension, one["key"])} for one in told["groups"]]
    return told | {"groups": groups, "named": [_mask(dimension, key) for key in told["named"]]}


def _mask(dimension: str, key: str | None) -> str | None:
    """A person's number is masked; one's own short numbers, lines and teams stay whole."""
    return numbers.mask(key) if key is not None and dimension in NUMBERED else key


def _ref(dimension: str, key: str | None) -> str | None:
    """What names a group whose number is masked, to look behind it; None where the key itself does."""
    masked = _mask(dimension, key)
    return _blind(key or "") if masked != key else None


def _blind(number: str) -> str:
    """A landline is counted without its 0, so it is named without it."""
    return REF + keyring.current().blind(number.lstrip("0"), "rectify.group")[:REF_LENGTH]


def tickets(
    *,
    enterprise: str,
    dimension: str,
    key: str | None,
    first: date | None,
    last: date | None,
    page: int,
    actor: Actor,
    publishing: bool = True,
    progress: Progress = silent,
) -> Json:
    """The tickets of a group, ``PAGE`` at a time from page 1, each with the calls it may be about and their recordings.

    Numbers of persons are masked, in the ids of calls and the names of recordings too; no folder or address is told.
    ``key``: the group's own, or the ``ref`` by which a location names one whose number is masked; None: none is known.

    Without ``publishing`` they are those of the last time that tickets were published, which ``at`` tells, and nothing
    is written. ``role_missing``, ``rectify_dimension_unknown``, ``rectify_days_reversed``, ``rectify_ref_unknown``.
    """
    require(actor, enterprise, Act.READ)
    if dimension not in locate.DIMENSIONS:
        raise NianjianError("rectify_dimension_unknown", dimension=dimension, dimensions=", ".join(locate.DIMENSIONS))
    days = window(first, last)
    rules = book(enterprise, min(days.end - DAY, clock.today()))
    step = Steps(progress, "", 2 + lakes.SETTING_UP * publishing)
    if publishing:
        with lakes.tables(enterprise, rules, step):
            pass
    with lakes.published(enterprise, rules) as held:
        rows, by_ticket, key = _behind(held, days, dimension, key, page, rules, step)
        at = held.at
    return {
        "dimension": dimension,
        "key": _mask(dimension, key),
        "page": page,
        "more": len(rows) > PAGE,
        "at": None if at is None else at.isoformat(timespec="seconds"),
        "tickets": [_ticket(row, by_ticket.get(str(row["complaint_id"]), ())) for row in rows[:PAGE]],
    }


def sweep() -> int:
    """Delete the complaints that were looked up more than `KEPT` ago, and of which group: no record outlives its days.

    How many.
    """
    old = queue.over_before(flow.RECTIFY_TICKETS, clock.now() - KEPT, "key")
    for one in old:
        queue_service.forget(job=one.id, name="tickets")
        queue_service.forget(job=one.id, name="key")
    return len(old)


def _behind(  # noqa: PLR0917 -- the same values as `tickets`
    held: lakes.Published, days: Window, dimension: str, key: str | None, page: int, rules: Rulebook, step: Steps
) -> tuple[Sequence[Mapping[str, Any]], dict[str, list[Json]], str | None]:
    """A page of tickets and one more, the calls of each ticket of the page, and the group's key itself."""
    step()
    counted = locate.select_counted_tickets(
        held.tickets, held.dated["complaint_fact"], days, lakes.terms(rules).sources
    )
    key = _known(held, counted, dimension, key)
    some = drill_down_rows.tickets(counted, dimension, key).limit(PAGE + 1, offset=(page - 1) * PAGE)
    rows = held.engine.rows(some)
    by_ticket: dict[str, list[Json]] = {}
    if rows:
        step()
        told = held.engine.hold("rectify_shown", held.engine.arrow(some.limit(PAGE)))
        asked = drill_down_rows.calls(held.dated["calls"], told, minutes=lakes.counting(rules).minutes)
        for row in held.engine.rows(asked):
            by_ticket.setdefault(str(row["complaint_id"]), []).append(_call(row))
    return rows, by_ticket, key


def _known(held: lakes.Published, counted: ir.Table, dimension: str, key: str | None) -> str | None:
    """The key that a ``ref`` names; any other as it is. ``rectify_ref_unknown``. Cost: one look at the complaints."""
    if key is None or not key.startswith(REF) or dimension not in NUMBERED:
        return key
    column = counted[dimension]
    for row in held.engine.rows(counted.filter(column.notnull()).select(key=column).distinct()):
        if _blind(str(row["key"])) == key:
            return str(row["key"])
    raise NianjianError("rectify_ref_unknown", ref=key)


def _ticket(row: Mapping[str, Any], calls: Sequence[Json]) -> Json:
    return {
        "id": row["complaint_id"],
        "source": row["source"],
        "accepted": _time(row["accepted_ts"]),
        "called": _time(row["call_ts"]),
        "complained": _number(row["complained"]),
        "complainant": _number(row["complainant"]),
        "line": row["line"],
        "team": row["team"],
        "how": row["how"],
        "calls": list(calls),
    }


def _call(row: Mapping[str, Any]) -> Json:
    return {
        "call_id": call_id(row["call_id"]),
        "source": row["source"],
        "started": _time(row["start_ts"]),
        "answered": row["answered"],
        "line": row["line_id"],
        "how": row["how"],
        "recordings": [mask_file_name(one) for one in list_references(row["extra"])],
    }


def _time(moment: Any) -> str | None:  # noqa: ANN401 -- a wall time of the lake or NULL
    return None if moment is None else moment.isoformat(sep=" ", timespec="seconds")


def _number(value: int | None) -> str | None:
    return None if value is None else numbers.mask(str(value))
