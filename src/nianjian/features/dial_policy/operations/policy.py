"""Change what the gate allows and tell it at once; what touches an isolated channel needs a second person."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from nianjian.engines.gate.snapshot.tenant import OTHER, UNNAMED
from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dial_policy.operations import facts as gate_facts
from nianjian.features.dial_policy.operations import feed as gate_feed
from nianjian.features.dial_policy.operations import rules as ruled
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import gate_policies, models
from nianjian.platform.registers.gate_policies import PolicyValues
from nianjian.platform.registers.versions import current_versions
from nianjian.platform.rulebook.rulebooks import rulebook

LOG: Final = logging.getLogger(__name__)
KIND: Final = gate_policies.KIND
MOST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Done:
    """``state`` is ``set`` (in force) or ``pending`` (``approval`` waits for a second person).

    ``told``: whether the gate has been told of what is in force; where that failed the clock tries it again.
    """

    state: str
    approval: str | None
    key: str
    name: str
    values: Mapping[str, Any]
    told: bool


def set_cap(
    *,
    enterprise: str,
    name: str,
    cap: int | None,
    white_list: bool,
    reason: str,
    actor: Actor,
    key: str = ruled.CHANNEL,
) -> Done:
    """Cap a channel (or a display number, or a team) at attempts a natural day; None: the rulebook's default.

    With ``white_list`` it is isolated: only callees with a consent on file. Isolating, lifting, and any change of what
    is isolated asks for a second person. ``role_missing``, ``enterprise_unknown``, ``gate_channel_unknown``,
    ``gate_cap_wrong``, ``gate_policy_same``, ``approval_pending``.
    """
    require(actor, enterprise, Act.REQUEST)
    accounts.enterprise(enterprise)
    if cap is not None and not 0 <= cap <= MOST:
        raise NianjianError("gate_cap_wrong", cap=cap, most=MOST)
    name = _known(enterprise, key, name.strip())
    wanted = PolicyValues(key, name, {"cap": cap, "white_list": white_list}, reason)
    return _change(enterprise, wanted, actor)


def carry(
    *, enterprise: str, key: str, name: str, cap: int | None, white_list: bool, reason: str, approval: str, actor: Actor
) -> None:
    """Put in force what a second person has approved elsewhere (an isolation order, or its lifting).

    Inside the caller's transaction; the gate is told when that is over. ``key`` is channel, display or team. What holds
    already changes nothing. ``gate_channel_unknown``.
    """
    name = _known(enterprise, key, name.strip())
    values = {"cap": cap, "white_list": white_list}
    standing = gate_policies.find_policy_in_force(enterprise, key, name)
    if standing is None or standing.values != values:
        wanted = PolicyValues(key, name, values, reason)
        gate_policies.apply_policy(
            enterprise=enterprise, wanted=wanted, actor=actor, approval=approval, second=str(actor)
        )
    feed_after_commit(enterprise)


def choose(*, enterprise: str, rule: str, on: bool, reason: str, actor: Actor) -> Done:
    """Take a vendor's limits over, or drop them; ``gate_choice_unknown``, and as `set_cap`."""
    require(actor, enterprise, Act.REQUEST)
    one = accounts.enterprise(enterprise)
    ruled.chosen(rulebook(day=None, province=one.province, enterprise=enterprise), rule)
    return _change(enterprise, PolicyValues(ruled.RULE, rule, {"on": on}, reason), actor)


def fail_open(*, enterprise: str, purpose: str, on: bool, reason: str, actor: Actor) -> Done:
    """Let calls of a purpose go, or not, while the gate cannot know; letting them asks for a second person, always.

    ``gate_purpose_unknown``, and as `set_cap`.
    """
    require(actor, enterprise, Act.REQUEST)
    one = accounts.enterprise(enterprise)
    words = rulebook(day=None, province=one.province, enterprise=enterprise).value("gate.purposes")
    known = [*(words if isinstance(words, Mapping) else ()), UNNAMED, OTHER]
    if purpose not in known:
        raise NianjianError("gate_purpose_unknown", purpose=purpose, purposes=", ".join(known))
    wanted = PolicyValues(ruled.PURPOSE, purpose, {"fail_open": on}, reason)
    return _change(enterprise, wanted, actor)


