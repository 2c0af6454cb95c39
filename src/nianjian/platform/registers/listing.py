"""What stands in a register on a day, for people: field by field, personal values and telephone numbers masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from nianjian.engines.kernel import clock
from nianjian.platform.accounts import query as accounts
from nianjian.platform.registers import kinds
from nianjian.platform.registers.tables.column import Column
from nianjian.platform.registers.tables.masking import is_masked, mask_cell
from nianjian.platform.registers.versions import query
from nianjian.platform.registers.versions.row import Version


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows that hold on ``as_at``; keys are field names, values strings, numbers, booleans or None."""

    kind: str
    as_at: date
    rows: list[dict[str, object]]
    personal: frozenset[str]  # fields whose values are masked


def listing(*, kind: str, enterprise: str, as_at: date | None = None, known_at: datetime | None = None) -> Listing:
    """List a register as it stood on a day (today if None); ``register_kind_unknown``, ``enterprise_unknown``."""
    register = kinds.register(kind)
    tenant = accounts.enterprise(enterprise)
    day = as_at or clock.today()
    found = query.as_at(register.model, tenant.code, day, known_at=known_at)
    rows = [_shown(version, register.sheet.columns) for version in found]
    return Listing(kind, day, rows, frozenset(one.field for one in register.sheet.columns if is_masked(one)))


def _shown(version: Version, columns: tuple[Column, ...]) -> dict[str, object]:
    row: dict[str, object] = {one.field: cell(getattr(version, one.field), one) for one in columns}
    span: Mapping[str, date | None] = {"valid_from": version.valid_from, "valid_to": version.valid_to}
    return row | {name: None if day is None else day.isoformat() for name, day in span.items()}


def cell(value: object, column: Column, *, full: bool = False) -> object:
    """A value as a door may show it: days and moments as ISO text, personal values masked unless ``full``."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if full else mask_cell(str(value), column)
