"""Small pieces of DuckDB text that several sources need. Every piece takes and gives SQL expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from nianjian.engines.kernel import formulas
from nianjian.engines.lake.schema import literal

NULL: Final = "NULL::VARCHAR"
NO_TIME: Final = "NULL::TIMESTAMP"

ANY_OTHER: Final = "*"  # among a mapping's words: whatever else stands there, nothing too


def first_of(expressions: Iterable[str]) -> str:
    """The first that is not NULL; NULL when there is none to ask, of times a time."""
    asked = list(expressions)
    known = [expression for expression in asked if expression not in (NULL, NO_TIME)]
    if not known:
        return NO_TIME if NO_TIME in asked else NULL
    return known[0] if len(known) == 1 else f"coalesce({', '.join(known)})"


def among(expression: str, values: Iterable[str]) -> str:
    """True where the text is one of ``values``; false, not NULL, where it is missing."""
    listed = ", ".join(literal(value) for value in values)
    return f"coalesce({expression} in ({listed}), false)"


DRILLS: Final = ("drill", "nianjian-test", "演练", "拨测")  # what an account code says of a call that counts nowhere


def drilled(*cells: str) -> str:
    """True where one of the cells marks a drill or a test call."""
    known = [cell for cell in cells if cell != NULL]
    return f"({' or '.join(among(cell, DRILLS) for cell in known)})" if known else "false"


def choose(expression: str, words: Mapping[str, str], otherwise: str = NULL, kind: str = "VARCHAR") -> str:
    """``words`` as a CASE: text of the file -> text of ours, or -> values of ``kind``, one of `validate`'s types.

    Words that are written as values cost nothing a row, text would be looked up again for each; a word that the type
    does not have is NULL. The engine plans a CASE with one copy of ``expression`` a word: what holds a CASE itself is
    looked up in a list.
    """

    def typed(value: str) -> str:
        return value if kind == "VARCHAR" else f"try_cast({value} as {kind})"

    if ANY_OTHER in words:
        otherwise = literal(words[ANY_OTHER])
        words = {theirs: ours for theirs, ours in words.items() if theirs != ANY_OTHER}
        if not words:
            return typed(otherwise)
    if "(case " in expression:
        theirs, ours = (", ".join(literal(one) for one in side) for side in (words.keys(), words.values()))
        return typed(f"coalesce(list_extract([{ours}], list_position([{theirs}], {expression})), {otherwise})")
    whens = " ".join(f"when {literal(theirs)} then {typed(literal(ours))}" for theirs, ours in words.items())
    return f"(case {expression} {whens} else {typed(otherwise)} end)"


def number(expression: str) -> str:
    """The text as a DOUBLE, NULL where it is none."""
    return f"try_cast({expression} as double)"


def seconds_after(moment: str, seconds: str) -> str:
    """``moment`` plus a DOUBLE of seconds, to the microsecond; no time where there is no moment."""
    if moment in {NULL, NO_TIME}:
        return NO_TIME
    exact = f"try_cast({seconds} as decimal(15, 6))"  # no number where it lasts thirty years: no engine adds that
    return f"({moment} + to_microseconds(cast({exact} * 1000000 as bigint)))"


_GUARDED: Final = re.compile(r"""="[^",\n]*"|=""[^",\n]*""|(?:^|[,;\t|"])'[0-9+]""", re.MULTILINE)
_GUARDED_AGAIN: Final = re.compile(_GUARDED.pattern.removesuffix("+]") + "]", re.MULTILINE)


def guarded(text: str, *, again: bool = False) -> bool:
    """Whether cells of a text are kept from Excel's mending: ``="0138…"``, or an apostrophe in front of digits.

    ``again``: of a rejects file that came back, in which `unharmed` takes the apostrophe in front of +.
    """
    return (_GUARDED_AGAIN if again else _GUARDED).search(text) is not None


def unguarded(expression: str) -> str:
    """The cell without such a guard and without blanks around it."""
    bare = f"trim({expression}, ' \t\u00a0\u3000')"
    return (
        f"nullif(case when {bare} like '=\"%\"' then substr({bare}, 3, length({bare}) - 3)"
        f" when {bare} like '''%' then substr({bare}, 2) else {bare} end, '')"
    )


def unharmed(expression: str) -> str:
    """The cell as `formulas.restored` gives it."""
    bare = f"substr({expression}, 2)"
    active, plain = (f"regexp_matches({bare}, {literal(one)})" for one in (formulas.ACTIVE, formulas.PLAIN))
    return (
        f"(case when starts_with({expression}, chr(39)) and {active} and not {plain} then {bare} else {expression} end)"
    )


def duration(expression: str) -> str:
    """Seconds out of 65, 00:01:05, 01:05, 1分5秒 or 65秒; NULL where it is none."""
    part = f"regexp_extract({expression}, '{{}}', 1)"
    return (
        f"(case when regexp_full_match({expression}, '[0-9]+([.][0-9]+)?') then {number(expression)}"
        f" when regexp_full_match({expression}, '([0-9]+:)?[0-9]+:[0-5]?[0-9]([.][0-9]+)?') then"
        f" coalesce(try_cast({part.format('^([0-9]+):[0-9]+:')} as double), 0) * 3600"
        f" + try_cast({part.format('([0-9]+):[0-9.]+$')} as double) * 60"
        f" + try_cast({part.format(':([0-9.]+)$')} as double)"
        f" when regexp_full_match({expression}, '([0-9]+(小时|时))?([0-9]+分钟?)?([0-9]+秒)?') then"
        f" coalesce(try_cast({part.format('([0-9]+)(?:小时|时)')} as double), 0) * 3600"
        f" + coalesce(try_cast({part.format('([0-9]+)分')} as double), 0) * 60"
        f" + coalesce(try_cast({part.format('([0-9]+)秒')} as double), 0) end)"
    )


UNITS: Final[Mapping[str, float]] = {"seconds": 1, "milliseconds": 0.001, "minutes": 60}  # of a bare number


def duration_in(expression: str, unit: str) -> str:
    """`duration` where a bare number counts another unit."""
    if unit == "seconds":
        return duration(expression)
    bare = f"regexp_full_match({expression}, '[0-9]+([.][0-9]+)?')"
    return f"(case when {bare} then {number(expression)} * {UNITS[unit]} else {duration(expression)} end)"


# An extension has 2 to 6 digits and is none of the short codes of the public network. What is longer, begins
# with 95 or 96, or is a carrier's or a city's line (10086, 12345) is reached over a trunk;
# so is a masked number (138****8000), and with a 0 before it a short one (095588). A feature code (*72*1234) is not.
OUTSIDE: Final = "[+]?(?:[0-9]|[*]{3})[0-9*]{6,}|0?9[56][0-9]{3,}|100(00|01|10|11|15|86|99)|123[0-9]{2}"


def outside(expression: str) -> str:
    """True where the text is a number of the public network, false for extensions, names and nothing."""
    bare = f"regexp_replace(regexp_replace({expression}, '^(sips?|tel):', ''), '[@;].*$|[ ()-]', '', 'g')"
    return f"coalesce(regexp_full_match({bare}, '{OUTSIDE}'), false)"
