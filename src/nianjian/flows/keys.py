"""The keys of the installation: seen and rotated by those who administer it."""

from __future__ import annotations

from nianjian.accounts.access import EVERYWHERE, require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.vault import query, service
from nianjian.vault.query import Key
from nianjian.vault.service import Progress, Rotation


def list_keys(*, actor: Actor) -> list[Key]:
    """List every key with what it seals; ``role_missing_everywhere``."""
    require(actor, EVERYWHERE, Act.ADMINISTER)
    return query.all_keys()


def rotate_keys(*, actor: Actor, progress: Progress) -> Rotation:
    """Rotate, or finish a rotation that was broken off; ``role_missing_everywhere``, and those of `vault.service`."""
    require(actor, EVERYWHERE, Act.ADMINISTER)
    return service.rotate(actor=actor, progress=progress)
