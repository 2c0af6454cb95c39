"""Forward lists of 12321, 12300 and carriers, under whatever headers: map, preview and import them.

A ticket is known by (来源, 上级单号). A list opens tickets and fills what is not known of them; it never clears or
changes what is recorded. A list is one transaction with one audit entry; the same list again changes nothing. One that
waits for the worker lies sealed in the vault: it names who complained.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.engines.intake import rejects
from nianjian.engines.kernel import clock, yaml_text
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import content, require_size
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.complaints import queries
from nianjian.features.complaints.models import Complaint
from nianjian.features.complaints.sheet import COMPLAINTS, latest_moment
from nianjian.features.complaints.sla_warnings import alert_arrivals
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record
from nianjian.platform.home import folders
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Report
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers import columns
from nianjian.platform.registers.cells import OUTER
from nianjian.platform.registers.columns import Column, Kind, Row, Sheet, fold_header
from nianjian.platform.registers.sheet_reader import (
    Beginning,
    CheckResult,
    Finding,
    KeyedRow,
    Line,
    Table,
    check_table,
    read_beginning,
    read_sheet,
)
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.registers.versions import Plan, Source, column_values, write_plan
from nianjian.platform.registers.workbooks import mark_findings
from nianjian.platform.vault import blobs

#: What the list's sender knows; all that happens here is recorded here and never taken from a list.
UPSTREAM: Final = (
    "source", "reference", "accepted_at", "arrived_at", "complainant", "complained", "called_at", "duration",
    "category", "content",
)  # fmt: skip
KEYS: Final = {  # key of the file -> how it is written
    "source": 'source: "12321"',
    "columns": 'columns: {reference: "举报编号", complained: "被举报号码"}',
    "formats": 'formats: {accepted_at: "%Y%m%d%H%M%S"}',
    "values": 'values: {category: {"01": 营销骚扰}}',
}


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """``columns``: our field -> their header; ``formats``: field -> strptime form; ``values``: field -> theirs -> ours.

    Fields of several kinds of sheets may stand in one; each kind takes its own.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForwardMapping(SheetMapping):
    """``source``: the sender (stored code) where no column names it."""

    source: str | None = None


def map_column(column: Column, header: str | None, words: Mapping[str, str], taken: Collection[str]) -> Column | None:
    """A column as a file spells it: under their header, else under its names that are not taken; None for none left.

    ``words``: theirs -> ours; ``taken``: folded headers that mean other columns.
    """
    names = [header] if header else [one for one in (column.header, *column.aliases) if fold_header(one) not in taken]
    if not names:
        return None
    choices = {theirs: column.choices.get(ours, ours) for theirs, ours in words.items()} if column.choices else {}
    return replace(column, header=names[0], aliases=tuple(names[1:]), choices={**column.choices, **choices})


def reread_line(line: Line, table: Table, mapping: SheetMapping, *, zoned: bool = False) -> Line:
    """The line with moments, days and words as our sheet reads them; ``zoned``: an offset in a moment counts."""
    cells = list(line.cells)
    for place, column in table.columns.items():
        cell = cells[place] if place < len(cells) else None
        text = "" if cell is None else str(cell).strip(OUTER)
        if column.field in mapping.formats and text:
            try:
                moment = datetime.strptime(text, mapping.formats[column.field])  # noqa: DTZ007 -- wall time
            except (ValueError, re.error):  # a form that names the year twice is no regular expression
                continue  # the check names the cell
            cells[place] = moment if zoned else moment.replace(tzinfo=None)
        elif not column.choices and text in mapping.values.get(column.field, {}):
            cells[place] = mapping.values[column.field][text]
    return Line(line.number, cells)


def read_mapping(path: Path) -> ForwardMapping:
    """Parse and check a file; ``file_missing``, ``file_unreadable``, ``mapping_invalid``, and as `yaml_text.parsed`."""
    return check_mapping(yaml_text.parsed(content(path), str(path)), str(path))


