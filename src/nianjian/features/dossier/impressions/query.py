"""Read pictures of seals and impressions. The pixels of a picture are read for a build alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from django.db.models import QuerySet

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.impressions.model import Impression, SealPicture
from nianjian.platform.audit.chain import canonical
from nianjian.platform.vault import blobs


def pictures(enterprise: str) -> list[SealPicture]:
    """The pictures that may be used, by kind: at most one each."""
    return list(SealPicture.objects.filter(enterprise_id=enterprise, withdrawn_at=None).order_by("kind"))


def picture(enterprise: str, kind: str) -> SealPicture:
    """The picture of a kind; ``seal_picture_missing``."""
    found = SealPicture.objects.filter(enterprise_id=enterprise, kind=kind, withdrawn_at=None).first()
    if found is None:
        raise NianjianError("seal_picture_missing", kind=kind)
    return found


def impressions(enterprise: str, year: int) -> QuerySet[Impression]:
    """What was asked for in a season, newest first."""
    rows = Impression.objects.filter(enterprise_id=enterprise, year=year).select_related("picture")
    return rows.order_by("-asked_at", "-pk")


def usable(enterprise: str, year: int) -> list[Impression]:
    """Approved impressions of pictures that are not withdrawn, by item and page."""
    rows = impressions(enterprise, year).filter(approved_at__isnull=False, picture__withdrawn_at=None)
    return list(rows.order_by("item", "page", "mark", "pk"))


def of_approval(approval: str) -> Impression:
    """What a request asks for; ``seal_use_unknown``."""
    found = Impression.objects.select_related("picture").filter(approval=approval).first()
    if found is None:
        raise NianjianError("seal_use_unknown", use=approval)
    return found


def uses(ids: Collection[str]) -> dict[str, Impression]:
    """These impressions by id, as far as there are any."""
    return {one.pk: one for one in Impression.objects.select_related("picture").filter(pk__in=ids)}


def alike(like: Impression) -> list[Impression]:
    """Impressions of the same picture on the same mark of the same page of the same document."""
    rows = Impression.objects.filter(
        picture_id=like.picture_id, document_sha256=like.document_sha256, item=like.item, year=like.year,
        mark=like.mark, page=like.page,
    )  # fmt: skip
    return list(rows.exclude(pk=like.pk))


def pixels(row: SealPicture) -> bytes:
    """The plain PNG; ``blob_missing``, ``sealed_damaged``, and ``seal_picture_changed`` where it is another."""
    found = blobs.get(row.blob)
    if hashlib.sha256(found).hexdigest() != row.sha256:
        raise NianjianError("seal_picture_changed", kind=row.kind)
    return found


def digest(row: Impression) -> str:
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
