"""What people do in a season: a report handed in, a notice of its own, who does a task, one that rests or is done.

In a season that is closed nothing is done any more: ``season_archived``.
"""

from __future__ import annotations

from datetime import date

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.periods import Season
from nianjian.engines.season.deadlines import TRACKS
from nianjian.features.archives.query import refuse_closed
from nianjian.features.season.notes import service as notes
from nianjian.features.season.operations.season_facts import SeasonFacts, get_season_facts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import filings


def submitted(
    *, enterprise: str, year: int, track: str, licence: str | None, day: date | None, receipt: str = "", actor: Actor
) -> None:
    """Note that a report was handed in on a day (None: take it back); ``licence`` None: of every one that reports.

    ``role_missing``, ``season_track_unknown``, ``season_licence_unknown``, ``season_day_ahead``, ``season_day_early``.
    """
    require(actor, enterprise, Act.REPORT)
    found = _season(enterprise, year, track)
    if day is not None and day > clock.today():
        raise NianjianError("season_day_ahead", day=day.isoformat())
    _not_early(day, found)
    for season in _meant(found, licence):
        filings.record_submission(
            enterprise=enterprise, season=season, track=track, day=day, receipt=receipt, actor=actor
        )


def printed(
    *, enterprise: str, year: int, track: str, licence: str | None, day: date | None, notice: str = "", actor: Actor
) -> None:
    """Note the last day that a notice to the enterprise names (None: take it back); it wins over the templates.

    ``role_missing``, ``season_track_unknown``, ``season_licence_unknown``, ``season_day_early``,
    ``season_reason_missing`` without the notice's name.
    """
    require(actor, enterprise, Act.REPORT)
    found = _season(enterprise, year, track)
    _not_early(day, found)
    if day is not None and not notice.strip():
        raise NianjianError("season_reason_missing", task=track)
    for season in _meant(found, licence):
        filings.record_notice(enterprise=enterprise, season=season, track=track, day=day, notice=notice, actor=actor)


def assign(*, enterprise: str, year: int, task: str, owner: str, actor: Actor) -> None:
    """Name who does a task; ``role_missing``, ``season_task_unknown``."""
    _task(enterprise, year, task, actor)
    notes.assign(enterprise=enterprise, year=year, task=task, owner=owner, actor=actor)


def mark_task_done(*, enterprise: str, year: int, task: str, day: date | None, note: str = "", actor: Actor) -> None:
    """Say that a task was done on a day (None: take it back), with a note.

    ``role_missing``, ``season_task_unknown``, ``season_task_computed``, ``season_reason_missing``,
    ``season_day_ahead``.
    """
    _task(enterprise, year, task, actor)
    if day is not None and day > clock.today():
        raise NianjianError("season_day_ahead", day=day.isoformat())
    notes.mark_task_done(enterprise=enterprise, year=year, task=task, day=day, note=note, actor=actor)


def snooze(*, enterprise: str, year: int, task: str, until: date | None, reason: str = "", actor: Actor) -> None:
    """Let a task rest until a day (None: wake it), with a reason, not beyond the season's earliest last day.

    ``role_missing``, ``season_task_unknown``, ``season_reason_missing``, ``season_snooze_too_long``.
    """
    found = _task(enterprise, year, task, actor)
    last = found.plan.end if found.plan else clock.today()
    notes.snooze(enterprise=enterprise, year=year, task=task, until=until, reason=reason, last=last, actor=actor)


def _task(enterprise: str, year: int, task: str, actor: Actor) -> SeasonFacts:
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    found = get_season_facts(enterprise, year, clock.today())
    if found.plan is None or task not in {one.task for one in found.plan.tasks}:
        raise NianjianError("season_task_unknown", year=year, task=task)
    return found


def _season(enterprise: str, year: int, track: str) -> SeasonFacts:
    if track not in TRACKS:
        raise NianjianError("season_track_unknown", track=track, tracks=", ".join(TRACKS))
    refuse_closed(enterprise, year)
    return get_season_facts(enterprise, year, clock.today())


def _meant(found: SeasonFacts, licence: str | None) -> list[Season]:
    seasons = list(dict.fromkeys(one.season for one in found.tracks))
    if licence is None:
        return seasons
    meant = [one for one in seasons if one.licence == licence.strip()]
    if not meant:
        raise NianjianError("season_licence_unknown", licence=licence, year=found.year)
    return meant


def _not_early(day: date | None, found: SeasonFacts) -> None:
    """A report on a data year is handed in after it."""
    if day is not None and day <= Season("", found.year).year_end:
        raise NianjianError("season_day_early", day=day.isoformat(), year=found.year)
