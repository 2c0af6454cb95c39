"""A person's statement that fills a blank of a claim."""

from typing import ClassVar, Final

from django.db import models

from nianjian.platform.vault.fields import SealedText

STANDING: Final = 0  # in place of a year: holds for every one until it is replaced


class Statement(models.Model):
    """Fills the ``part`` of a claim for a data year, or for every year (`STANDING`).

    A newer text supersedes the older one, which is never changed: papers that were generated from it stay explained.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    claim = models.CharField(max_length=40)
    part = models.CharField(max_length=80, blank=True)
    year = models.PositiveIntegerField()
    text = SealedText()
    stated_by = models.CharField(max_length=160)
    stated_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        """One text counts for a part and year."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "claim", "part", "year"],
                condition=models.Q(superseded_at=None),
                name="claims_one_statement",
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.part} {self.year}"
