"""How calls are dialled, from the records alone (S5): predictive dialling and robots, with the rows that show it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, cast

import ibis.expr.types as ir

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import mask_call_id
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.inspection import dialling, documents
from nianjian.features.inspection.dialling import DiallingLimits, RobotSigns, TeamVerdict
from nianjian.features.inspection.documents import (
    DialledCall,
    Dialling,
    RobotSeats,
    RobotUse,
    SuspectCall,
    SuspectGroup,
    Suspects,
    TeamDialling,
)
from nianjian.features.inspection.queries import CheckBasis, Json, LakeCalls, open_calls
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.seats import Seat, has_seats
from nianjian.platform.registers.versions import current_versions, versions_on

DAY: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=366)
HOURS: Final = 6  # of a team that are told, the clearest
ROWS: Final = 10  # calls of its clearest hour that are told
SHOWING: Final = 10  # teams of which calls are told, the clearest; one may ask for a team's day alone
TEAMS: Final = 50
EXAMPLES: Final = 5  # calls of a source and evidence that look like a robot's
GROUPS: Final = 50
STEPS: Final = 4


def check_dialling(
    *,
    enterprise: str,
    as_of: date | None,
    actor: Actor,
    first: date | None = None,
    last: date | None = None,
    progress: Progress = silent,
) -> Dialling:
    """Judge every team by the calls from ``first`` to ``last`` (None: the days of the rule up to ``as_of``).

    ``role_missing``, ``inspection_day_wrong``, ``inspection_days_wrong``. Cost: see `inspection.dialling`.
    """
    grounds = CheckBasis.of(enterprise, last or as_of, actor)
    book = grounds.book
    end = grounds.day
    begin = first or end - timedelta(days=book.integer("inspection.dialling.days")) + DAY
    if not begin <= end or end - begin >= LONGEST:
        raise NianjianError("inspection_days_wrong", first=begin.isoformat(), last=end.isoformat(), most=LONGEST.days)
    limits = _limits(book)
    connect = book.integer("inspection.predictive.connect_seconds")
    robots = [str(key) for key in current_versions(Seat, enterprise).filter(kind="robot").values_list("key", flat=True)]
    progress("", 0, STEPS)
    with open_calls(enterprise, "line_dim") as lake:
        rows = dialling.select_rows(lake.tables["calls"], lake.tables["line_dim"], begin, end, robots)
        called = lake.engine.once("dialled_calls", dialling.extract_signs(dialling.aggregate_calls(rows)), again=True)
        work = lake.engine.once("at_work", dialling.list_work(rows, called), again=True)
        dialled = dialling.sweep_by_hour(lake.engine.batches(dialling.build_events(called, work).drop("one", "source")))
        hours = dialling.build_hours(lake.engine.rows(dialling.count_by_hour(called, connect)), dialled)
        progress("", 1, STEPS)
        teams = dialling.judge_teams(hours, limits)
        by_team = _clearest_rows(lake, called, work, teams)
        progress("", 2, STEPS)
        seconds = book.integer("inspection.robot.transfer_seconds")
        transfers = dialling.summarise_transfers(lake.engine.rows(dialling.count_transfers(called)), seconds)
        seen = _find_suspects(lake, called, book)
    progress("", 3, STEPS)
    seats, sums = _count_robot_seats(enterprise, end), dialling.sum_figures(hours)
    suggested = bool(seen.calls or seats.undated or not has_seats(enterprise))
    return Dialling(
        enterprise=enterprise,
        as_of=end.isoformat(),
        from_=begin.isoformat(),
        to=end.isoformat(),
        verdict=dialling.overall_verdict(teams),
        teams=[_team(one, by_team.get(one.team, [])) for one in teams[:TEAMS]],
        teams_left_out=max(0, len(teams) - TEAMS),
        ai=RobotUse(
            verdict=dialling.judge_robots(
                seats.open, sums["robots"], sums["calls"], sums["alone"], suggested=suggested
            ),
            suggested=seen,
            seats=seats,
            calls=sums["robots"],
            answered=sums["robots_answered"],
            transfers=transfers,
            limit_s=seconds,
        ),
        limits={**asdict(limits), "share": str(limits.share), "named": str(limits.named), "connect_s": connect},
        calls_version=lake.version,
        rulebook=grounds.stamp(),
    )


def _find_suspects(lake: LakeCalls, called: ir.Table, book: Rulebook) -> Suspects:
    """Calls that look like an unregistered robot's, by source and evidence, with some of them, masked."""
    signs = RobotSigns(
        applications=_lower_items(book, "inspection.robot.applications"),
        contexts=_lower_items(book, "inspection.robot.contexts"),
        seconds=book.integer("inspection.robot.talk_seconds"),
        named=book.decimal("inspection.predictive.named"),
    )
    rows = dialling.mark_suspects(called, signs)
    said, groups = dialling.weigh_groups(lake.engine.rows(dialling.group_suspects(rows)), signs)
    keys = {(one["source"], one["evidence"]) for one in groups}
    samples = lake.engine.rows(dialling.sample_suspects(rows, EXAMPLES)) if groups else []
    return Suspects(
        verdict=said,
        calls=sum(one["calls"] for one in groups),
        groups=[
            SuspectGroup(
                **_signs(one), calls=one["calls"], from_=_format_moment(one["first"]), to=_format_moment(one["last"])
            )
            for one in groups[:GROUPS]
        ],
        groups_left_out=max(0, len(groups) - GROUPS),
        rows=[
            SuspectCall(
                at=_format_moment(row["start"]), **_masked(row) | _signs(row), talk_s=cast("int | None", row["talk"])
            )
            for row in samples
            if (row["source"], row["evidence"]) in keys
        ],
    )


