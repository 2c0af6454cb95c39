"""Number normalisation inside the engine: the twin of ``kernel.numbers.normalise``, equal for every string.

Digits as a program prints them are told by one cast and back; they, and digits with zeros, +86 or 0086 before
them, are decided by a CASE over ranges: nearly every row of a real file. Whatever that CASE leaves open is
handed to the kernel itself, distinct text by distinct text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import pyarrow as pa

from nianjian.kernel.numbers import Shape, normalise

SHAPES: Final = f"enum({', '.join(repr(shape.value) for shape in Shape)})"

SLOW: Final = "kernel_number"
SLOW_RESULT: Final = "STRUCT(value BIGINT, shape VARCHAR)"

_SLOW_TYPE: Final = pa.struct([("value", pa.int64()), ("shape", pa.string())])


def kernel_function(trunk_prefixes: Sequence[str]) -> Callable[[pa.Array], pa.Array]:
    """The kernel's normalisation over an Arrow column, for registration under the name `SLOW`."""
    prefixes = tuple(trunk_prefixes)

    @lru_cache(maxsize=200_000)
    def one(text: str) -> dict[str, object]:
        number = normalise(text, trunk_prefixes=prefixes)
        return {"value": number.value, "shape": number.shape.value}

    def column(texts: pa.Array) -> pa.Array:
        return pa.array([None if text is None else one(text) for text in texts.to_pylist()], type=_SLOW_TYPE)

    return column


def staged(inner: str, fields: Sequence[str], trunk_prefixes: Sequence[str]) -> str:
    """Wrap ``inner``: for each text column f of ``fields`` add f_value, f_shape and f_kept.

    ``f_kept`` is the raw text where it differs from the printed canonical form, else NULL. A NULL text has the
    shape ``none``. Staged sub-selects, because nested macros are expanded as text and explode.
    """
    casts = _stage(inner, [f"try_cast({f} as bigint) as {f}_cast" for f in fields])
    plain = _stage(casts, [f"{_plain(f, trunk_prefixes)} as {f}_plain" for f in fields])
    texts = _stage(plain, [part for f in fields for part in _texts(f, trunk_prefixes)])
    values = _stage(texts, [part for f in fields for part in _values(f)])
    shapes = _stage(values, [f"{_fast_shape(f)} as {f}_fast" for f in fields])
    slow = _stage(
        shapes, [f"case when {f}_fast is null and {f} is not null then {SLOW}({f}) end as {f}_slow" for f in fields]
    )
    return _stage(slow, [part for f in fields for part in _result(f)])


def _stage(inner: str, columns: Sequence[str]) -> str:
    return f"select *, {', '.join(columns)} from ({inner})"


# The kernel's: complete as it stands, no trunk prefix is looked for.
_COMPLETE: Final = "1[3-9][0-9]{9}|0(10|2[0-9]|[3-9][0-9]{2})[0-9]{7,8}|0?9[56][0-9]{3,16}|[48]00[0-9]{7}"


def _plain(f: str, trunk_prefixes: Sequence[str]) -> str:
    """True for what is decided as it stands: only digits, no zero before them; they need none of the looks below."""
    if any(trunk_prefixes):
        return "false"
    return f"coalesce({f}_cast > 0 and strlen({f}) <= 18 and {f}_cast::varchar = {f}, false)"


def _texts(f: str, trunk_prefixes: Sequence[str]) -> list[str]:
    """f_code: characters of the country code; f_digits: what stands after it, a trunk prefix taken off before.

    Both are of rows that are not plain; a plain one is its own digits.
    """
    text = f
    if prefixes := sorted({prefix for prefix in trunk_prefixes if prefix}, key=len, reverse=True):
        whens = " ".join(
            f"when starts_with({f}, {_quote(p)}) and length({f}) > {len(p)} then substr({f}, {len(p) + 1})"
            for p in prefixes
        )
        text = f"(case when regexp_full_match({f}, '{_COMPLETE}') then {f} {whens} else {f} end)"
    code = (
        f"case when {f}_plain then 0 when starts_with({text}, '+86') then 3"
        f" when starts_with({text}, '0086') then 4 else 0 end"
    )
    cut = f"case when {f}_plain then {f} when starts_with({text}, '+86') then substr({text}, 4)"
    return [
        f"{code} as {f}_code",
        f"{cut} when starts_with({text}, '0086') then substr({text}, 5) else {text} end as {f}_digits",
    ]


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _values(f: str) -> list[str]:
    """A cast alone is too generous (9.5e4, 0x17354, 1_381): digits are looked at first."""
    return [
        (
            f"case when {f}_plain then {f}_cast when regexp_full_match({f}_digits, '[0-9]{{1,18}}')"
            f" then try_cast({f}_digits as bigint) end as {f}_number"
        ),
        f"case when {f}_plain then strlen({f}) else length({f}_digits) end as {f}_length",
        f"case when {f}_plain then false else starts_with({f}_digits, '0') end as {f}_zero",
    ]


