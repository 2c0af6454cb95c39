"""Values of rules as people type them: “40”, “40 %” and “0.4” are 40 %, “2 h” is two hours.

What is read here is text as an overlay takes it; `overlay_values.fit_value` decides whether the rule accepts it.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.overlay_values import FORMS, LARGEST, MEMBERS, MOST, SHARES, fit_value
from nianjian.engines.rules.rule import Rule

NUMBER: Final = re.compile(r"([+-]?(?:\d[\d,]*)?(?:\.\d+)?)\s*(.*)", re.DOTALL)
SIGNS: Final[Mapping[str, Decimal]] = {"%": Decimal("0.01"), "‰": Decimal("0.001"), "‱": Decimal("0.0001")}
PER_TEN_THOUSAND: Final = frozenset({"portrait.complaint_rate.limit"})  # typed and read as the metric itself
SECONDS: Final[Mapping[str, int]] = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
MONTHS: Final[Mapping[str, int]] = {"months": 1, "years": 12}
SPANS: Final[Mapping[str, str]] = {
    "s": "seconds", "sec": "seconds", "second": "seconds", "秒": "seconds", "秒钟": "seconds",
    "m": "minutes", "min": "minutes", "minute": "minutes", "分": "minutes", "分钟": "minutes",
    "h": "hours", "hour": "hours", "小时": "hours", "时": "hours", "个小时": "hours",
    "d": "days", "day": "days", "天": "days", "日": "days", "w": "weeks", "week": "weeks", "周": "weeks",
    "星期": "weeks", "workday": "workdays", "working day": "workdays", "个工作日": "workdays", "工作日": "workdays",
    "month": "months", "个月": "months", "月": "months", "y": "years", "year": "years", "年": "years",
}  # fmt: skip
DAY: Final = re.compile(r"(?:(\d{1,2})\s*月\s*(\d{1,2})\s*日?|(\d{1,2})\s*[-/.]\s*(\d{1,2}))")
TIME: Final = re.compile(r"(\d{1,2})\s*(?::|点|时)\s*(\d{1,2})?\s*分?")
FLAGS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("是", "yes", "y", "true", "1"), "true"),
    **dict.fromkeys(("否", "no", "n", "false", "0"), "false"),
}
SINGLE: Final[Mapping[str, tuple[str, ...]]] = {
    unit: tuple(form.split("|")) for unit, form in FORMS.items() if re.fullmatch(r"[a-z_|]+", form)
}
"""Unit -> the words of which a value is one."""


class InputKind(StrEnum):
    """How a value is typed; ``rule_input_`` and its name is the error that says so."""

    FLAG = "flag"
    PERCENT = "percent"
    SPAN = "span"  # of time
    NUMBER = "number"
    DAY = "day"  # of a year
    TIME = "time"  # of a day
    CHOICE = "choice"
    HOURS = "hours"
    LIST = "list"
    STRUCTURE = "structure"


def classify_input(rule: Rule) -> InputKind:
    """Say how a value of the rule is typed."""
    match rule.value:
        case bool():
            return InputKind.FLAG
        case int() | Decimal():
            of_time = InputKind.SPAN if rule.unit in MOST else InputKind.NUMBER
            return InputKind.PERCENT if rule.unit in SHARES else of_time
        case str():
            return TEXTS.get(rule.unit, InputKind.CHOICE)
        case tuple() if not any(isinstance(part, Mapping | tuple) for part in rule.value):
            return InputKind.LIST
        case _:
            return InputKind.HOURS if rule.unit == "hours_of_day" else InputKind.STRUCTURE


TEXTS: Final[Mapping[str, InputKind]] = {
    "month_day": InputKind.DAY,
    "month_day_midnight": InputKind.DAY,
    "time_of_day": InputKind.TIME,
}


def read_input(rule: Rule, typed: str, names: Mapping[str, str] | None = None) -> str:
    """What was typed as the text of a value that the rule accepts; ``names``: code -> what people call it.

    ``rule_input_flag``, ``rule_input_percent``, ``rule_input_span``, ``rule_input_number``, ``rule_input_day``,
    ``rule_input_time``, ``rule_input_choice``, ``rule_input_hours``, ``rule_input_list`` and ``rule_input_structure``
    say how it is to be typed.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    kind = classify_input(rule)
    try:
        read = _read(rule, kind, text, {name: code for code, name in (names or {}).items()})
        fit_value(rule, read)
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        most = f"{MOST.get(rule.unit, LARGEST):,}"
        code = f"rule_input_{kind}"
        raise NianjianError(code, value=typed.strip(), most=most) from error
    return read


