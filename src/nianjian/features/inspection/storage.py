"""Write visits, scans of their notices and notes on screens; one transaction and one audit entry an act."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.models import NoticeScan, ScreensSeen, Visit
from nianjian.features.inspection.queries import get_scan, get_visit, list_scans
from nianjian.features.inspection.states import format_lines, holds_number, parse_lines
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

OLDEST: Final = timedelta(days=366)  # an older look is a slip of the pen


def store_screens_note(*, enterprise: str, seen_on: date, stand: bool, actor: Actor) -> ScreensSeen:
    """Add a note, signed by the actor's account; ``screens_seen_wrong`` for a day to come or one long over."""
    if not clock.today() - OLDEST <= seen_on <= clock.today():
        raise NianjianError("screens_seen_wrong", day=seen_on.isoformat())
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = ScreensSeen(
            enterprise_id=enterprise, seen_on=seen_on, stand=stand, noted_by=str(actor), noted_at=clock.now()
        )
        row.save(force_insert=True)
        data = {"day": seen_on.isoformat(), "stand": stand}
        record(verb="inspection.screens_seen", enterprise=enterprise, actor=actor, data=data)
    return row


MOST_VISITS: Final = 100  # days of an enterprise


NOTICE_LENGTH, AUTHORITY_LENGTH, PLACE_LENGTH = 200, 120, 200  # characters


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


def store_visit(*, enterprise: str, given: VisitInput, actor: Actor) -> Visit:
    """Keep a day, or change what is kept of it.

    ``visit_text_too_long``, ``visit_text_number``, ``visit_received_late``: the notice cannot come after the day that
    it names, nor after today; ``visits_too_many``, and what `parse_lines` raises.
    """
    texts = {
        "notice": (given.notice, NOTICE_LENGTH),
        "authority": (given.authority, AUTHORITY_LENGTH),
        "place": (given.place, PLACE_LENGTH),
    }
    for field, (text, longest) in texts.items():
        if len(text) > longest:
            raise NianjianError("visit_text_too_long", piece=field, longest=longest)
        if holds_number(text):
            raise NianjianError("visit_text_number", piece=field)
    if given.received_on is not None and given.received_on > min(given.day, clock.today()):
        raise NianjianError("visit_received_late", day=given.received_on.isoformat())
    agenda, posts = parse_lines(given.agenda, timed=True), parse_lines(given.posts, timed=False)
    with transaction.atomic():
        lock_enterprise(enterprise)
        here = Visit.objects.filter(enterprise_id=enterprise)
        row = here.filter(day=given.day).first()
        if row is None:
            if here.count() >= MOST_VISITS:
                raise NianjianError("visits_too_many", most=MOST_VISITS)
            row = Visit(enterprise_id=enterprise, day=given.day)
        row.notice, row.authority, row.place = (text.strip() for text, _longest in texts.values())
        row.received_on = given.received_on
        row.agenda, row.posts = format_lines(agenda), format_lines(posts)
        row.set_by, row.set_at = str(actor), clock.now()
        row.save()
        data = {"day": row.day.isoformat(), "agenda": len(agenda), "posts": len(posts), "notice": bool(row.notice)}
        record(verb="inspection.visit", enterprise=enterprise, actor=actor, data=data)
    return row


def delete_visit(*, enterprise: str, day: date, actor: Actor) -> None:
    """Take a day back with the scans of its notice; ``visit_unknown``."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = get_visit(enterprise, day)
        held = list(row.scans.values_list("blob", flat=True))
        row.delete()
        for blob in held:
            transaction.on_commit(partial(blobs.remove, blob))
        record(verb="inspection.visit_removed", enterprise=enterprise, actor=actor, data={"day": day.isoformat()})


MOST_SCANS: Final = 10  # files of a day


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file that was looked at and found harmless."""

    name: str
    media_type: str
    content: bytes
    pages: int


def store_scan(*, enterprise: str, day: date, file: ScanFile, actor: Actor) -> NoticeScan:
    """Keep a file beside a day; the same content again gives the one that is there.

    ``visit_unknown``, ``visit_scans_too_many``.
    """
    digest = hashlib.sha256(file.content).hexdigest()
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = get_visit(enterprise, day)
        here = list_scans(row.pk)
        known = next((one for one in here if one.sha256 == digest), None)
        if known is not None:
            return known
        if len(here) >= MOST_SCANS:
            raise NianjianError("visit_scans_too_many", most=MOST_SCANS)
        blob = blobs.put(file.content)
        try:
            with transaction.atomic():
                return _insert_scan(row, file, blob, actor)
        except BaseException:
            blobs.remove(blob.id)
            raise


def _insert_scan(row: Visit, file: ScanFile, blob: blobs.Blob, actor: Actor) -> NoticeScan:
    made = NoticeScan(
        visit=row,
        name=file.name,
        media_type=file.media_type,
        sha256=blob.sha256,
        size=blob.size,
        blob=blob.id,
        pages=file.pages,
        recorded_at=clock.now(),
        recorded_by=str(actor),
    )
    made.save(force_insert=True)
    data = {"day": row.day.isoformat(), "sha256": blob.sha256, "size": blob.size, "type": file.media_type}
    record(verb="inspection.notice_kept", enterprise=row.enterprise_id, actor=actor, data=data)
    return made


def open_scan(*, enterprise: str, day: date, number: int, actor: Actor) -> tuple[NoticeScan, bytes]:
    """Give a file out as it came and note it; ``visit_scan_unknown``, ``blob_missing``."""
    found = get_scan(enterprise, day, number)
    content = blobs.get(found.blob)
    with transaction.atomic():
        data = {"day": day.isoformat(), "sha256": found.sha256}
        record(verb="inspection.notice_fetched", enterprise=enterprise, actor=actor, data=data)
    return found, content


def delete_scan(*, enterprise: str, day: date, number: int, actor: Actor) -> None:
    """Take a file back; its content is deleted. ``visit_scan_unknown``."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        found = get_scan(enterprise, day, number)
        found.delete()
        transaction.on_commit(partial(blobs.remove, found.blob))
        data = {"day": day.isoformat(), "sha256": found.sha256}
        record(verb="inspection.notice_removed", enterprise=enterprise, actor=actor, data=data)
