"""What a person was told, what the person has chosen, and the log of an enterprise: for doors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.season import reminders
from nianjian.engines.paper.words import CHINESE, words
from nianjian.engines.season.reminders import Scope
from nianjian.features.inbox.operations import delivery
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import list_accessible_enterprises, require
from nianjian.platform.accounts.query import Actor, find_spoken_language
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env
from nianjian.platform.notifications import channels as choices
from nianjian.platform.notifications import channels as chosen
from nianjian.platform.notifications import delivery as speaking
from nianjian.platform.notifications import outbox
from nianjian.platform.notifications import outbox as service
from nianjian.platform.notifications.channels import Hours
from nianjian.platform.notifications.models import Message

Json = dict[str, Any]
DIGITS: Final = 18


def messages(actor: Actor) -> Any:  # noqa: ANN401 -- a queryset that doors cut into pages
    """Rows of the actor's inbox, newest first, of enterprises that the actor may read now."""
    return outbox.list_inbox(actor.name, [one.code for one in list_accessible_enterprises(actor, Act.READ)])


def unread(actor: Actor) -> int:
    """How many rows of the actor's inbox are not read: those that the inbox shows, no others. Mostly one query."""
    return messages(actor).filter(read_at=None).count() if outbox.has_unread(actor.name) else 0


def log(*, enterprise: str, actor: Actor) -> Any:  # noqa: ANN401 -- the same
    """Rows of the log of an enterprise, newest first; ``role_missing``."""
    require(actor, enterprise, Act.REPORT)
    return outbox.list_log(enterprise)


def to_document(row: Message, language: str = CHINESE) -> Json:
    """A message as every door tells it, with what became of it by each channel; addresses are not in it."""
    _ = words(language)
    return {
        "message": row.pk,
        "enterprise": row.enterprise,
        "user": row.user,
        "about": row.about,
        "stage": row.stage,
        "day": row.day.isoformat(),
        "due": row.values["due"],
        "left": row.values["left"],
        "text": reminders.line(row.about, row.values, _),
        "made_at": row.made_at.isoformat(),
        "read": row.read_at is not None,
        "dispatches": [
            {
                "dispatch": one.pk,
                "channel": one.channel,
                "state": one.state,
                "tries": one.tries,
                "fault": reminders.fault(one.fault, _),
                "not_before": one.next_at.isoformat(),
                "sent_at": None if one.sent_at is None else one.sent_at.isoformat(),
            }
            for one in row.dispatches.all()
        ],
    }


def read(*, chosen_: Sequence[int] | None, actor: Actor) -> int:
    """Note that the actor has read these (None: all); how many were new."""
    return service.mark_read(user=actor.name, messages=chosen_, now=clock.now())


def again(*, enterprise: str, dispatch: int, actor: Actor) -> None:
    """Send once more what has failed or is unclear; ``role_missing``, ``dispatch_unknown``, ``dispatch_delivered``."""
    require(actor, enterprise, Act.REPORT)
    service.retry_dispatch(dispatch=dispatch, enterprise=enterprise, now=clock.now(), actor=actor)


def number(text: str) -> int:
    """The number of a sending as an address or a form names it; ``dispatch_unknown`` for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise NianjianError("dispatch_unknown")
    return int(text)


def waiting(enterprise: str) -> int:
    """How many sendings are given up or unclear; the caller has asked whether the actor may."""
    return outbox.count_waiting(enterprise)


def settings(actor: Actor) -> Json:
    """What the actor has chosen; addresses are masked."""
    row = chosen.find_choice(actor.name)
    hours = Hours() if row is None else chosen.hours_of(row)
    return {
        "scope": Scope.ROLE.value if row is None else row.scope,
        "quiet_from": f"{hours.quiet_from:%H:%M}",
        "quiet_until": f"{hours.quiet_until:%H:%M}",
        "digest": None if hours.digest is None else f"{hours.digest:%H:%M}",
        "channels": [
            {"channel": one.id, "kind": one.kind, "mask": one.mask, "confirmed": one.confirmed_at is not None}
            for one in chosen.list_channels(actor.name)
        ],
    }


def choose(*, scope: str, quiet_from: time, quiet_until: time, digest: time | None, actor: Actor) -> None:
    """Keep what the actor wants; ``scope_unknown``, ``channel_by_person``."""
    _own(actor)
    if scope not in set(Scope):
        raise NianjianError("scope_unknown", scope=scope, known=", ".join(Scope))
    choices.set_choice(scope=scope, quiet_from=quiet_from, quiet_until=quiet_until, digest=digest, actor=actor)


def add_channel(*, address: str, actor: Actor) -> Json:
    """Make a channel of the actor and send a code to it; nothing else goes there before the code is given back.

    ``channel_by_person``, ``channel_address_wrong``, ``channels_too_many``, ``channels_too_often``,
    ``channel_unreachable`` with the reason.
    """
    _own(actor)
    kind, kept, mask = speaking.parse_address(address, env.read().webhook_hosts)
    row, code = choices.create_channel(kind=kind, address=kept, mask=mask, actor=actor)
    person = find_spoken_language(actor.name)
    title, text = reminders.code(code, words(delivery.spoken(person[1] if person else "")))
    outcome, fault = delivery.send_text(row, title, text)
    if outcome is speaking.Outcome.REFUSED:
        choices.close_channel(channel=row.id, actor=actor)
        raise NianjianError("channel_unreachable", reason=fault)
    return {"channel": row.id, "kind": row.kind, "mask": row.mask, "confirmed": False}


def confirm(*, channel: str, code: str, actor: Actor) -> None:
    """Open a channel by its code; ``channel_by_person``, ``channel_unknown``, ``channel_code_wrong``."""
    chosen.get_channel(channel, actor.name)
    _own(actor)
    choices.confirm_channel(channel=channel, code=code, actor=actor)


def close_channel(*, channel: str, actor: Actor) -> None:
    """End a channel; ``channel_by_person``, ``channel_unknown``."""
    chosen.get_channel(channel, actor.name)
    _own(actor)
    choices.close_channel(channel=channel, actor=actor)


def _own(actor: Actor) -> None:
    """A choice belongs to a person with an account, who came in as that person, by no link and no token for less."""
    if not actor.proved or actor.scopes is not None or not accounts.exists(actor.name):
        raise NianjianError("channel_by_person")
