"""One-click complaints (一键投诉): public addresses and strangers' tickets. No audit entry holds an address's token."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from django.db import transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.claims import Claim, Lack
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.paper.texts.claims import CLAIMS, TEXT
from nianjian.engines.paper.words import mark
from nianjian.features.complaints import operations, queries
from nianjian.features.complaints.clocks import Clock, ClockLimit, ServiceLevels, count_tickets
from nianjian.features.complaints.models import Door
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.claims.models import STANDING
from nianjian.platform.claims.storage import StatementText, load_statements, store_statements
from nianjian.platform.operations.fields import Flag, Limits, Line, Number, OptionalNumber, Param
from nianjian.platform.operations.operation import Answer, Area, Body, operation
from nianjian.platform.rulebook.rulebooks import rulebook


def list_doors(enterprise: str) -> QuerySet[Door]:
    """The open addresses of an enterprise, by number."""
    return Door.objects.filter(enterprise_id=enterprise, closed_at=None).order_by("number")


def get_door(enterprise: str, name: int) -> Door:
    """One of them; ``complaint_door_unknown``, also for one that is closed."""
    return get_or_raise(list_doors(enterprise).filter(pk=name), "complaint_door_unknown")


def get_by_token(token: str) -> Door:
    """The number behind a public address; ``complaint_door_unknown`` says the same of what never was and what ended."""
    rows = Door.objects.filter(token=token, closed_at=None).select_related("enterprise")
    return get_or_raise(rows, "complaint_door_unknown")


ADDRESSES: Final = Area(path=f"{operations.TICKETS.path}/one-click")
LENGTH: Final = 12  # bytes, 16 characters: short enough for a message, far too many to try
SHORTEST: Final = 3  # digits of a number
LONGEST: Final = 20


STRANGER: Final = Actor("one-click", "public")
"""What the chain says of one who has not signed in."""
SOURCE: Final = "一键投诉"  # as a sheet spells it
OTHER, DRILL = "其他", "演练"
FIELDS: Final = ("complainant", "called_at", "category", "content")


PROMISE: Final = "one_click_promise"  # ids of the claims of the public pages
PURPOSE: Final = "one_click_purpose"
HOURS: Final = Limits(1, 8760)
LATELY: Final = timedelta(days=90)  # so far back tickets are held against the promise


@dataclass(frozen=True, slots=True)
class Promise:
    """What a named person has promised on the public pages; hours None: nothing.

    ``purpose``: that a complaint's data serve nothing else; ``broken``: late answers and closings of `LATELY`.
    """

    response: int | None
    close: int | None
    purpose: bool
    adopted_by: str = ""
    adopted_at: datetime | None = None
    broken: int = 0


def get_promise(enterprise: str, *, count: bool = False) -> Promise:
    """The promise that the enterprise has adopted; ``count``: with how often it was broken lately."""
    statements = load_statements(enterprise, STANDING)
    hours, purpose = statements.get(PROMISE, {}), statements.get(PURPOSE, {})
    response, close = (_read_hours(hours.get(name)) for name in ("response_hours", "close_hours"))
    if response is None or close is None:
        return Promise(None, None, TEXT in purpose)
    broken = _count_broken(enterprise, response, close) if count else 0
    adopted = hours["response_hours"]
    return Promise(response, close, TEXT in purpose, adopted.by, adopted.at, broken)


def _read_hours(statement: StatementText | None) -> int | None:
    """Hours within `HOURS`; None where none are stated, or the text is no such number."""
    text = "" if statement is None else statement.text
    hours = int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0
    return hours if HOURS.least <= hours <= (HOURS.most or hours) else None


def _count_broken(enterprise: str, response: int, close: int) -> int:
    """Late answers and closings by the hours that were promised."""
    now, limits = clock.now(), {Clock.RESPONSE: timedelta(hours=response), Clock.CLOSE: timedelta(hours=close)}
    levels = ServiceLevels((date.min,), ({name: ClockLimit(length, length) for name, length in limits.items()},))
    rows = queries.current_tickets(enterprise).filter(exclusion=None, arrived_at__gte=now - LATELY)
    counts = count_tickets((queries.ticket_facts(row) for row in rows), levels, now)
    return counts.response_late + counts.close_late


def promise_claims(promise: Promise) -> tuple[Claim, Claim]:
    """The claims of the public pages: only what a person has adopted stands there."""
    adopted = [] if promise.response else [Lack("not_stated", known=False)]
    purpose = [] if promise.purpose else [Lack("not_stated", known=False)]
    figures = {"response": promise.response, "close": promise.close}
    return Claim(PROMISE, figures, adopted), Claim(PURPOSE, {}, purpose)


ADOPTED: Final = Answer(schema=Promise, document=lambda _request, _key, promise: promise)


@operation(
    "complaints.promise", on=ADDRESSES, permission=Permission.ADMINISTER, path="/promise", answer=ADOPTED,
    label=mark("Promise this"),
    body=Body("NewPromise", "Whole hours; both null: nothing is promised any more."),
)  # fmt: skip
def adopt_promise(
    *,
    enterprise: str,
    actor: Actor,
    response: Annotated[OptionalNumber, HOURS, Param(label=mark("hours until a person answers"))] = None,
    close: Annotated[OptionalNumber, HOURS, Param(label=mark("hours until closing"))] = None,
    purpose: Annotated[Flag, Param(label=mark("Complaint data is used only to handle the complaint"))] = False,
) -> Promise:
    """Promise on the public pages, in the enterprise's name, how soon complaints are answered and closed.

    ``complaint_promise_half`` where only one of both hours is given.
    """
    if (response is None) != (close is None):
        raise NianjianError("complaint_promise_half")
    hours = {"response_hours": str(response or ""), "close_hours": str(close or "")}
    said = CLAIMS[PURPOSE].released if purpose else ""
    with transaction.atomic():
        where: dict[str, Any] = {"enterprise": enterprise, "year": STANDING, "actor": actor}
        store_statements(claim=PROMISE, texts=hours, **where)
        store_statements(claim=PURPOSE, texts={TEXT: said}, **where)
    return get_promise(enterprise, count=True)


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
    fields = {name: text for name, text in texts.items() if name in FIELDS}
    try:
        return _opened(door, once, fields)
    except NianjianError as error:
        if error.code != "complaint_reference_known":
            raise
        return str(error.values["complaint"])


def open_drill_ticket(*, token: str, phone: str, actor: Actor) -> str:
    """Open the ticket of a drill as a stranger's is opened, marked so that it counts nowhere; its number.

    ``phone``: whom the call-back calls, "": nobody. ``role_missing``, and what `submit_complaint` raises.
    """
    door = get_by_token(token)
    require_permission(actor, door.enterprise_id, Permission.REPORT)
    texts = {"complainant": phone.strip(), "category": OTHER, "content": DRILL, "drill": "是"}
    return _opened(door, f"drill-{secrets.token_hex(8)}", texts)


def _opened(door: Door, once: str, texts: Mapping[str, str]) -> str:
    fields = {**texts, "source": SOURCE, "reference": once, "complained": door.number}
    return operations.create_ticket(enterprise=door.enterprise_id, texts=fields, actor=STRANGER)


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
        door = Door.objects.create(
            enterprise_id=enterprise, number=plain, token=secrets.token_urlsafe(LENGTH), made_by=str(actor),
            made_at=clock.now(),
        )  # fmt: skip
        record(verb="complaints.door.open", enterprise=enterprise, actor=actor, data={"number": plain})
    return door


@operation("complaints.door.close", on=ADDRESSES, permission=Permission.ADMINISTER)
def close_door(*, enterprise: str, door: Number, actor: Actor) -> None:
    """Let an address lead nowhere from now on; ``complaint_door_unknown``."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = get_door(enterprise, door)
        row.closed_at = clock.now()
        row.save(update_fields=["closed_at"])
        record(verb="complaints.door.close", enterprise=enterprise, actor=actor, data={"number": row.number})


def _may(actor: Actor, enterprise: str) -> None:
    require_permission(actor, enterprise, Permission.ADMINISTER)
    accounts.enterprise(enterprise)
