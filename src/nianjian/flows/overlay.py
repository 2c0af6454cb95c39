"""Ask for another value of a rule: the rulebook checks it, a second person decides."""

from __future__ import annotations

from datetime import date

from nianjian.accounts import query as accounts
from nianjian.accounts.access import EVERYWHERE, require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.approvals.query import Approval
from nianjian.kernel import clock, provinces
from nianjian.registers.overlays.service import Proposed, propose
from nianjian.rules.rulebook import Rulebook


def request_overlay(
    *,
    key: str,
    value: str,
    province: str | None,
    enterprise: str | None,
    valid_from: date,
    valid_to: date | None,
    reason: str,
    actor: Actor,
) -> Approval:
    """Check key, value and tenant on the first day, then ask; the pending request.

    Errors: ``enterprise_unknown``, ``province_unknown``, ``role_missing``, ``overlay_rule_unknown``,
    ``overlay_value_wrong``, and those of `registers.overlays.service.propose`.
    """
    require(actor, enterprise or EVERYWHERE, Act.REQUEST)
    if enterprise is not None:
        accounts.enterprise(enterprise)
    if province is not None:
        province = provinces.short(province)
    tried = {
        "key": key,
        "value": value,
        "province": province,
        "enterprise": enterprise,
        "valid_from": valid_from,
        "valid_to": None,
        "reason": reason,
        "when": clock.now().isoformat(),
    }
    Rulebook.on(valid_from, province, enterprise, [tried])
    wanted = Proposed(key, value, province or "", enterprise or "", valid_from, valid_to, reason)
    return propose(overlay=wanted, actor=actor)
