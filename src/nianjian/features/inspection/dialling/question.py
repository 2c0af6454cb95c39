"""What the records tell of how calls were dialled: expressions over the lake, a few rows a team and hour.

An outbound customer call *rings* from its start until it is answered or ends. It is *owned* when a human agent was on
it before the customer was dialled (his leg begins first) or when it names an agent though nobody answered: a call that
a person began. An agent is *here* from some time before a call of his until some time after it, through pauses that are
no longer than `PAUSE`; he is *busy* while a leg of his lasts, or from the answer to the end of a call that names him
where the source writes no legs. Free is who is here and not busy: a bound from above, as pauses, training and
after-call work count as free. A call is dialled *over* when more unowned calls ring than agents are free.

Everything is whole numbers; `sweep` adds them up along time. At equal moments what ends counts before what begins, and
agents become busy last: records of whole seconds never make a call look dialled over.

Cost: the rows of the days are read twice, the second time only those of agents' legs, grouped by call once, and four
events a call are sorted by time, so it grows with n log n of the calls. `python -m bench.dialling` measures it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.features.inspection.dialling.sweep import DIALS

REJECTED: Final = "rejected"
PAUSE: Final = timedelta(minutes=60)
EDGE: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
ENDS, STOPS, TAKES, LEAVES = 0, 1, 3, 4
"""The order of events of one moment: an agent is free again or comes, a call stops ringing, one is dialled, …"""


def rows_of(calls: ir.Table, lines: ir.Table, first: date, last: date, robots: Sequence[str] = ()) -> ir.Table:
    """The good rows of the days, tests left out: `one` names the call, `team` whose it is ("" where nothing tells).

    ``robots``: seats that the register knows as robots', where a record does not say it.
    """
    begin, end = (ibis.literal(datetime.combine(day, time())) for day in (first, last + DAY))
    rows = calls.filter(
        calls.part != REJECTED,
        calls.start_ts >= begin,
        calls.start_ts < end,
        ~calls.test.fill_null(False),  # noqa: FBT003 -- a value
    )
    of_line = lines.filter(lines.team_id.notnull()).select(
        "line_id", line_team="team_id", since="valid_from", until="valid_to"
    )
    day = rows.start_ts.date()
    joined = rows.left_join(
        of_line,
        [
            rows.team_id.isnull(),
            rows.line_id == of_line.line_id,
            of_line.since.isnull() | (of_line.since <= day),
            of_line.until.isnull() | (of_line.until >= day),
        ],
    )
    named = joined.agent_id.isin(list(robots)) if robots else ibis.literal(False)  # noqa: FBT003 -- a value
    robot = ((joined.agent_kind == "robot") | named).fill_null(False)  # noqa: FBT003 -- a value
    agent = joined.leg.fill_null("") == "agent"
    return joined.select(
        "source",
        "display",
        "callee",
        "answered",
        one=joined.call_key.fill_null(joined.call_id),
        team=ibis.coalesce(joined.team_id, joined.line_team, ibis.literal("")),
        out=(joined.direction == "out") & (joined.leg == "customer") & joined.delivered.fill_null(False),  # noqa: FBT003 -- a value
        robot=robot,
        legged=agent & ~robot,
        agent=ibis.ifelse(
            robot,
            ibis.null("string"),
            ibis.ifelse(agent, joined.agent_id.fill_null(joined.callee.cast("string")), joined.agent_id),
        ),
        told=ibis.ifelse(joined.answered.fill_null(False), joined.extra, ibis.null("string")),  # noqa: FBT003 -- a value
        start=joined.start_ts,
        answer=joined.answer_ts,
        end=joined.end_ts.fill_null(joined.answer_ts).fill_null(joined.start_ts),
    )


def calls_of(rows: ir.Table) -> ir.Table:
    """One row a delivered outbound call: when it rang, who answered, which agent was on it and since when."""
    out, legged = rows.out.fill_null(False), rows.legged  # noqa: FBT003 -- a value
    talked = out & rows.answered.fill_null(False)  # noqa: FBT003 -- a value
    grouped = rows.group_by("source", "one").aggregate(
        outs=out.cast("int64").sum(),
        team=ibis.coalesce(rows.team.max(where=out), rows.team.max()),
        display=rows.display.max(where=out),
        callee=rows.callee.max(where=out),
        start=rows.start.min(where=out),
        answer=rows.answer.min(where=talked),
        talked=talked.cast("int64").max(),
        told=rows.told.max(where=talked),
        end=rows.end.max(where=out),
        robot=rows.robot.cast("int64").max(),
        robot_answer=rows.answer.min(where=rows.robot),
        agent=rows.agent.max(where=out),
        leg_start=rows.start.min(where=legged),
        leg_answer=rows.answer.min(where=legged & rows.answer.notnull()),
        legs=legged.cast("int64").sum(),
    )
    calls = grouped.filter(grouped.outs > 0)
    answered = calls.talked == 1
    began = (calls.leg_start <= calls.start).fill_null(False)  # noqa: FBT003 -- a value
    named = calls.agent.notnull() & ~answered & (calls.legs == 0)
    return calls.mutate(
        answered=answered,
        owned=(began | named) & (calls.robot == 0),
        attended=(calls.legs > 0) | calls.agent.notnull(),
        hour=calls.start.truncate("h"),
        stops=ibis.ifelse(answered, calls.answer.fill_null(calls.start), calls.end),
    )


def at_work(rows: ir.Table, calls: ir.Table) -> ir.Table:
    """Stretches in which an agent is busy; ``begin`` NULL: he is named, but nothing tells that he talked."""
    legs = rows.filter(rows.legged, rows.agent.notnull()).select("team", "agent", "start", "end", "one", "source")
    team = calls.select("source", "one", of="team", human=calls.robot == 0)
    legs = legs.left_join(team, ["source", "one"])
    legs = legs.select(team=legs.of.fill_null(legs.team), agent="agent", begin="start", seen="start", end="end")
    plain = calls.filter(calls.legs == 0, calls.agent.notnull(), calls.robot == 0)
    plain = plain.select(
        "team",
        "agent",
        begin=ibis.ifelse(plain.answered, plain.answer, ibis.null("timestamp")),
        seen="start",
        end="end",
    )
    return ibis.union(legs.cast({"begin": "timestamp(6)"}), plain.cast({"begin": "timestamp(6)"}), distinct=False)


def build_presence(work: ir.Table) -> ir.Table:
    """From when to when each agent is taken to be here: ``begin`` where a turn begins, ``end`` where one ends."""
    of = {"group_by": [work.team, work.agent], "order_by": [work.seen, work.end]}
    told = work.select(
        "team",
        "seen",
        before=work.end.max().over(ibis.window(preceding=(None, 1), **of)),
        then=work.seen.lead().over(ibis.window(**of)),
        end="end",
    )
    told = told.mutate(latest=ibis.greatest(told.before.fill_null(told.end), told.end))
    pause, edge = (ibis.interval(minutes=of.seconds // 60) for of in (PAUSE, EDGE))
    none = ibis.null("timestamp")
    return told.select(
        "team",
        begin=ibis.ifelse(told.before.isnull() | (told.seen > told.before + pause), told.seen - edge, none),
        end=ibis.ifelse(told.then.isnull() | (told.then > told.latest + pause), told.latest + edge, none),
    )


def events(calls: ir.Table, work: ir.Table) -> ir.Table:
    """What changes how many calls ring or agents are free, in the order of team and time: for `sweep`.

    ``ring``, ``idle``: by how many more; ``one`` and ``source`` name the call that is dialled, unowned and no robot's.
    """
    ringing = calls.filter(~calls.owned, calls.robot == 0)
    busy = work.filter(work.begin.notnull())
    turns = build_presence(work)
    comes, leaves = turns.filter(turns.begin.notnull()), turns.filter(turns.end.notnull())
    found = ibis.union(
        _event(ringing, ringing.start, DIALS, ring=1, one=ringing.one, source=ringing.source),
        _event(ringing, ibis.greatest(ringing.start, ringing.stops), STOPS, ring=-1),
        _event(busy, busy.begin, TAKES, idle=-1),
        _event(busy, ibis.greatest(busy.begin, busy.end), ENDS, idle=1),
        _event(comes, comes.begin, ENDS, idle=1),
        _event(leaves, leaves.end, LEAVES, idle=-1),
        distinct=False,
    )
    return found.order_by("team", "at", "place")


def _event(table: ir.Table, at: ir.Value, place: int, *, ring: int = 0, idle: int = 0,
           one: ir.Value | None = None, source: ir.Value | None = None) -> ir.Table:  # fmt: skip
    none = ibis.null("string")
    return table.select(
        "team",
        at=at.cast("timestamp(6)"),
        place=ibis.literal(place, "int8"),
        ring=ibis.literal(ring, "int8"),
        idle=ibis.literal(idle, "int8"),
        one=none if one is None else one,
        source=none if source is None else source,
    )


def by_hour(calls: ir.Table, connect: int) -> ir.Table:
    """Of each team and hour: calls of people and of robots, and of those of people who answered them.

    ``connect``: seconds in which an answered call is put through to an agent.
    """
    of_people, robot = calls.robot == 0, calls.robot == 1
    answered = calls.answered & of_people
    wait = calls.leg_answer.delta(calls.answer, unit="millisecond")
    late = answered & (calls.legs > 0) & ~calls.owned & (wait > connect * 1000).fill_null(False)  # noqa: FBT003 -- a value
    return calls.group_by("team", "hour").aggregate(
        calls=of_people.cast("int64").sum(),
        owned=(of_people & calls.owned).cast("int64").sum(),
        answered=answered.cast("int64").sum(),
        alone=(answered & ~calls.attended).cast("int64").sum(),
        late=late.cast("int64").sum(),
        attended=(of_people & calls.attended).cast("int64").sum(),
        legs=(of_people & (calls.legs > 0)).cast("int64").sum(),
        robots=robot.cast("int64").sum(),
        robots_answered=(robot & calls.answered).cast("int64").sum(),
    )


def part_of(calls: ir.Table, work: ir.Table, hours: Mapping[str, datetime]) -> tuple[ir.Table, ir.Table]:
    """Calls and stretches of work of these teams on the days of their hours.

    With the days before and after: near midnight both tell who was here and what rang.
    """
    teams, days = list(hours), sorted({hour.date() + DAY * near for hour in hours.values() for near in (-1, 0, 1)})
    of = calls.filter(calls.team.isin(teams), calls.start.date().isin(days))
    return of, work.filter(work.team.isin(teams), work.seen.date().isin(days))


def select_calls(calls: ir.Table, ones: Sequence[str]) -> ir.Table:
    """The calls of these names."""
    rows = calls.filter(calls.one.isin(list(ones)))
    return rows.select("source", "one", "callee", "answered", "attended")


def transfers(calls: ir.Table) -> ir.Table:
    """Robots' answered calls by what came of them: ``waited``, milliseconds from the agent's leg to his answer.

    NULL: no agent came to it (``asked`` 0), or one was called and did not answer (``asked`` 1).
    """
    rows = calls.filter(calls.robot == 1, calls.answered)
    waited = rows.leg_answer.delta(rows.leg_start, unit="millisecond")
    return rows.group_by(asked=(rows.legs > 0).cast("int64"), waited=waited).aggregate(calls=rows.count())
