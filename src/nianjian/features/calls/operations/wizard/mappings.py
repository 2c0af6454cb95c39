"""Keep a mapping of call files under a name; one that no file could be read by is refused."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from nianjian.features.calls.operations.wizard import drafts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import mappings, uploads


def keep(*, enterprise: str, name: str, data: Mapping[str, object], actor: Actor) -> None:
    """Check it and keep it in place of an earlier one of the name.

    ``role_missing``, ``mapping_name_malformed``, ``mapping_invalid``, and others of `drafts.checked`.
    """
    require(actor, enterprise, Act.LOAD)
    place = secrets.token_hex(8)
    try:
        drafts.checked(place, data)
    finally:
        uploads.remove(place)
    mappings.save_mapping(enterprise=enterprise, name=name, data=data, actor=actor)
