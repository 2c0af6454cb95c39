"""Pictures of seals and their uses: kept sealed, asked for, agreed to by a second person; none is given out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from ninja import Field, Query, Router, Schema

from nianjian.features.dossier.api.items import SEASON, Long
from nianjian.features.dossier.impressions import read as reading
from nianjian.features.dossier.operations.sealing import law, pictures
from nianjian.features.dossier.operations.sealing.pictures import PrintRequest
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.parameter_types import FileName, Year

router = Router(tags=["dossier"])
SEALS = "/enterprises/{code}/seals"
Kind = Annotated[str, Field(max_length=40)]
Length = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]


class SealTold(Schema):
    """A picture that may be used; ``pixels``: width and height. What it looks like is not told."""

    kind: str
    sha256: str
    width_mm: float
    pixels: list[int]
    recorded_at: datetime
    recorded_by: str


class SealsTold(Schema):
    """All of them, and ``law``: where it stands that a printed picture of a seal is no electronic seal."""

    law: str
    seals: list[SealTold]


class SealFile(FileName):
    """The file's name, which seal it is and how wide on paper."""

    kind: Kind
    width_mm: Length


class SealKindGiven(Schema):
    """official_seal, finance_seal or legal_person_seal."""

    kind: Kind


class SealWithdrawn(Schema):
    """What was deleted."""

    kind: str
    sha256: str


class SealUseGiven(Schema):
    """``mark`` "" and a place of null are the usual ones; the centre in mm from the lower left of the upright page."""

    item: Annotated[str, Field(max_length=40)]
    kind: Kind
    reason: Long
    mark: Kind = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    x_mm: Length | None = None
    y_mm: Length | None = None


class SealUseAsked(Schema):
    """The request that a second person decides, and the document's SHA-256."""

    approval: str
    state: str
    impression: str
    document: str


class SealUseTold(Schema):
    """A print on one page of one document; ``approved_at`` null: nobody has agreed, nothing is placed."""

    impression: str
    kind: str
    picture_sha256: str
    withdrawn: bool
    item: str
    version: int
    document_sha256: str
    mark: str
    page: int
    x_mm: float
    y_mm: float
    reason: str
    approval: str
    asked_by: str
    asked_at: datetime
    approved_by: str
    approved_at: datetime | None
    placed: int
    placed_at: datetime | None
    placed_in: str


@read(router, SEALS, act=Act.READ, answer=SealsTold)
def seals_list(request: Request, code: str) -> dict[str, object]:
    """The pictures of seals that may be used."""
    found = pictures.pictures(code, request.actor)
    return {"law": law.citation(law.book(code)), "seals": [pictures.to_picture_document(one) for one in found]}


@write(router, SEALS, act=Act.REQUEST, answer=SealTold, status=201, held=reading.LIMIT)
def seals_add(request: Request, code: str, file: Query[SealFile]) -> dict[str, object]:
    """Keep the picture of a seal, its ground made clear; the content is the file (PNG or JPEG)."""
    made = pictures.add(
        enterprise=code, kind=file.kind, name=file.name, content=request.content, width_mm=file.width_mm,
        actor=request.actor,
    )  # fmt: skip
    return pictures.to_picture_document(made)


@write(router, f"{SEALS}/withdrawal", act=Act.REQUEST, answer=SealWithdrawn)
def seals_withdraw(request: Request, code: str, given: SealKindGiven) -> dict[str, object]:
    """Take a picture out of use and delete it; no use of it counts any more."""
    row = pictures.withdraw(enterprise=code, kind=given.kind, actor=request.actor)
    return {"kind": row.kind, "sha256": row.sha256}


@read(router, f"{SEASON}/seal-uses", act=Act.READ, answer=Page[SealUseTold])
def seals_uses(request: Request, code: str, year: Year, cut: Query[Cut]) -> dict[str, object]:
    """What was asked for in a season, newest first."""
    reader = Reader(lambda first, count: pictures.part(code, year, request.actor, first, count))
    return paged(request, cut, reader, pictures.to_impression_document)


@write(router, f"{SEASON}/seal-uses", act=Act.REQUEST, answer=SealUseAsked, status=201)
def seals_use(request: Request, code: str, year: Year, given: SealUseGiven) -> dict[str, object]:
    """Ask to print a seal's picture on one page of an item's newest version; a second person decides."""
    return pictures.request_print(enterprise=code, wanted=PrintRequest(year=year, **given.dict()), actor=request.actor)