def enforce(*, enterprise: str, on: bool, reason: str, actor: Actor) -> Done:
    """Let the gate refuse, or only look on (试运行), which asks for a second person, always; as `set_cap`."""
    require(actor, enterprise, Act.REQUEST)
    accounts.enterprise(enterprise)
    wanted = PolicyValues(ruled.MODE, "", {"enforce": on}, reason)
    return _change(enterprise, wanted, actor)


def approve(approval: str, actor: Actor) -> dict[str, object]:
    """Carry an approved request out and tell the gate; errors as `registers.gate_policies.approve_policy`."""
    row = gate_policies.approve_policy(approval=approval, actor=actor)
    feed_after_commit(row.enterprise_id)
    return {"key": row.key, "name": row.name, "values": row.values}


def summarize_proposals(subjects: Collection[str]) -> dict[str, dict[str, object]]:
    """What requests ask for, by subject, to be read before saying yes."""
    return {
        id_: {
            "key": row.key,
            "name": row.name,
            "values": row.values,
            "before": None if standing is None else standing.values,
            "reason": row.reason,
        }
        for id_, (row, standing) in gate_policies.proposals_by_id(subjects).items()
    }


@dataclass(slots=True)
class Telling:
    """``failed``: the snapshot could not be written; what was set stands all the same."""

    failed: bool = False


def feed_after_commit(enterprise: str) -> Telling:
    """Write the snapshot as soon as the transaction is over; the lists stay as they are.

    What keeps it from being written is logged, no fault of the change that is committed by then: it may even lie in
    another enterprise's list. The clock feeds the gate again.
    """
    telling = Telling()

    def feed() -> None:
        try:
            gate_feed.feed(enterprise=enterprise, lists=False)
        except (NianjianError, OSError):
            telling.failed = True
            LOG.exception("the gate could not be told", extra={"enterprise": enterprise})

    transaction.on_commit(feed)
    return telling


def summarize_policy(*, enterprise: str, actor: Actor) -> dict[str, Any]:
    """What the gate allows: mode, caps with their meters, channels, purposes, what was set and what can be chosen.

    ``problems``: why the gate cannot be told of it; what a rule that cannot be read stands behind is left out.
    """
    require(actor, enterprise, Act.READ)
    one = accounts.enterprise(enterprise)
    book = rulebook(day=None, province=one.province, enterprise=enterprise)
    before = gate_feed.find_published_policy(enterprise)
    settings = gate_policies.list_policies_in_force(enterprise)
    problems: list[NianjianError] = []
    try:
        now = gate_feed.policy(enterprise, before, 0)
    except NianjianError as unreadable:
        problems.append(unreadable)
        now = _readable(enterprise, book, settings, problems)
    return {
        "enterprise": enterprise,
        "enforce": now["enforce"],
        "told": not problems and before is not None and before["version"] == now["version"],
        "problems": _told(problems),
        "caps": [_cap(told) for told in now["caps"]],
        "channels": [{name: line[name] for name in ("name", "team", "isolated")} for line in now["channels"]],
        "isolated_displays": now["isolated_displays"],
        "purposes": [_purpose(told) for told in now["purposes"]],
        "set": [_setting(setting) for setting in settings],
        "choices": ruled.choices(book),
    }


def _told(problems: Sequence[NianjianError]) -> list[dict[str, Any]]:
    """Each fault once: the whole fails for the same reason as its part."""
    found: list[dict[str, Any]] = []
    for one in problems:
        told = {"code": one.code, "values": dict(one.values)}
        if told not in found:
            found.append(told)
    return found


