"""Write versions in bulk: upsert by key, one transaction, one audit entry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.registers.tables.checking import Keyed
from nianjian.platform.registers.tables.column import Sheet, Undated
from nianjian.platform.registers.versions.plan import (
    CHUNK,
    DAY,
    Plan,
    Source,
    chunks,
    column_values,
    ended,
    list_current_versions,
)
from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault import keyring


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the sheet's rows."""

    inserted: int
    updated: int
    unchanged: int


def upsert(
    *,
    model: type[Version],
    sheet: Sheet,
    enterprise: str,
    rows: Sequence[Keyed],
    has_extra: bool,
    file: str,
    file_name: str,
    actor: Actor,
) -> Counts:
    """Write the rows as new versions where they differ from what stands; equal rows change nothing.

    A column that the sheet lacks keeps its value. A change holds from its 变更日期; without one from today, or,
    for kinds that carry their own dates and for what was recorded today, it corrects the standing version. A row
    that had ended begins again, on its 变更日期 or today.
    """
    with transaction.atomic():
        lock_enterprise(enterprise)
        plan = Plan(model, Source(str(actor), clock.now(), file))
        known, over = list_current_versions(model, enterprise), ended(model, enterprise)
        told = [_plan_row(plan, sheet, enterprise, one, known, over, has_extra=has_extra) for one in rows]
        write(plan)
        counts = Counts(told.count("inserted"), told.count("updated"), told.count("unchanged"))
        data = {"kind": sheet.kind, "file": file_name, "sha256": file, "inserted": counts.inserted}
        data |= {"updated": counts.updated, "unchanged": counts.unchanged}
        record(verb="registers.import", enterprise=enterprise, actor=actor, data=data)
    return counts


def write(plan: Plan) -> None:
    """Carry a plan out, inside the caller's transaction."""
    manager: models.Manager[Any] = plan.model._default_manager  # noqa: SLF001 -- the manager of any model
    for chunk in chunks(plan.superseded):
        manager.filter(pk__in=chunk).update(superseded_at=plan.source.at)
    manager.bulk_create(plan.new, batch_size=CHUNK)


def stored_key(sheet: Sheet, key: str) -> str:
    """How a key stands in the table: plain, or its blind index where one of its columns is personal."""
    personal = sheet.personal()
    if any(name in personal for fields in sheet.keys for name in fields):
        return keyring.current().blind(key, f"register.{sheet.kind}")
    return key


def _plan_row(  # noqa: PLR0917 - one step of `upsert`, over its own values
    plan: Plan,
    sheet: Sheet,
    enterprise: str,
    keyed: Keyed,
    known: Mapping[str, Version],
    over: Mapping[str, date],
    *,
    has_extra: bool,
) -> str:
    key = stored_key(sheet, keyed.key)
    old = known.get(key)
    values: dict[str, Any] = dict(keyed.row)
    if has_extra:
        values["extra"] = json.dumps(keyed.extra, ensure_ascii=False, sort_keys=True) if keyed.extra else None
    if old is None:
        plan.add(enterprise, key, values, since=_again(over.get(key), values.get("changed_on")))
        return "inserted"
    if all(getattr(old, name) == value for name, value in values.items()):
        return "unchanged"
    new = column_values(old, sheet) | values
    start = _start(old, new, sheet)
    if start is None:
        plan.correct(old, new)
    else:
        plan.change(old, new, start)
    return "updated"


def _again(last: date | None, wanted: object) -> date | None:
    """First day of a row that comes: since ever, or after its end."""
    if last is None:
        return None
    day = wanted if isinstance(wanted, date) else clock.today()
    return max(day, last + DAY)


def _start(old: Version, new: Mapping[str, Any], sheet: Sheet) -> date | None:
    """First day of the change; None for a correction of the standing version."""
    wanted: date | None = new.get("changed_on")
    if wanted is not None and wanted != old.changed_on:
        others = (one.field for one in sheet.columns if one.field != "changed_on")
        only_day = all(getattr(old, name) == new[name] for name in others)
        return None if only_day and old.extra == new["extra"] else wanted
    if sheet.undated is Undated.CORRECTION:
        return None
    today = clock.today()
    return None if old.recorded_at.astimezone(clock.ZONE).date() == today else today
