"""A complaint by the one-click address of a display number (一键投诉): the addresses, and the ticket of a stranger."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import service
from nianjian.features.complaints.clocks import Clock
from nianjian.features.complaints.one_click import query
from nianjian.features.complaints.one_click import service as doors
from nianjian.features.complaints.one_click.model import Door
from nianjian.features.complaints.operations.promise import promise
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.rulebook.rulebooks import rulebook

STRANGER: Final = Actor("one-click", "public")
"""What the chain says of one who has not signed in."""
SOURCE: Final = "一键投诉"  # as a sheet spells it
OTHER, DRILL = "其他", "演练"
FIELDS: Final = ("complainant", "called_at", "category", "content")


@dataclass(frozen=True, slots=True)
class Promised:
    """The firm's own promise for a ticket that arrives now."""

    response: timedelta
    close: timedelta


def promised(enterprise: str) -> Promised:
    """How soon a ticket that arrives now is responded to and closed."""
    terms = promise(enterprise).on(clock.now())
    return Promised(terms[Clock.RESPONSE].length, terms[Clock.CLOSE].length)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many complaints are taken: of a network address an hour, of a complainant's number a day."""

    address: int
    number: int


def limits(enterprise: str) -> Limits:
    """What the rulebook says today."""
    where = accounts.enterprise(enterprise).province or None
    book = rulebook(day=clock.today(), province=where, enterprise=enterprise)
    names = ("complaints.one_click.per_address", "complaints.one_click.per_number")
    return Limits(*(book.integer(name) for name in names))


def complain(*, token: str, once: str, texts: Mapping[str, str]) -> str:
    """Open the ticket of a stranger; its number. The same ``once`` again opens none and gives the same number.

    ``complaint_door_unknown``, ``register_row_faulty`` with findings.
    """
    door = query.get_by_token(token)
    given = {name: text for name, text in texts.items() if name in FIELDS}
    try:
        return _opened(door, once, given)
    except NianjianError as error:
        if error.code != "complaint_reference_known":
            raise
        return str(error.values["complaint"])


def drill(*, token: str, phone: str, actor: Actor) -> str:
    """Open the ticket of a drill as a stranger's is opened, marked so that it counts nowhere; its number.

    ``phone``: whom the call-back calls, "": nobody. ``role_missing``, and what `complain` raises.
    """
    door = query.get_by_token(token)
    require(actor, door.enterprise_id, Act.REPORT)
    texts = {"complainant": phone.strip(), "category": OTHER, "content": DRILL, "drill": "是"}
    return _opened(door, f"drill-{secrets.token_hex(8)}", texts)


def _opened(door: Door, once: str, texts: Mapping[str, str]) -> str:
    given = {**texts, "source": SOURCE, "reference": once, "complained": door.number}
    return service.add(enterprise=door.enterprise_id, texts=given, actor=STRANGER)


def list_addresses(*, enterprise: str, actor: Actor) -> QuerySet[Door]:
    """The open addresses; ``role_missing``, ``enterprise_unknown``."""
    _may(actor, enterprise)
    return query.doors(enterprise)


def get_address(*, enterprise: str, door: int, actor: Actor) -> Door:
    """One address; ``role_missing``, ``complaint_door_unknown``."""
    _may(actor, enterprise)
    return query.door(enterprise, door)


def open_door(*, enterprise: str, number: str, actor: Actor) -> Door:
    """Give a number its address; ``role_missing``, and what `doors.open_door` raises."""
    _may(actor, enterprise)
    return doors.open_door(enterprise=enterprise, number=number, actor=actor)


def close_door(*, enterprise: str, door: int, actor: Actor) -> None:
    """Take an address back; ``role_missing``, ``complaint_door_unknown``."""
    _may(actor, enterprise)
    doors.close_door(enterprise=enterprise, door=door, actor=actor)


def _may(actor: Actor, enterprise: str) -> None:
    require(actor, enterprise, Act.ADMINISTER)
    accounts.enterprise(enterprise)
