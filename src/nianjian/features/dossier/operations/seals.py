"""Images of seals: stored, withdrawn, requested, agreed to, handed to a draft's build."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier import materials, seal_images
from nianjian.features.dossier.editions.package import PLACES, Picture, Print, Seal
from nianjian.features.dossier.kinds import get_item
from nianjian.features.dossier.models import Impression, SealPicture, Version
from nianjian.features.dossier.seal_images import PrintSpot, read_seal_image
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env, spill
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.rulebook.rulebooks import rulebook

ELECTRONIC: Final = "materials.seal.electronic"


def get_rulebook(enterprise: str, day: date | None = None) -> Rulebook:
    """The enterprise's rulebook; ``enterprise_unknown``."""
    where = accounts.enterprise(enterprise).province or None
    return rulebook(day=day, province=where, enterprise=enterprise)


def seal_rule(found: Rulebook) -> Rule | None:
    """The definition of an electronic seal; None before there was one."""
    return found.in_force.get(ELECTRONIC)


def citation(found: Rulebook) -> str:
    """Where it stands; "–" before there was one."""
    one = seal_rule(found)
    return "–" if one is None else one.citation


Json = dict[str, Any]
WIDEST: Final = "materials.seal.diameter"
HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PrintRequest:
    """A print as a person asks for it: ``mark`` "" and a place None are the usual ones."""

    year: int
    item: str
    kind: str
    reason: str
    mark: str = ""
    page: int = 1
    x_mm: Decimal | None = None
    y_mm: Decimal | None = None


def store_image(
    *, enterprise: str, kind: str, name: str, content: bytes, width_mm: Decimal, actor: Actor
) -> SealPicture:
    """Read a file (PNG or JPEG) in the limited child, make its ground clear and keep it sealed.

    ``role_missing``, ``seal_kind_unknown``, and those of `read` and `service.add`.
    """
    require(actor, enterprise, Act.REQUEST)
    of = seal_images.get_kind(kind)
    most = get_rulebook(enterprise).decimal(WIDEST)
    got = read_seal_image(plain_name(name), content, spill.folder(env.read().home))
    return seal_images.store_image(
        enterprise=enterprise, kind=of, read=got, width_mm=_mm(width_mm), most_mm=most, actor=actor
    )  # fmt: skip


def withdraw_image(*, enterprise: str, kind: str, actor: Actor) -> SealPicture:
    """Take a picture out of use; its file is deleted. ``role_missing``, ``seal_picture_missing``."""
    require(actor, enterprise, Act.REQUEST)
    return seal_images.withdraw_image(enterprise=enterprise, kind=seal_images.get_kind(kind), actor=actor)


def list_images(enterprise: str, actor: Actor) -> list[SealPicture]:
    """The pictures that may be used; what they look like no door tells."""
    require(actor, enterprise, Act.READ)
    return seal_images.list_images(enterprise)


def list_uses(enterprise: str, year: int, actor: Actor, first: int, count: int) -> list[Impression]:
    """What was asked for in a season, newest first."""
    require(actor, enterprise, Act.READ)
    return list(seal_images.list_impressions(enterprise, year)[first : first + count])


def request_print(*, enterprise: str, wanted: PrintRequest, actor: Actor) -> Json:
    """Ask to print a seal's picture on one page of an item's newest version; a second person decides.

    ``role_missing``, ``dossier_item_unknown``, ``seal_kind_unknown``, ``seal_mark_wrong``, ``seal_picture_missing``,
    ``seal_document_missing``, and those of `service.ask`.
    """
    require(actor, enterprise, Act.REQUEST)
    refuse_closed(enterprise, wanted.year)
    get_item(wanted.item)
    of = seal_images.get_kind(wanted.kind)
    mark = seal_images.get_mark(wanted.mark, of)
    usual = PLACES[mark]
    x = Decimal(str(usual.x_mm)) if wanted.x_mm is None else wanted.x_mm
    y = Decimal(str(usual.y_mm)) if wanted.y_mm is None else wanted.y_mm
    row, asked = seal_images.request_impression(
        picture=seal_images.get_image(enterprise, of.value),
        year=wanted.year,
        item=wanted.item,
        document=_newest(enterprise, wanted.year, wanted.item),
        spot=PrintSpot(mark, wanted.page, _mm(x), _mm(y)),
        reason=wanted.reason,
        actor=actor,
    )
    return {"approval": asked.id, "state": asked.state, "impression": row.pk, "document": row.document_sha256}


