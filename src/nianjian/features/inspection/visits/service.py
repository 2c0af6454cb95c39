"""Write inspection days; one transaction and one audit entry an act, which tells no name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.visits.lines import format_lines, read, tells_number
from nianjian.features.inspection.visits.model import Visit
from nianjian.features.inspection.visits.query import visit
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

MOST: Final = 100  # days of an enterprise
NOTICE, AUTHORITY, PLACE = 200, 120, 200  # characters


@dataclass(frozen=True, slots=True)
class VisitInput:
    """What is said of a day. ``agenda`` and ``posts``: text, a line each."""

    day: date
    notice: str = ""
    authority: str = ""
    received_on: date | None = None
    place: str = ""
    agenda: str = ""
    posts: str = ""


def save(*, enterprise: str, given: VisitInput, actor: Actor) -> Visit:
    """Keep a day, or change what is kept of it.

    ``visit_text_too_long``, ``visit_text_number``, ``visit_received_late``: the notice cannot come after the day that
    it names, nor after today; ``visits_too_many``, and what `lines.read` raises.
    """
    texts = {"notice": (given.notice, NOTICE), "authority": (given.authority, AUTHORITY), "place": (given.place, PLACE)}
    for field, (text, longest) in texts.items():
        if len(text) > longest:
            raise NianjianError("visit_text_too_long", piece=field, longest=longest)
        if tells_number(text):
            raise NianjianError("visit_text_number", piece=field)
    if given.received_on is not None and given.received_on > min(given.day, clock.today()):
        raise NianjianError("visit_received_late", day=given.received_on.isoformat())
    agenda, posts = read(given.agenda, timed=True), read(given.posts, timed=False)
    with transaction.atomic():
        lock_enterprise(enterprise)
        here = Visit.objects.filter(enterprise_id=enterprise)
        row = here.filter(day=given.day).first()
        if row is None:
            if here.count() >= MOST:
                raise NianjianError("visits_too_many", most=MOST)
            row = Visit(enterprise_id=enterprise, day=given.day)
        row.notice, row.authority, row.place = (text.strip() for text, _longest in texts.values())
        row.received_on = given.received_on
        row.agenda, row.posts = format_lines(agenda), format_lines(posts)
        row.set_by, row.set_at = str(actor), clock.now()
        row.save()
        data = {"day": row.day.isoformat(), "agenda": len(agenda), "posts": len(posts), "notice": bool(row.notice)}
        record(verb="inspection.visit", enterprise=enterprise, actor=actor, data=data)
    return row


def remove(*, enterprise: str, day: date, actor: Actor) -> None:
    """Take a day back with the scans of its notice; ``visit_unknown``."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = visit(enterprise, day)
        held = list(row.scans.values_list("blob", flat=True))
        row.delete()
        for blob in held:
            transaction.on_commit(partial(blobs.remove, blob))
        record(verb="inspection.visit_removed", enterprise=enterprise, actor=actor, data={"day": day.isoformat()})
