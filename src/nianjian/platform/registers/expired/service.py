"""Delete rows whose time is over. The flow that calls these writes the audit entry, in the same transaction."""

from __future__ import annotations

from datetime import date

from nianjian.platform.registers.expired import query
from nianjian.platform.registers.versions.row import Version


def delete_ended(*, model: type[Version], enterprise: str, day: date) -> int:
    """Delete what `query.ended` finds; the number of rows."""
    rows, _each = query.ended(model, enterprise, day).delete()
    return rows


def delete_closed(*, model: type[Version], enterprise: str, day: date) -> int:
    """Delete what `query.closed` finds; the number of rows."""
    rows, _each = query.closed(model, enterprise, day).delete()
    return rows
