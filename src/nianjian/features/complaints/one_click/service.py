"""Open and close the public address of a display number: one transaction, one audit entry. No entry holds a token."""

from __future__ import annotations

import secrets
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.one_click import query
from nianjian.features.complaints.one_click.model import Door
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record

LENGTH: Final = 12  # bytes, 16 characters: short enough for a message, far too many to try
SHORTEST: Final = 3  # digits of a number
LONGEST: Final = 20


def open_door(*, enterprise: str, number: str, actor: Actor) -> Door:
    """Give a number its address; ``complaint_door_number`` for what is no number, ``complaint_door_exists``."""
    plain = "".join(number.split()).replace("-", "")
    if not (plain.isascii() and plain.isdigit() and SHORTEST <= len(plain) <= LONGEST):
        raise NianjianError("complaint_door_number", number=number)
    with transaction.atomic():
        lock_enterprise(enterprise)
        if query.doors(enterprise).filter(number=plain).exists():
            raise NianjianError("complaint_door_exists", number=plain)
        made = Door(
            enterprise_id=enterprise,
            number=plain,
            token=secrets.token_urlsafe(LENGTH),
            made_by=str(actor),
            made_at=clock.now(),
        )
        made.save(force_insert=True)
        record(verb="complaints.door.open", enterprise=enterprise, actor=actor, data={"number": plain})
    return made


def close_door(*, enterprise: str, door: int, actor: Actor) -> None:
    """Let an address lead nowhere from now on; ``complaint_door_unknown``."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        found = query.door(enterprise, door)
        found.closed_at = clock.now()
        found.save(update_fields=["closed_at"])
        record(verb="complaints.door.close", enterprise=enterprise, actor=actor, data={"number": found.number})
