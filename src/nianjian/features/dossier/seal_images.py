"""Images of seals, sealed in the vault, and their uses, which two people agree to."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.package import A4, Seal
from nianjian.features.dossier.ingest.receive import ChildEnded, run_program
from nianjian.features.dossier.models import Impression, SealPicture, Version
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.models import Request
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs


class SealKind(StrEnum):
    """Seals of an enterprise."""

    OFFICIAL = "official_seal"
    FINANCE = "finance_seal"
    LEGAL_PERSON = "legal_person_seal"


#: A riding seal proves that sheets lay on each other when it was struck; a picture of one proves nothing.
MARKS: Final[Mapping[SealKind, tuple[Seal, ...]]] = {
    SealKind.OFFICIAL: (Seal.COVER, Seal.COPY),
    SealKind.FINANCE: (Seal.FURTHER,),
    SealKind.LEGAL_PERSON: (Seal.FURTHER,),
}


def get_kind(code: str) -> SealKind:
    """The kind of a code; ``seal_kind_unknown``."""
    if code not in [one.value for one in SealKind]:
        raise NianjianError("seal_kind_unknown", kind=code, kinds=", ".join(SealKind))
    return SealKind(code)


def get_mark(code: str, of: SealKind) -> Seal:
    """The mark of a code ("": the usual one), if that seal may stand there; ``seal_mark_wrong``."""
    allowed = MARKS[of]
    if not code:
        return allowed[0]
    if code not in [one.value for one in allowed]:
        raise NianjianError("seal_mark_wrong", mark=code, kind=of.value, marks=", ".join(allowed))
    return Seal(code)


def list_images(enterprise: str) -> list[SealPicture]:
    """The pictures that may be used, by kind: at most one each."""
    return list(SealPicture.objects.filter(enterprise_id=enterprise, withdrawn_at=None).order_by("kind"))


def get_image(enterprise: str, kind: str) -> SealPicture:
    """The picture of a kind; ``seal_picture_missing``."""
    found = SealPicture.objects.filter(enterprise_id=enterprise, kind=kind, withdrawn_at=None).first()
    if found is None:
        raise NianjianError("seal_picture_missing", kind=kind)
    return found


def list_impressions(enterprise: str, year: int) -> QuerySet[Impression]:
    """What was asked for in a season, newest first."""
    rows = Impression.objects.filter(enterprise_id=enterprise, year=year).select_related("picture")
    return rows.order_by("-asked_at", "-pk")


def list_usable_impressions(enterprise: str, year: int) -> list[Impression]:
    """Approved impressions of pictures that are not withdrawn, by item and page."""
    rows = list_impressions(enterprise, year).filter(approved_at__isnull=False, picture__withdrawn_at=None)
    return list(rows.order_by("item", "page", "mark", "pk"))


def get_by_approval(approval: str) -> Impression:
    """What a request asks for; ``seal_use_unknown``."""
    found = Impression.objects.select_related("picture").filter(approval=approval).first()
    if found is None:
        raise NianjianError("seal_use_unknown", use=approval)
    return found


def impressions_by_id(ids: Collection[str]) -> dict[str, Impression]:
    """These impressions by id, as far as there are any."""
    return {one.pk: one for one in Impression.objects.select_related("picture").filter(pk__in=ids)}


def list_like_impressions(like: Impression) -> list[Impression]:
    """Impressions of the same picture on the same mark of the same page of the same document."""
    rows = Impression.objects.filter(
        picture_id=like.picture_id, document_sha256=like.document_sha256, item=like.item, year=like.year,
        mark=like.mark, page=like.page,
    )  # fmt: skip
    return list(rows.exclude(pk=like.pk))


def read_pixels(row: SealPicture) -> bytes:
    """The plain PNG; ``blob_missing``, ``sealed_damaged``, and ``seal_picture_changed`` where it is another."""
    found = blobs.get(row.blob)
    if hashlib.sha256(found).hexdigest() != row.sha256:
        raise NianjianError("seal_picture_changed", kind=row.kind)
    return found


def impression_digest(row: Impression) -> str:
    """sha256 over what the second person agrees to."""
    content = {
        "picture": row.picture.sha256,
        "width_mm": f"{row.picture.width_mm:.2f}",
        "kind": row.picture.kind,
        "enterprise": row.enterprise_id,
        "year": row.year,
        "item": row.item,
        "document": row.document_sha256,
        "mark": row.mark,
        "page": row.page,
        "x_mm": f"{row.x_mm:.2f}",
        "y_mm": f"{row.y_mm:.2f}",
        "reason": row.reason,
        "asked_by": row.asked_by,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


KIND: Final = "seal_use"  # of the request that a second person decides
LEAST_MM: Final = Decimal(5)  # of a seal's width: less is no seal
TEXT_LENGTH: Final = 2000  # characters of a reason


@dataclass(frozen=True, slots=True)
class SealImage:
    """A picture as the limited child has cut it: a PNG and its sides in pixels."""

    png: bytes
    wide: int
    high: int


@dataclass(frozen=True, slots=True)
class PrintSpot:
    """Where a print is wanted: its centre in mm from the lower left of the upright page ``page`` (from 1)."""

    mark: Seal
    page: int
    x_mm: Decimal
    y_mm: Decimal


def store_image(
    *, enterprise: str, kind: SealKind, read: SealImage, width_mm: Decimal, most_mm: Decimal, actor: Actor
) -> SealPicture:
    """Keep a picture, sealed; ``most_mm``: how wide a seal may be. ``seal_width``, ``seal_picture_there``."""
    high_mm = width_mm * read.high / read.wide
    if not (LEAST_MM <= width_mm <= most_mm and LEAST_MM <= high_mm <= most_mm):
        raise NianjianError("seal_width", given=str(width_mm), high=f"{high_mm:.1f}", most=str(most_mm))
    tenant = accounts.enterprise(enterprise)
    made = SealPicture(
        id=uuid.uuid4().hex, enterprise_id=tenant.code, kind=kind.value, width_mm=width_mm, wide=read.wide,
        high=read.high, sha256=hashlib.sha256(read.png).hexdigest(), recorded_at=clock.now(), recorded_by=str(actor),
    )  # fmt: skip
    stored = blobs.put(read.png)
    try:
        with transaction.atomic():
            made.blob = stored.id
            made.save(force_insert=True)
            record(verb="seal.added", enterprise=tenant.code, actor=actor, data=_picture(made))
    except IntegrityError as error:
        blobs.remove(stored.id)
        raise NianjianError("seal_picture_there", kind=kind.value) from error
    except BaseException:
        blobs.remove(stored.id)
        raise
    return made


def withdraw_image(*, enterprise: str, kind: SealKind, actor: Actor) -> SealPicture:
    """Take a picture out of use and delete its file; ``seal_picture_missing``."""
    with transaction.atomic():
        row = SealPicture.objects.select_for_update().get(pk=get_image(enterprise, kind.value).pk)
        if row.withdrawn_at is not None:  # by somebody else, while this one waited
            raise NianjianError("seal_picture_missing", kind=kind.value)
        blob = row.blob
        row.blob, row.withdrawn_at, row.withdrawn_by = "", clock.now(), str(actor)
        row.save(update_fields=["blob", "withdrawn_at", "withdrawn_by"])
        record(verb="seal.withdrawn", enterprise=enterprise, actor=actor, data=_picture(row))
        transaction.on_commit(lambda: blobs.remove(blob))
    return row


def request_impression(
    *, picture: SealPicture, year: int, item: str, document: Version, spot: PrintSpot, reason: str, actor: Actor
) -> tuple[Impression, Approval]:
    """Write down what is wanted and ask for a second person.

    ``seal_document_unfit``, ``seal_place``, ``dossier_reason_missing``, ``seal_use_there``, ``approval_pending``.
    """
    _check(document, spot, item)
    if not reason.strip():
        raise NianjianError("dossier_reason_missing")
    row = Impression(
        id=uuid.uuid4().hex, enterprise_id=picture.enterprise_id, picture=picture, year=year, item=item,
        version=document.number, document_sha256=document.sha256, mark=spot.mark.value, page=spot.page,
        x_mm=spot.x_mm, y_mm=spot.y_mm, reason=reason.strip()[:TEXT_LENGTH], asked_by=str(actor), asked_at=clock.now(),
    )  # fmt: skip
    with transaction.atomic():
        SealPicture.objects.select_for_update().get(pk=picture.pk)  # two who ask at once wait for each other
        for other in list_like_impressions(row):
            if other.approved_at is not None:
                raise NianjianError("seal_use_there", item=item, page=spot.page)
            if approvals.get_approval(other.approval).state == Request.PENDING:
                raise NianjianError("approval_pending", approval=other.approval)
        asked = approvals.create_request(
            kind=KIND, subject=row.pk, digest=impression_digest(row), enterprise=row.enterprise_id, actor=actor
        )
        row.approval = asked.id
        row.save(force_insert=True)
    return row, asked


def _check(document: Version, spot: PrintSpot, item: str) -> None:
    """A document that a person stands for and that has the page; a place on the page."""
    if document.confirmed_at is None or document.returned_at is not None or not document.pages:
        raise NianjianError("seal_document_unfit", item=item, version=document.number)
    wide, high = A4
    on_paper = 0 <= spot.x_mm <= Decimal(str(wide)) and 0 <= spot.y_mm <= Decimal(str(high))
    if not on_paper or not 1 <= spot.page <= document.pages:
        raise NianjianError(
            "seal_place", page=spot.page, pages=document.pages, x=str(spot.x_mm), y=str(spot.y_mm),
            wide=f"{wide:g}", high=f"{high:g}",
        )  # fmt: skip


def approve_impression(*, approval: str, actor: Actor) -> Impression:
    """Say yes as the second person. Errors as `approvals.storage.approve_request`, and ``seal_picture_missing``."""
    with transaction.atomic():
        asked = approvals.get_approval(approval)
        if asked.kind != KIND:
            raise NianjianError("approval_kind_wrong", approval=approval, kind=asked.kind)
        row = get_by_approval(approval)
        approvals.approve_request(approval=approval, digest=impression_digest(row), actor=actor)
        if row.picture.withdrawn_at is not None:
            raise NianjianError("seal_picture_missing", kind=row.picture.kind)
        row.approved_by, row.approved_at = str(actor), clock.now()
        row.save(update_fields=["approved_by", "approved_at"])
        record(verb="seal.approved", enterprise=row.enterprise_id, actor=actor, data=_use(row))
    return row


def record_placement(*, enterprise: str, uses: Collection[Impression], manifest: str, actor: Actor) -> None:
    """Note that a draft bears these impressions; in the transaction of the build. ``seal_picture_missing``."""
    for row in uses:
        held = SealPicture.objects.select_for_update().get(pk=row.picture_id)
        if held.withdrawn_at is not None:  # meanwhile
            raise NianjianError("seal_picture_missing", kind=held.kind)
        Impression.objects.filter(pk=row.pk).update(placed=F("placed") + 1, placed_at=clock.now(), placed_in=manifest)
    told = [{**_use(row), "approval": row.approval} for row in uses]
    record(verb="seal.placed", enterprise=enterprise, actor=actor, data={"manifest": manifest, "impressions": told})


def _picture(row: SealPicture) -> dict[str, Any]:
    return {"picture": row.pk, "kind": row.kind, "sha256": row.sha256, "width_mm": str(row.width_mm)}


def _use(row: Impression) -> dict[str, Any]:
    return {
        "impression": row.pk,
        "kind": row.picture.kind,
        "picture": row.picture.sha256,
        "year": row.year,
        "item": row.item,
        "document": row.document_sha256,
        "mark": row.mark,
        "page": row.page,
        "x_mm": str(row.x_mm),
        "y_mm": str(row.y_mm),
    }


LIMIT: Final = 20 << 20  # bytes of the file as it comes
WALL: Final = 60.0  # seconds


def read_seal_image(name: str, content: bytes, room: Path) -> SealImage:
    """``room``: for temporary files, closed to others.

    ``file_empty``, ``file_too_large``, ``dossier_file_costly``, ``dossier_picture_broken``,
    ``dossier_picture_pixels``, ``seal_picture_small``, ``seal_picture_empty``.
    """
    if not content:
        raise NianjianError("file_empty", file=name)
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=name, limit=LIMIT)
    with tempfile.TemporaryDirectory(dir=room) as folder:  # gone with the clear picture
        source, target = Path(folder) / "source", Path(folder) / "target.png"
        source.write_bytes(content)
        try:
            (told,) = run_program("seal_picture", name, str(source), str(target), wall=WALL)
        except ChildEnded as end:
            if end.reason in {"time", "memory", "output"}:
                raise NianjianError("dossier_file_costly", file=name, reason=end.reason) from end
            raise NianjianError("dossier_picture_broken", file=name) from end
        return SealImage(target.read_bytes(), int(told["wide"]), int(told["high"]))
