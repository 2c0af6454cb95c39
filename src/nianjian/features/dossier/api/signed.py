"""Papers that others have signed electronically: kept unaltered, with what their signatures say."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from nianjian.features.dossier.api.items import SEASON
from nianjian.features.dossier.operations.sealing import papers
from nianjian.features.dossier.signatures.state import Signature
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, take, write
from nianjian.platform.api.paging import Cut, Page, Reader, paged
from nianjian.platform.api.parameter_types import FileName, Year, attached

router = Router(tags=["dossier"])
PAPERS = SEASON + "/signed-papers"
PAPER = PAPERS + "/{signed}"
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class SignedTold(Schema):
    """A paper, with its signatures as they were when it came."""

    paper: int
    item: str
    name: str
    sha256: str
    size: int
    standing: str
    signatures: list[Signature]
    recorded_at: datetime
    recorded_by: str


class SignedFile(FileName):
    """The file's name, and the item it belongs to."""

    item: Annotated[str, Field(max_length=40)]


@read(router, PAPERS, act=Act.READ, answer=Page[SignedTold])
def signed_list(request: Request, code: str, year: Year, cut: Query[Cut]) -> dict[str, object]:
    """Signed papers of a season, newest first."""
    reader = Reader(lambda first, count: papers.part(code, year, request.actor, first, count))
    return paged(request, cut, reader, papers.to_document)


@write(router, PAPERS, act=Act.LOAD, answer=SignedTold, status=201, held=papers.LIMIT)
def signed_add(request: Request, code: str, year: Year, file: Query[SignedFile]) -> dict[str, object]:
    """Keep a signed PDF unaltered; the content is the file."""
    row = papers.add(
        enterprise=code, year=year, item=file.item, name=file.name, content=request.content, actor=request.actor
    )
    return papers.to_document(row)


@read(router, PAPER, act=Act.READ, answer=SignedTold)
def signed_get(request: Request, code: str, year: Year, signed: Number) -> dict[str, object]:
    """One of them."""
    return papers.to_document(papers.get_paper(code, year, signed, request.actor))


@take(router, f"{PAPER}/file", act=Act.REVEAL, media=["application/pdf"])
def signed_fetch(request: Request, code: str, year: Year, signed: Number) -> HttpResponse:
    """The file byte for byte as it came; the audit chain has the entry."""
    row, content = papers.fetch(enterprise=code, year=year, number=signed, actor=request.actor)
    return attached(content, "application/pdf", row.name or f"{row.sha256[:12]}.pdf")
