"""A request that waits for a second person."""

from typing import ClassVar

from django.db import models


class Request(models.Model):
    """What is asked for is opaque here: ``kind``, the ``subject``'s id and the digest of its content."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"

    id = models.CharField(primary_key=True, max_length=20)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    enterprise = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, default=PENDING, choices=[(s, s) for s in (PENDING, APPROVED, REFUSED)])
    requested_by = models.CharField(max_length=160)
    requested_at = models.DateTimeField()
    approver = models.CharField(max_length=150, blank=True, default="")  # who was asked; others may decide, too
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """One open request a subject."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=models.Q(state="pending"), name="approvals_one_pending"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.state}"
