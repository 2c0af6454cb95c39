"""The register of filings: per licence and data year when each report was handed in, and what a notice printed."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Final

from django.db import models, transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.memo import per_request
from nianjian.engines.kernel.workdays import Season
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record


class Filing(models.Model):
    """One report of one licence ("" where the register names none) on one data year.

    ``printed_due``: the last day that a notice to the enterprise names; ``notice`` how the notice is called.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    licence = models.CharField(max_length=80, blank=True)
    year = models.PositiveSmallIntegerField()  # data year
    track = models.CharField(max_length=16)  # licence | code_number
    submitted_on = models.DateField(null=True)
    receipt = models.CharField(max_length=200, blank=True)  # the system's number of it
    printed_due = models.DateField(null=True)
    notice = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """One row a report."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "licence", "track"], name="registers_filing_once")
        ]

    def __str__(self) -> str:
        return f"{self.licence} {self.year} {self.track}"


@per_request
def _list_all(enterprise: str) -> list[Filing]:
    """The reports of every data year, a handful of rows, by licence and report."""
    return list(Filing.objects.filter(enterprise_id=enterprise).order_by("licence", "track"))


def list_filings(enterprise: str, year: int) -> list[Filing]:
    """The reports of a data year of which anything is known, by licence and report."""
    return [row for row in _list_all(enterprise) if row.year == year]


def list_filings_by_enterprise(enterprises: Iterable[str], year: int) -> dict[str, list[Filing]]:
    """The same of many enterprises, by code; one query."""
    codes = list(enterprises)
    if len(codes) == 1:
        return {code: rows for code in codes if (rows := list_filings(code, year))}
    by_code: dict[str, list[Filing]] = {}
    for row in Filing.objects.filter(enterprise_id__in=codes, year=year).order_by("licence", "track"):
        by_code.setdefault(row.enterprise_id, []).append(row)
    return by_code


def list_notices(rows: Iterable[Filing]) -> list[tuple[str, str, date, str]]:
    """Report, licence, last day and name of the notices in these rows."""
    return [(one.track, one.licence, one.printed_due, one.notice) for one in rows if one.printed_due is not None]


def find_submission_day(enterprise: str, track: str) -> date | None:
    """When the newest report of a track was handed in; None: none was."""
    filings = Filing.objects.filter(enterprise_id=enterprise, track=track).exclude(submitted_on=None)
    return filings.order_by("-submitted_on").values_list("submitted_on", flat=True).first()


EMPTY: Final[dict[str, Any]] = {"submitted_on": None, "receipt": "", "printed_due": None, "notice": ""}


def record_submission(
    *, enterprise: str, season: Season, track: str, day: date | None, receipt: str, actor: Actor
) -> Filing:
    """Note that a report was handed in on a day; None takes the note back. The same again writes nothing."""
    values = {"submitted_on": day, "receipt": receipt.strip() if day else ""}
    return _write(enterprise, season, track, values, "season.filed" if day else "season.filing_undone", actor)


def record_notice(
    *, enterprise: str, season: Season, track: str, day: date | None, notice: str, actor: Actor
) -> Filing:
    """Note the last day that a notice names; None takes it back. The same again writes nothing."""
    values = {"printed_due": day, "notice": notice.strip() if day else ""}
    return _write(enterprise, season, track, values, "season.notice" if day else "season.notice_undone", actor)


def _write(  # noqa: PLR0917 -- what the two above have in common
    enterprise: str, season: Season, track: str, values: dict[str, date | str | None], verb: str, actor: Actor
) -> Filing:
    tenant = accounts.enterprise(enterprise)
    report = {"licence": season.licence, "year": season.year, "track": track}
    here: dict[str, Any] = {"enterprise_id": tenant.code, **report}
    stamp: dict[str, Any] = {"recorded_at": clock.now(), "recorded_by": str(actor)}
    with transaction.atomic():
        stored = Filing.objects.select_for_update().filter(**here).first()
        row = stored or Filing(**here, **EMPTY)
        if all(getattr(row, name) == value for name, value in values.items()):
            return row
        if stored is None:  # a second writer of the same moment meets the first one's row
            row, _made = Filing.objects.get_or_create(**here, defaults=EMPTY | stamp)
        for name, value in (values | stamp).items():
            setattr(row, name, value)
        row.save()
        details = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
        record(verb=verb, enterprise=tenant.code, actor=actor, data=report | details)
    return row
