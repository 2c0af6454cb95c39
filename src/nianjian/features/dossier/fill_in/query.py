"""Read fill-in sheets."""

from __future__ import annotations

import json
from typing import Any

from nianjian.features.dossier.fill_in.fields import Report
from nianjian.features.dossier.fill_in.model import FillIn


def newest(enterprise: str, year: int, report: Report) -> FillIn | None:
    """The sheet that counts; None: none was made yet."""
    found = FillIn.objects.filter(enterprise_id=enterprise, year=year, report=report.value)
    return found.order_by("-pk").first()


def lines(row: FillIn) -> list[dict[str, Any]]:
    """Its fields, personal values in full; ``sealed_damaged``."""
    found: list[dict[str, Any]] = json.loads(row.lines or "[]")
    return found
