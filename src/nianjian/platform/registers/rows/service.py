"""Write rows by hand: a new one, another version, an end; and note what was revealed or taken out.

Each act is one transaction with one audit entry. The entry names the row by its key (a personal key by its blind
index) and the fields that changed, never a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.registers import kinds
from nianjian.platform.registers.references import list_allowed_references
from nianjian.platform.registers.rows import entry
from nianjian.platform.registers.rows.query import PAGE
from nianjian.platform.registers.tables.checking import SEPARATOR, Keyed
from nianjian.platform.registers.tables.column import Row, Sheet
from nianjian.platform.registers.tables.masking import is_masked
from nianjian.platform.registers.versions.plan import DAY, Plan, Source, column_values, ended, list_current_versions
from nianjian.platform.registers.versions.query import believed
from nianjian.platform.registers.versions.row import Version
from nianjian.platform.registers.versions.service import stored_key, write

REASON: Final = 500  # characters


def create(
    *, kind: str, enterprise: str, texts: Mapping[str, str], since: date | None, reason: str, actor: Actor
) -> str:
    """Write a new row that holds from ``since`` (None: since ever; after an end: since today); its stored key.

    ``register_row_faulty`` with findings, ``register_row_exists``, ``register_row_overlaps``, ``role_missing``.
    """
    require(actor, enterprise, Act.LOAD)
    register, tenant = kinds.register(kind), accounts.enterprise(enterprise)
    read = _sound(entry.read(register.sheet, texts, list_allowed_references(kind, enterprise)))
    with transaction.atomic():
        lock_enterprise(tenant.code)
        key = _free_key(register.model, register.sheet, tenant.code, read.key)
        last = ended(register.model, tenant.code, key).get(key)
        if last is not None and since is not None and since <= last:
            raise NianjianError("register_row_overlaps", last=last.isoformat())
        begins = since if last is None or since is not None else max(clock.today(), last + DAY)
        plan = Plan(register.model, _source(actor, reason))
        plan.add(tenant.code, key, _with_day(read.row, register.sheet, since), since=begins)
        write(plan)
        told = {"kind": kind, "key": key, "since": _iso(begins), "fields": _filled(read.row)}
        record(verb="registers.create", enterprise=tenant.code, actor=actor, data=told)
    return key


def change(
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
    require(actor, enterprise, Act.LOAD)
    register, tenant = kinds.register(kind), accounts.enterprise(enterprise)
    sheet = register.sheet
    with transaction.atomic():
        lock_enterprise(tenant.code)
        old = _still(kind, tenant.code, [version])[0]
        stood = entry.texts(old, sheet)
        allowed = list_allowed_references(kind, enterprise, stood=stood)
        read = _sound(entry.read(sheet, stood | dict(texts), allowed))
        _same_key(sheet, old, read.key)
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
        write(plan)
        told: dict[str, object] = {"kind": kind, "key": old.key, "start": _iso(start), "fields": fields}
        record(verb="registers.change", enterprise=tenant.code, actor=actor, data=told | {"version": version})


def end(*, kind: str, enterprise: str, versions: Sequence[int], start: date, reason: str, actor: Actor) -> int:
    """Let rows hold no longer from ``start`` on; how many. All or none.

    ``versions``: those that the writer saw. ``register_row_stale``, ``register_reason_missing``,
    ``register_nothing_chosen``, ``register_too_many``, ``register_row_ended`` for one that ends earlier already.
    """
    require(actor, enterprise, Act.LOAD)
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
        found = _still(kind, tenant.code, versions)
        for one in found:
            if one.valid_to is not None and one.valid_to < start:
                raise NianjianError("register_row_ended", last=one.valid_to.isoformat())
            plan.end(one, start)
        write(plan)
        told = {"kind": kind, "keys": sorted(one.key for one in found), "start": start.isoformat()}
        record(verb="registers.end", enterprise=tenant.code, actor=actor, data=told)
    return len(found)


def reveal(*, kind: str, enterprise: str, version: Version, actor: Actor) -> None:
    """Note that the masked values of a version are shown in full; ``role_missing``."""
    require(actor, enterprise, Act.REVEAL)
    fields = [column.field for column in kinds.register(kind).sheet.columns if is_masked(column)]
    told = {"kind": kind, "key": version.key, "version": version.pk, "fields": fields}
    with transaction.atomic():
        record(verb="registers.reveal", enterprise=enterprise, actor=actor, data=told)


def taken_out(
    *, kind: str, enterprise: str, day: date, count: int, sha256: str, full: bool, filters: Sequence[str], actor: Actor
) -> None:
    """Note that a list left as a file; ``filters`` are the names of the fields asked for, no values."""
    require(actor, enterprise, Act.REVEAL if full else Act.READ_OWN)
    told = {"kind": kind, "as_at": day.isoformat(), "rows": count, "sha256": sha256, "full": full}
    with transaction.atomic():
        record(verb="registers.export", enterprise=enterprise, actor=actor, data=told | {"filters": list(filters)})


def _sound(read: entry.Entry) -> Keyed:
    if read.keyed is None:
        found = tuple({"field": field, "code": one.code, **one.values()} for field, one in read.findings)
        raise NianjianError("register_row_faulty", findings=found)
    return read.keyed


def _free_key(model: type[Version], sheet: Sheet, enterprise: str, key: str) -> str:
    """Return the key under which a new row stands; where repeats are real the next free one."""
    stored, number = stored_key(sheet, key), 2
    while stored in list_current_versions(model, enterprise, [stored]):
        if not sheet.repeats:
            raise NianjianError("register_row_exists", kind=sheet.kind)
        stored = stored_key(sheet, f"{key}{SEPARATOR}#{number}")
        number += 1
    return stored


def _still(kind: str, enterprise: str, versions: Sequence[int]) -> list[Version]:
    """Return these versions, if each is still the last one of its row that the register believes."""
    model = kinds.register(kind).model
    found = list(believed(model, enterprise).filter(pk__in=versions))
    last = list_current_versions(model, enterprise, [one.key for one in found])
    if len(found) != len(set(versions)) or any(last.get(one.key) != one for one in found):
        raise NianjianError("register_row_stale")
    return found


def _same_key(sheet: Sheet, old: Version, key: str) -> None:
    """A repeated key has a number behind it that the row itself does not tell."""
    before = entry.read(sheet, entry.texts(old, sheet)).keyed
    if before is None or before.key != key:
        raise NianjianError("register_key_changed")


def _with_day(row: Row, sheet: Sheet, day: date | None) -> Row:
    """Add 变更日期, where the sheet has it and a day was told."""
    if day is None or all(column.field != entry.CHANGED for column in sheet.columns):
        return row
    return row | {entry.CHANGED: day}


def _source(actor: Actor, reason: str) -> Source:
    return Source(str(actor), clock.now(), reason=reason.strip()[:REASON] or None)


def _filled(row: Row) -> list[str]:
    return [name for name, value in row.items() if value is not None]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
