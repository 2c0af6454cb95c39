"""How calls are dialled, found from the records themselves: predictive dialling, robots, transfers to a human. Pure.

An outbound customer call *rings* from its start until it is answered or ends. It is *owned* when a human agent was on
it before the customer was dialled (his leg begins first) or when it names an agent though nobody answered: a call that
a person began. An agent is *here* from some time before a call of his until some time after it, through pauses that are
no longer than `PAUSE`; he is *busy* while a leg of his lasts, or from the answer to the end of a call that names him
where the source writes no legs. Free is who is here and not busy: a bound from above, as pauses, training and
after-call work count as free. A call is dialled *over* when more unowned calls ring than agents are free.

Everything is whole numbers. `build_events` puts what happens in the order of team and time: at equal moments what ends
counts before what begins, and agents become busy last, so that records of whole seconds never make a call look dialled
over. `sweep_calls` adds the events up with the memory of one batch: some 20 nanoseconds an event, where a running sum
in the engine itself costs a microsecond and a half. At a team's last event nothing rings and nobody is here, so the
sums run on over the next team's. Cost: n log n of the calls; `python -m bench.dialling` measures it.

Found is predictive dialling where in at least one hour so many calls, and such a share of that hour's calls, were
dialled over. Not found: none was such an hour, nor are all its hours together, and the records can tell. Unknown: no
agent is seen in the records, too few calls, a source that names the agent on too few of the answered calls, or hours
too thin to show it one by one though together they reach both limits.

Answered calls that look like a robot's though nobody registered one are a hint with its evidence, the strongest first:

- ``context``: it ended in a context of the dial plan that the rule names as robots';
- ``application``: no agent was on it, and the dial plan's last application plays or is driven by a program (rule);
- ``no_agent``: no agent was on it, no second channel came to it, and it stood in no queue: the switch answered itself;
- ``talk_alone``: no agent was on it for as long as nobody is kept waiting, in a source that else names its agents.

A call that waited in a queue and got nobody is an abandoned one, no robot's.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate, groupby
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nianjian.features.inspection.documents import Transfers

DIALS: Final = 2
"""The place of the event that a call is dialled among those of its moment."""
HOUR: Final = 3_600_000_000  # microseconds
EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- wall time, as in the lake
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DialledBatch:
    """Calls of one batch at the moment when each was dialled: how many rang (itself included), how many were free."""

    rows: pa.RecordBatch
    ringing: Integers
    free: Integers

    @property
    def hours(self) -> Integers:
        """Hours since the epoch, on the wall."""
        return np.asarray(self.rows["at"].cast(pa.int64())) // HOUR


def sweep_calls(batches: Iterable[pa.RecordBatch]) -> Iterator[DialledBatch]:
    """The calls in the order of team and time; batches have `team`, `at`, `place`, `ring` and `idle`."""
    ring = idle = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        rings, idles = (np.cumsum(np.asarray(batch[name]), dtype=np.int64) for name in ("ring", "idle"))
        rings, idles = rings + ring, idles + idle
        ring, idle = int(rings[-1]), int(idles[-1])
        here = np.asarray(batch["place"]) == DIALS
        yield DialledBatch(batch.filter(pa.array(here)), rings[here], np.maximum(idles[here], 0))


def sweep_by_hour(batches: Iterable[pa.RecordBatch]) -> dict[tuple[str, datetime], dict[str, int]]:
    """(team, hour) -> `over` calls dialled while more rang than were free, the most `ringing`, and the `widest` gap."""
    by_hour: dict[tuple[str, datetime], dict[str, int]] = {}
    for one in sweep_calls(batches):
        if not one.rows.num_rows:
            continue
        team, hour = one.rows["team"].dictionary_encode(), one.hours
        codes = np.asarray(team.indices)
        begins = np.flatnonzero(np.r_[True, (np.diff(codes) != 0) | (np.diff(hour) != 0)])
        over = np.add.reduceat((one.ringing > one.free).astype(np.int64), begins)
        ringing, widest = (np.maximum.reduceat(of, begins) for of in (one.ringing, one.ringing - one.free))
        for place, first in enumerate(begins):
            key = str(team.dictionary[codes[first]]), EPOCH + timedelta(hours=int(hour[first]))
            before = by_hour.setdefault(key, {"over": 0, "ringing": 0, "widest": int(widest[place])})
            before["over"] += int(over[place])
            before["ringing"] = max(before["ringing"], int(ringing[place]))
            before["widest"] = max(before["widest"], int(widest[place]))
    return by_hour


def find_clearest(batches: Iterable[pa.RecordBatch], hours: Mapping[str, datetime], most: int) -> list[dict[str, Any]]:
    """Of each team's hour the calls that were dialled over, the widest first; batches have `source` and `one`, too."""
    team_hours = {team: int((hour - EPOCH) / timedelta(hours=1)) for team, hour in hours.items()}
    team_calls: dict[str, list[dict[str, Any]]] = {team: [] for team in team_hours}
    for one in sweep_calls(batches):
        over = (one.ringing > one.free) & np.isin(one.hours, list(team_hours.values()))
        rows = one.rows.filter(pa.array(over)).select(["team", "at", "source", "one"]).to_pylist()
        figures = zip(rows, one.hours[over], one.ringing[over], one.free[over], strict=True)
        for row, hour, ringing, free in figures:
            if team_hours.get(row["team"]) == hour:
                team_calls[row["team"]].append(row | {"ringing": int(ringing), "free": int(free)})

    def clear(row: Mapping[str, Any]) -> tuple[int, datetime, str]:
        return row["free"] - row["ringing"], row["at"], row["one"]

    return [row for team in sorted(team_calls) for row in heapq.nsmallest(most, team_calls[team], key=clear)]


