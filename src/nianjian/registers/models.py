"""All models of the registers, gathered for Django."""

from __future__ import annotations

from nianjian.registers.batches.model import Batch, BatchFile

__all__ = ["Batch", "BatchFile"]
