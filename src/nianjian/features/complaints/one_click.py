"""One-click complaints (一键投诉): public addresses of display numbers, and the tickets of strangers.

No audit entry holds the token of an address.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import operations
from nianjian.features.complaints.clocks import Clock
from nianjian.features.complaints.models import Door
from nianjian.features.complaints.queries import load_service_levels
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.operations.fields import Line, Number
from nianjian.platform.operations.operation import Area, operation
from nianjian.platform.rulebook.rulebooks import rulebook


def list_doors(enterprise: str) -> QuerySet[Door]:
    """The open addresses of an enterprise, by number."""
    return Door.objects.filter(enterprise_id=enterprise, closed_at=None).order_by("number")


def get_door(enterprise: str, name: int) -> Door:
    """One of them; ``complaint_door_unknown``, also for one that is closed."""
    found = list_doors(enterprise).filter(pk=name).first()
    if found is None:
        raise NianjianError("complaint_door_unknown")
    return found


def get_by_token(token: str) -> Door:
    """The number behind a public address; ``complaint_door_unknown`` says the same of what never was and what ended."""
    found = Door.objects.filter(token=token, closed_at=None).select_related("enterprise").first()
    if found is None:
        raise NianjianError("complaint_door_unknown")
    return found


ADDRESSES: Final = Area(path=f"{operations.TICKETS.path}/one-click")
LENGTH: Final = 12  # bytes, 16 characters: short enough for a message, far too many to try
SHORTEST: Final = 3  # digits of a number
LONGEST: Final = 20


STRANGER: Final = Actor("one-click", "public")
"""What the chain says of one who has not signed in."""
SOURCE: Final = "一键投诉"  # as a sheet spells it
OTHER, DRILL = "其他", "演练"
FIELDS: Final = ("complainant", "called_at", "category", "content")


def get_promise(enterprise: str) -> tuple[timedelta, timedelta]:
    """How soon a ticket that arrives now is responded to and closed, as the firm promises."""
    terms = load_service_levels(enterprise).on(clock.now())
    return terms[Clock.RESPONSE].length, terms[Clock.CLOSE].length


@dataclass(frozen=True, slots=True)
class OneClickLimits:
    """How many complaints are taken: of a network address an hour, of a complainant's number a day."""

    address: int
    number: int


def load_limits(enterprise: str) -> OneClickLimits:
    """What the rulebook says today."""
    where = accounts.enterprise(enterprise).province or None
    book = rulebook(day=clock.today(), province=where, enterprise=enterprise)
    names = ("complaints.one_click.per_address", "complaints.one_click.per_number")
    return OneClickLimits(*(book.integer(name) for name in names))


def submit_complaint(*, token: str, once: str, texts: Mapping[str, str]) -> str:
    """Open the ticket of a stranger; its number. The same ``once`` again opens none and gives the same number.

    ``complaint_door_unknown``, ``register_row_faulty`` with findings.
    """
    door = get_by_token(token)
    given = {name: text for name, text in texts.items() if name in FIELDS}
    try:
        return _opened(door, once, given)
    except NianjianError as error:
        if error.code != "complaint_reference_known":
            raise
        return str(error.values["complaint"])


def open_drill_ticket(*, token: str, phone: str, actor: Actor) -> str:
    """Open the ticket of a drill as a stranger's is opened, marked so that it counts nowhere; its number.

    ``phone``: whom the call-back calls, "": nobody. ``role_missing``, and what `complain` raises.
    """
    door = get_by_token(token)
    require_permission(actor, door.enterprise_id, Permission.REPORT)
    texts = {"complainant": phone.strip(), "category": OTHER, "content": DRILL, "drill": "是"}
    return _opened(door, f"drill-{secrets.token_hex(8)}", texts)


def _opened(door: Door, once: str, texts: Mapping[str, str]) -> str:
    given = {**texts, "source": SOURCE, "reference": once, "complained": door.number}
    return operations.create_ticket(enterprise=door.enterprise_id, texts=given, actor=STRANGER)


def list_addresses(*, enterprise: str, actor: Actor) -> QuerySet[Door]:
    """The open addresses; ``role_missing``, ``enterprise_unknown``."""
    _may(actor, enterprise)
    return list_doors(enterprise)


def get_address(*, enterprise: str, door: int, actor: Actor) -> Door:
    """One address; ``role_missing``, ``complaint_door_unknown``."""
    _may(actor, enterprise)
    return get_door(enterprise, door)


@operation("complaints.door.open", on=ADDRESSES, permission=Permission.ADMINISTER)
def open_door(*, enterprise: str, number: Line, actor: Actor) -> Door:
    """Give a number its address; ``complaint_door_number`` for what is no number, ``complaint_door_exists``."""
    plain = "".join(number.split()).replace("-", "")
    if not (plain.isascii() and plain.isdigit() and SHORTEST <= len(plain) <= LONGEST):
        raise NianjianError("complaint_door_number", number=number)
    with transaction.atomic():
        lock_enterprise(enterprise)
        if list_doors(enterprise).filter(number=plain).exists():
            raise NianjianError("complaint_door_exists", number=plain)
        made = Door.objects.create(
            enterprise_id=enterprise, number=plain, token=secrets.token_urlsafe(LENGTH), made_by=str(actor),
            made_at=clock.now(),
        )  # fmt: skip
        record(verb="complaints.door.open", enterprise=enterprise, actor=actor, data={"number": plain})
    return made


@operation("complaints.door.close", on=ADDRESSES, permission=Permission.ADMINISTER)
def close_door(*, enterprise: str, door: Number, actor: Actor) -> None:
    """Let an address lead nowhere from now on; ``complaint_door_unknown``."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        found = get_door(enterprise, door)
        found.closed_at = clock.now()
        found.save(update_fields=["closed_at"])
        record(verb="complaints.door.close", enterprise=enterprise, actor=actor, data={"number": found.number})


def _may(actor: Actor, enterprise: str) -> None:
    require_permission(actor, enterprise, Permission.ADMINISTER)
    accounts.enterprise(enterprise)
