"""One SELECT over the raw columns of a file: typed, normalised, and the first reason against each row."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyarrow as pa

from nianjian.engines.intake.columns import TOTAL, Columns
from nianjian.engines.intake.format import Fields, Layout
from nianjian.engines.intake.sql import NO_TIME, NULL, choose_word, is_public_number, restore_cell, strip_guard
from nianjian.engines.kernel.numbers import (
    BIG_CITIES,
    EXTENSIONS_END,
    MOST_DIGITS,
    OTHER_AREAS,
    PUBLIC_CODES,
    Number,
    Shape,
    normalise,
)
from nianjian.engines.lake.schema import SCANNER, literal, quoted
from nianjian.engines.lake.workbench import Workbench

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
    texts = _add_stage(inner, [f"{_without_prefix(f, trunk_prefixes)} as {f}_text" for f in fields])
    casts = _add_stage(texts, [f"try_cast({f}_text as bigint) as {f}_cast" for f in fields])
    fronts = _add_stage(casts, [f"{_front_length(f)} as {f}_front" for f in fields])
    kinds = _add_stage(fronts, [f"{_prefix_kind(f)} as {f}_kind" for f in fields])
    values = _add_stage(kinds, [part for f in fields for part in _number_parts(f)])
    shapes = _add_stage(values, [f"{_fast_shape(f)} as {f}_fast" for f in fields])
    results = _add_stage(shapes, [part for f in fields for part in _value_and_shape(f)])
    return _add_stage(results, [f"{_keeps_text(f, prefixed=any(trunk_prefixes))} as {f}_kept" for f in fields])


def _add_stage(inner: str, columns: Sequence[str]) -> str:
    return f"select *, {', '.join(columns)} from ({inner})"


# The kernel's: complete as it stands, no trunk prefix is looked for.
_COMPLETE: Final = "1[3-9][0-9]{9}|0(10|2[0-9]|[3-9][0-9]{2})[0-9]{7,8}|0?9[56][0-9]{3,16}|[48]00[0-9]{7}"


def _without_prefix(f: str, trunk_prefixes: Sequence[str]) -> str:
    prefixes = sorted({prefix for prefix in trunk_prefixes if prefix}, key=len, reverse=True)
    if not prefixes:
        return f
    whens = " ".join(
        f"when starts_with({f}, {_strip_quote(p)}) and length({f}) > {len(p)} then substr({f}, {len(p) + 1})"
        for p in prefixes
    )
    return f"case when regexp_full_match({f}, '{_COMPLETE}') then {f} {whens} else {f} end"


def _strip_quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _front_length(f: str) -> str:
    """How many characters of the text are no digits of its number: zeros and signs in front, or what is no number.

    NULL where a text with an exponent could seem to have as many digits: it takes three characters or more (e10)
    for digits that are zeros, so that its number ends in 00. Up to 9e13 the logarithm is sure to the digit.
    """
    return (
        f"case when {f}_cast between 1 and 90000000000000 and {f}_cast % 100 <> 0"
        f" then strlen({f}_text) - floor(log10({f}_cast)) - 1 end"
    )


def _prefix_kind(f: str) -> str:
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


def _number_parts(f: str) -> list[str]:
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

    def shape(member: Shape) -> str:
        return f"'{member.value}'::number_shape"

    mobile = f"{v} between 13000000000 and 19999999999 and {length} < 13"  # 12 digits: one zero before it
    area_first = _is_subscriber(v, length)
    short = f"({length} = 5 and {v} between 95000 and 96999) or ({length} = 6 and {v} between 950000 and 969999)"
    ningxia = (
        f"({length} = 10 and {v} between 9510000000 and 9559999999)"
        f" or ({length} = 11 and {v} between 95100000000 and 95599999999)"
    )
    starts = [f"({text} >= '{code}95' and {text} < '{code}97')" for code in ("", "+86", "0086")]
    nine = f"{length} >= 7 and ({' or '.join(starts)})"
    service = f"{length} = 10 and ({v} between 4000000000 and 4009999999 or {v} between 8000000000 and 8009999999)"
    # 951-955 after a country code and a 0 may be an own number too: the kernel tells it.
    landline = f"({_is_subscriber(v, f'({length} - 1)')}) and ({kind} = 2 or {v} not between 9510000000 and 9559999999"
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


def _is_subscriber(v: str, digits: str) -> str:
    """Whether ``v``, of so many ``digits``, is an area code and a subscriber number: the kernel's pattern."""

    def behind(place: int) -> str:
        area, first = f"{v} // {10**place}", f"{v} // {10 ** (place - 1)} % 10"
        is_area = f"substr('{_AREAS}', ({area} + 1)::bigint, 1) = '1'"
        return f"({digits} = {place + 3} and {is_area} and ({first} >= 2 or {area} between 951 and 955))"

    cities = ", ".join(sorted(BIG_CITIES))
    big = f"({digits} = 10 and {v} // 100000000 in ({cities}) and {v} // 10000000 % 10 >= 2)"
    return f"{big} or {behind(7)} or {behind(8)}"


