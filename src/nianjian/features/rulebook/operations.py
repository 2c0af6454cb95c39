"""Ask for another value of a rule: the rulebook checks it, a second person decides. See first what it would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel import clock, identifiers
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.portrait import portraits
from nianjian.features.portrait.operations import compute_portrait
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import EVERYWHERE, require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals.storage import Approval, list_undecided
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress, Steps, silent
from nianjian.platform.registers.overlays import KIND, OverlayProposal, proposals_by_id, propose_overlay

KEPT: Final = ("light", "value", "limit")
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
    approver: str = "",
) -> Approval:
    """Check key, value and tenant on the first day, then ask, an ``approver`` in particular; the pending request.

    Errors: ``enterprise_unknown``, ``province_unknown``, ``role_missing``, ``overlay_rule_unknown``,
    ``overlay_rule_reference``, ``overlay_rule_fixed``, ``overlay_value_wrong``, and those of
    `registers.overlays.propose_overlay`.
    """
    require_permission(actor, enterprise or EVERYWHERE, Permission.REQUEST)
    if enterprise is not None:
        accounts.enterprise(enterprise)
    where = _check_overlay(key, value, province, enterprise, valid_from, reason)["province"]
    overlay = OverlayProposal(key, value, where or "", enterprise or "", valid_from, valid_to, reason)
    return propose_overlay(overlay=overlay, actor=actor, approver=approver)


def list_waiting_overlays(enterprise: str, key: str) -> list[Approval]:
    """The requests for another value of a rule at an enterprise ("": of provinces) that are undecided."""
    waiting = list_undecided(KIND, enterprise)
    proposals = proposals_by_id([request.subject for request in waiting])
    return [request for request in waiting if request.subject in proposals and proposals[request.subject].key == key]


def rule_as_dict(rule: Rule) -> dict[str, Any]:
    """A rule in force as API and command tell it; exact numbers as text."""
    names = (
        "key", "id", "title", "operator", "value", "unit", "level", "citation", "url", "valid_from", "valid_to",
        "province", "kind",
    )  # fmt: skip
    words = {
        "title": {"zh": rule.title_zh, "en": rule.title_en},
        "value": _plain(rule.value),
        "level": str(rule.level),
        "kind": str(rule.kind),
    }
    return {name: words[name] if name in words else getattr(rule, name) for name in names}


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(inside) for inside in value]
    if isinstance(value, dict):
        return {key: _plain(inside) for key, inside in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else str(value)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a tried overlay does to one enterprise: the portraits without and with it, as JSON."""

    enterprise: str
    year: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The lights of both, and of each metric light, value and limit: what is kept of them."""
        metrics = [
            {"slug": before["slug"], "before": _own_figures(before), "after": _own_figures(after)}
            for before, after in zip(self.before["metrics"], self.after["metrics"], strict=True)
        ]
        # The whole under the enterprise's own limits, the guide's where it has none.
        before, after = (str(document.get("own_light") or document["light"]) for document in (self.before, self.after))
        document = {"enterprise": self.enterprise, "year": self.year, "before": before, "after": after}
        return {**document, "metrics": metrics}


def _own_figures(metric: Mapping[str, Any]) -> dict[str, Any]:
    """Light, value and limit of a metric as the enterprise's own limits give them."""
    own = metric.get("own") or {}
    return {name: own.get(name, metric[name]) for name in KEPT}


def enqueue_effects(
    *, key: str, value: str, province: str | None, enterprise: str | None, valid_from: date, reason: str, actor: Actor
) -> str:
    """Put a look at what the overlay would do; its job. Errors as `request_overlay`."""
    require_permission(actor, enterprise or EVERYWHERE, Permission.REQUEST)
    tried = _check_overlay(key, value, province, enterprise, valid_from, reason)
    payload = {name: tried[name] for name in ("key", "value", "province", "reason")}
    payload |= {"valid_from": valid_from.isoformat()}
    place = enterprise or EVERYWHERE
    return flow.enqueue(kind=flow.OVERLAY_EFFECT, enterprise=place, payload=payload, actor=actor)


def compute_effects(
    *,
    key: str,
    value: str,
    province: str | None,
    enterprise: str | None,
    valid_from: date,
    reason: str,
    actor: Actor,
    progress: Progress = silent,
) -> list[Effect]:
    """What the overlay would do to the newest portrait of each enterprise that it concerns, at most `MOST` of them.

    Computed from the rollups as of the later of the portrait's day and the overlay's first day; nothing is kept.
    Errors as `request_overlay`.
    """
    require_permission(actor, enterprise or EVERYWHERE, Permission.REQUEST)
    tried = _check_overlay(key, value, province, enterprise, valid_from, reason)
    where = tried["province"]
    concerned = [
        one.code for one in accounts.enterprises() if enterprise in {None, one.code} and where in {None, one.province}
    ]
    newest = [(code, years[0]) for code in concerned if (years := portraits.list_years(code))][:MOST]
    step = Steps(progress, key, 2 * len(newest))
    effects = []
    for code, year in newest:
        documents, day = [], max(valid_from, date(year, 12, 31))
        for more in ((), (tried,)):
            step()
            documents.append(
                compute_portrait(enterprise=code, year=year, as_of=day, province=None, tried=more).as_dict()
            )
        effects.append(Effect(code, year, *documents))
    return effects


def _check_overlay(  # noqa: PLR0917 -- the same values as the acts'
    key: str, value: str, province: str | None, enterprise: str | None, valid_from: date, reason: str
) -> dict[str, Any]:
    """The overlay as the rulebook of its first day takes it, its province by its short name; what that raises."""
    where = None if province is None else identifiers.short(province)
    tried = {
        "key": key,
        "value": value,
        "province": where,
        "enterprise": enterprise,
        "valid_from": valid_from,
        "valid_to": None,
        "reason": reason,
        "when": clock.now().isoformat(),
    }
    Rulebook.on(valid_from, where, enterprise, [tried])
    return tried
