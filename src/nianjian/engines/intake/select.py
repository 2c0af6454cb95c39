"""Stages of the one SELECT over a file (`validate`): numbers, and the reasons against a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import pyarrow as pa

from nianjian.engines.intake.format import Fields, Layout
from nianjian.engines.intake.vendor.sql import NULL
from nianjian.engines.intake.vendor.words import TOTAL
from nianjian.engines.kernel.numbers import BIG_CITIES, MOST_DIGITS, OTHER_AREAS, Number, Shape, normalise
from nianjian.engines.lake.schema import literal, quoted

SHAPES: Final = f"enum({', '.join(repr(shape.value) for shape in Shape)})"

SLOW_VALUE: Final = "kernel_value"
SLOW_SHAPE: Final = "kernel_shape"


def kernel_functions(trunk_prefixes: Sequence[str]) -> dict[str, tuple[Callable[[pa.Array], pa.Array], str]]:
    """The kernel's normalisation over an Arrow column: name → (function, type of its result), for registration."""
    prefixes = tuple(trunk_prefixes)

    @lru_cache(maxsize=200_000)
    def one(text: str | None) -> Number:
        return normalise(text, trunk_prefixes=prefixes)

    def values(texts: pa.Array) -> pa.Array:
        return pa.array([one(text).value for text in texts.to_pylist()], pa.int64())

    def shapes(texts: pa.Array) -> pa.Array:
        return pa.array([one(text).shape.value for text in texts.to_pylist()], pa.string())

    return {SLOW_VALUE: (values, "BIGINT"), SLOW_SHAPE: (shapes, "VARCHAR")}


def stage_fields(inner: str, fields: Sequence[str], trunk_prefixes: Sequence[str]) -> str:
    """Wrap ``inner``: for each text column f of ``fields`` add f_value, f_shape and f_kept.

    ``f_kept`` is the raw text where it differs from the printed canonical form, else NULL. A NULL text has the
    shape ``none``. Staged sub-selects, because nested macros are expanded as text and explode.
    """
    texts = _stage(inner, [f"{_without_prefix(f, trunk_prefixes)} as {f}_text" for f in fields])
    casts = _stage(texts, [f"try_cast({f}_text as bigint) as {f}_cast" for f in fields])
    fronts = _stage(casts, [f"{_front(f)} as {f}_front" for f in fields])
    kinds = _stage(fronts, [f"{_kind(f)} as {f}_kind" for f in fields])
    values = _stage(kinds, [part for f in fields for part in _values(f)])
    shapes = _stage(values, [f"{_fast_shape(f)} as {f}_fast" for f in fields])
    results = _stage(shapes, [part for f in fields for part in _result(f)])
    return _stage(results, [f"{_kept(f, prefixed=any(trunk_prefixes))} as {f}_kept" for f in fields])


def _stage(inner: str, columns: Sequence[str]) -> str:
    return f"select *, {', '.join(columns)} from ({inner})"


# The kernel's: complete as it stands, no trunk prefix is looked for.
_COMPLETE: Final = "1[3-9][0-9]{9}|0(10|2[0-9]|[3-9][0-9]{2})[0-9]{7,8}|0?9[56][0-9]{3,16}|[48]00[0-9]{7}"


def _without_prefix(f: str, trunk_prefixes: Sequence[str]) -> str:
    prefixes = sorted({prefix for prefix in trunk_prefixes if prefix}, key=len, reverse=True)
    if not prefixes:
        return f
    whens = " ".join(
        f"when starts_with({f}, {_quote(p)}) and length({f}) > {len(p)} then substr({f}, {len(p) + 1})"
        for p in prefixes
    )
    return f"case when regexp_full_match({f}, '{_COMPLETE}') then {f} {whens} else {f} end"


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _front(f: str) -> str:
    """How many characters of the text are no digits of its number: zeros and signs in front, or what is no number.

    NULL where a text with an exponent could seem to have as many digits: it takes three characters or more (e10)
    for digits that are zeros, so that its number ends in 00. Up to 9e13 the logarithm is sure to the digit.
    """
    return (
        f"case when {f}_cast between 1 and 90000000000000 and {f}_cast % 100 <> 0"
        f" then strlen({f}_text) - floor(log10({f}_cast)) - 1 end"
    )


