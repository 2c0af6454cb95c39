"""The mapping file: YAML that says how a file of no known source is to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from nianjian.engines.intake.format import FileMapping
from nianjian.engines.intake.moments import checked_zone
from nianjian.engines.intake.vendor.columns import closest
from nianjian.engines.intake.vendor.overrides import TIMES
from nianjian.engines.intake.vendor.sql import UNITS
from nianjian.engines.intake.vendor.words import OURS
from nianjian.engines.kernel import yaml_text
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import wrap_read_errors

# Our field -> the header of the generic form; a mapping file may use either.
FIELDS: Final = {
    "call_id": "话单ID",
    "direction": "方向",
    "caller": "主叫号码",
    "display": "外显号码",
    "callee": "被叫号码",
    "start": "开始时间",
    "ring": "振铃时间",
    "answer": "接通时间",
    "end": "结束时间",
    "result": "结果",
    "agent_id": "坐席编号",
    "agent_kind": "坐席类型",
    "line_id": "线路编号",
    "team_id": "团队",
    "purpose": "用途",
}

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


class _Fault(Exception):  # noqa: N818 - becomes an error where the file's name is known
    """``key`` and its ``value``: what will not do; ``allowed``: what will, for people."""

    def __init__(self, key: str, allowed: str, value: object = None) -> None:
        super().__init__(key, allowed)
        self.key, self.allowed = (key if value is None else f"{key}: {value}")[:_SHOWN], allowed


def read(path: str | Path) -> FileMapping:
    """Parse and check it.

    NianjianError ``file_missing``, ``file_unreadable``, ``mapping_invalid`` (key, allowed), and what `yaml_text.parsed`
    raises.

    ``columns`` gives for each field the file's header or a position counted from 1; for call_id a list of them too.
    """
    with wrap_read_errors(Path(path)):
        content = Path(path).read_bytes()
    data = yaml_text.parsed(content, str(path))
    try:
        return _checked(data, str(Path(path).parent))
    except _Fault as fault:
        raise NianjianError("mapping_invalid", file=str(path), key=fault.key, allowed=fault.allowed) from fault


def _checked(data: object, base: str) -> FileMapping:
    if not isinstance(data, Mapping):
        raise _Fault(str(data)[:40], KEYS["columns"])
    for key in data:
        if key not in KEYS:
            raise _Fault(str(key), closest(str(key), KEYS))
    zone = _text(data, "timezone")
    return FileMapping(
        source=_text(data, "source"),
        columns={_field(name, FIELDS | SPANS): _column(name, value) for name, value in _table(data, "columns").items()},
        formats=dict(_format(name, value) for name, value in _table(data, "formats").items()),
        timezone=None if zone is None else checked_zone(zone),
        values={_field(name): _words(_field(name), value) for name, value in _table(data, "values").items()},
        trunk_prefixes=_list(data, "trunk_prefixes"),
        display_from=_list(data, "display_from"),
        cdr_custom_conf=_text(data, "cdr_custom_conf"),
        base=base,
    )


def _text(data: Mapping[str, object], key: str) -> str | None:
    found = data.get(key)
    if found is not None and not isinstance(found, str):
        raise _Fault(key, KEYS[key], found)
    return found


def _table(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = data.get(key) or {}
    if not isinstance(found, Mapping):
        raise _Fault(key, KEYS[key], found)
    return {str(name): value for name, value in found.items()}


def _list(data: Mapping[str, object], key: str) -> tuple[str, ...]:
    found = data.get(key) or []
    if not isinstance(found, str | int | list):
        raise _Fault(key, KEYS[key], found)
    return tuple(str(one) for one in (found if isinstance(found, list) else [found]))


def _field(name: str, among: Mapping[str, str] = FIELDS) -> str:
    found = _BY_HEADER.get(name, name)
    if found not in among:
        raise _Fault(name, closest(name, [f"{one} ({header})" for one, header in among.items()]))
    return found


def _column(field: str, value: object) -> str | int | tuple[str | int, ...]:
    if isinstance(value, list) and value and _BY_HEADER.get(field, field) == "call_id":
        return tuple(_single(field, one) for one in value)
    return _single(field, value)


def _single(field: str, value: object) -> str | int:
    good = (isinstance(value, str) and value.strip()) or (isinstance(value, int) and value >= 1)
    if isinstance(value, bool) or not isinstance(value, str | int) or not good:
        raise _Fault(field, f'{field}: "拨打时间", {field}: 1', value)
    return value


def _format(name: str, value: object) -> tuple[str, str]:
    field, form = _field(name, _TIMES | SPANS), str(value)
    allowed = UNITS if field in SPANS else FORMATS
    if form not in allowed and (field in SPANS or not _FORM.fullmatch(form)):
        raise _Fault(name, closest(form, allowed), form)
    return field, form


def _words(field: str, pairs: object) -> dict[str, str]:
    """Their word -> ours; where ours are a closed list, nothing else."""
    if not isinstance(pairs, Mapping):
        raise _Fault(field, KEYS["values"], pairs)
    ours = OURS.get(field)
    for word in pairs.values():
        if ours is not None and str(word) not in ours and str(word) not in ours.values():
            raise _Fault(field, closest(str(word), dict.fromkeys((*ours, *ours.values()))), word)
    return {str(theirs): str(word) for theirs, word in pairs.items()}
