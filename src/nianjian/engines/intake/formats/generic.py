"""The generic call record: fifteen Chinese headers, their usual variants, or a mapping file.

What the file lacks is unknown, not wrong: only the id, the direction, the callee and the times start and end must
be there. Columns that nobody knows are kept.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from nianjian.engines.intake.columns import DIRECTIONS, KINDS, OURS, RESULTS, Columns, join_masked_names, plain_name
from nianjian.engines.intake.format import Fields, FileMapping, Format, Layout, Sample
from nianjian.engines.intake.mapping import FIELDS, SPAN_FIELDS, TIMES, apply_mapping, raw_name
from nianjian.engines.intake.sql import ANY_OTHER, NULL, any_time, choose_word, time_by_format, to_seconds
from nianjian.engines.intake.tables import (
    column_names,
    field_names,
    is_json,
    read_sample_records,
    records_layout,
    table_layout,
)
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.schema import quoted

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "call_id": (
        "通话ID", "通话标识", "呼叫ID", "记录ID", "话单编号", "话单号", "通话编号", "流水号", "通话流水号",
        "呼叫流水号", "call_id", "callid", "id", "uuid",
    ),
    "direction": ("呼叫方向", "呼叫类型", "通话类型", "类型", "direction", "call_direction"),
    "caller": ("主叫", "主叫号", "主叫电话", "caller", "caller_number", "calling_number", "src"),
    "display": ("外显", "外显号", "显示号码", "主叫外显", "外呼显示号码", "display", "display_number", "show_number"),
    "callee": (
        "被叫", "被叫号", "被叫电话", "客户号码", "客户电话", "callee", "callee_number", "called_number", "called",
        "dst",
    ),
    "start": (
        "呼叫时间", "呼叫开始时间", "起始时间", "发起时间", "通话开始时间", "拨打时间", "呼出时间", "start",
        "start_time",
    ),
    "ring": ("响铃时间", "ring", "ring_time"),
    "answer": ("应答时间", "接听时间", "answer", "answer_time"),
    "end": ("挂断时间", "通话结束时间", "呼叫结束时间", "挂机时间", "end", "end_time", "hangup_time"),
    "result": ("呼叫结果", "通话结果", "接通状态", "通话状态", "呼叫状态", "接听状态", "应答状态",
        "是否接通", "状态", "result", "status", "disposition"),
    "agent_id": ("坐席", "座席编号", "座席", "坐席工号", "座席工号", "工号", "agent", "agent_id"),
    "agent_kind": ("座席类型", "agent_kind", "agent_type"),
    "line_id": ("线路", "中继", "中继线", "中继编号", "line", "line_id", "trunk"),
    "team_id": ("团队编号", "班组", "外包团队", "team", "team_id"),
    "purpose": ("呼叫用途", "业务用途", "purpose"),
}  # fmt: skip

TALK: Final = ("通话时长", "通话时长(秒)", "时长", "时长(秒)", "billsec")  # from the answer on
WHOLE: Final = ("呼叫时长", "呼叫时长(秒)", "总时长", "duration")  # from the start on

FAMILIAR: Final = 3  # fields that a header of calls shows at least

NEEDED: Final = ("direction", "callee", "start")
WITHOUT: Final = ("call_id", *NEEDED, "end")  # every row would be rejected without one of them

TESTS: Final = "('测试', '拨测', 'test', 'TEST', 'Test')"

_TEXTS: Final = ("call_id", "direction", "caller", "display", "callee", "result", "agent_id", "agent_kind")


def list_headers(field: str) -> tuple[str, ...]:
    """Every header under which a field may stand, the contract's own first."""
    return (FIELDS[field], *ALIASES[field])


def recognise(sample: Sample) -> int:
    """90 with the contract's own headers, 40 with their variants; a vendor's own names score higher."""
    have = _names(sample)
    own = sum(plain_name(header) in have for header in FIELDS.values())
    if not all(any(plain_name(name) in have for name in list_headers(field)) for field in NEEDED):
        return 0
    return 90 if own >= len(NEEDED) else 40


def is_familiar(sample: Sample) -> bool:
    """Whether the header, though it lacks something, is plainly one of calls."""
    have = _names(sample)
    return sum(any(plain_name(name) in have for name in list_headers(field)) for field in FIELDS) >= FAMILIAR


