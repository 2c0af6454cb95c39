"""The mapping file: YAML that says how a file is read, alone or over what a known source says."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from nianjian.engines.intake.columns import OURS, Columns, closest_names
from nianjian.engines.intake.format import Fields, FileMapping
from nianjian.engines.intake.sql import (
    ANY_OTHER,
    NO_TIME,
    NULL,
    UNITS,
    any_time,
    choose_word,
    epoch_time,
    first_of,
    require_zone,
    seconds_after,
    time_by_format,
    to_seconds_in,
)
from nianjian.engines.kernel import yaml_text
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import wrap_read_errors
from nianjian.engines.lake.schema import quoted

TIMES: Final = ("start", "ring", "answer", "end")

SPAN_FIELDS: Final = ("duration", "talk")  # of the whole call, and from the answer on

TEXTS: Final = (
    "call_id", "call_key", "direction", "leg", "caller", "display", "callee", "result", "purpose", "agent_id",
    "agent_kind", "line_id", "team_id", "gateway",
)  # fmt: skip

# Words that people write in a mapping file, beside our own.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "direction": {"呼出": "out", "呼入": "in", "内部": "internal"},
    "agent_kind": {"人工": "human", "机器人": "robot"},
    "result": {
        "接通": "answered", "已接通": "answered", "忙": "busy", "用户忙": "busy", "无人接听": "no_answer",
        "未接": "no_answer", "失败": "failed", "取消": "cancelled", "拒接": "rejected", "平台拦截": "blocked",
    },
}  # fmt: skip


def apply_mapping(fields: Fields, columns: Columns, mapping: FileMapping, zone: str) -> Fields:
    """``fields`` with everything in its place that ``mapping`` says; NianjianError ``mapping_column_unknown``."""
    changes: dict[str, object] = {"trunk_prefixes": tuple(mapping.trunk_prefixes) or fields.trunk_prefixes}
    origin = dict(fields.columns)
    texts = dict(fields.texts)
    for field, column in mapping.columns.items():
        if isinstance(column, tuple):
            names = [raw_name(columns, one) for one in column]
            # An id of several cells: none of them alone tells two calls apart.
            changes[field] = f"concat_ws('|', {', '.join(map(quoted, names))})"
            origin[field] = names[0]
            continue
        name = raw_name(columns, column)
        if field in TIMES:
            form = mapping.formats.get(field)
            changes[field] = time_by_format(quoted(name), form, zone) if form else any_time(quoted(name), zone)
            texts[field] = name
        elif field in TEXTS:
            # A context or type that the mapping does not name keeps the way that the source gives it.
            other = (
                f"({fields.direction})::varchar" if field == "direction" and mapping.values.get(field) else quoted(name)
            )
            changes[field] = _translate_words(field, quoted(name), mapping, other)
        if field not in SPAN_FIELDS:
            origin[field] = name
    _derive_times(fields, columns, mapping, changes, origin, texts)
    for field, pairs in mapping.values.items():
        if ANY_OTHER in pairs and field not in mapping.columns and field in TEXTS:
            changes[field] = _translate_words(field, getattr(fields, field), mapping, NULL)
    if mapping.display_from:
        names = [raw_name(columns, column) for column in mapping.display_from]
        changes["display"] = first_of(quoted(name) for name in names)
        origin["display"] = names[0]
    if "result" in mapping.columns and "delivered" not in changes:
        changes["delivered"] = f"coalesce({changes['result']} <> 'blocked', true)"
    return replace(fields, columns=origin, texts=texts, **changes)  # type: ignore[arg-type] # by field name


def _derive_times(  # noqa: PLR0917 - one step of `apply_mapping`, over its own values
    fields: Fields,
    columns: Columns,
    mapping: FileMapping,
    changes: dict[str, object],
    origin: dict[str, str],
    texts: dict[str, str],
) -> None:
    """The end out of the start and how long it lasted, or the start out of the end, where only one of them is there."""
    names = {
        span: raw_name(columns, said)
        for span in SPAN_FIELDS
        if isinstance(said := mapping.columns.get(span), str | int)
    }
    if not names:
        return
    lasted = {span: to_seconds_in(quoted(name), mapping.formats.get(span, "seconds")) for span, name in names.items()}
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


def raw_name(columns: Columns, column: str | int) -> str:
    """The raw column that a mapping file names by header or by position, the first being 1."""
    if isinstance(column, int):
        name = columns.names[column - 1] if 1 <= column <= len(columns.names) else None
    else:
        name = columns.find(column)
    if name is None:
        closest = closest_names(str(column), columns.names)
        raise NianjianError("mapping_column_unknown", column=str(column), known=closest)
    return name


def _translate_words(field: str, cell: str, mapping: FileMapping, other: str) -> str:
    ours = OURS.get(field, {})
    said = {theirs: ours.get(word, word) for theirs, word in mapping.values.get(field, {}).items()}
    words = {**WORDS.get(field, {}), **said}
    return choose_word(cell, words, otherwise=other) if words else cell


# Our field -> the header of the generic form; a mapping file may use either.
FIELDS: Final = {
    "call_id": "话单ID", "direction": "方向", "caller": "主叫号码", "display": "外显号码", "callee": "被叫号码",
    "start": "开始时间", "ring": "振铃时间", "answer": "接通时间", "end": "结束时间", "result": "结果",
    "agent_id": "坐席编号", "agent_kind": "坐席类型", "line_id": "线路编号", "team_id": "团队", "purpose": "用途",
}  # fmt: skip

# How long a call or its talk lasted, where a file has no end (or no start): formats say its unit.
SPANS: Final = {"duration": "呼叫时长", "talk": "通话时长"}

_BY_HEADER: Final = {header: name for name, header in (FIELDS | SPANS).items()}
_TIMES: Final = {name: FIELDS[name] for name in TIMES}
FORMATS: Final = ("iso", "epoch", "epoch_s", "epoch_ms", "epoch_us", "excel", '"%Y-%m-%d %H:%M:%S"')

_FORM: Final = re.compile("(?=.*%[^%])(?:[^%]|%(?:-?[dmyHIMSj]|[abcfghnpuwxzABGTUVWXYZ%]))+", re.DOTALL)
_SHOWN: Final = 80  # characters of what will not do

# Every key, and how it is written.
KEYS: Final = {
    "source": "source: crm",
    "columns": 'columns: {start: "拨打时间"}',
    "formats": 'formats: {start: "%Y-%m-%d %H:%M:%S"}',
    "timezone": "timezone: Asia/Shanghai",
    "values": 'values: {direction: {"OB": 呼出, "*": 呼入}}',
    "trunk_prefixes": 'trunk_prefixes: ["9"]',
    "display_from": 'display_from: ["外显", "主叫"]',
    "cdr_custom_conf": "cdr_custom_conf: cdr_custom.conf",
}


class _MappingError(Exception):
    """``key`` and its ``value``: what will not do; ``allowed``: what will, for people."""

    def __init__(self, key: str, allowed: str, value: object = None) -> None:
        super().__init__(key, allowed)
        self.key, self.allowed = (key if value is None else f"{key}: {value}")[:_SHOWN], allowed


def read_mapping(path: str | Path) -> FileMapping:
    """Parse and check it.

    NianjianError ``file_missing``, ``file_unreadable``, ``mapping_invalid`` (key, allowed), and what `yaml_text.parsed`
    raises.

    ``columns`` gives for each field the file's header or a position counted from 1; for call_id a list of them too.
    """
    with wrap_read_errors(Path(path)):
        content = Path(path).read_bytes()
    data = yaml_text.parsed(content, str(path))
    try:
        return _parse_mapping(data, str(Path(path).parent))
    except _MappingError as fault:
        raise NianjianError("mapping_invalid", file=str(path), key=fault.key, allowed=fault.allowed) from fault


def _parse_mapping(data: object, base: str) -> FileMapping:
    if not isinstance(data, Mapping):
        raise _MappingError(str(data)[:40], KEYS["columns"])
    for key in data:
        if key not in KEYS:
            raise _MappingError(str(key), closest_names(str(key), KEYS))
    zone = _text(data, "timezone")
    return FileMapping(
        source=_text(data, "source"),
        columns={_field(name, FIELDS | SPANS): _column(name, value) for name, value in _table(data, "columns").items()},
        formats=dict(_format(name, value) for name, value in _table(data, "formats").items()),
        timezone=None if zone is None else require_zone(zone),
        values={_field(name): _words(_field(name), value) for name, value in _table(data, "values").items()},
        trunk_prefixes=_list(data, "trunk_prefixes"),
        display_from=_list(data, "display_from"),
        cdr_custom_conf=_text(data, "cdr_custom_conf"),
        base=base,
    )


def _text(data: Mapping[str, object], key: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise _MappingError(key, KEYS[key], value)
    return value


def _table(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    table = data.get(key) or {}
    if not isinstance(table, Mapping):
        raise _MappingError(key, KEYS[key], table)
    return {str(name): value for name, value in table.items()}


def _list(data: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = data.get(key) or []
    if not isinstance(value, str | int | list):
        raise _MappingError(key, KEYS[key], value)
    return tuple(str(one) for one in (value if isinstance(value, list) else [value]))


def _field(name: str, among: Mapping[str, str] = FIELDS) -> str:
    field = _BY_HEADER.get(name, name)
    if field not in among:
        raise _MappingError(name, closest_names(name, [f"{one} ({header})" for one, header in among.items()]))
    return field


def _column(field: str, value: object) -> str | int | tuple[str | int, ...]:
    if isinstance(value, list) and value and _BY_HEADER.get(field, field) == "call_id":
        return tuple(_single(field, one) for one in value)
    return _single(field, value)


def _single(field: str, value: object) -> str | int:
    good = (isinstance(value, str) and value.strip()) or (isinstance(value, int) and value >= 1)
    if isinstance(value, bool) or not isinstance(value, str | int) or not good:
        raise _MappingError(field, f'{field}: "拨打时间", {field}: 1', value)
    return value


def _format(name: str, value: object) -> tuple[str, str]:
    field, form = _field(name, _TIMES | SPANS), str(value)
    allowed = UNITS if field in SPANS else FORMATS
    if form not in allowed and (field in SPANS or not _FORM.fullmatch(form)):
        raise _MappingError(name, closest_names(form, allowed), form)
    return field, form


def _words(field: str, pairs: object) -> dict[str, str]:
    """Their word -> ours; where ours are a closed list, nothing else."""
    if not isinstance(pairs, Mapping):
        raise _MappingError(field, KEYS["values"], pairs)
    ours = OURS.get(field)
    for word in pairs.values():
        if ours is not None and str(word) not in ours and str(word) not in ours.values():
            raise _MappingError(field, closest_names(str(word), dict.fromkeys((*ours, *ours.values()))), word)
    return {str(theirs): str(word) for theirs, word in pairs.items()}


# The four times of a vendor's row, with the difference between "not set" and "unreadable" kept.

# Vendors write 0 (and one of them -1) for a time that never came.
_NOT_SET = "[-+]?[01]?|0+([.]0*)?|null|NULL"


def read_epochs(column: str, _zone: str) -> str:
    """Of a source that writes seconds or milliseconds since 1970, wherever it stands."""
    return epoch_time(column)


def read_times(
    columns: Columns,
    mapping: FileMapping,
    zone: str,
    read: Callable[[str, str], str] = any_time,
    **fields: Sequence[str],
) -> Fields:
    """Only the times, to be completed by `replace`. ``read`` turns a column of a zone into a TIMESTAMP.

    ``fields``: start, ring, answer, end -> names to look for; several names of one field are tried in turn in each row.
    A mapping's own column and format of a field win, also in what follows from it: an end that is the start and a
    duration.
    """
    built: dict[str, str] = {}
    origin: dict[str, str] = {}
    checks: list[tuple[str, str, str]] = []
    for field, headers in fields.items():
        names = list(dict.fromkeys(name for name in map(columns.find, headers) if name is not None))
        form, reader = mapping.formats.get(field), read
        if isinstance(said := mapping.columns.get(field), str | int):
            names, reader = [raw_name(columns, said)], any_time
        parts = [time_by_format(quoted(name), form, zone) if form else reader(quoted(name), zone) for name in names]
        built[field] = first_of((*parts, NO_TIME))
        if names:
            origin[field] = names[0]
        if field != "start":
            for name, part in zip(names, parts, strict=True):
                unset = f"regexp_full_match({quoted(name)}, '{_NOT_SET}')"
                fault = f"{quoted(name)} is not null and not {unset} and {part} is null"
                checks.append((f"{field}_unreadable", name, fault))
    texts = {"start": origin["start"]} if "start" in origin else {}
    return Fields(texts=texts, columns=origin, checks=tuple(checks), **built)  # type: ignore[arg-type] # by field name
