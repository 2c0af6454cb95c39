"""One list that was built for the gate."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class GateList(models.Model):
    """In use until ``superseded_at``. ``kind`` do-not-call | consents; ``sha256`` names its file in the snapshot."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()  # bytes
    entries = models.BigIntegerField()
    purposes: models.JSONField[Any, Any] = models.JSONField()  # names of the purpose numbers, the first is ""
    words = models.CharField(max_length=64, default="")  # sha256 of the purposes and words it was read by; "": unknown
    file = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    recorded_by = models.CharField(max_length=160)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        """One list of a kind in use."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"],
                condition=models.Q(superseded_at=None),
                name="registers_gatelist_in_use",
            )
        ]

    def __str__(self) -> str:
        """Kind, file and length."""
        return f"{self.kind} {self.file} {self.entries}"