FOUND, NOT_FOUND, UNKNOWN = "found", "not_found", "unknown"
VERDICTS: Final = (FOUND, NOT_FOUND, UNKNOWN)
FIGURES: Final = (
    "calls", "owned", "answered", "alone", "late", "attended", "legs", "robots", "robots_answered", "over", "ringing",
    "widest",
)  # fmt: skip
HIGHEST: Final = frozenset({"ringing", "widest"})  # of several hours the highest counts, not the sum


@dataclass(frozen=True, slots=True)
class DiallingLimits:
    """From the rulebook: so many calls over and such a share in an hour; fewer ``least`` calls prove nothing.

    ``named``: the share of answered calls that must name their agent where the source writes no legs of agents.
    """

    over: int
    share: Decimal
    least: int
    named: Decimal


@dataclass(frozen=True, slots=True)
class TeamHour:
    """A team's hour: the figures of `count_by_hour` and `sweep_by_hour`."""

    team: str
    hour: datetime
    figures: Mapping[str, int]

    def over(self, limits: DiallingLimits) -> bool:
        """Whether it was dialled predictively; exactly at the limits it was."""
        return _reaches(self.figures, limits)


@dataclass(frozen=True, slots=True)
class TeamVerdict:
    """``hours``: the hours that show it, the clearest first. ``why``: the code of what makes the verdict."""

    team: str
    verdict: str
    why: str
    figures: Mapping[str, int]
    hours: Sequence[TeamHour] = ()


def build_hours(
    rows: Iterable[Mapping[str, Any]], dialled: Mapping[tuple[str, datetime], Mapping[str, int]]
) -> list[TeamHour]:
    """Rows of `count_by_hour` with what `sweep_by_hour` found, as values."""
    team_hours = []
    for row in rows:
        figures = {**row, **dialled.get((row["team"], row["hour"]), {})}
        team_hours.append(TeamHour(row["team"], row["hour"], {name: int(figures.get(name) or 0) for name in FIGURES}))
    return sorted(team_hours, key=lambda one: (one.team, one.hour))


def judge_teams(team_hours: Sequence[TeamHour], limits: DiallingLimits) -> list[TeamVerdict]:
    """The verdict of each team, by name."""
    teams = groupby(sorted(team_hours, key=lambda one: one.team), key=lambda one: one.team)
    return [_judge_team(name, list(hours), limits) for name, hours in teams]


