"""Write what people choose, each for oneself; one transaction and one audit entry an act. Addresses stay out of it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import time, timedelta
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.notifications.people import query
from nianjian.platform.notifications.people.model import Channel, Choice

EACH: Final = 5  # open channels a person
OFTEN: Final = 10  # channels that a person may make within an `HOUR`: each sends a message to whoever lives there
HOUR: Final = timedelta(hours=1)
GUESSES: Final = 5  # wrong codes, then the channel is to be made anew
DIGITS: Final = 6


def choose(*, scope: str, quiet_from: time, quiet_until: time, digest: time | None, actor: Actor) -> None:
    """Keep what the actor wants; the same again writes nothing. The caller knows the scope."""
    given = {"scope": scope, "quiet_from": quiet_from, "quiet_until": quiet_until, "digest": digest}
    with transaction.atomic():
        held = Choice.objects.select_for_update().filter(pk=actor.name).first()
        if held is not None and all(getattr(held, name) == value for name, value in given.items()):
            return
        Choice.objects.update_or_create(user=actor.name, defaults={**given, "changed_at": clock.now()})
        told = {name: value.isoformat() if isinstance(value, time) else value for name, value in given.items()}
        record(verb="notify.chosen", enterprise="", actor=actor, data={"user": actor.name, **told})


def add(*, kind: str, address: str, mask: str, actor: Actor) -> tuple[Channel, str]:
    """Make a channel of the actor; it and the code that is to be sent there.

    ``channels_too_many``, ``channels_too_often``.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with transaction.atomic():
        if len(query.channels(actor.name)) >= EACH:
            raise NianjianError("channels_too_many", most=EACH)
        if Channel.objects.filter(user=actor.name, made_at__gt=clock.now() - HOUR).count() >= OFTEN:
            raise NianjianError("channels_too_often", most=OFTEN)
        id_ = f"N{secrets.token_hex(4)}"
        row = Channel(
            id=id_, user=actor.name, kind=kind, address=address, mask=mask, code=_digest(id_, code), made_at=clock.now()
        )
        row.save(force_insert=True)
        record(verb="notify.channel_added", enterprise="", actor=actor, data={"channel": id_, "kind": kind})
    return row, code


def confirm(*, channel: str, code: str, actor: Actor) -> None:
    """Open a channel by the code that arrived there. ``channel_unknown``, ``channel_code_wrong``.

    After `GUESSES` wrong ones it is closed, as by `close`. The answer to a wrong code is kept, so it is no part of the
    transaction.
    """
    with transaction.atomic():
        row = Channel.objects.select_for_update().filter(pk=channel, user=actor.name, closed_at=None).first()
        if row is None:
            raise NianjianError("channel_unknown")
        if row.confirmed_at is not None:
            return
        right = hmac.compare_digest(row.code, _digest(row.id, code.strip()))
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


def close(*, channel: str, actor: Actor) -> None:
    """End a channel of the actor: nothing more is told there, and its address is forgotten. ``channel_unknown``."""
    with transaction.atomic():
        row = Channel.objects.select_for_update().filter(pk=channel, user=actor.name, closed_at=None).first()
        if row is None:
            raise NianjianError("channel_unknown")
        row.closed_at, row.address = clock.now(), ""
        row.save(update_fields=["closed_at", "address"])
        record(verb="notify.channel_closed", enterprise="", actor=actor, data={"channel": row.id})


def _digest(channel: str, code: str) -> str:
    return hashlib.sha256(f"{channel}:{code}".encode()).hexdigest()