def _fast_shape(f: str) -> str:
    """The shape where ranges decide it; NULL leaves it to the kernel (00, bare 86, stray zeros, all odd text)."""
    v, length, zero, code = f"{f}_number", f"{f}_length", f"{f}_zero", f"{f}_code"

    def shape(found: Shape) -> str:
        return f"'{found.value}'::number_shape"

    mobile = f"{v} between 13000000000 and 19999999999"
    area_first = (
        f"({length} = 10 and ({v} between 1000000000 and 1099999999 or {v} between 2000000000 and 9999999999))"
        f" or ({length} = 11 and {v} between 30000000000 and 99999999999)"
    )
    short = f"({length} = 5 and {v} between 95000 and 96999) or ({length} = 6 and {v} between 950000 and 969999)"
    ningxia = (
        f"({length} = 10 and {v} between 9510000000 and 9559999999)"
        f" or ({length} = 11 and {v} between 95100000000 and 95599999999)"
    )
    nine = f"{length} >= 7 and (starts_with({f}_digits, '95') or starts_with({f}_digits, '96'))"
    service = f"{length} = 10 and ({v} between 4000000000 and 4009999999 or {v} between 8000000000 and 8009999999)"
    landline = (
        f"({length} = 10 and ({v} between 100000000 and 109999999 or {v} between 200000000 and 299999999))"
        f" or ({length} = 11 and ({v} between 1000000000 and 1099999999 or {v} between 2000000000 and 9999999999))"
        f" or ({length} = 12 and {v} between 30000000000 and 99999999999)"
    )
    return (
        f"case when {v} is null then null"
        f" when {mobile} and {length} = 11 then {shape(Shape.MOBILE)}"
        f" when {zero} then case when {mobile} and {length} = 12 then {shape(Shape.MOBILE)}"
        f" when {landline} then {shape(Shape.LANDLINE)} end"
        f" when {short} then {shape(Shape.SHORT)}"
        f" when {nine} then case when {code} > 0 and ({ningxia}) then {shape(Shape.SHORT_OR_LANDLINE)}"
        f" else {shape(Shape.SHORT_LONG)} end"
        f" when {service} then {shape(Shape.SERVICE_400_800)}"
        f" when {code} = 0 and starts_with({f}_digits, '86') then null"
        f" when {area_first} then case when {code} > 0 then {shape(Shape.LANDLINE)} else {shape(Shape.ZERO_LOST)} end"
        f" else {shape(Shape.OTHER)} end"
    )


def _result(f: str) -> list[str]:
    value = f"(case when {f}_fast is not null then {f}_number else {f}_slow.value end)"
    # In the fast path the text is the printed form unless a code, a prefix or a foreign zero stood in front.
    printed = (
        f"case when {f} is null or ({f}_plain and {f}_fast is not null) then null"
        f" when {f}_fast is not null then case"
        f" when {f}_fast = 'short_or_landline'"
        f" then case when {f}_code = 3 and length({f}) = {f}_length + 3 then null else {f} end"
        f" when {f}_code > 0 or length({f}) <> {f}_length or ({f}_zero <> ({f}_fast = 'landline')) then {f} end"
        f" when {f}_slow.shape = 'landline' then nullif({f}, '0' || {f}_slow.value)"
        f" when {f}_slow.shape = 'short_or_landline' then nullif({f}, '+86' || {f}_slow.value)"
        f" when {f}_slow.shape = 'international' then nullif({f}, '00' || {f}_slow.value)"
        f" when {f}_slow.value is null then {f}"
        f" else nullif({f}, {f}_slow.value::varchar) end"
    )
    return [
        f"{value} as {f}_value",
        (
            f"case when {f} is null then 'none'::number_shape when {f}_fast is not null then {f}_fast"
            f" else {f}_slow.shape::number_shape end as {f}_shape"
        ),
        f"{printed} as {f}_kept",
    ]
