"""Write a forward list: one transaction, one audit entry; the same list again changes nothing.

A ticket is known by (来源, 上级单号). A list opens tickets and fills what is not known of them; it never clears or
changes what is recorded, so that what happened here since stays.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.features.complaints import query
from nianjian.features.complaints.forwards.mapping import UPSTREAM, ForwardMapping
from nianjian.features.complaints.forwards.receipt import Receipt
from nianjian.features.complaints.model import Complaint
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.registers.columns import Column, Row, Sheet, fold_header
from nianjian.platform.registers.sheet_reader import (
    CheckResult,
    Finding,
    KeyedRow,
    Line,
    Table,
    check_table,
    read_sheet,
)
from nianjian.platform.registers.versions import Plan, Source, column_values, write_plan
from nianjian.platform.registers.workbooks import Words, mark_findings

Reference = tuple[str, str]  # source, upstream number
CHUNK: Final = 500
VERB: Final = "complaints.import"


Told = Callable[[int, int], None]
"""(tickets looked at, all of them; 0: not known yet); what it raises leaves everything as it was."""


def load(
    *, enterprise: str, path: Path, mapping: ForwardMapping, arrived: datetime, actor: Actor, told: Told
) -> Receipt:
    """Read, check and write a list; with a faulty cell nothing is written.

    ``arrived``: when the list came, for rows that do not say. Raises what `sheet_reader.read_sheet` raises.
    """
    told(0, 0)
    table, checked = check_list(path, mapping)
    rows = {"read": len(table.lines), "added": 0, "updated": 0, "unchanged": 0, "rejected": checked.faulty}
    extra = tuple(table.extra.values())
    if checked.findings:
        return Receipt(table.file, table.sha256, rows, tuple(checked.findings), extra, (), {})
    wanted = {(row["source"], row["reference"]): row for row in (_row(one, mapping) for one in checked.rows)}
    with transaction.atomic():
        lock_enterprise(enterprise)
        known = _known(enterprise, list(wanted))
        plan = Plan(Complaint, Source(str(actor), clock.now(), table.sha256))
        taken: set[str] = set()
        tickets, differing = [], {}
        for place, (reference, row) in enumerate(wanted.items()):
            if not place % CHUNK:
                told(place, len(wanted))
            old = known.get(reference)
            if old is None:
                key = _free(enterprise, reference, taken)
                made = {"accepted_at": row.get("accepted_at") or row.get("arrived_at") or arrived, "ticket_id": key}
                plan.add(enterprise, key, {**row, **made, "arrived_at": row.get("arrived_at") or arrived})
                rows["added"] += 1
            else:
                key = old.key
                rows["updated" if _filled(plan, old, row) else "unchanged"] += 1
                if fields := _differing(old, row):
                    differing[key] = fields
            tickets.append(key)
        write_plan(plan)
        data = {"file": table.file, "sha256": table.sha256, **rows}
        record(verb=VERB, enterprise=enterprise, actor=actor, data=data)
    return Receipt(table.file, table.sha256, rows, (), extra, tuple(tickets), differing)


def write_marked_workbook(*, path: Path, mapping: ForwardMapping, target: Path, words: Words) -> None:
    """Write the list as a workbook with every faulty cell marked and its reason beside it."""
    table, checked = check_list(path, mapping)
    mark_findings(table, checked.findings, target, words)


def check_list(path: Path, mapping: ForwardMapping) -> tuple[Table, CheckResult]:
    """The list, and what is wrong with it: also rows with a formula whose value was never saved, read as nothing."""
    table, sheet = read_list(path, mapping)
    found = check_table(table, sheet)
    found.faulty += len(table.unsaved.difference(one.line for one in found.findings))
    header = sheet.by_field("reference").header
    found.findings += [
        Finding(table.file, table.sheet, line, header, "formula_unsaved") for line in sorted(table.unsaved)
    ]
    return table, found


def read_list(path: Path, mapping: ForwardMapping) -> tuple[Table, Sheet]:
    """The list as the complaints' sheet reads it."""
    sheet = spelling(mapping)
    table = read_sheet(path, sheet)
    return dataclasses.replace(table, lines=[_line(one, table, mapping) for one in table.lines]), sheet


