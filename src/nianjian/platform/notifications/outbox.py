"""What people are told: each message once in the inbox, and once by each of the person's channels."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, QuerySet

from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.notifications.delivery import Outcome
from nianjian.platform.notifications.models import Dispatch, Looked, Message


def list_decided_enterprises(day: date) -> set[str]:
    """Enterprises of which it is decided already what is told on the day."""
    return set(Looked.objects.filter(day=day).values_list("enterprise", flat=True))


def list_inbox(user: str, enterprises: Collection[str]) -> QuerySet[Message]:
    """What a person was told of these enterprises, newest first."""
    messages = Message.objects.filter(user=user, enterprise__in=enterprises)
    return messages.prefetch_related("dispatches").order_by("-made_at", "-id")


def count_unread(user: str) -> dict[str, int]:
    """How many messages of each enterprise a person has not read."""
    messages = Message.objects.filter(user=user, read_at=None).order_by().values_list("enterprise")
    return dict(messages.annotate(n=Count("pk")))


def list_log(enterprise: str) -> QuerySet[Message]:
    """What an enterprise's people were told, newest first, with what became of it by each channel."""
    return Message.objects.filter(enterprise=enterprise).prefetch_related("dispatches").order_by("-made_at", "-id")


def count_waiting(enterprise: str) -> int:
    """How many dispatches are given up or unclear: a person must look at them."""
    open_ = (Dispatch.FAILED, Dispatch.UNCLEAR)
    return Dispatch.objects.filter(message__enterprise=enterprise, state__in=open_).count()


LEASE: Final = timedelta(seconds=120)  # longer than any try
PAUSES: Final = tuple(timedelta(seconds=s) for s in (60, 300, 1800, 7200, 21600))  # then a person must ask again
TOGETHER: Final = 50  # messages in one text


@dataclass(frozen=True, slots=True)
class Notification:
    """Something for one person; ``by``: channel -> the moment before which it is not sent there."""

    user: str
    about: str
    stage: str
    day: date
    values: Mapping[str, Any]
    by: Mapping[str, datetime] = field(default_factory=dict)


def enqueue_daily_messages(
    *, enterprise: str, day: date, news: Sequence[Notification], now: datetime, actor: Actor
) -> int:
    """Put what is not there yet, once a day: who comes second puts nothing. How many were put."""
    with transaction.atomic():
        Looked.objects.get_or_create(pk=enterprise, defaults={"day": date.min})
        if not Looked.objects.filter(pk=enterprise).exclude(day=day).update(day=day):
            return 0
        return _insert_daily(enterprise, day, news, now, "season.reminded", actor)


def enqueue_requested_messages(
    *, enterprise: str, day: date, news: Sequence[Notification], now: datetime, actor: Actor
) -> int:
    """Put what a person wants said today, whatever day it is; what was said today already is not said again."""
    with transaction.atomic():
        return _insert_daily(enterprise, day, news, now, "season.reminded_now", actor)


def _insert_daily(  # noqa: PLR0917 -- values of one row
    enterprise: str, day: date, news: Sequence[Notification], now: datetime, verb: str, actor: Actor
) -> int:
    """Inside a transaction: messages that are not there yet, their sendings, one entry; how many."""
    additions = filter_new(enterprise, news)
    add_notifications(enterprise=enterprise, news=additions, now=now)
    if additions:
        data = {"day": day.isoformat(), "messages": len(additions), "people": len({one.user for one in additions})}
        record(verb=verb, enterprise=enterprise, actor=actor, data=data)
    return len(additions)


def filter_new(enterprise: str, news: Sequence[Notification]) -> list[Notification]:
    """What of it nobody was told so far: the same person, matter, stage and day make one message."""
    days = {one.day for one in news}
    rows = Message.objects.filter(enterprise=enterprise, day__in=days)
    stored = set(rows.values_list("user", "about", "stage", "day"))
    return [one for one in news if (one.user, one.about, one.stage, one.day) not in stored]


def add_notifications(*, enterprise: str, news: Sequence[Notification], now: datetime) -> None:
    """Put what nobody was told before, inside the caller's transaction, whose audit entry speaks of it."""
    rows = [Message(enterprise=enterprise, user=one.user, about=one.about, stage=one.stage, day=one.day,
                    values=dict(one.values), made_at=now) for one in news]  # fmt: skip
    Message.objects.bulk_create(rows)
    Dispatch.objects.bulk_create(
        Dispatch(message=row, channel=channel, next_at=at)
        for row, one in zip(rows, news, strict=True)
        for channel, at in one.by.items()
    )


