"""Ask for another value of a rule: the rulebook checks it, a second person decides. See first what it would do."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
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


@dataclass(frozen=True, slots=True)
class Title:
    """A rule's title in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule of a day; ``value``: exact numbers as text."""

    key: str
    id: str
    title: Title
    operator: str | None
    value: Any
    unit: str | None
    level: str
    citation: str
    url: str | None
    valid_from: date | None
    valid_to: date | None
    province: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Why a value differs from the rule's own, and who asked for it."""

    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class WithoutEffect:
    """A value that was approved for a rule that takes none, why, and who asked for it."""

    value: Any
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class RuleTold(RuleInForce):
    """A rule in force; ``value``: exact numbers as text.

    ``kind``: parameter, whose value the program reads, or reference, which is shown with its source alone.
    ``settable``: whether another value may be asked for. ``without_effect``: values that were approved and do not act.
    """

    text: str
    note: str
    note_zh: str
    settable: bool
    changed: Changed | None
    without_effect: list[WithoutEffect]


def rule_to_document(rule: Rule) -> RuleInForce:
    """A rule as the command lists it."""
    return RuleInForce(**_values(rule))


def rule_to_full_document(rule: Rule, book: Rulebook) -> RuleTold:
    """A rule with what was approved for it."""
    acting = [one for one in book.overlays if one["key"] == rule.key]
    return RuleTold(
        **_values(rule),
        text=rule.text_zh,
        note=rule.note_en,
        note_zh=rule.note_zh,
        settable=rule.settable,
        changed=Changed(*(str(acting[-1].get(name) or "") for name in ("reason", "who"))) if acting else None,
        without_effect=[
            WithoutEffect(one["value"], str(one["reason"]), str(one["who"]))
            for one in book.ignored
            if one["key"] == rule.key
        ],
    )


def _values(rule: Rule) -> dict[str, Any]:
    """The fields of a `RuleInForce`."""
    values = {one.name: getattr(rule, one.name, None) for one in fields(RuleInForce)}
    words = {"title": Title(rule.title_zh, rule.title_en), "value": _plain(rule.value)}
    return values | words | {"level": str(rule.level), "kind": str(rule.kind)}


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(inside) for inside in value]
    if isinstance(value, dict):
        return {key: _plain(inside) for key, inside in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else str(value)


@dataclass(frozen=True, slots=True)
class Figures:
    """Light, value and limit of a metric as the enterprise's own limits give them."""

    light: str
    value: Any  # as the portrait's JSON has both
    limit: Any


@dataclass(frozen=True, slots=True)
class MetricEffect:
    """A metric without and with a tried overlay."""

    slug: str
    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True)
class Effect:
    """What a tried overlay does to one enterprise: the lights without and with it, and what is kept of the metrics."""

    enterprise: str
    year: int
    before: str
    after: str
    metrics: list[MetricEffect]


def _compare(enterprise: str, year: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> Effect:
    """Two portraits, as JSON, without and with a tried overlay."""
    metrics = [
        MetricEffect(old["slug"], _own_figures(old), _own_figures(new))
        for old, new in zip(before["metrics"], after["metrics"], strict=True)
    ]
    # The whole under the enterprise's own limits, the guide's where it has none.
    old_light, new_light = (str(document.get("own_light") or document["light"]) for document in (before, after))
    return Effect(enterprise, year, old_light, new_light, metrics)


def _own_figures(metric: Mapping[str, Any]) -> Figures:
    own = metric.get("own") or {}
    return Figures(**{name: own.get(name, metric[name]) for name in ("light", "value", "limit")})


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
        effects.append(_compare(code, year, *documents))
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
