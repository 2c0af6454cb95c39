"""A mapping file over a known source: its columns, formats and words win over what the source's file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from nianjian.engines.intake.format import Fields, FileMapping
from nianjian.engines.intake.moments import either, formatted
from nianjian.engines.intake.vendor.columns import Columns, closest
from nianjian.engines.intake.vendor.sql import ANY_OTHER, NO_TIME, NULL, choose, duration_in, first_of, seconds_after
from nianjian.engines.intake.vendor.words import OURS
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.schema import quoted

TIMES: Final = ("start", "ring", "answer", "end")

SPANS: Final = ("duration", "talk")  # of the whole call, and from the answer on

TEXTS: Final = (
    "call_id", "call_key", "direction", "leg", "caller", "display", "callee", "result", "purpose", "agent_id",
    "agent_kind", "line_id", "team_id", "gateway",
)  # fmt: skip

# Words that people write in a mapping file, beside our own.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "direction": {"呼出": "out", "呼入": "in", "内部": "internal"},
    "agent_kind": {"人工": "human", "机器人": "robot"},
    "result": {
        "接通": "answered",
        "已接通": "answered",
        "忙": "busy",
        "用户忙": "busy",
        "无人接听": "no_answer",
        "未接": "no_answer",
        "失败": "failed",
        "取消": "cancelled",
        "拒接": "rejected",
        "平台拦截": "blocked",
    },
}


def overridden(fields: Fields, columns: Columns, mapping: FileMapping, zone: str) -> Fields:
    """``fields`` with everything in its place that ``mapping`` says; NianjianError ``mapping_column_unknown``."""
    changes: dict[str, object] = {"trunk_prefixes": tuple(mapping.trunk_prefixes) or fields.trunk_prefixes}
    origin = dict(fields.columns)
    texts = dict(fields.texts)
    for field, wanted in mapping.columns.items():
        if isinstance(wanted, tuple):
            names = [raw_name(columns, one) for one in wanted]
            # An id of several cells: none of them alone tells two calls apart.
            changes[field] = f"concat_ws('|', {', '.join(map(quoted, names))})"
            origin[field] = names[0]
            continue
        name = raw_name(columns, wanted)
        if field in TIMES:
            form = mapping.formats.get(field)
            changes[field] = formatted(quoted(name), form, zone) if form else either(quoted(name), zone)
            texts[field] = name
        elif field in TEXTS:
            # A context or type that the mapping does not name keeps the way that the source gives it.
            other = (
                f"({fields.direction})::varchar" if field == "direction" and mapping.values.get(field) else quoted(name)
            )
            changes[field] = _translated(field, quoted(name), mapping, other)
        if field not in SPANS:
            origin[field] = name
    _follow(fields, columns, mapping, changes, origin, texts)
    for field, pairs in mapping.values.items():
        if ANY_OTHER in pairs and field not in mapping.columns and field in TEXTS:
            changes[field] = _translated(field, getattr(fields, field), mapping, NULL)
    if mapping.display_from:
        names = [raw_name(columns, wanted) for wanted in mapping.display_from]
        changes["display"] = first_of(quoted(name) for name in names)
        origin["display"] = names[0]
    if "result" in mapping.columns and "delivered" not in changes:
        changes["delivered"] = f"coalesce({changes['result']} <> 'blocked', true)"
    return replace(fields, columns=origin, texts=texts, **changes)  # type: ignore[arg-type] # by field name


def _follow(  # noqa: PLR0917 - one step of `overridden`, over its own values
    fields: Fields,
    columns: Columns,
    mapping: FileMapping,
    changes: dict[str, object],
    origin: dict[str, str],
    texts: dict[str, str],
) -> None:
    """The end out of the start and how long it lasted, or the start out of the end, where only one of them is there."""
    names = {
        span: raw_name(columns, said) for span in SPANS if isinstance(said := mapping.columns.get(span), str | int)
    }
    if not names:
        return
    lasted = {span: duration_in(quoted(name), mapping.formats.get(span, "seconds")) for span, name in names.items()}
    start, answer, end = (str(changes.get(field, getattr(fields, field))) for field in ("start", "answer", "end"))
    whole, talk = lasted.get("duration"), lasted.get("talk")
    name = next(iter(names.values()))
    if "end" not in mapping.columns:
        later = [seconds_after(start, whole)] if whole else []
        later += [seconds_after(first_of((answer, start)), talk)] if talk else []
        changes["end"] = first_of((end, *later))
        if end == NO_TIME or "end" not in texts:
            origin["end"] = texts["end"] = name
    if start == NO_TIME and end != NO_TIME:
        earlier = [seconds_after(end, f"-{whole}")] if whole else []
        earlier += [answer, *([seconds_after(end, f"-{talk}")] if talk else [])]
        changes["start"] = first_of(earlier)
        origin["start"] = texts["start"] = name


def raw_name(columns: Columns, wanted: str | int) -> str:
    """The raw column that a mapping file names by header or by position, the first being 1."""
    if isinstance(wanted, int):
        if not 1 <= wanted <= len(columns.names):
            raise _unknown(str(wanted), columns)
        return columns.names[wanted - 1]
    name = columns.find(wanted)
    if name is None:
        raise _unknown(wanted, columns)
    return name


def _unknown(wanted: str, columns: Columns) -> NianjianError:
    return NianjianError("mapping_column_unknown", column=wanted, known=closest(wanted, columns.names))


def _translated(field: str, cell: str, mapping: FileMapping, other: str) -> str:
    ours = WORDS.get(field, {})
    known = OURS.get(field, {})
    said = {theirs: known.get(word, word) for theirs, word in mapping.values.get(field, {}).items()}
    words = {**ours, **said}
    return choose(cell, words, otherwise=other) if words else cell
