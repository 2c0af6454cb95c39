"""The checklist: reads, and writes that are one transaction with one audit entry each."""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.documents import CheckedPage, PageMark, PageSeal
from nianjian.features.dossier.ingest.receive import SmallPicture
from nianjian.features.dossier.kinds import ITEMS, get_item
from nianjian.features.dossier.models import Arrival, Material, PagePicture, Version
from nianjian.features.dossier.seals.mask import Kind
from nianjian.features.dossier.states import (
    ANSWER,
    DONE,
    Facts,
    MaterialState,
    Verdict,
    count_blanks,
    decide_open_verdict,
    evaluate_material,
)
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

# Small pictures of pages, sealed for people who may see the file, and the marks drawn on them.

Json = Mapping[str, Any]
STRIP_MM: Final = 8.0  # of the right edge, where a slice of the riding seal should lie
INSET_MM: Final = 1.5
ROUND: Final = frozenset({Kind.ROUND.value, Kind.OVAL.value})
WHOLE: Final = frozenset(
    {"scan_blank", "scan_not_a4", "scan_turned", "scan_turn_unsure", "scan_blurred", "scan_dpi_low"}
)
EDGE: Final = frozenset({"seal_riding_missing", "seal_riding_broken"})
LARGE: Final = "seal_large"
SKEWED: Final = "scan_skewed"
SEEN: Final = "seen"  # a seal with nothing against it


def list_marks(sheet: CheckedPage, findings: Iterable[Json], wide: float, high: float) -> list[PageMark]:
    """Of one page: ``findings`` of it as a report keeps them, its sides in mm."""
    entries = list(findings)
    marks = [_seal(one, entries, wide) for one in sheet.seals or ()]
    for one in entries:
        code, weight = str(one["code"]), str(one["weight"])
        if code in WHOLE:
            marks.append(PageMark("box", INSET_MM, INSET_MM, wide - INSET_MM, high - INSET_MM, weight, code))
        elif code in EDGE:
            marks.append(PageMark("box", wide - STRIP_MM, INSET_MM, wide - INSET_MM, high - INSET_MM, weight, code))
        elif code == SKEWED and sheet.skew_deg is not None:
            # A line through the page's middle as its rows lean, clockwise.
            fall = math.tan(math.radians(sheet.skew_deg)) * wide / 2
            marks.append(PageMark("line", 0.0, high / 2 - fall, wide, high / 2 + fall, weight, SKEWED))
    return marks


def _seal(seal: PageSeal, findings: Sequence[Json], wide: float) -> PageMark:
    """The rectangle of a seal: of a slice the part that lies on the page."""
    x, y, half, kind = seal.x_mm, seal.y_mm, seal.diameter_mm / 2, seal.kind
    across = min(x, wide - x) if kind == Kind.SLICE.value else half
    large = [one for one in findings if one["code"] == LARGE and one["values"].get("diameter") == seal.diameter_mm]
    shape = "ellipse" if kind in ROUND else "box"
    box = (x - across, y - half, x + across, y + half)
    return PageMark(shape, *box, str(large[0]["weight"]) if large else SEEN, LARGE if large else kind)


Owner = Version | Arrival  # whose pages they are


def read_pictures(of: Owner, first: int, last: int) -> list[SmallPicture]:
    """The pictures of some pages of a file, those that are there; ``blob_missing``, ``sealed_damaged``."""
    rows = of.pictures.filter(page__range=(first, last)).order_by("page")
    return [SmallPicture(one.page, one.wide_mm, one.high_mm, blobs.get(one.blob)) for one in rows]


def read_picture(of: Owner, page: int) -> bytes:
    """The picture of a page, a JPEG; ``dossier_picture_unknown``, ``blob_missing``, ``sealed_damaged``."""
    row = of.pictures.filter(page=page).first()
    if row is None:
        raise NianjianError("dossier_picture_unknown", page=page)
    return blobs.get(row.blob)


def store_pictures(*, of: Owner, pictures: Sequence[SmallPicture]) -> None:
    """Keep the pictures of a file; the act that they are part of writes the entry."""
    owner: Json = {"version": of} if isinstance(of, Version) else {"arrival": of}
    stored: list[str] = []
    try:
        stored.extend(blobs.put(one.jpeg).id for one in pictures)
        rows = [
            PagePicture(**owner, page=one.page, wide_mm=one.wide_mm, high_mm=one.high_mm, blob=blob)
            for one, blob in zip(pictures, stored, strict=True)
        ]
        PagePicture.objects.bulk_create(rows, batch_size=500)
    except BaseException:
        _remove(stored)
        raise


