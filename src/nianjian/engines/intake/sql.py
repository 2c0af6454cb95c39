"""Pieces of DuckDB text that several sources need: expressions over columns, and times as Asia/Shanghai wall time."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nianjian.engines.kernel import formulas
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.schema import literal

NULL: Final = "NULL::VARCHAR"
NO_TIME: Final = "NULL::TIMESTAMP"

ANY_OTHER: Final = "*"  # among a mapping's words: whatever else stands there, nothing too


def first_of(expressions: Iterable[str]) -> str:
    """The first that is not NULL; NULL when there is none to ask, of times a time."""
    options = list(expressions)
    present = [expression for expression in options if expression not in (NULL, NO_TIME)]
    if not present:
        return NO_TIME if NO_TIME in options else NULL
    return present[0] if len(present) == 1 else f"coalesce({', '.join(present)})"


def is_among(expression: str, values: Iterable[str]) -> str:
    """True where the text is one of ``values``; false, not NULL, where it is missing."""
    listed = ", ".join(literal(value) for value in values)
    return f"coalesce({expression} in ({listed}), false)"


DRILLS: Final = ("drill", "nianjian-test", "演练", "拨测")  # what an account code says of a call that counts nowhere


def is_drill(*cells: str) -> str:
    """True where one of the cells marks a drill or a test call."""
    present = [cell for cell in cells if cell != NULL]
    return f"({' or '.join(is_among(cell, DRILLS) for cell in present)})" if present else "false"


def choose_word(expression: str, words: Mapping[str, str], otherwise: str = NULL, kind: str = "VARCHAR") -> str:
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


def to_number(expression: str) -> str:
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


def is_guarded(text: str, *, again: bool = False) -> bool:
    """Whether cells of a text are kept from Excel's mending: ``="0138…"``, or an apostrophe in front of digits.

    ``again``: of a rejects file that came back, in which `restore_cell` takes the apostrophe in front of +.
    """
    return (_GUARDED_AGAIN if again else _GUARDED).search(text) is not None


def strip_guard(expression: str) -> str:
    """The cell without such a guard and without blanks around it."""
    bare = f"trim({expression}, ' \t\u00a0\u3000')"
    return (
        f"nullif(case when {bare} like '=\"%\"' then substr({bare}, 3, length({bare}) - 3)"
        f" when {bare} like '''%' then substr({bare}, 2) else {bare} end, '')"
    )


def restore_cell(expression: str) -> str:
    """The cell as `formulas.restored` gives it."""
    bare = f"substr({expression}, 2)"
    active, plain = (f"regexp_matches({bare}, {literal(one)})" for one in (formulas.ACTIVE, formulas.PLAIN))
    return (
        f"(case when starts_with({expression}, chr(39)) and {active} and not {plain} then {bare} else {expression} end)"
    )


def to_seconds(expression: str) -> str:
    """Seconds out of 65, 00:01:05, 01:05, 1分5秒 or 65秒; NULL where it is none."""
    part = f"regexp_extract({expression}, '{{}}', 1)"
    return (
        f"(case when regexp_full_match({expression}, '[0-9]+([.][0-9]+)?') then {to_number(expression)}"
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


def to_seconds_in(expression: str, unit: str) -> str:
    """`duration` where a bare number counts another unit."""
    if unit == "seconds":
        return to_seconds(expression)
    bare = f"regexp_full_match({expression}, '[0-9]+([.][0-9]+)?')"
    return f"(case when {bare} then {to_number(expression)} * {UNITS[unit]} else {to_seconds(expression)} end)"


# An extension has 2 to 6 digits and is none of the short codes of the public network. What is longer, begins
# with 95 or 96, or is a carrier's or a city's line (10086, 12345) is reached over a trunk;
# so is a masked number (138****8000), and with a 0 before it a short one (095588). A feature code (*72*1234) is not.
OUTSIDE: Final = "[+]?(?:[0-9]|[*]{3})[0-9*]{6,}|0?9[56][0-9]{3,}|100(00|01|10|11|15|86|99)|123[0-9]{2}"


def is_public_number(expression: str) -> str:
    """True where the text is a number of the public network, false for extensions, names and nothing."""
    bare = f"regexp_replace(regexp_replace({expression}, '^(sips?|tel):', ''), '[@;].*$|[ ()-]', '', 'g')"
    return f"coalesce(regexp_full_match({bare}, '{OUTSIDE}'), false)"


SHANGHAI: Final = "Asia/Shanghai"

# Zones whose clock has been that of Shanghai since 1992: no conversion, which is the fast path.
_SAME_CLOCK: Final = {
    SHANGHAI, "PRC", "Asia/Chongqing", "Asia/Harbin", "Asia/Macau", "Asia/Hong_Kong", "Asia/Taipei", "Etc/GMT-8",
}  # fmt: skip

_SHANGHAI_AHEAD_US: Final = 8 * 3600 * 1_000_000

_USUAL: Final = "%Y-%m-%d %H:%M:%S"

_FORMS: Final = (
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M:%S.%f", "%Y/%m/%d %H:%M", "%Y.%m.%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日%H:%M:%S", "%Y年%m月%d日 %H时%M分%S秒", "%Y年%m月%d日%H时%M分%S秒", "%Y%m%d%H%M%S", "%Y%m%d %H%M%S",
    "%Y%m%d %H:%M:%S", "%Y%m%dT%H%M%S",
)  # fmt: skip

# Microseconds per unit of an epoch.
_UNITS: Final = {"s": 1_000_000, "ms": 1_000, "us": 1}


def require_zone(name: str) -> str:
    """The name itself if the zone is known; NianjianError ``timezone_unknown`` if not."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NianjianError("timezone_unknown", timezone=name) from error
    return name


