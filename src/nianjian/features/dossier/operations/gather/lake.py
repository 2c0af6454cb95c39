"""Calls and complaints of the data year, from the very versions that the portrait's run was counted from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import NumberClass
from nianjian.engines.lake import rollups
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.drill_down import counting
from nianjian.engines.metrics.tables import tickets_rollup
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.dossier.generated import facts
from nianjian.features.dossier.generated.complaint_records import Ticket
from nianjian.features.dossier.generated.monthly_traffic import Traffic
from nianjian.features.dossier.operations.gather import registers
from nianjian.platform.home import wiring

Portrait = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """An open engine with the run's tables."""

    engine: Engine
    dated: Mapping[str, ir.Table]
    tickets: ir.Table


@contextmanager
def tables(enterprise: str, portrait: Portrait) -> Iterator[Tables]:
    """The tables at the run's versions; ``rows_behind_erased`` where they are there no longer."""
    lake, versions = wiring.lake(enterprise), revive.snapshot(portrait)
    with closing(wiring.engine()) as engine:
        dated = {}
        for name, schema in SCHEMAS.items():
            files = lake.files(name, versions[name]) if name in versions else []
            if not all(Path(file).exists() for file in files):
                raise NianjianError("rows_behind_erased", table=name, day="–")
            dated[name] = engine.table(name, files, schema)
        rollup = tickets_rollup(counting(portrait))
        kept = rollups.find_rollup(lake, engine, rollup, versions)
        yield Tables(engine, dated, rollup.build(dated) if kept is None else kept)


def traffic(found: Tables, portrait: Portrait, year: int) -> list[Traffic]:
    """Month by month and number by number."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    calls, ledger = found.dated["calls"], found.dated["number_dim"]
    cells: defaultdict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for counted in (facts.outbound, facts.inbound):
        for row in found.engine.rows(counted(calls, ledger, first, last)):
            key = str(row["month"]), str(row["number"]), str(row["shown"])
            cells[key] |= {name: int(str(value)) for name, value in row.items() if name not in facts.KEYS}
    own = {number for _month, number, _shown in cells if number}
    sources = counting(portrait).sources
    for row in found.engine.rows(facts.complaints(found.tickets, sources, first, last)):
        number = str(row["number"]) if str(row["number"]) in own else ""
        shown = NumberClass.OWN_SHORT if number else NumberClass.UNKNOWN
        cell = cells[str(row["month"]), number, shown.value]
        cell["complaints"] = cell.get("complaints", 0) + int(str(row["complaints"]))
    return [
        Traffic(month, number, NumberClass(shown), **counts) for (month, number, shown), counts in sorted(cells.items())
    ]


def tickets(found: Tables, enterprise: str, year: int) -> list[Ticket]:
    """Tickets accepted in the year as they stand now, each with why the run leaves it out."""
    columns = found.tickets.select("complaint_id", "excluded_rate", "excluded_ticket")
    reasons = {row["complaint_id"]: row for row in found.engine.rows(columns)}
    since, until = (datetime(one, 1, 1, tzinfo=clock.ZONE) for one in (year, year + 1))
    rows = complaints.current_tickets(enterprise).filter(accepted_at__gte=since, accepted_at__lt=until)
    told = registers.tickets(list(rows.order_by("accepted_at", "key")), COMPLAINTS)
    return [_ticket(row, reasons.get(row["ticket_id"], {})) for row in told]


def _ticket(row: Mapping[str, object], reasons: Mapping[str, object]) -> Ticket:
    own = str(row.get("exclusion") or "")  # a ticket that the run has not seen
    return Ticket(
        row,
        str(reasons.get("excluded_rate", own) or ""),
        str(reasons.get("excluded_ticket", own) or ""),
    )
