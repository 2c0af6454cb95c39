"""The keys of the installation: seen and rotated by those who administer it."""

from typing import Final

from allauth.mfa.models import Authenticator

from nianjian.platform.accounts.access import EVERYWHERE, require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.vault import columns
from nianjian.platform.vault.columns import Key, Progress, Rotation, SealedTexts

SECOND_FACTORS: Final = SealedTexts(
    Authenticator, ("data",), ("secret", "seed", "migrated_codes"), b"mfa_authenticator.data"
)
"""What the sign-in library keeps of authenticator apps and recovery codes; a passkey has no secret here."""


def list_keys(*, actor: Actor) -> list[Key]:
    """List every key with what it seals; ``role_missing_everywhere``."""
    require_permission(actor, EVERYWHERE, Permission.ADMINISTER)
    return columns.all_keys([SECOND_FACTORS])


def rotate_keys(*, actor: Actor, progress: Progress) -> Rotation:
    """Rotate, or finish a rotation that was broken off; ``role_missing_everywhere``, and those of `columns.rotate`."""
    require_permission(actor, EVERYWHERE, Permission.ADMINISTER)
    return columns.rotate(actor=actor, others=[SECOND_FACTORS], progress=progress)