def _judge_team(name: str, of_team: Sequence[TeamHour], limits: DiallingLimits) -> TeamVerdict:
    sums, verdict = sum_figures(of_team), UNKNOWN
    showing = sorted((one for one in of_team if one.over(limits)), key=lambda one: (-one.figures["over"], one.hour))
    if not sums["calls"]:
        verdict, why = NOT_FOUND, "robots_only"
    elif not sums["attended"]:
        why = "no_agents"
    elif not sums["legs"] and sums["answered"] - sums["alone"] < limits.named * sums["answered"]:
        why = "agents_seldom_named"
    elif showing:
        return TeamVerdict(name, FOUND, "dialled_over", sums, showing)
    elif sums["calls"] < limits.least:
        why = "too_few"
    elif _reaches(sums, limits):  # thin hours hide nothing
        why = "over_scattered"
    else:
        verdict, why = NOT_FOUND, "over_seldom" if sums["over"] else "agents_free"
    return TeamVerdict(name, verdict, why, sums)


def _reaches(figures: Mapping[str, int], limits: DiallingLimits) -> bool:
    return figures["over"] >= limits.over and figures["over"] >= limits.share * figures["calls"]


def sum_figures(team_hours: Iterable[TeamHour]) -> dict[str, int]:
    """The figures of several hours."""
    sums = dict.fromkeys(FIGURES, 0)
    for one in team_hours:
        for name, count in one.figures.items():
            sums[name] = max(sums[name], count) if name in HIGHEST else sums[name] + count
    return sums


def overall_verdict(teams: Iterable[TeamVerdict]) -> str:
    """The verdict of the enterprise: what one team does is found, and what one team hides is unknown."""
    verdicts = {one.verdict for one in teams}
    if FOUND in verdicts:
        return FOUND
    return NOT_FOUND if verdicts == {NOT_FOUND} else UNKNOWN


def summarise_transfers(rows: Iterable[Mapping[str, object]], seconds: int) -> Transfers:
    """Rows of `count_transfers` in one: robots' calls that ``asked`` an agent, those ``put_through`` to one.

    ``in_time``: put through within the limit, included. The middle wait is that of the ordered waits, the lower one of
    two; None: nobody was put through.
    """
    counted = [(int(str(row["asked"])), row["waited"], int(str(row["calls"]))) for row in rows]
    waits = sorted((int(str(waited)), calls) for _asked, waited, calls in counted if waited is not None)
    through, sums = sum(calls for _wait, calls in waits), accumulate(calls for _wait, calls in waits)
    return Transfers(
        asked=sum(calls for has_leg, _waited, calls in counted if has_leg),
        put_through=through,
        in_time=sum(calls for wait, calls in waits if wait <= seconds * 1000),
        middle_ms=next((wait for (wait, _), so_far in zip(waits, sums, strict=True) if 2 * so_far >= through), None),
        longest_ms=waits[-1][0] if waits else None,
    )


def judge_robots(seats: int, calls: int, people: int, alone: int, *, suggested: bool = False) -> str:
    """AI outbound: found where a robot's seat is open or a robot called.

    Not found only where every answered call names its agent: behind one that names nobody a robot may have talked.
    Calls that look like a robot's find nothing, but with them nothing is ruled out either.
    """
    if seats or calls:
        return FOUND
    return NOT_FOUND if people and not alone and not suggested else UNKNOWN


REJECTED: Final = "rejected"
PAUSE: Final = timedelta(minutes=60)
EDGE: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
ENDS, STOPS, TAKES, LEAVES = 0, 1, 3, 4
"""The order of events of one moment: an agent is free again or comes, a call stops ringing, one is dialled, …"""


def select_rows(calls: ir.Table, lines: ir.Table, first: date, last: date, robots: Sequence[str] = ()) -> ir.Table:
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
    is_listed = joined.agent_id.isin(list(robots)) if robots else ibis.literal(False)  # noqa: FBT003 -- a value
    robot = ((joined.agent_kind == "robot") | is_listed).fill_null(False)  # noqa: FBT003 -- a value
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


