"""What may truthfully be said to an inspector, judged from figures, and the calls they are counted from. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.kernel.claims import Claim, Figures, Lack
from nianjian.features.complaints.clocks import list_lacks

CARDS: Final = (
    "own_numbers", "robot_abilities", "tickets_in_time", "ai_outbound", "predictive", "one_click", "logs_kept",
    "number_filing", "number_use", "resources", "conduct", "control", "consent",
)  # fmt: skip


def own_numbers(delivered: int | None, own: int, classes: Figures, *, unrecorded: int = 0) -> Claim:
    """所有外呼均使用备案95/96号码: OWN_SHORT = E, and E is not 0. ``delivered`` None: it could not be counted.

    ``unrecorded``: days of which nobody knows the calls.
    """
    figures = {"delivered": delivered, "own": own if delivered is not None else None, **classes}
    if not delivered:
        return Claim("own_numbers", figures, [Lack("no_calls", known=False)])
    untold = classes.get("unknown") or 0
    others = delivered - own - untold
    lacks = list_lacks(
        (others, Lack("other_numbers_shown", count=others)),
        (untold, Lack("display_unknown", known=False, count=untold)),
        (unrecorded, Lack("calls_missing", known=False, count=unrecorded)),
    )
    return Claim("own_numbers", figures, lacks)


@dataclass(frozen=True, slots=True)
class RobotFigures:
    """``item``: whether the filing form (M13) is ready; None: it is not asked for. Counts of answered robot calls."""

    seats: int
    filed: int
    calls: int
    answered: int
    intents: int
    asked: int
    put_through: int
    in_time: int
    item: bool | None


def robot_abilities(robots: RobotFigures) -> Claim:
    """意图识别与立即转人工: seats filed, the form ready, intents recorded, every transfer within the limit."""
    figures = {name: count for name, count in asdict(robots).items() if name != "item"}
    lacks = list_lacks(
        (not robots.seats, Lack("no_robot_seats", known=robots.calls > 0)),
        (robots.filed < robots.seats, Lack("robot_seats_unfiled", count=robots.seats - robots.filed)),
        (robots.item is False, Lack("algorithm_form_missing")),
        (not robots.intents, Lack("intents_unproved", known=False)),
        (0 < robots.intents < robots.answered,
         Lack("intents_incomplete", known=False, count=robots.answered - robots.intents)),
        (not robots.asked, Lack("transfers_unproved", known=False)),
        (robots.in_time < robots.asked, Lack("transfers_slow", count=robots.asked - robots.in_time)),
    )  # fmt: skip
    return Claim("robot_abilities", figures, lacks)


def absence(card: str, verdict: str, figures: Figures, declared: bool | None = None) -> Claim:  # noqa: FBT001 -- yes or no
    """没有AI外呼、没有预测式外呼: may be said where the records say so, not where they cannot tell.

    ``declared``: what the enterprise states of itself; a yes takes the sentence back, a no proves nothing.
    """
    lacks = {"found": [Lack(f"{card}_found")], "not_found": [Lack("stated_otherwise", known=False)] if declared else []}
    if declared is False and verdict == "found":
        lacks["found"].append(Lack("statement_refuted"))
    return Claim(card, figures, lacks.get(verdict, [Lack(f"{card}_untold", known=False)]))


def one_click(
    doors: int, alive: int, numbers: int, without: int, *, untried: int = 0, declared: bool | None = None
) -> Claim:
    """有“一键投诉”: addresses are open, each leads to a ticket with clocks, every number in force has one.

    ``declared``: as of `absence`; an entry of the enterprise's own cannot be tried from here.
    """
    figures = {"doors": doors, "alive": alive, "numbers": numbers, "without": without}
    if declared and not doors:
        return Claim("one_click", figures, [Lack("doors_elsewhere", known=False)])
    lacks = list_lacks(
        (declared is False and doors, Lack("stated_otherwise", known=False)),
        (not numbers, Lack("no_numbers", known=False)),
        (not doors, Lack("no_doors")),
        (alive < doors - untried, Lack("doors_dead", count=doors - untried - alive)),
        (untried, Lack("doors_untried", known=False, count=untried)),
        (doors and without, Lack("numbers_without_door", count=without)),
    )
    return Claim("one_click", figures, lacks)


def logs(states: Mapping[str, str]) -> Claim:
    """日志保存满六个月: every kind of log, proved."""
    figures = {"logs": len(states), "proved": sum(one == "ok" for one in states.values())}
    wrong = [Lack(f"log_{name}", known=one != "unknown") for name, one in states.items() if one != "ok"]
    return Claim("logs_kept", figures, wrong if states else [Lack("logs_untold", known=False)])


def number_filing(numbers: int, filed: int, compared: str | None, *, recent: bool = True) -> Claim:
    """码号均已备案: by the register and by the newest comparison (its verdict; None: there is none).

    ``recent``: it is as at a day of this season, and no number has changed since.
    """
    lacks = list_lacks(
        (not numbers, Lack("no_numbers", known=False)),
        (filed < numbers, Lack("numbers_unfiled", count=numbers - filed)),
        (compared == "failed", Lack("numbers_differ")),
        (compared not in {"failed", "passed"}, Lack("numbers_not_compared", known=False)),
        (compared == "passed" and not recent, Lack("numbers_compared_long_ago", known=False)),
    )
    return Claim("number_filing", {"numbers": numbers, "filed": filed}, lacks)


def number_use(calls: int, elsewhere: int, untold: int) -> Claim:
    """在指定网关落地: calls of own numbers, those over another gateway, those that name none or have none assigned."""
    lacks = list_lacks(
        (not calls, Lack("no_calls", known=False)),
        (elsewhere, Lack("other_gateway", count=elsewhere)),
        (untold, Lack("gateway_untold", known=False, count=untold)),
    )
    return Claim("number_use", {"calls": calls, "elsewhere": elsewhere, "untold": untold}, lacks)


def resources(lines: int, bare: int, strange: int, teams: int, unnamed: int = 0, *, listed_teams: int) -> Claim:
    """线路: all used lines stand in the register with their carrier, and every outsourced team has an agreement.

    ``unnamed``: delivered calls that name no line; they cannot tell whether they used another. ``listed_teams``: all
    teams of the register; without one it does not say that none is outsourced.
    """
    lacks = list_lacks(
        (not lines, Lack("no_lines", known=False)),
        (unnamed, Lack("lines_untold", known=False, count=unnamed)),
        (strange, Lack("lines_unregistered", count=strange)),
        (bare, Lack("lines_without_carrier", known=False, count=bare)),
        (not listed_teams, Lack("no_teams", known=False)),
        (teams, Lack("teams_without_agreement", known=False, count=teams)),
    )
    return Claim("resources", {"lines": lines, "bare": bare, "strange": strange, "teams": teams}, lacks)


def conduct(lights: Mapping[str, str], predictive: Claim) -> Claim:
    """经营行为: complaint rate and closing rate are green, and no predictive dialling is found."""
    wrong = [Lack(f"light_{name}", known=one not in {"insufficient", "na", "unknown"}) for name, one in lights.items()
             if one != "green"]  # fmt: skip
    green = sum(one == "green" for one in lights.values())
    return Claim("conduct", {"metrics": len(lights), "green": green}, [*wrong, *predictive.lacks])


def control(snapshot: str, dialled: int | None, let_through: int, *, enforced: bool, answers: bool) -> Claim:
    """技术管控: the gate refuses by a fresh snapshot, its process answers, and no call was dialled past it.

    ``dialled``: calls on the newest day with calls that is over, delivered or not, None: there is none;
    ``let_through``: by the gate on that day.
    """
    past = 0 if dialled is None else dialled - let_through
    lacks = list_lacks(
        (snapshot == "missing", Lack("gate_missing")),
        (snapshot not in {"missing", "fresh"}, Lack("gate_stale")),
        (snapshot == "fresh" and not enforced, Lack("gate_looks_on")),
        (not answers, Lack("gate_silent", known=False)),
        (dialled is None, Lack("gate_unasked", known=False)),
        (past > 0, Lack("calls_past_gate", count=past)),
    )
    figures = {"enforced": int(enforced), "answers": int(answers), "dialled": dialled, "let_through": let_through}
    return Claim("control", figures, lacks)


def consent(consents: int, proved: int) -> Claim:
    """用户同意: every consent tells how and when it was given and names its proof."""
    lacks = [] if consents else [Lack("no_consents", known=False)]
    if proved < consents:
        lacks.append(Lack("consents_unproved", count=consents - proved))
    return Claim("consent", {"consents": consents, "proved": proved}, lacks)


REJECTED: Final = "rejected"
BLOCKED: Final = "blocked"  # a result: refused before it left
DAY: Final = timedelta(days=1)
INTENT: Final = ("意图", "intent")
"""What the heading of a column about a robot's understanding holds."""
_NAMED: Final = '(?i)"[^"]*(' + "|".join(INTENT) + r')[^"]*" *: *"[^"]+"'


