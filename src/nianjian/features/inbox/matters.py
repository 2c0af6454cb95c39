"""Whether the matter of a message still stands: it is asked again at sending, hours after the message was made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.season import COMPLAINT, OBSTACLE
from nianjian.features.complaints import queries as complaints
from nianjian.features.complaints.clocks import Clock
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.inbox.obstacles import list_obstacles
from nianjian.platform.notifications.models import Message

REPORTED: Final = frozenset({"track", "task"})  # matters that are told with the days that are left


def is_settled(message: Message) -> bool:
    """Whether a ticket's clock has stopped, or an obstacle is gone; other matters are not looked at here."""
    kind, _colon, name = message.about.partition(":")
    if kind == COMPLAINT:
        return _has_stopped(message.enterprise, str(message.values["complaint"]), name)
    if kind == OBSTACLE:
        waiting = list_obstacles(message.enterprise, load_service_levels(message.enterprise))
        return not any(one.code == name and one.values.get("run") == message.values.get("run") for one in waiting)
    return False


def _has_stopped(enterprise: str, key: str, name: str) -> bool:
    row = complaints.current_tickets(enterprise, drills=True).filter(key=key).first()
    if row is None or row.exclusion:
        return True
    facts = complaints.ticket_facts(row).at(clock.now())
    return (facts.finished if name == Clock.CLOSE.value else facts.responded or facts.finished) is not None


def refresh_values(message: Message) -> Mapping[str, Any]:
    """The values of a message as they are now: how many days are left, and whether a clock has run out meanwhile."""
    kind, values = message.about.partition(":")[0], dict(message.values)
    if kind == COMPLAINT:
        due = datetime.strptime(str(values["at"]), "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)
        return values | {"late": bool(values["late"]) or due < clock.now()}
    if kind in REPORTED:
        return values | {"left": (date.fromisoformat(str(values["due"])) - clock.today()).days}
    return values
