"""Read mappings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers.mappings.model import NamedMapping

PURPOSE: Final = "for"  # what a mapping is for stands in it; one of call records has none


def names(enterprise: str, purpose: str = "") -> list[str]:
    """The names of an enterprise's mappings for a purpose, sorted; "": for call records."""
    return list(_of(enterprise, purpose).order_by("name").values_list("name", flat=True))


def mapping(enterprise: str, name: str, purpose: str = "") -> Mapping[str, object]:
    """Content of one; ``mapping_unknown``."""
    found = _of(enterprise, purpose).filter(name=name).values_list("data", flat=True).first()
    if found is None:
        raise NianjianError("mapping_unknown", name=name)
    return dict(found)


def is_name_taken(enterprise: str, name: str, purpose: str) -> bool:
    """Whether a mapping for something else has this name."""
    mine = _of(enterprise, purpose).filter(name=name).exists()
    return not mine and NamedMapping.objects.filter(enterprise_id=enterprise, name=name).exists()


def _of(enterprise: str, purpose: str) -> QuerySet[NamedMapping]:
    found = NamedMapping.objects.filter(enterprise_id=enterprise)
    return found.filter(data__for=purpose) if purpose else found.exclude(data__has_key=PURPOSE)
