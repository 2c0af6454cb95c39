"""Whose the vacant seats are: the counts of D1 by team, from the register as it stood when they were counted.

The lake's table of seats names no team, so a stored portrait has no such split: it is put together for a page.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, QuerySet

from nianjian.engines.metrics import revive
from nianjian.engines.metrics.definitions import seat_vacancy
from nianjian.engines.metrics.metric import by_size, figures
from nianjian.features.portrait.portraits import Run
from nianjian.platform.registers.queries import list_channels
from nianjian.platform.registers.seats import Seat, is_filed, is_gone, is_open
from nianjian.platform.registers.versions import versions_on

Json = Mapping[str, Any]

TEAM: Final = "team"
SLUG: Final = seat_vacancy.CARD.slug


def add_team_split(portrait: Json, metric: Json, run: Run | None) -> Json:
    """The seat vacancy with its counts by team beside those by kind; any other metric as it is.

    So is the vacancy where the register no longer tells what was counted: a split must add up to its metric.
    """
    if metric["slug"] != SLUG or run is None or not metric["splits"] or not portrait.get("rules"):
        return metric
    counted = revive.result(portrait).metric(SLUG)
    if counted.limit is None:
        return metric
    counts: dict[str | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(seat_vacancy.COUNTS, 0))
    day, teams = date.fromisoformat(portrait["period"]["as_of"]), _list_teams(portrait)
    fields = (TEAM, "filing", "filed_on", "cancelled_on", "opened_on", "closed_on")
    for row in _list_seats(portrait, run, day).values(*fields).annotate(seats=Count("pk")):
        part = counts[_resolve_team(row[TEAM], teams)]
        for name, holds in _judge_seat(row, day).items():
            part[name] += holds * row["seats"]
    if any(sum(part[name] for part in counts.values()) != metric["components"][name] for name in seat_vacancy.COUNTS):
        return metric
    on_file, beyond = bool(counted.attachments), counted.lights[0]
    rows = [
        {
            "key": key,
            **figures(seat_vacancy.judge(part, counted.limit, attached=on_file, beyond=beyond), metric["unit"]),
            **part,
        }
        for key, part in counts.items()
        if any(part.values())
    ]
    return {**metric, "splits": {**metric["splits"], TEAM: by_size(rows, size="filed")}}


def list_team_seats(portrait: Json, run: Run, team: str | None, day: date) -> frozenset[str]:
    """Ids of a team's seats on a day as the run knew them; None: of those that name no team."""
    teams = _list_teams(portrait)
    seats = _list_seats(portrait, run, day).values_list("seat_id", TEAM)
    return frozenset(str(seat) for seat, name in seats if _resolve_team(name, teams) == team)


def _list_seats(portrait: Json, run: Run, day: date) -> QuerySet[Seat]:
    known_at = datetime.fromisoformat(run.moment)
    return versions_on(Seat, portrait["enterprise"], day, known_at=known_at).order_by()


def _judge_seat(row: Json, day: date) -> dict[str, bool]:
    """The counts that a seat is part of, as the metric's own expression has them."""
    filed, opened, gone = is_filed(row, day), is_open(row, day), is_gone(row, day)
    unknown = not gone and not filed
    return {
        "filed": filed,
        "opened": opened,
        "opened_and_filed": opened and filed,
        "unfiled_open": opened and gone,
        "unknown_filing": unknown,
        "unknown_filing_open": unknown and opened,
    }


def _list_teams(portrait: Json) -> Mapping[str, str]:
    return list_channels(portrait["enterprise"], date.fromisoformat(portrait["period"]["as_of"]))[0]


def _resolve_team(team: str | None, teams: Mapping[str, str]) -> str | None:
    """A team's id; a sheet may name the team instead."""
    if team is None or team in teams:
        return team
    return next((key for key, name in teams.items() if name == team), team)
