"""The mapping file: YAML that says how a file of no known source is to be read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from nianjian.intake.format import FileMapping
from nianjian.intake.moments import checked_zone
from nianjian.kernel.errors import NianjianError

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

_BY_HEADER: Final = {header: name for name, header in FIELDS.items()}
_TIMES: Final = {"start", "ring", "answer", "end"}
_KEYS: Final = {
    "source", "columns", "formats", "timezone", "values", "trunk_prefixes", "display_from", "cdr_custom_conf",
}  # fmt: skip


def read(path: str | Path) -> FileMapping:
    """Parse and check it; NianjianError ``mapping_unreadable`` or ``mapping_invalid`` (key, value).

    ``columns`` gives for each field the file's header or a position counted from 1.
    """
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise NianjianError("mapping_unreadable", file=str(path), detail=str(error)) from error
    if not isinstance(data, Mapping):
        raise NianjianError("mapping_invalid", file=str(path), key="", value=type(data).__name__)
    for key in data:
        if key not in _KEYS:
            raise NianjianError("mapping_invalid", file=str(path), key=str(key), value="")
    try:
        return _checked(data, str(Path(path).parent))
    except (TypeError, ValueError, AttributeError) as error:
        raise NianjianError("mapping_invalid", file=str(path), key=str(error), value="") from error


def _checked(data: Mapping[str, object], base: str) -> FileMapping:
    zone = data.get("timezone")
    return FileMapping(
        source=None if data.get("source") is None else str(data["source"]),
        columns={_field(name): _column(value) for name, value in _table(data, "columns").items()},
        formats={_time(name): str(value) for name, value in _table(data, "formats").items()},
        timezone=None if zone is None else checked_zone(str(zone)),
        values={
            _field(name): {str(theirs): str(ours) for theirs, ours in pairs.items()}
            for name in _table(data, "values")
            for pairs in [_table(_table(data, "values"), name)]
        },
        trunk_prefixes=tuple(str(item) for item in _list(data, "trunk_prefixes")),
        display_from=tuple(str(item) for item in _list(data, "display_from")),
        cdr_custom_conf=None if data.get("cdr_custom_conf") is None else str(data["cdr_custom_conf"]),
        base=base,
    )


def _table(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = data.get(key) or {}
    if not isinstance(found, Mapping):
        raise ValueError(key)  # noqa: TRY004 - one error for every fault of the file
    return {str(name): value for name, value in found.items()}


def _list(data: Mapping[str, object], key: str) -> list[object]:
    found = data.get(key) or []
    if isinstance(found, str):
        return [found]
    if not isinstance(found, list):
        raise ValueError(key)  # noqa: TRY004 - one error for every fault of the file
    return found


def _field(name: str) -> str:
    found = _BY_HEADER.get(name, name)
    if found not in FIELDS:
        raise ValueError(name)
    return found


def _time(name: str) -> str:
    found = _field(name)
    if found not in _TIMES:
        raise ValueError(name)
    return found


def _column(value: object) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(str(value))  # noqa: TRY004 - one error for every fault of the file
    if isinstance(value, int) and value < 1:
        raise ValueError(str(value))
    return value
