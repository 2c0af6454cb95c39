"""Tell of tickets that arrive, and warn of clocks that run out: each once, with its audit entry in one transaction.

The audit chain is the outbox of webhooks, so a warning that stands in it is delivered, whatever is killed in between.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.memo import per_request
from nianjian.engines.paper.texts.season import COMPLAINT
from nianjian.engines.season.plan import Scope
from nianjian.features.complaints import queries
from nianjian.features.complaints.clocks import Clock, ClockReading, Hand, ServiceLevels, evaluate_clock
from nianjian.features.complaints.models import Complaint, Warned
from nianjian.features.complaints.queries import load_service_levels
from nianjian.platform.accounts.query import Actor, list_readers, lock_enterprise
from nianjian.platform.accounts.roles import Permission, allows
from nianjian.platform.audit.record import record
from nianjian.platform.notifications import channels as choices
from nianjian.platform.notifications import outbox
from nianjian.platform.notifications.channels import earliest_moment
from nianjian.platform.notifications.outbox import Notification

#: So long after a clock has run out it is still told of: a worker that stood still tells late, an old list never.
GRACE: Final = timedelta(days=1)
YOUNG: Final = timedelta(days=62)  # far longer than any clock runs
CLOCK: Final = Actor("clock", "system")
PART: Final = 200  # tickets that a query names at once
ARRIVAL: Final = "arrival"  # stands where else the clock stands
RECIPIENT_SCOPES: Final = frozenset({Scope.ROLE, Scope.ALL})


@dataclass(frozen=True, slots=True)
class DueClock:
    """A ticket and its clock that runs out or has just done so."""

    row: Complaint
    reading: ClockReading


def list_due_soon(enterprise: str, promise: ServiceLevels, at: datetime) -> list[DueClock]:
    """Clocks that are to be warned of at a moment and whose work is not done, the earliest due first; drills too."""
    read = _list_young(enterprise, _find_first_arrival(promise, at))
    due = []
    for row in read:
        facts = queries.ticket_facts(row).at(at)
        for which, done in ((Clock.RESPONSE, facts.responded), (Clock.CLOSE, facts.finished)):
            reading = evaluate_clock(which, facts, promise, at)
            runs_out = reading.hand in {Hand.WARNED, Hand.LATE} and done is None
            if runs_out and reading.due is not None and reading.due >= at - GRACE:
                due.append(DueClock(row, reading))
    return sorted(due, key=lambda one: (one.reading.due or at, one.row.key))


def find_next_turn(enterprise: str, promise: ServiceLevels, at: datetime) -> datetime | None:
    """When time alone may next change what is overdue or to be warned of; None: never, as the tickets stand."""
    turns = (
        row.arrived_at + span
        for row in _list_young(enterprise, _find_first_arrival(promise, at))
        if row.arrived_at is not None
        for limit in promise.on(row.arrived_at).values()
        for span in (timedelta(), limit.warning, limit.length, limit.length + GRACE)
    )
    return min((turn for turn in turns if turn > at), default=None)


def _find_first_arrival(promise: ServiceLevels, at: datetime) -> datetime:
    """Whose clocks of tickets that arrived before this hour have run out longer ago than `GRACE`."""
    longest = max((limit.length for terms in promise.terms for limit in terms.values()), default=timedelta())
    return (at - longest - GRACE).replace(minute=0, second=0, microsecond=0)


@per_request
def _list_young(enterprise: str, since: datetime) -> Sequence[Complaint]:
    """Tickets that have arrived since a moment and count, those to come too; drills too."""
    rows = queries.current_tickets(enterprise, drills=True).filter(exclusion=None, arrived_at__gte=since)
    return list(rows.order_by().only(*queries.FACTS, "assignee", "team_id", "drill"))


def send_warnings(at: datetime | None = None) -> int:
    """Send the warnings that are due now; how many. Called again it sends none twice."""
    moment = at or clock.now()
    # only where there is a young ticket at all a look at the clocks can find anything
    rows = Complaint.objects.filter(valid_to=None, superseded_at=None, exclusion=None, arrived_at__gte=moment - YOUNG)
    codes = sorted(set(rows.order_by().values_list("enterprise_id", flat=True).distinct()))
    return sum(send_enterprise_warnings(enterprise=code, at=moment) for code in codes)


def send_enterprise_warnings(*, enterprise: str, at: datetime) -> int:
    """Send every warning of an enterprise that is due at a moment and was not sent; how many."""
    promise = load_service_levels(enterprise)
    if not _list_unsent(enterprise, promise, at):  # most looks find nothing: they lock nothing
        return 0
    with transaction.atomic():
        lock_enterprise(enterprise)
        sent = []
        for one in _list_unsent(enterprise, promise, at):
            row, read = one.row, one.reading
            warned = Warned.objects.create(enterprise_id=enterprise, key=row.key, clock=read.clock.value, warned_at=at)
            sent.append((warned.pk, one))
            data: dict[str, object] = {"complaint": row.key, "clock": read.clock.value, "hand": read.hand.value}
            data |= {"due": read.due.isoformat() if read.due else None, "assignee": row.assignee, "team": row.team_id}
            data |= {"drill": True} if row.drill else {}
            record(verb="complaints.warning", enterprise=enterprise, actor=CLOCK, data=data)
        if sent:
            outbox.add_notifications(
                enterprise=enterprise, news=list(_build_notifications(enterprise, at, sent)), now=at
            )
    return len(sent)


def alert_arrivals(*, enterprise: str, complaints: Sequence[str]) -> None:
    """Tell at once of tickets that have just arrived (系统预警), inside the transaction that opens them.

    The audit entry of the opening speaks of it. Tickets entered more than `GRACE` late are history and tell nobody.
    """
    now, promise = clock.now(), load_service_levels(enterprise)
    due = []
    for row in queries.load_current_tickets(enterprise, complaints).values():
        read = evaluate_clock(Clock.RESPONSE, queries.ticket_facts(row), promise, now)
        if not (read.on_time or read.due is None or row.exclusion or (row.arrived_at or now) < now - GRACE):
            due.append(DueClock(row, read))
    if not due:
        return
    lock_enterprise(enterprise)
    warnings = Warned.objects.filter(enterprise_id=enterprise, clock=ARRIVAL)
    keys = [one.row.key for one in due]
    alerted: set[str] = set()
    for start in range(0, len(keys), PART):
        alerted |= set(warnings.filter(key__in=keys[start : start + PART]).values_list("key", flat=True))
    new = [one for one in due if one.row.key not in alerted]
    rows = Warned.objects.bulk_create(
        [Warned(enterprise_id=enterprise, key=one.row.key, clock=ARRIVAL, warned_at=now) for one in new],
        batch_size=PART,
    )
    sent = [(row.pk, one) for row, one in zip(rows, new, strict=True)]
    if sent:
        news = list(_build_notifications(enterprise, now, sent, ARRIVAL))
        outbox.add_notifications(enterprise=enterprise, news=news, now=now)


def delete_orphaned_warnings(*, enterprise: str) -> int:
    """Delete what is kept of tickets of which no version is left, inside the caller's transaction; how many."""
    there = Complaint.objects.filter(enterprise_id=enterprise).values("key")
    return Warned.objects.filter(enterprise_id=enterprise).exclude(key__in=there).delete()[0]


