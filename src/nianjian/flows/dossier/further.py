"""Papers that an enterprise's province, or an overlay of its own, asks for besides the guide's list."""

from __future__ import annotations

from nianjian.accounts import query as accounts
from nianjian.dossier.kinds import further
from nianjian.flows.rulebooks import rulebook


def of(enterprise: str) -> tuple[str, ...]:
    """Items that are asked of an enterprise besides, today; enterprise_unknown."""
    tenant = accounts.enterprise(enterprise)
    return further.asked(rulebook(day=None, province=tenant.province or None, enterprise=tenant.code))
