"""Where one deals with what has waited too long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from nianjian.features.inbox.operations import obstacles


def obstacle_address(code: str, obstacle: str, values: Mapping[str, Any]) -> str:
    """Return the address of the list that holds exactly what has waited too long."""
    if obstacle == obstacles.OVERDUE:
        return f"{reverse('complaints', kwargs={'code': code})}?{urlencode({'hand': 'overdue', 'drill': 'no'})}"
    page = reverse("reconcile-one", kwargs={"code": code, "reconciliation": values["run"]})
    return f"{page}?{urlencode({'state': 'open'})}"