def run_approved(approval: str, actor: Actor) -> Json:
    """Carry out what the second person agrees to; errors as `service.approve`."""
    row = seal_images.approve_impression(approval=approval, actor=actor)
    return {"impression": row.pk, "item": row.item, "page": row.page, "document": row.document_sha256}


def describe_requests(subjects: Collection[str]) -> dict[str, Json]:
    """What requests ask for, by subject, to be read before saying yes."""
    return {
        id_: {
            "seal": row.picture.kind,
            "season": row.year,
            "paper": row.item,
            "version": row.version,
            "document": row.document_sha256,
            "page": row.page,
            "place": f"{row.x_mm} × {row.y_mm} mm",
            "reason": row.reason,
        }
        for id_, row in seal_images.impressions_by_id(subjects).items()
    }


def to_impression_document(row: Impression) -> Json:
    """An impression as JSON; moments as they are."""
    return {
        "impression": row.pk,
        "kind": row.picture.kind,
        "picture_sha256": row.picture.sha256,
        "withdrawn": row.picture.withdrawn_at is not None,
        "item": row.item,
        "version": row.version,
        "document_sha256": row.document_sha256,
        "mark": row.mark,
        "page": row.page,
        "x_mm": float(row.x_mm),
        "y_mm": float(row.y_mm),
        "reason": row.reason or "",
        "approval": row.approval,
        "asked_by": row.asked_by,
        "asked_at": row.asked_at,
        "approved_by": row.approved_by,
        "approved_at": row.approved_at,
        "placed": row.placed,
        "placed_at": row.placed_at,
        "placed_in": row.placed_in,
    }


def to_picture_document(row: SealPicture) -> Json:
    """A picture's facts as JSON."""
    return {
        "kind": row.kind,
        "sha256": row.sha256,
        "width_mm": float(row.width_mm),
        "pixels": [row.wide, row.high],
        "recorded_at": row.recorded_at,
        "recorded_by": row.recorded_by,
    }


def list_approved_prints(
    enterprise: str, year: int, documents: Mapping[str, str]
) -> tuple[dict[str, tuple[Print, ...]], list[Impression]]:
    """Approved prints by item, for exactly these documents (item → sha256 of the untouched file).

    ``seal_use_none`` where there is not one, ``seal_picture_changed``, ``blob_missing``.
    """
    found = [
        one
        for one in seal_images.list_usable_impressions(enterprise, year)
        if documents.get(one.item) == one.document_sha256
    ]
    if not found:
        raise NianjianError("seal_use_none", year=year)
    pixels = {
        one.picture_id: Picture(seal_images.read_pixels(one.picture), float(one.picture.width_mm)) for one in found
    }
    made: dict[str, tuple[Print, ...]] = {}
    for one in found:
        placed = Print(one.approval, Seal(one.mark), pixels[one.picture_id], one.page, float(one.x_mm), float(one.y_mm))
        made[one.item] = (*made.get(one.item, ()), placed)
    return made, found


def record_prints(*, enterprise: str, uses: Sequence[Impression], manifest: str, actor: Actor) -> None:
    """Note in the build's transaction that a draft bears them."""
    if uses:
        seal_images.record_placement(enterprise=enterprise, uses=uses, manifest=manifest, actor=actor)


def _newest(enterprise: str, year: int, item: str) -> Version:
    row = materials.find_material(enterprise, year, item)
    found = [] if row is None else materials.list_versions(row, 0, 1)
    if not found:
        raise NianjianError("seal_document_missing", item=item, year=year)
    return found[0]


def _mm(value: Decimal) -> Decimal:
    """Hundredths of a millimetre, as they are kept; ``seal_number`` for what is none."""
    if not value.is_finite() or abs(value) > 1000:  # noqa: PLR2004 -- mm: no paper is so wide
        raise NianjianError("seal_number", given=str(value)[:20])
    return value.quantize(HUNDREDTH, ROUND_HALF_UP)