def _list_unsent(enterprise: str, promise: ServiceLevels, at: datetime) -> list[DueClock]:
    sent = set(Warned.objects.filter(enterprise_id=enterprise).values_list("key", "clock"))
    due = list_due_soon(enterprise, promise, at)
    return [one for one in due if (one.row.key, one.reading.clock.value) not in sent]


def clear_close_warning(*, enterprise: str, key: str) -> None:
    """Let the clock of closing warn anew: the ticket was reopened."""
    Warned.objects.filter(enterprise_id=enterprise, key=key, clock=Clock.CLOSE.value).delete()


def _build_notifications(
    enterprise: str, now: datetime, sent: Sequence[tuple[int, DueClock]], matter: str = ""
) -> Iterator[Notification]:
    """For the inboxes of those who may work on the tickets, and for their channels; no digest is waited for."""
    able = [name for name, roles in list_readers(enterprise).items() if allows(roles, Permission.MANAGE_DATA)]
    chosen, hours, channels = choices.list_scopes(able), choices.list_hours(able), choices.list_confirmed_channels(able)
    scopes = {name: Scope(chosen.get(name, Scope.ROLE)) for name in able}
    day = now.astimezone(clock.ZONE).date()
    for number, one in sent:
        about, stage = f"{COMPLAINT}:{matter or one.reading.clock.value}", f"{one.reading.hand.value}-{number}"
        for name in recipients(one.row.assignee, scopes, late=one.reading.hand is Hand.LATE):
            at = earliest_moment(now, hours[name], urgent=True)
            yield Notification(name, about, stage, day, _values(one, now), dict.fromkeys(channels.get(name, ()), at))


def recipients(assignee: str | None, scopes: Mapping[str, Scope], *, late: bool) -> list[str]:
    """Names of those who are told, sorted: whose ticket it is, where that is one of them, else all who want to be.

    Of what is late all of these hear. Where nobody wants to, everybody does: no warning is lost.
    """
    wanting = {name for name, scope in scopes.items() if scope in RECIPIENT_SCOPES}
    everything = {name for name, scope in scopes.items() if scope is Scope.ALL}
    own = {name for name, scope in scopes.items() if name == assignee and scope is not Scope.NONE}
    return sorted((own | everything | (wanting if late or not own else set())) or scopes)


def _values(one: DueClock, now: datetime) -> dict[str, Any]:
    due = (one.reading.due or now).astimezone(clock.ZONE)
    return {
        "due": due.date().isoformat(),
        "left": (due.date() - now.astimezone(clock.ZONE).date()).days,
        "at": f"{due:%Y-%m-%d %H:%M}",
        "complaint": one.row.key,
        "late": one.reading.hand is Hand.LATE,
        "drill": bool(one.row.drill),
    }
