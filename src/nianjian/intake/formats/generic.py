"""The generic call record: fifteen Chinese headers, their usual variants, or a mapping file.

What the file lacks is unknown, not wrong: only the id, the direction, the callee and the times start and end must
be there. Columns that nobody knows are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from nianjian.intake.format import Fields, FileMapping, Format, Layout, Sample
from nianjian.intake.mapping import FIELDS
from nianjian.intake.moments import either, formatted
from nianjian.intake.vendor.columns import Columns, plain
from nianjian.intake.vendor.overrides import TIMES, overridden
from nianjian.intake.vendor.sql import NO_TIME, NULL, choose, quoted
from nianjian.intake.vendor.tables import is_json, names, table

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "call_id": ("通话ID", "通话标识", "呼叫ID", "记录ID", "流水号", "通话流水号", "call_id", "callid", "id", "uuid"),
    "direction": ("呼叫方向", "呼叫类型", "通话类型", "类型", "direction", "call_direction"),
    "caller": ("主叫", "主叫号", "主叫电话", "caller", "caller_number", "calling_number", "src"),
    "display": ("外显", "外显号", "显示号码", "主叫外显", "外呼显示号码", "display", "display_number", "show_number"),
    "callee": ("被叫", "被叫号", "被叫电话", "客户号码", "callee", "callee_number", "called_number", "called", "dst"),
    "start": ("呼叫时间", "呼叫开始时间", "起始时间", "发起时间", "通话开始时间", "start", "start_time"),
    "ring": ("响铃时间", "ring", "ring_time"),
    "answer": ("应答时间", "接听时间", "answer", "answer_time"),
    "end": ("挂断时间", "通话结束时间", "挂机时间", "end", "end_time", "hangup_time"),
    "result": ("呼叫结果", "通话结果", "接通状态", "通话状态", "状态", "result", "status", "disposition"),
    "agent_id": ("坐席", "座席编号", "座席", "坐席工号", "座席工号", "工号", "agent", "agent_id"),
    "agent_kind": ("座席类型", "agent_kind", "agent_type"),
    "line_id": ("线路", "中继", "中继线", "中继编号", "line", "line_id", "trunk"),
    "team_id": ("团队编号", "班组", "外包团队", "team", "team_id"),
    "purpose": ("呼叫用途", "业务用途", "purpose"),
}

NEEDED: Final = ("direction", "callee", "start")

DIRECTIONS: Final = {
    **dict.fromkeys(("呼出", "外呼", "去电", "主叫", "out", "outbound", "OUT", "OUTBOUND", "Outbound", "Out"), "out"),
    **dict.fromkeys(("呼入", "来电", "被叫", "in", "inbound", "IN", "INBOUND", "Inbound", "In"), "in"),
    **dict.fromkeys(("内部", "内部呼叫", "内线", "internal", "INTERNAL", "Internal"), "internal"),
}

# The engine tries the words in this order: the frequent ones stand first.
RESULTS: Final = {
    "接通": "answered",
    "未接": "no_answer",
    "已接通": "answered",
    "未接通": "no_answer",
    "无人接听": "no_answer",
    "忙线": "busy",
    "平台拦截": "blocked",
    **dict.fromkeys(("已接", "已接听", "应答", "成功", "answered", "ANSWERED", "Answered"), "answered"),
    **dict.fromkeys(("未接听", "无应答", "振铃未接", "no_answer", "NO ANSWER", "no answer"), "no_answer"),
    **dict.fromkeys(("忙", "用户忙", "被叫忙", "遇忙", "占线", "busy", "BUSY"), "busy"),
    **dict.fromkeys(
        ("失败", "呼叫失败", "空号", "关机", "停机", "不在服务区", "无法接通", "线路故障", "failed", "FAILED"), "failed"
    ),
    **dict.fromkeys(("取消", "已取消", "主叫取消", "主叫挂断", "cancelled", "canceled", "CANCEL"), "cancelled"),
    **dict.fromkeys(("拒接", "被叫拒接", "用户拒接", "拒绝", "rejected", "REJECTED"), "rejected"),
    **dict.fromkeys(("拦截", "blocked", "BLOCKED"), "blocked"),
}

KINDS: Final = {
    "人工": "human",
    "机器人": "robot",
    **dict.fromkeys(("人工坐席", "人", "human", "HUMAN", "Human"), "human"),
    **dict.fromkeys(("智能", "智能坐席", "AI", "ai", "robot", "ROBOT", "Robot"), "robot"),
}

TESTS: Final = "('测试', '拨测', 'test', 'TEST', 'Test')"

_TEXTS: Final = ("call_id", "direction", "caller", "display", "callee", "result", "agent_id", "agent_kind")


def wanted(field: str) -> tuple[str, ...]:
    """Every header under which a field may stand, the contract's own first."""
    return (FIELDS[field], *ALIASES[field])