def _names(sample: Sample) -> frozenset[str]:
    """Plain names of the header, in JSON of the first record: a file of events has all sorts of keys further down."""
    if not is_json(sample):
        return field_names(sample)
    return frozenset(
        plain_name(key) for record in read_sample_records(sample, _groups(FileMapping())).records[:1] for key in record
    )


def require_columns(sample: Sample, mapping: FileMapping) -> None:
    """NianjianError ``columns_needed`` (what is missing, what to write) where every single row would be rejected."""
    if mapping.columns and all(isinstance(one, int) for one in mapping.columns.values()):
        return
    header = read_sample_records(sample, _groups(mapping)).keys if is_json(sample) else sample.header
    columns = Columns([cell for cell in header if cell])
    have = {field for field in FIELDS if columns.find(*list_headers(field))} | set(mapping.columns)
    have |= {field for field, words in mapping.values.items() if ANY_OTHER in words}
    if columns.find(*TALK, *WHOLE) or not have.isdisjoint(SPAN_FIELDS):
        have |= {"start", "end"} if have & {"start", "end"} else set()
    lacking = [field for field in WITHOUT if field not in have]
    if lacking:
        raise NianjianError(
            "columns_needed",
            file=sample.file or sample.name,
            fields=", ".join(f"{FIELDS[field]} ({field})" for field in lacking),
            columns=join_masked_names(columns.names)[:500],
            example=_example(lacking, columns),
        )


def _example(lacking: Sequence[str], columns: Columns) -> str:
    """Lines for the mapping file: an id made of what tells calls apart, a fixed direction, and gaps to fill in."""
    written = {field: f"{field}: ?" for field in lacking}
    parts = [name for field in ("caller", "callee", "start") if (name := columns.find(*list_headers(field)))]
    if "call_id" in written and len(parts) == len(WITHOUT) - 2:
        written["call_id"] = f"call_id: [{', '.join(parts)}]"
    values = ""
    if written.pop("direction", None):
        values = f"values: {{direction: {{{ANY_OTHER!r}: 呼出}}}}".replace("'", '"')
    listed = f"columns: {{{', '.join(written.values())}}}" if written else ""
    return " / ".join(line for line in (listed, values) if line)


def _groups(mapping: FileMapping) -> list[tuple[str, ...]]:
    """The names by which a JSON file may call a field, the durations and whatever the mapping names as well."""
    fields = [list_headers(field) for field in FIELDS if field not in mapping.columns]
    return [*fields, TALK, WHOLE, *((name,) for name in column_names(mapping))]


_TABLE: Final = table_layout(())  # of delimited text; JSON has `records`
_NUMBER: Final = re.compile(r"\d{7,}|\d{4}[-/年]\d")


def layout(sample: Sample, mapping: FileMapping) -> Layout:
    """A table with a header, or without one where the mapping speaks of positions only and line 1 is data.

    NianjianError ``mapping_column_unknown``: a key that the mapping names and the beginning of JSON does not show.
    """
    positions = mapping.columns and all(isinstance(column, int) for column in mapping.columns.values())
    if positions and not is_json(sample) and any(_NUMBER.search(cell) for cell in sample.header):
        count = len(sample.header)
        return Layout(columns=tuple(f"column{n + 1}" for n in range(count)), delimiter=sample.delimiter)
    if not is_json(sample):
        return _TABLE(sample, mapping)
    groups = _groups(mapping)
    keys = Columns(read_sample_records(sample, groups).keys)
    for name in column_names(mapping):
        raw_name(keys, name)
    return records_layout(sample, groups, late=[group for group in groups if group not in (TALK, WHOLE)])