def _readable(
    enterprise: str, book: Rulebook, settings: Sequence[gate_policies.PolicySetting], problems: list[NianjianError]
) -> dict[str, Any]:
    """Of what `gate_feed.policy` refuses, the parts that can be read; the faults of the others go to ``problems``."""
    isolated = {key: ruled.isolated(settings, key) for key in ruled.CAPPED}
    lines = gate_facts.channels(enterprise, isolated[ruled.CHANNEL], isolated[ruled.TEAM])
    found = []
    try:
        found = ruled.stamped(ruled.caps(book, settings, (line["name"] for line in lines)), (), 0)
    except NianjianError as unreadable:
        problems.append(unreadable)
    return {
        "enforce": next((bool(one.values["enforce"]) for one in settings if one.key == ruled.MODE), True),
        "caps": found,
        "channels": lines,
        "isolated_displays": sorted(isolated[ruled.DISPLAY]),
        "purposes": _purposes(book, settings, problems),
    }


def _purposes(
    book: Rulebook, settings: Sequence[gate_policies.PolicySetting], problems: list[NianjianError]
) -> list[dict[str, Any]]:
    try:
        return ruled.purposes(book, settings, problems.append)
    except NianjianError as unreadable:
        problems.append(unreadable)
        return []


def history(*, enterprise: str, actor: Actor, first: int = 0, most: int) -> list[dict[str, Any]]:
    """What was ever set, newest first, with its reason and who said so: ``most`` of it from the ``first`` on.

    ``role_missing``.
    """
    require(actor, enterprise, Act.READ)
    return [_setting(setting) for setting in gate_policies.list_policy_history(enterprise, first=first, most=most)]


def _cap(told: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "key", "only", "limit", "window", "counts", "rule")
    shown = {name: told[name] for name in names}
    return shown if told["window"] == "calendar_day" else shown | {"seconds": told["seconds"]}


def _purpose(told: Mapping[str, Any]) -> dict[str, Any]:
    clock = [[f"{minute // 60:02}:{minute % 60:02}" for minute in pair] for pair in told["hours"]]
    return {**told, "hours": clock}


def _setting(one: gate_policies.PolicySetting) -> dict[str, Any]:
    told = {"key": one.key, "name": one.name, "values": one.values, "reason": one.reason, "by": one.by}
    return told | {"since": one.since, "approval": one.approval or None}


def _change(enterprise: str, wanted: PolicyValues, actor: Actor) -> Done:
    """Put it in force, or ask for a second person; whether two are needed is looked at with all others waiting."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        if _two(enterprise, wanted):
            waiting = gate_policies.propose_policy(enterprise=enterprise, wanted=wanted, actor=actor)
            return Done("pending", waiting.id, wanted.key, wanted.name, wanted.values, told=False)
        gate_policies.apply_policy(enterprise=enterprise, wanted=wanted, actor=actor)
        telling = feed_after_commit(enterprise)
    return Done("set", None, wanted.key, wanted.name, wanted.values, told=not telling.failed)


def _two(enterprise: str, wanted: PolicyValues) -> bool:
    """Whether it touches what is isolated: a cap its own, everything else whatever is isolated in the enterprise.

    To let calls go unasked is never one person's own choice, be it while the gate cannot know or all of them.
    """
    if wanted.values.get("fail_open") or wanted.values.get("enforce") is False:
        return True
    if wanted.key not in ruled.CAPPED:
        return gate_policies.has_isolation(enterprise)
    standing = gate_policies.find_policy_in_force(enterprise, wanted.key, wanted.name)
    return bool(wanted.values["white_list"]) or (standing is not None and bool(standing.values.get("white_list")))


def _known(enterprise: str, key: str, name: str) -> str:
    """The name as the snapshot has it; ``gate_channel_unknown`` for what no register knows."""
    if key == ruled.CHANNEL and any(line["name"] == name for line in gate_facts.channels(enterprise, set(), set())):
        return name
    if key == ruled.TEAM and current_versions(models.Team, enterprise).filter(key=name).exists():
        return name
    if key == ruled.DISPLAY and (value := numbers.normalise(name).value) is not None:
        return str(value)
    raise NianjianError("gate_channel_unknown", channel=name)
