"""Runs the YAML cases of this folder: each question is one function of the code that answers it in earnest."""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from operator import ge, gt, le, lt
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support import portrait_data as data

from nianjian.engines.kernel import identifiers, numbers
from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import add_months, add_workdays, next_workday
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
from nianjian.engines.metrics import lights
from nianjian.engines.metrics.definitions import seat_vacancy as seat_vacancy_metric
from nianjian.engines.metrics.definitions.number_consistency import NumberConsistency
from nianjian.engines.metrics.frame import Frame
from nianjian.engines.rules.holidays import builtin
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.complaints import clocks, states
from nianjian.features.portrait.watch_limits import applies_to_year
from nianjian.features.rectification import states as rectification
from nianjian.platform.rulebook.deadlines import upcoming

FOLDER = Path(__file__).parent
DAY = date(2026, 12, 31)
Given = Mapping[str, Any]


def _book(given: Given) -> Rulebook:
    return Rulebook.on(given.get("date", DAY), given.get("province"))


def _limit(given: Given, key: str) -> lights.Limit:
    rule = _book(given).rule(key)
    assert isinstance(rule.value, Decimal)
    assert rule.operator
    return lights.Limit(rule.value, rule.operator)


def _shown(share: Fraction | None, scale: int, unit: str) -> str | None:
    if share is None:
        return None
    whole = share * scale
    return f"{Decimal(whole.numerator) / Decimal(whole.denominator):.4f} {unit}"


def seat_vacancy(given: Given) -> Given:
    limit = _limit(given, "portrait.seat_vacancy.limit")
    filed, opened = given["F"], given["O"]
    verdict = lights.seat_vacancy(
        filed=filed,
        opened=opened,
        opened_and_filed=given.get("both", min(filed, opened)),
        unfiled_open=given.get("unfiled", 0),
        limit=limit,
        attached=given.get("attached", False),
    )
    return {
        "rate": _shown(verdict.value, 100, "%"),
        "light": verdict.light.value,
        "open": lights.seats_to_open(filed=filed, opened=opened, limit=limit),
        "cut": lights.seats_to_cut(filed=filed, opened=opened, limit=limit),
    }


def complaint_rate(given: Given) -> Given:
    limit = _limit(given, "portrait.complaint_rate.limit")
    low = _book(given).integer("portrait.complaint_rate.low_volume")
    verdict = lights.complaint_rate(
        complaints=given["C"],
        answered=given["D"],
        unknown=given.get("U", 0),
        limit=limit,
        low_volume=low,
        attached=given.get("attached", False),
    )
    room = lights.allowance(given["D"], limit)
    return {
        "rate": _shown(verdict.value, 10_000, "‱"),
        "light": verdict.light.value,
        "allowance": room,
        "headroom": room - given["C"],
        "bounds": [_shown(bound, 10_000, "‱") for bound in verdict.bounds or ()],
        "low_volume": "low_volume" in {flag.code for flag in verdict.flags},
    }


_COUNTS = {
    "OWN": numbers.NumberClass.OWN_SHORT,
    "OTHER_SHORT": numbers.NumberClass.OTHER_SHORT,
    "LAND": numbers.NumberClass.LANDLINE,
    "MOB": numbers.NumberClass.MOBILE,
    "400": numbers.NumberClass.SHARED_400_800,
    "OTHER": numbers.NumberClass.OTHER,
    "UNKNOWN": numbers.NumberClass.UNKNOWN,
}


def number_consistency(given: Given) -> Given:
    """The metric itself, given calls of these classes in one month."""
    calls = [{"display_class": name.value, "calls": given[label]} for label, name in _COUNTS.items()]
    rows = {"months": [{"month": DAY.year * 100 + 1, "in_trailing": 1, **row} for row in calls], "splits": []}
    metric = NumberConsistency().answer(rows, Frame(DAY.year, DAY), _book(given), ()).as_dict()
    twin = metric["twins"]["evasion"]

    def shown(value: str | None) -> str | None:
        return None if value is None else f"{value} {metric['unit']}"

    return {
        "E": metric["components"]["delivered"],
        "consistent": shown(metric["value"]),
        "evasion": shown(twin["value"]),
        "bounds": [shown(twin["bounds"][end]) for end in ("low", "high")] if twin["bounds"]["low"] else None,
        "light": metric["light"],
        "sentence": metric["statements"]["all_calls_show_own_numbers"],
    }


