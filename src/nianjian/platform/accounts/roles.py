"""Which role allows which act. Pure: a table and three questions."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person is at an enterprise, or in the whole installation."""

    ADMINISTRATOR = "administrator"
    COMPLIANCE_LEAD = "compliance_lead"
    DATA_OFFICER = "data_officer"
    OUTSOURCER = "outsourcer"
    TESTER = "tester"  # of a third party
    INSPECTOR = "inspector"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a role may allow."""

    READ_OWN = "read_own"  # what concerns one's own team; who may read all may read this
    READ = "read"  # lists, portraits, what-if; telephone numbers masked
    REPORT = "report"  # compute the year's portrait and keep it
    MANAGE_DATA = "load"  # calls and registers in, a batch out, papers that explain a light
    VIEW_UNMASKED = "reveal"  # rejected rows with telephone numbers in full
    REQUEST = "request"  # ask for what a second person must approve
    APPROVE = "approve"  # be that second person
    AUDIT = "audit"  # read and check the chain
    PEOPLE = "people"  # people, their roles and links
    ADMINISTER = "administer"  # webhooks; enterprises, keys and holidays of the installation


_READ: Final = frozenset({Permission.READ_OWN, Permission.READ})
_WORK: Final = _READ | frozenset(
    {Permission.REPORT, Permission.MANAGE_DATA, Permission.VIEW_UNMASKED, Permission.REQUEST}
)

# An outsourcer may see own rows only: what does not tell rows apart by team asks for `READ`.
ALLOWED: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.ADMINISTRATOR: frozenset(Permission), Role.COMPLIANCE_LEAD: _WORK | {Permission.APPROVE, Permission.AUDIT},
    Role.DATA_OFFICER: _WORK, Role.OUTSOURCER: frozenset({Permission.READ_OWN}),
    Role.TESTER: _READ, Role.AUDITOR: _READ | {Permission.AUDIT},
    Role.INSPECTOR: frozenset(),  # sees the inspection room, which shows what the firm has released and nothing else
}  # fmt: skip


def allowed(role: str) -> frozenset[Permission]:
    """The acts that a role allows; a name that is no role allows nothing."""
    return ALLOWED[Role(role)] if role in ALLOWED else frozenset()


def allows(roles: Iterable[str], act: Permission) -> bool:
    """Whether one of the roles allows the act."""
    return any(act in allowed(role) for role in roles)


def roles_for(act: Permission) -> tuple[Role, ...]:
    """The roles that allow an act, as the refusal names them."""
    return tuple(role for role in Role if act in ALLOWED[role])