def _kind(f: str) -> str:
    """1: digits without a zero before them; 2: digits after one zero; 3: +86 and digits; 4: 0086 and digits; else 0.

    A cast alone is too generous (9.5e4, 0x17354, 1_381). Where the text has no room for anything but digits behind a
    beginning of the right length, that is told without a look inside; else the number, printed again, has to be it.
    From 3 on the kind is the length of the country code.
    """
    text, printed, front = f"{f}_text", f"{f}_cast::varchar", f"{f}_front"
    return (
        f"case when {front} = 0 and {text} >= '1' then 1::tinyint"
        f" when {front} = 1 and {text} >= '00' and {text} < '0:' then 2::tinyint"
        f" when {front} = 1 and {text} >= '+86' and {text} < '+87' then 3::tinyint"
        f" when {front} = 2 and {text} >= '0086' and {text} < '0087' then 4::tinyint"
        f" when coalesce({f}_cast, 0) <= 0 then 0::tinyint"
        f" when {text} >= '1' then case when {printed} = {text} and strlen({text}) <= {MOST_DIGITS} then 1::tinyint"
        f" else 0::tinyint end"
        f" when '0' || {printed} = {text} and strlen({text}) <= {MOST_DIGITS} then 2::tinyint"
        f" when starts_with({text}, '+86') and '+' || {printed} = {text} then 3::tinyint"
        f" when starts_with({text}, '0086') and '00' || {printed} = {text} then 4::tinyint else 0::tinyint end"
    )


def _values(f: str) -> list[str]:
    """f_number and f_length of what stands after the country code, f_zero: whether that begins with a zero."""
    text, kind = f"{f}_text", f"{f}_kind"
    return [
        (
            f"case when {kind} in (1, 2) then {f}_cast"
            f" when {kind} > 2 then try_cast(substr({text}, {kind} + 1) as bigint) end as {f}_number"
        ),
        f"case when {kind} > 2 then strlen({text}) - {kind} else strlen({text}) end as {f}_length",
        (
            f"({kind} = 2 or ({kind} = 3 and {text} >= '+860' and {text} < '+861')"
            f" or ({kind} = 4 and {text} >= '00860' and {text} < '00861')) as {f}_zero"
        ),
    ]


# Texts that are common and no numbers: anonymous, unknown, 未知; and what a spreadsheet leaves of a long number.
_WORDS: Final = "[A-Za-z_ \u4e00-\u9fa5]+"
_DAMAGED: Final = "[0-9]([.][0-9]+)?[eE][+][0-9]{1,3}"


def _fast_shape(f: str) -> str:
    """The shape where ranges decide it; NULL leaves it to the kernel (00, bare 86, stray zeros, most odd text)."""
    v, length, kind, text = f"{f}_number", f"{f}_length", f"{f}_kind", f"{f}_text"

    def shape(found: Shape) -> str:
        return f"'{found.value}'::number_shape"

    mobile = f"{v} between 13000000000 and 19999999999 and {length} < 13"  # 12 digits: one zero before it
    area_first = _subscriber(v, length)
    short = f"({length} = 5 and {v} between 95000 and 96999) or ({length} = 6 and {v} between 950000 and 969999)"
    ningxia = (
        f"({length} = 10 and {v} between 9510000000 and 9559999999)"
        f" or ({length} = 11 and {v} between 95100000000 and 95599999999)"
    )
    starts = [f"({text} >= '{code}95' and {text} < '{code}97')" for code in ("", "+86", "0086")]
    nine = f"{length} >= 7 and ({' or '.join(starts)})"
    service = f"{length} = 10 and ({v} between 4000000000 and 4009999999 or {v} between 8000000000 and 8009999999)"
    # 951-955 after a country code and a 0 may be an own number too: the kernel tells it.
    landline = f"({_subscriber(v, f'({length} - 1)')}) and ({kind} = 2 or {v} not between 9510000000 and 9559999999"
    landline += f" and {v} not between 95100000000 and 95599999999)"
    odd = (
        f"case when regexp_full_match({f}, '{_WORDS}') then {shape(Shape.NONE)}"
        f" when regexp_full_match({f}, '{_DAMAGED}') then {shape(Shape.DAMAGED)} end"
    )
    return (
        f"case when {mobile} then {shape(Shape.MOBILE)}"
        f" when {f} is null then null when {v} is null then {odd}"
        f" when {f}_zero then case when {landline} then {shape(Shape.LANDLINE)} end"
        f" when {short} then {shape(Shape.SHORT)}"
        f" when {nine} then case when {kind} > 2 and ({ningxia}) then {shape(Shape.SHORT_OR_LANDLINE)}"
        f" else {shape(Shape.SHORT_LONG)} end"
        f" when {service} then {shape(Shape.SERVICE_400_800)}"
        f" when {kind} < 3 and {text} >= '86' and {text} < '87' then null"
        f" when {area_first} then case when {kind} > 2 then {shape(Shape.LANDLINE)} else {shape(Shape.ZERO_LOST)} end"
        f" else {shape(Shape.OTHER)} end"
    )