def aggregate_calls(rows: ir.Table) -> ir.Table:
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
    has_agent = calls.agent.notnull() & ~answered & (calls.legs == 0)
    return calls.mutate(
        answered=answered,
        owned=(began | has_agent) & (calls.robot == 0),
        attended=(calls.legs > 0) | calls.agent.notnull(),
        hour=calls.start.truncate("h"),
        stops=ibis.ifelse(answered, calls.answer.fill_null(calls.start), calls.end),
    )


def list_work(rows: ir.Table, calls: ir.Table) -> ir.Table:
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
    spans = work.select(
        "team",
        "seen",
        before=work.end.max().over(ibis.window(preceding=(None, 1), **of)),
        then=work.seen.lead().over(ibis.window(**of)),
        end="end",
    )
    spans = spans.mutate(latest=ibis.greatest(spans.before.fill_null(spans.end), spans.end))
    pause, edge = (ibis.interval(minutes=of.seconds // 60) for of in (PAUSE, EDGE))
    none = ibis.null("timestamp")
    return spans.select(
        "team",
        begin=ibis.ifelse(spans.before.isnull() | (spans.seen > spans.before + pause), spans.seen - edge, none),
        end=ibis.ifelse(spans.then.isnull() | (spans.then > spans.latest + pause), spans.latest + edge, none),
    )


def build_events(calls: ir.Table, work: ir.Table) -> ir.Table:
    """What changes how many calls ring or agents are free, in the order of team and time: for `sweep_calls`.

    ``ring``, ``idle``: by how many more; ``one`` and ``source`` name the call that is dialled, unowned and no robot's.
    """
    ringing = calls.filter(~calls.owned, calls.robot == 0)
    busy = work.filter(work.begin.notnull())
    turns = build_presence(work)
    comes, leaves = turns.filter(turns.begin.notnull()), turns.filter(turns.end.notnull())
    events = ibis.union(
        _event(ringing, ringing.start, DIALS, ring=1, one=ringing.one, source=ringing.source),
        _event(ringing, ibis.greatest(ringing.start, ringing.stops), STOPS, ring=-1),
        _event(busy, busy.begin, TAKES, idle=-1),
        _event(busy, ibis.greatest(busy.begin, busy.end), ENDS, idle=1),
        _event(comes, comes.begin, ENDS, idle=1),
        _event(leaves, leaves.end, LEAVES, idle=-1),
        distinct=False,
    )
    return events.order_by("team", "at", "place")


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


def count_by_hour(calls: ir.Table, connect: int) -> ir.Table:
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


def select_team_hours(calls: ir.Table, work: ir.Table, hours: Mapping[str, datetime]) -> tuple[ir.Table, ir.Table]:
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


def count_transfers(calls: ir.Table) -> ir.Table:
    """Robots' answered calls by what came of them: ``waited``, milliseconds from the agent's leg to his answer.

    NULL: no agent came to it (``asked`` 0), or one was called and did not answer (``asked`` 1).
    """
    rows = calls.filter(calls.robot == 1, calls.answered)
    waited = rows.leg_answer.delta(rows.leg_start, unit="millisecond")
    return rows.group_by(asked=(rows.legs > 0).cast("int64"), waited=waited).aggregate(calls=rows.count())


CONTEXT, APPLICATION, NO_AGENT, TALK_ALONE = "context", "application", "no_agent", "talk_alone"
EVIDENCE: Final = (CONTEXT, APPLICATION, NO_AGENT, TALK_ALONE)
SUGGESTED, NONE = "suggested", "none"
#: Applications of Asterisk and FreeSWITCH in which a call waits for a person or is with one.
WITH_PEOPLE: Final = (
    "queue", "appqueue", "dial", "appdial", "appdial2", "retrydial", "followme", "page", "bridge", "bridgewait",
    "confbridge", "meetme", "conference", "park", "parkedcall", "agentlogin", "agentrequest", "callcenter", "fifo",
    "voicemail", "intercept", "pickup", "echo",
)  # fmt: skip
_CELL: Final = r'"(?:{names})":\s*"([^"]*)"'
APP: Final = _CELL.format(names="lastapp|last_app")
WHERE: Final = _CELL.format(names="dcontext|context")
FAR: Final = _CELL.format(names="dstchannel|bridge_channel")
LAST_APP: Final = '"lastapp":'  # Asterisk alone tells both application and second channel of every call


@dataclass(frozen=True, slots=True)
class RobotSigns:
    """From the rulebook: names of applications and contexts, small letters; ``seconds`` of talk without an agent."""

    applications: Sequence[str]
    contexts: Sequence[str]
    seconds: int
    named: Decimal


def extract_signs(calls: ir.Table) -> ir.Table:
    """The calls with what their further columns say of application, context and second channel, in their stead."""
    extra = calls.told.fill_null("")
    return calls.mutate(
        application=extra.re_extract(APP, 1).lower(),
        context=extra.re_extract(WHERE, 1).lower(),
        far=extra.re_extract(FAR, 1),
        asterisk=extra.contains(LAST_APP),
    ).drop("told")


def mark_suspects(calls: ir.Table, signs: RobotSigns) -> ir.Table:
    """Answered calls of no registered robot with ``evidence``, "" for none; ``calls`` as `extract_signs` gives them."""
    rows = calls.filter(calls.robot == 0, calls.answered)
    rows = rows.mutate(talk=rows.end.epoch_seconds() - rows.answer.epoch_seconds())
    alone, waits = ~rows.attended, rows.application.isin(WITH_PEOPLE)
    lone = rows.asterisk & (rows.application != "") & (rows.far == "") & ~waits
    evidence = ibis.cases(
        (rows.context.isin(list(signs.contexts)), CONTEXT),
        (alone & rows.application.isin(list(signs.applications)), APPLICATION),
        (alone & lone, NO_AGENT),
        (alone & ~waits & ~rows.asterisk & (rows.talk >= signs.seconds).fill_null(False), TALK_ALONE),  # noqa: FBT003 -- a value
        else_="",
    )
    return rows.select(
        "source", "one", "start", "callee", "application", "context", "attended", "talk", evidence=evidence
    )


def group_suspects(rows: ir.Table) -> ir.Table:
    """Of each source how many calls look so and why; those that do not (evidence "") in one row."""
    plain = rows.evidence == ""
    return rows.group_by(
        "source",
        "evidence",
        context=ibis.ifelse(plain, "", rows.context),
        application=ibis.ifelse(plain, "", rows.application),
    ).aggregate(
        calls=rows.count(), attended=rows.attended.cast("int64").sum(), first=rows.start.min(), last=rows.start.max()
    )


def sample_suspects(rows: ir.Table, most: int) -> ir.Table:
    """The newest calls of each source and evidence."""
    suspects = rows.filter(rows.evidence != "")
    window = ibis.window(
        group_by=[suspects.source, suspects.evidence], order_by=[ibis.desc(suspects.start), suspects.one]
    )
    suspects = suspects.mutate(place=ibis.row_number().over(window))
    return suspects.filter(suspects.place < most).order_by("source", "evidence", "place")


def weigh_groups(rows: Iterable[Mapping[str, Any]], signs: RobotSigns) -> tuple[str, list[Mapping[str, Any]]]:
    """What the rows of `group_suspects` suggest, and those that do, the strongest evidence first.

    Talk without an agent counts only in a source that names one on at least the share ``named`` of its answered calls.
    ``none`` only where an agent was on every answered call: behind any other a robot may have talked.
    """
    groups, answered, attended = list(rows), Counter[str](), Counter[str]()
    for row in groups:
        answered[row["source"]] += row["calls"]
        attended[row["source"]] += row["attended"] or 0

    def counts(row: Mapping[str, Any]) -> bool:
        has_agents = attended[row["source"]] >= signs.named * answered[row["source"]]
        return bool(row["evidence"]) and (row["evidence"] != TALK_ALONE or has_agents)

    def place(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return EVIDENCE.index(row["evidence"]), -row["calls"], row["source"], row["context"], row["application"]

    if suspects := sorted(filter(counts, groups), key=place):
        return SUGGESTED, suspects
    return (NONE if answered and answered == attended else UNKNOWN), []
