"""Read what the gate allows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers.gate_policies.model import GatePolicy


@dataclass(frozen=True, slots=True)
class Setting:
    """A row as a value; ``since`` None: it waits for a second person."""

    id: str
    key: str
    name: str
    values: Mapping[str, Any]
    reason: str
    by: str
    since: datetime | None
    approval: str


def in_force(enterprise: str) -> list[Setting]:
    """What holds now, by key and name."""
    found = GatePolicy.objects.filter(enterprise_id=enterprise, superseded_at=None).exclude(in_force_at=None)
    return [_value(row) for row in found.order_by("key", "name")]


def history(enterprise: str, *, first: int = 0, most: int) -> list[Setting]:
    """What ever was in force, newest first: ``most`` settings from the ``first`` on."""
    found = GatePolicy.objects.filter(enterprise_id=enterprise).exclude(in_force_at=None)
    return [_value(row) for row in found.order_by("-in_force_at", "-id")[first : first + most]]


def find_policy_in_force(enterprise: str, key: str, name: str) -> GatePolicy | None:
    """The row in force about one thing."""
    found = GatePolicy.objects.filter(enterprise_id=enterprise, key=key, name=name, superseded_at=None)
    return found.exclude(in_force_at=None).first()


def proposed(enterprise: str, key: str, name: str) -> list[GatePolicy]:
    """Rows about one thing that were asked for and are not in force."""
    found = GatePolicy.objects.filter(enterprise_id=enterprise, key=key, name=name, in_force_at=None)
    return list(found.order_by("proposed_at"))


def isolates(enterprise: str) -> bool:
    """Whether anything is isolated (white list only) now."""
    return any(one.values.get("white_list") for one in in_force(enterprise))


def proposal(id_: str) -> GatePolicy:
    """The row of a proposal; ``gate_policy_unknown``."""
    found = GatePolicy.objects.filter(pk=id_).first()
    if found is None:
        raise NianjianError("gate_policy_unknown", policy=id_)
    return found


def proposals(ids: Collection[str]) -> dict[str, tuple[GatePolicy, GatePolicy | None]]:
    """These proposals by id, each with the row in force about the same thing, as far as there are any."""
    found = list(GatePolicy.objects.filter(pk__in=ids))
    holding = GatePolicy.objects.filter(
        enterprise_id__in={one.enterprise_id for one in found},
        key__in={one.key for one in found},
        name__in={one.name for one in found},
        superseded_at=None,
    ).exclude(in_force_at=None)
    standing = {(one.enterprise_id, one.key, one.name): one for one in holding}
    return {one.pk: (one, standing.get((one.enterprise_id, one.key, one.name))) for one in found}


def _value(row: GatePolicy) -> Setting:
    by = f"{row.proposed_by} + {row.approved_by}" if row.approved_by else row.proposed_by
    return Setting(row.pk, row.key, row.name, row.values, row.reason, by, row.in_force_at, row.approval)
