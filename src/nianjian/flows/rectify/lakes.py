"""The tables that rectification counts from: the portrait's cube and tickets, of one moment, with its versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction

import ibis.expr.types as ir

from nianjian.config import wiring
from nianjian.flows.publish import publish
from nianjian.kernel.errors import NianjianError
from nianjian.lake import rollups
from nianjian.lake.engine import Engine
from nianjian.lake.schema import SCHEMAS
from nianjian.portrait.metric import kinds_of, whole
from nianjian.portrait.result import snapshot_sha256
from nianjian.portrait.tables.materialised import DAILY, tickets_rollup
from nianjian.portrait.tables.tickets import Counting
from nianjian.rectification.locate import Terms
from nianjian.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Tables:
    """An open engine with the tables of one moment; ``snapshot``: their versions, with a sha256."""

    engine: Engine
    cube: ir.Table
    tickets: ir.Table
    dated: Mapping[str, ir.Table]
    snapshot: Mapping[str, object]


def terms(book: Rulebook) -> Terms:
    """What the rulebook says of a location."""
    return Terms(
        sources=kinds_of(book, "portrait.complaint_rate.sources"),
        level=Fraction(book.decimal("rectification.locate.level")),
        top=book.integer("rectification.locate.top"),
        low_volume=book.integer("portrait.complaint_rate.low_volume"),
    )


def counting(book: Rulebook) -> Counting:
    """What the rulebook says of complaints."""
    return Counting(
        sources=kinds_of(book, "portrait.complaint_rate.sources"),
        reasons=kinds_of(book, "portrait.complaint_rate.exclusions"),
        minutes=whole(book.rule("portrait.complaint_rate.match_window").value),
    )


def free(enterprise: str) -> None:
    """``rectify_lake_busy`` while somebody writes the lake: a page does not wait for an import to end."""
    if wiring.lake(enterprise).busy():
        raise NianjianError("rectify_lake_busy", enterprise=enterprise)


@contextmanager
def tables(enterprise: str, book: Rulebook) -> Iterator[Tables]:
    """Publish what changed, bring the rollups up to date and hold everything of that moment."""
    lake = wiring.lake(enterprise)
    publish(lake, enterprise)
    with closing(wiring.engine()) as engine:
        with lake.lock():
            cube = rollups.current(lake, engine, DAILY)
            told = rollups.current(lake, engine, tickets_rollup(counting(book)))
            standing = lake.snapshot()
            versions = {name: number for name, number in standing.items() if name in SCHEMAS}
            dated = {
                name: engine.table(name, lake.files(name, versions[name]) if name in versions else [], schema)
                for name, schema in SCHEMAS.items()
            }
        yield Tables(engine, cube, told, dated, {**dict(sorted(versions.items())), "sha256": snapshot_sha256(versions)})
