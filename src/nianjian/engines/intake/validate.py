"""One SELECT over the raw columns of a file: typed, normalised, and the first reason against each row.

The select is staged (raw → expressions of the format → numbers → reason → result), so that nothing is computed
twice and a column that only bad rows need costs nothing for good ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nianjian.engines.intake.format import Fields, Layout
from nianjian.engines.intake.select import SHAPES, SURPLUS, first, kernel_functions, reasons, stage_fields
from nianjian.engines.intake.vendor.sql import NO_TIME, NULL, choose, unguarded, unharmed
from nianjian.engines.kernel.numbers import EXTENSIONS_END, PUBLIC_CODES
from nianjian.engines.lake.schema import literal, quoted
from nianjian.engines.lake.workbench import Workbench

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


def equip(bench: Workbench, fields: Fields) -> None:
    """Types and the kernel's function that the selects need."""
    for name, words in _TYPES.items():
        listed = words if isinstance(words, str) else f"enum({', '.join(map(repr, words))})"
        bench.run(f"create type if not exists {name} as {listed}")
    for name, (body, result) in kernel_functions(fields.trunk_prefixes).items():
        bench.function(name, body, result)


def raw(plan: Plan, scan: str, *, line: bool) -> str:
    """The raw columns of a scan under their names; ``line`` passes the scan's line number through."""
    names = [quoted(name) for name in plan.layout.columns]
    if plan.layout.is_rejects:
        cells = ", ".join(f"{unharmed(name)} as {name}" for name in names)
        scan = f"(select {cells}{f', {LINE}' if line else ''} from {scan})"
    if plan.guarded:
        names = [f"{unguarded(name)} as {name}" for name in names]
    elif plan.trim:
        names = [f"nullif(trim({name}, ' \t\u00a0\u3000'), '') as {name}" for name in names]
    return f"select {', '.join(names)}{f', {LINE}' if line else ''} from {scan}"


def keys(plan: Plan, scan: str) -> str:
    """The hash of every row's id (h), for finding repeated ones."""
    return f"select hash({plan.fields.call_id}) as h from ({raw(plan, scan, line=False)})"


def cells(plan: Plan, scan: str) -> str:
    """The JSON list of every row's raw cells (raw)."""
    return f"select {_cells(plan)} as raw from ({raw(plan, scan, line=False)})"


def rows(plan: Plan, scan: str, *, line: bool, suspects: str | None) -> str:
    """The whole select: the lake's columns without source, batch, file and part, and the id's hash (h).

    ``suspect`` marks ids to look at; ``suspects``: name of a table of id hashes (column h), or None when no id is
    in doubt.
    """
    typed = f"select *, {', '.join(_typed(plan.fields))} from ({raw(plan, scan, line=line)})"
    own = f"select *, {_own()} as __own from ({typed})"
    shown = f"select *, {_shown()} as __shown from ({own})"
    numbered = _without_extensions(stage_fields(shown, ("__shown", "__f_callee"), plan.fields.trunk_prefixes))
    judged = f"select *, {first(plan.layout, plan.fields, plan.latest)} as __judged from ({numbered})"
    columns = [*_columns(plan), *([f"{LINE} as line"] if line else []), "__suspect as suspect"]
    columns.append("hash(__f_call_id) as h")
    doubt = "false" if suspects is None else f"(__judged is null and hash(__f_call_id) in (select h from {suspects}))"
    return f"select {', '.join(columns)} from (select *, {doubt} as __suspect from ({judged}))"


def _typed(fields: Fields) -> list[str]:
    """Stage 1: the format's expressions under fixed names, words as enumerations."""
    return [
        f"{fields.call_id} as __f_call_id",
        f"{fields.call_key} as __f_call_key",
        f"try_cast({fields.direction} as direction_word) as __f_direction",
        f"try_cast({fields.leg} as leg_word) as __f_leg",
        f"{fields.caller} as __f_caller",
        f"{fields.display} as __f_display",
        f"try_cast({fields.display_confidence} as confidence_word) as __f_confidence",
        f"{fields.customer_leg} as __f_customer_leg",
        f"{fields.callee} as __f_callee",
        *(f"{getattr(fields, name)} as __f_{name}" for name in TIMES),
        f"try_cast({fields.result} as result_word) as __f_result",
        f"{fields.delivered} as __f_delivered",
        f"{fields.answered or 'NULL::BOOLEAN'} as __f_answered",
        f"{fields.test} as __f_test",
        f"{fields.purpose} as __f_purpose",
        f"{fields.agent_id} as __f_agent_id",
        f"{fields.agent_kind} as __f_kind_text",
        f"{fields.line_id} as __f_line_id",
        f"{fields.team_id} as __f_team_id",
        f"{fields.gateway} as __f_gateway",
    ]