def select_delivered(calls: ir.Table, first: date, last: date) -> ir.Table:
    """Outbound customer legs that left the platform on these days, tests left out."""
    begin, end = (ibis.literal(datetime.combine(day, time())) for day in (first, last + DAY))
    return calls.filter(
        calls.part != REJECTED, calls.start_ts >= begin, calls.start_ts < end, calls.direction == "out",
        calls.leg == "customer", calls.delivered, ~calls.test.fill_null(False),  # noqa: FBT003 -- a value
    )  # fmt: skip


def select_dialled(calls: ir.Table, first: date, last: date) -> ir.Table:
    """Outbound customer legs on these days that were not blocked before they left, delivered or not, tests too."""
    begin, end = (ibis.literal(datetime.combine(day, time())) for day in (first, last + DAY))
    return calls.filter(
        calls.part != REJECTED, calls.start_ts >= begin, calls.start_ts < end, calls.direction == "out",
        calls.leg == "customer", calls.delivered.fill_null(False) | (calls.result.fill_null("") != BLOCKED),  # noqa: FBT003 -- a value
    )  # fmt: skip


def count_by_gateway(rows: ir.Table) -> ir.Table:
    """Calls by displayed short number and gateway."""
    short = rows.filter(rows.display.notnull(), rows.display_shape.isin(["short", "short_long"]))
    return short.group_by(number=short.display.cast("string"), gateway=short.gateway).aggregate(calls=short.count())


def count_by_line(rows: ir.Table) -> ir.Table:
    """Calls by the line that they name, null for none."""
    return rows.group_by("line_id").aggregate(calls=rows.count())


def count_by_day(rows: ir.Table) -> ir.Table:
    """Calls by day."""
    return rows.group_by(day=rows.start_ts.date()).aggregate(calls=rows.count())


def count_intents(rows: ir.Table) -> ir.Table:
    """Of robots' answered calls how many record what the robot understood."""
    robot = rows.filter(rows.agent_kind == "robot", rows.answered)
    has_intent = robot.extra.notnull() & robot.extra.fill_null("").re_search(_NAMED)
    return robot.aggregate(intents=has_intent.cast("int64").sum())
