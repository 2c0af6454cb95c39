"""Who hears of what the facilitator throws in: the player of the role that it hits, else all who work on tickets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.season.reminders import DRILL
from nianjian.engines.season.reminders import Scope
from nianjian.features.inspection.injects import THROWN, Script
from nianjian.platform.accounts.query import USER, Actor, list_readers
from nianjian.platform.accounts.roles import Act as May
from nianjian.platform.accounts.roles import allows
from nianjian.platform.audit import query as audit
from nianjian.platform.notifications import channels as choices
from nianjian.platform.notifications import outbox
from nianjian.platform.notifications.channels import earliest_moment
from nianjian.platform.notifications.outbox import Notification

NAMED: Final = 16  # letters that stand for the ticket where a message's matter has little room


def notify_recipients(held: audit.Act, what: str, actor: Actor) -> int:
    """Put it into inboxes and, where chosen, onto channels, marked as a drill; how many were told.

    Inside the caller's transaction, whose audit entry speaks of it.
    """
    news = outbox.filter_new(str(held.enterprise), list(_news(held, what, actor)))
    outbox.add_notifications(enterprise=str(held.enterprise), news=news, now=clock.now())
    return len(news)


def _news(held: audit.Act, what: str, actor: Actor) -> Iterator[Notification]:
    able = [name for name, roles in list_readers(str(held.enterprise)).items() if allows(roles, May.LOAD)]
    scopes = {name: Scope(chosen) for name, chosen in choices.list_scopes(able).items()}
    script = Script.of(held.data.get("script"))  # type: ignore[arg-type] # JSON
    role, _minutes = THROWN[what]
    now, ticket = clock.now(), str(held.data["drill"])
    hours, channels = choices.list_hours(able), choices.list_confirmed_channels(able)
    day = now.astimezone(clock.ZONE).date()
    about = f"{DRILL}:{hashlib.sha256(ticket.encode()).hexdigest()[:NAMED]}"
    values = {"due": day.isoformat(), "left": 0, "drill": ticket, "inject": what, "role": role}
    leads = actor.name if actor.kind == USER else ""
    for name in recipients(script.players.get(role, ""), able, scopes, leads):
        spoken = channels.get(name, ()) if scopes.get(name) is not Scope.NONE else ()
        by = dict.fromkeys(spoken, earliest_moment(now, hours[name], urgent=True))
        yield Notification(name, about, what, day, values, by)


def recipients(player: str, able: Sequence[str], scopes: dict[str, Scope], leads: str) -> list[str]:
    """The player, whatever was chosen: the drill is a duty of today. Without one all who work on tickets.

    Of these, who leads the drill only where nobody else is there, and who wants to hear nothing likewise.
    """
    if player and player in able:
        return [player]
    others = [name for name in able if name != leads]
    return sorted([name for name in others if scopes.get(name) is not Scope.NONE] or others or able)
