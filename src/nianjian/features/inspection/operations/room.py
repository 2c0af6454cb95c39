"""The inspection room (检查室): what the firm has released of a day, and what was looked at and asked for there.

The choice belongs to an inspection day and may be changed until that day is over; from then on the room is empty.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.paper.texts.season import ROOM
from nianjian.engines.season.plan import Scope
from nianjian.features.inspection import documents
from nianjian.features.inspection.models import RoomEntry, RoomItem, Visit
from nianjian.features.inspection.queries import get_visit
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor, list_readers, lock_enterprise
from nianjian.platform.accounts.roles import Permission, allows
from nianjian.platform.audit.record import record
from nianjian.platform.notifications import channels as choices
from nianjian.platform.notifications import outbox
from nianjian.platform.notifications.channels import earliest_moment
from nianjian.platform.notifications.outbox import Notification

SUBJECT: Final = 80  # characters of what an inspector asks to be shown
LOG: Final = 200  # lines of the log that are read at once

#: Row of the guide -> what of it may be released: the checks, the answer cards, ledgers and screens that belong to it.
OFFERS: Final[Mapping[str, tuple[str, ...]]] = {
    "S1": ("check:S1",),
    "S2": (
        "check:S2", "register:seats", "register:staff", "register:social-insurance", "register:wages",
        "register:teams",
    ),
    "S3": (
        "check:S3", "card:number_filing", "card:number_use", "card:resources", "register:numbers", "register:lines",
    ),
    "S4": ("check:S4",),
    "S5": ("check:S5", "card:ai_outbound", "card:predictive", "card:one_click", "card:control"),
    "S6": ("check:S6", "card:logs_kept"),
    "S7": (
        "check:S7", "card:own_numbers", "card:robot_abilities", "card:tickets_in_time", "card:conduct", "card:consent",
    ),
    "S8": ("check:S8",),
    "S9": ("check:S9", "screen:office", "screen:gateway"),
    "S10": ("check:S10",),
}  # fmt: skip
KEYS: Final = frozenset(key for keys in OFFERS.values() for key in keys)


def find_room_visit(enterprise: str) -> Visit | None:
    """The day whose release counts now: today's, else the next one; None: there is none ahead."""
    return Visit.objects.filter(enterprise_id=enterprise, day__gte=clock.today()).order_by("day").first()


def list_released(visit: Visit) -> frozenset[str]:
    """The keys of what is released of a day."""
    return frozenset(RoomItem.objects.filter(visit=visit).values_list("key", flat=True))


def release_items(*, enterprise: str, day: date, items: Collection[str], actor: Actor) -> documents.Room:
    """Let the room show these things of a day and nothing else.

    ``role_missing``, ``visit_unknown``, ``room_item_unknown``, ``room_over``: the day is past.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    if strange := sorted(set(items) - KEYS):
        raise NianjianError("room_item_unknown", item=strange[0])
    with transaction.atomic():
        lock_enterprise(enterprise)
        visit = get_visit(enterprise, day)
        if day < clock.today():
            raise NianjianError("room_over", day=day.isoformat())
        before = list_released(visit)
        added, removed = sorted(set(items) - before), sorted(before - set(items))
        RoomItem.objects.filter(visit=visit, key__in=removed).delete()
        now = clock.now()
        RoomItem.objects.bulk_create(
            RoomItem(visit=visit, key=key, released_by=str(actor), released_at=now) for key in added
        )
        if added or removed:
            data = {"day": day.isoformat(), "added": added, "removed": removed}
            record(verb="inspection.room", enterprise=enterprise, actor=actor, data=data)
    return room_to_document(visit)


def get_room(*, enterprise: str, day: date, actor: Actor) -> documents.Room:
    """What is released of a day, and the log of its room. ``role_missing``, ``visit_unknown``."""
    require_permission(actor, enterprise, Permission.READ)
    accounts.enterprise(enterprise)
    return room_to_document(get_visit(enterprise, day))


def room_to_document(visit: Visit) -> documents.Room:
    """A day's release and log, the newest line first."""
    rows = RoomItem.objects.filter(visit=visit).order_by("key")
    entries = RoomEntry.objects.filter(visit=visit).order_by("-at", "-pk")[:LOG]
    return documents.Room(
        day=visit.day.isoformat(),
        open=visit.day >= clock.today(),
        items=[row.key for row in rows],
        log=[entry_to_document(entry) for entry in entries],
    )


