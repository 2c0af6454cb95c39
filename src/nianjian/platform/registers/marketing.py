"""What a person decided about marketing calls of a data year; the newest decision counts, the others stay."""

from datetime import date

from django.db import models, transaction

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.vault.fields import SealedText


class MarketingDecision(models.Model):
    """``kind``: stopped (such calls end on ``decided_on``) or service (call-backs to which people consented)."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    kind = models.CharField(max_length=16)
    decided_on = models.DateField()
    text = SealedText()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"{self.kind} {self.decided_on}"


def find_marketing_decision(enterprise: str, year: int) -> MarketingDecision | None:
    """The newest decision about a data year."""
    return MarketingDecision.objects.filter(enterprise_id=enterprise, year=year).order_by("-pk").first()


def store_marketing_decision(
    *, enterprise: str, year: int, kind: str, decided_on: date, text: str, actor: Actor
) -> MarketingDecision:
    """Write a decision and its audit entry."""
    with transaction.atomic():
        row = MarketingDecision.objects.create(
            enterprise_id=enterprise, year=year, kind=kind, decided_on=decided_on, text=text,
            recorded_at=clock.now(), recorded_by=str(actor),
        )  # fmt: skip
        data = {"year": year, "kind": kind, "decided_on": decided_on.isoformat()}
        record(verb="portrait.decide_marketing", enterprise=enterprise, actor=actor, data=data)
    return row
