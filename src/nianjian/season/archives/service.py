"""Close a season: once, and never taken back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from nianjian.accounts import query as accounts
from nianjian.accounts.query import Actor
from nianjian.audit.record import record
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.season.archives.model import Archive


def close(*, enterprise: str, year: int, told: Mapping[str, Any], actor: Actor) -> str:
    """Keep what the season was; its digest. ``season_archived`` for one that is closed."""
    tenant = accounts.enterprise(enterprise)
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    row = Archive(
        enterprise_id=tenant.code, year=year, told=text, sha256=sha256, closed_at=clock.now(), closed_by=str(actor)
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as fault:
            raise NianjianError("season_archived", year=year) from fault
        record(verb="season.archived", enterprise=tenant.code, actor=actor, data={"year": year, "sha256": sha256})
    return sha256
