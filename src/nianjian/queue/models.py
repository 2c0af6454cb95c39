"""An intent: the row that is written before another store is, and closed after it was."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Intent(models.Model):
    """One act over database and lake. ``txn``: the id in the Delta commit; ``payload``: what recovery needs."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"

    id = models.CharField(primary_key=True, max_length=32)
    kind = models.CharField(max_length=40)
    enterprise = models.CharField(max_length=64)
    txn = models.CharField(max_length=200)
    payload: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default=OPEN, choices=[(s, s) for s in (OPEN, DONE, DROPPED)])
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Recovery asks for what is open."""

        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "opened_at"], name="queue_intent_state")]

    def __str__(self) -> str:
        """Kind, transaction and state."""
        return f"{self.kind} {self.txn} {self.state}"