def recognise(sample: Sample) -> int:
    """90 with the contract's own headers, 40 with their variants; a vendor's own names score higher."""
    have = names(sample)
    own = sum(plain(header) in have for header in FIELDS.values())
    if not all(any(plain(name) in have for name in wanted(field)) for field in NEEDED):
        return 0
    return 90 if own >= len(NEEDED) else 40


_KNOWN: Final = tuple(FIELDS.values())
_TABLE: Final = table(_KNOWN)
_NUMBER: Final = re.compile(r"\d{7,}|\d{4}[-/年]\d")


def layout(sample: Sample, mapping: FileMapping) -> Layout:
    """A table with a header, or without one where the mapping speaks of positions only and line 1 is data."""
    positions = mapping.columns and all(isinstance(column, int) for column in mapping.columns.values())
    if positions and not is_json(sample) and any(_NUMBER.search(cell) for cell in sample.header):
        count = len(sample.header)
        return Layout(columns=tuple(f"column{n + 1}" for n in range(count)), delimiter=sample.delimiter)
    return _TABLE(sample, mapping)


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over the generic columns; the mapping file has the last word."""
    columns = Columns(layout.columns)
    found_times = {field: name for field in TIMES if (name := columns.find(*wanted(field))) is not None}
    clock = {
        field: formatted(quoted(name), mapping.formats[field], zone)
        if field in mapping.formats
        else either(quoted(name), zone)
        for field, name in found_times.items()
    }
    cell = {field: columns.cell(*wanted(field)) for field in FIELDS}
    mapping = _our_words(mapping)
    words = {field: mapping.values.get(field, {}) for field in FIELDS}
    result = choose(
        cell["result"],
        {**RESULTS, **words["result"]},
        otherwise=f"case when {cell['result']} is not null then 'unknown' end",
    )
    found = overridden(
        Fields(
            call_id=cell["call_id"],
            direction=choose(cell["direction"], {**DIRECTIONS, **words["direction"]}),
            caller=cell["caller"],
            display=cell["display"],
            callee=cell["callee"],
            start=clock.get("start", NO_TIME),
            ring=clock.get("ring", NO_TIME),
            answer=clock.get("answer", NO_TIME),
            end=clock.get("end", NO_TIME),
            texts=found_times,
            columns=found_times | columns.origin(**{field: wanted(field) for field in _TEXTS}),
            result=result,
            purpose=_said(cell["purpose"], words["purpose"]),
            agent_id=_said(cell["agent_id"], words["agent_id"]),
            agent_kind=choose(cell["agent_kind"], {**KINDS, **words["agent_kind"]}, otherwise=cell["agent_kind"]),
            line_id=_said(cell["line_id"], words["line_id"]),
            team_id=_said(cell["team_id"], words["team_id"]),
        ),
        columns,
        mapping,
        zone,
    )
    return _derived(found, answer_known="answer" in found.columns, result_known="result" in found.columns)


def _said(cell: str, words: Mapping[str, str]) -> str:
    return choose(cell, words, otherwise=cell) if words and cell != NULL else cell


def _derived(found: Fields, *, answer_known: bool, result_known: bool) -> Fields:
    """What follows from result and purpose: delivered, test, and answered where no answer time is given."""
    changes: dict[str, str] = {}
    if found.purpose != NULL:
        changes["test"] = f"coalesce({found.purpose} in {TESTS}, false)"
    if result_known:
        changes["delivered"] = f"({found.result} is distinct from 'blocked')"
    if not answer_known and result_known:
        changes["answered"] = f"coalesce({found.result} = 'answered', false)"
    return replace(found, **changes)  # type: ignore[arg-type] # by field name


def _our_words(mapping: FileMapping) -> FileMapping:
    """The mapping with our words for its own: 呼出 or out, 平台拦截 or blocked."""
    ours = {"direction": DIRECTIONS, "result": RESULTS, "agent_kind": KINDS}
    known = {field: dict(pairs) for field, pairs in mapping.values.items()}
    for field, words in ours.items():
        said = {theirs: words.get(word, word) for theirs, word in known.get(field, {}).items()}
        if field in mapping.columns:
            known[field] = {**words, **said}
        elif said:
            known[field] = said
    return replace(mapping, values=known)


FORMAT: Final = Format(
    name="generic",
    title="通用话单",
    recognise=recognise,
    layout=layout,
    fields=fields,
    evidence="contract",
)
