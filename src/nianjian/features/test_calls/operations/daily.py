"""The daily test of a route: put when it is due; one that cannot run is said to people, and stands on the page."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.season.reminders import CALLBACK
from nianjian.engines.season.reminders import Scope
from nianjian.features.test_calls.operations.work import enqueue_test_calls
from nianjian.features.test_calls.routes import query as routes
from nianjian.features.test_calls.routes import service
from nianjian.features.test_calls.routes.model import Route
from nianjian.platform.accounts.query import Actor, asked_by, list_readers
from nianjian.platform.accounts.roles import Act, allows
from nianjian.platform.audit.record import record
from nianjian.platform.notifications import channels as choices
from nianjian.platform.notifications import outbox
from nianjian.platform.notifications.channels import earliest_moment
from nianjian.platform.notifications.outbox import Notification

LOG: Final = logging.getLogger(__name__)
STAGE: Final = 20  # characters, as a message keeps them
CLOCK: Final = Actor("clock", "system")


def call_daily() -> int:
    """Put the daily tests that are due now, each as who has set it; how many. Called again it puts none twice."""
    count = 0
    for route in routes.due(clock.now()):
        if not service.claim(route=route):
            continue  # another worker has it
        try:
            enqueue_test_calls(
                enterprise=route.enterprise_id, numbers=(), names=(route.name,), actor=asked_by(route.set_by)
            )
        except NianjianError as fault:  # of one enterprise: too many calls, no numbers yet, or the person has gone
            LOG.warning("the daily test calls of %s over %s: %s", route.enterprise_id, route.pk, fault.code)
            _missed(route, fault, clock.now())
            continue
        count += 1
    return count


def _missed(route: Route, fault: NianjianError, now: datetime) -> None:
    """Say it to those who may order test calls or set routes; nobody's inbox gets it twice a day."""
    values: dict[str, object] = {name: fault.values[name] for name in ("count", "most") if name in fault.values}
    with transaction.atomic():
        news = outbox.filter_new(route.enterprise_id, list(_news(route, fault.code, values, now)))
        outbox.add_notifications(enterprise=route.enterprise_id, news=news, now=now)
        data = {"route": route.name, "reason": fault.code, **values}
        record(verb="callback.daily_missed", enterprise=route.enterprise_id, actor=CLOCK, data=data)


def _news(route: Route, code: str, values: Mapping[str, object], now: datetime) -> Iterator[Notification]:
    able = [
        name
        for name, roles in list_readers(route.enterprise_id).items()
        if allows(roles, Act.REPORT) or allows(roles, Act.ADMINISTER)
    ]
    chosen, hours, channels = choices.list_scopes(able), choices.list_hours(able), choices.list_confirmed_channels(able)
    heard = [name for name in able if Scope(chosen.get(name, Scope.ROLE)) is not Scope.NONE]
    day = now.astimezone(clock.ZONE).date()
    told: dict[str, Any] = {"due": day.isoformat(), "left": 0, "route": route.name, "reason": code, **values}
    for name in heard or able:  # where nobody wants to hear it everybody does: nothing is lost
        at = earliest_moment(now, hours[name], urgent=False)
        by = dict.fromkeys(channels.get(name, ()), at)
        yield Notification(name, f"{CALLBACK}:{route.pk}", code[:STAGE], day, told, by)