def closing_rate(given: Given) -> Given:
    limit = _limit(given, "portrait.closing_rate.limit")
    counts = {"closed": given["closed"], "tickets": given["N"], "limit": limit}
    verdict = lights.closing_rate(**counts)
    need = lights.tickets_to_close(**counts)
    return {"rate": _shown(verdict.value, 100, "%"), "light": verdict.light.value, "need": need}


def watched(given: Given) -> Given:
    factor = _book(given).decimal("portrait.watch_factor")
    match given["metric"]:
        case "seat_vacancy":
            limit = _limit(given, "portrait.seat_vacancy.limit").scaled(factor)
            filed, opened = given["F"], given["O"]
            verdict = lights.seat_vacancy(
                filed=filed, opened=opened, opened_and_filed=opened, unfiled_open=0, limit=limit
            )
        case "complaint_rate":
            limit = _limit(given, "portrait.complaint_rate.limit").scaled(factor)
            verdict = lights.complaint_rate(complaints=given["C"], answered=given["D"], limit=limit)
        case _:
            limit = _limit(given, "portrait.number_consistency.evasion_limit").scaled(factor)
            unknown = _limit(given, "portrait.number_consistency.unknown_limit")
            counts = {name: given.get(label, 0) for label, name in _COUNTS.items()}
            verdict = lights.number_consistency(counts=counts, evasion=limit, unknown=unknown)
    return {"light": verdict.light.value, "limit": f"{limit.value.normalize():f}"}


def workdays(given: Given) -> Given:
    due = add_workdays(given["received"], _book(given).integer(given["rule"]), builtin())
    return {"due": due.day, "provisional": due.provisional}


def notice(given: Given) -> Given:
    days = rectification.plan_case(given["received"], given.get("printed"), _book(given), builtin())
    told = {"due": days.due.day, "target": days.target.day, "provisional": days.provisional}
    told["due_at"] = days.due_at.replace(tzinfo=None)
    if "handed_in" in given:
        told["in_time"] = given["handed_in"].replace(tzinfo=days.due_at.tzinfo) <= days.due_at
    return told


def watched_season(given: Given) -> Given:
    return {"watched": applies_to_year(given["since"], given.get("until"), given["data_year"])}


def working_day(given: Given) -> Given:
    calendar, day = builtin(), given["day"]
    moved = next_workday(day, calendar)
    return {"workday": calendar.is_workday(day), "published": calendar.has_notice(day), "moves_to": moved.day}


def window(given: Given) -> Given:
    if "data_year" in given:
        found = Frame(given["data_year"], DAY).period
    else:
        found = Frame(given["as_of"].year, given["as_of"]).trailing
    return {"from": found.first, "to": found.end}


def months_back(given: Given) -> Given:
    return {"result": add_months(given["day"], -given["months"])}


def _holds(given: Given, key: str, part: Any, whole: Any) -> bool:
    """Whether ``part`` stands to ``whole`` as the rule's operator asks: what is exactly at the limit, the rule says."""
    return {"<": lt, "<=": le, ">": gt, ">=": ge}[str(_book(given).rule(key).operator)](part, whole)


def logs_reach(given: Given) -> Given:
    """Whether the logs reach as far back as the rule's months."""
    key = "inspection.logs.months"
    edge = add_months(given["day"], -_book(given).integer(key))
    return {"passes": _holds(given, key, given["day"] - given["oldest"], given["day"] - edge)}


def _moment(given: Given, name: str) -> datetime | None:
    found = given.get(name)
    return None if found is None else found.replace(tzinfo=ZONE)


def _ticket(given: Given) -> states.Facts:
    """An automatic answer is no fact of a response, whenever it went out."""
    names = ("responded", "called_back", "closed", "reopened")
    known = {name: _moment(given, name) for name in names}
    return states.Facts(arrived=_moment(given, "arrival"), exclusion=given.get("exclusion"), **known)


def ticket(given: Given) -> Given:
    promise = clocks.ServiceLevels((date(2017, 1, 1),), (clocks.read_limits(_book(given)),))
    facts, at = _ticket(given), given["at"].replace(tzinfo=ZONE)
    told: dict[str, Any] = {"state": states.state_of(facts).value}
    for name in clocks.Clock:
        read = clocks.evaluate_clock(name, facts, promise, at)
        told |= {name.value: read.hand.value, f"{name.value}_on_time": read.on_time}
        for label, moment in (("due", read.due), ("warns", read.warns)):
            told[f"{name.value}_{label}"] = None if moment is None else moment.replace(tzinfo=None)
    return told