def fields(layout: Layout, mapping: FileMapping, zone: str) -> Fields:
    """Expressions over the generic columns; the mapping file has the last word."""
    columns = Columns(layout.columns)
    times = {field: name for field in TIMES if (name := columns.find(*list_headers(field))) is not None}
    clock = {
        field: time_by_format(quoted(name), mapping.formats[field], zone)
        if field in mapping.formats
        else any_time(quoted(name), zone)
        for field, name in times.items()
    }
    talk = _column(columns, mapping, "talk", TALK)
    mapping = _with_duration(mapping, talk, columns.find(*WHOLE), times, layout)
    cell = {field: columns.cell(*list_headers(field)) for field in FIELDS}
    mapping = _with_our_words(mapping)
    words = {field: mapping.values.get(field, {}) for field in FIELDS}
    unknown = f"case when {cell['result']} is not null then 'unknown' end"
    plain = {field: _word_of(cell[field], words[field]) for field in ("purpose", "agent_id", "line_id", "team_id")}
    exprs = Fields(
        call_id=cell["call_id"],
        direction=choose_word(cell["direction"], {**DIRECTIONS, **words["direction"]}, kind="direction_word"),
        caller=cell["caller"],
        display=cell["display"],
        callee=cell["callee"],
        texts=times,
        columns=times | columns.origin(**{field: list_headers(field) for field in _TEXTS}),
        result=choose_word(cell["result"], {**RESULTS, **words["result"]}, unknown, kind="result_word"),
        agent_kind=choose_word(cell["agent_kind"], {**KINDS, **words["agent_kind"]}, otherwise=cell["agent_kind"]),
        **clock,  # type: ignore[arg-type] # by field name
        **plain,  # type: ignore[arg-type] # by field name
    )
    exprs = apply_mapping(exprs, columns, mapping, zone)
    has_result = "result" in exprs.columns or ANY_OTHER in words["result"]
    return _derive_fields(exprs, layout, talk=talk, result_told=has_result)


def _column(columns: Columns, mapping: FileMapping, field: str, names: Sequence[str]) -> str | None:
    """The raw column that the mapping names, else the first of ``names``."""
    said = mapping.columns.get(field)
    return raw_name(columns, said) if isinstance(said, str | int) else columns.find(*names)


def _with_duration(
    mapping: FileMapping, talk: str | None, whole: str | None, times: Mapping[str, str], layout: Layout
) -> FileMapping:
    """The mapping with a column that says how long it lasted, where a file has no end, or no start."""
    said = mapping.columns
    missing = [field for field in ("start", "end") if field not in said and times.get(field) in {None, *layout.late}]
    if not missing or any(span in said for span in SPAN_FIELDS) or not (talk or whole):
        return mapping
    span = {"talk": talk} if talk else {"duration": str(whole)}
    return replace(mapping, columns={**said, **span})


def _word_of(cell: str, words: Mapping[str, str]) -> str:
    return choose_word(cell, words, otherwise=cell) if words and cell != NULL else cell


def _derive_fields(exprs: Fields, layout: Layout, *, talk: str | None, result_told: bool) -> Fields:
    """What follows from result and purpose: delivered, test, and answered where no answer time is given."""
    changes: dict[str, str] = {}
    if exprs.purpose != NULL:
        changes["test"] = f"coalesce({exprs.purpose} in {TESTS}, false)"
    if result_told:
        changes["delivered"] = "(__f_result is distinct from 'blocked')"
    if exprs.columns.get("answer") in (None, *layout.late):
        changes["answered"] = _is_answered(exprs, talk=talk, result_told=result_told)
    return replace(exprs, **changes)  # type: ignore[arg-type] # by field name


def _is_answered(exprs: Fields, *, talk: str | None, result_told: bool) -> str:
    """Without a column that is sure to give the answer time: by what the row tells, NULL where nothing does."""
    whens: list[str] = []
    if "answer" in exprs.columns:
        whens.append(f"when {exprs.answer} is not null then coalesce({exprs.end} > {exprs.answer}, false)")
    if result_told:
        whens.append(f"when {exprs.result} is not null then {exprs.result} = 'answered'")
    if talk is not None:
        whens.append(f"when {quoted(talk)} is not null then {to_seconds(quoted(talk))} > 0")
    return f"(case {' '.join(whens)} end)" if whens else "NULL::BOOLEAN"


def _with_our_words(mapping: FileMapping) -> FileMapping:
    """The mapping with our words for its own: 呼出 or out, 平台拦截 or blocked."""
    values = {field: dict(pairs) for field, pairs in mapping.values.items()}
    for field, words in OURS.items():
        said = {theirs: words.get(word, word) for theirs, word in values.get(field, {}).items()}
        if field in mapping.columns:
            values[field] = {**words, **said}
        elif said:
            values[field] = said
    return replace(mapping, values=values)


FORMAT: Final = Format("generic", "通用话单", recognise, layout, fields, evidence="contract")
