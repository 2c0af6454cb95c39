"""Writes of rows: by hand, or a whole sheet. Each is one transaction with one audit entry.

The entry names the row by its key (a personal key by its blind index) and the fields that changed, never a value.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.registers import entries, kinds, models, versions, workbooks
from nianjian.platform.registers.columns import Row, Sheet, is_masked
from nianjian.platform.registers.queries import PAGE
from nianjian.platform.registers.sheet_reader import (
    Finding,
    KeyedRow,
    Reference,
    check_table,
    number_key,
    read_sheet,
)
from nianjian.platform.registers.versions import (
    DAY,
    Plan,
    Source,
    Version,
    column_values,
    current_versions,
    last_day_by_key,
    last_version_by_key,
    stored_key,
    write_plan,
)

#: Register -> its field that names a team.
TEAM_FIELDS: Final[Mapping[str, str]] = {"lines": "team", "seats": "team", "staff": "team"}
#: In the contract's order lines are imported before the teams they name: a sheet of lines is warned, not refused.
BEFORE_TEAMS: Final = frozenset({"lines"})


def list_allowed_references(
    kind: str, enterprise: str, *, sheet: bool = False, stood: Mapping[str, str] | None = None
) -> tuple[Reference, ...]:
    """What the references of a register may name: a team's id or name, whenever it held.

    ``sheet``: for an import; ``stood``: the texts of the row before, by field: what it names already may stay.
    """
    field = TEAM_FIELDS.get(kind)
    if field is None:
        return ()
    pairs = current_versions(models.Team, enterprise).order_by().values_list("key", "name")
    allowed = {text for pair in pairs for text in pair if text}
    if stood is not None:
        allowed.add(stood.get(field, ""))
    return (Reference(field, frozenset(allowed), "team_unknown", refuses=not (sheet and kind in BEFORE_TEAMS)),)


REASON: Final = 500  # characters


def create_row(
    *, kind: str, enterprise: str, texts: Mapping[str, str], since: date | None, reason: str, actor: Actor
) -> str:
    """Write a new row that holds from ``since`` (None: since ever; after an end: since today); its stored key.

    ``register_row_faulty`` with findings, ``register_row_exists``, ``register_row_overlaps``, ``role_missing``.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    register, tenant = kinds.register(kind), accounts.enterprise(enterprise)
    read = _require_valid(entries.read_entry(register.sheet, texts, list_allowed_references(kind, enterprise)))
    with transaction.atomic():
        lock_enterprise(tenant.code)
        key = _free_key(register.model, register.sheet, tenant.code, read)
        last = last_day_by_key(register.model, tenant.code, key).get(key)
        if last is not None and since is not None and since <= last:
            raise NianjianError("register_row_overlaps", last=last.isoformat())
        begins = since if last is None or since is not None else max(clock.today(), last + DAY)
        plan = Plan(register.model, _source(actor, reason))
        plan.add(tenant.code, key, _with_day(read.row, register.sheet, since), since=begins)
        write_plan(plan)
        filled = [name for name, value in read.row.items() if value is not None]
        data = {"kind": kind, "key": key, "since": _iso(begins), "fields": filled}
        record(verb="registers.create", enterprise=tenant.code, actor=actor, data=data)
    return key


