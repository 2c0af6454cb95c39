"""Images of seals, sealed in the vault, and their prints: requested, agreed to by two people, placed on a draft."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import require_size
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier import materials
from nianjian.features.dossier.editions.package import A4, PLACES, Picture, Print, Seal
from nianjian.features.dossier.ingest.receive import ChildEnded, run_program
from nianjian.features.dossier.kinds import get_item
from nianjian.features.dossier.models import Impression, SealPicture, Version, row_values
from nianjian.features.dossier.operations.checklist import (
    get_rulebook,
    require_writable,
    temporary_folder,
)
from nianjian.features.dossier.package_documents import SealTold, SealUseAsked, SealUseTold
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.models import Request
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.vault import blobs

Json = dict[str, Any]
KIND: Final = "seal_use"  # of the request that a second person decides
ELECTRONIC: Final = "materials.seal.electronic"
WIDEST: Final = "materials.seal.diameter"
HUNDREDTH: Final = Decimal("0.01")
LEAST_MM: Final = Decimal(5)  # of a seal's width: less is no seal
LIMIT: Final = 20 << 20  # bytes of the file as it comes
WALL: Final = 60.0  # seconds


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


@dataclass(frozen=True, slots=True)
class PrintRequest:
    """A print as a person asks for it: ``mark`` "" and a place None are the usual ones.

    The place is the print's centre, in mm from the lower left of the upright page ``page`` (from 1).
    """

    year: int
    item: str
    kind: str
    reason: str
    mark: str = ""
    page: int = 1
    x_mm: Decimal | None = None
    y_mm: Decimal | None = None


def seal_rule(rulebook: Rulebook) -> Rule | None:
    """The definition of an electronic seal; None before there was one."""
    return rulebook.in_force.get(ELECTRONIC)


def citation(rulebook: Rulebook) -> str:
    """Where it stands; "–" before there was one."""
    rule = seal_rule(rulebook)
    return "–" if rule is None else rule.citation


def _get_kind(code: str) -> SealKind:
    if code not in set(SealKind):
        raise NianjianError("seal_kind_unknown", kind=code, kinds=", ".join(SealKind))
    return SealKind(code)


def _get_mark(code: str, kind: SealKind) -> Seal:
    """The mark of a code ("": the usual one), if that seal may stand there."""
    allowed = MARKS[kind]
    if not code:
        return allowed[0]
    if code not in set(allowed):
        raise NianjianError("seal_mark_wrong", mark=code, kind=kind.value, marks=", ".join(allowed))
    return Seal(code)


def store_image(
    *, enterprise: str, kind: str, name: str, content: bytes, width_mm: Decimal, actor: Actor
) -> SealPicture:
    """Read a file (PNG or JPEG) in the limited child, make its ground clear and keep it sealed.

    ``role_missing``, ``seal_kind_unknown``, ``file_empty``, ``file_too_large``, ``dossier_file_costly``,
    ``dossier_picture_broken``, ``dossier_picture_pixels``, ``seal_picture_small``, ``seal_picture_empty``,
    ``seal_number``, ``seal_width``, ``seal_picture_there``.
    """
    require_permission(actor, enterprise, Permission.REQUEST)
    of = _get_kind(kind)
    most = get_rulebook(enterprise).decimal(WIDEST)
    png, wide, high = _read_image(plain_name(name), content)
    width_mm = _mm(width_mm)
    high_mm = width_mm * high / wide
    if not (LEAST_MM <= width_mm <= most and LEAST_MM <= high_mm <= most):
        raise NianjianError("seal_width", given=str(width_mm), high=f"{high_mm:.1f}", most=str(most))
    tenant = accounts.enterprise(enterprise)
    try:
        with blobs.put_undoable(png) as stored, transaction.atomic():
            row = SealPicture.objects.create(
                id=uuid.uuid4().hex, enterprise_id=tenant.code, kind=of.value, width_mm=width_mm, wide=wide, high=high,
                sha256=stored.sha256, blob=stored.id, recorded_at=clock.now(), recorded_by=str(actor),
            )  # fmt: skip
            record(verb="seal.added", enterprise=tenant.code, actor=actor, data=_picture(row))
    except IntegrityError as error:
        raise NianjianError("seal_picture_there", kind=of.value) from error
    return row


def _read_image(name: str, content: bytes) -> tuple[bytes, int, int]:
    """The picture as the limited child has cut it: a PNG and its sides in pixels."""
    require_size(name, len(content), LIMIT)
    with temporary_folder() as folder:  # gone with the clear picture
        source, target = folder / "source", folder / "target.png"
        source.write_bytes(content)
        try:
            (sides,) = run_program("seal_picture", name, str(source), str(target), wall=WALL)
        except ChildEnded as end:
            if end.reason in {"time", "memory", "output"}:
                raise NianjianError("dossier_file_costly", file=name, reason=end.reason) from end
            raise NianjianError("dossier_picture_broken", file=name) from end
        return target.read_bytes(), int(sides["wide"]), int(sides["high"])


def withdraw_image(*, enterprise: str, kind: str, actor: Actor) -> SealPicture:
    """Take a picture out of use and delete its file; ``role_missing``, ``seal_picture_missing``."""
    require_permission(actor, enterprise, Permission.REQUEST)
    of = _get_kind(kind)
    with transaction.atomic():
        row = SealPicture.objects.select_for_update().get(pk=_get_image(enterprise, of).pk)
        if row.withdrawn_at is not None:  # by somebody else, while this one waited
            raise NianjianError("seal_picture_missing", kind=of.value)
        blob = row.blob
        row.blob, row.withdrawn_at, row.withdrawn_by = "", clock.now(), str(actor)
        row.save(update_fields=["blob", "withdrawn_at", "withdrawn_by"])
        record(verb="seal.withdrawn", enterprise=enterprise, actor=actor, data=_picture(row))
        transaction.on_commit(lambda: blobs.remove(blob))
    return row


def _picture(row: SealPicture) -> Json:
    return {"picture": row.pk, "kind": row.kind, "sha256": row.sha256, "width_mm": str(row.width_mm)}


def _get_image(enterprise: str, kind: SealKind) -> SealPicture:
    row = SealPicture.objects.filter(enterprise_id=enterprise, kind=kind.value, withdrawn_at=None).first()
    if row is None:
        raise NianjianError("seal_picture_missing", kind=kind.value)
    return row


def list_images(enterprise: str, actor: Actor) -> list[SealPicture]:
    """The pictures that may be used, by kind: at most one each. What they look like nothing tells."""
    require_permission(actor, enterprise, Permission.READ)
    return list(SealPicture.objects.filter(enterprise_id=enterprise, withdrawn_at=None).order_by("kind"))


def list_uses(enterprise: str, year: int, actor: Actor, first: int, count: int) -> list[Impression]:
    """What was asked for in a season, newest first."""
    require_permission(actor, enterprise, Permission.READ)
    return list(_impressions(enterprise, year).order_by("-asked_at", "-pk")[first : first + count])


def _impressions(enterprise: str, year: int) -> QuerySet[Impression]:
    return Impression.objects.filter(enterprise_id=enterprise, year=year).select_related("picture")


def request_print(*, enterprise: str, params: PrintRequest, actor: Actor) -> SealUseAsked:
    """Ask to print a seal's picture on one page of an item's newest version; a second person decides.

    ``role_missing``, ``dossier_item_unknown``, ``seal_kind_unknown``, ``seal_mark_wrong``, ``seal_picture_missing``,
    ``seal_document_missing``, ``seal_document_unfit``, ``seal_place``, ``dossier_reason_missing``, ``seal_use_there``,
    ``approval_pending``.
    """
    require_writable(actor, enterprise, params.year, Permission.REQUEST)
    get_item(params.item)
    kind = _get_kind(params.kind)
    mark = _get_mark(params.mark, kind)
    usual = PLACES[mark]
    picture = _get_image(enterprise, kind)
    document = materials.list_versions(enterprise, params.year, params.item).first()
    if document is None:
        raise NianjianError("seal_document_missing", item=params.item, year=params.year)
    x_mm = _mm(Decimal(str(usual.x_mm)) if params.x_mm is None else params.x_mm)
    y_mm = _mm(Decimal(str(usual.y_mm)) if params.y_mm is None else params.y_mm)
    row = Impression(
        id=uuid.uuid4().hex, enterprise_id=picture.enterprise_id, picture=picture, year=params.year, item=params.item,
        version=document.number, document_sha256=document.sha256, mark=mark.value, page=params.page, x_mm=x_mm,
        y_mm=y_mm, asked_by=str(actor), asked_at=clock.now(),
    )  # fmt: skip
    _require_fit(document, row)
    row.reason = materials.required_text(params.reason)
    with transaction.atomic():
        SealPicture.objects.select_for_update().get(pk=picture.pk)  # two who ask at once wait for each other
        same = {name: getattr(row, name) for name in ("picture", "document_sha256", "item", "year", "mark", "page")}
        for other in Impression.objects.filter(**same):
            if other.approved_at is not None:
                raise NianjianError("seal_use_there", item=row.item, page=row.page)
            if approvals.get_approval(other.approval).state == Request.PENDING:
                raise NianjianError("approval_pending", approval=other.approval)
        approval = approvals.create_request(
            kind=KIND, subject=row.pk, digest=_digest(row), enterprise=row.enterprise_id, actor=actor
        )
        row.approval = approval.id
        row.save(force_insert=True)
    return SealUseAsked(approval.id, approval.state, row.pk, row.document_sha256)


def _require_fit(document: Version, row: Impression) -> None:
    """A document that a person stands for and that has the page; a place on the page."""
    if document.confirmed_at is None or document.returned_at is not None or not document.pages:
        raise NianjianError("seal_document_unfit", item=row.item, version=document.number)
    wide, high = A4
    on_paper = 0 <= row.x_mm <= Decimal(str(wide)) and 0 <= row.y_mm <= Decimal(str(high))
    if not on_paper or not 1 <= row.page <= document.pages:
        raise NianjianError(
            "seal_place", page=row.page, pages=document.pages, x=str(row.x_mm), y=str(row.y_mm),
            wide=f"{wide:g}", high=f"{high:g}",
        )  # fmt: skip


def _mm(value: Decimal) -> Decimal:
    """Hundredths of a millimetre, as they are kept; ``seal_number`` for what is none."""
    if not value.is_finite() or abs(value) > 1000:  # noqa: PLR2004 -- mm: no paper is so wide
        raise NianjianError("seal_number", given=str(value)[:20])
    return value.quantize(HUNDREDTH, ROUND_HALF_UP)


def _digest(row: Impression) -> str:
    """sha256 over what the second person agrees to."""
    content = {
        **row_values(row, "year", "item", "mark", "page", "reason", "asked_by"),
        "picture": row.picture.sha256,
        "width_mm": f"{row.picture.width_mm:.2f}",
        "kind": row.picture.kind,
        "enterprise": row.enterprise_id,
        "document": row.document_sha256,
        "x_mm": f"{row.x_mm:.2f}",
        "y_mm": f"{row.y_mm:.2f}",
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def run_approved(approval: str, actor: Actor) -> Json:
    """Say yes as the second person: the print may be placed.

    ``approval_kind_wrong``, ``seal_use_unknown``, ``seal_picture_missing``, and those of
    `approvals.storage.approve_request`.
    """
    with transaction.atomic():
        approvals.get_approval(approval, KIND)
        row = Impression.objects.select_related("picture").filter(approval=approval).first()
        if row is None:
            raise NianjianError("seal_use_unknown", use=approval)
        approvals.approve_request(approval=approval, digest=_digest(row), actor=actor)
        if row.picture.withdrawn_at is not None:
            raise NianjianError("seal_picture_missing", kind=row.picture.kind)
        row.approved_by, row.approved_at = str(actor), clock.now()
        row.save(update_fields=["approved_by", "approved_at"])
        record(verb="seal.approved", enterprise=row.enterprise_id, actor=actor, data=_use(row))
    return {"impression": row.pk, "item": row.item, "page": row.page, "document": row.document_sha256}


def _use(row: Impression) -> Json:
    return {
        **row_values(row, "year", "item", "mark", "page"),
        "impression": row.pk,
        "kind": row.picture.kind,
        "picture": row.picture.sha256,
        "document": row.document_sha256,
        "x_mm": str(row.x_mm),
        "y_mm": str(row.y_mm),
    }


def describe_requests(subjects: Collection[str]) -> dict[str, Json]:
    """What requests ask for, by subject, to be read before saying yes."""
    return {
        row.pk: {
            "seal": row.picture.kind,
            "season": row.year,
            "paper": row.item,
            "version": row.version,
            "document": row.document_sha256,
            "page": row.page,
            "place": f"{row.x_mm} × {row.y_mm} mm",
            "reason": row.reason,
        }
        for row in Impression.objects.select_related("picture").filter(pk__in=subjects)
    }


def to_impression_document(row: Impression) -> SealUseTold:
    """An impression, with its picture."""
    columns = (
        "item", "version", "document_sha256", "mark", "page", "approval", "asked_by", "asked_at", "approved_by",
        "approved_at", "placed", "placed_at", "placed_in",
    )  # fmt: skip
    return SealUseTold(
        impression=row.pk,
        kind=row.picture.kind,
        picture_sha256=row.picture.sha256,
        withdrawn=row.picture.withdrawn_at is not None,
        x_mm=float(row.x_mm),
        y_mm=float(row.y_mm),
        reason=row.reason or "",
        **row_values(row, *columns),
    )


def to_picture_document(row: SealPicture) -> SealTold:
    """A picture's facts."""
    columns = row_values(row, "kind", "sha256", "recorded_at", "recorded_by")
    return SealTold(width_mm=float(row.width_mm), pixels=[row.wide, row.high], **columns)


