"""Numbers, lines or seats against an export of the number-resource system, kept as a run with its differences."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from nianjian.engines.kernel import clock, files
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation.filing import export
from nianjian.features.reconciliation.filing.compare import Pair, Result, compare, counts
from nianjian.features.reconciliation.filing.mapping import ExportMapping, checked, parsed
from nianjian.features.reconciliation.filing.status import KINDS
from nianjian.features.reconciliation.operations.grounds import Grounds, Json, summary
from nianjian.features.reconciliation.runs import service
from nianjian.features.reconciliation.runs.results import Found, Report
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers import columns, entries, kinds
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.vault import keyring

YEARS: Final = timedelta(days=366 * 10)  # a day beyond is a slip of the pen


def run(
    *,
    enterprise: str,
    kind: str,
    path: Path,
    actor: Actor,
    mapping: Path | bytes | None = None,
    as_of: date | None = None,
    progress: Progress = silent,
) -> Json:
    """Compare as at ``as_of`` (None: the base day of the season that is filed next) and keep the run.

    The answer holds every row with its result, values of persons masked. ``role_missing``,
    ``reconcile_kind_unknown``, ``reconcile_day_wrong``, and what `export.load` and `mapping.checked` raise.
    """
    grounds = Grounds.of(enterprise, actor, Act.REPORT)
    day = checked_day(as_of or grounds.base_day())
    sheet = sheet_of(kind)
    progress(path.name, 0, 3)
    given = mapping_of(mapping, kind)
    theirs = export.load(path, kind, given)
    progress(path.name, 1, 3)
    pairs = compare(kind, _ours(enterprise, kind, sheet, day), theirs.rows, day, theirs.fields)
    progress(path.name, 2, 3)
    differences = [_found(kind, one, sheet, grounds) for one in pairs if one.result is not Result.SAME]
    told: dict[str, object] = {
        "unclear": sum(bool(one.unclear) for one in pairs),
        "compared": sorted(theirs.fields),
        "not_compared": sorted({column.field for column in sheet.columns} - theirs.fields),
        "other_rows": theirs.other,
        "extra_columns": list(theirs.extra_columns),
        "rulebook": dict(grounds.stamp()),
    }
    report = Report(kind, day, counts(pairs), told, differences, file=theirs.file, sha256=theirs.sha256)
    kept = service.keep(enterprise=enterprise, report=report, actor=actor)
    return {**summary(kept, grounds), **told, "rows": [_row(one, sheet) for one in pairs]}


def checked_day(day: date) -> date:
    """``reconcile_day_wrong`` for a day that no register can be asked about."""
    if abs(day - clock.today()) > YEARS:
        raise NianjianError("reconcile_day_wrong", day=day.isoformat())
    return day


def sheet_of(kind: str) -> Sheet:
    """``reconcile_kind_unknown``."""
    if kind not in KINDS:
        raise NianjianError("reconcile_kind_unknown", kind=kind, kinds=", ".join(KINDS))
    return kinds.register(kind).sheet


def mapping_of(given: Path | bytes | None, kind: str) -> ExportMapping:
    """Check a mapping; ``mapping_invalid``, ``file_missing``, ``file_unreadable``, and what `parsed` raises."""
    if given is None:
        return ExportMapping()
    name = "mapping" if isinstance(given, bytes) else given.name
    content = given if isinstance(given, bytes) else files.content(given)
    return checked(parsed(content, name), export.SHEETS[kind], export.SHEETS, name)


def _ours(enterprise: str, kind: str, sheet: Sheet, day: date) -> list[Mapping[str, object]]:
    """Our rows as at the day; a row that was recorded with days of its own holds since ever."""
    fields = [column.field for column in sheet.columns]
    rows = versions_on(kinds.register(kind).model, enterprise, day)
    return [
        {name: getattr(row, name) for name in fields} | {"changed_on": row.changed_on or row.valid_from}
        for row in rows.iterator(chunk_size=500)
    ]


def _found(kind: str, pair: Pair, sheet: Sheet, grounds: Grounds) -> Found:
    fields = {name: _texts(values, name, sheet) for name, values in pair.fields.items()}
    due = grounds.due(pair.changed_on)
    told = json.dumps([pair.result.value, fields], ensure_ascii=False, sort_keys=True)
    return Found(
        key=pair.key,
        result=pair.result.value,
        label={"key": pair.key},
        digest=keyring.current().blind(told, f"reconcile.{kind}"),
        likely=pair.likely,
        reasons=pair.unclear,
        fields=fields,
        changed_on=pair.changed_on,
        due=due.day,
        provisional=due.provisional,
    )


def _texts(values: tuple[object, object], name: str, sheet: Sheet) -> tuple[str, str]:
    column = sheet.by_field(name)
    return entries.format_value(values[0], column), entries.format_value(values[1], column)


def masked(fields: Mapping[str, Sequence[str]], sheet: Sheet) -> Json:
    """Field -> ours and theirs as a door may show them."""
    told: Json = {}
    for name, (ours, theirs) in fields.items():
        column = sheet.by_field(name)
        told[name] = {
            "ours": columns.mask_cell(ours, column) or None,
            "theirs": columns.mask_cell(theirs, column) or None,
        }
    return told


def _row(pair: Pair, sheet: Sheet) -> Json:
    fields = {name: _texts(values, name, sheet) for name, values in pair.fields.items()}
    return {
        "key": pair.key,
        "result": pair.result.value,
        "likely": pair.likely or None,
        "unclear": list(pair.unclear),
        "fields": masked(fields, sheet),
    }