def change_row(
    *,
    kind: str,
    enterprise: str,
    version: int,
    texts: Mapping[str, str],
    start: date | None,
    over: bool,
    reason: str,
    actor: Actor,
) -> None:
    """Write another version over ``version``, the one that the writer saw; a field absent from ``texts`` stays.

    ``start``: the first day of the change; None: what stood there was wrong for its whole span. ``over``: replace
    also what was recorded to begin since ``start``. ``register_row_stale`` if somebody wrote in between,
    ``register_row_faulty``, ``register_row_unchanged``, ``register_key_changed``, ``register_change_reaches_back``.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    register, tenant = kinds.register(kind), accounts.enterprise(enterprise)
    sheet = register.sheet
    with transaction.atomic():
        lock_enterprise(tenant.code)
        old = _require_current(kind, tenant.code, [version])[0]
        stood = entries.format_values(old, sheet)
        allowed = list_allowed_references(kind, enterprise, stood=stood)
        read = _require_valid(entries.read_entry(sheet, stood | dict(texts), allowed))
        before = entries.read_entry(sheet, stood).keyed  # a repeated key has a number that the row does not tell
        if before is None or before.key != read.key:
            raise NianjianError("register_key_changed")
        fields = [name for name, value in read.row.items() if getattr(old, name) != value]
        if not fields:
            raise NianjianError("register_row_unchanged")
        plan = Plan(register.model, _source(actor, reason))
        values = column_values(old, sheet) | _with_day(read.row, sheet, start)
        if start is None:
            plan.correct(old, values)
        else:
            if old.valid_from is not None and start <= old.valid_from and not over:
                raise NianjianError("register_change_reaches_back", day=old.valid_from.isoformat())
            plan.change(old, values, start)
        write_plan(plan)
        data: dict[str, object] = {"kind": kind, "key": old.key, "start": _iso(start), "fields": fields}
        record(verb="registers.change", enterprise=tenant.code, actor=actor, data=data | {"version": version})


def end_rows(*, kind: str, enterprise: str, versions: Sequence[int], start: date, reason: str, actor: Actor) -> int:
    """Let rows hold no longer from ``start`` on; how many. All or none.

    ``versions``: those that the writer saw. ``register_row_stale``, ``register_reason_missing``,
    ``register_nothing_chosen``, ``register_too_many``, ``register_row_ended`` for one that ends earlier already.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    register, tenant = kinds.register(kind), accounts.enterprise(enterprise)
    if not reason.strip():
        raise NianjianError("register_reason_missing")
    if not versions:
        raise NianjianError("register_nothing_chosen")
    if len(versions) > PAGE:
        raise NianjianError("register_too_many", most=PAGE)
    with transaction.atomic():
        lock_enterprise(tenant.code)
        plan = Plan(register.model, _source(actor, reason))
        rows = _require_current(kind, tenant.code, versions)
        for one in rows:
            if one.valid_to is not None and one.valid_to < start:
                raise NianjianError("register_row_ended", last=one.valid_to.isoformat())
            plan.end(one, start)
        write_plan(plan)
        data = {"kind": kind, "keys": sorted(one.key for one in rows), "start": start.isoformat()}
        record(verb="registers.end", enterprise=tenant.code, actor=actor, data=data)
    return len(rows)


def record_reveal(*, kind: str, enterprise: str, version: Version, actor: Actor) -> None:
    """Note that the masked values of a version are shown in full; ``role_missing``."""
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    fields = [column.field for column in kinds.register(kind).sheet.columns if is_masked(column)]
    data = {"kind": kind, "key": version.key, "version": version.pk, "fields": fields}
    with transaction.atomic():
        record(verb="registers.reveal", enterprise=enterprise, actor=actor, data=data)


def record_export(
    *, kind: str, enterprise: str, day: date, count: int, sha256: str, full: bool, filters: Sequence[str], actor: Actor
) -> None:
    """Note that a list left as a file; ``filters`` are the names of the fields asked for, no values."""
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED if full else Permission.READ_OWN)
    data = {"kind": kind, "as_at": day.isoformat(), "rows": count, "sha256": sha256, "full": full}
    with transaction.atomic():
        record(verb="registers.export", enterprise=enterprise, actor=actor, data=data | {"filters": list(filters)})


def _require_valid(read: entries.Entry) -> KeyedRow:
    if read.keyed is None:
        findings = tuple({"field": field, "code": one.code, **one.values()} for field, one in read.findings)
        raise NianjianError("register_row_faulty", findings=findings)
    return read.keyed


def _free_key(model: type[Version], sheet: Sheet, enterprise: str, keyed: KeyedRow) -> str:
    """Return the key under which a new row stands; where repeats are real, or it is told apart, the next free one."""
    for number in itertools.count(1):
        stored = stored_key(sheet, number_key(keyed.key, number))
        standing = last_version_by_key(model, enterprise, [stored]).get(stored)
        if standing is None:
            break
        differs = any((keyed.row.get(name) or None) != (getattr(standing, name) or None) for name in sheet.apart)
        if not (sheet.repeats or differs):
            raise NianjianError("register_row_exists", kind=sheet.kind)
    return stored


