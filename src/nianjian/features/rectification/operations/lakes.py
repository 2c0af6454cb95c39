"""The tables that rectification counts from: the portrait's cube and tickets, of one moment, with its versions.

Work publishes first what the registers and tickets have that the lake has not; who only looks reads what was published
before and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

import ibis.expr.types as ir

from nianjian.engines.lake import rollups
from nianjian.engines.lake.engine import Engine
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.metric import kinds_of, whole
from nianjian.engines.metrics.result import snapshot_sha256
from nianjian.engines.metrics.tables import DAILY, Counting, tickets_rollup
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.complaints.operations.publish import publish
from nianjian.features.rectification.locate import Terms
from nianjian.platform.home import wiring
from nianjian.platform.jobs.progress import Steps

TICKETS = "complaint_fact"


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


@dataclass(frozen=True, slots=True)
class Published:
    """An open engine with the tickets as they stood ``at`` (None: nothing was published yet)."""

    engine: Engine
    tickets: ir.Table
    dated: Mapping[str, ir.Table]
    at: datetime | None


SETTING_UP = 3  # steps that `tables` tells


@contextmanager
def tables(enterprise: str, book: Rulebook, step: Steps) -> Iterator[Tables]:
    """Publish what changed, bring the rollups up to date and hold everything of that moment."""
    lake = wiring.lake(enterprise)
    step()
    publish(lake, enterprise)
    with closing(wiring.engine()) as engine:
        with lake.lock():
            step()
            cube = rollups.current(lake, engine, DAILY)
            step()
            told = rollups.current(lake, engine, tickets_rollup(counting(book)))
            standing = lake.snapshot()
            versions = {name: number for name, number in standing.items() if name in SCHEMAS}
            dated = _dated(lake, engine, versions)
        yield Tables(engine, cube, told, dated, {**dict(sorted(versions.items())), "sha256": snapshot_sha256(versions)})


@contextmanager
def published(enterprise: str, book: Rulebook) -> Iterator[Published]:
    """Hold what was published last, and write nothing: a rollup that is behind is computed for this once."""
    lake = wiring.lake(enterprise)
    versions = {name: number for name, number in lake.snapshot().items() if name in SCHEMAS}
    rollup = tickets_rollup(counting(book))
    with closing(wiring.engine()) as engine:
        dated = _dated(lake, engine, versions)
        kept = rollups.find_rollup(lake, engine, rollup, versions)
        yield Published(engine, rollup.build(dated) if kept is None else kept, dated, _moment(lake, versions))


def _dated(lake: Lake, engine: Engine, versions: Mapping[str, int]) -> dict[str, ir.Table]:
    return {
        name: engine.table(name, lake.files(name, versions[name]) if name in versions else [], schema)
        for name, schema in SCHEMAS.items()
    }


def _moment(lake: Lake, versions: Mapping[str, int]) -> datetime | None:
    """When the tickets were written into the lake."""
    if TICKETS not in versions:
        return None
    (entry, *_later) = lake.history(TICKETS, versions[TICKETS] - 1)
    return datetime.fromtimestamp(int(str(entry["timestamp"])) / 1000, UTC)
