"""A mapping that an enterprise has given a name."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class NamedMapping(models.Model):
    """``data``: the content of a mapping file."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    data: models.JSONField[Any, Any] = models.JSONField(default=dict)
    saved_by = models.CharField(max_length=160)
    saved_at = models.DateTimeField()

    class Meta:
        """A name once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "name"], name="registers_mapping_name")
        ]

    def __str__(self) -> str:
        """Enterprise and name."""
        return f"{self.enterprise_id}: {self.name}"
