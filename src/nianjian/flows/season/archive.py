"""Close a season, with its package, portrait and log, and read it as it stood."""

from __future__ import annotations

from typing import Any, Final

from nianjian.accounts.access import may, require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.audit import query as audit
from nianjian.flows import portraits
from nianjian.flows.season.shown import shown
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.season.archives import query, service
from nianjian.season.tracks import State

Json = dict[str, Any]
BUILDS: Final = 2000  # among which the newest package of the season is sought
ROOMS: Final = ("season.", "dossier.", "portrait.", "rectify.")
OPEN: Final = frozenset({State.ON_TIME.value, State.LATE.value, State.UNDATED.value})


def close(*, enterprise: str, year: int, actor: Actor) -> Json:
    """Close a season for good; the archive. ``role_missing``, ``season_archived``, ``season_reports_open``."""
    require(actor, enterprise, Act.REPORT)
    query.refuse_closed(enterprise, year)
    season = shown(enterprise=enterprise, year=year, today=clock.today(), actor=actor)
    if any(one["state"] in OPEN for one in season["tracks"]):
        raise NianjianError("season_reports_open", year=year)
    seq, digest = audit.head()
    told = {
        "season": season,
        "package": _newest(enterprise, year, "dossier.built"),
        "portrait": _portrait(enterprise, year),
        "log": {"seq": seq, "hash": digest, "acts": _log(enterprise, year)},
    }
    service.close(enterprise=enterprise, year=year, told=told, actor=actor)
    return archived(enterprise=enterprise, year=year, actor=actor)


def archived(*, enterprise: str, year: int, actor: Actor) -> Json:
    """A closed season; ``role_missing``, ``season_archive_unknown``, ``season_archive_damaged``.

    Who may not read the chain sees how many acts its log has, not whose.
    """
    require(actor, enterprise, Act.READ)
    told = query.archive(enterprise, year)
    told["log"]["count"] = len(told["log"]["acts"])
    if not may(actor, enterprise, Act.AUDIT):
        told["log"]["acts"] = []
    return told


def _portrait(enterprise: str, year: int) -> Json | None:
    """Which run counted, so that it can be computed again and compared to the digit."""
    run = portraits.newest(enterprise, year)
    if run is None:
        return None
    kept = ("id", "sha256", "light", "moment", "as_of", "rulebook", "snapshot")
    return {name: getattr(run, name) for name in kept} | {"metrics": list(run.metrics)}


def _newest(enterprise: str, year: int, verb: str) -> Json | None:
    """What the chain says of the package that was built last, its manifest's hash with it."""
    found = (one for one in audit.acts(enterprise=enterprise, verb=verb, newest=BUILDS) if one.data.get("year") == year)
    act = next(found, None)
    return None if act is None else {"at": act.at, "by": act.actor, **act.data}


def _log(enterprise: str, year: int) -> list[Json]:
    """Every act on this season, as the chain has them, the newest first."""
    found = (audit.act(one) for room in ROOMS for one in audit.found(enterprise=enterprise, verb=room).iterator())
    told = [
        {"seq": one.seq, "at": one.at, "by": one.actor, "verb": one.verb}
        for one in found
        if one.data.get("year") == year
    ]
    return sorted(told, key=lambda one: -int(str(one["seq"])))
