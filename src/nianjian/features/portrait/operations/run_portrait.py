"""Run a portrait: publish pending facts, compute, keep the result for the pages, write it into the audit chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock, identifiers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.tables import Lake
from nianjian.engines.metrics.frame import Frame
from nianjian.engines.metrics.metric import WATCH_FACTOR
from nianjian.engines.metrics.result import Result
from nianjian.engines.metrics.run import run
from nianjian.engines.rules.rulebook import Overlay, Rulebook
from nianjian.features.complaints.operations.publish import publish
from nianjian.features.portrait.operations import erasures, lines, portraits
from nianjian.features.portrait.watch import query as watch
from nianjian.features.portrait.watch.query import Watched
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.home import wiring
from nianjian.platform.jobs import query as queue
from nianjian.platform.rulebook.rulebooks import rulebook

Waiting = Callable[[str], None]
"""Told once, before a wait for the lake: the file whose import or undo holds it, "" where that is not known."""

OVERLAY: Final = ("key", "value", "province", "enterprise", "valid_from", "valid_to", "reason")


def _silent(_file: str) -> None:
    """Nobody watches."""


def compute(
    *,
    enterprise: str,
    year: int,
    as_of: date | None,
    province: str | None,
    today: date | None = None,
    raw: bool = False,
    tried: Sequence[Overlay] = (),
    waiting: Waiting = _silent,
) -> Result:
    """Publish and compute, nothing else; ``province`` None: the enterprise's own; ``today`` None: no second day.

    ``tried``: overlays that act in this run only.

    Errors: ``enterprise_unknown``, ``province_unknown``, ``year_not_begun``, ``as_of_before_period``,
    ``rows_erased_year``.
    """
    tenant = accounts.enterprise(enterprise)
    _in_time(year, as_of)
    erasures.refuse(enterprise, Frame(year, as_of or date(year, 12, 31), today))
    where = tenant.province or None if province is None else identifiers.short(province)
    lake = wiring.lake(enterprise)
    _tell(lake, waiting)
    publish(lake, enterprise)
    book = rulebook(day=as_of or date(year, 12, 31), province=where, enterprise=enterprise, tried=tried)
    watched = watch.watched(enterprise, year)
    with closing(wiring.engine()) as engine:
        result = run(
            lake=lake,
            engine=engine,
            rulebook=book,
            enterprise=enterprise,
            year=year,
            as_of=as_of,
            province=where,
            today=today,
            raw=raw,
            watch=book.decimal(WATCH_FACTOR) if watched else None,
        )
    return replace(result, warnings=(*_watched(watched, book), *_warnings(book)))


def _watched(found: Sequence[Watched], book: Rulebook) -> tuple[dict[str, object], ...]:
    """Which licences make the limits stricter, and how much; nothing where nobody is watched."""
    if not found:
        return ()
    licences = "、".join(dict.fromkeys(one.licence for one in found))
    share = f"{(book.decimal(WATCH_FACTOR) * 100).normalize():f} %"
    return ({"code": "watched", "licences": licences, "share": share, "rule": WATCH_FACTOR},)


def _in_time(year: int, as_of: date | None) -> None:
    """A data year that has not begun has no portrait, and at a day before it no seat or ticket of it exists."""
    first, today = date(year, 1, 1), clock.today()
    if today < first:
        raise NianjianError("year_not_begun", year=year, first=first.isoformat(), newest=today.year)
    if as_of is not None and as_of < first:
        raise NianjianError("as_of_before_period", as_of=as_of.isoformat(), first=first.isoformat(), year=as_of.year)


def _tell(lake: Lake, waiting: Waiting) -> None:
    """Say that somebody else writes the lake, and what, before this thread stands still."""
    if lake.busy():
        files = [str(one.payload.get("file", "")) for one in queue.open_intents() if one.enterprise == lake.enterprise]
        waiting(files[0] if files else "")


def _warnings(book: Rulebook) -> tuple[dict[str, object], ...]:
    """An overlay that two persons approved and that no longer acts is never passed over in silence."""
    return tuple({"code": "overlay_ignored", **{name: _plain(one[name]) for name in OVERLAY}} for one in book.ignored)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def run_portrait(
    *,
    enterprise: str,
    year: int,
    as_of: date | None,
    province: str | None,
    today: date | None,
    raw: bool,
    actor: Actor,
    waiting: Waiting = _silent,
) -> Result:
    """Compute the portrait of data year ``year``, keep it for good and as the year's newest.

    ``today`` is the second day of seat vacancy and closing rate. Whoever promises the same bytes tomorrow leaves
    it None. ``role_missing`` and what `compute` raises. The audit entry stands before the result is put in its
    place: a crash between the two leaves the year's former result and the entry of a run.
    """
    require(actor, enterprise, Act.REPORT)
    result = compute(
        enterprise=enterprise, year=year, as_of=as_of, province=province, today=today, raw=raw, waiting=waiting
    )
    told = result.as_dict()
    with portraits.stage_portrait(enterprise, year, told, actor=str(actor)) as put:
        data = {
            "year": year,
            "as_of": result.frame.as_of.isoformat(),
            "light": result.light.value,
            "rulebook": told["rulebook"],
            "snapshot": told["snapshot"],
            "run": put.run.id,
            "sha256": put.run.sha256,
        }
        with transaction.atomic():
            record(verb="portrait.run", enterprise=enterprise, actor=actor, data=data)
        put()
    if not raw:  # the daily cube is fresh now
        lines.keep(enterprise)
    return result
