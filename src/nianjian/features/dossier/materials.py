"""The checklist: reads, and writes that are one transaction with one audit entry each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier import pictures
from nianjian.features.dossier.finding import Verdict
from nianjian.features.dossier.ingest.receive import SmallPicture
from nianjian.features.dossier.kinds import ITEMS, get_item
from nianjian.features.dossier.models import Comment, Material, Version
from nianjian.features.dossier.pictures import PictureOwner
from nianjian.features.dossier.states import DONE, Facts, MaterialState, evaluate_material
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

ALGORITHM: Final = "algorithm_filing"
PAGE_SIZE: Final = 200  # versions or comments that a page shows


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the list with its state on the day that counts.

    ``required`` False: the guide does not ask for it this year. ``not_applicable``: the reason that a person gave.
    """

    item: str
    state: MaterialState
    required: bool
    owner: str
    due: date | None
    not_applicable: str
    versions: int
    newest: Version | None


def list_items(enterprise: str, year: int, *, on: date, robots: bool, further: Sequence[str] = ()) -> list[Line]:
    """All items in the order of the guide's list, then the ``further`` ones that are asked for here.

    ``robots``: whether M13 is due (robot seats in the data year).
    """
    materials = {row.item: row for row in Material.objects.filter(enterprise_id=enterprise, year=year)}
    newest: dict[int, Version] = {}
    counts: dict[int, int] = {}
    found = Version.objects.filter(material__in=list(materials.values()))
    for row in found.defer("name", "report").order_by("number"):  # sealed: opened only where they are looked at
        newest[row.material_id] = row
        counts[row.material_id] = counts.get(row.material_id, 0) + 1
    return [_line(item, materials.get(item), newest, counts, on=on, robots=robots) for item in (*ITEMS, *further)]


def _line(
    item: str, row: Material | None, newest: Mapping[int, Version], counts: Mapping[int, int], *, on: date, robots: bool
) -> Line:
    required = robots or item != ALGORITHM  # a duty in law has fewer: so a person may say why it does not apply
    last = None if row is None else newest.get(row.pk)
    reason = "" if row is None else row.not_applicable
    found = evaluate_material(
        None if last is None else version_facts(last), not_applicable=bool(reason) or not required, on=on
    )
    return Line(
        item=item,
        state=found,
        required=required,
        owner="" if row is None else row.owner,
        due=None if row is None else row.due,
        not_applicable=reason,
        versions=0 if row is None else counts.get(row.pk, 0),
        newest=last,
    )


def version_facts(row: Version) -> Facts:
    """What of a version decides its item's state."""
    return Facts(
        verdict=Verdict(row.verdict),
        confirmed=row.confirmed_at is not None,
        returned=row.returned_at is not None,
        effective_on=row.effective_on,
        valid_until=row.valid_until,
    )


def find_material(enterprise: str, year: int, item: str) -> Material | None:
    """The item's row; None: nothing was done about it yet."""
    return Material.objects.filter(enterprise_id=enterprise, year=year, item=item).first()


STANDING: Final = ("verdict", "confirmed_at", "returned_at", "effective_on", "valid_until")


def list_unready_items(enterprise: str, year: int, *, on: date, further: Sequence[str] = ()) -> tuple[set[str], bool]:
    """Items that are not ready, all taken as required, and whether anything was done about one; a single query."""
    rows = Material.objects.filter(enterprise_id=enterprise, year=year).order_by("versions__number")
    told = rows.values_list("item", "not_applicable", "versions__number", *(f"versions__{one}" for one in STANDING))
    newest = {row[0]: row for row in told}
    asked = (*ITEMS, *further)
    return {item for item in asked if _raw(newest.get(item), on) not in DONE}, bool(newest)


def _raw(row: tuple[Any, ...] | None, on: date) -> MaterialState:
    if row is None:
        return MaterialState.MISSING
    _item, reason, number, verdict, confirmed, returned, effective_on, valid_until = row
    last = None
    if number is not None:
        last = Facts(Verdict(verdict), confirmed is not None, returned is not None, effective_on, valid_until)
    return evaluate_material(last, not_applicable=bool(reason), on=on)


def list_years(enterprise: str) -> list[int]:
    """Data years of which something was done about an item."""
    found = Material.objects.filter(enterprise_id=enterprise).order_by().values_list("year", flat=True)
    return list(found.distinct())