def entry_to_document(entry: RoomEntry) -> documents.RoomEntry:
    """A line of the log; ``subject`` None: somebody only looked."""
    return documents.RoomEntry(
        entry=entry.pk,
        rule=entry.rule,
        subject=entry.subject,
        at=_to_text(entry.at),
        by=entry.by,
        answered_at=None if entry.answered_at is None else _to_text(entry.answered_at),
        answered_by=entry.answered_by or None,
    )


def record_look(*, visit: Visit, rule: str, actor: Actor) -> None:
    """Note that an inspector has opened a row. The page has looked whether it is released."""
    _insert_entry(visit, rule, None, actor, "inspection.room_look")


def ask_for_original(*, visit: Visit, rule: str, subject: str, actor: Actor) -> RoomEntry:
    """Ask the firm to show the original of something; it stands on the firm's pages until it is shown.

    Who may note it as shown finds a message in the inbox, and on confirmed channels.
    ``room_subject_missing``, ``room_subject_long``.
    """
    text = " ".join(subject.split())
    if not text:
        raise NianjianError("room_subject_missing")
    if len(text) > SUBJECT:
        raise NianjianError("room_subject_long", longest=SUBJECT)
    with transaction.atomic():
        entry = _insert_entry(visit, rule, text, actor, "inspection.room_ask")
        # the row that is asked about, not what inspectors wrote: that may name a person
        readers = list_readers(visit.enterprise_id).items()
        able = (name for name, roles in readers if allows(roles, Permission.MANAGE_DATA))
        news = build_notifications(able, f"{ROOM}:{entry.pk}", ROOM, {"row": rule})
        outbox.add_notifications(enterprise=visit.enterprise_id, news=news, now=clock.now())
    return entry


def build_notifications(
    names: Iterable[str], about: str, stage: str, values: Mapping[str, object]
) -> list[Notification]:
    """For the inboxes of these people and at once on their channels, but for who wants to hear nothing on those."""
    able, now = list(names), clock.now()
    scopes, hours, channels = choices.list_scopes(able), choices.list_hours(able), choices.list_confirmed_channels(able)
    day = now.astimezone(clock.ZONE).date()
    data = {"due": day.isoformat(), "left": 0, **values}
    spoken = {name: channels.get(name, ()) if scopes.get(name) != Scope.NONE else () for name in able}
    at = {name: earliest_moment(now, hours[name], urgent=True) for name in able}
    return [Notification(name, about, stage, day, data, dict.fromkeys(spoken[name], at[name])) for name in able]


def list_unshown(visit: Visit) -> list[RoomEntry]:
    """What inspectors still wait for on a day, the first request first."""
    return list(RoomEntry.objects.filter(visit=visit, asked=True, answered_at=None).order_by("at", "pk"))


def mark_shown(*, enterprise: str, entry: int, actor: Actor) -> documents.RoomEntry:
    """Note that the firm has shown the original; a second time changes nothing. ``role_missing``, ``room_unknown``."""
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    with transaction.atomic():
        rows = RoomEntry.objects.select_for_update(of=("self",)).filter(visit__enterprise_id=enterprise, pk=entry)
        row = get_or_raise(rows.filter(asked=True).select_related("visit"), "room_unknown")
        if row.answered_at is None:
            row.answered_at, row.answered_by = clock.now(), str(actor)
            row.save(update_fields=["answered_at", "answered_by"])
            data = {"day": row.visit.day.isoformat(), "row": row.rule, "entry": row.pk}
            record(verb="inspection.room_shown", enterprise=enterprise, actor=actor, data=data)
    return entry_to_document(row)


def _insert_entry(visit: Visit, rule: str, subject: str | None, actor: Actor, verb: str) -> RoomEntry:
    with transaction.atomic():
        entry = RoomEntry.objects.create(
            visit=visit, rule=rule, asked=subject is not None, subject=subject, at=clock.now(), by=str(actor)
        )
        data = {"day": visit.day.isoformat(), "row": rule, "entry": entry.pk}
        record(verb=verb, enterprise=visit.enterprise_id, actor=actor, data=data)
    return entry


def _to_text(at: datetime) -> str:
    return at.astimezone(clock.ZONE).isoformat(timespec="seconds")