def delete_pictures(*, of: Owner) -> None:
    """Delete the pictures of a file; the act that they are part of writes the entry."""
    blob_ids = list(of.pictures.values_list("blob", flat=True))
    of.pictures.all().delete()
    transaction.on_commit(lambda: _remove(blob_ids))


def _remove(blob_ids: Sequence[str]) -> None:
    for blob in blob_ids:
        blobs.remove(blob)


def require_waiting(row: Arrival) -> None:
    """Hold it: of two who decide at once the second finds it gone, and what he put goes back."""
    if Arrival.objects.select_for_update().filter(pk=row.pk).first() is None:
        raise NianjianError("dossier_arrival_unknown", arrival=row.pk)


def delete_file(row: Arrival) -> None:
    """Delete a file that waited, with its pictures; its content goes when the transaction is over."""
    blob = row.blob
    delete_pictures(of=row)
    row.delete()
    transaction.on_commit(lambda: blobs.remove(blob))


ALGORITHM: Final = "algorithm_filing"
RUN: Final = "run"  # the field that only generated versions have: of the portrait that their figures come from
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
    rows = {row.pk: row for row in Material.objects.filter(enterprise_id=enterprise, year=year)}
    materials = {row.item: row for row in rows.values()}
    versions: defaultdict[str, list[Version]] = defaultdict(list)
    version_rows = Version.objects.filter(material__in=list(rows))
    for one in version_rows.defer("name", "report").order_by("number"):  # sealed: opened only where they are looked at
        versions[rows[one.material_id].item].append(one)
    return [
        _line(item, materials.get(item), versions[item], on=on, required=robots or item != ALGORITHM)
        for item in (*ITEMS, *further)
    ]


def _line(item: str, row: Material | None, versions: Sequence[Version], *, on: date, required: bool) -> Line:
    """``required``: a duty in law has fewer than the guide asks for, so a person may say why it does not apply."""
    newest = versions[-1] if versions else None
    reason = "" if row is None else row.not_applicable
    facts = None if newest is None else _facts(*(getattr(newest, one) for one in STANDING))
    return Line(
        item=item,
        state=evaluate_material(facts, not_applicable=bool(reason) or not required, on=on),
        required=required,
        owner="" if row is None else row.owner,
        due=None if row is None else row.due,
        not_applicable=reason,
        versions=len(versions),
        newest=newest,
    )


STANDING: Final = ("verdict", "confirmed_at", "returned_at", "blanks", "effective_on", "valid_until")


def _facts(
    verdict: str, confirmed: datetime | None, returned: datetime | None, blanks: int, *days: date | None
) -> Facts:
    """What of a version decides its item's state, from the columns `STANDING`."""
    return Facts(Verdict(verdict), confirmed is not None, returned is not None, blanks, *days)


def list_unready_items(enterprise: str, year: int, *, on: date, further: Sequence[str] = ()) -> tuple[set[str], bool]:
    """Items that are not ready, all taken as required, and whether anything was done about one; a single query."""
    rows = Material.objects.filter(enterprise_id=enterprise, year=year).order_by("versions__number")
    columns = rows.values_list("item", "not_applicable", *(f"versions__{one}" for one in STANDING))
    states = dict.fromkeys((*ITEMS, *further), MaterialState.MISSING)
    for item, reason, verdict, *rest in columns:  # the newest version last
        facts = None if verdict is None else _facts(verdict, *rest)
        states[item] = evaluate_material(facts, not_applicable=bool(reason), on=on)
    return {item for item in (*ITEMS, *further) if states[item] not in DONE}, bool(columns)


def list_years(enterprise: str) -> list[int]:
    """Data years of which something was done about an item."""
    rows = Material.objects.filter(enterprise_id=enterprise).order_by().values_list("year", flat=True)
    return list(rows.distinct())


def get_version(enterprise: str, year: int, item: str, number: int) -> Version:
    """One file of an item; NianjianError dossier_version_unknown."""
    row = list_versions(enterprise, year, item).filter(number=number).first()
    if row is None:
        raise NianjianError("dossier_version_unknown", item=item, version=number)
    return row


def list_versions(enterprise: str, year: int, item: str) -> QuerySet[Version]:
    """The files of an item, newest first."""
    of = {"material__enterprise_id": enterprise, "material__year": year, "material__item": item}
    return Version.objects.filter(**of).select_related("material").order_by("-number")


