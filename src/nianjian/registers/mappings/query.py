"""Read mappings."""

from __future__ import annotations

from collections.abc import Mapping

from nianjian.kernel.errors import NianjianError
from nianjian.registers.mappings.model import NamedMapping


def names(enterprise: str) -> list[str]:
    """The names of an enterprise's mappings, sorted."""
    return list(NamedMapping.objects.filter(enterprise_id=enterprise).order_by("name").values_list("name", flat=True))


def mapping(enterprise: str, name: str) -> Mapping[str, object]:
    """Content of one; ``mapping_unknown``."""
    found = NamedMapping.objects.filter(enterprise_id=enterprise, name=name).values_list("data", flat=True).first()
    if found is None:
        raise NianjianError("mapping_unknown", name=name)
    return dict(found)