def list_versions(row: Material, first: int = 0, most: int = PAGE_SIZE) -> list[Version]:
    """Its files, newest first."""
    return list(row.versions.order_by("-number")[first : first + most])


def list_comments(row: Material, first: int = 0, most: int = PAGE_SIZE) -> list[Comment]:
    """What was said, newest first."""
    return list(row.comments.order_by("-pk")[first : first + most])


def get_version(enterprise: str, year: int, item: str, number: int) -> Version:
    """One file of an item; NianjianError dossier_version_unknown."""
    found = Version.objects.filter(
        material__enterprise_id=enterprise, material__year=year, material__item=item, number=number
    ).first()
    if found is None:
        raise NianjianError("dossier_version_unknown", item=item, version=number)
    return found


def read_report(row: Version) -> dict[str, Any]:
    """What the check of a version found, as it is kept: codes and values."""
    found: dict[str, Any] = json.loads(row.report or "{}")
    return found


def read_content(row: Version) -> bytes:
    """The plain file; ``blob_missing``, ``sealed_damaged``."""
    return blobs.get(row.blob)


TEXT_LENGTH: Final = 2000  # characters of a reason or comment


@dataclass(frozen=True, slots=True)
class Place:
    """An item of a season."""

    enterprise: str
    year: int
    item: str


@dataclass(frozen=True, slots=True)
class File:
    """A file and what the check found: ``report`` is its JSON, ``pages`` how many it has, ``pictures`` of them.

    ``source``: of which file it was cut (sha256, first, last), for the audit entry; None: it is whole.
    """

    name: str
    media_type: str
    body: bytes
    pages: int
    verdict: Verdict
    report: Mapping[str, Any]
    pictures: Sequence[SmallPicture] = ()
    source: Mapping[str, object] | None = None


def store_version(*, place: Place, file: File, actor: Actor, reused_from: int | None = None) -> Version:
    """Keep a file as the item's newest version; the same content again is the version that has it already.

    The registers and the day may have changed since: what the check says now counts, until a person has confirmed it.
    NianjianError dossier_item_unknown, enterprise_unknown; dossier_version_returned where it was sent back before.
    """
    sha256 = hashlib.sha256(file.body).hexdigest()
    with transaction.atomic():
        row = _material(place, actor)
        known = Version.objects.select_for_update().filter(material=row, sha256=sha256).first()
        if known is not None:
            if known.returned_at is not None:
                raise NianjianError("dossier_version_returned", item=place.item, version=known.number)
            _checked_again(known, place, file, actor)
            return known
        last = Version.objects.filter(material=row).order_by("-number").first()
        stored = blobs.put(file.body)
        try:
            made = Version(
                material=row,
                number=1 if last is None else last.number + 1,
                name=file.name,
                media_type=file.media_type,
                sha256=stored.sha256,
                size=stored.size,
                blob=stored.id,
                pages=file.pages,
                verdict=file.verdict.value,
                report=_report(file),
                reused_from=reused_from,
                recorded_at=clock.now(),
                recorded_by=str(actor),
            )
            made.save(force_insert=True)
            pictures.store_pictures(of=PictureOwner(version=made.pk), pictures=file.pictures)
            told = {"version": made.number, "sha256": sha256, "verdict": made.verdict, "reused_from": reused_from}
            _note("added", place, actor, told if file.source is None else {**told, "source": dict(file.source)})
        except BaseException:
            blobs.remove(stored.id)
            raise
    return made


def _checked_again(row: Version, place: Place, file: File, actor: Actor) -> None:
    """Keep what the check says now; what a person stands for stays as it was."""
    before, report = row.verdict, _report(file)
    if row.confirmed_at is not None or (before, row.report) == (file.verdict.value, report):
        return
    row.verdict, row.report = file.verdict.value, report
    row.save(update_fields=["verdict", "report"])
    _note("checked_again", place, actor, {"version": row.number, "before": before, "verdict": row.verdict})


def _report(file: File) -> str:
    return json.dumps(file.report, ensure_ascii=False, sort_keys=True)