def spelling(mapping: ForwardMapping) -> Sheet:
    """The complaints' sheet as this list spells it: mapped columns, and others under a name that we know anyhow."""
    theirs = {fold_header(header) for header in mapping.columns.values()}
    columns = []
    for name in UPSTREAM:
        column = COMPLAINTS.by_field(name)
        if name in mapping.columns:
            choices = {**column.choices, **_stored(column, mapping.values.get(name, {}))}
            made = dataclasses.replace(column, header=mapping.columns[name], aliases=(), choices=choices)
        else:
            if name == "source" and mapping.source is not None:
                continue
            spelt = [one for one in (column.header, *column.aliases) if fold_header(one) not in theirs]
            if not spelt:
                continue
            made = dataclasses.replace(column, header=spelt[0], aliases=tuple(spelt[1:]))
        columns.append(dataclasses.replace(made, required=name in {"source", "reference"}))
    key = ("reference",) if mapping.source is not None and "source" not in mapping.columns else ("source", "reference")
    return dataclasses.replace(COMPLAINTS, columns=tuple(columns), keys=(key,))


def _stored(column: Column, words: Mapping[str, str]) -> Mapping[str, str]:
    return {theirs: column.choices.get(ours, ours) for theirs, ours in words.items()} if column.choices else {}


def _line(line: Line, table: Table, mapping: ForwardMapping) -> Line:
    """The line with moments and words as the sheet reads them."""
    cells = list(line.cells)
    for position, column in table.columns.items():
        cell = cells[position] if position < len(cells) else None
        text = "" if cell is None else str(cell).strip()
        if column.field in mapping.formats and text:
            try:
                cells[position] = datetime.strptime(text, mapping.formats[column.field]).replace(tzinfo=None)  # noqa: DTZ007 -- wall time
            except (ValueError, re.error):  # a form that names the year twice is no regular expression
                continue  # the check names the cell
        elif not column.choices and text in mapping.values.get(column.field, {}):
            cells[position] = mapping.values[column.field][text]
    return Line(line.number, cells)


def _row(keyed: KeyedRow, mapping: ForwardMapping) -> dict[str, Any]:
    row: dict[str, Any] = dict(keyed.row)
    row["source"] = row.get("source") or mapping.source
    row["extra"] = json.dumps(keyed.extra, ensure_ascii=False, sort_keys=True) if keyed.extra else None
    return row


def _known(enterprise: str, references: Sequence[Reference]) -> dict[Reference, Complaint]:
    found: dict[Reference, Complaint] = {}
    numbers = [number for _source, number in references]
    for start in range(0, len(numbers), CHUNK):
        for row in query.tickets(enterprise, drills=True).filter(reference__in=numbers[start : start + CHUNK]):
            if row.source and row.reference:
                found.setdefault((row.source, row.reference), row)
    return found


def _free(enterprise: str, reference: Reference, taken: set[str]) -> str:
    """A number for a new ticket: the upstream one, with its source before it unless it begins so."""
    source, number = reference
    plain = number if number.startswith(source) else f"{source}-{number}"
    key, turn = plain, 2
    while key in taken or query.load_current_tickets(enterprise, [key]):
        key, turn = f"{plain}-{turn}", turn + 1
    taken.add(key)
    return key


def _filled(plan: Plan, old: Complaint, row: Mapping[str, Any]) -> bool:
    """Put in what was not known; whether there was such a thing."""
    made: Row = {name: row[name] for name in UPSTREAM if row.get(name) is not None and getattr(old, name) is None}
    before: dict[str, str] = json.loads(old.extra) if old.extra else {}
    after = {**(json.loads(row["extra"]) if row["extra"] else {}), **before}
    if after != before:
        made["extra"] = json.dumps(after, ensure_ascii=False, sort_keys=True)
    if made:
        plan.correct(old, column_values(old, COMPLAINTS) | made)
    return bool(made)


def _differing(old: Complaint, row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        name
        for name in UPSTREAM
        if row.get(name) is not None and getattr(old, name) is not None and getattr(old, name) != row[name]
    )