def claim_dispatches(now: datetime, besides: Collection[str] = ()) -> list[Dispatch] | None:
    """Claim what is due at one channel, the oldest first; None: nothing is due, empty: another worker was faster.

    ``besides``: channels that are spoken to at the moment.
    """
    due = Dispatch.objects.filter(state=Dispatch.QUEUED, next_at__lte=now).order_by("next_at", "id")
    due = due.exclude(channel__in=besides) if besides else due
    first = due.values_list("channel", "repeated").first()
    if first is None:
        return None
    channel, repeated = first
    ids = list(due.filter(channel=channel, repeated=repeated).values_list("pk", flat=True)[:TOGETHER])
    claim = secrets.token_hex(16)
    Dispatch.objects.filter(pk__in=ids, state=Dispatch.QUEUED).update(
        state=Dispatch.SENDING, claim=claim, claimed_at=now
    )
    return list(Dispatch.objects.filter(claim=claim).select_related("message").order_by("pk"))


def settle_dispatches(*, claimed: Sequence[Dispatch], outcome: Outcome, fault: str, now: datetime) -> None:
    """Note what became of a claim; a claim that was taken for dead in the meantime is set right as well."""
    with transaction.atomic():
        for one in claimed:
            rows = Dispatch.objects.filter(pk=one.pk, claim=one.claim, state__in=(Dispatch.SENDING, Dispatch.UNCLEAR))
            tries = one.tries + 1
            changes: dict[str, Any] = {"tries": tries, "fault": fault[:80]}
            if outcome is Outcome.SENT:
                changes |= {"state": Dispatch.DELIVERED, "sent_at": now}
            elif outcome is Outcome.UNCLEAR:
                changes |= {"state": Dispatch.UNCLEAR}
            elif tries > len(PAUSES):
                changes |= {"state": Dispatch.FAILED}
            else:
                changes |= {"state": Dispatch.QUEUED, "next_at": now + PAUSES[tries - 1]}
            rows.update(**changes)


def release_dispatches(*, claimed: Sequence[Dispatch]) -> None:
    """Queue again what a claim took and does not send now; nothing of it went out, and no try is counted."""
    ids = [one.pk for one in claimed]
    rows = Dispatch.objects.filter(pk__in=ids, claim=claimed[0].claim, state=Dispatch.SENDING)
    rows.update(state=Dispatch.QUEUED, claim="", claimed_at=None)


def drop_dispatches(*, claimed: Sequence[Dispatch], fault: str) -> None:
    """Note that a claim is not sent: nobody is told there any more."""
    ids = [one.pk for one in claimed]
    Dispatch.objects.filter(pk__in=ids, state=Dispatch.SENDING).update(state=Dispatch.DROPPED, fault=fault)


def expire_dispatches(now: datetime) -> int:
    """Call what dead workers have taken unclear; how many."""
    dead = Dispatch.objects.filter(state=Dispatch.SENDING, claimed_at__lt=now - LEASE)
    return dead.update(state=Dispatch.UNCLEAR, fault="worker_died")


def retry_dispatch(*, dispatch: int, enterprise: str, now: datetime, actor: Actor) -> None:
    """Send once more what has failed or is unclear; ``dispatch_unknown``.

    ``dispatch_delivered`` for what is delivered or still on its way. The caller has asked whether the actor may.
    """
    with transaction.atomic():
        rows = Dispatch.objects.select_for_update(of=("self",)).filter(pk=dispatch, message__enterprise=enterprise)
        row = get_or_raise(rows, "dispatch_unknown")
        if row.state not in {Dispatch.FAILED, Dispatch.UNCLEAR}:
            raise NianjianError("dispatch_delivered")
        row.repeated = row.repeated or row.state == Dispatch.UNCLEAR
        row.state, row.claim, row.tries, row.next_at = Dispatch.QUEUED, "", 0, now
        row.save(update_fields=["repeated", "state", "claim", "tries", "next_at"])
        record(verb="season.reminded_again", enterprise=enterprise, actor=actor, data={"dispatch": dispatch})


def mark_read(*, user: str, messages: Sequence[int] | None, now: datetime) -> int:
    """Note that a person has read these messages of the own inbox (None: all); how many were new to it."""
    unread = Message.objects.filter(user=user, read_at=None)
    return (unread if messages is None else unread.filter(pk__in=messages)).update(read_at=now)