def parse_mapping(source: str | None, columns: Mapping[str, str], moments: str, name: str) -> ForwardMapping:
    """A mapping as a page or a program gives it: a form of times holds for each moment that is mapped.

    Without ``source`` a column says it, under its usual name or a mapped one. ``mapping_invalid`` names ``name``.
    """
    headers = {_field(one, name): header.strip() for one, header in columns.items() if header.strip()}
    timed = [one for one in headers if COMPLAINTS.by_field(one).kind is Kind.MOMENT]
    form = moments.strip()
    return ForwardMapping(headers, dict.fromkeys(timed, form) if form else {}, source=source or None)


def check_mapping(data: object, name: str) -> ForwardMapping:
    """The content of a mapping, from a file or from a page; ``mapping_invalid``."""
    if not isinstance(data, Mapping):
        raise mapping_error(name, str(data)[:40], KEYS["columns"])
    for key in data:
        if key not in KEYS:
            raise mapping_error(name, str(key), ", ".join(KEYS))
    source = None if data.get("source") is None else _source(str(data["source"]), name)
    columns = {_field(one, name): str(header) for one, header in _table(data, "columns", name).items()}
    formats = {}
    for one, form in _table(data, "formats", name).items():
        field_name = _field(one, name)
        if COMPLAINTS.by_field(field_name).kind is not Kind.MOMENT:
            raise mapping_error(name, f"formats: {one}", KEYS["formats"])
        formats[field_name] = str(form)
    values = {}
    for one, pairs in _table(data, "values", name).items():
        if not isinstance(pairs, Mapping):
            raise mapping_error(name, f"values: {one}", KEYS["values"])
        values[_field(one, name)] = {str(theirs): str(ours) for theirs, ours in pairs.items()}
    if source is None and "source" not in columns:
        raise mapping_error(name, "source", KEYS["source"])
    return ForwardMapping(columns, formats, values, source)


def _table(data: Mapping[str, object], key: str, name: str) -> Mapping[str, object]:
    section = data.get(key) or {}
    if not isinstance(section, Mapping):
        raise mapping_error(name, key, KEYS[key])
    return {str(one): value for one, value in section.items()}


def _source(text: str, name: str) -> str:
    choices = COMPLAINTS.by_field("source").choices
    source = choices.get(text, text)
    if source not in choices.values():
        raise mapping_error(name, f"source: {text}", ", ".join(dict.fromkeys(choices.values())))
    return source


def _field(text: str, name: str) -> str:
    """Our field, by its name or by the header of the complaints' sheet."""
    column = COMPLAINTS.column(text)
    field_name = column.field if column is not None else text
    if field_name not in UPSTREAM:
        raise mapping_error(name, text, ", ".join(UPSTREAM))
    return field_name


def mapping_error(name: str, key: str, allowed: str) -> NianjianError:
    """``mapping_invalid``: the ``key`` of a file, and what may stand there."""
    return NianjianError("mapping_invalid", file=name, key=key, allowed=allowed)


