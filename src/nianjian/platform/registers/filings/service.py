"""Write the filings; one transaction and one audit entry an act. The caller has checked season and days."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.periods import Season
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.registers.filings.model import Filing

EMPTY: Final[dict[str, Any]] = {"submitted_on": None, "receipt": "", "printed_due": None, "notice": ""}


def submitted(*, enterprise: str, season: Season, track: str, day: date | None, receipt: str, actor: Actor) -> Filing:
    """Note that a report was handed in on a day; None takes the note back. The same again writes nothing."""
    given = {"submitted_on": day, "receipt": receipt.strip() if day else ""}
    return _written(
        enterprise=enterprise,
        season=season,
        track=track,
        given=given,
        actor=actor,
        verb="season.filed" if day else "season.filing_undone",
    )


def printed(*, enterprise: str, season: Season, track: str, day: date | None, notice: str, actor: Actor) -> Filing:
    """Note the last day that a notice names; None takes it back. The same again writes nothing."""
    given = {"printed_due": day, "notice": notice.strip() if day else ""}
    return _written(
        enterprise=enterprise,
        season=season,
        track=track,
        given=given,
        actor=actor,
        verb="season.notice" if day else "season.notice_undone",
    )


def _written(
    *, enterprise: str, season: Season, track: str, given: dict[str, date | str | None], verb: str, actor: Actor
) -> Filing:
    tenant = accounts.enterprise(enterprise)
    here: dict[str, Any] = {
        "enterprise_id": tenant.code,
        "year": season.year,
        "licence": season.licence,
        "track": track,
    }
    stamp: dict[str, Any] = {"recorded_at": clock.now(), "recorded_by": str(actor)}
    with transaction.atomic():
        held = Filing.objects.select_for_update().filter(**here).first()
        row = held or Filing(**here, **EMPTY)
        if all(getattr(row, name) == value for name, value in given.items()):
            return row
        if held is None:  # a second writer of the same moment meets the first one's row
            row, _made = Filing.objects.get_or_create(**here, defaults=EMPTY | stamp)
        for name, value in given.items():
            setattr(row, name, value)
        row.recorded_at, row.recorded_by = stamp["recorded_at"], stamp["recorded_by"]
        row.save()
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}
        data = {"licence": season.licence, "year": season.year, "track": track, **told}
        record(verb=verb, enterprise=tenant.code, actor=actor, data=data)
    return row