def shift_zone(moment: str, zone: str) -> str:
    """A TIMESTAMP of ``zone``'s wall clock as one of Shanghai's."""
    if zone in _SAME_CLOCK:
        return moment
    return f"timezone('{SHANGHAI}', timezone('{zone}', {moment}))"


def local_time(column: str, zone: str) -> str:
    """The usual written forms: dashes, slashes, 年月日, compact, ISO with T, fraction and offset."""
    return f"coalesce({_usual_form(column, zone)}, {_other_forms(column, zone)})"


def _usual_form(column: str, zone: str) -> str:
    """The one form that nearly every cell has: asked first, with a fixed form at half the price of a look inside."""
    return shift_zone(f"case when strlen({column}) = 19 then try_strptime({column}, '{_USUAL}') end", zone)


def _other_forms(column: str, zone: str) -> str:
    # A cast would read an offset as a shift to UTC, 'infinity' as a time and a bare date as midnight.
    forms = ", ".join(f"'{form}'" for form in _FORMS)
    return (
        f"(case when length({column}) = 19 and substr({column}, 17, 1) = ':' and substr({column}, 5, 1) = '-'"
        f" then {shift_zone(f'try_cast({column} as timestamp)', zone)}"
        f" when {column} is null then null"
        f" when {column} not similar to '[0-9].*[0-9秒Z]' then null"
        f" when {column} similar to '.*:.*[0-9](Z|[ ]?[+-][0-9]{{2}}(:?[0-9]{{2}})?)'"
        f" then timezone('{SHANGHAI}', try_cast({column} as timestamptz))"
        f" else {shift_zone(_slow_forms(column, forms), zone)} end)"
    )


def _slow_forms(column: str, forms: str) -> str:
    dashed = f"case when {column} like '%:%' and {column} like '____-%' then try_cast({column} as timestamp) end"
    return f"coalesce({dashed}, try_strptime({column}, [{forms}]))"


def epoch_time(column: str, unit: str = "auto") -> str:
    """Seconds, ms or µs since 1970, fraction allowed; ``auto`` goes by magnitude. 0 is NULL: not set."""
    number = f"try_cast({column} as decimal(26, 6))"
    if unit == "auto":
        factor = f"case when {number} < 1e11 then 1000000 when {number} < 1e14 then 1000 else 1 end"
    else:
        factor = str(_UNITS[unit])
    # Digits only: a cast would also read what a spreadsheet left of the number, 1.79E+09.
    return (
        f"(case when regexp_full_match({column}, '[0-9]{{9,17}}([.][0-9]*)?')"
        f" then make_timestamp(cast(floor({number} * {factor}) as bigint) + {_SHANGHAI_AHEAD_US}) end)"
    )


def serial_time(column: str) -> str:
    """A spreadsheet's stamp that lost its format: days since 1899-12-30. Read only where a mapping asks for it."""
    days = f"case when regexp_full_match({column}, '[2-9][0-9]{{4}}([.][0-9]+)?') then {column}::double end"
    return f"(timestamp '1899-12-30' + to_microseconds(cast(round(({days}) * 86400000) as bigint) * 1000))"


def any_time(column: str, zone: str) -> str:
    """An epoch of 10, 13 or 16 digits (s, ms, µs), else a written form; 14 digits are a compact stamp."""
    digits = f"regexp_full_match({column}, '([0-9]{{10}}|[0-9]{{13}}|[0-9]{{16}})([.][0-9]*)?')"
    return (
        f"coalesce({_usual_form(column, zone)},"
        f" case when {column} is null then null when strlen({column}) < 19 and {digits} then {epoch_time(column)}"
        f" else {_other_forms(column, zone)} end)"
    )


def time_by_format(column: str, form: str, zone: str) -> str:
    """A form named by a mapping file: strptime's, or ``epoch_s``, ``epoch_ms``, ``epoch_us``, ``epoch``, ``iso``."""
    if form == "iso":
        return local_time(column, zone)
    if form == "excel":
        return shift_zone(serial_time(column), zone)
    units = {"epoch": "auto", **{f"epoch_{unit}": unit for unit in _UNITS}}
    if form in units:
        return epoch_time(column, units[form])
    if "%" not in form:
        raise NianjianError("mapping_format_unknown", format=form)
    escaped = form.replace("'", "''")
    if "%z" in form:
        return f"timezone('{SHANGHAI}', try_strptime({column}, '{escaped}')::timestamptz)"
    return shift_zone(f"try_strptime({column}, '{escaped}')", zone)