# One sign for each code of three digits, "1" where it is an area code: looked up by place.
_AREAS: Final = "".join("1" if str(code) in OTHER_AREAS else "0" for code in range(1000))


def _subscriber(v: str, digits: str) -> str:
    """Whether ``v``, of so many ``digits``, is an area code and a subscriber number: the kernel's pattern."""

    def behind(place: int) -> str:
        area, first = f"{v} // {10**place}", f"{v} // {10 ** (place - 1)} % 10"
        known = f"substr('{_AREAS}', ({area} + 1)::bigint, 1) = '1'"
        return f"({digits} = {place + 3} and {known} and ({first} >= 2 or {area} between 951 and 955))"

    cities = ", ".join(sorted(BIG_CITIES))
    big = f"({digits} = 10 and {v} // 100000000 in ({cities}) and {v} // 10000000 % 10 >= 2)"
    return f"{big} or {behind(7)} or {behind(8)}"


def _result(f: str) -> list[str]:
    """f_value and f_shape: decided here, or by the kernel (two flat columns: a struct would cost every row)."""
    return [
        f"case when {f}_fast is not null or {f} is null then {f}_number else {SLOW_VALUE}({f}) end as {f}_value",
        (
            f"case when {f} is null then 'none'::number_shape when {f}_fast is not null then {f}_fast"
            f" else {SLOW_SHAPE}({f})::number_shape end as {f}_shape"
        ),
    ]


def _kept(f: str, *, prefixed: bool) -> str:
    # In the fast path the text is the printed form unless a code, a prefix or a foreign zero stood in front.
    same = f"{f}_kind = 1 or ({f}_kind = 2 and {f}_fast = 'landline')"
    same = f"({same} or ({f}_kind = 3 and {f}_fast = 'short_or_landline'))"
    if prefixed:
        same = f"({f}_text = {f} and {same})"
    return (
        f"case when {f} is null then null"
        f" when {f}_fast is not null then case when {same} then null else {f} end"
        f" when {f}_shape = 'landline' then nullif({f}, '0' || {f}_value)"
        f" when {f}_shape = 'short_or_landline' then nullif({f}, '+86' || {f}_value)"
        f" when {f}_shape = 'short_or_other' then nullif({f}, '86' || {f}_value)"
        f" when {f}_shape = 'international' then nullif({f}, '00' || {f}_value)"
        f" when {f}_value is null then {f}"
        f" else nullif({f}, {f}_value::varchar) end"
    )


# Columns that the rejects file adds for cells beyond the header: whoever corrects the row empties them.
SURPLUS: Final = re.compile("多出的列[0-9]+")

# A time cell that says "no time".
EMPTY_TIME: Final = "('0', '0.0', '-', '--', '/', 'NULL', 'null', 'None', '\\N', '0000-00-00 00:00:00')"

# What a spreadsheet leaves of a long number.
DAMAGED: Final = "[0-9]([.][0-9]+)?[eE][+][0-9]+"

# Digits behind a 0 that are the number of no known area: unknown, and a number nevertheless.
UNKNOWN_NUMBER: Final = "[+ ()-]*(86[ -]?)?[(]?0[0-9 ()-]{1,18}"

LONGEST_CALL: Final = "interval 24 hour"
OLDEST: Final = "timestamp '2000-01-01'"


def first(layout: Layout, fields: Fields, latest: str) -> str:
    """One CASE: the position in `reasons` of the first rule that the row breaks, or NULL.

    Nearly every row breaks none, and to be told so by each rule in turn costs the most: that is asked first, at once.
    """
    whens = " ".join(
        f"when {condition} then {number}"
        for number, (_, _, condition) in enumerate(reasons(layout, fields, latest), start=1)
    )
    return f"case when {_sound(layout, fields, latest)} then null {whens} end"


