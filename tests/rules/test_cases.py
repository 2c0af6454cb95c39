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


def _book(inputs: Given) -> Rulebook:
    return Rulebook.on(inputs.get("date", DAY), inputs.get("province"))


def _limit(inputs: Given, key: str) -> lights.Limit:
    rule = _book(inputs).rule(key)
    assert isinstance(rule.value, Decimal)
    assert rule.operator
    return lights.Limit(rule.value, rule.operator)


def _format_share(share: Fraction | None, scale: int, unit: str) -> str | None:
    if share is None:
        return None
    whole = share * scale
    return f"{Decimal(whole.numerator) / Decimal(whole.denominator):.4f} {unit}"


def seat_vacancy(inputs: Given) -> Given:
    limit = _limit(inputs, "portrait.seat_vacancy.limit")
    filed, opened = inputs["F"], inputs["O"]
    verdict = lights.seat_vacancy(
        filed=filed,
        opened=opened,
        opened_and_filed=inputs.get("both", min(filed, opened)),
        unfiled_open=inputs.get("unfiled", 0),
        limit=limit,
        attached=inputs.get("attached", False),
    )
    return {
        "rate": _format_share(verdict.value, 100, "%"),
        "light": verdict.light.value,
        "open": lights.seats_to_open(filed=filed, opened=opened, limit=limit),
        "cut": lights.seats_to_cut(filed=filed, opened=opened, limit=limit),
    }


