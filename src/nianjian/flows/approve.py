"""The second person says yes: what was asked for is carried out in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from nianjian.accounts.query import Actor
from nianjian.approvals import query
from nianjian.kernel.errors import NianjianError
from nianjian.registers.overlays import service as overlays


def _overlay(approval: str, actor: Actor) -> dict[str, object]:
    row = overlays.approve(approval=approval, actor=actor)
    return {"key": row.key, "value": row.value, "valid_from": row.valid_from.isoformat()}


# Kind of request -> what carries it out.
ACTS: Final[Mapping[str, Callable[[str, Actor], dict[str, object]]]] = {overlays.KIND: _overlay}


def approve(*, approval: str, actor: Actor) -> dict[str, object]:
    """Approve and carry out; ``approval_unknown``, ``approval_kind_wrong``, and the errors of `approvals.service`."""
    asked = query.approval(approval)
    act = ACTS.get(asked.kind)
    if act is None:
        raise NianjianError("approval_kind_wrong", approval=approval, kind=asked.kind)
    done = act(approval, actor)
    return {"approval": approval, "state": "approved", "kind": asked.kind, **done}
