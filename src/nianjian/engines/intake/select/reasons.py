"""Why a row is refused: the rules over the typed columns of `validate`'s select, and the first that a row breaks."""

from __future__ import annotations

import re
from typing import Final

from nianjian.engines.intake.format import Fields, Layout
from nianjian.engines.intake.vendor.sql import NULL
from nianjian.engines.intake.vendor.words import TOTAL
from nianjian.engines.lake.sql import literal, quoted

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
