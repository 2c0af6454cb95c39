"""The links of kiosks, and the sources that people set on a page."""

from typing import ClassVar

from django.db import models

from nianjian.platform.accounts.models import Bearer
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.vault.fields import SealedText


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
        return self.id


class ScreenSource(models.Model):
    """Where the figures of a switch come from; several of one ``name`` belong to one switch.

    ``place``: a file or socket below the folder that the operator named, ``HOST:PORT``, or "" where the switch posts.
    """

    id = models.CharField(primary_key=True, max_length=20)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    place = models.CharField(max_length=500, blank=True)
    user = SealedText(null=True)
    secret = SealedText(null=True)
    set_by = models.CharField(max_length=160)
    set_at = models.DateTimeField()

    class Meta:
        """Its table stands with those of `inspection`."""

        app_label = "inspection"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "name", "kind"], name="inspection_source_once")
        ]

    def __str__(self) -> str:
        return self.id