def _signs(row: Mapping[str, Any]) -> Json:
    empty = {name: row[name] or None for name in ("context", "application")}
    return {"source": row["source"], "evidence": row["evidence"], **empty}


def _lower_items(book: Rulebook, key: str) -> list[str]:
    return [str(one).lower() for one in book.items(key)]


def _masked(row: Mapping[str, object]) -> Json:
    callee = None if row["callee"] is None else numbers.mask(str(row["callee"]))
    return {"call": mask_call_id(str(row["one"])), "source": row["source"], "callee": callee}


def _format_moment(moment: object) -> str | None:
    return moment.isoformat(sep=" ", timespec="seconds") if isinstance(moment, datetime) else None


def _limits(book: Rulebook) -> DiallingLimits:
    over = book.value("inspection.predictive.over")
    if not isinstance(over, dict):
        raise NianjianError("rule_value_kind", key="inspection.predictive.over", wanted="mapping")
    return DiallingLimits(
        over=int(str(over["calls"])),
        share=Decimal(str(over["share"])),
        least=book.integer("inspection.predictive.least"),
        named=book.decimal("inspection.predictive.named"),
    )


def _count_robot_seats(enterprise: str, day: date) -> RobotSeats:
    """Robots' seats that are open on a day, as the portrait counts them, and how many of these are filed."""
    seats = versions_on(Seat, enterprise, day).filter(kind="robot")
    rows = [row for row in seats if row.closed_on is None or row.closed_on > day]
    opened = [row for row in rows if row.opened_on is not None and row.opened_on <= day]
    filed = sum(
        row.filing == "filed" and row.filed_on is not None and row.filed_on <= day
        and not (row.cancelled_on is not None and row.cancelled_on <= day)
        for row in opened
    )  # fmt: skip
    return RobotSeats(len(opened), sum(row.opened_on is None for row in rows), filed)


def _clearest_rows(
    lake: LakeCalls, called: ir.Table, work: ir.Table, teams: Sequence[TeamVerdict]
) -> dict[str, list[DialledCall]]:
    """The calls of the clearest hour of the clearest teams, numbers of persons masked."""
    showing = sorted((one for one in teams if one.hours), key=lambda one: (-one.hours[0].figures["over"], one.team))
    hours: dict[str, datetime] = {one.team: one.hours[0].hour for one in showing[:SHOWING]}
    if not hours:
        return {}
    of, then = dialling.select_team_hours(called, work, hours)
    calls = dialling.find_clearest(lake.engine.batches(dialling.build_events(of, then)), hours, ROWS)
    more = lake.engine.rows(dialling.select_calls(of, [row["one"] for row in calls]))
    by_call = {(row["source"], row["one"]): row for row in more}
    rows: dict[str, list[DialledCall]] = {}
    for row in calls:
        call = by_call[row["source"], row["one"]]
        entry = DialledCall(
            at=row["at"].isoformat(sep=" "),
            **_masked(row | call),
            ringing=row["ringing"],
            free=row["free"],
            answered=bool(call["answered"]),
            agent=bool(call["attended"]),
        )
        rows.setdefault(row["team"], []).append(entry)
    return rows


def _team(one: TeamVerdict, rows: list[DialledCall]) -> TeamDialling:
    return TeamDialling(
        team=one.team or None,
        verdict=one.verdict,
        why=one.why,
        **one.figures,
        showing=len(one.hours),
        hours=[
            documents.TeamHour(hour=hour.hour.isoformat(sep=" ", timespec="minutes"), **hour.figures)
            for hour in one.hours[:HOURS]
        ],
        rows=rows,
    )
