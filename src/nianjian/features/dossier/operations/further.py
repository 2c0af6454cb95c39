"""Papers that an enterprise's province, or an overlay of its own, asks for besides the guide's list."""

from __future__ import annotations

from nianjian.platform.accounts import query as accounts
from nianjian.platform.rulebook import rulebooks
from nianjian.platform.rulebook.rulebooks import rulebook


def of(enterprise: str) -> tuple[str, ...]:
    """Items that are asked of an enterprise besides, today; enterprise_unknown."""
    tenant = accounts.enterprise(enterprise)
    return rulebooks.list_requested_items(rulebook(day=None, province=tenant.province or None, enterprise=tenant.code))
