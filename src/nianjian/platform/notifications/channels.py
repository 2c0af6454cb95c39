"""Channels, quiet hours and digests that people choose for themselves. Addresses stay out of the audit chain."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.notifications.models import Channel, Choice

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of Asia/Shanghai. Equal ends: no quiet hours; they may go over midnight. ``digest`` None: at once."""

    quiet_from: time = time(21)
    quiet_until: time = time(8)
    digest: time | None = time(8, 30)


def is_quiet(at: time, hours: Hours) -> bool:
    """Whether the time lies in the quiet hours; their end does not."""
    begins, ends = hours.quiet_from, hours.quiet_until
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends


def earliest_moment(moment: datetime, hours: Hours, *, urgent: bool) -> datetime:
    """The first moment from ``moment`` on at which the person may be told; what is urgent waits for no digest."""
    if hours.digest is not None and not urgent:
        moment = _next_time(moment, hours.digest)
    return _next_time(moment, hours.quiet_until) if is_quiet(moment.astimezone(ZONE).time(), hours) else moment


def _next_time(moment: datetime, at: time) -> datetime:
    """The next moment with that time of day, this one included."""
    local = moment.astimezone(ZONE)
    next_at = datetime.combine(local.date(), at, ZONE)
    return (next_at if next_at >= local else next_at + _DAY).astimezone(moment.tzinfo)


def list_scopes(users: Collection[str]) -> dict[str, str]:
    """What each person wants to be reminded of; who has chosen nothing is not in it."""
    return dict(Choice.objects.filter(pk__in=users).values_list("user", "scope"))


def find_choice(user: str) -> Choice | None:
    """What the person has chosen; None: nothing yet."""
    return Choice.objects.filter(pk=user).first()


def list_hours(users: Collection[str]) -> dict[str, Hours]:
    """When each person may be told, the default for who has chosen nothing."""
    by_user = {one.user: hours_of(one) for one in Choice.objects.filter(pk__in=users)}
    return {name: by_user.get(name, Hours()) for name in users}


def hours_of(row: Choice) -> Hours:
    """The hours of a choice."""
    return Hours(row.quiet_from, row.quiet_until, row.digest)


def list_channels(user: str) -> list[Channel]:
    """The person's open channels, oldest first, confirmed or not."""
    return list(Channel.objects.filter(user=user, closed_at=None).order_by("made_at", "id"))


def get_channel(id_: str, user: str) -> Channel:
    """One of the person's open channels; ``channel_unknown``."""
    return get_or_raise(Channel.objects.filter(pk=id_, user=user, closed_at=None), "channel_unknown")


def _lock_channel(id_: str, actor: Actor) -> Channel:
    rows = Channel.objects.select_for_update().filter(pk=id_, user=actor.name, closed_at=None)
    return get_or_raise(rows, "channel_unknown")


def list_confirmed_channels(users: Collection[str]) -> dict[str, list[str]]:
    """Numbers of the channels by which each person can be told; who has none is not in it."""
    rows = Channel.objects.filter(user__in=users, closed_at=None).exclude(confirmed_at=None)
    by_user: dict[str, list[str]] = {}
    for user, id_ in rows.order_by("id").values_list("user", "id"):
        by_user.setdefault(user, []).append(id_)
    return by_user


def find_usable_channel(id_: str) -> Channel | None:
    """The channel if something may be told there."""
    return Channel.objects.filter(pk=id_, closed_at=None).exclude(confirmed_at=None).first()


CHANNELS_EACH: Final = 5  # open channels a person
NEW_CHANNELS_AN_HOUR: Final = 10  # that a person may make: each sends a message to whoever lives there
HOUR: Final = timedelta(hours=1)
GUESSES: Final = 5  # wrong codes, then the channel is to be made anew
DIGITS: Final = 6


def set_choice(*, scope: str, quiet_from: time, quiet_until: time, digest: time | None, actor: Actor) -> None:
    """Keep what the actor wants; the same again writes nothing. The caller knows the scope."""
    values = {"scope": scope, "quiet_from": quiet_from, "quiet_until": quiet_until, "digest": digest}
    with transaction.atomic():
        stored = Choice.objects.select_for_update().filter(pk=actor.name).first()
        if stored is not None and all(getattr(stored, name) == value for name, value in values.items()):
            return
        Choice.objects.update_or_create(user=actor.name, defaults={**values, "changed_at": clock.now()})
        details = {name: value.isoformat() if isinstance(value, time) else value for name, value in values.items()}
        record(verb="notify.chosen", enterprise="", actor=actor, data={"user": actor.name, **details})


def create_channel(*, kind: str, address: str, mask: str, actor: Actor) -> tuple[Channel, str]:
    """A channel of the actor, and the code to send there. ``channels_too_many``, ``channels_too_often``."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with transaction.atomic():
        if len(list_channels(actor.name)) >= CHANNELS_EACH:
            raise NianjianError("channels_too_many", most=CHANNELS_EACH)
        if Channel.objects.filter(user=actor.name, made_at__gt=clock.now() - HOUR).count() >= NEW_CHANNELS_AN_HOUR:
            raise NianjianError("channels_too_often", most=NEW_CHANNELS_AN_HOUR)
        id_ = f"N{secrets.token_hex(4)}"
        values = {"kind": kind, "address": address, "mask": mask, "code": _code_digest(id_, code)}
        row = Channel.objects.create(id=id_, user=actor.name, made_at=clock.now(), **values)
        record(verb="notify.channel_added", enterprise="", actor=actor, data={"channel": id_, "kind": kind})
    return row, code


def confirm_channel(*, channel: str, code: str, actor: Actor) -> None:
    """Open a channel by the code that arrived there. ``channel_unknown``, ``channel_code_wrong``.

    After `GUESSES` wrong ones `close_channel` closes it. The answer to a wrong code is kept, so it is no part of the
    transaction.
    """
    with transaction.atomic():
        row = _lock_channel(channel, actor)
        if row.confirmed_at is not None:
            return
        right = hmac.compare_digest(row.code, _code_digest(row.id, code.strip()))
        if right:
            row.confirmed_at = clock.now()
            record(verb="notify.channel_confirmed", enterprise="", actor=actor, data={"channel": row.id})
        else:
            row.guesses += 1
            if row.guesses >= GUESSES:
                row.closed_at, row.address = clock.now(), ""
                record(verb="notify.channel_closed", enterprise="", actor=actor, data={"channel": row.id})
        row.save(update_fields=["confirmed_at", "guesses", "closed_at", "address"])
    if not right:
        raise NianjianError("channel_code_wrong", left=max(0, GUESSES - row.guesses))


def close_channel(*, channel: str, actor: Actor) -> None:
    """End a channel of the actor: nothing more is told there, and its address is forgotten. ``channel_unknown``."""
    with transaction.atomic():
        row = _lock_channel(channel, actor)
        row.closed_at, row.address = clock.now(), ""
        row.save(update_fields=["closed_at", "address"])
        record(verb="notify.channel_closed", enterprise="", actor=actor, data={"channel": row.id})


def _code_digest(channel: str, code: str) -> str:
    return hashlib.sha256(f"{channel}:{code}".encode()).hexdigest()