def _require_current(kind: str, enterprise: str, versions: Sequence[int]) -> list[Version]:
    """Return these versions, if each is still the last one of its row that the register believes."""
    model = kinds.register(kind).model
    rows = list(current_versions(model, enterprise).filter(pk__in=versions))
    last = last_version_by_key(model, enterprise, [one.key for one in rows])
    if len(rows) != len(set(versions)) or any(last.get(one.key) != one for one in rows):
        raise NianjianError("register_row_stale")
    return rows


def _with_day(row: Row, sheet: Sheet, day: date | None) -> Row:
    """Add 变更日期, where the sheet has it and a day was told."""
    if day is None or all(column.field != entries.CHANGED for column in sheet.columns):
        return row
    return row | {entries.CHANGED: day}


def _source(actor: Actor, reason: str) -> Source:
    return Source(str(actor), clock.now(), reason=reason.strip()[:REASON] or None)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """What became of a sheet. With ``errors`` nothing was written; ``rejected`` counts the rows that hold them.

    ``rows``: read, inserted, updated, unchanged, rejected. ``warnings`` refuse nothing but change a light later.
    """

    kind: str
    file: str
    sha256: str
    sheet: str
    encoding: str
    rows: Mapping[str, int]
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    extra_columns: tuple[str, ...]
    error_workbook: str | None

    @property
    def ok(self) -> bool:
        """The sheet is in."""
        return not self.errors

    def as_dict(self) -> dict[str, object]:
        """The JSON answer."""
        lists = {"errors": self.errors, "warnings": self.warnings}
        findings = {name: [one.as_dict() for one in part] for name, part in lists.items()}
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"rows": dict(self.rows), **findings}


def import_sheet(
    *,
    kind: str,
    path: Path,
    enterprise: str,
    actor: Actor,
    error_workbook: Path | None = None,
    words: workbooks.Words | None = None,
    step: Callable[[], object] = lambda: None,
) -> ImportReceipt:
    """Read, check and write a sheet; one transaction and one audit entry, none of both with a faulty cell.

    With faults and ``error_workbook`` the sheet is written there with each bad cell marked, its reason put into
    ``words`` (code and values -> sentence; without it the code stands there). ``step`` is called while rows are
    checked, and what it raises ends the import; the writing, one transaction, is not broken off. Raises
    NianjianError for a file that cannot be read at all (see `sheet_reader.read_sheet`), ``enterprise_unknown``,
    ``register_kind_unknown``, ``role_missing``.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    register = kinds.register(kind)
    tenant = accounts.enterprise(enterprise)
    table = read_sheet(path, register.sheet)
    checked = check_table(table, register.sheet, list_allowed_references(kind, tenant.code, sheet=True), step=step)
    rows = {"read": len(table.lines), "inserted": 0, "updated": 0, "unchanged": 0, "rejected": checked.faulty}
    marked = None
    if checked.findings:
        if error_workbook is not None:
            marked = str(error_workbook)
            try:
                workbooks.mark_findings(table, checked.findings, error_workbook, words or _code_only)
            except OSError as fault:
                raise NianjianError("file_unwritable", file=marked, reason=fault.strerror or "") from fault
    else:
        counts = versions.upsert_rows(
            model=register.model, sheet=register.sheet, enterprise=tenant.code, rows=checked.rows,
            has_extra=bool(table.extra), file=table.sha256, file_name=table.file, actor=actor,
        )  # fmt: skip
        rows |= asdict(counts)
    return ImportReceipt(
        kind, table.file, table.sha256, table.sheet, table.encoding, rows, tuple(checked.findings),
        tuple(checked.warnings), tuple(table.extra.values()), marked,
    )  # fmt: skip


def _code_only(code: str, values: Mapping[str, object]) -> str:
    hint = values.get("hint")
    return f"{code}: {hint}" if hint else code
