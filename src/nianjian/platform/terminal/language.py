"""The shell's language: ``LANG`` alone decides, ``en…`` is English, everything else Chinese."""

import gettext
import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from nianjian.engines.paper.texts import errors
from nianjian.engines.paper.texts.portrait import ATTACHMENTS, BASIS_NAMES, EXCLUSIONS, LIGHTS
from nianjian.engines.paper.words import DOMAIN, LOCALE, language_of, mark, words


def language() -> str:
    """Return ``en`` or ``zh_Hans``."""
    return language_of(os.environ.get("LANG", ""))


def _(msgid: str) -> str:
    """Translate at the moment of use, so that a table of message ids can stand at module level."""
    return words(language())(msgid)


def speak() -> None:
    """Let argparse's own sentences come from our catalogue too: it asks the process-wide gettext domain."""
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)


def sentence(code: str, values: Mapping[str, object]) -> str:
    """As `paper.texts.errors.error_message`."""
    return errors.error_message(code, values, _)


def translate_code(value: str, code: object) -> object:
    """As `paper.texts.errors.translate_value`."""
    return errors.translate_value(value, code, _)


#: Units of numbers. What a list or a text is of, its title says.
UNITS: Final[Mapping[str, str]] = {
    "attempts_per_day": mark("attempts a day"), "calls": mark("calls"), "cny": mark("yuan"),
    "complaints": mark("complaints"), "days": mark("days"), "degrees": mark("degrees"), "digits": mark("digits"),
    "dpi": mark("dpi"), "factor": mark("times"), "hours": mark("hours"), "megabytes": mark("MB"),
    "millimetres": mark("mm"), "keys": mark("of each kind"), "minutes": mark("minutes"), "month": mark("(month)"),
    "months": mark("months"), "percent": mark("per cent"), "pixels": mark("pixels"), "persons": mark("persons"),
    "quarter": mark("(quarter)"), "rows": mark("rows"), "seconds": mark("seconds"), "sheets": mark("sheets"),
    "signs_shown": mark("characters shown"),
    "tests_per_number_and_carrier": mark("tests for each number and carrier"),
    "weeks": mark("weeks"),
    "workdays": mark("working days"),
    "years": mark("years"),
}  # fmt: skip
#: Codes among the values that have a name on the portrait.
_NAMED: Final[Mapping[str, str]] = {**ATTACHMENTS, **BASIS_NAMES, **EXCLUSIONS, **LIGHTS}
_UNITLESS: Final = frozenset({"flag", "ratio", "share"})


def format_limit(operator: str | None, value: object, unit: str) -> str:
    """`` > 0.01%``, ``10 working days``, ``included: 以上, 以内; excluded: 以外``."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or unit in _UNITLESS:
        label = _percent(value) if unit == "share" and isinstance(value, Decimal) else _format_value(value)
        return f"{operator or ''} {label}".strip()
    text = UNITS.get(unit)
    return f"{operator or ''} {value} {_(text) if text else unit.replace('_', ' ')}".strip()


def _percent(value: Decimal) -> str:
    return f"{(value * 100).normalize():f}%"


def _format_value(value: object) -> str:
    if value is None or value in ((), {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        pairs = (f"{str(name).replace('_', ' ')}: {_inside(one)}" for name, one in value.items())
        return "; ".join(pairs)
    if isinstance(value, tuple | list):
        return ", ".join(map(_inside, value))
    text = _NAMED.get(value) if isinstance(value, str) else None
    return _(text) if text else str(value)


def _inside(value: object) -> str:
    """A mapping within another, or within a list, stands in brackets."""
    return f"({_format_value(value)})" if isinstance(value, Mapping) else _format_value(value)