def confirm_version(
    *, place: Place, number: int, effective_on: date | None, valid_until: date | None, actor: Actor
) -> Version:
    """A person has looked at the newest version and stands for it.

    NianjianError dossier_version_unknown, dossier_version_old, dossier_not_ready, dossier_days_reversed.
    """
    if effective_on is not None and valid_until is not None and valid_until < effective_on:
        raise NianjianError("dossier_days_reversed", effective=str(effective_on), until=str(valid_until))
    with transaction.atomic():
        row = _newest(place, number)
        if row.verdict == Verdict.NOT_READY:
            raise NianjianError("dossier_not_ready", item=place.item, version=number)
        row.effective_on, row.valid_until = effective_on, valid_until
        row.confirmed_at, row.confirmed_by = clock.now(), str(actor)
        row.save(update_fields=["effective_on", "valid_until", "confirmed_at", "confirmed_by"])
        days = {"effective_on": _iso(effective_on), "valid_until": _iso(valid_until)}
        _note("confirmed", place, actor, {"version": number, **days})
    return row


def return_version(*, place: Place, number: int, reason: str, actor: Actor) -> Version:
    """The newest version is not good enough; another one must come. As `confirm`, and dossier_reason_missing."""
    plain = _text(reason)
    with transaction.atomic():
        row = _newest(place, number)
        row.returned_at, row.returned_by, row.returned_reason = clock.now(), str(actor), plain
        row.save(update_fields=["returned_at", "returned_by", "returned_reason"])
        _note("returned", place, actor, {"version": number, "reason": plain})
    return row


def set_applicability(*, place: Place, reason: str, actor: Actor) -> Material:
    """Say why the algorithm filing need not be there; an empty reason takes it back.

    NianjianError dossier_item_required: every other item must be there.
    """
    if place.item != ALGORITHM:
        raise NianjianError("dossier_item_required", item=place.item)
    with transaction.atomic():
        row = _material(place, actor)
        row.not_applicable = reason.strip()[:TEXT_LENGTH]
        row.save(update_fields=["not_applicable"])
        _note("not_applicable" if row.not_applicable else "applicable", place, actor, {"reason": row.not_applicable})
    return row


def assign_owner(*, place: Place, owner: str, due: date | None, actor: Actor) -> Material:
    """Who brings the item, and until when; an empty name: nobody."""
    with transaction.atomic():
        row = _material(place, actor)
        row.owner, row.due = owner.strip()[:160], due
        row.save(update_fields=["owner", "due"])
        _note("assigned", place, actor, {"owner": row.owner, "due": _iso(due)})
    return row


def add_comment(*, place: Place, text: str, actor: Actor) -> Comment:
    """Say something about the item; NianjianError dossier_reason_missing."""
    plain = _text(text)
    with transaction.atomic():
        row = _material(place, actor)
        made = Comment(material=row, text=plain, at=clock.now(), actor=str(actor))
        made.save(force_insert=True)
        _note("commented", place, actor, {"comment": made.pk})
    return made


def record_download(*, place: Place, version: Version, actor: Actor) -> None:
    """Note that somebody took a version's file out as it came."""
    with transaction.atomic():
        _note("fetched", place, actor, {"version": version.number, "sha256": version.sha256})


def _material(place: Place, actor: Actor) -> Material:
    """The item's row, held for writing; made where it is the first act."""
    get_item(place.item)
    tenant = accounts.enterprise(place.enterprise)
    at, who = clock.now(), str(actor)
    row, _ = Material.objects.select_for_update().get_or_create(
        enterprise_id=tenant.code, year=place.year, item=place.item, defaults={"changed_at": at, "changed_by": who}
    )
    row.changed_at, row.changed_by = at, who
    row.save(update_fields=["changed_at", "changed_by"])
    return row


def _newest(place: Place, number: int) -> Version:
    """The newest version, held for writing, if it is the one that is meant."""
    row = (
        Version.objects.select_for_update()
        .filter(material__enterprise_id=place.enterprise, material__year=place.year, material__item=place.item)
        .order_by("-number")
        .first()
    )
    if row is None or number > row.number or number < 1:
        raise NianjianError("dossier_version_unknown", item=place.item, version=number)
    if row.number != number:
        raise NianjianError("dossier_version_old", item=place.item, version=number, newest=row.number)
    if row.returned_at is not None:
        raise NianjianError("dossier_version_returned", item=place.item, version=number)
    return row


def _note(act: str, place: Place, actor: Actor, data: Mapping[str, object]) -> None:
    told = {"year": place.year, "item": place.item, **data}
    record(verb=f"dossier.{act}", enterprise=place.enterprise, actor=actor, data=told)


def _text(text: str) -> str:
    plain = text.strip()[:TEXT_LENGTH]
    if not plain:
        raise NianjianError("dossier_reason_missing")
    return plain


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
