"""DuckDB expressions that turn the text of a time into a zone-less TIMESTAMP of Asia/Shanghai wall time.

Every builder takes an SQL expression of a VARCHAR (a quoted column) and the zone in which stamps without an
offset were written. NULL comes out for whatever cannot be read; nothing is guessed from a bare date.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nianjian.engines.kernel.errors import NianjianError

SHANGHAI: Final = "Asia/Shanghai"

# Zones whose clock has been that of Shanghai since 1992: no conversion, which is the fast path.
_SAME_CLOCK: Final = {
    SHANGHAI, "PRC", "Asia/Chongqing", "Asia/Harbin", "Asia/Macau", "Asia/Hong_Kong", "Asia/Taipei", "Etc/GMT-8",
}  # fmt: skip

_SHANGHAI_AHEAD_US: Final = 8 * 3600 * 1_000_000

_USUAL: Final = "%Y-%m-%d %H:%M:%S"

_FORMS: Final = (
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S.%f",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日%H:%M:%S",
    "%Y年%m月%d日 %H时%M分%S秒",
    "%Y年%m月%d日%H时%M分%S秒",
    "%Y%m%d%H%M%S",
    "%Y%m%d %H%M%S",
    "%Y%m%d %H:%M:%S",
    "%Y%m%dT%H%M%S",
)

# Microseconds per unit of an epoch.
_UNITS: Final = {"s": 1_000_000, "ms": 1_000, "us": 1}


def checked_zone(name: str) -> str:
    """The name itself if the zone is known; NianjianError ``timezone_unknown`` if not."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NianjianError("timezone_unknown", timezone=name) from error
    return name


def shifted(moment: str, zone: str) -> str:
    """A TIMESTAMP of ``zone``'s wall clock as one of Shanghai's."""
    if zone in _SAME_CLOCK:
        return moment
    return f"timezone('{SHANGHAI}', timezone('{zone}', {moment}))"


def local(column: str, zone: str) -> str:
    """The usual written forms: dashes, slashes, 年月日, compact, ISO with T, fraction and offset."""
    return f"coalesce({_usual(column, zone)}, {_other(column, zone)})"


def _usual(column: str, zone: str) -> str:
    """The one form that nearly every cell has: asked first, with a fixed form at half the price of a look inside."""
    return shifted(f"case when strlen({column}) = 19 then try_strptime({column}, '{_USUAL}') end", zone)


def _other(column: str, zone: str) -> str:
    # A cast would read an offset as a shift to UTC, 'infinity' as a time and a bare date as midnight.
    forms = ", ".join(f"'{form}'" for form in _FORMS)
    return (
        f"(case when length({column}) = 19 and substr({column}, 17, 1) = ':' and substr({column}, 5, 1) = '-'"
        f" then {shifted(f'try_cast({column} as timestamp)', zone)}"
        f" when {column} is null then null"
        f" when {column} not similar to '[0-9].*[0-9秒Z]' then null"
        f" when {column} similar to '.*:.*[0-9](Z|[ ]?[+-][0-9]{{2}}(:?[0-9]{{2}})?)'"
        f" then timezone('{SHANGHAI}', try_cast({column} as timestamptz))"
        f" else {shifted(_slow(column, forms), zone)} end)"
    )


def _slow(column: str, forms: str) -> str:
    dashed = f"case when {column} like '%:%' and {column} like '____-%' then try_cast({column} as timestamp) end"
    return f"coalesce({dashed}, try_strptime({column}, [{forms}]))"


def epoch(column: str, unit: str = "auto") -> str:
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


def serial(column: str) -> str:
    """A spreadsheet's stamp that lost its format: days since 1899-12-30. Read only where a mapping asks for it."""
    days = f"case when regexp_full_match({column}, '[2-9][0-9]{{4}}([.][0-9]+)?') then {column}::double end"
    return f"(timestamp '1899-12-30' + to_microseconds(cast(round(({days}) * 86400000) as bigint) * 1000))"


def either(column: str, zone: str) -> str:
    """An epoch of 10, 13 or 16 digits (s, ms, µs), else a written form; 14 digits are a compact stamp."""
    digits = f"regexp_full_match({column}, '([0-9]{{10}}|[0-9]{{13}}|[0-9]{{16}})([.][0-9]*)?')"
    return (
        f"coalesce({_usual(column, zone)},"
        f" case when {column} is null then null when strlen({column}) < 19 and {digits} then {epoch(column)}"
        f" else {_other(column, zone)} end)"
    )


def formatted(column: str, form: str, zone: str) -> str:
    """A form named by a mapping file: strptime's, or ``epoch_s``, ``epoch_ms``, ``epoch_us``, ``epoch``, ``iso``."""
    named: dict[str, Callable[[], str]] = {
        "epoch": lambda: epoch(column),
        "epoch_s": lambda: epoch(column, "s"),
        "epoch_ms": lambda: epoch(column, "ms"),
        "epoch_us": lambda: epoch(column, "us"),
        "iso": lambda: local(column, zone),
        "excel": lambda: shifted(serial(column), zone),
    }
    if form in named:
        return named[form]()
    if "%" not in form:
        raise NianjianError("mapping_format_unknown", format=form)
    escaped = form.replace("'", "''")
    if "%z" in form:
        return f"timezone('{SHANGHAI}', try_strptime({column}, '{escaped}')::timestamptz)"
    return shifted(f"try_strptime({column}, '{escaped}')", zone)
