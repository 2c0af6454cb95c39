"""One look into the call records for one test call."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from nianjian.features.test_calls.verdict import LANDINGS


class Landing(models.Model):
    """Never changed and never in place of what was sealed: records come after a call, so a look has its own date.

    ``expected``: the ledger's gateway when the call was made; ``seen``: gateways that the records name; ``records``:
    source, call, moment and names of each record of the call, no numbers, and what tells a voicemail in it;
    ``sources``: name -> whether it has records before and after the call.
    """

    id = models.CharField(max_length=16, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    trial = models.ForeignKey("inspection.Trial", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=12, choices=[(one, one) for one in LANDINGS])
    expected = models.CharField(max_length=400, blank=True)
    seen: models.JSONField[Any, Any] = models.JSONField(default=list)
    records: models.JSONField[Any, Any] = models.JSONField(default=list)
    sources: models.JSONField[Any, Any] = models.JSONField(default=dict)
    made_by = models.CharField(max_length=160)

    class Meta:
        """Asked for by the test, newest first."""

        app_label = "inspection"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["trial", "-at"], name="inspection_landing_of"),
        ]

    def __str__(self) -> str:
        """Id and verdict."""
        return f"{self.id} {self.verdict}"