def _value_and_shape(f: str) -> list[str]:
    """f_value and f_shape: decided here, or by the kernel (two flat columns: a struct would cost every row)."""
    return [
        f"case when {f}_fast is not null or {f} is null then {f}_number else {SLOW_VALUE}({f}) end as {f}_value",
        (
            f"case when {f} is null then 'none'::number_shape when {f}_fast is not null then {f}_fast"
            f" else {SLOW_SHAPE}({f})::number_shape end as {f}_shape"
        ),
    ]


def _keeps_text(f: str, *, prefixed: bool) -> str:
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


def first_reason(layout: Layout, fields: Fields, latest: str) -> str:
    """One CASE: the position in `reasons` of the first rule that the row breaks, or NULL.

    Nearly every row breaks none, and to be told so by each rule in turn costs the most: that is asked first, at once.
    """
    whens = " ".join(
        f"when {condition} then {number}"
        for number, (_, _, condition) in enumerate(reject_reasons(layout, fields, latest), start=1)
    )
    return f"case when {_is_sound(layout, fields, latest)} then null {whens} end"


def _is_sound(layout: Layout, fields: Fields, latest: str) -> str:
    """True only of rows that break no rule; of a few such rows (with a + in a text) it is not.

    A comparison that is true also says that neither side is missing.
    """
    end = f"__f_end >= __f_start and __f_end <= __f_start + {LONGEST_CALL}"
    listed = [
        *(f"{quoted(name)} is null" for name in layout.columns if SURPLUS.fullmatch(name)),
        f"__f_start >= {OLDEST} and __f_start <= timestamp {literal(latest)}",
        f"(__f_end is null and {_is_unwritten(fields, 'end')} or {end})" if fields.end_optional else end,
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
        f"(__f_ring is not null or {_is_unwritten(fields, 'ring')})",
        f"(__f_answer is null and {_is_unwritten(fields, 'answer')} or __f_answer between __f_start and __f_end)",
        *(f"({condition}) is not true" for _, _, condition in fields.checks),
    ]
    if fields.agent_kind != NULL:
        listed.append("(__f_kind_text is null or __f_kind_text in ('human', 'robot'))")
    return " and ".join(listed)


def _is_unwritten(fields: Fields, name: str) -> str:
    """No text stands in the column of a time."""
    column = fields.texts.get(name)
    return "true" if column is None else f"{quoted(column)} is null"


def reject_reasons(layout: Layout, fields: Fields, latest: str) -> list[tuple[str, str, str]]:
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


# Columns that the rejects file adds: known, and of no interest when the file comes back.
IGNORED: Final = frozenset({"行号", "列", "原因代码", "原因"})

DIRECTIONS: Final = ("out", "in", "internal")
LEGS: Final = ("customer", "agent", "event")
RESULTS: Final = ("answered", "busy", "no_answer", "failed", "cancelled", "rejected", "blocked", "unknown")
KINDS: Final = ("human", "robot")
CONFIDENCES: Final = ("good", "medium", "low", "none")

