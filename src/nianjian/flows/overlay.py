"""Ask for another value of a rule: the rulebook checks it, a second person decides. See first what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from nianjian.accounts import query as accounts
from nianjian.accounts.access import EVERYWHERE, require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.approvals.query import Approval
from nianjian.flows import portraits
from nianjian.flows.run_portrait import compute
from nianjian.kernel import clock, provinces
from nianjian.registers.overlays.service import Proposed, propose
from nianjian.rules.rulebook import Overlay, Rulebook

MOST: Final = 5  # enterprises of a province that an effect is computed for


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
    Rulebook.on(valid_from, province, enterprise, [_tried(key, value, province, enterprise, valid_from, reason)])
    wanted = Proposed(key, value, province or "", enterprise or "", valid_from, valid_to, reason)
    return propose(overlay=wanted, actor=actor)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a tried overlay does to one enterprise: the portraits without and with it, as JSON."""

    enterprise: str
    year: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def effects(
    *,
    key: str,
    value: str,
    province: str | None,
    enterprise: str | None,
    valid_from: date,
    reason: str,
    actor: Actor,
) -> list[Effect]:
    """What the overlay would do to the newest portrait of each enterprise that it concerns, at most `MOST` of them.

    Computed from the rollups as of the later of the portrait's day and the overlay's first day; nothing is kept.
    Errors as `request_overlay`.
    """
    require(actor, enterprise or EVERYWHERE, Act.REQUEST)
    where = None if province is None else provinces.short(province)
    tried = _tried(key, value, where, enterprise, valid_from, reason)
    Rulebook.on(valid_from, where, enterprise, [tried])
    concerned = [
        one for one in accounts.enterprises() if enterprise in {None, one.code} and where in {None, one.province}
    ]
    found: list[Effect] = []
    for one in concerned:
        years = portraits.years(one.code)
        if years and len(found) < MOST:
            found.append(_effect(one.code, years[0], max(valid_from, date(years[0], 12, 31)), tried))
    return found


def _effect(enterprise: str, year: int, day: date, tried: Overlay) -> Effect:
    before, after = (
        compute(enterprise=enterprise, year=year, as_of=day, province=None, tried=more).as_dict()
        for more in ((), (tried,))
    )
    return Effect(enterprise, year, before, after)


def _tried(  # noqa: PLR0917 -- the same values as the acts'
    key: str, value: str, province: str | None, enterprise: str | None, valid_from: date, reason: str
) -> dict[str, object]:
    return {
        "key": key,
        "value": value,
        "province": province,
        "enterprise": enterprise,
        "valid_from": valid_from,
        "valid_to": None,
        "reason": reason,
        "when": clock.now().isoformat(),
    }
