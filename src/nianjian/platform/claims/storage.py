"""Statements are written and read here; who may, and what a part is called, is the feature's that prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.claims.models import STANDING, Statement

LONGEST: Final = 2000  # characters
VERB: Final = "claims.state"


@dataclass(frozen=True, slots=True)
class StatementText:
    """A text with who stated it and when; ``year``: for which data year, 0: standing."""

    text: str
    by: str
    at: datetime
    year: int


Statements = Mapping[str, Mapping[str, StatementText]]  # claim -> part -> what counts


def load_statements(enterprise: str, year: int) -> Statements:
    """All that counts for a data year: the year's own text, else the standing one."""
    rows = Statement.objects.filter(enterprise_id=enterprise, year__in=(STANDING, year), superseded_at=None)
    found: dict[str, dict[str, StatementText]] = {}
    for row in rows.order_by("year"):  # a year's own comes last and replaces the standing one
        found.setdefault(row.claim, {})[row.part] = _to_text(row)
    return found


def list_statements(enterprise: str, claim: str, year: int) -> Mapping[str, StatementText]:
    """Part of a claim -> what counts for a data year."""
    return load_statements(enterprise, year).get(claim, {})


def list_proposals(enterprise: str, claim: str, year: int) -> dict[str, StatementText]:
    """Part -> the newest text of an earlier year, to be confirmed by a person before it counts."""
    rows = Statement.objects.filter(
        enterprise_id=enterprise, claim=claim, year__gt=STANDING, year__lt=year, superseded_at=None
    ).order_by("year")
    return {row.part: _to_text(row) for row in rows}


def _to_text(row: Statement) -> StatementText:
    return StatementText(row.text or "", row.stated_by, row.stated_at, row.year)


def store_statements(*, enterprise: str, claim: str, year: int, texts: Mapping[str, str], actor: Actor) -> list[str]:
    """State the parts of a claim for a data year (0: standing), in one audit entry; an empty text takes one back.

    The parts that changed: a text that counts already is left as it is. ``enterprise_unknown``,
    ``statement_too_long``.
    """
    code, at = accounts.enterprise(enterprise).code, clock.now()
    plain = {part: text.strip() for part, text in texts.items()}
    for part, text in plain.items():
        if len(text) > LONGEST:
            raise NianjianError("statement_too_long", part=part, longest=LONGEST)
    with transaction.atomic():
        counting = {
            row.part: row
            for row in Statement.objects.select_for_update().filter(
                enterprise_id=code, claim=claim, year=year, part__in=plain, superseded_at=None
            )
        }
        changed = {
            part: text for part, text in plain.items() if text != (counting[part].text if part in counting else "")
        }
        if not changed:
            return []
        superseded = [counting[part].pk for part in changed if part in counting]
        Statement.objects.filter(pk__in=superseded).update(superseded_at=at)
        for part, text in changed.items():
            if text:
                Statement.objects.create(
                    enterprise_id=code, claim=claim, part=part, year=year, text=text, stated_by=str(actor), stated_at=at
                )
        data = {"claim": claim, "year": year, "parts": sorted(changed), "withdrawn": sorted(
            part for part, text in changed.items() if not text
        )}  # fmt: skip
        record(verb=VERB, enterprise=code, actor=actor, data=data)
    return list(changed)
