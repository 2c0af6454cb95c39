"""Look at a forward list before it is imported; nothing of it is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from nianjian.features.complaints.forwards.look import ListColumn, ListLook, preview_forward_list
from nianjian.features.complaints.forwards.mapping import ForwardMapping
from nianjian.features.complaints.operations.forwards import sendable
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env, spill
from nianjian.platform.registers.uploads import plain_name

__all__ = ["ListColumn", "ListLook", "look_at"]


def look_at(*, enterprise: str, name: str, content: bytes, mapping: ForwardMapping, actor: Actor) -> ListLook:
    """What the list's columns are and what an import with this mapping would say.

    ``role_missing``, ``enterprise_unknown``, ``file_empty``, ``file_too_large``, and what `look` raises.
    """
    require(actor, enterprise, Act.LOAD)
    accounts.enterprise(enterprise)
    sendable(name, content)
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as folder:  # closed to others, soon gone
        path = Path(folder) / plain_name(name)
        path.write_bytes(content)
        return preview_forward_list(path, mapping)
