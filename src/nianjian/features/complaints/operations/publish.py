"""Publish pending facts: registers and complaints write their dated tables into the lake."""

from __future__ import annotations

from nianjian.engines.lake.tables import Lake
from nianjian.features.complaints import publish as complaints
from nianjian.platform.registers import publish as registers


def publish(lake: Lake, enterprise: str) -> None:
    """Write what changed since the last time; unchanged facts make no commit."""
    with lake.lock():
        registers.publish_registers(lake, enterprise)
        complaints.publish(lake, enterprise)
