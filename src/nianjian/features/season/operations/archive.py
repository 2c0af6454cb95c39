"""Close a season, with its package, portrait and log, read it as it stood, and open it again as two people."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.season.tracks import State
from nianjian.features.archives import query, service
from nianjian.features.portrait import portraits
from nianjian.features.season.operations import files
from nianjian.features.season.operations.overview import summarize_season
from nianjian.platform.accounts.access import may, require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.approvals import query as approvals
from nianjian.platform.approvals.query import Approval
from nianjian.platform.audit import query as audit

Json = dict[str, Any]
KIND: Final = service.KIND
OPEN: Final = frozenset({State.ON_TIME.value, State.LATE.value, State.UNDATED.value})


def close(*, enterprise: str, year: int, actor: Actor) -> Json:
    """Close a season, with its files; the archive. Only two people open it again.

    ``role_missing``, ``season_archived``, ``season_reports_open``, ``season_package_gone``.
    """
    require(actor, enterprise, Act.REPORT)
    query.refuse_closed(enterprise, year)
    season = summarize_season(enterprise=enterprise, year=year, today=clock.today(), actor=actor)
    if any(one["state"] in OPEN for one in season["tracks"]):
        raise NianjianError("season_reports_open", year=year)
    seq, digest = audit.head()
    head = {"seq": seq, "hash": digest}
    acts, package = files.log(enterprise, year), files.built(enterprise, year)
    short = [{name: one[name] for name in ("seq", "at", "by", "verb")} for one in acts]
    told = {"season": season, "package": package, "portrait": _portrait(enterprise, year),
            "log": {**head, "acts": short}}  # fmt: skip
    made = files.gathered(enterprise, year, package, acts, head)
    try:
        service.close(enterprise=enterprise, year=year, told=told, files=made, actor=actor)
    except BaseException:
        files.drop(made)
        raise
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


def reopen(*, enterprise: str, year: int, reason: str, actor: Actor) -> Approval:
    """Ask for a second person to open a closed season again, as when the regulator returns the report; the request.

    ``role_missing``, ``season_archive_unknown``, ``season_reason_missing``, ``approval_pending``.
    """
    require(actor, enterprise, Act.REQUEST)
    return service.ask_opening(enterprise=enterprise, year=year, reason=reason, actor=actor)


def waiting(*, enterprise: str, year: int, actor: Actor) -> str | None:
    """The request to open a closed season again that waits for a second person; None: there is none.

    ``role_missing``, ``season_archive_unknown``.
    """
    require(actor, enterprise, Act.READ)
    return approvals.waiting(KIND, str(query.get_closed_archive(enterprise, year).pk))


def approved(approval: str, actor: Actor) -> Json:
    """Carry out what the second person agrees to; errors as `service.open_again`."""
    row = service.open_again(approval=approval, actor=actor)
    return {"enterprise": row.enterprise_id, "season": row.year}


def describe_requests(subjects: Collection[str]) -> dict[str, Json]:
    """What requests ask for, by subject, to be read before saying yes."""
    return {
        str(row.pk): {"season": row.year, "document": row.sha256, "reason": row.opening_reason}
        for row in query.openings(subjects)
    }


def _portrait(enterprise: str, year: int) -> Json | None:
    """Which run counted, so that it can be computed again and compared to the digit."""
    run = portraits.find_newest_run(enterprise, year)
    if run is None:
        return None
    kept = ("id", "sha256", "light", "moment", "as_of", "rulebook", "snapshot")
    return {name: getattr(run, name) for name in kept} | {"metrics": list(run.metrics)}
