"""Read the files that wait for their item."""

from __future__ import annotations

import json
from typing import Any

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.arrivals.model import Arrival
from nianjian.platform.vault import blobs


def some(enterprise: str, year: int, first: int, most: int) -> list[Arrival]:
    """Those of a season, in the order in which they came."""
    found = Arrival.objects.filter(enterprise_id=enterprise, year=year).order_by("pk")
    return list(found[first : first + most])


def count(enterprise: str, year: int) -> int:
    """How many wait."""
    return Arrival.objects.filter(enterprise_id=enterprise, year=year).count()


def unread(enterprise: str, year: int) -> list[int]:
    """Keys of those whose content nobody has looked at yet."""
    found = Arrival.objects.filter(enterprise_id=enterprise, year=year, proposal__isnull=True, fault__isnull=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def get_arrival(enterprise: str, year: int, arrival: int) -> Arrival:
    """One of a season; NianjianError dossier_arrival_unknown."""
    found = Arrival.objects.filter(enterprise_id=enterprise, year=year, pk=arrival).first()
    if found is None:
        raise NianjianError("dossier_arrival_unknown", arrival=arrival)
    return found


def content(row: Arrival) -> bytes:
    """The plain file; ``blob_missing``, ``sealed_damaged``."""
    return blobs.get(row.blob)


def proposal(row: Arrival) -> dict[str, Any] | None:
    """What its content speaks for (`recognise.told`); None: not read, or not readable."""
    return json.loads(row.proposal) if row.proposal else None


def fault(row: Arrival) -> dict[str, Any] | None:
    """Code and values of why it could not be read."""
    return json.loads(row.fault) if row.fault else None
