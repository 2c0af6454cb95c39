"""Each answer is released only while its proof holds; else it is told what is lacking. Pure.

A card is released when nothing is lacking, refused when something is known to be wrong, and unknown when only proofs
are missing. Unknown is never released. Figures are whole numbers and days, as counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

RELEASED, REFUSED, UNKNOWN = "released", "refused", "unknown"
CARDS: Final = (
    "own_numbers", "robot_abilities", "tickets_in_time", "ai_outbound", "predictive", "one_click", "logs_kept",
    "number_filing", "number_use", "resources", "conduct", "control", "consent",
)  # fmt: skip

Figures = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Lack:
    """What stands against a sentence. ``known``: it is wrong; else it is only not proved."""

    code: str
    known: bool = True
    count: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """``figures``: what the sentence rests on; ``lacks``: in the order in which they are quickest made good."""

    card: str
    figures: Figures
    lacks: Sequence[Lack] = ()

    @property
    def state(self) -> str:
        """Whether the sentence may be said."""
        if not self.lacks:
            return RELEASED
        return REFUSED if any(one.known for one in self.lacks) else UNKNOWN


def own_numbers(delivered: int | None, own: int, classes: Figures) -> Card:
    """所有外呼均使用备案95/96号码: OWN_SHORT = E, and E is not 0. ``delivered`` None: it could not be counted."""
    figures = {"delivered": delivered, "own": own if delivered is not None else None, **classes}
    if not delivered:
        return Card("own_numbers", figures, [Lack("no_calls", known=False)])
    others = delivered - own
    return Card("own_numbers", figures, [Lack("other_numbers_shown", count=others)] if others else [])


@dataclass(frozen=True, slots=True)
class Robots:
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


def robot_abilities(told: Robots) -> Card:
    """意图识别与立即转人工: seats filed, the form ready, intents recorded, every transfer within the limit."""
    figures = {
        "seats": told.seats, "filed": told.filed, "calls": told.calls, "answered": told.answered,
        "intents": told.intents, "asked": told.asked, "put_through": told.put_through, "in_time": told.in_time,
    }  # fmt: skip
    lacks = []
    if not told.seats:
        lacks.append(Lack("no_robot_seats", known=told.calls > 0))
    if told.filed < told.seats:
        lacks.append(Lack("robot_seats_unfiled", count=told.seats - told.filed))
    if told.item is False:
        lacks.append(Lack("algorithm_form_missing"))
    if not told.intents:
        lacks.append(Lack("intents_unproved", known=False))
    elif told.intents < told.answered:
        lacks.append(Lack("intents_incomplete", known=False, count=told.answered - told.intents))
    if not told.asked:
        lacks.append(Lack("transfers_unproved", known=False))
    elif told.in_time < told.asked:
        lacks.append(Lack("transfers_slow", count=told.asked - told.in_time))
    return Card("robot_abilities", figures, lacks)


@dataclass(frozen=True, slots=True)
class Tickets:
    """Tickets of the period; ``undecided``: of which a clock still runs; waits in minutes, the 95th of a hundred."""

    tickets: int
    response_late: int
    close_late: int
    undecided: int
    no_arrival: int
    response_95: int | None = None
    close_95: int | None = None


def tickets_in_time(told: Tickets) -> Card:
    """2小时内响应、24小时内结案: every ticket of the period, none late.

    One that has no arrival proves nothing, and neither do tickets whose clocks all run still.
    """
    figures = {
        "tickets": told.tickets, "response_late": told.response_late, "close_late": told.close_late,
        "undecided": told.undecided, "no_arrival": told.no_arrival, "response_95": told.response_95,
        "close_95": told.close_95,
    }  # fmt: skip
    lacks = []
    if not told.tickets:
        lacks.append(Lack("no_tickets", known=False))
    if told.response_late:
        lacks.append(Lack("responses_late", count=told.response_late))
    if told.close_late:
        lacks.append(Lack("closes_late", count=told.close_late))
    if told.tickets and told.undecided == told.tickets:
        lacks.append(Lack("tickets_running", known=False))
    if told.no_arrival:
        lacks.append(Lack("arrival_unknown", known=False, count=told.no_arrival))
    return Card("tickets_in_time", figures, lacks)


def absent(card: str, verdict: str, figures: Figures) -> Card:
    """没有AI外呼、没有预测式外呼: may be said where the records say so, not where they cannot tell."""
    lacks = {"found": [Lack(f"{card}_found")], "not_found": []}
    return Card(card, figures, lacks.get(verdict, [Lack(f"{card}_untold", known=False)]))


def one_click(doors: int, alive: int, numbers: int, without: int, *, untried: int = 0) -> Card:
    """有“一键投诉”: addresses are open, each leads to a ticket with clocks, every number in force has one."""
    figures = {"doors": doors, "alive": alive, "numbers": numbers, "without": without}
    lacks = []
    if not doors:
        lacks.append(Lack("no_doors"))
    if alive < doors - untried:
        lacks.append(Lack("doors_dead", count=doors - untried - alive))
    if untried:
        lacks.append(Lack("doors_untried", known=False, count=untried))
    if doors and without:
        lacks.append(Lack("numbers_without_door", count=without))
    return Card("one_click", figures, lacks)


def logs_kept(states: Mapping[str, str]) -> Card:
    """日志保存满六个月: every kind of log, proved."""
    figures = {"logs": len(states), "proved": sum(one == "ok" for one in states.values())}
    wrong = [Lack(f"log_{name}", known=one != "unknown") for name, one in states.items() if one != "ok"]
    return Card("logs_kept", figures, wrong if states else [Lack("logs_untold", known=False)])


def number_filing(numbers: int, filed: int, compared: str | None) -> Card:
    """码号均已备案: by the register and by the newest comparison (its verdict; None: there is none)."""
    lacks = [] if numbers else [Lack("no_numbers", known=False)]
    if filed < numbers:
        lacks.append(Lack("numbers_unfiled", count=numbers - filed))
    if compared == "failed":
        lacks.append(Lack("numbers_differ"))
    elif compared != "passed":
        lacks.append(Lack("numbers_not_compared", known=False))
    return Card("number_filing", {"numbers": numbers, "filed": filed}, lacks)


def number_use(calls: int, elsewhere: int, untold: int) -> Card:
    """在指定网关落地: calls of own numbers, those over another gateway, those that name none or have none assigned."""
    lacks = [] if calls else [Lack("no_calls", known=False)]
    if elsewhere:
        lacks.append(Lack("other_gateway", count=elsewhere))
    if untold:
        lacks.append(Lack("gateway_untold", known=False, count=untold))
    return Card("number_use", {"calls": calls, "elsewhere": elsewhere, "untold": untold}, lacks)


def resources(lines: int, bare: int, strange: int, teams: int) -> Card:
    """线路: all used lines stand in the register with their carrier, and every outsourced team has an agreement."""
    lacks = [] if lines else [Lack("no_lines", known=False)]
    if strange:
        lacks.append(Lack("lines_unregistered", count=strange))
    if bare:
        lacks.append(Lack("lines_without_carrier", known=False, count=bare))
    if teams:
        lacks.append(Lack("teams_without_agreement", known=False, count=teams))
    return Card("resources", {"lines": lines, "bare": bare, "strange": strange, "teams": teams}, lacks)


def conduct(lights: Mapping[str, str], predictive: str) -> Card:
    """经营行为: complaint rate and closing rate are green, and no predictive dialling is found."""
    wrong = [Lack(f"light_{name}", known=one not in {"insufficient", "na", "unknown"}) for name, one in lights.items()
             if one != "green"]  # fmt: skip
    found = absent("predictive", predictive, {}).lacks
    green = sum(one == "green" for one in lights.values())
    return Card("conduct", {"metrics": len(lights), "green": green}, [*wrong, *found])


def control(snapshot: str, *, enforced: bool, answers: bool, decisions: bool) -> Card:
    """技术管控: the gate refuses by a fresh snapshot, its process answers, and its journal shows that it is asked."""
    lacks = []
    if snapshot == "missing":
        lacks.append(Lack("gate_missing"))
    elif snapshot != "fresh":
        lacks.append(Lack("gate_stale"))
    elif not enforced:
        lacks.append(Lack("gate_looks_on"))
    if not answers:
        lacks.append(Lack("gate_silent", known=False))
    if not decisions:
        lacks.append(Lack("gate_unasked", known=False))
    return Card("control", {"enforced": int(enforced), "answers": int(answers), "decisions": int(decisions)}, lacks)


def consent(consents: int, proved: int) -> Card:
    """用户同意: every consent tells how and when it was given and names its proof."""
    lacks = [] if consents else [Lack("no_consents", known=False)]
    if proved < consents:
        lacks.append(Lack("consents_unproved", count=consents - proved))
    return Card("consent", {"consents": consents, "proved": proved}, lacks)