def apply_input(rule: Rule, read: str) -> Rule:
    """The rule with what `read_input` has read."""
    return replace(rule, value=fit_value(rule, read))


def list_choices(rule: Rule) -> tuple[str, ...]:
    """The words of which the value is one, or of which a list may hold some; () where others are accepted, too."""
    if isinstance(rule.value, str):
        return SINGLE.get(rule.unit, ())
    return tuple(sorted(MEMBERS.get(rule.unit, ()))) if classify_input(rule) is InputKind.LIST else ()


def _read(rule: Rule, kind: InputKind, text: str, codes: Mapping[str, str]) -> str:
    in_json = text[:1] == "["
    match kind:
        case InputKind.FLAG:
            read = FLAGS[text.casefold()]
        case InputKind.PERCENT | InputKind.SPAN | InputKind.NUMBER:
            share = kind is InputKind.PERCENT and isinstance(rule.value, Decimal)
            read = f"{_read_share(rule, text) if share else _read_count(rule, text):f}"
        case InputKind.DAY:
            day_match = DAY.fullmatch(text)
            if day_match is None:
                raise ValueError(text)
            month, day = (int(part) for part in day_match.groups() if part)
            read = f"{month:02}-{day:02}"
        case InputKind.TIME:
            read = _read_time(text)
        case InputKind.CHOICE:
            read = codes.get(text, text)
        case InputKind.HOURS if not in_json:
            read = json.dumps([_read_hours(part) for part in _split(text)])
        case InputKind.LIST if not in_json:
            parts: Sequence[object] = [codes.get(part, part) for part in _split(text)]
            if isinstance(rule.value, tuple) and rule.value and isinstance(rule.value[0], int):
                parts = [int(str(part)) for part in parts]
            read = json.dumps(parts, ensure_ascii=False)
        case _:
            read = text
    return read


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;、\n]", text) if part.strip()]


def _parse_number(text: str) -> tuple[Decimal, str]:
    match = NUMBER.fullmatch(text)
    if match is None or not match[1]:
        raise ValueError(text)
    return Decimal(match[1].replace(",", "")), match[2].strip()


def _read_share(rule: Rule, text: str) -> Decimal:
    """A sign decides; without one a figure below one is the share itself, any other counts per cent."""
    number, sign = _parse_number(text)
    if sign:
        return (number * SIGNS[sign]).normalize()
    if rule.key in PER_TEN_THOUSAND:
        return number if number < SIGNS["%"] else (number * SIGNS["‱"]).normalize()
    return number if number < 1 else (number * SIGNS["%"]).normalize()


def _read_count(rule: Rule, text: str) -> Decimal:
    number, unit = _parse_number(text)
    if rule.unit in SHARES:  # a whole number that counts per cent
        number = number * 100 if not unit and 0 < number < 1 else number
        unit = unit.removeprefix("%")
    if not unit:
        return _whole(rule, number)
    span = SPANS.get(unit.casefold(), SPANS.get(unit.casefold().removesuffix("s")))
    if span is None and rule.unit not in MOST:
        return _whole(rule, number)  # “5 件”: the unit is the rule's own
    if span is None:
        raise ValueError(unit)
    for scale in (SECONDS, MONTHS):
        if span in scale and rule.unit in scale:
            return _whole(rule, number * scale[span] / scale[rule.unit])
    if span != rule.unit:
        raise ValueError(unit)
    return _whole(rule, number)


def _whole(rule: Rule, number: Decimal) -> Decimal:
    if isinstance(rule.value, int) and number != number.to_integral_value():
        raise ValueError(number)
    return Decimal(int(number)) if isinstance(rule.value, int) else number


def _read_time(text: str) -> str:
    match = TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return f"{int(match[1]):02}:{int(match[2] or 0):02}"


def _read_hours(text: str) -> list[str]:
    first, dash, last = re.sub(r"\s*[-–—~至到]\s*", "-", text).partition("-")
    if not dash:
        raise ValueError(text)
    return [_read_time(first), _read_time(last)]
