"""Warn of tickets whose clocks run out, in every enterprise: the audit chain, and the people who work on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.season.reminders import COMPLAINT
from nianjian.engines.season.reminders import Scope
from nianjian.features.complaints.clocks import Hand
from nianjian.features.complaints.operations.promise import promise
from nianjian.features.complaints.warned import query, service
from nianjian.features.complaints.warned.service import SlaWarning
from nianjian.platform.accounts.query import Actor, list_readers
from nianjian.platform.accounts.roles import Act, allows
from nianjian.platform.notifications import channels as choices
from nianjian.platform.notifications import outbox
from nianjian.platform.notifications.channels import earliest_moment
from nianjian.platform.notifications.outbox import Notification

CLOCK: Final = Actor("clock", "system")
HEARD: Final = frozenset({Scope.ROLE, Scope.ALL})


def warn(at: datetime | None = None) -> int:
    """Give the warnings that are due now; how many. Called again it gives none twice."""
    moment = at or clock.now()
    return sum(
        service.warn(enterprise=code, promise=promise(code), at=moment, actor=CLOCK, tell=partial(_tell, code, moment))
        for code in query.waiting(moment)
    )


def _tell(enterprise: str, now: datetime, given: Sequence[SlaWarning]) -> None:
    """Into the inboxes of those who may work on the tickets, and by their channels; no digest is waited for."""
    if given:
        outbox.add_notifications(enterprise=enterprise, news=list(_news(enterprise, now, given)), now=now)


def _news(enterprise: str, now: datetime, given: Sequence[SlaWarning]) -> Iterator[Notification]:
    able = [name for name, roles in list_readers(enterprise).items() if allows(roles, Act.LOAD)]
    chosen, hours, channels = choices.list_scopes(able), choices.list_hours(able), choices.list_confirmed_channels(able)
    scopes = {name: Scope(chosen.get(name, Scope.ROLE)) for name in able}
    day = now.astimezone(clock.ZONE).date()
    for one in given:
        about, stage = f"{COMPLAINT}:{one.reading.clock.value}", f"{one.reading.hand.value}-{one.number}"
        for name in recipients(one.row.assignee, scopes, late=one.reading.hand is Hand.LATE):
            at = earliest_moment(now, hours[name], urgent=True)
            yield Notification(name, about, stage, day, _values(one, now), dict.fromkeys(channels.get(name, ()), at))


def recipients(assignee: str | None, scopes: Mapping[str, Scope], *, late: bool) -> list[str]:
    """Names of those who are told, sorted: whose ticket it is, where that is one of them, else all who want to be.

    Of what is late all of these hear. Where nobody wants to, everybody does: no warning is lost.
    """
    heard = {name for name, scope in scopes.items() if scope in HEARD}
    everything = {name for name, scope in scopes.items() if scope is Scope.ALL}
    own = {name for name, scope in scopes.items() if name == assignee and scope is not Scope.NONE}
    return sorted((own | everything | (heard if late or not own else set())) or scopes)


def _values(one: SlaWarning, now: datetime) -> dict[str, Any]:
    due = (one.reading.due or now).astimezone(clock.ZONE)
    return {
        "due": due.date().isoformat(),
        "left": (due.date() - now.astimezone(clock.ZONE).date()).days,
        "at": f"{due:%Y-%m-%d %H:%M}",
        "complaint": one.row.key,
        "late": one.reading.hand is Hand.LATE,
        "drill": bool(one.row.drill),
    }
