"""One feed's address."""

from __future__ import annotations

from django.db import models


class Feed(models.Model):
    """Only the digest of the secret is kept. It shows what ``user`` may see of the enterprise, as long as it may."""

    id = models.CharField(primary_key=True, max_length=20)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    user = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Its number."""
        return self.id