def ticket_act(given: Given) -> Given:
    act = states.TicketAction(given["act"])
    refused = states.find_refusal(_ticket(given), act, given["at"].replace(tzinfo=ZONE))
    after = states.AFTER.get(act)
    return {"refused": refused, "state": after.value if after and refused is None else None}


def deadline(given: Given) -> Given:
    """The deadline as it is told at the season's beginning; a moment is in time while it still is the next one."""

    def told(today: date) -> date:
        return next(
            one.day for one in upcoming(_book(given), today, builtin()).deadlines if one.rule.key == given["key"]
        )

    last = told(date(given["data_year"] + 1, 1, 1))
    return {"date": last, "weekday": f"{last:%a}", "in_time": told(given["at"].date()) == last}


def filed_base(given: Given) -> Given:
    """What the metric counts of this one seat."""
    year = given["data_year"]
    last = date.fromisoformat(f"{year}-{_book(given).text('deadline.guide.filed_base')}")
    filed, cancelled = given.get("filed"), given.get("cancelled")
    state = "cancelled" if cancelled else "filed" if filed else "unfiled"
    seat = {"seat_id": "s", "kind": "human", "filing": state, "filed_on": filed, "cancelled_on": cancelled}
    with closing(DuckDBEngine()) as engine:
        seats = engine.hold("seats", data.arrow("seat_dim", [seat]))
        (row,) = engine.rows(seat_vacancy_metric.states(seats, [last]))
    return {"in_base": row["filed"] == 1}


def attempts(given: Given) -> Given:
    key = "rectification.frequency.after"
    return {"next_allowed": _holds(given, key, given["made"] + 1, _book(given).integer(key))}


def call_back(given: Given) -> Given:
    key = "inspection.callback.seconds"
    return {"passes": _holds(given, key, Decimal(given["seconds"]), _book(given).decimal(key))}


def reminder(given: Given) -> Given:
    rule = _book(given).rule("inspection.notice.weeks")
    return {"reminder": given["submitted"] + timedelta(**{rule.unit: rule.value})}


def number(given: Given) -> Given:
    found = numbers.normalise(str(given["raw"]), trunk_prefixes=given.get("trunk_prefixes", ()))
    roots = [
        numbers.Root(root["root"], root["length"], root.get("filed", True), root.get("from"), root.get("to"))
        for root in given.get("roots", ())
    ]
    name = numbers.classify(found, given.get("day", DAY), roots)
    return {"shape": found.shape.value, "value": found.value, "class": name.value}


def credit_code(given: Given) -> Given:
    try:
        code = identifiers.credit_code(given["text"])
    except NianjianError as error:
        return {"valid": False, "error": error.code}
    return {"valid": True, "organisation": code.organisation, "company": code.company}


def organisation_code(given: Given) -> Given:
    return {"check_digit": identifiers.organisation_check_digit(given["text"])}


def identity(given: Given) -> Given:
    try:
        card = identifiers.identity_card(given["text"])
    except NianjianError as error:
        return {"valid": False, "error": error.code}
    return {"valid": True, "born": card.born}


def licence_number(given: Given) -> Given:
    return {"usual": identifiers.licence_number(given["text"]).usual}


def rule(given: Given) -> Given:
    found = _book(given).rule(given["key"])
    return {
        "value": _as_yaml(found.value),
        "id": found.id,
        "unit": found.unit,
        "operator": found.operator,
        "level": found.level.value,
    }


def _as_yaml(value: object) -> object:
    """Exact fractions as text, lists and mappings as YAML has them."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [_as_yaml(inside) for inside in value]
    if isinstance(value, Mapping):
        return {name: _as_yaml(inside) for name, inside in value.items()}
    return value


QUESTIONS: Mapping[str, Callable[[Given], Given]] = {
    name: one for name, one in [*globals().items()] if getattr(one, "__annotations__", {}).get("return") == Given
}


@cache
def _cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        for block in content if isinstance(content, list) else [content]:
            assert block["source"], path.name
            found += [
                pytest.param(block["about"], case, id=f"{path.stem}-{block['about']}-{place}-{case['name']}")
                for place, case in enumerate(block["cases"], 1)
            ]
    return found


@pytest.mark.parametrize(("about", "case"), _cases())
def test_case(about: str, case: Given) -> None:
    assert case["expected"], "a case must expect something"
    answer = QUESTIONS[about](case["given"])
    assert {name: answer.get(name, "no such answer") for name in case["expected"]} == case["expected"]


def test_every_question_is_asked() -> None:
    assert {param.values[0] for param in _cases()} == set(QUESTIONS)
