"""One kiosk's link."""

from __future__ import annotations

from django.db import models

from nianjian.platform.accounts.models import Bearer
from nianjian.platform.accounts.roles import Permission


class ScreenLink(Bearer):
    """``name``: where the screen stands.

    ``user``: the administrator who made it ("" for the operator of the shell); it holds as long as that person may
    administer the enterprise.
    """

    needs = Permission.ADMINISTER

    id = models.CharField(primary_key=True, max_length=20)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    user = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Its table stands with those of `inspection`."""

        app_label = "inspection"

    def __str__(self) -> str:
        """Its number."""
        return self.id
