"""What every check stands on: who asks, as at which day, by which rules; visits, scans and notes read."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

import ibis.expr.types as ir

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.inspection.models import NoticeScan, Visit
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import wiring
from nianjian.platform.rulebook.rulebooks import rulebook


def get_visit(enterprise: str, day: date) -> Visit:
    """The one of a day; ``visit_unknown``."""
    return get_or_raise(Visit.objects.filter(enterprise_id=enterprise, day=day), "visit_unknown", day=day.isoformat())


def list_scans(visit: int) -> list[NoticeScan]:
    """Those of a day, in the order in which they came."""
    return list(NoticeScan.objects.filter(visit_id=visit).order_by("pk"))


def get_scan(enterprise: str, day: date, number: int) -> NoticeScan:
    """One of a day; ``visit_scan_unknown``."""
    return get_or_raise(
        NoticeScan.objects.filter(pk=number, visit__enterprise_id=enterprise, visit__day=day),
        "visit_scan_unknown",
        day=day.isoformat(),
    )


YEARS: Final = 10  # a day further back is a slip of the pen

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CheckBasis:
    """An enterprise as at a day, with the rules of that day."""

    enterprise: str
    name: str
    day: date
    book: Rulebook
    actor: Actor

    @classmethod
    def of(cls, enterprise: str, day: date | None, actor: Actor) -> Self:
        """``role_missing``, ``enterprise_unknown``, ``inspection_day_wrong`` for a day to come or long past."""
        require_permission(actor, enterprise, Permission.READ)
        tenant = accounts.enterprise(enterprise)
        chosen = resolve_day(day)
        book = rulebook(day=chosen, province=tenant.province or None, enterprise=enterprise)
        return cls(enterprise, tenant.name, chosen, book, actor)

    def stamp(self) -> dict[str, str]:
        """Which rules a check was made by."""
        return {"id": self.book.id, "version": self.book.version, "sha256": self.book.sha256}


def resolve_day(day: date | None) -> date:
    """Today where none is named; ``inspection_day_wrong``."""
    today = clock.today()
    chosen = day or today
    if not today.year - YEARS <= chosen.year or chosen > today:
        raise NianjianError("inspection_day_wrong", day=chosen.isoformat(), today=today.isoformat())
    return chosen


@dataclass(frozen=True, slots=True)
class LakeCalls:
    """Tables of the lake on an open engine, and the version of the calls; None: there are none."""

    engine: Engine
    tables: dict[str, ir.Table]
    version: int | None


@contextmanager
def open_calls(enterprise: str, *more: str) -> Iterator[LakeCalls]:
    """The calls, and ``more`` tables, as they stand now."""
    lake = wiring.lake(enterprise)
    with closing(wiring.engine()) as engine:
        version = lake.version("calls")
        tables = {name: engine.table(name, lake.files(name), SCHEMAS[name]) for name in ("calls", *more)}
        yield LakeCalls(engine, tables, version)
