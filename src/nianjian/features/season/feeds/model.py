"""One feed's address."""

from __future__ import annotations

from django.db import models

from nianjian.platform.accounts.models import Bearer
from nianjian.platform.accounts.roles import Act


class Feed(Bearer):
    """It shows what ``user`` may see of the enterprise, as long as it may."""

    needs = Act.READ

    id = models.CharField(primary_key=True, max_length=20)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    user = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Its number."""
        return self.id