def _sound(layout: Layout, fields: Fields, latest: str) -> str:
    """True only of rows that break no rule; of a few such rows (with a + in a text) it is not.

    A comparison that is true also says that neither side is missing.
    """
    end = f"__f_end >= __f_start and __f_end <= __f_start + {LONGEST_CALL}"
    listed = [
        *(f"{quoted(name)} is null" for name in layout.columns if SURPLUS.fullmatch(name)),
        f"__f_start >= {OLDEST} and __f_start <= timestamp {literal(latest)}",
        f"(__f_end is null and {_unwritten(fields, 'end')} or {end})" if fields.end_optional else end,
        "__f_direction is not null",
        # Of a text that is no number, or that a spreadsheet damaged, there is no value.
        *(
            ["__f_callee_shape <> 'damaged'", *([] if fields.callee_optional else ["__f_callee is not null"])]
            if fields.callee_optional or fields.callee_named
            else ["__f_callee_value is not null"]
        ),
        "__shown_shape <> 'damaged'",
        "not contains(__f_call_id, '+')",
        "(__f_caller is null or not contains(__f_caller, '+'))",
        f"(__f_ring is not null or {_unwritten(fields, 'ring')})",
        f"(__f_answer is null and {_unwritten(fields, 'answer')} or __f_answer between __f_start and __f_end)",
        *(f"({condition}) is not true" for _, _, condition in fields.checks),
    ]
    if fields.agent_kind != NULL:
        listed.append("(__f_kind_text is null or __f_kind_text in ('human', 'robot'))")
    return " and ".join(listed)


def _unwritten(fields: Fields, name: str) -> str:
    """No text stands in the column of a time."""
    column = fields.texts.get(name)
    return "true" if column is None else f"{quoted(column)} is null"


def reasons(layout: Layout, fields: Fields, latest: str) -> list[tuple[str, str, str]]:
    """(code, canonical field or raw column, condition) in the order in which they are tried."""
    cell = quoted(layout.columns[0])
    listed = [
        *(
            ("columns_surplus", name, f"{quoted(name)} is not null")
            for name in layout.columns
            if SURPLUS.fullmatch(name)
        ),
        ("total_row", layout.columns[0], f"__f_start is null and regexp_full_match({cell}, '{TOTAL}')"),
        ("call_id_missing", "call_id", "__f_call_id is null"),
        ("excel_damaged", "call_id", f"contains(__f_call_id, '+') and regexp_full_match(__f_call_id, '{DAMAGED}')"),
        *_time_reasons(fields, "start", needed=True),
        ("before_2000", "start", f"__f_start < {OLDEST}"),
        ("start_in_future", "start", f"__f_start > timestamp {literal(latest)}"),
        *_time_reasons(fields, "end", needed=not fields.end_optional),
        *_time_reasons(fields, "answer", needed=False),
        *_time_reasons(fields, "ring", needed=False),
        *fields.checks,
        ("end_before_start", "end", "__f_end < __f_start"),
        ("answer_outside_call", "answer", "__f_answer < __f_start or __f_answer > __f_end"),
        ("longer_than_24h", "end", f"__f_end > __f_start + {LONGEST_CALL}"),
        ("bad_direction", "direction", "__f_direction is null"),
        ("excel_damaged", "display", "__shown_shape = 'damaged'"),
        ("excel_damaged", "caller", f"contains(__f_caller, '+') and regexp_full_match(__f_caller, '{DAMAGED}')"),
        ("excel_damaged", "callee", "__f_callee_shape = 'damaged'"),
    ]
    if not fields.callee_optional:
        listed.append(("callee_missing", "callee", "__f_callee is null"))
    if not (fields.callee_optional or fields.callee_named):
        unread = f"__f_callee_shape = 'none' and not regexp_full_match(__f_callee, '{UNKNOWN_NUMBER}')"
        listed.append(("callee_not_a_number", "callee", unread))
    if fields.agent_kind != NULL:
        listed.append(
            ("bad_agent_kind", "agent_kind", "__f_kind_text is not null and __f_kind_text not in ('human', 'robot')")
        )
    return listed


def _time_reasons(fields: Fields, name: str, *, needed: bool) -> list[tuple[str, str, str]]:
    column = fields.texts.get(name)
    value = f"__f_{name}"
    if column is None:
        return [(f"{name}_missing", name, f"{value} is null")] if needed else []
    text = quoted(column)
    empty = f"({text} is null or {text} in {EMPTY_TIME})"
    listed = [(f"{name}_missing", name, f"{value} is null and {empty}")] if needed else []
    # A field that takes its time from several columns may be set although this text is not.
    return [*listed, (f"{name}_unreadable", name, f"{value} is null and not {empty}")]