def list_approved_prints(
    enterprise: str, year: int, documents: Mapping[str, str]
) -> tuple[dict[str, tuple[Print, ...]], list[Impression]]:
    """Approved prints by item, for exactly these documents (item → sha256 of the untouched file).

    ``seal_use_none`` where there is not one, ``seal_picture_changed``, ``blob_missing``.
    """
    usable = _impressions(enterprise, year).filter(approved_at__isnull=False, picture__withdrawn_at=None)
    rows = [
        one for one in usable.order_by("item", "page", "mark", "pk") if documents.get(one.item) == one.document_sha256
    ]
    if not rows:
        raise NianjianError("seal_use_none", year=year)
    pictures = {one.picture_id: Picture(_read_pixels(one.picture), float(one.picture.width_mm)) for one in rows}
    prints: defaultdict[str, tuple[Print, ...]] = defaultdict(tuple)
    for one in rows:
        picture = pictures[one.picture_id]
        prints[one.item] += (Print(one.approval, Seal(one.mark), picture, one.page, float(one.x_mm), float(one.y_mm)),)
    return prints, rows


def _read_pixels(row: SealPicture) -> bytes:
    """The plain PNG; ``blob_missing``, ``sealed_damaged``, and ``seal_picture_changed`` where it is another."""
    content = blobs.get(row.blob)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise NianjianError("seal_picture_changed", kind=row.kind)
    return content


def record_prints(*, enterprise: str, uses: Sequence[Impression], manifest: str, actor: Actor) -> None:
    """Note that a draft bears these impressions; in the transaction of the build. ``seal_picture_missing``."""
    for row in uses:
        picture = SealPicture.objects.select_for_update().get(pk=row.picture_id)
        if picture.withdrawn_at is not None:  # meanwhile
            raise NianjianError("seal_picture_missing", kind=picture.kind)
        Impression.objects.filter(pk=row.pk).update(placed=F("placed") + 1, placed_at=clock.now(), placed_in=manifest)
    if uses:
        prints = [{**_use(row), "approval": row.approval} for row in uses]
        record(
            verb="seal.placed", enterprise=enterprise, actor=actor, data={"manifest": manifest, "impressions": prints}
        )
