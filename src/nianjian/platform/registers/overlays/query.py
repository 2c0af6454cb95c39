"""Read overlays, in the form that the rulebook takes."""

from __future__ import annotations

from collections.abc import Collection

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers.overlays.model import Overlay


def overlays(*, enterprise: str | None = None, province: str | None = None) -> list[dict[str, object]]:
    """Approved overlays that touch an enterprise and province (all if neither is given), in the order approved.

    Keys: key, value, province, enterprise (None: every one), valid_from, valid_to (ISO, included), reason, who, when.
    """
    found = Overlay.objects.exclude(approved_at=None).order_by("approved_at", "id")
    if enterprise is not None:
        found = found.filter(enterprise__in=["", enterprise])
    if province is not None:
        found = found.filter(province__in=["", province])
    return [plain(one) for one in found]


def proposal(id_: str) -> Overlay:
    """The row of a proposal; ``overlay_unknown``."""
    found = Overlay.objects.filter(pk=id_).first()
    if found is None:
        raise NianjianError("overlay_unknown", overlay=id_)
    return found


def proposals(ids: Collection[str]) -> dict[str, Overlay]:
    """The rows of these proposals by id, as far as there are any."""
    return {one.pk: one for one in Overlay.objects.filter(pk__in=ids)}


def plain(row: Overlay) -> dict[str, object]:
    """The row as the rulebook takes it."""
    return {
        "key": row.key,
        "value": row.value,
        "province": row.province or None,
        "enterprise": row.enterprise or None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "reason": row.reason,
        "who": f"{row.proposed_by} + {row.approved_by}",
        "when": None if row.approved_at is None else row.approved_at.isoformat(),
    }
