"""Read the chain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nianjian.audit.models import Entry


@dataclass(frozen=True, slots=True)
class Act:
    """One entry for readers; ``at`` is UTC, ISO 8601."""

    seq: int
    at: str
    actor: str
    enterprise: str
    verb: str
    data: Mapping[str, object]


def acts(*, enterprise: str | None = None, verb: str | None = None, newest: int = 100) -> Iterator[Act]:
    """Yield the newest entries first, at most ``newest``, of one enterprise or verb if given."""
    found = Entry.objects.order_by("-seq")
    if enterprise is not None:
        found = found.filter(enterprise=enterprise)
    if verb is not None:
        found = found.filter(verb=verb)
    for entry in found[:newest]:
        yield Act(entry.seq, entry.at, entry.actor, entry.enterprise, entry.verb, json.loads(entry.data))