# A display cell that is as good as empty: signs alone, or a program's word for nothing.
_NOTHING: Final = r"(?i)[^\p{L}\p{N}*#]*|null|none|nil|nan|n/a|\\n|无|空"


def _own() -> str:
    """Whether the display says something itself: a number, or that it is withheld (anonymous, 未知)."""
    return f"__f_display between '0' and ':' or not regexp_full_match(__f_display, {literal(_NOTHING)})"


def _shown() -> str:
    """The displayed number, or the caller where the display is empty."""
    return "case when __own then __f_display else coalesce(__f_caller, __f_display) end"


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


def _columns(plan: Plan) -> list[str]:
    """The last stage: the lake's columns in the order of its schema."""
    listed = reasons(plan.layout, plan.fields, plan.latest)
    codes = ", ".join(literal(code) for code, _, _ in listed)
    places = ", ".join(literal(plan.fields.columns.get(place, place)) for _, place, _ in listed)
    # Where no column gives the answer time and the source has no other sign, the answer is unknown, not "no".
    told = plan.fields.answered or plan.fields.answer == NO_TIME
    answered = "__f_answered" if told else "coalesce(__f_answer is not null and __f_end > __f_answer, false)"
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
    return [
        "__f_call_id as call_id",
        "__f_call_key as call_key",
        "__f_direction as direction",
        "__f_leg as leg",
        "nullif(__f_caller, __shown) as caller_raw",
        "__shown_value as display",
        "__shown_shape as display_shape",
        f"{confidence} as display_confidence",
        "__shown_kept as display_raw",
        "__f_callee_value as callee",
        "__f_callee_shape as callee_shape",
        "__f_callee_kept as callee_raw",
        *(f"__f_{name} as {name}_ts" for name in TIMES),
        f"coalesce(__f_result, {derived}) as result",
        "coalesce(__f_delivered, true) as delivered",
        f"{answered} as answered",
        "coalesce(__f_test, false) as test",
        "__f_purpose as purpose",
        "__f_agent_id as agent_id",
        f"{choose('__f_kind_text', dict(zip(KINDS, KINDS, strict=True)), kind='kind_word')} as agent_kind",
        "__f_line_id as line_id",
        "__f_team_id as team_id",
        "__f_gateway as gateway",
        f"{_extra(plan)} as extra",
        f"case when __judged is not null then ([{codes}])[__judged] end as reason",
        f"case when __judged is not null then ([{places}])[__judged] end as reason_column",
        f"case when __judged is not null or __suspect then {_cells(plan)} end as raw",
    ]


def _cells(plan: Plan) -> str:
    return f"to_json([{', '.join(quoted(name) for name in plan.layout.columns)}])::varchar"


def _extra(plan: Plan) -> str:
    """JSON of the file's columns that no expression reads, and of those that its format keeps nevertheless."""
    unread = unread_columns(plan.layout.columns, plan.fields)
    unread = [name for name in plan.layout.columns if name in unread or name in plan.fields.kept]
    if not unread:
        return NULL
    pairs = ", ".join(f"{literal(name)}, {quoted(name)}" for name in unread)
    filled = " or ".join(f"{quoted(name)} is not null" for name in unread)
    return f"case when {filled} then json_object({pairs})::varchar end"


def unread_columns(columns: Sequence[str], fields: Fields) -> list[str]:
    """Raw columns that appear in no expression of the format, the rejects file's own left out."""
    texts = [value for name in fields.__slots__ if isinstance(value := getattr(fields, name), str)]
    texts += [condition for _, _, condition in fields.checks]
    used = " ".join(texts)
    named = set(fields.columns.values()) | set(fields.texts.values())
    return [
        name
        for name in columns
        if name not in IGNORED
        and not SURPLUS.fullmatch(name)
        and name not in named
        and quoted(name) not in used
        and not re.search(rf'(?<![\w"]){re.escape(name)}(?![\w"])', used)
    ]
