"""Keep a seal's picture, withdraw it, ask for its use, agree to it, and note where it was placed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.package import A4, Seal
from nianjian.features.dossier.impressions import query
from nianjian.features.dossier.impressions.kinds import SealKind
from nianjian.features.dossier.impressions.model import Impression, SealPicture
from nianjian.features.dossier.materials.model import Version
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.models import Request
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

KIND: Final = "seal_use"  # of the request that a second person decides
LEAST_MM: Final = Decimal(5)  # of a seal's width: less is no seal
MOST: Final = 2000  # characters of a reason


@dataclass(frozen=True, slots=True)
class Read:
    """A picture as the limited child has cut it: a PNG and its sides in pixels."""

    png: bytes
    wide: int
    high: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a print is wanted: its centre in mm from the lower left of the upright page ``page`` (from 1)."""

    mark: Seal
    page: int
    x_mm: Decimal
    y_mm: Decimal


def add(
    *, enterprise: str, kind: SealKind, read: Read, width_mm: Decimal, most_mm: Decimal, actor: Actor
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


def withdraw(*, enterprise: str, kind: SealKind, actor: Actor) -> SealPicture:
    """Take a picture out of use and delete its file; ``seal_picture_missing``."""
    with transaction.atomic():
        row = SealPicture.objects.select_for_update().get(pk=query.picture(enterprise, kind.value).pk)
        if row.withdrawn_at is not None:  # by somebody else, while this one waited
            raise NianjianError("seal_picture_missing", kind=kind.value)
        blob = row.blob
        row.blob, row.withdrawn_at, row.withdrawn_by = "", clock.now(), str(actor)
        row.save(update_fields=["blob", "withdrawn_at", "withdrawn_by"])
        record(verb="seal.withdrawn", enterprise=enterprise, actor=actor, data=_picture(row))
        transaction.on_commit(lambda: blobs.remove(blob))
    return row


def request_impression(
    *, picture: SealPicture, year: int, item: str, document: Version, spot: Spot, reason: str, actor: Actor
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
        x_mm=spot.x_mm, y_mm=spot.y_mm, reason=reason.strip()[:MOST], asked_by=str(actor), asked_at=clock.now(),
    )  # fmt: skip
    with transaction.atomic():
        SealPicture.objects.select_for_update().get(pk=picture.pk)  # two who ask at once wait for each other
        for other in query.alike(row):
            if other.approved_at is not None:
                raise NianjianError("seal_use_there", item=item, page=spot.page)
            if approvals.get_approval(other.approval).state == Request.PENDING:
                raise NianjianError("approval_pending", approval=other.approval)
        asked = approvals.create_request(
            kind=KIND, subject=row.pk, digest=query.digest(row), enterprise=row.enterprise_id, actor=actor
        )
        row.approval = asked.id
        row.save(force_insert=True)
    return row, asked


def _check(document: Version, spot: Spot, item: str) -> None:
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


def approve(*, approval: str, actor: Actor) -> Impression:
    """Say yes as the second person. Errors as `approvals.storage.approve_request`, and ``seal_picture_missing``."""
    with transaction.atomic():
        asked = approvals.get_approval(approval)
        if asked.kind != KIND:
            raise NianjianError("approval_kind_wrong", approval=approval, kind=asked.kind)
        row = query.of_approval(approval)
        approvals.approve_request(approval=approval, digest=query.digest(row), actor=actor)
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