def read_report(row: Version) -> dict[str, Any]:
    """What the check of a version found, as it is stored: codes and values; requests hash parts of it."""
    report: dict[str, Any] = json.loads(row.report or "{}")
    return report


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


OVERRULING: Final = "finding_overruling"  # of a request; its subject begins with the version's key


def withdraw_requests(row: Version, actor: Actor) -> None:
    """Withdraw what was asked about a version that is the newest no more, or was sent back."""
    approvals.withdraw_about(kind=OVERRULING, subject=f"{row.pk}:", actor=actor)


def store_version(*, place: Place, file: File, actor: Actor, reused_from: int | None = None) -> Version:
    """Keep a file as the item's newest version; the same content again is the version that has it already.

    The registers and the day may have changed since: what the check says now counts, until a person has confirmed it.
    Of a generated paper that is brought in what was found when it was generated stays.
    NianjianError dossier_item_unknown, enterprise_unknown; dossier_version_returned where it was sent back before.
    """
    sha256 = hashlib.sha256(file.body).hexdigest()
    with transaction.atomic():
        row = hold_material(place, actor)
        existing = Version.objects.select_for_update().filter(material=row, sha256=sha256).first()
        if existing is not None:
            if existing.returned_at is not None:
                raise NianjianError("dossier_version_returned", item=place.item, version=existing.number)
            _store_check(existing, file, actor)
            return existing
        last = Version.objects.filter(material=row).order_by("-number").first()
        with blobs.put_undoable(file.body) as stored:
            version = Version.objects.create(
                material=row, number=1 if last is None else last.number + 1, name=file.name,
                media_type=file.media_type, sha256=stored.sha256, size=stored.size, blob=stored.id, pages=file.pages,
                verdict=file.verdict.value, report=_to_json(file.report), reused_from=reused_from,
                blanks=count_blanks(file.report.get("findings", ())), recorded_at=clock.now(), recorded_by=str(actor),
            )  # fmt: skip
            store_pictures(of=version, pictures=file.pictures)
            if last is not None:
                withdraw_requests(last, actor)
            data = {"version": version.number, "sha256": sha256, "verdict": version.verdict, "reused_from": reused_from}
            note("added", row, actor, data if file.source is None else {**data, "source": dict(file.source)})
    return version


def _store_check(row: Version, file: File, actor: Actor) -> None:
    """Keep what the check says now; what a person stands for, and answers to findings that it repeats, stay."""
    before, old = row.verdict, row.report
    if is_generated(row) and RUN not in file.report.get("fields", {}):
        return
    answers = {_key(one): one[ANSWER] for one in read_report(row).get("findings", ()) if ANSWER in one}
    findings = [
        {**one, ANSWER: answers[_key(one)]} if _key(one) in answers else one for one in file.report.get("findings", ())
    ]
    report = {**file.report, "findings": findings} if findings else file.report
    verdict = decide_open_verdict(findings) if answers else file.verdict
    if row.confirmed_at is not None or (before, old) == (verdict.value, _to_json(report)):
        return
    store_report(row, report, verdict)
    note("checked_again", row.material, actor, {"version": row.number, "before": before, "verdict": row.verdict})


def is_generated(row: Version) -> bool:
    """Whether the program made it."""
    return RUN in read_report(row).get("fields", {})


def _key(one: Mapping[str, Any]) -> str:
    """A finding without its answer."""
    return _to_json({name: value for name, value in one.items() if name != ANSWER})


def store_report(row: Version, report: Mapping[str, Any], verdict: Verdict) -> None:
    """Keep a version's report; the act that it is part of writes the entry."""
    row.verdict, row.report = verdict.value, _to_json(report)
    row.blanks = count_blanks(report.get("findings", ()))
    row.save(update_fields=["verdict", "report", "blanks"])


def _to_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def hold_material(place: Place, actor: Actor) -> Material:
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


def note(act: str, row: Material, actor: Actor, data: Mapping[str, object]) -> None:
    """Write the audit entry of something that was done about an item."""
    values = {"year": row.year, "item": row.item, **data}
    record(verb=f"dossier.{act}", enterprise=row.enterprise_id, actor=actor, data=values)


def required_text(text: str) -> str:
    """It without spaces around; ``dossier_reason_missing`` where nothing is left."""
    plain = text.strip()[:TEXT_LENGTH]
    if not plain:
        raise NianjianError("dossier_reason_missing")
    return plain
