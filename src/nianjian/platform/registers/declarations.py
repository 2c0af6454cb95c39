"""A metric that does not apply to an enterprise in a data year: a named person says so, with the reason."""

from dataclasses import dataclass
from typing import ClassVar

from django.db import models, transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.vault.fields import SealedText


class NotApplicable(models.Model):
    """A declaration; withdrawn it stays, and acts no more."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=40)
    year = models.PositiveIntegerField()  # data year
    reason = SealedText()
    declared_on = models.DateField()
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=160)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=160, blank=True)

    class Meta:
        """A metric of a year is declared once at a time."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "metric", "year"],
                condition=models.Q(withdrawn_at=None),
                name="registers_notapplicable_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.year}"


@dataclass(frozen=True, slots=True)
class Declaration:
    """``who`` declared on the day ``on`` (ISO) that ``metric`` does not apply, and the ``reason``."""

    metric: str
    who: str
    on: str
    reason: str


def list_declarations(enterprise: str, year: int) -> list[Declaration]:
    """The declarations that act in a data year, by metric."""
    rows = NotApplicable.objects.filter(enterprise_id=enterprise, year=year, withdrawn_at=None).order_by("metric")
    return [Declaration(row.metric, row.declared_by, row.declared_on.isoformat(), str(row.reason)) for row in rows]


def store_declaration(enterprise: str, metric: str, year: int, reason: str, actor: Actor) -> NotApplicable:
    """Write a declaration and its audit entry; ``declaration_exists``."""
    with transaction.atomic():
        row, created = NotApplicable.objects.get_or_create(
            enterprise_id=enterprise, metric=metric, year=year, withdrawn_at=None,
            defaults={
                "reason": reason, "declared_on": clock.today(), "declared_at": clock.now(), "declared_by": str(actor)
            },
        )  # fmt: skip
        if not created:
            raise NianjianError("declaration_exists", metric=metric, year=year)
        record(verb="portrait.declare", enterprise=enterprise, actor=actor, data={"metric": metric, "year": year})
    return row


def store_withdrawal(enterprise: str, metric: str, year: int, actor: Actor) -> NotApplicable:
    """Withdraw the declaration that acts, with an audit entry; ``declaration_unknown``."""
    with transaction.atomic():
        rows = NotApplicable.objects.select_for_update()
        row = rows.filter(enterprise_id=enterprise, metric=metric, year=year, withdrawn_at=None).first()
        if row is None:
            raise NianjianError("declaration_unknown", metric=metric, year=year)
        row.withdrawn_at, row.withdrawn_by = clock.now(), str(actor)
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record(verb="portrait.withdraw", enterprise=enterprise, actor=actor, data={"metric": metric, "year": year})
    return row
