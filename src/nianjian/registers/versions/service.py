"""Write versions in bulk: upsert by key, one transaction, one audit entry."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db import models, transaction
from django.db.models import Q

from nianjian.accounts.models import Enterprise
from nianjian.accounts.query import Actor
from nianjian.audit.record import record
from nianjian.kernel import clock
from nianjian.registers.tables.checking import Keyed
from nianjian.registers.tables.column import Sheet, Undated
from nianjian.registers.versions.row import Version
from nianjian.vault import keyring

CHUNK: Final = 500  # rows a statement: SQLite takes 32,766 values in one
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the sheet's rows."""

    inserted: int
    updated: int
    unchanged: int


@dataclass(slots=True)
class _Plan:
    """What a sheet changes, gathered before the first write."""

    new: list[Version] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    closed: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))  # last day -> versions
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0


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
    for kinds that carry their own dates and for what was recorded today, it corrects the standing version.
    """
    with transaction.atomic():
        _wait_for_others(enterprise)
        standing = _standing(model, enterprise)
        plan = _Plan()
        for keyed in rows:
            _plan_row(plan, model, sheet, enterprise, keyed, standing, has_extra=has_extra, file=file)
        _write(model, plan)
        counts = Counts(plan.inserted, plan.updated, plan.unchanged)
        data = {"kind": sheet.kind, "file": file_name, "sha256": file, "inserted": counts.inserted}
        data |= {"updated": counts.updated, "unchanged": counts.unchanged}
        record(verb="registers.import", enterprise=enterprise, actor=actor, data=data)
    return counts


def stored_key(sheet: Sheet, key: str) -> str:
    """How a key stands in the table: plain, or its blind index where one of its columns is personal."""
    personal = sheet.personal()
    if any(name in personal for fields in sheet.keys for name in fields):
        return keyring.current().blind(key, f"register.{sheet.kind}")
    return key


def _wait_for_others(enterprise: str) -> None:
    """Two imports of one enterprise go one after the other (SQLite does that by itself)."""
    list(Enterprise.objects.select_for_update().filter(pk=enterprise))


def _standing(model: type[Version], enterprise: str) -> dict[str, Version]:
    found = model._default_manager.filter(enterprise_id=enterprise, valid_to=None, superseded_at=None)  # noqa: SLF001 -- the manager of any model
    return {version.key: version for version in found.iterator(chunk_size=CHUNK)}


def _plan_row(  # noqa: PLR0917 - one step of `upsert`, over its own values
    plan: _Plan,
    model: type[Version],
    sheet: Sheet,
    enterprise: str,
    keyed: Keyed,
    standing: Mapping[str, Version],
    *,
    has_extra: bool,
    file: str,
) -> None:
    key = stored_key(sheet, keyed.key)
    old = standing.get(key)
    values: dict[str, Any] = dict(keyed.row)
    if has_extra:
        values["extra"] = json.dumps(keyed.extra, ensure_ascii=False, sort_keys=True) if keyed.extra else None
    now = clock.now()
    if old is None:
        plan.new.append(model(enterprise_id=enterprise, key=key, recorded_at=now, file=file, **values))
        plan.inserted += 1
        return
    if all(getattr(old, name) == value for name, value in values.items()):
        plan.unchanged += 1
        return
    kept = {column.field: getattr(old, column.field) for column in sheet.columns} | {"extra": old.extra}
    new = model(enterprise_id=enterprise, key=key, recorded_at=now, file=file, **(kept | values))
    start = _start(old, new, sheet)
    if start is None:
        plan.superseded.append(old.pk)
        new.valid_from = old.valid_from
    elif old.valid_from is None or start > old.valid_from:
        plan.closed[start - DAY].append(old.pk)
        new.valid_from = start
    else:
        _reach_back(plan, model, old, start)
        new.valid_from = start
    plan.new.append(new)
    plan.updated += 1


def _start(old: Version, new: Version, sheet: Sheet) -> date | None:
    """First day of the change; None for a correction of the standing version."""
    if new.changed_on is not None and new.changed_on != old.changed_on:
        only_day = all(
            getattr(old, one.field) == getattr(new, one.field) for one in sheet.columns if one.field != "changed_on"
        )
        return None if only_day and old.extra == new.extra else new.changed_on
    if sheet.undated is Undated.CORRECTION:
        return None
    today = clock.today()
    return None if old.recorded_at.astimezone(clock.ZONE).date() == today else today


def _reach_back(plan: _Plan, model: type[Version], old: Version, start: date) -> None:
    """A change dated before the standing version: what began since then is superseded, what covers the day closed."""
    found = model._default_manager.filter(  # noqa: SLF001 -- the manager of any model
        enterprise_id=old.enterprise_id, key=old.key, superseded_at=None
    )
    plan.superseded += list(found.filter(valid_from__gte=start).values_list("pk", flat=True))
    before = found.filter(Q(valid_from=None) | Q(valid_from__lt=start)).filter(valid_to__gte=start)
    plan.closed[start - DAY] += list(before.values_list("pk", flat=True))


def _write(model: type[Version], plan: _Plan) -> None:
    manager: models.Manager[Any] = model._default_manager  # noqa: SLF001 -- the manager of any model
    now = clock.now()
    for chunk in _chunks(plan.superseded):
        manager.filter(pk__in=chunk).update(superseded_at=now)
    for last, keys in plan.closed.items():
        for chunk in _chunks(keys):
            manager.filter(pk__in=chunk).update(valid_to=last)
    manager.bulk_create(plan.new, batch_size=CHUNK)


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