def complaint_rate(inputs: Given) -> Given:
    limit = _limit(inputs, "portrait.complaint_rate.limit")
    low = _book(inputs).integer("portrait.complaint_rate.low_volume")
    verdict = lights.complaint_rate(
        complaints=inputs["C"],
        answered=inputs["D"],
        unknown=inputs.get("U", 0),
        limit=limit,
        low_volume=low,
        attached=inputs.get("attached", False),
    )
    room = lights.allowance(inputs["D"], limit)
    return {
        "rate": _format_share(verdict.value, 10_000, "‱"),
        "light": verdict.light.value,
        "allowance": room,
        "headroom": room - inputs["C"],
        "bounds": [_format_share(bound, 10_000, "‱") for bound in verdict.bounds or ()],
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


def number_consistency(inputs: Given) -> Given:
    """The metric itself, given calls of these classes in one month."""
    calls = [{"display_class": name.value, "calls": inputs[label]} for label, name in _COUNTS.items()]
    rows = {"months": [{"month": DAY.year * 100 + 1, "in_trailing": 1, **row} for row in calls], "splits": []}
    metric = NumberConsistency().answer(rows, Frame(DAY.year, DAY), _book(inputs), ()).as_dict()
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


def closing_rate(inputs: Given) -> Given:
    limit = _limit(inputs, "portrait.closing_rate.limit")
    counts = {"closed": inputs["closed"], "tickets": inputs["N"], "limit": limit}
    verdict = lights.closing_rate(**counts)
    need = lights.tickets_to_close(**counts)
    return {"rate": _format_share(verdict.value, 100, "%"), "light": verdict.light.value, "need": need}


def watched(inputs: Given) -> Given:
    factor = _book(inputs).decimal("portrait.watch_factor")
    match inputs["metric"]:
        case "seat_vacancy":
            limit = _limit(inputs, "portrait.seat_vacancy.limit").scaled(factor)
            filed, opened = inputs["F"], inputs["O"]
            verdict = lights.seat_vacancy(
                filed=filed, opened=opened, opened_and_filed=opened, unfiled_open=0, limit=limit
            )
        case "complaint_rate":
            limit = _limit(inputs, "portrait.complaint_rate.limit").scaled(factor)
            verdict = lights.complaint_rate(complaints=inputs["C"], answered=inputs["D"], limit=limit)
        case _:
            limit = _limit(inputs, "portrait.number_consistency.evasion_limit").scaled(factor)
            unknown = _limit(inputs, "portrait.number_consistency.unknown_limit")
            counts = {name: inputs.get(label, 0) for label, name in _COUNTS.items()}
            verdict = lights.number_consistency(counts=counts, evasion=limit, unknown=unknown)
    return {"light": verdict.light.value, "limit": f"{limit.value.normalize():f}"}


def workdays(inputs: Given) -> Given:
    due = add_workdays(inputs["received"], _book(inputs).integer(inputs["rule"]), builtin())
    return {"due": due.day, "provisional": due.provisional}


def notice(inputs: Given) -> Given:
    days = rectification.plan_case(inputs["received"], inputs.get("printed"), _book(inputs), builtin())
    result = {"due": days.due.day, "target": days.target.day, "provisional": days.provisional}
    result["due_at"] = days.due_at.replace(tzinfo=None)
    if "handed_in" in inputs:
        result["in_time"] = inputs["handed_in"].replace(tzinfo=days.due_at.tzinfo) <= days.due_at
    return result


def watched_season(inputs: Given) -> Given:
    return {"watched": applies_to_year(inputs["since"], inputs.get("until"), inputs["data_year"])}


def working_day(inputs: Given) -> Given:
    calendar, day = builtin(), inputs["day"]
    moved = next_workday(day, calendar)
    return {"workday": calendar.is_workday(day), "published": calendar.known(day), "moves_to": moved.day}


def window(inputs: Given) -> Given:
    if "data_year" in inputs:
        period = Frame(inputs["data_year"], DAY).period
    else:
        period = Frame(inputs["as_of"].year, inputs["as_of"]).trailing
    return {"from": period.first, "to": period.end}


def months_back(inputs: Given) -> Given:
    return {"result": add_months(inputs["day"], -inputs["months"])}


def _holds(inputs: Given, key: str, part: Any, whole: Any) -> bool:
    """Whether ``part`` stands to ``whole`` as the rule's operator asks: what is exactly at the limit, the rule says."""
    return {"<": lt, "<=": le, ">": gt, ">=": ge}[str(_book(inputs).rule(key).operator)](part, whole)


def logs_reach(inputs: Given) -> Given:
    """Whether the logs reach as far back as the rule's months."""
    key = "inspection.logs.months"
    edge = add_months(inputs["day"], -_book(inputs).integer(key))
    return {"passes": _holds(inputs, key, inputs["day"] - inputs["oldest"], inputs["day"] - edge)}


def _moment(inputs: Given, name: str) -> datetime | None:
    value = inputs.get(name)
    return None if value is None else value.replace(tzinfo=ZONE)


def _ticket(inputs: Given) -> states.Facts:
    """An automatic answer is no fact of a response, whenever it went out."""
    names = ("responded", "called_back", "closed", "reopened")
    moments = {name: _moment(inputs, name) for name in names}
    return states.Facts(arrived=_moment(inputs, "arrival"), exclusion=inputs.get("exclusion"), **moments)


def ticket(inputs: Given) -> Given:
    promise = clocks.ServiceLevels((date(2017, 1, 1),), (clocks.read_limits(_book(inputs)),))
    facts, at = _ticket(inputs), inputs["at"].replace(tzinfo=ZONE)
    result: dict[str, Any] = {"state": states.state_of(facts).value}
    for name in clocks.Clock:
        read = clocks.evaluate_clock(name, facts, promise, at)
        result |= {name.value: read.hand.value, f"{name.value}_on_time": read.on_time}
        for label, moment in (("due", read.due), ("warns", read.warns)):
            result[f"{name.value}_{label}"] = None if moment is None else moment.replace(tzinfo=None)
    return result


def ticket_act(inputs: Given) -> Given:
    act = states.TicketAction(inputs["act"])
    refused = states.find_refusal(_ticket(inputs), act, inputs["at"].replace(tzinfo=ZONE))
    after = states.AFTER.get(act)
    return {"refused": refused, "state": after.value if after and refused is None else None}


def deadline(inputs: Given) -> Given:
    """The deadline as it is told at the season's beginning; a moment is in time while it still is the next one."""

    def told(today: date) -> date:
        return next(
            one.day for one in upcoming(_book(inputs), today, builtin()).deadlines if one.rule.key == inputs["key"]
        )

    last = told(date(inputs["data_year"] + 1, 1, 1))
    return {"date": last, "weekday": f"{last:%a}", "in_time": told(inputs["at"].date()) == last}


def filed_base(inputs: Given) -> Given:
    """What the metric counts of this one seat."""
    year = inputs["data_year"]
    last = date.fromisoformat(f"{year}-{_book(inputs).text('deadline.guide.filed_base')}")
    filed, cancelled = inputs.get("filed"), inputs.get("cancelled")
    state = "cancelled" if cancelled else "filed" if filed else "unfiled"
    seat = {"seat_id": "s", "kind": "human", "filing": state, "filed_on": filed, "cancelled_on": cancelled}
    with closing(DuckDBEngine()) as engine:
        seats = engine.hold("seats", data.arrow("seat_dim", [seat]))
        (row,) = engine.rows(seat_vacancy_metric.states(seats, [last]))
    return {"in_base": row["filed"] == 1}


def attempts(inputs: Given) -> Given:
    key = "rectification.frequency.after"
    return {"next_allowed": _holds(inputs, key, inputs["made"] + 1, _book(inputs).integer(key))}


def call_back(inputs: Given) -> Given:
    key = "inspection.callback.seconds"
    return {"passes": _holds(inputs, key, Decimal(inputs["seconds"]), _book(inputs).decimal(key))}


def reminder(inputs: Given) -> Given:
    rule = _book(inputs).rule("inspection.notice.weeks")
    return {"reminder": inputs["submitted"] + timedelta(**{rule.unit: rule.value})}


def number(inputs: Given) -> Given:
    parsed = numbers.normalise(str(inputs["raw"]), trunk_prefixes=inputs.get("trunk_prefixes", ()))
    roots = [
        numbers.Root(root["root"], root["length"], root.get("filed", True), root.get("from"), root.get("to"))
        for root in inputs.get("roots", ())
    ]
    name = numbers.classify(parsed, inputs.get("day", DAY), roots)
    return {"shape": parsed.shape.value, "value": parsed.value, "class": name.value}


def credit_code(inputs: Given) -> Given:
    try:
        code = identifiers.credit_code(inputs["text"])
    except NianjianError as error:
        return {"valid": False, "error": error.code}
    return {"valid": True, "organisation": code.organisation, "company": code.company}


def organisation_code(inputs: Given) -> Given:
    return {"check_digit": identifiers.organisation_check_digit(inputs["text"])}


def identity(inputs: Given) -> Given:
    try:
        card = identifiers.identity_card(inputs["text"])
    except NianjianError as error:
        return {"valid": False, "error": error.code}
    return {"valid": True, "born": card.born}


def licence_number(inputs: Given) -> Given:
    return {"usual": identifiers.licence_number(inputs["text"]).usual}


def rule(inputs: Given) -> Given:
    entry = _book(inputs).rule(inputs["key"])
    return {
        "value": _as_yaml(entry.value),
        "id": entry.id,
        "unit": entry.unit,
        "operator": entry.operator,
        "level": entry.level.value,
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
    params = []
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        for block in content if isinstance(content, list) else [content]:
            assert block["source"], path.name
            params += [
                pytest.param(block["about"], case, id=f"{path.stem}-{block['about']}-{place}-{case['name']}")
                for place, case in enumerate(block["cases"], 1)
            ]
    return params


@pytest.mark.parametrize(("about", "case"), _cases())
def test_case(about: str, case: Given) -> None:
    assert case["expected"], "a case must expect something"
    answer = QUESTIONS[about](case["given"])
    assert {name: answer.get(name, "no such answer") for name in case["expected"]} == case["expected"]


def test_every_question_is_asked() -> None:
    assert {param.values[0] for param in _cases()} == set(QUESTIONS)