# Names of this module's own columns begin with two underscores: beside them stand the file's, whatever they are.
LINE: Final = "__line"

TIMES: Final = ("start", "ring", "answer", "end")

_TYPES: Final = {
    "number_shape": SHAPES,
    "direction_word": DIRECTIONS,
    "leg_word": LEGS,
    "result_word": RESULTS,
    "kind_word": KINDS,
    "confidence_word": CONFIDENCES,
}

# What makes two rows of one id the same call. The further columns of an export are not part of the call, and
# where a row came from (batch, file, line) does not matter.
CONTENT: Final = (
    "call_key", "direction", "leg", "caller_raw", "display", "display_shape", "display_confidence", "display_raw",
    "callee", "callee_shape", "callee_raw", "start_ts", "ring_ts", "answer_ts", "end_ts", "result", "delivered",
    "answered", "test", "purpose", "agent_id", "agent_kind", "line_id", "team_id", "gateway",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one file become rows of the lake. ``latest``: ISO stamp after which no call can start."""

    layout: Layout
    fields: Fields
    latest: str
    trim: bool = False
    guarded: bool = False  # cells stand as ="0138…" or '0138…, which Excel leaves as they are


def prepare_bench(bench: Workbench, fields: Fields) -> None:
    """Types and the kernel's function that the selects need."""
    for name, words in _TYPES.items():
        listed = words if isinstance(words, str) else f"enum({', '.join(map(repr, words))})"
        bench.run(f"create type if not exists {name} as {listed}")
    for name, (body, result) in kernel_functions(fields.trunk_prefixes).items():
        bench.function(name, body, result)


def select_raw(plan: Plan, scan: str, *, line: bool) -> str:
    """The raw columns of a scan under their names; ``line`` passes the scan's line number through."""
    names = [quoted(name) for name in plan.layout.columns]
    if plan.layout.is_rejects:
        cells = ", ".join(f"{restore_cell(name)} as {name}" for name in names)
        scan = f"(select {cells}{f', {LINE}' if line else ''} from {scan})"
    if plan.guarded:
        names = [f"{strip_guard(name)} as {name}" for name in names]
    elif plan.trim:
        names = [f"nullif(trim({name}, ' \t\u00a0\u3000'), '') as {name}" for name in names]
    return f"select {', '.join(names)}{f', {LINE}' if line else ''} from {scan}"


def select_keys(plan: Plan, scan: str) -> str:
    """The hash of every row's id (h), for finding repeated ones."""
    return f"select hash({plan.fields.call_id}) as h from ({select_raw(plan, scan, line=False)})"


def select_cells(plan: Plan, scan: str) -> str:
    """The JSON list of every row's raw cells (raw)."""
    return f"select {_cells_json(plan)} as raw from ({select_raw(plan, scan, line=False)})"


def select_rows(plan: Plan, scan: str, *, line: bool, suspects: str | None) -> str:
    """The whole select: the lake's columns without source, batch, file and part, and the id's hash (h).

    ``suspect`` marks ids to look at; ``suspects``: name of a table of id hashes (column h), or None when no id is
    in doubt.
    """
    typed = f"select *, {', '.join(_typed_fields(plan.fields))} from ({select_raw(plan, scan, line=line)})"
    own = f"select *, {_display_speaks()} as __own from ({typed})"
    display = f"select *, {_display(Columns(plan.layout.columns).withholds())} as __shown from ({own})"
    numbered = _without_extensions(stage_fields(display, ("__shown", "__f_callee"), plan.fields.trunk_prefixes))
    judged = f"select *, {first_reason(plan.layout, plan.fields, plan.latest)} as __judged"
    judged += f", {_is_scanner(plan.fields)} as __scanner from ({numbered})"
    columns = [*_lake_columns(plan), *([f"{LINE} as line"] if line else []), "__suspect as suspect"]
    columns.append("hash(__f_call_id) as h")
    doubt = "false" if suspects is None else f"(__judged is null and hash(__f_call_id) in (select h from {suspects}))"
    return f"select {', '.join(columns)} from (select *, {doubt} as __suspect from ({judged}))"


_AS_THEY_ARE: Final = (
    "call_id", "call_key", "caller", "display", "customer_leg", "stranger", "callee", *TIMES, "delivered", "test",
    "purpose", "agent_id", "line_id", "team_id", "gateway",
)  # fmt: skip


def _typed_fields(fields: Fields) -> list[str]:
    """Stage 1: the format's expressions under fixed names, words as enumerations."""
    return [
        # first, for an expression further down may name them
        *(f"try_cast({getattr(fields, name)} as {name}_word) as __f_{name}" for name in ("direction", "leg", "result")),
        *(f"{getattr(fields, name)} as __f_{name}" for name in _AS_THEY_ARE),
        f"try_cast({fields.display_confidence} as confidence_word) as __f_confidence",
        f"{fields.answered or 'NULL::BOOLEAN'} as __f_answered",
        f"{fields.agent_kind} as __f_kind_text",
    ]


# A display cell that is as good as empty: signs alone, or a program's word for nothing.
_NOTHING: Final = r"(?i)[^\p{L}\p{N}*#]*|null|none|nil|nan|n/a|\\n|无|空"


def _display_speaks() -> str:
    """Whether the display says something itself: a number, or that it is withheld (anonymous, 未知)."""
    return f"__f_display between '0' and ':' or not regexp_full_match(__f_display, {literal(_NOTHING)})"


def _display(withheld: str) -> str:
    """The displayed number; the caller where the display is empty, unless the row says that it is ``withheld``."""
    hidden = "" if withheld == "false" else f" when {withheld} then null"
    return f"case when __own then __f_display{hidden} else coalesce(__f_caller, __f_display) end"


def _without_extensions(numbered: str) -> str:
    """``numbered`` without extensions as the display of outbound calls: none is ever displayed."""
    inner = (
        "coalesce(__shown_shape = 'other' and __f_direction = 'out'"
        f" and __shown_value < {EXTENSIONS_END}"
        f" and not regexp_full_match(__shown_value::varchar, '{PUBLIC_CODES}'), false)"
    )
    return (
        "select * exclude (__inner) replace (case when __inner then null else __shown_value end as __shown_value,"
        " case when __inner then 'none'::number_shape else __shown_shape end as __shown_shape,"
        " case when __inner then __shown else __shown_kept end as __shown_kept)"
        f" from (select *, {inner} as __inner from ({numbered}))"
    )


# What no carrier delivers a call with: a way abroad in front of the number, signs of an attack.
_FROM_NO_CARRIER: Final = r"""(?:sips?:)?[0-9]?(?:00|011)[0-9]{7,}(?:@.*)?|.*["'<>\\].*"""


def _is_scanner(fields: Fields) -> str:
    """A stranger's unanswered call whose callee is no number of ours.

    What looks like a number of the public network may be one. An extension or a name that no phone rang at is none
    of ours where the caller is an extension himself: customers have numbers, or withhold them.
    """
    if fields.stranger == "false":
        return "false"
    refused = "coalesce(__f_result in ('failed', 'rejected'), __f_result is null)"
    inner = (
        f"regexp_full_match(__f_caller, '[0-9]{{2,6}}') and not {is_public_number('__f_caller')}"
        f" and not regexp_full_match(__f_caller, '{PUBLIC_CODES}')"
    )
    strange = f"not starts_with(__f_callee, '0086') and regexp_full_match(__f_callee, {literal(_FROM_NO_CARRIER)})"
    nowhere = f"({strange} or {refused} and {inner} and not {is_public_number('__f_callee')})"
    return (
        f"coalesce(__f_stranger and __f_direction = 'in' and __f_leg = 'customer' and not {_answered(fields)}"
        f" and not coalesce(__f_test, false) and __f_callee_shape in ('other', 'international', 'none')"
        f" and {nowhere}, false)"
    )


def _answered(fields: Fields) -> str:
    """Where no column gives the answer time and the source has no other sign, the answer is unknown, not "no"."""
    has_sign = fields.answered or fields.answer == NO_TIME
    return "__f_answered" if has_sign else "coalesce(__f_answer is not null and __f_end > __f_answer, false)"


def _lake_columns(plan: Plan) -> list[str]:
    """The last stage: the lake's columns in the order of its schema."""
    listed = reject_reasons(plan.layout, plan.fields, plan.latest)
    codes = ", ".join(literal(code) for code, _, _ in listed)
    places = ", ".join(literal(plan.fields.columns.get(place, place)) for _, place, _ in listed)
    answered = _answered(plan.fields)
    confidence = (
        "case when __shown_shape = 'none' and not coalesce(__own and __f_customer_leg, false)"
        " then 'none'::confidence_word"
        " when __own then __f_confidence"
        " when __f_display is null or __shown is distinct from __f_display then 'low'::confidence_word"
        " else __f_confidence end"
    )
    derived = (
        f"case when {answered} then 'answered'::result_word when {answered} is null then 'unknown'::result_word"
        " else 'no_answer'::result_word end"
    )
    result = (
        "case when __scanner and __f_result is distinct from 'rejected' then 'failed'::result_word"
        f" else coalesce(__f_result, {derived}) end"
    )
    return [
        *(f"__f_{name} as {name}" for name in ("call_id", "call_key", "direction")),
        "case when __scanner then 'event'::leg_word else __f_leg end as leg",
        "nullif(__f_caller, __shown) as caller_raw",
        "__shown_value as display",
        "__shown_shape as display_shape",
        f"{confidence} as display_confidence",
        "__shown_kept as display_raw",
        "__f_callee_value as callee",
        "__f_callee_shape as callee_shape",
        "__f_callee_kept as callee_raw",
        *(f"__f_{name} as {name}_ts" for name in TIMES),
        f"{result} as result",
        "coalesce(__f_delivered, true) as delivered",
        f"{answered} as answered",
        "coalesce(__f_test, false) as test",
        *(f"__f_{name} as {name}" for name in ("purpose", "agent_id")),
        f"{choose_word('__f_kind_text', dict(zip(KINDS, KINDS, strict=True)), kind='kind_word')} as agent_kind",
        *(f"__f_{name} as {name}" for name in ("line_id", "team_id", "gateway")),
        f"{_extra_json(plan)} as extra",
        f"case when __judged is not null then ([{codes}])[__judged] end as reason",
        f"case when __judged is not null then ([{places}])[__judged] end as reason_column",
        f"case when __judged is not null or __suspect then {_cells_json(plan)} end as raw",
    ]


def _cells_json(plan: Plan) -> str:
    return f"to_json([{', '.join(quoted(name) for name in plan.layout.columns)}])::varchar"


def _extra_json(plan: Plan) -> str:
    """JSON of the file's columns that no expression reads, of those that its format keeps nevertheless, and SCANNER."""
    unread = unread_columns(plan.layout.columns, plan.fields)
    unread = [name for name in plan.layout.columns if name in unread or name in plan.fields.kept]
    pairs = [f"{literal(name)}, {quoted(name)}" for name in unread]
    filled = " or ".join(f"{quoted(name)} is not null" for name in unread)
    usual = f"case when {filled} then json_object({', '.join(pairs)})::varchar end" if unread else NULL
    if plan.fields.stranger == "false":
        return usual
    marked = ", ".join([*pairs, *map(literal, SCANNER)])
    return f"case when __scanner then json_object({marked})::varchar else {usual} end"


def unread_columns(columns: Sequence[str], fields: Fields) -> list[str]:
    """Raw columns that appear in no expression of the format, the rejects file's own left out."""
    texts = [value for name in fields.__slots__ if isinstance(value := getattr(fields, name), str)]
    texts += [condition for _, _, condition in fields.checks]
    used = " ".join(texts)
    origins = set(fields.columns.values()) | set(fields.texts.values())
    return [
        name
        for name in columns
        if name not in IGNORED
        and not SURPLUS.fullmatch(name)
        and name not in origins
        and quoted(name) not in used
        and not re.search(rf'(?<![\w"]){re.escape(name)}(?![\w"])', used)
    ]
