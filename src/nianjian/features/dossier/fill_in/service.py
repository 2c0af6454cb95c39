"""Keep fill-in sheets; each act is one transaction with one audit entry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.features.dossier.fill_in.fields import Report
from nianjian.features.dossier.fill_in.model import FillIn
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record


@dataclass(frozen=True, slots=True)
class Made:
    """A sheet before it is kept: its lines (`fields.line`) and what they were made from."""

    year: int
    report: Report
    as_of: date
    run: str
    rulebook: str
    lines: Sequence[Mapping[str, Any]]


def keep(*, enterprise: str, made: Made, actor: Actor) -> FillIn:
    """Keep a sheet; it is the newest of its report from now on. NianjianError enterprise_unknown."""
    tenant = accounts.enterprise(enterprise)
    with transaction.atomic():
        row = FillIn(
            enterprise_id=tenant.code,
            year=made.year,
            report=made.report.value,
            as_of=made.as_of,
            run=made.run,
            rulebook=made.rulebook,
            lines=json.dumps(list(made.lines), ensure_ascii=False),
            made_at=clock.now(),
            made_by=str(actor),
        )
        row.save(force_insert=True)
        over = [one["field"] for one in made.lines if one["over"]]
        unknown = sum(one["value"] is None for one in made.lines)
        data = {"run": made.run, "fields": len(made.lines), "unknown": unknown, "over": over}
        _note("fill_in", row, actor, data)
    return row


def revealed(*, row: FillIn, actor: Actor) -> None:
    """Note that somebody saw a sheet with personal values in full."""
    with transaction.atomic():
        _note("fill_in_revealed", row, actor, {"sheet": row.pk})


def record_download(*, row: FillIn, files: Mapping[str, str], actor: Actor) -> None:
    """Note that a sheet was taken out as files: name -> SHA-256."""
    with transaction.atomic():
        _note("fill_in_taken", row, actor, {"sheet": row.pk, "sha256": dict(files)})


def _note(act: str, row: FillIn, actor: Actor, data: Mapping[str, object]) -> None:
    told = {"year": row.year, "report": row.report, **data}
    record(verb=f"dossier.{act}", enterprise=row.enterprise_id, actor=actor, data=told)