@dataclass(frozen=True, slots=True)
class ForwardReceipt:
    """With ``errors`` nothing was written. ``rows``: read, added, updated, unchanged, rejected.

    ``differing``: ticket -> fields in which the list says other than what is recorded; what is recorded stays.
    """

    file: str
    sha256: str
    rows: dict[str, int]
    errors: Sequence[Finding]
    extra_columns: Sequence[str]
    tickets: list[str] = field(default_factory=list)
    differing: dict[str, list[str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """The JSON answer."""
        return asdict(self) | {"errors": [one.as_dict() for one in self.errors]}


Reference = tuple[str, str]  # source, upstream number
CHUNK: Final = 500
VERB: Final = "complaints.import"


def import_forwards(
    *,
    enterprise: str,
    path: Path,
    actor: Actor,
    mapping_file: Path | None = None,
    mapping: ForwardMapping | None = None,
    arrived: datetime | None = None,
    progress: Progress = silent,
) -> ForwardReceipt:
    """Read, check and write a list by a mapping file, or by a mapping that a page has made.

    With a faulty cell nothing is written. ``arrived``: when the list came, for rows that do not say; None: now.
    ``role_missing``, ``enterprise_unknown``, and what `resolve_arrival`, `read_mapping` and `read_sheet` raise.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    accounts.enterprise(enterprise)
    arrived = resolve_arrival(arrived)
    chosen = (mapping if mapping_file is None else read_mapping(mapping_file)) or ForwardMapping()
    progress(path.name, 0, 0)
    table, checked = check_list(path, chosen)
    counts = {"read": len(table.lines), "added": 0, "updated": 0, "unchanged": 0, "rejected": checked.faulty}
    receipt = ForwardReceipt(table.file, table.sha256, counts, checked.findings, list(table.extra.values()))
    if receipt.errors:
        return receipt
    rows = {(row["source"], row["reference"]): row for row in (_row(one, chosen) for one in checked.rows)}
    with transaction.atomic():
        lock_enterprise(enterprise)
        by_reference = _map_by_reference(enterprise, list(rows))
        plan = Plan(Complaint, Source(str(actor), clock.now(), table.sha256))
        taken: set[str] = set()
        added: list[str] = []
        for place, (reference, row) in enumerate(rows.items()):
            if not place % CHUNK:
                progress(path.name, place, len(rows))
            old = by_reference.get(reference)
            if old is None:
                key, came = _free_key(enterprise, reference, taken), row.get("arrived_at") or arrived
                times = {"accepted_at": row.get("accepted_at") or came, "arrived_at": came}
                plan.add(enterprise, key, {**row, **times, "ticket_id": key})
                added.append(key)
            else:
                key = old.key
                counts["updated" if _fill_in(plan, old, row) else "unchanged"] += 1
                both = {name: (getattr(old, name), row.get(name)) for name in UPSTREAM}
                if fields := [name for name, pair in both.items() if None not in pair and pair[0] != pair[1]]:
                    receipt.differing[key] = fields
            receipt.tickets.append(key)
        write_plan(plan)
        counts["added"] = len(added)
        data = {"file": table.file, "sha256": table.sha256, **counts}
        record(verb=VERB, enterprise=enterprise, actor=actor, data=data)
        alert_arrivals(enterprise=enterprise, complaints=added)
    return receipt


def check_list(path: Path, mapping: ForwardMapping) -> tuple[Table, CheckResult]:
    """The list, and what is wrong with it: also rows with a formula whose value was never saved, read as nothing."""
    sheet = build_list_sheet(mapping)
    table = read_sheet(path, sheet)
    table = replace(table, lines=[reread_line(one, table, mapping) for one in table.lines])
    result = check_table(table, sheet)
    result.faulty += len(table.unsaved.difference(one.line for one in result.findings))
    header = sheet.by_field("reference").header
    result.findings += [
        Finding(table.file, table.sheet, line, header, "formula_unsaved") for line in sorted(table.unsaved)
    ]
    return table, result


def build_list_sheet(mapping: ForwardMapping) -> Sheet:
    """The complaints' sheet as this list spells it: mapped columns, and others under a name that we know anyhow."""
    taken = {fold_header(header) for header in mapping.columns.values()}
    columns = []
    for column in map(COMPLAINTS.by_field, UPSTREAM):
        header, words = mapping.columns.get(column.field), mapping.values.get(column.field, {})
        if column.field == "source" and mapping.source is not None and header is None:
            continue
        if mapped := map_column(column, header, words if header else {}, taken):
            columns.append(replace(mapped, required=column.field in {"source", "reference"}))
    key = ("reference",) if mapping.source is not None and "source" not in mapping.columns else ("source", "reference")
    return replace(COMPLAINTS, columns=tuple(columns), keys=(key,))


def _row(keyed: KeyedRow, mapping: ForwardMapping) -> dict[str, Any]:
    row: dict[str, Any] = dict(keyed.row)
    row["source"] = row.get("source") or mapping.source
    row["extra"] = json.dumps(keyed.extra, ensure_ascii=False, sort_keys=True) if keyed.extra else None
    return row


def _map_by_reference(enterprise: str, references: Sequence[Reference]) -> dict[Reference, Complaint]:
    by_reference: dict[Reference, Complaint] = {}
    numbers = [number for _source, number in references]
    for start in range(0, len(numbers), CHUNK):
        tickets = queries.current_tickets(enterprise, drills=True)
        for row in tickets.filter(reference__in=numbers[start : start + CHUNK]):
            if row.source and row.reference:
                by_reference.setdefault((row.source, row.reference), row)
    return by_reference


def _free_key(enterprise: str, reference: Reference, taken: set[str]) -> str:
    """A number for a new ticket: the upstream one, with its source before it unless it begins so."""
    source, number = reference
    plain = number if number.startswith(source) else f"{source}-{number}"
    key, turn = plain, 2
    while key in taken or queries.load_current_tickets(enterprise, [key]):
        key, turn = f"{plain}-{turn}", turn + 1
    taken.add(key)
    return key


def _fill_in(plan: Plan, old: Complaint, row: Mapping[str, Any]) -> bool:
    """Put in what was not known; whether there was anything."""
    values: Row = {name: row[name] for name in UPSTREAM if row.get(name) is not None and getattr(old, name) is None}
    before: dict[str, str] = json.loads(old.extra) if old.extra else {}
    after = {**(json.loads(row["extra"]) if row["extra"] else {}), **before}
    if after != before:
        values["extra"] = json.dumps(after, ensure_ascii=False, sort_keys=True)
    if values:
        plan.correct(old, column_values(old, COMPLAINTS) | values)
    return bool(values)


EXAMPLES: Final = 3
SEARCHED: Final = 200  # lines in which examples are looked for
PREVIEWED_FAULTS: Final = 50
LONG: Final = 20  # signs of a value that is no sentence of a complainant
SHOWN: Final = 4  # signs of a longer one


@dataclass(frozen=True, slots=True)
class ListColumn:
    """``heading`` as the list has it; ``field`` of ours it is read as, "" for none; ``examples``: masked values."""

    heading: str
    field: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListPreview:
    """``fault``: why the list cannot be read as it is mapped; else how many rows, the faulty ones, the first faults."""

    file: str
    sheet: str
    encoding: str
    columns: tuple[ListColumn, ...]
    fault: NianjianError | None
    read: int
    faulty: int = 0
    findings: Sequence[Finding] = ()
    faults: int = 0


def list_columns(beginning: Beginning, sheet: Sheet) -> tuple[ListColumn, ...]:
    """Each heading of a file with the field it is read as and some of its values, masked."""
    taken: set[str] = set()
    entries = []
    for position, heading in enumerate(beginning.header):
        if not heading:
            continue
        column = sheet.column(heading)
        field = "" if column is None or column.field in taken else column.field
        taken.add(field)
        values: dict[str, None] = {}
        for line in beginning.lines[:SEARCHED]:
            cell = line.cells[position] if position < len(line.cells) else None
            text = "" if cell is None else str(cell).strip()
            if text:
                values[columns.mask_cell(text, column) if column is not None else _mask_example(heading, text)] = None
            if len(values) == EXAMPLES:
                break
        entries.append(ListColumn(heading, field, tuple(values)))
    return tuple(entries)


def _mask_example(heading: str, text: str) -> str:
    """A value of a column that nobody has named yet: it may be a number, a name, or what a complainant wrote."""
    (hidden,) = rejects.mask_cells([heading], [text])
    return hidden if len(hidden) <= LONG else f"{hidden[:SHOWN]}…"


LIMIT: Final = 20 * 1024 * 1024
KEPT: Final = timedelta(days=7)
LIST: Final = "list"  # how a payload names the sealed list
FAULTS: Final = 50  # that are told one by one; the workbook has all

Json = dict[str, Any]


def enqueue_import(
    *,
    enterprise: str,
    name: str,
    content: bytes,
    mapping: ForwardMapping,
    arrived: datetime | None,
    language: str,
    actor: Actor,
) -> str:
    """Put the import of a list; its job. ``language``: of the reasons in the workbook of a faulty list.

    ``role_missing``, ``file_empty``, ``file_too_large``, and what `resolve_arrival` raises.
    """
    require_permission(actor, enterprise, flow.NEEDS[flow.IMPORT_FORWARDS])
    require_size(name, len(content), LIMIT)
    payload = {
        "name": plain_name(name),
        "mapping": asdict(mapping),
        "arrived": resolve_arrival(arrived).isoformat(),
        "language": language,
    }
    return flow.enqueue_file(
        kind=flow.IMPORT_FORWARDS, enterprise=enterprise, name=LIST, content=content, payload=payload, actor=actor
    )


def resolve_arrival(arrived: datetime | None) -> datetime:
    """When a list arrived; None: now. ``complaint_moment_in_future``: its tickets' clocks would start some day."""
    if arrived is not None and arrived > latest_moment():
        raise NianjianError("complaint_moment_in_future", at=arrived.astimezone(clock.ZONE).isoformat(sep=" "))
    return arrived or clock.now().replace(microsecond=0)


def run_import(job: JobValue, actor: Actor, progress: Report) -> Mapping[str, object]:
    """Do what `enqueue_import` has put: what became of the list, and of a faulty one the blob of its marked workbook.

    If a worker before has had the list in already, its figures are told: now the same list changes nothing.
    """
    payload: Mapping[str, Any] = job.payload
    mapping, _ = ForwardMapping(**payload["mapping"]), words(flow.text(payload, "language") or CHINESE)
    with folders.temporary_file(str(payload["name"]), blobs.get(str(payload[LIST]))) as path:
        receipt = import_forwards(
            enterprise=job.enterprise,
            path=path,
            actor=actor,
            mapping=mapping,
            arrived=datetime.fromisoformat(str(payload["arrived"])),
            progress=progress,
        )
        result = receipt.as_dict()
        if job.attempts > 1:
            result["rows"] = _first_rows(job.enterprise, receipt, actor, job.created_at)
        del result["tickets"]  # a long list: the rows say how many
        result["errors"] = [{"code": one.code, "values": dict(one.values())} for one in receipt.errors[:FAULTS]]
        if receipt.errors:
            target, (table, checked) = path.with_name("marked.xlsx"), check_list(path, mapping)
            mark_findings(table, checked.findings, target, lambda code, values: error_message(code, values, _))
            result["blob"] = blobs.put(target.read_bytes()).id
    return result


def _first_rows(enterprise: str, receipt: ForwardReceipt, actor: Actor, since: datetime) -> Mapping[str, object]:
    """The rows of the first import of this list by this person since a moment, which may be the one just made."""
    began = since.astimezone(UTC).isoformat(timespec="microseconds")
    entries = audit.filter_entries(enterprise=enterprise, verb=VERB, actor=str(actor), since=began)
    for one in map(audit.act, entries.order_by("seq")):
        if one.data["sha256"] == receipt.sha256:
            return {name: one.data[name] for name in receipt.rows}
    return receipt.rows  # faulty: nothing was written


def get_marked_workbook(*, enterprise: str, job: str, actor: Actor) -> tuple[str, bytes]:
    """Name and content of the workbook that a faulty list has left, for whoever sent the list; ``job_unknown``."""
    require_permission(actor, enterprise, flow.NEEDS[flow.IMPORT_FORWARDS])
    stored = flow.job_for(job, actor)
    mine = stored.enterprise == enterprise and stored.kind == flow.IMPORT_FORWARDS and stored.requested_by == str(actor)
    if not mine or "blob" not in stored.result:
        raise NianjianError("job_unknown", job=job)
    return f"{Path(str(stored.payload['name'])).stem}.xlsx", blobs.get(str(stored.result["blob"]))


def delete_expired_files() -> int:
    """Delete lists that were stopped or failed, and workbooks that nobody has fetched for `KEPT`; how many jobs."""
    return flow.discard_expired_files(flow.IMPORT_FORWARDS, clock.now() - KEPT, LIST, "blob")


def preview_upload(*, enterprise: str, name: str, content: bytes, mapping: ForwardMapping, actor: Actor) -> ListPreview:
    """What the list's columns are and what an import with this mapping would say.

    ``role_missing``, ``enterprise_unknown``, ``file_empty``, ``file_too_large``, and as `read_beginning`.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    accounts.enterprise(enterprise)
    require_size(name, len(content), LIMIT)
    sheet = build_list_sheet(mapping)
    with folders.temporary_file(plain_name(name), content) as path:
        beginning = read_beginning(path, sheet)
        about = (beginning.file, beginning.sheet, beginning.encoding, list_columns(beginning, sheet))
        try:
            table, checked = check_list(path, mapping)
        except NianjianError as fault:
            return ListPreview(*about, fault, len(beginning.lines))
    first = checked.findings[:PREVIEWED_FAULTS]
    return ListPreview(*about, None, len(table.lines), checked.faulty, first, len(checked.findings))
