"""Run a portrait: publish pending facts, compute, keep the result for the pages, write it into the audit chain."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from django.db import transaction

from nianjian.accounts import query as accounts
from nianjian.accounts.access import require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.audit.record import record
from nianjian.config import wiring
from nianjian.flows import portraits
from nianjian.flows.publish import publish
from nianjian.flows.rulebooks import rulebook
from nianjian.portrait.result import Result
from nianjian.portrait.run import run


def compute(
    *,
    enterprise: str,
    year: int,
    as_of: date | None,
    province: str | None,
    today: date | None = None,
    raw: bool = False,
) -> Result:
    """Publish and compute, nothing else; ``province`` None: the enterprise's own; ``today`` None: no second day."""
    tenant = accounts.enterprise(enterprise)
    where = province or tenant.province or None
    lake = wiring.lake(enterprise)
    publish(lake, enterprise)
    book = rulebook(day=as_of or date(year, 12, 31), province=where, enterprise=enterprise)
    with closing(wiring.engine()) as engine:
        return run(
            lake=lake,
            engine=engine,
            rulebook=book,
            enterprise=enterprise,
            year=year,
            as_of=as_of,
            province=where,
            today=today,
            raw=raw,
        )


def run_portrait(
    *,
    enterprise: str,
    year: int,
    as_of: date | None,
    province: str | None,
    today: date | None,
    raw: bool,
    actor: Actor,
) -> Result:
    """Compute the portrait of data year ``year`` and keep it as the year's newest.

    ``today`` is the second day of seat vacancy and closing rate. Whoever promises the same bytes tomorrow leaves
    it None. ``role_missing`` and what `compute` raises.
    """
    require(actor, enterprise, Act.REPORT)
    result = compute(enterprise=enterprise, year=year, as_of=as_of, province=province, today=today, raw=raw)
    told = result.as_dict()
    portraits.keep(enterprise, year, told)
    data = {
        "year": year,
        "as_of": result.frame.as_of.isoformat(),
        "light": result.light.value,
        "rulebook": told["rulebook"],
        "snapshot": told["snapshot"],
    }
    with transaction.atomic():
        record(verb="portrait.run", enterprise=enterprise, actor=actor, data=data)
    return result
