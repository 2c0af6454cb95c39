"""Mappings of call files, stored under a name so that next month's file is read as this month's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.db import models, transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record


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
        return f"{self.enterprise_id}: {self.name}"


PURPOSE: Final = "for"  # what a mapping is for stands in it; one of call records has none


def list_mapping_names(enterprise: str, purpose: str = "") -> list[str]:
    """The names of an enterprise's mappings for a purpose, sorted; "": for call records."""
    return list(_of_purpose(enterprise, purpose).order_by("name").values_list("name", flat=True))


def get_mapping(enterprise: str, name: str, purpose: str = "") -> Mapping[str, object]:
    """Content of one; ``mapping_unknown``."""
    return dict(get_or_raise(_of_purpose(enterprise, purpose).filter(name=name), "mapping_unknown", name=name).data)


def is_name_taken(enterprise: str, name: str, purpose: str) -> bool:
    """Whether a mapping for something else has this name."""
    mine = _of_purpose(enterprise, purpose).filter(name=name).exists()
    return not mine and NamedMapping.objects.filter(enterprise_id=enterprise, name=name).exists()


def _of_purpose(enterprise: str, purpose: str) -> QuerySet[NamedMapping]:
    mappings = NamedMapping.objects.filter(enterprise_id=enterprise)
    return mappings.filter(data__for=purpose) if purpose else mappings.exclude(data__has_key=PURPOSE)


LONGEST = 80


def save_mapping(*, enterprise: str, name: str, data: Mapping[str, object], actor: Actor, purpose: str = "") -> None:
    """Keep it under the name, in place of an earlier one for the same purpose ("": call records).

    ``role_missing``, ``mapping_name_malformed``, ``mapping_name_taken`` by one for something else.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    plain = name.strip()
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise NianjianError("mapping_name_malformed", longest=LONGEST)
    if is_name_taken(enterprise, plain, purpose):
        raise NianjianError("mapping_name_taken", name=plain)
    document = {**data, PURPOSE: purpose} if purpose else dict(data)
    with transaction.atomic():
        values = {"data": document, "saved_by": str(actor), "saved_at": clock.now()}
        NamedMapping.objects.update_or_create(enterprise_id=enterprise, name=plain, defaults=values)
        record(verb="calls.mapping", enterprise=enterprise, actor=actor, data={"name": plain, "mapping": document})
