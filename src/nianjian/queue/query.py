"""Read intents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nianjian.queue.models import Intent


@dataclass(frozen=True, slots=True)
class Open:
    """An intent that nobody has closed yet."""

    id: str
    kind: str
    enterprise: str
    txn: str
    payload: Mapping[str, object]
    opened_at: datetime


def open_intents() -> list[Open]:
    """All open intents, oldest first."""
    found = Intent.objects.filter(state=Intent.OPEN).order_by("opened_at", "id")
    return [Open(one.id, one.kind, one.enterprise, one.txn, one.payload, one.opened_at) for one in found]
