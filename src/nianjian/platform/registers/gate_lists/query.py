"""Read which built lists are in use."""

from __future__ import annotations

from nianjian.platform.registers.gate_lists.model import GateList


def in_use(enterprise: str | None = None) -> list[GateList]:
    """The lists in use of one enterprise, or of all, by enterprise and kind."""
    found = GateList.objects.filter(superseded_at=None)
    if enterprise is not None:
        found = found.filter(enterprise_id=enterprise)
    return list(found.order_by("enterprise_id", "kind"))
